package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import dev.sepconv.Op.Pool;
import dev.sepconv.Shape;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Max and average pooling of an NHWC picture; a task is one output row. Only cells inside the
 * picture are read.
 */
final class PoolStep implements Step {

    private final Pool pool;
    private final Shape inShape;
    private final Shape outShape;
    private final Grid in;
    private final Grid out;
    private final VectorMask<Float> tail;

    PoolStep(Pool pool, Shape inShape, Grid in, Shape outShape, Grid out) {
        this.pool = pool;
        this.inShape = inShape;
        this.outShape = outShape;
        this.in = in;
        this.out = out;
        tail = SPECIES.indexInRange(outShape.c() - outShape.c() % LANES, outShape.c());
    }

    @Override
    public int tasks() {
        return outShape.n() * outShape.h();
    }

    @Override
    public void run(int task, int worker, float[] input, float[] output) {
        int n = task / outShape.h();
        int oh = task % outShape.h();
        int top = oh * pool.strideHeight() - pool.padding().top();
        int rFirst = first(top, pool.dilationHeight());
        int rEnd = end(top, pool.dilationHeight(), pool.kernelHeight(), inShape.h());
        int countedRows = end(top, pool.dilationHeight(), pool.kernelHeight(),
                inShape.h() + pool.padding().bottom());
        for (int ow = 0; ow < outShape.w(); ow++) {
            int left = ow * pool.strideWidth() - pool.padding().left();
            int sFirst = first(left, pool.dilationWidth());
            int sEnd = end(left, pool.dilationWidth(), pool.kernelWidth(), inShape.w());
            int countedColumns = end(left, pool.dilationWidth(), pool.kernelWidth(),
                    inShape.w() + pool.padding().right());
            int cells = pool.countPadding()
                    ? countedRows * countedColumns
                    : (rEnd - rFirst) * (sEnd - sFirst);
            int from = in.at(n, top, left);
            int to = out.at(n, oh, ow);
            if (outShape.c() < LANES) {
                window(input, from, rFirst, rEnd, sFirst, sEnd, cells, tail).intoArray(output, to,
                        tail);
                continue;
            }
            for (int c = 0; c < outShape.c(); c += LANES) {
                // the last vector may overlap the one before
                int at = Math.min(c, outShape.c() - LANES);
                if (pool.kind() == Pool.Kind.MAX) {
                    most(input, from + at, rFirst, rEnd, sFirst, sEnd, output, to + at);
                } else {
                    mean(input, from + at, rFirst, rEnd, sFirst, sEnd, cells, output, to + at);
                }
            }
        }
    }

    /** NaN apart: a maximum that lets it through is six instructions that wait for each other. */
    private void most(float[] input, int from, int rFirst, int rEnd, int sFirst, int sEnd,
            float[] output, int to) {
        int rowStep = pool.dilationHeight() * in.row();
        int columnStep = pool.dilationWidth() * in.pixel();
        FloatVector most = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        FloatVector none = FloatVector.zero(SPECIES);
        for (int r = rFirst; r < rEnd; r++) {
            for (int s = sFirst; s < sEnd; s++) {
                FloatVector x = FloatVector.fromArray(SPECIES, input,
                        from + r * rowStep + s * columnStep);
                most = most.blend(x, x.compare(VectorOperators.GT, most));
                none = none.blend(x, x.compare(VectorOperators.NE, x));
            }
        }
        most.blend(none, none.compare(VectorOperators.NE, none)).intoArray(output, to);
    }

    private void mean(float[] input, int from, int rFirst, int rEnd, int sFirst, int sEnd,
            int cells, float[] output, int to) {
        int rowStep = pool.dilationHeight() * in.row();
        int columnStep = pool.dilationWidth() * in.pixel();
        FloatVector sum = FloatVector.zero(SPECIES);
        for (int r = rFirst; r < rEnd; r++) {
            for (int s = sFirst; s < sEnd; s++) {
                sum = sum.add(
                        FloatVector.fromArray(SPECIES, input, from + r * rowStep + s * columnStep));
            }
        }
        sum.div((float) cells).intoArray(output, to);
    }

    /** Any kind, of fewer channels than a vector has lanes. */
    private FloatVector window(float[] input, int from, int rFirst, int rEnd, int sFirst, int sEnd,
            int cells, VectorMask<Float> mask) {
        boolean max = pool.kind() == Pool.Kind.MAX;
        FloatVector sum = FloatVector.broadcast(SPECIES, max ? Float.NEGATIVE_INFINITY : 0f);
        for (int r = rFirst; r < rEnd; r++) {
            int row = from + r * pool.dilationHeight() * in.row();
            for (int s = sFirst; s < sEnd; s++) {
                FloatVector x = FloatVector.fromArray(SPECIES, input,
                        row + s * pool.dilationWidth() * in.pixel(), mask);
                sum = max ? sum.lanewise(VectorOperators.MAX, x) : sum.add(x);
            }
        }
        return max ? sum : sum.div((float) cells);
    }

    /** The first cell of a window that is not before the picture. */
    private static int first(int start, int dilation) {
        return start >= 0 ? 0 : Math.ceilDiv(-start, dilation);
    }

    /** One past a window's last cell that is before {@code size}. */
    private static int end(int start, int dilation, int kernel, int size) {
        return Math.clamp(Math.ceilDiv(size - start, dilation), 0, kernel);
    }
}
