package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import jdk.incubator.vector.FloatVector;

/**
 * A convolution with few channels a group on planes: a vector is so many neighbouring pixels of a
 * row, and a few filters' sums are made at once, so that each vector that is loaded serves all of
 * them.
 *
 * <p>
 * Weights lie in blocks of 4, 2 or 1 filters of one group, {@code [C/G * R * S][filters]}. Where a
 * group's filters don't fill the last block of 4, it begins earlier and overlaps the one before, or
 * has its last filter more than once.
 */
final class PlaneTile {

    /** Products in a sum: as {@link PackedWeights#LONGEST_RUN}. */
    static final int MOST_PRODUCTS = PackedWeights.LONGEST_RUN;

    /** Pixels that a row must have: those of the widest block. */
    static final int LEAST_WIDTH = 4 * LANES;

    /** Sums that a block makes at most. */
    static final int MOST_FILTERS = 4;

    private final int groupFilters;
    private final int taps;
    private final float[] weights;
    private final float[] bias;
    /** For each block its first filter, how many sums it makes and where its weights lie. */
    private final int[] first;
    private final int[] size;
    private final int[] start;

    /**
     * @param conv its stride, dilation and padding are the caller's business
     */
    PlaneTile(Conv2d conv, ConvWeights given) {
        groupFilters = conv.outChannels() / conv.groups();
        taps = conv.inChannels() / conv.groups() * conv.kernelHeight() * conv.kernelWidth();
        bias = given.bias() == null ? new float[conv.outChannels()] : given.bias().clone();
        int blocksPerGroup = Math.ceilDiv(groupFilters, 4);
        int blocks = conv.groups() * blocksPerGroup;
        first = new int[blocks];
        size = new int[blocks];
        start = new int[blocks];
        int floats = 0;
        for (int b = 0; b < blocks; b++) {
            int done = b % blocksPerGroup * 4;
            int left = groupFilters - done;
            size[b] = left > 2 ? 4 : left;
            first[b] = b / blocksPerGroup * groupFilters
                    + (left == 3 ? Math.max(0, groupFilters - 4) : done);
            start[b] = floats;
            floats = Math.addExact(floats, Math.multiplyExact(size[b], taps));
        }
        weights = new float[floats];
        for (int b = 0; b < blocks; b++) {
            for (int i = 0; i < size[b] * taps; i++) {
                weights[start[b] + i] = given.weight()[filter(b, i % size[b]) * taps + i / size[b]];
            }
        }
    }

    int blocks() {
        return first.length;
    }

    /** How many sums a block makes. */
    int size(int block) {
        return size[block];
    }

    /** How many different filters these are. */
    int filters(int block) {
        return Math.min(size[block], groupFilters - first[block] % groupFilters);
    }

    /** The filter of a block's sum: the last one again where there is none left. */
    int filter(int block, int i) {
        return first[block] + Math.min(i, filters(block) - 1);
    }

    /**
     * Some pixels of a row of a block's filters, with bias, without activation.
     *
     * @param at where the first tap of the first pixel lies, in the first channel of the block's
     * group
     * @param offsets for each tap of each of the group's channels how far from there
     * @param to for each sum where its first pixel goes
     * @param width how many pixels, at least {@link #LEAST_WIDTH}
     */
    void run(int block, float[] in, int at, int[] offsets, float[] out, int[] to, int width) {
        switch (size[block]) {
            case 4 -> four(in, at, offsets, weights, start[block], taps, bias, filter(block, 0),
                    filter(block, 1), filter(block, 2), filter(block, 3), out, to[0], to[1], to[2],
                    to[3], width);
            case 2 -> two(in, at, offsets, weights, start[block], taps, bias, first[block], out,
                    to[0], to[1], width);
            default -> one(in, at, offsets, weights, start[block], taps, bias[first[block]], out,
                    to[0], width);
        }
    }

