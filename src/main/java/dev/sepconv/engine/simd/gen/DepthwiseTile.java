package dev.sepconv.engine.simd.gen;

// Written by RowTiles: change it there, then mvn -q -Pgenerate validate.

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The inner loops of depthwise convolution: a few neighbouring pixels of a row by one vector of
 * channels, all in registers.
 *
 * <p>
 * Nothing outside of the picture is read: the caller says which of the kernel's rows are inside,
 * and gives columns whose taps all are.
 */
public final class DepthwiseTile {

    /** Pixels at once. */
    public static final int PIXELS = 4;

    private DepthwiseTile() {
    }

    /**
     * Some pixels of a row, with bias, without activation.
     *
     * @param first where the first pixel's first tap in kernel row 0 and channel 0 lies, or would
     * if that row were inside
     * @param rowStep from one kernel row to the next
     * @param columnStep from one pixel to the next
     * @param tapStep from one kernel column to the next
     * @param fromRow the first kernel row that is inside
     * @param toRow the one past the last
     * @param taps {@code [kernelHeight][kernelWidth][tapChannels]}
     * @param bias one number a channel
     * @param from the first channel
     * @param to the one past the last: whole vectors
     * @param at where the first pixel's channel 0 goes in {@code out}
     * @param channels from there to the next pixel's
     * @param count how many pixels, at least {@link #PIXELS}
     */
    public static void run(float[] in, int first, int rowStep, int columnStep, int tapStep,
            int kernelHeight, int kernelWidth, int fromRow, int toRow, float[] taps,
            int tapChannels, float[] bias, int from, int to, float[] out, int at, int channels,
            int count) {
        if (kernelHeight == 3 && toRow - fromRow == 3 && kernelWidth == 3
                && columnStep == tapStep) {
            wide3High3Stride1(in, first, rowStep, tapStep, taps, tapChannels, bias, from, to, out,
                    at, channels, count);
        } else if (kernelWidth == 3 && columnStep == tapStep) {
            wide3Stride1(in, first, rowStep, tapStep, fromRow, toRow, taps, tapChannels, bias,
                    from, to, out, at, channels, count);
        } else if (kernelWidth == 3) {
            wide3(in, first, rowStep, columnStep, tapStep, fromRow, toRow, taps, tapChannels, bias,
                    from, to, out, at, channels, count);
        } else {
            anyWidth(in, first, rowStep, columnStep, tapStep, kernelWidth, fromRow, toRow, taps,
                    tapChannels, bias, from, to, out, at, channels, count);
        }
    }

