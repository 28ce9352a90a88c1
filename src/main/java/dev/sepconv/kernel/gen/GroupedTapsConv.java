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
        int weightFirst = firstWeight + start * 32;
        float nextWeight0 = weight.get(weightFirst);
        float nextWeight1 = weight.get(weightFirst + 256);
        int tapFirst = start / groupIn;
        int downFirst = tapFirst / kernelWidth;
        int hFirst = top0 + downFirst * dilationHeight;
        int wFirst = left0 + (tapFirst - downFirst * kernelWidth) * dilationWidth;
        int inHFirst = Tile.inside(hFirst, inHeight);
        int inWFirst = Tile.inside(wFirst, inWidth);
        int padding0 = inHFirst - hFirst | inWFirst - wFirst;
        int atFirst = firstPlane0 + inHFirst * inWidth + inWFirst
                + (start - tapFirst * groupIn + valueRow) * plane;
        float nextValue0 = input.get(atFirst);
        float nextValue1 = input.get(atFirst + 8 * plane);
        for (int left = depth; left >= 16; left -= 16) {
            weights[thread] = nextWeight0;
            weights[thread + 256] = nextWeight1;
            values[thread] = padding0 == 0 ? nextValue0 : 0f;
            values[thread + 256] = padding0 == 0 ? nextValue1 : 0f;
            context.localBarrier();
            // what comes next is on its way from the device's memory while this is computed;
            // the last ones of several end with the last channel
            start = Tile.min(start + 16, depth - 16);
            int weightNext = firstWeight + start * 32;
            nextWeight0 = weight.get(weightNext);
            nextWeight1 = weight.get(weightNext + 256);
            int tap = start / groupIn;
            int down = tap / kernelWidth;
            int h = top0 + down * dilationHeight;
            int w = left0 + (tap - down * kernelWidth) * dilationWidth;
            int inH = Tile.inside(h, inHeight);
            int inW = Tile.inside(w, inWidth);
            padding0 = inH - h | inW - w;
            int at = firstPlane0 + inH * inWidth + inW + (start - tap * groupIn + valueRow) * plane;
            nextValue0 = input.get(at);
            nextValue1 = input.get(at + 8 * plane);
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
