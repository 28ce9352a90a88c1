package dev.sepconv.kernel.gen;

// Written by VectorKernels: change it there, then mvn -q -Pgenerate validate.

import dev.sepconv.kernel.conv.Activations;
import dev.sepconv.kernel.conv.Float16s;
import dev.sepconv.kernel.conv.Taps;
import dev.sepconv.kernel.conv.Tile;
import dev.sepconv.kernel.conv.VectorGeometry;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/**
 * Depthwise convolution with multiplier 1 for CPUs and the kernels that networks have, 3 or 5 wide
 * at stride 1 or 2 without horizontal dilation: a work-item computes up to 128 channels of one
 * output row, some pixels by 16 channels at a time, and each input vector that is read serves all
 * the pixels above it. From one such tile to the next it goes along the channels, as memory does.
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
     * Kernels 3 wide, at horizontal stride 1, 7 pixels at a time.
     *
     * @param rows output rows, N*OH
     * @param chunks of 8 vectors of 16 channels, the last may have fewer
     */
    public static void s3u1p7(VectorFloat16 input, VectorFloat16 weight, VectorFloat16 bias,
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
                int firstBlock = chunk * VectorGeometry.CHUNK;
                int blockEnd = Tile.min(firstBlock + VectorGeometry.CHUNK, vectors);
                int top = row % outHeight * strideHeight - padTop;
                int rFirst = Taps.first(top, dilationHeight);
                int rEnd = Taps.end(top, dilationHeight, inHeight, kernelHeight);
                int inRow = (row / outHeight * inHeight + top) * inWidth;
                for (int tile = 0; tile < outWidth; tile += 7) {
                    int ow = Tile.first(tile, outWidth - 7);
                    int left = ow - padLeft;
                    int out = row * outWidth;
                    for (int block = firstBlock; block < blockEnd; block++) {
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
                            Float16 tap0 = weight.get(w);
                            Float16 tap1 = weight.get(w + vectors);
                            Float16 tap2 = weight.get(w + 2 * vectors);
                            int at0 = Tile.column(line, left, inWidth, zeroPixel);
                            Float16 x0 = input.get(at0 * vectors + block);
                            sum0 = Float16.add(sum0, Float16.mult(x0, tap0));
                            int at1 = Tile.column(line, left + 1, inWidth, zeroPixel);
                            Float16 x1 = input.get(at1 * vectors + block);
                            sum1 = Float16.add(sum1, Float16.mult(x1, tap0));
                            sum0 = Float16.add(sum0, Float16.mult(x1, tap1));
                            int at2 = Tile.column(line, left + 2, inWidth, zeroPixel);
                            Float16 x2 = input.get(at2 * vectors + block);
                            sum2 = Float16.add(sum2, Float16.mult(x2, tap0));
                            sum1 = Float16.add(sum1, Float16.mult(x2, tap1));
                            sum0 = Float16.add(sum0, Float16.mult(x2, tap2));
                            int at3 = Tile.column(line, left + 3, inWidth, zeroPixel);
                            Float16 x3 = input.get(at3 * vectors + block);
                            sum3 = Float16.add(sum3, Float16.mult(x3, tap0));
                            sum2 = Float16.add(sum2, Float16.mult(x3, tap1));
                            sum1 = Float16.add(sum1, Float16.mult(x3, tap2));
                            int at4 = Tile.column(line, left + 4, inWidth, zeroPixel);
                            Float16 x4 = input.get(at4 * vectors + block);
                            sum4 = Float16.add(sum4, Float16.mult(x4, tap0));
                            sum3 = Float16.add(sum3, Float16.mult(x4, tap1));
                            sum2 = Float16.add(sum2, Float16.mult(x4, tap2));
                            int at5 = Tile.column(line, left + 5, inWidth, zeroPixel);
                            Float16 x5 = input.get(at5 * vectors + block);
                            sum5 = Float16.add(sum5, Float16.mult(x5, tap0));
                            sum4 = Float16.add(sum4, Float16.mult(x5, tap1));
                            sum3 = Float16.add(sum3, Float16.mult(x5, tap2));
                            int at6 = Tile.column(line, left + 6, inWidth, zeroPixel);
                            Float16 x6 = input.get(at6 * vectors + block);
                            sum6 = Float16.add(sum6, Float16.mult(x6, tap0));
                            sum5 = Float16.add(sum5, Float16.mult(x6, tap1));
                            sum4 = Float16.add(sum4, Float16.mult(x6, tap2));
                            int at7 = Tile.column(line, left + 7, inWidth, zeroPixel);
                            Float16 x7 = input.get(at7 * vectors + block);
                            sum6 = Float16.add(sum6, Float16.mult(x7, tap1));
                            sum5 = Float16.add(sum5, Float16.mult(x7, tap2));
                            int at8 = Tile.column(line, left + 8, inWidth, zeroPixel);
                            Float16 x8 = input.get(at8 * vectors + block);
                            sum6 = Float16.add(sum6, Float16.mult(x8, tap2));
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
                        output.set((out + Tile.min(ow, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum0, activation, slope));
                        if (activation >= Activations.HARD_SIGMOID) {
                            for (int p = ow; p < Tile.min(ow + 7, outWidth); p++) {
                                int at = (out + p) * vectors + block;
                                output.set(at, Float16s.late(output.get(at), activation));
                            }
                        }
                    }
                }
            }
        }
    }

    /**
     * Kernels 3 wide, at horizontal stride 2, 7 pixels at a time.
     *
     * @param rows output rows, N*OH
     * @param chunks of 8 vectors of 16 channels, the last may have fewer
     */
    public static void s3u2p7(VectorFloat16 input, VectorFloat16 weight, VectorFloat16 bias,
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
                int firstBlock = chunk * VectorGeometry.CHUNK;
                int blockEnd = Tile.min(firstBlock + VectorGeometry.CHUNK, vectors);
                int top = row % outHeight * strideHeight - padTop;
                int rFirst = Taps.first(top, dilationHeight);
                int rEnd = Taps.end(top, dilationHeight, inHeight, kernelHeight);
                int inRow = (row / outHeight * inHeight + top) * inWidth;
                for (int tile = 0; tile < outWidth; tile += 7) {
                    int ow = Tile.first(tile, outWidth - 7);
                    int left = 2 * ow - padLeft;
                    int out = row * outWidth;
                    for (int block = firstBlock; block < blockEnd; block++) {
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
                            Float16 tap0 = weight.get(w);
                            Float16 tap1 = weight.get(w + vectors);
                            Float16 tap2 = weight.get(w + 2 * vectors);
                            int at0 = Tile.column(line, left, inWidth, zeroPixel);
                            Float16 x0 = input.get(at0 * vectors + block);
                            sum0 = Float16.add(sum0, Float16.mult(x0, tap0));
                            int at1 = Tile.column(line, left + 1, inWidth, zeroPixel);
                            Float16 x1 = input.get(at1 * vectors + block);
                            sum0 = Float16.add(sum0, Float16.mult(x1, tap1));
                            int at2 = Tile.column(line, left + 2, inWidth, zeroPixel);
                            Float16 x2 = input.get(at2 * vectors + block);
                            sum1 = Float16.add(sum1, Float16.mult(x2, tap0));
                            sum0 = Float16.add(sum0, Float16.mult(x2, tap2));
                            int at3 = Tile.column(line, left + 3, inWidth, zeroPixel);
                            Float16 x3 = input.get(at3 * vectors + block);
                            sum1 = Float16.add(sum1, Float16.mult(x3, tap1));
                            int at4 = Tile.column(line, left + 4, inWidth, zeroPixel);
                            Float16 x4 = input.get(at4 * vectors + block);
                            sum2 = Float16.add(sum2, Float16.mult(x4, tap0));
                            sum1 = Float16.add(sum1, Float16.mult(x4, tap2));
                            int at5 = Tile.column(line, left + 5, inWidth, zeroPixel);
                            Float16 x5 = input.get(at5 * vectors + block);
                            sum2 = Float16.add(sum2, Float16.mult(x5, tap1));
                            int at6 = Tile.column(line, left + 6, inWidth, zeroPixel);
                            Float16 x6 = input.get(at6 * vectors + block);
                            sum3 = Float16.add(sum3, Float16.mult(x6, tap0));
                            sum2 = Float16.add(sum2, Float16.mult(x6, tap2));
                            int at7 = Tile.column(line, left + 7, inWidth, zeroPixel);
                            Float16 x7 = input.get(at7 * vectors + block);
                            sum3 = Float16.add(sum3, Float16.mult(x7, tap1));
                            int at8 = Tile.column(line, left + 8, inWidth, zeroPixel);
                            Float16 x8 = input.get(at8 * vectors + block);
                            sum4 = Float16.add(sum4, Float16.mult(x8, tap0));
                            sum3 = Float16.add(sum3, Float16.mult(x8, tap2));
                            int at9 = Tile.column(line, left + 9, inWidth, zeroPixel);
                            Float16 x9 = input.get(at9 * vectors + block);
                            sum4 = Float16.add(sum4, Float16.mult(x9, tap1));
                            int at10 = Tile.column(line, left + 10, inWidth, zeroPixel);
                            Float16 x10 = input.get(at10 * vectors + block);
                            sum5 = Float16.add(sum5, Float16.mult(x10, tap0));
                            sum4 = Float16.add(sum4, Float16.mult(x10, tap2));
                            int at11 = Tile.column(line, left + 11, inWidth, zeroPixel);
                            Float16 x11 = input.get(at11 * vectors + block);
                            sum5 = Float16.add(sum5, Float16.mult(x11, tap1));
                            int at12 = Tile.column(line, left + 12, inWidth, zeroPixel);
                            Float16 x12 = input.get(at12 * vectors + block);
                            sum6 = Float16.add(sum6, Float16.mult(x12, tap0));
                            sum5 = Float16.add(sum5, Float16.mult(x12, tap2));
                            int at13 = Tile.column(line, left + 13, inWidth, zeroPixel);
                            Float16 x13 = input.get(at13 * vectors + block);
                            sum6 = Float16.add(sum6, Float16.mult(x13, tap1));
                            int at14 = Tile.column(line, left + 14, inWidth, zeroPixel);
                            Float16 x14 = input.get(at14 * vectors + block);
                            sum6 = Float16.add(sum6, Float16.mult(x14, tap2));
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
                        output.set((out + Tile.min(ow, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum0, activation, slope));
                        if (activation >= Activations.HARD_SIGMOID) {
                            for (int p = ow; p < Tile.min(ow + 7, outWidth); p++) {
                                int at = (out + p) * vectors + block;
                                output.set(at, Float16s.late(output.get(at), activation));
                            }
                        }
                    }
                }
            }
        }
    }

    /**
     * Kernels 5 wide, at horizontal stride 1, 7 pixels at a time.
     *
     * @param rows output rows, N*OH
     * @param chunks of 8 vectors of 16 channels, the last may have fewer
     */
    public static void s5u1p7(VectorFloat16 input, VectorFloat16 weight, VectorFloat16 bias,
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
                int firstBlock = chunk * VectorGeometry.CHUNK;
                int blockEnd = Tile.min(firstBlock + VectorGeometry.CHUNK, vectors);
                int top = row % outHeight * strideHeight - padTop;
                int rFirst = Taps.first(top, dilationHeight);
                int rEnd = Taps.end(top, dilationHeight, inHeight, kernelHeight);
                int inRow = (row / outHeight * inHeight + top) * inWidth;
                for (int tile = 0; tile < outWidth; tile += 7) {
                    int ow = Tile.first(tile, outWidth - 7);
                    int left = ow - padLeft;
                    int out = row * outWidth;
                    for (int block = firstBlock; block < blockEnd; block++) {
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
                            Float16 tap0 = weight.get(w);
                            Float16 tap1 = weight.get(w + vectors);
                            Float16 tap2 = weight.get(w + 2 * vectors);
                            Float16 tap3 = weight.get(w + 3 * vectors);
                            Float16 tap4 = weight.get(w + 4 * vectors);
                            int at0 = Tile.column(line, left, inWidth, zeroPixel);
                            Float16 x0 = input.get(at0 * vectors + block);
                            sum0 = Float16.add(sum0, Float16.mult(x0, tap0));
                            int at1 = Tile.column(line, left + 1, inWidth, zeroPixel);
                            Float16 x1 = input.get(at1 * vectors + block);
                            sum1 = Float16.add(sum1, Float16.mult(x1, tap0));
                            sum0 = Float16.add(sum0, Float16.mult(x1, tap1));
                            int at2 = Tile.column(line, left + 2, inWidth, zeroPixel);
                            Float16 x2 = input.get(at2 * vectors + block);
                            sum2 = Float16.add(sum2, Float16.mult(x2, tap0));
                            sum1 = Float16.add(sum1, Float16.mult(x2, tap1));
                            sum0 = Float16.add(sum0, Float16.mult(x2, tap2));
                            int at3 = Tile.column(line, left + 3, inWidth, zeroPixel);
                            Float16 x3 = input.get(at3 * vectors + block);
                            sum3 = Float16.add(sum3, Float16.mult(x3, tap0));
                            sum2 = Float16.add(sum2, Float16.mult(x3, tap1));
                            sum1 = Float16.add(sum1, Float16.mult(x3, tap2));
                            sum0 = Float16.add(sum0, Float16.mult(x3, tap3));
                            int at4 = Tile.column(line, left + 4, inWidth, zeroPixel);
                            Float16 x4 = input.get(at4 * vectors + block);
                            sum4 = Float16.add(sum4, Float16.mult(x4, tap0));
                            sum3 = Float16.add(sum3, Float16.mult(x4, tap1));
                            sum2 = Float16.add(sum2, Float16.mult(x4, tap2));
                            sum1 = Float16.add(sum1, Float16.mult(x4, tap3));
                            sum0 = Float16.add(sum0, Float16.mult(x4, tap4));
                            int at5 = Tile.column(line, left + 5, inWidth, zeroPixel);
                            Float16 x5 = input.get(at5 * vectors + block);
                            sum5 = Float16.add(sum5, Float16.mult(x5, tap0));
                            sum4 = Float16.add(sum4, Float16.mult(x5, tap1));
                            sum3 = Float16.add(sum3, Float16.mult(x5, tap2));
                            sum2 = Float16.add(sum2, Float16.mult(x5, tap3));
                            sum1 = Float16.add(sum1, Float16.mult(x5, tap4));
                            int at6 = Tile.column(line, left + 6, inWidth, zeroPixel);
                            Float16 x6 = input.get(at6 * vectors + block);
                            sum6 = Float16.add(sum6, Float16.mult(x6, tap0));
                            sum5 = Float16.add(sum5, Float16.mult(x6, tap1));
                            sum4 = Float16.add(sum4, Float16.mult(x6, tap2));
                            sum3 = Float16.add(sum3, Float16.mult(x6, tap3));
                            sum2 = Float16.add(sum2, Float16.mult(x6, tap4));
                            int at7 = Tile.column(line, left + 7, inWidth, zeroPixel);
                            Float16 x7 = input.get(at7 * vectors + block);
                            sum6 = Float16.add(sum6, Float16.mult(x7, tap1));
                            sum5 = Float16.add(sum5, Float16.mult(x7, tap2));
                            sum4 = Float16.add(sum4, Float16.mult(x7, tap3));
                            sum3 = Float16.add(sum3, Float16.mult(x7, tap4));
                            int at8 = Tile.column(line, left + 8, inWidth, zeroPixel);
                            Float16 x8 = input.get(at8 * vectors + block);
                            sum6 = Float16.add(sum6, Float16.mult(x8, tap2));
                            sum5 = Float16.add(sum5, Float16.mult(x8, tap3));
                            sum4 = Float16.add(sum4, Float16.mult(x8, tap4));
                            int at9 = Tile.column(line, left + 9, inWidth, zeroPixel);
                            Float16 x9 = input.get(at9 * vectors + block);
                            sum6 = Float16.add(sum6, Float16.mult(x9, tap3));
                            sum5 = Float16.add(sum5, Float16.mult(x9, tap4));
                            int at10 = Tile.column(line, left + 10, inWidth, zeroPixel);
                            Float16 x10 = input.get(at10 * vectors + block);
                            sum6 = Float16.add(sum6, Float16.mult(x10, tap4));
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
                        output.set((out + Tile.min(ow, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum0, activation, slope));
                        if (activation >= Activations.HARD_SIGMOID) {
                            for (int p = ow; p < Tile.min(ow + 7, outWidth); p++) {
                                int at = (out + p) * vectors + block;
                                output.set(at, Float16s.late(output.get(at), activation));
                            }
                        }
                    }
                }
            }
        }
    }

    /**
     * Kernels 5 wide, at horizontal stride 2, 7 pixels at a time.
     *
     * @param rows output rows, N*OH
     * @param chunks of 8 vectors of 16 channels, the last may have fewer
     */
    public static void s5u2p7(VectorFloat16 input, VectorFloat16 weight, VectorFloat16 bias,
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
                int firstBlock = chunk * VectorGeometry.CHUNK;
                int blockEnd = Tile.min(firstBlock + VectorGeometry.CHUNK, vectors);
                int top = row % outHeight * strideHeight - padTop;
                int rFirst = Taps.first(top, dilationHeight);
                int rEnd = Taps.end(top, dilationHeight, inHeight, kernelHeight);
                int inRow = (row / outHeight * inHeight + top) * inWidth;
                for (int tile = 0; tile < outWidth; tile += 7) {
                    int ow = Tile.first(tile, outWidth - 7);
                    int left = 2 * ow - padLeft;
                    int out = row * outWidth;
                    for (int block = firstBlock; block < blockEnd; block++) {
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
                            Float16 tap0 = weight.get(w);
                            Float16 tap1 = weight.get(w + vectors);
                            Float16 tap2 = weight.get(w + 2 * vectors);
                            Float16 tap3 = weight.get(w + 3 * vectors);
                            Float16 tap4 = weight.get(w + 4 * vectors);
                            int at0 = Tile.column(line, left, inWidth, zeroPixel);
                            Float16 x0 = input.get(at0 * vectors + block);
                            sum0 = Float16.add(sum0, Float16.mult(x0, tap0));
                            int at1 = Tile.column(line, left + 1, inWidth, zeroPixel);
                            Float16 x1 = input.get(at1 * vectors + block);
                            sum0 = Float16.add(sum0, Float16.mult(x1, tap1));
                            int at2 = Tile.column(line, left + 2, inWidth, zeroPixel);
                            Float16 x2 = input.get(at2 * vectors + block);
                            sum1 = Float16.add(sum1, Float16.mult(x2, tap0));
                            sum0 = Float16.add(sum0, Float16.mult(x2, tap2));
                            int at3 = Tile.column(line, left + 3, inWidth, zeroPixel);
                            Float16 x3 = input.get(at3 * vectors + block);
                            sum1 = Float16.add(sum1, Float16.mult(x3, tap1));
                            sum0 = Float16.add(sum0, Float16.mult(x3, tap3));
                            int at4 = Tile.column(line, left + 4, inWidth, zeroPixel);
                            Float16 x4 = input.get(at4 * vectors + block);
                            sum2 = Float16.add(sum2, Float16.mult(x4, tap0));
                            sum1 = Float16.add(sum1, Float16.mult(x4, tap2));
                            sum0 = Float16.add(sum0, Float16.mult(x4, tap4));
                            int at5 = Tile.column(line, left + 5, inWidth, zeroPixel);
                            Float16 x5 = input.get(at5 * vectors + block);
                            sum2 = Float16.add(sum2, Float16.mult(x5, tap1));
                            sum1 = Float16.add(sum1, Float16.mult(x5, tap3));
                            int at6 = Tile.column(line, left + 6, inWidth, zeroPixel);
                            Float16 x6 = input.get(at6 * vectors + block);
                            sum3 = Float16.add(sum3, Float16.mult(x6, tap0));
                            sum2 = Float16.add(sum2, Float16.mult(x6, tap2));
                            sum1 = Float16.add(sum1, Float16.mult(x6, tap4));
                            int at7 = Tile.column(line, left + 7, inWidth, zeroPixel);
                            Float16 x7 = input.get(at7 * vectors + block);
                            sum3 = Float16.add(sum3, Float16.mult(x7, tap1));
                            sum2 = Float16.add(sum2, Float16.mult(x7, tap3));
                            int at8 = Tile.column(line, left + 8, inWidth, zeroPixel);
                            Float16 x8 = input.get(at8 * vectors + block);
                            sum4 = Float16.add(sum4, Float16.mult(x8, tap0));
                            sum3 = Float16.add(sum3, Float16.mult(x8, tap2));
                            sum2 = Float16.add(sum2, Float16.mult(x8, tap4));
                            int at9 = Tile.column(line, left + 9, inWidth, zeroPixel);
                            Float16 x9 = input.get(at9 * vectors + block);
                            sum4 = Float16.add(sum4, Float16.mult(x9, tap1));
                            sum3 = Float16.add(sum3, Float16.mult(x9, tap3));
                            int at10 = Tile.column(line, left + 10, inWidth, zeroPixel);
                            Float16 x10 = input.get(at10 * vectors + block);
                            sum5 = Float16.add(sum5, Float16.mult(x10, tap0));
                            sum4 = Float16.add(sum4, Float16.mult(x10, tap2));
                            sum3 = Float16.add(sum3, Float16.mult(x10, tap4));
                            int at11 = Tile.column(line, left + 11, inWidth, zeroPixel);
                            Float16 x11 = input.get(at11 * vectors + block);
                            sum5 = Float16.add(sum5, Float16.mult(x11, tap1));
                            sum4 = Float16.add(sum4, Float16.mult(x11, tap3));
                            int at12 = Tile.column(line, left + 12, inWidth, zeroPixel);
                            Float16 x12 = input.get(at12 * vectors + block);
                            sum6 = Float16.add(sum6, Float16.mult(x12, tap0));
                            sum5 = Float16.add(sum5, Float16.mult(x12, tap2));
                            sum4 = Float16.add(sum4, Float16.mult(x12, tap4));
                            int at13 = Tile.column(line, left + 13, inWidth, zeroPixel);
                            Float16 x13 = input.get(at13 * vectors + block);
                            sum6 = Float16.add(sum6, Float16.mult(x13, tap1));
                            sum5 = Float16.add(sum5, Float16.mult(x13, tap3));
                            int at14 = Tile.column(line, left + 14, inWidth, zeroPixel);
                            Float16 x14 = input.get(at14 * vectors + block);
                            sum6 = Float16.add(sum6, Float16.mult(x14, tap2));
                            sum5 = Float16.add(sum5, Float16.mult(x14, tap4));
                            int at15 = Tile.column(line, left + 15, inWidth, zeroPixel);
                            Float16 x15 = input.get(at15 * vectors + block);
                            sum6 = Float16.add(sum6, Float16.mult(x15, tap3));
                            int at16 = Tile.column(line, left + 16, inWidth, zeroPixel);
                            Float16 x16 = input.get(at16 * vectors + block);
                            sum6 = Float16.add(sum6, Float16.mult(x16, tap4));
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
                        output.set((out + Tile.min(ow, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum0, activation, slope));
                        if (activation >= Activations.HARD_SIGMOID) {
                            for (int p = ow; p < Tile.min(ow + 7, outWidth); p++) {
                                int at = (out + p) * vectors + block;
                                output.set(at, Float16s.late(output.get(at), activation));
                            }
                        }
                    }
                }
            }
        }
    }

    /**
     * Kernels 3 wide, at horizontal stride 1, 3 pixels at a time.
     *
     * @param rows output rows, N*OH
     * @param chunks of 8 vectors of 16 channels, the last may have fewer
     */
    public static void s3u1p3(VectorFloat16 input, VectorFloat16 weight, VectorFloat16 bias,
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
                int firstBlock = chunk * VectorGeometry.CHUNK;
                int blockEnd = Tile.min(firstBlock + VectorGeometry.CHUNK, vectors);
                int top = row % outHeight * strideHeight - padTop;
                int rFirst = Taps.first(top, dilationHeight);
                int rEnd = Taps.end(top, dilationHeight, inHeight, kernelHeight);
                int inRow = (row / outHeight * inHeight + top) * inWidth;
                for (int tile = 0; tile < outWidth; tile += 3) {
                    int ow = Tile.first(tile, outWidth - 3);
                    int left = ow - padLeft;
                    int out = row * outWidth;
                    for (int block = firstBlock; block < blockEnd; block++) {
                        Float16 start = bias.get(block);
                        Float16 sum0 = start;
                        Float16 sum1 = start;
                        Float16 sum2 = start;
                        for (int r = rFirst; r < rEnd; r++) {
                            int line = inRow + r * dilationHeight * inWidth;
                            int w = r * 3 * vectors + block;
                            Float16 tap0 = weight.get(w);
                            Float16 tap1 = weight.get(w + vectors);
                            Float16 tap2 = weight.get(w + 2 * vectors);
                            int at0 = Tile.column(line, left, inWidth, zeroPixel);
                            Float16 x0 = input.get(at0 * vectors + block);
                            sum0 = Float16.add(sum0, Float16.mult(x0, tap0));
                            int at1 = Tile.column(line, left + 1, inWidth, zeroPixel);
                            Float16 x1 = input.get(at1 * vectors + block);
                            sum1 = Float16.add(sum1, Float16.mult(x1, tap0));
                            sum0 = Float16.add(sum0, Float16.mult(x1, tap1));
                            int at2 = Tile.column(line, left + 2, inWidth, zeroPixel);
                            Float16 x2 = input.get(at2 * vectors + block);
                            sum2 = Float16.add(sum2, Float16.mult(x2, tap0));
                            sum1 = Float16.add(sum1, Float16.mult(x2, tap1));
                            sum0 = Float16.add(sum0, Float16.mult(x2, tap2));
                            int at3 = Tile.column(line, left + 3, inWidth, zeroPixel);
                            Float16 x3 = input.get(at3 * vectors + block);
                            sum2 = Float16.add(sum2, Float16.mult(x3, tap1));
                            sum1 = Float16.add(sum1, Float16.mult(x3, tap2));
                            int at4 = Tile.column(line, left + 4, inWidth, zeroPixel);
                            Float16 x4 = input.get(at4 * vectors + block);
                            sum2 = Float16.add(sum2, Float16.mult(x4, tap2));
                        }
                        output.set((out + Tile.min(ow + 2, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum2, activation, slope));
                        output.set((out + Tile.min(ow + 1, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum1, activation, slope));
                        output.set((out + Tile.min(ow, outWidth - 1)) * vectors + block,
                                Float16s.activate(sum0, activation, slope));
                        if (activation >= Activations.HARD_SIGMOID) {
                            for (int p = ow; p < Tile.min(ow + 3, outWidth); p++) {
                                int at = (out + p) * vectors + block;
                                output.set(at, Float16s.late(output.get(at), activation));
                            }
                        }
                    }
                }
            }
        }
    }
}
