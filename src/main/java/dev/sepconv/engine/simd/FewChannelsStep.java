package dev.sepconv.engine.simd;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Shape;
import dev.sepconv.engine.simd.gen.PlaneTile;

/**
 * Convolution from NCHW to NCHW where a group has few input channels, as a picture has:
 * {@link PlaneTile} reads rows with zeros round them, or, where it is pointwise, the planes as they
 * lie or what a depthwise convolution has just made of them.
 *
 * <pre>
 * rows of planes ─┬─▶ copied with their padding ─┬─▶ filters ─▶ rows of planes
 *                 ├─▶ depthwise ─────────────────┤
 *                 └──────────────────────────────┘
 * </pre>
 *
 * A task is some rows of a group of an image.
 */
final class FewChannelsStep implements Step {

    /** Of a group; from more on turning the picture is faster. */
    private static final int MOST_CHANNELS = 8;

    /** Floats that a task reads: they stay in the second-level cache beside what it writes. */
    private static final int TASK_FLOATS = 16 * 1024;

    /** So many tasks a worker let the others take over what a slow one leaves. */
    private static final int TASKS_PER_WORKER = 4;

    private final Shape inShape;
    /** What {@link PlaneTile} reads. */
    private final Shape betweenShape;
    private final Shape outShape;
    private final int groups;
    private final int groupChannels;
    private final int strideHeight;
    /** Null where there is none. */
    private final DepthwisePlane depthwise;
    private final Epilogue depthwiseEpilogue;
    /** Null where the convolution is pointwise. */
    private final PlaneRows rows;
    private final PlaneWeights filters;
    private final Epilogue epilogue;
    private final int taskRows;
    private final int tasksPerGroup;
    /**
     * From one channel to the next, and from one row to the next, where {@link PlaneTile} reads.
     */
    private final int channelStep;
    private final int rowStep;
    private final int[] offsets;
    private final Scratch[] scratch;

    /**
     * What one worker needs: what lies between, or rows with their padding, and where a block's
     * rows go.
     */
    private record Scratch(DepthwisePlane.Scratch depthwise, float[] copied, int[] to) {
    }

    /** Whether it can do a convolution and is faster than turning the picture. */
    static boolean suits(Conv2d conv, Shape input) {
        int groupChannels = conv.inChannels() / conv.groups();
        return groupChannels <= MOST_CHANNELS
                && groupChannels * conv.kernelHeight()
                        * conv.kernelWidth() <= PlaneWeights.MOST_PRODUCTS
                && conv.outputShape(input).w() >= PlaneTile.LEAST_WIDTH;
    }

    /**
     * @param depthwise the convolution before, a filter a channel, or null; only before a pointwise
     * one
     * @param depthwiseWeights null without it
     * @param conv one that {@link #suits}
     * @param workers how many may run tasks
     */
    FewChannelsStep(Conv2d depthwise, ConvWeights depthwiseWeights, Conv2d conv,
            ConvWeights weights, Shape inShape, int workers) {
        this.inShape = inShape;
        betweenShape = depthwise == null ? inShape : depthwise.outputShape(inShape);
        outShape = conv.outputShape(betweenShape);
        groups = conv.groups();
        groupChannels = conv.inChannels() / groups;
        strideHeight = conv.strideHeight();
        filters = new PlaneWeights(conv, weights);
        epilogue = new Epilogue(conv.activation());
        rows = conv.isPointwise() ? null : new PlaneRows(conv, betweenShape);
        int byCache = TASK_FLOATS / (groupChannels * betweenShape.w() * strideHeight);
        int byWorkers = Math.ceilDiv(outShape.h() * groups * outShape.n(),
                TASKS_PER_WORKER * workers);
        taskRows = Math.clamp(Math.min(byCache, byWorkers), 1, outShape.h());
        tasksPerGroup = Math.ceilDiv(outShape.h(), taskRows);
        this.depthwise = depthwise == null
                ? null
                : new DepthwisePlane(depthwise, depthwiseWeights, inShape, taskRows);
        depthwiseEpilogue = depthwise == null ? null : new Epilogue(depthwise.activation());
        if (rows != null) {
            channelStep = rows.floats(taskRows);
            rowStep = strideHeight * rows.rowPitch();
        } else {
            channelStep = depthwise == null
                    ? inShape.h() * inShape.w()
                    : taskRows * betweenShape.w();
            rowStep = betweenShape.w();
        }
        int taps = conv.kernelHeight() * conv.kernelWidth();
        offsets = new int[groupChannels * taps];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = i / taps * channelStep + (rows == null ? 0 : rows.tapOffsets()[i % taps]);
        }
        scratch = new Scratch[workers];
        for (int i = 0; i < workers; i++) {
            scratch[i] = new Scratch(
                    depthwise == null ? null : this.depthwise.scratch(groupChannels),
                    rows == null ? null : new float[Math.multiplyExact(groupChannels, channelStep)],
                    new int[PlaneTile.MOST_FILTERS]);
        }
    }

    @Override
    public int tasks() {
        return outShape.n() * groups * tasksPerGroup;
    }

    @Override
    public void run(int task, int worker, float[] input, float[] output) {
        int from = task % tasksPerGroup * taskRows;
        int to = Math.min(from + taskRows, outShape.h());
        int group = task / tasksPerGroup % groups;
        int n = task / tasksPerGroup / groups;
        Scratch mine = scratch[worker];
        int plane = inShape.h() * inShape.w();
        int first = (n * inShape.c() + group * groupChannels) * plane;
        if (rows != null) {
            for (int c = 0; c < groupChannels; c++) {
                rows.copy(input, first + c * plane, from, to, mine.copied, c * channelStep);
            }
            filter(group, n, from, to, mine.copied, 0, mine.to, output);
        } else if (depthwise != null) {
            DepthwisePlane.Scratch between = mine.depthwise;
            for (int c = 0; c < groupChannels; c++) {
                depthwise.run(input, first + c * plane, c, from, to, between, c * channelStep);
            }
            depthwiseEpilogue.apply(between.rows(), 0, groupChannels * channelStep);
            filter(group, n, from, to, between.rows(), 0, mine.to, output);
        } else {
            filter(group, n, from, to, input, first + from * rowStep, mine.to, output);
        }
    }

    /**
     * @param at where the first tap of the first row's first pixel lies in the group's first
     * channel
     */
    private void filter(int group, int n, int from, int to, float[] in, int at, int[] rowOffsets,
            float[] output) {
        int plane = outShape.h() * outShape.w();
        int blocks = filters.blocks() / groups;
        for (int h = from; h < to; h++) {
            int row = n * outShape.c() * plane + h * outShape.w();
            for (int block = group * blocks; block < (group + 1) * blocks; block++) {
                int size = filters.size(block);
                for (int i = 0; i < size; i++) {
                    rowOffsets[i] = row + filters.filter(block, i) * plane;
                }
                filters.run(block, in, at + (h - from) * rowStep, offsets, output, rowOffsets,
                        outShape.w());
                epilogue.apply(output, rowOffsets, 0, filters.filters(block), outShape.w());
            }
        }
    }
}
