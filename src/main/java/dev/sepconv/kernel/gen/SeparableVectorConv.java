package dev.sepconv.kernel.gen;

// Written by VectorKernels: change it there, then mvn -q -Pgenerate validate.

import dev.sepconv.kernel.conv.Activations;
import dev.sepconv.kernel.conv.Beside;
import dev.sepconv.kernel.conv.Float16s;
import dev.sepconv.kernel.conv.SeparableGrid;
import dev.sepconv.kernel.conv.Taps;
import dev.sepconv.kernel.conv.Tile;
import dev.sepconv.kernel.conv.VectorGeometry;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/**
 * Depthwise convolution with multiplier 1, 3 or 5 wide at horizontal stride 1 or 2, and the
 * pointwise convolution of its result, for CPUs: a work-item computes the depthwise step of some
 * pixels, all channels, into an array of its own, and from there a tile of pixels by output
 * channels at a time. What lies between the two steps never leaves the processor's caches.
 *
 * <p>
 * Input and depthwise weight as in {@link DepthwiseRowConv}, pointwise weight and output as in
 * {@link PointwiseVectorConv}.
 *
 * <p>
 * The depthwise step computes a tile's pixels of a row at a time. Those past the row's end are
 * wrong, and the next row's, or none, take their place: rows are computed in turn, and the array
 * has room for the rest of a tile.
 */
public final class SeparableVectorConv {

    private SeparableVectorConv() {
    }

