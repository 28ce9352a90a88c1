package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.gen.PixelTile.PIXELS;
import static dev.sepconv.engine.simd.gen.PixelTile.WIDTH;
import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.engine.simd.gen.EvenTile;
import dev.sepconv.engine.simd.gen.PictureTile;
import dev.sepconv.engine.simd.gen.PixelTile;
import dev.sepconv.engine.simd.vector.VectorUnit;
import java.util.Arrays;

/**
 * A convolution that mixes channels, with its weights packed, for a block of pixels that may lie
 * anywhere.
 */
final class DenseBlock {

    /**
     * Floats of input that one block may read: well inside the second-level cache, beside a panel
     * of weights.
     */
    private static final int BLOCK_FLOATS = 32 * 1024;

    /**
     * So few that a panel's worth of results is still in the first-level cache when the activation
     * comes: 14 KiB.
     */
    private static final int MOST_PIXELS = 8 * 14;

    /** So many that reading all weights is worth it. */
    private static final int LEAST_PIXELS = 2 * 14;

    /** Weights of which a second-level cache has little left when the next run comes. */
    private static final int MANY_WEIGHTS = 64 * 1024;

    /** Pixels of such a layer that are one block, and the numbers that they read at most. */
    private static final int MOST_PIXELS_BY_PANELS = 256;

    private static final int MOST_FLOATS_BY_PANELS = 160 * 1024;

    /**
     * So many products that a call of the tile is nothing to them, and so few that the results' way
     * to where they belong, one line of the caches after the other, is behind the next ones' sums.
     */
    private static final int PIECE_PRODUCTS = 128 * 1024;

    private final int groupStep;
    private final int filters;
    private final Epilogue epilogue;
    private final int groups;
    /**
     * Whether two groups share a panel: where a group fills no more than half of one.
     */
    private final boolean pairs;
    private final PackedWeights packed;
    private final int panels;
    /** Whether {@link EvenTile} suits. */
    private final boolean even;
    /** From one pixel of a row to the next. */
    private final int inPixel;
    /** Pixels that are computed, then brought to where they belong, before the next ones. */
    private final int pieces;

    /**
     * What one worker needs to work on a block.
     *
     * @param inOffsets for each pixel where its first tap lies
     * @param outOffsets for each pixel where it goes
     * @param staged for each pixel a panel: where they belong each would take a place of the
     * first-level cache that the next pixel's takes too, before the activation comes
     * @param stagedOffsets for each pixel where that is
     * @param evenly the pixels as {@link EvenTile} reads them; none on machines without it
     * @param turning for {@link Transpose}
     */
    record Scratch(int[] inOffsets, int[] outOffsets, Room staged, int[] stagedOffsets, Room evenly,
            float[] turning) {

        /** Room for that many pixels, and for the last one's repetitions. */
        static Scratch of(int pixels, PlanMemory memory) {
            int rounded = VectorUnit.roundUp(pixels, PIXELS);
            int[] stagedOffsets = new int[rounded];
            Room staged = memory.room(rounded * WIDTH);
            Arrays.setAll(stagedOffsets, p -> staged.first() + p * WIDTH);
            return new Scratch(new int[rounded], new int[rounded], staged, stagedOffsets,
                    memory.room(PixelTile.MANY_REGISTERS ? pixels * EvenTile.APART : 0),
                    Transpose.scratch());
        }
    }

    /**
     * @param in where the pixels of the first group lie that will be read
     * @param groupStep from there to the next group's
     * @param memory of the plan
     */
    DenseBlock(Conv2d conv, ConvWeights weights, Grid in, int groupStep, PlanMemory memory) {
        this.groupStep = groupStep;
        filters = conv.outChannels() / conv.groups();
        epilogue = new Epilogue(conv.activation());
        groups = conv.groups();
        pairs = groups > 1 && filters <= LANES && !PixelTile.MANY_REGISTERS;
        packed = PackedWeights.of(conv, weights, in, PackedWeights.LONGEST_RUN, memory, pairs);
        even = packed.starts().length == 1 && groups == 1 && isEven(packed.lengths()[0]);
        inPixel = in.pixel();
        if (even) {
            Primer.want(Primer.Hot.EVEN_PIXELS);
        }
        pieces = VectorUnit.roundUp(Math.ceilDiv(PIECE_PRODUCTS, packed.panelSize()), PIXELS);
        panels = pairs ? Math.ceilDiv(groups, 2) : groups * packed.panelsPerGroup();
    }

