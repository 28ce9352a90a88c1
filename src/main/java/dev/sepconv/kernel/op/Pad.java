package dev.sepconv.kernel.op;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Cells round an array: the last two dimensions have loops of their own, those before share the
 * first.
 */
public final class Pad {

    public static final int CONSTANT = 0;
    public static final int EDGE = 1;
    public static final int REFLECT = 2;

    /**
     * Of each dimension, from the innermost: its size in the output and in the input, cells before,
     * the input's stride.
     */
    public static final int PER_DIMENSION = 4;

    private Pad() {
    }

    /**
     * @param sizes how many dimensions there are, at least 2, and then for each of them
     * {@link #PER_DIMENSION} numbers
     * @param rows product of the output's sizes before the last two
     * @param value what the cells hold in mode constant
     */
    public static void floats(FloatArray input, FloatArray unused, FloatArray unused2,
            FloatArray output, IntArray sizes, int rows, int mids, int columns, int mode,
            float value) {
        int dimensions = sizes.get(0);
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int mid = 0; mid < mids; mid++) {
                for (@Parallel int column = 0; column < columns; column++) {
                    int at = source(column, sizes.get(2), sizes.get(3), mode) * sizes.get(4)
                            + source(mid, sizes.get(6), sizes.get(7), mode) * sizes.get(8);
                    int outside = outside(column, sizes.get(2), sizes.get(3))
                            + outside(mid, sizes.get(6), sizes.get(7));
                    int rest = row;
                    for (int d = 2; d < dimensions; d++) {
                        int i = rest % sizes.get(1 + 4 * d);
                        rest = rest / sizes.get(1 + 4 * d);
                        at += source(i, sizes.get(2 + 4 * d), sizes.get(3 + 4 * d), mode)
                                * sizes.get(4 + 4 * d);
                        outside += outside(i, sizes.get(2 + 4 * d), sizes.get(3 + 4 * d));
                    }
                    float x = input.get(at);
                    float result = x;
                    if (mode == CONSTANT) {
                        result = outside > 0 ? value : x;
                    }
                    output.set((row * mids + mid) * columns + column, result);
                }
            }
        }
    }

    /** The place in the input that a place in the output shows. */
    public static int source(int out, int size, int before, int mode) {
        int i = out - before;
        int last = size - 1;
        int clamped = i < 0 ? 0 : (i > last ? last : i);
        int mirrored = i < 0 ? -i : (i > last ? 2 * last - i : i);
        return mode == REFLECT ? mirrored : clamped;
    }

    /** A sum, since TornadoVM can't translate a condition with || to SPIR-V. */
    private static int outside(int out, int size, int before) {
        int i = out - before;
        return (i < 0 ? 1 : 0) + (i >= size ? 1 : 0);
    }
}
