package dev.sepconv.engine.simd;

import static dev.sepconv.engine.simd.vector.VectorUnit.LANES;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import dev.sepconv.engine.simd.gen.DepthwiseSlabTile;
import dev.sepconv.engine.simd.gen.DepthwiseTile;
import dev.sepconv.engine.simd.gen.EvenTile;
import dev.sepconv.engine.simd.gen.PictureTile;
import dev.sepconv.engine.simd.gen.PixelTile;
import dev.sepconv.engine.simd.gen.SlidingTile;
import java.util.Arrays;

/** What {@link Primer} calls, each with arrays of its own and in all the ways that networks do. */
final class HotLoops {

    private HotLoops() {
    }

    static Primer.Loop pixels() {
        int channels = 16;
        float[] in = new float[channels];
        float[] panels = new float[channels * PixelTile.WIDTH];
        float[] bias = new float[PixelTile.WIDTH];
        float[] out = new float[PixelTile.PIXELS * PixelTile.WIDTH];
        int[] offsets = new int[PixelTile.PIXELS];
        // two: a branch that is never taken before would be compiled as one that ends the code
        int[] starts = {0, channels / 2};
        int[] lengths = {channels / 2, channels / 2};
        return new Primer.Loop(Primer.Hot.PIXELS, 2 * PixelTile.PIXELS * channels,
                Primer.MANY_EMPTY_CALLS,
                little -> PixelTile.run(in, offsets, 0, starts, lengths, panels, 0, bias, 0, 0,
                        PixelTile.WIDTH, out, 0, PixelTile.WIDTH, 0,
                        little ? PixelTile.PIXELS : 0));
    }

    /** Panels of two vectors and of one. */
    static Primer.Loop evenPixels() {
        int numbers = 4 * LANES;
        int pixels = 2 * EvenTile.PIXELS;
        float[] in = new float[pixels * numbers];
        int[] offsets = new int[pixels];
        Arrays.setAll(offsets, p -> p * numbers);
        float[] evenly = new float[pixels * EvenTile.APART];
        float[] panels = new float[numbers * PixelTile.WIDTH];
        float[] bias = new float[PixelTile.WIDTH];
        float[] out = new float[pixels * numbers];
        return new Primer.Loop(Primer.Hot.EVEN_PIXELS, 3 * pixels * (numbers + 10),
                Primer.FEW_EMPTY_CALLS, little -> {
                    int count = little ? pixels : 0;
                    EvenPixels.copyVectors(in, offsets, numbers, evenly, 0, count);
                    EvenTile.run(evenly, 0, numbers, panels, 0, bias, 0, PixelTile.WIDTH, 0, 6, out,
                            offsets, 0, 0, count);
                    EvenTile.run(evenly, 0, numbers, panels, 0, bias, 0, LANES, 0, 6, out, offsets,
                            0, 0, count);
                });
    }

    /** Panels of two vectors and of one. */
    static Primer.Loop pictures(Primer.Hot hot, int stride) {
        int taps = 2 * LANES;
        int pixels = 2 * PictureTile.PIXELS;
        float[] in = new float[taps + pixels * stride];
        int[] at = new int[taps];
        Arrays.setAll(at, i -> i);
        int[] offsets = new int[pixels];
        Arrays.setAll(offsets, p -> p * PixelTile.WIDTH);
        float[] panels = new float[taps * PixelTile.WIDTH];
        float[] bias = new float[PixelTile.WIDTH];
        float[] out = new float[pixels * PixelTile.WIDTH];
        return new Primer.Loop(hot, 3 * pixels * (taps + 10), Primer.FEW_EMPTY_CALLS, little -> {
            int count = little ? pixels : 0;
            PictureTile.run(in, 0, at, stride, panels, 0, bias, 0, PixelTile.WIDTH, 0, 6, out,
                    offsets, 0, count);
            PictureTile.run(in, 0, at, stride, panels, 0, bias, 0, LANES, 0, 6, out, offsets, 0,
                    count);
        });
    }

    static Primer.Loop clamp() {
        int pixels = 4;
        Epilogue epilogue = new Epilogue(Activation.RELU6);
        float[] staged = new float[pixels * PixelTile.WIDTH];
        float[] out = new float[PixelTile.WIDTH];
        int[] offsets = new int[pixels];
        return new Primer.Loop(Primer.Hot.CLAMP, 10 * pixels, Primer.MANY_EMPTY_CALLS,
                little -> epilogue.move(staged, 0, out, offsets, 0, 0, little ? pixels : 0));
    }

    static Primer.Loop patches() {
        int pixels = 4;
        float[] in = new float[pixels * LANES];
        float[] out = new float[pixels * LANES];
        return new Primer.Loop(Primer.Hot.PATCHES, 8 * pixels, Primer.MANY_EMPTY_CALLS, little -> {
            int count = little ? pixels : 0;
            // twice: short methods must be asked for before what calls them, or are only part of it
            for (int i = 0; i < 2; i++) {
                PatchStep.fours(in, 0, LANES, count, out, 0, LANES);
                PatchStep.vectors(in, 0, LANES, count, out, 0, LANES);
            }
        });
    }

