package dev.sepconv.engine.simd;

import dev.sepconv.Op;
import java.util.Arrays;
import java.util.List;

/** The greatest or least numbers along one dimension, in order; a task is a run along it. */
final class TopKStep implements Step {

    private final Op.TopK op;
    private final Nest others;
    private final int size;
    private final int inStep;
    private final int outStep;
    /** Of each worker. */
    private final long[][] orders;

    TopKStep(Op.TopK op, View in, View out, int workers) {
        this.op = op;
        orders = new long[workers][];
        List<Integer> along = List.of(op.dimension());
        others = new Nest(out.without(along), in.without(along));
        size = in.dims().get(op.dimension());
        inStep = in.strides().get(op.dimension());
        outStep = out.strides().get(op.dimension());
    }

    @Override
    public int tasks() {
        return others.rows() * others.count();
    }

    @Override
    public void run(int task, int worker, float[] in, float[] out) {
        int row = task / others.count();
        int within = task % others.count();
        int from = others.at(1, row) + within * others.step(1);
        int to = others.at(0, row) + within * others.step(0);
        if (orders[worker] == null) {
            orders[worker] = new long[size];
        }
        long[] order = orders[worker];
        for (int i = 0; i < size; i++) {
            order[i] = (long) key(in[from + i * inStep]) << 32 | i;
        }
        Arrays.sort(order);
        for (int i = 0; i < op.count(); i++) {
            int found = (int) order[i];
            out[to + i * outStep] = op.indices() ? found : in[from + found * inStep];
        }
    }

    /** An integer that is the less, the earlier a number comes; of equal numbers the same. */
    private int key(float number) {
        float x = Float.isNaN(number) ? Float.POSITIVE_INFINITY : number + 0f; // no -0
        float signed = op.largest() ? -x + 0f : x;
        int bits = Float.floatToRawIntBits(signed);
        return bits < 0 ? bits ^ Integer.MAX_VALUE : bits;
    }
}
