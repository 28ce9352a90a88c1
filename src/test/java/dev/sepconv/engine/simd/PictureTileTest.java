package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.gen.PictureTile.PIXELS;
import static dev.sepconv.engine.simd.gen.PixelTile.WIDTH;
import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Activation;
import dev.sepconv.ConvTester;
import dev.sepconv.Layout;
import dev.sepconv.Padding;
import dev.sepconv.engine.simd.gen.PictureTile;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Of each machine, also of those whose registers are too few for it to be taken. */
class PictureTileTest {

    private static final int OUT = 3 * WIDTH + 5;

    @ParameterizedTest
    @CsvSource({"1, 1, 1, 0", "1, 2, 2, 1", "27, 2, 2, 5", "27, 1, 2, 0", "147, 2, 1, 12"})
    void tapsOfAnyNumber(int length, int vectors, int stride, int more) {
        Random random = new Random(31 * length + vectors);
        int count = PIXELS + more;
        int width = vectors * LANES;
        int first = 9;
        int[] taps = random.ints(length, 0, 50).toArray();
        float[] in = numbers(random, first + count * stride + 50);
        float[] panels = numbers(random, 2 * length * WIDTH);
        float[] bias = numbers(random, 2 * WIDTH);
        in[first + taps[0] + 3 * stride] = Float.NaN;
        in[first + taps[length - 1] + 7 * stride] = Float.NEGATIVE_INFINITY;
        int[] offsets = new int[count];
        Arrays.setAll(offsets, p -> (count - 1 - p) * OUT);
        float[] out = new float[count * OUT];
        Arrays.fill(out, 7);
        int panel = length * WIDTH;
        PictureTile.run(in, first, taps, stride, panels, panel, bias, WIDTH, width, -0.25f, 0.5f,
                out, offsets, 3, count);
        for (int p = 0; p < count; p++) {
            for (int i = 0; i < OUT; i++) {
                int k = i - 3;
                double right = 7;
                if (k >= 0 && k < width) {
                    double sum = bias[WIDTH + k];
                    for (int t = 0; t < length; t++) {
                        sum += (double) in[first + taps[t] + p * stride]
                                * panels[panel + t * WIDTH + k];
                    }
                    right = sum < -0.25 ? -0.25 : sum > 0.5 ? 0.5 : sum;
                }
                assertEquals(right, out[offsets[p] + i], 1e-5,
                        "pixel %d, number %d".formatted(p, i));
            }
        }
    }

    /** Layers take it only once it is compiled: some seconds after the first one was made. */
    @Test
    void layersTakeItOnceItIsCompiled() throws InterruptedException {
        for (Primer.Hot hot : List.of(Primer.Hot.PICTURES, Primer.Hot.PICTURES_BY_TWO)) {
            Primer.want(hot);
            for (int i = 0; i < 600 && !hot.isDone(); i++) {
                Thread.sleep(50);
            }
            assertTrue(hot.isDone());
        }
        Random random = new Random(5);
        try (SimdEngine engine = SimdEngine.open(2)) {
            for (int i = 0; i < 60; i++) {
                ConvTester.check(ConvTester.conv().channels(1 + random.nextInt(4))
                        .filters(List.of(8, 16, 24, 32, 49, 64).get(random.nextInt(6)))
                        .kernel(1 + random.nextInt(5), 2 + random.nextInt(6))
                        .stride(1 + random.nextInt(3), 1 + random.nextInt(2))
                        .dilation(1 + random.nextInt(2), 1)
                        .padding(Padding.of(random.nextInt(4), random.nextInt(4), random.nextInt(4),
                                random.nextInt(4)))
                        .size(9 + random.nextInt(9),
                                random.nextInt(9) == 0 ? 500 : PIXELS - 3 + random.nextInt(60))
                        .batch(1 + random.nextInt(2)).layout(Layout.NCHW).seed(i)
                        .activation(random.nextBoolean() ? Activation.RELU6 : Activation.SILU)
                        .build(), engine, engine.devices().getFirst());
            }
        }
    }

    private static float[] numbers(Random random, int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = random.nextFloat() - 0.5f;
        }
        return numbers;
    }
}
