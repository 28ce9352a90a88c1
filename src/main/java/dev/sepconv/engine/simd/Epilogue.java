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
 * Each function has a loop of its own: one loop that calls the function that it is given would make
 * an object of every vector. All comparisons are false for NaN, so that a NaN stays one.
 *
 * @param activation which one
 */
record Epilogue(Activation activation) {

    private static final int[] BEGINNING = {0};

    /** What numbers are raised to at least; minus infinity where the activation clamps nothing. */
    float low() {
        return clamps() ? 0 : Float.NEGATIVE_INFINITY;
    }

    /** What they are lowered to at most; infinity for no bound. */
    float high() {
        return activation.kind() == Activation.Kind.RELU6 ? 6 : Float.POSITIVE_INFINITY;
    }

    /** What is left to do where numbers were clamped between {@link #low} and {@link #high}. */
    Epilogue afterClamp() {
        return clamps() ? new Epilogue(Activation.NONE) : this;
    }

    private boolean clamps() {
        return switch (activation.kind()) {
            case RELU, RELU6 -> true;
            default -> false;
        };
    }

    boolean isNothing() {
        return activation.kind() == Activation.Kind.NONE;
    }

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
            case RELU, RELU6 -> clamp(data, offsets, channel, pixels, inVectors, low(), high());
            case LEAKY_RELU ->
                leakyRelu(data, offsets, channel, pixels, inVectors, activation.slope());
            case HARD_SWISH -> hardSwish(data, offsets, channel, pixels, inVectors);
            case SIGMOID -> sigmoid(data, offsets, channel, pixels, inVectors);
            case SILU -> silu(data, offsets, channel, pixels, inVectors);
            case GELU -> gelu(data, offsets, channel, pixels, inVectors);
            case GELU_TANH -> geluTanh(data, offsets, channel, pixels, inVectors);
            case TANH -> tanh(data, offsets, channel, pixels, inVectors);
            case HARD_SIGMOID -> hardSigmoid(data, offsets, channel, pixels, inVectors);
            case MISH -> mish(data, offsets, channel, pixels, inVectors);
        }
        for (int p = 0; p < pixels && inVectors < channels; p++) {
            for (int i = offsets[p] + channel + inVectors; i < offsets[p] + channel
                    + channels; i++) {
                data[i] = one(data[i]);
            }
        }
    }

    /** Replaces the first {@code count} numbers. */
    void apply(float[] data, int from, int count) {
        apply(data, BEGINNING, from, 1, count);
    }

    /**
     * Brings a panel to where it belongs, and replaces its numbers by their activation.
     *
     * @param staged for each pixel two vectors, from {@code from} on; it is overwritten
     * @param offsets for each pixel where its first channel goes in {@code out}
     * @param first which of them is the first pixel's
     * @param channel added to each of them
     * @param pixels how many pixels
     */
    void move(float[] staged, int from, float[] out, int[] offsets, int first, int channel,
            int pixels) {
        if (clamps()) {
            movePanel(staged, from, out, offsets, first, channel, pixels, low(), high());
            return;
        }
        apply(staged, from, pixels * 2 * LANES);
        movePanel(staged, from, out, offsets, first, channel, pixels, LANES);
    }

    /**
     * {@link #move} of a panel of which only the first {@code width} numbers are wanted: more than
     * a vector, less than two. The second vector overlaps the first.
     */
    void movePart(float[] staged, int from, float[] out, int[] offsets, int first, int channel,
            int pixels, int width) {
        apply(staged, from, pixels * 2 * LANES);
        movePanel(staged, from, out, offsets, first, channel, pixels, width - LANES);
    }

    /** @param second where a pixel's second vector begins */
    private static void movePanel(float[] staged, int from, float[] out, int[] offsets, int first,
            int channel, int pixels, int second) {
        for (int p = 0; p < pixels; p++) {
            int at = offsets[first + p] + channel;
            FloatVector.fromArray(SPECIES, staged, from + p * 2 * LANES).intoArray(out, at);
            FloatVector.fromArray(SPECIES, staged, from + p * 2 * LANES + second).intoArray(out,
                    at + second);
        }
    }

    private static void movePanel(float[] staged, int from, float[] out, int[] offsets, int first,
            int channel, int pixels, float low, float high) {
        // as clamp does: a call would be inlined only after a thousand others
        for (int p = 0; p < pixels; p++) {
            int at = offsets[first + p] + channel;
            FloatVector x = FloatVector.fromArray(SPECIES, staged, from + p * 2 * LANES);
            FloatVector y = FloatVector.fromArray(SPECIES, staged, from + p * 2 * LANES + LANES);
            x = x.blend(low, x.compare(VectorOperators.LT, low));
            y = y.blend(low, y.compare(VectorOperators.LT, low));
            x.blend(high, x.compare(VectorOperators.GT, high)).intoArray(out, at);
            y.blend(high, y.compare(VectorOperators.GT, high)).intoArray(out, at + LANES);
        }
    }

    /** Replaces {@code count} numbers that lie {@code step} apart from {@code from} on. */
    void apply(float[] data, int from, int step, int count) {
        if (step == 1) {
            apply(data, BEGINNING, from, 1, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            data[from + i * step] = one(data[from + i * step]);
        }
    }

    private float one(float x) {
        return switch (activation.kind()) {
            case NONE -> x;
            case RELU, RELU6 -> clamp(x, low(), high());
            case LEAKY_RELU -> x < 0 ? activation.slope() * x : x;
            case HARD_SWISH -> x * clamp(x + 3, 0, 6) / 6;
            case SIGMOID -> (float) (1 / (1 + Math.exp(-x)));
            case HARD_SIGMOID -> clamp(x + 3, 0, 6) / 6;
            case SILU -> Functions.silu(x);
            case GELU -> Functions.gelu(x);
            case GELU_TANH -> Functions.geluTanh(x);
            case TANH -> (float) Math.tanh(x);
            case MISH -> Functions.mish(x);
        };
    }

    static float clamp(float x, float low, float high) {
        return x < low ? low : x > high ? high : x;
    }

    /**
     * One vector. It takes and gives back no vector, nor does what it is made of: where the JVM
     * doesn't inline such a method, as happened by a profile that was taken early, each vector is
     * an object.
     */
    static void clamp(float[] in, int from, float[] out, int to, float low, float high) {
        FloatVector x = FloatVector.fromArray(SPECIES, in, from);
        FloatVector positive = x.blend(low, x.compare(VectorOperators.LT, low));
        positive.blend(high, positive.compare(VectorOperators.GT, high)).intoArray(out, to);
    }

    private static void clamp(float[] data, int[] offsets, int channel, int pixels, int channels,
            float low, float high) {
        if (channels == 2 * LANES) {
            clampPanel(data, offsets, channel, pixels, low, high);
            return;
        }
        for (int p = 0; p < pixels; p++) {
            int from = offsets[p] + channel;
            for (int i = from; i < from + channels; i += LANES) {
                clamp(data, i, data, i, low, high);
            }
        }
    }

    /**
     * Of two vectors a pixel, as few input channels often make: a loop over them costs more than
     * what is in it. In a method of its own, else the compiler makes objects of the other loop's
     * vectors.
     */
    private static void clampPanel(float[] data, int[] offsets, int channel, int pixels, float low,
            float high) {
        for (int p = 0; p < pixels; p++) {
            int i = offsets[p] + channel;
            clamp(data, i, data, i, low, high);
            clamp(data, i + LANES, data, i + LANES, low, high);
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
        if (channels == 2 * LANES) {
            hardSwishPanel(data, offsets, channel, pixels);
            return;
        }
        for (int p = 0; p < pixels; p++) {
            int from = offsets[p] + channel;
            for (int i = from; i < from + channels; i += LANES) {
                hardSwish(data, i);
            }
        }
    }

    private static void hardSwishPanel(float[] data, int[] offsets, int channel, int pixels) {
        for (int p = 0; p < pixels; p++) {
            int i = offsets[p] + channel;
            hardSwish(data, i);
            hardSwish(data, i + LANES);
        }
    }

    private static void hardSwish(float[] data, int at) {
        FloatVector x = FloatVector.fromArray(SPECIES, data, at);
        FloatVector moved = x.add(3f);
        FloatVector positive = moved.blend(0f, moved.compare(VectorOperators.LT, 0f));
        x.mul(positive.blend(6f, positive.compare(VectorOperators.GT, 6f))).div(6f).intoArray(data,
                at);
    }

    private static void sigmoid(float[] data, int[] offsets, int channel, int pixels,
            int channels) {
        for (int p = 0; p < pixels; p++) {
            int from = offsets[p] + channel;
            for (int i = from; i < from + channels; i += LANES) {
                Functions.sigmoid(FloatVector.fromArray(SPECIES, data, i)).intoArray(data, i);
            }
        }
    }

    private static void silu(float[] data, int[] offsets, int channel, int pixels, int channels) {
        for (int p = 0; p < pixels; p++) {
            int from = offsets[p] + channel;
            for (int i = from; i < from + channels; i += LANES) {
                Functions.silu(FloatVector.fromArray(SPECIES, data, i)).intoArray(data, i);
            }
        }
    }

    private static void gelu(float[] data, int[] offsets, int channel, int pixels, int channels) {
        for (int p = 0; p < pixels; p++) {
            int from = offsets[p] + channel;
            for (int i = from; i < from + channels; i += LANES) {
                Functions.gelu(FloatVector.fromArray(SPECIES, data, i)).intoArray(data, i);
            }
        }
    }

    private static void geluTanh(float[] data, int[] offsets, int channel, int pixels,
            int channels) {
        for (int p = 0; p < pixels; p++) {
            int from = offsets[p] + channel;
            for (int i = from; i < from + channels; i += LANES) {
                Functions.geluTanh(FloatVector.fromArray(SPECIES, data, i)).intoArray(data, i);
            }
        }
    }

    private static void tanh(float[] data, int[] offsets, int channel, int pixels, int channels) {
        for (int p = 0; p < pixels; p++) {
            int from = offsets[p] + channel;
            for (int i = from; i < from + channels; i += LANES) {
                Transcendentals.tanh(FloatVector.fromArray(SPECIES, data, i)).intoArray(data, i);
            }
        }
    }

    private static void hardSigmoid(float[] data, int[] offsets, int channel, int pixels,
            int channels) {
        for (int p = 0; p < pixels; p++) {
            int from = offsets[p] + channel;
            for (int i = from; i < from + channels; i += LANES) {
                FloatVector moved = FloatVector.fromArray(SPECIES, data, i).add(3f);
                FloatVector positive = moved.blend(0f, moved.compare(VectorOperators.LT, 0f));
                positive.blend(6f, positive.compare(VectorOperators.GT, 6f)).div(6f).intoArray(data,
                        i);
            }
        }
    }

    private static void mish(float[] data, int[] offsets, int channel, int pixels, int channels) {
        for (int p = 0; p < pixels; p++) {
            int from = offsets[p] + channel;
            for (int i = from; i < from + channels; i += LANES) {
                Functions.mish(FloatVector.fromArray(SPECIES, data, i)).intoArray(data, i);
            }
        }
    }
}
