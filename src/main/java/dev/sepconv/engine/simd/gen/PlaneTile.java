package dev.sepconv.engine.simd.gen;

// Written by PlaneTiles: change it there, then mvn -q -Pgenerate validate.

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The inner loops of convolution with few channels a group on planes: a few filters by a few
 * vectors of neighbouring pixels of a row, all in registers, so that each vector that is loaded
 * serves all of the filters.
 */
public final class PlaneTile {

    /** Pixels that a row must have: those of the widest tile. */
    public static final int LEAST_WIDTH = 4 * LANES;

    /** Filters of the highest tile. */
    public static final int MOST_FILTERS = 4;

    private PlaneTile() {
    }

    /**
     * Some pixels of a row of some filters of one group, with bias, without activation. The last
     * tile overlaps the one before.
     *
     * @param first where the first tap of the first pixel lies, in the group's first channel
     * @param offsets for each tap of each of the group's channels how far from there
     * @param weights {@code [offsets.length][filters]}
     * @param start where they begin
     * @param biasAt where the first filter's bias is
     * @param to for each filter where its first pixel goes in {@code out}
     * @param width how many pixels, at least {@link #LEAST_WIDTH}
     * @param filters 1, 2, 4
     */
    public static void run(float[] in, int first, int[] offsets, float[] weights, int start,
            float[] bias, int biasAt, float[] out, int[] to, int width, int filters) {
        if (filters == 4) {
            tile4x2(in, first, offsets, weights, start, bias, biasAt, out, to, width);
        } else if (filters == 2) {
            tile2x4(in, first, offsets, weights, start, bias, biasAt, out, to, width);
        } else {
            tile1x4(in, first, offsets, weights, start, bias, biasAt, out, to, width);
        }
    }

    /** Eight sums, and each weight that is broadcast serves two vectors. */
    private static void tile4x2(float[] in, int first, int[] offsets, float[] weights, int start,
            float[] bias, int biasAt, float[] out, int[] to, int width) {
        int to0 = to[0];
        int to1 = to[1];
        int to2 = to[2];
        int to3 = to[3];
        for (int w = 0; w < width; w += 2 * LANES) {
            int column = Math.min(w, width - 2 * LANES);
            int from = first + column;
            FloatVector a0 = FloatVector.broadcast(SPECIES, bias[biasAt]);
            FloatVector b0 = a0;
            FloatVector a1 = FloatVector.broadcast(SPECIES, bias[biasAt + 1]);
            FloatVector b1 = a1;
            FloatVector a2 = FloatVector.broadcast(SPECIES, bias[biasAt + 2]);
            FloatVector b2 = a2;
            FloatVector a3 = FloatVector.broadcast(SPECIES, bias[biasAt + 3]);
            FloatVector b3 = a3;
            for (int t = 0; t < offsets.length; t++) {
                int z = from + offsets[t];
                FloatVector x0 = FloatVector.fromArray(SPECIES, in, z);
                FloatVector x1 = FloatVector.fromArray(SPECIES, in, z + LANES);
                FloatVector u;
                u = FloatVector.broadcast(SPECIES, weights[start + 4 * t]);
                a0 = x0.fma(u, a0);
                b0 = x1.fma(u, b0);
                u = FloatVector.broadcast(SPECIES, weights[start + 4 * t + 1]);
                a1 = x0.fma(u, a1);
                b1 = x1.fma(u, b1);
                u = FloatVector.broadcast(SPECIES, weights[start + 4 * t + 2]);
                a2 = x0.fma(u, a2);
                b2 = x1.fma(u, b2);
                u = FloatVector.broadcast(SPECIES, weights[start + 4 * t + 3]);
                a3 = x0.fma(u, a3);
                b3 = x1.fma(u, b3);
            }
            a0.intoArray(out, to0 + column);
            b0.intoArray(out, to0 + column + LANES);
            a1.intoArray(out, to1 + column);
            b1.intoArray(out, to1 + column + LANES);
            a2.intoArray(out, to2 + column);
            b2.intoArray(out, to2 + column + LANES);
            a3.intoArray(out, to3 + column);
            b3.intoArray(out, to3 + column + LANES);
        }
    }

