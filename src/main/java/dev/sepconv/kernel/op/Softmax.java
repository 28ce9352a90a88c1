package dev.sepconv.kernel.op;

import dev.sepconv.kernel.conv.Tile;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * {@code exp(x) / sum(exp(x))} along one dimension, the greatest number taken off first so that
 * nothing overflows.
 */
public final class Softmax {

    private Softmax() {
    }

    /**
     * Input and output {@code [outer, length, inner]}; one work-item a length.
     *
     * @param sizes the length
     */
    public static void floats(FloatArray input, FloatArray unused, FloatArray unused2,
            FloatArray output, IntArray sizes, int outer, int one, int inner, int mode,
            float number) {
        int length = sizes.get(0);
        for (@Parallel int o = 0; o < outer; o++) {
            for (@Parallel int z = 0; z < one; z++) {
                for (@Parallel int i = 0; i < inner; i++) {
                    int at = o * length * inner + i;
                    float greatest = input.get(at);
                    for (int l = 1; l < length; l++) {
                        float x = input.get(at + l * inner);
                        greatest = x > greatest ? x : greatest;
                    }
                    float sum = 0f;
                    for (int l = 0; l < length; l++) {
                        sum += TornadoMath.exp(input.get(at + l * inner) - greatest);
                    }
                    for (int l = 0; l < length; l++) {
                        output.set(at + l * inner,
                                TornadoMath.exp(input.get(at + l * inner) - greatest) / sum);
                    }
                }
            }
        }
    }

    /**
     * {@link #floats} for GPUs: in a work-group {@code parts} work-items each take every so many
     * number of one length.
     *
     * @param parts as of {@link Reduce#groups}
     */
    public static void groups(KernelContext context, FloatArray input, FloatArray unused,
            FloatArray unused2, FloatArray output, int outer, int length, int inner, int parts,
            int mode, float number) {
        float[] greatests = context.allocateFloatLocalArray(128);
        float[] sums = context.allocateFloatLocalArray(128);
        int thread = context.localIdx;
        int across = 128 / parts;
        int position = inner == 1 ? thread / parts : thread % across;
        int part = inner == 1 ? thread % parts : thread / across;
        int wanted = context.groupIdx * across + position;
        int o = Tile.min(wanted, outer * inner - 1);
        int at = o / inner * length * inner + o % inner;
        int own = part * across + position;
        float greatest = Float.NEGATIVE_INFINITY;
        for (int l = part; l < length; l += parts) {
            float x = input.get(at + l * inner);
            greatest = x > greatest ? x : greatest;
        }
        greatests[own] = greatest;
        for (int half = parts / 2; half > 0; half = half / 2) {
            context.localBarrier();
            if (part < half) {
                float x = greatests[own + half * across];
                greatest = x > greatest ? x : greatest;
                greatests[own] = greatest;
            }
        }
        context.localBarrier();
        greatest = greatests[position];
        float sum = 0f;
        for (int l = part; l < length; l += parts) {
            sum += TornadoMath.exp(input.get(at + l * inner) - greatest);
        }
        sums[own] = sum;
        for (int half = parts / 2; half > 0; half = half / 2) {
            context.localBarrier();
            if (part < half) {
                sum += sums[own + half * across];
                sums[own] = sum;
            }
        }
        context.localBarrier();
        sum = sums[position];
        if (wanted == o) {
            for (int l = part; l < length; l += parts) {
                output.set(at + l * inner,
                        TornadoMath.exp(input.get(at + l * inner) - greatest) / sum);
            }
        }
    }
}