    /**
     * How far apart the pixels should lie that a pointwise convolution reads: so that they need not
     * be moved.
     */
    static int pixelStep(Conv2d conv) {
        return conv.groups() == 1 && isEven(conv.inChannels()) ? EvenTile.APART : conv.inChannels();
    }

    private static boolean isEven(int numbers) {
        return PixelTile.MANY_REGISTERS && numbers <= EvenTile.MOST_NUMBERS;
    }

    /**
     * Whether workers should share out a layer's panels, each for all pixels, so that each weight
     * is read once a run: where there are many of them for few pixels.
     */
    static boolean suitsPanels(Conv2d conv, int pixels) {
        return conv.groups() == 1 && pixels >= LEAST_PIXELS && pixels <= MOST_PIXELS_BY_PANELS
                && (long) pixels * conv.inChannels() <= MOST_FLOATS_BY_PANELS
                && weights(conv) >= MANY_WEIGHTS;
    }

    private static long weights(Conv2d conv) {
        return (long) conv.inChannels() / conv.groups() * conv.outChannels() * conv.kernelHeight()
                * conv.kernelWidth();
    }

    /** How many pixels a block should have for that many input channels: whole tiles. */
    static int pixels(int channels) {
        return Math.clamp(BLOCK_FLOATS / channels / 14 * 14, LEAST_PIXELS, MOST_PIXELS);
    }

    /**
     * The same for a list of so many pixels: about as many for each block, so that no worker waits
     * for another's larger one.
     */
    static int pixels(int channels, int listed) {
        int blocks = Math.ceilDiv(listed, pixels(channels));
        return Math.min(listed, VectorUnit.roundUp(Math.ceilDiv(listed, blocks), 14));
    }

    int panels() {
        return panels;
    }

    /** Whether each task moves its pixels before it computes. */
    boolean movesPixels() {
        return even && inPixel != EvenTile.APART;
    }

    /**
     * Computes some panels of output channels for the pixels that {@code scratch} locates.
     *
     * @param count how many pixels
     */
    void run(int firstPanel, int endPanel, int count, Scratch scratch, float[] in, float[] out) {
        boolean evenly = isEvenNow(count);
        boolean moved = begin(count, evenly, scratch, in);
        float[] from = moved ? scratch.evenly.array() : in;
        int fromFirst = moved ? scratch.evenly.first() : scratch.inOffsets[0];
        for (int panel = firstPanel; panel < endPanel; panel++) {
            fetch(panel, count, scratch);
            if (evenly && isClamped(panel)) {
                int rest = count % EvenTile.PIXELS;
                int whole = rest <= PIXELS ? count - rest : count;
                computeEvenly(panel, whole, from, fromFirst, epilogue.low(), epilogue.high(), out,
                        scratch.outOffsets, outChannel(panel));
                if (whole < count) {
                    compute(panel, whole, count, scratch, in);
                    leave(panel, whole, count, scratch, out);
                }
            } else if (evenly) {
                computeEvenly(panel, count, scratch, from, fromFirst);
                leave(panel, 0, count, scratch, out);
            } else {
                for (int p = 0; p < count; p += pieces) {
                    int end = Math.min(count, p + pieces);
                    compute(panel, p, end, scratch, in);
                    leave(panel, p, end, scratch, out);
                }
            }
        }
    }

    /**
     * {@link #run} of all panels for neighbouring pixels of a row, as {@link PictureTile} reads
     * them.
     */
    void runRow(int count, Scratch scratch, float[] in, int first, int[] taps, int stride,
            float[] out) {
        for (int panel = 0; panel < panels; panel++) {
            if (isClamped(panel)) {
                computeRow(panel, count, in, first, taps, stride, epilogue.low(), epilogue.high(),
                        out, scratch.outOffsets, outChannel(panel));
            } else {
                computeRow(panel, count, in, first, taps, stride, Float.NEGATIVE_INFINITY,
                        Float.POSITIVE_INFINITY, scratch.staged.array(), scratch.stagedOffsets, 0);
                leave(panel, 0, count, scratch, out);
            }
        }
    }

