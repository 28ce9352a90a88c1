package dev.sepconv.kernel.gen;

// Written by VectorKernels: change it there, then mvn -q -Pgenerate validate.

import dev.sepconv.kernel.conv.Activations;
import dev.sepconv.kernel.conv.Beside;
import dev.sepconv.kernel.conv.Float16s;
import dev.sepconv.kernel.conv.Tile;
import dev.sepconv.kernel.conv.VectorGeometry;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/**
 * Standard and grouped convolution for CPUs: a work-item computes a tile of output pixels by output
 * channels, whose sums stay in registers. Each weight vector that is read serves all the pixels,
 * each input number all the vectors.
 *
 * <p>
 * Tiles, for example {@code p7k32}: 7 pixels by 32 output channels at a time. 7 by 32 are 14
 * vectors of sums, of the 32 registers that AVX-512 has. Tiles of 16 output channels are for CPUs
 * with fewer or shorter registers (6 vectors of 16 floats are 12 of AVX2's 16 registers, 24 of
 * NEON's 32), and for few output channels.
 *
 * <p>
 * Input: pixels in NHWC order, {@code C} numbers each, and after the last pixel one more of zeros,
 * which stands for the padding: a tap that falls outside reads it, so that no test is needed where
 * the sums are made. Weight: for each block of as many output channels as a tile has
 * {@code [R, S, C/G, block]}. Bias: as many a block. Output: pixels of whole blocks, group after
 * group, each group's channels filled up to whole blocks.
 *
 * <p>
 * Gate: a number for each input channel. Added: pixels like the output's. The mode is an activation
 * and what of {@link Beside} is done.
 */
public final class GroupedVectorConv {

    private GroupedVectorConv() {
    }

