package dev.sepconv.kernel.op;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The greatest or least numbers along one dimension, in order. */
public final class Ordering {

    private Ordering() {
    }

    /**
     * Input {@code [outer, length, inner]}, output {@code [outer, count, inner]}; one work-item a
     * length, which goes through it once for each number that it finds.
     *
     * @param sizes the length, the count
     * @param indices 1 where indices are wanted, 0 where numbers are
     * @param sign 1 for the greatest first, -1 for the least
     */
    public static void topK(FloatArray input, FloatArray unused, FloatArray unused2,
            FloatArray output, IntArray sizes, int outer, int one, int inner, int indices,
            float sign) {
        int length = sizes.get(0);
        int count = sizes.get(1);
        for (@Parallel int o = 0; o < outer; o++) {
            for (@Parallel int z = 0; z < one; z++) {
                for (@Parallel int i = 0; i < inner; i++) {
                    int at = o * length * inner + i;
                    float before = Float.POSITIVE_INFINITY;
                    int indexBefore = -1;
                    for (int k = 0; k < count; k++) {
                        float best = 0f;
                        int index = -1;
                        for (int l = 0; l < length; l++) {
                            float x = input.get(at + l * inner);
                            // a NaN is less than nothing, so it counts as infinity
                            float key = x < Float.POSITIVE_INFINITY
                                    ? x * sign
                                    : Float.POSITIVE_INFINITY * sign;
                            int isLeft = key < before ? 1 : 0;
                            isLeft = key == before ? (l > indexBefore ? 1 : 0) : isLeft;
                            int isBetter = index < 0 ? 1 : 0;
                            isBetter = key > best ? 1 : isBetter;
                            if (isLeft * isBetter == 1) {
                                best = key;
                                index = l;
                            }
                        }
                        before = best;
                        indexBefore = index;
                        output.set((o * count + k) * inner + i,
                                indices == 1 ? (float) index : input.get(at + index * inner));
                    }
                }
            }
        }
    }
}
