package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.gen.EvenTile.APART;
import static dev.sepconv.engine.simd.gen.EvenTile.MOST_NUMBERS;
import static dev.sepconv.engine.simd.gen.EvenTile.PIXELS;
import static dev.sepconv.engine.simd.gen.PixelTile.WIDTH;
import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Activation;
import dev.sepconv.ConvTester;
import dev.sepconv.Layout;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
import dev.sepconv.engine.simd.gen.EvenTile;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Of each machine, also of those whose registers are too few for it to be taken. */
class EvenTileTest {

    private static final int OUT = 3 * WIDTH + 5;
    private static final int FIRST = 11;

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 2", "15, 1", "16, 2", "27, 2", "100, 1", "147, 2", "160, 2"})
    void pixelsOfAnyLength(int length, int vectors) {
        Random random = new Random(31 * length + vectors);
        int count = 3 * PIXELS;
        int width = vectors * LANES;
        float[] in = numbers(random, FIRST + count * APART);
        float[] panels = numbers(random, 2 * MOST_NUMBERS * WIDTH);
        float[] bias = numbers(random, 2 * WIDTH);
        in[FIRST + (PIXELS + 2) * APART + length - 1] = Float.NaN;
        in[FIRST + (PIXELS + 3) * APART] = Float.NEGATIVE_INFINITY;
        int[] offsets = new int[count];
        Arrays.setAll(offsets, p -> (count - 1 - p) * OUT);
        float[] out = new float[count * OUT];
        Arrays.fill(out, 7);
        int panel = length * WIDTH;
        EvenTile.run(in, FIRST, length, panels, panel, bias, WIDTH, width, -0.25f, 0.5f, out,
                offsets, 3, PIXELS, 2 * PIXELS);
        for (int p = 0; p < count; p++) {
            for (int i = 0; i < OUT; i++) {
                int k = i - 3;
                double right = p < PIXELS || k < 0 || k >= width
                        ? 7
                        : clamp(sum(in, FIRST + p * APART, panels, panel + k, length)
                                + bias[WIDTH + k]);
                assertEquals(right, out[offsets[p] + i], 1e-5,
                        "pixel %d, number %d".formatted(p, i));
            }
        }
    }

    /** Layers take it only once it is compiled: some seconds after the first one was made. */
    @Test
    void layersTakeItOnceItIsCompiled() throws InterruptedException {
        Primer.want(Primer.Hot.EVEN_PIXELS);
        for (int i = 0; i < 600 && !Primer.Hot.EVEN_PIXELS.isDone(); i++) {
            Thread.sleep(50);
        }
        assertTrue(Primer.Hot.EVEN_PIXELS.isDone());
        try (SimdEngine engine = SimdEngine.open(2)) {
            for (int channels : new int[]{1, 15, 16, 27, 96, 160, 161}) {
                for (Layout layout : Layout.values()) {
                    for (Activation activation : List.of(Activation.RELU6, Activation.SILU)) {
                        ConvTester.check(
                                ConvTester.conv().channels(channels).filters(3 * channels % 77 + 1)
                                        .kernel(1, 1).size(11, 5).batch(2).activation(activation)
                                        .layout(layout).build(),
                                engine, engine.devices().getFirst());
                    }
                }
            }
            for (int channels : new int[]{1, 17, 32, 160, 176}) {
                for (int stride : new int[]{1, 2}) {
                    ConvTester.check(
                            new ConvTester.Case(
                                    SeparableConv2d.mobilenet(channels, channels + 16, 3, stride),
                                    new Shape(2, channels, 13, 31), Layout.NHWC, channels),
                            engine, engine.devices().getFirst());
                }
            }
        }
    }

    private static double clamp(double x) {
        return x < -0.25 ? -0.25 : x > 0.5 ? 0.5 : x;
    }

    private static double sum(float[] in, int from, float[] panels, int at, int length) {
        double sum = 0;
        for (int c = 0; c < length; c++) {
            sum += (double) in[from + c] * panels[at + c * WIDTH];
        }
        return sum;
    }

    private static float[] numbers(Random random, int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = random.nextFloat() - 0.5f;
        }
        return numbers;
    }
}