    /** {@link #runRow} into NCHW, as {@link #runToPlanes}. */
    void runRowToPlanes(int count, Scratch scratch, float[] in, int first, int[] taps, int stride,
            float[] out, int to, int plane) {
        for (int panel = 0; panel < panels; panel++) {
            computeRow(panel, count, in, first, taps, stride, Float.NEGATIVE_INFINITY,
                    Float.POSITIVE_INFINITY, scratch.staged.array(), scratch.stagedOffsets, 0);
            leaveInPlanes(panel, count, scratch, out, to, plane);
        }
    }

    private void computeRow(int panel, int count, float[] in, int first, int[] taps, int stride,
            float low, float high, float[] out, int[] offsets, int channel) {
        PictureTile.run(in, first, taps, stride, packed.panels(), packed.at(panel), packed.bias(),
                panel * WIDTH, width(panel), low, high, out, offsets, channel, count);
    }

    /** Whether a panel is whole vectors, and clamped is all that its sums are. */
    private boolean isClamped(int panel) {
        return width(panel) % LANES == 0 && epilogue.afterClamp().isNothing();
    }

    /** Moves pixels from {@code staged} to where they belong, with their activation. */
    private void leave(int panel, int first, int end, Scratch scratch, float[] out) {
        int count = end - first;
        int outChannel = outChannel(panel);
        int width = width(panel);
        boolean isPair = isPair(panel);
        float[] staged = scratch.staged.array();
        int at = scratch.staged.first();
        if (width == WIDTH || isPair && width == LANES) {
            epilogue.move(staged, at, out, scratch.outOffsets, first, outChannel, count);
            return;
        }
        if (width > LANES) {
            epilogue.movePart(staged, at, out, scratch.outOffsets, first, outChannel, count, width);
            return;
        }
        epilogue.apply(staged, at, count * WIDTH);
        for (int p = 0; p < count; p++) {
            int from = at + p * WIDTH;
            int to = scratch.outOffsets[first + p] + outChannel;
            System.arraycopy(staged, from, out, to, width);
            if (isPair) {
                System.arraycopy(staged, from + LANES, out, to + width, width);
            }
        }
    }

    private void leaveInPlanes(int panel, int count, Scratch scratch, float[] out, int first,
            int plane) {
        float[] staged = scratch.staged.array();
        int at = scratch.staged.first();
        epilogue.apply(staged, at, count * WIDTH);
        int to = first + outChannel(panel) * plane;
        Transpose.run(staged, at, WIDTH, out, to, plane, count, width(panel), scratch.turning);
        if (isPair(panel)) {
            Transpose.run(staged, at + LANES, WIDTH, out, to + filters * plane, plane, count,
                    filters, scratch.turning);
        }
    }

    /**
     * {@link #run} into NCHW, for pixels of one image that follow one another.
     *
     * @param first where the first pixel goes in the plane of channel 0
     * @param plane from one channel to the next
     */
    void runToPlanes(int firstPanel, int endPanel, int count, Scratch scratch, float[] in,
            float[] out, int first, int plane) {
        boolean evenly = isEvenNow(count);
        boolean moved = begin(count, evenly, scratch, in);
        float[] from = moved ? scratch.evenly.array() : in;
        int fromFirst = moved ? scratch.evenly.first() : scratch.inOffsets[0];
        for (int panel = firstPanel; panel < endPanel; panel++) {
            fetch(panel, count, scratch);
            if (evenly) {
                computeEvenly(panel, count, scratch, from, fromFirst);
            } else {
                compute(panel, 0, count, scratch, in);
            }
            leaveInPlanes(panel, count, scratch, out, first, plane);
        }
    }

    /** Asked once for a block: it may begin to be so at any time. */
    private boolean isEvenNow(int count) {
        return even && count >= EvenTile.PIXELS && Primer.Hot.EVEN_PIXELS.isDone();
    }

