package dev.sepconv.engine.simd;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Layout;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import dev.sepconv.engine.simd.vector.VectorUnit;
import java.util.Set;

/**
 * Depthwise, then pointwise, a few rows at a time, so that what lies between never leaves the
 * second-level cache; and, where that is wanted, the pointwise convolution before them.
 *
 * <pre>
 * rows of NCHW ─▶ turned ────┐
 * rows of NHWC ──────────────┼─▶ depthwise ─▶ rows between ─▶ pointwise ─┬─▶ NHWC
 * rows of NHWC ─▶ pointwise ─┘                                           └─▶ turned ─▶ NCHW
 * </pre>
 */
final class SeparableStep implements Step {

    /**
     * Floats of input rows and rows between that a task may hold: 256 KiB of a second-level cache
     * that is often 1 MiB.
     */
    private static final int TASK_FLOATS = 64 * 1024;

    /** With fewer pixels a task would read all pointwise weights for too little work. */
    private static final int LEAST_PIXELS = 28;

    private static final int TASKS_PER_WORKER = 2;

    /** Pixels that are enough for a task, in an even number of rows. */
    private static final int TASK_PIXELS = 56;

    /** Output rows at a time behind an expansion: depthwise is fastest by twos. */
    static final int EXPANDED_AT_ONCE = 2;

    /**
     * So many pixels at least, and an even number of rows, where pixels lie far apart: of more the
     * second-level cache would have less left for weights.
     */
    private static final int EVEN_PIXELS = 112;

    /** An expansion of fewer numbers a worker stays in its second-level cache anyway. */
    private static final long EXPANDED_FLOATS = 128 * 1024;

    /** Of both pointwise convolutions round it, beside the rows in the second-level cache. */
    private static final int MOST_WEIGHTS = 32 * 1024;

    private final Conv2d depthwise;
    private final Padding.Explicit pad;
    private final Layout layout;
    private final Shape inShape;
    private final Shape betweenShape;
    private final Destination out;
    private final ExpandedRows expanded;
    /** From one pixel between to the next. */
    private final int betweenPixel;
    private final DepthwiseRow row;
    private final Epilogue epilogue;
    private final DenseBlock pointwise;
    private final int blockPixels;
    private final int tasksPerImage;
    /** So many output rows of a task are done before the next ones begin. */
    private final int rowsAtOnce;
    private final Scratch[] scratch;

    /**
     * What one worker needs: input rows in NHWC (where they are not so already), rows between, and
     * for the pointwise step.
     */
    private record Scratch(float[] rows, Room between, DenseBlock.Scratch block) {
    }

    /**
     * Whether it is faster than two steps: not where an image is too small to be cut, or each part
     * would read many weights again.
     */
    static boolean suits(Conv2d depthwise, Conv2d pointwise, Shape in, int workers) {
        Shape between = depthwise.outputShape(in);
        return !DenseBlock.suitsPanels(pointwise, between.n() * between.h() * between.w())
                && between.h() / tasksPerImage(depthwise, in, workers)
                        * between.w() >= LEAST_PIXELS;
    }

    /**
     * Whether it is faster with the pointwise convolution before it than after it: where that makes
     * far more than it reads, too much for the caches, of weights that a few rows can read again
     * and again.
     */
    static boolean suitsExpansion(Conv2d expand, Conv2d depthwise, Conv2d pointwise, Shape in,
            int workers) {
        return suitsExpansion(expand, depthwise, in, workers, EXPANDED_FLOATS)
                && (expand.inChannels() + pointwise.outChannels()) * in.c() <= MOST_WEIGHTS;
    }

    /**
     * The same without the pointwise convolution after it, for {@link ExpandedDepthwiseStep}: it
     * has less to win, as what the depthwise one makes is written to where all can read it.
     */
    static boolean suitsExpansion(Conv2d expand, Conv2d depthwise, Shape in, int workers) {
        return suitsExpansion(expand, depthwise, in, workers, 4 * EXPANDED_FLOATS)
                && expand.inChannels() * in.c() <= MOST_WEIGHTS;
    }