    private static void four(float[] in, int at, int[] offsets, float[] weights, int start,
            int taps, float[] bias, int f0, int f1, int f2, int f3, float[] out, int to0, int to1,
            int to2, int to3, int width) {
        for (int w = 0; w < width; w += 2 * LANES) {
            int x = Math.min(w, width - 2 * LANES);
            int from = at + x;
            FloatVector a0 = FloatVector.broadcast(SPECIES, bias[f0]);
            FloatVector b0 = a0;
            FloatVector a1 = FloatVector.broadcast(SPECIES, bias[f1]);
            FloatVector b1 = a1;
            FloatVector a2 = FloatVector.broadcast(SPECIES, bias[f2]);
            FloatVector b2 = a2;
            FloatVector a3 = FloatVector.broadcast(SPECIES, bias[f3]);
            FloatVector b3 = a3;
            for (int t = 0; t < taps; t++) {
                int z = from + offsets[t];
                FloatVector a = FloatVector.fromArray(SPECIES, in, z);
                FloatVector b = FloatVector.fromArray(SPECIES, in, z + LANES);
                FloatVector u = FloatVector.broadcast(SPECIES, weights[start + 4 * t]);
                a0 = a.fma(u, a0);
                b0 = b.fma(u, b0);
                u = FloatVector.broadcast(SPECIES, weights[start + 4 * t + 1]);
                a1 = a.fma(u, a1);
                b1 = b.fma(u, b1);
                u = FloatVector.broadcast(SPECIES, weights[start + 4 * t + 2]);
                a2 = a.fma(u, a2);
                b2 = b.fma(u, b2);
                u = FloatVector.broadcast(SPECIES, weights[start + 4 * t + 3]);
                a3 = a.fma(u, a3);
                b3 = b.fma(u, b3);
            }
            a0.intoArray(out, to0 + x);
            b0.intoArray(out, to0 + x + LANES);
            a1.intoArray(out, to1 + x);
            b1.intoArray(out, to1 + x + LANES);
            a2.intoArray(out, to2 + x);
            b2.intoArray(out, to2 + x + LANES);
            a3.intoArray(out, to3 + x);
            b3.intoArray(out, to3 + x + LANES);
        }
    }

    private static void two(float[] in, int at, int[] offsets, float[] weights, int start, int taps,
            float[] bias, int filter, float[] out, int to0, int to1, int width) {
        for (int w = 0; w < width; w += 4 * LANES) {
            int x = Math.min(w, width - 4 * LANES);
            int from = at + x;
            FloatVector a0 = FloatVector.broadcast(SPECIES, bias[filter]);
            FloatVector b0 = a0;
            FloatVector c0 = a0;
            FloatVector d0 = a0;
            FloatVector a1 = FloatVector.broadcast(SPECIES, bias[filter + 1]);
            FloatVector b1 = a1;
            FloatVector c1 = a1;
            FloatVector d1 = a1;
            for (int t = 0; t < taps; t++) {
                int z = from + offsets[t];
                FloatVector a = FloatVector.fromArray(SPECIES, in, z);
                FloatVector b = FloatVector.fromArray(SPECIES, in, z + LANES);
                FloatVector c = FloatVector.fromArray(SPECIES, in, z + 2 * LANES);
                FloatVector d = FloatVector.fromArray(SPECIES, in, z + 3 * LANES);
                FloatVector u = FloatVector.broadcast(SPECIES, weights[start + 2 * t]);
                a0 = a.fma(u, a0);
                b0 = b.fma(u, b0);
                c0 = c.fma(u, c0);
                d0 = d.fma(u, d0);
                u = FloatVector.broadcast(SPECIES, weights[start + 2 * t + 1]);
                a1 = a.fma(u, a1);
                b1 = b.fma(u, b1);
                c1 = c.fma(u, c1);
                d1 = d.fma(u, d1);
            }
            a0.intoArray(out, to0 + x);
            b0.intoArray(out, to0 + x + LANES);
            c0.intoArray(out, to0 + x + 2 * LANES);
            d0.intoArray(out, to0 + x + 3 * LANES);
            a1.intoArray(out, to1 + x);
            b1.intoArray(out, to1 + x + LANES);
            c1.intoArray(out, to1 + x + 2 * LANES);
            d1.intoArray(out, to1 + x + 3 * LANES);
        }
    }

    private static void one(float[] in, int at, int[] offsets, float[] weights, int start, int taps,
            float bias, float[] out, int to, int width) {
        for (int w = 0; w < width; w += 4 * LANES) {
            int x = Math.min(w, width - 4 * LANES);
            int from = at + x;
            FloatVector a0 = FloatVector.broadcast(SPECIES, bias);
            FloatVector b0 = a0;
            FloatVector c0 = a0;
            FloatVector d0 = a0;
            for (int t = 0; t < taps; t++) {
                int z = from + offsets[t];
                FloatVector u = FloatVector.broadcast(SPECIES, weights[start + t]);
                a0 = FloatVector.fromArray(SPECIES, in, z).fma(u, a0);
                b0 = FloatVector.fromArray(SPECIES, in, z + LANES).fma(u, b0);
                c0 = FloatVector.fromArray(SPECIES, in, z + 2 * LANES).fma(u, c0);
                d0 = FloatVector.fromArray(SPECIES, in, z + 3 * LANES).fma(u, d0);
            }
            a0.intoArray(out, to + x);
            b0.intoArray(out, to + x + LANES);
            c0.intoArray(out, to + x + 2 * LANES);
            d0.intoArray(out, to + x + 3 * LANES);
        }
    }
}
