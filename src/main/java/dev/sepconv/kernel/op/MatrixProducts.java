package dev.sepconv.kernel.op;

import dev.sepconv.kernel.conv.Activations;
import dev.sepconv.kernel.conv.Tile;
import uk.ac.manchester.tornado.api.KernelContext;
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
     * {@link #fullyConnected} for GPUs: in a work-group {@code parts} work-items each take every so
     * many number of a row, for four outputs at a time.
     *
     * @param parts a power of two, 128 at most
     */
    public static void fullyConnectedGroups(KernelContext context, FloatArray input,
            FloatArray weight, FloatArray bias, FloatArray output, int rows, int inputs,
            int outputs, int parts, int activation, float slope) {
        float[] sums = context.allocateFloatLocalArray(512);
        int thread = context.localIdx;
        int part = thread % parts;
        int fours = (outputs + 3) / 4;
        int wanted = context.groupIdx * (128 / parts) + thread / parts;
        int four = Tile.min(wanted, rows * fours - 1);
        int row = four / fours;
        int k = four % fours * 4;
        int from = row * inputs;
        int w0 = k * inputs;
        int w1 = Tile.min(k + 1, outputs - 1) * inputs;
        int w2 = Tile.min(k + 2, outputs - 1) * inputs;
        int w3 = Tile.min(k + 3, outputs - 1) * inputs;
        float sum0 = 0f;
        float sum1 = 0f;
        float sum2 = 0f;
        float sum3 = 0f;
        for (int first = part; first < inputs; first += STRETCH * parts) {
            int end = Tile.min(first + STRETCH * parts, inputs);
            float some0 = 0f;
            float some1 = 0f;
            float some2 = 0f;
            float some3 = 0f;
            for (int c = first; c < end; c += parts) {
                float x = input.get(from + c);
                some0 += x * weight.get(w0 + c);
                some1 += x * weight.get(w1 + c);
                some2 += x * weight.get(w2 + c);
                some3 += x * weight.get(w3 + c);
            }
            sum0 += some0;
            sum1 += some1;
            sum2 += some2;
            sum3 += some3;
        }
        sums[thread] = sum0;
        sums[thread + 128] = sum1;
        sums[thread + 256] = sum2;
        sums[thread + 384] = sum3;
        for (int half = parts / 2; half > 0; half = half / 2) {
            context.localBarrier();
            if (part < half) {
                sums[thread] += sums[thread + half];
                sums[thread + 128] += sums[thread + half + 128];
                sums[thread + 256] += sums[thread + half + 256];
                sums[thread + 384] += sums[thread + half + 384];
            }
        }
        context.localBarrier();
        if (wanted == four) {
            for (int i = part; i < 4; i += parts) {
                if (k + i < outputs) {
                    output.set(row * outputs + k + i, Activations.apply(
                            sums[thread - part + 128 * i] + bias.get(k + i), activation, slope));
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
