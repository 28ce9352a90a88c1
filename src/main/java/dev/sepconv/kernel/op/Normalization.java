package dev.sepconv.kernel.op;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Runs of numbers brought to mean 0 and variance 1. */
public final class Normalization {

    /** So many numbers are summed one after the other. */
    private static final int LONGEST_RUN = 256;

    private Normalization() {
    }

    /**
     * Input and output {@code [runs, length]}; one work-item a run.
     *
     * @param sizes the length
     * @param centered 1 to take the mean off, else 0
     * @param epsilon added to the variance
     */
    public static void floats(FloatArray input, FloatArray unused, FloatArray unused2,
            FloatArray output, IntArray sizes, int runs, int one, int alsoOne, int centered,
            float epsilon) {
        int length = sizes.get(0);
        for (@Parallel int run = 0; run < runs; run++) {
            for (@Parallel int y = 0; y < one; y++) {
                for (@Parallel int z = 0; z < alsoOne; z++) {
                    int at = run * length;
                    float total = 0f;
                    for (int from = 0; from < length; from += LONGEST_RUN) {
                        int end = Math.min(from + LONGEST_RUN, length);
                        float sum = 0f;
                        for (int i = from; i < end; i++) {
                            sum += input.get(at + i);
                        }
                        total += sum;
                    }
                    float mean = centered == 0 ? 0f : total / length;
                    float squares = 0f;
                    for (int from = 0; from < length; from += LONGEST_RUN) {
                        int end = Math.min(from + LONGEST_RUN, length);
                        float sum = 0f;
                        for (int i = from; i < end; i++) {
                            float x = input.get(at + i) - mean;
                            sum += x * x;
                        }
                        squares += sum;
                    }
                    float factor = 1f / TornadoMath.sqrt(squares / length + epsilon);
                    for (int i = 0; i < length; i++) {
                        output.set(at + i, (input.get(at + i) - mean) * factor);
                    }
                }
            }
        }
    }
}
