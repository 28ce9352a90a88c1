package dev.sepconv.engine.simd;

import dev.sepconv.Conv2d;
import dev.sepconv.Padding;
import dev.sepconv.Shape;

/** A grouped convolution whose groups lie side by side in a pixel: a task is one output row. */
abstract sealed class RowStep implements Step permits GroupRowStep, NarrowGroupStep {

    final Conv2d conv;
    final int groupChannels;
    final int groupFilters;
    /** Pixels of an output row. */
    final int width;
    /** From one output pixel to the next, in floats. */
    final int outPixel;
    /** From one output column, kernel column and kernel row to the next, in floats of the input. */
    final int columnStep;
    final int tapStep;
    final int rowStep;
    private final Padding.Explicit pad;
    private final Grid in;
    private final Grid out;
    private final Shape outShape;
    private final Epilogue epilogue;
    private final int[][] offsets;

    /**
     * @param in where the input's pixels lie, with a border at least as wide as {@code pad}
     * @param out where the output's pixels go
     * @param workers how many may run tasks
     */
    RowStep(Conv2d conv, Padding.Explicit pad, Grid in, Grid out, Shape outShape, int workers) {
        this.conv = conv;
        this.pad = pad;
        this.in = in;
        this.out = out;
        this.outShape = outShape;
        groupChannels = conv.inChannels() / conv.groups();
        groupFilters = conv.outChannels() / conv.groups();
        width = outShape.w();
        outPixel = out.pixel();
        columnStep = conv.strideWidth() * in.pixel();
        tapStep = conv.dilationWidth() * in.pixel();
        rowStep = conv.dilationHeight() * in.row();
        epilogue = new Epilogue(conv.activation());
        offsets = new int[workers][1];
    }

    @Override
    public final int tasks() {
        return outShape.n() * outShape.h();
    }

    @Override
    public final void run(int task, int worker, float[] input, float[] output) {
        int h = task % outShape.h();
        int n = task / outShape.h();
        int outRow = out.at(n, h, 0);
        row(input, in.at(n, h * conv.strideHeight() - pad.top(), -pad.left()), output, outRow);
        offsets[worker][0] = outRow;
        epilogue.apply(output, offsets[worker], 0, 1, width * outPixel);
    }

    /**
     * Computes a row with bias, without activation.
     *
     * @param inRow where the first tap of its first pixel lies in {@code input}
     * @param outRow where its first pixel goes in {@code output}
     */
    abstract void row(float[] input, int inRow, float[] output, int outRow);
}
