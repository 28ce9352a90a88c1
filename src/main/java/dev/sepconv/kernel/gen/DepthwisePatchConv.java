package dev.sepconv.kernel.gen;

// Written by PatchKernels: change it there, then mvn -q -Pgenerate validate.

import dev.sepconv.kernel.conv.Activations;
import dev.sepconv.kernel.conv.Tile;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Depthwise convolution for GPUs, of one kernel size and stride: a work-group loads what its output
 * pixels see of a channel, in NHWC of several, to local memory, with zeros where that is outside
 * the picture. A work-item computes a line of output pixels from there, a piece of a column.
 *
 * <p>
 * Sizes are numbers, not read from an array: TornadoVM makes constants of them. Called as plain
 * Java it computes next to nothing: the ids of a {@link KernelContext} are 0 there.
 */
public final class DepthwisePatchConv {

    private DepthwisePatchConv() {
    }

    /**
     * Input {@code [N, C, H, W]}, weight {@code [C, 1, 5, 5]}, bias {@code [C]}, output
     * {@code [N, C, OH, OW]}. Work-groups: {@code [ceil(OW/56)*ceil(OH/28), N*C]}.
     */
    public static void nchwS5U1P7(KernelContext context, FloatArray input, FloatArray weight,
            FloatArray bias, FloatArray output, int outChannels, int outHeight, int outWidth,
            int inHeight, int inWidth, int padTop, int padLeft, int activation, float slope) {
        int column = context.localIdx;
        int line = context.localIdy;
        int thread = line * 56 + column;
        int plane = context.groupIdy;
        int across = (outWidth + 55) / 56;
        int tileRow = context.groupIdx / across;
        int top = tileRow * 28;
        int left = (context.groupIdx - tileRow * across) * 56;
        int channel = plane % outChannels;
        float[] patch = context.allocateFloatLocalArray(2304);
        float[] weights = context.allocateFloatLocalArray(224);
        int picture = plane * inHeight * inWidth;
        int w = left + column - padLeft;
        int inW = Tile.inside(w, inWidth);
        int from = picture + inW;
        int h = top + line - padTop;
        float start = bias.get(channel);
        float factor = weight.get(channel * 25 + Tile.min(thread, 24));
        int inH0 = Tile.inside(h, inHeight);
        float value0 = input.get(from + inH0 * inWidth);
        int inH1 = Tile.inside(h + 4, inHeight);
        float value1 = input.get(from + inH1 * inWidth);
        int inH2 = Tile.inside(h + 8, inHeight);
        float value2 = input.get(from + inH2 * inWidth);
        int inH3 = Tile.inside(h + 12, inHeight);
        float value3 = input.get(from + inH3 * inWidth);
        int inH4 = Tile.inside(h + 16, inHeight);
        float value4 = input.get(from + inH4 * inWidth);
        int inH5 = Tile.inside(h + 20, inHeight);
        float value5 = input.get(from + inH5 * inWidth);
        int inH6 = Tile.inside(h + 24, inHeight);
        float value6 = input.get(from + inH6 * inWidth);
        int inH7 = Tile.inside(h + 28, inHeight);
        float value7 = input.get(from + inH7 * inWidth);
        // the columns right of those, a number each
        int edgeRow = Tile.min(thread / 4, 31);
        int edgeColumn = 56 + thread % 4;
        int edgeW = left + edgeColumn - padLeft;
        int edgeH = top + edgeRow - padTop;
        int edgeInW = Tile.inside(edgeW, inWidth);
        int edgeInH = Tile.inside(edgeH, inHeight);
        float edge = input.get(picture + edgeInH * inWidth + edgeInW);
        weights[thread] = factor;
        int to = line * 72 + column;
        int outside = inW - w;
        patch[to] = (inH0 - (h) | outside) == 0 ? value0 : 0f;
        patch[to + 288] = (inH1 - (h + 4) | outside) == 0 ? value1 : 0f;
        patch[to + 576] = (inH2 - (h + 8) | outside) == 0 ? value2 : 0f;
        patch[to + 864] = (inH3 - (h + 12) | outside) == 0 ? value3 : 0f;
        patch[to + 1152] = (inH4 - (h + 16) | outside) == 0 ? value4 : 0f;
        patch[to + 1440] = (inH5 - (h + 20) | outside) == 0 ? value5 : 0f;
        patch[to + 1728] = (inH6 - (h + 24) | outside) == 0 ? value6 : 0f;
        patch[to + 2016] = (inH7 - (h + 28) | outside) == 0 ? value7 : 0f;
        if (thread < 128) {
            patch[edgeRow * 72 + edgeColumn] = (edgeInH - edgeH | edgeInW - edgeW) == 0 ? edge : 0f;
        }
        context.localBarrier();
        float w00 = weights[0];
        float w01 = weights[1];
        float w02 = weights[2];
        float w03 = weights[3];
        float w04 = weights[4];
        float w10 = weights[5];
        float w11 = weights[6];
        float w12 = weights[7];
        float w13 = weights[8];
        float w14 = weights[9];
        float w20 = weights[10];
        float w21 = weights[11];
        float w22 = weights[12];
        float w23 = weights[13];
        float w24 = weights[14];
        float w30 = weights[15];
        float w31 = weights[16];
        float w32 = weights[17];
        float w33 = weights[18];
        float w34 = weights[19];
        float w40 = weights[20];
        float w41 = weights[21];
        float w42 = weights[22];
        float w43 = weights[23];
        float w44 = weights[24];
        int at = line * 504 + column;
        int out = (plane * outHeight + top + line * 7) * outWidth + left + column;
        int first = top + line * 7;
        // known where code is made of this, as sizes are
        boolean whole = outHeight % 28 == 0;
        if (outWidth % 56 == 0 || left + column < outWidth) {
            float sum0 = start;
            float value0x0 = patch[at];
            float value0x1 = patch[at + 1];
            float value0x2 = patch[at + 2];
            float value0x3 = patch[at + 3];
            float value0x4 = patch[at + 4];
            float value1x0 = patch[at + 72];
            float value1x1 = patch[at + 73];
            float value1x2 = patch[at + 74];
            float value1x3 = patch[at + 75];
            float value1x4 = patch[at + 76];
            sum0 += w00 * value0x0;
            sum0 += w01 * value0x1;
            sum0 += w02 * value0x2;
            sum0 += w03 * value0x3;
            sum0 += w04 * value0x4;
            float sum1 = start;
            float value2x0 = patch[at + 144];
            float value2x1 = patch[at + 145];
            float value2x2 = patch[at + 146];
            float value2x3 = patch[at + 147];
            float value2x4 = patch[at + 148];
            sum0 += w10 * value1x0;
            sum1 += w00 * value1x0;
            sum0 += w11 * value1x1;
            sum1 += w01 * value1x1;
            sum0 += w12 * value1x2;
            sum1 += w02 * value1x2;
            sum0 += w13 * value1x3;
            sum1 += w03 * value1x3;
            sum0 += w14 * value1x4;
            sum1 += w04 * value1x4;
            float sum2 = start;
            float value3x0 = patch[at + 216];
            float value3x1 = patch[at + 217];
            float value3x2 = patch[at + 218];
            float value3x3 = patch[at + 219];
            float value3x4 = patch[at + 220];
            sum0 += w20 * value2x0;
            sum1 += w10 * value2x0;
            sum2 += w00 * value2x0;
            sum0 += w21 * value2x1;
            sum1 += w11 * value2x1;
            sum2 += w01 * value2x1;
            sum0 += w22 * value2x2;
            sum1 += w12 * value2x2;
            sum2 += w02 * value2x2;
            sum0 += w23 * value2x3;
            sum1 += w13 * value2x3;
            sum2 += w03 * value2x3;
            sum0 += w24 * value2x4;
            sum1 += w14 * value2x4;
            sum2 += w04 * value2x4;
            float sum3 = start;
            float value4x0 = patch[at + 288];
            float value4x1 = patch[at + 289];
            float value4x2 = patch[at + 290];
            float value4x3 = patch[at + 291];
            float value4x4 = patch[at + 292];
            sum0 += w30 * value3x0;
            sum1 += w20 * value3x0;
            sum2 += w10 * value3x0;
            sum3 += w00 * value3x0;
            sum0 += w31 * value3x1;
            sum1 += w21 * value3x1;
            sum2 += w11 * value3x1;
            sum3 += w01 * value3x1;
            sum0 += w32 * value3x2;
            sum1 += w22 * value3x2;
            sum2 += w12 * value3x2;
            sum3 += w02 * value3x2;
            sum0 += w33 * value3x3;
            sum1 += w23 * value3x3;
            sum2 += w13 * value3x3;
            sum3 += w03 * value3x3;
            sum0 += w34 * value3x4;
            sum1 += w24 * value3x4;
            sum2 += w14 * value3x4;
            sum3 += w04 * value3x4;
            float sum4 = start;
            float value5x0 = patch[at + 360];
            float value5x1 = patch[at + 361];
            float value5x2 = patch[at + 362];
            float value5x3 = patch[at + 363];
            float value5x4 = patch[at + 364];
            sum0 += w40 * value4x0;
            sum1 += w30 * value4x0;
            sum2 += w20 * value4x0;
            sum3 += w10 * value4x0;
            sum4 += w00 * value4x0;
            sum0 += w41 * value4x1;
            sum1 += w31 * value4x1;
            sum2 += w21 * value4x1;
            sum3 += w11 * value4x1;
            sum4 += w01 * value4x1;
            sum0 += w42 * value4x2;
            sum1 += w32 * value4x2;
            sum2 += w22 * value4x2;
            sum3 += w12 * value4x2;
            sum4 += w02 * value4x2;
            sum0 += w43 * value4x3;
            sum1 += w33 * value4x3;
            sum2 += w23 * value4x3;
            sum3 += w13 * value4x3;
            sum4 += w03 * value4x3;
            sum0 += w44 * value4x4;
            sum1 += w34 * value4x4;
            sum2 += w24 * value4x4;
            sum3 += w14 * value4x4;
            sum4 += w04 * value4x4;
            if (whole || first < outHeight) {
                output.set(out, Activations.apply(sum0, activation, slope));
            }
            float sum5 = start;
            float value6x0 = patch[at + 432];
            float value6x1 = patch[at + 433];
            float value6x2 = patch[at + 434];
            float value6x3 = patch[at + 435];
            float value6x4 = patch[at + 436];
            sum1 += w40 * value5x0;
            sum2 += w30 * value5x0;
            sum3 += w20 * value5x0;
            sum4 += w10 * value5x0;
            sum5 += w00 * value5x0;
            sum1 += w41 * value5x1;
            sum2 += w31 * value5x1;
            sum3 += w21 * value5x1;
            sum4 += w11 * value5x1;
            sum5 += w01 * value5x1;
            sum1 += w42 * value5x2;
            sum2 += w32 * value5x2;
            sum3 += w22 * value5x2;
            sum4 += w12 * value5x2;
            sum5 += w02 * value5x2;
            sum1 += w43 * value5x3;
            sum2 += w33 * value5x3;
            sum3 += w23 * value5x3;
            sum4 += w13 * value5x3;
            sum5 += w03 * value5x3;
            sum1 += w44 * value5x4;
            sum2 += w34 * value5x4;
            sum3 += w24 * value5x4;
            sum4 += w14 * value5x4;
            sum5 += w04 * value5x4;
            if (whole || first + 1 < outHeight) {
                output.set(out + outWidth, Activations.apply(sum1, activation, slope));
            }
            float sum6 = start;
            float value7x0 = patch[at + 504];
            float value7x1 = patch[at + 505];
            float value7x2 = patch[at + 506];
            float value7x3 = patch[at + 507];
            float value7x4 = patch[at + 508];
            sum2 += w40 * value6x0;
            sum3 += w30 * value6x0;
            sum4 += w20 * value6x0;
            sum5 += w10 * value6x0;
            sum6 += w00 * value6x0;
            sum2 += w41 * value6x1;
            sum3 += w31 * value6x1;
            sum4 += w21 * value6x1;
            sum5 += w11 * value6x1;
            sum6 += w01 * value6x1;
            sum2 += w42 * value6x2;
            sum3 += w32 * value6x2;
            sum4 += w22 * value6x2;
            sum5 += w12 * value6x2;
            sum6 += w02 * value6x2;
            sum2 += w43 * value6x3;
            sum3 += w33 * value6x3;
            sum4 += w23 * value6x3;
            sum5 += w13 * value6x3;
            sum6 += w03 * value6x3;
            sum2 += w44 * value6x4;
            sum3 += w34 * value6x4;
            sum4 += w24 * value6x4;
            sum5 += w14 * value6x4;
            sum6 += w04 * value6x4;
            if (whole || first + 2 < outHeight) {
                output.set(out + 2 * outWidth, Activations.apply(sum2, activation, slope));
            }
            float value8x0 = patch[at + 576];
            float value8x1 = patch[at + 577];
            float value8x2 = patch[at + 578];
            float value8x3 = patch[at + 579];
            float value8x4 = patch[at + 580];
            sum3 += w40 * value7x0;
            sum4 += w30 * value7x0;
            sum5 += w20 * value7x0;
            sum6 += w10 * value7x0;
            sum3 += w41 * value7x1;
            sum4 += w31 * value7x1;
            sum5 += w21 * value7x1;
            sum6 += w11 * value7x1;
            sum3 += w42 * value7x2;
            sum4 += w32 * value7x2;
            sum5 += w22 * value7x2;
            sum6 += w12 * value7x2;
            sum3 += w43 * value7x3;
            sum4 += w33 * value7x3;
            sum5 += w23 * value7x3;
            sum6 += w13 * value7x3;
            sum3 += w44 * value7x4;
            sum4 += w34 * value7x4;
            sum5 += w24 * value7x4;
            sum6 += w14 * value7x4;
            if (whole || first + 3 < outHeight) {
                output.set(out + 3 * outWidth, Activations.apply(sum3, activation, slope));
            }
            float value9x0 = patch[at + 648];
            float value9x1 = patch[at + 649];
            float value9x2 = patch[at + 650];
            float value9x3 = patch[at + 651];
            float value9x4 = patch[at + 652];
            sum4 += w40 * value8x0;
            sum5 += w30 * value8x0;
            sum6 += w20 * value8x0;
            sum4 += w41 * value8x1;
            sum5 += w31 * value8x1;
            sum6 += w21 * value8x1;
            sum4 += w42 * value8x2;
            sum5 += w32 * value8x2;
            sum6 += w22 * value8x2;
            sum4 += w43 * value8x3;
            sum5 += w33 * value8x3;
            sum6 += w23 * value8x3;
            sum4 += w44 * value8x4;
            sum5 += w34 * value8x4;
            sum6 += w24 * value8x4;
            if (whole || first + 4 < outHeight) {
                output.set(out + 4 * outWidth, Activations.apply(sum4, activation, slope));
            }
            float value10x0 = patch[at + 720];
            float value10x1 = patch[at + 721];
            float value10x2 = patch[at + 722];
            float value10x3 = patch[at + 723];
            float value10x4 = patch[at + 724];
            sum5 += w40 * value9x0;
            sum6 += w30 * value9x0;
            sum5 += w41 * value9x1;
            sum6 += w31 * value9x1;
            sum5 += w42 * value9x2;
            sum6 += w32 * value9x2;
            sum5 += w43 * value9x3;
            sum6 += w33 * value9x3;
            sum5 += w44 * value9x4;
            sum6 += w34 * value9x4;
            if (whole || first + 5 < outHeight) {
                output.set(out + 5 * outWidth, Activations.apply(sum5, activation, slope));
            }
            sum6 += w40 * value10x0;
            sum6 += w41 * value10x1;
            sum6 += w42 * value10x2;
            sum6 += w43 * value10x3;
            sum6 += w44 * value10x4;
            if (whole || first + 6 < outHeight) {
                output.set(out + 6 * outWidth, Activations.apply(sum6, activation, slope));
            }
        }
    }

