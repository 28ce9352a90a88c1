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
                            // sums and products: TornadoVM makes no SPIR-V of conditions
                            // joined by "or", and a wrong one of ints chosen by floats
                            float less = key < before ? 1f : 0f;
                            float equal = key == before ? 1f : 0f;
                            int behind = l > indexBefore ? 1 : 0;
                            int first = index < 0 ? 1 : 0;
                            float greater = key > best ? 1f : 0f;
                            if ((less + equal * behind) * (first + greater) > 0f) {
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
