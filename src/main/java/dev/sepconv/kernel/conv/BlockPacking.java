package dev.sepconv.kernel.conv;

import java.util.Arrays;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Weights and biases in the order in which block, local and vector kernels read them: by blocks of
 * output channels. Each group starts with a block; padding is zero.
 */
public final class BlockPacking {

    private BlockPacking() {
    }

    /** Blocks of {@code width} output channels that one group has. */
    public static int groupBlocks(Geometry g, int width) {
        return Math.ceilDiv(g.outChannels() / g.groups(), width);
    }

    /** Blocks of {@code width} output channels that all groups have. */
    public static int blocks(Geometry g, int width) {
        return Math.multiplyExact(g.groups(), groupBlocks(g, width));
    }

    /** The position of each output channel among those of all blocks. */
    public static int[] positions(Geometry g, int width) {
        int perGroup = g.outChannels() / g.groups();
        int padded = groupBlocks(g, width) * width;
        int[] positions = new int[g.outChannels()];
        Arrays.setAll(positions, k -> k / perGroup * padded + k % perGroup);
        return positions;
    }

    /** The positions of channels that stay in order, without gaps. */
    public static int[] inOrder(int channels) {
        int[] positions = new int[channels];
        Arrays.setAll(positions, c -> c);
        return positions;
    }

    /** {@code [K, C/G, R, S]} to, for each block of output channels, {@code [R, S, C/G, width]}. */
    public static FloatArray weight(Geometry g, float[] weight, int width) {
        int channels = g.inChannels() / g.groups();
        int taps = g.kernelHeight() * g.kernelWidth();
        int[] positions = positions(g, width);
        FloatArray packed = new FloatArray(Math.multiplyExact(
                Math.multiplyExact(blocks(g, width), width), Math.multiplyExact(channels, taps)));
        packed.init(0f);
        for (int k = 0; k < g.outChannels(); k++) {
            int start = positions[k] / width * taps * channels * width + positions[k] % width;
            for (int c = 0; c < channels; c++) {
                for (int tap = 0; tap < taps; tap++) {
                    packed.set(start + (tap * channels + c) * width,
                            weight[(k * channels + c) * taps + tap]);
                }
            }
        }
        return packed;
    }

    /**
     * {@code [C*M, 1, R, S]} to {@code [R, S, pixelFloats]}.
     *
     * @param pixelFloats at least {@code C*M}
     */
    public static FloatArray depthwiseWeight(Geometry g, float[] weight, int pixelFloats) {
        int taps = g.kernelHeight() * g.kernelWidth();
        FloatArray packed = new FloatArray(Math.multiplyExact(taps, pixelFloats));
        packed.init(0f);
        for (int k = 0; k < g.outChannels(); k++) {
            for (int tap = 0; tap < taps; tap++) {
                packed.set(tap * pixelFloats + k, weight[k * taps + tap]);
            }
        }
        return packed;
    }

    /** {@code [K]} to {@code width} numbers a block; zeros where it is null. */
    public static FloatArray bias(Geometry g, float[] bias, int width) {
        return bias(bias, positions(g, width), blocks(g, width) * width);
    }

    /** {@code floats} numbers with each channel's at its position; zeros where it is null. */
    public static FloatArray bias(float[] bias, int[] positions, int floats) {
        FloatArray packed = new FloatArray(floats);
        packed.init(0f);
        for (int k = 0; bias != null && k < bias.length; k++) {
            packed.set(positions[k], bias[k]);
        }
        return packed;
    }
}
