package dev.sepconv.kernel.op;

import dev.sepconv.kernel.conv.Float16s;
import dev.sepconv.kernel.conv.Tile;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/**
 * One number for all along a dimension. Sums are made of partial sums of 64 numbers, so that
 * rounding errors don't grow with the length.
 */
public final class Reduce {

    public static final int MEAN = 0;
    public static final int MAX = 1;
    public static final int SUM = 2;

    private Reduce() {
    }

    /**
     * Input {@code [outer, length, inner]}, output {@code [outer, inner]}.
     *
     * @param sizes the length
     */
    public static void floats(FloatArray input, FloatArray unused, FloatArray unused2,
            FloatArray output, IntArray sizes, int outer, int one, int inner, int kind,
            float number) {
        int length = sizes.get(0);
        for (@Parallel int o = 0; o < outer; o++) {
            for (@Parallel int z = 0; z < one; z++) {
                for (@Parallel int i = 0; i < inner; i++) {
                    float sum = 0f;
                    float greatest = Float.NEGATIVE_INFINITY;
                    for (int first = 0; first < length; first += 64) {
                        int end = first + 64 < length ? first + 64 : length;
                        float part = 0f;
                        for (int l = first; l < end; l++) {
                            float x = input.get((o * length + l) * inner + i);
                            part += x;
                            greatest = x > greatest || x != x ? x : greatest; // a NaN stays
                        }
                        sum += part;
                    }
                    float result = greatest;
                    if (kind == MEAN) {
                        result = sum / length;
                    } else if (kind == SUM) {
                        result = sum;
                    }
                    output.set(o * inner + i, result);
                }
            }
        }
    }

    /**
     * {@link #floats} for GPUs: in a work-group {@code parts} work-items each take every so many
     * number of one result's, and then put theirs together.
     *
     * @param parts a power of two, 128 at most; neighbouring work-items are parts of one result
     * where its numbers lie together ({@code inner} is 1), else results side by side
     */
    public static void groups(KernelContext context, FloatArray input, FloatArray unused,
            FloatArray unused2, FloatArray output, int outer, int length, int inner, int parts,
            int kind, float number) {
        float[] results = context.allocateFloatLocalArray(128);
        int thread = context.localIdx;
        int across = 128 / parts;
        int position = inner == 1 ? thread / parts : thread % across;
        int part = inner == 1 ? thread % parts : thread / across;
        int wanted = context.groupIdx * across + position;
        int o = Tile.min(wanted, outer * inner - 1);
        int at = o / inner * length * inner + o % inner;
        float result = kind == MAX ? Float.NEGATIVE_INFINITY : 0f;
        for (int first = part; first < length; first += 64 * parts) {
            int end = Tile.min(first + 64 * parts, length);
            float some = kind == MAX ? Float.NEGATIVE_INFINITY : 0f;
            for (int l = first; l < end; l += parts) {
                float x = input.get(at + l * inner);
                if (kind == MAX) {
                    some = x > some || x != x ? x : some; // a NaN stays
                } else {
                    some += x;
                }
            }
            if (kind == MAX) {
                result = some > result || some != some ? some : result;
            } else {
                result += some;
            }
        }
        int own = part * across + position;
        results[own] = result;
        for (int half = parts / 2; half > 0; half = half / 2) {
            context.localBarrier();
            if (part < half) {
                float x = results[own + half * across];
                if (kind == MAX) {
                    result = x > result || x != x ? x : result;
                } else {
                    result += x;
                }
                results[own] = result;
            }
        }
        if (part == 0) {
            if (wanted == o) {
                output.set(o, kind == MEAN ? result / length : result);
            }
        }
    }

    /**
     * Over all pixels of a picture, of whole vectors.
     *
     * @param sizes pixels of a picture, vectors from one pixel of the input to the next and of the
     * output
     * @param batch N
     * @param blocks vectors of a pixel
     */
    public static void vectors(VectorFloat16 input, VectorFloat16 unused, VectorFloat16 unused2,
            VectorFloat16 output, IntArray sizes, int batch, int blocks, int kind, float number) {
        int pixels = sizes.get(0);
        int inPixel = sizes.get(1);
        int outPixel = sizes.get(2);
        int inFirst = sizes.get(3);
        for (@Parallel int n = 0; n < batch; n++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                Float16 result = Float16s.of(kind == MAX ? Float.NEGATIVE_INFINITY : 0f);
                Float16 squares = Float16s.of(0f);
                for (int first = 0; first < pixels; first += 64) {
                    int end = first + 64 < pixels ? first + 64 : pixels;
                    Float16 part = Float16s.of(kind == MAX ? Float.NEGATIVE_INFINITY : 0f);
                    for (int p = first; p < end; p++) {
                        Float16 x = input.get((n * pixels + p) * inPixel + inFirst + block);
                        squares = Float16.add(squares, Float16.mult(x, x));
                        if (kind == MAX) {
                            part = Float16.max(part, x);
                        } else {
                            part = Float16.add(part, x);
                        }
                    }
                    if (kind == MAX) {
                        result = Float16.max(result, part);
                    } else {
                        result = Float16.add(result, part);
                    }
                }
                if (kind == MEAN) {
                    result = Float16.mult(result, Float16s.of(1f / pixels));
                } else if (kind == MAX) {
                    result = Float16.add(result, Float16s.notNumbers(squares)); // a NaN stays
                }
                output.set(n * outPixel + block, result);
            }
        }
    }
}
