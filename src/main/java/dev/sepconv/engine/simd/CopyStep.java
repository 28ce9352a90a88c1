package dev.sepconv.engine.simd;

import dev.sepconv.Shape;

/** Copies an NHWC picture to where it has a border, or each channel several times; a task is one row of one image. */
final class CopyStep implements Step {

    private final Shape shape;
    private final int repeat;
    private final Grid in;
    private final Grid out;

    /**
     * @param shape of the picture that is read
     * @param repeat how often each channel is written: 1, or the depth multiplier of a depthwise convolution
     * @param out where the pixels go, with {@code repeat} times the channels
     */
    CopyStep(Shape shape, int repeat, Grid in, Grid out) {
        this.shape = shape;
        this.repeat = repeat;
        this.in = in;
        this.out = out;
    }

    @Override
    public int tasks() {
        return shape.n() * shape.h();
    }

    @Override
    public void run(int task, int worker, float[] input, float[] output) {
        int n = task / shape.h();
        int h = task % shape.h();
        int from = in.at(n, h, 0);
        int to = out.at(n, h, 0);
        int count = shape.w() * shape.c();
        if (repeat == 1) {
            System.arraycopy(input, from, output, to, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < repeat; j++) {
                output[to + i * repeat + j] = input[from + i];
            }
        }
    }
}
