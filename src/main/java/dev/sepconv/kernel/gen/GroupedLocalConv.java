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
    public static void nchw64x64x16(KernelContext context, FloatArray input, FloatArray weight,
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
        int weightRow = thread / 64;
        int valueRow = thread / 64;
        int load = Tile.min(tile * 64 + thread % 64, last);
        int firstPlane = (load / outPixels * inChannels + group * groupIn) * inHeight * inWidth;
        int top = load % outPixels / outWidth * strideHeight - padTop;
        int left = load % outWidth * strideWidth - padLeft;
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
        for (int first = 0; first < depth; first += 16) {
            int w = (block * depth + first) * 64 + thread;
            weights[thread] = first + weightRow < depth ? weight.get(w) : 0f;
            weights[thread + 256] = first + weightRow + 4 < depth ? weight.get(w + 256) : 0f;
            weights[thread + 512] = first + weightRow + 8 < depth ? weight.get(w + 512) : 0f;
            weights[thread + 768] = first + weightRow + 12 < depth ? weight.get(w + 768) : 0f;
            int q0 = first + valueRow;
            int h0 = top + q0 / groupIn / kernelWidth * dilationHeight;
            int w0 = left + q0 / groupIn % kernelWidth * dilationWidth;
            boolean inside0 = q0 < depth && h0 >= 0 && h0 < inHeight && w0 >= 0 && w0 < inWidth;
            values[thread] = inside0
                    ? input.get(firstPlane + (q0 % groupIn * inHeight + h0) * inWidth + w0) : 0f;
            int q1 = first + valueRow + 4;
            int h1 = top + q1 / groupIn / kernelWidth * dilationHeight;
            int w1 = left + q1 / groupIn % kernelWidth * dilationWidth;
            boolean inside1 = q1 < depth && h1 >= 0 && h1 < inHeight && w1 >= 0 && w1 < inWidth;
            values[thread + 256] = inside1
                    ? input.get(firstPlane + (q1 % groupIn * inHeight + h1) * inWidth + w1) : 0f;
            int q2 = first + valueRow + 8;
            int h2 = top + q2 / groupIn / kernelWidth * dilationHeight;
            int w2 = left + q2 / groupIn % kernelWidth * dilationWidth;
            boolean inside2 = q2 < depth && h2 >= 0 && h2 < inHeight && w2 >= 0 && w2 < inWidth;
            values[thread + 512] = inside2
                    ? input.get(firstPlane + (q2 % groupIn * inHeight + h2) * inWidth + w2) : 0f;
            int q3 = first + valueRow + 12;
            int h3 = top + q3 / groupIn / kernelWidth * dilationHeight;
            int w3 = left + q3 / groupIn % kernelWidth * dilationWidth;
            boolean inside3 = q3 < depth && h3 >= 0 && h3 < inHeight && w3 >= 0 && w3 < inWidth;
            values[thread + 768] = inside3
                    ? input.get(firstPlane + (q3 % groupIn * inHeight + h3) * inWidth + w3) : 0f;
            context.localBarrier();
            for (int i = 0; i < 16; i++) {
                float factor0 = weights[i * 64 + localY * 4];
                float factor1 = weights[i * 64 + localY * 4 + 1];
                float factor2 = weights[i * 64 + localY * 4 + 2];
                float factor3 = weights[i * 64 + localY * 4 + 3];
                float x0 = values[i * 64 + localX];
                float x1 = values[i * 64 + localX + 16];
                float x2 = values[i * 64 + localX + 32];
                float x3 = values[i * 64 + localX + 48];
                sum00 += factor0 * x0;
                sum01 += factor0 * x1;
                sum02 += factor0 * x2;
                sum03 += factor0 * x3;
                sum10 += factor1 * x0;
                sum11 += factor1 * x1;
                sum12 += factor1 * x2;
                sum13 += factor1 * x3;
                sum20 += factor2 * x0;
                sum21 += factor2 * x1;
                sum22 += factor2 * x2;
                sum23 += factor2 * x3;
                sum30 += factor3 * x0;
                sum31 += factor3 * x1;
                sum32 += factor3 * x2;
                sum33 += factor3 * x3;
            }
            context.localBarrier();
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
    public static void nhwc64x64x16(KernelContext context, FloatArray input, FloatArray weight,
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
        int weightRow = thread / 64;
        int load0 = Tile.min(tile * 64 + localY, last);
        int firstRow0 = load0 / outPixels * inHeight;
        int top0 = load0 % outPixels / outWidth * strideHeight - padTop;
        int left0 = load0 % outWidth * strideWidth - padLeft;
        int load1 = Tile.min(tile * 64 + localY + 16, last);
        int firstRow1 = load1 / outPixels * inHeight;
        int top1 = load1 % outPixels / outWidth * strideHeight - padTop;
        int left1 = load1 % outWidth * strideWidth - padLeft;
        int load2 = Tile.min(tile * 64 + localY + 32, last);
        int firstRow2 = load2 / outPixels * inHeight;
        int top2 = load2 % outPixels / outWidth * strideHeight - padTop;
        int left2 = load2 % outWidth * strideWidth - padLeft;
        int load3 = Tile.min(tile * 64 + localY + 48, last);
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
        for (int first = 0; first < depth; first += 16) {
            int w = (block * depth + first) * 64 + thread;
            weights[thread] = first + weightRow < depth ? weight.get(w) : 0f;
            weights[thread + 256] = first + weightRow + 4 < depth ? weight.get(w + 256) : 0f;
            weights[thread + 512] = first + weightRow + 8 < depth ? weight.get(w + 512) : 0f;
            weights[thread + 768] = first + weightRow + 12 < depth ? weight.get(w + 768) : 0f;
            int q = first + localX;
            int down = q / groupIn / kernelWidth * dilationHeight;
            int right = q / groupIn % kernelWidth * dilationWidth;
            int channel = group * groupIn + q % groupIn;
            int h0 = top0 + down;
            int w0 = left0 + right;
            boolean inside0 = q < depth && h0 >= 0 && h0 < inHeight && w0 >= 0 && w0 < inWidth;
            values[localX * 65 + localY] = inside0
                    ? input.get(((firstRow0 + h0) * inWidth + w0) * inChannels + channel) : 0f;
            int h1 = top1 + down;
            int w1 = left1 + right;
            boolean inside1 = q < depth && h1 >= 0 && h1 < inHeight && w1 >= 0 && w1 < inWidth;
            values[localX * 65 + localY + 16] = inside1
                    ? input.get(((firstRow1 + h1) * inWidth + w1) * inChannels + channel) : 0f;
            int h2 = top2 + down;
            int w2 = left2 + right;
            boolean inside2 = q < depth && h2 >= 0 && h2 < inHeight && w2 >= 0 && w2 < inWidth;
            values[localX * 65 + localY + 32] = inside2
                    ? input.get(((firstRow2 + h2) * inWidth + w2) * inChannels + channel) : 0f;
            int h3 = top3 + down;
            int w3 = left3 + right;
            boolean inside3 = q < depth && h3 >= 0 && h3 < inHeight && w3 >= 0 && w3 < inWidth;
            values[localX * 65 + localY + 48] = inside3
                    ? input.get(((firstRow3 + h3) * inWidth + w3) * inChannels + channel) : 0f;
            context.localBarrier();
            for (int i = 0; i < 16; i++) {
                float factor0 = weights[i * 64 + localX];
                float factor1 = weights[i * 64 + localX + 16];
                float factor2 = weights[i * 64 + localX + 32];
                float factor3 = weights[i * 64 + localX + 48];
                float x0 = values[i * 65 + localY * 4];
                float x1 = values[i * 65 + localY * 4 + 1];
                float x2 = values[i * 65 + localY * 4 + 2];
                float x3 = values[i * 65 + localY * 4 + 3];
                sum00 += factor0 * x0;
                sum01 += factor0 * x1;
                sum02 += factor0 * x2;
                sum03 += factor0 * x3;
                sum10 += factor1 * x0;
                sum11 += factor1 * x1;
                sum12 += factor1 * x2;
                sum13 += factor1 * x3;
                sum20 += factor2 * x0;
                sum21 += factor2 * x1;
                sum22 += factor2 * x2;
                sum23 += factor2 * x3;
                sum30 += factor3 * x0;
                sum31 += factor3 * x1;
                sum32 += factor3 * x2;
                sum33 += factor3 * x3;
            }
            context.localBarrier();
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
