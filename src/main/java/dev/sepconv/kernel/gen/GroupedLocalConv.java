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
public final class GroupedLocalConv {

    private GroupedLocalConv() {
    }

    /**
     * 64 pixels by 64 output channels, 4 by 4 a work-item, 16 channels at a time.
     *
     * <p>
     * Input {@code [N, C, H, W]}, output {@code [N, K, OH, OW]}. Work-groups:
     * {@code [ceil(N*OH*OW/64), G*ceil(K/G/64)]}.
     */
    public static void nchw64x64x16i4x4(KernelContext context, FloatArray input, FloatArray weight,
            FloatArray bias, FloatArray output, IntArray geometry, int activation, float slope) {
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
        int groupBlocks = (groupOut + 63) / 64;
        int depth = kernelHeight * kernelWidth * groupIn;
        int outPixels = outHeight * outWidth;
        int last = batch * outPixels - 1;
        int localX = context.localIdx;
        int localY = context.localIdy;
        int tile = context.groupIdx;
        int block = context.groupIdy;
        int thread = localY * 16 + localX;
        float[] weights = context.allocateFloatLocalArray(1024);
        float[] values = context.allocateFloatLocalArray(1024);
        int group = block / groupBlocks;
        int firstWeight = block * depth * 64 + thread;
        int valueRow = thread / 64;
        int load0 = Tile.min(tile * 64 + thread % 64, last);
        int firstPlane0 = (load0 / outPixels * inChannels + group * groupIn) * inHeight * inWidth;
        int top0 = load0 % outPixels / outWidth * strideHeight - padTop;
        int left0 = load0 % outWidth * strideWidth - padLeft;
        float bias0 = bias.get(block * 64 + localY * 4);
        float bias1 = bias.get(block * 64 + localY * 4 + 1);
        float bias2 = bias.get(block * 64 + localY * 4 + 2);
        float bias3 = bias.get(block * 64 + localY * 4 + 3);
        float sum00 = bias0;
        float sum01 = bias0;
        float sum02 = bias0;
        float sum03 = bias0;
        float sum10 = bias1;
        float sum11 = bias1;
        float sum12 = bias1;
        float sum13 = bias1;
        float sum20 = bias2;
        float sum21 = bias2;
        float sum22 = bias2;
        float sum23 = bias2;
        float sum30 = bias3;
        float sum31 = bias3;
        float sum32 = bias3;
        float sum33 = bias3;
        int start = 0;
        int rows = Tile.min(16, depth);
        int weightFirst = firstWeight + start * 64;
        float nextWeight0 = weight.get(weightFirst);
        float nextWeight1 = weight.get(weightFirst + 256);
        float nextWeight2 = weight.get(weightFirst + 512);
        float nextWeight3 = weight.get(weightFirst + 768);
        int q0First = start + valueRow;
        int down0First = q0First / groupIn / kernelWidth * dilationHeight;
        int right0First = q0First / groupIn % kernelWidth * dilationWidth;
        int plane0First = q0First % groupIn * inHeight;
        int h0First = top0 + down0First;
        int w0First = left0 + right0First;
        int inH0First = Tile.inside(h0First, inHeight);
        int inW0First = Tile.inside(w0First, inWidth);
        float nextValue0 = input.get(firstPlane0 + (plane0First + inH0First) * inWidth + inW0First);
        int padding0 = inH0First - h0First | inW0First - w0First;
        int q1First = start + valueRow + 4;
        int down1First = q1First / groupIn / kernelWidth * dilationHeight;
        int right1First = q1First / groupIn % kernelWidth * dilationWidth;
        int plane1First = q1First % groupIn * inHeight;
        int h1First = top0 + down1First;
        int w1First = left0 + right1First;
        int inH1First = Tile.inside(h1First, inHeight);
        int inW1First = Tile.inside(w1First, inWidth);
        float nextValue1 = input.get(firstPlane0 + (plane1First + inH1First) * inWidth + inW1First);
        int padding1 = inH1First - h1First | inW1First - w1First;
        int q2First = start + valueRow + 8;
        int down2First = q2First / groupIn / kernelWidth * dilationHeight;
        int right2First = q2First / groupIn % kernelWidth * dilationWidth;
        int plane2First = q2First % groupIn * inHeight;
        int h2First = top0 + down2First;
        int w2First = left0 + right2First;
        int inH2First = Tile.inside(h2First, inHeight);
        int inW2First = Tile.inside(w2First, inWidth);
        float nextValue2 = input.get(firstPlane0 + (plane2First + inH2First) * inWidth + inW2First);
        int padding2 = inH2First - h2First | inW2First - w2First;
        int q3First = start + valueRow + 12;
        int down3First = q3First / groupIn / kernelWidth * dilationHeight;
        int right3First = q3First / groupIn % kernelWidth * dilationWidth;
        int plane3First = q3First % groupIn * inHeight;
        int h3First = top0 + down3First;
        int w3First = left0 + right3First;
        int inH3First = Tile.inside(h3First, inHeight);
        int inW3First = Tile.inside(w3First, inWidth);
        float nextValue3 = input.get(firstPlane0 + (plane3First + inH3First) * inWidth + inW3First);
        int padding3 = inH3First - h3First | inW3First - w3First;
        for (int left = depth; left >= 16; left -= 16) {
            weights[thread] = nextWeight0;
            weights[thread + 256] = nextWeight1;
            weights[thread + 512] = nextWeight2;
            weights[thread + 768] = nextWeight3;
            values[thread] = padding0 == 0 ? nextValue0 : 0f;
            values[thread + 256] = padding1 == 0 ? nextValue1 : 0f;
            values[thread + 512] = padding2 == 0 ? nextValue2 : 0f;
            values[thread + 768] = padding3 == 0 ? nextValue3 : 0f;
            context.localBarrier();
            // what comes next is on its way from memory while this is computed;
            // the last ones of several end with the last channel
            start = Tile.min(start + 16, depth - 16);
            int weightNext = firstWeight + start * 64;
            nextWeight0 = weight.get(weightNext);
            nextWeight1 = weight.get(weightNext + 256);
            nextWeight2 = weight.get(weightNext + 512);
            nextWeight3 = weight.get(weightNext + 768);
            int q0 = start + valueRow;
            int down0 = q0 / groupIn / kernelWidth * dilationHeight;
            int right0 = q0 / groupIn % kernelWidth * dilationWidth;
            int plane0 = q0 % groupIn * inHeight;
            int h0 = top0 + down0;
            int w0 = left0 + right0;
            int inH0 = Tile.inside(h0, inHeight);
            int inW0 = Tile.inside(w0, inWidth);
            nextValue0 = input.get(firstPlane0 + (plane0 + inH0) * inWidth + inW0);
            padding0 = inH0 - h0 | inW0 - w0;
            int q1 = start + valueRow + 4;
            int down1 = q1 / groupIn / kernelWidth * dilationHeight;
            int right1 = q1 / groupIn % kernelWidth * dilationWidth;
            int plane1 = q1 % groupIn * inHeight;
            int h1 = top0 + down1;
            int w1 = left0 + right1;
            int inH1 = Tile.inside(h1, inHeight);
            int inW1 = Tile.inside(w1, inWidth);
            nextValue1 = input.get(firstPlane0 + (plane1 + inH1) * inWidth + inW1);
            padding1 = inH1 - h1 | inW1 - w1;
            int q2 = start + valueRow + 8;
            int down2 = q2 / groupIn / kernelWidth * dilationHeight;
            int right2 = q2 / groupIn % kernelWidth * dilationWidth;
            int plane2 = q2 % groupIn * inHeight;
            int h2 = top0 + down2;
            int w2 = left0 + right2;
            int inH2 = Tile.inside(h2, inHeight);
            int inW2 = Tile.inside(w2, inWidth);
            nextValue2 = input.get(firstPlane0 + (plane2 + inH2) * inWidth + inW2);
            padding2 = inH2 - h2 | inW2 - w2;
            int q3 = start + valueRow + 12;
            int down3 = q3 / groupIn / kernelWidth * dilationHeight;
            int right3 = q3 / groupIn % kernelWidth * dilationWidth;
            int plane3 = q3 % groupIn * inHeight;
            int h3 = top0 + down3;
            int w3 = left0 + right3;
            int inH3 = Tile.inside(h3, inHeight);
            int inW3 = Tile.inside(w3, inWidth);
            nextValue3 = input.get(firstPlane0 + (plane3 + inH3) * inWidth + inW3);
            padding3 = inH3 - h3 | inW3 - w3;
            int i = 0;
            float x00 = values[i * 64 + localX];
            float x01 = values[i * 64 + localX + 16];
            float x02 = values[i * 64 + localX + 32];
            float x03 = values[i * 64 + localX + 48];
            float x10 = values[i * 64 + 64 + localX];
            float x11 = values[i * 64 + 64 + localX + 16];
            float x12 = values[i * 64 + 64 + localX + 32];
            float x13 = values[i * 64 + 64 + localX + 48];
            while (i < rows) {
                float factor0 = weights[i * 64 + localY * 4];
                float factor1 = weights[i * 64 + localY * 4 + 1];
                float factor2 = weights[i * 64 + localY * 4 + 2];
                float factor3 = weights[i * 64 + localY * 4 + 3];
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
                factor0 = weights[i * 64 + 64 + localY * 4];
                factor1 = weights[i * 64 + 64 + localY * 4 + 1];
                factor2 = weights[i * 64 + 64 + localY * 4 + 2];
                factor3 = weights[i * 64 + 64 + localY * 4 + 3];
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
                i += 2;
                if (i < rows) {
                    x00 = values[i * 64 + localX];
                    x01 = values[i * 64 + localX + 16];
                    x02 = values[i * 64 + localX + 32];
                    x03 = values[i * 64 + localX + 48];
                    x10 = values[i * 64 + 64 + localX];
                    x11 = values[i * 64 + 64 + localX + 16];
                    x12 = values[i * 64 + 64 + localX + 32];
                    x13 = values[i * 64 + 64 + localX + 48];
                }
            }
            context.localBarrier();
        }
        weights[thread] = nextWeight0;
        weights[thread + 256] = nextWeight1;
        weights[thread + 512] = nextWeight2;
        weights[thread + 768] = nextWeight3;
        values[thread] = padding0 == 0 ? nextValue0 : 0f;
        values[thread + 256] = padding1 == 0 ? nextValue1 : 0f;
        values[thread + 512] = padding2 == 0 ? nextValue2 : 0f;
        values[thread + 768] = padding3 == 0 ? nextValue3 : 0f;
        context.localBarrier();
        int rest = depth % 16;
        for (int i = 16 - rest; i < 16; i++) {
            float factor0 = weights[i * 64 + localY * 4];
            float factor1 = weights[i * 64 + localY * 4 + 1];
            float factor2 = weights[i * 64 + localY * 4 + 2];
            float factor3 = weights[i * 64 + localY * 4 + 3];
            float x00 = values[i * 64 + localX];
            float x01 = values[i * 64 + localX + 16];
            float x02 = values[i * 64 + localX + 32];
            float x03 = values[i * 64 + localX + 48];
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
        }
        int k = block % groupBlocks * 64 + localY * 4;
        int pixel0 = tile * 64 + localX;
        if (pixel0 <= last) {
            int out0 = (pixel0 / outPixels * outChannels + group * groupOut) * outPixels
                    + pixel0 % outPixels;
            if (k < groupOut) {
                output.set(out0 + k * outPixels, Activations.apply(sum00, activation, slope));
            }
            if (k + 1 < groupOut) {
                output.set(out0 + (k + 1) * outPixels, Activations.apply(sum10, activation, slope));
            }
            if (k + 2 < groupOut) {
                output.set(out0 + (k + 2) * outPixels, Activations.apply(sum20, activation, slope));
            }
            if (k + 3 < groupOut) {
                output.set(out0 + (k + 3) * outPixels, Activations.apply(sum30, activation, slope));
            }
        }
        int pixel1 = tile * 64 + localX + 16;
        if (pixel1 <= last) {
            int out1 = (pixel1 / outPixels * outChannels + group * groupOut) * outPixels
                    + pixel1 % outPixels;
            if (k < groupOut) {
                output.set(out1 + k * outPixels, Activations.apply(sum01, activation, slope));
            }
            if (k + 1 < groupOut) {
                output.set(out1 + (k + 1) * outPixels, Activations.apply(sum11, activation, slope));
            }
            if (k + 2 < groupOut) {
                output.set(out1 + (k + 2) * outPixels, Activations.apply(sum21, activation, slope));
            }
            if (k + 3 < groupOut) {
                output.set(out1 + (k + 3) * outPixels, Activations.apply(sum31, activation, slope));
            }
        }
        int pixel2 = tile * 64 + localX + 32;
        if (pixel2 <= last) {
            int out2 = (pixel2 / outPixels * outChannels + group * groupOut) * outPixels
                    + pixel2 % outPixels;
            if (k < groupOut) {
                output.set(out2 + k * outPixels, Activations.apply(sum02, activation, slope));
            }
            if (k + 1 < groupOut) {
                output.set(out2 + (k + 1) * outPixels, Activations.apply(sum12, activation, slope));
            }
            if (k + 2 < groupOut) {
                output.set(out2 + (k + 2) * outPixels, Activations.apply(sum22, activation, slope));
            }
            if (k + 3 < groupOut) {
                output.set(out2 + (k + 3) * outPixels, Activations.apply(sum32, activation, slope));
            }
        }
        int pixel3 = tile * 64 + localX + 48;
        if (pixel3 <= last) {
            int out3 = (pixel3 / outPixels * outChannels + group * groupOut) * outPixels
                    + pixel3 % outPixels;
            if (k < groupOut) {
                output.set(out3 + k * outPixels, Activations.apply(sum03, activation, slope));
            }
            if (k + 1 < groupOut) {
                output.set(out3 + (k + 1) * outPixels, Activations.apply(sum13, activation, slope));
            }
            if (k + 2 < groupOut) {
                output.set(out3 + (k + 2) * outPixels, Activations.apply(sum23, activation, slope));
            }
            if (k + 3 < groupOut) {
                output.set(out3 + (k + 3) * outPixels, Activations.apply(sum33, activation, slope));
            }
        }
    }

