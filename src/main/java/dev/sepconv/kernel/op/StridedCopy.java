package dev.sepconv.kernel.op;

import dev.sepconv.kernel.conv.Tile;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;

/**
 * Copies an index space from one array to another, each with strides of its own: transposing,
 * slicing, joining.
 */
public final class StridedCopy {

    /** Numbers that a work-item of {@link #runs} copies. */
    public static final int RUN = 256;

    private StridedCopy() {
    }

    /**
     * @param sizes as {@link Strides#space} makes it for input and output
     * @param rows product of the outer dimensions
     */
    public static void floats(FloatArray input, FloatArray unused, FloatArray unused2,
            FloatArray output, IntArray sizes, int rows, int mids, int columns, int mode,
            float number) {
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int mid = 0; mid < mids; mid++) {
                for (@Parallel int column = 0; column < columns; column++) {
                    output.set(Strides.second(sizes, row, mid, column),
                            input.get(Strides.first(sizes, row, mid, column)));
                }
            }
        }
    }

    /**
     * {@link #floats} for CPUs: a work-item has {@value #RUN} numbers of a row, and finds its place
     * once.
     */
    public static void runs(FloatArray input, FloatArray unused, FloatArray unused2,
            FloatArray output, IntArray sizes, int rows, int mids, int runs, int mode,
            float number) {
        int columns = sizes.get(Strides.COLUMNS);
        int inStep = sizes.get(Strides.FIRST_COLUMN);
        int outStep = sizes.get(Strides.SECOND_COLUMN);
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int mid = 0; mid < mids; mid++) {
                for (@Parallel int run = 0; run < runs; run++) {
                    int begin = run * RUN;
                    int end = Tile.min(begin + RUN, columns);
                    int in = Strides.first(sizes, row, mid, 0);
                    int out = Strides.second(sizes, row, mid, 0);
                    for (int column = begin; column < end; column++) {
                        output.set(out + column * outStep, input.get(in + column * inStep));
                    }
                }
            }
        }
    }

    /**
     * {@link #floats} between arrays of vectors, number by number: for channels that don't begin
     * with a vector.
     */
    public static void numbers(VectorFloat16 input, VectorFloat16 unused, VectorFloat16 unused2,
            VectorFloat16 output, IntArray sizes, int rows, int mids, int mode, float number) {
        int columns = sizes.get(Strides.COLUMNS);
        int inStep = sizes.get(Strides.FIRST_COLUMN);
        int outStep = sizes.get(Strides.SECOND_COLUMN);
        FloatArray from = input.getArray();
        FloatArray to = output.getArray();
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int mid = 0; mid < mids; mid++) {
                int in = Strides.first(sizes, row, mid, 0);
                int out = Strides.second(sizes, row, mid, 0);
                for (int column = 0; column < columns; column++) {
                    to.set(out + column * outStep, from.get(in + column * inStep));
                }
            }
        }
    }

    /** {@link #floats} of whole vectors, which {@code sizes} counts. */
    public static void vectors(VectorFloat16 input, VectorFloat16 unused, VectorFloat16 unused2,
            VectorFloat16 output, IntArray sizes, int rows, int mids, int mode, float number) {
        int columns = sizes.get(Strides.COLUMNS);
        int inStep = sizes.get(Strides.FIRST_COLUMN);
        int outStep = sizes.get(Strides.SECOND_COLUMN);
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int mid = 0; mid < mids; mid++) {
                int in = Strides.first(sizes, row, mid, 0);
                int out = Strides.second(sizes, row, mid, 0);
                for (int column = 0; column < columns; column++) {
                    output.set(out + column * outStep, input.get(in + column * inStep));
                }
            }
        }
    }
}
