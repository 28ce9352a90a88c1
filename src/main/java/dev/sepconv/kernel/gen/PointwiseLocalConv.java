package dev.sepconv.kernel.gen;

// Written by LocalKernels: change it there, then mvn -q -Pgenerate validate.

import dev.sepconv.kernel.conv.Activations;
import dev.sepconv.kernel.conv.Geometry;
import dev.sepconv.kernel.conv.Tile;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Pointwise (1x1) convolution at stride 1 for GPUs, as a matrix product in tiles: a work-group
 * computes a tile of pixels by output channels. It walks over the channels some at a time, which
 * all load to local memory together and then read from there, so that each number that is loaded
 * serves many sums. What is past the last channel is loaded as zero.
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
    public static void nchw64x64x16i4x4(KernelContext context, FloatArray input, FloatArray weight,
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
        float[] weights = context.allocateFloatLocalArray(1088);
        float[] values = context.allocateFloatLocalArray(1088);
        int weightRow = thread / 64;
        int firstWeight = block * depth * 64 + thread % 64;
        int valueRow = thread / 64;
        int load0 = Tile.min(tile * 64 + thread % 64, last);
        int firstValue0 = load0 / outPixels * depth * outPixels + load0 % outPixels;
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
        int row0First = weightRow;
        float nextWeight0 = weight.get(firstWeight + Tile.min(row0First, depth - 1) * 64);
        int row1First = weightRow + 4;
        float nextWeight1 = weight.get(firstWeight + Tile.min(row1First, depth - 1) * 64);
        int row2First = weightRow + 8;
        float nextWeight2 = weight.get(firstWeight + Tile.min(row2First, depth - 1) * 64);
        int row3First = weightRow + 12;
        float nextWeight3 = weight.get(firstWeight + Tile.min(row3First, depth - 1) * 64);
        int q0First = valueRow;
        float nextValue0 = input.get(firstValue0 + Tile.min(q0First, depth - 1) * outPixels);
        int q1First = valueRow + 4;
        float nextValue1 = input.get(firstValue0 + Tile.min(q1First, depth - 1) * outPixels);
        int q2First = valueRow + 8;
        float nextValue2 = input.get(firstValue0 + Tile.min(q2First, depth - 1) * outPixels);
        int q3First = valueRow + 12;
        float nextValue3 = input.get(firstValue0 + Tile.min(q3First, depth - 1) * outPixels);
        for (int first = 0; first < depth; first += 16) {
            weights[thread] = nextWeight0;
            weights[thread + 256] = nextWeight1;
            weights[thread + 512] = nextWeight2;
            weights[thread + 768] = nextWeight3;
            values[thread] = nextValue0;
            values[thread + 256] = nextValue1;
            values[thread + 512] = nextValue2;
            values[thread + 768] = nextValue3;
            context.localBarrier();
            int next = first + 16;
            int row0 = next + weightRow;
            nextWeight0 = weight.get(firstWeight + Tile.min(row0, depth - 1) * 64);
            int row1 = next + weightRow + 4;
            nextWeight1 = weight.get(firstWeight + Tile.min(row1, depth - 1) * 64);
            int row2 = next + weightRow + 8;
            nextWeight2 = weight.get(firstWeight + Tile.min(row2, depth - 1) * 64);
            int row3 = next + weightRow + 12;
            nextWeight3 = weight.get(firstWeight + Tile.min(row3, depth - 1) * 64);
            int q0 = next + valueRow;
            nextValue0 = input.get(firstValue0 + Tile.min(q0, depth - 1) * outPixels);
            int q1 = next + valueRow + 4;
            nextValue1 = input.get(firstValue0 + Tile.min(q1, depth - 1) * outPixels);
            int q2 = next + valueRow + 8;
            nextValue2 = input.get(firstValue0 + Tile.min(q2, depth - 1) * outPixels);
            int q3 = next + valueRow + 12;
            nextValue3 = input.get(firstValue0 + Tile.min(q3, depth - 1) * outPixels);
            int rows = Tile.min(16, depth - first);
            float factor0 = weights[localY * 4];
            float factor1 = weights[localY * 4 + 1];
            float factor2 = weights[localY * 4 + 2];
            float factor3 = weights[localY * 4 + 3];
            float x0 = values[localX];
            float x1 = values[localX + 16];
            float x2 = values[localX + 32];
            float x3 = values[localX + 48];
            for (int i = 1; i <= rows; i++) {
                float factorNext0 = weights[i * 64 + localY * 4];
                float factorNext1 = weights[i * 64 + localY * 4 + 1];
                float factorNext2 = weights[i * 64 + localY * 4 + 2];
                float factorNext3 = weights[i * 64 + localY * 4 + 3];
                float xNext0 = values[i * 64 + localX];
                float xNext1 = values[i * 64 + localX + 16];
                float xNext2 = values[i * 64 + localX + 32];
                float xNext3 = values[i * 64 + localX + 48];
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
                factor0 = factorNext0;
                factor1 = factorNext1;
                factor2 = factorNext2;
                factor3 = factorNext3;
                x0 = xNext0;
                x1 = xNext1;
                x2 = xNext2;
                x3 = xNext3;
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
    public static void nhwc64x64x16i4x4(KernelContext context, FloatArray input, FloatArray weight,
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
        float[] weights = context.allocateFloatLocalArray(1088);
        // rows of 65: neighbours then lie in banks of their own
        float[] values = context.allocateFloatLocalArray(1105);
        int weightRow = thread / 64;
        int firstWeight = block * depth * 64 + thread % 64;
        int loadRow = thread % 16;
        int load0 = Tile.min(tile * 64 + thread / 16, last) * depth;
        int load1 = Tile.min(tile * 64 + thread / 16 + 16, last) * depth;
        int load2 = Tile.min(tile * 64 + thread / 16 + 32, last) * depth;
        int load3 = Tile.min(tile * 64 + thread / 16 + 48, last) * depth;
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
        int row0First = weightRow;
        float nextWeight0 = weight.get(firstWeight + Tile.min(row0First, depth - 1) * 64);
        int row1First = weightRow + 4;
        float nextWeight1 = weight.get(firstWeight + Tile.min(row1First, depth - 1) * 64);
        int row2First = weightRow + 8;
        float nextWeight2 = weight.get(firstWeight + Tile.min(row2First, depth - 1) * 64);
        int row3First = weightRow + 12;
        float nextWeight3 = weight.get(firstWeight + Tile.min(row3First, depth - 1) * 64);
        int qFirst = loadRow;
        float nextValue0 = input.get(load0 + Tile.min(qFirst, depth - 1));
        float nextValue1 = input.get(load1 + Tile.min(qFirst, depth - 1));
        float nextValue2 = input.get(load2 + Tile.min(qFirst, depth - 1));
        float nextValue3 = input.get(load3 + Tile.min(qFirst, depth - 1));
        for (int first = 0; first < depth; first += 16) {
            weights[thread] = nextWeight0;
            weights[thread + 256] = nextWeight1;
            weights[thread + 512] = nextWeight2;
            weights[thread + 768] = nextWeight3;
            values[loadRow * 65 + thread / 16] = nextValue0;
            values[loadRow * 65 + thread / 16 + 16] = nextValue1;
            values[loadRow * 65 + thread / 16 + 32] = nextValue2;
            values[loadRow * 65 + thread / 16 + 48] = nextValue3;
            context.localBarrier();
            int next = first + 16;
            int row0 = next + weightRow;
            nextWeight0 = weight.get(firstWeight + Tile.min(row0, depth - 1) * 64);
            int row1 = next + weightRow + 4;
            nextWeight1 = weight.get(firstWeight + Tile.min(row1, depth - 1) * 64);
            int row2 = next + weightRow + 8;
            nextWeight2 = weight.get(firstWeight + Tile.min(row2, depth - 1) * 64);
            int row3 = next + weightRow + 12;
            nextWeight3 = weight.get(firstWeight + Tile.min(row3, depth - 1) * 64);
            int q = next + loadRow;
            nextValue0 = input.get(load0 + Tile.min(q, depth - 1));
            nextValue1 = input.get(load1 + Tile.min(q, depth - 1));
            nextValue2 = input.get(load2 + Tile.min(q, depth - 1));
            nextValue3 = input.get(load3 + Tile.min(q, depth - 1));
            int rows = Tile.min(16, depth - first);
            float factor0 = weights[localX];
            float factor1 = weights[localX + 16];
            float factor2 = weights[localX + 32];
            float factor3 = weights[localX + 48];
            float x0 = values[localY * 4];
            float x1 = values[localY * 4 + 1];
            float x2 = values[localY * 4 + 2];
            float x3 = values[localY * 4 + 3];
            for (int i = 1; i <= rows; i++) {
                float factorNext0 = weights[i * 64 + localX];
                float factorNext1 = weights[i * 64 + localX + 16];
                float factorNext2 = weights[i * 64 + localX + 32];
                float factorNext3 = weights[i * 64 + localX + 48];
                float xNext0 = values[i * 65 + localY * 4];
                float xNext1 = values[i * 65 + localY * 4 + 1];
                float xNext2 = values[i * 65 + localY * 4 + 2];
                float xNext3 = values[i * 65 + localY * 4 + 3];
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
                factor0 = factorNext0;
                factor1 = factorNext1;
                factor2 = factorNext2;
                factor3 = factorNext3;
                x0 = xNext0;
                x1 = xNext1;
                x2 = xNext2;
                x3 = xNext3;
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

    /**
     * 64 pixels by 64 output channels, 8 by 4 a work-item, 16 channels at a time.
     *
     * <p>
     * Input {@code [N, C, H, W]}, output {@code [N, K, H, W]}. Work-groups:
     * {@code [ceil(N*H*W/64), ceil(K/64)]}.
     */
    public static void nchw64x64x16i8x4(KernelContext context, FloatArray input, FloatArray weight,
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
        int thread = localY * 8 + localX;
        float[] weights = context.allocateFloatLocalArray(1088);
        float[] values = context.allocateFloatLocalArray(1088);
        int weightRow = thread / 64;
        int firstWeight = block * depth * 64 + thread % 64;
        int valueRow = thread / 64;
        int load0 = Tile.min(tile * 64 + thread % 64, last);
        int firstValue0 = load0 / outPixels * depth * outPixels + load0 % outPixels;
        float bias0 = bias.get(block * 64 + localY * 4);
        float bias1 = bias.get(block * 64 + localY * 4 + 1);
        float bias2 = bias.get(block * 64 + localY * 4 + 2);
        float bias3 = bias.get(block * 64 + localY * 4 + 3);
        float sum00 = bias0;
        float sum01 = bias0;
        float sum02 = bias0;
        float sum03 = bias0;
        float sum04 = bias0;
        float sum05 = bias0;
        float sum06 = bias0;
        float sum07 = bias0;
        float sum10 = bias1;
        float sum11 = bias1;
        float sum12 = bias1;
        float sum13 = bias1;
        float sum14 = bias1;
        float sum15 = bias1;
        float sum16 = bias1;
        float sum17 = bias1;
        float sum20 = bias2;
        float sum21 = bias2;
        float sum22 = bias2;
        float sum23 = bias2;
        float sum24 = bias2;
        float sum25 = bias2;
        float sum26 = bias2;
        float sum27 = bias2;
        float sum30 = bias3;
        float sum31 = bias3;
        float sum32 = bias3;
        float sum33 = bias3;
        float sum34 = bias3;
        float sum35 = bias3;
        float sum36 = bias3;
        float sum37 = bias3;
        int row0First = weightRow;
        float nextWeight0 = weight.get(firstWeight + Tile.min(row0First, depth - 1) * 64);
        int row1First = weightRow + 2;
        float nextWeight1 = weight.get(firstWeight + Tile.min(row1First, depth - 1) * 64);
        int row2First = weightRow + 4;
        float nextWeight2 = weight.get(firstWeight + Tile.min(row2First, depth - 1) * 64);
        int row3First = weightRow + 6;
        float nextWeight3 = weight.get(firstWeight + Tile.min(row3First, depth - 1) * 64);
        int row4First = weightRow + 8;
        float nextWeight4 = weight.get(firstWeight + Tile.min(row4First, depth - 1) * 64);
        int row5First = weightRow + 10;
        float nextWeight5 = weight.get(firstWeight + Tile.min(row5First, depth - 1) * 64);
        int row6First = weightRow + 12;
        float nextWeight6 = weight.get(firstWeight + Tile.min(row6First, depth - 1) * 64);
        int row7First = weightRow + 14;
        float nextWeight7 = weight.get(firstWeight + Tile.min(row7First, depth - 1) * 64);
        int q0First = valueRow;
        float nextValue0 = input.get(firstValue0 + Tile.min(q0First, depth - 1) * outPixels);
        int q1First = valueRow + 2;
        float nextValue1 = input.get(firstValue0 + Tile.min(q1First, depth - 1) * outPixels);
        int q2First = valueRow + 4;
        float nextValue2 = input.get(firstValue0 + Tile.min(q2First, depth - 1) * outPixels);
        int q3First = valueRow + 6;
        float nextValue3 = input.get(firstValue0 + Tile.min(q3First, depth - 1) * outPixels);
        int q4First = valueRow + 8;
        float nextValue4 = input.get(firstValue0 + Tile.min(q4First, depth - 1) * outPixels);
        int q5First = valueRow + 10;
        float nextValue5 = input.get(firstValue0 + Tile.min(q5First, depth - 1) * outPixels);
        int q6First = valueRow + 12;
        float nextValue6 = input.get(firstValue0 + Tile.min(q6First, depth - 1) * outPixels);
        int q7First = valueRow + 14;
        float nextValue7 = input.get(firstValue0 + Tile.min(q7First, depth - 1) * outPixels);
        for (int first = 0; first < depth; first += 16) {
            weights[thread] = nextWeight0;
            weights[thread + 128] = nextWeight1;
            weights[thread + 256] = nextWeight2;
            weights[thread + 384] = nextWeight3;
            weights[thread + 512] = nextWeight4;
            weights[thread + 640] = nextWeight5;
            weights[thread + 768] = nextWeight6;
            weights[thread + 896] = nextWeight7;
            values[thread] = nextValue0;
            values[thread + 128] = nextValue1;
            values[thread + 256] = nextValue2;
            values[thread + 384] = nextValue3;
            values[thread + 512] = nextValue4;
            values[thread + 640] = nextValue5;
            values[thread + 768] = nextValue6;
            values[thread + 896] = nextValue7;
            context.localBarrier();
            int next = first + 16;
            int row0 = next + weightRow;
            nextWeight0 = weight.get(firstWeight + Tile.min(row0, depth - 1) * 64);
            int row1 = next + weightRow + 2;
            nextWeight1 = weight.get(firstWeight + Tile.min(row1, depth - 1) * 64);
            int row2 = next + weightRow + 4;
            nextWeight2 = weight.get(firstWeight + Tile.min(row2, depth - 1) * 64);
            int row3 = next + weightRow + 6;
            nextWeight3 = weight.get(firstWeight + Tile.min(row3, depth - 1) * 64);
            int row4 = next + weightRow + 8;
            nextWeight4 = weight.get(firstWeight + Tile.min(row4, depth - 1) * 64);
            int row5 = next + weightRow + 10;
            nextWeight5 = weight.get(firstWeight + Tile.min(row5, depth - 1) * 64);
            int row6 = next + weightRow + 12;
            nextWeight6 = weight.get(firstWeight + Tile.min(row6, depth - 1) * 64);
            int row7 = next + weightRow + 14;
            nextWeight7 = weight.get(firstWeight + Tile.min(row7, depth - 1) * 64);
            int q0 = next + valueRow;
            nextValue0 = input.get(firstValue0 + Tile.min(q0, depth - 1) * outPixels);
            int q1 = next + valueRow + 2;
            nextValue1 = input.get(firstValue0 + Tile.min(q1, depth - 1) * outPixels);
            int q2 = next + valueRow + 4;
            nextValue2 = input.get(firstValue0 + Tile.min(q2, depth - 1) * outPixels);
            int q3 = next + valueRow + 6;
            nextValue3 = input.get(firstValue0 + Tile.min(q3, depth - 1) * outPixels);
            int q4 = next + valueRow + 8;
            nextValue4 = input.get(firstValue0 + Tile.min(q4, depth - 1) * outPixels);
            int q5 = next + valueRow + 10;
            nextValue5 = input.get(firstValue0 + Tile.min(q5, depth - 1) * outPixels);
            int q6 = next + valueRow + 12;
            nextValue6 = input.get(firstValue0 + Tile.min(q6, depth - 1) * outPixels);
            int q7 = next + valueRow + 14;
            nextValue7 = input.get(firstValue0 + Tile.min(q7, depth - 1) * outPixels);
            int rows = Tile.min(16, depth - first);
            float factor0 = weights[localY * 4];
            float factor1 = weights[localY * 4 + 1];
            float factor2 = weights[localY * 4 + 2];
            float factor3 = weights[localY * 4 + 3];
            float x0 = values[localX];
            float x1 = values[localX + 8];
            float x2 = values[localX + 16];
            float x3 = values[localX + 24];
            float x4 = values[localX + 32];
            float x5 = values[localX + 40];
            float x6 = values[localX + 48];
            float x7 = values[localX + 56];
            for (int i = 1; i <= rows; i++) {
                float factorNext0 = weights[i * 64 + localY * 4];
                float factorNext1 = weights[i * 64 + localY * 4 + 1];
                float factorNext2 = weights[i * 64 + localY * 4 + 2];
                float factorNext3 = weights[i * 64 + localY * 4 + 3];
                float xNext0 = values[i * 64 + localX];
                float xNext1 = values[i * 64 + localX + 8];
                float xNext2 = values[i * 64 + localX + 16];
                float xNext3 = values[i * 64 + localX + 24];
                float xNext4 = values[i * 64 + localX + 32];
                float xNext5 = values[i * 64 + localX + 40];
                float xNext6 = values[i * 64 + localX + 48];
                float xNext7 = values[i * 64 + localX + 56];
                sum00 += factor0 * x0;
                sum01 += factor0 * x1;
                sum02 += factor0 * x2;
                sum03 += factor0 * x3;
                sum04 += factor0 * x4;
                sum05 += factor0 * x5;
                sum06 += factor0 * x6;
                sum07 += factor0 * x7;
                sum10 += factor1 * x0;
                sum11 += factor1 * x1;
                sum12 += factor1 * x2;
                sum13 += factor1 * x3;
                sum14 += factor1 * x4;
                sum15 += factor1 * x5;
                sum16 += factor1 * x6;
                sum17 += factor1 * x7;
                sum20 += factor2 * x0;
                sum21 += factor2 * x1;
                sum22 += factor2 * x2;
                sum23 += factor2 * x3;
                sum24 += factor2 * x4;
                sum25 += factor2 * x5;
                sum26 += factor2 * x6;
                sum27 += factor2 * x7;
                sum30 += factor3 * x0;
                sum31 += factor3 * x1;
                sum32 += factor3 * x2;
                sum33 += factor3 * x3;
                sum34 += factor3 * x4;
                sum35 += factor3 * x5;
                sum36 += factor3 * x6;
                sum37 += factor3 * x7;
                factor0 = factorNext0;
                factor1 = factorNext1;
                factor2 = factorNext2;
                factor3 = factorNext3;
                x0 = xNext0;
                x1 = xNext1;
                x2 = xNext2;
                x3 = xNext3;
                x4 = xNext4;
                x5 = xNext5;
                x6 = xNext6;
                x7 = xNext7;
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
        int pixel1 = tile * 64 + localX + 8;
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
        int pixel2 = tile * 64 + localX + 16;
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
        int pixel3 = tile * 64 + localX + 24;
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
        int pixel4 = tile * 64 + localX + 32;
        if (pixel4 <= last) {
            int out4 = pixel4 / outPixels * outChannels * outPixels + pixel4 % outPixels;
            if (k < outChannels) {
                output.set(out4 + k * outPixels, Activations.apply(sum04, activation, slope));
            }
            if (k + 1 < outChannels) {
                output.set(out4 + (k + 1) * outPixels, Activations.apply(sum14, activation, slope));
            }
            if (k + 2 < outChannels) {
                output.set(out4 + (k + 2) * outPixels, Activations.apply(sum24, activation, slope));
            }
            if (k + 3 < outChannels) {
                output.set(out4 + (k + 3) * outPixels, Activations.apply(sum34, activation, slope));
            }
        }
        int pixel5 = tile * 64 + localX + 40;
        if (pixel5 <= last) {
            int out5 = pixel5 / outPixels * outChannels * outPixels + pixel5 % outPixels;
            if (k < outChannels) {
                output.set(out5 + k * outPixels, Activations.apply(sum05, activation, slope));
            }
            if (k + 1 < outChannels) {
                output.set(out5 + (k + 1) * outPixels, Activations.apply(sum15, activation, slope));
            }
            if (k + 2 < outChannels) {
                output.set(out5 + (k + 2) * outPixels, Activations.apply(sum25, activation, slope));
            }
            if (k + 3 < outChannels) {
                output.set(out5 + (k + 3) * outPixels, Activations.apply(sum35, activation, slope));
            }
        }
        int pixel6 = tile * 64 + localX + 48;
        if (pixel6 <= last) {
            int out6 = pixel6 / outPixels * outChannels * outPixels + pixel6 % outPixels;
            if (k < outChannels) {
                output.set(out6 + k * outPixels, Activations.apply(sum06, activation, slope));
            }
            if (k + 1 < outChannels) {
                output.set(out6 + (k + 1) * outPixels, Activations.apply(sum16, activation, slope));
            }
            if (k + 2 < outChannels) {
                output.set(out6 + (k + 2) * outPixels, Activations.apply(sum26, activation, slope));
            }
            if (k + 3 < outChannels) {
                output.set(out6 + (k + 3) * outPixels, Activations.apply(sum36, activation, slope));
            }
        }
        int pixel7 = tile * 64 + localX + 56;
        if (pixel7 <= last) {
            int out7 = pixel7 / outPixels * outChannels * outPixels + pixel7 % outPixels;
            if (k < outChannels) {
                output.set(out7 + k * outPixels, Activations.apply(sum07, activation, slope));
            }
            if (k + 1 < outChannels) {
                output.set(out7 + (k + 1) * outPixels, Activations.apply(sum17, activation, slope));
            }
            if (k + 2 < outChannels) {
                output.set(out7 + (k + 2) * outPixels, Activations.apply(sum27, activation, slope));
            }
            if (k + 3 < outChannels) {
                output.set(out7 + (k + 3) * outPixels, Activations.apply(sum37, activation, slope));
            }
        }
    }
}
