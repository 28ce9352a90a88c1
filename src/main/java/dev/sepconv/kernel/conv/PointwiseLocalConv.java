package dev.sepconv.kernel.conv;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Pointwise (1x1) convolution at stride 1 for GPUs, as a matrix product in tiles: a work-group of
 * 16 by 16 work-items computes 64 output channels of 64 pixels, 4 by 4 each. It walks over the
 * channels 16 at a time, which all load to local memory together and then read from there, so that
 * each number that is loaded serves 64 sums. What is past the last channel is loaded as zero.
 *
 * <p>
 * Weight {@code [ceil(K/64), C, 64]}, bias {@code [64*ceil(K/64)]}. Called as plain Java it
 * computes next to nothing: the ids of a {@link KernelContext} are 0 there.
 */
public final class PointwiseLocalConv {

    private PointwiseLocalConv() {
    }

    /**
     * Input {@code [N, C, H, W]}, output {@code [N, K, H, W]}. Work-groups:
     * {@code [ceil(N*H*W/64), ceil(K/64)]}.
     */
    public static void nchw(KernelContext context, FloatArray input, FloatArray weight,
            FloatArray bias, FloatArray output, IntArray geometry, int activation, float slope) {
        int batch = geometry.get(Geometry.BATCH);
        int depth = geometry.get(Geometry.IN_CHANNELS);
        int outChannels = geometry.get(Geometry.OUT_CHANNELS);
        int outHeight = geometry.get(Geometry.OUT_HEIGHT);
        int outWidth = geometry.get(Geometry.OUT_WIDTH);
        int outPixels = outHeight * outWidth;
        int last = batch * outPixels - 1;
        int localX = context.localIdx;
        int localY = context.localIdy;
        int tile = context.groupIdx;
        int block = context.groupIdy;
        int thread = localY * 16 + localX;
        float[] weights = context.allocateFloatLocalArray(1024);
        float[] values = context.allocateFloatLocalArray(1024);
        int row = thread / 64;
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
        for (int q0 = 0; q0 < depth; q0 += 16) {
            int w = (block * depth + q0) * 64 + thread;
            weights[thread] = q0 + row < depth ? weight.get(w) : 0f;
            weights[thread + 256] = q0 + row + 4 < depth ? weight.get(w + 256) : 0f;
            weights[thread + 512] = q0 + row + 8 < depth ? weight.get(w + 512) : 0f;
            weights[thread + 768] = q0 + row + 12 < depth ? weight.get(w + 768) : 0f;
            values[thread] = q0 + row < depth ? input.get(firstValue + (q0 + row) * outPixels) : 0f;
            values[thread + 256] = q0 + row + 4 < depth
                    ? input.get(firstValue + (q0 + row + 4) * outPixels)
                    : 0f;
            values[thread + 512] = q0 + row + 8 < depth
                    ? input.get(firstValue + (q0 + row + 8) * outPixels)
                    : 0f;
            values[thread + 768] = q0 + row + 12 < depth
                    ? input.get(firstValue + (q0 + row + 12) * outPixels)
                    : 0f;
            context.localBarrier();
            for (int q = 0; q < 16; q++) {
                float w0 = weights[q * 64 + localY * 4];
                float w1 = weights[q * 64 + localY * 4 + 1];
                float w2 = weights[q * 64 + localY * 4 + 2];
                float w3 = weights[q * 64 + localY * 4 + 3];
                float x0 = values[q * 64 + localX];
                float x1 = values[q * 64 + localX + 16];
                float x2 = values[q * 64 + localX + 32];
                float x3 = values[q * 64 + localX + 48];
                sum00 += w0 * x0;
                sum01 += w0 * x1;
                sum02 += w0 * x2;
                sum03 += w0 * x3;
                sum10 += w1 * x0;
                sum11 += w1 * x1;
                sum12 += w1 * x2;
                sum13 += w1 * x3;
                sum20 += w2 * x0;
                sum21 += w2 * x1;
                sum22 += w2 * x2;
                sum23 += w2 * x3;
                sum30 += w3 * x0;
                sum31 += w3 * x1;
                sum32 += w3 * x2;
                sum33 += w3 * x3;
            }
            context.localBarrier();
        }
        int k0 = block * 64;
        int pixel0 = tile * 64 + localX;
        if (pixel0 <= last) {
            int out0 = (pixel0 / outPixels * outChannels) * outPixels + pixel0 % outPixels;
            if (k0 + localY * 4 < outChannels) {
                output.set(out0 + (k0 + localY * 4) * outPixels,
                        Activations.apply(sum00, activation, slope));
            }
            if (k0 + localY * 4 + 1 < outChannels) {
                output.set(out0 + (k0 + localY * 4 + 1) * outPixels,
                        Activations.apply(sum10, activation, slope));
            }
            if (k0 + localY * 4 + 2 < outChannels) {
                output.set(out0 + (k0 + localY * 4 + 2) * outPixels,
                        Activations.apply(sum20, activation, slope));
            }
            if (k0 + localY * 4 + 3 < outChannels) {
                output.set(out0 + (k0 + localY * 4 + 3) * outPixels,
                        Activations.apply(sum30, activation, slope));
            }
        }
        int pixel1 = tile * 64 + localX + 16;
        if (pixel1 <= last) {
            int out1 = (pixel1 / outPixels * outChannels) * outPixels + pixel1 % outPixels;
            if (k0 + localY * 4 < outChannels) {
                output.set(out1 + (k0 + localY * 4) * outPixels,
                        Activations.apply(sum01, activation, slope));
            }
            if (k0 + localY * 4 + 1 < outChannels) {
                output.set(out1 + (k0 + localY * 4 + 1) * outPixels,
                        Activations.apply(sum11, activation, slope));
            }
            if (k0 + localY * 4 + 2 < outChannels) {
                output.set(out1 + (k0 + localY * 4 + 2) * outPixels,
                        Activations.apply(sum21, activation, slope));
            }
            if (k0 + localY * 4 + 3 < outChannels) {
                output.set(out1 + (k0 + localY * 4 + 3) * outPixels,
                        Activations.apply(sum31, activation, slope));
            }
        }
        int pixel2 = tile * 64 + localX + 32;
        if (pixel2 <= last) {
            int out2 = (pixel2 / outPixels * outChannels) * outPixels + pixel2 % outPixels;
            if (k0 + localY * 4 < outChannels) {
                output.set(out2 + (k0 + localY * 4) * outPixels,
                        Activations.apply(sum02, activation, slope));
            }
            if (k0 + localY * 4 + 1 < outChannels) {
                output.set(out2 + (k0 + localY * 4 + 1) * outPixels,
                        Activations.apply(sum12, activation, slope));
            }
            if (k0 + localY * 4 + 2 < outChannels) {
                output.set(out2 + (k0 + localY * 4 + 2) * outPixels,
                        Activations.apply(sum22, activation, slope));
            }
            if (k0 + localY * 4 + 3 < outChannels) {
                output.set(out2 + (k0 + localY * 4 + 3) * outPixels,
                        Activations.apply(sum32, activation, slope));
            }
        }
        int pixel3 = tile * 64 + localX + 48;
        if (pixel3 <= last) {
            int out3 = (pixel3 / outPixels * outChannels) * outPixels + pixel3 % outPixels;
            if (k0 + localY * 4 < outChannels) {
                output.set(out3 + (k0 + localY * 4) * outPixels,
                        Activations.apply(sum03, activation, slope));
            }
            if (k0 + localY * 4 + 1 < outChannels) {
                output.set(out3 + (k0 + localY * 4 + 1) * outPixels,
                        Activations.apply(sum13, activation, slope));
            }
            if (k0 + localY * 4 + 2 < outChannels) {
                output.set(out3 + (k0 + localY * 4 + 2) * outPixels,
                        Activations.apply(sum23, activation, slope));
            }
            if (k0 + localY * 4 + 3 < outChannels) {
                output.set(out3 + (k0 + localY * 4 + 3) * outPixels,
                        Activations.apply(sum33, activation, slope));
            }
        }
    }

