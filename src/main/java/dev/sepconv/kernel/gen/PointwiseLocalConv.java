package dev.sepconv.kernel.gen;

// Written by LocalKernels: change it there, then mvn -q -Pgenerate validate.

import dev.sepconv.kernel.conv.Activations;
import dev.sepconv.kernel.conv.Geometry;
import dev.sepconv.kernel.conv.Tile;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Pointwise (1x1) convolution at stride 1 for GPUs, as a matrix product in tiles: a work-group of
 * 16 by 16 work-items computes a tile of pixels by output channels. It walks over the channels some
 * at a time, which all load to local memory together and then read from there, so that each number
 * that is loaded serves many sums. What is past the last channel is loaded as zero.
 *
 * <p>
 * Weight {@code [ceil(K/block), C, block]}, bias {@code [block*ceil(K/block)]} for blocks of as
 * many output channels as a tile has. Called as plain Java it computes next to nothing: the ids of
 * a {@link KernelContext} are 0 there.
 */
public final class PointwiseLocalConv {

    private PointwiseLocalConv() {
    }

    /**
     * 64 pixels by 64 output channels, 4 by 4 a work-item, 16 channels at a time.
     *
     * <p>
     * Input {@code [N, C, H, W]}, output {@code [N, K, H, W]}. Work-groups:
     * {@code [ceil(N*H*W/64), ceil(K/64)]}.
     */
    public static void nchw64x64x16(KernelContext context, FloatArray input, FloatArray weight,
            FloatArray bias, FloatArray output, IntArray geometry, int activation, float slope) {
        int batch = geometry.get(Geometry.BATCH);
        int outChannels = geometry.get(Geometry.OUT_CHANNELS);
        int outHeight = geometry.get(Geometry.OUT_HEIGHT);
        int outWidth = geometry.get(Geometry.OUT_WIDTH);
        int depth = geometry.get(Geometry.IN_CHANNELS);
        int outPixels = outHeight * outWidth;
        int last = batch * outPixels - 1;
        int localX = context.localIdx;
        int localY = context.localIdy;
        int tile = context.groupIdx;
        int block = context.groupIdy;
        int thread = localY * 16 + localX;
        float[] weights = context.allocateFloatLocalArray(1024);
        float[] values = context.allocateFloatLocalArray(1024);
        int weightRow = thread / 64;
        int valueRow = thread / 64;
        int load = Tile.min(tile * 64 + thread % 64, last);
        int firstValue = load / outPixels * depth * outPixels + load % outPixels;
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
            values[thread] = q0 < depth ? input.get(firstValue + q0 * outPixels) : 0f;
            int q1 = first + valueRow + 4;
            values[thread + 256] = q1 < depth ? input.get(firstValue + q1 * outPixels) : 0f;
            int q2 = first + valueRow + 8;
            values[thread + 512] = q2 < depth ? input.get(firstValue + q2 * outPixels) : 0f;
            int q3 = first + valueRow + 12;
            values[thread + 768] = q3 < depth ? input.get(firstValue + q3 * outPixels) : 0f;
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
        int k = block * 64 + localY * 4;
        int pixel0 = tile * 64 + localX;
        if (pixel0 <= last) {
            int out0 = pixel0 / outPixels * outChannels * outPixels + pixel0 % outPixels;
            if (k < outChannels) {
                output.set(out0 + k * outPixels, Activations.apply(sum00, activation, slope));
            }
            if (k + 1 < outChannels) {
                output.set(out0 + (k + 1) * outPixels, Activations.apply(sum10, activation, slope));
            }
            if (k + 2 < outChannels) {
                output.set(out0 + (k + 2) * outPixels, Activations.apply(sum20, activation, slope));
            }
            if (k + 3 < outChannels) {
                output.set(out0 + (k + 3) * outPixels, Activations.apply(sum30, activation, slope));
            }
        }
        int pixel1 = tile * 64 + localX + 16;
        if (pixel1 <= last) {
            int out1 = pixel1 / outPixels * outChannels * outPixels + pixel1 % outPixels;
            if (k < outChannels) {
                output.set(out1 + k * outPixels, Activations.apply(sum01, activation, slope));
            }
            if (k + 1 < outChannels) {
                output.set(out1 + (k + 1) * outPixels, Activations.apply(sum11, activation, slope));
            }
            if (k + 2 < outChannels) {
                output.set(out1 + (k + 2) * outPixels, Activations.apply(sum21, activation, slope));
            }
            if (k + 3 < outChannels) {
                output.set(out1 + (k + 3) * outPixels, Activations.apply(sum31, activation, slope));
            }
        }
        int pixel2 = tile * 64 + localX + 32;
        if (pixel2 <= last) {
            int out2 = pixel2 / outPixels * outChannels * outPixels + pixel2 % outPixels;
            if (k < outChannels) {
                output.set(out2 + k * outPixels, Activations.apply(sum02, activation, slope));
            }
            if (k + 1 < outChannels) {
                output.set(out2 + (k + 1) * outPixels, Activations.apply(sum12, activation, slope));
            }
            if (k + 2 < outChannels) {
                output.set(out2 + (k + 2) * outPixels, Activations.apply(sum22, activation, slope));
            }
            if (k + 3 < outChannels) {
                output.set(out2 + (k + 3) * outPixels, Activations.apply(sum32, activation, slope));
            }
        }
        int pixel3 = tile * 64 + localX + 48;
        if (pixel3 <= last) {
            int out3 = pixel3 / outPixels * outChannels * outPixels + pixel3 % outPixels;
            if (k < outChannels) {
                output.set(out3 + k * outPixels, Activations.apply(sum03, activation, slope));
            }
            if (k + 1 < outChannels) {
                output.set(out3 + (k + 1) * outPixels, Activations.apply(sum13, activation, slope));
            }
            if (k + 2 < outChannels) {
                output.set(out3 + (k + 2) * outPixels, Activations.apply(sum23, activation, slope));
            }
            if (k + 3 < outChannels) {
                output.set(out3 + (k + 3) * outPixels, Activations.apply(sum33, activation, slope));
            }
        }
    }

