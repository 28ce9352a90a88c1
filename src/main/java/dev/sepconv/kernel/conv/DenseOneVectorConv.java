package dev.sepconv.kernel.conv;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/**
 * {@link DenseVectorConv} with one vector of output channels a pixel: for CPUs with fewer or
 * shorter registers (6 vectors of 16 floats are 12 of AVX2's 16 registers, 24 of NEON's 32), and
 * for groups of few output channels. Weight: for each block of 16 output channels
 * {@code [R, S, C/G, 16]}; other arrays as there.
 */
public final class DenseOneVectorConv {

    private DenseOneVectorConv() {
    }

    /**
     * 6 pixels by 16 output channels.
     *
     * @param tiles output pixels, N*OH*OW, over 6, rounded up; the last tile computes its last
     * pixel more than once
     * @param blocks blocks of 16 output channels, of all groups
     */
    public static void p6(VectorFloat16 input, VectorFloat16 weight, VectorFloat16 bias,
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
                int w = block * kernelHeight * kernelWidth * groupChannels;
                int p0 = Tile.min(tile * 6 + 0, lastPixel);
                int p1 = Tile.min(tile * 6 + 1, lastPixel);
                int p2 = Tile.min(tile * 6 + 2, lastPixel);
                int p3 = Tile.min(tile * 6 + 3, lastPixel);
                int p4 = Tile.min(tile * 6 + 4, lastPixel);
                int p5 = Tile.min(tile * 6 + 5, lastPixel);
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
                Float16 start = bias.get(block);
                Float16 sum0 = start;
                Float16 sum1 = start;
                Float16 sum2 = start;
                Float16 sum3 = start;
                Float16 sum4 = start;
                Float16 sum5 = start;
                for (int r = 0; r < kernelHeight; r++) {
                    for (int s = 0; s < kernelWidth; s++) {
                        int down = r * dilationHeight;
                        int right = s * dilationWidth;
                        int x0 = firstChannel + Tile.tap(n0, top0 + down, left0 + right, inHeight,
                                inWidth, zeroPixel) * inPixelFloats;
                        int x1 = firstChannel + Tile.tap(n1, top1 + down, left1 + right, inHeight,
                                inWidth, zeroPixel) * inPixelFloats;
                        int x2 = firstChannel + Tile.tap(n2, top2 + down, left2 + right, inHeight,
                                inWidth, zeroPixel) * inPixelFloats;
                        int x3 = firstChannel + Tile.tap(n3, top3 + down, left3 + right, inHeight,
                                inWidth, zeroPixel) * inPixelFloats;
                        int x4 = firstChannel + Tile.tap(n4, top4 + down, left4 + right, inHeight,
                                inWidth, zeroPixel) * inPixelFloats;
                        int x5 = firstChannel + Tile.tap(n5, top5 + down, left5 + right, inHeight,
                                inWidth, zeroPixel) * inPixelFloats;
                        for (int c = 0; c < groupChannels; c++) {
                            Float16 factor = weight.get(w);
                            w++;
                            sum0 = Float16.add(sum0,
                                    Float16.mult(factor, Float16s.of(numbers.get(x0 + c))));
                            sum1 = Float16.add(sum1,
                                    Float16.mult(factor, Float16s.of(numbers.get(x1 + c))));
                            sum2 = Float16.add(sum2,
                                    Float16.mult(factor, Float16s.of(numbers.get(x2 + c))));
                            sum3 = Float16.add(sum3,
                                    Float16.mult(factor, Float16s.of(numbers.get(x3 + c))));
                            sum4 = Float16.add(sum4,
                                    Float16.mult(factor, Float16s.of(numbers.get(x4 + c))));
                            sum5 = Float16.add(sum5,
                                    Float16.mult(factor, Float16s.of(numbers.get(x5 + c))));
                        }
                    }
                }
                output.set(p0 * outPixelVectors + block,
                        Float16s.activate(sum0, activation, slope));
                output.set(p1 * outPixelVectors + block,
                        Float16s.activate(sum1, activation, slope));
                output.set(p2 * outPixelVectors + block,
                        Float16s.activate(sum2, activation, slope));
                output.set(p3 * outPixelVectors + block,
                        Float16s.activate(sum3, activation, slope));
                output.set(p4 * outPixelVectors + block,
                        Float16s.activate(sum4, activation, slope));
                output.set(p5 * outPixelVectors + block,
                        Float16s.activate(sum5, activation, slope));
            }
        }
    }

    /**
     * 12 pixels by 16 output channels.
     *
     * @param tiles output pixels, N*OH*OW, over 12, rounded up; the last tile computes its last
     * pixel more than once
     * @param blocks blocks of 16 output channels, of all groups
     */
    public static void p12(VectorFloat16 input, VectorFloat16 weight, VectorFloat16 bias,
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
                int w = block * kernelHeight * kernelWidth * groupChannels;
                int p0 = Tile.min(tile * 12 + 0, lastPixel);
                int p1 = Tile.min(tile * 12 + 1, lastPixel);
                int p2 = Tile.min(tile * 12 + 2, lastPixel);
                int p3 = Tile.min(tile * 12 + 3, lastPixel);
                int p4 = Tile.min(tile * 12 + 4, lastPixel);
                int p5 = Tile.min(tile * 12 + 5, lastPixel);
                int p6 = Tile.min(tile * 12 + 6, lastPixel);
                int p7 = Tile.min(tile * 12 + 7, lastPixel);
                int p8 = Tile.min(tile * 12 + 8, lastPixel);
                int p9 = Tile.min(tile * 12 + 9, lastPixel);
                int p10 = Tile.min(tile * 12 + 10, lastPixel);
                int p11 = Tile.min(tile * 12 + 11, lastPixel);
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
                Float16 start = bias.get(block);
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
                for (int r = 0; r < kernelHeight; r++) {
                    for (int s = 0; s < kernelWidth; s++) {
                        int down = r * dilationHeight;
                        int right = s * dilationWidth;
                        int x0 = firstChannel + Tile.tap(n0, top0 + down, left0 + right, inHeight,
                                inWidth, zeroPixel) * inPixelFloats;
                        int x1 = firstChannel + Tile.tap(n1, top1 + down, left1 + right, inHeight,
                                inWidth, zeroPixel) * inPixelFloats;
                        int x2 = firstChannel + Tile.tap(n2, top2 + down, left2 + right, inHeight,
                                inWidth, zeroPixel) * inPixelFloats;
                        int x3 = firstChannel + Tile.tap(n3, top3 + down, left3 + right, inHeight,
                                inWidth, zeroPixel) * inPixelFloats;
                        int x4 = firstChannel + Tile.tap(n4, top4 + down, left4 + right, inHeight,
                                inWidth, zeroPixel) * inPixelFloats;
                        int x5 = firstChannel + Tile.tap(n5, top5 + down, left5 + right, inHeight,
                                inWidth, zeroPixel) * inPixelFloats;
                        int x6 = firstChannel + Tile.tap(n6, top6 + down, left6 + right, inHeight,
                                inWidth, zeroPixel) * inPixelFloats;
                        int x7 = firstChannel + Tile.tap(n7, top7 + down, left7 + right, inHeight,
                                inWidth, zeroPixel) * inPixelFloats;
                        int x8 = firstChannel + Tile.tap(n8, top8 + down, left8 + right, inHeight,
                                inWidth, zeroPixel) * inPixelFloats;
                        int x9 = firstChannel + Tile.tap(n9, top9 + down, left9 + right, inHeight,
                                inWidth, zeroPixel) * inPixelFloats;
                        int x10 = firstChannel + Tile.tap(n10, top10 + down, left10 + right,
                                inHeight, inWidth, zeroPixel) * inPixelFloats;
                        int x11 = firstChannel + Tile.tap(n11, top11 + down, left11 + right,
                                inHeight, inWidth, zeroPixel) * inPixelFloats;
                        for (int c = 0; c < groupChannels; c++) {
                            Float16 factor = weight.get(w);
                            w++;
                            sum0 = Float16.add(sum0,
                                    Float16.mult(factor, Float16s.of(numbers.get(x0 + c))));
                            sum1 = Float16.add(sum1,
                                    Float16.mult(factor, Float16s.of(numbers.get(x1 + c))));
                            sum2 = Float16.add(sum2,
                                    Float16.mult(factor, Float16s.of(numbers.get(x2 + c))));
                            sum3 = Float16.add(sum3,
                                    Float16.mult(factor, Float16s.of(numbers.get(x3 + c))));
                            sum4 = Float16.add(sum4,
                                    Float16.mult(factor, Float16s.of(numbers.get(x4 + c))));
                            sum5 = Float16.add(sum5,
                                    Float16.mult(factor, Float16s.of(numbers.get(x5 + c))));
                            sum6 = Float16.add(sum6,
                                    Float16.mult(factor, Float16s.of(numbers.get(x6 + c))));
                            sum7 = Float16.add(sum7,
                                    Float16.mult(factor, Float16s.of(numbers.get(x7 + c))));
                            sum8 = Float16.add(sum8,
                                    Float16.mult(factor, Float16s.of(numbers.get(x8 + c))));
                            sum9 = Float16.add(sum9,
                                    Float16.mult(factor, Float16s.of(numbers.get(x9 + c))));
                            sum10 = Float16.add(sum10,
                                    Float16.mult(factor, Float16s.of(numbers.get(x10 + c))));
                            sum11 = Float16.add(sum11,
                                    Float16.mult(factor, Float16s.of(numbers.get(x11 + c))));
                        }
                    }
                }
                output.set(p0 * outPixelVectors + block,
                        Float16s.activate(sum0, activation, slope));
                output.set(p1 * outPixelVectors + block,
                        Float16s.activate(sum1, activation, slope));
                output.set(p2 * outPixelVectors + block,
                        Float16s.activate(sum2, activation, slope));
                output.set(p3 * outPixelVectors + block,
                        Float16s.activate(sum3, activation, slope));
                output.set(p4 * outPixelVectors + block,
                        Float16s.activate(sum4, activation, slope));
                output.set(p5 * outPixelVectors + block,
                        Float16s.activate(sum5, activation, slope));
                output.set(p6 * outPixelVectors + block,
                        Float16s.activate(sum6, activation, slope));
                output.set(p7 * outPixelVectors + block,
                        Float16s.activate(sum7, activation, slope));
                output.set(p8 * outPixelVectors + block,
                        Float16s.activate(sum8, activation, slope));
                output.set(p9 * outPixelVectors + block,
                        Float16s.activate(sum9, activation, slope));
                output.set(p10 * outPixelVectors + block,
                        Float16s.activate(sum10, activation, slope));
                output.set(p11 * outPixelVectors + block,
                        Float16s.activate(sum11, activation, slope));
            }
        }
    }
}
