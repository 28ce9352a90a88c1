package dev.sepconv.engine.simd.gen;

// Written by RowTiles: change it there, then mvn -q -Pgenerate validate.

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The inner loops of grouped convolution: neighbouring pixels of a row by one vector of a group's
 * filters, all in registers. Each number of the input is broadcast once and serves all pixels whose
 * taps meet it.
 */
public final class GroupTile {

    /** Pixels at once. */
    public static final int PIXELS = 7;

    private GroupTile() {
    }

    /** Whether there is a tile for a kernel. */
    public static boolean suits(int kernelWidth, int stride, int dilation) {
        return kernelWidth == 3 && stride == dilation;
    }

    /**
     * {@link #PIXELS} pixels of a row, with bias, without activation.
     *
     * @param first where the first pixel's first tap lies, in the group's channel 0
     * @param rowStep from one kernel row to the next
     * @param columnStep from one pixel to the next
     * @param tapStep from one kernel column to the next
     * @param channels of the group
     * @param taps {@code [kernelHeight][channels][kernelWidth][LANES]}
     * @param tap where these begin
     * @param biasAt where the filters' bias begins
     * @param at where the first pixel's filters go in {@code out}
     * @param pixel from there to the next pixel's
     */
    public static void run(float[] in, int first, int rowStep, int columnStep, int tapStep,
            int kernelHeight, int kernelWidth, int channels, float[] taps, int tap, float[] bias,
            int biasAt, float[] out, int at, int pixel) {
        wide3Stride1(in, first, rowStep, tapStep, kernelHeight, channels, taps, tap, bias, biasAt,
                out, at, pixel);
    }

    /**
     * With their sums 11 of 16 registers are taken; and 7 divides the picture sizes of most
     * networks.
     */
    private static void wide3Stride1(float[] in, int first, int rowStep, int tapStep,
            int kernelHeight, int channels, float[] taps, int tap, float[] bias, int biasAt,
            float[] out, int at, int pixel) {
        FloatVector a0 = FloatVector.fromArray(SPECIES, bias, biasAt);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector a4 = a0;
        FloatVector a5 = a0;
        FloatVector a6 = a0;
        int t = tap;
        for (int r = 0; r < kernelHeight; r++) {
            int row = first + r * rowStep;
            for (int c = 0; c < channels; c++) {
                int z = row + c;
                FloatVector left = FloatVector.fromArray(SPECIES, taps, t);
                FloatVector middle = FloatVector.fromArray(SPECIES, taps, t + LANES);
                FloatVector right = FloatVector.fromArray(SPECIES, taps, t + 2 * LANES);
                FloatVector x;
                x = FloatVector.broadcast(SPECIES, in[z]);
                a0 = x.fma(left, a0);
                x = FloatVector.broadcast(SPECIES, in[z + tapStep]);
                a0 = x.fma(middle, a0);
                a1 = x.fma(left, a1);
                x = FloatVector.broadcast(SPECIES, in[z + 2 * tapStep]);
                a0 = x.fma(right, a0);
                a1 = x.fma(middle, a1);
                a2 = x.fma(left, a2);
                x = FloatVector.broadcast(SPECIES, in[z + 3 * tapStep]);
                a1 = x.fma(right, a1);
                a2 = x.fma(middle, a2);
                a3 = x.fma(left, a3);
                x = FloatVector.broadcast(SPECIES, in[z + 4 * tapStep]);
                a2 = x.fma(right, a2);
                a3 = x.fma(middle, a3);
                a4 = x.fma(left, a4);
                x = FloatVector.broadcast(SPECIES, in[z + 5 * tapStep]);
                a3 = x.fma(right, a3);
                a4 = x.fma(middle, a4);
                a5 = x.fma(left, a5);
                x = FloatVector.broadcast(SPECIES, in[z + 6 * tapStep]);
                a4 = x.fma(right, a4);
                a5 = x.fma(middle, a5);
                a6 = x.fma(left, a6);
                x = FloatVector.broadcast(SPECIES, in[z + 7 * tapStep]);
                a5 = x.fma(right, a5);
                a6 = x.fma(middle, a6);
                x = FloatVector.broadcast(SPECIES, in[z + 8 * tapStep]);
                a6 = x.fma(right, a6);
                t += 3 * LANES;
            }
        }
        a0.intoArray(out, at);
        a1.intoArray(out, at + pixel);
        a2.intoArray(out, at + 2 * pixel);
        a3.intoArray(out, at + 3 * pixel);
        a4.intoArray(out, at + 4 * pixel);
        a5.intoArray(out, at + 5 * pixel);
        a6.intoArray(out, at + 6 * pixel);
    }
}
