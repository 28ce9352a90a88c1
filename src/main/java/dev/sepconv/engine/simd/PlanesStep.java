package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.gen.PixelTile.WIDTH;
import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Shape;
import dev.sepconv.engine.simd.gen.PixelTile;
import dev.sepconv.engine.simd.vector.VectorUnit;
import jdk.incubator.vector.FloatVector;

/**
 * Pointwise convolution from NCHW to NCHW without turning anything, after a depthwise one if there
 * is one. {@link PixelTile} is used with its roles swapped: pixels are what lies in vectors, in
 * panels {@code [C][WIDTH]}, and weights are what is broadcast.
 *
 * <pre>
 * rows of planes ─▶ (depthwise) ─▶ panels of pixels ─▶ pointwise ─▶ rows of planes
 * </pre>
 *
 * A task is some rows of an image, whose panels stay in the second-level cache. The last panel
 * overlaps the one before rather than being smaller.
 */
final class PlanesStep implements Step {

    /**
     * Floats of panels that a task may hold: 512 KiB of a second-level cache that is often 1 MiB.
     */
    private static final int TASK_FLOATS = 128 * 1024;

    private static final int LEAST_PIXELS = 2048;

    /** Filters whose results are still in the first-level cache when the activation comes. */
    private static final int FILTERS = 8 * PixelTile.PIXELS;

    private final Shape inShape;
    private final Shape betweenShape;
    private final Shape outShape;
    /** Null where there is only a pointwise convolution. */
    private final DepthwisePlane depthwise;
    private final Epilogue depthwiseEpilogue;
    private final Epilogue epilogue;
    private final float[] weights;
    private final int tasksPerImage;
    private final Scratch[] scratch;

    /**
     * What one worker needs: panels as {@link PixelTile} takes them, and for some filters where
     * weights begin and results go.
     */
    private record Scratch(DepthwisePlane.Scratch depthwise, PackedWeights panels,
            int[] weightOffsets, int[] outOffsets, float[] staged) {
    }

    /**
     * Whether it is faster than turning the picture: for large ones, measured from 56x56 up, and
     * where a task is at least a panel.
     */
    static boolean suits(Shape between, int workers) {
        return between.h() * between.w() >= LEAST_PIXELS && tasksPerImage(between, workers) > 0;
    }

    /**
     * Into how many tasks an image is best cut, or 0 where a task would be less than a panel. What
     * counts is the largest number of panels that one worker gets.
     */
    private static int tasksPerImage(Shape between, int workers) {
        int best = 0;
        long least = Long.MAX_VALUE;
        for (int tasks = 1; tasks <= between.h(); tasks++) {
            int rows = Math.ceilDiv(between.h(), tasks);
            if (between.h() / tasks * between.w() < WIDTH) {
                break;
            }
            int panels = Math.ceilDiv(rows * between.w(), WIDTH);
            long cost = (long) Math.ceilDiv(between.n() * tasks, workers) * panels;
            if ((long) panels * WIDTH * between.c() <= TASK_FLOATS && cost < least) {
                best = tasks;
                least = cost;
            }
        }
        return best;
    }

