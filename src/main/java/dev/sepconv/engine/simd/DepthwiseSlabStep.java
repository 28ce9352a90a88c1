package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;
import static dev.sepconv.engine.simd.vector.VectorUnit.REGISTERS;
import static dev.sepconv.engine.simd.vector.VectorUnit.SPECIES;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import dev.sepconv.engine.simd.gen.DepthwiseSlabTile;
import java.util.Set;
import jdk.incubator.vector.FloatVector;

/**
 * Depthwise convolution with a filter a channel, a vector of channels at a time: a task brings some
 * rows of these channels together as a slab, with zeros at their ends, and computes from there.
 * Pixels then lie side by side and not a whole pixel's channels apart, which for many channels is a
 * few sets of the first-level cache for all of them; and NCHW is read and written as it lies, by
 * turning what the first-level cache holds.
 */
final class DepthwiseSlabStep implements Step {

    /** Floats of a slab that is read: it stays in the second-level cache. */
    private static final int SLAB_FLOATS = 4096 * LANES;

    /** Pixels of a row of 3x3, fewer than which are slow elsewhere: NHWC and NCHW. */
    private static final int NARROW = REGISTERS >= 32 ? 14 : 0;
    private static final int WIDE = 28;

    /** Tasks for each worker, where there are rows enough. */
    private static final int TASKS = 4;

    private final Conv2d conv;
    private final Padding.Explicit pad;
    private final Grid in;
    private final Shape inShape;
    private final Destination to;
    private final Shape outShape;
    private final Room taps;
    private final float[] bias;
    private final Epilogue epilogue;
    private final float low;
    private final float high;
    private final int slabs;
    private final int bands;
    private final int bandRows;
    /** Pixels of a row of the slab, its ends included. */
    private final int rowPixels;
    /** Pixels of a row of the picture that are read. */
    private final int readPixels;
    private final Scratch[] scratch;

    /**
     * What a worker needs.
     *
     * @param slab rows that are read
     * @param turned the same of NCHW without their ends, or a vector of channels of what is written
     * @param turning for {@link Transpose}
     */
    private record Scratch(Room slab, float[] turned, float[] turning) {
    }

    /** Whether it is faster than a row of all channels: there two rows of 3x3 are done at once. */
    static boolean suits(Conv2d conv, Shape out) {
        return canDo(conv, out)
                && (conv.kernelWidth() > 3 || conv.strideWidth() == 1 && out.w() < NARROW);
    }

    /** Whether it is faster from NCHW to NCHW than a channel at a time, a vector of its pixels. */
    static boolean suitsPlanes(Conv2d conv, Shape out) {
        return canDo(conv, out) && (conv.kernelWidth() > 3 || out.w() < WIDE);
    }

    private static boolean canDo(Conv2d conv, Shape out) {
        return conv.dilationWidth() == 1 && conv.dilationHeight() == 1
                && DepthwiseSlabTile.suits(conv.kernelWidth(), conv.strideWidth())
                && out.w() >= DepthwiseSlabTile.PIXELS && out.c() >= LANES
                && (long) conv.kernelHeight() * rowPixels(conv, out) * LANES <= SLAB_FLOATS;
    }

    private static int rowPixels(Conv2d conv, Shape out) {
        return (out.w() - 1) * conv.strideWidth() + conv.kernelWidth();
    }

    /**
     * @param conv depthwise; one that {@link #suits} or {@link #suitsPlanes}
     * @param in where the input's pixels lie; a border is not read. Null for NCHW
     * @param to where the output's pixels go, or NCHW
     * @param memory of the plan
     */
    DepthwiseSlabStep(Conv2d conv, ConvWeights weights, Padding.Explicit pad, Grid in,
            Shape inShape, Destination to, Shape outShape, PlanMemory memory) {
        int workers = memory.workers();
        if (isPrimed(conv)) {
            Primer.want(Primer.Hot.DEPTHWISE_SLAB);
        }
        this.conv = conv;
        this.pad = pad;
        this.in = in;
        this.inShape = inShape;
        this.to = to;
        this.outShape = outShape;
        slabs = Math.ceilDiv(outShape.c(), LANES);
        int tapFloats = conv.kernelHeight() * conv.kernelWidth() * LANES;
        taps = memory.room(Math.multiplyExact(slabs, tapFloats));
        bias = new float[slabs * LANES];
        for (int c = 0; c < outShape.c(); c++) {
            WeightPacking.spread(conv, weights.weight(), c, taps.array(),
                    taps.first() + c / LANES * tapFloats + c % LANES, 0, conv.kernelWidth() * LANES,
                    LANES);
        }
        System.arraycopy(WeightPacking.bias(conv, weights), 0, bias, 0, outShape.c());
        Epilogue all = new Epilogue(conv.activation());
        low = all.low();
        high = all.high();
        epilogue = all.afterClamp();
        rowPixels = rowPixels(conv, outShape);
        readPixels = Math.clamp(rowPixels - pad.left(), 0, inShape.w());
        int wanted = Math.ceilDiv(TASKS * workers, outShape.n() * slabs);
        int most = Math.max(1,
                (SLAB_FLOATS / (rowPixels * LANES) - conv.kernelHeight()) / conv.strideHeight()
                        + 1);
        bandRows = Math.clamp(Math.ceilDiv(outShape.h(), wanted), 1, most);
        bands = Math.ceilDiv(outShape.h(), bandRows);
        int inRows = (bandRows - 1) * conv.strideHeight() + conv.kernelHeight();
        scratch = new Scratch[workers];
        for (int i = 0; i < workers; i++) {
            scratch[i] = new Scratch(memory.room(inRows * rowPixels * LANES), new float[Math
                    .max(in == null ? inRows * inShape.w() : 0, bandRows * outShape.w()) * LANES],
                    Transpose.scratch());
        }
    }

