package dev.sepconv.kernel.op;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Two arrays, number by number, each repeated along the dimensions where its stride is 0. The two
 * innermost dimensions have loops of their own, the outer ones share the first.
 */
public final class Broadcast {

    private Broadcast() {
    }

    /**
     * @param sizes as {@code Strides.space} makes it for the two inputs
     * @param rows product of the outer dimensions
     */
    public static void binary(FloatArray a, FloatArray b, FloatArray unused, FloatArray output,
            IntArray sizes, int rows, int mids, int columns, int kind, float number) {
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int mid = 0; mid < mids; mid++) {
                for (@Parallel int column = 0; column < columns; column++) {
                    float x = a.get(Strides.first(sizes, row, mid, column));
                    float y = b.get(Strides.second(sizes, row, mid, column));
                    output.set((row * mids + mid) * columns + column,
                            ElementFunctions.apply(x, y, kind));
                }
            }
        }
    }
}
