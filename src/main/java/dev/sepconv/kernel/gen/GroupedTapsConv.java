package dev.sepconv.kernel.gen;

// Written by LocalKernels: change it there, then mvn -q -Pgenerate validate.

import dev.sepconv.kernel.conv.Activations;
import dev.sepconv.kernel.conv.Geometry;
import dev.sepconv.kernel.conv.Tile;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Standard and grouped convolution for GPUs, as a matrix product in tiles like
 * {@link PointwiseLocalConv}, whose depth is all taps of all channels of a group. The matrix of
 * input numbers is never stored: each is looked up as it is loaded to local memory, zero where the
 * tap is on the padding.
 *
 * <p>
 * Weight for each block of a tile's output channels {@code [R, S, C/G, block]}, bias as many a
 * block; each group starts with a block. Called as plain Java it computes next to nothing: the ids
 * of a {@link KernelContext} are 0 there.
 */
public final class GroupedTapsConv {

    private GroupedTapsConv() {
    }

    /**
     * 28 pixels by 32 output channels, 7 by 4 a work-item, 32 channels at a time.
     *
     * <p>
     * Input {@code [N, C, H, W]}, output {@code [N, K, OH, OW]}. Work-groups:
     * {@code [ceil(N*OH*OW/28), G*ceil(K/G/32)]}.
     */
    public static void nchw28x32x32i7x4x8(KernelContext context, FloatArray input,
            FloatArray weight, FloatArray bias, FloatArray output, IntArray geometry,
            int activation, float slope) {
        int batch = geometry.get(Geometry.BATCH);
        int inChannels = geometry.get(Geometry.IN_CHANNELS);
        int inHeight = geometry.get(Geometry.IN_HEIGHT);
        int inWidth = geometry.get(Geometry.IN_WIDTH);
        int outChannels = geometry.get(Geometry.OUT_CHANNELS);
        int kernelHeight = geometry.get(Geometry.KERNEL_HEIGHT);
        int kernelWidth = geometry.get(Geometry.KERNEL_WIDTH);
        int strideHeight = geometry.get(Geometry.STRIDE_HEIGHT);
        int strideWidth = geometry.get(Geometry.STRIDE_WIDTH);
        int dilationHeight = geometry.get(Geometry.DILATION_HEIGHT);
        int dilationWidth = geometry.get(Geometry.DILATION_WIDTH);
        int padTop = geometry.get(Geometry.PAD_TOP);
        int padLeft = geometry.get(Geometry.PAD_LEFT);
        int groups = geometry.get(Geometry.GROUPS);
        int outHeight = geometry.get(Geometry.OUT_HEIGHT);
        int outWidth = geometry.get(Geometry.OUT_WIDTH);
        int groupIn = inChannels / groups;
        int groupOut = outChannels / groups;
        int groupBlocks = (groupOut + 31) / 32;
        int depth = kernelHeight * kernelWidth * groupIn;
        int plane = inHeight * inWidth;
        int outPixels = outHeight * outWidth;
        int last = batch * outPixels - 1;
        int localX = context.localIdx;
        int localY = context.localIdy;
        int tile = context.groupIdx;
        int block = context.groupIdy;
        int thread = localY * 4 + localX;
        float[] weights = context.allocateFloatLocalArray(4096);
        int group = block / groupBlocks;
        int part = localY / 8;
        int row = localY % 8;
        int store = thread;
        // a part's channels are as far from each other as there are parts
        int weightsAt = part * 32 + row * 4;
        int valuesAt = part * 32 + localX + 1024;
        int firstWeight = block * depth * 32 + thread;
        int valueRow = thread / 32;
        int load0 = Tile.min(tile * 28 + thread % 32, last);
        int firstPlane0 = (load0 / outPixels * inChannels + group * groupIn) * inHeight * inWidth;
        int top0 = load0 % outPixels / outWidth * strideHeight - padTop;
        int left0 = load0 % outWidth * strideWidth - padLeft;
        float sum00 = 0f;
        float sum01 = 0f;
        float sum02 = 0f;
        float sum03 = 0f;
        float sum04 = 0f;
        float sum05 = 0f;
        float sum06 = 0f;
        float sum10 = 0f;
        float sum11 = 0f;
        float sum12 = 0f;
        float sum13 = 0f;
        float sum14 = 0f;
        float sum15 = 0f;
        float sum16 = 0f;
        float sum20 = 0f;
        float sum21 = 0f;
        float sum22 = 0f;
        float sum23 = 0f;
        float sum24 = 0f;
        float sum25 = 0f;
        float sum26 = 0f;
        float sum30 = 0f;
        float sum31 = 0f;
        float sum32 = 0f;
        float sum33 = 0f;
        float sum34 = 0f;
        float sum35 = 0f;
        float sum36 = 0f;
        int start = 0;
        int rows = Tile.min(4, depth);
        int nextWeight = firstWeight;
        float nextWeight0 = weight.get(nextWeight);
        float nextWeight1 = weight.get(nextWeight + 256);
        float nextWeight2 = weight.get(nextWeight + 512);
        float nextWeight3 = weight.get(nextWeight + 768);
        int h = top0;
        int w = left0;
        int endOfRow = left0 + kernelWidth * dilationWidth;
        int channel = 0;
        int firstOfRow = firstPlane0 + valueRow * plane;
        int inH0 = Tile.inside(top0, inHeight);
        int inW0 = Tile.inside(left0, inWidth);
        int padding0 = inH0 - top0 | inW0 - left0;
        int at = firstOfRow + inH0 * inWidth + inW0;
        float nextValue0 = input.get(at);
        float nextValue1 = input.get(at + 8 * plane);
        float nextValue2 = input.get(at + 16 * plane);
        float nextValue3 = input.get(at + 24 * plane);
        for (int left = depth; left >= 32; left -= 32) {
            weights[store] = nextWeight0;
            weights[store + 256] = nextWeight1;
            weights[store + 512] = nextWeight2;
            weights[store + 768] = nextWeight3;
            weights[store + 1024] = padding0 == 0 ? nextValue0 : 0f;
            weights[store + 1280] = padding0 == 0 ? nextValue1 : 0f;
            weights[store + 1536] = padding0 == 0 ? nextValue2 : 0f;
            weights[store + 1792] = padding0 == 0 ? nextValue3 : 0f;
            context.localBarrier();
            // what comes next is on its way while this is computed
            if (left > 32) {
                nextWeight += 1024;
                nextWeight0 = weight.get(nextWeight);
                nextWeight1 = weight.get(nextWeight + 256);
                nextWeight2 = weight.get(nextWeight + 512);
                nextWeight3 = weight.get(nextWeight + 768);
                channel += 32;
                at += 32 * plane;
                if (channel == groupIn) {
                    channel = 0;
                    w += dilationWidth;
                    if (w == endOfRow) {
                        w = left0;
                        h += dilationHeight;
                    }
                    int inH = Tile.inside(h, inHeight);
                    int inW = Tile.inside(w, inWidth);
                    padding0 = inH - h | inW - w;
                    at = firstOfRow + inH * inWidth + inW;
                }
                nextValue0 = input.get(at);
                nextValue1 = input.get(at + 8 * plane);
                nextValue2 = input.get(at + 16 * plane);
                nextValue3 = input.get(at + 24 * plane);
            }
            int i = 0;
            if (0 < rows) {
                float x00 = weights[valuesAt + i * 256];
                float x01 = weights[valuesAt + i * 256 + 4];
                float x02 = weights[valuesAt + i * 256 + 8];
                float x03 = weights[valuesAt + i * 256 + 12];
                float x04 = weights[valuesAt + i * 256 + 16];
                float x05 = weights[valuesAt + i * 256 + 20];
                float x06 = weights[valuesAt + i * 256 + 24];
                float factor0 = weights[weightsAt + i * 256];
                float factor1 = weights[weightsAt + i * 256 + 1];
                float factor2 = weights[weightsAt + i * 256 + 2];
                float factor3 = weights[weightsAt + i * 256 + 3];
                sum00 += factor0 * x00;
                sum01 += factor0 * x01;
                sum02 += factor0 * x02;
                sum03 += factor0 * x03;
                sum04 += factor0 * x04;
                sum05 += factor0 * x05;
                sum06 += factor0 * x06;
                sum10 += factor1 * x00;
                sum11 += factor1 * x01;
                sum12 += factor1 * x02;
                sum13 += factor1 * x03;
                sum14 += factor1 * x04;
                sum15 += factor1 * x05;
                sum16 += factor1 * x06;
                sum20 += factor2 * x00;
                sum21 += factor2 * x01;
                sum22 += factor2 * x02;
                sum23 += factor2 * x03;
                sum24 += factor2 * x04;
                sum25 += factor2 * x05;
                sum26 += factor2 * x06;
                sum30 += factor3 * x00;
                sum31 += factor3 * x01;
                sum32 += factor3 * x02;
                sum33 += factor3 * x03;
                sum34 += factor3 * x04;
                sum35 += factor3 * x05;
                sum36 += factor3 * x06;
            }
            if (1 < rows) {
                float x10 = weights[valuesAt + i * 256 + 256];
                float x11 = weights[valuesAt + i * 256 + 260];
                float x12 = weights[valuesAt + i * 256 + 264];
                float x13 = weights[valuesAt + i * 256 + 268];
                float x14 = weights[valuesAt + i * 256 + 272];
                float x15 = weights[valuesAt + i * 256 + 276];
                float x16 = weights[valuesAt + i * 256 + 280];
                float factor0 = weights[weightsAt + i * 256 + 256];
                float factor1 = weights[weightsAt + i * 256 + 257];
                float factor2 = weights[weightsAt + i * 256 + 258];
                float factor3 = weights[weightsAt + i * 256 + 259];
                sum00 += factor0 * x10;
                sum01 += factor0 * x11;
                sum02 += factor0 * x12;
                sum03 += factor0 * x13;
                sum04 += factor0 * x14;
                sum05 += factor0 * x15;
                sum06 += factor0 * x16;
                sum10 += factor1 * x10;
                sum11 += factor1 * x11;
                sum12 += factor1 * x12;
                sum13 += factor1 * x13;
                sum14 += factor1 * x14;
                sum15 += factor1 * x15;
                sum16 += factor1 * x16;
                sum20 += factor2 * x10;
                sum21 += factor2 * x11;
                sum22 += factor2 * x12;
                sum23 += factor2 * x13;
                sum24 += factor2 * x14;
                sum25 += factor2 * x15;
                sum26 += factor2 * x16;
                sum30 += factor3 * x10;
                sum31 += factor3 * x11;
                sum32 += factor3 * x12;
                sum33 += factor3 * x13;
                sum34 += factor3 * x14;
                sum35 += factor3 * x15;
                sum36 += factor3 * x16;
            }
            if (2 < rows) {
                float x20 = weights[valuesAt + i * 256 + 512];
                float x21 = weights[valuesAt + i * 256 + 516];
                float x22 = weights[valuesAt + i * 256 + 520];
                float x23 = weights[valuesAt + i * 256 + 524];
                float x24 = weights[valuesAt + i * 256 + 528];
                float x25 = weights[valuesAt + i * 256 + 532];
                float x26 = weights[valuesAt + i * 256 + 536];
                float factor0 = weights[weightsAt + i * 256 + 512];
                float factor1 = weights[weightsAt + i * 256 + 513];
                float factor2 = weights[weightsAt + i * 256 + 514];
                float factor3 = weights[weightsAt + i * 256 + 515];
                sum00 += factor0 * x20;
                sum01 += factor0 * x21;
                sum02 += factor0 * x22;
                sum03 += factor0 * x23;
                sum04 += factor0 * x24;
                sum05 += factor0 * x25;
                sum06 += factor0 * x26;
                sum10 += factor1 * x20;
                sum11 += factor1 * x21;
                sum12 += factor1 * x22;
                sum13 += factor1 * x23;
                sum14 += factor1 * x24;
                sum15 += factor1 * x25;
                sum16 += factor1 * x26;
                sum20 += factor2 * x20;
                sum21 += factor2 * x21;
                sum22 += factor2 * x22;
                sum23 += factor2 * x23;
                sum24 += factor2 * x24;
                sum25 += factor2 * x25;
                sum26 += factor2 * x26;
                sum30 += factor3 * x20;
                sum31 += factor3 * x21;
                sum32 += factor3 * x22;
                sum33 += factor3 * x23;
                sum34 += factor3 * x24;
                sum35 += factor3 * x25;
                sum36 += factor3 * x26;
            }
            if (3 < rows) {
                float x30 = weights[valuesAt + i * 256 + 768];
                float x31 = weights[valuesAt + i * 256 + 772];
                float x32 = weights[valuesAt + i * 256 + 776];
                float x33 = weights[valuesAt + i * 256 + 780];
                float x34 = weights[valuesAt + i * 256 + 784];
                float x35 = weights[valuesAt + i * 256 + 788];
                float x36 = weights[valuesAt + i * 256 + 792];
                float factor0 = weights[weightsAt + i * 256 + 768];
                float factor1 = weights[weightsAt + i * 256 + 769];
                float factor2 = weights[weightsAt + i * 256 + 770];
                float factor3 = weights[weightsAt + i * 256 + 771];
                sum00 += factor0 * x30;
                sum01 += factor0 * x31;
                sum02 += factor0 * x32;
                sum03 += factor0 * x33;
                sum04 += factor0 * x34;
                sum05 += factor0 * x35;
                sum06 += factor0 * x36;
                sum10 += factor1 * x30;
                sum11 += factor1 * x31;
                sum12 += factor1 * x32;
                sum13 += factor1 * x33;
                sum14 += factor1 * x34;
                sum15 += factor1 * x35;
                sum16 += factor1 * x36;
                sum20 += factor2 * x30;
                sum21 += factor2 * x31;
                sum22 += factor2 * x32;
                sum23 += factor2 * x33;
                sum24 += factor2 * x34;
                sum25 += factor2 * x35;
                sum26 += factor2 * x36;
                sum30 += factor3 * x30;
                sum31 += factor3 * x31;
                sum32 += factor3 * x32;
                sum33 += factor3 * x33;
                sum34 += factor3 * x34;
                sum35 += factor3 * x35;
                sum36 += factor3 * x36;
            }
            // the other half of local memory, so that nobody waits before it is written
            store = store ^ 2048;
            weightsAt = weightsAt ^ 2048;
            valuesAt = valuesAt ^ 2048;
        }
        int k = block % groupBlocks * 32 + row * 4;
        float all0 = bias.get(block * 32 + row * 4);
        float all1 = bias.get(block * 32 + row * 4 + 1);
        float all2 = bias.get(block * 32 + row * 4 + 2);
        float all3 = bias.get(block * 32 + row * 4 + 3);
        int item = thread % 32;
        int own = part * 448 + item;
        int shared = part * 64 + item;
        context.localBarrier();
        weights[own] = sum00;
        weights[own + 64] = sum01;
        weights[own + 128] = sum02;
        weights[own + 192] = sum03;
        weights[own + 256] = sum04;
        weights[own + 320] = sum05;
        weights[own + 384] = sum06;
        weights[own + 32] = sum10;
        weights[own + 96] = sum11;
        weights[own + 160] = sum12;
        weights[own + 224] = sum13;
        weights[own + 288] = sum14;
        weights[own + 352] = sum15;
        weights[own + 416] = sum16;
        context.localBarrier();
        if (part < 7) {
            all0 += weights[shared];
            all1 += weights[shared + 32];
            all0 += weights[shared + 448];
            all1 += weights[shared + 480];
            all0 += weights[shared + 896];
            all1 += weights[shared + 928];
            all0 += weights[shared + 1344];
            all1 += weights[shared + 1376];
            all0 += weights[shared + 1792];
            all1 += weights[shared + 1824];
            all0 += weights[shared + 2240];
            all1 += weights[shared + 2272];
            all0 += weights[shared + 2688];
            all1 += weights[shared + 2720];
            all0 += weights[shared + 3136];
            all1 += weights[shared + 3168];
        }
        context.localBarrier();
        weights[own] = sum20;
        weights[own + 64] = sum21;
        weights[own + 128] = sum22;
        weights[own + 192] = sum23;
        weights[own + 256] = sum24;
        weights[own + 320] = sum25;
        weights[own + 384] = sum26;
        weights[own + 32] = sum30;
        weights[own + 96] = sum31;
        weights[own + 160] = sum32;
        weights[own + 224] = sum33;
        weights[own + 288] = sum34;
        weights[own + 352] = sum35;
        weights[own + 416] = sum36;
        context.localBarrier();
        if (part < 7) {
            all2 += weights[shared];
            all3 += weights[shared + 32];
            all2 += weights[shared + 448];
            all3 += weights[shared + 480];
            all2 += weights[shared + 896];
            all3 += weights[shared + 928];
            all2 += weights[shared + 1344];
            all3 += weights[shared + 1376];
            all2 += weights[shared + 1792];
            all3 += weights[shared + 1824];
            all2 += weights[shared + 2240];
            all3 += weights[shared + 2272];
            all2 += weights[shared + 2688];
            all3 += weights[shared + 2720];
            all2 += weights[shared + 3136];
            all3 += weights[shared + 3168];
        }
        int pixel = tile * 28 + part * 4 + localX;
        if (part < 7 & pixel <= last) {
            int out = (pixel / outPixels * outChannels + group * groupOut) * outPixels
                    + pixel % outPixels;
            if (k < groupOut) {
                output.set(out + k * outPixels, Activations.apply(all0, activation, slope));
            }
            if (k + 1 < groupOut) {
                output.set(out + (k + 1) * outPixels, Activations.apply(all1, activation, slope));
            }
            if (k + 2 < groupOut) {
                output.set(out + (k + 2) * outPixels, Activations.apply(all2, activation, slope));
            }
            if (k + 3 < groupOut) {
                output.set(out + (k + 3) * outPixels, Activations.apply(all3, activation, slope));
            }
        }
    }

