package dev.sepconv.engine.simd.gen;

// Written by RowTiles: change it there, then mvn -q -Pgenerate validate.

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.REGISTERS;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The inner loops of depthwise convolution on a slab: one vector of channels of each pixel, side by
 * side, with zeros at the left and right end of each row. A row's taps and the sums of a few
 * neighbouring pixels are in registers, and each number of a row is loaded once.
 *
 * <p>
 * Rows outside of the picture are not read: the caller says which of the kernel's rows are inside.
 */
public final class DepthwiseSlabTile {

    private static final boolean MANY_REGISTERS = REGISTERS >= 32;

    /** Pixels at once. */
    public static final int PIXELS = MANY_REGISTERS ? 7 : 4;

    private DepthwiseSlabTile() {
    }

    /** Whether there is a tile for a kernel that is not dilated. */
    public static boolean suits(int kernelWidth, int stride) {
        return (kernelWidth == 3 || kernelWidth == 5 || kernelWidth == 7)
                && (stride == 1 || stride == 2);
    }

    /**
     * Pixels of a row, with bias, between two bounds.
     *
     * @param first where the first pixel's first tap in kernel row 0 lies, or would if that row
     * were inside
     * @param rowStep from one kernel row to the next
     * @param kernelWidth one that there is a tile for
     * @param stride from one pixel to the next, in taps
     * @param fromRow the first kernel row that is inside
     * @param toRow the one past the last
     * @param taps {@code [kernelHeight][kernelWidth][LANES]} of this slab
     * @param tap where they begin
     * @param biasAt where the channels' bias begins
     * @param low what is less becomes this; minus infinity for none. A NaN stays one
     * @param high what is more becomes this
     * @param at where the first pixel goes in {@code out}
     * @param pixel from there to the next pixel's
     * @param count how many pixels, at least {@link #PIXELS}
     */
    public static void run(float[] in, int first, int rowStep, int kernelWidth, int stride,
            int fromRow, int toRow, float[] taps, int tap, float[] bias, int biasAt, float low,
            float high, float[] out, int at, int pixel, int count) {
        if (MANY_REGISTERS && kernelWidth == 3 && stride == 1) {
            pixels7Wide3Stride1(in, first, rowStep, fromRow, toRow, taps, tap, bias, biasAt, low,
                    high, out, at, pixel, count);
        } else if (MANY_REGISTERS && kernelWidth == 3 && stride == 2) {
            pixels7Wide3Stride2(in, first, rowStep, fromRow, toRow, taps, tap, bias, biasAt, low,
                    high, out, at, pixel, count);
        } else if (MANY_REGISTERS && kernelWidth == 5 && stride == 1) {
            pixels7Wide5Stride1(in, first, rowStep, fromRow, toRow, taps, tap, bias, biasAt, low,
                    high, out, at, pixel, count);
        } else if (MANY_REGISTERS && kernelWidth == 5 && stride == 2) {
            pixels7Wide5Stride2(in, first, rowStep, fromRow, toRow, taps, tap, bias, biasAt, low,
                    high, out, at, pixel, count);
        } else if (MANY_REGISTERS && kernelWidth == 7 && stride == 1) {
            pixels7Wide7Stride1(in, first, rowStep, fromRow, toRow, taps, tap, bias, biasAt, low,
                    high, out, at, pixel, count);
        } else if (MANY_REGISTERS && kernelWidth == 7 && stride == 2) {
            pixels7Wide7Stride2(in, first, rowStep, fromRow, toRow, taps, tap, bias, biasAt, low,
                    high, out, at, pixel, count);
        } else if (kernelWidth == 3 && stride == 1) {
            pixels4Wide3Stride1(in, first, rowStep, fromRow, toRow, taps, tap, bias, biasAt, low,
                    high, out, at, pixel, count);
        } else if (kernelWidth == 3 && stride == 2) {
            pixels4Wide3Stride2(in, first, rowStep, fromRow, toRow, taps, tap, bias, biasAt, low,
                    high, out, at, pixel, count);
        } else if (kernelWidth == 5 && stride == 1) {
            pixels4Wide5Stride1(in, first, rowStep, fromRow, toRow, taps, tap, bias, biasAt, low,
                    high, out, at, pixel, count);
        } else if (kernelWidth == 5 && stride == 2) {
            pixels4Wide5Stride2(in, first, rowStep, fromRow, toRow, taps, tap, bias, biasAt, low,
                    high, out, at, pixel, count);
        } else if (kernelWidth == 7 && stride == 1) {
            pixels4Wide7Stride1(in, first, rowStep, fromRow, toRow, taps, tap, bias, biasAt, low,
                    high, out, at, pixel, count);
        } else if (kernelWidth == 7 && stride == 2) {
            pixels4Wide7Stride2(in, first, rowStep, fromRow, toRow, taps, tap, bias, biasAt, low,
                    high, out, at, pixel, count);
        } else {
            throw new IllegalArgumentException(kernelWidth + " wide");
        }
    }

    /**
     * With a row's taps 14 of 32 registers at most; and 7 divides the picture sizes of most
     * networks.
     */
    private static void pixels7Wide3Stride1(float[] in, int first, int rowStep, int fromRow,
            int toRow, float[] taps, int tap, float[] bias, int biasAt, float low, float high,
            float[] out, int at, int pixel, int count) {
        FloatVector lowest = FloatVector.broadcast(SPECIES, low);
        FloatVector highest = FloatVector.broadcast(SPECIES, high);
        for (int w = 0; w < count; w += 7) {
            int column = Math.min(w, count - 7); // the last ones overlap those before
            FloatVector a0 = FloatVector.fromArray(SPECIES, bias, biasAt);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            FloatVector a4 = a0;
            FloatVector a5 = a0;
            FloatVector a6 = a0;
            for (int r = fromRow; r < toRow; r++) {
                int z = first + column * LANES + r * rowStep;
                int t = tap + r * 3 * LANES;
                FloatVector left = FloatVector.fromArray(SPECIES, taps, t);
                FloatVector middle = FloatVector.fromArray(SPECIES, taps, t + LANES);
                FloatVector right = FloatVector.fromArray(SPECIES, taps, t + 2 * LANES);
                FloatVector x;
                x = FloatVector.fromArray(SPECIES, in, z);
                a0 = x.fma(left, a0);
                x = FloatVector.fromArray(SPECIES, in, z + LANES);
                a0 = x.fma(middle, a0);
                a1 = x.fma(left, a1);
                x = FloatVector.fromArray(SPECIES, in, z + 2 * LANES);
                a0 = x.fma(right, a0);
                a1 = x.fma(middle, a1);
                a2 = x.fma(left, a2);
                x = FloatVector.fromArray(SPECIES, in, z + 3 * LANES);
                a1 = x.fma(right, a1);
                a2 = x.fma(middle, a2);
                a3 = x.fma(left, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 4 * LANES);
                a2 = x.fma(right, a2);
                a3 = x.fma(middle, a3);
                a4 = x.fma(left, a4);
                x = FloatVector.fromArray(SPECIES, in, z + 5 * LANES);
                a3 = x.fma(right, a3);
                a4 = x.fma(middle, a4);
                a5 = x.fma(left, a5);
                x = FloatVector.fromArray(SPECIES, in, z + 6 * LANES);
                a4 = x.fma(right, a4);
                a5 = x.fma(middle, a5);
                a6 = x.fma(left, a6);
                x = FloatVector.fromArray(SPECIES, in, z + 7 * LANES);
                a5 = x.fma(right, a5);
                a6 = x.fma(middle, a6);
                x = FloatVector.fromArray(SPECIES, in, z + 8 * LANES);
                a6 = x.fma(right, a6);
            }
            a0 = a0.blend(lowest, a0.compare(VectorOperators.LT, lowest));
            a0 = a0.blend(highest, a0.compare(VectorOperators.GT, highest));
            a1 = a1.blend(lowest, a1.compare(VectorOperators.LT, lowest));
            a1 = a1.blend(highest, a1.compare(VectorOperators.GT, highest));
            a2 = a2.blend(lowest, a2.compare(VectorOperators.LT, lowest));
            a2 = a2.blend(highest, a2.compare(VectorOperators.GT, highest));
            a3 = a3.blend(lowest, a3.compare(VectorOperators.LT, lowest));
            a3 = a3.blend(highest, a3.compare(VectorOperators.GT, highest));
            a4 = a4.blend(lowest, a4.compare(VectorOperators.LT, lowest));
            a4 = a4.blend(highest, a4.compare(VectorOperators.GT, highest));
            a5 = a5.blend(lowest, a5.compare(VectorOperators.LT, lowest));
            a5 = a5.blend(highest, a5.compare(VectorOperators.GT, highest));
            a6 = a6.blend(lowest, a6.compare(VectorOperators.LT, lowest));
            a6 = a6.blend(highest, a6.compare(VectorOperators.GT, highest));
            int o = at + column * pixel;
            a0.intoArray(out, o);
            a1.intoArray(out, o + pixel);
            a2.intoArray(out, o + 2 * pixel);
            a3.intoArray(out, o + 3 * pixel);
            a4.intoArray(out, o + 4 * pixel);
            a5.intoArray(out, o + 5 * pixel);
            a6.intoArray(out, o + 6 * pixel);
        }
    }