    /**
     * Before the first panel of a block; whether its pixels then are to be read where they went.
     */
    private boolean begin(int count, boolean evenly, Scratch scratch, float[] in) {
        int[] offsets = scratch.inOffsets;
        repeatLast(offsets, count);
        int length = packed.lengths()[0];
        if (!evenly || inPixel == EvenTile.APART
                && offsets[count - 1] - offsets[0] == (count - 1) * EvenTile.APART) {
            return false;
        }
        EvenPixels.copy(in, offsets, length, scratch.evenly.array(), scratch.evenly.first(), count);
        return true;
    }

    /** Leaves a panel where its pixels belong. */
    private void computeEvenly(int panel, int count, float[] in, int first, float low, float high,
            float[] out, int[] offsets, int channel) {
        int whole = count - count % EvenTile.PIXELS;
        computeEvenly(panel, 0, whole, in, first, low, high, out, offsets, channel);
        if (whole < count) {
            // some pixels again
            computeEvenly(panel, count - EvenTile.PIXELS, EvenTile.PIXELS, in, first, low, high,
                    out, offsets, channel);
        }
    }

    private void computeEvenly(int panel, int from, int count, float[] in, int first, float low,
            float high, float[] out, int[] offsets, int channel) {
        EvenTile.run(in, first, packed.lengths()[0], packed.panels(), packed.at(panel),
                packed.bias(), panel * WIDTH, width(panel), low, high, out, offsets, channel, from,
                count);
    }

    /** Leaves a panel in {@code staged}, without activation. */
    private void computeEvenly(int panel, int count, Scratch scratch, float[] in, int first) {
        computeEvenly(panel, count, in, first, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY,
                scratch.staged.array(), scratch.stagedOffsets, 0);
    }

    /** Leaves a panel of some of the pixels in {@code staged}, without activation. */
    private void compute(int panel, int from, int to, Scratch scratch, float[] in) {
        int[] inOffsets = scratch.inOffsets;
        float[] staged = scratch.staged.array();
        int first = scratch.staged.first();
        int at = first - from * WIDTH; // the list's first pixel would be there
        if (isPair(panel)) {
            packed.multiplyPair(in, inOffsets, inChannel(panel), groupStep, panel, panel * WIDTH,
                    staged, at, WIDTH, from, to);
        } else if (from == 0 && to == 1) { // alone: with others it would have their bits
            packed.multiplyOne(in, inOffsets[from] + inChannel(panel), panel, panel * WIDTH, staged,
                    first);
        } else {
            packed.multiply(in, inOffsets, inChannel(panel), panel, panel * WIDTH, width(panel),
                    staged, at, WIDTH, from, to);
        }
    }

    /** Brings a panel of weights into the first caches, where many pixels will read it. */
    private void fetch(int panel, int count, Scratch scratch) {
        if (count >= LEAST_PIXELS && panels * packed.panelSize() >= MANY_WEIGHTS) {
            scratch.staged.array()[scratch.staged.first()] = packed.fetch(panel); // not read
        }
    }

    /** Whether a panel has two groups: the last one of an odd number has one. */
    private boolean isPair(int panel) {
        return pairs && 2 * panel + 1 < groups;
    }

    /** The first group of a panel. */
    private int group(int panel) {
        return pairs ? 2 * panel : panel / packed.panelsPerGroup();
    }

    private int inChannel(int panel) {
        return group(panel) * groupStep;
    }

    private int outChannel(int panel) {
        return group(panel) * filters + panel % packed.panelsPerGroup() * WIDTH;
    }

    /** How many of a panel's channels there are in a group. */
    private int width(int panel) {
        return Math.min(WIDTH, filters - panel % packed.panelsPerGroup() * WIDTH);
    }

    /**
     * Fills the last tile with repetitions of the last pixel, which is then computed and stored
     * more than once.
     */
    private static void repeatLast(int[] offsets, int count) {
        Arrays.fill(offsets, count, VectorUnit.roundUp(count, PIXELS), offsets[count - 1]);
    }
}
