package dev.sepconv.kernel.conv;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/**
 * Depthwise convolution with multiplier 1 for CPUs and the kernels that networks have, 3 or 5 wide
 * at stride 1 or 2 without horizontal dilation: a work-item computes up to 128 channels of one
 * output row, 7 pixels by 16 channels at a time, and each input vector that is read serves all the
 * pixels above it. From one such tile to the next it goes along the channels, as memory does.
 * Heights, and vertical stride and dilation, are as they are.
 *
 * <p>
 * Arrays as in {@link DepthwiseVectorConv}, the input with a pixel of zeros after the last one,
 * which stands for the padding left and right. Of a row that is no whole number of tiles the last
 * tile overlaps the one before; in a row of less than one, pixels past the end are written first
 * and then overwritten by the last.
 */
public final class DepthwiseRowConv {

    private DepthwiseRowConv() {
    }

    /**
     * Kernels 3 wide, at horizontal stride 1.
     *
     * @param rows output rows, N*OH
     * @param chunks of 8 vectors of 16 channels, the last may have fewer
     */
    public static void width3Stride1(VectorFloat16 input, VectorFloat16 weight, VectorFloat16 bias,
            VectorFloat16 output, IntArray geometry, int rows, int chunks, int activation,
            float slope) {
        int vectors = geometry.get(VectorGeometry.OUT_PIXEL_VECTORS);
        int inHeight = geometry.get(VectorGeometry.IN_HEIGHT);
        int inWidth = geometry.get(VectorGeometry.IN_WIDTH);
        int zeroPixel = geometry.get(VectorGeometry.ZERO_PIXEL);
        int outHeight = geometry.get(VectorGeometry.OUT_HEIGHT);
        int outWidth = geometry.get(VectorGeometry.OUT_WIDTH);
        int kernelHeight = geometry.get(VectorGeometry.KERNEL_HEIGHT);
        int strideHeight = geometry.get(VectorGeometry.STRIDE_HEIGHT);
        int dilationHeight = geometry.get(VectorGeometry.DILATION_HEIGHT);
        int padTop = geometry.get(VectorGeometry.PAD_TOP);
        int padLeft = geometry.get(VectorGeometry.PAD_LEFT);
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int chunk = 0; chunk < chunks; chunk++) {
                int blockEnd = Tile.min(chunk * VectorGeometry.CHUNK + VectorGeometry.CHUNK,
                        vectors);
                int top = row % outHeight * strideHeight - padTop;
                int rFirst = Taps.first(top, dilationHeight);
                int rEnd = Taps.end(top, dilationHeight, inHeight, kernelHeight);
                int inRow = (row / outHeight * inHeight + top) * inWidth;
                for (int tile = 0; tile < outWidth; tile += 7) {
                    int ow = Tile.first(tile, outWidth - 7);
                    int left = ow * 1 - padLeft;
                    int out = row * outWidth;
                    for (int block = chunk * VectorGeometry.CHUNK; block < blockEnd; block++) {
                        Float16 start = bias.get(block);
                        Float16 sum0 = start;
                        Float16 sum1 = start;
                        Float16 sum2 = start;
                        Float16 sum3 = start;
                        Float16 sum4 = start;
                        Float16 sum5 = start;
                        Float16 sum6 = start;
                        for (int r = rFirst; r < rEnd; r++) {
                            int line = inRow + r * dilationHeight * inWidth;
                            int w = r * 3 * vectors + block;
                            Float16 weight0 = weight.get(w);
                            Float16 weight1 = weight.get(w + vectors);
                            Float16 weight2 = weight.get(w + 2 * vectors);
                            Float16 x0 = input
                                    .get(Tile.column(line, left + 0, inWidth, zeroPixel) * vectors
                                            + block);
                            sum0 = Float16.add(sum0, Float16.mult(x0, weight0));
                            Float16 x1 = input
                                    .get(Tile.column(line, left + 1, inWidth, zeroPixel) * vectors
                                            + block);
                            sum1 = Float16.add(sum1, Float16.mult(x1, weight0));
                            sum0 = Float16.add(sum0, Float16.mult(x1, weight1));
                            Float16 x2 = input
                                    .get(Tile.column(line, left + 2, inWidth, zeroPixel) * vectors
                                            + block);
                            sum2 = Float16.add(sum2, Float16.mult(x2, weight0));
                            sum1 = Float16.add(sum1, Float16.mult(x2, weight1));
                            sum0 = Float16.add(sum0, Float16.mult(x2, weight2));
                            Float16 x3 = input
                                    .get(Tile.column(line, left + 3, inWidth, zeroPixel) * vectors
                                            + block);
                            sum3 = Float16.add(sum3, Float16.mult(x3, weight0));
                            sum2 = Float16.add(sum2, Float16.mult(x3, weight1));
                            sum1 = Float16.add(sum1, Float16.mult(x3, weight2));
                            Float16 x4 = input
                                    .get(Tile.column(line, left + 4, inWidth, zeroPixel) * vectors
                                            + block);
                            sum4 = Float16.add(sum4, Float16.mult(x4, weight0));
                            sum3 = Float16.add(sum3, Float16.mult(x4, weight1));
                            sum2 = Float16.add(sum2, Float16.mult(x4, weight2));
                            Float16 x5 = input
                                    .get(Tile.column(line, left + 5, inWidth, zeroPixel) * vectors
                                            + block);
                            sum5 = Float16.add(sum5, Float16.mult(x5, weight0));
                            sum4 = Float16.add(sum4, Float16.mult(x5, weight1));
                            sum3 = Float16.add(sum3, Float16.mult(x5, weight2));
                            Float16 x6 = input
                                    .get(Tile.column(line, left + 6, inWidth, zeroPixel) * vectors
                                            + block);
                            sum6 = Float16.add(sum6, Float16.mult(x6, weight0));
                            sum5 = Float16.add(sum5, Float16.mult(x6, weight1));
                            sum4 = Float16.add(sum4, Float16.mult(x6, weight2));
                            Float16 x7 = input
                                    .get(Tile.column(line, left + 7, inWidth, zeroPixel) * vectors
                                            + block);
                            sum6 = Float16.add(sum6, Float16.mult(x7, weight1));
                            sum5 = Float16.add(sum5, Float16.mult(x7, weight2));
                            Float16 x8 = input
                                    .get(Tile.column(line, left + 8, inWidth, zeroPixel) * vectors
                                            + block);
                            sum6 = Float16.add(sum6, Float16.mult(x8, weight2));
                        }
                        output.set((out + Tile.min(ow + 6, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum6, activation, slope));
                        output.set((out + Tile.min(ow + 5, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum5, activation, slope));
                        output.set((out + Tile.min(ow + 4, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum4, activation, slope));
                        output.set((out + Tile.min(ow + 3, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum3, activation, slope));
                        output.set((out + Tile.min(ow + 2, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum2, activation, slope));
                        output.set((out + Tile.min(ow + 1, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum1, activation, slope));
                        output.set((out + Tile.min(ow + 0, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum0, activation, slope));
                    }
                }
            }
        }
    }

    /**
     * Kernels 3 wide, at horizontal stride 2.
     *
     * @param rows output rows, N*OH
     * @param chunks of 8 vectors of 16 channels, the last may have fewer
     */
    public static void width3Stride2(VectorFloat16 input, VectorFloat16 weight, VectorFloat16 bias,
            VectorFloat16 output, IntArray geometry, int rows, int chunks, int activation,
            float slope) {
        int vectors = geometry.get(VectorGeometry.OUT_PIXEL_VECTORS);
        int inHeight = geometry.get(VectorGeometry.IN_HEIGHT);
        int inWidth = geometry.get(VectorGeometry.IN_WIDTH);
        int zeroPixel = geometry.get(VectorGeometry.ZERO_PIXEL);
        int outHeight = geometry.get(VectorGeometry.OUT_HEIGHT);
        int outWidth = geometry.get(VectorGeometry.OUT_WIDTH);
        int kernelHeight = geometry.get(VectorGeometry.KERNEL_HEIGHT);
        int strideHeight = geometry.get(VectorGeometry.STRIDE_HEIGHT);
        int dilationHeight = geometry.get(VectorGeometry.DILATION_HEIGHT);
        int padTop = geometry.get(VectorGeometry.PAD_TOP);
        int padLeft = geometry.get(VectorGeometry.PAD_LEFT);
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int chunk = 0; chunk < chunks; chunk++) {
                int blockEnd = Tile.min(chunk * VectorGeometry.CHUNK + VectorGeometry.CHUNK,
                        vectors);
                int top = row % outHeight * strideHeight - padTop;
                int rFirst = Taps.first(top, dilationHeight);
                int rEnd = Taps.end(top, dilationHeight, inHeight, kernelHeight);
                int inRow = (row / outHeight * inHeight + top) * inWidth;
                for (int tile = 0; tile < outWidth; tile += 7) {
                    int ow = Tile.first(tile, outWidth - 7);
                    int left = ow * 2 - padLeft;
                    int out = row * outWidth;
                    for (int block = chunk * VectorGeometry.CHUNK; block < blockEnd; block++) {
                        Float16 start = bias.get(block);
                        Float16 sum0 = start;
                        Float16 sum1 = start;
                        Float16 sum2 = start;
                        Float16 sum3 = start;
                        Float16 sum4 = start;
                        Float16 sum5 = start;
                        Float16 sum6 = start;
                        for (int r = rFirst; r < rEnd; r++) {
                            int line = inRow + r * dilationHeight * inWidth;
                            int w = r * 3 * vectors + block;
                            Float16 weight0 = weight.get(w);
                            Float16 weight1 = weight.get(w + vectors);
                            Float16 weight2 = weight.get(w + 2 * vectors);
                            Float16 x0 = input
                                    .get(Tile.column(line, left + 0, inWidth, zeroPixel) * vectors
                                            + block);
                            sum0 = Float16.add(sum0, Float16.mult(x0, weight0));
                            Float16 x1 = input
                                    .get(Tile.column(line, left + 1, inWidth, zeroPixel) * vectors
                                            + block);
                            sum0 = Float16.add(sum0, Float16.mult(x1, weight1));
                            Float16 x2 = input
                                    .get(Tile.column(line, left + 2, inWidth, zeroPixel) * vectors
                                            + block);
                            sum1 = Float16.add(sum1, Float16.mult(x2, weight0));
                            sum0 = Float16.add(sum0, Float16.mult(x2, weight2));
                            Float16 x3 = input
                                    .get(Tile.column(line, left + 3, inWidth, zeroPixel) * vectors
                                            + block);
                            sum1 = Float16.add(sum1, Float16.mult(x3, weight1));
                            Float16 x4 = input
                                    .get(Tile.column(line, left + 4, inWidth, zeroPixel) * vectors
                                            + block);
                            sum2 = Float16.add(sum2, Float16.mult(x4, weight0));
                            sum1 = Float16.add(sum1, Float16.mult(x4, weight2));
                            Float16 x5 = input
                                    .get(Tile.column(line, left + 5, inWidth, zeroPixel) * vectors
                                            + block);
                            sum2 = Float16.add(sum2, Float16.mult(x5, weight1));
                            Float16 x6 = input
                                    .get(Tile.column(line, left + 6, inWidth, zeroPixel) * vectors
                                            + block);
                            sum3 = Float16.add(sum3, Float16.mult(x6, weight0));
                            sum2 = Float16.add(sum2, Float16.mult(x6, weight2));
                            Float16 x7 = input
                                    .get(Tile.column(line, left + 7, inWidth, zeroPixel) * vectors
                                            + block);
                            sum3 = Float16.add(sum3, Float16.mult(x7, weight1));
                            Float16 x8 = input
                                    .get(Tile.column(line, left + 8, inWidth, zeroPixel) * vectors
                                            + block);
                            sum4 = Float16.add(sum4, Float16.mult(x8, weight0));
                            sum3 = Float16.add(sum3, Float16.mult(x8, weight2));
                            Float16 x9 = input
                                    .get(Tile.column(line, left + 9, inWidth, zeroPixel) * vectors
                                            + block);
                            sum4 = Float16.add(sum4, Float16.mult(x9, weight1));
                            Float16 x10 = input
                                    .get(Tile.column(line, left + 10, inWidth, zeroPixel) * vectors
                                            + block);
                            sum5 = Float16.add(sum5, Float16.mult(x10, weight0));
                            sum4 = Float16.add(sum4, Float16.mult(x10, weight2));
                            Float16 x11 = input
                                    .get(Tile.column(line, left + 11, inWidth, zeroPixel) * vectors
                                            + block);
                            sum5 = Float16.add(sum5, Float16.mult(x11, weight1));
                            Float16 x12 = input
                                    .get(Tile.column(line, left + 12, inWidth, zeroPixel) * vectors
                                            + block);
                            sum6 = Float16.add(sum6, Float16.mult(x12, weight0));
                            sum5 = Float16.add(sum5, Float16.mult(x12, weight2));
                            Float16 x13 = input
                                    .get(Tile.column(line, left + 13, inWidth, zeroPixel) * vectors
                                            + block);
                            sum6 = Float16.add(sum6, Float16.mult(x13, weight1));
                            Float16 x14 = input
                                    .get(Tile.column(line, left + 14, inWidth, zeroPixel) * vectors
                                            + block);
                            sum6 = Float16.add(sum6, Float16.mult(x14, weight2));
                        }
                        output.set((out + Tile.min(ow + 6, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum6, activation, slope));
                        output.set((out + Tile.min(ow + 5, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum5, activation, slope));
                        output.set((out + Tile.min(ow + 4, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum4, activation, slope));
                        output.set((out + Tile.min(ow + 3, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum3, activation, slope));
                        output.set((out + Tile.min(ow + 2, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum2, activation, slope));
                        output.set((out + Tile.min(ow + 1, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum1, activation, slope));
                        output.set((out + Tile.min(ow + 0, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum0, activation, slope));
                    }
                }
            }
        }
    }

    /**
     * Kernels 5 wide, at horizontal stride 1.
     *
     * @param rows output rows, N*OH
     * @param chunks of 8 vectors of 16 channels, the last may have fewer
     */
    public static void width5Stride1(VectorFloat16 input, VectorFloat16 weight, VectorFloat16 bias,
            VectorFloat16 output, IntArray geometry, int rows, int chunks, int activation,
            float slope) {
        int vectors = geometry.get(VectorGeometry.OUT_PIXEL_VECTORS);
        int inHeight = geometry.get(VectorGeometry.IN_HEIGHT);
        int inWidth = geometry.get(VectorGeometry.IN_WIDTH);
        int zeroPixel = geometry.get(VectorGeometry.ZERO_PIXEL);
        int outHeight = geometry.get(VectorGeometry.OUT_HEIGHT);
        int outWidth = geometry.get(VectorGeometry.OUT_WIDTH);
        int kernelHeight = geometry.get(VectorGeometry.KERNEL_HEIGHT);
        int strideHeight = geometry.get(VectorGeometry.STRIDE_HEIGHT);
        int dilationHeight = geometry.get(VectorGeometry.DILATION_HEIGHT);
        int padTop = geometry.get(VectorGeometry.PAD_TOP);
        int padLeft = geometry.get(VectorGeometry.PAD_LEFT);
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int chunk = 0; chunk < chunks; chunk++) {
                int blockEnd = Tile.min(chunk * VectorGeometry.CHUNK + VectorGeometry.CHUNK,
                        vectors);
                int top = row % outHeight * strideHeight - padTop;
                int rFirst = Taps.first(top, dilationHeight);
                int rEnd = Taps.end(top, dilationHeight, inHeight, kernelHeight);
                int inRow = (row / outHeight * inHeight + top) * inWidth;
                for (int tile = 0; tile < outWidth; tile += 7) {
                    int ow = Tile.first(tile, outWidth - 7);
                    int left = ow * 1 - padLeft;
                    int out = row * outWidth;
                    for (int block = chunk * VectorGeometry.CHUNK; block < blockEnd; block++) {
                        Float16 start = bias.get(block);
                        Float16 sum0 = start;
                        Float16 sum1 = start;
                        Float16 sum2 = start;
                        Float16 sum3 = start;
                        Float16 sum4 = start;
                        Float16 sum5 = start;
                        Float16 sum6 = start;
                        for (int r = rFirst; r < rEnd; r++) {
                            int line = inRow + r * dilationHeight * inWidth;
                            int w = r * 5 * vectors + block;
                            Float16 weight0 = weight.get(w);
                            Float16 weight1 = weight.get(w + vectors);
                            Float16 weight2 = weight.get(w + 2 * vectors);
                            Float16 weight3 = weight.get(w + 3 * vectors);
                            Float16 weight4 = weight.get(w + 4 * vectors);
                            Float16 x0 = input
                                    .get(Tile.column(line, left + 0, inWidth, zeroPixel) * vectors
                                            + block);
                            sum0 = Float16.add(sum0, Float16.mult(x0, weight0));
                            Float16 x1 = input
                                    .get(Tile.column(line, left + 1, inWidth, zeroPixel) * vectors
                                            + block);
                            sum1 = Float16.add(sum1, Float16.mult(x1, weight0));
                            sum0 = Float16.add(sum0, Float16.mult(x1, weight1));
                            Float16 x2 = input
                                    .get(Tile.column(line, left + 2, inWidth, zeroPixel) * vectors
                                            + block);
                            sum2 = Float16.add(sum2, Float16.mult(x2, weight0));
                            sum1 = Float16.add(sum1, Float16.mult(x2, weight1));
                            sum0 = Float16.add(sum0, Float16.mult(x2, weight2));
                            Float16 x3 = input
                                    .get(Tile.column(line, left + 3, inWidth, zeroPixel) * vectors
                                            + block);
                            sum3 = Float16.add(sum3, Float16.mult(x3, weight0));
                            sum2 = Float16.add(sum2, Float16.mult(x3, weight1));
                            sum1 = Float16.add(sum1, Float16.mult(x3, weight2));
                            sum0 = Float16.add(sum0, Float16.mult(x3, weight3));
                            Float16 x4 = input
                                    .get(Tile.column(line, left + 4, inWidth, zeroPixel) * vectors
                                            + block);
                            sum4 = Float16.add(sum4, Float16.mult(x4, weight0));
                            sum3 = Float16.add(sum3, Float16.mult(x4, weight1));
                            sum2 = Float16.add(sum2, Float16.mult(x4, weight2));
                            sum1 = Float16.add(sum1, Float16.mult(x4, weight3));
                            sum0 = Float16.add(sum0, Float16.mult(x4, weight4));
                            Float16 x5 = input
                                    .get(Tile.column(line, left + 5, inWidth, zeroPixel) * vectors
                                            + block);
                            sum5 = Float16.add(sum5, Float16.mult(x5, weight0));
                            sum4 = Float16.add(sum4, Float16.mult(x5, weight1));
                            sum3 = Float16.add(sum3, Float16.mult(x5, weight2));
                            sum2 = Float16.add(sum2, Float16.mult(x5, weight3));
                            sum1 = Float16.add(sum1, Float16.mult(x5, weight4));
                            Float16 x6 = input
                                    .get(Tile.column(line, left + 6, inWidth, zeroPixel) * vectors
                                            + block);
                            sum6 = Float16.add(sum6, Float16.mult(x6, weight0));
                            sum5 = Float16.add(sum5, Float16.mult(x6, weight1));
                            sum4 = Float16.add(sum4, Float16.mult(x6, weight2));
                            sum3 = Float16.add(sum3, Float16.mult(x6, weight3));
                            sum2 = Float16.add(sum2, Float16.mult(x6, weight4));
                            Float16 x7 = input
                                    .get(Tile.column(line, left + 7, inWidth, zeroPixel) * vectors
                                            + block);
                            sum6 = Float16.add(sum6, Float16.mult(x7, weight1));
                            sum5 = Float16.add(sum5, Float16.mult(x7, weight2));
                            sum4 = Float16.add(sum4, Float16.mult(x7, weight3));
                            sum3 = Float16.add(sum3, Float16.mult(x7, weight4));
                            Float16 x8 = input
                                    .get(Tile.column(line, left + 8, inWidth, zeroPixel) * vectors
                                            + block);
                            sum6 = Float16.add(sum6, Float16.mult(x8, weight2));
                            sum5 = Float16.add(sum5, Float16.mult(x8, weight3));
                            sum4 = Float16.add(sum4, Float16.mult(x8, weight4));
                            Float16 x9 = input
                                    .get(Tile.column(line, left + 9, inWidth, zeroPixel) * vectors
                                            + block);
                            sum6 = Float16.add(sum6, Float16.mult(x9, weight3));
                            sum5 = Float16.add(sum5, Float16.mult(x9, weight4));
                            Float16 x10 = input
                                    .get(Tile.column(line, left + 10, inWidth, zeroPixel) * vectors
                                            + block);
                            sum6 = Float16.add(sum6, Float16.mult(x10, weight4));
                        }
                        output.set((out + Tile.min(ow + 6, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum6, activation, slope));
                        output.set((out + Tile.min(ow + 5, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum5, activation, slope));
                        output.set((out + Tile.min(ow + 4, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum4, activation, slope));
                        output.set((out + Tile.min(ow + 3, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum3, activation, slope));
                        output.set((out + Tile.min(ow + 2, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum2, activation, slope));
                        output.set((out + Tile.min(ow + 1, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum1, activation, slope));
                        output.set((out + Tile.min(ow + 0, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum0, activation, slope));
                    }
                }
            }
        }
    }

    /**
     * Kernels 5 wide, at horizontal stride 2.
     *
     * @param rows output rows, N*OH
     * @param chunks of 8 vectors of 16 channels, the last may have fewer
     */
    public static void width5Stride2(VectorFloat16 input, VectorFloat16 weight, VectorFloat16 bias,
            VectorFloat16 output, IntArray geometry, int rows, int chunks, int activation,
            float slope) {
        int vectors = geometry.get(VectorGeometry.OUT_PIXEL_VECTORS);
        int inHeight = geometry.get(VectorGeometry.IN_HEIGHT);
        int inWidth = geometry.get(VectorGeometry.IN_WIDTH);
        int zeroPixel = geometry.get(VectorGeometry.ZERO_PIXEL);
        int outHeight = geometry.get(VectorGeometry.OUT_HEIGHT);
        int outWidth = geometry.get(VectorGeometry.OUT_WIDTH);
        int kernelHeight = geometry.get(VectorGeometry.KERNEL_HEIGHT);
        int strideHeight = geometry.get(VectorGeometry.STRIDE_HEIGHT);
        int dilationHeight = geometry.get(VectorGeometry.DILATION_HEIGHT);
        int padTop = geometry.get(VectorGeometry.PAD_TOP);
        int padLeft = geometry.get(VectorGeometry.PAD_LEFT);
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int chunk = 0; chunk < chunks; chunk++) {
                int blockEnd = Tile.min(chunk * VectorGeometry.CHUNK + VectorGeometry.CHUNK,
                        vectors);
                int top = row % outHeight * strideHeight - padTop;
                int rFirst = Taps.first(top, dilationHeight);
                int rEnd = Taps.end(top, dilationHeight, inHeight, kernelHeight);
                int inRow = (row / outHeight * inHeight + top) * inWidth;
                for (int tile = 0; tile < outWidth; tile += 7) {
                    int ow = Tile.first(tile, outWidth - 7);
                    int left = ow * 2 - padLeft;
                    int out = row * outWidth;
                    for (int block = chunk * VectorGeometry.CHUNK; block < blockEnd; block++) {
                        Float16 start = bias.get(block);
                        Float16 sum0 = start;
                        Float16 sum1 = start;
                        Float16 sum2 = start;
                        Float16 sum3 = start;
                        Float16 sum4 = start;
                        Float16 sum5 = start;
                        Float16 sum6 = start;
                        for (int r = rFirst; r < rEnd; r++) {
                            int line = inRow + r * dilationHeight * inWidth;
                            int w = r * 5 * vectors + block;
                            Float16 weight0 = weight.get(w);
                            Float16 weight1 = weight.get(w + vectors);
                            Float16 weight2 = weight.get(w + 2 * vectors);
                            Float16 weight3 = weight.get(w + 3 * vectors);
                            Float16 weight4 = weight.get(w + 4 * vectors);
                            Float16 x0 = input
                                    .get(Tile.column(line, left + 0, inWidth, zeroPixel) * vectors
                                            + block);
                            sum0 = Float16.add(sum0, Float16.mult(x0, weight0));
                            Float16 x1 = input
                                    .get(Tile.column(line, left + 1, inWidth, zeroPixel) * vectors
                                            + block);
                            sum0 = Float16.add(sum0, Float16.mult(x1, weight1));
                            Float16 x2 = input
                                    .get(Tile.column(line, left + 2, inWidth, zeroPixel) * vectors
                                            + block);
                            sum1 = Float16.add(sum1, Float16.mult(x2, weight0));
                            sum0 = Float16.add(sum0, Float16.mult(x2, weight2));
                            Float16 x3 = input
                                    .get(Tile.column(line, left + 3, inWidth, zeroPixel) * vectors
                                            + block);
                            sum1 = Float16.add(sum1, Float16.mult(x3, weight1));
                            sum0 = Float16.add(sum0, Float16.mult(x3, weight3));
                            Float16 x4 = input
                                    .get(Tile.column(line, left + 4, inWidth, zeroPixel) * vectors
                                            + block);
                            sum2 = Float16.add(sum2, Float16.mult(x4, weight0));
                            sum1 = Float16.add(sum1, Float16.mult(x4, weight2));
                            sum0 = Float16.add(sum0, Float16.mult(x4, weight4));
                            Float16 x5 = input
                                    .get(Tile.column(line, left + 5, inWidth, zeroPixel) * vectors
                                            + block);
                            sum2 = Float16.add(sum2, Float16.mult(x5, weight1));
                            sum1 = Float16.add(sum1, Float16.mult(x5, weight3));
                            Float16 x6 = input
                                    .get(Tile.column(line, left + 6, inWidth, zeroPixel) * vectors
                                            + block);
                            sum3 = Float16.add(sum3, Float16.mult(x6, weight0));
                            sum2 = Float16.add(sum2, Float16.mult(x6, weight2));
                            sum1 = Float16.add(sum1, Float16.mult(x6, weight4));
                            Float16 x7 = input
                                    .get(Tile.column(line, left + 7, inWidth, zeroPixel) * vectors
                                            + block);
                            sum3 = Float16.add(sum3, Float16.mult(x7, weight1));
                            sum2 = Float16.add(sum2, Float16.mult(x7, weight3));
                            Float16 x8 = input
                                    .get(Tile.column(line, left + 8, inWidth, zeroPixel) * vectors
                                            + block);
                            sum4 = Float16.add(sum4, Float16.mult(x8, weight0));
                            sum3 = Float16.add(sum3, Float16.mult(x8, weight2));
                            sum2 = Float16.add(sum2, Float16.mult(x8, weight4));
                            Float16 x9 = input
                                    .get(Tile.column(line, left + 9, inWidth, zeroPixel) * vectors
                                            + block);
                            sum4 = Float16.add(sum4, Float16.mult(x9, weight1));
                            sum3 = Float16.add(sum3, Float16.mult(x9, weight3));
                            Float16 x10 = input
                                    .get(Tile.column(line, left + 10, inWidth, zeroPixel) * vectors
                                            + block);
                            sum5 = Float16.add(sum5, Float16.mult(x10, weight0));
                            sum4 = Float16.add(sum4, Float16.mult(x10, weight2));
                            sum3 = Float16.add(sum3, Float16.mult(x10, weight4));
                            Float16 x11 = input
                                    .get(Tile.column(line, left + 11, inWidth, zeroPixel) * vectors
                                            + block);
                            sum5 = Float16.add(sum5, Float16.mult(x11, weight1));
                            sum4 = Float16.add(sum4, Float16.mult(x11, weight3));
                            Float16 x12 = input
                                    .get(Tile.column(line, left + 12, inWidth, zeroPixel) * vectors
                                            + block);
                            sum6 = Float16.add(sum6, Float16.mult(x12, weight0));
                            sum5 = Float16.add(sum5, Float16.mult(x12, weight2));
                            sum4 = Float16.add(sum4, Float16.mult(x12, weight4));
                            Float16 x13 = input
                                    .get(Tile.column(line, left + 13, inWidth, zeroPixel) * vectors
                                            + block);
                            sum6 = Float16.add(sum6, Float16.mult(x13, weight1));
                            sum5 = Float16.add(sum5, Float16.mult(x13, weight3));
                            Float16 x14 = input
                                    .get(Tile.column(line, left + 14, inWidth, zeroPixel) * vectors
                                            + block);
                            sum6 = Float16.add(sum6, Float16.mult(x14, weight2));
                            sum5 = Float16.add(sum5, Float16.mult(x14, weight4));
                            Float16 x15 = input
                                    .get(Tile.column(line, left + 15, inWidth, zeroPixel) * vectors
                                            + block);
                            sum6 = Float16.add(sum6, Float16.mult(x15, weight3));
                            Float16 x16 = input
                                    .get(Tile.column(line, left + 16, inWidth, zeroPixel) * vectors
                                            + block);
                            sum6 = Float16.add(sum6, Float16.mult(x16, weight4));
                        }
                        output.set((out + Tile.min(ow + 6, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum6, activation, slope));
                        output.set((out + Tile.min(ow + 5, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum5, activation, slope));
                        output.set((out + Tile.min(ow + 4, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum4, activation, slope));
                        output.set((out + Tile.min(ow + 3, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum3, activation, slope));
                        output.set((out + Tile.min(ow + 2, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum2, activation, slope));
                        output.set((out + Tile.min(ow + 1, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum1, activation, slope));
                        output.set((out + Tile.min(ow + 0, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum0, activation, slope));
                    }
                }
            }
        }
    }
}
