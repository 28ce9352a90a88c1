package dev.sepconv.engine.simd;

import dev.sepconv.Shape;

/**
 * Copies an NCHW picture into NHWC, its groups apart if need be; a task is one row of one image.
 */
final class ToNhwcStep implements Step {

    private final Shape shape;
    private final int groups;
    private final Grid out;
    private final float[][] turning;

    /**
     * @param shape of the picture that is read
     * @param groups how many parts of its channels go apart
     * @param out where the pixels go: {@link Grid#grouped}
     * @param workers how many may run tasks
     */
    ToNhwcStep(Shape shape, int groups, Grid out, int workers) {
        this.shape = shape;
        this.groups = groups;
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
        int channels = shape.c() / groups;
        for (int g = 0; g < groups; g++) {
            Transpose.run(input, from + g * channels * plane, plane, output,
                    to + g * (out.image() / groups), out.pixel(), channels, shape.w(),
                    turning[worker]);
        }
    }
}
