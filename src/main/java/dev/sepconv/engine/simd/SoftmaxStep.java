package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Softmax along one dimension; the greatest is taken off first, so that nothing overflows. */
final class SoftmaxStep implements Step {

    /** Below it a power of e may be a denormal number, where {@link Functions#exp} has zero. */
    private static final float LEAST = -87;

    private static final int LEAST_TASK = 4 * 1024;

    private final Nest others;
    private final int size;
    private final int inStep;
    private final int outStep;
    private final int tasks;

    SoftmaxStep(int dimension, View in, View out) {
        others = new Nest(out.without(List.of(dimension)), in.without(List.of(dimension)));
        size = in.dims().get(dimension);
        inStep = in.strides().get(dimension);
        outStep = out.strides().get(dimension);
        int groups = others.rows() * others.count();
        tasks = Math.clamp((long) groups * size / LEAST_TASK, 1, groups);
    }

    @Override
    public int tasks() {
        return tasks;
    }

    @Override
    public void run(int task, int worker, float[] in, float[] out) {
        long groups = (long) others.rows() * others.count();
        for (int i = (int) (groups * task / tasks); i < (int) (groups * (task + 1L) / tasks); i++) {
            int row = i / others.count();
            int within = i % others.count();
            one(in, others.at(1, row) + within * others.step(1), out,
                    others.at(0, row) + within * others.step(0));
        }
    }

    private void one(float[] in, int from, float[] out, int to) {
        float greatest = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < size; i++) {
            greatest = Math.max(greatest, in[from + i * inStep]);
        }
        int done = 0;
        if (inStep == 1 && outStep == 1) {
            done = size - size % LANES;
            for (int i = 0; i < done; i += LANES) {
                // not the Vector API's own, whose last bit is another once Java has compiled it
                FloatVector x = FloatVector.fromArray(SPECIES, in, from + i).sub(greatest);
                if (x.compare(VectorOperators.LT, LEAST).anyTrue()) {
                    exp(in, from + i, greatest, out, to + i, LANES);
                } else {
                    Functions.exp(x).intoArray(out, to + i);
                }
            }
        }
        exp(in, from + done * inStep, greatest, out, to + done * outStep, size - done);
        float factor = (float) (1 / Sums.of(out, to, size, outStep));
        for (int i = 0; i < size; i++) {
            out[to + i * outStep] *= factor;
        }
    }

    private void exp(float[] in, int from, float greatest, float[] out, int to, int count) {
        for (int i = 0; i < count; i++) {
            out[to + i * outStep] = (float) Math.exp(in[from + i * inStep] - greatest);
        }
    }
}
