package dev.sepconv.engine.simd.gen;

// Written by PlaneTiles: change it there, then mvn -q -Pgenerate validate.

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The inner loops of depthwise 3x3 convolution of a plane: a vector is neighbouring pixels of a
 * row, and the nine taps stay in registers.
 *
 * <p>
 * The last vector of a row reaches past its end, so what comes after the last row's end changes.
 */
public final class DepthwisePlaneTile {

    /** Rows that {@link #slide} does at once. */
    public static final int ROWS = 4;

    private DepthwisePlaneTile() {
    }

    /**
     * Some rows, any stride and dilation, with bias, without activation.
     *
     * @param first where the first pixel's first tap lies
     * @param rowStep from a pixel's first tap to that of the pixel below
     * @param kernelRow from one kernel row to the next
     * @param second from the first kernel column to the second
     * @param third from the first kernel column to the third
     * @param weights nine of each channel
     * @param tap where the channel's begin
     * @param at where the first pixel goes in {@code out}
     * @param width pixels of a row; rows lie side by side
     */
    public static void run(float[] in, int first, int rowStep, int kernelRow, int second,
            int third, float[] weights, int tap, float bias, float[] out, int at, int width,
            int rows) {
        FloatVector topLeft = FloatVector.broadcast(SPECIES, weights[tap]);
        FloatVector top = FloatVector.broadcast(SPECIES, weights[tap + 1]);
        FloatVector topRight = FloatVector.broadcast(SPECIES, weights[tap + 2]);
        FloatVector left = FloatVector.broadcast(SPECIES, weights[tap + 3]);
        FloatVector centre = FloatVector.broadcast(SPECIES, weights[tap + 4]);
        FloatVector right = FloatVector.broadcast(SPECIES, weights[tap + 5]);
        FloatVector bottomLeft = FloatVector.broadcast(SPECIES, weights[tap + 6]);
        FloatVector bottom = FloatVector.broadcast(SPECIES, weights[tap + 7]);
        FloatVector bottomRight = FloatVector.broadcast(SPECIES, weights[tap + 8]);
        FloatVector start = FloatVector.broadcast(SPECIES, bias);
        for (int h = 0; h < rows; h++) {
            for (int w = 0; w < width; w += LANES) {
                int z = first + h * rowStep + w;
                FloatVector upper = FloatVector.fromArray(SPECIES, in, z).fma(topLeft, start);
                upper = FloatVector.fromArray(SPECIES, in, z + second).fma(top, upper);
                upper = FloatVector.fromArray(SPECIES, in, z + third).fma(topRight, upper);
                z += kernelRow;
                FloatVector middle = FloatVector.fromArray(SPECIES, in, z).mul(left);
                middle = FloatVector.fromArray(SPECIES, in, z + second).fma(centre, middle);
                middle = FloatVector.fromArray(SPECIES, in, z + third).fma(right, middle);
                z += kernelRow;
                FloatVector lower = FloatVector.fromArray(SPECIES, in, z).mul(bottomLeft);
                lower = FloatVector.fromArray(SPECIES, in, z + second).fma(bottom, lower);
                lower = FloatVector.fromArray(SPECIES, in, z + third).fma(bottomRight, lower);
                upper.add(middle).add(lower).intoArray(out, at + h * width + w);
            }
        }
    }

    /**
     * {@link #run} of {@link #ROWS} rows at stride 1 without dilation. Each row of the input is
     * loaded once for the three output rows that it meets.
     *
     * @param rowStep from one row of the input to the next
     */
    public static void slide(float[] in, int first, int rowStep, float[] weights, int tap,
            float bias, float[] out, int at, int width) {
        FloatVector topLeft = FloatVector.broadcast(SPECIES, weights[tap]);
        FloatVector top = FloatVector.broadcast(SPECIES, weights[tap + 1]);
        FloatVector topRight = FloatVector.broadcast(SPECIES, weights[tap + 2]);
        FloatVector left = FloatVector.broadcast(SPECIES, weights[tap + 3]);
        FloatVector centre = FloatVector.broadcast(SPECIES, weights[tap + 4]);
        FloatVector right = FloatVector.broadcast(SPECIES, weights[tap + 5]);
        FloatVector bottomLeft = FloatVector.broadcast(SPECIES, weights[tap + 6]);
        FloatVector bottom = FloatVector.broadcast(SPECIES, weights[tap + 7]);
        FloatVector bottomRight = FloatVector.broadcast(SPECIES, weights[tap + 8]);
        FloatVector start = FloatVector.broadcast(SPECIES, bias);
        // from right to left: a row's end is written after what it reaches into
        for (int w = (width - 1) / LANES * LANES; w >= 0; w -= LANES) {
            int z = first + w;
            FloatVector x;
            FloatVector y;
            FloatVector v;
            x = FloatVector.fromArray(SPECIES, in, z);
            y = FloatVector.fromArray(SPECIES, in, z + 1);
            v = FloatVector.fromArray(SPECIES, in, z + 2);
            FloatVector a0 = v.fma(topRight, y.fma(top, x.fma(topLeft, start)));
            z += rowStep;
            x = FloatVector.fromArray(SPECIES, in, z);
            y = FloatVector.fromArray(SPECIES, in, z + 1);
            v = FloatVector.fromArray(SPECIES, in, z + 2);
            a0 = v.fma(right, y.fma(centre, x.fma(left, a0)));
            FloatVector a1 = v.fma(topRight, y.fma(top, x.fma(topLeft, start)));
            z += rowStep;
            x = FloatVector.fromArray(SPECIES, in, z);
            y = FloatVector.fromArray(SPECIES, in, z + 1);
            v = FloatVector.fromArray(SPECIES, in, z + 2);
            a0 = v.fma(bottomRight, y.fma(bottom, x.fma(bottomLeft, a0)));
            a1 = v.fma(right, y.fma(centre, x.fma(left, a1)));
            FloatVector a2 = v.fma(topRight, y.fma(top, x.fma(topLeft, start)));
            z += rowStep;
            x = FloatVector.fromArray(SPECIES, in, z);
            y = FloatVector.fromArray(SPECIES, in, z + 1);
            v = FloatVector.fromArray(SPECIES, in, z + 2);
            a1 = v.fma(bottomRight, y.fma(bottom, x.fma(bottomLeft, a1)));
            a2 = v.fma(right, y.fma(centre, x.fma(left, a2)));
            FloatVector a3 = v.fma(topRight, y.fma(top, x.fma(topLeft, start)));
            z += rowStep;
            x = FloatVector.fromArray(SPECIES, in, z);
            y = FloatVector.fromArray(SPECIES, in, z + 1);
            v = FloatVector.fromArray(SPECIES, in, z + 2);
            a2 = v.fma(bottomRight, y.fma(bottom, x.fma(bottomLeft, a2)));
            a3 = v.fma(right, y.fma(centre, x.fma(left, a3)));
            z += rowStep;
            x = FloatVector.fromArray(SPECIES, in, z);
            y = FloatVector.fromArray(SPECIES, in, z + 1);
            v = FloatVector.fromArray(SPECIES, in, z + 2);
            a3 = v.fma(bottomRight, y.fma(bottom, x.fma(bottomLeft, a3)));
            a0.intoArray(out, at + w);
            a1.intoArray(out, at + width + w);
            a2.intoArray(out, at + 2 * width + w);
            a3.intoArray(out, at + 3 * width + w);
        }
    }
}