    /**
     * 32 pixels by 32 output channels, 4 by 4 a work-item, 16 channels at a time.
     *
     * <p>
     * Input {@code [N, C, H, W]}, output {@code [N, K, OH, OW]}. Work-groups:
     * {@code [ceil(N*OH*OW/32), G*ceil(K/G/32)]}.
     */
    public static void nchw32x32x16i4x4x4(KernelContext context, FloatArray input,
            FloatArray weight, FloatArray bias, FloatArray output, IntArray geometry,
            int activation, float slope) {
        int batch = geometry.get(Geometry.BATCH);
        int inChannels = geometry.get(Geometry.IN_CHANNELS);
        int inHeight = geometry.get(Geometry.IN_HEIGHT);
        int inWidth = geometry.get(Geometry.IN_WIDTH);
        int outChannels = geometry.get(Geometry.OUT_CHANNELS);
        int kernelHeight = geometry.get(Geometry.KERNEL_HEIGHT);
        int kernelWidth = geometry.get(Geometry.KERNEL_WIDTH);
        int strideHeight = geometry.get(Geometry.STRIDE_HEIGHT);
        int strideWidth = geometry.get(Geometry.STRIDE_WIDTH);
        int dilationHeight = geometry.get(Geometry.DILATION_HEIGHT);
        int dilationWidth = geometry.get(Geometry.DILATION_WIDTH);
        int padTop = geometry.get(Geometry.PAD_TOP);
        int padLeft = geometry.get(Geometry.PAD_LEFT);
        int groups = geometry.get(Geometry.GROUPS);
        int outHeight = geometry.get(Geometry.OUT_HEIGHT);
        int outWidth = geometry.get(Geometry.OUT_WIDTH);
        int groupIn = inChannels / groups;
        int groupOut = outChannels / groups;
        int groupBlocks = (groupOut + 31) / 32;
        int depth = kernelHeight * kernelWidth * groupIn;
        int plane = inHeight * inWidth;
        int outPixels = outHeight * outWidth;
        int last = batch * outPixels - 1;
        int localX = context.localIdx;
        int localY = context.localIdy;
        int tile = context.groupIdx;
        int block = context.groupIdy;
        int thread = localY * 8 + localX;
        float[] weights = context.allocateFloatLocalArray(4096);
        float[] values = context.allocateFloatLocalArray(512);
        int group = block / groupBlocks;
        int part = localY / 8;
        int row = localY % 8;
        int firstWeight = block * depth * 32 + thread;
        int valueRow = thread / 32;
        int load0 = Tile.min(tile * 32 + thread % 32, last);
        int firstPlane0 = (load0 / outPixels * inChannels + group * groupIn) * inHeight * inWidth;
        int top0 = load0 % outPixels / outWidth * strideHeight - padTop;
        int left0 = load0 % outWidth * strideWidth - padLeft;
        float sum00 = 0f;
        float sum01 = 0f;
        float sum02 = 0f;
        float sum03 = 0f;
        float sum10 = 0f;
        float sum11 = 0f;
        float sum12 = 0f;
        float sum13 = 0f;
        float sum20 = 0f;
        float sum21 = 0f;
        float sum22 = 0f;
        float sum23 = 0f;
        float sum30 = 0f;
        float sum31 = 0f;
        float sum32 = 0f;
        float sum33 = 0f;
        int start = 0;
        int rows = Tile.min(4, depth);
        int nextWeight = firstWeight;
        float nextWeight0 = weight.get(nextWeight);
        float nextWeight1 = weight.get(nextWeight + 256);
        int h = top0;
        int w = left0;
        int endOfRow = left0 + kernelWidth * dilationWidth;
        int channel = 0;
        int firstOfRow = firstPlane0 + valueRow * plane;
        int inH0 = Tile.inside(top0, inHeight);
        int inW0 = Tile.inside(left0, inWidth);
        int padding0 = inH0 - top0 | inW0 - left0;
        int at = firstOfRow + inH0 * inWidth + inW0;
        float nextValue0 = input.get(at);
        float nextValue1 = input.get(at + 8 * plane);
        for (int left = depth; left >= 16; left -= 16) {
            weights[thread] = nextWeight0;
            weights[thread + 256] = nextWeight1;
            values[thread] = padding0 == 0 ? nextValue0 : 0f;
            values[thread + 256] = padding0 == 0 ? nextValue1 : 0f;
            context.localBarrier();
            // what comes next is on its way while this is computed
            if (left > 16) {
                nextWeight += 512;
                nextWeight0 = weight.get(nextWeight);
                nextWeight1 = weight.get(nextWeight + 256);
                channel += 16;
                at += 16 * plane;
                if (channel == groupIn) {
                    channel = 0;
                    w += dilationWidth;
                    if (w == endOfRow) {
                        w = left0;
                        h += dilationHeight;
                    }
                    int inH = Tile.inside(h, inHeight);
                    int inW = Tile.inside(w, inWidth);
                    padding0 = inH - h | inW - w;
                    at = firstOfRow + inH * inWidth + inW;
                }
                nextValue0 = input.get(at);
                nextValue1 = input.get(at + 8 * plane);
            }
            int i = 0;
            float x00 = values[part * 128 + i * 32 + localX];
            float x01 = values[part * 128 + i * 32 + localX + 8];
            float x02 = values[part * 128 + i * 32 + localX + 16];
            float x03 = values[part * 128 + i * 32 + localX + 24];
            float x10 = values[part * 128 + i * 32 + 32 + localX];
            float x11 = values[part * 128 + i * 32 + 32 + localX + 8];
            float x12 = values[part * 128 + i * 32 + 32 + localX + 16];
            float x13 = values[part * 128 + i * 32 + 32 + localX + 24];
            float x20 = values[part * 128 + i * 32 + 64 + localX];
            float x21 = values[part * 128 + i * 32 + 64 + localX + 8];
            float x22 = values[part * 128 + i * 32 + 64 + localX + 16];
            float x23 = values[part * 128 + i * 32 + 64 + localX + 24];
            float x30 = values[part * 128 + i * 32 + 96 + localX];
            float x31 = values[part * 128 + i * 32 + 96 + localX + 8];
            float x32 = values[part * 128 + i * 32 + 96 + localX + 16];
            float x33 = values[part * 128 + i * 32 + 96 + localX + 24];
            while (i < rows) {
                float factor0 = weights[part * 128 + i * 32 + row * 4];
                float factor1 = weights[part * 128 + i * 32 + row * 4 + 1];
                float factor2 = weights[part * 128 + i * 32 + row * 4 + 2];
                float factor3 = weights[part * 128 + i * 32 + row * 4 + 3];
                sum00 += factor0 * x00;
                sum01 += factor0 * x01;
                sum02 += factor0 * x02;
                sum03 += factor0 * x03;
                sum10 += factor1 * x00;
                sum11 += factor1 * x01;
                sum12 += factor1 * x02;
                sum13 += factor1 * x03;
                sum20 += factor2 * x00;
                sum21 += factor2 * x01;
                sum22 += factor2 * x02;
                sum23 += factor2 * x03;
                sum30 += factor3 * x00;
                sum31 += factor3 * x01;
                sum32 += factor3 * x02;
                sum33 += factor3 * x03;
                factor0 = weights[part * 128 + i * 32 + 32 + row * 4];
                factor1 = weights[part * 128 + i * 32 + 32 + row * 4 + 1];
                factor2 = weights[part * 128 + i * 32 + 32 + row * 4 + 2];
                factor3 = weights[part * 128 + i * 32 + 32 + row * 4 + 3];
                sum00 += factor0 * x10;
                sum01 += factor0 * x11;
                sum02 += factor0 * x12;
                sum03 += factor0 * x13;
                sum10 += factor1 * x10;
                sum11 += factor1 * x11;
                sum12 += factor1 * x12;
                sum13 += factor1 * x13;
                sum20 += factor2 * x10;
                sum21 += factor2 * x11;
                sum22 += factor2 * x12;
                sum23 += factor2 * x13;
                sum30 += factor3 * x10;
                sum31 += factor3 * x11;
                sum32 += factor3 * x12;
                sum33 += factor3 * x13;
                factor0 = weights[part * 128 + i * 32 + 64 + row * 4];
                factor1 = weights[part * 128 + i * 32 + 64 + row * 4 + 1];
                factor2 = weights[part * 128 + i * 32 + 64 + row * 4 + 2];
                factor3 = weights[part * 128 + i * 32 + 64 + row * 4 + 3];
                sum00 += factor0 * x20;
                sum01 += factor0 * x21;
                sum02 += factor0 * x22;
                sum03 += factor0 * x23;
                sum10 += factor1 * x20;
                sum11 += factor1 * x21;
                sum12 += factor1 * x22;
                sum13 += factor1 * x23;
                sum20 += factor2 * x20;
                sum21 += factor2 * x21;
                sum22 += factor2 * x22;
                sum23 += factor2 * x23;
                sum30 += factor3 * x20;
                sum31 += factor3 * x21;
                sum32 += factor3 * x22;
                sum33 += factor3 * x23;
                factor0 = weights[part * 128 + i * 32 + 96 + row * 4];
                factor1 = weights[part * 128 + i * 32 + 96 + row * 4 + 1];
                factor2 = weights[part * 128 + i * 32 + 96 + row * 4 + 2];
                factor3 = weights[part * 128 + i * 32 + 96 + row * 4 + 3];
                sum00 += factor0 * x30;
                sum01 += factor0 * x31;
                sum02 += factor0 * x32;
                sum03 += factor0 * x33;
                sum10 += factor1 * x30;
                sum11 += factor1 * x31;
                sum12 += factor1 * x32;
                sum13 += factor1 * x33;
                sum20 += factor2 * x30;
                sum21 += factor2 * x31;
                sum22 += factor2 * x32;
                sum23 += factor2 * x33;
                sum30 += factor3 * x30;
                sum31 += factor3 * x31;
                sum32 += factor3 * x32;
                sum33 += factor3 * x33;
                i += 4;
                if (i < rows) {
                    x00 = values[part * 128 + i * 32 + localX];
                    x01 = values[part * 128 + i * 32 + localX + 8];
                    x02 = values[part * 128 + i * 32 + localX + 16];
                    x03 = values[part * 128 + i * 32 + localX + 24];
                    x10 = values[part * 128 + i * 32 + 32 + localX];
                    x11 = values[part * 128 + i * 32 + 32 + localX + 8];
                    x12 = values[part * 128 + i * 32 + 32 + localX + 16];
                    x13 = values[part * 128 + i * 32 + 32 + localX + 24];
                    x20 = values[part * 128 + i * 32 + 64 + localX];
                    x21 = values[part * 128 + i * 32 + 64 + localX + 8];
                    x22 = values[part * 128 + i * 32 + 64 + localX + 16];
                    x23 = values[part * 128 + i * 32 + 64 + localX + 24];
                    x30 = values[part * 128 + i * 32 + 96 + localX];
                    x31 = values[part * 128 + i * 32 + 96 + localX + 8];
                    x32 = values[part * 128 + i * 32 + 96 + localX + 16];
                    x33 = values[part * 128 + i * 32 + 96 + localX + 24];
                }
            }
            context.localBarrier();
        }
        int k = block * 32 + row * 4 + part * 1;
        context.localBarrier();
        int item = thread % 64;
        int own = part * 1024 + item;
        weights[own] = sum00;
        weights[own + 64] = sum01;
        weights[own + 128] = sum02;
        weights[own + 192] = sum03;
        weights[own + 256] = sum10;
        weights[own + 320] = sum11;
        weights[own + 384] = sum12;
        weights[own + 448] = sum13;
        weights[own + 512] = sum20;
        weights[own + 576] = sum21;
        weights[own + 640] = sum22;
        weights[own + 704] = sum23;
        weights[own + 768] = sum30;
        weights[own + 832] = sum31;
        weights[own + 896] = sum32;
        weights[own + 960] = sum33;
        context.localBarrier();
        int shared = part * 256 + item;
        float bias0 = bias.get(k);
        float all00 = bias0 + weights[shared] + weights[shared + 1024] + weights[shared + 2048]
                + weights[shared + 3072];
        float all01 = bias0 + weights[shared + 64] + weights[shared + 1088] + weights[shared + 2112]
                + weights[shared + 3136];
        float all02 = bias0 + weights[shared + 128] + weights[shared + 1152] + weights[shared
                + 2176] + weights[shared + 3200];
        float all03 = bias0 + weights[shared + 192] + weights[shared + 1216] + weights[shared
                + 2240] + weights[shared + 3264];
        k = block % groupBlocks * 32 + row * 4 + part * 1;
        int pixel0 = tile * 32 + localX;
        if (pixel0 <= last) {
            int out0 = (pixel0 / outPixels * outChannels + group * groupOut) * outPixels
                    + pixel0 % outPixels;
            if (k < groupOut) {
                output.set(out0 + k * outPixels, Activations.apply(all00, activation, slope));
            }
        }
        int pixel1 = tile * 32 + localX + 8;
        if (pixel1 <= last) {
            int out1 = (pixel1 / outPixels * outChannels + group * groupOut) * outPixels
                    + pixel1 % outPixels;
            if (k < groupOut) {
                output.set(out1 + k * outPixels, Activations.apply(all01, activation, slope));
            }
        }
        int pixel2 = tile * 32 + localX + 16;
        if (pixel2 <= last) {
            int out2 = (pixel2 / outPixels * outChannels + group * groupOut) * outPixels
                    + pixel2 % outPixels;
            if (k < groupOut) {
                output.set(out2 + k * outPixels, Activations.apply(all02, activation, slope));
            }
        }
        int pixel3 = tile * 32 + localX + 24;
        if (pixel3 <= last) {
            int out3 = (pixel3 / outPixels * outChannels + group * groupOut) * outPixels
                    + pixel3 % outPixels;
            if (k < groupOut) {
                output.set(out3 + k * outPixels, Activations.apply(all03, activation, slope));
            }
        }
    }
}
