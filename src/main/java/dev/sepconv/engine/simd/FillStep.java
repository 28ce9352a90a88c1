package dev.sepconv.engine.simd;

import dev.sepconv.Shape;

/** Every pixel the same: those of a transposed convolution that no input pixel reaches. */
final class FillStep implements Step {

    private final float[] pixel;
    private final Shape shape;
    private final Grid out;

    /** @param pixel a number for each channel */
    FillStep(float[] pixel, Shape shape, Grid out) {
        this.pixel = pixel;
        this.shape = shape;
        this.out = out;
    }

    @Override
    public int tasks() {
        return shape.n();
    }

    @Override
    public void run(int task, int worker, float[] input, float[] output) {
        for (int h = 0; h < shape.h(); h++) {
            for (int w = 0; w < shape.w(); w++) {
                System.arraycopy(pixel, 0, output, out.at(task, h, w), pixel.length);
            }
        }
    }
}
