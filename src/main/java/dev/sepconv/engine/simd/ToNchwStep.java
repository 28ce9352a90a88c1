package dev.sepconv.engine.simd;

import dev.sepconv.Shape;

/** Copies an NHWC picture without a border into NCHW; a task is some pixels of one image. */
final class ToNchwStep implements Step {

    private static final int TASK_PIXELS = 128;

    private final Shape shape;
    private final Grid in;
    private final int pixels;
    private final int tasksPerImage;
    private final float[][] turning;

    /**
     * @param in where the pixels lie
     * @param workers how many may run tasks
     */
    ToNchwStep(Shape shape, Grid in, int workers) {
        this.shape = shape;
        this.in = in;
        pixels = shape.h() * shape.w();
        tasksPerImage = Math.ceilDiv(pixels, TASK_PIXELS);
        turning = new float[workers][];
        for (int i = 0; i < workers; i++) {
            turning[i] = Transpose.scratch();
        }
    }

    @Override
    public int tasks() {
        return shape.n() * tasksPerImage;
    }

    @Override
    public void run(int task, int worker, float[] input, float[] output) {
        int image = task / tasksPerImage * pixels * shape.c();
        int from = task % tasksPerImage * TASK_PIXELS;
        int count = Math.min(TASK_PIXELS, pixels - from);
        Transpose.run(input, in.base() + image + from * shape.c(), shape.c(), output, image + from,
                pixels, count, shape.c(), turning[worker]);
    }
}