    private static boolean suitsExpansion(Conv2d expand, Conv2d depthwise, Shape in, int workers,
            long least) {
        long image = (long) in.c() * in.h() * in.w();
        long window = (long) in.c() * in.w() * rowsRead(depthwise, EXPANDED_AT_ONCE);
        return in.c() >= 2 * expand.inChannels() && image * in.n() >= least * workers
                && window <= 2 * TASK_FLOATS;
    }

    /** How many rows some rows of the output read. */
    private static int rowsRead(Conv2d depthwise, int rows) {
        return (rows - 1) * depthwise.strideHeight()
                + (depthwise.kernelHeight() - 1) * depthwise.dilationHeight() + 1;
    }

    /** How many rows of an expansion a worker keeps. */
    static int windowRows(Conv2d depthwise, Shape in) {
        return Math.max(Math.min(in.h(), rowsRead(depthwise, EXPANDED_AT_ONCE)),
                TASK_FLOATS / (in.w() * in.c()));
    }

    /** Into how many tasks an image is best cut. */
    private static int tasksPerImage(Conv2d depthwise, Shape in, int workers) {
        Shape between = depthwise.outputShape(in);
        long rowFloats = (long) between.c()
                * (between.w() + (long) in.w() * depthwise.strideHeight());
        int byCache = (int) Math.ceilDiv(between.h() * rowFloats, TASK_FLOATS);
        int byWorkers = Math.ceilDiv(TASKS_PER_WORKER * workers, in.n());
        // As many for each worker, so that none waits for another's last one.
        return Math.min(VectorUnit.roundUp(Math.max(byCache, byWorkers), workers), between.h());
    }

    /**
     * How many rows of the output a task has. Few, so that a worker that is done early finds
     * something left, but where each task first turns all rows that it reads.
     */
    private static int rowsOfTask(Conv2d depthwise, Layout layout, Shape in, int workers) {
        Shape between = depthwise.outputShape(in);
        int most = Math.ceilDiv(between.h(), tasksPerImage(depthwise, in, workers));
        return layout == Layout.NCHW
                ? most
                : Math.min(most, Math.ceilDiv(TASK_PIXELS, between.w() * 2) * 2);
    }

    /**
     * @param expand a pointwise convolution before the depthwise one; or null
     * @param layout of the input; NHWC pixels lie at {@code in}; NCHW only without {@code expand}
     * @param inShape of what the depthwise convolution reads
     * @param out where the pointwise step's output goes
     * @param memory of the plan
     */
    SeparableStep(Conv2d expand, ConvWeights expandWeights, Conv2d depthwise,
            ConvWeights depthwiseWeights, Conv2d pointwise, ConvWeights pointwiseWeights,
            Layout layout, Grid in, Shape inShape, Destination out, PlanMemory memory) {
        int workers = memory.workers();
        this.depthwise = depthwise;
        this.layout = layout;
        this.inShape = inShape;
        this.out = out;
        pad = depthwise.padding().resolve(depthwise, inShape.h(), inShape.w());
        betweenShape = depthwise.outputShape(inShape);
        tasksPerImage = Math.ceilDiv(betweenShape.h(),
                expand == null
                        ? rowsOfTask(depthwise, layout, inShape, workers)
                        : EXPANDED_AT_ONCE);
        int taskRows = Math.ceilDiv(betweenShape.h(), tasksPerImage);
        epilogue = new Epilogue(depthwise.activation()).afterClamp();
        betweenPixel = epilogue.isNothing() ? DenseBlock.pixelStep(pointwise) : betweenShape.c();
        rowsAtOnce = Math.min(taskRows,
                expand != null
                        ? EXPANDED_AT_ONCE
                        : betweenPixel > betweenShape.c()
                                ? Math.ceilDiv(EVEN_PIXELS, betweenShape.w() * 2) * 2
                                : taskRows);
        int inRows = Math.min(inShape.h(), rowsRead(depthwise, rowsAtOnce));
        expanded = expand == null
                ? null
                : new ExpandedRows(expand, expandWeights, in, inShape,
                        windowRows(depthwise, inShape), memory);
        row = new DepthwiseRow(depthwise, depthwiseWeights, pad,
                expanded == null ? in : expanded.grid(), inShape, betweenShape, betweenPixel);
        int betweenRow = betweenShape.w() * betweenPixel;
        Grid betweenGrid = new Grid(0, 0, betweenRow, betweenPixel, rowsAtOnce * betweenRow);
        this.pointwise = new DenseBlock(pointwise, pointwiseWeights, betweenGrid, 0, memory);
        int mostPixels = rowsAtOnce * betweenShape.w();
        blockPixels = Math.min(mostPixels, DenseBlock.pixels(betweenShape.c()));
        DenseBlock.Scratch[] blocks = memory.blocks(blockPixels);
        scratch = new Scratch[workers];
        for (int i = 0; i < workers; i++) {
            float[] rows = layout == Layout.NCHW
                    ? new float[inRows * inShape.w() * inShape.c()]
                    : null;
            scratch[i] = new Scratch(rows, memory.room(mostPixels * betweenPixel), blocks[i]);
        }
    }

