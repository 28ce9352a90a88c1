package dev.sepconv.kernel.conv;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/**
 * Standard convolution of few channels, such as a picture's three, for CPUs: from a row-major array
 * to pixels of whole vectors. Brought into vectors first, such pixels would be padding for the most
 * part, and a tap's few products are too few for a loop.
 */
public final class PictureConv {

    /** Channels above which pixels of vectors are better. */
    public static final int MOST_CHANNELS = 4;
    /** Products that are summed one after the other at most. */
    private static final int MOST_PRODUCTS = 256;
    /** Pixels of a row that are computed at once. */
    private static final int PIXELS = 16;

    /** What {@link #mode} multiplies: above the activations. */
    private static final int STEP = 16;

    private static final int CHANNELS = 0;
    private static final int IN_HEIGHT = 1;
    private static final int IN_WIDTH = 2;
    /** Numbers of the input from one channel, column and row to the next. */
    private static final int CHANNEL_STRIDE = 3;
    private static final int COLUMN_STRIDE = 4;
    private static final int ROW_STRIDE = 5;
    private static final int OUT_HEIGHT = 6;
    private static final int OUT_WIDTH = 7;
    private static final int OUT_PIXEL_VECTORS = 8;
    private static final int KERNEL_HEIGHT = 9;
    private static final int KERNEL_WIDTH = 10;
    private static final int STRIDE_HEIGHT = 11;
    private static final int STRIDE_WIDTH = 12;
    private static final int DILATION_HEIGHT = 13;
    private static final int DILATION_WIDTH = 14;
    private static final int PAD_TOP = 15;
    private static final int PAD_LEFT = 16;
    private static final int INNER_FIRST = 17;
    private static final int INNER_END = 18;
    /** The first vector of the output, where its pixels are parts of larger ones. */
    private static final int OUT_FIRST = 19;

    private PictureConv() {
    }

    /** Whether it is meant for this convolution. */
    public static boolean supports(Geometry g) {
        return g.groups() == 1 && g.inChannels() <= MOST_CHANNELS
                && g.inChannels() * g.kernelHeight() * g.kernelWidth() <= MOST_PRODUCTS
                && innerEnd(g) - innerFirst(g) >= PIXELS;
    }

    /** First output column whose whole kernel lies on the input. */
    private static int innerFirst(Geometry g) {
        return Math.min(Math.ceilDiv(g.padLeft(), g.strideWidth()), g.outWidth());
    }

    /** One past the last such column. */
    private static int innerEnd(Geometry g) {
        int extent = (g.kernelWidth() - 1) * g.dilationWidth();
        int lastFit = Math.floorDiv(g.inWidth() - 1 - extent + g.padLeft(), g.strideWidth());
        return Math.clamp(lastFit + 1, innerFirst(g), g.outWidth());
    }

    /**
     * The kernel's sizes.
     *
     * @param channelsLast whether the input is {@code [N, H, W, C]} rather than
     * {@code [N, C, H, W]}
     * @param outPixelFloats numbers from one output pixel to the next
     * @param outFirst number before the first
     */
    public static IntArray sizes(Geometry g, boolean channelsLast, int outPixelFloats,
            int outFirst) {
        int channels = g.inChannels();
        int width = g.inWidth();
        return IntArray.fromElements(channels, g.inHeight(), width,
                channelsLast ? 1 : g.inHeight() * width, channelsLast ? channels : 1,
                channelsLast ? width * channels : width, g.outHeight(), g.outWidth(),
                outPixelFloats / VectorGeometry.LANES, g.kernelHeight(), g.kernelWidth(),
                g.strideHeight(), g.strideWidth(), g.dilationHeight(), g.dilationWidth(),
                g.padTop(), g.padLeft(), innerFirst(g), innerEnd(g),
                outFirst / VectorGeometry.LANES);
    }

    /**
     * What is part of the code: with the distance of two pixels' inputs known, each of a tile's
     * inputs is read where the first is and some bytes on, without arithmetic of its own.
     *
     * @param channelsLast as in {@link #sizes}
     */
    public static int mode(Geometry g, boolean channelsLast, int activation) {
        return activation + STEP * g.strideWidth() * (channelsLast ? g.inChannels() : 1);
    }

