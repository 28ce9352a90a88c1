package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sepconv.Op.Resize;
import dev.sepconv.Op.Resize.Coordinates;
import dev.sepconv.Op.Resize.Interpolation;
import dev.sepconv.Op.Resize.Rounding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Which pixels a resized picture is made of, worked out in whole numbers: 2 * out * x is one for
 * every place x.
 */
class ResizeTest {

    private static final int LARGEST = 96;

    @Test
    void tiesThatARoundedScaleMisses() {
        assertArrayEquals(new int[]{0, 4},
                nearest(Coordinates.ASYMMETRIC, Rounding.PREFER_CEIL, 7, 2).columns(7).first(),
                "3.5 goes up");
        assertEquals(6, nearest(Coordinates.HALF_PIXEL, Rounding.PREFER_FLOOR, 14, 19).columns(14)
                .first()[9], "6.5 goes down");
    }

    @Test
    void anyOtherScaleIsTakenAsFloat32() {
        Resize resize = new Resize(Interpolation.NEAREST, Coordinates.HALF_PIXEL, Rounding.FLOOR, 1,
                7, 1, 0.6f);
        assertEquals(6, resize.columns(12).first()[4],
                "4.5f / 0.6f - 0.5f is 6.9999995, in ONNX Runtime as well");
    }

    @ParameterizedTest
    @EnumSource
    void everyPairOfSizes(Coordinates coordinates) {
        for (int in = 1; in <= LARGEST; in++) {
            for (int out = 1; out <= LARGEST; out++) {
                for (Rounding rounding : Rounding.values()) {
                    int[] expected = new int[out];
                    for (int i = 0; i < out; i++) {
                        expected[i] = nearest(coordinates, rounding, in, out, i);
                    }
                    String what = "%s %s %d to %d".formatted(coordinates, rounding, in, out);
                    assertArrayEquals(expected,
                            nearest(coordinates, rounding, in, out).columns(in).first(), what);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void linearSharesAreThePlaces(Coordinates coordinates) {
        for (int in = 1; in <= LARGEST; in += 5) {
            for (int out = 1; out <= LARGEST; out++) {
                Resize resize = new Resize(Interpolation.LINEAR, coordinates, Rounding.FLOOR, out,
                        1, (float) out / in, 1);
                Resize.Samples rows = resize.rows(in);
                for (int i = 0; i < out; i++) {
                    double place = Math.clamp((double) numerator(coordinates, in, out, i)
                            / denominator(coordinates, out), 0, in - 1.0);
                    double made = rows.first()[i]
                            + (rows.second()[i] - rows.first()[i]) * (double) rows.weight()[i];
                    assertEquals(place, made, 1e-6,
                            "%s %d to %d, row %d".formatted(coordinates, in, out, i));
                }
            }
        }
    }

    private static Resize nearest(Coordinates coordinates, Rounding rounding, int in, int out) {
        return new Resize(Interpolation.NEAREST, coordinates, rounding, 1, out, 1,
                (float) out / in);
    }

    private static int nearest(Coordinates coordinates, Rounding rounding, int in, int out, int i) {
        long place = numerator(coordinates, in, out, i);
        long one = denominator(coordinates, out);
        long floor = Math.floorDiv(place, one);
        long rest = 2 * (place - floor * one); // against one: below, at or above the middle
        long nearest = switch (rounding) {
            case FLOOR -> floor;
            case CEIL -> rest > 0 ? floor + 1 : floor;
            case PREFER_FLOOR -> rest > one ? floor + 1 : floor;
            case PREFER_CEIL -> rest >= one ? floor + 1 : floor;
        };
        return (int) Math.clamp(nearest, 0L, in - 1L);
    }

    private static long numerator(Coordinates coordinates, int in, int out, int i) {
        return switch (coordinates) {
            case HALF_PIXEL -> (2L * i + 1) * in - out;
            case PYTORCH_HALF_PIXEL -> out == 1 ? 0 : (2L * i + 1) * in - out;
            case ALIGN_CORNERS -> out == 1 ? 0 : (long) i * (in - 1);
            case ASYMMETRIC -> 2L * i * in;
        };
    }

    private static long denominator(Coordinates coordinates, int out) {
        return coordinates == Coordinates.ALIGN_CORNERS ? Math.max(1, out - 1) : 2L * out;
    }
}