    /**
     * With a row's taps 14 of 32 registers at most; and 7 divides the picture sizes of most
     * networks.
     */
    private static void pixels7Wide3Stride2(float[] in, int first, int rowStep, int fromRow,
            int toRow, float[] taps, int tap, float[] bias, int biasAt, float low, float high,
            float[] out, int at, int pixel, int count) {
        FloatVector lowest = FloatVector.broadcast(SPECIES, low);
        FloatVector highest = FloatVector.broadcast(SPECIES, high);
        for (int w = 0; w < count; w += 7) {
            int column = Math.min(w, count - 7); // the last ones overlap those before
            FloatVector a0 = FloatVector.fromArray(SPECIES, bias, biasAt);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            FloatVector a4 = a0;
            FloatVector a5 = a0;
            FloatVector a6 = a0;
            for (int r = fromRow; r < toRow; r++) {
                int z = first + column * 2 * LANES + r * rowStep;
                int t = tap + r * 3 * LANES;
                FloatVector left = FloatVector.fromArray(SPECIES, taps, t);
                FloatVector middle = FloatVector.fromArray(SPECIES, taps, t + LANES);
                FloatVector right = FloatVector.fromArray(SPECIES, taps, t + 2 * LANES);
                FloatVector x;
                x = FloatVector.fromArray(SPECIES, in, z);
                a0 = x.fma(left, a0);
                x = FloatVector.fromArray(SPECIES, in, z + LANES);
                a0 = x.fma(middle, a0);
                x = FloatVector.fromArray(SPECIES, in, z + 2 * LANES);
                a0 = x.fma(right, a0);
                a1 = x.fma(left, a1);
                x = FloatVector.fromArray(SPECIES, in, z + 3 * LANES);
                a1 = x.fma(middle, a1);
                x = FloatVector.fromArray(SPECIES, in, z + 4 * LANES);
                a1 = x.fma(right, a1);
                a2 = x.fma(left, a2);
                x = FloatVector.fromArray(SPECIES, in, z + 5 * LANES);
                a2 = x.fma(middle, a2);
                x = FloatVector.fromArray(SPECIES, in, z + 6 * LANES);
                a2 = x.fma(right, a2);
                a3 = x.fma(left, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 7 * LANES);
                a3 = x.fma(middle, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 8 * LANES);
                a3 = x.fma(right, a3);
                a4 = x.fma(left, a4);
                x = FloatVector.fromArray(SPECIES, in, z + 9 * LANES);
                a4 = x.fma(middle, a4);
                x = FloatVector.fromArray(SPECIES, in, z + 10 * LANES);
                a4 = x.fma(right, a4);
                a5 = x.fma(left, a5);
                x = FloatVector.fromArray(SPECIES, in, z + 11 * LANES);
                a5 = x.fma(middle, a5);
                x = FloatVector.fromArray(SPECIES, in, z + 12 * LANES);
                a5 = x.fma(right, a5);
                a6 = x.fma(left, a6);
                x = FloatVector.fromArray(SPECIES, in, z + 13 * LANES);
                a6 = x.fma(middle, a6);
                x = FloatVector.fromArray(SPECIES, in, z + 14 * LANES);
                a6 = x.fma(right, a6);
            }
            a0 = a0.blend(lowest, a0.compare(VectorOperators.LT, lowest));
            a0 = a0.blend(highest, a0.compare(VectorOperators.GT, highest));
            a1 = a1.blend(lowest, a1.compare(VectorOperators.LT, lowest));
            a1 = a1.blend(highest, a1.compare(VectorOperators.GT, highest));
            a2 = a2.blend(lowest, a2.compare(VectorOperators.LT, lowest));
            a2 = a2.blend(highest, a2.compare(VectorOperators.GT, highest));
            a3 = a3.blend(lowest, a3.compare(VectorOperators.LT, lowest));
            a3 = a3.blend(highest, a3.compare(VectorOperators.GT, highest));
            a4 = a4.blend(lowest, a4.compare(VectorOperators.LT, lowest));
            a4 = a4.blend(highest, a4.compare(VectorOperators.GT, highest));
            a5 = a5.blend(lowest, a5.compare(VectorOperators.LT, lowest));
            a5 = a5.blend(highest, a5.compare(VectorOperators.GT, highest));
            a6 = a6.blend(lowest, a6.compare(VectorOperators.LT, lowest));
            a6 = a6.blend(highest, a6.compare(VectorOperators.GT, highest));
            int o = at + column * pixel;
            a0.intoArray(out, o);
            a1.intoArray(out, o + pixel);
            a2.intoArray(out, o + 2 * pixel);
            a3.intoArray(out, o + 3 * pixel);
            a4.intoArray(out, o + 4 * pixel);
            a5.intoArray(out, o + 5 * pixel);
            a6.intoArray(out, o + 6 * pixel);
        }
    }

