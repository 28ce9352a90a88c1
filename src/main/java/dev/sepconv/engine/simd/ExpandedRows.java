package dev.sepconv.engine.simd;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Padding;
import dev.sepconv.Shape;

/**
 * Rows of a pointwise convolution's result, made just before the depthwise one after it reads them:
 * all of the picture would be megabytes where that convolution widens it, and go to memory and
 * back.
 *
 * <pre>
 * rows of NHWC ─▶ pointwise ─▶ window of some rows, sliding down the picture ─▶ depthwise
 * </pre>
 */
final class ExpandedRows {

    private final Grid in;
    private final Shape shape;
    private final Grid grid;
    private final DenseBlock pointwise;
    private final int blockPixels;
    private final int capacity;
    private final Window[] windows;
    private int run;

    /** A worker's rows {@code first} to {@code end} of image {@code n}, side by side. */
    private static final class Window {

        private final Room rows;
        private final DenseBlock.Scratch block;
        private int run;
        private int n;
        private int first;
        private int end;

        Window(int floats, int blockPixels, PlanMemory memory) {
            rows = memory.room(floats);
            block = DenseBlock.Scratch.of(blockPixels, memory);
        }
    }

    /**
     * @param in where the pixels of the pointwise convolution's input lie
     * @param shape of its result
     * @param capacity so many rows a worker keeps, at least those that are asked for at once
     * @param memory of the plan
     */
    ExpandedRows(Conv2d conv, ConvWeights weights, Grid in, Shape shape, int capacity,
            PlanMemory memory) {
        this.in = in;
        this.shape = shape;
        this.capacity = capacity;
        grid = Grid.padded(shape, new Padding.Explicit(0, 0, 0, 0));
        pointwise = new DenseBlock(conv, weights, in, 0, memory);
        blockPixels = DenseBlock.pixels(conv.inChannels());
        windows = new Window[memory.workers()];
        for (int i = 0; i < windows.length; i++) {
            windows[i] = new Window(capacity * grid.row(), blockPixels, memory);
        }
    }

    /** Where all rows would lie: what {@link #have} gives is to be added. */
    Grid grid() {
        return grid;
    }

    float[] rows(int worker) {
        return windows[worker].rows.array();
    }

    /** Forgets what workers have: the input is another one. */
    void clear() {
        run++;
    }

    /**
     * Sees to it that a worker has some rows; those that it has from before it keeps if they come
     * first.
     *
     * @param input the pointwise convolution's
     * @return what is to be added to an index of {@link #grid} to find it in {@link #rows}
     */
    int have(int n, int first, int end, int worker, float[] input) {
        Window window = windows[worker];
        if (window.run != run || window.n != n || first < window.first || window.end < first) {
            window.run = run;
            window.n = n;
            window.first = first;
            window.end = first;
        } else if (end - window.first > capacity) {
            float[] rows = window.rows.array();
            int kept = window.rows.first();
            System.arraycopy(rows, kept + (first - window.first) * grid.row(), rows, kept,
                    (window.end - first) * grid.row());
            window.first = first;
        }
        int to = window.rows.first() + (window.end - window.first) * grid.row();
        int pixels = (end - window.end) * shape.w();
        for (int from = 0; from < pixels; from += blockPixels) {
            int count = Math.min(blockPixels, pixels - from);
            for (int p = 0; p < count; p++) {
                int pixel = from + p;
                window.block.inOffsets()[p] = in.at(n, window.end + pixel / shape.w(),
                        pixel % shape.w());
                window.block.outOffsets()[p] = to + pixel * shape.c();
            }
            pointwise.run(0, pointwise.panels(), count, window.block, input, window.rows.array());
        }
        window.end = Math.max(window.end, end);
        return window.rows.first() - grid.at(n, window.first, 0);
    }
}
