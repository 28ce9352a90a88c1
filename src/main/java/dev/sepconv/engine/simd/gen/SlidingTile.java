package dev.sepconv.engine.simd.gen;

// Written by SlidingTiles: change it there, then mvn -q -Pgenerate validate.

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The inner loops of depthwise 3x3 convolution on machines with 32 registers for vectors: one
 * vector of channels of two rows, from left to right. The nine taps and all sums that a column adds
 * to are in registers, so that each number is loaded once for both rows.
 *
 * <p>
 * The first and the last pixel may each have a column outside of the picture, which is not read;
 * all rows are inside.
 */
public final class SlidingTile {

    /**
     * Columns of the input that are done for all channels before those behind them: a vector seldom
     * begins where a line of the caches does, and what it leaves of its last line should still be
     * in the first-level cache when the next channels come.
     */
    private static final int COLUMNS = 56;

    private SlidingTile() {
    }

    /** Whether there is one for a kernel that is not dilated. */
    public static boolean suits(int kernelHeight, int kernelWidth, int strideHeight,
            int strideWidth) {
        return PixelTile.MANY_REGISTERS && kernelHeight == 3 && kernelWidth == 3
                && strideHeight == strideWidth && (strideWidth == 1 || strideWidth == 2);
    }

    /**
     * Pixels of two rows, with bias, between two bounds.
     *
     * @param first where the first row's first pixel's first tap in channel 0 lies, or would if
     * that column were inside
     * @param rowStep from one row of the input to the next
     * @param tapStep from one column of the input to the next
     * @param stride from one pixel to the next, and from one row to the next, in taps
     * @param taps {@code [3][3][tapChannels]}
     * @param bias one number a channel
     * @param from the first channel
     * @param to the one past the last: whole vectors
     * @param low what is less becomes this; minus infinity for none. A NaN stays one
     * @param high what is more becomes this
     * @param at where the first row's first pixel's channel 0 goes in {@code out}
     * @param row from there to the next row's
     * @param pixel from there to the next pixel's
     * @param count how many pixels a row
     * @param leftOutside whether the first one's first column is outside
     * @param rightOutside whether the last one's last column is
     */
    public static void run(float[] in, int first, int rowStep, int tapStep, int stride,
            float[] taps, int tapChannels, float[] bias, int from, int to, float low, float high,
            float[] out, int at, int row, int pixel, int count, boolean leftOutside,
            boolean rightOutside) {
        int most = COLUMNS / stride;
        for (int w = 0; w < count; w += most) {
            int z = first + w * stride * tapStep;
            int o = at + w * pixel;
            int pixels = Math.min(most, count - w);
            boolean left = leftOutside && w == 0;
            boolean right = rightOutside && w + pixels == count;
            if (stride == 1) {
                stride1(in, z, rowStep, tapStep, taps, tapChannels, bias, from, to, low, high, out,
                        o, row, pixel, pixels, left, right);
            } else {
                stride2(in, z, rowStep, tapStep, taps, tapChannels, bias, from, to, low, high, out,
                        o, row, pixel, pixels, left, right);
            }
        }
    }