    /**
     * 7 pixels by 32 output channels. Runs of 256 products are summed by themselves: sums of
     * thousands of products one after the other would be off in the fifth digit.
     *
     * @param tiles output pixels, N*OH*OW, over 7, rounded up; the last tile computes its last
     * pixel more than once
     * @param blocks blocks of 32 output channels, of all groups
     */
    public static void p7k32(VectorFloat16 input, VectorFloat16 weight, VectorFloat16 bias,
            VectorFloat16 gate, VectorFloat16 added, VectorFloat16 output, IntArray geometry,
            int tiles, int blocks, int mode, float slope) {
        int activation = mode & Beside.ACTIVATION;
        int atOnce = (mode & Beside.ADD_FIRST) == 0 ? activation : 0;
        int inPixelFloats = geometry.get(VectorGeometry.IN_PIXEL_FLOATS);
        int inHeight = geometry.get(VectorGeometry.IN_HEIGHT);
        int inWidth = geometry.get(VectorGeometry.IN_WIDTH);
        int zeroPixel = geometry.get(VectorGeometry.ZERO_PIXEL);
        int outHeight = geometry.get(VectorGeometry.OUT_HEIGHT);
        int outWidth = geometry.get(VectorGeometry.OUT_WIDTH);
        int lastOutPixel = geometry.get(VectorGeometry.LAST_OUT_PIXEL);
        int outPixelVectors = geometry.get(VectorGeometry.OUT_PIXEL_VECTORS);
        int kernelHeight = geometry.get(VectorGeometry.KERNEL_HEIGHT);
        int kernelWidth = geometry.get(VectorGeometry.KERNEL_WIDTH);
        int strideHeight = geometry.get(VectorGeometry.STRIDE_HEIGHT);
        int strideWidth = geometry.get(VectorGeometry.STRIDE_WIDTH);
        int dilationHeight = geometry.get(VectorGeometry.DILATION_HEIGHT);
        int dilationWidth = geometry.get(VectorGeometry.DILATION_WIDTH);
        int padTop = geometry.get(VectorGeometry.PAD_TOP);
        int padLeft = geometry.get(VectorGeometry.PAD_LEFT);
        int groupChannels = geometry.get(VectorGeometry.GROUP_CHANNELS);
        int groupBlocks = geometry.get(VectorGeometry.GROUP_BLOCKS);
        int inFirst = geometry.get(VectorGeometry.IN_FIRST);
        int outFirst = geometry.get(VectorGeometry.OUT_FIRST);
        FloatArray numbers = input.getArray();
        FloatArray gates = gate.getArray();
        for (@Parallel int tile = 0; tile < tiles; tile++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                int firstChannel = inFirst + block / groupBlocks * groupChannels;
                int w = 2 * block * kernelHeight * kernelWidth * groupChannels;
                int p0 = Tile.min(tile * 7, lastOutPixel);
                int p1 = Tile.min(tile * 7 + 1, lastOutPixel);
                int p2 = Tile.min(tile * 7 + 2, lastOutPixel);
                int p3 = Tile.min(tile * 7 + 3, lastOutPixel);
                int p4 = Tile.min(tile * 7 + 4, lastOutPixel);
                int p5 = Tile.min(tile * 7 + 5, lastOutPixel);
                int p6 = Tile.min(tile * 7 + 6, lastOutPixel);
                int n0 = p0 / outWidth / outHeight;
                int top0 = p0 / outWidth % outHeight * strideHeight - padTop;
                int left0 = p0 % outWidth * strideWidth - padLeft;
                int n1 = p1 / outWidth / outHeight;
                int top1 = p1 / outWidth % outHeight * strideHeight - padTop;
                int left1 = p1 % outWidth * strideWidth - padLeft;
                int n2 = p2 / outWidth / outHeight;
                int top2 = p2 / outWidth % outHeight * strideHeight - padTop;
                int left2 = p2 % outWidth * strideWidth - padLeft;
                int n3 = p3 / outWidth / outHeight;
                int top3 = p3 / outWidth % outHeight * strideHeight - padTop;
                int left3 = p3 % outWidth * strideWidth - padLeft;
                int n4 = p4 / outWidth / outHeight;
                int top4 = p4 / outWidth % outHeight * strideHeight - padTop;
                int left4 = p4 % outWidth * strideWidth - padLeft;
                int n5 = p5 / outWidth / outHeight;
                int top5 = p5 / outWidth % outHeight * strideHeight - padTop;
                int left5 = p5 % outWidth * strideWidth - padLeft;
                int n6 = p6 / outWidth / outHeight;
                int top6 = p6 / outWidth % outHeight * strideHeight - padTop;
                int left6 = p6 % outWidth * strideWidth - padLeft;
                Float16 bias0 = bias.get(2 * block);
                Float16 bias1 = bias.get(2 * block + 1);
                Float16 total00 = bias0;
                Float16 total01 = bias1;
                Float16 total10 = bias0;
                Float16 total11 = bias1;
                Float16 total20 = bias0;
                Float16 total21 = bias1;
                Float16 total30 = bias0;
                Float16 total31 = bias1;
                Float16 total40 = bias0;
                Float16 total41 = bias1;
                Float16 total50 = bias0;
                Float16 total51 = bias1;
                Float16 total60 = bias0;
                Float16 total61 = bias1;
                for (int r = 0; r < kernelHeight; r++) {
                    for (int s = 0; s < kernelWidth; s++) {
                        int down = r * dilationHeight;
                        int right = s * dilationWidth;
                        int x0 = firstChannel
                                + Tile.tap(n0, top0 + down, left0 + right, inHeight, inWidth,
                                zeroPixel) * inPixelFloats;
                        int x1 = firstChannel
                                + Tile.tap(n1, top1 + down, left1 + right, inHeight, inWidth,
                                zeroPixel) * inPixelFloats;
                        int x2 = firstChannel
                                + Tile.tap(n2, top2 + down, left2 + right, inHeight, inWidth,
                                zeroPixel) * inPixelFloats;
                        int x3 = firstChannel
                                + Tile.tap(n3, top3 + down, left3 + right, inHeight, inWidth,
                                zeroPixel) * inPixelFloats;
                        int x4 = firstChannel
                                + Tile.tap(n4, top4 + down, left4 + right, inHeight, inWidth,
                                zeroPixel) * inPixelFloats;
                        int x5 = firstChannel
                                + Tile.tap(n5, top5 + down, left5 + right, inHeight, inWidth,
                                zeroPixel) * inPixelFloats;
                        int x6 = firstChannel
                                + Tile.tap(n6, top6 + down, left6 + right, inHeight, inWidth,
                                zeroPixel) * inPixelFloats;
                        for (int run = 0; run < groupChannels; run += 256) {
                            int runEnd = Tile.min(run + 256, groupChannels);
                            Float16 sum00 = Float16s.of(0f);
                            Float16 sum01 = Float16s.of(0f);
                            Float16 sum10 = Float16s.of(0f);
                            Float16 sum11 = Float16s.of(0f);
                            Float16 sum20 = Float16s.of(0f);
                            Float16 sum21 = Float16s.of(0f);
                            Float16 sum30 = Float16s.of(0f);
                            Float16 sum31 = Float16s.of(0f);
                            Float16 sum40 = Float16s.of(0f);
                            Float16 sum41 = Float16s.of(0f);
                            Float16 sum50 = Float16s.of(0f);
                            Float16 sum51 = Float16s.of(0f);
                            Float16 sum60 = Float16s.of(0f);
                            Float16 sum61 = Float16s.of(0f);
                            for (int c = run; c < runEnd; c++) {
                                Float16 weight0 = weight.get(w);
                                Float16 weight1 = weight.get(w + 1);
                                if ((mode & Beside.GATE) != 0) {
                                    Float16 factor = Float16s.of(gates.get(firstChannel - inFirst
                                            + c));
                                    weight0 = Float16.mult(weight0, factor);
                                    weight1 = Float16.mult(weight1, factor);
                                }
                                w += 2;
                                Float16 value0 = Float16s.of(numbers.get(x0 + c));
                                sum00 = Float16.add(sum00, Float16.mult(weight0, value0));
                                sum01 = Float16.add(sum01, Float16.mult(weight1, value0));
                                Float16 value1 = Float16s.of(numbers.get(x1 + c));
                                sum10 = Float16.add(sum10, Float16.mult(weight0, value1));
                                sum11 = Float16.add(sum11, Float16.mult(weight1, value1));
                                Float16 value2 = Float16s.of(numbers.get(x2 + c));
                                sum20 = Float16.add(sum20, Float16.mult(weight0, value2));
                                sum21 = Float16.add(sum21, Float16.mult(weight1, value2));
                                Float16 value3 = Float16s.of(numbers.get(x3 + c));
                                sum30 = Float16.add(sum30, Float16.mult(weight0, value3));
                                sum31 = Float16.add(sum31, Float16.mult(weight1, value3));
                                Float16 value4 = Float16s.of(numbers.get(x4 + c));
                                sum40 = Float16.add(sum40, Float16.mult(weight0, value4));
                                sum41 = Float16.add(sum41, Float16.mult(weight1, value4));
                                Float16 value5 = Float16s.of(numbers.get(x5 + c));
                                sum50 = Float16.add(sum50, Float16.mult(weight0, value5));
                                sum51 = Float16.add(sum51, Float16.mult(weight1, value5));
                                Float16 value6 = Float16s.of(numbers.get(x6 + c));
                                sum60 = Float16.add(sum60, Float16.mult(weight0, value6));
                                sum61 = Float16.add(sum61, Float16.mult(weight1, value6));
                            }
                            total00 = Float16.add(total00, sum00);
                            total01 = Float16.add(total01, sum01);
                            total10 = Float16.add(total10, sum10);
                            total11 = Float16.add(total11, sum11);
                            total20 = Float16.add(total20, sum20);
                            total21 = Float16.add(total21, sum21);
                            total30 = Float16.add(total30, sum30);
                            total31 = Float16.add(total31, sum31);
                            total40 = Float16.add(total40, sum40);
                            total41 = Float16.add(total41, sum41);
                            total50 = Float16.add(total50, sum50);
                            total51 = Float16.add(total51, sum51);
                            total60 = Float16.add(total60, sum60);
                            total61 = Float16.add(total61, sum61);
                        }
                    }
                }
                output.set(p0 * outPixelVectors + outFirst + 2 * block,
                        Float16s.activate(total00, atOnce, slope));
                output.set(p0 * outPixelVectors + outFirst + 2 * block + 1,
                        Float16s.activate(total01, atOnce, slope));
                output.set(p1 * outPixelVectors + outFirst + 2 * block,
                        Float16s.activate(total10, atOnce, slope));
                output.set(p1 * outPixelVectors + outFirst + 2 * block + 1,
                        Float16s.activate(total11, atOnce, slope));
                output.set(p2 * outPixelVectors + outFirst + 2 * block,
                        Float16s.activate(total20, atOnce, slope));
                output.set(p2 * outPixelVectors + outFirst + 2 * block + 1,
                        Float16s.activate(total21, atOnce, slope));
                output.set(p3 * outPixelVectors + outFirst + 2 * block,
                        Float16s.activate(total30, atOnce, slope));
                output.set(p3 * outPixelVectors + outFirst + 2 * block + 1,
                        Float16s.activate(total31, atOnce, slope));
                output.set(p4 * outPixelVectors + outFirst + 2 * block,
                        Float16s.activate(total40, atOnce, slope));
                output.set(p4 * outPixelVectors + outFirst + 2 * block + 1,
                        Float16s.activate(total41, atOnce, slope));
                output.set(p5 * outPixelVectors + outFirst + 2 * block,
                        Float16s.activate(total50, atOnce, slope));
                output.set(p5 * outPixelVectors + outFirst + 2 * block + 1,
                        Float16s.activate(total51, atOnce, slope));
                output.set(p6 * outPixelVectors + outFirst + 2 * block,
                        Float16s.activate(total60, atOnce, slope));
                output.set(p6 * outPixelVectors + outFirst + 2 * block + 1,
                        Float16s.activate(total61, atOnce, slope));
                if (Beside.isLater(mode)) {
                    int addedPixelVectors = geometry.get(VectorGeometry.ADDED_PIXEL_VECTORS);
                    int addedBlock = geometry.get(VectorGeometry.ADDED_FIRST) + 2 * block;
                    int count = Tile.min(7, lastOutPixel + 1 - tile * 7);
                    for (int i = 0; i < 2 * count; i++) {
                        int p = tile * 7 + i / 2;
                        int at = p * outPixelVectors + outFirst + 2 * block + i % 2;
                        Float16 result = output.get(at);
                        if ((mode & Beside.ADD_FIRST) != 0) {
                            result = Float16s.activate(Float16.add(result,
                                    added.get(p * addedPixelVectors + addedBlock + i % 2)),
                                    activation, slope);
                        }
                        if (activation >= Activations.HARD_SIGMOID) {
                            result = Float16s.late(result, activation);
                        }
                        if ((mode & Beside.ADD_LAST) != 0) {
                            result = Float16.add(result,
                                    added.get(p * addedPixelVectors + addedBlock + i % 2));
                        }
                        output.set(at, result);
                    }
                }
            }
        }
    }

    /**
     * 8 pixels by 32 output channels. Runs of 256 products are summed by themselves: sums of
     * thousands of products one after the other would be off in the fifth digit.
     *
     * @param tiles output pixels, N*OH*OW, over 8, rounded up; the last tile computes its last
     * pixel more than once
     * @param blocks blocks of 32 output channels, of all groups
     */
    public static void p8k32(VectorFloat16 input, VectorFloat16 weight, VectorFloat16 bias,
            VectorFloat16 gate, VectorFloat16 added, VectorFloat16 output, IntArray geometry,
            int tiles, int blocks, int mode, float slope) {
        int activation = mode & Beside.ACTIVATION;
        int atOnce = (mode & Beside.ADD_FIRST) == 0 ? activation : 0;
        int inPixelFloats = geometry.get(VectorGeometry.IN_PIXEL_FLOATS);
        int inHeight = geometry.get(VectorGeometry.IN_HEIGHT);
        int inWidth = geometry.get(VectorGeometry.IN_WIDTH);
        int zeroPixel = geometry.get(VectorGeometry.ZERO_PIXEL);
        int outHeight = geometry.get(VectorGeometry.OUT_HEIGHT);
        int outWidth = geometry.get(VectorGeometry.OUT_WIDTH);
        int lastOutPixel = geometry.get(VectorGeometry.LAST_OUT_PIXEL);
        int outPixelVectors = geometry.get(VectorGeometry.OUT_PIXEL_VECTORS);
        int kernelHeight = geometry.get(VectorGeometry.KERNEL_HEIGHT);
        int kernelWidth = geometry.get(VectorGeometry.KERNEL_WIDTH);
        int strideHeight = geometry.get(VectorGeometry.STRIDE_HEIGHT);
        int strideWidth = geometry.get(VectorGeometry.STRIDE_WIDTH);
        int dilationHeight = geometry.get(VectorGeometry.DILATION_HEIGHT);
        int dilationWidth = geometry.get(VectorGeometry.DILATION_WIDTH);
        int padTop = geometry.get(VectorGeometry.PAD_TOP);
        int padLeft = geometry.get(VectorGeometry.PAD_LEFT);
        int groupChannels = geometry.get(VectorGeometry.GROUP_CHANNELS);
        int groupBlocks = geometry.get(VectorGeometry.GROUP_BLOCKS);
        int inFirst = geometry.get(VectorGeometry.IN_FIRST);
        int outFirst = geometry.get(VectorGeometry.OUT_FIRST);
        FloatArray numbers = input.getArray();
        FloatArray gates = gate.getArray();
        for (@Parallel int tile = 0; tile < tiles; tile++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                int firstChannel = inFirst + block / groupBlocks * groupChannels;
                int w = 2 * block * kernelHeight * kernelWidth * groupChannels;
                int p0 = Tile.min(tile * 8, lastOutPixel);
                int p1 = Tile.min(tile * 8 + 1, lastOutPixel);
                int p2 = Tile.min(tile * 8 + 2, lastOutPixel);
                int p3 = Tile.min(tile * 8 + 3, lastOutPixel);
                int p4 = Tile.min(tile * 8 + 4, lastOutPixel);
                int p5 = Tile.min(tile * 8 + 5, lastOutPixel);
                int p6 = Tile.min(tile * 8 + 6, lastOutPixel);
                int p7 = Tile.min(tile * 8 + 7, lastOutPixel);
                int n0 = p0 / outWidth / outHeight;
                int top0 = p0 / outWidth % outHeight * strideHeight - padTop;
                int left0 = p0 % outWidth * strideWidth - padLeft;
                int n1 = p1 / outWidth / outHeight;
                int top1 = p1 / outWidth % outHeight * strideHeight - padTop;
                int left1 = p1 % outWidth * strideWidth - padLeft;
                int n2 = p2 / outWidth / outHeight;
                int top2 = p2 / outWidth % outHeight * strideHeight - padTop;
                int left2 = p2 % outWidth * strideWidth - padLeft;
                int n3 = p3 / outWidth / outHeight;
                int top3 = p3 / outWidth % outHeight * strideHeight - padTop;
                int left3 = p3 % outWidth * strideWidth - padLeft;
                int n4 = p4 / outWidth / outHeight;
                int top4 = p4 / outWidth % outHeight * strideHeight - padTop;
                int left4 = p4 % outWidth * strideWidth - padLeft;
                int n5 = p5 / outWidth / outHeight;
                int top5 = p5 / outWidth % outHeight * strideHeight - padTop;
                int left5 = p5 % outWidth * strideWidth - padLeft;
                int n6 = p6 / outWidth / outHeight;
                int top6 = p6 / outWidth % outHeight * strideHeight - padTop;
                int left6 = p6 % outWidth * strideWidth - padLeft;
                int n7 = p7 / outWidth / outHeight;
                int top7 = p7 / outWidth % outHeight * strideHeight - padTop;
                int left7 = p7 % outWidth * strideWidth - padLeft;
                Float16 bias0 = bias.get(2 * block);
                Float16 bias1 = bias.get(2 * block + 1);
                Float16 total00 = bias0;
                Float16 total01 = bias1;
                Float16 total10 = bias0;
                Float16 total11 = bias1;
                Float16 total20 = bias0;
                Float16 total21 = bias1;
                Float16 total30 = bias0;
                Float16 total31 = bias1;
                Float16 total40 = bias0;
                Float16 total41 = bias1;
                Float16 total50 = bias0;
                Float16 total51 = bias1;
                Float16 total60 = bias0;
                Float16 total61 = bias1;
                Float16 total70 = bias0;
                Float16 total71 = bias1;
                for (int r = 0; r < kernelHeight; r++) {
                    for (int s = 0; s < kernelWidth; s++) {
                        int down = r * dilationHeight;
                        int right = s * dilationWidth;
                        int x0 = firstChannel
                                + Tile.tap(n0, top0 + down, left0 + right, inHeight, inWidth,
                                zeroPixel) * inPixelFloats;
                        int x1 = firstChannel
                                + Tile.tap(n1, top1 + down, left1 + right, inHeight, inWidth,
                                zeroPixel) * inPixelFloats;
                        int x2 = firstChannel
                                + Tile.tap(n2, top2 + down, left2 + right, inHeight, inWidth,
                                zeroPixel) * inPixelFloats;
                        int x3 = firstChannel
                                + Tile.tap(n3, top3 + down, left3 + right, inHeight, inWidth,
                                zeroPixel) * inPixelFloats;
                        int x4 = firstChannel
                                + Tile.tap(n4, top4 + down, left4 + right, inHeight, inWidth,
                                zeroPixel) * inPixelFloats;
                        int x5 = firstChannel
                                + Tile.tap(n5, top5 + down, left5 + right, inHeight, inWidth,
                                zeroPixel) * inPixelFloats;
                        int x6 = firstChannel
                                + Tile.tap(n6, top6 + down, left6 + right, inHeight, inWidth,
                                zeroPixel) * inPixelFloats;
                        int x7 = firstChannel
                                + Tile.tap(n7, top7 + down, left7 + right, inHeight, inWidth,
                                zeroPixel) * inPixelFloats;
                        for (int run = 0; run < groupChannels; run += 256) {
                            int runEnd = Tile.min(run + 256, groupChannels);
                            Float16 sum00 = Float16s.of(0f);
                            Float16 sum01 = Float16s.of(0f);
                            Float16 sum10 = Float16s.of(0f);
                            Float16 sum11 = Float16s.of(0f);
                            Float16 sum20 = Float16s.of(0f);
                            Float16 sum21 = Float16s.of(0f);
                            Float16 sum30 = Float16s.of(0f);
                            Float16 sum31 = Float16s.of(0f);
                            Float16 sum40 = Float16s.of(0f);
                            Float16 sum41 = Float16s.of(0f);
                            Float16 sum50 = Float16s.of(0f);
                            Float16 sum51 = Float16s.of(0f);
                            Float16 sum60 = Float16s.of(0f);
                            Float16 sum61 = Float16s.of(0f);
                            Float16 sum70 = Float16s.of(0f);
                            Float16 sum71 = Float16s.of(0f);
                            for (int c = run; c < runEnd; c++) {
                                Float16 weight0 = weight.get(w);
                                Float16 weight1 = weight.get(w + 1);
                                if ((mode & Beside.GATE) != 0) {
                                    Float16 factor = Float16s.of(gates.get(firstChannel - inFirst
                                            + c));
                                    weight0 = Float16.mult(weight0, factor);
                                    weight1 = Float16.mult(weight1, factor);
                                }
                                w += 2;
                                Float16 value0 = Float16s.of(numbers.get(x0 + c));
                                sum00 = Float16.add(sum00, Float16.mult(weight0, value0));
                                sum01 = Float16.add(sum01, Float16.mult(weight1, value0));
                                Float16 value1 = Float16s.of(numbers.get(x1 + c));
                                sum10 = Float16.add(sum10, Float16.mult(weight0, value1));
                                sum11 = Float16.add(sum11, Float16.mult(weight1, value1));
                                Float16 value2 = Float16s.of(numbers.get(x2 + c));
                                sum20 = Float16.add(sum20, Float16.mult(weight0, value2));
                                sum21 = Float16.add(sum21, Float16.mult(weight1, value2));
                                Float16 value3 = Float16s.of(numbers.get(x3 + c));
                                sum30 = Float16.add(sum30, Float16.mult(weight0, value3));
                                sum31 = Float16.add(sum31, Float16.mult(weight1, value3));
                                Float16 value4 = Float16s.of(numbers.get(x4 + c));
                                sum40 = Float16.add(sum40, Float16.mult(weight0, value4));
                                sum41 = Float16.add(sum41, Float16.mult(weight1, value4));
                                Float16 value5 = Float16s.of(numbers.get(x5 + c));
                                sum50 = Float16.add(sum50, Float16.mult(weight0, value5));
                                sum51 = Float16.add(sum51, Float16.mult(weight1, value5));
                                Float16 value6 = Float16s.of(numbers.get(x6 + c));
                                sum60 = Float16.add(sum60, Float16.mult(weight0, value6));
                                sum61 = Float16.add(sum61, Float16.mult(weight1, value6));
                                Float16 value7 = Float16s.of(numbers.get(x7 + c));
                                sum70 = Float16.add(sum70, Float16.mult(weight0, value7));
                                sum71 = Float16.add(sum71, Float16.mult(weight1, value7));
                            }
                            total00 = Float16.add(total00, sum00);
                            total01 = Float16.add(total01, sum01);
                            total10 = Float16.add(total10, sum10);
                            total11 = Float16.add(total11, sum11);
                            total20 = Float16.add(total20, sum20);
                            total21 = Float16.add(total21, sum21);
                            total30 = Float16.add(total30, sum30);
                            total31 = Float16.add(total31, sum31);
                            total40 = Float16.add(total40, sum40);
                            total41 = Float16.add(total41, sum41);
                            total50 = Float16.add(total50, sum50);
                            total51 = Float16.add(total51, sum51);
                            total60 = Float16.add(total60, sum60);
                            total61 = Float16.add(total61, sum61);
                            total70 = Float16.add(total70, sum70);
                            total71 = Float16.add(total71, sum71);
                        }
                    }
                }
                output.set(p0 * outPixelVectors + outFirst + 2 * block,
                        Float16s.activate(total00, atOnce, slope));
                output.set(p0 * outPixelVectors + outFirst + 2 * block + 1,
                        Float16s.activate(total01, atOnce, slope));
                output.set(p1 * outPixelVectors + outFirst + 2 * block,
                        Float16s.activate(total10, atOnce, slope));
                output.set(p1 * outPixelVectors + outFirst + 2 * block + 1,
                        Float16s.activate(total11, atOnce, slope));
                output.set(p2 * outPixelVectors + outFirst + 2 * block,
                        Float16s.activate(total20, atOnce, slope));
                output.set(p2 * outPixelVectors + outFirst + 2 * block + 1,
                        Float16s.activate(total21, atOnce, slope));
                output.set(p3 * outPixelVectors + outFirst + 2 * block,
                        Float16s.activate(total30, atOnce, slope));
                output.set(p3 * outPixelVectors + outFirst + 2 * block + 1,
                        Float16s.activate(total31, atOnce, slope));
                output.set(p4 * outPixelVectors + outFirst + 2 * block,
                        Float16s.activate(total40, atOnce, slope));
                output.set(p4 * outPixelVectors + outFirst + 2 * block + 1,
                        Float16s.activate(total41, atOnce, slope));
                output.set(p5 * outPixelVectors + outFirst + 2 * block,
                        Float16s.activate(total50, atOnce, slope));
                output.set(p5 * outPixelVectors + outFirst + 2 * block + 1,
                        Float16s.activate(total51, atOnce, slope));
                output.set(p6 * outPixelVectors + outFirst + 2 * block,
                        Float16s.activate(total60, atOnce, slope));
                output.set(p6 * outPixelVectors + outFirst + 2 * block + 1,
                        Float16s.activate(total61, atOnce, slope));
                output.set(p7 * outPixelVectors + outFirst + 2 * block,
                        Float16s.activate(total70, atOnce, slope));
                output.set(p7 * outPixelVectors + outFirst + 2 * block + 1,
                        Float16s.activate(total71, atOnce, slope));
                if (Beside.isLater(mode)) {
                    int addedPixelVectors = geometry.get(VectorGeometry.ADDED_PIXEL_VECTORS);
                    int addedBlock = geometry.get(VectorGeometry.ADDED_FIRST) + 2 * block;
                    int count = Tile.min(8, lastOutPixel + 1 - tile * 8);
                    for (int i = 0; i < 2 * count; i++) {
                        int p = tile * 8 + i / 2;
                        int at = p * outPixelVectors + outFirst + 2 * block + i % 2;
                        Float16 result = output.get(at);
                        if ((mode & Beside.ADD_FIRST) != 0) {
                            result = Float16s.activate(Float16.add(result,
                                    added.get(p * addedPixelVectors + addedBlock + i % 2)),
                                    activation, slope);
                        }
                        if (activation >= Activations.HARD_SIGMOID) {
                            result = Float16s.late(result, activation);
                        }
                        if ((mode & Beside.ADD_LAST) != 0) {
                            result = Float16.add(result,
                                    added.get(p * addedPixelVectors + addedBlock + i % 2));
                        }
                        output.set(at, result);
                    }
                }
            }
        }
    }

    /**
     * 6 pixels by 16 output channels. Runs of 256 products are summed by themselves: sums of
     * thousands of products one after the other would be off in the fifth digit.
     *
     * @param tiles output pixels, N*OH*OW, over 6, rounded up; the last tile computes its last
     * pixel more than once
     * @param blocks blocks of 16 output channels, of all groups
     */
    public static void p6k16(VectorFloat16 input, VectorFloat16 weight, VectorFloat16 bias,
            VectorFloat16 gate, VectorFloat16 added, VectorFloat16 output, IntArray geometry,
            int tiles, int blocks, int mode, float slope) {
        int activation = mode & Beside.ACTIVATION;
        int atOnce = (mode & Beside.ADD_FIRST) == 0 ? activation : 0;
        int inPixelFloats = geometry.get(VectorGeometry.IN_PIXEL_FLOATS);
        int inHeight = geometry.get(VectorGeometry.IN_HEIGHT);
        int inWidth = geometry.get(VectorGeometry.IN_WIDTH);
        int zeroPixel = geometry.get(VectorGeometry.ZERO_PIXEL);
        int outHeight = geometry.get(VectorGeometry.OUT_HEIGHT);
        int outWidth = geometry.get(VectorGeometry.OUT_WIDTH);
        int lastOutPixel = geometry.get(VectorGeometry.LAST_OUT_PIXEL);
        int outPixelVectors = geometry.get(VectorGeometry.OUT_PIXEL_VECTORS);
        int kernelHeight = geometry.get(VectorGeometry.KERNEL_HEIGHT);
        int kernelWidth = geometry.get(VectorGeometry.KERNEL_WIDTH);
        int strideHeight = geometry.get(VectorGeometry.STRIDE_HEIGHT);
        int strideWidth = geometry.get(VectorGeometry.STRIDE_WIDTH);
        int dilationHeight = geometry.get(VectorGeometry.DILATION_HEIGHT);
        int dilationWidth = geometry.get(VectorGeometry.DILATION_WIDTH);
        int padTop = geometry.get(VectorGeometry.PAD_TOP);
        int padLeft = geometry.get(VectorGeometry.PAD_LEFT);
        int groupChannels = geometry.get(VectorGeometry.GROUP_CHANNELS);
        int groupBlocks = geometry.get(VectorGeometry.GROUP_BLOCKS);
        int inFirst = geometry.get(VectorGeometry.IN_FIRST);
        int outFirst = geometry.get(VectorGeometry.OUT_FIRST);
        FloatArray numbers = input.getArray();
        FloatArray gates = gate.getArray();
        for (@Parallel int tile = 0; tile < tiles; tile++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                int firstChannel = inFirst + block / groupBlocks * groupChannels;
                int w = block * kernelHeight * kernelWidth * groupChannels;
                int p0 = Tile.min(tile * 6, lastOutPixel);
                int p1 = Tile.min(tile * 6 + 1, lastOutPixel);
                int p2 = Tile.min(tile * 6 + 2, lastOutPixel);
                int p3 = Tile.min(tile * 6 + 3, lastOutPixel);
                int p4 = Tile.min(tile * 6 + 4, lastOutPixel);
                int p5 = Tile.min(tile * 6 + 5, lastOutPixel);
                int n0 = p0 / outWidth / outHeight;
                int top0 = p0 / outWidth % outHeight * strideHeight - padTop;
                int left0 = p0 % outWidth * strideWidth - padLeft;
                int n1 = p1 / outWidth / outHeight;
                int top1 = p1 / outWidth % outHeight * strideHeight - padTop;
                int left1 = p1 % outWidth * strideWidth - padLeft;
                int n2 = p2 / outWidth / outHeight;
                int top2 = p2 / outWidth % outHeight * strideHeight - padTop;
                int left2 = p2 % outWidth * strideWidth - padLeft;
                int n3 = p3 / outWidth / outHeight;
                int top3 = p3 / outWidth % outHeight * strideHeight - padTop;
                int left3 = p3 % outWidth * strideWidth - padLeft;
                int n4 = p4 / outWidth / outHeight;
                int top4 = p4 / outWidth % outHeight * strideHeight - padTop;
                int left4 = p4 % outWidth * strideWidth - padLeft;
                int n5 = p5 / outWidth / outHeight;
                int top5 = p5 / outWidth % outHeight * strideHeight - padTop;
                int left5 = p5 % outWidth * strideWidth - padLeft;
                Float16 bias0 = bias.get(block);
                Float16 total0 = bias0;
                Float16 total1 = bias0;
                Float16 total2 = bias0;
                Float16 total3 = bias0;
                Float16 total4 = bias0;
                Float16 total5 = bias0;
                for (int r = 0; r < kernelHeight; r++) {
                    for (int s = 0; s < kernelWidth; s++) {
                        int down = r * dilationHeight;
                        int right = s * dilationWidth;
                        int x0 = firstChannel
                                + Tile.tap(n0, top0 + down, left0 + right, inHeight, inWidth,
                                zeroPixel) * inPixelFloats;
                        int x1 = firstChannel
                                + Tile.tap(n1, top1 + down, left1 + right, inHeight, inWidth,
                                zeroPixel) * inPixelFloats;
                        int x2 = firstChannel
                                + Tile.tap(n2, top2 + down, left2 + right, inHeight, inWidth,
                                zeroPixel) * inPixelFloats;
                        int x3 = firstChannel
                                + Tile.tap(n3, top3 + down, left3 + right, inHeight, inWidth,
                                zeroPixel) * inPixelFloats;
                        int x4 = firstChannel
                                + Tile.tap(n4, top4 + down, left4 + right, inHeight, inWidth,
                                zeroPixel) * inPixelFloats;
                        int x5 = firstChannel
                                + Tile.tap(n5, top5 + down, left5 + right, inHeight, inWidth,
                                zeroPixel) * inPixelFloats;
                        for (int run = 0; run < groupChannels; run += 256) {
                            int runEnd = Tile.min(run + 256, groupChannels);
                            Float16 sum0 = Float16s.of(0f);
                            Float16 sum1 = Float16s.of(0f);
                            Float16 sum2 = Float16s.of(0f);
                            Float16 sum3 = Float16s.of(0f);
                            Float16 sum4 = Float16s.of(0f);
                            Float16 sum5 = Float16s.of(0f);
                            for (int c = run; c < runEnd; c++) {
                                Float16 weight0 = weight.get(w);
                                if ((mode & Beside.GATE) != 0) {
                                    Float16 factor = Float16s.of(gates.get(firstChannel - inFirst
                                            + c));
                                    weight0 = Float16.mult(weight0, factor);
                                }
                                w++;
                                Float16 value0 = Float16s.of(numbers.get(x0 + c));
                                sum0 = Float16.add(sum0, Float16.mult(weight0, value0));
                                Float16 value1 = Float16s.of(numbers.get(x1 + c));
                                sum1 = Float16.add(sum1, Float16.mult(weight0, value1));
                                Float16 value2 = Float16s.of(numbers.get(x2 + c));
                                sum2 = Float16.add(sum2, Float16.mult(weight0, value2));
                                Float16 value3 = Float16s.of(numbers.get(x3 + c));
                                sum3 = Float16.add(sum3, Float16.mult(weight0, value3));
                                Float16 value4 = Float16s.of(numbers.get(x4 + c));
                                sum4 = Float16.add(sum4, Float16.mult(weight0, value4));
                                Float16 value5 = Float16s.of(numbers.get(x5 + c));
                                sum5 = Float16.add(sum5, Float16.mult(weight0, value5));
                            }
                            total0 = Float16.add(total0, sum0);
                            total1 = Float16.add(total1, sum1);
                            total2 = Float16.add(total2, sum2);
                            total3 = Float16.add(total3, sum3);
                            total4 = Float16.add(total4, sum4);
                            total5 = Float16.add(total5, sum5);
                        }
                    }
                }
                output.set(p0 * outPixelVectors + outFirst + block,
                        Float16s.activate(total0, atOnce, slope));
                output.set(p1 * outPixelVectors + outFirst + block,
                        Float16s.activate(total1, atOnce, slope));
                output.set(p2 * outPixelVectors + outFirst + block,
                        Float16s.activate(total2, atOnce, slope));
                output.set(p3 * outPixelVectors + outFirst + block,
                        Float16s.activate(total3, atOnce, slope));
                output.set(p4 * outPixelVectors + outFirst + block,
                        Float16s.activate(total4, atOnce, slope));
                output.set(p5 * outPixelVectors + outFirst + block,
                        Float16s.activate(total5, atOnce, slope));
                if (Beside.isLater(mode)) {
                    int addedPixelVectors = geometry.get(VectorGeometry.ADDED_PIXEL_VECTORS);
                    int addedBlock = geometry.get(VectorGeometry.ADDED_FIRST) + block;
                    int count = Tile.min(6, lastOutPixel + 1 - tile * 6);
                    for (int i = 0; i < count; i++) {
                        int p = tile * 6 + i;
                        int at = p * outPixelVectors + outFirst + block;
                        Float16 result = output.get(at);
                        if ((mode & Beside.ADD_FIRST) != 0) {
                            result = Float16s.activate(Float16.add(result,
                                    added.get(p * addedPixelVectors + addedBlock)), activation,
                                    slope);
                        }
                        if (activation >= Activations.HARD_SIGMOID) {
                            result = Float16s.late(result, activation);
                        }
                        if ((mode & Beside.ADD_LAST) != 0) {
                            result = Float16.add(result,
                                    added.get(p * addedPixelVectors + addedBlock));
                        }
                        output.set(at, result);
                    }
                }
            }
        }
    }

    /**
     * 12 pixels by 16 output channels. Runs of 256 products are summed by themselves: sums of
     * thousands of products one after the other would be off in the fifth digit.
     *
     * @param tiles output pixels, N*OH*OW, over 12, rounded up; the last tile computes its last
     * pixel more than once
     * @param blocks blocks of 16 output channels, of all groups
     */
    public static void p12k16(VectorFloat16 input, VectorFloat16 weight, VectorFloat16 bias,
            VectorFloat16 gate, VectorFloat16 added, VectorFloat16 output, IntArray geometry,
            int tiles, int blocks, int mode, float slope) {
        int activation = mode & Beside.ACTIVATION;
        int atOnce = (mode & Beside.ADD_FIRST) == 0 ? activation : 0;
        int inPixelFloats = geometry.get(VectorGeometry.IN_PIXEL_FLOATS);
        int inHeight = geometry.get(VectorGeometry.IN_HEIGHT);
        int inWidth = geometry.get(VectorGeometry.IN_WIDTH);
        int zeroPixel = geometry.get(VectorGeometry.ZERO_PIXEL);
        int outHeight = geometry.get(VectorGeometry.OUT_HEIGHT);
        int outWidth = geometry.get(VectorGeometry.OUT_WIDTH);
        int lastOutPixel = geometry.get(VectorGeometry.LAST_OUT_PIXEL);
        int outPixelVectors = geometry.get(VectorGeometry.OUT_PIXEL_VECTORS);
        int kernelHeight = geometry.get(VectorGeometry.KERNEL_HEIGHT);
        int kernelWidth = geometry.get(VectorGeometry.KERNEL_WIDTH);
        int strideHeight = geometry.get(VectorGeometry.STRIDE_HEIGHT);
        int strideWidth = geometry.get(VectorGeometry.STRIDE_WIDTH);
        int dilationHeight = geometry.get(VectorGeometry.DILATION_HEIGHT);
        int dilationWidth = geometry.get(VectorGeometry.DILATION_WIDTH);
        int padTop = geometry.get(VectorGeometry.PAD_TOP);
        int padLeft = geometry.get(VectorGeometry.PAD_LEFT);
        int groupChannels = geometry.get(VectorGeometry.GROUP_CHANNELS);
        int groupBlocks = geometry.get(VectorGeometry.GROUP_BLOCKS);
        int inFirst = geometry.get(VectorGeometry.IN_FIRST);
        int outFirst = geometry.get(VectorGeometry.OUT_FIRST);
        FloatArray numbers = input.getArray();
        FloatArray gates = gate.getArray();
        for (@Parallel int tile = 0; tile < tiles; tile++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                int firstChannel = inFirst + block / groupBlocks * groupChannels;
                int w = block * kernelHeight * kernelWidth * groupChannels;
                int p0 = Tile.min(tile * 12, lastOutPixel);
                int p1 = Tile.min(tile * 12 + 1, lastOutPixel);
                int p2 = Tile.min(tile * 12 + 2, lastOutPixel);
                int p3 = Tile.min(tile * 12 + 3, lastOutPixel);
                int p4 = Tile.min(tile * 12 + 4, lastOutPixel);
                int p5 = Tile.min(tile * 12 + 5, lastOutPixel);
                int p6 = Tile.min(tile * 12 + 6, lastOutPixel);
                int p7 = Tile.min(tile * 12 + 7, lastOutPixel);
                int p8 = Tile.min(tile * 12 + 8, lastOutPixel);
                int p9 = Tile.min(tile * 12 + 9, lastOutPixel);
                int p10 = Tile.min(tile * 12 + 10, lastOutPixel);
                int p11 = Tile.min(tile * 12 + 11, lastOutPixel);
                int n0 = p0 / outWidth / outHeight;
                int top0 = p0 / outWidth % outHeight * strideHeight - padTop;
                int left0 = p0 % outWidth * strideWidth - padLeft;
                int n1 = p1 / outWidth / outHeight;
                int top1 = p1 / outWidth % outHeight * strideHeight - padTop;
                int left1 = p1 % outWidth * strideWidth - padLeft;
                int n2 = p2 / outWidth / outHeight;
                int top2 = p2 / outWidth % outHeight * strideHeight - padTop;
                int left2 = p2 % outWidth * strideWidth - padLeft;
                int n3 = p3 / outWidth / outHeight;
                int top3 = p3 / outWidth % outHeight * strideHeight - padTop;
                int left3 = p3 % outWidth * strideWidth - padLeft;
                int n4 = p4 / outWidth / outHeight;
                int top4 = p4 / outWidth % outHeight * strideHeight - padTop;
                int left4 = p4 % outWidth * strideWidth - padLeft;
                int n5 = p5 / outWidth / outHeight;
                int top5 = p5 / outWidth % outHeight * strideHeight - padTop;
                int left5 = p5 % outWidth * strideWidth - padLeft;
                int n6 = p6 / outWidth / outHeight;
                int top6 = p6 / outWidth % outHeight * strideHeight - padTop;
                int left6 = p6 % outWidth * strideWidth - padLeft;
                int n7 = p7 / outWidth / outHeight;
                int top7 = p7 / outWidth % outHeight * strideHeight - padTop;
                int left7 = p7 % outWidth * strideWidth - padLeft;
                int n8 = p8 / outWidth / outHeight;
                int top8 = p8 / outWidth % outHeight * strideHeight - padTop;
                int left8 = p8 % outWidth * strideWidth - padLeft;
                int n9 = p9 / outWidth / outHeight;
                int top9 = p9 / outWidth % outHeight * strideHeight - padTop;
                int left9 = p9 % outWidth * strideWidth - padLeft;
                int n10 = p10 / outWidth / outHeight;
                int top10 = p10 / outWidth % outHeight * strideHeight - padTop;
                int left10 = p10 % outWidth * strideWidth - padLeft;
                int n11 = p11 / outWidth / outHeight;
                int top11 = p11 / outWidth % outHeight * strideHeight - padTop;
                int left11 = p11 % outWidth * strideWidth - padLeft;
                Float16 bias0 = bias.get(block);
                Float16 total0 = bias0;
                Float16 total1 = bias0;
                Float16 total2 = bias0;
                Float16 total3 = bias0;
                Float16 total4 = bias0;
                Float16 total5 = bias0;
                Float16 total6 = bias0;
                Float16 total7 = bias0;
                Float16 total8 = bias0;
                Float16 total9 = bias0;
                Float16 total10 = bias0;
                Float16 total11 = bias0;
                for (int r = 0; r < kernelHeight; r++) {
                    for (int s = 0; s < kernelWidth; s++) {
                        int down = r * dilationHeight;
                        int right = s * dilationWidth;
                        int x0 = firstChannel
                                + Tile.tap(n0, top0 + down, left0 + right, inHeight, inWidth,
                                zeroPixel) * inPixelFloats;
                        int x1 = firstChannel
                                + Tile.tap(n1, top1 + down, left1 + right, inHeight, inWidth,
                                zeroPixel) * inPixelFloats;
                        int x2 = firstChannel
                                + Tile.tap(n2, top2 + down, left2 + right, inHeight, inWidth,
                                zeroPixel) * inPixelFloats;
                        int x3 = firstChannel
                                + Tile.tap(n3, top3 + down, left3 + right, inHeight, inWidth,
                                zeroPixel) * inPixelFloats;
                        int x4 = firstChannel
                                + Tile.tap(n4, top4 + down, left4 + right, inHeight, inWidth,
                                zeroPixel) * inPixelFloats;
                        int x5 = firstChannel
                                + Tile.tap(n5, top5 + down, left5 + right, inHeight, inWidth,
                                zeroPixel) * inPixelFloats;
                        int x6 = firstChannel
                                + Tile.tap(n6, top6 + down, left6 + right, inHeight, inWidth,
                                zeroPixel) * inPixelFloats;
                        int x7 = firstChannel
                                + Tile.tap(n7, top7 + down, left7 + right, inHeight, inWidth,
                                zeroPixel) * inPixelFloats;
                        int x8 = firstChannel
                                + Tile.tap(n8, top8 + down, left8 + right, inHeight, inWidth,
                                zeroPixel) * inPixelFloats;
                        int x9 = firstChannel
                                + Tile.tap(n9, top9 + down, left9 + right, inHeight, inWidth,
                                zeroPixel) * inPixelFloats;
                        int x10 = firstChannel
                                + Tile.tap(n10, top10 + down, left10 + right, inHeight, inWidth,
                                zeroPixel) * inPixelFloats;
                        int x11 = firstChannel
                                + Tile.tap(n11, top11 + down, left11 + right, inHeight, inWidth,
                                zeroPixel) * inPixelFloats;
                        for (int run = 0; run < groupChannels; run += 256) {
                            int runEnd = Tile.min(run + 256, groupChannels);
                            Float16 sum0 = Float16s.of(0f);
                            Float16 sum1 = Float16s.of(0f);
                            Float16 sum2 = Float16s.of(0f);
                            Float16 sum3 = Float16s.of(0f);
                            Float16 sum4 = Float16s.of(0f);
                            Float16 sum5 = Float16s.of(0f);
                            Float16 sum6 = Float16s.of(0f);
                            Float16 sum7 = Float16s.of(0f);
                            Float16 sum8 = Float16s.of(0f);
                            Float16 sum9 = Float16s.of(0f);
                            Float16 sum10 = Float16s.of(0f);
                            Float16 sum11 = Float16s.of(0f);
                            for (int c = run; c < runEnd; c++) {
                                Float16 weight0 = weight.get(w);
                                if ((mode & Beside.GATE) != 0) {
                                    Float16 factor = Float16s.of(gates.get(firstChannel - inFirst
                                            + c));
                                    weight0 = Float16.mult(weight0, factor);
                                }
                                w++;
                                Float16 value0 = Float16s.of(numbers.get(x0 + c));
                                sum0 = Float16.add(sum0, Float16.mult(weight0, value0));
                                Float16 value1 = Float16s.of(numbers.get(x1 + c));
                                sum1 = Float16.add(sum1, Float16.mult(weight0, value1));
                                Float16 value2 = Float16s.of(numbers.get(x2 + c));
                                sum2 = Float16.add(sum2, Float16.mult(weight0, value2));
                                Float16 value3 = Float16s.of(numbers.get(x3 + c));
                                sum3 = Float16.add(sum3, Float16.mult(weight0, value3));
                                Float16 value4 = Float16s.of(numbers.get(x4 + c));
                                sum4 = Float16.add(sum4, Float16.mult(weight0, value4));
                                Float16 value5 = Float16s.of(numbers.get(x5 + c));
                                sum5 = Float16.add(sum5, Float16.mult(weight0, value5));
                                Float16 value6 = Float16s.of(numbers.get(x6 + c));
                                sum6 = Float16.add(sum6, Float16.mult(weight0, value6));
                                Float16 value7 = Float16s.of(numbers.get(x7 + c));
                                sum7 = Float16.add(sum7, Float16.mult(weight0, value7));
                                Float16 value8 = Float16s.of(numbers.get(x8 + c));
                                sum8 = Float16.add(sum8, Float16.mult(weight0, value8));
                                Float16 value9 = Float16s.of(numbers.get(x9 + c));
                                sum9 = Float16.add(sum9, Float16.mult(weight0, value9));
                                Float16 value10 = Float16s.of(numbers.get(x10 + c));
                                sum10 = Float16.add(sum10, Float16.mult(weight0, value10));
                                Float16 value11 = Float16s.of(numbers.get(x11 + c));
                                sum11 = Float16.add(sum11, Float16.mult(weight0, value11));
                            }
                            total0 = Float16.add(total0, sum0);
                            total1 = Float16.add(total1, sum1);
                            total2 = Float16.add(total2, sum2);
                            total3 = Float16.add(total3, sum3);
                            total4 = Float16.add(total4, sum4);
                            total5 = Float16.add(total5, sum5);
                            total6 = Float16.add(total6, sum6);
                            total7 = Float16.add(total7, sum7);
                            total8 = Float16.add(total8, sum8);
                            total9 = Float16.add(total9, sum9);
                            total10 = Float16.add(total10, sum10);
                            total11 = Float16.add(total11, sum11);
                        }
                    }
                }
                output.set(p0 * outPixelVectors + outFirst + block,
                        Float16s.activate(total0, atOnce, slope));
                output.set(p1 * outPixelVectors + outFirst + block,
                        Float16s.activate(total1, atOnce, slope));
                output.set(p2 * outPixelVectors + outFirst + block,
                        Float16s.activate(total2, atOnce, slope));
                output.set(p3 * outPixelVectors + outFirst + block,
                        Float16s.activate(total3, atOnce, slope));
                output.set(p4 * outPixelVectors + outFirst + block,
                        Float16s.activate(total4, atOnce, slope));
                output.set(p5 * outPixelVectors + outFirst + block,
                        Float16s.activate(total5, atOnce, slope));
                output.set(p6 * outPixelVectors + outFirst + block,
                        Float16s.activate(total6, atOnce, slope));
                output.set(p7 * outPixelVectors + outFirst + block,
                        Float16s.activate(total7, atOnce, slope));
                output.set(p8 * outPixelVectors + outFirst + block,
                        Float16s.activate(total8, atOnce, slope));
                output.set(p9 * outPixelVectors + outFirst + block,
                        Float16s.activate(total9, atOnce, slope));
                output.set(p10 * outPixelVectors + outFirst + block,
                        Float16s.activate(total10, atOnce, slope));
                output.set(p11 * outPixelVectors + outFirst + block,
                        Float16s.activate(total11, atOnce, slope));
                if (Beside.isLater(mode)) {
                    int addedPixelVectors = geometry.get(VectorGeometry.ADDED_PIXEL_VECTORS);
                    int addedBlock = geometry.get(VectorGeometry.ADDED_FIRST) + block;
                    int count = Tile.min(12, lastOutPixel + 1 - tile * 12);
                    for (int i = 0; i < count; i++) {
                        int p = tile * 12 + i;
                        int at = p * outPixelVectors + outFirst + block;
                        Float16 result = output.get(at);
                        if ((mode & Beside.ADD_FIRST) != 0) {
                            result = Float16s.activate(Float16.add(result,
                                    added.get(p * addedPixelVectors + addedBlock)), activation,
                                    slope);
                        }
                        if (activation >= Activations.HARD_SIGMOID) {
                            result = Float16s.late(result, activation);
                        }
                        if ((mode & Beside.ADD_LAST) != 0) {
                            result = Float16.add(result,
                                    added.get(p * addedPixelVectors + addedBlock));
                        }
                        output.set(at, result);
                    }
                }
            }
        }
    }
}
