package dev.sepconv.engine.simd;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import dev.sepconv.engine.simd.vector.VectorUnit;

/**
 * Standard, grouped and pointwise convolution: blocks of pixels by blocks of output channels. The
 * input has its padding round it, so that no tap is ever outside.
 *
 * <p>
 * Pixels are one list over rows and images, so that a tile may end in one row and go on in the
 * next: pictures of 7x7 waste nothing. Zeros of the padding are multiplied like any number, so a
 * weight that is infinite or NaN gives NaN beside the border, as in ONNX Runtime.
 */
final class DenseStep implements Step {

    /** So many tasks a worker let the others take over what a slow one leaves. */
    private static final int TASKS_PER_WORKER = 4;

    /** The same where tasks are all pixels' panels. */
    private static final int PANEL_TASKS_PER_WORKER = 8;

    /** And where each of these moves all pixels first, which may take as long as a panel. */
    private static final int MOVES_PER_WORKER = 3;

    /** Of the time that panels alone take as tasks; where it would be more pixels are cut too. */
    private static final double MOST_WAITING = 1.1;

    private final Conv2d conv;
    private final Padding.Explicit pad;
    private final Grid in;
    private final Destination out;
    private final Shape outShape;
    private final DenseBlock block;
    private final ChannelGate gate;
    /** Lists of pixels, how many each has, and into how many blocks of how many it is cut. */
    private final int lists;
    private final int pixels;
    private final int blockPixels;
    private final int pixelBlocks;
    private final int panelBlocks;
    /** Whether a panel's tasks follow one another, as its weights are many; else a block's. */
    private final boolean byPanels;
    private final DenseBlock.Scratch[] scratch;
    /** For each worker the pixels of its block behind the gate; null without one. */
    private final float[][] gated;

    /**
     * @param in where the input's pixels lie, the groups apart (faster) or side by side, with a
     * border at least as wide as {@code pad}
     * @param gate multiplied by the input's channels as they are read, only of a pointwise
     * convolution; null for none
     * @param out where the output goes
     * @param memory of the plan
     */
    DenseStep(Conv2d conv, ConvWeights weights, Padding.Explicit pad, Grid in, ChannelGate gate,
            Destination out, Shape outShape, PlanMemory memory) {
        this.conv = conv;
        this.gate = gate;
        this.pad = pad;
        this.in = in;
        this.out = out;
        this.outShape = outShape;
        block = new DenseBlock(conv, weights, in,
                in.groupStep(conv.groups(), conv.inChannels() / conv.groups()), memory);
        // In NHWC the images are one list of pixels; in NCHW planes part them.
        boolean apart = out instanceof Destination.Planes;
        lists = apart ? outShape.n() : 1;
        pixels = outShape.h() * outShape.w() * (apart ? 1 : outShape.n());
        byPanels = gate == null && DenseBlock.suitsPanels(conv, pixels);
        if (byPanels) {
            int perWorker = block.movesPixels() ? MOVES_PER_WORKER : PANEL_TASKS_PER_WORKER;
            panelBlocks = Math.min(block.panels(), perWorker * memory.workers());
            int most = Math.ceilDiv(panelBlocks, memory.workers());
            boolean fair = most * memory.workers() <= panelBlocks * MOST_WAITING;
            blockPixels = fair ? pixels : VectorUnit.roundUp(Math.ceilDiv(pixels, 2), 14);
            pixelBlocks = Math.ceilDiv(pixels, blockPixels);
        } else {
            blockPixels = DenseBlock.pixels(conv.inChannels() / conv.groups(), pixels);
            pixelBlocks = Math.ceilDiv(pixels, blockPixels);
            int wanted = Math.ceilDiv(TASKS_PER_WORKER * memory.workers(),
                    Math.multiplyExact(lists, pixelBlocks));
            panelBlocks = Math.min(block.panels(), wanted);
        }
        if (blockPixels == 1) {
            Primer.want(Primer.Hot.ONE_PIXEL);
        }
        scratch = memory.blocks(blockPixels);
        gated = gate == null ? null : new float[memory.workers()][blockPixels * conv.inChannels()];
    }

    /**
     * Whether a gate costs less here than in a step before: where each task has all filters, so
     * that a pixel is multiplied once.
     */
    static boolean suitsGate(Conv2d conv, Shape out, int workers) {
        int pixels = out.n() * out.h() * out.w();
        return Math.ceilDiv(pixels, DenseBlock.pixels(conv.inChannels())) >= TASKS_PER_WORKER
                * workers;
    }

    @Override
    public int tasks() {
        return lists * pixelBlocks * panelBlocks;
    }

    @Override
    public void run(int task, int worker, float[] input, float[] output) {
        int list = task / panelBlocks / pixelBlocks;
        int pixelBlock = byPanels ? task % pixelBlocks : task / panelBlocks % pixelBlocks;
        int part = (byPanels ? task / pixelBlocks : task) % panelBlocks;
        int from = pixelBlock * blockPixels;
        int count = Math.min(blockPixels, pixels - from);
        int firstPanel = part * block.panels() / panelBlocks;
        int endPanel = (part + 1) * block.panels() / panelBlocks;
        DenseBlock.Scratch mine = scratch[worker];
        locate(list, from, count, mine);
        float[] read = input;
        if (gate != null) {
            gate(list * pixels + from, count, mine.inOffsets(), input, gated[worker]);
            read = gated[worker];
        }
        switch (out) {
            case Grid grid -> block.run(firstPanel, endPanel, count, mine, read, output);
            case Destination.Planes planes -> block.runToPlanes(firstPanel, endPanel, count, mine,
                    read, output, planes.at(list, 0, from), planes.plane());
        }
    }

    /**
     * Multiplies a block's pixels by their image's gate.
     *
     * @param first number of its first pixel, over all images
     * @param offsets where the pixels lie, and then where those behind the gate do
     */
    private void gate(int first, int count, int[] offsets, float[] input, float[] to) {
        int plane = outShape.h() * outShape.w();
        for (int p = 0; p < count; p++) {
            int at = p * conv.inChannels();
            gate.apply((first + p) / plane, input, offsets[p], to, at);
            offsets[p] = at;
        }
    }

    /** Fills in where the pixels of a block lie and, in NHWC, where they go. */
    private void locate(int list, int from, int count, DenseBlock.Scratch offsets) {
        int w = from % outShape.w();
        int h = from / outShape.w() % outShape.h();
        int n = list + from / outShape.w() / outShape.h();
        for (int p = 0; p < count; p++) {
            offsets.inOffsets()[p] = in.at(n, h * conv.strideHeight() - pad.top(),
                    w * conv.strideWidth() - pad.left());
            if (out instanceof Grid grid) {
                offsets.outOffsets()[p] = grid.at(n, h, w);
            }
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
