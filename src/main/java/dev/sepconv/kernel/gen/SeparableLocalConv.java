package dev.sepconv.kernel.gen;

// Written by RowKernels: change it there, then mvn -q -Pgenerate validate.

import dev.sepconv.kernel.conv.Activations;
import dev.sepconv.kernel.conv.Tile;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Depthwise convolution of 3x3 at stride 1 and the pointwise one behind it, for GPUs: what is
 * between them is in local memory alone. A work-group computes a tile of pixels of a row by output
 * channels, the channels of the input some at a time: it loads what the tile sees of them,
 * convolves each by itself, and adds their products to its sums, of which each work-item has those
 * of some pixels, some output channels and a part of the channels. At the end the parts' sums come
 * together in local memory.
 *
 * <p>
 * Weights as {@link PointwiseLocalConv} has them; they are read as they are needed, as no other
 * work-item of the group needs them. Sizes are numbers, not read from an array: TornadoVM makes
 * constants of them. Called as plain Java it computes next to nothing: the ids of a
 * {@link KernelContext} are 0 there.
 */
public final class SeparableLocalConv {

    private SeparableLocalConv() {
    }

    /**
     * 14 pixels by 64 output channels, 7 by 4 a work-item, 64 channels at a time.
     *
     * <p>
     * Input {@code [N, C, H, W]}, weights {@code [C, 1, 3, 3]} and {@code [ceil(K/64), C, 64]},
     * output {@code [N, K, H, W]}. Work-groups: {@code [N*H*ceil(W/14), ceil(K/64)]}.
     */
    public static void nchw14x64x64i7x4x8(KernelContext context, FloatArray input,
            FloatArray depthwiseWeight, FloatArray depthwiseBias, FloatArray weight,
            FloatArray bias, FloatArray output, int channels, int outChannels, int height,
            int width, int innerActivation, float innerSlope, int activation, float slope) {
        int thread = context.localIdx;
        int tile = context.groupIdx;
        int block = context.groupIdy;
        float[] patch = context.allocateFloatLocalArray(3584);
        float[] factors = context.allocateFloatLocalArray(768);
        float[] middle = context.allocateFloatLocalArray(1088);
        int across = (width + 13) / 14;
        int row = tile / across;
        int left = (tile - row * across) * 14;
        int image = row / height;
        int h = row - image * height;
        int plane = height * width;
        // minus 0, which no compiler knows: so a channel's reads stay with its products
        int rows = 8 - context.groupIdz;
        int column = thread & 15;
        int w = left + column - 1;
        int inW = Tile.inside(w, width);
        int above = Tile.inside(h - 1, height);
        int below = Tile.inside(h + 1, height);
        int outside = inW - w;
        int outsideAbove = outside | above - h + 1;
        int outsideBelow = outside | below - h - 1;
        int first = (image * channels + thread / 16) * plane + inW;
        int at0 = first + above * width;
        int at1 = first + h * width;
        int at2 = first + below * width;
        int lane = thread % 32;
        int part = thread / 32;
        int x = lane % 2;
        int filter = lane / 2;
        int weightAt = (block * channels + part) * 64 + filter;
        int factorAt = thread;
        int biasAt = thread % 64;
        float weight00 = weight.get(weightAt);
        float weight01 = weight.get(weightAt + 16);
        float weight02 = weight.get(weightAt + 32);
        float weight03 = weight.get(weightAt + 48);
        float weight10 = weight.get(weightAt + 512);
        float weight11 = weight.get(weightAt + 528);
        float weight12 = weight.get(weightAt + 544);
        float weight13 = weight.get(weightAt + 560);
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
        int to = thread / 16 * 49 + column;
        int from = biasAt * 49 + thread / 64 * 4;
        int factorFrom = biasAt * 9;
        int middleTo = biasAt * 17 + thread / 64 * 4;
        int middleAt = part * 17 + x * 7;
        for (int slab = 0; slab < channels; slab += 64) {
            float value00 = input.get(at0);
            float value01 = input.get(at1);
            float value02 = input.get(at2);
            float value10 = input.get(at0 + 16 * plane);
            float value11 = input.get(at1 + 16 * plane);
            float value12 = input.get(at2 + 16 * plane);
            float value20 = input.get(at0 + 32 * plane);
            float value21 = input.get(at1 + 32 * plane);
            float value22 = input.get(at2 + 32 * plane);
            float value30 = input.get(at0 + 48 * plane);
            float value31 = input.get(at1 + 48 * plane);
            float value32 = input.get(at2 + 48 * plane);
            float start = depthwiseBias.get(biasAt);
            float factor0 = depthwiseWeight.get(factorAt);
            float factor1 = depthwiseWeight.get(factorAt + 256);
            float factor2 = depthwiseWeight.get(factorAt - thread + Tile.min(thread + 512, 575));
            patch[to] = outsideAbove == 0 ? value00 : 0f;
            patch[to + 16] = outside == 0 ? value01 : 0f;
            patch[to + 32] = outsideBelow == 0 ? value02 : 0f;
            patch[to + 784] = outsideAbove == 0 ? value10 : 0f;
            patch[to + 800] = outside == 0 ? value11 : 0f;
            patch[to + 816] = outsideBelow == 0 ? value12 : 0f;
            patch[to + 1568] = outsideAbove == 0 ? value20 : 0f;
            patch[to + 1584] = outside == 0 ? value21 : 0f;
            patch[to + 1600] = outsideBelow == 0 ? value22 : 0f;
            patch[to + 2352] = outsideAbove == 0 ? value30 : 0f;
            patch[to + 2368] = outside == 0 ? value31 : 0f;
            patch[to + 2384] = outsideBelow == 0 ? value32 : 0f;
            factors[thread] = factor0;
            factors[thread + 256] = factor1;
            factors[thread + 512] = factor2;
            context.localBarrier();
            at0 += 64 * plane;
            at1 += 64 * plane;
            at2 += 64 * plane;
            factorAt += 576;
            biasAt += 64;
            float made0 = start;
            float made1 = start;
            float made2 = start;
            float made3 = start;
            if (0 < rows) {
                float f00 = factors[factorFrom];
                float f01 = factors[factorFrom + 1];
                float f02 = factors[factorFrom + 2];
                float v00 = patch[from];
                float v01 = patch[from + 1];
                float v02 = patch[from + 2];
                float v03 = patch[from + 3];
                float v04 = patch[from + 4];
                float v05 = patch[from + 5];
                made0 += f00 * v00;
                made0 += f01 * v01;
                made0 += f02 * v02;
                made1 += f00 * v01;
                made1 += f01 * v02;
                made1 += f02 * v03;
                made2 += f00 * v02;
                made2 += f01 * v03;
                made2 += f02 * v04;
                made3 += f00 * v03;
                made3 += f01 * v04;
                made3 += f02 * v05;
            }
            if (1 < rows) {
                float f10 = factors[factorFrom + 3];
                float f11 = factors[factorFrom + 4];
                float f12 = factors[factorFrom + 5];
                float v10 = patch[from + 16];
                float v11 = patch[from + 17];
                float v12 = patch[from + 18];
                float v13 = patch[from + 19];
                float v14 = patch[from + 20];
                float v15 = patch[from + 21];
                made0 += f10 * v10;
                made0 += f11 * v11;
                made0 += f12 * v12;
                made1 += f10 * v11;
                made1 += f11 * v12;
                made1 += f12 * v13;
                made2 += f10 * v12;
                made2 += f11 * v13;
                made2 += f12 * v14;
                made3 += f10 * v13;
                made3 += f11 * v14;
                made3 += f12 * v15;
            }
            if (2 < rows) {
                float f20 = factors[factorFrom + 6];
                float f21 = factors[factorFrom + 7];
                float f22 = factors[factorFrom + 8];
                float v20 = patch[from + 32];
                float v21 = patch[from + 33];
                float v22 = patch[from + 34];
                float v23 = patch[from + 35];
                float v24 = patch[from + 36];
                float v25 = patch[from + 37];
                made0 += f20 * v20;
                made0 += f21 * v21;
                made0 += f22 * v22;
                made1 += f20 * v21;
                made1 += f21 * v22;
                made1 += f22 * v23;
                made2 += f20 * v22;
                made2 += f21 * v23;
                made2 += f22 * v24;
                made3 += f20 * v23;
                made3 += f21 * v24;
                made3 += f22 * v25;
            }
            middle[middleTo] = Activations.apply(made0, innerActivation, innerSlope);
            middle[middleTo + 1] = Activations.apply(made1, innerActivation, innerSlope);
            middle[middleTo + 2] = Activations.apply(made2, innerActivation, innerSlope);
            middle[middleTo + 3] = Activations.apply(made3, innerActivation, innerSlope);
            context.localBarrier();
            boolean more = slab + 64 < channels;
            if (0 < rows) {
                float x0x0 = middle[middleAt];
                float x0x1 = middle[middleAt + 1];
                float x0x2 = middle[middleAt + 2];
                float x0x3 = middle[middleAt + 3];
                float x0x4 = middle[middleAt + 4];
                float x0x5 = middle[middleAt + 5];
                float x0x6 = middle[middleAt + 6];
                sum00 += weight00 * x0x0;
                sum01 += weight00 * x0x1;
                sum02 += weight00 * x0x2;
                sum03 += weight00 * x0x3;
                sum04 += weight00 * x0x4;
                sum05 += weight00 * x0x5;
                sum06 += weight00 * x0x6;
                sum10 += weight01 * x0x0;
                sum11 += weight01 * x0x1;
                sum12 += weight01 * x0x2;
                sum13 += weight01 * x0x3;
                sum14 += weight01 * x0x4;
                sum15 += weight01 * x0x5;
                sum16 += weight01 * x0x6;
                sum20 += weight02 * x0x0;
                sum21 += weight02 * x0x1;
                sum22 += weight02 * x0x2;
                sum23 += weight02 * x0x3;
                sum24 += weight02 * x0x4;
                sum25 += weight02 * x0x5;
                sum26 += weight02 * x0x6;
                sum30 += weight03 * x0x0;
                sum31 += weight03 * x0x1;
                sum32 += weight03 * x0x2;
                sum33 += weight03 * x0x3;
                sum34 += weight03 * x0x4;
                sum35 += weight03 * x0x5;
                sum36 += weight03 * x0x6;
            }
            weight00 = weight.get(weightAt + 1024);
            weight01 = weight.get(weightAt + 1040);
            weight02 = weight.get(weightAt + 1056);
            weight03 = weight.get(weightAt + 1072);
            if (1 < rows) {
                float x1x0 = middle[middleAt + 136];
                float x1x1 = middle[middleAt + 137];
                float x1x2 = middle[middleAt + 138];
                float x1x3 = middle[middleAt + 139];
                float x1x4 = middle[middleAt + 140];
                float x1x5 = middle[middleAt + 141];
                float x1x6 = middle[middleAt + 142];
                sum00 += weight10 * x1x0;
                sum01 += weight10 * x1x1;
                sum02 += weight10 * x1x2;
                sum03 += weight10 * x1x3;
                sum04 += weight10 * x1x4;
                sum05 += weight10 * x1x5;
                sum06 += weight10 * x1x6;
                sum10 += weight11 * x1x0;
                sum11 += weight11 * x1x1;
                sum12 += weight11 * x1x2;
                sum13 += weight11 * x1x3;
                sum14 += weight11 * x1x4;
                sum15 += weight11 * x1x5;
                sum16 += weight11 * x1x6;
                sum20 += weight12 * x1x0;
                sum21 += weight12 * x1x1;
                sum22 += weight12 * x1x2;
                sum23 += weight12 * x1x3;
                sum24 += weight12 * x1x4;
                sum25 += weight12 * x1x5;
                sum26 += weight12 * x1x6;
                sum30 += weight13 * x1x0;
                sum31 += weight13 * x1x1;
                sum32 += weight13 * x1x2;
                sum33 += weight13 * x1x3;
                sum34 += weight13 * x1x4;
                sum35 += weight13 * x1x5;
                sum36 += weight13 * x1x6;
            }
            weight10 = weight.get(weightAt + 1536);
            weight11 = weight.get(weightAt + 1552);
            weight12 = weight.get(weightAt + 1568);
            weight13 = weight.get(weightAt + 1584);
            if (2 < rows) {
                float x2x0 = middle[middleAt + 272];
                float x2x1 = middle[middleAt + 273];
                float x2x2 = middle[middleAt + 274];
                float x2x3 = middle[middleAt + 275];
                float x2x4 = middle[middleAt + 276];
                float x2x5 = middle[middleAt + 277];
                float x2x6 = middle[middleAt + 278];
                sum00 += weight00 * x2x0;
                sum01 += weight00 * x2x1;
                sum02 += weight00 * x2x2;
                sum03 += weight00 * x2x3;
                sum04 += weight00 * x2x4;
                sum05 += weight00 * x2x5;
                sum06 += weight00 * x2x6;
                sum10 += weight01 * x2x0;
                sum11 += weight01 * x2x1;
                sum12 += weight01 * x2x2;
                sum13 += weight01 * x2x3;
                sum14 += weight01 * x2x4;
                sum15 += weight01 * x2x5;
                sum16 += weight01 * x2x6;
                sum20 += weight02 * x2x0;
                sum21 += weight02 * x2x1;
                sum22 += weight02 * x2x2;
                sum23 += weight02 * x2x3;
                sum24 += weight02 * x2x4;
                sum25 += weight02 * x2x5;
                sum26 += weight02 * x2x6;
                sum30 += weight03 * x2x0;
                sum31 += weight03 * x2x1;
                sum32 += weight03 * x2x2;
                sum33 += weight03 * x2x3;
                sum34 += weight03 * x2x4;
                sum35 += weight03 * x2x5;
                sum36 += weight03 * x2x6;
            }
            weight00 = weight.get(weightAt + 2048);
            weight01 = weight.get(weightAt + 2064);
            weight02 = weight.get(weightAt + 2080);
            weight03 = weight.get(weightAt + 2096);
            if (3 < rows) {
                float x3x0 = middle[middleAt + 408];
                float x3x1 = middle[middleAt + 409];
                float x3x2 = middle[middleAt + 410];
                float x3x3 = middle[middleAt + 411];
                float x3x4 = middle[middleAt + 412];
                float x3x5 = middle[middleAt + 413];
                float x3x6 = middle[middleAt + 414];
                sum00 += weight10 * x3x0;
                sum01 += weight10 * x3x1;
                sum02 += weight10 * x3x2;
                sum03 += weight10 * x3x3;
                sum04 += weight10 * x3x4;
                sum05 += weight10 * x3x5;
                sum06 += weight10 * x3x6;
                sum10 += weight11 * x3x0;
                sum11 += weight11 * x3x1;
                sum12 += weight11 * x3x2;
                sum13 += weight11 * x3x3;
                sum14 += weight11 * x3x4;
                sum15 += weight11 * x3x5;
                sum16 += weight11 * x3x6;
                sum20 += weight12 * x3x0;
                sum21 += weight12 * x3x1;
                sum22 += weight12 * x3x2;
                sum23 += weight12 * x3x3;
                sum24 += weight12 * x3x4;
                sum25 += weight12 * x3x5;
                sum26 += weight12 * x3x6;
                sum30 += weight13 * x3x0;
                sum31 += weight13 * x3x1;
                sum32 += weight13 * x3x2;
                sum33 += weight13 * x3x3;
                sum34 += weight13 * x3x4;
                sum35 += weight13 * x3x5;
                sum36 += weight13 * x3x6;
            }
            weight10 = weight.get(weightAt + 2560);
            weight11 = weight.get(weightAt + 2576);
            weight12 = weight.get(weightAt + 2592);
            weight13 = weight.get(weightAt + 2608);
            if (4 < rows) {
                float x4x0 = middle[middleAt + 544];
                float x4x1 = middle[middleAt + 545];
                float x4x2 = middle[middleAt + 546];
                float x4x3 = middle[middleAt + 547];
                float x4x4 = middle[middleAt + 548];
                float x4x5 = middle[middleAt + 549];
                float x4x6 = middle[middleAt + 550];
                sum00 += weight00 * x4x0;
                sum01 += weight00 * x4x1;
                sum02 += weight00 * x4x2;
                sum03 += weight00 * x4x3;
                sum04 += weight00 * x4x4;
                sum05 += weight00 * x4x5;
                sum06 += weight00 * x4x6;
                sum10 += weight01 * x4x0;
                sum11 += weight01 * x4x1;
                sum12 += weight01 * x4x2;
                sum13 += weight01 * x4x3;
                sum14 += weight01 * x4x4;
                sum15 += weight01 * x4x5;
                sum16 += weight01 * x4x6;
                sum20 += weight02 * x4x0;
                sum21 += weight02 * x4x1;
                sum22 += weight02 * x4x2;
                sum23 += weight02 * x4x3;
                sum24 += weight02 * x4x4;
                sum25 += weight02 * x4x5;
                sum26 += weight02 * x4x6;
                sum30 += weight03 * x4x0;
                sum31 += weight03 * x4x1;
                sum32 += weight03 * x4x2;
                sum33 += weight03 * x4x3;
                sum34 += weight03 * x4x4;
                sum35 += weight03 * x4x5;
                sum36 += weight03 * x4x6;
            }
            weight00 = weight.get(weightAt + 3072);
            weight01 = weight.get(weightAt + 3088);
            weight02 = weight.get(weightAt + 3104);
            weight03 = weight.get(weightAt + 3120);
            if (5 < rows) {
                float x5x0 = middle[middleAt + 680];
                float x5x1 = middle[middleAt + 681];
                float x5x2 = middle[middleAt + 682];
                float x5x3 = middle[middleAt + 683];
                float x5x4 = middle[middleAt + 684];
                float x5x5 = middle[middleAt + 685];
                float x5x6 = middle[middleAt + 686];
                sum00 += weight10 * x5x0;
                sum01 += weight10 * x5x1;
                sum02 += weight10 * x5x2;
                sum03 += weight10 * x5x3;
                sum04 += weight10 * x5x4;
                sum05 += weight10 * x5x5;
                sum06 += weight10 * x5x6;
                sum10 += weight11 * x5x0;
                sum11 += weight11 * x5x1;
                sum12 += weight11 * x5x2;
                sum13 += weight11 * x5x3;
                sum14 += weight11 * x5x4;
                sum15 += weight11 * x5x5;
                sum16 += weight11 * x5x6;
                sum20 += weight12 * x5x0;
                sum21 += weight12 * x5x1;
                sum22 += weight12 * x5x2;
                sum23 += weight12 * x5x3;
                sum24 += weight12 * x5x4;
                sum25 += weight12 * x5x5;
                sum26 += weight12 * x5x6;
                sum30 += weight13 * x5x0;
                sum31 += weight13 * x5x1;
                sum32 += weight13 * x5x2;
                sum33 += weight13 * x5x3;
                sum34 += weight13 * x5x4;
                sum35 += weight13 * x5x5;
                sum36 += weight13 * x5x6;
            }
            weight10 = weight.get(weightAt + 3584);
            weight11 = weight.get(weightAt + 3600);
            weight12 = weight.get(weightAt + 3616);
            weight13 = weight.get(weightAt + 3632);
            if (6 < rows) {
                float x6x0 = middle[middleAt + 816];
                float x6x1 = middle[middleAt + 817];
                float x6x2 = middle[middleAt + 818];
                float x6x3 = middle[middleAt + 819];
                float x6x4 = middle[middleAt + 820];
                float x6x5 = middle[middleAt + 821];
                float x6x6 = middle[middleAt + 822];
                sum00 += weight00 * x6x0;
                sum01 += weight00 * x6x1;
                sum02 += weight00 * x6x2;
                sum03 += weight00 * x6x3;
                sum04 += weight00 * x6x4;
                sum05 += weight00 * x6x5;
                sum06 += weight00 * x6x6;
                sum10 += weight01 * x6x0;
                sum11 += weight01 * x6x1;
                sum12 += weight01 * x6x2;
                sum13 += weight01 * x6x3;
                sum14 += weight01 * x6x4;
                sum15 += weight01 * x6x5;
                sum16 += weight01 * x6x6;
                sum20 += weight02 * x6x0;
                sum21 += weight02 * x6x1;
                sum22 += weight02 * x6x2;
                sum23 += weight02 * x6x3;
                sum24 += weight02 * x6x4;
                sum25 += weight02 * x6x5;
                sum26 += weight02 * x6x6;
                sum30 += weight03 * x6x0;
                sum31 += weight03 * x6x1;
                sum32 += weight03 * x6x2;
                sum33 += weight03 * x6x3;
                sum34 += weight03 * x6x4;
                sum35 += weight03 * x6x5;
                sum36 += weight03 * x6x6;
            }
            if (more) {
                weight00 = weight.get(weightAt + 4096);
                weight01 = weight.get(weightAt + 4112);
                weight02 = weight.get(weightAt + 4128);
                weight03 = weight.get(weightAt + 4144);
            }
            if (7 < rows) {
                float x7x0 = middle[middleAt + 952];
                float x7x1 = middle[middleAt + 953];
                float x7x2 = middle[middleAt + 954];
                float x7x3 = middle[middleAt + 955];
                float x7x4 = middle[middleAt + 956];
                float x7x5 = middle[middleAt + 957];
                float x7x6 = middle[middleAt + 958];
                sum00 += weight10 * x7x0;
                sum01 += weight10 * x7x1;
                sum02 += weight10 * x7x2;
                sum03 += weight10 * x7x3;
                sum04 += weight10 * x7x4;
                sum05 += weight10 * x7x5;
                sum06 += weight10 * x7x6;
                sum10 += weight11 * x7x0;
                sum11 += weight11 * x7x1;
                sum12 += weight11 * x7x2;
                sum13 += weight11 * x7x3;
                sum14 += weight11 * x7x4;
                sum15 += weight11 * x7x5;
                sum16 += weight11 * x7x6;
                sum20 += weight12 * x7x0;
                sum21 += weight12 * x7x1;
                sum22 += weight12 * x7x2;
                sum23 += weight12 * x7x3;
                sum24 += weight12 * x7x4;
                sum25 += weight12 * x7x5;
                sum26 += weight12 * x7x6;
                sum30 += weight13 * x7x0;
                sum31 += weight13 * x7x1;
                sum32 += weight13 * x7x2;
                sum33 += weight13 * x7x3;
                sum34 += weight13 * x7x4;
                sum35 += weight13 * x7x5;
                sum36 += weight13 * x7x6;
            }
            if (more) {
                weight10 = weight.get(weightAt + 4608);
                weight11 = weight.get(weightAt + 4624);
                weight12 = weight.get(weightAt + 4640);
                weight13 = weight.get(weightAt + 4656);
            }
            weightAt += 4096;
        }
        int pixel = thread % 16;
        int shared = thread / 16 * 14 + pixel;
        int sumTo = (part * 32 + filter) * 14 + x * 7;
        int packed = block * 64 + thread / 16;
        int k = block * 64 + thread / 16;
        int out = ((image * outChannels + k) * height + h) * width + left + pixel;
        boolean inside = pixel < 14 & left + pixel < width;
        patch[sumTo] = sum00;
        patch[sumTo + 1] = sum01;
        patch[sumTo + 2] = sum02;
        patch[sumTo + 3] = sum03;
        patch[sumTo + 4] = sum04;
        patch[sumTo + 5] = sum05;
        patch[sumTo + 6] = sum06;
        patch[sumTo + 224] = sum10;
        patch[sumTo + 225] = sum11;
        patch[sumTo + 226] = sum12;
        patch[sumTo + 227] = sum13;
        patch[sumTo + 228] = sum14;
        patch[sumTo + 229] = sum15;
        patch[sumTo + 230] = sum16;
        context.localBarrier();
        if (inside) {
            float all0x0 = bias.get(packed) + patch[shared] + patch[shared + 448] + patch[shared
                    + 896] + patch[shared + 1344] + patch[shared + 1792] + patch[shared + 2240]
                    + patch[shared + 2688] + patch[shared + 3136];
            float all0x1 = bias.get(packed + 16) + patch[shared + 224] + patch[shared + 672]
                    + patch[shared + 1120] + patch[shared + 1568] + patch[shared + 2016]
                    + patch[shared + 2464] + patch[shared + 2912] + patch[shared + 3360];
            if (outChannels % 64 == 0 || k < outChannels) {
                output.set(out, Activations.apply(all0x0, activation, slope));
            }
            if (outChannels % 64 == 0 || k + 16 < outChannels) {
                output.set(out + 16 * plane, Activations.apply(all0x1, activation, slope));
            }
        }
        context.localBarrier();
        patch[sumTo] = sum20;
        patch[sumTo + 1] = sum21;
        patch[sumTo + 2] = sum22;
        patch[sumTo + 3] = sum23;
        patch[sumTo + 4] = sum24;
        patch[sumTo + 5] = sum25;
        patch[sumTo + 6] = sum26;
        patch[sumTo + 224] = sum30;
        patch[sumTo + 225] = sum31;
        patch[sumTo + 226] = sum32;
        patch[sumTo + 227] = sum33;
        patch[sumTo + 228] = sum34;
        patch[sumTo + 229] = sum35;
        patch[sumTo + 230] = sum36;
        context.localBarrier();
        if (inside) {
            float all1x0 = bias.get(packed + 32) + patch[shared] + patch[shared + 448]
                    + patch[shared + 896] + patch[shared + 1344] + patch[shared + 1792]
                    + patch[shared + 2240] + patch[shared + 2688] + patch[shared + 3136];
            float all1x1 = bias.get(packed + 48) + patch[shared + 224] + patch[shared + 672]
                    + patch[shared + 1120] + patch[shared + 1568] + patch[shared + 2016]
                    + patch[shared + 2464] + patch[shared + 2912] + patch[shared + 3360];
            if (outChannels % 64 == 0 || k + 32 < outChannels) {
                output.set(out + 32 * plane, Activations.apply(all1x0, activation, slope));
            }
            if (outChannels % 64 == 0 || k + 48 < outChannels) {
                output.set(out + 48 * plane, Activations.apply(all1x1, activation, slope));
            }
        }
    }

