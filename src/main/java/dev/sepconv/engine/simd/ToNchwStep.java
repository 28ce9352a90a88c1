package dev.sepconv.engine.simd;

import dev.sepconv.Shape;

/** Copies an NHWC picture into NCHW; a task is one row of one image. */
final class ToNchwStep implements Step {

    /** Columns that are turned at a time, so that what is read and what is written stay in the first-level cache. */
    private static final int BLOCK = 16;

    private final Shape shape;
    private final Grid in;

    ToNchwStep(Shape shape, Grid in) {
        this.shape = shape;
        this.in = in;
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
                    output[first + c * plane + w] = input[in.at(n, h, w) + c];
                }
            }
        }
    }
}