    /**
     * 64 pixels by 64 output channels, 4 by 4 a work-item, 16 channels at a time.
     *
     * <p>
     * Input {@code [N, H, W, C]}, output {@code [N, H, W, K]}. Work-groups:
     * {@code [ceil(K/64), ceil(N*H*W/64)]}.
     */
    public static void nhwc64x64x16(KernelContext context, FloatArray input, FloatArray weight,
            FloatArray bias, FloatArray output, IntArray geometry, int activation, float slope) {
        int batch = geometry.get(Geometry.BATCH);
        int outChannels = geometry.get(Geometry.OUT_CHANNELS);
        int outHeight = geometry.get(Geometry.OUT_HEIGHT);
        int outWidth = geometry.get(Geometry.OUT_WIDTH);
        int depth = geometry.get(Geometry.IN_CHANNELS);
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
        int weightRow = thread / 64;
        int load0 = Tile.min(tile * 64 + localY, last) * depth + localX;
        int load1 = Tile.min(tile * 64 + localY + 16, last) * depth + localX;
        int load2 = Tile.min(tile * 64 + localY + 32, last) * depth + localX;
        int load3 = Tile.min(tile * 64 + localY + 48, last) * depth + localX;
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
            values[localX * 65 + localY] = q < depth ? input.get(load0 + first) : 0f;
            values[localX * 65 + localY + 16] = q < depth ? input.get(load1 + first) : 0f;
            values[localX * 65 + localY + 32] = q < depth ? input.get(load2 + first) : 0f;
            values[localX * 65 + localY + 48] = q < depth ? input.get(load3 + first) : 0f;
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
        int k = block * 64 + localX;
        int pixel0 = tile * 64 + localY * 4;
        if (pixel0 <= last) {
            int out0 = pixel0 * outChannels;
            if (k < outChannels) {
                output.set(out0 + k, Activations.apply(sum00, activation, slope));
            }
            if (k + 16 < outChannels) {
                output.set(out0 + k + 16, Activations.apply(sum10, activation, slope));
            }
            if (k + 32 < outChannels) {
                output.set(out0 + k + 32, Activations.apply(sum20, activation, slope));
            }
            if (k + 48 < outChannels) {
                output.set(out0 + k + 48, Activations.apply(sum30, activation, slope));
            }
        }
        int pixel1 = tile * 64 + localY * 4 + 1;
        if (pixel1 <= last) {
            int out1 = pixel1 * outChannels;
            if (k < outChannels) {
                output.set(out1 + k, Activations.apply(sum01, activation, slope));
            }
            if (k + 16 < outChannels) {
                output.set(out1 + k + 16, Activations.apply(sum11, activation, slope));
            }
            if (k + 32 < outChannels) {
                output.set(out1 + k + 32, Activations.apply(sum21, activation, slope));
            }
            if (k + 48 < outChannels) {
                output.set(out1 + k + 48, Activations.apply(sum31, activation, slope));
            }
        }
        int pixel2 = tile * 64 + localY * 4 + 2;
        if (pixel2 <= last) {
            int out2 = pixel2 * outChannels;
            if (k < outChannels) {
                output.set(out2 + k, Activations.apply(sum02, activation, slope));
            }
            if (k + 16 < outChannels) {
                output.set(out2 + k + 16, Activations.apply(sum12, activation, slope));
            }
            if (k + 32 < outChannels) {
                output.set(out2 + k + 32, Activations.apply(sum22, activation, slope));
            }
            if (k + 48 < outChannels) {
                output.set(out2 + k + 48, Activations.apply(sum32, activation, slope));
            }
        }
        int pixel3 = tile * 64 + localY * 4 + 3;
        if (pixel3 <= last) {
            int out3 = pixel3 * outChannels;
            if (k < outChannels) {
                output.set(out3 + k, Activations.apply(sum03, activation, slope));
            }
            if (k + 16 < outChannels) {
                output.set(out3 + k + 16, Activations.apply(sum13, activation, slope));
            }
            if (k + 32 < outChannels) {
                output.set(out3 + k + 32, Activations.apply(sum23, activation, slope));
            }
            if (k + 48 < outChannels) {
                output.set(out3 + k + 48, Activations.apply(sum33, activation, slope));
            }
        }
    }
}