    /**
     * Along the row, with all rows inside: the nine taps stay in registers. Most of the work of
     * most networks is done here.
     */
    private static void wide3High3Stride1(float[] in, int first, int rowStep, int tapStep,
            float[] taps, int tapChannels, float[] bias, int from, int to, float[] out, int at,
            int channels, int count) {
        for (int c = from; c < to; c += LANES) {
            FloatVector topLeft = FloatVector.fromArray(SPECIES, taps, c);
            FloatVector top = FloatVector.fromArray(SPECIES, taps, tapChannels + c);
            FloatVector topRight = FloatVector.fromArray(SPECIES, taps, 2 * tapChannels + c);
            FloatVector left = FloatVector.fromArray(SPECIES, taps, 3 * tapChannels + c);
            FloatVector centre = FloatVector.fromArray(SPECIES, taps, 4 * tapChannels + c);
            FloatVector right = FloatVector.fromArray(SPECIES, taps, 5 * tapChannels + c);
            FloatVector bottomLeft = FloatVector.fromArray(SPECIES, taps, 6 * tapChannels + c);
            FloatVector bottom = FloatVector.fromArray(SPECIES, taps, 7 * tapChannels + c);
            FloatVector bottomRight = FloatVector.fromArray(SPECIES, taps, 8 * tapChannels + c);
            for (int w = 0; w < count; w += 4) {
                int column = Math.min(w, count - 4); // the last ones overlap those before
                FloatVector a0 = FloatVector.fromArray(SPECIES, bias, c);
                FloatVector a1 = FloatVector.fromArray(SPECIES, bias, c);
                FloatVector a2 = FloatVector.fromArray(SPECIES, bias, c);
                FloatVector a3 = FloatVector.fromArray(SPECIES, bias, c);
                FloatVector x;
                int z = first + column * tapStep + c;
                // the kernel's rows, one after the other
                x = FloatVector.fromArray(SPECIES, in, z);
                a0 = x.fma(topLeft, a0);
                x = FloatVector.fromArray(SPECIES, in, z + tapStep);
                a0 = x.fma(top, a0);
                a1 = x.fma(topLeft, a1);
                x = FloatVector.fromArray(SPECIES, in, z + 2 * tapStep);
                a0 = x.fma(topRight, a0);
                a1 = x.fma(top, a1);
                a2 = x.fma(topLeft, a2);
                x = FloatVector.fromArray(SPECIES, in, z + 3 * tapStep);
                a1 = x.fma(topRight, a1);
                a2 = x.fma(top, a2);
                a3 = x.fma(topLeft, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 4 * tapStep);
                a2 = x.fma(topRight, a2);
                a3 = x.fma(top, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 5 * tapStep);
                a3 = x.fma(topRight, a3);
                z += rowStep;
                x = FloatVector.fromArray(SPECIES, in, z);
                a0 = x.fma(left, a0);
                x = FloatVector.fromArray(SPECIES, in, z + tapStep);
                a0 = x.fma(centre, a0);
                a1 = x.fma(left, a1);
                x = FloatVector.fromArray(SPECIES, in, z + 2 * tapStep);
                a0 = x.fma(right, a0);
                a1 = x.fma(centre, a1);
                a2 = x.fma(left, a2);
                x = FloatVector.fromArray(SPECIES, in, z + 3 * tapStep);
                a1 = x.fma(right, a1);
                a2 = x.fma(centre, a2);
                a3 = x.fma(left, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 4 * tapStep);
                a2 = x.fma(right, a2);
                a3 = x.fma(centre, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 5 * tapStep);
                a3 = x.fma(right, a3);
                z += rowStep;
                x = FloatVector.fromArray(SPECIES, in, z);
                a0 = x.fma(bottomLeft, a0);
                x = FloatVector.fromArray(SPECIES, in, z + tapStep);
                a0 = x.fma(bottom, a0);
                a1 = x.fma(bottomLeft, a1);
                x = FloatVector.fromArray(SPECIES, in, z + 2 * tapStep);
                a0 = x.fma(bottomRight, a0);
                a1 = x.fma(bottom, a1);
                a2 = x.fma(bottomLeft, a2);
                x = FloatVector.fromArray(SPECIES, in, z + 3 * tapStep);
                a1 = x.fma(bottomRight, a1);
                a2 = x.fma(bottom, a2);
                a3 = x.fma(bottomLeft, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 4 * tapStep);
                a2 = x.fma(bottomRight, a2);
                a3 = x.fma(bottom, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 5 * tapStep);
                a3 = x.fma(bottomRight, a3);
                int o = at + column * channels + c;
                a0.intoArray(out, o);
                a1.intoArray(out, o + channels);
                a2.intoArray(out, o + 2 * channels);
                a3.intoArray(out, o + 3 * channels);
            }
        }
    }

    /** Taps as far apart as the pixels: each of the six columns is loaded once a row. */
    private static void wide3Stride1(float[] in, int first, int rowStep, int tapStep, int fromRow,
            int toRow, float[] taps, int tapChannels, float[] bias, int from, int to, float[] out,
            int at, int channels, int count) {
        for (int w = 0; w < count; w += 4) {
            int column = Math.min(w, count - 4); // the last ones overlap those before
            for (int c = from; c < to; c += LANES) {
                FloatVector a0 = FloatVector.fromArray(SPECIES, bias, c);
                FloatVector a1 = a0;
                FloatVector a2 = a0;
                FloatVector a3 = a0;
                for (int r = fromRow; r < toRow; r++) {
                    int z = first + column * tapStep + r * rowStep + c;
                    int t = r * 3 * tapChannels + c;
                    FloatVector left = FloatVector.fromArray(SPECIES, taps, t);
                    FloatVector middle = FloatVector.fromArray(SPECIES, taps, t + tapChannels);
                    FloatVector right = FloatVector.fromArray(SPECIES, taps, t + 2 * tapChannels);
                    FloatVector x;
                    x = FloatVector.fromArray(SPECIES, in, z);
                    a0 = x.fma(left, a0);
                    x = FloatVector.fromArray(SPECIES, in, z + tapStep);
                    a0 = x.fma(middle, a0);
                    a1 = x.fma(left, a1);
                    x = FloatVector.fromArray(SPECIES, in, z + 2 * tapStep);
                    a0 = x.fma(right, a0);
                    a1 = x.fma(middle, a1);
                    a2 = x.fma(left, a2);
                    x = FloatVector.fromArray(SPECIES, in, z + 3 * tapStep);
                    a1 = x.fma(right, a1);
                    a2 = x.fma(middle, a2);
                    a3 = x.fma(left, a3);
                    x = FloatVector.fromArray(SPECIES, in, z + 4 * tapStep);
                    a2 = x.fma(right, a2);
                    a3 = x.fma(middle, a3);
                    x = FloatVector.fromArray(SPECIES, in, z + 5 * tapStep);
                    a3 = x.fma(right, a3);
                }
                int o = at + column * channels + c;
                a0.intoArray(out, o);
                a1.intoArray(out, o + channels);
                a2.intoArray(out, o + 2 * channels);
                a3.intoArray(out, o + 3 * channels);
            }
        }
    }