    /**
     * Nine taps and the sums of three pixels of each row. Most of the depthwise work of most
     * networks is done here.
     */
    private static void stride1(float[] in, int first, int rowStep, int tapStep, float[] taps,
            int tapChannels, float[] bias, int from, int to, float low, float high, float[] out,
            int at, int row, int pixel, int count, boolean leftOutside, boolean rightOutside) {
        FloatVector lowest = FloatVector.broadcast(SPECIES, low);
        FloatVector highest = FloatVector.broadcast(SPECIES, high);
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
            FloatVector start = FloatVector.fromArray(SPECIES, bias, c);
            FloatVector x;
            FloatVector s0 = start;
            FloatVector t0 = start;
            FloatVector s1 = start;
            FloatVector t1 = start;
            int z = first + c;
            if (!leftOutside) {
                x = FloatVector.fromArray(SPECIES, in, z);
                s0 = x.fma(topLeft, s0);
                x = FloatVector.fromArray(SPECIES, in, z + rowStep);
                s0 = x.fma(left, s0);
                t0 = x.fma(topLeft, t0);
                x = FloatVector.fromArray(SPECIES, in, z + 2 * rowStep);
                s0 = x.fma(bottomLeft, s0);
                t0 = x.fma(left, t0);
                x = FloatVector.fromArray(SPECIES, in, z + 3 * rowStep);
                t0 = x.fma(bottomLeft, t0);
            }
            z += tapStep;
            x = FloatVector.fromArray(SPECIES, in, z);
            s0 = x.fma(top, s0);
            s1 = x.fma(topLeft, s1);
            x = FloatVector.fromArray(SPECIES, in, z + rowStep);
            s0 = x.fma(centre, s0);
            s1 = x.fma(left, s1);
            t0 = x.fma(top, t0);
            t1 = x.fma(topLeft, t1);
            x = FloatVector.fromArray(SPECIES, in, z + 2 * rowStep);
            s0 = x.fma(bottom, s0);
            s1 = x.fma(bottomLeft, s1);
            t0 = x.fma(centre, t0);
            t1 = x.fma(left, t1);
            x = FloatVector.fromArray(SPECIES, in, z + 3 * rowStep);
            t0 = x.fma(bottom, t0);
            t1 = x.fma(bottomLeft, t1);
            z += tapStep;
            int o = at + c;
            int whole = rightOutside ? count - 1 : count;
            for (int w = 0; w < whole; w++) {
                FloatVector s2 = start;
                FloatVector t2 = start;
                x = FloatVector.fromArray(SPECIES, in, z);
                s0 = x.fma(topRight, s0);
                s1 = x.fma(top, s1);
                s2 = x.fma(topLeft, s2);
                x = FloatVector.fromArray(SPECIES, in, z + rowStep);
                s0 = x.fma(right, s0);
                s1 = x.fma(centre, s1);
                s2 = x.fma(left, s2);
                t0 = x.fma(topRight, t0);
                t1 = x.fma(top, t1);
                t2 = x.fma(topLeft, t2);
                x = FloatVector.fromArray(SPECIES, in, z + 2 * rowStep);
                s0 = x.fma(bottomRight, s0);
                s1 = x.fma(bottom, s1);
                s2 = x.fma(bottomLeft, s2);
                t0 = x.fma(right, t0);
                t1 = x.fma(centre, t1);
                t2 = x.fma(left, t2);
                x = FloatVector.fromArray(SPECIES, in, z + 3 * rowStep);
                t0 = x.fma(bottomRight, t0);
                t1 = x.fma(bottom, t1);
                t2 = x.fma(bottomLeft, t2);
                z += tapStep;
                s0 = s0.blend(lowest, s0.compare(VectorOperators.LT, lowest));
                s0 = s0.blend(highest, s0.compare(VectorOperators.GT, highest));
                t0 = t0.blend(lowest, t0.compare(VectorOperators.LT, lowest));
                t0 = t0.blend(highest, t0.compare(VectorOperators.GT, highest));
                s0.intoArray(out, o);
                t0.intoArray(out, o + row);
                s0 = s1;
                t0 = t1;
                s1 = s2;
                t1 = t2;
                o += pixel;
            }
            if (rightOutside) {
                s0 = s0.blend(lowest, s0.compare(VectorOperators.LT, lowest));
                s0 = s0.blend(highest, s0.compare(VectorOperators.GT, highest));
                t0 = t0.blend(lowest, t0.compare(VectorOperators.LT, lowest));
                t0 = t0.blend(highest, t0.compare(VectorOperators.GT, highest));
                s0.intoArray(out, o);
                t0.intoArray(out, o + row);
            }
        }
    }

    /** The sums of two pixels of each row. */
    private static void stride2(float[] in, int first, int rowStep, int tapStep, float[] taps,
            int tapChannels, float[] bias, int from, int to, float low, float high, float[] out,
            int at, int row, int pixel, int count, boolean leftOutside, boolean rightOutside) {
        FloatVector lowest = FloatVector.broadcast(SPECIES, low);
        FloatVector highest = FloatVector.broadcast(SPECIES, high);
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
            FloatVector start = FloatVector.fromArray(SPECIES, bias, c);
            FloatVector x;
            FloatVector s0 = start;
            FloatVector t0 = start;
            int z = first + c;
            if (!leftOutside) {
                x = FloatVector.fromArray(SPECIES, in, z);
                s0 = x.fma(topLeft, s0);
                x = FloatVector.fromArray(SPECIES, in, z + rowStep);
                s0 = x.fma(left, s0);
                x = FloatVector.fromArray(SPECIES, in, z + 2 * rowStep);
                s0 = x.fma(bottomLeft, s0);
                t0 = x.fma(topLeft, t0);
                x = FloatVector.fromArray(SPECIES, in, z + 3 * rowStep);
                t0 = x.fma(left, t0);
                x = FloatVector.fromArray(SPECIES, in, z + 4 * rowStep);
                t0 = x.fma(bottomLeft, t0);
            }
            z += tapStep;
            int o = at + c;
            int whole = rightOutside ? count - 1 : count;
            for (int w = 0; w < whole; w++) {
                FloatVector s1 = start;
                FloatVector t1 = start;
                x = FloatVector.fromArray(SPECIES, in, z);
                s0 = x.fma(top, s0);
                x = FloatVector.fromArray(SPECIES, in, z + rowStep);
                s0 = x.fma(centre, s0);
                x = FloatVector.fromArray(SPECIES, in, z + 2 * rowStep);
                s0 = x.fma(bottom, s0);
                t0 = x.fma(top, t0);
                x = FloatVector.fromArray(SPECIES, in, z + 3 * rowStep);
                t0 = x.fma(centre, t0);
                x = FloatVector.fromArray(SPECIES, in, z + 4 * rowStep);
                t0 = x.fma(bottom, t0);
                z += tapStep;
                x = FloatVector.fromArray(SPECIES, in, z);
                s0 = x.fma(topRight, s0);
                s1 = x.fma(topLeft, s1);
                x = FloatVector.fromArray(SPECIES, in, z + rowStep);
                s0 = x.fma(right, s0);
                s1 = x.fma(left, s1);
                x = FloatVector.fromArray(SPECIES, in, z + 2 * rowStep);
                s0 = x.fma(bottomRight, s0);
                s1 = x.fma(bottomLeft, s1);
                t0 = x.fma(topRight, t0);
                t1 = x.fma(topLeft, t1);
                x = FloatVector.fromArray(SPECIES, in, z + 3 * rowStep);
                t0 = x.fma(right, t0);
                t1 = x.fma(left, t1);
                x = FloatVector.fromArray(SPECIES, in, z + 4 * rowStep);
                t0 = x.fma(bottomRight, t0);
                t1 = x.fma(bottomLeft, t1);
                z += tapStep;
                s0 = s0.blend(lowest, s0.compare(VectorOperators.LT, lowest));
                s0 = s0.blend(highest, s0.compare(VectorOperators.GT, highest));
                t0 = t0.blend(lowest, t0.compare(VectorOperators.LT, lowest));
                t0 = t0.blend(highest, t0.compare(VectorOperators.GT, highest));
                s0.intoArray(out, o);
                t0.intoArray(out, o + row);
                s0 = s1;
                t0 = t1;
                o += pixel;
            }
            if (rightOutside) {
                x = FloatVector.fromArray(SPECIES, in, z);
                s0 = x.fma(top, s0);
                x = FloatVector.fromArray(SPECIES, in, z + rowStep);
                s0 = x.fma(centre, s0);
                x = FloatVector.fromArray(SPECIES, in, z + 2 * rowStep);
                s0 = x.fma(bottom, s0);
                t0 = x.fma(top, t0);
                x = FloatVector.fromArray(SPECIES, in, z + 3 * rowStep);
                t0 = x.fma(centre, t0);
                x = FloatVector.fromArray(SPECIES, in, z + 4 * rowStep);
                t0 = x.fma(bottom, t0);
                s0 = s0.blend(lowest, s0.compare(VectorOperators.LT, lowest));
                s0 = s0.blend(highest, s0.compare(VectorOperators.GT, highest));
                t0 = t0.blend(lowest, t0.compare(VectorOperators.LT, lowest));
                t0 = t0.blend(highest, t0.compare(VectorOperators.GT, highest));
                s0.intoArray(out, o);
                t0.intoArray(out, o + row);
            }
        }
    }
}