    /**
     * With a row's taps 14 of 32 registers at most; and 7 divides the picture sizes of most
     * networks.
     */
    private static void pixels7Wide5Stride1(float[] in, int first, int rowStep, int fromRow,
            int toRow, float[] taps, int tap, float[] bias, int biasAt, float low, float high,
            float[] out, int at, int pixel, int count) {
        FloatVector lowest = FloatVector.broadcast(SPECIES, low);
        FloatVector highest = FloatVector.broadcast(SPECIES, high);
        for (int w = 0; w < count; w += 7) {
            int column = Math.min(w, count - 7); // the last ones overlap those before
            FloatVector a0 = FloatVector.fromArray(SPECIES, bias, biasAt);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            FloatVector a4 = a0;
            FloatVector a5 = a0;
            FloatVector a6 = a0;
            for (int r = fromRow; r < toRow; r++) {
                int z = first + column * LANES + r * rowStep;
                int t = tap + r * 5 * LANES;
                FloatVector tap0 = FloatVector.fromArray(SPECIES, taps, t);
                FloatVector tap1 = FloatVector.fromArray(SPECIES, taps, t + LANES);
                FloatVector tap2 = FloatVector.fromArray(SPECIES, taps, t + 2 * LANES);
                FloatVector tap3 = FloatVector.fromArray(SPECIES, taps, t + 3 * LANES);
                FloatVector tap4 = FloatVector.fromArray(SPECIES, taps, t + 4 * LANES);
                FloatVector x;
                x = FloatVector.fromArray(SPECIES, in, z);
                a0 = x.fma(tap0, a0);
                x = FloatVector.fromArray(SPECIES, in, z + LANES);
                a0 = x.fma(tap1, a0);
                a1 = x.fma(tap0, a1);
                x = FloatVector.fromArray(SPECIES, in, z + 2 * LANES);
                a0 = x.fma(tap2, a0);
                a1 = x.fma(tap1, a1);
                a2 = x.fma(tap0, a2);
                x = FloatVector.fromArray(SPECIES, in, z + 3 * LANES);
                a0 = x.fma(tap3, a0);
                a1 = x.fma(tap2, a1);
                a2 = x.fma(tap1, a2);
                a3 = x.fma(tap0, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 4 * LANES);
                a0 = x.fma(tap4, a0);
                a1 = x.fma(tap3, a1);
                a2 = x.fma(tap2, a2);
                a3 = x.fma(tap1, a3);
                a4 = x.fma(tap0, a4);
                x = FloatVector.fromArray(SPECIES, in, z + 5 * LANES);
                a1 = x.fma(tap4, a1);
                a2 = x.fma(tap3, a2);
                a3 = x.fma(tap2, a3);
                a4 = x.fma(tap1, a4);
                a5 = x.fma(tap0, a5);
                x = FloatVector.fromArray(SPECIES, in, z + 6 * LANES);
                a2 = x.fma(tap4, a2);
                a3 = x.fma(tap3, a3);
                a4 = x.fma(tap2, a4);
                a5 = x.fma(tap1, a5);
                a6 = x.fma(tap0, a6);
                x = FloatVector.fromArray(SPECIES, in, z + 7 * LANES);
                a3 = x.fma(tap4, a3);
                a4 = x.fma(tap3, a4);
                a5 = x.fma(tap2, a5);
                a6 = x.fma(tap1, a6);
                x = FloatVector.fromArray(SPECIES, in, z + 8 * LANES);
                a4 = x.fma(tap4, a4);
                a5 = x.fma(tap3, a5);
                a6 = x.fma(tap2, a6);
                x = FloatVector.fromArray(SPECIES, in, z + 9 * LANES);
                a5 = x.fma(tap4, a5);
                a6 = x.fma(tap3, a6);
                x = FloatVector.fromArray(SPECIES, in, z + 10 * LANES);
                a6 = x.fma(tap4, a6);
            }
            a0 = a0.blend(lowest, a0.compare(VectorOperators.LT, lowest));
            a0 = a0.blend(highest, a0.compare(VectorOperators.GT, highest));
            a1 = a1.blend(lowest, a1.compare(VectorOperators.LT, lowest));
            a1 = a1.blend(highest, a1.compare(VectorOperators.GT, highest));
            a2 = a2.blend(lowest, a2.compare(VectorOperators.LT, lowest));
            a2 = a2.blend(highest, a2.compare(VectorOperators.GT, highest));
            a3 = a3.blend(lowest, a3.compare(VectorOperators.LT, lowest));
            a3 = a3.blend(highest, a3.compare(VectorOperators.GT, highest));
            a4 = a4.blend(lowest, a4.compare(VectorOperators.LT, lowest));
            a4 = a4.blend(highest, a4.compare(VectorOperators.GT, highest));
            a5 = a5.blend(lowest, a5.compare(VectorOperators.LT, lowest));
            a5 = a5.blend(highest, a5.compare(VectorOperators.GT, highest));
            a6 = a6.blend(lowest, a6.compare(VectorOperators.LT, lowest));
            a6 = a6.blend(highest, a6.compare(VectorOperators.GT, highest));
            int o = at + column * pixel;
            a0.intoArray(out, o);
            a1.intoArray(out, o + pixel);
            a2.intoArray(out, o + 2 * pixel);
            a3.intoArray(out, o + 3 * pixel);
            a4.intoArray(out, o + 4 * pixel);
            a5.intoArray(out, o + 5 * pixel);
            a6.intoArray(out, o + 6 * pixel);
        }
    }

