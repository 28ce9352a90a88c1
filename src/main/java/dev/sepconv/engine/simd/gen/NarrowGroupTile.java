package dev.sepconv.engine.simd.gen;

// Written by RowTiles: change it there, then mvn -q -Pgenerate validate.

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * The inner loops of grouped convolution where a vector holds several groups: a few neighbouring
 * pixels of a row by one vector of filters, all in registers. What is loaded is permuted, once for
 * each channel of a group, so that each filter's lane holds that channel of its own group.
 */
public final class NarrowGroupTile {

    /** Pixels at once. */
    public static final int PIXELS = 4;

    private NarrowGroupTile() {
    }

    /**
     * {@link #PIXELS} pixels of a row, with bias, without activation.
     *
     * @param first where the first pixel's first tap lies, in channel 0
     * @param rowStep from one kernel row to the next
     * @param columnStep from one pixel to the next
     * @param tapStep from one kernel column to the next
     * @param sources for each channel of a group where each lane finds it
     * @param taps {@code [vectors][sources.length][kernelHeight][kernelWidth][LANES]}
     * @param bias {@code [vectors][LANES]}
     * @param from the first vector of filters
     * @param to the one past the last
     * @param vectorChannels numbers of an input pixel that a vector of filters reads
     * @param vectorFilters numbers that it makes
     * @param at where the first pixel's filter 0 goes in {@code out}
     * @param pixel from there to the next pixel's
     * @param mask which lanes are stored
     */
    public static void run(float[] in, int first, int rowStep, int columnStep, int tapStep,
            int kernelHeight, int kernelWidth, VectorShuffle<Float>[] sources, float[] taps,
            float[] bias, int from, int to, int vectorChannels, int vectorFilters, float[] out,
            int at, int pixel, VectorMask<Float> mask) {
        if (kernelWidth == 3 && columnStep == tapStep) {
            wide3Stride1(in, first, rowStep, tapStep, kernelHeight, sources, taps, bias, from, to,
                    vectorChannels, vectorFilters, out, at, pixel, mask);
        } else {
            anyWidth(in, first, rowStep, columnStep, tapStep, kernelHeight, kernelWidth, sources,
                    taps, bias, from, to, vectorChannels, vectorFilters, out, at, pixel, mask);
        }
    }

    /** Taps as far apart as the pixels: each of the six columns is permuted once a row. */
    private static void wide3Stride1(float[] in, int first, int rowStep, int tapStep,
            int kernelHeight, VectorShuffle<Float>[] sources, float[] taps, float[] bias, int from,
            int to, int vectorChannels, int vectorFilters, float[] out, int at, int pixel,
            VectorMask<Float> mask) {
        for (int v = from; v < to; v++) {
            FloatVector a0 = FloatVector.fromArray(SPECIES, bias, v * LANES);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            int t = v * sources.length * kernelHeight * 3 * LANES;
            for (VectorShuffle<Float> source : sources) {
                for (int r = 0; r < kernelHeight; r++) {
                    int z = first + v * vectorChannels + r * rowStep;
                    FloatVector left = FloatVector.fromArray(SPECIES, taps, t);
                    FloatVector middle = FloatVector.fromArray(SPECIES, taps, t + LANES);
                    FloatVector right = FloatVector.fromArray(SPECIES, taps, t + 2 * LANES);
                    FloatVector x;
                    x = FloatVector.fromArray(SPECIES, in, z).rearrange(source);
                    a0 = x.fma(left, a0);
                    x = FloatVector.fromArray(SPECIES, in, z + tapStep).rearrange(source);
                    a0 = x.fma(middle, a0);
                    a1 = x.fma(left, a1);
                    x = FloatVector.fromArray(SPECIES, in, z + 2 * tapStep).rearrange(source);
                    a0 = x.fma(right, a0);
                    a1 = x.fma(middle, a1);
                    a2 = x.fma(left, a2);
                    x = FloatVector.fromArray(SPECIES, in, z + 3 * tapStep).rearrange(source);
                    a1 = x.fma(right, a1);
                    a2 = x.fma(middle, a2);
                    a3 = x.fma(left, a3);
                    x = FloatVector.fromArray(SPECIES, in, z + 4 * tapStep).rearrange(source);
                    a2 = x.fma(right, a2);
                    a3 = x.fma(middle, a3);
                    x = FloatVector.fromArray(SPECIES, in, z + 5 * tapStep).rearrange(source);
                    a3 = x.fma(right, a3);
                    t += 3 * LANES;
                }
            }
            int o = at + v * vectorFilters;
            a0.intoArray(out, o, mask);
            a1.intoArray(out, o + pixel, mask);
            a2.intoArray(out, o + 2 * pixel, mask);
            a3.intoArray(out, o + 3 * pixel, mask);
        }
    }

    /** Any kernel. */
    private static void anyWidth(float[] in, int first, int rowStep, int columnStep, int tapStep,
            int kernelHeight, int kernelWidth, VectorShuffle<Float>[] sources, float[] taps,
            float[] bias, int from, int to, int vectorChannels, int vectorFilters, float[] out,
            int at, int pixel, VectorMask<Float> mask) {
        for (int v = from; v < to; v++) {
            FloatVector a0 = FloatVector.fromArray(SPECIES, bias, v * LANES);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            int t = v * sources.length * kernelHeight * kernelWidth * LANES;
            for (VectorShuffle<Float> source : sources) {
                for (int r = 0; r < kernelHeight; r++) {
                    int z = first + v * vectorChannels + r * rowStep;
                    for (int s = 0; s < kernelWidth; s++) {
                        FloatVector tap = FloatVector.fromArray(SPECIES, taps, t);
                        a0 = tap.fma(FloatVector.fromArray(SPECIES, in, z).rearrange(source), a0);
                        a1 = tap.fma(FloatVector.fromArray(SPECIES, in, z + columnStep)
                                .rearrange(source), a1);
                        a2 = tap.fma(FloatVector.fromArray(SPECIES, in, z + 2 * columnStep)
                                .rearrange(source), a2);
                        a3 = tap.fma(FloatVector.fromArray(SPECIES, in, z + 3 * columnStep)
                                .rearrange(source), a3);
                        z += tapStep;
                        t += LANES;
                    }
                }
            }
            int o = at + v * vectorFilters;
            a0.intoArray(out, o, mask);
            a1.intoArray(out, o + pixel, mask);
            a2.intoArray(out, o + 2 * pixel, mask);
            a3.intoArray(out, o + 3 * pixel, mask);
        }
    }
}
