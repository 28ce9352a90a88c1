package dev.sepconv.engine.simd;

import dev.sepconv.Shape;

/** Copies an NCHW picture into NHWC, each channel as often as it is asked for; a task is one row of one image. */
final class ToNhwcStep implements Step {

    /** Columns that are turned at a time, so that what is read and what is written stay in the first-level cache. */
    private static final int BLOCK = 16;

    private final Shape shape;
    private final int repeat;
    private final Grid out;

    /**
     * @param shape of the picture that is read
     * @param repeat how often each channel is written: 1, or the depth multiplier of a depthwise convolution
     * @param out where the pixels go, with {@code repeat} times the channels
     */
    ToNhwcStep(Shape shape, int repeat, Grid out) {
        this.shape = shape;
        this.repeat = repeat;
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
        int plane = shape.h() * shape.w();
        int first = n * shape.c() * plane + h * shape.w();
        for (int block = 0; block < shape.w(); block += BLOCK) {
            int end = Math.min(block + BLOCK, shape.w());
            for (int c = 0; c < shape.c(); c++) {
                for (int w = block; w < end; w++) {
                    float x = input[first + c * plane + w];
                    int at = out.at(n, h, w) + c * repeat;
                    for (int i = 0; i < repeat; i++) {
                        output[at + i] = x;
                    }
                }
            }
        }
    }
}
