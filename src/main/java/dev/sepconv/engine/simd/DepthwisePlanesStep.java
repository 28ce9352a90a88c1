package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Shape;

/**
 * Depthwise convolution with a filter a channel from NCHW to NCHW; a task is some rows of some
 * channels.
 */
final class DepthwisePlanesStep implements Step {

    /** Floats of output rows done at once: with the input rows inside the first-level cache. */
    private static final int BAND_FLOATS = 2 * 1024;

    /** Floats of output that make a task: some ten microseconds. */
    private static final int TASK_FLOATS = 16 * 1024;

    private final Shape inShape;
    private final Shape outShape;
    private final DepthwisePlane plane;
    private final Epilogue epilogue;
    private final int bandRows;
    private final int taskChannels;
    private final DepthwisePlane.Scratch[] scratch;

    /**
     * Whether it is faster than turning the picture: not where a stride leaves less than a vector
     * of a row.
     */
    static boolean suits(Conv2d conv, Shape out) {
        return conv.strideWidth() == 1 || out.w() >= LANES;
    }

    /**
     * @param workers how many may run tasks
     */
    DepthwisePlanesStep(Conv2d conv, ConvWeights weights, Shape inShape, int workers) {
        this.inShape = inShape;
        outShape = conv.outputShape(inShape);
        bandRows = Math.clamp(BAND_FLOATS / outShape.w() / 4 * 4, 1, outShape.h());
        int planeFloats = outShape.h() * outShape.w();
        taskChannels = Math.clamp(TASK_FLOATS / planeFloats, 1,
                Math.ceilDiv(outShape.c(), workers));
        plane = new DepthwisePlane(conv, weights, inShape, bandRows);
        epilogue = new Epilogue(conv.activation());
        scratch = new DepthwisePlane.Scratch[workers];
        for (int i = 0; i < workers; i++) {
            scratch[i] = plane.scratch(1);
        }
    }

    @Override
    public int tasks() {
        return outShape.n() * Math.ceilDiv(outShape.c(), taskChannels);
    }

    @Override
    public void run(int task, int worker, float[] input, float[] output) {
        int tasksPerImage = Math.ceilDiv(outShape.c(), taskChannels);
        int n = task / tasksPerImage;
        int first = task % tasksPerImage * taskChannels;
        int end = Math.min(first + taskChannels, outShape.c());
        DepthwisePlane.Scratch mine = scratch[worker];
        for (int c = first; c < end; c++) {
            int in = (n * inShape.c() + c) * inShape.h() * inShape.w();
            int out = (n * outShape.c() + c) * outShape.h() * outShape.w();
            for (int from = 0; from < outShape.h(); from += bandRows) {
                int to = Math.min(from + bandRows, outShape.h());
                plane.run(input, in, c, from, to, mine, 0);
                int count = (to - from) * outShape.w();
                epilogue.apply(mine.rows(), 0, count);
                System.arraycopy(mine.rows(), 0, output, out + from * outShape.w(), count);
            }
        }
    }
}