    /**
     * 16 pixels of a row at a time, one at a time at its ends. Bias and activation are taken of a
     * row when it is there: in the tile they would be most of the code.
     *
     * @param weight for each 16 output channels {@code [R, S, C, 16]}
     * @param rows output rows, N*OH
     * @param blocks vectors of 16 output channels
     * @param mode see {@link #mode}
     */
    public static void vectors(FloatArray input, VectorFloat16 weight, VectorFloat16 bias,
            VectorFloat16 output, IntArray sizes, int rows, int blocks, int mode, float slope) {
        int activation = mode % STEP;
        int step = mode / STEP;
        int channels = sizes.get(CHANNELS);
        int inHeight = sizes.get(IN_HEIGHT);
        int inWidth = sizes.get(IN_WIDTH);
        int channelStride = sizes.get(CHANNEL_STRIDE);
        int columnStride = sizes.get(COLUMN_STRIDE);
        int rowStride = sizes.get(ROW_STRIDE);
        int outHeight = sizes.get(OUT_HEIGHT);
        int outWidth = sizes.get(OUT_WIDTH);
        int vectors = sizes.get(OUT_PIXEL_VECTORS);
        int kernelHeight = sizes.get(KERNEL_HEIGHT);
        int kernelWidth = sizes.get(KERNEL_WIDTH);
        int strideHeight = sizes.get(STRIDE_HEIGHT);
        int strideWidth = sizes.get(STRIDE_WIDTH);
        int dilationHeight = sizes.get(DILATION_HEIGHT);
        int dilationWidth = sizes.get(DILATION_WIDTH);
        int padTop = sizes.get(PAD_TOP);
        int padLeft = sizes.get(PAD_LEFT);
        int innerFirst = sizes.get(INNER_FIRST);
        int innerEnd = sizes.get(INNER_END);
        int outFirst = sizes.get(OUT_FIRST);
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                int top = row % outHeight * strideHeight - padTop;
                int rFirst = Taps.first(top, dilationHeight);
                int rEnd = Taps.end(top, dilationHeight, inHeight, kernelHeight);
                int picture = row / outHeight * channels * inHeight * inWidth;
                int line = picture + top * rowStride;
                int firstWeight = block * kernelHeight * kernelWidth * channels;
                int down = dilationHeight * rowStride;
                int right = dilationWidth * columnStride;
                int out = row * outWidth;
                int to = outFirst + block;
                Float16 summand = bias.get(block);
                Float16 start = Float16s.of(0f);
                for (int tile = innerFirst; tile < innerEnd; tile += 16) {
                    int ow = Tile.min(tile, innerEnd - 16);
                    int first = line + (ow * strideWidth - padLeft) * columnStride;
                    int w = firstWeight + rFirst * kernelWidth * channels;
                    Float16 sum0 = start;
                    Float16 sum1 = start;
                    Float16 sum2 = start;
                    Float16 sum3 = start;
                    Float16 sum4 = start;
                    Float16 sum5 = start;
                    Float16 sum6 = start;
                    Float16 sum7 = start;
                    Float16 sum8 = start;
                    Float16 sum9 = start;
                    Float16 sum10 = start;
                    Float16 sum11 = start;
                    Float16 sum12 = start;
                    Float16 sum13 = start;
                    Float16 sum14 = start;
                    Float16 sum15 = start;
                    for (int r = rFirst; r < rEnd; r++) {
                        for (int s = 0; s < kernelWidth; s++) {
                            int tap = first + r * down + s * right;
                            for (int c = 0; c < channels; c++) {
                                int x = tap + c * channelStride;
                                Float16 taken = weight.get(w);
                                w++;
                                sum0 = Float16.add(sum0,
                                        Float16.mult(taken, Float16s.of(input.get(x))));
                                sum1 = Float16.add(sum1,
                                        Float16.mult(taken, Float16s.of(input.get(x + step))));
                                sum2 = Float16.add(sum2,
                                        Float16.mult(taken, Float16s.of(input.get(x + 2 * step))));
                                sum3 = Float16.add(sum3,
                                        Float16.mult(taken, Float16s.of(input.get(x + 3 * step))));
                                sum4 = Float16.add(sum4,
                                        Float16.mult(taken, Float16s.of(input.get(x + 4 * step))));
                                sum5 = Float16.add(sum5,
                                        Float16.mult(taken, Float16s.of(input.get(x + 5 * step))));
                                sum6 = Float16.add(sum6,
                                        Float16.mult(taken, Float16s.of(input.get(x + 6 * step))));
                                sum7 = Float16.add(sum7,
                                        Float16.mult(taken, Float16s.of(input.get(x + 7 * step))));
                                sum8 = Float16.add(sum8,
                                        Float16.mult(taken, Float16s.of(input.get(x + 8 * step))));
                                sum9 = Float16.add(sum9,
                                        Float16.mult(taken, Float16s.of(input.get(x + 9 * step))));
                                sum10 = Float16.add(sum10,
                                        Float16.mult(taken, Float16s.of(input.get(x + 10 * step))));
                                sum11 = Float16.add(sum11,
                                        Float16.mult(taken, Float16s.of(input.get(x + 11 * step))));
                                sum12 = Float16.add(sum12,
                                        Float16.mult(taken, Float16s.of(input.get(x + 12 * step))));
                                sum13 = Float16.add(sum13,
                                        Float16.mult(taken, Float16s.of(input.get(x + 13 * step))));
                                sum14 = Float16.add(sum14,
                                        Float16.mult(taken, Float16s.of(input.get(x + 14 * step))));
                                sum15 = Float16.add(sum15,
                                        Float16.mult(taken, Float16s.of(input.get(x + 15 * step))));
                            }
                        }
                    }
                    output.set((out + ow) * vectors + to, sum0);
                    output.set((out + ow + 1) * vectors + to, sum1);
                    output.set((out + ow + 2) * vectors + to, sum2);
                    output.set((out + ow + 3) * vectors + to, sum3);
                    output.set((out + ow + 4) * vectors + to, sum4);
                    output.set((out + ow + 5) * vectors + to, sum5);
                    output.set((out + ow + 6) * vectors + to, sum6);
                    output.set((out + ow + 7) * vectors + to, sum7);
                    output.set((out + ow + 8) * vectors + to, sum8);
                    output.set((out + ow + 9) * vectors + to, sum9);
                    output.set((out + ow + 10) * vectors + to, sum10);
                    output.set((out + ow + 11) * vectors + to, sum11);
                    output.set((out + ow + 12) * vectors + to, sum12);
                    output.set((out + ow + 13) * vectors + to, sum13);
                    output.set((out + ow + 14) * vectors + to, sum14);
                    output.set((out + ow + 15) * vectors + to, sum15);
                }
                for (int border = 0; border < outWidth - innerEnd + innerFirst; border++) {
                    int ow = border < innerFirst ? border : border - innerFirst + innerEnd;
                    int left = ow * strideWidth - padLeft;
                    int sFirst = Taps.first(left, dilationWidth);
                    int sEnd = Taps.end(left, dilationWidth, inWidth, kernelWidth);
                    Float16 sum = start;
                    for (int r = rFirst; r < rEnd; r++) {
                        for (int s = sFirst; s < sEnd; s++) {
                            int tap = line + left * columnStride + r * down + s * right;
                            int w = firstWeight + (r * kernelWidth + s) * channels;
                            for (int c = 0; c < channels; c++) {
                                sum = Float16.add(sum, Float16.mult(weight.get(w + c),
                                        Float16s.of(input.get(tap + c * channelStride))));
                            }
                        }
                    }
                    output.set((out + ow) * vectors + to, sum);
                }
                for (int ow = 0; ow < outWidth; ow++) {
                    int at = (out + ow) * vectors + to;
                    // of a sum and not of numbers as they are read, which PoCL would read each
                    Float16 sum = Float16.add(output.get(at), summand);
                    output.set(at,
                            activation >= Activations.HARD_SIGMOID
                                    ? Float16s.late(sum, activation)
                                    : Float16s.activate(sum, activation, slope));
                }
            }
        }
    }
}
