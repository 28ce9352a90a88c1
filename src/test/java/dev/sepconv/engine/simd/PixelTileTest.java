package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.gen.PixelTile.PIXELS;
import static dev.sepconv.engine.simd.gen.PixelTile.WIDTH;
import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sepconv.engine.simd.gen.PixelTile;
import dev.sepconv.engine.simd.vector.VectorUnit;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How lists of pixels are cut into tiles: every length, and the last pixel more than once. */
class PixelTileTest {

    private static final int[] LENGTHS = {5, 8, 1};
    private static final int CHANNELS = 14;
    private static final int MOST = 4 * PIXELS;

    private final Random random = new Random(3);

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void listsOfAnyLength(int vectors) {
        int[] starts = {0, 5, 13};
        float[] in = numbers(MOST * CHANNELS);
        float[] panels = numbers(CHANNELS * WIDTH);
        float[] bias = numbers(WIDTH);
        int width = vectors * LANES;
        for (int count = 1; count <= MOST; count++) {
            int rounded = VectorUnit.roundUp(count, PIXELS);
            int[] from = new int[rounded];
            for (int p = 0; p < rounded; p++) {
                from[p] = Math.min(p, count - 1) * CHANNELS;
            }
            float[] out = new float[MOST * WIDTH];
            Arrays.fill(out, 7);
            int part = count > PIXELS ? PIXELS : 0; // in two calls where there are enough
            PixelTile.run(in, from, 0, starts, LENGTHS, panels, 0, bias, 0, 0, width, out, 0, WIDTH,
                    part, count);
            PixelTile.run(in, from, 0, starts, LENGTHS, panels, 0, bias, 0, 0, width, out, 0, WIDTH,
                    0, part);
            for (int i = 0; i < out.length; i++) {
                if (i % WIDTH < width) {
                    int pixel = Math.min(i / WIDTH, count - 1);
                    double right = i / WIDTH < rounded
                            ? sum(in, panels, bias, pixel * WIDTH + i % WIDTH)
                            : 7;
                    assertEquals(right, out[i], 1e-5, count + " pixels, number " + i);
                }
            }
        }
    }

    private static double sum(float[] in, float[] panels, float[] bias, int i) {
        double sum = bias[i % WIDTH];
        for (int c = 0; c < CHANNELS; c++) {
            sum += (double) in[i / WIDTH * CHANNELS + c] * panels[c * WIDTH + i % WIDTH];
        }
        return sum;
    }

    private float[] numbers(int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = random.nextFloat() - 0.5f;
        }
        return numbers;
    }
}