    /**
     * Input {@code [N, H, W, C]}, weight {@code [5, 5, C]}, bias {@code [C]}, output
     * {@code [N, OH, OW, C]}. Work-groups: {@code [ceil(OW/14)*ceil(OH/7), N*ceil(C/16)]}.
     */
    public static void nhwcS5U1P7(KernelContext context, FloatArray input, FloatArray weight,
            FloatArray bias, FloatArray output, int outChannels, int outHeight, int outWidth,
            int inHeight, int inWidth, int padTop, int padLeft, int activation, float slope) {
        int thread = context.localIdx;
        int blocks = (outChannels + 15) / 16;
        int image = context.groupIdy / blocks;
        int wanted = (context.groupIdy - image * blocks) * 16 + (thread & 15);
        // memory is read 32 bytes at a time, and arrays begin 16 behind such a place
        int channel = (wanted + 4) % outChannels;
        int column = thread / 16;
        int across = (outWidth + 13) / 14;
        int tileRow = context.groupIdx / across;
        int top = tileRow * 7;
        int left = (context.groupIdx - tileRow * across) * 14;
        float[] patch = context.allocateFloatLocalArray(3168);
        float[] weights = context.allocateFloatLocalArray(576);
        int w = left + column - padLeft;
        int inW = Tile.inside(w, inWidth);
        int from = (image * inHeight * inWidth + inW) * outChannels + channel;
        int row = inWidth * outChannels;
        int h = top - padTop;
        float start = bias.get(channel);
        float factor0 = weight.get(Tile.min(column, 24) * outChannels + channel);
        float factor1 = weight.get(Tile.min(column + 18, 24) * outChannels + channel);
        int inH0 = Tile.inside(h, inHeight);
        float value0 = input.get(from + inH0 * row);
        int inH1 = Tile.inside(h + 1, inHeight);
        float value1 = input.get(from + inH1 * row);
        int inH2 = Tile.inside(h + 2, inHeight);
        float value2 = input.get(from + inH2 * row);
        int inH3 = Tile.inside(h + 3, inHeight);
        float value3 = input.get(from + inH3 * row);
        int inH4 = Tile.inside(h + 4, inHeight);
        float value4 = input.get(from + inH4 * row);
        int inH5 = Tile.inside(h + 5, inHeight);
        float value5 = input.get(from + inH5 * row);
        int inH6 = Tile.inside(h + 6, inHeight);
        float value6 = input.get(from + inH6 * row);
        int inH7 = Tile.inside(h + 7, inHeight);
        float value7 = input.get(from + inH7 * row);
        int inH8 = Tile.inside(h + 8, inHeight);
        float value8 = input.get(from + inH8 * row);
        int inH9 = Tile.inside(h + 9, inHeight);
        float value9 = input.get(from + inH9 * row);
        int inH10 = Tile.inside(h + 10, inHeight);
        float value10 = input.get(from + inH10 * row);
        int outside = inW - w;
        weights[thread] = factor0;
        weights[thread + 288] = factor1;
        patch[thread] = (inH0 - (h) | outside) == 0 ? value0 : 0f;
        patch[thread + 288] = (inH1 - (h + 1) | outside) == 0 ? value1 : 0f;
        patch[thread + 576] = (inH2 - (h + 2) | outside) == 0 ? value2 : 0f;
        patch[thread + 864] = (inH3 - (h + 3) | outside) == 0 ? value3 : 0f;
        patch[thread + 1152] = (inH4 - (h + 4) | outside) == 0 ? value4 : 0f;
        patch[thread + 1440] = (inH5 - (h + 5) | outside) == 0 ? value5 : 0f;
        patch[thread + 1728] = (inH6 - (h + 6) | outside) == 0 ? value6 : 0f;
        patch[thread + 2016] = (inH7 - (h + 7) | outside) == 0 ? value7 : 0f;
        patch[thread + 2304] = (inH8 - (h + 8) | outside) == 0 ? value8 : 0f;
        patch[thread + 2592] = (inH9 - (h + 9) | outside) == 0 ? value9 : 0f;
        patch[thread + 2880] = (inH10 - (h + 10) | outside) == 0 ? value10 : 0f;
        context.localBarrier();
        float w00 = weights[(thread & 15)];
        float w01 = weights[(thread & 15) + 16];
        float w02 = weights[(thread & 15) + 32];
        float w03 = weights[(thread & 15) + 48];
        float w04 = weights[(thread & 15) + 64];
        float w10 = weights[(thread & 15) + 80];
        float w11 = weights[(thread & 15) + 96];
        float w12 = weights[(thread & 15) + 112];
        float w13 = weights[(thread & 15) + 128];
        float w14 = weights[(thread & 15) + 144];
        float w20 = weights[(thread & 15) + 160];
        float w21 = weights[(thread & 15) + 176];
        float w22 = weights[(thread & 15) + 192];
        float w23 = weights[(thread & 15) + 208];
        float w24 = weights[(thread & 15) + 224];
        float w30 = weights[(thread & 15) + 240];
        float w31 = weights[(thread & 15) + 256];
        float w32 = weights[(thread & 15) + 272];
        float w33 = weights[(thread & 15) + 288];
        float w34 = weights[(thread & 15) + 304];
        float w40 = weights[(thread & 15) + 320];
        float w41 = weights[(thread & 15) + 336];
        float w42 = weights[(thread & 15) + 352];
        float w43 = weights[(thread & 15) + 368];
        float w44 = weights[(thread & 15) + 384];
        int at = thread;
        int outRow = outWidth * outChannels;
        int out = (image * outHeight + top) * outRow + (left + column) * outChannels + channel;
        int first = top;
        // known where code is made of this, as sizes are
        boolean whole = outHeight % 7 == 0;
        if (column < 14 && (outWidth % 14 == 0 || left + column < outWidth)
                && (outChannels % 16 == 0 || wanted < outChannels)) {
            float sum0 = start;
            float value0x0 = patch[at];
            float value0x1 = patch[at + 16];
            float value0x2 = patch[at + 32];
            float value0x3 = patch[at + 48];
            float value0x4 = patch[at + 64];
            float value1x0 = patch[at + 288];
            float value1x1 = patch[at + 304];
            float value1x2 = patch[at + 320];
            float value1x3 = patch[at + 336];
            float value1x4 = patch[at + 352];
            sum0 += w00 * value0x0;
            sum0 += w01 * value0x1;
            sum0 += w02 * value0x2;
            sum0 += w03 * value0x3;
            sum0 += w04 * value0x4;
            float sum1 = start;
            float value2x0 = patch[at + 576];
            float value2x1 = patch[at + 592];
            float value2x2 = patch[at + 608];
            float value2x3 = patch[at + 624];
            float value2x4 = patch[at + 640];
            sum0 += w10 * value1x0;
            sum1 += w00 * value1x0;
            sum0 += w11 * value1x1;
            sum1 += w01 * value1x1;
            sum0 += w12 * value1x2;
            sum1 += w02 * value1x2;
            sum0 += w13 * value1x3;
            sum1 += w03 * value1x3;
            sum0 += w14 * value1x4;
            sum1 += w04 * value1x4;
            float sum2 = start;
            float value3x0 = patch[at + 864];
            float value3x1 = patch[at + 880];
            float value3x2 = patch[at + 896];
            float value3x3 = patch[at + 912];
            float value3x4 = patch[at + 928];
            sum0 += w20 * value2x0;
            sum1 += w10 * value2x0;
            sum2 += w00 * value2x0;
            sum0 += w21 * value2x1;
            sum1 += w11 * value2x1;
            sum2 += w01 * value2x1;
            sum0 += w22 * value2x2;
            sum1 += w12 * value2x2;
            sum2 += w02 * value2x2;
            sum0 += w23 * value2x3;
            sum1 += w13 * value2x3;
            sum2 += w03 * value2x3;
            sum0 += w24 * value2x4;
            sum1 += w14 * value2x4;
            sum2 += w04 * value2x4;
            float sum3 = start;
            float value4x0 = patch[at + 1152];
            float value4x1 = patch[at + 1168];
            float value4x2 = patch[at + 1184];
            float value4x3 = patch[at + 1200];
            float value4x4 = patch[at + 1216];
            sum0 += w30 * value3x0;
            sum1 += w20 * value3x0;
            sum2 += w10 * value3x0;
            sum3 += w00 * value3x0;
            sum0 += w31 * value3x1;
            sum1 += w21 * value3x1;
            sum2 += w11 * value3x1;
            sum3 += w01 * value3x1;
            sum0 += w32 * value3x2;
            sum1 += w22 * value3x2;
            sum2 += w12 * value3x2;
            sum3 += w02 * value3x2;
            sum0 += w33 * value3x3;
            sum1 += w23 * value3x3;
            sum2 += w13 * value3x3;
            sum3 += w03 * value3x3;
            sum0 += w34 * value3x4;
            sum1 += w24 * value3x4;
            sum2 += w14 * value3x4;
            sum3 += w04 * value3x4;
            float sum4 = start;
            float value5x0 = patch[at + 1440];
            float value5x1 = patch[at + 1456];
            float value5x2 = patch[at + 1472];
            float value5x3 = patch[at + 1488];
            float value5x4 = patch[at + 1504];
            sum0 += w40 * value4x0;
            sum1 += w30 * value4x0;
            sum2 += w20 * value4x0;
            sum3 += w10 * value4x0;
            sum4 += w00 * value4x0;
            sum0 += w41 * value4x1;
            sum1 += w31 * value4x1;
            sum2 += w21 * value4x1;
            sum3 += w11 * value4x1;
            sum4 += w01 * value4x1;
            sum0 += w42 * value4x2;
            sum1 += w32 * value4x2;
            sum2 += w22 * value4x2;
            sum3 += w12 * value4x2;
            sum4 += w02 * value4x2;
            sum0 += w43 * value4x3;
            sum1 += w33 * value4x3;
            sum2 += w23 * value4x3;
            sum3 += w13 * value4x3;
            sum4 += w03 * value4x3;
            sum0 += w44 * value4x4;
            sum1 += w34 * value4x4;
            sum2 += w24 * value4x4;
            sum3 += w14 * value4x4;
            sum4 += w04 * value4x4;
            if (whole || first < outHeight) {
                output.set(out, Activations.apply(sum0, activation, slope));
            }
            float sum5 = start;
            float value6x0 = patch[at + 1728];
            float value6x1 = patch[at + 1744];
            float value6x2 = patch[at + 1760];
            float value6x3 = patch[at + 1776];
            float value6x4 = patch[at + 1792];
            sum1 += w40 * value5x0;
            sum2 += w30 * value5x0;
            sum3 += w20 * value5x0;
            sum4 += w10 * value5x0;
            sum5 += w00 * value5x0;
            sum1 += w41 * value5x1;
            sum2 += w31 * value5x1;
            sum3 += w21 * value5x1;
            sum4 += w11 * value5x1;
            sum5 += w01 * value5x1;
            sum1 += w42 * value5x2;
            sum2 += w32 * value5x2;
            sum3 += w22 * value5x2;
            sum4 += w12 * value5x2;
            sum5 += w02 * value5x2;
            sum1 += w43 * value5x3;
            sum2 += w33 * value5x3;
            sum3 += w23 * value5x3;
            sum4 += w13 * value5x3;
            sum5 += w03 * value5x3;
            sum1 += w44 * value5x4;
            sum2 += w34 * value5x4;
            sum3 += w24 * value5x4;
            sum4 += w14 * value5x4;
            sum5 += w04 * value5x4;
            if (whole || first + 1 < outHeight) {
                output.set(out + outRow, Activations.apply(sum1, activation, slope));
            }
            float sum6 = start;
            float value7x0 = patch[at + 2016];
            float value7x1 = patch[at + 2032];
            float value7x2 = patch[at + 2048];
            float value7x3 = patch[at + 2064];
            float value7x4 = patch[at + 2080];
            sum2 += w40 * value6x0;
            sum3 += w30 * value6x0;
            sum4 += w20 * value6x0;
            sum5 += w10 * value6x0;
            sum6 += w00 * value6x0;
            sum2 += w41 * value6x1;
            sum3 += w31 * value6x1;
            sum4 += w21 * value6x1;
            sum5 += w11 * value6x1;
            sum6 += w01 * value6x1;
            sum2 += w42 * value6x2;
            sum3 += w32 * value6x2;
            sum4 += w22 * value6x2;
            sum5 += w12 * value6x2;
            sum6 += w02 * value6x2;
            sum2 += w43 * value6x3;
            sum3 += w33 * value6x3;
            sum4 += w23 * value6x3;
            sum5 += w13 * value6x3;
            sum6 += w03 * value6x3;
            sum2 += w44 * value6x4;
            sum3 += w34 * value6x4;
            sum4 += w24 * value6x4;
            sum5 += w14 * value6x4;
            sum6 += w04 * value6x4;
            if (whole || first + 2 < outHeight) {
                output.set(out + 2 * outRow, Activations.apply(sum2, activation, slope));
            }
            float value8x0 = patch[at + 2304];
            float value8x1 = patch[at + 2320];
            float value8x2 = patch[at + 2336];
            float value8x3 = patch[at + 2352];
            float value8x4 = patch[at + 2368];
            sum3 += w40 * value7x0;
            sum4 += w30 * value7x0;
            sum5 += w20 * value7x0;
            sum6 += w10 * value7x0;
            sum3 += w41 * value7x1;
            sum4 += w31 * value7x1;
            sum5 += w21 * value7x1;
            sum6 += w11 * value7x1;
            sum3 += w42 * value7x2;
            sum4 += w32 * value7x2;
            sum5 += w22 * value7x2;
            sum6 += w12 * value7x2;
            sum3 += w43 * value7x3;
            sum4 += w33 * value7x3;
            sum5 += w23 * value7x3;
            sum6 += w13 * value7x3;
            sum3 += w44 * value7x4;
            sum4 += w34 * value7x4;
            sum5 += w24 * value7x4;
            sum6 += w14 * value7x4;
            if (whole || first + 3 < outHeight) {
                output.set(out + 3 * outRow, Activations.apply(sum3, activation, slope));
            }
            float value9x0 = patch[at + 2592];
            float value9x1 = patch[at + 2608];
            float value9x2 = patch[at + 2624];
            float value9x3 = patch[at + 2640];
            float value9x4 = patch[at + 2656];
            sum4 += w40 * value8x0;
            sum5 += w30 * value8x0;
            sum6 += w20 * value8x0;
            sum4 += w41 * value8x1;
            sum5 += w31 * value8x1;
            sum6 += w21 * value8x1;
            sum4 += w42 * value8x2;
            sum5 += w32 * value8x2;
            sum6 += w22 * value8x2;
            sum4 += w43 * value8x3;
            sum5 += w33 * value8x3;
            sum6 += w23 * value8x3;
            sum4 += w44 * value8x4;
            sum5 += w34 * value8x4;
            sum6 += w24 * value8x4;
            if (whole || first + 4 < outHeight) {
                output.set(out + 4 * outRow, Activations.apply(sum4, activation, slope));
            }
            float value10x0 = patch[at + 2880];
            float value10x1 = patch[at + 2896];
            float value10x2 = patch[at + 2912];
            float value10x3 = patch[at + 2928];
            float value10x4 = patch[at + 2944];
            sum5 += w40 * value9x0;
            sum6 += w30 * value9x0;
            sum5 += w41 * value9x1;
            sum6 += w31 * value9x1;
            sum5 += w42 * value9x2;
            sum6 += w32 * value9x2;
            sum5 += w43 * value9x3;
            sum6 += w33 * value9x3;
            sum5 += w44 * value9x4;
            sum6 += w34 * value9x4;
            if (whole || first + 5 < outHeight) {
                output.set(out + 5 * outRow, Activations.apply(sum5, activation, slope));
            }
            sum6 += w40 * value10x0;
            sum6 += w41 * value10x1;
            sum6 += w42 * value10x2;
            sum6 += w43 * value10x3;
            sum6 += w44 * value10x4;
            if (whole || first + 6 < outHeight) {
                output.set(out + 6 * outRow, Activations.apply(sum6, activation, slope));
            }
        }
    }
}
