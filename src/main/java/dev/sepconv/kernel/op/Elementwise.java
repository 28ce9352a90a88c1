package dev.sepconv.kernel.op;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Operations that make each number of one array from the number at the same place of another;
 * arrays are {@code [N, C, rest]}.
 */
public final class Elementwise {

    private Elementwise() {
    }

    /**
     * A function of each number.
     *
     * @param parameters the function's two
     */
    public static void function(FloatArray input, FloatArray parameters, FloatArray unused,
            FloatArray output, IntArray sizes, int batch, int channels, int rest, int function,
            float number) {
        float a = parameters.get(0);
        float b = parameters.get(1);
        for (@Parallel int n = 0; n < batch; n++) {
            for (@Parallel int c = 0; c < channels; c++) {
                for (@Parallel int i = 0; i < rest; i++) {
                    int at = (n * channels + c) * rest + i;
                    output.set(at, ElementFunctions.apply(input.get(at), function, a, b));
                }
            }
        }
    }

    /** {@code x * scale[c] + shift[c]}. */
    public static void scaleShift(FloatArray input, FloatArray scale, FloatArray shift,
            FloatArray output, IntArray sizes, int batch, int channels, int rest, int mode,
            float number) {
        for (@Parallel int n = 0; n < batch; n++) {
            for (@Parallel int c = 0; c < channels; c++) {
                for (@Parallel int i = 0; i < rest; i++) {
                    int at = (n * channels + c) * rest + i;
                    output.set(at, input.get(at) * scale.get(c) + shift.get(c));
                }
            }
        }
    }

    /** x where x is at least 0, else {@code slopes[c] * x}. */
    public static void prelu(FloatArray input, FloatArray slopes, FloatArray unused,
            FloatArray output, IntArray sizes, int batch, int channels, int rest, int mode,
            float number) {
        for (@Parallel int n = 0; n < batch; n++) {
            for (@Parallel int c = 0; c < channels; c++) {
                for (@Parallel int i = 0; i < rest; i++) {
                    int at = (n * channels + c) * rest + i;
                    float x = input.get(at);
                    output.set(at, x < 0f ? slopes.get(c) * x : x);
                }
            }
        }
    }
}
