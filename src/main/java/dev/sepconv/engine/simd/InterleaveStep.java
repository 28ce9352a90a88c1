package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import dev.sepconv.Shape;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Two pictures' channels in turns: what a shuffle of two groups makes of one after the other, but
 * neither need have been brought there. A task is one row of one image.
 */
final class InterleaveStep implements Step {

    private static final int HALF = LANES / 2;

    /** Each of the first lanes twice. */
    private static final VectorShuffle<Float> TWICE = VectorShuffle.fromOp(SPECIES, i -> i / 2);

    private static final VectorMask<Float> ODD = VectorMask.fromLong(SPECIES,
            0xAAAA_AAAA_AAAA_AAAAL);

    private final Shape shape;
    private final View even;
    private final View odd;
    private final Buffer second;
    private final Grid out;

    /**
     * @param shape of the result
     * @param even where the channels lie that come to even places, side by side, with room for a
     * vector that begins at the last one
     * @param odd the others, in {@code second}
     */
    InterleaveStep(Shape shape, View even, View odd, Buffer second, Grid out) {
        this.shape = shape;
        this.even = even;
        this.odd = odd;
        this.second = second;
        this.out = out;
    }

    @Override
    public int tasks() {
        return shape.n() * shape.h();
    }

    @Override
    public void run(int task, int worker, float[] input, float[] output) {
        int n = task / shape.h();
        int h = task % shape.h();
        float[] odds = second.floats();
        int a = at(even, n, h);
        int b = at(odd, n, h);
        int to = out.at(n, h, 0);
        int aStep = even.strides().get(3);
        int bStep = odd.strides().get(3);
        for (int w = 0; w < shape.w(); w++) {
            pixel(input, a, odds, b, shape.c() / 2, output, to);
            a += aStep;
            b += bStep;
            to += out.pixel();
        }
    }

    private static int at(View view, int n, int h) {
        return view.base() + n * view.strides().get(0) + h * view.strides().get(2);
    }

    private static void pixel(float[] even, int a, float[] odd, int b, int pairs, float[] out,
            int to) {
        if (pairs < HALF) {
            for (int i = 0; i < pairs; i++) {
                out[to + 2 * i] = even[a + i];
                out[to + 2 * i + 1] = odd[b + i];
            }
            return;
        }
        for (int i = 0; i < pairs; i += HALF) {
            int pair = Math.min(i, pairs - HALF); // the last ones overlap those before
            FloatVector x = FloatVector.fromArray(SPECIES, even, a + pair).rearrange(TWICE);
            FloatVector y = FloatVector.fromArray(SPECIES, odd, b + pair).rearrange(TWICE);
            x.blend(y, ODD).intoArray(out, to + 2 * pair);
        }
    }
}
