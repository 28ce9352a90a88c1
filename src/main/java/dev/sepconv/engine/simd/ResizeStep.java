package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.Lanes.LANES;
import static dev.sepconv.engine.simd.Lanes.SPECIES;

import dev.sepconv.Op.Resize;
import dev.sepconv.Shape;
import jdk.incubator.vector.FloatVector;

/** An NHWC picture in another size; a task is one output row. */
final class ResizeStep implements Step {

    private final Shape outShape;
    private final Grid in;
    private final Grid out;
    private final Axis rows;
    private final Axis columns;

    /**
     * For each output row or column the two of the input that it is made of.
     *
     * @param low the first one
     * @param high the second one, the same where only one counts
     * @param part how much of the second, from 0 to 1
     */
    private record Axis(int[] low, int[] high, float[] part) {

        static Axis of(Resize resize, int inSize, int outSize, float scale) {
            Axis axis = new Axis(new int[outSize], new int[outSize], new float[outSize]);
            for (int i = 0; i < outSize; i++) {
                float x = switch (resize.coordinates()) { // float32 as ONNX Runtime: a tie's side hangs on the last bit
                    case HALF_PIXEL -> (i + 0.5f) / scale - 0.5f;
                    case PYTORCH_HALF_PIXEL -> outSize == 1 ? 0 : (i + 0.5f) / scale - 0.5f;
                    case ALIGN_CORNERS -> outSize == 1 ? 0 : i * (float) (inSize - 1) / (outSize - 1);
                    case ASYMMETRIC -> i / scale;
                };
                if (resize.interpolation() == Resize.Interpolation.NEAREST) {
                    double near = switch (resize.rounding()) {
                        case PREFER_FLOOR -> Math.ceil(x - 0.5);
                        case PREFER_CEIL -> Math.floor(x + 0.5);
                        case FLOOR -> Math.floor(x);
                        case CEIL -> Math.ceil(x);
                    };
                    axis.low[i] = (int) Math.clamp(near, 0.0, inSize - 1.0);
                    axis.high[i] = axis.low[i];
                } else {
                    double inside = Math.clamp(x, 0.0, inSize - 1.0);
                    axis.low[i] = (int) inside;
                    axis.high[i] = Math.min(axis.low[i] + 1, inSize - 1);
                    axis.part[i] = (float) (inside - axis.low[i]);
                }
            }
            return axis;
        }
    }

    ResizeStep(Resize resize, Shape inShape, Grid in, Shape outShape, Grid out) {
        this.outShape = outShape;
        this.in = in;
        this.out = out;
        rows = Axis.of(resize, inShape.h(), outShape.h(), resize.scaleHeight());
        columns = Axis.of(resize, inShape.w(), outShape.w(), resize.scaleWidth());
    }

    @Override
    public int tasks() {
        return outShape.n() * outShape.h();
    }

    @Override
    public void run(int task, int worker, float[] input, float[] output) {
        int n = task / outShape.h();
        int h = task % outShape.h();
        float down = rows.part[h];
        for (int w = 0; w < outShape.w(); w++) {
            int to = out.at(n, h, w);
            int a = in.at(n, rows.low[h], columns.low[w]);
            float right = columns.part[w];
            if (down == 0 && right == 0) {
                System.arraycopy(input, a, output, to, outShape.c());
                continue;
            }
            int b = in.at(n, rows.low[h], columns.high[w]);
            int c = in.at(n, rows.high[h], columns.low[w]);
            int d = in.at(n, rows.high[h], columns.high[w]);
            blend(input, a, b, c, d, right, down, output, to);
        }
    }

    private void blend(float[] input, int a, int b, int c, int d, float right, float down, float[] output, int to) {
        float wa = (1 - right) * (1 - down);
        float wb = right * (1 - down);
        float wc = (1 - right) * down;
        float wd = right * down;
        int i = 0;
        for (; i <= outShape.c() - LANES; i += LANES) {
            FloatVector.fromArray(SPECIES, input, a + i).mul(wa).add(FloatVector.fromArray(SPECIES, input, b + i).mul(wb))
                    .add(FloatVector.fromArray(SPECIES, input, c + i).mul(wc))
                    .add(FloatVector.fromArray(SPECIES, input, d + i).mul(wd)).intoArray(output, to + i);
        }
        for (; i < outShape.c(); i++) {
            output[to + i] = input[a + i] * wa + input[b + i] * wb + input[c + i] * wc + input[d + i] * wd;
        }
    }
}