    /** Two rows with one pixel at each end inside or outside. */
    static Primer.Loop depthwise(Primer.Hot hot, int stride) {
        int pixels = 4;
        int row = (pixels * stride + 2) * LANES;
        float[] in = new float[row * (stride + 3)];
        float[] taps = new float[9 * LANES];
        float[] bias = new float[LANES];
        float[] out = new float[2 * pixels * LANES];
        boolean slides = SlidingTile.suits(3, 3, stride, stride);
        return new Primer.Loop(hot, 4 * 2 * pixels * 14, Primer.MANY_EMPTY_CALLS, little -> {
            int to = little ? LANES : 0;
            if (!slides) {
                DepthwiseTile.squares(in, 0, row, stride * LANES, LANES, 3, taps, LANES, bias, 0,
                        to, 0, 6, out, 0, pixels * LANES, LANES, pixels);
                return;
            }
            for (int outside = 0; outside < (little ? 4 : 1); outside++) {
                SlidingTile.run(in, 0, row, LANES, stride, taps, LANES, bias, 0, to, 0, 6, out, 0,
                        pixels * LANES, LANES, pixels, outside % 2 == 1, outside >= 2);
            }
        });
    }

    /** A row whose first taps are outside. */
    static Primer.Loop depthwiseEdge(Primer.Hot hot, int stride) {
        int pixels = 2 * DepthwiseTile.PIXELS;
        int row = (pixels * stride + 2) * LANES;
        float[] in = new float[3 * row];
        float[] taps = new float[9 * LANES];
        float[] bias = new float[LANES];
        float[] out = new float[pixels * LANES];
        return new Primer.Loop(hot, pixels * 10, Primer.MANY_EMPTY_CALLS,
                little -> DepthwiseTile.run(in, 0, row, stride * LANES, LANES, 3, 3, 1, 3, taps,
                        LANES, bias, 0, little ? LANES : 0, 0, 6, out, 0, LANES, pixels));
    }

    /**
     * Four vectors of channels and one, at both ends; dilated, as others want more of their own.
     */
    static Primer.Loop depthwisePixel() {
        int channels = 5 * LANES;
        Shape in = new Shape(1, channels, 5, 5);
        Conv2d conv = Conv2d.depthwise(channels, 1, 3).withDilation(2).withBias(false)
                .withPadding(Padding.of(2));
        DepthwiseRow row = new DepthwiseRow(conv, new ConvWeights(new float[channels * 9], null),
                conv.padding().resolve(conv, in.h(), in.w()), Grid.padded(in, Picture.NO_BORDER),
                in, in, channels);
        float[] input = new float[in.elements()];
        float[] output = new float[channels];
        return new Primer.Loop(Primer.Hot.DEPTHWISE_PIXEL, 2 * 5 * 12, Primer.MANY_EMPTY_CALLS,
                little -> {
                    int to = little ? channels : 0;
                    row.edge(input, 0, 0, 1, 3, 0, to, output, 0);
                    row.edge(input, -2 * channels, 4, 1, 3, 0, to, output, -4 * channels);
                });
    }

    static Primer.Loop onePixel() {
        int channels = 18;
        float[] in = new float[channels];
        int[] starts = {0};
        int[] lengths = {channels};
        float[] panels = new float[channels * PixelTile.WIDTH];
        float[] bias = new float[PixelTile.WIDTH];
        float[] out = new float[PixelTile.WIDTH];
        return new Primer.Loop(Primer.Hot.ONE_PIXEL, 2 * channels, Primer.MANY_EMPTY_CALLS,
                little -> OnePixel.run(in, 0, starts, lengths, panels, 0, bias, 0, out, 0,
                        little ? 1 : 0));
    }

    static Primer.Loop slab() {
        int pixels = DepthwiseSlabTile.PIXELS;
        int row = (pixels + 2) * LANES;
        float[] in = new float[3 * row];
        float[] taps = new float[9 * LANES];
        float[] bias = new float[LANES];
        float[] out = new float[pixels * LANES];
        return new Primer.Loop(Primer.Hot.DEPTHWISE_SLAB, pixels * 15, Primer.MANY_EMPTY_CALLS,
                little -> {
                    DepthwiseSlabTile.run(in, 0, row, 3, 1, 0, 3, taps, 0, bias, 0, 0, 6, out, 0,
                            LANES, little ? pixels : 0);
                    if (little) {
                        DepthwiseSlabTile.run(in, 0, row, 3, 1, 1, 3, taps, 0, bias, 0, 0, 6, out,
                                0, LANES, pixels);
                    }
                });
    }
}