    /**
     * With a row's taps 14 of 32 registers at most; and 7 divides the picture sizes of most
     * networks.
     */
    private static void pixels7Wide5Stride2(float[] in, int first, int rowStep, int fromRow,
            int toRow, float[] taps, int tap, float[] bias, int biasAt, float low, float high,
            float[] out, int at, int pixel, int count) {
        FloatVector lowest = FloatVector.broadcast(SPECIES, low);
        FloatVector highest = FloatVector.broadcast(SPECIES, high);
        for (int w = 0; w < count; w += 7) {
            int column = Math.min(w, count - 7); // the last ones overlap those before
            FloatVector a0 = FloatVector.fromArray(SPECIES, bias, biasAt);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            FloatVector a4 = a0;
            FloatVector a5 = a0;
            FloatVector a6 = a0;
            for (int r = fromRow; r < toRow; r++) {
                int z = first + column * 2 * LANES + r * rowStep;
                int t = tap + r * 5 * LANES;
                FloatVector tap0 = FloatVector.fromArray(SPECIES, taps, t);
                FloatVector tap1 = FloatVector.fromArray(SPECIES, taps, t + LANES);
                FloatVector tap2 = FloatVector.fromArray(SPECIES, taps, t + 2 * LANES);
                FloatVector tap3 = FloatVector.fromArray(SPECIES, taps, t + 3 * LANES);
                FloatVector tap4 = FloatVector.fromArray(SPECIES, taps, t + 4 * LANES);
                FloatVector x;
                x = FloatVector.fromArray(SPECIES, in, z);
                a0 = x.fma(tap0, a0);
                x = FloatVector.fromArray(SPECIES, in, z + LANES);
                a0 = x.fma(tap1, a0);
                x = FloatVector.fromArray(SPECIES, in, z + 2 * LANES);
                a0 = x.fma(tap2, a0);
                a1 = x.fma(tap0, a1);
                x = FloatVector.fromArray(SPECIES, in, z + 3 * LANES);
                a0 = x.fma(tap3, a0);
                a1 = x.fma(tap1, a1);
                x = FloatVector.fromArray(SPECIES, in, z + 4 * LANES);
                a0 = x.fma(tap4, a0);
                a1 = x.fma(tap2, a1);
                a2 = x.fma(tap0, a2);
                x = FloatVector.fromArray(SPECIES, in, z + 5 * LANES);
                a1 = x.fma(tap3, a1);
                a2 = x.fma(tap1, a2);
                x = FloatVector.fromArray(SPECIES, in, z + 6 * LANES);
                a1 = x.fma(tap4, a1);
                a2 = x.fma(tap2, a2);
                a3 = x.fma(tap0, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 7 * LANES);
                a2 = x.fma(tap3, a2);
                a3 = x.fma(tap1, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 8 * LANES);
                a2 = x.fma(tap4, a2);
                a3 = x.fma(tap2, a3);
                a4 = x.fma(tap0, a4);
                x = FloatVector.fromArray(SPECIES, in, z + 9 * LANES);
                a3 = x.fma(tap3, a3);
                a4 = x.fma(tap1, a4);
                x = FloatVector.fromArray(SPECIES, in, z + 10 * LANES);
                a3 = x.fma(tap4, a3);
                a4 = x.fma(tap2, a4);
                a5 = x.fma(tap0, a5);
                x = FloatVector.fromArray(SPECIES, in, z + 11 * LANES);
                a4 = x.fma(tap3, a4);
                a5 = x.fma(tap1, a5);
                x = FloatVector.fromArray(SPECIES, in, z + 12 * LANES);
                a4 = x.fma(tap4, a4);
                a5 = x.fma(tap2, a5);
                a6 = x.fma(tap0, a6);
                x = FloatVector.fromArray(SPECIES, in, z + 13 * LANES);
                a5 = x.fma(tap3, a5);
                a6 = x.fma(tap1, a6);
                x = FloatVector.fromArray(SPECIES, in, z + 14 * LANES);
                a5 = x.fma(tap4, a5);
                a6 = x.fma(tap2, a6);
                x = FloatVector.fromArray(SPECIES, in, z + 15 * LANES);
                a6 = x.fma(tap3, a6);
                x = FloatVector.fromArray(SPECIES, in, z + 16 * LANES);
                a6 = x.fma(tap4, a6);
            }
            a0 = a0.blend(lowest, a0.compare(VectorOperators.LT, lowest));
            a0 = a0.blend(highest, a0.compare(VectorOperators.GT, highest));
            a1 = a1.blend(lowest, a1.compare(VectorOperators.LT, lowest));
            a1 = a1.blend(highest, a1.compare(VectorOperators.GT, highest));
            a2 = a2.blend(lowest, a2.compare(VectorOperators.LT, lowest));
            a2 = a2.blend(highest, a2.compare(VectorOperators.GT, highest));
            a3 = a3.blend(lowest, a3.compare(VectorOperators.LT, lowest));
            a3 = a3.blend(highest, a3.compare(VectorOperators.GT, highest));
            a4 = a4.blend(lowest, a4.compare(VectorOperators.LT, lowest));
            a4 = a4.blend(highest, a4.compare(VectorOperators.GT, highest));
            a5 = a5.blend(lowest, a5.compare(VectorOperators.LT, lowest));
            a5 = a5.blend(highest, a5.compare(VectorOperators.GT, highest));
            a6 = a6.blend(lowest, a6.compare(VectorOperators.LT, lowest));
            a6 = a6.blend(highest, a6.compare(VectorOperators.GT, highest));
            int o = at + column * pixel;
            a0.intoArray(out, o);
            a1.intoArray(out, o + pixel);
            a2.intoArray(out, o + 2 * pixel);
            a3.intoArray(out, o + 3 * pixel);
            a4.intoArray(out, o + 4 * pixel);
            a5.intoArray(out, o + 5 * pixel);
            a6.intoArray(out, o + 6 * pixel);
        }
    }

    /**
     * With a row's taps 14 of 32 registers at most; and 7 divides the picture sizes of most
     * networks.
     */
    private static void pixels7Wide7Stride1(float[] in, int first, int rowStep, int fromRow,
            int toRow, float[] taps, int tap, float[] bias, int biasAt, float low, float high,
            float[] out, int at, int pixel, int count) {
        FloatVector lowest = FloatVector.broadcast(SPECIES, low);
        FloatVector highest = FloatVector.broadcast(SPECIES, high);
        for (int w = 0; w < count; w += 7) {
            int column = Math.min(w, count - 7); // the last ones overlap those before
            FloatVector a0 = FloatVector.fromArray(SPECIES, bias, biasAt);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            FloatVector a4 = a0;
            FloatVector a5 = a0;
            FloatVector a6 = a0;
            for (int r = fromRow; r < toRow; r++) {
                int z = first + column * LANES + r * rowStep;
                int t = tap + r * 7 * LANES;
                FloatVector tap0 = FloatVector.fromArray(SPECIES, taps, t);
                FloatVector tap1 = FloatVector.fromArray(SPECIES, taps, t + LANES);
                FloatVector tap2 = FloatVector.fromArray(SPECIES, taps, t + 2 * LANES);
                FloatVector tap3 = FloatVector.fromArray(SPECIES, taps, t + 3 * LANES);
                FloatVector tap4 = FloatVector.fromArray(SPECIES, taps, t + 4 * LANES);
                FloatVector tap5 = FloatVector.fromArray(SPECIES, taps, t + 5 * LANES);
                FloatVector tap6 = FloatVector.fromArray(SPECIES, taps, t + 6 * LANES);
                FloatVector x;
                x = FloatVector.fromArray(SPECIES, in, z);
                a0 = x.fma(tap0, a0);
                x = FloatVector.fromArray(SPECIES, in, z + LANES);
                a0 = x.fma(tap1, a0);
                a1 = x.fma(tap0, a1);
                x = FloatVector.fromArray(SPECIES, in, z + 2 * LANES);
                a0 = x.fma(tap2, a0);
                a1 = x.fma(tap1, a1);
                a2 = x.fma(tap0, a2);
                x = FloatVector.fromArray(SPECIES, in, z + 3 * LANES);
                a0 = x.fma(tap3, a0);
                a1 = x.fma(tap2, a1);
                a2 = x.fma(tap1, a2);
                a3 = x.fma(tap0, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 4 * LANES);
                a0 = x.fma(tap4, a0);
                a1 = x.fma(tap3, a1);
                a2 = x.fma(tap2, a2);
                a3 = x.fma(tap1, a3);
                a4 = x.fma(tap0, a4);
                x = FloatVector.fromArray(SPECIES, in, z + 5 * LANES);
                a0 = x.fma(tap5, a0);
                a1 = x.fma(tap4, a1);
                a2 = x.fma(tap3, a2);
                a3 = x.fma(tap2, a3);
                a4 = x.fma(tap1, a4);
                a5 = x.fma(tap0, a5);
                x = FloatVector.fromArray(SPECIES, in, z + 6 * LANES);
                a0 = x.fma(tap6, a0);
                a1 = x.fma(tap5, a1);
                a2 = x.fma(tap4, a2);
                a3 = x.fma(tap3, a3);
                a4 = x.fma(tap2, a4);
                a5 = x.fma(tap1, a5);
                a6 = x.fma(tap0, a6);
                x = FloatVector.fromArray(SPECIES, in, z + 7 * LANES);
                a1 = x.fma(tap6, a1);
                a2 = x.fma(tap5, a2);
                a3 = x.fma(tap4, a3);
                a4 = x.fma(tap3, a4);
                a5 = x.fma(tap2, a5);
                a6 = x.fma(tap1, a6);
                x = FloatVector.fromArray(SPECIES, in, z + 8 * LANES);
                a2 = x.fma(tap6, a2);
                a3 = x.fma(tap5, a3);
                a4 = x.fma(tap4, a4);
                a5 = x.fma(tap3, a5);
                a6 = x.fma(tap2, a6);
                x = FloatVector.fromArray(SPECIES, in, z + 9 * LANES);
                a3 = x.fma(tap6, a3);
                a4 = x.fma(tap5, a4);
                a5 = x.fma(tap4, a5);
                a6 = x.fma(tap3, a6);
                x = FloatVector.fromArray(SPECIES, in, z + 10 * LANES);
                a4 = x.fma(tap6, a4);
                a5 = x.fma(tap5, a5);
                a6 = x.fma(tap4, a6);
                x = FloatVector.fromArray(SPECIES, in, z + 11 * LANES);
                a5 = x.fma(tap6, a5);
                a6 = x.fma(tap5, a6);
                x = FloatVector.fromArray(SPECIES, in, z + 12 * LANES);
                a6 = x.fma(tap6, a6);
            }
            a0 = a0.blend(lowest, a0.compare(VectorOperators.LT, lowest));
            a0 = a0.blend(highest, a0.compare(VectorOperators.GT, highest));
            a1 = a1.blend(lowest, a1.compare(VectorOperators.LT, lowest));
            a1 = a1.blend(highest, a1.compare(VectorOperators.GT, highest));
            a2 = a2.blend(lowest, a2.compare(VectorOperators.LT, lowest));
            a2 = a2.blend(highest, a2.compare(VectorOperators.GT, highest));
            a3 = a3.blend(lowest, a3.compare(VectorOperators.LT, lowest));
            a3 = a3.blend(highest, a3.compare(VectorOperators.GT, highest));
            a4 = a4.blend(lowest, a4.compare(VectorOperators.LT, lowest));
            a4 = a4.blend(highest, a4.compare(VectorOperators.GT, highest));
            a5 = a5.blend(lowest, a5.compare(VectorOperators.LT, lowest));
            a5 = a5.blend(highest, a5.compare(VectorOperators.GT, highest));
            a6 = a6.blend(lowest, a6.compare(VectorOperators.LT, lowest));
            a6 = a6.blend(highest, a6.compare(VectorOperators.GT, highest));
            int o = at + column * pixel;
            a0.intoArray(out, o);
            a1.intoArray(out, o + pixel);
            a2.intoArray(out, o + 2 * pixel);
            a3.intoArray(out, o + 3 * pixel);
            a4.intoArray(out, o + 4 * pixel);
            a5.intoArray(out, o + 5 * pixel);
            a6.intoArray(out, o + 6 * pixel);
        }
    }

