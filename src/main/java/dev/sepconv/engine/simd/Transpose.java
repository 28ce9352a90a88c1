package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * Turns a matrix: between NCHW, a row a channel, and NHWC, a row a pixel. Squares of as many rows
 * as a vector has lanes are turned by perfect shuffles: where V rows are zipped, row i with row i +
 * V/2, and this is done log2(V) times, columns have become rows.
 */
final class Transpose {

    private static final VectorShuffle<Float> ZIP_LOW = VectorShuffle.makeZip(SPECIES, 0);
    private static final VectorShuffle<Float> ZIP_HIGH = VectorShuffle.makeZip(SPECIES, 1);

    /** Shuffles are written for these; anything else goes element by element. */
    private static final boolean VECTORS = LANES == 4 || LANES == 8 || LANES == 16;

    private Transpose() {
    }

    /** Memory that {@link #run} needs beside its arguments. */
    static float[] scratch() {
        return new float[LANES * LANES];
    }

    /**
     * Writes element (i, j) of {@code rows} by {@code columns} numbers to (j, i).
     *
     * @param fromRow from one row to the next in {@code in}
     * @param toRow from one row to the next in {@code out}, where a row is what was a column
     * @param scratch of {@link #scratch()}
     */
    static void run(float[] in, int from, int fromRow, float[] out, int to, int toRow, int rows,
            int columns, float[] scratch) {
        if (!VECTORS || rows < LANES || columns < LANES) {
            elements(in, from, fromRow, out, to, toRow, rows, columns);
            return;
        }
        // What is written lies together: a row of the result is finished square by square before
        // the next is begun.
        for (int j = 0; j < columns; j += LANES) {
            // the last squares overlap those before rather than being smaller
            int column = Math.min(j, columns - LANES);
            for (int i = 0; i < rows; i += LANES) {
                int row = Math.min(i, rows - LANES);
                square(in, from + row * fromRow + column, fromRow, out, to + column * toRow + row,
                        toRow, scratch);
            }
        }
    }

    private static void elements(float[] in, int from, int fromRow, float[] out, int to, int toRow,
            int rows, int columns) {
        for (int j = 0; j < columns; j++) {
            for (int i = 0; i < rows; i++) {
                out[to + j * toRow + i] = in[from + i * fromRow + j];
            }
        }
    }

    private static void square(float[] in, int from, int fromRow, float[] out, int to, int toRow,
            float[] scratch) {
        if (LANES == 4) {
            zipTwice(in, from, fromRow, out, to, toRow);
        } else if (LANES == 8) {
            zipTwice(in, from, fromRow, scratch, 0, LANES);
            zip(scratch, 0, LANES, out, to, toRow);
        } else {
            zipTwice(in, from, fromRow, scratch, 0, LANES);
            zipTwice(scratch, 0, LANES, out, to, toRow);
        }
    }

    private static void zip(float[] in, int from, int fromRow, float[] out, int to, int toRow) {
        int half = LANES / 2;
        for (int i = 0; i < half; i++) {
            FloatVector a = FloatVector.fromArray(SPECIES, in, from + i * fromRow);
            FloatVector b = FloatVector.fromArray(SPECIES, in, from + (i + half) * fromRow);
            a.rearrange(ZIP_LOW, b).intoArray(out, to + 2 * i * toRow);
            a.rearrange(ZIP_HIGH, b).intoArray(out, to + (2 * i + 1) * toRow);
        }
    }

    /** {@link #zip} and again, with half the loads and stores. */
    private static void zipTwice(float[] in, int from, int fromRow, float[] out, int to,
            int toRow) {
        int quarter = LANES / 4;
        for (int i = 0; i < quarter; i++) {
            FloatVector a = FloatVector.fromArray(SPECIES, in, from + i * fromRow);
            FloatVector b = FloatVector.fromArray(SPECIES, in, from + (i + quarter) * fromRow);
            FloatVector c = FloatVector.fromArray(SPECIES, in, from + (i + 2 * quarter) * fromRow);
            FloatVector d = FloatVector.fromArray(SPECIES, in, from + (i + 3 * quarter) * fromRow);
            FloatVector acLow = a.rearrange(ZIP_LOW, c);
            FloatVector acHigh = a.rearrange(ZIP_HIGH, c);
            FloatVector bdLow = b.rearrange(ZIP_LOW, d);
            FloatVector bdHigh = b.rearrange(ZIP_HIGH, d);
            acLow.rearrange(ZIP_LOW, bdLow).intoArray(out, to + 4 * i * toRow);
            acLow.rearrange(ZIP_HIGH, bdLow).intoArray(out, to + (4 * i + 1) * toRow);
            acHigh.rearrange(ZIP_LOW, bdHigh).intoArray(out, to + (4 * i + 2) * toRow);
            acHigh.rearrange(ZIP_HIGH, bdHigh).intoArray(out, to + (4 * i + 3) * toRow);
        }
    }
}
