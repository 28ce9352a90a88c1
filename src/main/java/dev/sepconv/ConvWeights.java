package dev.sepconv;

import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * The learned numbers of one {@link Conv2d}. The arrays are used as they are and not copied; an
 * engine reads them once, when it compiles. NaN and infinities are let through.
 *
 * @param weight OIHW, {@code [K, C/G, R, S]}, row-major
 * @param bias {@code [K]}, or null where the convolution has none
 */
public record ConvWeights(float[] weight, float[] bias) {

    public ConvWeights {
        Objects.requireNonNull(weight, "weight");
    }

    public static ConvWeights of(float... weight) {
        return new ConvWeights(weight, null);
    }

    /**
     * Weights of the right size drawn evenly from [-1, 1), in OIHW order, then the bias if there is
     * one.
     */
    public static ConvWeights random(Conv2d conv, RandomGenerator random) {
        float[] weight = draw(conv.weightCount(), random);
        return new ConvWeights(weight, conv.bias() ? draw(conv.outChannels(), random) : null);
    }

    private static float[] draw(int count, RandomGenerator random) {
        float[] drawn = new float[count];
        for (int i = 0; i < count; i++) {
            drawn[i] = random.nextFloat(-1, 1);
        }
        return drawn;
    }

    /**
     * @throws IllegalArgumentException if these are not weights of that convolution: another count,
     * or a bias too many or missing
     */
    void requireFor(Conv2d conv) {
        if (weight.length != conv.weightCount()) {
            throw new IllegalArgumentException("weight has %s; [%d, %d, %d, %d] needs %d".formatted(
                    Checks.count(weight.length, "number"), conv.outChannels(),
                    conv.inChannels() / conv.groups(), conv.kernelHeight(), conv.kernelWidth(),
                    conv.weightCount()));
        }
        if (conv.bias() != (bias != null)) {
            throw new IllegalArgumentException(conv.bias()
                    ? "bias is missing; the convolution has one"
                    : "bias has %s; the convolution has none"
                            .formatted(Checks.count(bias.length, "number")));
        }
        if (bias != null && bias.length != conv.outChannels()) {
            throw new IllegalArgumentException("bias has %s; %d output channels need as many"
                    .formatted(Checks.count(bias.length, "number"), conv.outChannels()));
        }
    }

    /** How many numbers there are; they themselves would be thousands. */
    @Override
    public String toString() {
        return "ConvWeights of %s and %s".formatted(Checks.count(weight.length, "number"),
                bias == null ? "no bias" : "a bias of " + bias.length);
    }
}
