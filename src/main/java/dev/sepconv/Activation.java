package dev.sepconv;

/**
 * What is done to each element after the bias.
 *
 * @param kind which function
 * @param slope for {@link Kind#LEAKY_RELU} the factor of negative inputs; 0 for the others
 */
public record Activation(Kind kind, float slope) {

    /** The functions there are. */
    public enum Kind {
        /** x */
        NONE,
        /** max(x, 0) */
        RELU,
        /** min(max(x, 0), 6): MobileNet's */
        RELU6,
        /** x where x is at least 0, else slope * x */
        LEAKY_RELU,
        /** x * min(max(x + 3, 0), 6) / 6: MobileNetV3's; ONNX's HardSwish */
        HARD_SWISH,
        /** 1 / (1 + exp(-x)) */
        SIGMOID
    }

    public static final Activation NONE = new Activation(Kind.NONE, 0);
    public static final Activation RELU = new Activation(Kind.RELU, 0);
    public static final Activation RELU6 = new Activation(Kind.RELU6, 0);
    public static final Activation HARD_SWISH = new Activation(Kind.HARD_SWISH, 0);
    public static final Activation SIGMOID = new Activation(Kind.SIGMOID, 0);

    public Activation {
        if (kind != Kind.LEAKY_RELU && slope != 0) {
            throw new IllegalArgumentException(
                    "slope is %s; only leaky ReLU has one, for %s it must be 0".formatted(slope,
                            kind));
        }
        if (!Float.isFinite(slope)) {
            throw new IllegalArgumentException("slope is %s; it must be finite".formatted(slope));
        }
    }

    /**
     * Leaky ReLU with the given factor for negative inputs; PyTorch's and ONNX's default is 0.01.
     */
    public static Activation leakyRelu(float slope) {
        return new Activation(Kind.LEAKY_RELU, slope);
    }

    @Override
    public String toString() {
        String name = kind.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        return kind == Kind.LEAKY_RELU ? name + "(" + slope + ")" : name;
    }
}
