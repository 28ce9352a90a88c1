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
 * serves many sums. The last ones of several end with the last channel, and what they have of the
 * ones before is left out.
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
     * 64 pixels by 64 output channels, 4 by 8 a work-item, 8 channels at a time.
     *
     * <p>
     * Input {@code [N, C, H, W]}, output {@code [N, K, H, W]}. Work-groups:
     * {@code [ceil(N*H*W/64), ceil(K/64)]}.
     */
    public static void nchw64x64x8i4x8(KernelContext context, FloatArray input, FloatArray weight,
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
        float[] weights = context.allocateFloatLocalArray(512);
        float[] values = context.allocateFloatLocalArray(512);
        int firstWeight = block * depth * 64 + thread;
        int valueRow = thread / 64;
        int load0 = Tile.min(tile * 64 + thread % 64, last);
        int firstValue0 = load0 / outPixels * depth * outPixels + load0 % outPixels;
        float bias0 = bias.get(block * 64 + localY * 8);
        float bias1 = bias.get(block * 64 + localY * 8 + 1);
        float bias2 = bias.get(block * 64 + localY * 8 + 2);
        float bias3 = bias.get(block * 64 + localY * 8 + 3);
        float bias4 = bias.get(block * 64 + localY * 8 + 4);
        float bias5 = bias.get(block * 64 + localY * 8 + 5);
        float bias6 = bias.get(block * 64 + localY * 8 + 6);
        float bias7 = bias.get(block * 64 + localY * 8 + 7);
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
        float sum40 = bias4;
        float sum41 = bias4;
        float sum42 = bias4;
        float sum43 = bias4;
        float sum50 = bias5;
        float sum51 = bias5;
        float sum52 = bias5;
        float sum53 = bias5;
        float sum60 = bias6;
        float sum61 = bias6;
        float sum62 = bias6;
        float sum63 = bias6;
        float sum70 = bias7;
        float sum71 = bias7;
        float sum72 = bias7;
        float sum73 = bias7;
        int start = 0;
        int rows = Tile.min(8, depth);
        int weightFirst = firstWeight + start * 64;
        float nextWeight0 = weight.get(weightFirst);
        float nextWeight1 = weight.get(weightFirst + 128);
        float nextWeight2 = weight.get(weightFirst + 256);
        float nextWeight3 = weight.get(weightFirst + 384);
        int q0First = start + valueRow;
        float nextValue0 = input.get(firstValue0 + q0First * outPixels);
        int q1First = start + valueRow + 2;
        float nextValue1 = input.get(firstValue0 + q1First * outPixels);
        int q2First = start + valueRow + 4;
        float nextValue2 = input.get(firstValue0 + q2First * outPixels);
        int q3First = start + valueRow + 6;
        float nextValue3 = input.get(firstValue0 + q3First * outPixels);
        for (int left = depth; left >= 8; left -= 8) {
            weights[thread] = nextWeight0;
            weights[thread + 128] = nextWeight1;
            weights[thread + 256] = nextWeight2;
            weights[thread + 384] = nextWeight3;
            values[thread] = nextValue0;
            values[thread + 128] = nextValue1;
            values[thread + 256] = nextValue2;
            values[thread + 384] = nextValue3;
            context.localBarrier();
            // what comes next is on its way from memory while this is computed;
            // the last ones of several end with the last channel
            start = Tile.min(start + 8, depth - 8);
            int weightNext = firstWeight + start * 64;
            nextWeight0 = weight.get(weightNext);
            nextWeight1 = weight.get(weightNext + 128);
            nextWeight2 = weight.get(weightNext + 256);
            nextWeight3 = weight.get(weightNext + 384);
            int q0 = start + valueRow;
            nextValue0 = input.get(firstValue0 + q0 * outPixels);
            int q1 = start + valueRow + 2;
            nextValue1 = input.get(firstValue0 + q1 * outPixels);
            int q2 = start + valueRow + 4;
            nextValue2 = input.get(firstValue0 + q2 * outPixels);
            int q3 = start + valueRow + 6;
            nextValue3 = input.get(firstValue0 + q3 * outPixels);
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
                float factor0 = weights[i * 64 + localY * 8];
                float factor1 = weights[i * 64 + localY * 8 + 1];
                float factor2 = weights[i * 64 + localY * 8 + 2];
                float factor3 = weights[i * 64 + localY * 8 + 3];
                float factor4 = weights[i * 64 + localY * 8 + 4];
                float factor5 = weights[i * 64 + localY * 8 + 5];
                float factor6 = weights[i * 64 + localY * 8 + 6];
                float factor7 = weights[i * 64 + localY * 8 + 7];
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
                sum40 += factor4 * x00;
                sum41 += factor4 * x01;
                sum42 += factor4 * x02;
                sum43 += factor4 * x03;
                sum50 += factor5 * x00;
                sum51 += factor5 * x01;
                sum52 += factor5 * x02;
                sum53 += factor5 * x03;
                sum60 += factor6 * x00;
                sum61 += factor6 * x01;
                sum62 += factor6 * x02;
                sum63 += factor6 * x03;
                sum70 += factor7 * x00;
                sum71 += factor7 * x01;
                sum72 += factor7 * x02;
                sum73 += factor7 * x03;
                factor0 = weights[i * 64 + 64 + localY * 8];
                factor1 = weights[i * 64 + 64 + localY * 8 + 1];
                factor2 = weights[i * 64 + 64 + localY * 8 + 2];
                factor3 = weights[i * 64 + 64 + localY * 8 + 3];
                factor4 = weights[i * 64 + 64 + localY * 8 + 4];
                factor5 = weights[i * 64 + 64 + localY * 8 + 5];
                factor6 = weights[i * 64 + 64 + localY * 8 + 6];
                factor7 = weights[i * 64 + 64 + localY * 8 + 7];
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
                sum40 += factor4 * x10;
                sum41 += factor4 * x11;
                sum42 += factor4 * x12;
                sum43 += factor4 * x13;
                sum50 += factor5 * x10;
                sum51 += factor5 * x11;
                sum52 += factor5 * x12;
                sum53 += factor5 * x13;
                sum60 += factor6 * x10;
                sum61 += factor6 * x11;
                sum62 += factor6 * x12;
                sum63 += factor6 * x13;
                sum70 += factor7 * x10;
                sum71 += factor7 * x11;
                sum72 += factor7 * x12;
                sum73 += factor7 * x13;
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
        weights[thread + 128] = nextWeight1;
        weights[thread + 256] = nextWeight2;
        weights[thread + 384] = nextWeight3;
        values[thread] = nextValue0;
        values[thread + 128] = nextValue1;
        values[thread + 256] = nextValue2;
        values[thread + 384] = nextValue3;
        context.localBarrier();
        int rest = depth % 8;
        for (int i = 8 - rest; i < 8; i++) {
            float factor0 = weights[i * 64 + localY * 8];
            float factor1 = weights[i * 64 + localY * 8 + 1];
            float factor2 = weights[i * 64 + localY * 8 + 2];
            float factor3 = weights[i * 64 + localY * 8 + 3];
            float factor4 = weights[i * 64 + localY * 8 + 4];
            float factor5 = weights[i * 64 + localY * 8 + 5];
            float factor6 = weights[i * 64 + localY * 8 + 6];
            float factor7 = weights[i * 64 + localY * 8 + 7];
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
            sum40 += factor4 * x00;
            sum41 += factor4 * x01;
            sum42 += factor4 * x02;
            sum43 += factor4 * x03;
            sum50 += factor5 * x00;
            sum51 += factor5 * x01;
            sum52 += factor5 * x02;
            sum53 += factor5 * x03;
            sum60 += factor6 * x00;
            sum61 += factor6 * x01;
            sum62 += factor6 * x02;
            sum63 += factor6 * x03;
            sum70 += factor7 * x00;
            sum71 += factor7 * x01;
            sum72 += factor7 * x02;
            sum73 += factor7 * x03;
        }
        int k = block * 64 + localY * 8;
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
            if (k + 4 < outChannels) {
                output.set(out0 + (k + 4) * outPixels, Activations.apply(sum40, activation, slope));
            }
            if (k + 5 < outChannels) {
                output.set(out0 + (k + 5) * outPixels, Activations.apply(sum50, activation, slope));
            }
            if (k + 6 < outChannels) {
                output.set(out0 + (k + 6) * outPixels, Activations.apply(sum60, activation, slope));
            }
            if (k + 7 < outChannels) {
                output.set(out0 + (k + 7) * outPixels, Activations.apply(sum70, activation, slope));
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
            if (k + 4 < outChannels) {
                output.set(out1 + (k + 4) * outPixels, Activations.apply(sum41, activation, slope));
            }
            if (k + 5 < outChannels) {
                output.set(out1 + (k + 5) * outPixels, Activations.apply(sum51, activation, slope));
            }
            if (k + 6 < outChannels) {
                output.set(out1 + (k + 6) * outPixels, Activations.apply(sum61, activation, slope));
            }
            if (k + 7 < outChannels) {
                output.set(out1 + (k + 7) * outPixels, Activations.apply(sum71, activation, slope));
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
            if (k + 4 < outChannels) {
                output.set(out2 + (k + 4) * outPixels, Activations.apply(sum42, activation, slope));
            }
            if (k + 5 < outChannels) {
                output.set(out2 + (k + 5) * outPixels, Activations.apply(sum52, activation, slope));
            }
            if (k + 6 < outChannels) {
                output.set(out2 + (k + 6) * outPixels, Activations.apply(sum62, activation, slope));
            }
            if (k + 7 < outChannels) {
                output.set(out2 + (k + 7) * outPixels, Activations.apply(sum72, activation, slope));
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
            if (k + 4 < outChannels) {
                output.set(out3 + (k + 4) * outPixels, Activations.apply(sum43, activation, slope));
            }
            if (k + 5 < outChannels) {
                output.set(out3 + (k + 5) * outPixels, Activations.apply(sum53, activation, slope));
            }
            if (k + 6 < outChannels) {
                output.set(out3 + (k + 6) * outPixels, Activations.apply(sum63, activation, slope));
            }
            if (k + 7 < outChannels) {
                output.set(out3 + (k + 7) * outPixels, Activations.apply(sum73, activation, slope));
            }
        }
    }

    /**
     * 32 pixels by 64 output channels, 4 by 8 a work-item, 16 channels at a time.
     *
     * <p>
     * Input {@code [N, C, H, W]}, output {@code [N, K, H, W]}. Work-groups:
     * {@code [ceil(N*H*W/32), ceil(K/64)]}.
     */
    public static void nchw32x64x16i4x8x2(KernelContext context, FloatArray input,
            FloatArray weight, FloatArray bias, FloatArray output, IntArray geometry,
            int activation, float slope) {
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
        float[] weights = context.allocateFloatLocalArray(4096);
        float[] values = context.allocateFloatLocalArray(512);
        int part = localY / 8;
        int row = localY % 8;
        int firstWeight = block * depth * 64 + thread;
        int valueRow = thread / 32;
        int load0 = Tile.min(tile * 32 + thread % 32, last);
        int firstValue0 = load0 / outPixels * depth * outPixels + load0 % outPixels;
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
        float sum40 = 0f;
        float sum41 = 0f;
        float sum42 = 0f;
        float sum43 = 0f;
        float sum50 = 0f;
        float sum51 = 0f;
        float sum52 = 0f;
        float sum53 = 0f;
        float sum60 = 0f;
        float sum61 = 0f;
        float sum62 = 0f;
        float sum63 = 0f;
        float sum70 = 0f;
        float sum71 = 0f;
        float sum72 = 0f;
        float sum73 = 0f;
        int start = 0;
        int rows = Tile.min(8, depth);
        int weightFirst = firstWeight + start * 64;
        float nextWeight0 = weight.get(weightFirst);
        float nextWeight1 = weight.get(weightFirst + 128);
        float nextWeight2 = weight.get(weightFirst + 256);
        float nextWeight3 = weight.get(weightFirst + 384);
        float nextWeight4 = weight.get(weightFirst + 512);
        float nextWeight5 = weight.get(weightFirst + 640);
        float nextWeight6 = weight.get(weightFirst + 768);
        float nextWeight7 = weight.get(weightFirst + 896);
        int q0First = start + valueRow;
        float nextValue0 = input.get(firstValue0 + q0First * outPixels);
        int q1First = start + valueRow + 4;
        float nextValue1 = input.get(firstValue0 + q1First * outPixels);
        int q2First = start + valueRow + 8;
        float nextValue2 = input.get(firstValue0 + q2First * outPixels);
        int q3First = start + valueRow + 12;
        float nextValue3 = input.get(firstValue0 + q3First * outPixels);
        for (int left = depth; left >= 16; left -= 16) {
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
            context.localBarrier();
            // what comes next is on its way from memory while this is computed;
            // the last ones of several end with the last channel
            start = Tile.min(start + 16, depth - 16);
            int weightNext = firstWeight + start * 64;
            nextWeight0 = weight.get(weightNext);
            nextWeight1 = weight.get(weightNext + 128);
            nextWeight2 = weight.get(weightNext + 256);
            nextWeight3 = weight.get(weightNext + 384);
            nextWeight4 = weight.get(weightNext + 512);
            nextWeight5 = weight.get(weightNext + 640);
            nextWeight6 = weight.get(weightNext + 768);
            nextWeight7 = weight.get(weightNext + 896);
            int q0 = start + valueRow;
            nextValue0 = input.get(firstValue0 + q0 * outPixels);
            int q1 = start + valueRow + 4;
            nextValue1 = input.get(firstValue0 + q1 * outPixels);
            int q2 = start + valueRow + 8;
            nextValue2 = input.get(firstValue0 + q2 * outPixels);
            int q3 = start + valueRow + 12;
            nextValue3 = input.get(firstValue0 + q3 * outPixels);
            int i = 0;
            float x00 = values[part * 256 + i * 32 + localX];
            float x01 = values[part * 256 + i * 32 + localX + 8];
            float x02 = values[part * 256 + i * 32 + localX + 16];
            float x03 = values[part * 256 + i * 32 + localX + 24];
            float x10 = values[part * 256 + i * 32 + 32 + localX];
            float x11 = values[part * 256 + i * 32 + 32 + localX + 8];
            float x12 = values[part * 256 + i * 32 + 32 + localX + 16];
            float x13 = values[part * 256 + i * 32 + 32 + localX + 24];
            while (i < rows) {
                float factor0 = weights[part * 512 + i * 64 + row * 8];
                float factor1 = weights[part * 512 + i * 64 + row * 8 + 1];
                float factor2 = weights[part * 512 + i * 64 + row * 8 + 2];
                float factor3 = weights[part * 512 + i * 64 + row * 8 + 3];
                float factor4 = weights[part * 512 + i * 64 + row * 8 + 4];
                float factor5 = weights[part * 512 + i * 64 + row * 8 + 5];
                float factor6 = weights[part * 512 + i * 64 + row * 8 + 6];
                float factor7 = weights[part * 512 + i * 64 + row * 8 + 7];
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
                sum40 += factor4 * x00;
                sum41 += factor4 * x01;
                sum42 += factor4 * x02;
                sum43 += factor4 * x03;
                sum50 += factor5 * x00;
                sum51 += factor5 * x01;
                sum52 += factor5 * x02;
                sum53 += factor5 * x03;
                sum60 += factor6 * x00;
                sum61 += factor6 * x01;
                sum62 += factor6 * x02;
                sum63 += factor6 * x03;
                sum70 += factor7 * x00;
                sum71 += factor7 * x01;
                sum72 += factor7 * x02;
                sum73 += factor7 * x03;
                factor0 = weights[part * 512 + i * 64 + 64 + row * 8];
                factor1 = weights[part * 512 + i * 64 + 64 + row * 8 + 1];
                factor2 = weights[part * 512 + i * 64 + 64 + row * 8 + 2];
                factor3 = weights[part * 512 + i * 64 + 64 + row * 8 + 3];
                factor4 = weights[part * 512 + i * 64 + 64 + row * 8 + 4];
                factor5 = weights[part * 512 + i * 64 + 64 + row * 8 + 5];
                factor6 = weights[part * 512 + i * 64 + 64 + row * 8 + 6];
                factor7 = weights[part * 512 + i * 64 + 64 + row * 8 + 7];
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
                sum40 += factor4 * x10;
                sum41 += factor4 * x11;
                sum42 += factor4 * x12;
                sum43 += factor4 * x13;
                sum50 += factor5 * x10;
                sum51 += factor5 * x11;
                sum52 += factor5 * x12;
                sum53 += factor5 * x13;
                sum60 += factor6 * x10;
                sum61 += factor6 * x11;
                sum62 += factor6 * x12;
                sum63 += factor6 * x13;
                sum70 += factor7 * x10;
                sum71 += factor7 * x11;
                sum72 += factor7 * x12;
                sum73 += factor7 * x13;
                i += 2;
                if (i < rows) {
                    x00 = values[part * 256 + i * 32 + localX];
                    x01 = values[part * 256 + i * 32 + localX + 8];
                    x02 = values[part * 256 + i * 32 + localX + 16];
                    x03 = values[part * 256 + i * 32 + localX + 24];
                    x10 = values[part * 256 + i * 32 + 32 + localX];
                    x11 = values[part * 256 + i * 32 + 32 + localX + 8];
                    x12 = values[part * 256 + i * 32 + 32 + localX + 16];
                    x13 = values[part * 256 + i * 32 + 32 + localX + 24];
                }
            }
            context.localBarrier();
        }
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
        context.localBarrier();
        int rest = depth % 16;
        for (int i = Tile.first(16 - rest - part * 8, 8); i < 8; i++) {
            float factor0 = weights[part * 512 + i * 64 + row * 8];
            float factor1 = weights[part * 512 + i * 64 + row * 8 + 1];
            float factor2 = weights[part * 512 + i * 64 + row * 8 + 2];
            float factor3 = weights[part * 512 + i * 64 + row * 8 + 3];
            float factor4 = weights[part * 512 + i * 64 + row * 8 + 4];
            float factor5 = weights[part * 512 + i * 64 + row * 8 + 5];
            float factor6 = weights[part * 512 + i * 64 + row * 8 + 6];
            float factor7 = weights[part * 512 + i * 64 + row * 8 + 7];
            float x00 = values[part * 256 + i * 32 + localX];
            float x01 = values[part * 256 + i * 32 + localX + 8];
            float x02 = values[part * 256 + i * 32 + localX + 16];
            float x03 = values[part * 256 + i * 32 + localX + 24];
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
            sum40 += factor4 * x00;
            sum41 += factor4 * x01;
            sum42 += factor4 * x02;
            sum43 += factor4 * x03;
            sum50 += factor5 * x00;
            sum51 += factor5 * x01;
            sum52 += factor5 * x02;
            sum53 += factor5 * x03;
            sum60 += factor6 * x00;
            sum61 += factor6 * x01;
            sum62 += factor6 * x02;
            sum63 += factor6 * x03;
            sum70 += factor7 * x00;
            sum71 += factor7 * x01;
            sum72 += factor7 * x02;
            sum73 += factor7 * x03;
        }
        int k = block * 64 + row * 8 + part * 4;
        context.localBarrier();
        int item = thread % 64;
        int own = part * 2048 + item;
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
        weights[own + 1024] = sum40;
        weights[own + 1088] = sum41;
        weights[own + 1152] = sum42;
        weights[own + 1216] = sum43;
        weights[own + 1280] = sum50;
        weights[own + 1344] = sum51;
        weights[own + 1408] = sum52;
        weights[own + 1472] = sum53;
        weights[own + 1536] = sum60;
        weights[own + 1600] = sum61;
        weights[own + 1664] = sum62;
        weights[own + 1728] = sum63;
        weights[own + 1792] = sum70;
        weights[own + 1856] = sum71;
        weights[own + 1920] = sum72;
        weights[own + 1984] = sum73;
        context.localBarrier();
        int shared = part * 1024 + item;
        float bias0 = bias.get(k);
        float bias1 = bias.get(k + 1);
        float bias2 = bias.get(k + 2);
        float bias3 = bias.get(k + 3);
        float all00 = bias0 + weights[shared] + weights[shared + 2048];
        float all01 = bias0 + weights[shared + 64] + weights[shared + 2112];
        float all02 = bias0 + weights[shared + 128] + weights[shared + 2176];
        float all03 = bias0 + weights[shared + 192] + weights[shared + 2240];
        float all10 = bias1 + weights[shared + 256] + weights[shared + 2304];
        float all11 = bias1 + weights[shared + 320] + weights[shared + 2368];
        float all12 = bias1 + weights[shared + 384] + weights[shared + 2432];
        float all13 = bias1 + weights[shared + 448] + weights[shared + 2496];
        float all20 = bias2 + weights[shared + 512] + weights[shared + 2560];
        float all21 = bias2 + weights[shared + 576] + weights[shared + 2624];
        float all22 = bias2 + weights[shared + 640] + weights[shared + 2688];
        float all23 = bias2 + weights[shared + 704] + weights[shared + 2752];
        float all30 = bias3 + weights[shared + 768] + weights[shared + 2816];
        float all31 = bias3 + weights[shared + 832] + weights[shared + 2880];
        float all32 = bias3 + weights[shared + 896] + weights[shared + 2944];
        float all33 = bias3 + weights[shared + 960] + weights[shared + 3008];
        int pixel0 = tile * 32 + localX;
        if (pixel0 <= last) {
            int out0 = pixel0 / outPixels * outChannels * outPixels + pixel0 % outPixels;
            if (k < outChannels) {
                output.set(out0 + k * outPixels, Activations.apply(all00, activation, slope));
            }
            if (k + 1 < outChannels) {
                output.set(out0 + (k + 1) * outPixels, Activations.apply(all10, activation, slope));
            }
            if (k + 2 < outChannels) {
                output.set(out0 + (k + 2) * outPixels, Activations.apply(all20, activation, slope));
            }
            if (k + 3 < outChannels) {
                output.set(out0 + (k + 3) * outPixels, Activations.apply(all30, activation, slope));
            }
        }
        int pixel1 = tile * 32 + localX + 8;
        if (pixel1 <= last) {
            int out1 = pixel1 / outPixels * outChannels * outPixels + pixel1 % outPixels;
            if (k < outChannels) {
                output.set(out1 + k * outPixels, Activations.apply(all01, activation, slope));
            }
            if (k + 1 < outChannels) {
                output.set(out1 + (k + 1) * outPixels, Activations.apply(all11, activation, slope));
            }
            if (k + 2 < outChannels) {
                output.set(out1 + (k + 2) * outPixels, Activations.apply(all21, activation, slope));
            }
            if (k + 3 < outChannels) {
                output.set(out1 + (k + 3) * outPixels, Activations.apply(all31, activation, slope));
            }
        }
        int pixel2 = tile * 32 + localX + 16;
        if (pixel2 <= last) {
            int out2 = pixel2 / outPixels * outChannels * outPixels + pixel2 % outPixels;
            if (k < outChannels) {
                output.set(out2 + k * outPixels, Activations.apply(all02, activation, slope));
            }
            if (k + 1 < outChannels) {
                output.set(out2 + (k + 1) * outPixels, Activations.apply(all12, activation, slope));
            }
            if (k + 2 < outChannels) {
                output.set(out2 + (k + 2) * outPixels, Activations.apply(all22, activation, slope));
            }
            if (k + 3 < outChannels) {
                output.set(out2 + (k + 3) * outPixels, Activations.apply(all32, activation, slope));
            }
        }
        int pixel3 = tile * 32 + localX + 24;
        if (pixel3 <= last) {
            int out3 = pixel3 / outPixels * outChannels * outPixels + pixel3 % outPixels;
            if (k < outChannels) {
                output.set(out3 + k * outPixels, Activations.apply(all03, activation, slope));
            }
            if (k + 1 < outChannels) {
                output.set(out3 + (k + 1) * outPixels, Activations.apply(all13, activation, slope));
            }
            if (k + 2 < outChannels) {
                output.set(out3 + (k + 2) * outPixels, Activations.apply(all23, activation, slope));
            }
            if (k + 3 < outChannels) {
                output.set(out3 + (k + 3) * outPixels, Activations.apply(all33, activation, slope));
            }
        }
    }

    /**
     * 32 pixels by 32 output channels, 4 by 4 a work-item, 16 channels at a time.
     *
     * <p>
     * Input {@code [N, C, H, W]}, output {@code [N, K, H, W]}. Work-groups:
     * {@code [ceil(N*H*W/32), ceil(K/32)]}.
     */
    public static void nchw32x32x16i4x4x2(KernelContext context, FloatArray input,
            FloatArray weight, FloatArray bias, FloatArray output, IntArray geometry,
            int activation, float slope) {
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
        float[] weights = context.allocateFloatLocalArray(2048);
        float[] values = context.allocateFloatLocalArray(512);
        int part = localY / 8;
        int row = localY % 8;
        int firstWeight = block * depth * 32 + thread;
        int valueRow = thread / 32;
        int load0 = Tile.min(tile * 32 + thread % 32, last);
        int firstValue0 = load0 / outPixels * depth * outPixels + load0 % outPixels;
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
        int rows = Tile.min(8, depth);
        int weightFirst = firstWeight + start * 32;
        float nextWeight0 = weight.get(weightFirst);
        float nextWeight1 = weight.get(weightFirst + 128);
        float nextWeight2 = weight.get(weightFirst + 256);
        float nextWeight3 = weight.get(weightFirst + 384);
        int q0First = start + valueRow;
        float nextValue0 = input.get(firstValue0 + q0First * outPixels);
        int q1First = start + valueRow + 4;
        float nextValue1 = input.get(firstValue0 + q1First * outPixels);
        int q2First = start + valueRow + 8;
        float nextValue2 = input.get(firstValue0 + q2First * outPixels);
        int q3First = start + valueRow + 12;
        float nextValue3 = input.get(firstValue0 + q3First * outPixels);
        for (int left = depth; left >= 16; left -= 16) {
            weights[thread] = nextWeight0;
            weights[thread + 128] = nextWeight1;
            weights[thread + 256] = nextWeight2;
            weights[thread + 384] = nextWeight3;
            values[thread] = nextValue0;
            values[thread + 128] = nextValue1;
            values[thread + 256] = nextValue2;
            values[thread + 384] = nextValue3;
            context.localBarrier();
            // what comes next is on its way from memory while this is computed;
            // the last ones of several end with the last channel
            start = Tile.min(start + 16, depth - 16);
            int weightNext = firstWeight + start * 32;
            nextWeight0 = weight.get(weightNext);
            nextWeight1 = weight.get(weightNext + 128);
            nextWeight2 = weight.get(weightNext + 256);
            nextWeight3 = weight.get(weightNext + 384);
            int q0 = start + valueRow;
            nextValue0 = input.get(firstValue0 + q0 * outPixels);
            int q1 = start + valueRow + 4;
            nextValue1 = input.get(firstValue0 + q1 * outPixels);
            int q2 = start + valueRow + 8;
            nextValue2 = input.get(firstValue0 + q2 * outPixels);
            int q3 = start + valueRow + 12;
            nextValue3 = input.get(firstValue0 + q3 * outPixels);
            int i = 0;
            float x00 = values[part * 256 + i * 32 + localX];
            float x01 = values[part * 256 + i * 32 + localX + 8];
            float x02 = values[part * 256 + i * 32 + localX + 16];
            float x03 = values[part * 256 + i * 32 + localX + 24];
            float x10 = values[part * 256 + i * 32 + 32 + localX];
            float x11 = values[part * 256 + i * 32 + 32 + localX + 8];
            float x12 = values[part * 256 + i * 32 + 32 + localX + 16];
            float x13 = values[part * 256 + i * 32 + 32 + localX + 24];
            while (i < rows) {
                float factor0 = weights[part * 256 + i * 32 + row * 4];
                float factor1 = weights[part * 256 + i * 32 + row * 4 + 1];
                float factor2 = weights[part * 256 + i * 32 + row * 4 + 2];
                float factor3 = weights[part * 256 + i * 32 + row * 4 + 3];
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
                factor0 = weights[part * 256 + i * 32 + 32 + row * 4];
                factor1 = weights[part * 256 + i * 32 + 32 + row * 4 + 1];
                factor2 = weights[part * 256 + i * 32 + 32 + row * 4 + 2];
                factor3 = weights[part * 256 + i * 32 + 32 + row * 4 + 3];
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
                    x00 = values[part * 256 + i * 32 + localX];
                    x01 = values[part * 256 + i * 32 + localX + 8];
                    x02 = values[part * 256 + i * 32 + localX + 16];
                    x03 = values[part * 256 + i * 32 + localX + 24];
                    x10 = values[part * 256 + i * 32 + 32 + localX];
                    x11 = values[part * 256 + i * 32 + 32 + localX + 8];
                    x12 = values[part * 256 + i * 32 + 32 + localX + 16];
                    x13 = values[part * 256 + i * 32 + 32 + localX + 24];
                }
            }
            context.localBarrier();
        }
        weights[thread] = nextWeight0;
        weights[thread + 128] = nextWeight1;
        weights[thread + 256] = nextWeight2;
        weights[thread + 384] = nextWeight3;
        values[thread] = nextValue0;
        values[thread + 128] = nextValue1;
        values[thread + 256] = nextValue2;
        values[thread + 384] = nextValue3;
        context.localBarrier();
        int rest = depth % 16;
        for (int i = Tile.first(16 - rest - part * 8, 8); i < 8; i++) {
            float factor0 = weights[part * 256 + i * 32 + row * 4];
            float factor1 = weights[part * 256 + i * 32 + row * 4 + 1];
            float factor2 = weights[part * 256 + i * 32 + row * 4 + 2];
            float factor3 = weights[part * 256 + i * 32 + row * 4 + 3];
            float x00 = values[part * 256 + i * 32 + localX];
            float x01 = values[part * 256 + i * 32 + localX + 8];
            float x02 = values[part * 256 + i * 32 + localX + 16];
            float x03 = values[part * 256 + i * 32 + localX + 24];
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
        int k = block * 32 + row * 4 + part * 2;
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
        int shared = part * 512 + item;
        float bias0 = bias.get(k);
        float bias1 = bias.get(k + 1);
        float all00 = bias0 + weights[shared] + weights[shared + 1024];
        float all01 = bias0 + weights[shared + 64] + weights[shared + 1088];
        float all02 = bias0 + weights[shared + 128] + weights[shared + 1152];
        float all03 = bias0 + weights[shared + 192] + weights[shared + 1216];
        float all10 = bias1 + weights[shared + 256] + weights[shared + 1280];
        float all11 = bias1 + weights[shared + 320] + weights[shared + 1344];
        float all12 = bias1 + weights[shared + 384] + weights[shared + 1408];
        float all13 = bias1 + weights[shared + 448] + weights[shared + 1472];
        int pixel0 = tile * 32 + localX;
        if (pixel0 <= last) {
            int out0 = pixel0 / outPixels * outChannels * outPixels + pixel0 % outPixels;
            if (k < outChannels) {
                output.set(out0 + k * outPixels, Activations.apply(all00, activation, slope));
            }
            if (k + 1 < outChannels) {
                output.set(out0 + (k + 1) * outPixels, Activations.apply(all10, activation, slope));
            }
        }
        int pixel1 = tile * 32 + localX + 8;
        if (pixel1 <= last) {
            int out1 = pixel1 / outPixels * outChannels * outPixels + pixel1 % outPixels;
            if (k < outChannels) {
                output.set(out1 + k * outPixels, Activations.apply(all01, activation, slope));
            }
            if (k + 1 < outChannels) {
                output.set(out1 + (k + 1) * outPixels, Activations.apply(all11, activation, slope));
            }
        }
        int pixel2 = tile * 32 + localX + 16;
        if (pixel2 <= last) {
            int out2 = pixel2 / outPixels * outChannels * outPixels + pixel2 % outPixels;
            if (k < outChannels) {
                output.set(out2 + k * outPixels, Activations.apply(all02, activation, slope));
            }
            if (k + 1 < outChannels) {
                output.set(out2 + (k + 1) * outPixels, Activations.apply(all12, activation, slope));
            }
        }
        int pixel3 = tile * 32 + localX + 24;
        if (pixel3 <= last) {
            int out3 = pixel3 / outPixels * outChannels * outPixels + pixel3 % outPixels;
            if (k < outChannels) {
                output.set(out3 + k * outPixels, Activations.apply(all03, activation, slope));
            }
            if (k + 1 < outChannels) {
                output.set(out3 + (k + 1) * outPixels, Activations.apply(all13, activation, slope));
            }
        }
    }

    /**
     * 16 pixels by 32 output channels, 4 by 4 a work-item, 16 channels at a time.
     *
     * <p>
     * Input {@code [N, C, H, W]}, output {@code [N, K, H, W]}. Work-groups:
     * {@code [ceil(N*H*W/16), ceil(K/32)]}.
     */
    public static void nchw16x32x16i4x4x4(KernelContext context, FloatArray input,
            FloatArray weight, FloatArray bias, FloatArray output, IntArray geometry,
            int activation, float slope) {
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
        int thread = localY * 4 + localX;
        float[] weights = context.allocateFloatLocalArray(2048);
        float[] values = context.allocateFloatLocalArray(256);
        int part = localY / 8;
        int row = localY % 8;
        int firstWeight = block * depth * 32 + thread;
        int valueRow = thread / 16;
        int load0 = Tile.min(tile * 16 + thread % 16, last);
        int firstValue0 = load0 / outPixels * depth * outPixels + load0 % outPixels;
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
        float nextWeight1 = weight.get(weightFirst + 128);
        float nextWeight2 = weight.get(weightFirst + 256);
        float nextWeight3 = weight.get(weightFirst + 384);
        int q0First = start + valueRow;
        float nextValue0 = input.get(firstValue0 + q0First * outPixels);
        int q1First = start + valueRow + 8;
        float nextValue1 = input.get(firstValue0 + q1First * outPixels);
        for (int left = depth; left >= 16; left -= 16) {
            weights[thread] = nextWeight0;
            weights[thread + 128] = nextWeight1;
            weights[thread + 256] = nextWeight2;
            weights[thread + 384] = nextWeight3;
            values[thread] = nextValue0;
            values[thread + 128] = nextValue1;
            context.localBarrier();
            // what comes next is on its way from memory while this is computed;
            // the last ones of several end with the last channel
            start = Tile.min(start + 16, depth - 16);
            int weightNext = firstWeight + start * 32;
            nextWeight0 = weight.get(weightNext);
            nextWeight1 = weight.get(weightNext + 128);
            nextWeight2 = weight.get(weightNext + 256);
            nextWeight3 = weight.get(weightNext + 384);
            int q0 = start + valueRow;
            nextValue0 = input.get(firstValue0 + q0 * outPixels);
            int q1 = start + valueRow + 8;
            nextValue1 = input.get(firstValue0 + q1 * outPixels);
            int i = 0;
            float x00 = values[part * 64 + i * 16 + localX];
            float x01 = values[part * 64 + i * 16 + localX + 4];
            float x02 = values[part * 64 + i * 16 + localX + 8];
            float x03 = values[part * 64 + i * 16 + localX + 12];
            float x10 = values[part * 64 + i * 16 + 16 + localX];
            float x11 = values[part * 64 + i * 16 + 16 + localX + 4];
            float x12 = values[part * 64 + i * 16 + 16 + localX + 8];
            float x13 = values[part * 64 + i * 16 + 16 + localX + 12];
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
                i += 2;
                if (i < rows) {
                    x00 = values[part * 64 + i * 16 + localX];
                    x01 = values[part * 64 + i * 16 + localX + 4];
                    x02 = values[part * 64 + i * 16 + localX + 8];
                    x03 = values[part * 64 + i * 16 + localX + 12];
                    x10 = values[part * 64 + i * 16 + 16 + localX];
                    x11 = values[part * 64 + i * 16 + 16 + localX + 4];
                    x12 = values[part * 64 + i * 16 + 16 + localX + 8];
                    x13 = values[part * 64 + i * 16 + 16 + localX + 12];
                }
            }
            context.localBarrier();
        }
        weights[thread] = nextWeight0;
        weights[thread + 128] = nextWeight1;
        weights[thread + 256] = nextWeight2;
        weights[thread + 384] = nextWeight3;
        values[thread] = nextValue0;
        values[thread + 128] = nextValue1;
        context.localBarrier();
        int rest = depth % 16;
        for (int i = Tile.first(16 - rest - part * 4, 4); i < 4; i++) {
            float factor0 = weights[part * 128 + i * 32 + row * 4];
            float factor1 = weights[part * 128 + i * 32 + row * 4 + 1];
            float factor2 = weights[part * 128 + i * 32 + row * 4 + 2];
            float factor3 = weights[part * 128 + i * 32 + row * 4 + 3];
            float x00 = values[part * 64 + i * 16 + localX];
            float x01 = values[part * 64 + i * 16 + localX + 4];
            float x02 = values[part * 64 + i * 16 + localX + 8];
            float x03 = values[part * 64 + i * 16 + localX + 12];
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
        int k = block * 32 + row * 4 + part * 1;
        context.localBarrier();
        int item = thread % 32;
        int own = part * 512 + item;
        weights[own] = sum00;
        weights[own + 32] = sum01;
        weights[own + 64] = sum02;
        weights[own + 96] = sum03;
        weights[own + 128] = sum10;
        weights[own + 160] = sum11;
        weights[own + 192] = sum12;
        weights[own + 224] = sum13;
        weights[own + 256] = sum20;
        weights[own + 288] = sum21;
        weights[own + 320] = sum22;
        weights[own + 352] = sum23;
        weights[own + 384] = sum30;
        weights[own + 416] = sum31;
        weights[own + 448] = sum32;
        weights[own + 480] = sum33;
        context.localBarrier();
        int shared = part * 128 + item;
        float bias0 = bias.get(k);
        float all00 = bias0 + weights[shared] + weights[shared + 512] + weights[shared + 1024]
                + weights[shared + 1536];
        float all01 = bias0 + weights[shared + 32] + weights[shared + 544] + weights[shared + 1056]
                + weights[shared + 1568];
        float all02 = bias0 + weights[shared + 64] + weights[shared + 576] + weights[shared + 1088]
                + weights[shared + 1600];
        float all03 = bias0 + weights[shared + 96] + weights[shared + 608] + weights[shared + 1120]
                + weights[shared + 1632];
        int pixel0 = tile * 16 + localX;
        if (pixel0 <= last) {
            int out0 = pixel0 / outPixels * outChannels * outPixels + pixel0 % outPixels;
            if (k < outChannels) {
                output.set(out0 + k * outPixels, Activations.apply(all00, activation, slope));
            }
        }
        int pixel1 = tile * 16 + localX + 4;
        if (pixel1 <= last) {
            int out1 = pixel1 / outPixels * outChannels * outPixels + pixel1 % outPixels;
            if (k < outChannels) {
                output.set(out1 + k * outPixels, Activations.apply(all01, activation, slope));
            }
        }
        int pixel2 = tile * 16 + localX + 8;
        if (pixel2 <= last) {
            int out2 = pixel2 / outPixels * outChannels * outPixels + pixel2 % outPixels;
            if (k < outChannels) {
                output.set(out2 + k * outPixels, Activations.apply(all02, activation, slope));
            }
        }
        int pixel3 = tile * 16 + localX + 12;
        if (pixel3 <= last) {
            int out3 = pixel3 / outPixels * outChannels * outPixels + pixel3 % outPixels;
            if (k < outChannels) {
                output.set(out3 + k * outPixels, Activations.apply(all03, activation, slope));
            }
        }
    }

    /**
     * 28 pixels by 16 output channels, 7 by 4 a work-item, 16 channels at a time.
     *
     * <p>
     * Input {@code [N, C, H, W]}, output {@code [N, K, H, W]}. Work-groups:
     * {@code [ceil(N*H*W/28), ceil(K/16)]}.
     */
    public static void nchw28x16x16i7x4x8(KernelContext context, FloatArray input,
            FloatArray weight, FloatArray bias, FloatArray output, IntArray geometry,
            int activation, float slope) {
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
        int thread = localY * 4 + localX;
        float[] weights = context.allocateFloatLocalArray(2048);
        int part = localY / 4;
        int row = localY % 4;
        int store = thread;
        int storeValue = thread / 32 * 36 + thread % 32 + 256;
        // a part's channels are as far from each other as there are parts
        int weightsAt = part * 16 + row * 4;
        int valuesAt = part * 36 + localX + 256;
        int firstWeight = block * depth * 16 + thread;
        int valueRow = thread / 32;
        int load0 = Tile.min(tile * 28 + thread % 32, last);
        int firstValue0 = load0 / outPixels * depth * outPixels + load0 % outPixels;
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
        int rows = Tile.min(2, depth);
        int weightFirst = firstWeight + start * 16;
        float nextWeight0 = weight.get(weightFirst);
        float nextWeight1 = weight.get(weightFirst + 128);
        int q0First = start + valueRow;
        float nextValue0 = input.get(firstValue0 + q0First * outPixels);
        int q1First = start + valueRow + 4;
        float nextValue1 = input.get(firstValue0 + q1First * outPixels);
        int q2First = start + valueRow + 8;
        float nextValue2 = input.get(firstValue0 + q2First * outPixels);
        int q3First = start + valueRow + 12;
        float nextValue3 = input.get(firstValue0 + q3First * outPixels);
        for (int left = depth; left >= 16; left -= 16) {
            weights[store] = nextWeight0;
            weights[store + 128] = nextWeight1;
            weights[storeValue] = nextValue0;
            weights[storeValue + 144] = nextValue1;
            weights[storeValue + 288] = nextValue2;
            weights[storeValue + 432] = nextValue3;
            context.localBarrier();
            // what comes next is on its way from memory while this is computed;
            // the last ones of several end with the last channel
            start = Tile.min(start + 16, depth - 16);
            int weightNext = firstWeight + start * 16;
            nextWeight0 = weight.get(weightNext);
            nextWeight1 = weight.get(weightNext + 128);
            int q0 = start + valueRow;
            nextValue0 = input.get(firstValue0 + q0 * outPixels);
            int q1 = start + valueRow + 4;
            nextValue1 = input.get(firstValue0 + q1 * outPixels);
            int q2 = start + valueRow + 8;
            nextValue2 = input.get(firstValue0 + q2 * outPixels);
            int q3 = start + valueRow + 12;
            nextValue3 = input.get(firstValue0 + q3 * outPixels);
            int i = 0;
            if (0 < rows) {
                float x00 = weights[valuesAt + i * 288];
                float x01 = weights[valuesAt + i * 288 + 4];
                float x02 = weights[valuesAt + i * 288 + 8];
                float x03 = weights[valuesAt + i * 288 + 12];
                float x04 = weights[valuesAt + i * 288 + 16];
                float x05 = weights[valuesAt + i * 288 + 20];
                float x06 = weights[valuesAt + i * 288 + 24];
                float factor0 = weights[weightsAt + i * 128];
                float factor1 = weights[weightsAt + i * 128 + 1];
                float factor2 = weights[weightsAt + i * 128 + 2];
                float factor3 = weights[weightsAt + i * 128 + 3];
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
                float x10 = weights[valuesAt + i * 288 + 288];
                float x11 = weights[valuesAt + i * 288 + 292];
                float x12 = weights[valuesAt + i * 288 + 296];
                float x13 = weights[valuesAt + i * 288 + 300];
                float x14 = weights[valuesAt + i * 288 + 304];
                float x15 = weights[valuesAt + i * 288 + 308];
                float x16 = weights[valuesAt + i * 288 + 312];
                float factor0 = weights[weightsAt + i * 128 + 128];
                float factor1 = weights[weightsAt + i * 128 + 129];
                float factor2 = weights[weightsAt + i * 128 + 130];
                float factor3 = weights[weightsAt + i * 128 + 131];
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
            // the other half of local memory, so that nobody waits before it is written
            store = store ^ 1024;
            weightsAt = weightsAt ^ 1024;
            valuesAt = valuesAt ^ 1024;
            storeValue = storeValue ^ 1024;
        }
        weights[store] = nextWeight0;
        weights[store + 128] = nextWeight1;
        weights[storeValue] = nextValue0;
        weights[storeValue + 144] = nextValue1;
        weights[storeValue + 288] = nextValue2;
        weights[storeValue + 432] = nextValue3;
        context.localBarrier();
        int rest = depth % 16;
        for (int i = (23 - rest - part) / 8; i < 2; i++) {
            float factor0 = weights[weightsAt + i * 128];
            float factor1 = weights[weightsAt + i * 128 + 1];
            float factor2 = weights[weightsAt + i * 128 + 2];
            float factor3 = weights[weightsAt + i * 128 + 3];
            float x00 = weights[valuesAt + i * 288];
            float x01 = weights[valuesAt + i * 288 + 4];
            float x02 = weights[valuesAt + i * 288 + 8];
            float x03 = weights[valuesAt + i * 288 + 12];
            float x04 = weights[valuesAt + i * 288 + 16];
            float x05 = weights[valuesAt + i * 288 + 20];
            float x06 = weights[valuesAt + i * 288 + 24];
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
        int k = block * 16 + row * 4;
        float all0 = bias.get(block * 16 + row * 4);
        float all1 = bias.get(block * 16 + row * 4 + 1);
        float all2 = bias.get(block * 16 + row * 4 + 2);
        float all3 = bias.get(block * 16 + row * 4 + 3);
        int item = thread % 16;
        int own = part * 224 + item;
        int shared = part * 32 + item;
        context.localBarrier();
        weights[own] = sum00;
        weights[own + 32] = sum01;
        weights[own + 64] = sum02;
        weights[own + 96] = sum03;
        weights[own + 128] = sum04;
        weights[own + 160] = sum05;
        weights[own + 192] = sum06;
        weights[own + 16] = sum10;
        weights[own + 48] = sum11;
        weights[own + 80] = sum12;
        weights[own + 112] = sum13;
        weights[own + 144] = sum14;
        weights[own + 176] = sum15;
        weights[own + 208] = sum16;
        context.localBarrier();
        if (part < 7) {
            all0 += weights[shared];
            all1 += weights[shared + 16];
            all0 += weights[shared + 224];
            all1 += weights[shared + 240];
            all0 += weights[shared + 448];
            all1 += weights[shared + 464];
            all0 += weights[shared + 672];
            all1 += weights[shared + 688];
            all0 += weights[shared + 896];
            all1 += weights[shared + 912];
            all0 += weights[shared + 1120];
            all1 += weights[shared + 1136];
            all0 += weights[shared + 1344];
            all1 += weights[shared + 1360];
            all0 += weights[shared + 1568];
            all1 += weights[shared + 1584];
        }
        context.localBarrier();
        weights[own] = sum20;
        weights[own + 32] = sum21;
        weights[own + 64] = sum22;
        weights[own + 96] = sum23;
        weights[own + 128] = sum24;
        weights[own + 160] = sum25;
        weights[own + 192] = sum26;
        weights[own + 16] = sum30;
        weights[own + 48] = sum31;
        weights[own + 80] = sum32;
        weights[own + 112] = sum33;
        weights[own + 144] = sum34;
        weights[own + 176] = sum35;
        weights[own + 208] = sum36;
        context.localBarrier();
        if (part < 7) {
            all2 += weights[shared];
            all3 += weights[shared + 16];
            all2 += weights[shared + 224];
            all3 += weights[shared + 240];
            all2 += weights[shared + 448];
            all3 += weights[shared + 464];
            all2 += weights[shared + 672];
            all3 += weights[shared + 688];
            all2 += weights[shared + 896];
            all3 += weights[shared + 912];
            all2 += weights[shared + 1120];
            all3 += weights[shared + 1136];
            all2 += weights[shared + 1344];
            all3 += weights[shared + 1360];
            all2 += weights[shared + 1568];
            all3 += weights[shared + 1584];
        }
        int pixel = tile * 28 + part * 4 + localX;
        if (part < 7 & pixel <= last) {
            int out = (pixel / outPixels * outChannels) * outPixels + pixel % outPixels;
            if (k < outChannels) {
                output.set(out + k * outPixels, Activations.apply(all0, activation, slope));
            }
            if (k + 1 < outChannels) {
                output.set(out + (k + 1) * outPixels, Activations.apply(all1, activation, slope));
            }
            if (k + 2 < outChannels) {
                output.set(out + (k + 2) * outPixels, Activations.apply(all2, activation, slope));
            }
            if (k + 3 < outChannels) {
                output.set(out + (k + 3) * outPixels, Activations.apply(all3, activation, slope));
            }
        }
    }

    /**
     * 64 pixels by 64 output channels, 4 by 8 a work-item, 8 channels at a time.
     *
     * <p>
     * Input {@code [N, H, W, C]}, output {@code [N, H, W, K]}. Work-groups:
     * {@code [ceil(K/64), ceil(N*H*W/64)]}.
     */
    public static void nhwc64x64x8i4x8(KernelContext context, FloatArray input, FloatArray weight,
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
        int thread = localY * 8 + localX;
        float[] weights = context.allocateFloatLocalArray(512);
        // rows of 65: neighbours then lie in banks of their own
        float[] values = context.allocateFloatLocalArray(520);
        int firstWeight = block * depth * 64 + thread;
        int loadRow = thread % 8;
        int load0 = Tile.min(tile * 64 + thread / 8, last) * depth;
        int load1 = Tile.min(tile * 64 + thread / 8 + 16, last) * depth;
        int load2 = Tile.min(tile * 64 + thread / 8 + 32, last) * depth;
        int load3 = Tile.min(tile * 64 + thread / 8 + 48, last) * depth;
        float bias0 = bias.get(block * 64 + localX);
        float bias1 = bias.get(block * 64 + localX + 8);
        float bias2 = bias.get(block * 64 + localX + 16);
        float bias3 = bias.get(block * 64 + localX + 24);
        float bias4 = bias.get(block * 64 + localX + 32);
        float bias5 = bias.get(block * 64 + localX + 40);
        float bias6 = bias.get(block * 64 + localX + 48);
        float bias7 = bias.get(block * 64 + localX + 56);
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
        float sum40 = bias4;
        float sum41 = bias4;
        float sum42 = bias4;
        float sum43 = bias4;
        float sum50 = bias5;
        float sum51 = bias5;
        float sum52 = bias5;
        float sum53 = bias5;
        float sum60 = bias6;
        float sum61 = bias6;
        float sum62 = bias6;
        float sum63 = bias6;
        float sum70 = bias7;
        float sum71 = bias7;
        float sum72 = bias7;
        float sum73 = bias7;
        int start = 0;
        int rows = Tile.min(8, depth);
        int weightFirst = firstWeight + start * 64;
        float nextWeight0 = weight.get(weightFirst);
        float nextWeight1 = weight.get(weightFirst + 128);
        float nextWeight2 = weight.get(weightFirst + 256);
        float nextWeight3 = weight.get(weightFirst + 384);
        int qFirst = start + loadRow;
        float nextValue0 = input.get(load0 + qFirst);
        float nextValue1 = input.get(load1 + qFirst);
        float nextValue2 = input.get(load2 + qFirst);
        float nextValue3 = input.get(load3 + qFirst);
        for (int left = depth; left >= 8; left -= 8) {
            weights[thread] = nextWeight0;
            weights[thread + 128] = nextWeight1;
            weights[thread + 256] = nextWeight2;
            weights[thread + 384] = nextWeight3;
            values[loadRow * 65 + thread / 8] = nextValue0;
            values[loadRow * 65 + thread / 8 + 16] = nextValue1;
            values[loadRow * 65 + thread / 8 + 32] = nextValue2;
            values[loadRow * 65 + thread / 8 + 48] = nextValue3;
            context.localBarrier();
            // what comes next is on its way from memory while this is computed;
            // the last ones of several end with the last channel
            start = Tile.min(start + 8, depth - 8);
            int weightNext = firstWeight + start * 64;
            nextWeight0 = weight.get(weightNext);
            nextWeight1 = weight.get(weightNext + 128);
            nextWeight2 = weight.get(weightNext + 256);
            nextWeight3 = weight.get(weightNext + 384);
            int q = start + loadRow;
            nextValue0 = input.get(load0 + q);
            nextValue1 = input.get(load1 + q);
            nextValue2 = input.get(load2 + q);
            nextValue3 = input.get(load3 + q);
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
                float factor1 = weights[i * 64 + localX + 8];
                float factor2 = weights[i * 64 + localX + 16];
                float factor3 = weights[i * 64 + localX + 24];
                float factor4 = weights[i * 64 + localX + 32];
                float factor5 = weights[i * 64 + localX + 40];
                float factor6 = weights[i * 64 + localX + 48];
                float factor7 = weights[i * 64 + localX + 56];
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
                sum40 += factor4 * x00;
                sum41 += factor4 * x01;
                sum42 += factor4 * x02;
                sum43 += factor4 * x03;
                sum50 += factor5 * x00;
                sum51 += factor5 * x01;
                sum52 += factor5 * x02;
                sum53 += factor5 * x03;
                sum60 += factor6 * x00;
                sum61 += factor6 * x01;
                sum62 += factor6 * x02;
                sum63 += factor6 * x03;
                sum70 += factor7 * x00;
                sum71 += factor7 * x01;
                sum72 += factor7 * x02;
                sum73 += factor7 * x03;
                factor0 = weights[i * 64 + 64 + localX];
                factor1 = weights[i * 64 + 64 + localX + 8];
                factor2 = weights[i * 64 + 64 + localX + 16];
                factor3 = weights[i * 64 + 64 + localX + 24];
                factor4 = weights[i * 64 + 64 + localX + 32];
                factor5 = weights[i * 64 + 64 + localX + 40];
                factor6 = weights[i * 64 + 64 + localX + 48];
                factor7 = weights[i * 64 + 64 + localX + 56];
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
                sum40 += factor4 * x10;
                sum41 += factor4 * x11;
                sum42 += factor4 * x12;
                sum43 += factor4 * x13;
                sum50 += factor5 * x10;
                sum51 += factor5 * x11;
                sum52 += factor5 * x12;
                sum53 += factor5 * x13;
                sum60 += factor6 * x10;
                sum61 += factor6 * x11;
                sum62 += factor6 * x12;
                sum63 += factor6 * x13;
                sum70 += factor7 * x10;
                sum71 += factor7 * x11;
                sum72 += factor7 * x12;
                sum73 += factor7 * x13;
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
        weights[thread + 128] = nextWeight1;
        weights[thread + 256] = nextWeight2;
        weights[thread + 384] = nextWeight3;
        values[loadRow * 65 + thread / 8] = nextValue0;
        values[loadRow * 65 + thread / 8 + 16] = nextValue1;
        values[loadRow * 65 + thread / 8 + 32] = nextValue2;
        values[loadRow * 65 + thread / 8 + 48] = nextValue3;
        context.localBarrier();
        int rest = depth % 8;
        for (int i = 8 - rest; i < 8; i++) {
            float factor0 = weights[i * 64 + localX];
            float factor1 = weights[i * 64 + localX + 8];
            float factor2 = weights[i * 64 + localX + 16];
            float factor3 = weights[i * 64 + localX + 24];
            float factor4 = weights[i * 64 + localX + 32];
            float factor5 = weights[i * 64 + localX + 40];
            float factor6 = weights[i * 64 + localX + 48];
            float factor7 = weights[i * 64 + localX + 56];
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
            sum40 += factor4 * x00;
            sum41 += factor4 * x01;
            sum42 += factor4 * x02;
            sum43 += factor4 * x03;
            sum50 += factor5 * x00;
            sum51 += factor5 * x01;
            sum52 += factor5 * x02;
            sum53 += factor5 * x03;
            sum60 += factor6 * x00;
            sum61 += factor6 * x01;
            sum62 += factor6 * x02;
            sum63 += factor6 * x03;
            sum70 += factor7 * x00;
            sum71 += factor7 * x01;
            sum72 += factor7 * x02;
            sum73 += factor7 * x03;
        }
        int k = block * 64 + localX;
        int pixel0 = tile * 64 + localY * 4;
        if (pixel0 <= last) {
            int out0 = pixel0 * outChannels;
            if (k < outChannels) {
                output.set(out0 + k, Activations.apply(sum00, activation, slope));
            }
            if (k + 8 < outChannels) {
                output.set(out0 + k + 8, Activations.apply(sum10, activation, slope));
            }
            if (k + 16 < outChannels) {
                output.set(out0 + k + 16, Activations.apply(sum20, activation, slope));
            }
            if (k + 24 < outChannels) {
                output.set(out0 + k + 24, Activations.apply(sum30, activation, slope));
            }
            if (k + 32 < outChannels) {
                output.set(out0 + k + 32, Activations.apply(sum40, activation, slope));
            }
            if (k + 40 < outChannels) {
                output.set(out0 + k + 40, Activations.apply(sum50, activation, slope));
            }
            if (k + 48 < outChannels) {
                output.set(out0 + k + 48, Activations.apply(sum60, activation, slope));
            }
            if (k + 56 < outChannels) {
                output.set(out0 + k + 56, Activations.apply(sum70, activation, slope));
            }
        }
        int pixel1 = tile * 64 + localY * 4 + 1;
        if (pixel1 <= last) {
            int out1 = pixel1 * outChannels;
            if (k < outChannels) {
                output.set(out1 + k, Activations.apply(sum01, activation, slope));
            }
            if (k + 8 < outChannels) {
                output.set(out1 + k + 8, Activations.apply(sum11, activation, slope));
            }
            if (k + 16 < outChannels) {
                output.set(out1 + k + 16, Activations.apply(sum21, activation, slope));
            }
            if (k + 24 < outChannels) {
                output.set(out1 + k + 24, Activations.apply(sum31, activation, slope));
            }
            if (k + 32 < outChannels) {
                output.set(out1 + k + 32, Activations.apply(sum41, activation, slope));
            }
            if (k + 40 < outChannels) {
                output.set(out1 + k + 40, Activations.apply(sum51, activation, slope));
            }
            if (k + 48 < outChannels) {
                output.set(out1 + k + 48, Activations.apply(sum61, activation, slope));
            }
            if (k + 56 < outChannels) {
                output.set(out1 + k + 56, Activations.apply(sum71, activation, slope));
            }
        }
        int pixel2 = tile * 64 + localY * 4 + 2;
        if (pixel2 <= last) {
            int out2 = pixel2 * outChannels;
            if (k < outChannels) {
                output.set(out2 + k, Activations.apply(sum02, activation, slope));
            }
            if (k + 8 < outChannels) {
                output.set(out2 + k + 8, Activations.apply(sum12, activation, slope));
            }
            if (k + 16 < outChannels) {
                output.set(out2 + k + 16, Activations.apply(sum22, activation, slope));
            }
            if (k + 24 < outChannels) {
                output.set(out2 + k + 24, Activations.apply(sum32, activation, slope));
            }
            if (k + 32 < outChannels) {
                output.set(out2 + k + 32, Activations.apply(sum42, activation, slope));
            }
            if (k + 40 < outChannels) {
                output.set(out2 + k + 40, Activations.apply(sum52, activation, slope));
            }
            if (k + 48 < outChannels) {
                output.set(out2 + k + 48, Activations.apply(sum62, activation, slope));
            }
            if (k + 56 < outChannels) {
                output.set(out2 + k + 56, Activations.apply(sum72, activation, slope));
            }
        }
        int pixel3 = tile * 64 + localY * 4 + 3;
        if (pixel3 <= last) {
            int out3 = pixel3 * outChannels;
            if (k < outChannels) {
                output.set(out3 + k, Activations.apply(sum03, activation, slope));
            }
            if (k + 8 < outChannels) {
                output.set(out3 + k + 8, Activations.apply(sum13, activation, slope));
            }
            if (k + 16 < outChannels) {
                output.set(out3 + k + 16, Activations.apply(sum23, activation, slope));
            }
            if (k + 24 < outChannels) {
                output.set(out3 + k + 24, Activations.apply(sum33, activation, slope));
            }
            if (k + 32 < outChannels) {
                output.set(out3 + k + 32, Activations.apply(sum43, activation, slope));
            }
            if (k + 40 < outChannels) {
                output.set(out3 + k + 40, Activations.apply(sum53, activation, slope));
            }
            if (k + 48 < outChannels) {
                output.set(out3 + k + 48, Activations.apply(sum63, activation, slope));
            }
            if (k + 56 < outChannels) {
                output.set(out3 + k + 56, Activations.apply(sum73, activation, slope));
            }
        }
    }
}
