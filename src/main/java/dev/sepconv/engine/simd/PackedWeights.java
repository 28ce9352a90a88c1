package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.gen.PixelTile.WIDTH;
import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Shape;
import dev.sepconv.engine.simd.gen.PixelTile;

/**
 * Weights in the order in which {@link PixelTile} reads them: panels of {@link PixelTile#WIDTH}
 * output channels of one group, each panel {@code [R][S][C/G][WIDTH]}. Where a group's output
 * channels don't fill its last panel the rest is zeros.
 *
 * @param panels all panels, one after the other
 * @param first where they begin
 * @param bias a number for each output channel of each panel; zeros where there is none
 * @param biasStep from the bias of one entry of the tile's list to the next one's, all lanes alike;
 * 0 where each lane has its own
 * @param panelsPerGroup how many panels one group has
 * @param panelSize floats in a panel
 * @param starts where each run of input numbers begins, counted from the first tap's first channel.
 * A run is what lies side by side in the input: the channels of a tap, or of a whole kernel row
 * where taps are neighbours, cut where it would be longer than {@link #LONGEST_RUN}
 * @param lengths how many numbers each run has
 */
record PackedWeights(float[] panels, int first, float[] bias, int biasStep, int panelsPerGroup,
        int panelSize, int[] starts, int[] lengths) {

    /**
     * Each run is summed by itself, then added to the others. In one long sum each small product
     * would be rounded to the precision of the large sum: with 9,216 of them, as in 3x3 on 1,024
     * channels, the error would be ten times this one's.
     */
    static final int LONGEST_RUN = 512;

    /** Floats of a line of the caches. */
    private static final int LINE = 16;

    /**
     * @param in where the pixels of one group's input lie, border included
     * @param longestRun at most so many numbers are a run, such as {@link #LONGEST_RUN}
     * @param memory of the plan
     * @throws IllegalArgumentException if the panels would not fit into one array
     */
    static PackedWeights of(Conv2d conv, ConvWeights weights, Grid in, int longestRun,
            PlanMemory memory) {
        return of(conv, weights, in, longestRun, memory, false);
    }

    /**
     * {@link #of(Conv2d, ConvWeights, Grid, int, PlanMemory)}.
     *
     * @param pairs whether two groups share a panel, each in a vector of its own, which its filters
     * must fit in
     */
    static PackedWeights of(Conv2d conv, ConvWeights weights, Grid in, int longestRun,
            PlanMemory memory, boolean pairs) {
        int groups = conv.groups();
        int channels = conv.inChannels() / groups;
        int filters = conv.outChannels() / groups;
        int taps = conv.kernelHeight() * conv.kernelWidth();
        int panelsPerGroup = Math.ceilDiv(filters, WIDTH);
        int panelSize = Math.multiplyExact(taps * channels, WIDTH);
        int panelCount = pairs
                ? Math.ceilDiv(groups, 2)
                : Math.multiplyExact(groups, panelsPerGroup);
        long size = (long) panelCount * panelSize;
        if (size > Shape.MAX_ELEMENTS) {
            throw new IllegalArgumentException("weights need %d floats when packed; at most %d fit"
                    .formatted(size, Shape.MAX_ELEMENTS));
        }
        Room panels = memory.room((int) size);
        float[] bias = new float[panelCount * WIDTH];
        for (int k = 0; k < conv.outChannels(); k++) {
            int group = k / filters;
            int panel = pairs ? group / 2 : group * panelsPerGroup + k % filters / WIDTH;
            int lane = pairs ? group % 2 * LANES + k % filters : k % filters % WIDTH;
            WeightPacking.spread(conv, weights.weight(), k, panels.array(),
                    panels.first() + panel * panelSize + lane, WIDTH,
                    conv.kernelWidth() * channels * WIDTH, channels * WIDTH);
            if (weights.bias() != null) {
                bias[panel * WIDTH + lane] = weights.bias()[k];
            }
        }
        boolean rowIsRun = conv.dilationWidth() == 1 && in.pixel() == channels;
        int rowPieces = rowIsRun ? 1 : conv.kernelWidth();
        int pieceLength = rowIsRun ? conv.kernelWidth() * channels : channels;
        int runsPerPiece = Math.ceilDiv(pieceLength, longestRun);
        int[] starts = new int[conv.kernelHeight() * rowPieces * runsPerPiece];
        int[] lengths = new int[starts.length];
        for (int i = 0; i < starts.length; i++) {
            int piece = i / runsPerPiece;
            int from = (int) ((long) (i % runsPerPiece) * pieceLength / runsPerPiece);
            int to = (int) ((i % runsPerPiece + 1L) * pieceLength / runsPerPiece);
            starts[i] = piece / rowPieces * conv.dilationHeight() * in.row()
                    + piece % rowPieces * conv.dilationWidth() * in.pixel() + from;
            lengths[i] = to - from;
        }
        return new PackedWeights(panels.array(), panels.first(), bias, 0, panelsPerGroup, panelSize,
                starts, lengths);
    }

    /**
     * Room for pixels in place of weights, for {@link PixelTile} with its roles swapped: panels
     * {@code [C][WIDTH]} of pixels.
     *
     * @param bias for each filter its bias as a vector
     */
    static PackedWeights pixels(int channels, int panels, float[] bias) {
        int panelSize = channels * WIDTH;
        int runs = Math.ceilDiv(channels, LONGEST_RUN);
        int[] starts = new int[runs];
        int[] lengths = new int[runs];
        for (int i = 0; i < runs; i++) {
            starts[i] = (int) ((long) i * channels / runs);
            lengths[i] = (int) ((i + 1L) * channels / runs) - starts[i];
        }
        return new PackedWeights(new float[Math.multiplyExact(panels, panelSize)], 0, bias, LANES,
                panels, panelSize, starts, lengths);
    }

    /** Where a panel begins in {@link #panels}. */
    int at(int panel) {
        return first + panel * panelSize;
    }

    /**
     * Reads a panel once, a number of each line of the caches, as fast as they come: a tile waits
     * for each line that it is the first to read.
     *
     * @return some number, so that the JVM doesn't leave out the reading
     */
    float fetch(int panel) {
        return fetch(panels, at(panel), at(panel + 1));
    }

    private static float fetch(float[] numbers, int from, int to) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        int i = from;
        for (; i <= to - 4 * LINE; i += 4 * LINE) {
            a += numbers[i];
            b += numbers[i + LINE];
            c += numbers[i + 2 * LINE];
            d += numbers[i + 3 * LINE];
        }
        for (; i < to; i += LINE) {
            a += numbers[i];
        }
        return a + b + (c + d);
    }

    /**
     * One panel of output channels for a list of pixels, with bias, without activation.
     *
     * @param inOffsets for each pixel where its first tap's first channel lies in {@code in}
     * @param channel added to each of them: the first channel of the panel's group
     * @param biasAt where the bias of its first channel and first pixel is
     * @param width how many of the panel's output channels are wanted; others may be left as they
     * are
     * @param outAt where the first pixel of the list has its first channel in {@code out}
     * @param outStep from there to where the next pixel's goes
     * @param from the first pixel that is done
     * @param to the one past the last; the list and {@code out} go on, up to a multiple of
     * {@link PixelTile#PIXELS}, with pixels that may be done too
     */
    void multiply(float[] in, int[] inOffsets, int channel, int panel, int biasAt, int width,
            float[] out, int outAt, int outStep, int from, int to) {
        PixelTile.run(in, inOffsets, channel, starts, lengths, panels, at(panel), bias, biasAt,
                biasStep, width, out, outAt, outStep, from, to);
    }

    /**
     * {@link #multiply} for one pixel; all of the panel's output channels are written.
     *
     * @param first where the pixel's first tap's first channel lies in {@code in}
     * @param at where its first channel goes in {@code out}
     */
    void multiplyOne(float[] in, int first, int panel, int biasAt, float[] out, int at) {
        OnePixel.run(in, first, starts, lengths, panels, at(panel), bias, biasAt, out, at, 1);
    }

    /**
     * {@link #multiply} for a panel of two groups.
     *
     * @param second from the first group's first channel to the second one's
     */
    void multiplyPair(float[] in, int[] inOffsets, int channel, int second, int panel, int biasAt,
            float[] out, int outAt, int outStep, int from, int to) {
        PixelTile.runApart(in, inOffsets, channel, second, starts, lengths, panels, at(panel), bias,
                biasAt, biasStep, out, outAt, outStep, from, to);
    }
}
