package dev.sepconv.kernel.conv;

import java.util.Arrays;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Weights and biases in the order in which the vector kernels read them; padding is zero.
 */
public final class VectorPacking {

    private VectorPacking() {
    }

    public static int wholeVectors(int channels) {
        return (channels + VectorGeometry.LANES - 1) / VectorGeometry.LANES * VectorGeometry.LANES;
    }

    /** Blocks of {@code block} output channels that one group has. */
    public static int groupBlocks(Geometry g, int block) {
        return Math.ceilDiv(g.outChannels() / g.groups(), block);
    }

    /** Blocks of {@code block} output channels that all groups have. */
    public static int blocks(Geometry g, int block) {
        return Math.multiplyExact(g.groups(), groupBlocks(g, block));
    }

    /** Every channel at its own place. */
    public static int[] inOrder(int channels) {
        int[] places = new int[channels];
        Arrays.setAll(places, c -> c);
        return places;
    }

    /**
     * Where a dense kernel puts each output channel within a pixel: each group starts with a block.
     */
    public static int[] outputPlaces(Geometry g, int block) {
        int perGroup = g.outChannels() / g.groups();
        int floatsPerGroup = groupBlocks(g, block) * block;
        int[] places = new int[g.outChannels()];
        Arrays.setAll(places, k -> k / perGroup * floatsPerGroup + k % perGroup);
        return places;
    }

    /** {@code [K, C/G, R, S]} to, for each block of output channels, {@code [R, S, C/G, block]}. */
    public static FloatArray denseWeight(Geometry g, float[] weight, int block) {
        int channels = g.inChannels() / g.groups();
        int taps = g.kernelHeight() * g.kernelWidth();
        int[] places = outputPlaces(g, block);
        FloatArray packed = new FloatArray(
                Math.multiplyExact(Math.multiplyExact(blocks(g, block), taps * block), channels));
        packed.init(0f);
        for (int k = 0; k < g.outChannels(); k++) {
            int start = places[k] / block * taps * channels * block + places[k] % block;
            for (int c = 0; c < channels; c++) {
                for (int tap = 0; tap < taps; tap++) {
                    packed.set(start + (tap * channels + c) * block,
                            weight[(k * channels + c) * taps + tap]);
                }
            }
        }
        return packed;
    }

    /** {@code [C, 1, R, S]} to {@code [R, S, pixelFloats]}. */
    public static FloatArray depthwiseWeight(Geometry g, float[] weight, int pixelFloats) {
        int taps = g.kernelHeight() * g.kernelWidth();
        FloatArray packed = new FloatArray(Math.multiplyExact(taps, pixelFloats));
        packed.init(0f);
        for (int c = 0; c < g.inChannels(); c++) {
            for (int tap = 0; tap < taps; tap++) {
                packed.set(tap * pixelFloats + c, weight[c * taps + tap]);
            }
        }
        return packed;
    }

    /** The bias of each channel at its place; zeros where it is null. */
    public static FloatArray bias(float[] bias, int[] places, int floats) {
        FloatArray packed = new FloatArray(floats);
        packed.init(0f);
        for (int k = 0; bias != null && k < bias.length; k++) {
            packed.set(places[k], bias[k]);
        }
        return packed;
    }
}