    /**
     * Kernels 3 wide, at horizontal stride 1, 7 pixels by 32 output channels at a time.
     *
     * @param parts of {@link SeparableGrid#pixels} output pixels, N*OH*OW over that, rounded up
     * @param shares of the blocks of 32 output channels
     */
    public static void s3u1p7k32(VectorFloat16 input, VectorFloat16 depthwiseWeight,
            VectorFloat16 depthwiseBias, VectorFloat16 weight, VectorFloat16 bias,
            VectorFloat16 added, VectorFloat16 output, IntArray geometry, int parts, int shares,
            int innerActivation, float innerSlope, int mode, float slope) {
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
        int strideHeight = geometry.get(VectorGeometry.STRIDE_HEIGHT);
        int dilationHeight = geometry.get(VectorGeometry.DILATION_HEIGHT);
        int padTop = geometry.get(VectorGeometry.PAD_TOP);
        int padLeft = geometry.get(VectorGeometry.PAD_LEFT);
        int shareBlocks = geometry.get(VectorGeometry.SHARE_BLOCKS);
        int groupBlocks = geometry.get(VectorGeometry.GROUP_BLOCKS);
        int groupChannels = geometry.get(VectorGeometry.GROUP_CHANNELS);
        int partPixels = geometry.get(VectorGeometry.PART_PIXELS);
        int outFirst = geometry.get(VectorGeometry.OUT_FIRST);
        int vectors = inPixelFloats / 16;
        for (@Parallel int part = 0; part < parts; part++) {
            for (@Parallel int share = 0; share < shares; share++) {
                float[] between = new float[SeparableGrid.MOST_NUMBERS];
                int first = part * partPixels;
                int origin = first;
                int last = Tile.min(first + partPixels - 1, lastOutPixel);
                int pixel = first;
                while (pixel <= last) {
                    int row = pixel / outWidth;
                    int ow = pixel - row * outWidth;
                    int top = row % outHeight * strideHeight - padTop;
                    int rFirst = Taps.first(top, dilationHeight);
                    int rEnd = Taps.end(top, dilationHeight, inHeight, kernelHeight);
                    int inRow = (row / outHeight * inHeight + top) * inWidth;
                    int begin = ow;
                    int left = begin - padLeft;
                    int tileAt = (pixel - ow + begin - origin) * inPixelFloats;
                    for (int block = 0; block < vectors; block++) {
                        Float16 start = depthwiseBias.get(block);
                        Float16 mid0 = start;
                        Float16 mid1 = start;
                        Float16 mid2 = start;
                        Float16 mid3 = start;
                        Float16 mid4 = start;
                        Float16 mid5 = start;
                        Float16 mid6 = start;
                        for (int r = rFirst; r < rEnd; r++) {
                            int line = inRow + r * dilationHeight * inWidth;
                            int w = r * 3 * vectors + block;
                            Float16 tap0 = depthwiseWeight.get(w);
                            Float16 tap1 = depthwiseWeight.get(w + vectors);
                            Float16 tap2 = depthwiseWeight.get(w + 2 * vectors);
                            int at0 = Tile.column(line, left, inWidth, zeroPixel);
                            Float16 x0 = input.get(at0 * vectors + block);
                            mid0 = Float16.add(mid0, Float16.mult(x0, tap0));
                            int at1 = Tile.column(line, left + 1, inWidth, zeroPixel);
                            Float16 x1 = input.get(at1 * vectors + block);
                            mid1 = Float16.add(mid1, Float16.mult(x1, tap0));
                            mid0 = Float16.add(mid0, Float16.mult(x1, tap1));
                            int at2 = Tile.column(line, left + 2, inWidth, zeroPixel);
                            Float16 x2 = input.get(at2 * vectors + block);
                            mid2 = Float16.add(mid2, Float16.mult(x2, tap0));
                            mid1 = Float16.add(mid1, Float16.mult(x2, tap1));
                            mid0 = Float16.add(mid0, Float16.mult(x2, tap2));
                            int at3 = Tile.column(line, left + 3, inWidth, zeroPixel);
                            Float16 x3 = input.get(at3 * vectors + block);
                            mid3 = Float16.add(mid3, Float16.mult(x3, tap0));
                            mid2 = Float16.add(mid2, Float16.mult(x3, tap1));
                            mid1 = Float16.add(mid1, Float16.mult(x3, tap2));
                            int at4 = Tile.column(line, left + 4, inWidth, zeroPixel);
                            Float16 x4 = input.get(at4 * vectors + block);
                            mid4 = Float16.add(mid4, Float16.mult(x4, tap0));
                            mid3 = Float16.add(mid3, Float16.mult(x4, tap1));
                            mid2 = Float16.add(mid2, Float16.mult(x4, tap2));
                            int at5 = Tile.column(line, left + 5, inWidth, zeroPixel);
                            Float16 x5 = input.get(at5 * vectors + block);
                            mid5 = Float16.add(mid5, Float16.mult(x5, tap0));
                            mid4 = Float16.add(mid4, Float16.mult(x5, tap1));
                            mid3 = Float16.add(mid3, Float16.mult(x5, tap2));
                            int at6 = Tile.column(line, left + 6, inWidth, zeroPixel);
                            Float16 x6 = input.get(at6 * vectors + block);
                            mid6 = Float16.add(mid6, Float16.mult(x6, tap0));
                            mid5 = Float16.add(mid5, Float16.mult(x6, tap1));
                            mid4 = Float16.add(mid4, Float16.mult(x6, tap2));
                            int at7 = Tile.column(line, left + 7, inWidth, zeroPixel);
                            Float16 x7 = input.get(at7 * vectors + block);
                            mid6 = Float16.add(mid6, Float16.mult(x7, tap1));
                            mid5 = Float16.add(mid5, Float16.mult(x7, tap2));
                            int at8 = Tile.column(line, left + 8, inWidth, zeroPixel);
                            Float16 x8 = input.get(at8 * vectors + block);
                            mid6 = Float16.add(mid6, Float16.mult(x8, tap2));
                        }
                        if (innerActivation == Activations.RELU
                                || innerActivation == Activations.RELU6) {
                            Float16 zeros = Float16s.of(0f);
                            mid0 = Float16.max(zeros, mid0);
                            mid1 = Float16.max(zeros, mid1);
                            mid2 = Float16.max(zeros, mid2);
                            mid3 = Float16.max(zeros, mid3);
                            mid4 = Float16.max(zeros, mid4);
                            mid5 = Float16.max(zeros, mid5);
                            mid6 = Float16.max(zeros, mid6);
                        }
                        if (innerActivation == Activations.RELU6) {
                            Float16 sixes = Float16s.of(6f);
                            mid0 = Float16.min(sixes, mid0);
                            mid1 = Float16.min(sixes, mid1);
                            mid2 = Float16.min(sixes, mid2);
                            mid3 = Float16.min(sixes, mid3);
                            mid4 = Float16.min(sixes, mid4);
                            mid5 = Float16.min(sixes, mid5);
                            mid6 = Float16.min(sixes, mid6);
                        }
                        int to = tileAt + block * 16;
                        Float16s.put(between, to, mid0);
                        Float16s.put(between, to + inPixelFloats, mid1);
                        Float16s.put(between, to + 2 * inPixelFloats, mid2);
                        Float16s.put(between, to + 3 * inPixelFloats, mid3);
                        Float16s.put(between, to + 4 * inPixelFloats, mid4);
                        Float16s.put(between, to + 5 * inPixelFloats, mid5);
                        Float16s.put(between, to + 6 * inPixelFloats, mid6);
                    }
                    pixel += Tile.min(outWidth - ow, 7);
                }
                if (innerActivation > Activations.RELU6) {
                    int end = (last + 1 - origin) * inPixelFloats;
                    for (int i = (first - origin) * inPixelFloats; i < end; i++) {
                        between[i] = Float16s.activate(between[i], innerActivation, innerSlope);
                    }
                }
                int blockEnd = Tile.min(share * shareBlocks + shareBlocks, groupBlocks);
                for (int block = share * shareBlocks; block < blockEnd; block++) {
                    Float16 bias0 = bias.get(2 * block);
                    Float16 bias1 = bias.get(2 * block + 1);
                    for (int tile = first; tile <= last; tile += 7) {
                        int w = 2 * block * groupChannels;
                        int p0 = Tile.min(tile, last);
                        int p1 = Tile.min(tile + 1, last);
                        int p2 = Tile.min(tile + 2, last);
                        int p3 = Tile.min(tile + 3, last);
                        int p4 = Tile.min(tile + 4, last);
                        int p5 = Tile.min(tile + 5, last);
                        int p6 = Tile.min(tile + 6, last);
                        int x0 = (p0 - origin) * inPixelFloats;
                        int x1 = (p1 - origin) * inPixelFloats;
                        int x2 = (p2 - origin) * inPixelFloats;
                        int x3 = (p3 - origin) * inPixelFloats;
                        int x4 = (p4 - origin) * inPixelFloats;
                        int x5 = (p5 - origin) * inPixelFloats;
                        int x6 = (p6 - origin) * inPixelFloats;
                        Float16 sum00 = bias0;
                        Float16 sum01 = bias1;
                        Float16 sum10 = bias0;
                        Float16 sum11 = bias1;
                        Float16 sum20 = bias0;
                        Float16 sum21 = bias1;
                        Float16 sum30 = bias0;
                        Float16 sum31 = bias1;
                        Float16 sum40 = bias0;
                        Float16 sum41 = bias1;
                        Float16 sum50 = bias0;
                        Float16 sum51 = bias1;
                        Float16 sum60 = bias0;
                        Float16 sum61 = bias1;
                        for (int c = 0; c < groupChannels; c++) {
                            Float16 weight0 = weight.get(w);
                            Float16 weight1 = weight.get(w + 1);
                            w += 2;
                            Float16 value0 = Float16s.of(between[x0 + c]);
                            sum00 = Float16.add(sum00, Float16.mult(weight0, value0));
                            sum01 = Float16.add(sum01, Float16.mult(weight1, value0));
                            Float16 value1 = Float16s.of(between[x1 + c]);
                            sum10 = Float16.add(sum10, Float16.mult(weight0, value1));
                            sum11 = Float16.add(sum11, Float16.mult(weight1, value1));
                            Float16 value2 = Float16s.of(between[x2 + c]);
                            sum20 = Float16.add(sum20, Float16.mult(weight0, value2));
                            sum21 = Float16.add(sum21, Float16.mult(weight1, value2));
                            Float16 value3 = Float16s.of(between[x3 + c]);
                            sum30 = Float16.add(sum30, Float16.mult(weight0, value3));
                            sum31 = Float16.add(sum31, Float16.mult(weight1, value3));
                            Float16 value4 = Float16s.of(between[x4 + c]);
                            sum40 = Float16.add(sum40, Float16.mult(weight0, value4));
                            sum41 = Float16.add(sum41, Float16.mult(weight1, value4));
                            Float16 value5 = Float16s.of(between[x5 + c]);
                            sum50 = Float16.add(sum50, Float16.mult(weight0, value5));
                            sum51 = Float16.add(sum51, Float16.mult(weight1, value5));
                            Float16 value6 = Float16s.of(between[x6 + c]);
                            sum60 = Float16.add(sum60, Float16.mult(weight0, value6));
                            sum61 = Float16.add(sum61, Float16.mult(weight1, value6));
                        }
                        output.set(p0 * outPixelVectors + outFirst + 2 * block,
                                Float16s.activate(sum00, atOnce, slope));
                        output.set(p0 * outPixelVectors + outFirst + 2 * block + 1,
                                Float16s.activate(sum01, atOnce, slope));
                        output.set(p1 * outPixelVectors + outFirst + 2 * block,
                                Float16s.activate(sum10, atOnce, slope));
                        output.set(p1 * outPixelVectors + outFirst + 2 * block + 1,
                                Float16s.activate(sum11, atOnce, slope));
                        output.set(p2 * outPixelVectors + outFirst + 2 * block,
                                Float16s.activate(sum20, atOnce, slope));
                        output.set(p2 * outPixelVectors + outFirst + 2 * block + 1,
                                Float16s.activate(sum21, atOnce, slope));
                        output.set(p3 * outPixelVectors + outFirst + 2 * block,
                                Float16s.activate(sum30, atOnce, slope));
                        output.set(p3 * outPixelVectors + outFirst + 2 * block + 1,
                                Float16s.activate(sum31, atOnce, slope));
                        output.set(p4 * outPixelVectors + outFirst + 2 * block,
                                Float16s.activate(sum40, atOnce, slope));
                        output.set(p4 * outPixelVectors + outFirst + 2 * block + 1,
                                Float16s.activate(sum41, atOnce, slope));
                        output.set(p5 * outPixelVectors + outFirst + 2 * block,
                                Float16s.activate(sum50, atOnce, slope));
                        output.set(p5 * outPixelVectors + outFirst + 2 * block + 1,
                                Float16s.activate(sum51, atOnce, slope));
                        output.set(p6 * outPixelVectors + outFirst + 2 * block,
                                Float16s.activate(sum60, atOnce, slope));
                        output.set(p6 * outPixelVectors + outFirst + 2 * block + 1,
                                Float16s.activate(sum61, atOnce, slope));
                        if (Beside.isLater(mode)) {
                            int addedPixelVectors =
                                    geometry.get(VectorGeometry.ADDED_PIXEL_VECTORS);
                            int addedBlock = geometry.get(VectorGeometry.ADDED_FIRST) + 2 * block;
                            int count = Tile.min(7, last + 1 - tile);
                            for (int i = 0; i < 2 * count; i++) {
                                int p = tile + i / 2;
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
        }
    }

    /**
     * Kernels 3 wide, at horizontal stride 2, 7 pixels by 32 output channels at a time.
     *
     * @param parts of {@link SeparableGrid#pixels} output pixels, N*OH*OW over that, rounded up
     * @param shares of the blocks of 32 output channels
     */
    public static void s3u2p7k32(VectorFloat16 input, VectorFloat16 depthwiseWeight,
            VectorFloat16 depthwiseBias, VectorFloat16 weight, VectorFloat16 bias,
            VectorFloat16 added, VectorFloat16 output, IntArray geometry, int parts, int shares,
            int innerActivation, float innerSlope, int mode, float slope) {
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
        int strideHeight = geometry.get(VectorGeometry.STRIDE_HEIGHT);
        int dilationHeight = geometry.get(VectorGeometry.DILATION_HEIGHT);
        int padTop = geometry.get(VectorGeometry.PAD_TOP);
        int padLeft = geometry.get(VectorGeometry.PAD_LEFT);
        int shareBlocks = geometry.get(VectorGeometry.SHARE_BLOCKS);
        int groupBlocks = geometry.get(VectorGeometry.GROUP_BLOCKS);
        int groupChannels = geometry.get(VectorGeometry.GROUP_CHANNELS);
        int partPixels = geometry.get(VectorGeometry.PART_PIXELS);
        int outFirst = geometry.get(VectorGeometry.OUT_FIRST);
        int vectors = inPixelFloats / 16;
        for (@Parallel int part = 0; part < parts; part++) {
            for (@Parallel int share = 0; share < shares; share++) {
                float[] between = new float[SeparableGrid.MOST_NUMBERS];
                int first = part * partPixels;
                int origin = first;
                int last = Tile.min(first + partPixels - 1, lastOutPixel);
                int pixel = first;
                while (pixel <= last) {
                    int row = pixel / outWidth;
                    int ow = pixel - row * outWidth;
                    int top = row % outHeight * strideHeight - padTop;
                    int rFirst = Taps.first(top, dilationHeight);
                    int rEnd = Taps.end(top, dilationHeight, inHeight, kernelHeight);
                    int inRow = (row / outHeight * inHeight + top) * inWidth;
                    int begin = ow;
                    int left = 2 * begin - padLeft;
                    int tileAt = (pixel - ow + begin - origin) * inPixelFloats;
                    for (int block = 0; block < vectors; block++) {
                        Float16 start = depthwiseBias.get(block);
                        Float16 mid0 = start;
                        Float16 mid1 = start;
                        Float16 mid2 = start;
                        Float16 mid3 = start;
                        Float16 mid4 = start;
                        Float16 mid5 = start;
                        Float16 mid6 = start;
                        for (int r = rFirst; r < rEnd; r++) {
                            int line = inRow + r * dilationHeight * inWidth;
                            int w = r * 3 * vectors + block;
                            Float16 tap0 = depthwiseWeight.get(w);
                            Float16 tap1 = depthwiseWeight.get(w + vectors);
                            Float16 tap2 = depthwiseWeight.get(w + 2 * vectors);
                            int at0 = Tile.column(line, left, inWidth, zeroPixel);
                            Float16 x0 = input.get(at0 * vectors + block);
                            mid0 = Float16.add(mid0, Float16.mult(x0, tap0));
                            int at1 = Tile.column(line, left + 1, inWidth, zeroPixel);
                            Float16 x1 = input.get(at1 * vectors + block);
                            mid0 = Float16.add(mid0, Float16.mult(x1, tap1));
                            int at2 = Tile.column(line, left + 2, inWidth, zeroPixel);
                            Float16 x2 = input.get(at2 * vectors + block);
                            mid1 = Float16.add(mid1, Float16.mult(x2, tap0));
                            mid0 = Float16.add(mid0, Float16.mult(x2, tap2));
                            int at3 = Tile.column(line, left + 3, inWidth, zeroPixel);
                            Float16 x3 = input.get(at3 * vectors + block);
                            mid1 = Float16.add(mid1, Float16.mult(x3, tap1));
                            int at4 = Tile.column(line, left + 4, inWidth, zeroPixel);
                            Float16 x4 = input.get(at4 * vectors + block);
                            mid2 = Float16.add(mid2, Float16.mult(x4, tap0));
                            mid1 = Float16.add(mid1, Float16.mult(x4, tap2));
                            int at5 = Tile.column(line, left + 5, inWidth, zeroPixel);
                            Float16 x5 = input.get(at5 * vectors + block);
                            mid2 = Float16.add(mid2, Float16.mult(x5, tap1));
                            int at6 = Tile.column(line, left + 6, inWidth, zeroPixel);
                            Float16 x6 = input.get(at6 * vectors + block);
                            mid3 = Float16.add(mid3, Float16.mult(x6, tap0));
                            mid2 = Float16.add(mid2, Float16.mult(x6, tap2));
                            int at7 = Tile.column(line, left + 7, inWidth, zeroPixel);
                            Float16 x7 = input.get(at7 * vectors + block);
                            mid3 = Float16.add(mid3, Float16.mult(x7, tap1));
                            int at8 = Tile.column(line, left + 8, inWidth, zeroPixel);
                            Float16 x8 = input.get(at8 * vectors + block);
                            mid4 = Float16.add(mid4, Float16.mult(x8, tap0));
                            mid3 = Float16.add(mid3, Float16.mult(x8, tap2));
                            int at9 = Tile.column(line, left + 9, inWidth, zeroPixel);
                            Float16 x9 = input.get(at9 * vectors + block);
                            mid4 = Float16.add(mid4, Float16.mult(x9, tap1));
                            int at10 = Tile.column(line, left + 10, inWidth, zeroPixel);
                            Float16 x10 = input.get(at10 * vectors + block);
                            mid5 = Float16.add(mid5, Float16.mult(x10, tap0));
                            mid4 = Float16.add(mid4, Float16.mult(x10, tap2));
                            int at11 = Tile.column(line, left + 11, inWidth, zeroPixel);
                            Float16 x11 = input.get(at11 * vectors + block);
                            mid5 = Float16.add(mid5, Float16.mult(x11, tap1));
                            int at12 = Tile.column(line, left + 12, inWidth, zeroPixel);
                            Float16 x12 = input.get(at12 * vectors + block);
                            mid6 = Float16.add(mid6, Float16.mult(x12, tap0));
                            mid5 = Float16.add(mid5, Float16.mult(x12, tap2));
                            int at13 = Tile.column(line, left + 13, inWidth, zeroPixel);
                            Float16 x13 = input.get(at13 * vectors + block);
                            mid6 = Float16.add(mid6, Float16.mult(x13, tap1));
                            int at14 = Tile.column(line, left + 14, inWidth, zeroPixel);
                            Float16 x14 = input.get(at14 * vectors + block);
                            mid6 = Float16.add(mid6, Float16.mult(x14, tap2));
                        }
                        if (innerActivation == Activations.RELU
                                || innerActivation == Activations.RELU6) {
                            Float16 zeros = Float16s.of(0f);
                            mid0 = Float16.max(zeros, mid0);
                            mid1 = Float16.max(zeros, mid1);
                            mid2 = Float16.max(zeros, mid2);
                            mid3 = Float16.max(zeros, mid3);
                            mid4 = Float16.max(zeros, mid4);
                            mid5 = Float16.max(zeros, mid5);
                            mid6 = Float16.max(zeros, mid6);
                        }
                        if (innerActivation == Activations.RELU6) {
                            Float16 sixes = Float16s.of(6f);
                            mid0 = Float16.min(sixes, mid0);
                            mid1 = Float16.min(sixes, mid1);
                            mid2 = Float16.min(sixes, mid2);
                            mid3 = Float16.min(sixes, mid3);
                            mid4 = Float16.min(sixes, mid4);
                            mid5 = Float16.min(sixes, mid5);
                            mid6 = Float16.min(sixes, mid6);
                        }
                        int to = tileAt + block * 16;
                        Float16s.put(between, to, mid0);
                        Float16s.put(between, to + inPixelFloats, mid1);
                        Float16s.put(between, to + 2 * inPixelFloats, mid2);
                        Float16s.put(between, to + 3 * inPixelFloats, mid3);
                        Float16s.put(between, to + 4 * inPixelFloats, mid4);
                        Float16s.put(between, to + 5 * inPixelFloats, mid5);
                        Float16s.put(between, to + 6 * inPixelFloats, mid6);
                    }
                    pixel += Tile.min(outWidth - ow, 7);
                }
                if (innerActivation > Activations.RELU6) {
                    int end = (last + 1 - origin) * inPixelFloats;
                    for (int i = (first - origin) * inPixelFloats; i < end; i++) {
                        between[i] = Float16s.activate(between[i], innerActivation, innerSlope);
                    }
                }
                int blockEnd = Tile.min(share * shareBlocks + shareBlocks, groupBlocks);
                for (int block = share * shareBlocks; block < blockEnd; block++) {
                    Float16 bias0 = bias.get(2 * block);
                    Float16 bias1 = bias.get(2 * block + 1);
                    for (int tile = first; tile <= last; tile += 7) {
                        int w = 2 * block * groupChannels;
                        int p0 = Tile.min(tile, last);
                        int p1 = Tile.min(tile + 1, last);
                        int p2 = Tile.min(tile + 2, last);
                        int p3 = Tile.min(tile + 3, last);
                        int p4 = Tile.min(tile + 4, last);
                        int p5 = Tile.min(tile + 5, last);
                        int p6 = Tile.min(tile + 6, last);
                        int x0 = (p0 - origin) * inPixelFloats;
                        int x1 = (p1 - origin) * inPixelFloats;
                        int x2 = (p2 - origin) * inPixelFloats;
                        int x3 = (p3 - origin) * inPixelFloats;
                        int x4 = (p4 - origin) * inPixelFloats;
                        int x5 = (p5 - origin) * inPixelFloats;
                        int x6 = (p6 - origin) * inPixelFloats;
                        Float16 sum00 = bias0;
                        Float16 sum01 = bias1;
                        Float16 sum10 = bias0;
                        Float16 sum11 = bias1;
                        Float16 sum20 = bias0;
                        Float16 sum21 = bias1;
                        Float16 sum30 = bias0;
                        Float16 sum31 = bias1;
                        Float16 sum40 = bias0;
                        Float16 sum41 = bias1;
                        Float16 sum50 = bias0;
                        Float16 sum51 = bias1;
                        Float16 sum60 = bias0;
                        Float16 sum61 = bias1;
                        for (int c = 0; c < groupChannels; c++) {
                            Float16 weight0 = weight.get(w);
                            Float16 weight1 = weight.get(w + 1);
                            w += 2;
                            Float16 value0 = Float16s.of(between[x0 + c]);
                            sum00 = Float16.add(sum00, Float16.mult(weight0, value0));
                            sum01 = Float16.add(sum01, Float16.mult(weight1, value0));
                            Float16 value1 = Float16s.of(between[x1 + c]);
                            sum10 = Float16.add(sum10, Float16.mult(weight0, value1));
                            sum11 = Float16.add(sum11, Float16.mult(weight1, value1));
                            Float16 value2 = Float16s.of(between[x2 + c]);
                            sum20 = Float16.add(sum20, Float16.mult(weight0, value2));
                            sum21 = Float16.add(sum21, Float16.mult(weight1, value2));
                            Float16 value3 = Float16s.of(between[x3 + c]);
                            sum30 = Float16.add(sum30, Float16.mult(weight0, value3));
                            sum31 = Float16.add(sum31, Float16.mult(weight1, value3));
                            Float16 value4 = Float16s.of(between[x4 + c]);
                            sum40 = Float16.add(sum40, Float16.mult(weight0, value4));
                            sum41 = Float16.add(sum41, Float16.mult(weight1, value4));
                            Float16 value5 = Float16s.of(between[x5 + c]);
                            sum50 = Float16.add(sum50, Float16.mult(weight0, value5));
                            sum51 = Float16.add(sum51, Float16.mult(weight1, value5));
                            Float16 value6 = Float16s.of(between[x6 + c]);
                            sum60 = Float16.add(sum60, Float16.mult(weight0, value6));
                            sum61 = Float16.add(sum61, Float16.mult(weight1, value6));
                        }
                        output.set(p0 * outPixelVectors + outFirst + 2 * block,
                                Float16s.activate(sum00, atOnce, slope));
                        output.set(p0 * outPixelVectors + outFirst + 2 * block + 1,
                                Float16s.activate(sum01, atOnce, slope));
                        output.set(p1 * outPixelVectors + outFirst + 2 * block,
                                Float16s.activate(sum10, atOnce, slope));
                        output.set(p1 * outPixelVectors + outFirst + 2 * block + 1,
                                Float16s.activate(sum11, atOnce, slope));
                        output.set(p2 * outPixelVectors + outFirst + 2 * block,
                                Float16s.activate(sum20, atOnce, slope));
                        output.set(p2 * outPixelVectors + outFirst + 2 * block + 1,
                                Float16s.activate(sum21, atOnce, slope));
                        output.set(p3 * outPixelVectors + outFirst + 2 * block,
                                Float16s.activate(sum30, atOnce, slope));
                        output.set(p3 * outPixelVectors + outFirst + 2 * block + 1,
                                Float16s.activate(sum31, atOnce, slope));
                        output.set(p4 * outPixelVectors + outFirst + 2 * block,
                                Float16s.activate(sum40, atOnce, slope));
                        output.set(p4 * outPixelVectors + outFirst + 2 * block + 1,
                                Float16s.activate(sum41, atOnce, slope));
                        output.set(p5 * outPixelVectors + outFirst + 2 * block,
                                Float16s.activate(sum50, atOnce, slope));
                        output.set(p5 * outPixelVectors + outFirst + 2 * block + 1,
                                Float16s.activate(sum51, atOnce, slope));
                        output.set(p6 * outPixelVectors + outFirst + 2 * block,
                                Float16s.activate(sum60, atOnce, slope));
                        output.set(p6 * outPixelVectors + outFirst + 2 * block + 1,
                                Float16s.activate(sum61, atOnce, slope));
                        if (Beside.isLater(mode)) {
                            int addedPixelVectors =
                                    geometry.get(VectorGeometry.ADDED_PIXEL_VECTORS);
                            int addedBlock = geometry.get(VectorGeometry.ADDED_FIRST) + 2 * block;
                            int count = Tile.min(7, last + 1 - tile);
                            for (int i = 0; i < 2 * count; i++) {
                                int p = tile + i / 2;
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
        }
    }

    /**
     * Kernels 5 wide, at horizontal stride 1, 7 pixels by 32 output channels at a time.
     *
     * @param parts of {@link SeparableGrid#pixels} output pixels, N*OH*OW over that, rounded up
     * @param shares of the blocks of 32 output channels
     */
    public static void s5u1p7k32(VectorFloat16 input, VectorFloat16 depthwiseWeight,
            VectorFloat16 depthwiseBias, VectorFloat16 weight, VectorFloat16 bias,
            VectorFloat16 added, VectorFloat16 output, IntArray geometry, int parts, int shares,
            int innerActivation, float innerSlope, int mode, float slope) {
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
        int strideHeight = geometry.get(VectorGeometry.STRIDE_HEIGHT);
        int dilationHeight = geometry.get(VectorGeometry.DILATION_HEIGHT);
        int padTop = geometry.get(VectorGeometry.PAD_TOP);
        int padLeft = geometry.get(VectorGeometry.PAD_LEFT);
        int shareBlocks = geometry.get(VectorGeometry.SHARE_BLOCKS);
        int groupBlocks = geometry.get(VectorGeometry.GROUP_BLOCKS);
        int groupChannels = geometry.get(VectorGeometry.GROUP_CHANNELS);
        int partPixels = geometry.get(VectorGeometry.PART_PIXELS);
        int outFirst = geometry.get(VectorGeometry.OUT_FIRST);
        int vectors = inPixelFloats / 16;
        for (@Parallel int part = 0; part < parts; part++) {
            for (@Parallel int share = 0; share < shares; share++) {
                float[] between = new float[SeparableGrid.MOST_NUMBERS];
                int first = part * partPixels;
                int origin = first;
                int last = Tile.min(first + partPixels - 1, lastOutPixel);
                int pixel = first;
                while (pixel <= last) {
                    int row = pixel / outWidth;
                    int ow = pixel - row * outWidth;
                    int top = row % outHeight * strideHeight - padTop;
                    int rFirst = Taps.first(top, dilationHeight);
                    int rEnd = Taps.end(top, dilationHeight, inHeight, kernelHeight);
                    int inRow = (row / outHeight * inHeight + top) * inWidth;
                    int begin = ow;
                    int left = begin - padLeft;
                    int tileAt = (pixel - ow + begin - origin) * inPixelFloats;
                    for (int block = 0; block < vectors; block++) {
                        Float16 start = depthwiseBias.get(block);
                        Float16 mid0 = start;
                        Float16 mid1 = start;
                        Float16 mid2 = start;
                        Float16 mid3 = start;
                        Float16 mid4 = start;
                        Float16 mid5 = start;
                        Float16 mid6 = start;
                        for (int r = rFirst; r < rEnd; r++) {
                            int line = inRow + r * dilationHeight * inWidth;
                            int w = r * 5 * vectors + block;
                            Float16 tap0 = depthwiseWeight.get(w);
                            Float16 tap1 = depthwiseWeight.get(w + vectors);
                            Float16 tap2 = depthwiseWeight.get(w + 2 * vectors);
                            Float16 tap3 = depthwiseWeight.get(w + 3 * vectors);
                            Float16 tap4 = depthwiseWeight.get(w + 4 * vectors);
                            int at0 = Tile.column(line, left, inWidth, zeroPixel);
                            Float16 x0 = input.get(at0 * vectors + block);
                            mid0 = Float16.add(mid0, Float16.mult(x0, tap0));
                            int at1 = Tile.column(line, left + 1, inWidth, zeroPixel);
                            Float16 x1 = input.get(at1 * vectors + block);
                            mid1 = Float16.add(mid1, Float16.mult(x1, tap0));
                            mid0 = Float16.add(mid0, Float16.mult(x1, tap1));
                            int at2 = Tile.column(line, left + 2, inWidth, zeroPixel);
                            Float16 x2 = input.get(at2 * vectors + block);
                            mid2 = Float16.add(mid2, Float16.mult(x2, tap0));
                            mid1 = Float16.add(mid1, Float16.mult(x2, tap1));
                            mid0 = Float16.add(mid0, Float16.mult(x2, tap2));
                            int at3 = Tile.column(line, left + 3, inWidth, zeroPixel);
                            Float16 x3 = input.get(at3 * vectors + block);
                            mid3 = Float16.add(mid3, Float16.mult(x3, tap0));
                            mid2 = Float16.add(mid2, Float16.mult(x3, tap1));
                            mid1 = Float16.add(mid1, Float16.mult(x3, tap2));
                            mid0 = Float16.add(mid0, Float16.mult(x3, tap3));
                            int at4 = Tile.column(line, left + 4, inWidth, zeroPixel);
                            Float16 x4 = input.get(at4 * vectors + block);
                            mid4 = Float16.add(mid4, Float16.mult(x4, tap0));
                            mid3 = Float16.add(mid3, Float16.mult(x4, tap1));
                            mid2 = Float16.add(mid2, Float16.mult(x4, tap2));
                            mid1 = Float16.add(mid1, Float16.mult(x4, tap3));
                            mid0 = Float16.add(mid0, Float16.mult(x4, tap4));
                            int at5 = Tile.column(line, left + 5, inWidth, zeroPixel);
                            Float16 x5 = input.get(at5 * vectors + block);
                            mid5 = Float16.add(mid5, Float16.mult(x5, tap0));
                            mid4 = Float16.add(mid4, Float16.mult(x5, tap1));
                            mid3 = Float16.add(mid3, Float16.mult(x5, tap2));
                            mid2 = Float16.add(mid2, Float16.mult(x5, tap3));
                            mid1 = Float16.add(mid1, Float16.mult(x5, tap4));
                            int at6 = Tile.column(line, left + 6, inWidth, zeroPixel);
                            Float16 x6 = input.get(at6 * vectors + block);
                            mid6 = Float16.add(mid6, Float16.mult(x6, tap0));
                            mid5 = Float16.add(mid5, Float16.mult(x6, tap1));
                            mid4 = Float16.add(mid4, Float16.mult(x6, tap2));
                            mid3 = Float16.add(mid3, Float16.mult(x6, tap3));
                            mid2 = Float16.add(mid2, Float16.mult(x6, tap4));
                            int at7 = Tile.column(line, left + 7, inWidth, zeroPixel);
                            Float16 x7 = input.get(at7 * vectors + block);
                            mid6 = Float16.add(mid6, Float16.mult(x7, tap1));
                            mid5 = Float16.add(mid5, Float16.mult(x7, tap2));
                            mid4 = Float16.add(mid4, Float16.mult(x7, tap3));
                            mid3 = Float16.add(mid3, Float16.mult(x7, tap4));
                            int at8 = Tile.column(line, left + 8, inWidth, zeroPixel);
                            Float16 x8 = input.get(at8 * vectors + block);
                            mid6 = Float16.add(mid6, Float16.mult(x8, tap2));
                            mid5 = Float16.add(mid5, Float16.mult(x8, tap3));
                            mid4 = Float16.add(mid4, Float16.mult(x8, tap4));
                            int at9 = Tile.column(line, left + 9, inWidth, zeroPixel);
                            Float16 x9 = input.get(at9 * vectors + block);
                            mid6 = Float16.add(mid6, Float16.mult(x9, tap3));
                            mid5 = Float16.add(mid5, Float16.mult(x9, tap4));
                            int at10 = Tile.column(line, left + 10, inWidth, zeroPixel);
                            Float16 x10 = input.get(at10 * vectors + block);
                            mid6 = Float16.add(mid6, Float16.mult(x10, tap4));
                        }
                        if (innerActivation == Activations.RELU
                                || innerActivation == Activations.RELU6) {
                            Float16 zeros = Float16s.of(0f);
                            mid0 = Float16.max(zeros, mid0);
                            mid1 = Float16.max(zeros, mid1);
                            mid2 = Float16.max(zeros, mid2);
                            mid3 = Float16.max(zeros, mid3);
                            mid4 = Float16.max(zeros, mid4);
                            mid5 = Float16.max(zeros, mid5);
                            mid6 = Float16.max(zeros, mid6);
                        }
                        if (innerActivation == Activations.RELU6) {
                            Float16 sixes = Float16s.of(6f);
                            mid0 = Float16.min(sixes, mid0);
                            mid1 = Float16.min(sixes, mid1);
                            mid2 = Float16.min(sixes, mid2);
                            mid3 = Float16.min(sixes, mid3);
                            mid4 = Float16.min(sixes, mid4);
                            mid5 = Float16.min(sixes, mid5);
                            mid6 = Float16.min(sixes, mid6);
                        }
                        int to = tileAt + block * 16;
                        Float16s.put(between, to, mid0);
                        Float16s.put(between, to + inPixelFloats, mid1);
                        Float16s.put(between, to + 2 * inPixelFloats, mid2);
                        Float16s.put(between, to + 3 * inPixelFloats, mid3);
                        Float16s.put(between, to + 4 * inPixelFloats, mid4);
                        Float16s.put(between, to + 5 * inPixelFloats, mid5);
                        Float16s.put(between, to + 6 * inPixelFloats, mid6);
                    }
                    pixel += Tile.min(outWidth - ow, 7);
                }
                if (innerActivation > Activations.RELU6) {
                    int end = (last + 1 - origin) * inPixelFloats;
                    for (int i = (first - origin) * inPixelFloats; i < end; i++) {
                        between[i] = Float16s.activate(between[i], innerActivation, innerSlope);
                    }
                }
                int blockEnd = Tile.min(share * shareBlocks + shareBlocks, groupBlocks);
                for (int block = share * shareBlocks; block < blockEnd; block++) {
                    Float16 bias0 = bias.get(2 * block);
                    Float16 bias1 = bias.get(2 * block + 1);
                    for (int tile = first; tile <= last; tile += 7) {
                        int w = 2 * block * groupChannels;
                        int p0 = Tile.min(tile, last);
                        int p1 = Tile.min(tile + 1, last);
                        int p2 = Tile.min(tile + 2, last);
                        int p3 = Tile.min(tile + 3, last);
                        int p4 = Tile.min(tile + 4, last);
                        int p5 = Tile.min(tile + 5, last);
                        int p6 = Tile.min(tile + 6, last);
                        int x0 = (p0 - origin) * inPixelFloats;
                        int x1 = (p1 - origin) * inPixelFloats;
                        int x2 = (p2 - origin) * inPixelFloats;
                        int x3 = (p3 - origin) * inPixelFloats;
                        int x4 = (p4 - origin) * inPixelFloats;
                        int x5 = (p5 - origin) * inPixelFloats;
                        int x6 = (p6 - origin) * inPixelFloats;
                        Float16 sum00 = bias0;
                        Float16 sum01 = bias1;
                        Float16 sum10 = bias0;
                        Float16 sum11 = bias1;
                        Float16 sum20 = bias0;
                        Float16 sum21 = bias1;
                        Float16 sum30 = bias0;
                        Float16 sum31 = bias1;
                        Float16 sum40 = bias0;
                        Float16 sum41 = bias1;
                        Float16 sum50 = bias0;
                        Float16 sum51 = bias1;
                        Float16 sum60 = bias0;
                        Float16 sum61 = bias1;
                        for (int c = 0; c < groupChannels; c++) {
                            Float16 weight0 = weight.get(w);
                            Float16 weight1 = weight.get(w + 1);
                            w += 2;
                            Float16 value0 = Float16s.of(between[x0 + c]);
                            sum00 = Float16.add(sum00, Float16.mult(weight0, value0));
                            sum01 = Float16.add(sum01, Float16.mult(weight1, value0));
                            Float16 value1 = Float16s.of(between[x1 + c]);
                            sum10 = Float16.add(sum10, Float16.mult(weight0, value1));
                            sum11 = Float16.add(sum11, Float16.mult(weight1, value1));
                            Float16 value2 = Float16s.of(between[x2 + c]);
                            sum20 = Float16.add(sum20, Float16.mult(weight0, value2));
                            sum21 = Float16.add(sum21, Float16.mult(weight1, value2));
                            Float16 value3 = Float16s.of(between[x3 + c]);
                            sum30 = Float16.add(sum30, Float16.mult(weight0, value3));
                            sum31 = Float16.add(sum31, Float16.mult(weight1, value3));
                            Float16 value4 = Float16s.of(between[x4 + c]);
                            sum40 = Float16.add(sum40, Float16.mult(weight0, value4));
                            sum41 = Float16.add(sum41, Float16.mult(weight1, value4));
                            Float16 value5 = Float16s.of(between[x5 + c]);
                            sum50 = Float16.add(sum50, Float16.mult(weight0, value5));
                            sum51 = Float16.add(sum51, Float16.mult(weight1, value5));
                            Float16 value6 = Float16s.of(between[x6 + c]);
                            sum60 = Float16.add(sum60, Float16.mult(weight0, value6));
                            sum61 = Float16.add(sum61, Float16.mult(weight1, value6));
                        }
                        output.set(p0 * outPixelVectors + outFirst + 2 * block,
                                Float16s.activate(sum00, atOnce, slope));
                        output.set(p0 * outPixelVectors + outFirst + 2 * block + 1,
                                Float16s.activate(sum01, atOnce, slope));
                        output.set(p1 * outPixelVectors + outFirst + 2 * block,
                                Float16s.activate(sum10, atOnce, slope));
                        output.set(p1 * outPixelVectors + outFirst + 2 * block + 1,
                                Float16s.activate(sum11, atOnce, slope));
                        output.set(p2 * outPixelVectors + outFirst + 2 * block,
                                Float16s.activate(sum20, atOnce, slope));
                        output.set(p2 * outPixelVectors + outFirst + 2 * block + 1,
                                Float16s.activate(sum21, atOnce, slope));
                        output.set(p3 * outPixelVectors + outFirst + 2 * block,
                                Float16s.activate(sum30, atOnce, slope));
                        output.set(p3 * outPixelVectors + outFirst + 2 * block + 1,
                                Float16s.activate(sum31, atOnce, slope));
                        output.set(p4 * outPixelVectors + outFirst + 2 * block,
                                Float16s.activate(sum40, atOnce, slope));
                        output.set(p4 * outPixelVectors + outFirst + 2 * block + 1,
                                Float16s.activate(sum41, atOnce, slope));
                        output.set(p5 * outPixelVectors + outFirst + 2 * block,
                                Float16s.activate(sum50, atOnce, slope));
                        output.set(p5 * outPixelVectors + outFirst + 2 * block + 1,
                                Float16s.activate(sum51, atOnce, slope));
                        output.set(p6 * outPixelVectors + outFirst + 2 * block,
                                Float16s.activate(sum60, atOnce, slope));
                        output.set(p6 * outPixelVectors + outFirst + 2 * block + 1,
                                Float16s.activate(sum61, atOnce, slope));
                        if (Beside.isLater(mode)) {
                            int addedPixelVectors =
                                    geometry.get(VectorGeometry.ADDED_PIXEL_VECTORS);
                            int addedBlock = geometry.get(VectorGeometry.ADDED_FIRST) + 2 * block;
                            int count = Tile.min(7, last + 1 - tile);
                            for (int i = 0; i < 2 * count; i++) {
                                int p = tile + i / 2;
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
        }
    }

    /**
     * Kernels 5 wide, at horizontal stride 2, 7 pixels by 32 output channels at a time.
     *
     * @param parts of {@link SeparableGrid#pixels} output pixels, N*OH*OW over that, rounded up
     * @param shares of the blocks of 32 output channels
     */
    public static void s5u2p7k32(VectorFloat16 input, VectorFloat16 depthwiseWeight,
            VectorFloat16 depthwiseBias, VectorFloat16 weight, VectorFloat16 bias,
            VectorFloat16 added, VectorFloat16 output, IntArray geometry, int parts, int shares,
            int innerActivation, float innerSlope, int mode, float slope) {
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
        int strideHeight = geometry.get(VectorGeometry.STRIDE_HEIGHT);
        int dilationHeight = geometry.get(VectorGeometry.DILATION_HEIGHT);
        int padTop = geometry.get(VectorGeometry.PAD_TOP);
        int padLeft = geometry.get(VectorGeometry.PAD_LEFT);
        int shareBlocks = geometry.get(VectorGeometry.SHARE_BLOCKS);
        int groupBlocks = geometry.get(VectorGeometry.GROUP_BLOCKS);
        int groupChannels = geometry.get(VectorGeometry.GROUP_CHANNELS);
        int partPixels = geometry.get(VectorGeometry.PART_PIXELS);
        int outFirst = geometry.get(VectorGeometry.OUT_FIRST);
        int vectors = inPixelFloats / 16;
        for (@Parallel int part = 0; part < parts; part++) {
            for (@Parallel int share = 0; share < shares; share++) {
                float[] between = new float[SeparableGrid.MOST_NUMBERS];
                int first = part * partPixels;
                int origin = first;
                int last = Tile.min(first + partPixels - 1, lastOutPixel);
                int pixel = first;
                while (pixel <= last) {
                    int row = pixel / outWidth;
                    int ow = pixel - row * outWidth;
                    int top = row % outHeight * strideHeight - padTop;
                    int rFirst = Taps.first(top, dilationHeight);
                    int rEnd = Taps.end(top, dilationHeight, inHeight, kernelHeight);
                    int inRow = (row / outHeight * inHeight + top) * inWidth;
                    int begin = ow;
                    int left = 2 * begin - padLeft;
                    int tileAt = (pixel - ow + begin - origin) * inPixelFloats;
                    for (int block = 0; block < vectors; block++) {
                        Float16 start = depthwiseBias.get(block);
                        Float16 mid0 = start;
                        Float16 mid1 = start;
                        Float16 mid2 = start;
                        Float16 mid3 = start;
                        Float16 mid4 = start;
                        Float16 mid5 = start;
                        Float16 mid6 = start;
                        for (int r = rFirst; r < rEnd; r++) {
                            int line = inRow + r * dilationHeight * inWidth;
                            int w = r * 5 * vectors + block;
                            Float16 tap0 = depthwiseWeight.get(w);
                            Float16 tap1 = depthwiseWeight.get(w + vectors);
                            Float16 tap2 = depthwiseWeight.get(w + 2 * vectors);
                            Float16 tap3 = depthwiseWeight.get(w + 3 * vectors);
                            Float16 tap4 = depthwiseWeight.get(w + 4 * vectors);
                            int at0 = Tile.column(line, left, inWidth, zeroPixel);
                            Float16 x0 = input.get(at0 * vectors + block);
                            mid0 = Float16.add(mid0, Float16.mult(x0, tap0));
                            int at1 = Tile.column(line, left + 1, inWidth, zeroPixel);
                            Float16 x1 = input.get(at1 * vectors + block);
                            mid0 = Float16.add(mid0, Float16.mult(x1, tap1));
                            int at2 = Tile.column(line, left + 2, inWidth, zeroPixel);
                            Float16 x2 = input.get(at2 * vectors + block);
                            mid1 = Float16.add(mid1, Float16.mult(x2, tap0));
                            mid0 = Float16.add(mid0, Float16.mult(x2, tap2));
                            int at3 = Tile.column(line, left + 3, inWidth, zeroPixel);
                            Float16 x3 = input.get(at3 * vectors + block);
                            mid1 = Float16.add(mid1, Float16.mult(x3, tap1));
                            mid0 = Float16.add(mid0, Float16.mult(x3, tap3));
                            int at4 = Tile.column(line, left + 4, inWidth, zeroPixel);
                            Float16 x4 = input.get(at4 * vectors + block);
                            mid2 = Float16.add(mid2, Float16.mult(x4, tap0));
                            mid1 = Float16.add(mid1, Float16.mult(x4, tap2));
                            mid0 = Float16.add(mid0, Float16.mult(x4, tap4));
                            int at5 = Tile.column(line, left + 5, inWidth, zeroPixel);
                            Float16 x5 = input.get(at5 * vectors + block);
                            mid2 = Float16.add(mid2, Float16.mult(x5, tap1));
                            mid1 = Float16.add(mid1, Float16.mult(x5, tap3));
                            int at6 = Tile.column(line, left + 6, inWidth, zeroPixel);
                            Float16 x6 = input.get(at6 * vectors + block);
                            mid3 = Float16.add(mid3, Float16.mult(x6, tap0));
                            mid2 = Float16.add(mid2, Float16.mult(x6, tap2));
                            mid1 = Float16.add(mid1, Float16.mult(x6, tap4));
                            int at7 = Tile.column(line, left + 7, inWidth, zeroPixel);
                            Float16 x7 = input.get(at7 * vectors + block);
                            mid3 = Float16.add(mid3, Float16.mult(x7, tap1));
                            mid2 = Float16.add(mid2, Float16.mult(x7, tap3));
                            int at8 = Tile.column(line, left + 8, inWidth, zeroPixel);
                            Float16 x8 = input.get(at8 * vectors + block);
                            mid4 = Float16.add(mid4, Float16.mult(x8, tap0));
                            mid3 = Float16.add(mid3, Float16.mult(x8, tap2));
                            mid2 = Float16.add(mid2, Float16.mult(x8, tap4));
                            int at9 = Tile.column(line, left + 9, inWidth, zeroPixel);
                            Float16 x9 = input.get(at9 * vectors + block);
                            mid4 = Float16.add(mid4, Float16.mult(x9, tap1));
                            mid3 = Float16.add(mid3, Float16.mult(x9, tap3));
                            int at10 = Tile.column(line, left + 10, inWidth, zeroPixel);
                            Float16 x10 = input.get(at10 * vectors + block);
                            mid5 = Float16.add(mid5, Float16.mult(x10, tap0));
                            mid4 = Float16.add(mid4, Float16.mult(x10, tap2));
                            mid3 = Float16.add(mid3, Float16.mult(x10, tap4));
                            int at11 = Tile.column(line, left + 11, inWidth, zeroPixel);
                            Float16 x11 = input.get(at11 * vectors + block);
                            mid5 = Float16.add(mid5, Float16.mult(x11, tap1));
                            mid4 = Float16.add(mid4, Float16.mult(x11, tap3));
                            int at12 = Tile.column(line, left + 12, inWidth, zeroPixel);
                            Float16 x12 = input.get(at12 * vectors + block);
                            mid6 = Float16.add(mid6, Float16.mult(x12, tap0));
                            mid5 = Float16.add(mid5, Float16.mult(x12, tap2));
                            mid4 = Float16.add(mid4, Float16.mult(x12, tap4));
                            int at13 = Tile.column(line, left + 13, inWidth, zeroPixel);
                            Float16 x13 = input.get(at13 * vectors + block);
                            mid6 = Float16.add(mid6, Float16.mult(x13, tap1));
                            mid5 = Float16.add(mid5, Float16.mult(x13, tap3));
                            int at14 = Tile.column(line, left + 14, inWidth, zeroPixel);
                            Float16 x14 = input.get(at14 * vectors + block);
                            mid6 = Float16.add(mid6, Float16.mult(x14, tap2));
                            mid5 = Float16.add(mid5, Float16.mult(x14, tap4));
                            int at15 = Tile.column(line, left + 15, inWidth, zeroPixel);
                            Float16 x15 = input.get(at15 * vectors + block);
                            mid6 = Float16.add(mid6, Float16.mult(x15, tap3));
                            int at16 = Tile.column(line, left + 16, inWidth, zeroPixel);
                            Float16 x16 = input.get(at16 * vectors + block);
                            mid6 = Float16.add(mid6, Float16.mult(x16, tap4));
                        }
                        if (innerActivation == Activations.RELU
                                || innerActivation == Activations.RELU6) {
                            Float16 zeros = Float16s.of(0f);
                            mid0 = Float16.max(zeros, mid0);
                            mid1 = Float16.max(zeros, mid1);
                            mid2 = Float16.max(zeros, mid2);
                            mid3 = Float16.max(zeros, mid3);
                            mid4 = Float16.max(zeros, mid4);
                            mid5 = Float16.max(zeros, mid5);
                            mid6 = Float16.max(zeros, mid6);
                        }
                        if (innerActivation == Activations.RELU6) {
                            Float16 sixes = Float16s.of(6f);
                            mid0 = Float16.min(sixes, mid0);
                            mid1 = Float16.min(sixes, mid1);
                            mid2 = Float16.min(sixes, mid2);
                            mid3 = Float16.min(sixes, mid3);
                            mid4 = Float16.min(sixes, mid4);
                            mid5 = Float16.min(sixes, mid5);
                            mid6 = Float16.min(sixes, mid6);
                        }
                        int to = tileAt + block * 16;
                        Float16s.put(between, to, mid0);
                        Float16s.put(between, to + inPixelFloats, mid1);
                        Float16s.put(between, to + 2 * inPixelFloats, mid2);
                        Float16s.put(between, to + 3 * inPixelFloats, mid3);
                        Float16s.put(between, to + 4 * inPixelFloats, mid4);
                        Float16s.put(between, to + 5 * inPixelFloats, mid5);
                        Float16s.put(between, to + 6 * inPixelFloats, mid6);
                    }
                    pixel += Tile.min(outWidth - ow, 7);
                }
                if (innerActivation > Activations.RELU6) {
                    int end = (last + 1 - origin) * inPixelFloats;
                    for (int i = (first - origin) * inPixelFloats; i < end; i++) {
                        between[i] = Float16s.activate(between[i], innerActivation, innerSlope);
                    }
                }
                int blockEnd = Tile.min(share * shareBlocks + shareBlocks, groupBlocks);
                for (int block = share * shareBlocks; block < blockEnd; block++) {
                    Float16 bias0 = bias.get(2 * block);
                    Float16 bias1 = bias.get(2 * block + 1);
                    for (int tile = first; tile <= last; tile += 7) {
                        int w = 2 * block * groupChannels;
                        int p0 = Tile.min(tile, last);
                        int p1 = Tile.min(tile + 1, last);
                        int p2 = Tile.min(tile + 2, last);
                        int p3 = Tile.min(tile + 3, last);
                        int p4 = Tile.min(tile + 4, last);
                        int p5 = Tile.min(tile + 5, last);
                        int p6 = Tile.min(tile + 6, last);
                        int x0 = (p0 - origin) * inPixelFloats;
                        int x1 = (p1 - origin) * inPixelFloats;
                        int x2 = (p2 - origin) * inPixelFloats;
                        int x3 = (p3 - origin) * inPixelFloats;
                        int x4 = (p4 - origin) * inPixelFloats;
                        int x5 = (p5 - origin) * inPixelFloats;
                        int x6 = (p6 - origin) * inPixelFloats;
                        Float16 sum00 = bias0;
                        Float16 sum01 = bias1;
                        Float16 sum10 = bias0;
                        Float16 sum11 = bias1;
                        Float16 sum20 = bias0;
                        Float16 sum21 = bias1;
                        Float16 sum30 = bias0;
                        Float16 sum31 = bias1;
                        Float16 sum40 = bias0;
                        Float16 sum41 = bias1;
                        Float16 sum50 = bias0;
                        Float16 sum51 = bias1;
                        Float16 sum60 = bias0;
                        Float16 sum61 = bias1;
                        for (int c = 0; c < groupChannels; c++) {
                            Float16 weight0 = weight.get(w);
                            Float16 weight1 = weight.get(w + 1);
                            w += 2;
                            Float16 value0 = Float16s.of(between[x0 + c]);
                            sum00 = Float16.add(sum00, Float16.mult(weight0, value0));
                            sum01 = Float16.add(sum01, Float16.mult(weight1, value0));
                            Float16 value1 = Float16s.of(between[x1 + c]);
                            sum10 = Float16.add(sum10, Float16.mult(weight0, value1));
                            sum11 = Float16.add(sum11, Float16.mult(weight1, value1));
                            Float16 value2 = Float16s.of(between[x2 + c]);
                            sum20 = Float16.add(sum20, Float16.mult(weight0, value2));
                            sum21 = Float16.add(sum21, Float16.mult(weight1, value2));
                            Float16 value3 = Float16s.of(between[x3 + c]);
                            sum30 = Float16.add(sum30, Float16.mult(weight0, value3));
                            sum31 = Float16.add(sum31, Float16.mult(weight1, value3));
                            Float16 value4 = Float16s.of(between[x4 + c]);
                            sum40 = Float16.add(sum40, Float16.mult(weight0, value4));
                            sum41 = Float16.add(sum41, Float16.mult(weight1, value4));
                            Float16 value5 = Float16s.of(between[x5 + c]);
                            sum50 = Float16.add(sum50, Float16.mult(weight0, value5));
                            sum51 = Float16.add(sum51, Float16.mult(weight1, value5));
                            Float16 value6 = Float16s.of(between[x6 + c]);
                            sum60 = Float16.add(sum60, Float16.mult(weight0, value6));
                            sum61 = Float16.add(sum61, Float16.mult(weight1, value6));
                        }
                        output.set(p0 * outPixelVectors + outFirst + 2 * block,
                                Float16s.activate(sum00, atOnce, slope));
                        output.set(p0 * outPixelVectors + outFirst + 2 * block + 1,
                                Float16s.activate(sum01, atOnce, slope));
                        output.set(p1 * outPixelVectors + outFirst + 2 * block,
                                Float16s.activate(sum10, atOnce, slope));
                        output.set(p1 * outPixelVectors + outFirst + 2 * block + 1,
                                Float16s.activate(sum11, atOnce, slope));
                        output.set(p2 * outPixelVectors + outFirst + 2 * block,
                                Float16s.activate(sum20, atOnce, slope));
                        output.set(p2 * outPixelVectors + outFirst + 2 * block + 1,
                                Float16s.activate(sum21, atOnce, slope));
                        output.set(p3 * outPixelVectors + outFirst + 2 * block,
                                Float16s.activate(sum30, atOnce, slope));
                        output.set(p3 * outPixelVectors + outFirst + 2 * block + 1,
                                Float16s.activate(sum31, atOnce, slope));
                        output.set(p4 * outPixelVectors + outFirst + 2 * block,
                                Float16s.activate(sum40, atOnce, slope));
                        output.set(p4 * outPixelVectors + outFirst + 2 * block + 1,
                                Float16s.activate(sum41, atOnce, slope));
                        output.set(p5 * outPixelVectors + outFirst + 2 * block,
                                Float16s.activate(sum50, atOnce, slope));
                        output.set(p5 * outPixelVectors + outFirst + 2 * block + 1,
                                Float16s.activate(sum51, atOnce, slope));
                        output.set(p6 * outPixelVectors + outFirst + 2 * block,
                                Float16s.activate(sum60, atOnce, slope));
                        output.set(p6 * outPixelVectors + outFirst + 2 * block + 1,
                                Float16s.activate(sum61, atOnce, slope));
                        if (Beside.isLater(mode)) {
                            int addedPixelVectors =
                                    geometry.get(VectorGeometry.ADDED_PIXEL_VECTORS);
                            int addedBlock = geometry.get(VectorGeometry.ADDED_FIRST) + 2 * block;
                            int count = Tile.min(7, last + 1 - tile);
                            for (int i = 0; i < 2 * count; i++) {
                                int p = tile + i / 2;
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
        }
    }
}