    /**
     * @param depthwise the convolution before, a filter a channel, or null
     * @param depthwiseWeights null without it
     * @param workers how many may run tasks
     */
    PlanesStep(Conv2d depthwise, ConvWeights depthwiseWeights, Conv2d pointwise,
            ConvWeights pointwiseWeights, Shape inShape, int workers) {
        this.inShape = inShape;
        betweenShape = depthwise == null ? inShape : depthwise.outputShape(inShape);
        outShape = pointwise.outputShape(betweenShape);
        tasksPerImage = tasksPerImage(betweenShape, workers);
        int mostRows = Math.ceilDiv(betweenShape.h(), tasksPerImage);
        this.depthwise = depthwise == null
                ? null
                : new DepthwisePlane(depthwise, depthwiseWeights, inShape, mostRows);
        depthwiseEpilogue = depthwise == null ? null : new Epilogue(depthwise.activation());
        epilogue = new Epilogue(pointwise.activation());
        weights = pointwiseWeights.weight().clone();
        float[] bias = new float[(outShape.c() + PixelTile.PIXELS) * LANES];
        for (int i = 0; i < bias.length && pointwiseWeights.bias() != null; i++) {
            bias[i] = pointwiseWeights.bias()[Math.min(i / LANES, outShape.c() - 1)];
        }
        int panels = Math.ceilDiv(mostRows * betweenShape.w(), WIDTH);
        scratch = new Scratch[workers];
        for (int i = 0; i < workers; i++) {
            scratch[i] = new Scratch(depthwise == null ? null : this.depthwise.scratch(1),
                    PackedWeights.pixels(betweenShape.c(), panels, bias), new int[FILTERS],
                    new int[FILTERS], new float[FILTERS * WIDTH]);
        }
    }

    @Override
    public int tasks() {
        return betweenShape.n() * tasksPerImage;
    }

    @Override
    public void run(int task, int worker, float[] input, float[] output) {
        int n = task / tasksPerImage;
        int part = task % tasksPerImage;
        int from = (int) ((long) part * betweenShape.h() / tasksPerImage);
        int to = (int) ((part + 1L) * betweenShape.h() / tasksPerImage);
        int pixels = (to - from) * betweenShape.w();
        Scratch mine = scratch[worker];
        fill(n, from, to, pixels, mine, input);
        int first = n * outShape.c() * outShape.h() * outShape.w() + from * outShape.w();
        for (int p = 0; p < pixels; p += WIDTH) {
            multiply(mine, p / WIDTH, first + panelStart(p, pixels), output);
        }
    }

    private static int panelStart(int pixel, int pixels) {
        return Math.min(pixel, pixels - WIDTH);
    }

    /** Brings the rows into panels, channel by channel. */
    private void fill(int n, int from, int to, int pixels, Scratch mine, float[] input) {
        int plane = inShape.h() * inShape.w();
        for (int c = 0; c < inShape.c(); c++) {
            int channelPlane = (n * inShape.c() + c) * plane;
            if (depthwise == null) {
                pack(input, channelPlane + from * inShape.w(), pixels, c, mine.panels.panels());
            } else {
                DepthwisePlane.Scratch done = mine.depthwise;
                depthwise.run(input, channelPlane, c, from, to, done, 0);
                depthwiseEpilogue.apply(done.rows(), 0, pixels);
                pack(done.rows(), 0, pixels, c, mine.panels.panels());
            }
        }
    }

    private void pack(float[] data, int from, int pixels, int channel, float[] panels) {
        int panelSize = inShape.c() * WIDTH;
        int to = channel * WIDTH;
        for (int p = 0; p < pixels; p += WIDTH) {
            int start = from + panelStart(p, pixels);
            for (int i = 0; i < WIDTH; i += LANES) {
                FloatVector.fromArray(SPECIES, data, start + i).intoArray(panels, to + i);
            }
            to += panelSize;
        }
    }

    private void multiply(Scratch mine, int panel, int first, float[] output) {
        int plane = outShape.h() * outShape.w();
        int filters = outShape.c();
        for (int k = 0; k < filters; k += FILTERS) {
            int count = Math.min(FILTERS, filters - k);
            int rounded = VectorUnit.roundUp(count, PixelTile.PIXELS);
            for (int i = 0; i < rounded; i++) {
                int filter = Math.min(k + i, filters - 1); // the last one again to fill the tile
                mine.weightOffsets[i] = filter * inShape.c();
                mine.outOffsets[i] = first + filter * plane;
            }
            mine.panels.multiply(weights, mine.weightOffsets, 0, panel, k * LANES, WIDTH,
                    mine.staged, 0, WIDTH, 0, rounded);
            epilogue.move(mine.staged, 0, output, mine.outOffsets, 0, 0, count);
        }
    }
}