    @Override
    public Set<Primer.Hot> hot() {
        return isPrimed(conv) ? Set.of(Primer.Hot.DEPTHWISE_SLAB) : Set.of();
    }

    private static boolean isPrimed(Conv2d conv) {
        return conv.kernelWidth() == 3 && conv.strideWidth() == 1;
    }

    @Override
    public int tasks() {
        return outShape.n() * slabs * bands;
    }

    @Override
    public void run(int task, int worker, float[] input, float[] output) {
        Scratch mine = scratch[worker];
        int slab = task / bands % slabs;
        int n = task / bands / slabs;
        int fromRow = task % bands * bandRows;
        int toRow = Math.min(fromRow + bandRows, outShape.h());
        int c = slab * LANES;
        int channels = Math.min(LANES, outShape.c() - c);
        int top = fromRow * conv.strideHeight() - pad.top();
        int first = Math.clamp(top, 0, inShape.h());
        int end = Math.clamp((toRow - 1) * conv.strideHeight() - pad.top() + conv.kernelHeight(),
                first, inShape.h());
        gather(input, n, c, channels, first, end,
                mine.slab.first() + (first - top) * rowPixels * LANES, mine);
        boolean direct = to instanceof Grid && channels == LANES && epilogue.isNothing();
        for (int h = fromRow; h < toRow; h++) {
            int row = h * conv.strideHeight() - pad.top();
            int firstTap = Math.clamp(-row, 0, conv.kernelHeight());
            int endTap = Math.clamp(inShape.h() - row, firstTap, conv.kernelHeight());
            int at = direct ? ((Grid) to).at(n, h, 0) + c : (h - fromRow) * outShape.w() * LANES;
            DepthwiseSlabTile.run(mine.slab.array(),
                    mine.slab.first() + (row - top) * rowPixels * LANES, rowPixels * LANES,
                    conv.kernelWidth(), conv.strideWidth(), firstTap, endTap, taps.array(),
                    taps.first() + slab * conv.kernelHeight() * conv.kernelWidth() * LANES, bias, c,
                    low, high, direct ? output : mine.turned, at,
                    direct ? ((Grid) to).pixel() : LANES, outShape.w());
        }
        if (!direct) {
            int count = (toRow - fromRow) * outShape.w();
            epilogue.apply(mine.turned, 0, count * LANES);
            scatter(mine, n, c, channels, fromRow, toRow, output);
        }
    }

    /** Brings rows of the picture together. */
    private void gather(float[] input, int n, int c, int channels, int first, int end, int at,
            Scratch mine) {
        if (in == null) {
            int plane = inShape.h() * inShape.w();
            Transpose.run(input, (n * inShape.c() + c) * plane + first * inShape.w(), plane,
                    mine.turned, 0, LANES, channels, (end - first) * inShape.w(), mine.turning);
        }
        float[] slab = mine.slab.array();
        for (int h = first; h < end; h++) {
            int row = at + ((h - first) * rowPixels + pad.left()) * LANES;
            if (in == null) {
                System.arraycopy(mine.turned, (h - first) * inShape.w() * LANES, slab, row,
                        readPixels * LANES);
            } else if (channels == LANES) {
                pixels(input, in.at(n, h, 0) + c, in.pixel(), slab, row, readPixels);
            } else {
                for (int w = 0; w < readPixels; w++) {
                    System.arraycopy(input, in.at(n, h, w) + c, slab, row + w * LANES, channels);
                }
            }
        }
    }

    private static void pixels(float[] input, int from, int step, float[] slab, int to, int count) {
        for (int i = 0; i < count; i++) {
            FloatVector.fromArray(SPECIES, input, from + i * step).intoArray(slab, to + i * LANES);
        }
    }

    /** Brings results to where they belong. */
    private void scatter(Scratch mine, int n, int c, int channels, int fromRow, int toRow,
            float[] output) {
        if (to instanceof Grid grid) {
            for (int i = 0; i < (toRow - fromRow) * outShape.w(); i++) {
                System.arraycopy(mine.turned, i * LANES, output,
                        grid.at(n, fromRow + i / outShape.w(), i % outShape.w()) + c, channels);
            }
            return;
        }
        int plane = outShape.h() * outShape.w();
        Transpose.run(mine.turned, 0, LANES, output,
                (n * outShape.c() + c) * plane + fromRow * outShape.w(), plane,
                (toRow - fromRow) * outShape.w(), channels, mine.turning);
    }
}
