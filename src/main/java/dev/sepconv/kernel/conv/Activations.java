package dev.sepconv.kernel.conv;

import uk.ac.manchester.tornado.api.math.TornadoMath;

/**
 * The activation at the end of every kernel. The codes are these, whatever the order of
 * {@code dev.sepconv.Activation.Kind}; 0 is none.
 */
public final class Activations {

    public static final int RELU = 1;
    public static final int RELU6 = 2;
    public static final int LEAKY_RELU = 3;
    public static final int HARD_SWISH = 4;
    public static final int HARD_SIGMOID = 5;
    public static final int SIGMOID = 6;
    public static final int SILU = 7;
    public static final int GELU = 8;
    public static final int GELU_TANH = 9;
    public static final int TANH = 10;
    public static final int MISH = 11;

    private Activations() {
    }

    /**
     * Whether {@link #apply} has it. The others are a step of their own after the convolution: each
     * would make every place that applies an activation longer, in every kernel.
     */
    public static boolean has(int activation) {
        return activation <= SILU;
    }

    /**
     * Comparisons are written so that a NaN comes out as NaN, which a maximum would not do on every
     * device.
     */
    public static float apply(float x, int activation, float slope) {
        float result = x;
        if (activation == RELU) {
            result = x < 0f ? 0f : x;
        } else if (activation == RELU6) {
            result = x < 0f ? 0f : (x > 6f ? 6f : x);
        } else if (activation == LEAKY_RELU) {
            result = x < 0f ? slope * x : x;
        } else if (activation == HARD_SWISH) {
            float shifted = x + 3f;
            result = x * (shifted < 0f ? 0f : (shifted > 6f ? 6f : shifted)) / 6f;
        } else if (activation == HARD_SIGMOID) {
            float shifted = x + 3f;
            result = (shifted < 0f ? 0f : (shifted > 6f ? 6f : shifted)) / 6f;
        } else if (activation >= SIGMOID) {
            float gate = sigmoid(x);
            result = activation == SILU ? x * gate : gate;
        }
        return result;
    }

    public static float sigmoid(float x) {
        return 1f / (1f + TornadoMath.exp(-x));
    }
}
