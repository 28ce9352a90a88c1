package dev.sepconv.kernel.conv;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Weights and biases in the order in which the kernels for GPUs read them: by blocks of output
 * channels. Each group starts with a block.
 */
public final class BlockPacking {

    private BlockPacking() {
    }

    /** Blocks of {@code width} output channels that all groups have. */
    public static int blocks(Geometry g, int width) {
        return Math.multiplyExact(g.groups(), Math.ceilDiv(g.outChannels() / g.groups(), width));
    }

    /**
     * {@code [K, C/G, R, S]} to, for each block, {@code [R, S, C/G, width]}; zeros where a group's
     * last block is padded.
     */
    public static FloatArray weight(Geometry g, float[] weight, int width) {
        int channels = g.inChannels() / g.groups();
        int taps = g.kernelHeight() * g.kernelWidth();
        FloatArray packed = new FloatArray(Math.multiplyExact(
                Math.multiplyExact(blocks(g, width), width), Math.multiplyExact(channels, taps)));
        packed.init(0f);
        for (int k = 0; k < g.outChannels(); k++) {
            int place = place(g, k, width);
            int start = place / width * taps * channels * width + place % width;
            for (int c = 0; c < channels; c++) {
                for (int tap = 0; tap < taps; tap++) {
                    packed.set(start + (tap * channels + c) * width,
                            weight[(k * channels + c) * taps + tap]);
                }
            }
        }
        return packed;
    }

    /** {@code [C*M, 1, R, S]} to {@code [R, S, C*M]}. */
    public static FloatArray depthwiseWeight(Geometry g, float[] weight) {
        int taps = g.kernelHeight() * g.kernelWidth();
        FloatArray packed = new FloatArray(weight.length);
        for (int k = 0; k < g.outChannels(); k++) {
            for (int tap = 0; tap < taps; tap++) {
                packed.set(tap * g.outChannels() + k, weight[k * taps + tap]);
            }
        }
        return packed;
    }

    /** {@code [K]} to {@code width} numbers a block; zeros where it is null. */
    public static FloatArray bias(Geometry g, float[] bias, int width) {
        FloatArray packed = new FloatArray(blocks(g, width) * width);
        packed.init(0f);
        for (int k = 0; bias != null && k < bias.length; k++) {
            packed.set(place(g, k, width), bias[k]);
        }
        return packed;
    }

    private static int place(Geometry g, int k, int width) {
        int perGroup = g.outChannels() / g.groups();
        return k / perGroup * Math.ceilDiv(perGroup, width) * width + k % perGroup;
    }
}
