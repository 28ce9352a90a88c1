package dev.sepconv.kernel.op;

import dev.sepconv.kernel.conv.Activations;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Products of matrices, with learned ones and with one another. */
public final class MatrixProducts {

    /** So many products are added up by themselves: rounding grows with a sum's length. */
    private static final int STRETCH = 64;

    private MatrixProducts() {
    }

    /**
     * Input {@code [rows, C]}, weight {@code [K, C]}, bias {@code [K]}, output {@code [rows, K]}.
     *
     * @param sizes C
     */
    public static void fullyConnected(FloatArray input, FloatArray weight, FloatArray bias,
            FloatArray output, IntArray sizes, int rows, int one, int outputs, int activation,
            float slope) {
        int inputs = sizes.get(0);
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int z = 0; z < one; z++) {
                for (@Parallel int k = 0; k < outputs; k++) {
                    float sum = bias.get(k);
                    for (int first = 0; first < inputs; first += STRETCH) {
                        int end = first + STRETCH < inputs ? first + STRETCH : inputs;
                        float part = 0f;
                        for (int c = first; c < end; c++) {
                            part += input.get(row * inputs + c) * weight.get(k * inputs + c);
                        }
                        sum += part;
                    }
                    output.set(row * outputs + k, Activations.apply(sum, activation, slope));
                }
            }
        }
    }

    /**
     * Input a {@code [.., rows, length]}, b {@code [.., length, columns]}, output
     * {@code [batch, rows, columns]}.
     *
     * @param sizes the length, then for each product where its matrix a and its matrix b begin
     * @param batch product of the dimensions before the last two
     */
    public static void product(FloatArray a, FloatArray b, FloatArray unused, FloatArray output,
            IntArray sizes, int batch, int rows, int columns, int mode, float number) {
        int length = sizes.get(0);
        for (@Parallel int n = 0; n < batch; n++) {
            for (@Parallel int row = 0; row < rows; row++) {
                for (@Parallel int column = 0; column < columns; column++) {
                    int atA = sizes.get(1 + 2 * n) + row * length;
                    int atB = sizes.get(2 + 2 * n) + column;
                    float sum = 0f;
                    for (int first = 0; first < length; first += STRETCH) {
                        int end = first + STRETCH < length ? first + STRETCH : length;
                        float part = 0f;
                        for (int i = first; i < end; i++) {
                            part += a.get(atA + i) * b.get(atB + i * columns);
                        }
                        sum += part;
                    }
                    output.set((n * rows + row) * columns + column, sum);
                }
            }
        }
    }
}
