package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import dev.sepconv.Activation;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The activation, done on numbers that the convolution has just stored and that are still in the
 * first-level cache.
 *
 * <p>
 * All comparisons are false for NaN, so that a NaN stays one.
 *
 * @param activation which one
 */
record Epilogue(Activation activation) {

    /**
     * Replaces numbers by their activation.
     *
     * @param offsets for each pixel where its first channel lies
     * @param channel added to each of them
     * @param pixels how many pixels
     * @param channels how many numbers of each pixel
     */
    void apply(float[] data, int[] offsets, int channel, int pixels, int channels) {
        int inVectors = channels - channels % LANES;
        switch (activation.kind()) {
            case NONE -> {
            }
            case RELU -> clamp(data, offsets, channel, pixels, inVectors, Float.POSITIVE_INFINITY);
            case RELU6 -> clamp(data, offsets, channel, pixels, inVectors, 6);
            case LEAKY_RELU ->
                leakyRelu(data, offsets, channel, pixels, inVectors, activation.slope());
            case HARD_SWISH -> hardSwish(data, offsets, channel, pixels, inVectors);
            case SIGMOID -> sigmoid(data, offsets, channel, pixels, inVectors);
        }
        for (int p = 0; p < pixels && inVectors < channels; p++) {
            for (int i = offsets[p] + channel + inVectors; i < offsets[p] + channel
                    + channels; i++) {
                data[i] = one(data[i]);
            }
        }
    }

    private float one(float x) {
        return switch (activation.kind()) {
            case NONE -> x;
            case RELU -> clamp(x, Float.POSITIVE_INFINITY);
            case RELU6 -> clamp(x, 6);
            case LEAKY_RELU -> x < 0 ? activation.slope() * x : x;
            case HARD_SWISH -> x * clamp(x + 3, 6) / 6;
            case SIGMOID -> (float) (1 / (1 + Math.exp(-x)));
        };
    }

    private static float clamp(float x, float high) {
        return x < 0 ? 0 : x > high ? high : x;
    }

    private static FloatVector clamp(FloatVector x, float high) {
        FloatVector positive = x.blend(0f, x.compare(VectorOperators.LT, 0f));
        return positive.blend(high, positive.compare(VectorOperators.GT, high));
    }

    private static void clamp(float[] data, int[] offsets, int channel, int pixels, int channels,
            float high) {
        for (int p = 0; p < pixels; p++) {
            int from = offsets[p] + channel;
            for (int i = from; i < from + channels; i += LANES) {
                clamp(FloatVector.fromArray(SPECIES, data, i), high).intoArray(data, i);
            }
        }
    }

    private static void leakyRelu(float[] data, int[] offsets, int channel, int pixels,
            int channels, float slope) {
        for (int p = 0; p < pixels; p++) {
            int from = offsets[p] + channel;
            for (int i = from; i < from + channels; i += LANES) {
                FloatVector x = FloatVector.fromArray(SPECIES, data, i);
                x.blend(x.mul(slope), x.compare(VectorOperators.LT, 0f)).intoArray(data, i);
            }
        }
    }

    private static void hardSwish(float[] data, int[] offsets, int channel, int pixels,
            int channels) {
        for (int p = 0; p < pixels; p++) {
            int from = offsets[p] + channel;
            for (int i = from; i < from + channels; i += LANES) {
                FloatVector x = FloatVector.fromArray(SPECIES, data, i);
                x.mul(clamp(x.add(3f), 6)).div(6f).intoArray(data, i);
            }
        }
    }

    private static void sigmoid(float[] data, int[] offsets, int channel, int pixels,
            int channels) {
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        for (int p = 0; p < pixels; p++) {
            int from = offsets[p] + channel;
            for (int i = from; i < from + channels; i += LANES) {
                FloatVector x = FloatVector.fromArray(SPECIES, data, i);
                one.div(x.neg().lanewise(VectorOperators.EXP).add(1f)).intoArray(data, i);
            }
        }
    }
}
