package dev.sepconv.kernel.conv;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/**
 * Standard and grouped convolution for CPUs: a work-item computes 7 output pixels by 32 output
 * channels, whose 14 vectors of sums stay in registers. Each weight vector that is read serves 7
 * pixels, each input number 2 vectors. Runs of 256 products are summed by themselves: sums of
 * thousands of products one after the other would be off in the fifth digit.
 *
 * <p>
 * Input: pixels in NHWC order, {@code C} numbers each, and after the last pixel one more of zeros,
 * which stands for the padding: a tap that falls outside reads it, so that no test is needed where
 * the sums are made. Weight: for each block of 32 output channels {@code [R, S, C/G, 32]}. Bias: 32
 * a block. Output: pixels of {@code 32 * blocks} numbers, group after group, each group's channels
 * filled up to whole blocks.
 */
public final class DenseVectorConv {

    /** So many channels of a tap are summed one after the other. */
    private static final int LONGEST_RUN = 256;

    private DenseVectorConv() {
    }

    /**
     * @param tiles output pixels, N*OH*OW, over 7, rounded up; the last tile computes its last
     * pixel more than once
     * @param blocks blocks of 32 output channels, of all groups
     */
    public static void nhwc(VectorFloat16 input, VectorFloat16 weight, VectorFloat16 bias,
            VectorFloat16 output, IntArray geometry, int tiles, int blocks, int activation,
            float slope) {
        int inPixelFloats = geometry.get(VectorGeometry.IN_PIXEL_FLOATS);
        int inHeight = geometry.get(VectorGeometry.IN_HEIGHT);
        int inWidth = geometry.get(VectorGeometry.IN_WIDTH);
        int zeroPixel = geometry.get(VectorGeometry.ZERO_PIXEL);
        int outHeight = geometry.get(VectorGeometry.OUT_HEIGHT);
        int outWidth = geometry.get(VectorGeometry.OUT_WIDTH);
        int lastPixel = geometry.get(VectorGeometry.LAST_OUT_PIXEL);
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
        FloatArray numbers = input.getArray();
        for (@Parallel int tile = 0; tile < tiles; tile++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                int firstChannel = block / groupBlocks * groupChannels;
                int w = block * kernelHeight * kernelWidth * groupChannels * 2;
                int p0 = Tile.min(tile * 7 + 0, lastPixel);
                int p1 = Tile.min(tile * 7 + 1, lastPixel);
                int p2 = Tile.min(tile * 7 + 2, lastPixel);
                int p3 = Tile.min(tile * 7 + 3, lastPixel);
                int p4 = Tile.min(tile * 7 + 4, lastPixel);
                int p5 = Tile.min(tile * 7 + 5, lastPixel);
                int p6 = Tile.min(tile * 7 + 6, lastPixel);
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
                Float16 bias0 = bias.get(block * 2 + 0);
                Float16 bias1 = bias.get(block * 2 + 1);
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
                        int x0 = firstChannel
                                + Tile.tap(n0, top0 + r * dilationHeight, left0 + s * dilationWidth,
                                        inHeight, inWidth, zeroPixel) * inPixelFloats;
                        int x1 = firstChannel
                                + Tile.tap(n1, top1 + r * dilationHeight, left1 + s * dilationWidth,
                                        inHeight, inWidth, zeroPixel) * inPixelFloats;
                        int x2 = firstChannel
                                + Tile.tap(n2, top2 + r * dilationHeight, left2 + s * dilationWidth,
                                        inHeight, inWidth, zeroPixel) * inPixelFloats;
                        int x3 = firstChannel
                                + Tile.tap(n3, top3 + r * dilationHeight, left3 + s * dilationWidth,
                                        inHeight, inWidth, zeroPixel) * inPixelFloats;
                        int x4 = firstChannel
                                + Tile.tap(n4, top4 + r * dilationHeight, left4 + s * dilationWidth,
                                        inHeight, inWidth, zeroPixel) * inPixelFloats;
                        int x5 = firstChannel
                                + Tile.tap(n5, top5 + r * dilationHeight, left5 + s * dilationWidth,
                                        inHeight, inWidth, zeroPixel) * inPixelFloats;
                        int x6 = firstChannel
                                + Tile.tap(n6, top6 + r * dilationHeight, left6 + s * dilationWidth,
                                        inHeight, inWidth, zeroPixel) * inPixelFloats;
                        for (int run = 0; run < groupChannels; run += LONGEST_RUN) {
                            int runEnd = Math.min(run + LONGEST_RUN, groupChannels);
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
                int out = block * 2;
                output.set(p0 * outPixelVectors + out + 0,
                        Float16s.activate(total00, activation, slope));
                output.set(p0 * outPixelVectors + out + 1,
                        Float16s.activate(total01, activation, slope));
                output.set(p1 * outPixelVectors + out + 0,
                        Float16s.activate(total10, activation, slope));
                output.set(p1 * outPixelVectors + out + 1,
                        Float16s.activate(total11, activation, slope));
                output.set(p2 * outPixelVectors + out + 0,
                        Float16s.activate(total20, activation, slope));
                output.set(p2 * outPixelVectors + out + 1,
                        Float16s.activate(total21, activation, slope));
                output.set(p3 * outPixelVectors + out + 0,
                        Float16s.activate(total30, activation, slope));
                output.set(p3 * outPixelVectors + out + 1,
                        Float16s.activate(total31, activation, slope));
                output.set(p4 * outPixelVectors + out + 0,
                        Float16s.activate(total40, activation, slope));
                output.set(p4 * outPixelVectors + out + 1,
                        Float16s.activate(total41, activation, slope));
                output.set(p5 * outPixelVectors + out + 0,
                        Float16s.activate(total50, activation, slope));
                output.set(p5 * outPixelVectors + out + 1,
                        Float16s.activate(total51, activation, slope));
                output.set(p6 * outPixelVectors + out + 0,
                        Float16s.activate(total60, activation, slope));
                output.set(p6 * outPixelVectors + out + 1,
                        Float16s.activate(total61, activation, slope));
            }
        }
    }
}
