package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import dev.sepconv.Dims;
import dev.sepconv.Op.Normalize;
import java.util.List;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;

/** Runs of numbers brought to mean 0 and variance 1; a run's sums are of double precision. */
final class NormalizeStep implements Step {

    private static final int LEAST_TASK = 4 * 1024;

    private final Normalize op;
    /** Where each run begins, and the numbers within one. */
    private final Nest runs;
    private final Nest run;
    private final double length;
    private final int tasks;

    NormalizeStep(Normalize op, View in, View out) {
        this.op = op;
        List<Integer> within = IntStream.range(op.dimension(), in.dims().rank()).boxed().toList();
        runs = new Nest(out.without(within), in.without(within));
        run = new Nest(inner(out), inner(in));
        length = (double) run.rows() * run.count();
        int count = runs.rows() * runs.count();
        tasks = (int) Math.clamp(count * length / LEAST_TASK, 1, count);
    }

    private View inner(View view) {
        int rank = view.dims().rank();
        return new View(new Dims(view.dims().sizes().subList(op.dimension(), rank)), 0,
                view.strides().subList(op.dimension(), rank));
    }

    @Override
    public int tasks() {
        return tasks;
    }

    @Override
    public void run(int task, int worker, float[] in, float[] out) {
        long count = (long) runs.rows() * runs.count();
        for (int i = (int) (count * task / tasks); i < (int) (count * (task + 1L) / tasks); i++) {
            int row = i / runs.count();
            int within = i % runs.count();
            one(in, runs.at(1, row) + within * runs.step(1), out,
                    runs.at(0, row) + within * runs.step(0));
        }
    }

    private void one(float[] in, int from, float[] out, int to) {
        float mean = op.centered() ? (float) (sum(in, from) / length) : 0;
        double variance = sumOfSquares(in, from, mean) / length;
        float factor = (float) (1 / Math.sqrt(variance + op.epsilon()));
        for (int row = 0; row < run.rows(); row++) {
            int x = from + run.at(1, row);
            int y = to + run.at(0, row);
            int done = 0;
            if (run.step(0) == 1 && run.step(1) == 1) {
                done = run.count() - run.count() % LANES;
                for (int i = 0; i < done; i += LANES) {
                    FloatVector.fromArray(SPECIES, in, x + i).sub(mean).mul(factor).intoArray(out,
                            y + i);
                }
            }
            for (int i = done; i < run.count(); i++) {
                out[y + i * run.step(0)] = (in[x + i * run.step(1)] - mean) * factor;
            }
        }
    }

    private double sum(float[] in, int from) {
        double sum = 0;
        for (int row = 0; row < run.rows(); row++) {
            sum += Sums.of(in, from + run.at(1, row), run.count(), run.step(1));
        }
        return sum;
    }

    private double sumOfSquares(float[] in, int from, float mean) {
        double sum = 0;
        for (int row = 0; row < run.rows(); row++) {
            sum += Sums.ofSquares(in, from + run.at(1, row), run.count(), run.step(1), mean);
        }
        return sum;
    }
}
