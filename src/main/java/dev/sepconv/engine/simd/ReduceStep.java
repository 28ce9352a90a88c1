package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import dev.sepconv.Op.Reduce;
import java.util.Comparator;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The mean, sum or greatest of the numbers along some dimensions. What lies along the innermost of
 * them is added up by itself first, so that a sum of many small numbers keeps its precision.
 */
final class ReduceStep implements Step {

    private static final int TASK_NUMBERS = 8 * LANES;

    private final Reduce.Kind kind;
    private final Nest kept;
    private final int outerCount;
    private final int[] outerSizes;
    private final int[] outerStrides;
    private final int innerSize;
    private final int innerStride;
    private final int tasksPerRow;

    /**
     * @param dimensions of {@code in} that are reduced
     * @param out view of the result, with these dimensions left out
     */
    ReduceStep(Reduce.Kind kind, List<Integer> dimensions, View in, View out) {
        this.kind = kind;
        kept = new Nest(out, in.without(dimensions));
        List<Integer> loops = dimensions.stream()
                .sorted(Comparator.comparingInt((Integer i) -> -in.strides().get(i))).toList();
        List<Integer> outer = loops.subList(0, loops.size() - 1);
        outerSizes = outer.stream().mapToInt(in.dims()::get).toArray();
        outerStrides = outer.stream().mapToInt(in.strides()::get).toArray();
        int count = 1;
        for (int size : outerSizes) {
            count *= size;
        }
        outerCount = count;
        innerSize = in.dims().get(loops.getLast());
        innerStride = in.strides().get(loops.getLast());
        tasksPerRow = Math.ceilDiv(kept.count(), TASK_NUMBERS);
    }

    @Override
    public int tasks() {
        return kept.rows() * tasksPerRow;
    }

    @Override
    public void run(int task, int worker, float[] in, float[] out) {
        int row = task / tasksPerRow;
        int i = task % tasksPerRow * TASK_NUMBERS;
        int end = Math.min(i + TASK_NUMBERS, kept.count());
        int from = kept.at(1, row);
        int to = kept.at(0, row);
        if (kept.step(1) == 1 && kept.step(0) == 1) {
            for (; i <= end - 4 * LANES; i += 4 * LANES) {
                fourVectors(in, from + i, out, to + i);
            }
            for (; i <= end - LANES; i += LANES) {
                vector(in, from + i).intoArray(out, to + i);
            }
        }
        for (; i < end; i++) {
            out[to + i * kept.step(0)] = (float) number(in, from + i * kept.step(1));
        }
    }

    private int outerAt(int index) {
        int at = 0;
        int left = index;
        for (int i = outerSizes.length - 1; i >= 0; i--) {
            at += left % outerSizes[i] * outerStrides[i];
            left /= outerSizes[i];
        }
        return at;
    }

    private FloatVector vector(float[] in, int from) {
        boolean max = kind == Reduce.Kind.MAX;
        FloatVector all = FloatVector.broadcast(SPECIES, max ? Float.NEGATIVE_INFINITY : 0f);
        for (int o = 0; o < outerCount; o++) {
            int at = from + outerAt(o);
            FloatVector part = FloatVector.fromArray(SPECIES, in, at);
            for (int i = 1; i < innerSize; i++) {
                FloatVector x = FloatVector.fromArray(SPECIES, in, at + i * innerStride);
                part = both(max, part, x);
            }
            all = both(max, all, part);
        }
        return kind == Reduce.Kind.MEAN ? all.div((float) outerCount * innerSize) : all;
    }

    /** {@link #vector} of four side by side: one alone waits for itself at each number. */
    private void fourVectors(float[] in, int from, float[] out, int to) {
        boolean max = kind == Reduce.Kind.MAX;
        FloatVector start = FloatVector.broadcast(SPECIES, max ? Float.NEGATIVE_INFINITY : 0f);
        FloatVector a = start;
        FloatVector b = start;
        FloatVector c = start;
        FloatVector d = start;
        for (int o = 0; o < outerCount; o++) {
            int at = from + outerAt(o);
            FloatVector s = FloatVector.fromArray(SPECIES, in, at);
            FloatVector t = FloatVector.fromArray(SPECIES, in, at + LANES);
            FloatVector u = FloatVector.fromArray(SPECIES, in, at + 2 * LANES);
            FloatVector v = FloatVector.fromArray(SPECIES, in, at + 3 * LANES);
            for (int i = 1; i < innerSize; i++) {
                int next = at + i * innerStride;
                s = both(max, s, FloatVector.fromArray(SPECIES, in, next));
                t = both(max, t, FloatVector.fromArray(SPECIES, in, next + LANES));
                u = both(max, u, FloatVector.fromArray(SPECIES, in, next + 2 * LANES));
                v = both(max, v, FloatVector.fromArray(SPECIES, in, next + 3 * LANES));
            }
            a = both(max, a, s);
            b = both(max, b, t);
            c = both(max, c, u);
            d = both(max, d, v);
        }
        if (kind == Reduce.Kind.MEAN) {
            float count = (float) outerCount * innerSize;
            a = a.div(count);
            b = b.div(count);
            c = c.div(count);
            d = d.div(count);
        }
        a.intoArray(out, to);
        b.intoArray(out, to + LANES);
        c.intoArray(out, to + 2 * LANES);
        d.intoArray(out, to + 3 * LANES);
    }

    private static FloatVector both(boolean max, FloatVector a, FloatVector b) {
        return max ? a.lanewise(VectorOperators.MAX, b) : a.add(b);
    }

    private double number(float[] in, int from) {
        double all = kind == Reduce.Kind.MAX ? Double.NEGATIVE_INFINITY : 0;
        for (int o = 0; o < outerCount; o++) {
            int at = from + outerAt(o);
            for (int i = 0; i < innerSize; i++) {
                float x = in[at + i * innerStride];
                all = kind == Reduce.Kind.MAX ? Math.max(all, x) : all + x;
            }
        }
        return kind == Reduce.Kind.MEAN ? all / outerCount / innerSize : all;
    }
}
