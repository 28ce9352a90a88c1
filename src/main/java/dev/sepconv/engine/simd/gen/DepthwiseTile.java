package dev.sepconv.engine.simd.gen;

// Written by RowTiles: change it there, then mvn -q -Pgenerate validate.

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The inner loops of depthwise convolution: a few neighbouring pixels by one vector of channels,
 * all in registers.
 *
 * <p>
 * Nothing outside of the picture is read: the caller says which of the kernel's rows are inside,
 * and gives columns whose taps all are.
 */
public final class DepthwiseTile {

    /** Pixels at once. */
    public static final int PIXELS = 4;

    /** Pixels at once of each of two rows. */
    public static final int SQUARE = 2;

    private DepthwiseTile() {
    }

    /** Whether there is a tile for two rows at once, of a kernel that is not dilated. */
    public static boolean hasSquares(int kernelHeight, int kernelWidth, int strideHeight,
            int strideWidth) {
        return kernelHeight == kernelWidth && strideHeight == strideWidth
                && (kernelWidth == 3 && strideWidth == 1 || kernelWidth == 3 && strideWidth == 2);
    }

    /**
     * Some pixels of a row, with bias, between two bounds.
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
     * @param low what is less becomes this; minus infinity for none. A NaN stays one
     * @param high what is more becomes this
     * @param at where the first pixel's channel 0 goes in {@code out}
     * @param channels from there to the next pixel's
     * @param count how many pixels, at least {@link #PIXELS}
     */
    public static void run(float[] in, int first, int rowStep, int columnStep, int tapStep,
            int kernelHeight, int kernelWidth, int fromRow, int toRow, float[] taps,
            int tapChannels, float[] bias, int from, int to, float low, float high, float[] out,
            int at, int channels, int count) {
        if (kernelWidth == 3 && columnStep == tapStep) {
            wide3Stride1(in, first, rowStep, tapStep, fromRow, toRow, taps, tapChannels, bias,
                    from, to, low, high, out, at, channels, count);
        } else if (kernelWidth == 3) {
            wide3(in, first, rowStep, columnStep, tapStep, fromRow, toRow, taps, tapChannels, bias,
                    from, to, low, high, out, at, channels, count);
        } else if (kernelWidth == 5 && columnStep == tapStep) {
            wide5Stride1(in, first, rowStep, tapStep, fromRow, toRow, taps, tapChannels, bias,
                    from, to, low, high, out, at, channels, count);
        } else {
            anyWidth(in, first, rowStep, columnStep, tapStep, kernelWidth, fromRow, toRow, taps,
                    tapChannels, bias, from, to, low, high, out, at, channels, count);
        }
    }

