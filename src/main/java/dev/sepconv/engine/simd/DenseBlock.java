package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.PixelTile.PIXELS;
import static dev.sepconv.engine.simd.PixelTile.WIDTH;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;

/** A convolution that mixes channels, with its weights packed, for a block of pixels that may lie anywhere. */
final class DenseBlock {

    private final int channels;
    private final int filters;
    private final Epilogue epilogue;
    private final PackedWeights packed;
    private final int panels;

    /**
     * What one worker needs to work on a block.
     *
     * @param inOffsets for each pixel where its first tap lies
     * @param outOffsets for each pixel where it goes
     * @param partial for each pixel a panel: where the channels of a panel are not all there, they land here first
     * @param partialOffsets where each pixel lies in {@code partial}
     */
    record Scratch(int[] inOffsets, int[] outOffsets, float[] partial, int[] partialOffsets) {

        /** Room for that many pixels, and for the last one's repetitions. */
        static Scratch of(int pixels) {
            int rounded = Lanes.roundUp(pixels, PIXELS);
            int[] partialOffsets = new int[rounded];
            for (int p = 0; p < rounded; p++) {
                partialOffsets[p] = p * WIDTH;
            }
            return new Scratch(new int[rounded], new int[rounded], new float[rounded * WIDTH], partialOffsets);
        }

        /** Fills the last tile with repetitions of the last pixel, which is then computed and stored more than once. */
        void repeatLast(int count) {
            for (int p = count; p < Lanes.roundUp(count, PIXELS); p++) {
                inOffsets[p] = inOffsets[count - 1];
                outOffsets[p] = outOffsets[count - 1];
            }
        }
    }

    /**
     * @param in where the pixels lie that will be read
     */
    DenseBlock(Conv2d conv, ConvWeights weights, Grid in) {
        channels = conv.inChannels() / conv.groups();
        filters = conv.outChannels() / conv.groups();
        epilogue = new Epilogue(conv.activation());
        packed = PackedWeights.of(conv, weights, in);
        panels = conv.groups() * packed.panelsPerGroup();
    }

    int panels() {
        return panels;
    }

    /**
     * Computes some panels of output channels.
     *
     * @param count how many pixels {@code scratch} locates
     */
    void run(int firstPanel, int endPanel, int count, Scratch scratch, float[] in, float[] out) {
        scratch.repeatLast(count);
        int rounded = Lanes.roundUp(count, PIXELS);
        for (int panel = firstPanel; panel < endPanel; panel++) {
            int group = panel / packed.panelsPerGroup();
            int filter = panel % packed.panelsPerGroup() * WIDTH;
            int outChannel = group * filters + filter;
            int width = Math.min(WIDTH, filters - filter);
            if (width == WIDTH) {
                PixelTile.run(in, scratch.inOffsets, group * channels, packed, panel, out, scratch.outOffsets, outChannel,
                        rounded);
                epilogue.apply(out, scratch.outOffsets, outChannel, count, WIDTH);
            } else {
                PixelTile.run(in, scratch.inOffsets, group * channels, packed, panel, scratch.partial, scratch.partialOffsets, 0,
                        rounded);
                epilogue.apply(scratch.partial, scratch.partialOffsets, 0, count, WIDTH);
                for (int p = 0; p < count; p++) {
                    System.arraycopy(scratch.partial, p * WIDTH, out, scratch.outOffsets[p] + outChannel, width);
                }
            }
        }
    }
}