    @Override
    public void begin() {
        if (expanded != null) {
            expanded.clear();
        }
    }

    @Override
    public Set<Primer.Hot> hot() {
        return row.hot();
    }

    @Override
    public int tasks() {
        return betweenShape.n() * tasksPerImage;
    }

    @Override
    public void run(int task, int worker, float[] input, float[] output) {
        int n = task / tasksPerImage;
        int part = task % tasksPerImage;
        // Some have a row more than others: spread, so that each worker's part is as large.
        int from = (int) ((long) part * betweenShape.h() / tasksPerImage);
        int to = (int) ((part + 1L) * betweenShape.h() / tasksPerImage);
        Scratch mine = scratch[worker];
        for (int row = from; row < to; row += rowsAtOnce) {
            int end = Math.min(row + rowsAtOnce, to);
            depthwise(n, row, end, worker, input);
            pointwise(n, row, end, mine, output);
        }
    }

    private void depthwise(int n, int from, int to, int worker, float[] input) {
        Scratch mine = scratch[worker];
        int rowFloats = betweenShape.w() * betweenPixel;
        float[] rows = input;
        int moved = 0;
        int first = row.firstRead(from);
        int end = row.endRead(to - 1);
        if (expanded != null) {
            moved = expanded.have(n, first, end, worker, input);
            rows = expanded.rows(worker);
        } else if (layout == Layout.NCHW) {
            int plane = inShape.h() * inShape.w();
            Transpose.run(input, n * inShape.c() * plane + first * inShape.w(), plane, mine.rows, 0,
                    inShape.c(), inShape.c(), (end - first) * inShape.w(), mine.block.turning());
            rows = mine.rows;
            moved = -(n * inShape.h() + first) * inShape.w() * inShape.c();
        }
        row.run(rows, moved, n, from, to - from, betweenShape.w(), 0, betweenShape.c(),
                mine.between.array(), mine.between.first(), rowFloats);
        epilogue.apply(mine.between.array(), mine.between.first(), (to - from) * rowFloats);
    }

    private void pointwise(int n, int from, int to, Scratch mine, float[] output) {
        int end = (to - from) * betweenShape.w();
        for (int first = 0; first < end; first += blockPixels) {
            int count = Math.min(blockPixels, end - first);
            DenseBlock.Scratch block = mine.block;
            float[] between = mine.between.array();
            locate(n, from, first, count, mine);
            switch (out) {
                case Grid grid ->
                    pointwise.run(0, pointwise.panels(), count, block, between, output);
                case Destination.Planes planes -> pointwise.runToPlanes(0, pointwise.panels(),
                        count, block, between, output, planes.at(n, from, first), planes.plane());
            }
        }
    }

    /**
     * Where a block's pixels lie between and where they go. In a method of its own, which is called
     * often and compiled soon: the one that calls it holds all of the pointwise step.
     */
    private void locate(int n, int from, int first, int count, Scratch mine) {
        DenseBlock.Scratch block = mine.block;
        int at = mine.between.first() + first * betweenPixel;
        for (int p = 0; p < count; p++) {
            block.inOffsets()[p] = at + p * betweenPixel;
        }
        if (out instanceof Grid grid) {
            for (int p = 0; p < count;) {
                int row = (first + p) / betweenShape.w();
                int w = (first + p) % betweenShape.w();
                int end = Math.min(count, p + betweenShape.w() - w);
                grid.locate(n, from + row, w, block.outOffsets(), p, end);
                p = end;
            }
        }
    }
}