    /** The loop over columns written out. */
    private static void wide3(float[] in, int first, int rowStep, int columnStep, int tapStep,
            int fromRow, int toRow, float[] taps, int tapChannels, float[] bias, int from, int to,
            float[] out, int at, int channels, int count) {
        for (int w = 0; w < count; w += 4) {
            int column = Math.min(w, count - 4); // the last ones overlap those before
            for (int c = from; c < to; c += LANES) {
                FloatVector a0 = FloatVector.fromArray(SPECIES, bias, c);
                FloatVector a1 = a0;
                FloatVector a2 = a0;
                FloatVector a3 = a0;
                for (int r = fromRow; r < toRow; r++) {
                    int z = first + column * columnStep + r * rowStep + c;
                    int t = r * 3 * tapChannels + c;
                    FloatVector tap = FloatVector.fromArray(SPECIES, taps, t);
                    a0 = tap.fma(FloatVector.fromArray(SPECIES, in, z), a0);
                    a1 = tap.fma(FloatVector.fromArray(SPECIES, in, z + columnStep), a1);
                    a2 = tap.fma(FloatVector.fromArray(SPECIES, in, z + 2 * columnStep), a2);
                    a3 = tap.fma(FloatVector.fromArray(SPECIES, in, z + 3 * columnStep), a3);
                    z += tapStep;
                    tap = FloatVector.fromArray(SPECIES, taps, t + tapChannels);
                    a0 = tap.fma(FloatVector.fromArray(SPECIES, in, z), a0);
                    a1 = tap.fma(FloatVector.fromArray(SPECIES, in, z + columnStep), a1);
                    a2 = tap.fma(FloatVector.fromArray(SPECIES, in, z + 2 * columnStep), a2);
                    a3 = tap.fma(FloatVector.fromArray(SPECIES, in, z + 3 * columnStep), a3);
                    z += tapStep;
                    tap = FloatVector.fromArray(SPECIES, taps, t + 2 * tapChannels);
                    a0 = tap.fma(FloatVector.fromArray(SPECIES, in, z), a0);
                    a1 = tap.fma(FloatVector.fromArray(SPECIES, in, z + columnStep), a1);
                    a2 = tap.fma(FloatVector.fromArray(SPECIES, in, z + 2 * columnStep), a2);
                    a3 = tap.fma(FloatVector.fromArray(SPECIES, in, z + 3 * columnStep), a3);
                }
                int o = at + column * channels + c;
                a0.intoArray(out, o);
                a1.intoArray(out, o + channels);
                a2.intoArray(out, o + 2 * channels);
                a3.intoArray(out, o + 3 * channels);
            }
        }
    }

    /** Any kernel. */
    private static void anyWidth(float[] in, int first, int rowStep, int columnStep, int tapStep,
            int kernelWidth, int fromRow, int toRow, float[] taps, int tapChannels, float[] bias,
            int from, int to, float[] out, int at, int channels, int count) {
        for (int w = 0; w < count; w += 4) {
            int column = Math.min(w, count - 4); // the last ones overlap those before
            for (int c = from; c < to; c += LANES) {
                FloatVector a0 = FloatVector.fromArray(SPECIES, bias, c);
                FloatVector a1 = a0;
                FloatVector a2 = a0;
                FloatVector a3 = a0;
                for (int r = fromRow; r < toRow; r++) {
                    int z = first + column * columnStep + r * rowStep + c;
                    int t = r * kernelWidth * tapChannels + c;
                    for (int s = 0; s < kernelWidth; s++) {
                        FloatVector tap = FloatVector.fromArray(SPECIES, taps, t);
                        a0 = tap.fma(FloatVector.fromArray(SPECIES, in, z), a0);
                        a1 = tap.fma(FloatVector.fromArray(SPECIES, in, z + columnStep), a1);
                        a2 = tap.fma(FloatVector.fromArray(SPECIES, in, z + 2 * columnStep), a2);
                        a3 = tap.fma(FloatVector.fromArray(SPECIES, in, z + 3 * columnStep), a3);
                        z += tapStep;
                        t += tapChannels;
                    }
                }
                int o = at + column * channels + c;
                a0.intoArray(out, o);
                a1.intoArray(out, o + channels);
                a2.intoArray(out, o + 2 * channels);
                a3.intoArray(out, o + 3 * channels);
            }
        }
    }
}
