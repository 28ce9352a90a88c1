package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import java.util.List;
import jdk.incubator.vector.FloatVector;

/** Softmax along one dimension; the greatest is taken off first, so that nothing overflows. */
final class SoftmaxStep implements Step {

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
                Functions.exp(FloatVector.fromArray(SPECIES, in, from + i).sub(greatest))
                        .intoArray(out, to + i);
            }
        }
        for (int i = done; i < size; i++) {
            out[to + i * outStep] = (float) Math.exp(in[from + i * inStep] - greatest);
        }
        float factor = (float) (1 / Sums.of(out, to, size, outStep));
        for (int i = 0; i < size; i++) {
            out[to + i * outStep] *= factor;
        }
    }
}