    /**
     * Input {@code [N, H, W, C]}, output {@code [N, H, W, K]}. Work-groups:
     * {@code [ceil(K/64), ceil(N*H*W/64)]}.
     */
    public static void nhwc(KernelContext context, FloatArray input, FloatArray weight,
            FloatArray bias, FloatArray output, IntArray geometry, int activation, float slope) {
        int batch = geometry.get(Geometry.BATCH);
        int depth = geometry.get(Geometry.IN_CHANNELS);
        int outChannels = geometry.get(Geometry.OUT_CHANNELS);
        int outHeight = geometry.get(Geometry.OUT_HEIGHT);
        int outWidth = geometry.get(Geometry.OUT_WIDTH);
        int last = batch * outHeight * outWidth - 1;
        int localX = context.localIdx;
        int localY = context.localIdy;
        int tile = context.groupIdy;
        int block = context.groupIdx;
        int thread = localY * 16 + localX;
        float[] weights = context.allocateFloatLocalArray(1024);
        // rows of 65: neighbours then lie in banks of their own
        float[] values = context.allocateFloatLocalArray(1040);
        int row = thread / 64;
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
        for (int q0 = 0; q0 < depth; q0 += 16) {
            int w = (block * depth + q0) * 64 + thread;
            weights[thread] = q0 + row < depth ? weight.get(w) : 0f;
            weights[thread + 256] = q0 + row + 4 < depth ? weight.get(w + 256) : 0f;
            weights[thread + 512] = q0 + row + 8 < depth ? weight.get(w + 512) : 0f;
            weights[thread + 768] = q0 + row + 12 < depth ? weight.get(w + 768) : 0f;
            values[localX * 65 + localY] = q0 + localX < depth ? input.get(load0 + q0) : 0f;
            values[localX * 65 + localY + 16] = q0 + localX < depth ? input.get(load1 + q0) : 0f;
            values[localX * 65 + localY + 32] = q0 + localX < depth ? input.get(load2 + q0) : 0f;
            values[localX * 65 + localY + 48] = q0 + localX < depth ? input.get(load3 + q0) : 0f;
            context.localBarrier();
            for (int q = 0; q < 16; q++) {
                float w0 = weights[q * 64 + localX];
                float w1 = weights[q * 64 + localX + 16];
                float w2 = weights[q * 64 + localX + 32];
                float w3 = weights[q * 64 + localX + 48];
                float x0 = values[q * 65 + localY * 4];
                float x1 = values[q * 65 + localY * 4 + 1];
                float x2 = values[q * 65 + localY * 4 + 2];
                float x3 = values[q * 65 + localY * 4 + 3];
                sum00 += w0 * x0;
                sum01 += w0 * x1;
                sum02 += w0 * x2;
                sum03 += w0 * x3;
                sum10 += w1 * x0;
                sum11 += w1 * x1;
                sum12 += w1 * x2;
                sum13 += w1 * x3;
                sum20 += w2 * x0;
                sum21 += w2 * x1;
                sum22 += w2 * x2;
                sum23 += w2 * x3;
                sum30 += w3 * x0;
                sum31 += w3 * x1;
                sum32 += w3 * x2;
                sum33 += w3 * x3;
            }
            context.localBarrier();
        }
        int k0 = block * 64;
        int pixel0 = tile * 64 + localY * 4;
        if (pixel0 <= last) {
            int out0 = pixel0 * outChannels;
            if (k0 + localX < outChannels) {
                output.set(out0 + k0 + localX, Activations.apply(sum00, activation, slope));
            }
            if (k0 + localX + 16 < outChannels) {
                output.set(out0 + k0 + localX + 16, Activations.apply(sum10, activation, slope));
            }
            if (k0 + localX + 32 < outChannels) {
                output.set(out0 + k0 + localX + 32, Activations.apply(sum20, activation, slope));
            }
            if (k0 + localX + 48 < outChannels) {
                output.set(out0 + k0 + localX + 48, Activations.apply(sum30, activation, slope));
            }
        }
        int pixel1 = tile * 64 + localY * 4 + 1;
        if (pixel1 <= last) {
            int out1 = pixel1 * outChannels;
            if (k0 + localX < outChannels) {
                output.set(out1 + k0 + localX, Activations.apply(sum01, activation, slope));
            }
            if (k0 + localX + 16 < outChannels) {
                output.set(out1 + k0 + localX + 16, Activations.apply(sum11, activation, slope));
            }
            if (k0 + localX + 32 < outChannels) {
                output.set(out1 + k0 + localX + 32, Activations.apply(sum21, activation, slope));
            }
            if (k0 + localX + 48 < outChannels) {
                output.set(out1 + k0 + localX + 48, Activations.apply(sum31, activation, slope));
            }
        }
        int pixel2 = tile * 64 + localY * 4 + 2;
        if (pixel2 <= last) {
            int out2 = pixel2 * outChannels;
            if (k0 + localX < outChannels) {
                output.set(out2 + k0 + localX, Activations.apply(sum02, activation, slope));
            }
            if (k0 + localX + 16 < outChannels) {
                output.set(out2 + k0 + localX + 16, Activations.apply(sum12, activation, slope));
            }
            if (k0 + localX + 32 < outChannels) {
                output.set(out2 + k0 + localX + 32, Activations.apply(sum22, activation, slope));
            }
            if (k0 + localX + 48 < outChannels) {
                output.set(out2 + k0 + localX + 48, Activations.apply(sum32, activation, slope));
            }
        }
        int pixel3 = tile * 64 + localY * 4 + 3;
        if (pixel3 <= last) {
            int out3 = pixel3 * outChannels;
            if (k0 + localX < outChannels) {
                output.set(out3 + k0 + localX, Activations.apply(sum03, activation, slope));
            }
            if (k0 + localX + 16 < outChannels) {
                output.set(out3 + k0 + localX + 16, Activations.apply(sum13, activation, slope));
            }
            if (k0 + localX + 32 < outChannels) {
                output.set(out3 + k0 + localX + 32, Activations.apply(sum23, activation, slope));
            }
            if (k0 + localX + 48 < outChannels) {
                output.set(out3 + k0 + localX + 48, Activations.apply(sum33, activation, slope));
            }
        }
    }
}