    /**
     * 14 pixels by 128 output channels, 7 by 4 a work-item, 64 channels at a time.
     *
     * <p>
     * Input {@code [N, C, H, W]}, weights {@code [C, 1, 3, 3]} and {@code [ceil(K/128), C, 128]},
     * output {@code [N, K, H, W]}. Work-groups: {@code [N*H*ceil(W/14), ceil(K/128)]}.
     */
    public static void nchw14x128x64i7x4x4(KernelContext context, FloatArray input,
            FloatArray depthwiseWeight, FloatArray depthwiseBias, FloatArray weight,
            FloatArray bias, FloatArray output, int channels, int outChannels, int height,
            int width, int innerActivation, float innerSlope, int activation, float slope) {
        int thread = context.localIdx;
        int tile = context.groupIdx;
        int block = context.groupIdy;
        float[] patch = context.allocateFloatLocalArray(3584);
        float[] factors = context.allocateFloatLocalArray(768);
        float[] middle = context.allocateFloatLocalArray(1088);
        int across = (width + 13) / 14;
        int row = tile / across;
        int left = (tile - row * across) * 14;
        int image = row / height;
        int h = row - image * height;
        int plane = height * width;
        // minus 0, which no compiler knows: so a channel's reads stay with its products
        int rows = 16 - context.groupIdz;
        int column = thread & 15;
        int w = left + column - 1;
        int inW = Tile.inside(w, width);
        int above = Tile.inside(h - 1, height);
        int below = Tile.inside(h + 1, height);
        int outside = inW - w;
        int outsideAbove = outside | above - h + 1;
        int outsideBelow = outside | below - h - 1;
        int first = (image * channels + thread / 16) * plane + inW;
        int at0 = first + above * width;
        int at1 = first + h * width;
        int at2 = first + below * width;
        int lane = thread % 64;
        int part = thread / 64;
        int x = lane % 2;
        int filter = lane / 2;
        int weightAt = (block * channels + part) * 128 + filter;
        int factorAt = thread;
        int biasAt = thread % 64;
        float weight00 = weight.get(weightAt);
        float weight01 = weight.get(weightAt + 32);
        float weight02 = weight.get(weightAt + 64);
        float weight03 = weight.get(weightAt + 96);
        float weight10 = weight.get(weightAt + 512);
        float weight11 = weight.get(weightAt + 544);
        float weight12 = weight.get(weightAt + 576);
        float weight13 = weight.get(weightAt + 608);
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
        int to = thread / 16 * 49 + column;
        int from = biasAt * 49 + thread / 64 * 4;
        int factorFrom = biasAt * 9;
        int middleTo = biasAt * 17 + thread / 64 * 4;
        int middleAt = part * 17 + x * 7;
        for (int slab = 0; slab < channels; slab += 64) {
            float value00 = input.get(at0);
            float value01 = input.get(at1);
            float value02 = input.get(at2);
            float value10 = input.get(at0 + 16 * plane);
            float value11 = input.get(at1 + 16 * plane);
            float value12 = input.get(at2 + 16 * plane);
            float value20 = input.get(at0 + 32 * plane);
            float value21 = input.get(at1 + 32 * plane);
            float value22 = input.get(at2 + 32 * plane);
            float value30 = input.get(at0 + 48 * plane);
            float value31 = input.get(at1 + 48 * plane);
            float value32 = input.get(at2 + 48 * plane);
            float start = depthwiseBias.get(biasAt);
            float factor0 = depthwiseWeight.get(factorAt);
            float factor1 = depthwiseWeight.get(factorAt + 256);
            float factor2 = depthwiseWeight.get(factorAt - thread + Tile.min(thread + 512, 575));
            patch[to] = outsideAbove == 0 ? value00 : 0f;
            patch[to + 16] = outside == 0 ? value01 : 0f;
            patch[to + 32] = outsideBelow == 0 ? value02 : 0f;
            patch[to + 784] = outsideAbove == 0 ? value10 : 0f;
            patch[to + 800] = outside == 0 ? value11 : 0f;
            patch[to + 816] = outsideBelow == 0 ? value12 : 0f;
            patch[to + 1568] = outsideAbove == 0 ? value20 : 0f;
            patch[to + 1584] = outside == 0 ? value21 : 0f;
            patch[to + 1600] = outsideBelow == 0 ? value22 : 0f;
            patch[to + 2352] = outsideAbove == 0 ? value30 : 0f;
            patch[to + 2368] = outside == 0 ? value31 : 0f;
            patch[to + 2384] = outsideBelow == 0 ? value32 : 0f;
            factors[thread] = factor0;
            factors[thread + 256] = factor1;
            factors[thread + 512] = factor2;
            context.localBarrier();
            at0 += 64 * plane;
            at1 += 64 * plane;
            at2 += 64 * plane;
            factorAt += 576;
            biasAt += 64;
            float made0 = start;
            float made1 = start;
            float made2 = start;
            float made3 = start;
            if (0 < rows) {
                float f00 = factors[factorFrom];
                float f01 = factors[factorFrom + 1];
                float f02 = factors[factorFrom + 2];
                float v00 = patch[from];
                float v01 = patch[from + 1];
                float v02 = patch[from + 2];
                float v03 = patch[from + 3];
                float v04 = patch[from + 4];
                float v05 = patch[from + 5];
                made0 += f00 * v00;
                made0 += f01 * v01;
                made0 += f02 * v02;
                made1 += f00 * v01;
                made1 += f01 * v02;
                made1 += f02 * v03;
                made2 += f00 * v02;
                made2 += f01 * v03;
                made2 += f02 * v04;
                made3 += f00 * v03;
                made3 += f01 * v04;
                made3 += f02 * v05;
            }
            if (1 < rows) {
                float f10 = factors[factorFrom + 3];
                float f11 = factors[factorFrom + 4];
                float f12 = factors[factorFrom + 5];
                float v10 = patch[from + 16];
                float v11 = patch[from + 17];
                float v12 = patch[from + 18];
                float v13 = patch[from + 19];
                float v14 = patch[from + 20];
                float v15 = patch[from + 21];
                made0 += f10 * v10;
                made0 += f11 * v11;
                made0 += f12 * v12;
                made1 += f10 * v11;
                made1 += f11 * v12;
                made1 += f12 * v13;
                made2 += f10 * v12;
                made2 += f11 * v13;
                made2 += f12 * v14;
                made3 += f10 * v13;
                made3 += f11 * v14;
                made3 += f12 * v15;
            }
            if (2 < rows) {
                float f20 = factors[factorFrom + 6];
                float f21 = factors[factorFrom + 7];
                float f22 = factors[factorFrom + 8];
                float v20 = patch[from + 32];
                float v21 = patch[from + 33];
                float v22 = patch[from + 34];
                float v23 = patch[from + 35];
                float v24 = patch[from + 36];
                float v25 = patch[from + 37];
                made0 += f20 * v20;
                made0 += f21 * v21;
                made0 += f22 * v22;
                made1 += f20 * v21;
                made1 += f21 * v22;
                made1 += f22 * v23;
                made2 += f20 * v22;
                made2 += f21 * v23;
                made2 += f22 * v24;
                made3 += f20 * v23;
                made3 += f21 * v24;
                made3 += f22 * v25;
            }
            middle[middleTo] = Activations.apply(made0, innerActivation, innerSlope);
            middle[middleTo + 1] = Activations.apply(made1, innerActivation, innerSlope);
            middle[middleTo + 2] = Activations.apply(made2, innerActivation, innerSlope);
            middle[middleTo + 3] = Activations.apply(made3, innerActivation, innerSlope);
            context.localBarrier();
            boolean more = slab + 64 < channels;
            if (0 < rows) {
                float x0x0 = middle[middleAt];
                float x0x1 = middle[middleAt + 1];
                float x0x2 = middle[middleAt + 2];
                float x0x3 = middle[middleAt + 3];
                float x0x4 = middle[middleAt + 4];
                float x0x5 = middle[middleAt + 5];
                float x0x6 = middle[middleAt + 6];
                sum00 += weight00 * x0x0;
                sum01 += weight00 * x0x1;
                sum02 += weight00 * x0x2;
                sum03 += weight00 * x0x3;
                sum04 += weight00 * x0x4;
                sum05 += weight00 * x0x5;
                sum06 += weight00 * x0x6;
                sum10 += weight01 * x0x0;
                sum11 += weight01 * x0x1;
                sum12 += weight01 * x0x2;
                sum13 += weight01 * x0x3;
                sum14 += weight01 * x0x4;
                sum15 += weight01 * x0x5;
                sum16 += weight01 * x0x6;
                sum20 += weight02 * x0x0;
                sum21 += weight02 * x0x1;
                sum22 += weight02 * x0x2;
                sum23 += weight02 * x0x3;
                sum24 += weight02 * x0x4;
                sum25 += weight02 * x0x5;
                sum26 += weight02 * x0x6;
                sum30 += weight03 * x0x0;
                sum31 += weight03 * x0x1;
                sum32 += weight03 * x0x2;
                sum33 += weight03 * x0x3;
                sum34 += weight03 * x0x4;
                sum35 += weight03 * x0x5;
                sum36 += weight03 * x0x6;
            }
            weight00 = weight.get(weightAt + 1024);
            weight01 = weight.get(weightAt + 1056);
            weight02 = weight.get(weightAt + 1088);
            weight03 = weight.get(weightAt + 1120);
            if (1 < rows) {
                float x1x0 = middle[middleAt + 68];
                float x1x1 = middle[middleAt + 69];
                float x1x2 = middle[middleAt + 70];
                float x1x3 = middle[middleAt + 71];
                float x1x4 = middle[middleAt + 72];
                float x1x5 = middle[middleAt + 73];
                float x1x6 = middle[middleAt + 74];
                sum00 += weight10 * x1x0;
                sum01 += weight10 * x1x1;
                sum02 += weight10 * x1x2;
                sum03 += weight10 * x1x3;
                sum04 += weight10 * x1x4;
                sum05 += weight10 * x1x5;
                sum06 += weight10 * x1x6;
                sum10 += weight11 * x1x0;
                sum11 += weight11 * x1x1;
                sum12 += weight11 * x1x2;
                sum13 += weight11 * x1x3;
                sum14 += weight11 * x1x4;
                sum15 += weight11 * x1x5;
                sum16 += weight11 * x1x6;
                sum20 += weight12 * x1x0;
                sum21 += weight12 * x1x1;
                sum22 += weight12 * x1x2;
                sum23 += weight12 * x1x3;
                sum24 += weight12 * x1x4;
                sum25 += weight12 * x1x5;
                sum26 += weight12 * x1x6;
                sum30 += weight13 * x1x0;
                sum31 += weight13 * x1x1;
                sum32 += weight13 * x1x2;
                sum33 += weight13 * x1x3;
                sum34 += weight13 * x1x4;
                sum35 += weight13 * x1x5;
                sum36 += weight13 * x1x6;
            }
            weight10 = weight.get(weightAt + 1536);
            weight11 = weight.get(weightAt + 1568);
            weight12 = weight.get(weightAt + 1600);
            weight13 = weight.get(weightAt + 1632);
            if (2 < rows) {
                float x2x0 = middle[middleAt + 136];
                float x2x1 = middle[middleAt + 137];
                float x2x2 = middle[middleAt + 138];
                float x2x3 = middle[middleAt + 139];
                float x2x4 = middle[middleAt + 140];
                float x2x5 = middle[middleAt + 141];
                float x2x6 = middle[middleAt + 142];
                sum00 += weight00 * x2x0;
                sum01 += weight00 * x2x1;
                sum02 += weight00 * x2x2;
                sum03 += weight00 * x2x3;
                sum04 += weight00 * x2x4;
                sum05 += weight00 * x2x5;
                sum06 += weight00 * x2x6;
                sum10 += weight01 * x2x0;
                sum11 += weight01 * x2x1;
                sum12 += weight01 * x2x2;
                sum13 += weight01 * x2x3;
                sum14 += weight01 * x2x4;
                sum15 += weight01 * x2x5;
                sum16 += weight01 * x2x6;
                sum20 += weight02 * x2x0;
                sum21 += weight02 * x2x1;
                sum22 += weight02 * x2x2;
                sum23 += weight02 * x2x3;
                sum24 += weight02 * x2x4;
                sum25 += weight02 * x2x5;
                sum26 += weight02 * x2x6;
                sum30 += weight03 * x2x0;
                sum31 += weight03 * x2x1;
                sum32 += weight03 * x2x2;
                sum33 += weight03 * x2x3;
                sum34 += weight03 * x2x4;
                sum35 += weight03 * x2x5;
                sum36 += weight03 * x2x6;
            }
            weight00 = weight.get(weightAt + 2048);
            weight01 = weight.get(weightAt + 2080);
            weight02 = weight.get(weightAt + 2112);
            weight03 = weight.get(weightAt + 2144);
            if (3 < rows) {
                float x3x0 = middle[middleAt + 204];
                float x3x1 = middle[middleAt + 205];
                float x3x2 = middle[middleAt + 206];
                float x3x3 = middle[middleAt + 207];
                float x3x4 = middle[middleAt + 208];
                float x3x5 = middle[middleAt + 209];
                float x3x6 = middle[middleAt + 210];
                sum00 += weight10 * x3x0;
                sum01 += weight10 * x3x1;
                sum02 += weight10 * x3x2;
                sum03 += weight10 * x3x3;
                sum04 += weight10 * x3x4;
                sum05 += weight10 * x3x5;
                sum06 += weight10 * x3x6;
                sum10 += weight11 * x3x0;
                sum11 += weight11 * x3x1;
                sum12 += weight11 * x3x2;
                sum13 += weight11 * x3x3;
                sum14 += weight11 * x3x4;
                sum15 += weight11 * x3x5;
                sum16 += weight11 * x3x6;
                sum20 += weight12 * x3x0;
                sum21 += weight12 * x3x1;
                sum22 += weight12 * x3x2;
                sum23 += weight12 * x3x3;
                sum24 += weight12 * x3x4;
                sum25 += weight12 * x3x5;
                sum26 += weight12 * x3x6;
                sum30 += weight13 * x3x0;
                sum31 += weight13 * x3x1;
                sum32 += weight13 * x3x2;
                sum33 += weight13 * x3x3;
                sum34 += weight13 * x3x4;
                sum35 += weight13 * x3x5;
                sum36 += weight13 * x3x6;
            }
            weight10 = weight.get(weightAt + 2560);
            weight11 = weight.get(weightAt + 2592);
            weight12 = weight.get(weightAt + 2624);
            weight13 = weight.get(weightAt + 2656);
            if (4 < rows) {
                float x4x0 = middle[middleAt + 272];
                float x4x1 = middle[middleAt + 273];
                float x4x2 = middle[middleAt + 274];
                float x4x3 = middle[middleAt + 275];
                float x4x4 = middle[middleAt + 276];
                float x4x5 = middle[middleAt + 277];
                float x4x6 = middle[middleAt + 278];
                sum00 += weight00 * x4x0;
                sum01 += weight00 * x4x1;
                sum02 += weight00 * x4x2;
                sum03 += weight00 * x4x3;
                sum04 += weight00 * x4x4;
                sum05 += weight00 * x4x5;
                sum06 += weight00 * x4x6;
                sum10 += weight01 * x4x0;
                sum11 += weight01 * x4x1;
                sum12 += weight01 * x4x2;
                sum13 += weight01 * x4x3;
                sum14 += weight01 * x4x4;
                sum15 += weight01 * x4x5;
                sum16 += weight01 * x4x6;
                sum20 += weight02 * x4x0;
                sum21 += weight02 * x4x1;
                sum22 += weight02 * x4x2;
                sum23 += weight02 * x4x3;
                sum24 += weight02 * x4x4;
                sum25 += weight02 * x4x5;
                sum26 += weight02 * x4x6;
                sum30 += weight03 * x4x0;
                sum31 += weight03 * x4x1;
                sum32 += weight03 * x4x2;
                sum33 += weight03 * x4x3;
                sum34 += weight03 * x4x4;
                sum35 += weight03 * x4x5;
                sum36 += weight03 * x4x6;
            }
            weight00 = weight.get(weightAt + 3072);
            weight01 = weight.get(weightAt + 3104);
            weight02 = weight.get(weightAt + 3136);
            weight03 = weight.get(weightAt + 3168);
            if (5 < rows) {
                float x5x0 = middle[middleAt + 340];
                float x5x1 = middle[middleAt + 341];
                float x5x2 = middle[middleAt + 342];
                float x5x3 = middle[middleAt + 343];
                float x5x4 = middle[middleAt + 344];
                float x5x5 = middle[middleAt + 345];
                float x5x6 = middle[middleAt + 346];
                sum00 += weight10 * x5x0;
                sum01 += weight10 * x5x1;
                sum02 += weight10 * x5x2;
                sum03 += weight10 * x5x3;
                sum04 += weight10 * x5x4;
                sum05 += weight10 * x5x5;
                sum06 += weight10 * x5x6;
                sum10 += weight11 * x5x0;
                sum11 += weight11 * x5x1;
                sum12 += weight11 * x5x2;
                sum13 += weight11 * x5x3;
                sum14 += weight11 * x5x4;
                sum15 += weight11 * x5x5;
                sum16 += weight11 * x5x6;
                sum20 += weight12 * x5x0;
                sum21 += weight12 * x5x1;
                sum22 += weight12 * x5x2;
                sum23 += weight12 * x5x3;
                sum24 += weight12 * x5x4;
                sum25 += weight12 * x5x5;
                sum26 += weight12 * x5x6;
                sum30 += weight13 * x5x0;
                sum31 += weight13 * x5x1;
                sum32 += weight13 * x5x2;
                sum33 += weight13 * x5x3;
                sum34 += weight13 * x5x4;
                sum35 += weight13 * x5x5;
                sum36 += weight13 * x5x6;
            }
            weight10 = weight.get(weightAt + 3584);
            weight11 = weight.get(weightAt + 3616);
            weight12 = weight.get(weightAt + 3648);
            weight13 = weight.get(weightAt + 3680);
            if (6 < rows) {
                float x6x0 = middle[middleAt + 408];
                float x6x1 = middle[middleAt + 409];
                float x6x2 = middle[middleAt + 410];
                float x6x3 = middle[middleAt + 411];
                float x6x4 = middle[middleAt + 412];
                float x6x5 = middle[middleAt + 413];
                float x6x6 = middle[middleAt + 414];
                sum00 += weight00 * x6x0;
                sum01 += weight00 * x6x1;
                sum02 += weight00 * x6x2;
                sum03 += weight00 * x6x3;
                sum04 += weight00 * x6x4;
                sum05 += weight00 * x6x5;
                sum06 += weight00 * x6x6;
                sum10 += weight01 * x6x0;
                sum11 += weight01 * x6x1;
                sum12 += weight01 * x6x2;
                sum13 += weight01 * x6x3;
                sum14 += weight01 * x6x4;
                sum15 += weight01 * x6x5;
                sum16 += weight01 * x6x6;
                sum20 += weight02 * x6x0;
                sum21 += weight02 * x6x1;
                sum22 += weight02 * x6x2;
                sum23 += weight02 * x6x3;
                sum24 += weight02 * x6x4;
                sum25 += weight02 * x6x5;
                sum26 += weight02 * x6x6;
                sum30 += weight03 * x6x0;
                sum31 += weight03 * x6x1;
                sum32 += weight03 * x6x2;
                sum33 += weight03 * x6x3;
                sum34 += weight03 * x6x4;
                sum35 += weight03 * x6x5;
                sum36 += weight03 * x6x6;
            }
            weight00 = weight.get(weightAt + 4096);
            weight01 = weight.get(weightAt + 4128);
            weight02 = weight.get(weightAt + 4160);
            weight03 = weight.get(weightAt + 4192);
            if (7 < rows) {
                float x7x0 = middle[middleAt + 476];
                float x7x1 = middle[middleAt + 477];
                float x7x2 = middle[middleAt + 478];
                float x7x3 = middle[middleAt + 479];
                float x7x4 = middle[middleAt + 480];
                float x7x5 = middle[middleAt + 481];
                float x7x6 = middle[middleAt + 482];
                sum00 += weight10 * x7x0;
                sum01 += weight10 * x7x1;
                sum02 += weight10 * x7x2;
                sum03 += weight10 * x7x3;
                sum04 += weight10 * x7x4;
                sum05 += weight10 * x7x5;
                sum06 += weight10 * x7x6;
                sum10 += weight11 * x7x0;
                sum11 += weight11 * x7x1;
                sum12 += weight11 * x7x2;
                sum13 += weight11 * x7x3;
                sum14 += weight11 * x7x4;
                sum15 += weight11 * x7x5;
                sum16 += weight11 * x7x6;
                sum20 += weight12 * x7x0;
                sum21 += weight12 * x7x1;
                sum22 += weight12 * x7x2;
                sum23 += weight12 * x7x3;
                sum24 += weight12 * x7x4;
                sum25 += weight12 * x7x5;
                sum26 += weight12 * x7x6;
                sum30 += weight13 * x7x0;
                sum31 += weight13 * x7x1;
                sum32 += weight13 * x7x2;
                sum33 += weight13 * x7x3;
                sum34 += weight13 * x7x4;
                sum35 += weight13 * x7x5;
                sum36 += weight13 * x7x6;
            }
            weight10 = weight.get(weightAt + 4608);
            weight11 = weight.get(weightAt + 4640);
            weight12 = weight.get(weightAt + 4672);
            weight13 = weight.get(weightAt + 4704);
            if (8 < rows) {
                float x8x0 = middle[middleAt + 544];
                float x8x1 = middle[middleAt + 545];
                float x8x2 = middle[middleAt + 546];
                float x8x3 = middle[middleAt + 547];
                float x8x4 = middle[middleAt + 548];
                float x8x5 = middle[middleAt + 549];
                float x8x6 = middle[middleAt + 550];
                sum00 += weight00 * x8x0;
                sum01 += weight00 * x8x1;
                sum02 += weight00 * x8x2;
                sum03 += weight00 * x8x3;
                sum04 += weight00 * x8x4;
                sum05 += weight00 * x8x5;
                sum06 += weight00 * x8x6;
                sum10 += weight01 * x8x0;
                sum11 += weight01 * x8x1;
                sum12 += weight01 * x8x2;
                sum13 += weight01 * x8x3;
                sum14 += weight01 * x8x4;
                sum15 += weight01 * x8x5;
                sum16 += weight01 * x8x6;
                sum20 += weight02 * x8x0;
                sum21 += weight02 * x8x1;
                sum22 += weight02 * x8x2;
                sum23 += weight02 * x8x3;
                sum24 += weight02 * x8x4;
                sum25 += weight02 * x8x5;
                sum26 += weight02 * x8x6;
                sum30 += weight03 * x8x0;
                sum31 += weight03 * x8x1;
                sum32 += weight03 * x8x2;
                sum33 += weight03 * x8x3;
                sum34 += weight03 * x8x4;
                sum35 += weight03 * x8x5;
                sum36 += weight03 * x8x6;
            }
            weight00 = weight.get(weightAt + 5120);
            weight01 = weight.get(weightAt + 5152);
            weight02 = weight.get(weightAt + 5184);
            weight03 = weight.get(weightAt + 5216);
            if (9 < rows) {
                float x9x0 = middle[middleAt + 612];
                float x9x1 = middle[middleAt + 613];
                float x9x2 = middle[middleAt + 614];
                float x9x3 = middle[middleAt + 615];
                float x9x4 = middle[middleAt + 616];
                float x9x5 = middle[middleAt + 617];
                float x9x6 = middle[middleAt + 618];
                sum00 += weight10 * x9x0;
                sum01 += weight10 * x9x1;
                sum02 += weight10 * x9x2;
                sum03 += weight10 * x9x3;
                sum04 += weight10 * x9x4;
                sum05 += weight10 * x9x5;
                sum06 += weight10 * x9x6;
                sum10 += weight11 * x9x0;
                sum11 += weight11 * x9x1;
                sum12 += weight11 * x9x2;
                sum13 += weight11 * x9x3;
                sum14 += weight11 * x9x4;
                sum15 += weight11 * x9x5;
                sum16 += weight11 * x9x6;
                sum20 += weight12 * x9x0;
                sum21 += weight12 * x9x1;
                sum22 += weight12 * x9x2;
                sum23 += weight12 * x9x3;
                sum24 += weight12 * x9x4;
                sum25 += weight12 * x9x5;
                sum26 += weight12 * x9x6;
                sum30 += weight13 * x9x0;
                sum31 += weight13 * x9x1;
                sum32 += weight13 * x9x2;
                sum33 += weight13 * x9x3;
                sum34 += weight13 * x9x4;
                sum35 += weight13 * x9x5;
                sum36 += weight13 * x9x6;
            }
            weight10 = weight.get(weightAt + 5632);
            weight11 = weight.get(weightAt + 5664);
            weight12 = weight.get(weightAt + 5696);
            weight13 = weight.get(weightAt + 5728);
            if (10 < rows) {
                float x10x0 = middle[middleAt + 680];
                float x10x1 = middle[middleAt + 681];
                float x10x2 = middle[middleAt + 682];
                float x10x3 = middle[middleAt + 683];
                float x10x4 = middle[middleAt + 684];
                float x10x5 = middle[middleAt + 685];
                float x10x6 = middle[middleAt + 686];
                sum00 += weight00 * x10x0;
                sum01 += weight00 * x10x1;
                sum02 += weight00 * x10x2;
                sum03 += weight00 * x10x3;
                sum04 += weight00 * x10x4;
                sum05 += weight00 * x10x5;
                sum06 += weight00 * x10x6;
                sum10 += weight01 * x10x0;
                sum11 += weight01 * x10x1;
                sum12 += weight01 * x10x2;
                sum13 += weight01 * x10x3;
                sum14 += weight01 * x10x4;
                sum15 += weight01 * x10x5;
                sum16 += weight01 * x10x6;
                sum20 += weight02 * x10x0;
                sum21 += weight02 * x10x1;
                sum22 += weight02 * x10x2;
                sum23 += weight02 * x10x3;
                sum24 += weight02 * x10x4;
                sum25 += weight02 * x10x5;
                sum26 += weight02 * x10x6;
                sum30 += weight03 * x10x0;
                sum31 += weight03 * x10x1;
                sum32 += weight03 * x10x2;
                sum33 += weight03 * x10x3;
                sum34 += weight03 * x10x4;
                sum35 += weight03 * x10x5;
                sum36 += weight03 * x10x6;
            }
            weight00 = weight.get(weightAt + 6144);
            weight01 = weight.get(weightAt + 6176);
            weight02 = weight.get(weightAt + 6208);
            weight03 = weight.get(weightAt + 6240);
            if (11 < rows) {
                float x11x0 = middle[middleAt + 748];
                float x11x1 = middle[middleAt + 749];
                float x11x2 = middle[middleAt + 750];
                float x11x3 = middle[middleAt + 751];
                float x11x4 = middle[middleAt + 752];
                float x11x5 = middle[middleAt + 753];
                float x11x6 = middle[middleAt + 754];
                sum00 += weight10 * x11x0;
                sum01 += weight10 * x11x1;
                sum02 += weight10 * x11x2;
                sum03 += weight10 * x11x3;
                sum04 += weight10 * x11x4;
                sum05 += weight10 * x11x5;
                sum06 += weight10 * x11x6;
                sum10 += weight11 * x11x0;
                sum11 += weight11 * x11x1;
                sum12 += weight11 * x11x2;
                sum13 += weight11 * x11x3;
                sum14 += weight11 * x11x4;
                sum15 += weight11 * x11x5;
                sum16 += weight11 * x11x6;
                sum20 += weight12 * x11x0;
                sum21 += weight12 * x11x1;
                sum22 += weight12 * x11x2;
                sum23 += weight12 * x11x3;
                sum24 += weight12 * x11x4;
                sum25 += weight12 * x11x5;
                sum26 += weight12 * x11x6;
                sum30 += weight13 * x11x0;
                sum31 += weight13 * x11x1;
                sum32 += weight13 * x11x2;
                sum33 += weight13 * x11x3;
                sum34 += weight13 * x11x4;
                sum35 += weight13 * x11x5;
                sum36 += weight13 * x11x6;
            }
            weight10 = weight.get(weightAt + 6656);
            weight11 = weight.get(weightAt + 6688);
            weight12 = weight.get(weightAt + 6720);
            weight13 = weight.get(weightAt + 6752);
            if (12 < rows) {
                float x12x0 = middle[middleAt + 816];
                float x12x1 = middle[middleAt + 817];
                float x12x2 = middle[middleAt + 818];
                float x12x3 = middle[middleAt + 819];
                float x12x4 = middle[middleAt + 820];
                float x12x5 = middle[middleAt + 821];
                float x12x6 = middle[middleAt + 822];
                sum00 += weight00 * x12x0;
                sum01 += weight00 * x12x1;
                sum02 += weight00 * x12x2;
                sum03 += weight00 * x12x3;
                sum04 += weight00 * x12x4;
                sum05 += weight00 * x12x5;
                sum06 += weight00 * x12x6;
                sum10 += weight01 * x12x0;
                sum11 += weight01 * x12x1;
                sum12 += weight01 * x12x2;
                sum13 += weight01 * x12x3;
                sum14 += weight01 * x12x4;
                sum15 += weight01 * x12x5;
                sum16 += weight01 * x12x6;
                sum20 += weight02 * x12x0;
                sum21 += weight02 * x12x1;
                sum22 += weight02 * x12x2;
                sum23 += weight02 * x12x3;
                sum24 += weight02 * x12x4;
                sum25 += weight02 * x12x5;
                sum26 += weight02 * x12x6;
                sum30 += weight03 * x12x0;
                sum31 += weight03 * x12x1;
                sum32 += weight03 * x12x2;
                sum33 += weight03 * x12x3;
                sum34 += weight03 * x12x4;
                sum35 += weight03 * x12x5;
                sum36 += weight03 * x12x6;
            }
            weight00 = weight.get(weightAt + 7168);
            weight01 = weight.get(weightAt + 7200);
            weight02 = weight.get(weightAt + 7232);
            weight03 = weight.get(weightAt + 7264);
            if (13 < rows) {
                float x13x0 = middle[middleAt + 884];
                float x13x1 = middle[middleAt + 885];
                float x13x2 = middle[middleAt + 886];
                float x13x3 = middle[middleAt + 887];
                float x13x4 = middle[middleAt + 888];
                float x13x5 = middle[middleAt + 889];
                float x13x6 = middle[middleAt + 890];
                sum00 += weight10 * x13x0;
                sum01 += weight10 * x13x1;
                sum02 += weight10 * x13x2;
                sum03 += weight10 * x13x3;
                sum04 += weight10 * x13x4;
                sum05 += weight10 * x13x5;
                sum06 += weight10 * x13x6;
                sum10 += weight11 * x13x0;
                sum11 += weight11 * x13x1;
                sum12 += weight11 * x13x2;
                sum13 += weight11 * x13x3;
                sum14 += weight11 * x13x4;
                sum15 += weight11 * x13x5;
                sum16 += weight11 * x13x6;
                sum20 += weight12 * x13x0;
                sum21 += weight12 * x13x1;
                sum22 += weight12 * x13x2;
                sum23 += weight12 * x13x3;
                sum24 += weight12 * x13x4;
                sum25 += weight12 * x13x5;
                sum26 += weight12 * x13x6;
                sum30 += weight13 * x13x0;
                sum31 += weight13 * x13x1;
                sum32 += weight13 * x13x2;
                sum33 += weight13 * x13x3;
                sum34 += weight13 * x13x4;
                sum35 += weight13 * x13x5;
                sum36 += weight13 * x13x6;
            }
            weight10 = weight.get(weightAt + 7680);
            weight11 = weight.get(weightAt + 7712);
            weight12 = weight.get(weightAt + 7744);
            weight13 = weight.get(weightAt + 7776);
            if (14 < rows) {
                float x14x0 = middle[middleAt + 952];
                float x14x1 = middle[middleAt + 953];
                float x14x2 = middle[middleAt + 954];
                float x14x3 = middle[middleAt + 955];
                float x14x4 = middle[middleAt + 956];
                float x14x5 = middle[middleAt + 957];
                float x14x6 = middle[middleAt + 958];
                sum00 += weight00 * x14x0;
                sum01 += weight00 * x14x1;
                sum02 += weight00 * x14x2;
                sum03 += weight00 * x14x3;
                sum04 += weight00 * x14x4;
                sum05 += weight00 * x14x5;
                sum06 += weight00 * x14x6;
                sum10 += weight01 * x14x0;
                sum11 += weight01 * x14x1;
                sum12 += weight01 * x14x2;
                sum13 += weight01 * x14x3;
                sum14 += weight01 * x14x4;
                sum15 += weight01 * x14x5;
                sum16 += weight01 * x14x6;
                sum20 += weight02 * x14x0;
                sum21 += weight02 * x14x1;
                sum22 += weight02 * x14x2;
                sum23 += weight02 * x14x3;
                sum24 += weight02 * x14x4;
                sum25 += weight02 * x14x5;
                sum26 += weight02 * x14x6;
                sum30 += weight03 * x14x0;
                sum31 += weight03 * x14x1;
                sum32 += weight03 * x14x2;
                sum33 += weight03 * x14x3;
                sum34 += weight03 * x14x4;
                sum35 += weight03 * x14x5;
                sum36 += weight03 * x14x6;
            }
            if (more) {
                weight00 = weight.get(weightAt + 8192);
                weight01 = weight.get(weightAt + 8224);
                weight02 = weight.get(weightAt + 8256);
                weight03 = weight.get(weightAt + 8288);
            }
            if (15 < rows) {
                float x15x0 = middle[middleAt + 1020];
                float x15x1 = middle[middleAt + 1021];
                float x15x2 = middle[middleAt + 1022];
                float x15x3 = middle[middleAt + 1023];
                float x15x4 = middle[middleAt + 1024];
                float x15x5 = middle[middleAt + 1025];
                float x15x6 = middle[middleAt + 1026];
                sum00 += weight10 * x15x0;
                sum01 += weight10 * x15x1;
                sum02 += weight10 * x15x2;
                sum03 += weight10 * x15x3;
                sum04 += weight10 * x15x4;
                sum05 += weight10 * x15x5;
                sum06 += weight10 * x15x6;
                sum10 += weight11 * x15x0;
                sum11 += weight11 * x15x1;
                sum12 += weight11 * x15x2;
                sum13 += weight11 * x15x3;
                sum14 += weight11 * x15x4;
                sum15 += weight11 * x15x5;
                sum16 += weight11 * x15x6;
                sum20 += weight12 * x15x0;
                sum21 += weight12 * x15x1;
                sum22 += weight12 * x15x2;
                sum23 += weight12 * x15x3;
                sum24 += weight12 * x15x4;
                sum25 += weight12 * x15x5;
                sum26 += weight12 * x15x6;
                sum30 += weight13 * x15x0;
                sum31 += weight13 * x15x1;
                sum32 += weight13 * x15x2;
                sum33 += weight13 * x15x3;
                sum34 += weight13 * x15x4;
                sum35 += weight13 * x15x5;
                sum36 += weight13 * x15x6;
            }
            if (more) {
                weight10 = weight.get(weightAt + 8704);
                weight11 = weight.get(weightAt + 8736);
                weight12 = weight.get(weightAt + 8768);
                weight13 = weight.get(weightAt + 8800);
            }
            weightAt += 8192;
        }
        int pixel = thread % 16;
        int shared = thread / 16 * 14 + pixel;
        int sumTo = (part * 64 + filter) * 14 + x * 7;
        int packed = block * 128 + thread / 16;
        int k = block * 128 + thread / 16;
        int out = ((image * outChannels + k) * height + h) * width + left + pixel;
        boolean inside = pixel < 14 & left + pixel < width;
        patch[sumTo] = sum00;
        patch[sumTo + 1] = sum01;
        patch[sumTo + 2] = sum02;
        patch[sumTo + 3] = sum03;
        patch[sumTo + 4] = sum04;
        patch[sumTo + 5] = sum05;
        patch[sumTo + 6] = sum06;
        patch[sumTo + 448] = sum10;
        patch[sumTo + 449] = sum11;
        patch[sumTo + 450] = sum12;
        patch[sumTo + 451] = sum13;
        patch[sumTo + 452] = sum14;
        patch[sumTo + 453] = sum15;
        patch[sumTo + 454] = sum16;
        context.localBarrier();
        if (inside) {
            float all0x0 = bias.get(packed) + patch[shared] + patch[shared + 896] + patch[shared
                    + 1792] + patch[shared + 2688];
            float all0x1 = bias.get(packed + 16) + patch[shared + 224] + patch[shared + 1120]
                    + patch[shared + 2016] + patch[shared + 2912];
            float all0x2 = bias.get(packed + 32) + patch[shared + 448] + patch[shared + 1344]
                    + patch[shared + 2240] + patch[shared + 3136];
            float all0x3 = bias.get(packed + 48) + patch[shared + 672] + patch[shared + 1568]
                    + patch[shared + 2464] + patch[shared + 3360];
            if (outChannels % 128 == 0 || k < outChannels) {
                output.set(out, Activations.apply(all0x0, activation, slope));
            }
            if (outChannels % 128 == 0 || k + 16 < outChannels) {
                output.set(out + 16 * plane, Activations.apply(all0x1, activation, slope));
            }
            if (outChannels % 128 == 0 || k + 32 < outChannels) {
                output.set(out + 32 * plane, Activations.apply(all0x2, activation, slope));
            }
            if (outChannels % 128 == 0 || k + 48 < outChannels) {
                output.set(out + 48 * plane, Activations.apply(all0x3, activation, slope));
            }
        }
        context.localBarrier();
        patch[sumTo] = sum20;
        patch[sumTo + 1] = sum21;
        patch[sumTo + 2] = sum22;
        patch[sumTo + 3] = sum23;
        patch[sumTo + 4] = sum24;
        patch[sumTo + 5] = sum25;
        patch[sumTo + 6] = sum26;
        patch[sumTo + 448] = sum30;
        patch[sumTo + 449] = sum31;
        patch[sumTo + 450] = sum32;
        patch[sumTo + 451] = sum33;
        patch[sumTo + 452] = sum34;
        patch[sumTo + 453] = sum35;
        patch[sumTo + 454] = sum36;
        context.localBarrier();
        if (inside) {
            float all1x0 = bias.get(packed + 64) + patch[shared] + patch[shared + 896]
                    + patch[shared + 1792] + patch[shared + 2688];
            float all1x1 = bias.get(packed + 80) + patch[shared + 224] + patch[shared + 1120]
                    + patch[shared + 2016] + patch[shared + 2912];
            float all1x2 = bias.get(packed + 96) + patch[shared + 448] + patch[shared + 1344]
                    + patch[shared + 2240] + patch[shared + 3136];
            float all1x3 = bias.get(packed + 112) + patch[shared + 672] + patch[shared + 1568]
                    + patch[shared + 2464] + patch[shared + 3360];
            if (outChannels % 128 == 0 || k + 64 < outChannels) {
                output.set(out + 64 * plane, Activations.apply(all1x0, activation, slope));
            }
            if (outChannels % 128 == 0 || k + 80 < outChannels) {
                output.set(out + 80 * plane, Activations.apply(all1x1, activation, slope));
            }
            if (outChannels % 128 == 0 || k + 96 < outChannels) {
                output.set(out + 96 * plane, Activations.apply(all1x2, activation, slope));
            }
            if (outChannels % 128 == 0 || k + 112 < outChannels) {
                output.set(out + 112 * plane, Activations.apply(all1x3, activation, slope));
            }
        }
    }
}