    /**
     * 64 pixels by 64 output channels, 4 by 4 a work-item, 16 channels at a time.
     *
     * <p>
     * Input {@code [N, H, W, C]}, output {@code [N, OH, OW, K]}. Work-groups:
     * {@code [G*ceil(K/G/64), ceil(N*OH*OW/64)]}.
     */
    public static void nhwc64x64x16i4x4(KernelContext context, FloatArray input, FloatArray weight,
            FloatArray bias, FloatArray output, IntArray geometry, int activation, float slope) {
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
        int groupBlocks = (groupOut + 63) / 64;
        int depth = kernelHeight * kernelWidth * groupIn;
        int outPixels = outHeight * outWidth;
        int last = batch * outPixels - 1;
        int localX = context.localIdx;
        int localY = context.localIdy;
        int tile = context.groupIdy;
        int block = context.groupIdx;
        int thread = localY * 16 + localX;
        float[] weights = context.allocateFloatLocalArray(1024);
        // rows of 65: neighbours then lie in banks of their own
        float[] values = context.allocateFloatLocalArray(1040);
        int group = block / groupBlocks;
        int firstWeight = block * depth * 64 + thread;
        int loadRow = thread % 16;
        int load0 = Tile.min(tile * 64 + thread / 16, last);
        int firstRow0 = load0 / outPixels * inHeight;
        int top0 = load0 % outPixels / outWidth * strideHeight - padTop;
        int left0 = load0 % outWidth * strideWidth - padLeft;
        int load1 = Tile.min(tile * 64 + thread / 16 + 16, last);
        int firstRow1 = load1 / outPixels * inHeight;
        int top1 = load1 % outPixels / outWidth * strideHeight - padTop;
        int left1 = load1 % outWidth * strideWidth - padLeft;
        int load2 = Tile.min(tile * 64 + thread / 16 + 32, last);
        int firstRow2 = load2 / outPixels * inHeight;
        int top2 = load2 % outPixels / outWidth * strideHeight - padTop;
        int left2 = load2 % outWidth * strideWidth - padLeft;
        int load3 = Tile.min(tile * 64 + thread / 16 + 48, last);
        int firstRow3 = load3 / outPixels * inHeight;
        int top3 = load3 % outPixels / outWidth * strideHeight - padTop;
        int left3 = load3 % outWidth * strideWidth - padLeft;
        float bias0 = bias.get(block * 64 + localX);
        float bias1 = bias.get(block * 64 + localX + 16);
        float bias2 = bias.get(block * 64 + localX + 32);
        float bias3 = bias.get(block * 64 + localX + 48);
        float sum00 = bias0;
        float sum01 = bias0;
        float sum02 = bias0;
        float sum03 = bias0;
        float sum10 = bias1;
        float sum11 = bias1;
        float sum12 = bias1;
        float sum13 = bias1;
        float sum20 = bias2;
        float sum21 = bias2;
        float sum22 = bias2;
        float sum23 = bias2;
        float sum30 = bias3;
        float sum31 = bias3;
        float sum32 = bias3;
        float sum33 = bias3;
        int start = 0;
        int rows = Tile.min(16, depth);
        int weightFirst = firstWeight + start * 64;
        float nextWeight0 = weight.get(weightFirst);
        float nextWeight1 = weight.get(weightFirst + 256);
        float nextWeight2 = weight.get(weightFirst + 512);
        float nextWeight3 = weight.get(weightFirst + 768);
        int qFirst = start + loadRow;
        int downFirst = qFirst / groupIn / kernelWidth * dilationHeight;
        int rightFirst = qFirst / groupIn % kernelWidth * dilationWidth;
        int channelFirst = group * groupIn + qFirst % groupIn;
        int h0First = top0 + downFirst;
        int w0First = left0 + rightFirst;
        int inH0First = Tile.inside(h0First, inHeight);
        int inW0First = Tile.inside(w0First, inWidth);
        float nextValue0 = input.get(((firstRow0 + inH0First) * inWidth + inW0First) * inChannels
                + channelFirst);
        int padding0 = inH0First - h0First | inW0First - w0First;
        int h1First = top1 + downFirst;
        int w1First = left1 + rightFirst;
        int inH1First = Tile.inside(h1First, inHeight);
        int inW1First = Tile.inside(w1First, inWidth);
        float nextValue1 = input.get(((firstRow1 + inH1First) * inWidth + inW1First) * inChannels
                + channelFirst);
        int padding1 = inH1First - h1First | inW1First - w1First;
        int h2First = top2 + downFirst;
        int w2First = left2 + rightFirst;
        int inH2First = Tile.inside(h2First, inHeight);
        int inW2First = Tile.inside(w2First, inWidth);
        float nextValue2 = input.get(((firstRow2 + inH2First) * inWidth + inW2First) * inChannels
                + channelFirst);
        int padding2 = inH2First - h2First | inW2First - w2First;
        int h3First = top3 + downFirst;
        int w3First = left3 + rightFirst;
        int inH3First = Tile.inside(h3First, inHeight);
        int inW3First = Tile.inside(w3First, inWidth);
        float nextValue3 = input.get(((firstRow3 + inH3First) * inWidth + inW3First) * inChannels
                + channelFirst);
        int padding3 = inH3First - h3First | inW3First - w3First;
        for (int left = depth; left >= 16; left -= 16) {
            weights[thread] = nextWeight0;
            weights[thread + 256] = nextWeight1;
            weights[thread + 512] = nextWeight2;
            weights[thread + 768] = nextWeight3;
            values[loadRow * 65 + thread / 16] = padding0 == 0 ? nextValue0 : 0f;
            values[loadRow * 65 + thread / 16 + 16] = padding1 == 0 ? nextValue1 : 0f;
            values[loadRow * 65 + thread / 16 + 32] = padding2 == 0 ? nextValue2 : 0f;
            values[loadRow * 65 + thread / 16 + 48] = padding3 == 0 ? nextValue3 : 0f;
            context.localBarrier();
            // what comes next is on its way from memory while this is computed;
            // the last ones of several end with the last channel
            start = Tile.min(start + 16, depth - 16);
            int weightNext = firstWeight + start * 64;
            nextWeight0 = weight.get(weightNext);
            nextWeight1 = weight.get(weightNext + 256);
            nextWeight2 = weight.get(weightNext + 512);
            nextWeight3 = weight.get(weightNext + 768);
            int q = start + loadRow;
            int down = q / groupIn / kernelWidth * dilationHeight;
            int right = q / groupIn % kernelWidth * dilationWidth;
            int channel = group * groupIn + q % groupIn;
            int h0 = top0 + down;
            int w0 = left0 + right;
            int inH0 = Tile.inside(h0, inHeight);
            int inW0 = Tile.inside(w0, inWidth);
            nextValue0 = input.get(((firstRow0 + inH0) * inWidth + inW0) * inChannels + channel);
            padding0 = inH0 - h0 | inW0 - w0;
            int h1 = top1 + down;
            int w1 = left1 + right;
            int inH1 = Tile.inside(h1, inHeight);
            int inW1 = Tile.inside(w1, inWidth);
            nextValue1 = input.get(((firstRow1 + inH1) * inWidth + inW1) * inChannels + channel);
            padding1 = inH1 - h1 | inW1 - w1;
            int h2 = top2 + down;
            int w2 = left2 + right;
            int inH2 = Tile.inside(h2, inHeight);
            int inW2 = Tile.inside(w2, inWidth);
            nextValue2 = input.get(((firstRow2 + inH2) * inWidth + inW2) * inChannels + channel);
            padding2 = inH2 - h2 | inW2 - w2;
            int h3 = top3 + down;
            int w3 = left3 + right;
            int inH3 = Tile.inside(h3, inHeight);
            int inW3 = Tile.inside(w3, inWidth);
            nextValue3 = input.get(((firstRow3 + inH3) * inWidth + inW3) * inChannels + channel);
            padding3 = inH3 - h3 | inW3 - w3;
            int i = 0;
            float x00 = values[i * 65 + localY * 4];
            float x01 = values[i * 65 + localY * 4 + 1];
            float x02 = values[i * 65 + localY * 4 + 2];
            float x03 = values[i * 65 + localY * 4 + 3];
            float x10 = values[i * 65 + 65 + localY * 4];
            float x11 = values[i * 65 + 65 + localY * 4 + 1];
            float x12 = values[i * 65 + 65 + localY * 4 + 2];
            float x13 = values[i * 65 + 65 + localY * 4 + 3];
            while (i < rows) {
                float factor0 = weights[i * 64 + localX];
                float factor1 = weights[i * 64 + localX + 16];
                float factor2 = weights[i * 64 + localX + 32];
                float factor3 = weights[i * 64 + localX + 48];
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
                factor0 = weights[i * 64 + 64 + localX];
                factor1 = weights[i * 64 + 64 + localX + 16];
                factor2 = weights[i * 64 + 64 + localX + 32];
                factor3 = weights[i * 64 + 64 + localX + 48];
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
                i += 2;
                if (i < rows) {
                    x00 = values[i * 65 + localY * 4];
                    x01 = values[i * 65 + localY * 4 + 1];
                    x02 = values[i * 65 + localY * 4 + 2];
                    x03 = values[i * 65 + localY * 4 + 3];
                    x10 = values[i * 65 + 65 + localY * 4];
                    x11 = values[i * 65 + 65 + localY * 4 + 1];
                    x12 = values[i * 65 + 65 + localY * 4 + 2];
                    x13 = values[i * 65 + 65 + localY * 4 + 3];
                }
            }
            context.localBarrier();
        }
        weights[thread] = nextWeight0;
        weights[thread + 256] = nextWeight1;
        weights[thread + 512] = nextWeight2;
        weights[thread + 768] = nextWeight3;
        values[loadRow * 65 + thread / 16] = padding0 == 0 ? nextValue0 : 0f;
        values[loadRow * 65 + thread / 16 + 16] = padding1 == 0 ? nextValue1 : 0f;
        values[loadRow * 65 + thread / 16 + 32] = padding2 == 0 ? nextValue2 : 0f;
        values[loadRow * 65 + thread / 16 + 48] = padding3 == 0 ? nextValue3 : 0f;
        context.localBarrier();
        int rest = depth % 16;
        for (int i = 16 - rest; i < 16; i++) {
            float factor0 = weights[i * 64 + localX];
            float factor1 = weights[i * 64 + localX + 16];
            float factor2 = weights[i * 64 + localX + 32];
            float factor3 = weights[i * 64 + localX + 48];
            float x00 = values[i * 65 + localY * 4];
            float x01 = values[i * 65 + localY * 4 + 1];
            float x02 = values[i * 65 + localY * 4 + 2];
            float x03 = values[i * 65 + localY * 4 + 3];
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
        }
        int k = block % groupBlocks * 64 + localX;
        int pixel0 = tile * 64 + localY * 4;
        if (pixel0 <= last) {
            int out0 = pixel0 * outChannels + group * groupOut;
            if (k < groupOut) {
                output.set(out0 + k, Activations.apply(sum00, activation, slope));
            }
            if (k + 16 < groupOut) {
                output.set(out0 + k + 16, Activations.apply(sum10, activation, slope));
            }
            if (k + 32 < groupOut) {
                output.set(out0 + k + 32, Activations.apply(sum20, activation, slope));
            }
            if (k + 48 < groupOut) {
                output.set(out0 + k + 48, Activations.apply(sum30, activation, slope));
            }
        }
        int pixel1 = tile * 64 + localY * 4 + 1;
        if (pixel1 <= last) {
            int out1 = pixel1 * outChannels + group * groupOut;
            if (k < groupOut) {
                output.set(out1 + k, Activations.apply(sum01, activation, slope));
            }
            if (k + 16 < groupOut) {
                output.set(out1 + k + 16, Activations.apply(sum11, activation, slope));
            }
            if (k + 32 < groupOut) {
                output.set(out1 + k + 32, Activations.apply(sum21, activation, slope));
            }
            if (k + 48 < groupOut) {
                output.set(out1 + k + 48, Activations.apply(sum31, activation, slope));
            }
        }
        int pixel2 = tile * 64 + localY * 4 + 2;
        if (pixel2 <= last) {
            int out2 = pixel2 * outChannels + group * groupOut;
            if (k < groupOut) {
                output.set(out2 + k, Activations.apply(sum02, activation, slope));
            }
            if (k + 16 < groupOut) {
                output.set(out2 + k + 16, Activations.apply(sum12, activation, slope));
            }
            if (k + 32 < groupOut) {
                output.set(out2 + k + 32, Activations.apply(sum22, activation, slope));
            }
            if (k + 48 < groupOut) {
                output.set(out2 + k + 48, Activations.apply(sum32, activation, slope));
            }
        }
        int pixel3 = tile * 64 + localY * 4 + 3;
        if (pixel3 <= last) {
            int out3 = pixel3 * outChannels + group * groupOut;
            if (k < groupOut) {
                output.set(out3 + k, Activations.apply(sum03, activation, slope));
            }
            if (k + 16 < groupOut) {
                output.set(out3 + k + 16, Activations.apply(sum13, activation, slope));
            }
            if (k + 32 < groupOut) {
                output.set(out3 + k + 32, Activations.apply(sum23, activation, slope));
            }
            if (k + 48 < groupOut) {
                output.set(out3 + k + 48, Activations.apply(sum33, activation, slope));
            }
        }
    }
}
