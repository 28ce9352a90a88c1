package dev.sepconv.kernel.op;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * {@code exp(x) / sum(exp(x))} along one dimension, the greatest number taken off first so that
 * nothing overflows.
 */
public final class Softmax {

    private Softmax() {
    }

    /**
     * Input and output {@code [outer, length, inner]}; one work-item a length.
     *
     * @param sizes the length
     */
    public static void floats(FloatArray input, FloatArray unused, FloatArray unused2,
            FloatArray output, IntArray sizes, int outer, int one, int inner, int mode,
            float number) {
        int length = sizes.get(0);
        for (@Parallel int o = 0; o < outer; o++) {
            for (@Parallel int z = 0; z < one; z++) {
                for (@Parallel int i = 0; i < inner; i++) {
                    int at = o * length * inner + i;
                    float greatest = input.get(at);
                    for (int l = 1; l < length; l++) {
                        float x = input.get(at + l * inner);
                        greatest = x > greatest ? x : greatest;
                    }
                    float sum = 0f;
                    for (int l = 0; l < length; l++) {
                        sum += TornadoMath.exp(input.get(at + l * inner) - greatest);
                    }
                    for (int l = 0; l < length; l++) {
                        output.set(at + l * inner,
                                TornadoMath.exp(input.get(at + l * inner) - greatest) / sum);
                    }
                }
            }
        }
    }
}