    /**
     * With a row's taps 14 of 32 registers at most; and 7 divides the picture sizes of most
     * networks.
     */
    private static void pixels7Wide7Stride2(float[] in, int first, int rowStep, int fromRow,
            int toRow, float[] taps, int tap, float[] bias, int biasAt, float low, float high,
            float[] out, int at, int pixel, int count) {
        FloatVector lowest = FloatVector.broadcast(SPECIES, low);
        FloatVector highest = FloatVector.broadcast(SPECIES, high);
        for (int w = 0; w < count; w += 7) {
            int column = Math.min(w, count - 7); // the last ones overlap those before
            FloatVector a0 = FloatVector.fromArray(SPECIES, bias, biasAt);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            FloatVector a4 = a0;
            FloatVector a5 = a0;
            FloatVector a6 = a0;
            for (int r = fromRow; r < toRow; r++) {
                int z = first + column * 2 * LANES + r * rowStep;
                int t = tap + r * 7 * LANES;
                FloatVector tap0 = FloatVector.fromArray(SPECIES, taps, t);
                FloatVector tap1 = FloatVector.fromArray(SPECIES, taps, t + LANES);
                FloatVector tap2 = FloatVector.fromArray(SPECIES, taps, t + 2 * LANES);
                FloatVector tap3 = FloatVector.fromArray(SPECIES, taps, t + 3 * LANES);
                FloatVector tap4 = FloatVector.fromArray(SPECIES, taps, t + 4 * LANES);
                FloatVector tap5 = FloatVector.fromArray(SPECIES, taps, t + 5 * LANES);
                FloatVector tap6 = FloatVector.fromArray(SPECIES, taps, t + 6 * LANES);
                FloatVector x;
                x = FloatVector.fromArray(SPECIES, in, z);
                a0 = x.fma(tap0, a0);
                x = FloatVector.fromArray(SPECIES, in, z + LANES);
                a0 = x.fma(tap1, a0);
                x = FloatVector.fromArray(SPECIES, in, z + 2 * LANES);
                a0 = x.fma(tap2, a0);
                a1 = x.fma(tap0, a1);
                x = FloatVector.fromArray(SPECIES, in, z + 3 * LANES);
                a0 = x.fma(tap3, a0);
                a1 = x.fma(tap1, a1);
                x = FloatVector.fromArray(SPECIES, in, z + 4 * LANES);
                a0 = x.fma(tap4, a0);
                a1 = x.fma(tap2, a1);
                a2 = x.fma(tap0, a2);
                x = FloatVector.fromArray(SPECIES, in, z + 5 * LANES);
                a0 = x.fma(tap5, a0);
                a1 = x.fma(tap3, a1);
                a2 = x.fma(tap1, a2);
                x = FloatVector.fromArray(SPECIES, in, z + 6 * LANES);
                a0 = x.fma(tap6, a0);
                a1 = x.fma(tap4, a1);
                a2 = x.fma(tap2, a2);
                a3 = x.fma(tap0, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 7 * LANES);
                a1 = x.fma(tap5, a1);
                a2 = x.fma(tap3, a2);
                a3 = x.fma(tap1, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 8 * LANES);
                a1 = x.fma(tap6, a1);
                a2 = x.fma(tap4, a2);
                a3 = x.fma(tap2, a3);
                a4 = x.fma(tap0, a4);
                x = FloatVector.fromArray(SPECIES, in, z + 9 * LANES);
                a2 = x.fma(tap5, a2);
                a3 = x.fma(tap3, a3);
                a4 = x.fma(tap1, a4);
                x = FloatVector.fromArray(SPECIES, in, z + 10 * LANES);
                a2 = x.fma(tap6, a2);
                a3 = x.fma(tap4, a3);
                a4 = x.fma(tap2, a4);
                a5 = x.fma(tap0, a5);
                x = FloatVector.fromArray(SPECIES, in, z + 11 * LANES);
                a3 = x.fma(tap5, a3);
                a4 = x.fma(tap3, a4);
                a5 = x.fma(tap1, a5);
                x = FloatVector.fromArray(SPECIES, in, z + 12 * LANES);
                a3 = x.fma(tap6, a3);
                a4 = x.fma(tap4, a4);
                a5 = x.fma(tap2, a5);
                a6 = x.fma(tap0, a6);
                x = FloatVector.fromArray(SPECIES, in, z + 13 * LANES);
                a4 = x.fma(tap5, a4);
                a5 = x.fma(tap3, a5);
                a6 = x.fma(tap1, a6);
                x = FloatVector.fromArray(SPECIES, in, z + 14 * LANES);
                a4 = x.fma(tap6, a4);
                a5 = x.fma(tap4, a5);
                a6 = x.fma(tap2, a6);
                x = FloatVector.fromArray(SPECIES, in, z + 15 * LANES);
                a5 = x.fma(tap5, a5);
                a6 = x.fma(tap3, a6);
                x = FloatVector.fromArray(SPECIES, in, z + 16 * LANES);
                a5 = x.fma(tap6, a5);
                a6 = x.fma(tap4, a6);
                x = FloatVector.fromArray(SPECIES, in, z + 17 * LANES);
                a6 = x.fma(tap5, a6);
                x = FloatVector.fromArray(SPECIES, in, z + 18 * LANES);
                a6 = x.fma(tap6, a6);
            }
            a0 = a0.blend(lowest, a0.compare(VectorOperators.LT, lowest));
            a0 = a0.blend(highest, a0.compare(VectorOperators.GT, highest));
            a1 = a1.blend(lowest, a1.compare(VectorOperators.LT, lowest));
            a1 = a1.blend(highest, a1.compare(VectorOperators.GT, highest));
            a2 = a2.blend(lowest, a2.compare(VectorOperators.LT, lowest));
            a2 = a2.blend(highest, a2.compare(VectorOperators.GT, highest));
            a3 = a3.blend(lowest, a3.compare(VectorOperators.LT, lowest));
            a3 = a3.blend(highest, a3.compare(VectorOperators.GT, highest));
            a4 = a4.blend(lowest, a4.compare(VectorOperators.LT, lowest));
            a4 = a4.blend(highest, a4.compare(VectorOperators.GT, highest));
            a5 = a5.blend(lowest, a5.compare(VectorOperators.LT, lowest));
            a5 = a5.blend(highest, a5.compare(VectorOperators.GT, highest));
            a6 = a6.blend(lowest, a6.compare(VectorOperators.LT, lowest));
            a6 = a6.blend(highest, a6.compare(VectorOperators.GT, highest));
            int o = at + column * pixel;
            a0.intoArray(out, o);
            a1.intoArray(out, o + pixel);
            a2.intoArray(out, o + 2 * pixel);
            a3.intoArray(out, o + 3 * pixel);
            a4.intoArray(out, o + 4 * pixel);
            a5.intoArray(out, o + 5 * pixel);
            a6.intoArray(out, o + 6 * pixel);
        }
    }

