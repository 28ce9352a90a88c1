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
        SIGMOID,
        /** x / (1 + exp(-x)): EfficientNet's and YOLO's; "swish" */
        SILU,
        /** x * (1 + erf(x / sqrt(2))) / 2: ConvNeXt's */
        GELU,
        /** x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))) / 2 */
        GELU_TANH,
        /** hyperbolic tangent */
        TANH,
        /** min(max(x + 3, 0), 6) / 6: PyTorch's, the gate of MobileNetV3 */
        HARD_SIGMOID,
        /** x * tanh(log(1 + exp(x))) */
        MISH
    }

    public static final Activation NONE = new Activation(Kind.NONE, 0);
    public static final Activation RELU = new Activation(Kind.RELU, 0);
    public static final Activation RELU6 = new Activation(Kind.RELU6, 0);
    public static final Activation HARD_SWISH = new Activation(Kind.HARD_SWISH, 0);
    public static final Activation SIGMOID = new Activation(Kind.SIGMOID, 0);
    public static final Activation SILU = new Activation(Kind.SILU, 0);
    public static final Activation GELU = new Activation(Kind.GELU, 0);
    public static final Activation GELU_TANH = new Activation(Kind.GELU_TANH, 0);
    public static final Activation TANH = new Activation(Kind.TANH, 0);
    public static final Activation HARD_SIGMOID = new Activation(Kind.HARD_SIGMOID, 0);
    public static final Activation MISH = new Activation(Kind.MISH, 0);

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
