package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import dev.sepconv.Op.Resize;
import dev.sepconv.Shape;
import jdk.incubator.vector.FloatVector;

/** An NHWC picture in another size; a task is one output row. */
final class ResizeStep implements Step {

    private final Shape outShape;
    private final Grid in;
    private final Grid out;
    private final Resize.Samples rows;
    private final Resize.Samples columns;

    ResizeStep(Resize resize, Shape inShape, Grid in, Shape outShape, Grid out) {
        this.outShape = outShape;
        this.in = in;
        this.out = out;
        rows = resize.rows(inShape.h());
        columns = resize.columns(inShape.w());
    }

    @Override
    public int tasks() {
        return outShape.n() * outShape.h();
    }

    @Override
    public void run(int task, int worker, float[] input, float[] output) {
        int n = task / outShape.h();
        int h = task % outShape.h();
        float down = rows.weight()[h];
        for (int w = 0; w < outShape.w(); w++) {
            int to = out.at(n, h, w);
            int a = in.at(n, rows.first()[h], columns.first()[w]);
            float right = columns.weight()[w];
            if (down == 0 && right == 0) {
                System.arraycopy(input, a, output, to, outShape.c());
                continue;
            }
            int b = in.at(n, rows.first()[h], columns.second()[w]);
            int c = in.at(n, rows.second()[h], columns.first()[w]);
            int d = in.at(n, rows.second()[h], columns.second()[w]);
            blend(input, a, b, c, d, right, down, output, to);
        }
    }

    private void blend(float[] input, int a, int b, int c, int d, float right, float down,
            float[] output, int to) {
        float wa = (1 - right) * (1 - down);
        float wb = right * (1 - down);
        float wc = (1 - right) * down;
        float wd = right * down;
        int i = 0;
        for (; i <= outShape.c() - LANES; i += LANES) {
            FloatVector.fromArray(SPECIES, input, a + i).mul(wa)
                    .add(FloatVector.fromArray(SPECIES, input, b + i).mul(wb))
                    .add(FloatVector.fromArray(SPECIES, input, c + i).mul(wc))
                    .add(FloatVector.fromArray(SPECIES, input, d + i).mul(wd))
                    .intoArray(output, to + i);
        }
        for (; i < outShape.c(); i++) {
            output[to + i] = input[a + i] * wa + input[b + i] * wb + input[c + i] * wc
                    + input[d + i] * wd;
        }
    }
}