    /** With a row's taps 11 of 16 registers at most. */
    private static void pixels4Wide3Stride1(float[] in, int first, int rowStep, int fromRow,
            int toRow, float[] taps, int tap, float[] bias, int biasAt, float low, float high,
            float[] out, int at, int pixel, int count) {
        FloatVector lowest = FloatVector.broadcast(SPECIES, low);
        FloatVector highest = FloatVector.broadcast(SPECIES, high);
        for (int w = 0; w < count; w += 4) {
            int column = Math.min(w, count - 4); // the last ones overlap those before
            FloatVector a0 = FloatVector.fromArray(SPECIES, bias, biasAt);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            for (int r = fromRow; r < toRow; r++) {
                int z = first + column * LANES + r * rowStep;
                int t = tap + r * 3 * LANES;
                FloatVector left = FloatVector.fromArray(SPECIES, taps, t);
                FloatVector middle = FloatVector.fromArray(SPECIES, taps, t + LANES);
                FloatVector right = FloatVector.fromArray(SPECIES, taps, t + 2 * LANES);
                FloatVector x;
                x = FloatVector.fromArray(SPECIES, in, z);
                a0 = x.fma(left, a0);
                x = FloatVector.fromArray(SPECIES, in, z + LANES);
                a0 = x.fma(middle, a0);
                a1 = x.fma(left, a1);
                x = FloatVector.fromArray(SPECIES, in, z + 2 * LANES);
                a0 = x.fma(right, a0);
                a1 = x.fma(middle, a1);
                a2 = x.fma(left, a2);
                x = FloatVector.fromArray(SPECIES, in, z + 3 * LANES);
                a1 = x.fma(right, a1);
                a2 = x.fma(middle, a2);
                a3 = x.fma(left, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 4 * LANES);
                a2 = x.fma(right, a2);
                a3 = x.fma(middle, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 5 * LANES);
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
            int o = at + column * pixel;
            a0.intoArray(out, o);
            a1.intoArray(out, o + pixel);
            a2.intoArray(out, o + 2 * pixel);
            a3.intoArray(out, o + 3 * pixel);
        }
    }

    /** With a row's taps 11 of 16 registers at most. */
    private static void pixels4Wide3Stride2(float[] in, int first, int rowStep, int fromRow,
            int toRow, float[] taps, int tap, float[] bias, int biasAt, float low, float high,
            float[] out, int at, int pixel, int count) {
        FloatVector lowest = FloatVector.broadcast(SPECIES, low);
        FloatVector highest = FloatVector.broadcast(SPECIES, high);
        for (int w = 0; w < count; w += 4) {
            int column = Math.min(w, count - 4); // the last ones overlap those before
            FloatVector a0 = FloatVector.fromArray(SPECIES, bias, biasAt);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            for (int r = fromRow; r < toRow; r++) {
                int z = first + column * 2 * LANES + r * rowStep;
                int t = tap + r * 3 * LANES;
                FloatVector left = FloatVector.fromArray(SPECIES, taps, t);
                FloatVector middle = FloatVector.fromArray(SPECIES, taps, t + LANES);
                FloatVector right = FloatVector.fromArray(SPECIES, taps, t + 2 * LANES);
                FloatVector x;
                x = FloatVector.fromArray(SPECIES, in, z);
                a0 = x.fma(left, a0);
                x = FloatVector.fromArray(SPECIES, in, z + LANES);
                a0 = x.fma(middle, a0);
                x = FloatVector.fromArray(SPECIES, in, z + 2 * LANES);
                a0 = x.fma(right, a0);
                a1 = x.fma(left, a1);
                x = FloatVector.fromArray(SPECIES, in, z + 3 * LANES);
                a1 = x.fma(middle, a1);
                x = FloatVector.fromArray(SPECIES, in, z + 4 * LANES);
                a1 = x.fma(right, a1);
                a2 = x.fma(left, a2);
                x = FloatVector.fromArray(SPECIES, in, z + 5 * LANES);
                a2 = x.fma(middle, a2);
                x = FloatVector.fromArray(SPECIES, in, z + 6 * LANES);
                a2 = x.fma(right, a2);
                a3 = x.fma(left, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 7 * LANES);
                a3 = x.fma(middle, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 8 * LANES);
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
            int o = at + column * pixel;
            a0.intoArray(out, o);
            a1.intoArray(out, o + pixel);
            a2.intoArray(out, o + 2 * pixel);
            a3.intoArray(out, o + 3 * pixel);
        }
    }

    /** With a row's taps 11 of 16 registers at most. */
    private static void pixels4Wide5Stride1(float[] in, int first, int rowStep, int fromRow,
            int toRow, float[] taps, int tap, float[] bias, int biasAt, float low, float high,
            float[] out, int at, int pixel, int count) {
        FloatVector lowest = FloatVector.broadcast(SPECIES, low);
        FloatVector highest = FloatVector.broadcast(SPECIES, high);
        for (int w = 0; w < count; w += 4) {
            int column = Math.min(w, count - 4); // the last ones overlap those before
            FloatVector a0 = FloatVector.fromArray(SPECIES, bias, biasAt);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            for (int r = fromRow; r < toRow; r++) {
                int z = first + column * LANES + r * rowStep;
                int t = tap + r * 5 * LANES;
                FloatVector tap0 = FloatVector.fromArray(SPECIES, taps, t);
                FloatVector tap1 = FloatVector.fromArray(SPECIES, taps, t + LANES);
                FloatVector tap2 = FloatVector.fromArray(SPECIES, taps, t + 2 * LANES);
                FloatVector tap3 = FloatVector.fromArray(SPECIES, taps, t + 3 * LANES);
                FloatVector tap4 = FloatVector.fromArray(SPECIES, taps, t + 4 * LANES);
                FloatVector x;
                x = FloatVector.fromArray(SPECIES, in, z);
                a0 = x.fma(tap0, a0);
                x = FloatVector.fromArray(SPECIES, in, z + LANES);
                a0 = x.fma(tap1, a0);
                a1 = x.fma(tap0, a1);
                x = FloatVector.fromArray(SPECIES, in, z + 2 * LANES);
                a0 = x.fma(tap2, a0);
                a1 = x.fma(tap1, a1);
                a2 = x.fma(tap0, a2);
                x = FloatVector.fromArray(SPECIES, in, z + 3 * LANES);
                a0 = x.fma(tap3, a0);
                a1 = x.fma(tap2, a1);
                a2 = x.fma(tap1, a2);
                a3 = x.fma(tap0, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 4 * LANES);
                a0 = x.fma(tap4, a0);
                a1 = x.fma(tap3, a1);
                a2 = x.fma(tap2, a2);
                a3 = x.fma(tap1, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 5 * LANES);
                a1 = x.fma(tap4, a1);
                a2 = x.fma(tap3, a2);
                a3 = x.fma(tap2, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 6 * LANES);
                a2 = x.fma(tap4, a2);
                a3 = x.fma(tap3, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 7 * LANES);
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
            int o = at + column * pixel;
            a0.intoArray(out, o);
            a1.intoArray(out, o + pixel);
            a2.intoArray(out, o + 2 * pixel);
            a3.intoArray(out, o + 3 * pixel);
        }
    }

    /** With a row's taps 11 of 16 registers at most. */
    private static void pixels4Wide5Stride2(float[] in, int first, int rowStep, int fromRow,
            int toRow, float[] taps, int tap, float[] bias, int biasAt, float low, float high,
            float[] out, int at, int pixel, int count) {
        FloatVector lowest = FloatVector.broadcast(SPECIES, low);
        FloatVector highest = FloatVector.broadcast(SPECIES, high);
        for (int w = 0; w < count; w += 4) {
            int column = Math.min(w, count - 4); // the last ones overlap those before
            FloatVector a0 = FloatVector.fromArray(SPECIES, bias, biasAt);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            for (int r = fromRow; r < toRow; r++) {
                int z = first + column * 2 * LANES + r * rowStep;
                int t = tap + r * 5 * LANES;
                FloatVector tap0 = FloatVector.fromArray(SPECIES, taps, t);
                FloatVector tap1 = FloatVector.fromArray(SPECIES, taps, t + LANES);
                FloatVector tap2 = FloatVector.fromArray(SPECIES, taps, t + 2 * LANES);
                FloatVector tap3 = FloatVector.fromArray(SPECIES, taps, t + 3 * LANES);
                FloatVector tap4 = FloatVector.fromArray(SPECIES, taps, t + 4 * LANES);
                FloatVector x;
                x = FloatVector.fromArray(SPECIES, in, z);
                a0 = x.fma(tap0, a0);
                x = FloatVector.fromArray(SPECIES, in, z + LANES);
                a0 = x.fma(tap1, a0);
                x = FloatVector.fromArray(SPECIES, in, z + 2 * LANES);
                a0 = x.fma(tap2, a0);
                a1 = x.fma(tap0, a1);
                x = FloatVector.fromArray(SPECIES, in, z + 3 * LANES);
                a0 = x.fma(tap3, a0);
                a1 = x.fma(tap1, a1);
                x = FloatVector.fromArray(SPECIES, in, z + 4 * LANES);
                a0 = x.fma(tap4, a0);
                a1 = x.fma(tap2, a1);
                a2 = x.fma(tap0, a2);
                x = FloatVector.fromArray(SPECIES, in, z + 5 * LANES);
                a1 = x.fma(tap3, a1);
                a2 = x.fma(tap1, a2);
                x = FloatVector.fromArray(SPECIES, in, z + 6 * LANES);
                a1 = x.fma(tap4, a1);
                a2 = x.fma(tap2, a2);
                a3 = x.fma(tap0, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 7 * LANES);
                a2 = x.fma(tap3, a2);
                a3 = x.fma(tap1, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 8 * LANES);
                a2 = x.fma(tap4, a2);
                a3 = x.fma(tap2, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 9 * LANES);
                a3 = x.fma(tap3, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 10 * LANES);
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
            int o = at + column * pixel;
            a0.intoArray(out, o);
            a1.intoArray(out, o + pixel);
            a2.intoArray(out, o + 2 * pixel);
            a3.intoArray(out, o + 3 * pixel);
        }
    }

    /** With a row's taps 11 of 16 registers at most. */
    private static void pixels4Wide7Stride1(float[] in, int first, int rowStep, int fromRow,
            int toRow, float[] taps, int tap, float[] bias, int biasAt, float low, float high,
            float[] out, int at, int pixel, int count) {
        FloatVector lowest = FloatVector.broadcast(SPECIES, low);
        FloatVector highest = FloatVector.broadcast(SPECIES, high);
        for (int w = 0; w < count; w += 4) {
            int column = Math.min(w, count - 4); // the last ones overlap those before
            FloatVector a0 = FloatVector.fromArray(SPECIES, bias, biasAt);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            for (int r = fromRow; r < toRow; r++) {
                int z = first + column * LANES + r * rowStep;
                int t = tap + r * 7 * LANES;
                FloatVector tap0 = FloatVector.fromArray(SPECIES, taps, t);
                FloatVector tap1 = FloatVector.fromArray(SPECIES, taps, t + LANES);
                FloatVector tap2 = FloatVector.fromArray(SPECIES, taps, t + 2 * LANES);
                FloatVector tap3 = FloatVector.fromArray(SPECIES, taps, t + 3 * LANES);
                FloatVector tap4 = FloatVector.fromArray(SPECIES, taps, t + 4 * LANES);
                FloatVector tap5 = FloatVector.fromArray(SPECIES, taps, t + 5 * LANES);
                FloatVector tap6 = FloatVector.fromArray(SPECIES, taps, t + 6 * LANES);
                FloatVector x;
                x = FloatVector.fromArray(SPECIES, in, z);
                a0 = x.fma(tap0, a0);
                x = FloatVector.fromArray(SPECIES, in, z + LANES);
                a0 = x.fma(tap1, a0);
                a1 = x.fma(tap0, a1);
                x = FloatVector.fromArray(SPECIES, in, z + 2 * LANES);
                a0 = x.fma(tap2, a0);
                a1 = x.fma(tap1, a1);
                a2 = x.fma(tap0, a2);
                x = FloatVector.fromArray(SPECIES, in, z + 3 * LANES);
                a0 = x.fma(tap3, a0);
                a1 = x.fma(tap2, a1);
                a2 = x.fma(tap1, a2);
                a3 = x.fma(tap0, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 4 * LANES);
                a0 = x.fma(tap4, a0);
                a1 = x.fma(tap3, a1);
                a2 = x.fma(tap2, a2);
                a3 = x.fma(tap1, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 5 * LANES);
                a0 = x.fma(tap5, a0);
                a1 = x.fma(tap4, a1);
                a2 = x.fma(tap3, a2);
                a3 = x.fma(tap2, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 6 * LANES);
                a0 = x.fma(tap6, a0);
                a1 = x.fma(tap5, a1);
                a2 = x.fma(tap4, a2);
                a3 = x.fma(tap3, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 7 * LANES);
                a1 = x.fma(tap6, a1);
                a2 = x.fma(tap5, a2);
                a3 = x.fma(tap4, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 8 * LANES);
                a2 = x.fma(tap6, a2);
                a3 = x.fma(tap5, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 9 * LANES);
                a3 = x.fma(tap6, a3);
            }
            a0 = a0.blend(lowest, a0.compare(VectorOperators.LT, lowest));
            a0 = a0.blend(highest, a0.compare(VectorOperators.GT, highest));
            a1 = a1.blend(lowest, a1.compare(VectorOperators.LT, lowest));
            a1 = a1.blend(highest, a1.compare(VectorOperators.GT, highest));
            a2 = a2.blend(lowest, a2.compare(VectorOperators.LT, lowest));
            a2 = a2.blend(highest, a2.compare(VectorOperators.GT, highest));
            a3 = a3.blend(lowest, a3.compare(VectorOperators.LT, lowest));
            a3 = a3.blend(highest, a3.compare(VectorOperators.GT, highest));
            int o = at + column * pixel;
            a0.intoArray(out, o);
            a1.intoArray(out, o + pixel);
            a2.intoArray(out, o + 2 * pixel);
            a3.intoArray(out, o + 3 * pixel);
        }
    }

    /** With a row's taps 11 of 16 registers at most. */
    private static void pixels4Wide7Stride2(float[] in, int first, int rowStep, int fromRow,
            int toRow, float[] taps, int tap, float[] bias, int biasAt, float low, float high,
            float[] out, int at, int pixel, int count) {
        FloatVector lowest = FloatVector.broadcast(SPECIES, low);
        FloatVector highest = FloatVector.broadcast(SPECIES, high);
        for (int w = 0; w < count; w += 4) {
            int column = Math.min(w, count - 4); // the last ones overlap those before
            FloatVector a0 = FloatVector.fromArray(SPECIES, bias, biasAt);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            for (int r = fromRow; r < toRow; r++) {
                int z = first + column * 2 * LANES + r * rowStep;
                int t = tap + r * 7 * LANES;
                FloatVector tap0 = FloatVector.fromArray(SPECIES, taps, t);
                FloatVector tap1 = FloatVector.fromArray(SPECIES, taps, t + LANES);
                FloatVector tap2 = FloatVector.fromArray(SPECIES, taps, t + 2 * LANES);
                FloatVector tap3 = FloatVector.fromArray(SPECIES, taps, t + 3 * LANES);
                FloatVector tap4 = FloatVector.fromArray(SPECIES, taps, t + 4 * LANES);
                FloatVector tap5 = FloatVector.fromArray(SPECIES, taps, t + 5 * LANES);
                FloatVector tap6 = FloatVector.fromArray(SPECIES, taps, t + 6 * LANES);
                FloatVector x;
                x = FloatVector.fromArray(SPECIES, in, z);
                a0 = x.fma(tap0, a0);
                x = FloatVector.fromArray(SPECIES, in, z + LANES);
                a0 = x.fma(tap1, a0);
                x = FloatVector.fromArray(SPECIES, in, z + 2 * LANES);
                a0 = x.fma(tap2, a0);
                a1 = x.fma(tap0, a1);
                x = FloatVector.fromArray(SPECIES, in, z + 3 * LANES);
                a0 = x.fma(tap3, a0);
                a1 = x.fma(tap1, a1);
                x = FloatVector.fromArray(SPECIES, in, z + 4 * LANES);
                a0 = x.fma(tap4, a0);
                a1 = x.fma(tap2, a1);
                a2 = x.fma(tap0, a2);
                x = FloatVector.fromArray(SPECIES, in, z + 5 * LANES);
                a0 = x.fma(tap5, a0);
                a1 = x.fma(tap3, a1);
                a2 = x.fma(tap1, a2);
                x = FloatVector.fromArray(SPECIES, in, z + 6 * LANES);
                a0 = x.fma(tap6, a0);
                a1 = x.fma(tap4, a1);
                a2 = x.fma(tap2, a2);
                a3 = x.fma(tap0, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 7 * LANES);
                a1 = x.fma(tap5, a1);
                a2 = x.fma(tap3, a2);
                a3 = x.fma(tap1, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 8 * LANES);
                a1 = x.fma(tap6, a1);
                a2 = x.fma(tap4, a2);
                a3 = x.fma(tap2, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 9 * LANES);
                a2 = x.fma(tap5, a2);
                a3 = x.fma(tap3, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 10 * LANES);
                a2 = x.fma(tap6, a2);
                a3 = x.fma(tap4, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 11 * LANES);
                a3 = x.fma(tap5, a3);
                x = FloatVector.fromArray(SPECIES, in, z + 12 * LANES);
                a3 = x.fma(tap6, a3);
            }
            a0 = a0.blend(lowest, a0.compare(VectorOperators.LT, lowest));
            a0 = a0.blend(highest, a0.compare(VectorOperators.GT, highest));
            a1 = a1.blend(lowest, a1.compare(VectorOperators.LT, lowest));
            a1 = a1.blend(highest, a1.compare(VectorOperators.GT, highest));
            a2 = a2.blend(lowest, a2.compare(VectorOperators.LT, lowest));
            a2 = a2.blend(highest, a2.compare(VectorOperators.GT, highest));
            a3 = a3.blend(lowest, a3.compare(VectorOperators.LT, lowest));
            a3 = a3.blend(highest, a3.compare(VectorOperators.GT, highest));
            int o = at + column * pixel;
            a0.intoArray(out, o);
            a1.intoArray(out, o + pixel);
            a2.intoArray(out, o + 2 * pixel);
            a3.intoArray(out, o + 3 * pixel);
        }
    }
}
