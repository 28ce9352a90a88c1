package dev.sepconv.engine.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sepconv.Activation;
import dev.sepconv.ConvTester;
import dev.sepconv.Layout;
import dev.sepconv.Padding;
import dev.sepconv.engine.simd.gen.SlidingTile;
import dev.sepconv.engine.simd.vector.VectorUnit;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Of each machine, also of those whose registers are too few for it to be taken. */
class SlidingTileTest {

    /** One vector before those that are computed, and one behind. */
    private static final int CHANNELS = 4 * VectorUnit.LANES;

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "7, 1", "56, 1", "57, 1", "130, 1", "1, 2", "2, 2", "28, 2",
            "29, 2", "60, 2"})
    void rowsOfAnyLength(int count, int stride) {
        for (int outside = 0; outside < 4; outside++) {
            rows(count, stride, (outside & 1) != 0, (outside & 2) != 0);
        }
    }

    private static void rows(int count, int stride, boolean left, boolean right) {
        Random random = new Random(count * 31L + stride);
        int columns = (count - 1) * stride + 3;
        int rows = stride + 3;
        int rowStep = (columns + 1) * CHANNELS;
        float[] in = numbers(random, rows * rowStep);
        float[] taps = numbers(random, 9 * CHANNELS);
        float[] bias = numbers(random, CHANNELS);
        in[rowStep + CHANNELS + 2 * VectorUnit.LANES] = Float.NaN;
        int first = 0;
        for (int h = 0; h < rows; h++) {
            if (left) { // what must not be read
                Arrays.fill(in, h * rowStep, h * rowStep + CHANNELS, Float.NaN);
            }
            if (right) {
                Arrays.fill(in, h * rowStep + (columns - 1) * CHANNELS,
                        h * rowStep + columns * CHANNELS, Float.NaN);
            }
        }
        int pixel = CHANNELS + 3;
        int row = count * pixel + 5;
        float[] out = new float[2 * row];
        Arrays.fill(out, 7);
        int from = VectorUnit.LANES;
        int to = 3 * VectorUnit.LANES;
        SlidingTile.run(in, first, rowStep, CHANNELS, stride, taps, CHANNELS, bias, from, to, -0.5f,
                0.75f, out, 0, row, pixel, count, left, right);
        for (int h = 0; h < 2; h++) {
            for (int w = 0; w < count; w++) {
                for (int c = 0; c < pixel; c++) {
                    double right0 = 7;
                    if (c >= from && c < to) {
                        double sum = bias[c];
                        for (int r = 0; r < 3; r++) {
                            for (int s = 0; s < 3; s++) {
                                int column = w * stride + s;
                                if (left && column == 0 || right && column == columns - 1) {
                                    continue;
                                }
                                sum += (double) taps[(r * 3 + s) * CHANNELS + c]
                                        * in[(h * stride + r) * rowStep + column * CHANNELS + c];
                            }
                        }
                        right0 = sum < -0.5 ? -0.5 : sum > 0.75 ? 0.75 : sum;
                    }
                    assertEquals(right0, out[h * row + w * pixel + c], 1e-5,
                            "row %d, pixel %d, channel %d".formatted(h, w, c));
                }
            }
        }
    }

    /** Padding of which no column, one or two are beyond either end. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void layersWithAnyPadding(int stride) {
        try (SimdEngine engine = SimdEngine.open(2)) {
            for (int width = 1; width < 8; width++) {
                for (int left = 0; left < 4; left++) {
                    for (int right = 0; right < 4; right++) {
                        if (width + left + right >= 3) {
                            layer(engine, stride, width, left, right);
                        }
                    }
                }
            }
            layer(engine, stride, 61, 1, 1);
            layer(engine, stride, 120, 0, 1);
        }
    }

    private static void layer(SimdEngine engine, int stride, int width, int left, int right) {
        ConvTester.check(ConvTester.conv().channels(VectorUnit.LANES + 3).depthwise(1)
                .stride(stride, stride).size(9, width).padding(Padding.of(1, left, 1, right))
                .layout(Layout.NHWC).activation(Activation.RELU6).build(), engine,
                engine.devices().getFirst());
    }

    private static float[] numbers(Random random, int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = random.nextFloat() - 0.5f;
        }
        return numbers;
    }
}