    /** As many sums from pixels side by side. */
    private static void tile2x4(float[] in, int first, int[] offsets, float[] weights, int start,
            float[] bias, int biasAt, float[] out, int[] to, int width) {
        int to0 = to[0];
        int to1 = to[1];
        for (int w = 0; w < width; w += 4 * LANES) {
            int column = Math.min(w, width - 4 * LANES);
            int from = first + column;
            FloatVector a0 = FloatVector.broadcast(SPECIES, bias[biasAt]);
            FloatVector b0 = a0;
            FloatVector c0 = a0;
            FloatVector d0 = a0;
            FloatVector a1 = FloatVector.broadcast(SPECIES, bias[biasAt + 1]);
            FloatVector b1 = a1;
            FloatVector c1 = a1;
            FloatVector d1 = a1;
            for (int t = 0; t < offsets.length; t++) {
                int z = from + offsets[t];
                FloatVector x0 = FloatVector.fromArray(SPECIES, in, z);
                FloatVector x1 = FloatVector.fromArray(SPECIES, in, z + LANES);
                FloatVector x2 = FloatVector.fromArray(SPECIES, in, z + 2 * LANES);
                FloatVector x3 = FloatVector.fromArray(SPECIES, in, z + 3 * LANES);
                FloatVector u;
                u = FloatVector.broadcast(SPECIES, weights[start + 2 * t]);
                a0 = x0.fma(u, a0);
                b0 = x1.fma(u, b0);
                c0 = x2.fma(u, c0);
                d0 = x3.fma(u, d0);
                u = FloatVector.broadcast(SPECIES, weights[start + 2 * t + 1]);
                a1 = x0.fma(u, a1);
                b1 = x1.fma(u, b1);
                c1 = x2.fma(u, c1);
                d1 = x3.fma(u, d1);
            }
            a0.intoArray(out, to0 + column);
            b0.intoArray(out, to0 + column + LANES);
            c0.intoArray(out, to0 + column + 2 * LANES);
            d0.intoArray(out, to0 + column + 3 * LANES);
            a1.intoArray(out, to1 + column);
            b1.intoArray(out, to1 + column + LANES);
            c1.intoArray(out, to1 + column + 2 * LANES);
            d1.intoArray(out, to1 + column + 3 * LANES);
        }
    }

    /** Four chains of multiply-adds, so that none waits for itself. */
    private static void tile1x4(float[] in, int first, int[] offsets, float[] weights, int start,
            float[] bias, int biasAt, float[] out, int[] to, int width) {
        int to0 = to[0];
        for (int w = 0; w < width; w += 4 * LANES) {
            int column = Math.min(w, width - 4 * LANES);
            int from = first + column;
            FloatVector a0 = FloatVector.broadcast(SPECIES, bias[biasAt]);
            FloatVector b0 = a0;
            FloatVector c0 = a0;
            FloatVector d0 = a0;
            for (int t = 0; t < offsets.length; t++) {
                int z = from + offsets[t];
                FloatVector x0 = FloatVector.fromArray(SPECIES, in, z);
                FloatVector x1 = FloatVector.fromArray(SPECIES, in, z + LANES);
                FloatVector x2 = FloatVector.fromArray(SPECIES, in, z + 2 * LANES);
                FloatVector x3 = FloatVector.fromArray(SPECIES, in, z + 3 * LANES);
                FloatVector u;
                u = FloatVector.broadcast(SPECIES, weights[start + t]);
                a0 = x0.fma(u, a0);
                b0 = x1.fma(u, b0);
                c0 = x2.fma(u, c0);
                d0 = x3.fma(u, d0);
            }
            a0.intoArray(out, to0 + column);
            b0.intoArray(out, to0 + column + LANES);
            c0.intoArray(out, to0 + column + 2 * LANES);
            d0.intoArray(out, to0 + column + 3 * LANES);
        }
    }
}
