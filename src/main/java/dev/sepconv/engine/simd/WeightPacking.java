package dev.sepconv.engine.simd;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;

/** Brings weights into the orders in which tiles read them. */
final class WeightPacking {

    private WeightPacking() {
    }

    /**
     * Puts one filter's weights where a tile finds them.
     *
     * @param weight {@code [K][C/G][R][S]}
     * @param filter which of the K
     * @param first where the first weight goes in {@code to}
     * @param channelStep from one channel to the next in {@code to}
     * @param rowStep from one kernel row to the next
     * @param columnStep from one kernel column to the next
     */
    static void spread(Conv2d conv, float[] weight, int filter, float[] to, int first,
            int channelStep, int rowStep, int columnStep) {
        int channels = conv.inChannels() / conv.groups();
        int from = filter * channels * conv.kernelHeight() * conv.kernelWidth();
        for (int c = 0; c < channels; c++) {
            for (int r = 0; r < conv.kernelHeight(); r++) {
                int at = first + c * channelStep + r * rowStep;
                for (int s = 0; s < conv.kernelWidth(); s++) {
                    to[at + s * columnStep] = weight[from++];
                }
            }
        }
    }

    /** One number a filter: zeros where there is no bias. */
    static float[] bias(Conv2d conv, ConvWeights weights) {
        return weights.bias() == null ? new float[conv.outChannels()] : weights.bias().clone();
    }
}
