package dev.sepconv.engine.simd;

import dev.sepconv.ChannelShuffle;
import dev.sepconv.Shape;

/**
 * Moves the channels of an NHWC picture to another order, to where the next convolution wants them:
 * with a border, and its groups apart if need be. A task is one row of one image.
 */
final class ShuffleStep implements Step {

    private final Shape shape;
    private final int parts;
    private final Grid in;
    private final Grid out;
    /** From the beginning of an input pixel, for each output channel. */
    private final int[] sources;

    /**
     * @param parts how many parts of its channels go apart
     * @param out where the pixels go: {@link Grid#grouped}
     */
    ShuffleStep(Shape shape, ChannelShuffle shuffle, int parts, Grid in, Grid out) {
        this.shape = shape;
        this.parts = parts;
        this.in = in;
        this.out = out;
        sources = new int[shape.c()];
        for (int c = 0; c < sources.length; c++) {
            sources[c] = shuffle.source(c);
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
        int partChannels = shape.c() / parts;
        for (int part = 0; part < parts; part++) {
            int from = in.at(n, h, 0);
            int to = out.at(n, h, 0) + part * out.groupStep(parts, partChannels);
            for (int w = 0; w < shape.w(); w++) {
                for (int c = 0; c < partChannels; c++) {
                    output[to + c] = input[from + sources[part * partChannels + c]];
                }
                from += in.pixel();
                to += out.pixel();
            }
        }
    }
}
