package dev.sepconv.engine.simd;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Padding;
import dev.sepconv.Shape;

/**
 * Standard, grouped and pointwise convolution: blocks of pixels by blocks of output channels. The input has its padding round it,
 * so that no tap is ever outside.
 *
 * <p>Pixels are one list over rows and images, so that a tile may end in one row and go on in the next: pictures of 7x7 waste
 * nothing. Zeros of the padding are multiplied like any number, so a weight that is infinite or NaN gives NaN beside the border, as
 * in ONNX Runtime.
 */
final class DenseStep implements Step {

    /** Floats of input that one block of pixels may take: well inside the second-level cache, beside a panel of weights. */
    private static final int BLOCK_FLOATS = 32 * 1024;

    private static final int LEAST_PIXELS = 2 * 14;
    private static final int MOST_PIXELS = 8 * 14;

    /** So many tasks a worker let the others take over what a slow one leaves. */
    private static final int TASKS_PER_WORKER = 4;

    private final Conv2d conv;
    private final Padding.Explicit pad;
    private final Grid in;
    private final Grid out;
    private final Shape outShape;
    private final DenseBlock block;
    private final int pixels;
    private final int blockPixels;
    private final int blockPanels;
    private final int panelBlocks;
    private final DenseBlock.Scratch[] scratch;

    /**
     * @param in where the input's pixels lie, with a border at least as wide as {@code pad}
     * @param out where the output's pixels go
     * @param workers how many may run tasks
     */
    DenseStep(Conv2d conv, ConvWeights weights, Padding.Explicit pad, Grid in, Grid out, Shape outShape, int workers) {
        this.conv = conv;
        this.pad = pad;
        this.in = in;
        this.out = out;
        this.outShape = outShape;
        block = new DenseBlock(conv, weights, in);
        pixels = outShape.n() * outShape.h() * outShape.w();
        int fits = BLOCK_FLOATS / conv.inChannels() / 14 * 14;
        blockPixels = Math.min(pixels, Math.clamp(fits, LEAST_PIXELS, MOST_PIXELS));
        int pixelBlocks = Math.ceilDiv(pixels, blockPixels);
        int wantedPanelBlocks = Math.min(block.panels(), Math.ceilDiv(TASKS_PER_WORKER * workers, pixelBlocks));
        blockPanels = Math.ceilDiv(block.panels(), wantedPanelBlocks);
        panelBlocks = Math.ceilDiv(block.panels(), blockPanels);
        scratch = new DenseBlock.Scratch[workers];
        for (int i = 0; i < workers; i++) {
            scratch[i] = DenseBlock.Scratch.of(blockPixels);
        }
    }

    @Override
    public int tasks() {
        return Math.ceilDiv(pixels, blockPixels) * panelBlocks;
    }

    @Override
    public void run(int task, int worker, float[] input, float[] output) {
        int from = task / panelBlocks * blockPixels;
        int count = Math.min(blockPixels, pixels - from);
        locate(from, count, scratch[worker]);
        int firstPanel = task % panelBlocks * blockPanels;
        block.run(firstPanel, Math.min(firstPanel + blockPanels, block.panels()), count, scratch[worker], input, output);
    }

    /** Fills in where the pixels of a block lie. */
    private void locate(int from, int count, DenseBlock.Scratch offsets) {
        int w = from % outShape.w();
        int h = from / outShape.w() % outShape.h();
        int n = from / outShape.w() / outShape.h();
        for (int p = 0; p < count; p++) {
            offsets.inOffsets()[p] = in.at(n, h * conv.strideHeight() - pad.top(), w * conv.strideWidth() - pad.left());
            offsets.outOffsets()[p] = out.at(n, h, w);
            if (++w == outShape.w()) {
                w = 0;
                if (++h == outShape.h()) {
                    h = 0;
                    n++;
                }
            }
        }
    }
}
