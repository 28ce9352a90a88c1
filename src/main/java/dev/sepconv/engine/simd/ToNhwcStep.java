package dev.sepconv.engine.simd;

import dev.sepconv.Shape;
import java.util.Arrays;

/** Copies an NCHW picture into NHWC, each channel as often as it is asked for; a task is one row of one image. */
final class ToNhwcStep implements Step {

    private final Shape shape;
    private final int repeat;
    private final Grid out;
    private final float[][] turning;

    /**
     * @param shape of the picture that is read
     * @param repeat how often each channel is written: 1, or the depth multiplier of a depthwise convolution
     * @param out where the pixels go, with {@code repeat} times the channels
     * @param workers how many may run tasks
     */
    ToNhwcStep(Shape shape, int repeat, Grid out, int workers) {
        this.shape = shape;
        this.repeat = repeat;
        this.out = out;
        turning = new float[workers][];
        for (int i = 0; i < workers; i++) {
            turning[i] = Transpose.scratch();
        }
    }

    @Override
    public int tasks() {
        return shape.n() * shape.h();
    }

    @Override
    public void run(int task, int worker, float[] input, float[] output) {
        int n = task / shape.h();
        int h = task % shape.h();
        int plane = shape.h() * shape.w();
        int from = n * shape.c() * plane + h * shape.w();
        int to = out.at(n, h, 0);
        if (repeat == 1) {
            Transpose.run(input, from, plane, output, to, out.pixel(), shape.c(), shape.w(), turning[worker]);
            return;
        }
        for (int c = 0; c < shape.c(); c++) {
            for (int w = 0; w < shape.w(); w++) {
                int at = to + w * out.pixel() + c * repeat;
                Arrays.fill(output, at, at + repeat, input[from + c * plane + w]);
            }
        }
    }
}
