package dev.sepconv.graph;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Op;

/**
 * A transposed convolution whose outputs are blocks side by side
 * ({@link Op.ConvolveTransposed#isBlocks}), as the pointwise convolution that makes the whole block
 * of an input pixel; its channels, {@code [R, S, filters]}, are then put in their places. One pass
 * over the input instead of one for each remainder, and with few output channels fewer lanes left
 * empty.
 */
public record TransposedBlocks(Conv2d conv, ConvWeights weights) {

    /** @param filters for each tap; those that the operation does not have are zeros */
    public static TransposedBlocks of(Op.ConvolveTransposed op, int filters) {
        Conv2d kernel = op.kernel();
        int taps = kernel.kernelHeight() * kernel.kernelWidth();
        Conv2d conv = Conv2d.pointwise(kernel.inChannels(), Math.multiplyExact(filters, taps))
                .withBias(op.bias() != null).withActivation(kernel.activation());
        float[] weight = new float[conv.weightCount()];
        float[] bias = op.bias() == null ? null : new float[conv.outChannels()];
        for (int k = 0; k < kernel.outChannels(); k++) {
            for (int tap = 0; tap < taps; tap++) {
                int out = tap * filters + k;
                for (int c = 0; c < conv.inChannels(); c++) {
                    weight[out * conv.inChannels() + c] = op
                            .weight()[(c * kernel.outChannels() + k) * taps + tap];
                }
                if (bias != null) {
                    bias[out] = op.bias()[k];
                }
            }
        }
        return new TransposedBlocks(conv, new ConvWeights(weight, bias));
    }
}
