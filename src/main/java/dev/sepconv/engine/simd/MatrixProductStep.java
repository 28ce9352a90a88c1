package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import dev.sepconv.Dims;
import jdk.incubator.vector.FloatVector;

/**
 * Matrix products of two row-major arrays that both come from the network; a task is a row of one
 * product.
 */
final class MatrixProductStep implements Step {

    /** So many products are added up by themselves: rounding grows with a sum's length. */
    private static final int STRETCH = 64;

    private final Buffer second;
    private final Nest batches;
    private final int rows;
    private final int inner;
    private final int columns;

    /**
     * @param a sizes of the first array
     * @param b sizes of the second
     * @param out sizes of the result
     */
    MatrixProductStep(Dims a, Dims b, Dims out, Buffer second) {
        this.second = second;
        rows = a.get(a.rank() - 2);
        inner = a.get(a.rank() - 1);
        columns = b.get(b.rank() - 1);
        batches = new Nest(matrices(out, out), matrices(a, out), matrices(b, out));
    }

    /** Where the matrices begin. */
    private static View matrices(Dims dims, Dims out) {
        View all = View.rowMajor(dims);
        int lead = dims.rank() - 2;
        View first = new View(new Dims(dims.sizes().subList(0, lead)), 0,
                all.strides().subList(0, lead));
        return first.broadcast(new Dims(out.sizes().subList(0, out.rank() - 2)));
    }

    @Override
    public int tasks() {
        return batches.rows() * batches.count() * rows;
    }

    @Override
    public void run(int task, int worker, float[] in, float[] out) {
        float[] b = second.floats();
        int batch = task / rows;
        int row = task % rows;
        int outer = batch / batches.count();
        int within = batch % batches.count();
        int aAt = batches.at(1, outer) + within * batches.step(1) + row * inner;
        int bAt = batches.at(2, outer) + within * batches.step(2);
        int outAt = batches.at(0, outer) + within * batches.step(0) + row * columns;
        int j = 0;
        for (; j <= columns - 2 * LANES; j += 2 * LANES) {
            FloatVector left = FloatVector.zero(SPECIES);
            FloatVector right = FloatVector.zero(SPECIES);
            for (int first = 0; first < inner; first += STRETCH) {
                int end = Math.min(first + STRETCH, inner);
                FloatVector leftPart = FloatVector.zero(SPECIES);
                FloatVector rightPart = FloatVector.zero(SPECIES);
                for (int k = first; k < end; k++) {
                    FloatVector x = FloatVector.broadcast(SPECIES, in[aAt + k]);
                    int at = bAt + k * columns + j;
                    leftPart = x.fma(FloatVector.fromArray(SPECIES, b, at), leftPart);
                    rightPart = x.fma(FloatVector.fromArray(SPECIES, b, at + LANES), rightPart);
                }
                left = left.add(leftPart);
                right = right.add(rightPart);
            }
            left.intoArray(out, outAt + j);
            right.intoArray(out, outAt + j + LANES);
        }
        for (; j < columns; j++) {
            float sum = 0;
            for (int first = 0; first < inner; first += STRETCH) {
                int end = Math.min(first + STRETCH, inner);
                float part = 0;
                for (int k = first; k < end; k++) {
                    part = Math.fma(in[aAt + k], b[bAt + k * columns + j], part);
                }
                sum += part;
            }
            out[outAt + j] = sum;
        }
    }
}
