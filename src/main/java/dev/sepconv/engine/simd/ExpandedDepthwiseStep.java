package dev.sepconv.engine.simd;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import java.util.Set;

/**
 * Pointwise, then depthwise, a few rows at a time, so that what lies between, which is far more
 * than what is read, never leaves the second-level cache: where something else than a pointwise
 * convolution comes next, as squeeze-and-excite does. A task is some rows of one image.
 *
 * <pre>
 * rows of NHWC ─▶ pointwise ─▶ depthwise ─▶ NHWC
 * </pre>
 */
final class ExpandedDepthwiseStep implements Step {

    private final Grid out;
    private final Shape outShape;
    private final ExpandedRows expanded;
    private final DepthwiseRow row;
    private final Epilogue epilogue;
    private final int tasksPerImage;
    /** For each worker where a row begins. */
    private final int[][] beginnings;

    /**
     * @param expand pointwise
     * @param conv depthwise, one that {@link SeparableStep#suitsExpansion} with {@code expand}
     * @param in where the pixels of the pointwise convolution's input lie
     * @param inShape of what the depthwise one reads
     * @param memory of the plan
     */
    ExpandedDepthwiseStep(Conv2d expand, ConvWeights expandWeights, Conv2d conv,
            ConvWeights weights, Padding.Explicit pad, Grid in, Shape inShape, Grid out,
            Shape outShape, PlanMemory memory) {
        this.out = out;
        this.outShape = outShape;
        tasksPerImage = Math.ceilDiv(outShape.h(), SeparableStep.EXPANDED_AT_ONCE);
        expanded = new ExpandedRows(expand, expandWeights, in, inShape,
                SeparableStep.windowRows(conv, inShape), memory);
        row = new DepthwiseRow(conv, weights, pad, expanded.grid(), inShape, outShape, out.pixel());
        epilogue = new Epilogue(conv.activation()).afterClamp();
        beginnings = new int[memory.workers()][1];
    }

    @Override
    public void begin() {
        expanded.clear();
    }

    @Override
    public Set<Primer.Hot> hot() {
        return row.hot();
    }

    @Override
    public int tasks() {
        return outShape.n() * tasksPerImage;
    }

    @Override
    public void run(int task, int worker, float[] input, float[] output) {
        int n = task / tasksPerImage;
        int part = task % tasksPerImage;
        int from = (int) ((long) part * outShape.h() / tasksPerImage);
        int to = (int) ((part + 1L) * outShape.h() / tasksPerImage);
        for (int h = from; h < to; h += SeparableStep.EXPANDED_AT_ONCE) {
            int end = Math.min(h + SeparableStep.EXPANDED_AT_ONCE, to);
            int moved = expanded.have(n, row.firstRead(h), row.endRead(end - 1), worker, input);
            row.run(expanded.rows(worker), moved, n, h, end - h, outShape.w(), 0, outShape.c(),
                    output, out.at(n, h, 0), out.row());
            for (int i = h; i < end && !epilogue.isNothing(); i++) {
                beginnings[worker][0] = out.at(n, i, 0);
                epilogue.apply(output, beginnings[worker], 0, 1, outShape.w() * outShape.c());
            }
        }
    }
}