    /** Taps as far apart as the pixels: each of the six columns is loaded once a row. */
    private static void wide3Stride1(float[] in, int first, int rowStep, int tapStep, int fromRow,
            int toRow, float[] taps, int tapChannels, float[] bias, int from, int to, float low,
            float high, float[] out, int at, int channels, int count) {
        FloatVector lowest = FloatVector.broadcast(SPECIES, low);
        FloatVector highest = FloatVector.broadcast(SPECIES, high);
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
                a0 = a0.blend(lowest, a0.compare(VectorOperators.LT, lowest));
                a0 = a0.blend(highest, a0.compare(VectorOperators.GT, highest));
                a1 = a1.blend(lowest, a1.compare(VectorOperators.LT, lowest));
                a1 = a1.blend(highest, a1.compare(VectorOperators.GT, highest));
                a2 = a2.blend(lowest, a2.compare(VectorOperators.LT, lowest));
                a2 = a2.blend(highest, a2.compare(VectorOperators.GT, highest));
                a3 = a3.blend(lowest, a3.compare(VectorOperators.LT, lowest));
                a3 = a3.blend(highest, a3.compare(VectorOperators.GT, highest));
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
            float low, float high, float[] out, int at, int channels, int count) {
        FloatVector lowest = FloatVector.broadcast(SPECIES, low);
        FloatVector highest = FloatVector.broadcast(SPECIES, high);
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
                a0 = a0.blend(lowest, a0.compare(VectorOperators.LT, lowest));
                a0 = a0.blend(highest, a0.compare(VectorOperators.GT, highest));
                a1 = a1.blend(lowest, a1.compare(VectorOperators.LT, lowest));
                a1 = a1.blend(highest, a1.compare(VectorOperators.GT, highest));
                a2 = a2.blend(lowest, a2.compare(VectorOperators.LT, lowest));
                a2 = a2.blend(highest, a2.compare(VectorOperators.GT, highest));
                a3 = a3.blend(lowest, a3.compare(VectorOperators.LT, lowest));
                a3 = a3.blend(highest, a3.compare(VectorOperators.GT, highest));
                int o = at + column * channels + c;
                a0.intoArray(out, o);
                a1.intoArray(out, o + channels);
                a2.intoArray(out, o + 2 * channels);
                a3.intoArray(out, o + 3 * channels);
            }
        }
    }

    /** The same of eight columns. */
    private static void wide5Stride1(float[] in, int first, int rowStep, int tapStep, int fromRow,
            int toRow, float[] taps, int tapChannels, float[] bias, int from, int to, float low,
            float high, float[] out, int at, int channels, int count) {
        FloatVector lowest = FloatVector.broadcast(SPECIES, low);
        FloatVector highest = FloatVector.broadcast(SPECIES, high);
        for (int w = 0; w < count; w += 4) {
            int column = Math.min(w, count - 4); // the last ones overlap those before
            for (int c = from; c < to; c += LANES) {
                FloatVector a0 = FloatVector.fromArray(SPECIES, bias, c);
                FloatVector a1 = a0;
                FloatVector a2 = a0;
                FloatVector a3 = a0;
                for (int r = fromRow; r < toRow; r++) {
                    int z = first + column * tapStep + r * rowStep + c;
                    int t = r * 5 * tapChannels + c;
                    FloatVector tap0 = FloatVector.fromArray(SPECIES, taps, t);
                    FloatVector tap1 = FloatVector.fromArray(SPECIES, taps, t + tapChannels);
                    FloatVector tap2 = FloatVector.fromArray(SPECIES, taps, t + 2 * tapChannels);
                    FloatVector tap3 = FloatVector.fromArray(SPECIES, taps, t + 3 * tapChannels);
                    FloatVector tap4 = FloatVector.fromArray(SPECIES, taps, t + 4 * tapChannels);
                    FloatVector x;
                    x = FloatVector.fromArray(SPECIES, in, z);
                    a0 = x.fma(tap0, a0);
                    x = FloatVector.fromArray(SPECIES, in, z + tapStep);
                    a0 = x.fma(tap1, a0);
                    a1 = x.fma(tap0, a1);
                    x = FloatVector.fromArray(SPECIES, in, z + 2 * tapStep);
                    a0 = x.fma(tap2, a0);
                    a1 = x.fma(tap1, a1);
                    a2 = x.fma(tap0, a2);
                    x = FloatVector.fromArray(SPECIES, in, z + 3 * tapStep);
                    a0 = x.fma(tap3, a0);
                    a1 = x.fma(tap2, a1);
                    a2 = x.fma(tap1, a2);
                    a3 = x.fma(tap0, a3);
                    x = FloatVector.fromArray(SPECIES, in, z + 4 * tapStep);
                    a0 = x.fma(tap4, a0);
                    a1 = x.fma(tap3, a1);
                    a2 = x.fma(tap2, a2);
                    a3 = x.fma(tap1, a3);
                    x = FloatVector.fromArray(SPECIES, in, z + 5 * tapStep);
                    a1 = x.fma(tap4, a1);
                    a2 = x.fma(tap3, a2);
                    a3 = x.fma(tap2, a3);
                    x = FloatVector.fromArray(SPECIES, in, z + 6 * tapStep);
                    a2 = x.fma(tap4, a2);
                    a3 = x.fma(tap3, a3);
                    x = FloatVector.fromArray(SPECIES, in, z + 7 * tapStep);
                    a3 = x.fma(tap4, a3);
                }
                a0 = a0.blend(lowest, a0.compare(VectorOperators.LT, lowest));
                a0 = a0.blend(highest, a0.compare(VectorOperators.GT, highest));
                a1 = a1.blend(lowest, a1.compare(VectorOperators.LT, lowest));
                a1 = a1.blend(highest, a1.compare(VectorOperators.GT, highest));
                a2 = a2.blend(lowest, a2.compare(VectorOperators.LT, lowest));
                a2 = a2.blend(highest, a2.compare(VectorOperators.GT, highest));
                a3 = a3.blend(lowest, a3.compare(VectorOperators.LT, lowest));
                a3 = a3.blend(highest, a3.compare(VectorOperators.GT, highest));
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
            int from, int to, float low, float high, float[] out, int at, int channels, int count) {
        FloatVector lowest = FloatVector.broadcast(SPECIES, low);
        FloatVector highest = FloatVector.broadcast(SPECIES, high);
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
                a0 = a0.blend(lowest, a0.compare(VectorOperators.LT, lowest));
                a0 = a0.blend(highest, a0.compare(VectorOperators.GT, highest));
                a1 = a1.blend(lowest, a1.compare(VectorOperators.LT, lowest));
                a1 = a1.blend(highest, a1.compare(VectorOperators.GT, highest));
                a2 = a2.blend(lowest, a2.compare(VectorOperators.LT, lowest));
                a2 = a2.blend(highest, a2.compare(VectorOperators.GT, highest));
                a3 = a3.blend(lowest, a3.compare(VectorOperators.LT, lowest));
                a3 = a3.blend(highest, a3.compare(VectorOperators.GT, highest));
                int o = at + column * channels + c;
                a0.intoArray(out, o);
                a1.intoArray(out, o + channels);
                a2.intoArray(out, o + 2 * channels);
                a3.intoArray(out, o + 3 * channels);
            }
        }
    }

    /**
     * Some pixels of two rows whose taps are all inside, of a kernel that {@link #hasSquares}, with
     * bias, between two bounds.
     *
     * @param first where the first row's first pixel's first tap in channel 0 lies
     * @param rowStep from one kernel row to the next
     * @param columnStep from one pixel to the next
     * @param tapStep from one kernel column to the next
     * @param kernel its height and width
     * @param taps {@code [kernel][kernel][tapChannels]}
     * @param bias one number a channel
     * @param from the first channel
     * @param to the one past the last: whole vectors
     * @param low what is less becomes this; minus infinity for none. A NaN stays one
     * @param high what is more becomes this
     * @param at where the first row's first pixel's channel 0 goes in {@code out}
     * @param row from there to the next row's
     * @param channels from there to the next pixel's
     * @param count how many pixels a row, at least {@link #SQUARE}
     */
    public static void squares(float[] in, int first, int rowStep, int columnStep, int tapStep,
            int kernel, float[] taps, int tapChannels, float[] bias, int from, int to, float low,
            float high, float[] out, int at, int row, int channels, int count) {
        if (kernel == 3 && columnStep == tapStep) {
            square3Stride1(in, first, rowStep, tapStep, taps, tapChannels, bias, from, to, low,
                    high, out, at, row, channels, count);
        } else {
            square3Stride2(in, first, rowStep, tapStep, taps, tapChannels, bias, from, to, low,
                    high, out, at, row, channels, count);
        }
    }

    /** Four rows of the input serve both rows of the output. */
    private static void square3Stride1(float[] in, int first, int rowStep, int tapStep,
            float[] taps, int tapChannels, float[] bias, int from, int to, float low, float high,
            float[] out, int at, int row, int channels, int count) {
        FloatVector lowest = FloatVector.broadcast(SPECIES, low);
        FloatVector highest = FloatVector.broadcast(SPECIES, high);
        int pixels = from < to ? count : 0;
        for (int w = 0; w < pixels; w += 2) {
            int column = Math.min(w, count - 2); // the last ones overlap those before
            int z0 = first + column * tapStep;
            int z1 = z0 + rowStep;
            int z2 = z1 + rowStep;
            int z3 = z2 + rowStep;
            int o = at + column * channels;
            for (int c = from; c < to; c += LANES) {
                FloatVector a00 = FloatVector.fromArray(SPECIES, bias, c);
                FloatVector a01 = FloatVector.fromArray(SPECIES, bias, c);
                FloatVector a10 = FloatVector.fromArray(SPECIES, bias, c);
                FloatVector a11 = FloatVector.fromArray(SPECIES, bias, c);
                FloatVector x;
                FloatVector t00 = FloatVector.fromArray(SPECIES, taps, c);
                FloatVector t01 = FloatVector.fromArray(SPECIES, taps, tapChannels + c);
                FloatVector t02 = FloatVector.fromArray(SPECIES, taps, 2 * tapChannels + c);
                x = FloatVector.fromArray(SPECIES, in, z0 + c);
                a00 = x.fma(t00, a00);
                x = FloatVector.fromArray(SPECIES, in, z0 + tapStep + c);
                a00 = x.fma(t01, a00);
                a01 = x.fma(t00, a01);
                x = FloatVector.fromArray(SPECIES, in, z0 + 2 * tapStep + c);
                a00 = x.fma(t02, a00);
                a01 = x.fma(t01, a01);
                x = FloatVector.fromArray(SPECIES, in, z0 + 3 * tapStep + c);
                a01 = x.fma(t02, a01);
                FloatVector t10 = FloatVector.fromArray(SPECIES, taps, 3 * tapChannels + c);
                FloatVector t11 = FloatVector.fromArray(SPECIES, taps, 4 * tapChannels + c);
                FloatVector t12 = FloatVector.fromArray(SPECIES, taps, 5 * tapChannels + c);
                x = FloatVector.fromArray(SPECIES, in, z1 + c);
                a00 = x.fma(t10, a00);
                a10 = x.fma(t00, a10);
                x = FloatVector.fromArray(SPECIES, in, z1 + tapStep + c);
                a00 = x.fma(t11, a00);
                a01 = x.fma(t10, a01);
                a10 = x.fma(t01, a10);
                a11 = x.fma(t00, a11);
                x = FloatVector.fromArray(SPECIES, in, z1 + 2 * tapStep + c);
                a00 = x.fma(t12, a00);
                a01 = x.fma(t11, a01);
                a10 = x.fma(t02, a10);
                a11 = x.fma(t01, a11);
                x = FloatVector.fromArray(SPECIES, in, z1 + 3 * tapStep + c);
                a01 = x.fma(t12, a01);
                a11 = x.fma(t02, a11);
                FloatVector t20 = FloatVector.fromArray(SPECIES, taps, 6 * tapChannels + c);
                FloatVector t21 = FloatVector.fromArray(SPECIES, taps, 7 * tapChannels + c);
                FloatVector t22 = FloatVector.fromArray(SPECIES, taps, 8 * tapChannels + c);
                x = FloatVector.fromArray(SPECIES, in, z2 + c);
                a00 = x.fma(t20, a00);
                a10 = x.fma(t10, a10);
                x = FloatVector.fromArray(SPECIES, in, z2 + tapStep + c);
                a00 = x.fma(t21, a00);
                a01 = x.fma(t20, a01);
                a10 = x.fma(t11, a10);
                a11 = x.fma(t10, a11);
                x = FloatVector.fromArray(SPECIES, in, z2 + 2 * tapStep + c);
                a00 = x.fma(t22, a00);
                a01 = x.fma(t21, a01);
                a10 = x.fma(t12, a10);
                a11 = x.fma(t11, a11);
                x = FloatVector.fromArray(SPECIES, in, z2 + 3 * tapStep + c);
                a01 = x.fma(t22, a01);
                a11 = x.fma(t12, a11);
                x = FloatVector.fromArray(SPECIES, in, z3 + c);
                a10 = x.fma(t20, a10);
                x = FloatVector.fromArray(SPECIES, in, z3 + tapStep + c);
                a10 = x.fma(t21, a10);
                a11 = x.fma(t20, a11);
                x = FloatVector.fromArray(SPECIES, in, z3 + 2 * tapStep + c);
                a10 = x.fma(t22, a10);
                a11 = x.fma(t21, a11);
                x = FloatVector.fromArray(SPECIES, in, z3 + 3 * tapStep + c);
                a11 = x.fma(t22, a11);
                a00 = a00.blend(lowest, a00.compare(VectorOperators.LT, lowest));
                a00 = a00.blend(highest, a00.compare(VectorOperators.GT, highest));
                a01 = a01.blend(lowest, a01.compare(VectorOperators.LT, lowest));
                a01 = a01.blend(highest, a01.compare(VectorOperators.GT, highest));
                a10 = a10.blend(lowest, a10.compare(VectorOperators.LT, lowest));
                a10 = a10.blend(highest, a10.compare(VectorOperators.GT, highest));
                a11 = a11.blend(lowest, a11.compare(VectorOperators.LT, lowest));
                a11 = a11.blend(highest, a11.compare(VectorOperators.GT, highest));
                a00.intoArray(out, o + c);
                a01.intoArray(out, o + channels + c);
                a10.intoArray(out, o + row + c);
                a11.intoArray(out, o + row + channels + c);
            }
        }
    }

    /** Of five rows one serves both. */
    private static void square3Stride2(float[] in, int first, int rowStep, int tapStep,
            float[] taps, int tapChannels, float[] bias, int from, int to, float low, float high,
            float[] out, int at, int row, int channels, int count) {
        FloatVector lowest = FloatVector.broadcast(SPECIES, low);
        FloatVector highest = FloatVector.broadcast(SPECIES, high);
        int pixels = from < to ? count : 0;
        for (int w = 0; w < pixels; w += 2) {
            int column = Math.min(w, count - 2); // the last ones overlap those before
            int z0 = first + column * 2 * tapStep;
            int z1 = z0 + rowStep;
            int z2 = z1 + rowStep;
            int z3 = z2 + rowStep;
            int z4 = z3 + rowStep;
            int o = at + column * channels;
            for (int c = from; c < to; c += LANES) {
                FloatVector a00 = FloatVector.fromArray(SPECIES, bias, c);
                FloatVector a01 = FloatVector.fromArray(SPECIES, bias, c);
                FloatVector a10 = FloatVector.fromArray(SPECIES, bias, c);
                FloatVector a11 = FloatVector.fromArray(SPECIES, bias, c);
                FloatVector x;
                FloatVector t00 = FloatVector.fromArray(SPECIES, taps, c);
                FloatVector t01 = FloatVector.fromArray(SPECIES, taps, tapChannels + c);
                FloatVector t02 = FloatVector.fromArray(SPECIES, taps, 2 * tapChannels + c);
                x = FloatVector.fromArray(SPECIES, in, z0 + c);
                a00 = x.fma(t00, a00);
                x = FloatVector.fromArray(SPECIES, in, z0 + tapStep + c);
                a00 = x.fma(t01, a00);
                x = FloatVector.fromArray(SPECIES, in, z0 + 2 * tapStep + c);
                a00 = x.fma(t02, a00);
                a01 = x.fma(t00, a01);
                x = FloatVector.fromArray(SPECIES, in, z0 + 3 * tapStep + c);
                a01 = x.fma(t01, a01);
                x = FloatVector.fromArray(SPECIES, in, z0 + 4 * tapStep + c);
                a01 = x.fma(t02, a01);
                FloatVector t10 = FloatVector.fromArray(SPECIES, taps, 3 * tapChannels + c);
                FloatVector t11 = FloatVector.fromArray(SPECIES, taps, 4 * tapChannels + c);
                FloatVector t12 = FloatVector.fromArray(SPECIES, taps, 5 * tapChannels + c);
                x = FloatVector.fromArray(SPECIES, in, z1 + c);
                a00 = x.fma(t10, a00);
                x = FloatVector.fromArray(SPECIES, in, z1 + tapStep + c);
                a00 = x.fma(t11, a00);
                x = FloatVector.fromArray(SPECIES, in, z1 + 2 * tapStep + c);
                a00 = x.fma(t12, a00);
                a01 = x.fma(t10, a01);
                x = FloatVector.fromArray(SPECIES, in, z1 + 3 * tapStep + c);
                a01 = x.fma(t11, a01);
                x = FloatVector.fromArray(SPECIES, in, z1 + 4 * tapStep + c);
                a01 = x.fma(t12, a01);
                FloatVector t20 = FloatVector.fromArray(SPECIES, taps, 6 * tapChannels + c);
                FloatVector t21 = FloatVector.fromArray(SPECIES, taps, 7 * tapChannels + c);
                FloatVector t22 = FloatVector.fromArray(SPECIES, taps, 8 * tapChannels + c);
                x = FloatVector.fromArray(SPECIES, in, z2 + c);
                a00 = x.fma(t20, a00);
                a10 = x.fma(t00, a10);
                x = FloatVector.fromArray(SPECIES, in, z2 + tapStep + c);
                a00 = x.fma(t21, a00);
                a10 = x.fma(t01, a10);
                x = FloatVector.fromArray(SPECIES, in, z2 + 2 * tapStep + c);
                a00 = x.fma(t22, a00);
                a01 = x.fma(t20, a01);
                a10 = x.fma(t02, a10);
                a11 = x.fma(t00, a11);
                x = FloatVector.fromArray(SPECIES, in, z2 + 3 * tapStep + c);
                a01 = x.fma(t21, a01);
                a11 = x.fma(t01, a11);
                x = FloatVector.fromArray(SPECIES, in, z2 + 4 * tapStep + c);
                a01 = x.fma(t22, a01);
                a11 = x.fma(t02, a11);
                x = FloatVector.fromArray(SPECIES, in, z3 + c);
                a10 = x.fma(t10, a10);
                x = FloatVector.fromArray(SPECIES, in, z3 + tapStep + c);
                a10 = x.fma(t11, a10);
                x = FloatVector.fromArray(SPECIES, in, z3 + 2 * tapStep + c);
                a10 = x.fma(t12, a10);
                a11 = x.fma(t10, a11);
                x = FloatVector.fromArray(SPECIES, in, z3 + 3 * tapStep + c);
                a11 = x.fma(t11, a11);
                x = FloatVector.fromArray(SPECIES, in, z3 + 4 * tapStep + c);
                a11 = x.fma(t12, a11);
                x = FloatVector.fromArray(SPECIES, in, z4 + c);
                a10 = x.fma(t20, a10);
                x = FloatVector.fromArray(SPECIES, in, z4 + tapStep + c);
                a10 = x.fma(t21, a10);
                x = FloatVector.fromArray(SPECIES, in, z4 + 2 * tapStep + c);
                a10 = x.fma(t22, a10);
                a11 = x.fma(t20, a11);
                x = FloatVector.fromArray(SPECIES, in, z4 + 3 * tapStep + c);
                a11 = x.fma(t21, a11);
                x = FloatVector.fromArray(SPECIES, in, z4 + 4 * tapStep + c);
                a11 = x.fma(t22, a11);
                a00 = a00.blend(lowest, a00.compare(VectorOperators.LT, lowest));
                a00 = a00.blend(highest, a00.compare(VectorOperators.GT, highest));
                a01 = a01.blend(lowest, a01.compare(VectorOperators.LT, lowest));
                a01 = a01.blend(highest, a01.compare(VectorOperators.GT, highest));
                a10 = a10.blend(lowest, a10.compare(VectorOperators.LT, lowest));
                a10 = a10.blend(highest, a10.compare(VectorOperators.GT, highest));
                a11 = a11.blend(lowest, a11.compare(VectorOperators.LT, lowest));
                a11 = a11.blend(highest, a11.compare(VectorOperators.GT, highest));
                a00.intoArray(out, o + c);
                a01.intoArray(out, o + channels + c);
                a10.intoArray(out, o + row + c);
                a11.intoArray(out, o + row + channels + c);
            }
        }
    }
}
