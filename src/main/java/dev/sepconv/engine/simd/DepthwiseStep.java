package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import java.util.Set;

/**
 * Depthwise convolution with a filter a channel: a task is one output row, or two, of a block of
 * channels.
 */
final class DepthwiseStep implements Step {

    /**
     * Channels of one task: enough of them to make a row worth a task, few enough to share out a
     * picture of 7x7.
     */
    private static final int BLOCK_CHANNELS = 256 / LANES * LANES;

    private final int channels;
    private final Grid out;
    private final Shape outShape;
    private final DepthwiseRow row;
    private final Epilogue epilogue;
    private final int channelBlocks;
    /** Rows of a task, and the first task's, which may be fewer. */
    private final int taskRows;
    private final int firstRows;
    private final int rowTasks;
    private final int[][] offsets;

    /**
     * @param conv depthwise
     * @param in where the input's pixels lie, each channel as often as it has filters; a border is
     * not read
     * @param out where the output's pixels go
     * @param workers how many may run tasks
     */
    DepthwiseStep(Conv2d conv, ConvWeights weights, Padding.Explicit pad, Grid in, Shape inShape,
            Grid out, Shape outShape, int workers) {
        this.out = out;
        this.outShape = outShape;
        channels = conv.outChannels();
        row = new DepthwiseRow(conv, weights, pad, in, inShape, outShape, out.pixel());
        epilogue = new Epilogue(conv.activation()).afterClamp();
        channelBlocks = Math.ceilDiv(channels, BLOCK_CHANNELS);
        taskRows = row.pairs() ? 2 : 1;
        firstRows = row.firstPair() == 0 ? taskRows : row.firstPair();
        rowTasks = 1 + Math.ceilDiv(Math.max(0, outShape.h() - firstRows), taskRows);
        offsets = new int[workers][outShape.w()];
    }

    @Override
    public Set<Primer.Hot> hot() {
        return row.hot();
    }

    @Override
    public int tasks() {
        return outShape.n() * rowTasks * channelBlocks;
    }

    @Override
    public void run(int task, int worker, float[] input, float[] output) {
        int part = task / channelBlocks % rowTasks;
        int n = task / channelBlocks / rowTasks;
        int h = part == 0 ? 0 : firstRows + (part - 1) * taskRows;
        int rows = Math.min(part == 0 ? firstRows : taskRows, outShape.h() - h);
        int from = task % channelBlocks * BLOCK_CHANNELS;
        int to = Math.min(from + BLOCK_CHANNELS, channels);
        row.run(input, 0, n, h, rows, outShape.w(), from, to, output, out.at(n, h, 0), out.row());
        for (int i = 0; i < rows && !epilogue.isNothing(); i++) {
            activate(out.at(n, h + i, 0), from, to, offsets[worker], output);
        }
    }

    private void activate(int outRow, int from, int to, int[] pixels, float[] output) {
        for (int w = 0; w < outShape.w(); w++) {
            pixels[w] = outRow + w * channels;
        }
        if (channelBlocks == 1) { // the row is one piece
            epilogue.apply(output, pixels, 0, 1, outShape.w() * channels);
        } else {
            epilogue.apply(output, pixels, from, outShape.w(), to - from);
        }
    }
}
