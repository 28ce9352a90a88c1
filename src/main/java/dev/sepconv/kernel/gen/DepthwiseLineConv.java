package dev.sepconv.kernel.gen;

// Written by LineKernels: change it there, then mvn -q -Pgenerate validate.

import dev.sepconv.kernel.conv.Activations;
import dev.sepconv.kernel.conv.Tile;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Depthwise convolution for GPUs, of one kernel size and stride: a work-item computes a line of
 * output pixels, in NCHW of a column, in NHWC of a row. It reads each number under the line once,
 * weights and sums in registers. Neighbouring work-items read and write neighbouring numbers.
 *
 * <p>
 * All numbers of a short line are read before the first is used, so that they are on their way at
 * once; along a long one they are read two places ahead, and more work-items have room. Where the
 * kernel hangs over the edge the number at the edge is read and not used. Sizes are numbers, not
 * read from an array: TornadoVM makes constants of them. All work-items are those of one loop,
 * because only so are work-groups of any size to be had on every backend.
 */
public final class DepthwiseLineConv {

    private DepthwiseLineConv() {
    }

    /**
     * Input {@code [N, C, H, W]}, weight {@code [C, 1, 3, 3]}, bias {@code [C]}, output
     * {@code [N, C, OH, OW]}.
     *
     * @param items count, filled up to whole work-groups
     * @param count N*C*ceil(OH/14)*OW
     */
    public static void nchwS3U1P14(FloatArray input, FloatArray weight, FloatArray bias,
            FloatArray output, int items, int count, int channels, int outHeight, int outWidth,
            int inHeight, int inWidth, int padTop, int padLeft, int activation, float slope) {
        for (@Parallel int item = 0; item < items; item++) {
            if (item < count) {
                int tiles = (outHeight + 13) / 14;
                int ow = item % outWidth;
                int first = item / outWidth % tiles * 14;
                int plane = item / outWidth / tiles;
                int c = plane % channels;
                int across = ow - padLeft;
                int along = first - padTop;
                int line = plane * inHeight * inWidth;
                int at0 = Tile.inside(across, inWidth);
                boolean inside0 = at0 == across;
                int x0 = line + at0;
                int at1 = Tile.inside(across + 1, inWidth);
                boolean inside1 = at1 == across + 1;
                int x1 = line + at1;
                int at2 = Tile.inside(across + 2, inWidth);
                boolean inside2 = at2 == across + 2;
                int x2 = line + at2;
                float w00 = weight.get(c * 9);
                float w01 = weight.get(c * 9 + 1);
                float w02 = weight.get(c * 9 + 2);
                float w10 = weight.get(c * 9 + 3);
                float w11 = weight.get(c * 9 + 4);
                float w12 = weight.get(c * 9 + 5);
                float w20 = weight.get(c * 9 + 6);
                float w21 = weight.get(c * 9 + 7);
                float w22 = weight.get(c * 9 + 8);
                float start = bias.get(c);
                int out = (plane * outHeight + first) * outWidth + ow;
                int on0 = Tile.inside(along, inHeight);
                int row0 = on0 * inWidth;
                float value00 = input.get(x0 + row0);
                float value01 = input.get(x1 + row0);
                float value02 = input.get(x2 + row0);
                int on1 = Tile.inside(along + 1, inHeight);
                int row1 = on1 * inWidth;
                float value10 = input.get(x0 + row1);
                float value11 = input.get(x1 + row1);
                float value12 = input.get(x2 + row1);
                int on2 = Tile.inside(along + 2, inHeight);
                int row2 = on2 * inWidth;
                float value20 = input.get(x0 + row2);
                float value21 = input.get(x1 + row2);
                float value22 = input.get(x2 + row2);
                float sum0 = start;
                if (on0 == along) {
                    float v0 = inside0 ? value00 : 0f;
                    float v1 = inside1 ? value01 : 0f;
                    float v2 = inside2 ? value02 : 0f;
                    sum0 += w00 * v0;
                    sum0 += w01 * v1;
                    sum0 += w02 * v2;
                }
                int on3 = Tile.inside(along + 3, inHeight);
                int row3 = on3 * inWidth;
                float value30 = input.get(x0 + row3);
                float value31 = input.get(x1 + row3);
                float value32 = input.get(x2 + row3);
                float sum1 = start;
                if (on1 == along + 1) {
                    float v0 = inside0 ? value10 : 0f;
                    float v1 = inside1 ? value11 : 0f;
                    float v2 = inside2 ? value12 : 0f;
                    sum0 += w10 * v0;
                    sum0 += w11 * v1;
                    sum0 += w12 * v2;
                    sum1 += w00 * v0;
                    sum1 += w01 * v1;
                    sum1 += w02 * v2;
                }
                int on4 = Tile.inside(along + 4, inHeight);
                int row4 = on4 * inWidth;
                float value40 = input.get(x0 + row4);
                float value41 = input.get(x1 + row4);
                float value42 = input.get(x2 + row4);
                float sum2 = start;
                if (on2 == along + 2) {
                    float v0 = inside0 ? value20 : 0f;
                    float v1 = inside1 ? value21 : 0f;
                    float v2 = inside2 ? value22 : 0f;
                    sum0 += w20 * v0;
                    sum0 += w21 * v1;
                    sum0 += w22 * v2;
                    sum1 += w10 * v0;
                    sum1 += w11 * v1;
                    sum1 += w12 * v2;
                    sum2 += w00 * v0;
                    sum2 += w01 * v1;
                    sum2 += w02 * v2;
                }
                output.set(out, Activations.apply(sum0, activation, slope));
                int on5 = Tile.inside(along + 5, inHeight);
                int row5 = on5 * inWidth;
                float value50 = input.get(x0 + row5);
                float value51 = input.get(x1 + row5);
                float value52 = input.get(x2 + row5);
                float sum3 = start;
                if (on3 == along + 3) {
                    float v0 = inside0 ? value30 : 0f;
                    float v1 = inside1 ? value31 : 0f;
                    float v2 = inside2 ? value32 : 0f;
                    sum1 += w20 * v0;
                    sum1 += w21 * v1;
                    sum1 += w22 * v2;
                    sum2 += w10 * v0;
                    sum2 += w11 * v1;
                    sum2 += w12 * v2;
                    sum3 += w00 * v0;
                    sum3 += w01 * v1;
                    sum3 += w02 * v2;
                }
                if (first + 1 < outHeight) {
                    output.set(out + outWidth, Activations.apply(sum1, activation, slope));
                }
                int on6 = Tile.inside(along + 6, inHeight);
                int row6 = on6 * inWidth;
                float value60 = input.get(x0 + row6);
                float value61 = input.get(x1 + row6);
                float value62 = input.get(x2 + row6);
                float sum4 = start;
                if (on4 == along + 4) {
                    float v0 = inside0 ? value40 : 0f;
                    float v1 = inside1 ? value41 : 0f;
                    float v2 = inside2 ? value42 : 0f;
                    sum2 += w20 * v0;
                    sum2 += w21 * v1;
                    sum2 += w22 * v2;
                    sum3 += w10 * v0;
                    sum3 += w11 * v1;
                    sum3 += w12 * v2;
                    sum4 += w00 * v0;
                    sum4 += w01 * v1;
                    sum4 += w02 * v2;
                }
                if (first + 2 < outHeight) {
                    output.set(out + 2 * outWidth, Activations.apply(sum2, activation, slope));
                }
                int on7 = Tile.inside(along + 7, inHeight);
                int row7 = on7 * inWidth;
                float value70 = input.get(x0 + row7);
                float value71 = input.get(x1 + row7);
                float value72 = input.get(x2 + row7);
                float sum5 = start;
                if (on5 == along + 5) {
                    float v0 = inside0 ? value50 : 0f;
                    float v1 = inside1 ? value51 : 0f;
                    float v2 = inside2 ? value52 : 0f;
                    sum3 += w20 * v0;
                    sum3 += w21 * v1;
                    sum3 += w22 * v2;
                    sum4 += w10 * v0;
                    sum4 += w11 * v1;
                    sum4 += w12 * v2;
                    sum5 += w00 * v0;
                    sum5 += w01 * v1;
                    sum5 += w02 * v2;
                }
                if (first + 3 < outHeight) {
                    output.set(out + 3 * outWidth, Activations.apply(sum3, activation, slope));
                }
                int on8 = Tile.inside(along + 8, inHeight);
                int row8 = on8 * inWidth;
                float value80 = input.get(x0 + row8);
                float value81 = input.get(x1 + row8);
                float value82 = input.get(x2 + row8);
                float sum6 = start;
                if (on6 == along + 6) {
                    float v0 = inside0 ? value60 : 0f;
                    float v1 = inside1 ? value61 : 0f;
                    float v2 = inside2 ? value62 : 0f;
                    sum4 += w20 * v0;
                    sum4 += w21 * v1;
                    sum4 += w22 * v2;
                    sum5 += w10 * v0;
                    sum5 += w11 * v1;
                    sum5 += w12 * v2;
                    sum6 += w00 * v0;
                    sum6 += w01 * v1;
                    sum6 += w02 * v2;
                }
                if (first + 4 < outHeight) {
                    output.set(out + 4 * outWidth, Activations.apply(sum4, activation, slope));
                }
                int on9 = Tile.inside(along + 9, inHeight);
                int row9 = on9 * inWidth;
                float value90 = input.get(x0 + row9);
                float value91 = input.get(x1 + row9);
                float value92 = input.get(x2 + row9);
                float sum7 = start;
                if (on7 == along + 7) {
                    float v0 = inside0 ? value70 : 0f;
                    float v1 = inside1 ? value71 : 0f;
                    float v2 = inside2 ? value72 : 0f;
                    sum5 += w20 * v0;
                    sum5 += w21 * v1;
                    sum5 += w22 * v2;
                    sum6 += w10 * v0;
                    sum6 += w11 * v1;
                    sum6 += w12 * v2;
                    sum7 += w00 * v0;
                    sum7 += w01 * v1;
                    sum7 += w02 * v2;
                }
                if (first + 5 < outHeight) {
                    output.set(out + 5 * outWidth, Activations.apply(sum5, activation, slope));
                }
                int on10 = Tile.inside(along + 10, inHeight);
                int row10 = on10 * inWidth;
                float value100 = input.get(x0 + row10);
                float value101 = input.get(x1 + row10);
                float value102 = input.get(x2 + row10);
                float sum8 = start;
                if (on8 == along + 8) {
                    float v0 = inside0 ? value80 : 0f;
                    float v1 = inside1 ? value81 : 0f;
                    float v2 = inside2 ? value82 : 0f;
                    sum6 += w20 * v0;
                    sum6 += w21 * v1;
                    sum6 += w22 * v2;
                    sum7 += w10 * v0;
                    sum7 += w11 * v1;
                    sum7 += w12 * v2;
                    sum8 += w00 * v0;
                    sum8 += w01 * v1;
                    sum8 += w02 * v2;
                }
                if (first + 6 < outHeight) {
                    output.set(out + 6 * outWidth, Activations.apply(sum6, activation, slope));
                }
                int on11 = Tile.inside(along + 11, inHeight);
                int row11 = on11 * inWidth;
                float value110 = input.get(x0 + row11);
                float value111 = input.get(x1 + row11);
                float value112 = input.get(x2 + row11);
                float sum9 = start;
                if (on9 == along + 9) {
                    float v0 = inside0 ? value90 : 0f;
                    float v1 = inside1 ? value91 : 0f;
                    float v2 = inside2 ? value92 : 0f;
                    sum7 += w20 * v0;
                    sum7 += w21 * v1;
                    sum7 += w22 * v2;
                    sum8 += w10 * v0;
                    sum8 += w11 * v1;
                    sum8 += w12 * v2;
                    sum9 += w00 * v0;
                    sum9 += w01 * v1;
                    sum9 += w02 * v2;
                }
                if (first + 7 < outHeight) {
                    output.set(out + 7 * outWidth, Activations.apply(sum7, activation, slope));
                }
                int on12 = Tile.inside(along + 12, inHeight);
                int row12 = on12 * inWidth;
                float value120 = input.get(x0 + row12);
                float value121 = input.get(x1 + row12);
                float value122 = input.get(x2 + row12);
                float sum10 = start;
                if (on10 == along + 10) {
                    float v0 = inside0 ? value100 : 0f;
                    float v1 = inside1 ? value101 : 0f;
                    float v2 = inside2 ? value102 : 0f;
                    sum8 += w20 * v0;
                    sum8 += w21 * v1;
                    sum8 += w22 * v2;
                    sum9 += w10 * v0;
                    sum9 += w11 * v1;
                    sum9 += w12 * v2;
                    sum10 += w00 * v0;
                    sum10 += w01 * v1;
                    sum10 += w02 * v2;
                }
                if (first + 8 < outHeight) {
                    output.set(out + 8 * outWidth, Activations.apply(sum8, activation, slope));
                }
                int on13 = Tile.inside(along + 13, inHeight);
                int row13 = on13 * inWidth;
                float value130 = input.get(x0 + row13);
                float value131 = input.get(x1 + row13);
                float value132 = input.get(x2 + row13);
                float sum11 = start;
                if (on11 == along + 11) {
                    float v0 = inside0 ? value110 : 0f;
                    float v1 = inside1 ? value111 : 0f;
                    float v2 = inside2 ? value112 : 0f;
                    sum9 += w20 * v0;
                    sum9 += w21 * v1;
                    sum9 += w22 * v2;
                    sum10 += w10 * v0;
                    sum10 += w11 * v1;
                    sum10 += w12 * v2;
                    sum11 += w00 * v0;
                    sum11 += w01 * v1;
                    sum11 += w02 * v2;
                }
                if (first + 9 < outHeight) {
                    output.set(out + 9 * outWidth, Activations.apply(sum9, activation, slope));
                }
                int on14 = Tile.inside(along + 14, inHeight);
                int row14 = on14 * inWidth;
                float value140 = input.get(x0 + row14);
                float value141 = input.get(x1 + row14);
                float value142 = input.get(x2 + row14);
                float sum12 = start;
                if (on12 == along + 12) {
                    float v0 = inside0 ? value120 : 0f;
                    float v1 = inside1 ? value121 : 0f;
                    float v2 = inside2 ? value122 : 0f;
                    sum10 += w20 * v0;
                    sum10 += w21 * v1;
                    sum10 += w22 * v2;
                    sum11 += w10 * v0;
                    sum11 += w11 * v1;
                    sum11 += w12 * v2;
                    sum12 += w00 * v0;
                    sum12 += w01 * v1;
                    sum12 += w02 * v2;
                }
                if (first + 10 < outHeight) {
                    output.set(out + 10 * outWidth, Activations.apply(sum10, activation, slope));
                }
                int on15 = Tile.inside(along + 15, inHeight);
                int row15 = on15 * inWidth;
                float value150 = input.get(x0 + row15);
                float value151 = input.get(x1 + row15);
                float value152 = input.get(x2 + row15);
                float sum13 = start;
                if (on13 == along + 13) {
                    float v0 = inside0 ? value130 : 0f;
                    float v1 = inside1 ? value131 : 0f;
                    float v2 = inside2 ? value132 : 0f;
                    sum11 += w20 * v0;
                    sum11 += w21 * v1;
                    sum11 += w22 * v2;
                    sum12 += w10 * v0;
                    sum12 += w11 * v1;
                    sum12 += w12 * v2;
                    sum13 += w00 * v0;
                    sum13 += w01 * v1;
                    sum13 += w02 * v2;
                }
                if (first + 11 < outHeight) {
                    output.set(out + 11 * outWidth, Activations.apply(sum11, activation, slope));
                }
                if (on14 == along + 14) {
                    float v0 = inside0 ? value140 : 0f;
                    float v1 = inside1 ? value141 : 0f;
                    float v2 = inside2 ? value142 : 0f;
                    sum12 += w20 * v0;
                    sum12 += w21 * v1;
                    sum12 += w22 * v2;
                    sum13 += w10 * v0;
                    sum13 += w11 * v1;
                    sum13 += w12 * v2;
                }
                if (first + 12 < outHeight) {
                    output.set(out + 12 * outWidth, Activations.apply(sum12, activation, slope));
                }
                if (on15 == along + 15) {
                    float v0 = inside0 ? value150 : 0f;
                    float v1 = inside1 ? value151 : 0f;
                    float v2 = inside2 ? value152 : 0f;
                    sum13 += w20 * v0;
                    sum13 += w21 * v1;
                    sum13 += w22 * v2;
                }
                if (first + 13 < outHeight) {
                    output.set(out + 13 * outWidth, Activations.apply(sum13, activation, slope));
                }
            }
        }
    }

    /**
     * Input {@code [N, C, H, W]}, weight {@code [C, 1, 3, 3]}, bias {@code [C]}, output
     * {@code [N, C, OH, OW]}.
     *
     * @param items count, filled up to whole work-groups
     * @param count N*C*ceil(OH/7)*OW
     */
    public static void nchwS3U1P7(FloatArray input, FloatArray weight, FloatArray bias,
            FloatArray output, int items, int count, int channels, int outHeight, int outWidth,
            int inHeight, int inWidth, int padTop, int padLeft, int activation, float slope) {
        for (@Parallel int item = 0; item < items; item++) {
            if (item < count) {
                int tiles = (outHeight + 6) / 7;
                int ow = item % outWidth;
                int first = item / outWidth % tiles * 7;
                int plane = item / outWidth / tiles;
                int c = plane % channels;
                int across = ow - padLeft;
                int along = first - padTop;
                int line = plane * inHeight * inWidth;
                int at0 = Tile.inside(across, inWidth);
                boolean inside0 = at0 == across;
                int x0 = line + at0;
                int at1 = Tile.inside(across + 1, inWidth);
                boolean inside1 = at1 == across + 1;
                int x1 = line + at1;
                int at2 = Tile.inside(across + 2, inWidth);
                boolean inside2 = at2 == across + 2;
                int x2 = line + at2;
                float w00 = weight.get(c * 9);
                float w01 = weight.get(c * 9 + 1);
                float w02 = weight.get(c * 9 + 2);
                float w10 = weight.get(c * 9 + 3);
                float w11 = weight.get(c * 9 + 4);
                float w12 = weight.get(c * 9 + 5);
                float w20 = weight.get(c * 9 + 6);
                float w21 = weight.get(c * 9 + 7);
                float w22 = weight.get(c * 9 + 8);
                float start = bias.get(c);
                int out = (plane * outHeight + first) * outWidth + ow;
                int on0 = Tile.inside(along, inHeight);
                int row0 = on0 * inWidth;
                float value00 = input.get(x0 + row0);
                float value01 = input.get(x1 + row0);
                float value02 = input.get(x2 + row0);
                int on1 = Tile.inside(along + 1, inHeight);
                int row1 = on1 * inWidth;
                float value10 = input.get(x0 + row1);
                float value11 = input.get(x1 + row1);
                float value12 = input.get(x2 + row1);
                int on2 = Tile.inside(along + 2, inHeight);
                int row2 = on2 * inWidth;
                float value20 = input.get(x0 + row2);
                float value21 = input.get(x1 + row2);
                float value22 = input.get(x2 + row2);
                int on3 = Tile.inside(along + 3, inHeight);
                int row3 = on3 * inWidth;
                float value30 = input.get(x0 + row3);
                float value31 = input.get(x1 + row3);
                float value32 = input.get(x2 + row3);
                int on4 = Tile.inside(along + 4, inHeight);
                int row4 = on4 * inWidth;
                float value40 = input.get(x0 + row4);
                float value41 = input.get(x1 + row4);
                float value42 = input.get(x2 + row4);
                int on5 = Tile.inside(along + 5, inHeight);
                int row5 = on5 * inWidth;
                float value50 = input.get(x0 + row5);
                float value51 = input.get(x1 + row5);
                float value52 = input.get(x2 + row5);
                int on6 = Tile.inside(along + 6, inHeight);
                int row6 = on6 * inWidth;
                float value60 = input.get(x0 + row6);
                float value61 = input.get(x1 + row6);
                float value62 = input.get(x2 + row6);
                int on7 = Tile.inside(along + 7, inHeight);
                int row7 = on7 * inWidth;
                float value70 = input.get(x0 + row7);
                float value71 = input.get(x1 + row7);
                float value72 = input.get(x2 + row7);
                int on8 = Tile.inside(along + 8, inHeight);
                int row8 = on8 * inWidth;
                float value80 = input.get(x0 + row8);
                float value81 = input.get(x1 + row8);
                float value82 = input.get(x2 + row8);
                float sum0 = start;
                if (on0 == along) {
                    float v0 = inside0 ? value00 : 0f;
                    float v1 = inside1 ? value01 : 0f;
                    float v2 = inside2 ? value02 : 0f;
                    sum0 += w00 * v0;
                    sum0 += w01 * v1;
                    sum0 += w02 * v2;
                }
                float sum1 = start;
                if (on1 == along + 1) {
                    float v0 = inside0 ? value10 : 0f;
                    float v1 = inside1 ? value11 : 0f;
                    float v2 = inside2 ? value12 : 0f;
                    sum0 += w10 * v0;
                    sum0 += w11 * v1;
                    sum0 += w12 * v2;
                    sum1 += w00 * v0;
                    sum1 += w01 * v1;
                    sum1 += w02 * v2;
                }
                float sum2 = start;
                if (on2 == along + 2) {
                    float v0 = inside0 ? value20 : 0f;
                    float v1 = inside1 ? value21 : 0f;
                    float v2 = inside2 ? value22 : 0f;
                    sum0 += w20 * v0;
                    sum0 += w21 * v1;
                    sum0 += w22 * v2;
                    sum1 += w10 * v0;
                    sum1 += w11 * v1;
                    sum1 += w12 * v2;
                    sum2 += w00 * v0;
                    sum2 += w01 * v1;
                    sum2 += w02 * v2;
                }
                float sum3 = start;
                if (on3 == along + 3) {
                    float v0 = inside0 ? value30 : 0f;
                    float v1 = inside1 ? value31 : 0f;
                    float v2 = inside2 ? value32 : 0f;
                    sum1 += w20 * v0;
                    sum1 += w21 * v1;
                    sum1 += w22 * v2;
                    sum2 += w10 * v0;
                    sum2 += w11 * v1;
                    sum2 += w12 * v2;
                    sum3 += w00 * v0;
                    sum3 += w01 * v1;
                    sum3 += w02 * v2;
                }
                float sum4 = start;
                if (on4 == along + 4) {
                    float v0 = inside0 ? value40 : 0f;
                    float v1 = inside1 ? value41 : 0f;
                    float v2 = inside2 ? value42 : 0f;
                    sum2 += w20 * v0;
                    sum2 += w21 * v1;
                    sum2 += w22 * v2;
                    sum3 += w10 * v0;
                    sum3 += w11 * v1;
                    sum3 += w12 * v2;
                    sum4 += w00 * v0;
                    sum4 += w01 * v1;
                    sum4 += w02 * v2;
                }
                float sum5 = start;
                if (on5 == along + 5) {
                    float v0 = inside0 ? value50 : 0f;
                    float v1 = inside1 ? value51 : 0f;
                    float v2 = inside2 ? value52 : 0f;
                    sum3 += w20 * v0;
                    sum3 += w21 * v1;
                    sum3 += w22 * v2;
                    sum4 += w10 * v0;
                    sum4 += w11 * v1;
                    sum4 += w12 * v2;
                    sum5 += w00 * v0;
                    sum5 += w01 * v1;
                    sum5 += w02 * v2;
                }
                float sum6 = start;
                if (on6 == along + 6) {
                    float v0 = inside0 ? value60 : 0f;
                    float v1 = inside1 ? value61 : 0f;
                    float v2 = inside2 ? value62 : 0f;
                    sum4 += w20 * v0;
                    sum4 += w21 * v1;
                    sum4 += w22 * v2;
                    sum5 += w10 * v0;
                    sum5 += w11 * v1;
                    sum5 += w12 * v2;
                    sum6 += w00 * v0;
                    sum6 += w01 * v1;
                    sum6 += w02 * v2;
                }
                if (on7 == along + 7) {
                    float v0 = inside0 ? value70 : 0f;
                    float v1 = inside1 ? value71 : 0f;
                    float v2 = inside2 ? value72 : 0f;
                    sum5 += w20 * v0;
                    sum5 += w21 * v1;
                    sum5 += w22 * v2;
                    sum6 += w10 * v0;
                    sum6 += w11 * v1;
                    sum6 += w12 * v2;
                }
                if (on8 == along + 8) {
                    float v0 = inside0 ? value80 : 0f;
                    float v1 = inside1 ? value81 : 0f;
                    float v2 = inside2 ? value82 : 0f;
                    sum6 += w20 * v0;
                    sum6 += w21 * v1;
                    sum6 += w22 * v2;
                }
                output.set(out, Activations.apply(sum0, activation, slope));
                if (first + 1 < outHeight) {
                    output.set(out + outWidth, Activations.apply(sum1, activation, slope));
                }
                if (first + 2 < outHeight) {
                    output.set(out + 2 * outWidth, Activations.apply(sum2, activation, slope));
                }
                if (first + 3 < outHeight) {
                    output.set(out + 3 * outWidth, Activations.apply(sum3, activation, slope));
                }
                if (first + 4 < outHeight) {
                    output.set(out + 4 * outWidth, Activations.apply(sum4, activation, slope));
                }
                if (first + 5 < outHeight) {
                    output.set(out + 5 * outWidth, Activations.apply(sum5, activation, slope));
                }
                if (first + 6 < outHeight) {
                    output.set(out + 6 * outWidth, Activations.apply(sum6, activation, slope));
                }
            }
        }
    }

    /**
     * Input {@code [N, C, H, W]}, weight {@code [C, 1, 3, 3]}, bias {@code [C]}, output
     * {@code [N, C, OH, OW]}.
     *
     * @param items count, filled up to whole work-groups
     * @param count N*C*ceil(OH/4)*OW
     */
    public static void nchwS3U2P4(FloatArray input, FloatArray weight, FloatArray bias,
            FloatArray output, int items, int count, int channels, int outHeight, int outWidth,
            int inHeight, int inWidth, int padTop, int padLeft, int activation, float slope) {
        for (@Parallel int item = 0; item < items; item++) {
            if (item < count) {
                int tiles = (outHeight + 3) / 4;
                int ow = item % outWidth;
                int first = item / outWidth % tiles * 4;
                int plane = item / outWidth / tiles;
                int c = plane % channels;
                int across = ow * 2 - padLeft;
                int along = first * 2 - padTop;
                int line = plane * inHeight * inWidth;
                int at0 = Tile.inside(across, inWidth);
                boolean inside0 = at0 == across;
                int x0 = line + at0;
                int at1 = Tile.inside(across + 1, inWidth);
                boolean inside1 = at1 == across + 1;
                int x1 = line + at1;
                int at2 = Tile.inside(across + 2, inWidth);
                boolean inside2 = at2 == across + 2;
                int x2 = line + at2;
                float w00 = weight.get(c * 9);
                float w01 = weight.get(c * 9 + 1);
                float w02 = weight.get(c * 9 + 2);
                float w10 = weight.get(c * 9 + 3);
                float w11 = weight.get(c * 9 + 4);
                float w12 = weight.get(c * 9 + 5);
                float w20 = weight.get(c * 9 + 6);
                float w21 = weight.get(c * 9 + 7);
                float w22 = weight.get(c * 9 + 8);
                float start = bias.get(c);
                int out = (plane * outHeight + first) * outWidth + ow;
                int on0 = Tile.inside(along, inHeight);
                int row0 = on0 * inWidth;
                float value00 = input.get(x0 + row0);
                float value01 = input.get(x1 + row0);
                float value02 = input.get(x2 + row0);
                int on1 = Tile.inside(along + 1, inHeight);
                int row1 = on1 * inWidth;
                float value10 = input.get(x0 + row1);
                float value11 = input.get(x1 + row1);
                float value12 = input.get(x2 + row1);
                int on2 = Tile.inside(along + 2, inHeight);
                int row2 = on2 * inWidth;
                float value20 = input.get(x0 + row2);
                float value21 = input.get(x1 + row2);
                float value22 = input.get(x2 + row2);
                int on3 = Tile.inside(along + 3, inHeight);
                int row3 = on3 * inWidth;
                float value30 = input.get(x0 + row3);
                float value31 = input.get(x1 + row3);
                float value32 = input.get(x2 + row3);
                int on4 = Tile.inside(along + 4, inHeight);
                int row4 = on4 * inWidth;
                float value40 = input.get(x0 + row4);
                float value41 = input.get(x1 + row4);
                float value42 = input.get(x2 + row4);
                int on5 = Tile.inside(along + 5, inHeight);
                int row5 = on5 * inWidth;
                float value50 = input.get(x0 + row5);
                float value51 = input.get(x1 + row5);
                float value52 = input.get(x2 + row5);
                int on6 = Tile.inside(along + 6, inHeight);
                int row6 = on6 * inWidth;
                float value60 = input.get(x0 + row6);
                float value61 = input.get(x1 + row6);
                float value62 = input.get(x2 + row6);
                int on7 = Tile.inside(along + 7, inHeight);
                int row7 = on7 * inWidth;
                float value70 = input.get(x0 + row7);
                float value71 = input.get(x1 + row7);
                float value72 = input.get(x2 + row7);
                int on8 = Tile.inside(along + 8, inHeight);
                int row8 = on8 * inWidth;
                float value80 = input.get(x0 + row8);
                float value81 = input.get(x1 + row8);
                float value82 = input.get(x2 + row8);
                float sum0 = start;
                if (on0 == along) {
                    float v0 = inside0 ? value00 : 0f;
                    float v1 = inside1 ? value01 : 0f;
                    float v2 = inside2 ? value02 : 0f;
                    sum0 += w00 * v0;
                    sum0 += w01 * v1;
                    sum0 += w02 * v2;
                }
                if (on1 == along + 1) {
                    float v0 = inside0 ? value10 : 0f;
                    float v1 = inside1 ? value11 : 0f;
                    float v2 = inside2 ? value12 : 0f;
                    sum0 += w10 * v0;
                    sum0 += w11 * v1;
                    sum0 += w12 * v2;
                }
                float sum1 = start;
                if (on2 == along + 2) {
                    float v0 = inside0 ? value20 : 0f;
                    float v1 = inside1 ? value21 : 0f;
                    float v2 = inside2 ? value22 : 0f;
                    sum0 += w20 * v0;
                    sum0 += w21 * v1;
                    sum0 += w22 * v2;
                    sum1 += w00 * v0;
                    sum1 += w01 * v1;
                    sum1 += w02 * v2;
                }
                if (on3 == along + 3) {
                    float v0 = inside0 ? value30 : 0f;
                    float v1 = inside1 ? value31 : 0f;
                    float v2 = inside2 ? value32 : 0f;
                    sum1 += w10 * v0;
                    sum1 += w11 * v1;
                    sum1 += w12 * v2;
                }
                float sum2 = start;
                if (on4 == along + 4) {
                    float v0 = inside0 ? value40 : 0f;
                    float v1 = inside1 ? value41 : 0f;
                    float v2 = inside2 ? value42 : 0f;
                    sum1 += w20 * v0;
                    sum1 += w21 * v1;
                    sum1 += w22 * v2;
                    sum2 += w00 * v0;
                    sum2 += w01 * v1;
                    sum2 += w02 * v2;
                }
                if (on5 == along + 5) {
                    float v0 = inside0 ? value50 : 0f;
                    float v1 = inside1 ? value51 : 0f;
                    float v2 = inside2 ? value52 : 0f;
                    sum2 += w10 * v0;
                    sum2 += w11 * v1;
                    sum2 += w12 * v2;
                }
                float sum3 = start;
                if (on6 == along + 6) {
                    float v0 = inside0 ? value60 : 0f;
                    float v1 = inside1 ? value61 : 0f;
                    float v2 = inside2 ? value62 : 0f;
                    sum2 += w20 * v0;
                    sum2 += w21 * v1;
                    sum2 += w22 * v2;
                    sum3 += w00 * v0;
                    sum3 += w01 * v1;
                    sum3 += w02 * v2;
                }
                if (on7 == along + 7) {
                    float v0 = inside0 ? value70 : 0f;
                    float v1 = inside1 ? value71 : 0f;
                    float v2 = inside2 ? value72 : 0f;
                    sum3 += w10 * v0;
                    sum3 += w11 * v1;
                    sum3 += w12 * v2;
                }
                if (on8 == along + 8) {
                    float v0 = inside0 ? value80 : 0f;
                    float v1 = inside1 ? value81 : 0f;
                    float v2 = inside2 ? value82 : 0f;
                    sum3 += w20 * v0;
                    sum3 += w21 * v1;
                    sum3 += w22 * v2;
                }
                output.set(out, Activations.apply(sum0, activation, slope));
                if (first + 1 < outHeight) {
                    output.set(out + outWidth, Activations.apply(sum1, activation, slope));
                }
                if (first + 2 < outHeight) {
                    output.set(out + 2 * outWidth, Activations.apply(sum2, activation, slope));
                }
                if (first + 3 < outHeight) {
                    output.set(out + 3 * outWidth, Activations.apply(sum3, activation, slope));
                }
            }
        }
    }

    /**
     * Input {@code [N, H, W, C]}, weight {@code [3, 3, C]}, bias {@code [C]}, output
     * {@code [N, OH, OW, C]}.
     *
     * @param items count, filled up to whole work-groups
     * @param count N*OH*ceil(OW/7)*C
     */
    public static void nhwcS3U1P7(FloatArray input, FloatArray weight, FloatArray bias,
            FloatArray output, int items, int count, int channels, int outHeight, int outWidth,
            int inHeight, int inWidth, int padTop, int padLeft, int activation, float slope) {
        for (@Parallel int item = 0; item < items; item++) {
            if (item < count) {
                int tiles = (outWidth + 6) / 7;
                int c = item % channels;
                int first = item / channels % tiles * 7;
                int n = item / channels / tiles / outHeight;
                int oh = item / channels / tiles % outHeight;
                int across = oh - padTop;
                int along = first - padLeft;
                int line = n * inHeight * inWidth * channels + c;
                int at0 = Tile.inside(across, inHeight);
                boolean inside0 = at0 == across;
                int x0 = line + at0 * inWidth * channels;
                int at1 = Tile.inside(across + 1, inHeight);
                boolean inside1 = at1 == across + 1;
                int x1 = line + at1 * inWidth * channels;
                int at2 = Tile.inside(across + 2, inHeight);
                boolean inside2 = at2 == across + 2;
                int x2 = line + at2 * inWidth * channels;
                float w00 = weight.get(c);
                float w01 = weight.get(channels + c);
                float w02 = weight.get(2 * channels + c);
                float w10 = weight.get(3 * channels + c);
                float w11 = weight.get(4 * channels + c);
                float w12 = weight.get(5 * channels + c);
                float w20 = weight.get(6 * channels + c);
                float w21 = weight.get(7 * channels + c);
                float w22 = weight.get(8 * channels + c);
                float start = bias.get(c);
                int out = ((n * outHeight + oh) * outWidth + first) * channels + c;
                int on0 = Tile.inside(along, inWidth);
                int row0 = on0 * channels;
                float value00 = input.get(x0 + row0);
                float value01 = input.get(x1 + row0);
                float value02 = input.get(x2 + row0);
                int on1 = Tile.inside(along + 1, inWidth);
                int row1 = on1 * channels;
                float value10 = input.get(x0 + row1);
                float value11 = input.get(x1 + row1);
                float value12 = input.get(x2 + row1);
                int on2 = Tile.inside(along + 2, inWidth);
                int row2 = on2 * channels;
                float value20 = input.get(x0 + row2);
                float value21 = input.get(x1 + row2);
                float value22 = input.get(x2 + row2);
                int on3 = Tile.inside(along + 3, inWidth);
                int row3 = on3 * channels;
                float value30 = input.get(x0 + row3);
                float value31 = input.get(x1 + row3);
                float value32 = input.get(x2 + row3);
                int on4 = Tile.inside(along + 4, inWidth);
                int row4 = on4 * channels;
                float value40 = input.get(x0 + row4);
                float value41 = input.get(x1 + row4);
                float value42 = input.get(x2 + row4);
                int on5 = Tile.inside(along + 5, inWidth);
                int row5 = on5 * channels;
                float value50 = input.get(x0 + row5);
                float value51 = input.get(x1 + row5);
                float value52 = input.get(x2 + row5);
                int on6 = Tile.inside(along + 6, inWidth);
                int row6 = on6 * channels;
                float value60 = input.get(x0 + row6);
                float value61 = input.get(x1 + row6);
                float value62 = input.get(x2 + row6);
                int on7 = Tile.inside(along + 7, inWidth);
                int row7 = on7 * channels;
                float value70 = input.get(x0 + row7);
                float value71 = input.get(x1 + row7);
                float value72 = input.get(x2 + row7);
                int on8 = Tile.inside(along + 8, inWidth);
                int row8 = on8 * channels;
                float value80 = input.get(x0 + row8);
                float value81 = input.get(x1 + row8);
                float value82 = input.get(x2 + row8);
                float sum0 = start;
                if (on0 == along) {
                    float v0 = inside0 ? value00 : 0f;
                    float v1 = inside1 ? value01 : 0f;
                    float v2 = inside2 ? value02 : 0f;
                    sum0 += w00 * v0;
                    sum0 += w10 * v1;
                    sum0 += w20 * v2;
                }
                float sum1 = start;
                if (on1 == along + 1) {
                    float v0 = inside0 ? value10 : 0f;
                    float v1 = inside1 ? value11 : 0f;
                    float v2 = inside2 ? value12 : 0f;
                    sum0 += w01 * v0;
                    sum0 += w11 * v1;
                    sum0 += w21 * v2;
                    sum1 += w00 * v0;
                    sum1 += w10 * v1;
                    sum1 += w20 * v2;
                }
                float sum2 = start;
                if (on2 == along + 2) {
                    float v0 = inside0 ? value20 : 0f;
                    float v1 = inside1 ? value21 : 0f;
                    float v2 = inside2 ? value22 : 0f;
                    sum0 += w02 * v0;
                    sum0 += w12 * v1;
                    sum0 += w22 * v2;
                    sum1 += w01 * v0;
                    sum1 += w11 * v1;
                    sum1 += w21 * v2;
                    sum2 += w00 * v0;
                    sum2 += w10 * v1;
                    sum2 += w20 * v2;
                }
                float sum3 = start;
                if (on3 == along + 3) {
                    float v0 = inside0 ? value30 : 0f;
                    float v1 = inside1 ? value31 : 0f;
                    float v2 = inside2 ? value32 : 0f;
                    sum1 += w02 * v0;
                    sum1 += w12 * v1;
                    sum1 += w22 * v2;
                    sum2 += w01 * v0;
                    sum2 += w11 * v1;
                    sum2 += w21 * v2;
                    sum3 += w00 * v0;
                    sum3 += w10 * v1;
                    sum3 += w20 * v2;
                }
                float sum4 = start;
                if (on4 == along + 4) {
                    float v0 = inside0 ? value40 : 0f;
                    float v1 = inside1 ? value41 : 0f;
                    float v2 = inside2 ? value42 : 0f;
                    sum2 += w02 * v0;
                    sum2 += w12 * v1;
                    sum2 += w22 * v2;
                    sum3 += w01 * v0;
                    sum3 += w11 * v1;
                    sum3 += w21 * v2;
                    sum4 += w00 * v0;
                    sum4 += w10 * v1;
                    sum4 += w20 * v2;
                }
                float sum5 = start;
                if (on5 == along + 5) {
                    float v0 = inside0 ? value50 : 0f;
                    float v1 = inside1 ? value51 : 0f;
                    float v2 = inside2 ? value52 : 0f;
                    sum3 += w02 * v0;
                    sum3 += w12 * v1;
                    sum3 += w22 * v2;
                    sum4 += w01 * v0;
                    sum4 += w11 * v1;
                    sum4 += w21 * v2;
                    sum5 += w00 * v0;
                    sum5 += w10 * v1;
                    sum5 += w20 * v2;
                }
                float sum6 = start;
                if (on6 == along + 6) {
                    float v0 = inside0 ? value60 : 0f;
                    float v1 = inside1 ? value61 : 0f;
                    float v2 = inside2 ? value62 : 0f;
                    sum4 += w02 * v0;
                    sum4 += w12 * v1;
                    sum4 += w22 * v2;
                    sum5 += w01 * v0;
                    sum5 += w11 * v1;
                    sum5 += w21 * v2;
                    sum6 += w00 * v0;
                    sum6 += w10 * v1;
                    sum6 += w20 * v2;
                }
                if (on7 == along + 7) {
                    float v0 = inside0 ? value70 : 0f;
                    float v1 = inside1 ? value71 : 0f;
                    float v2 = inside2 ? value72 : 0f;
                    sum5 += w02 * v0;
                    sum5 += w12 * v1;
                    sum5 += w22 * v2;
                    sum6 += w01 * v0;
                    sum6 += w11 * v1;
                    sum6 += w21 * v2;
                }
                if (on8 == along + 8) {
                    float v0 = inside0 ? value80 : 0f;
                    float v1 = inside1 ? value81 : 0f;
                    float v2 = inside2 ? value82 : 0f;
                    sum6 += w02 * v0;
                    sum6 += w12 * v1;
                    sum6 += w22 * v2;
                }
                output.set(out, Activations.apply(sum0, activation, slope));
                if (first + 1 < outWidth) {
                    output.set(out + channels, Activations.apply(sum1, activation, slope));
                }
                if (first + 2 < outWidth) {
                    output.set(out + 2 * channels, Activations.apply(sum2, activation, slope));
                }
                if (first + 3 < outWidth) {
                    output.set(out + 3 * channels, Activations.apply(sum3, activation, slope));
                }
                if (first + 4 < outWidth) {
                    output.set(out + 4 * channels, Activations.apply(sum4, activation, slope));
                }
                if (first + 5 < outWidth) {
                    output.set(out + 5 * channels, Activations.apply(sum5, activation, slope));
                }
                if (first + 6 < outWidth) {
                    output.set(out + 6 * channels, Activations.apply(sum6, activation, slope));
                }
            }
        }
    }

    /**
     * Input {@code [N, H, W, C]}, weight {@code [3, 3, C]}, bias {@code [C]}, output
     * {@code [N, OH, OW, C]}.
     *
     * @param items count, filled up to whole work-groups
     * @param count N*OH*ceil(OW/4)*C
     */
    public static void nhwcS3U2P4(FloatArray input, FloatArray weight, FloatArray bias,
            FloatArray output, int items, int count, int channels, int outHeight, int outWidth,
            int inHeight, int inWidth, int padTop, int padLeft, int activation, float slope) {
        for (@Parallel int item = 0; item < items; item++) {
            if (item < count) {
                int tiles = (outWidth + 3) / 4;
                int c = item % channels;
                int first = item / channels % tiles * 4;
                int n = item / channels / tiles / outHeight;
                int oh = item / channels / tiles % outHeight;
                int across = oh * 2 - padTop;
                int along = first * 2 - padLeft;
                int line = n * inHeight * inWidth * channels + c;
                int at0 = Tile.inside(across, inHeight);
                boolean inside0 = at0 == across;
                int x0 = line + at0 * inWidth * channels;
                int at1 = Tile.inside(across + 1, inHeight);
                boolean inside1 = at1 == across + 1;
                int x1 = line + at1 * inWidth * channels;
                int at2 = Tile.inside(across + 2, inHeight);
                boolean inside2 = at2 == across + 2;
                int x2 = line + at2 * inWidth * channels;
                float w00 = weight.get(c);
                float w01 = weight.get(channels + c);
                float w02 = weight.get(2 * channels + c);
                float w10 = weight.get(3 * channels + c);
                float w11 = weight.get(4 * channels + c);
                float w12 = weight.get(5 * channels + c);
                float w20 = weight.get(6 * channels + c);
                float w21 = weight.get(7 * channels + c);
                float w22 = weight.get(8 * channels + c);
                float start = bias.get(c);
                int out = ((n * outHeight + oh) * outWidth + first) * channels + c;
                int on0 = Tile.inside(along, inWidth);
                int row0 = on0 * channels;
                float value00 = input.get(x0 + row0);
                float value01 = input.get(x1 + row0);
                float value02 = input.get(x2 + row0);
                int on1 = Tile.inside(along + 1, inWidth);
                int row1 = on1 * channels;
                float value10 = input.get(x0 + row1);
                float value11 = input.get(x1 + row1);
                float value12 = input.get(x2 + row1);
                int on2 = Tile.inside(along + 2, inWidth);
                int row2 = on2 * channels;
                float value20 = input.get(x0 + row2);
                float value21 = input.get(x1 + row2);
                float value22 = input.get(x2 + row2);
                int on3 = Tile.inside(along + 3, inWidth);
                int row3 = on3 * channels;
                float value30 = input.get(x0 + row3);
                float value31 = input.get(x1 + row3);
                float value32 = input.get(x2 + row3);
                int on4 = Tile.inside(along + 4, inWidth);
                int row4 = on4 * channels;
                float value40 = input.get(x0 + row4);
                float value41 = input.get(x1 + row4);
                float value42 = input.get(x2 + row4);
                int on5 = Tile.inside(along + 5, inWidth);
                int row5 = on5 * channels;
                float value50 = input.get(x0 + row5);
                float value51 = input.get(x1 + row5);
                float value52 = input.get(x2 + row5);
                int on6 = Tile.inside(along + 6, inWidth);
                int row6 = on6 * channels;
                float value60 = input.get(x0 + row6);
                float value61 = input.get(x1 + row6);
                float value62 = input.get(x2 + row6);
                int on7 = Tile.inside(along + 7, inWidth);
                int row7 = on7 * channels;
                float value70 = input.get(x0 + row7);
                float value71 = input.get(x1 + row7);
                float value72 = input.get(x2 + row7);
                int on8 = Tile.inside(along + 8, inWidth);
                int row8 = on8 * channels;
                float value80 = input.get(x0 + row8);
                float value81 = input.get(x1 + row8);
                float value82 = input.get(x2 + row8);
                float sum0 = start;
                if (on0 == along) {
                    float v0 = inside0 ? value00 : 0f;
                    float v1 = inside1 ? value01 : 0f;
                    float v2 = inside2 ? value02 : 0f;
                    sum0 += w00 * v0;
                    sum0 += w10 * v1;
                    sum0 += w20 * v2;
                }
                if (on1 == along + 1) {
                    float v0 = inside0 ? value10 : 0f;
                    float v1 = inside1 ? value11 : 0f;
                    float v2 = inside2 ? value12 : 0f;
                    sum0 += w01 * v0;
                    sum0 += w11 * v1;
                    sum0 += w21 * v2;
                }
                float sum1 = start;
                if (on2 == along + 2) {
                    float v0 = inside0 ? value20 : 0f;
                    float v1 = inside1 ? value21 : 0f;
                    float v2 = inside2 ? value22 : 0f;
                    sum0 += w02 * v0;
                    sum0 += w12 * v1;
                    sum0 += w22 * v2;
                    sum1 += w00 * v0;
                    sum1 += w10 * v1;
                    sum1 += w20 * v2;
                }
                if (on3 == along + 3) {
                    float v0 = inside0 ? value30 : 0f;
                    float v1 = inside1 ? value31 : 0f;
                    float v2 = inside2 ? value32 : 0f;
                    sum1 += w01 * v0;
                    sum1 += w11 * v1;
                    sum1 += w21 * v2;
                }
                float sum2 = start;
                if (on4 == along + 4) {
                    float v0 = inside0 ? value40 : 0f;
                    float v1 = inside1 ? value41 : 0f;
                    float v2 = inside2 ? value42 : 0f;
                    sum1 += w02 * v0;
                    sum1 += w12 * v1;
                    sum1 += w22 * v2;
                    sum2 += w00 * v0;
                    sum2 += w10 * v1;
                    sum2 += w20 * v2;
                }
                if (on5 == along + 5) {
                    float v0 = inside0 ? value50 : 0f;
                    float v1 = inside1 ? value51 : 0f;
                    float v2 = inside2 ? value52 : 0f;
                    sum2 += w01 * v0;
                    sum2 += w11 * v1;
                    sum2 += w21 * v2;
                }
                float sum3 = start;
                if (on6 == along + 6) {
                    float v0 = inside0 ? value60 : 0f;
                    float v1 = inside1 ? value61 : 0f;
                    float v2 = inside2 ? value62 : 0f;
                    sum2 += w02 * v0;
                    sum2 += w12 * v1;
                    sum2 += w22 * v2;
                    sum3 += w00 * v0;
                    sum3 += w10 * v1;
                    sum3 += w20 * v2;
                }
                if (on7 == along + 7) {
                    float v0 = inside0 ? value70 : 0f;
                    float v1 = inside1 ? value71 : 0f;
                    float v2 = inside2 ? value72 : 0f;
                    sum3 += w01 * v0;
                    sum3 += w11 * v1;
                    sum3 += w21 * v2;
                }
                if (on8 == along + 8) {
                    float v0 = inside0 ? value80 : 0f;
                    float v1 = inside1 ? value81 : 0f;
                    float v2 = inside2 ? value82 : 0f;
                    sum3 += w02 * v0;
                    sum3 += w12 * v1;
                    sum3 += w22 * v2;
                }
                output.set(out, Activations.apply(sum0, activation, slope));
                if (first + 1 < outWidth) {
                    output.set(out + channels, Activations.apply(sum1, activation, slope));
                }
                if (first + 2 < outWidth) {
                    output.set(out + 2 * channels, Activations.apply(sum2, activation, slope));
                }
                if (first + 3 < outWidth) {
                    output.set(out + 3 * channels, Activations.apply(sum3, activation, slope));
                }
            }
        }
    }

    /**
     * Input {@code [N, C, H, W]}, weight {@code [C, 1, 5, 5]}, bias {@code [C]}, output
     * {@code [N, C, OH, OW]}.
     *
     * @param items count, filled up to whole work-groups
     * @param count N*C*ceil(OH/4)*OW
     */
    public static void nchwS5U1P4(FloatArray input, FloatArray weight, FloatArray bias,
            FloatArray output, int items, int count, int channels, int outHeight, int outWidth,
            int inHeight, int inWidth, int padTop, int padLeft, int activation, float slope) {
        for (@Parallel int item = 0; item < items; item++) {
            if (item < count) {
                int tiles = (outHeight + 3) / 4;
                int ow = item % outWidth;
                int first = item / outWidth % tiles * 4;
                int plane = item / outWidth / tiles;
                int c = plane % channels;
                int across = ow - padLeft;
                int along = first - padTop;
                int line = plane * inHeight * inWidth;
                int at0 = Tile.inside(across, inWidth);
                boolean inside0 = at0 == across;
                int x0 = line + at0;
                int at1 = Tile.inside(across + 1, inWidth);
                boolean inside1 = at1 == across + 1;
                int x1 = line + at1;
                int at2 = Tile.inside(across + 2, inWidth);
                boolean inside2 = at2 == across + 2;
                int x2 = line + at2;
                int at3 = Tile.inside(across + 3, inWidth);
                boolean inside3 = at3 == across + 3;
                int x3 = line + at3;
                int at4 = Tile.inside(across + 4, inWidth);
                boolean inside4 = at4 == across + 4;
                int x4 = line + at4;
                float w00 = weight.get(c * 25);
                float w01 = weight.get(c * 25 + 1);
                float w02 = weight.get(c * 25 + 2);
                float w03 = weight.get(c * 25 + 3);
                float w04 = weight.get(c * 25 + 4);
                float w10 = weight.get(c * 25 + 5);
                float w11 = weight.get(c * 25 + 6);
                float w12 = weight.get(c * 25 + 7);
                float w13 = weight.get(c * 25 + 8);
                float w14 = weight.get(c * 25 + 9);
                float w20 = weight.get(c * 25 + 10);
                float w21 = weight.get(c * 25 + 11);
                float w22 = weight.get(c * 25 + 12);
                float w23 = weight.get(c * 25 + 13);
                float w24 = weight.get(c * 25 + 14);
                float w30 = weight.get(c * 25 + 15);
                float w31 = weight.get(c * 25 + 16);
                float w32 = weight.get(c * 25 + 17);
                float w33 = weight.get(c * 25 + 18);
                float w34 = weight.get(c * 25 + 19);
                float w40 = weight.get(c * 25 + 20);
                float w41 = weight.get(c * 25 + 21);
                float w42 = weight.get(c * 25 + 22);
                float w43 = weight.get(c * 25 + 23);
                float w44 = weight.get(c * 25 + 24);
                float start = bias.get(c);
                int out = (plane * outHeight + first) * outWidth + ow;
                int on0 = Tile.inside(along, inHeight);
                int row0 = on0 * inWidth;
                float value00 = input.get(x0 + row0);
                float value01 = input.get(x1 + row0);
                float value02 = input.get(x2 + row0);
                float value03 = input.get(x3 + row0);
                float value04 = input.get(x4 + row0);
                int on1 = Tile.inside(along + 1, inHeight);
                int row1 = on1 * inWidth;
                float value10 = input.get(x0 + row1);
                float value11 = input.get(x1 + row1);
                float value12 = input.get(x2 + row1);
                float value13 = input.get(x3 + row1);
                float value14 = input.get(x4 + row1);
                int on2 = Tile.inside(along + 2, inHeight);
                int row2 = on2 * inWidth;
                float value20 = input.get(x0 + row2);
                float value21 = input.get(x1 + row2);
                float value22 = input.get(x2 + row2);
                float value23 = input.get(x3 + row2);
                float value24 = input.get(x4 + row2);
                int on3 = Tile.inside(along + 3, inHeight);
                int row3 = on3 * inWidth;
                float value30 = input.get(x0 + row3);
                float value31 = input.get(x1 + row3);
                float value32 = input.get(x2 + row3);
                float value33 = input.get(x3 + row3);
                float value34 = input.get(x4 + row3);
                int on4 = Tile.inside(along + 4, inHeight);
                int row4 = on4 * inWidth;
                float value40 = input.get(x0 + row4);
                float value41 = input.get(x1 + row4);
                float value42 = input.get(x2 + row4);
                float value43 = input.get(x3 + row4);
                float value44 = input.get(x4 + row4);
                int on5 = Tile.inside(along + 5, inHeight);
                int row5 = on5 * inWidth;
                float value50 = input.get(x0 + row5);
                float value51 = input.get(x1 + row5);
                float value52 = input.get(x2 + row5);
                float value53 = input.get(x3 + row5);
                float value54 = input.get(x4 + row5);
                int on6 = Tile.inside(along + 6, inHeight);
                int row6 = on6 * inWidth;
                float value60 = input.get(x0 + row6);
                float value61 = input.get(x1 + row6);
                float value62 = input.get(x2 + row6);
                float value63 = input.get(x3 + row6);
                float value64 = input.get(x4 + row6);
                int on7 = Tile.inside(along + 7, inHeight);
                int row7 = on7 * inWidth;
                float value70 = input.get(x0 + row7);
                float value71 = input.get(x1 + row7);
                float value72 = input.get(x2 + row7);
                float value73 = input.get(x3 + row7);
                float value74 = input.get(x4 + row7);
                float sum0 = start;
                if (on0 == along) {
                    float v0 = inside0 ? value00 : 0f;
                    float v1 = inside1 ? value01 : 0f;
                    float v2 = inside2 ? value02 : 0f;
                    float v3 = inside3 ? value03 : 0f;
                    float v4 = inside4 ? value04 : 0f;
                    sum0 += w00 * v0;
                    sum0 += w01 * v1;
                    sum0 += w02 * v2;
                    sum0 += w03 * v3;
                    sum0 += w04 * v4;
                }
                float sum1 = start;
                if (on1 == along + 1) {
                    float v0 = inside0 ? value10 : 0f;
                    float v1 = inside1 ? value11 : 0f;
                    float v2 = inside2 ? value12 : 0f;
                    float v3 = inside3 ? value13 : 0f;
                    float v4 = inside4 ? value14 : 0f;
                    sum0 += w10 * v0;
                    sum0 += w11 * v1;
                    sum0 += w12 * v2;
                    sum0 += w13 * v3;
                    sum0 += w14 * v4;
                    sum1 += w00 * v0;
                    sum1 += w01 * v1;
                    sum1 += w02 * v2;
                    sum1 += w03 * v3;
                    sum1 += w04 * v4;
                }
                float sum2 = start;
                if (on2 == along + 2) {
                    float v0 = inside0 ? value20 : 0f;
                    float v1 = inside1 ? value21 : 0f;
                    float v2 = inside2 ? value22 : 0f;
                    float v3 = inside3 ? value23 : 0f;
                    float v4 = inside4 ? value24 : 0f;
                    sum0 += w20 * v0;
                    sum0 += w21 * v1;
                    sum0 += w22 * v2;
                    sum0 += w23 * v3;
                    sum0 += w24 * v4;
                    sum1 += w10 * v0;
                    sum1 += w11 * v1;
                    sum1 += w12 * v2;
                    sum1 += w13 * v3;
                    sum1 += w14 * v4;
                    sum2 += w00 * v0;
                    sum2 += w01 * v1;
                    sum2 += w02 * v2;
                    sum2 += w03 * v3;
                    sum2 += w04 * v4;
                }
                float sum3 = start;
                if (on3 == along + 3) {
                    float v0 = inside0 ? value30 : 0f;
                    float v1 = inside1 ? value31 : 0f;
                    float v2 = inside2 ? value32 : 0f;
                    float v3 = inside3 ? value33 : 0f;
                    float v4 = inside4 ? value34 : 0f;
                    sum0 += w30 * v0;
                    sum0 += w31 * v1;
                    sum0 += w32 * v2;
                    sum0 += w33 * v3;
                    sum0 += w34 * v4;
                    sum1 += w20 * v0;
                    sum1 += w21 * v1;
                    sum1 += w22 * v2;
                    sum1 += w23 * v3;
                    sum1 += w24 * v4;
                    sum2 += w10 * v0;
                    sum2 += w11 * v1;
                    sum2 += w12 * v2;
                    sum2 += w13 * v3;
                    sum2 += w14 * v4;
                    sum3 += w00 * v0;
                    sum3 += w01 * v1;
                    sum3 += w02 * v2;
                    sum3 += w03 * v3;
                    sum3 += w04 * v4;
                }
                if (on4 == along + 4) {
                    float v0 = inside0 ? value40 : 0f;
                    float v1 = inside1 ? value41 : 0f;
                    float v2 = inside2 ? value42 : 0f;
                    float v3 = inside3 ? value43 : 0f;
                    float v4 = inside4 ? value44 : 0f;
                    sum0 += w40 * v0;
                    sum0 += w41 * v1;
                    sum0 += w42 * v2;
                    sum0 += w43 * v3;
                    sum0 += w44 * v4;
                    sum1 += w30 * v0;
                    sum1 += w31 * v1;
                    sum1 += w32 * v2;
                    sum1 += w33 * v3;
                    sum1 += w34 * v4;
                    sum2 += w20 * v0;
                    sum2 += w21 * v1;
                    sum2 += w22 * v2;
                    sum2 += w23 * v3;
                    sum2 += w24 * v4;
                    sum3 += w10 * v0;
                    sum3 += w11 * v1;
                    sum3 += w12 * v2;
                    sum3 += w13 * v3;
                    sum3 += w14 * v4;
                }
                if (on5 == along + 5) {
                    float v0 = inside0 ? value50 : 0f;
                    float v1 = inside1 ? value51 : 0f;
                    float v2 = inside2 ? value52 : 0f;
                    float v3 = inside3 ? value53 : 0f;
                    float v4 = inside4 ? value54 : 0f;
                    sum1 += w40 * v0;
                    sum1 += w41 * v1;
                    sum1 += w42 * v2;
                    sum1 += w43 * v3;
                    sum1 += w44 * v4;
                    sum2 += w30 * v0;
                    sum2 += w31 * v1;
                    sum2 += w32 * v2;
                    sum2 += w33 * v3;
                    sum2 += w34 * v4;
                    sum3 += w20 * v0;
                    sum3 += w21 * v1;
                    sum3 += w22 * v2;
                    sum3 += w23 * v3;
                    sum3 += w24 * v4;
                }
                if (on6 == along + 6) {
                    float v0 = inside0 ? value60 : 0f;
                    float v1 = inside1 ? value61 : 0f;
                    float v2 = inside2 ? value62 : 0f;
                    float v3 = inside3 ? value63 : 0f;
                    float v4 = inside4 ? value64 : 0f;
                    sum2 += w40 * v0;
                    sum2 += w41 * v1;
                    sum2 += w42 * v2;
                    sum2 += w43 * v3;
                    sum2 += w44 * v4;
                    sum3 += w30 * v0;
                    sum3 += w31 * v1;
                    sum3 += w32 * v2;
                    sum3 += w33 * v3;
                    sum3 += w34 * v4;
                }
                if (on7 == along + 7) {
                    float v0 = inside0 ? value70 : 0f;
                    float v1 = inside1 ? value71 : 0f;
                    float v2 = inside2 ? value72 : 0f;
                    float v3 = inside3 ? value73 : 0f;
                    float v4 = inside4 ? value74 : 0f;
                    sum3 += w40 * v0;
                    sum3 += w41 * v1;
                    sum3 += w42 * v2;
                    sum3 += w43 * v3;
                    sum3 += w44 * v4;
                }
                output.set(out, Activations.apply(sum0, activation, slope));
                if (first + 1 < outHeight) {
                    output.set(out + outWidth, Activations.apply(sum1, activation, slope));
                }
                if (first + 2 < outHeight) {
                    output.set(out + 2 * outWidth, Activations.apply(sum2, activation, slope));
                }
                if (first + 3 < outHeight) {
                    output.set(out + 3 * outWidth, Activations.apply(sum3, activation, slope));
                }
            }
        }
    }

    /**
     * Input {@code [N, C, H, W]}, weight {@code [C, 1, 5, 5]}, bias {@code [C]}, output
     * {@code [N, C, OH, OW]}.
     *
     * @param items count, filled up to whole work-groups
     * @param count N*C*ceil(OH/4)*OW
     */
    public static void nchwS5U2P4(FloatArray input, FloatArray weight, FloatArray bias,
            FloatArray output, int items, int count, int channels, int outHeight, int outWidth,
            int inHeight, int inWidth, int padTop, int padLeft, int activation, float slope) {
        for (@Parallel int item = 0; item < items; item++) {
            if (item < count) {
                int tiles = (outHeight + 3) / 4;
                int ow = item % outWidth;
                int first = item / outWidth % tiles * 4;
                int plane = item / outWidth / tiles;
                int c = plane % channels;
                int across = ow * 2 - padLeft;
                int along = first * 2 - padTop;
                int line = plane * inHeight * inWidth;
                int at0 = Tile.inside(across, inWidth);
                boolean inside0 = at0 == across;
                int x0 = line + at0;
                int at1 = Tile.inside(across + 1, inWidth);
                boolean inside1 = at1 == across + 1;
                int x1 = line + at1;
                int at2 = Tile.inside(across + 2, inWidth);
                boolean inside2 = at2 == across + 2;
                int x2 = line + at2;
                int at3 = Tile.inside(across + 3, inWidth);
                boolean inside3 = at3 == across + 3;
                int x3 = line + at3;
                int at4 = Tile.inside(across + 4, inWidth);
                boolean inside4 = at4 == across + 4;
                int x4 = line + at4;
                float w00 = weight.get(c * 25);
                float w01 = weight.get(c * 25 + 1);
                float w02 = weight.get(c * 25 + 2);
                float w03 = weight.get(c * 25 + 3);
                float w04 = weight.get(c * 25 + 4);
                float w10 = weight.get(c * 25 + 5);
                float w11 = weight.get(c * 25 + 6);
                float w12 = weight.get(c * 25 + 7);
                float w13 = weight.get(c * 25 + 8);
                float w14 = weight.get(c * 25 + 9);
                float w20 = weight.get(c * 25 + 10);
                float w21 = weight.get(c * 25 + 11);
                float w22 = weight.get(c * 25 + 12);
                float w23 = weight.get(c * 25 + 13);
                float w24 = weight.get(c * 25 + 14);
                float w30 = weight.get(c * 25 + 15);
                float w31 = weight.get(c * 25 + 16);
                float w32 = weight.get(c * 25 + 17);
                float w33 = weight.get(c * 25 + 18);
                float w34 = weight.get(c * 25 + 19);
                float w40 = weight.get(c * 25 + 20);
                float w41 = weight.get(c * 25 + 21);
                float w42 = weight.get(c * 25 + 22);
                float w43 = weight.get(c * 25 + 23);
                float w44 = weight.get(c * 25 + 24);
                float start = bias.get(c);
                int out = (plane * outHeight + first) * outWidth + ow;
                int on0 = Tile.inside(along, inHeight);
                int row0 = on0 * inWidth;
                float value00 = input.get(x0 + row0);
                float value01 = input.get(x1 + row0);
                float value02 = input.get(x2 + row0);
                float value03 = input.get(x3 + row0);
                float value04 = input.get(x4 + row0);
                int on1 = Tile.inside(along + 1, inHeight);
                int row1 = on1 * inWidth;
                float value10 = input.get(x0 + row1);
                float value11 = input.get(x1 + row1);
                float value12 = input.get(x2 + row1);
                float value13 = input.get(x3 + row1);
                float value14 = input.get(x4 + row1);
                int on2 = Tile.inside(along + 2, inHeight);
                int row2 = on2 * inWidth;
                float value20 = input.get(x0 + row2);
                float value21 = input.get(x1 + row2);
                float value22 = input.get(x2 + row2);
                float value23 = input.get(x3 + row2);
                float value24 = input.get(x4 + row2);
                int on3 = Tile.inside(along + 3, inHeight);
                int row3 = on3 * inWidth;
                float value30 = input.get(x0 + row3);
                float value31 = input.get(x1 + row3);
                float value32 = input.get(x2 + row3);
                float value33 = input.get(x3 + row3);
                float value34 = input.get(x4 + row3);
                int on4 = Tile.inside(along + 4, inHeight);
                int row4 = on4 * inWidth;
                float value40 = input.get(x0 + row4);
                float value41 = input.get(x1 + row4);
                float value42 = input.get(x2 + row4);
                float value43 = input.get(x3 + row4);
                float value44 = input.get(x4 + row4);
                int on5 = Tile.inside(along + 5, inHeight);
                int row5 = on5 * inWidth;
                float value50 = input.get(x0 + row5);
                float value51 = input.get(x1 + row5);
                float value52 = input.get(x2 + row5);
                float value53 = input.get(x3 + row5);
                float value54 = input.get(x4 + row5);
                int on6 = Tile.inside(along + 6, inHeight);
                int row6 = on6 * inWidth;
                float value60 = input.get(x0 + row6);
                float value61 = input.get(x1 + row6);
                float value62 = input.get(x2 + row6);
                float value63 = input.get(x3 + row6);
                float value64 = input.get(x4 + row6);
                int on7 = Tile.inside(along + 7, inHeight);
                int row7 = on7 * inWidth;
                float value70 = input.get(x0 + row7);
                float value71 = input.get(x1 + row7);
                float value72 = input.get(x2 + row7);
                float value73 = input.get(x3 + row7);
                float value74 = input.get(x4 + row7);
                int on8 = Tile.inside(along + 8, inHeight);
                int row8 = on8 * inWidth;
                float value80 = input.get(x0 + row8);
                float value81 = input.get(x1 + row8);
                float value82 = input.get(x2 + row8);
                float value83 = input.get(x3 + row8);
                float value84 = input.get(x4 + row8);
                int on9 = Tile.inside(along + 9, inHeight);
                int row9 = on9 * inWidth;
                float value90 = input.get(x0 + row9);
                float value91 = input.get(x1 + row9);
                float value92 = input.get(x2 + row9);
                float value93 = input.get(x3 + row9);
                float value94 = input.get(x4 + row9);
                int on10 = Tile.inside(along + 10, inHeight);
                int row10 = on10 * inWidth;
                float value100 = input.get(x0 + row10);
                float value101 = input.get(x1 + row10);
                float value102 = input.get(x2 + row10);
                float value103 = input.get(x3 + row10);
                float value104 = input.get(x4 + row10);
                float sum0 = start;
                if (on0 == along) {
                    float v0 = inside0 ? value00 : 0f;
                    float v1 = inside1 ? value01 : 0f;
                    float v2 = inside2 ? value02 : 0f;
                    float v3 = inside3 ? value03 : 0f;
                    float v4 = inside4 ? value04 : 0f;
                    sum0 += w00 * v0;
                    sum0 += w01 * v1;
                    sum0 += w02 * v2;
                    sum0 += w03 * v3;
                    sum0 += w04 * v4;
                }
                if (on1 == along + 1) {
                    float v0 = inside0 ? value10 : 0f;
                    float v1 = inside1 ? value11 : 0f;
                    float v2 = inside2 ? value12 : 0f;
                    float v3 = inside3 ? value13 : 0f;
                    float v4 = inside4 ? value14 : 0f;
                    sum0 += w10 * v0;
                    sum0 += w11 * v1;
                    sum0 += w12 * v2;
                    sum0 += w13 * v3;
                    sum0 += w14 * v4;
                }
                float sum1 = start;
                if (on2 == along + 2) {
                    float v0 = inside0 ? value20 : 0f;
                    float v1 = inside1 ? value21 : 0f;
                    float v2 = inside2 ? value22 : 0f;
                    float v3 = inside3 ? value23 : 0f;
                    float v4 = inside4 ? value24 : 0f;
                    sum0 += w20 * v0;
                    sum0 += w21 * v1;
                    sum0 += w22 * v2;
                    sum0 += w23 * v3;
                    sum0 += w24 * v4;
                    sum1 += w00 * v0;
                    sum1 += w01 * v1;
                    sum1 += w02 * v2;
                    sum1 += w03 * v3;
                    sum1 += w04 * v4;
                }
                if (on3 == along + 3) {
                    float v0 = inside0 ? value30 : 0f;
                    float v1 = inside1 ? value31 : 0f;
                    float v2 = inside2 ? value32 : 0f;
                    float v3 = inside3 ? value33 : 0f;
                    float v4 = inside4 ? value34 : 0f;
                    sum0 += w30 * v0;
                    sum0 += w31 * v1;
                    sum0 += w32 * v2;
                    sum0 += w33 * v3;
                    sum0 += w34 * v4;
                    sum1 += w10 * v0;
                    sum1 += w11 * v1;
                    sum1 += w12 * v2;
                    sum1 += w13 * v3;
                    sum1 += w14 * v4;
                }
                float sum2 = start;
                if (on4 == along + 4) {
                    float v0 = inside0 ? value40 : 0f;
                    float v1 = inside1 ? value41 : 0f;
                    float v2 = inside2 ? value42 : 0f;
                    float v3 = inside3 ? value43 : 0f;
                    float v4 = inside4 ? value44 : 0f;
                    sum0 += w40 * v0;
                    sum0 += w41 * v1;
                    sum0 += w42 * v2;
                    sum0 += w43 * v3;
                    sum0 += w44 * v4;
                    sum1 += w20 * v0;
                    sum1 += w21 * v1;
                    sum1 += w22 * v2;
                    sum1 += w23 * v3;
                    sum1 += w24 * v4;
                    sum2 += w00 * v0;
                    sum2 += w01 * v1;
                    sum2 += w02 * v2;
                    sum2 += w03 * v3;
                    sum2 += w04 * v4;
                }
                if (on5 == along + 5) {
                    float v0 = inside0 ? value50 : 0f;
                    float v1 = inside1 ? value51 : 0f;
                    float v2 = inside2 ? value52 : 0f;
                    float v3 = inside3 ? value53 : 0f;
                    float v4 = inside4 ? value54 : 0f;
                    sum1 += w30 * v0;
                    sum1 += w31 * v1;
                    sum1 += w32 * v2;
                    sum1 += w33 * v3;
                    sum1 += w34 * v4;
                    sum2 += w10 * v0;
                    sum2 += w11 * v1;
                    sum2 += w12 * v2;
                    sum2 += w13 * v3;
                    sum2 += w14 * v4;
                }
                float sum3 = start;
                if (on6 == along + 6) {
                    float v0 = inside0 ? value60 : 0f;
                    float v1 = inside1 ? value61 : 0f;
                    float v2 = inside2 ? value62 : 0f;
                    float v3 = inside3 ? value63 : 0f;
                    float v4 = inside4 ? value64 : 0f;
                    sum1 += w40 * v0;
                    sum1 += w41 * v1;
                    sum1 += w42 * v2;
                    sum1 += w43 * v3;
                    sum1 += w44 * v4;
                    sum2 += w20 * v0;
                    sum2 += w21 * v1;
                    sum2 += w22 * v2;
                    sum2 += w23 * v3;
                    sum2 += w24 * v4;
                    sum3 += w00 * v0;
                    sum3 += w01 * v1;
                    sum3 += w02 * v2;
                    sum3 += w03 * v3;
                    sum3 += w04 * v4;
                }
                if (on7 == along + 7) {
                    float v0 = inside0 ? value70 : 0f;
                    float v1 = inside1 ? value71 : 0f;
                    float v2 = inside2 ? value72 : 0f;
                    float v3 = inside3 ? value73 : 0f;
                    float v4 = inside4 ? value74 : 0f;
                    sum2 += w30 * v0;
                    sum2 += w31 * v1;
                    sum2 += w32 * v2;
                    sum2 += w33 * v3;
                    sum2 += w34 * v4;
                    sum3 += w10 * v0;
                    sum3 += w11 * v1;
                    sum3 += w12 * v2;
                    sum3 += w13 * v3;
                    sum3 += w14 * v4;
                }
                if (on8 == along + 8) {
                    float v0 = inside0 ? value80 : 0f;
                    float v1 = inside1 ? value81 : 0f;
                    float v2 = inside2 ? value82 : 0f;
                    float v3 = inside3 ? value83 : 0f;
                    float v4 = inside4 ? value84 : 0f;
                    sum2 += w40 * v0;
                    sum2 += w41 * v1;
                    sum2 += w42 * v2;
                    sum2 += w43 * v3;
                    sum2 += w44 * v4;
                    sum3 += w20 * v0;
                    sum3 += w21 * v1;
                    sum3 += w22 * v2;
                    sum3 += w23 * v3;
                    sum3 += w24 * v4;
                }
                if (on9 == along + 9) {
                    float v0 = inside0 ? value90 : 0f;
                    float v1 = inside1 ? value91 : 0f;
                    float v2 = inside2 ? value92 : 0f;
                    float v3 = inside3 ? value93 : 0f;
                    float v4 = inside4 ? value94 : 0f;
                    sum3 += w30 * v0;
                    sum3 += w31 * v1;
                    sum3 += w32 * v2;
                    sum3 += w33 * v3;
                    sum3 += w34 * v4;
                }
                if (on10 == along + 10) {
                    float v0 = inside0 ? value100 : 0f;
                    float v1 = inside1 ? value101 : 0f;
                    float v2 = inside2 ? value102 : 0f;
                    float v3 = inside3 ? value103 : 0f;
                    float v4 = inside4 ? value104 : 0f;
                    sum3 += w40 * v0;
                    sum3 += w41 * v1;
                    sum3 += w42 * v2;
                    sum3 += w43 * v3;
                    sum3 += w44 * v4;
                }
                output.set(out, Activations.apply(sum0, activation, slope));
                if (first + 1 < outHeight) {
                    output.set(out + outWidth, Activations.apply(sum1, activation, slope));
                }
                if (first + 2 < outHeight) {
                    output.set(out + 2 * outWidth, Activations.apply(sum2, activation, slope));
                }
                if (first + 3 < outHeight) {
                    output.set(out + 3 * outWidth, Activations.apply(sum3, activation, slope));
                }
            }
        }
    }

    /**
     * Input {@code [N, H, W, C]}, weight {@code [5, 5, C]}, bias {@code [C]}, output
     * {@code [N, OH, OW, C]}.
     *
     * @param items count, filled up to whole work-groups
     * @param count N*OH*ceil(OW/4)*C
     */
    public static void nhwcS5U1P4(FloatArray input, FloatArray weight, FloatArray bias,
            FloatArray output, int items, int count, int channels, int outHeight, int outWidth,
            int inHeight, int inWidth, int padTop, int padLeft, int activation, float slope) {
        for (@Parallel int item = 0; item < items; item++) {
            if (item < count) {
                int tiles = (outWidth + 3) / 4;
                int c = item % channels;
                int first = item / channels % tiles * 4;
                int n = item / channels / tiles / outHeight;
                int oh = item / channels / tiles % outHeight;
                int across = oh - padTop;
                int along = first - padLeft;
                int line = n * inHeight * inWidth * channels + c;
                int at0 = Tile.inside(across, inHeight);
                boolean inside0 = at0 == across;
                int x0 = line + at0 * inWidth * channels;
                int at1 = Tile.inside(across + 1, inHeight);
                boolean inside1 = at1 == across + 1;
                int x1 = line + at1 * inWidth * channels;
                int at2 = Tile.inside(across + 2, inHeight);
                boolean inside2 = at2 == across + 2;
                int x2 = line + at2 * inWidth * channels;
                int at3 = Tile.inside(across + 3, inHeight);
                boolean inside3 = at3 == across + 3;
                int x3 = line + at3 * inWidth * channels;
                int at4 = Tile.inside(across + 4, inHeight);
                boolean inside4 = at4 == across + 4;
                int x4 = line + at4 * inWidth * channels;
                float w00 = weight.get(c);
                float w01 = weight.get(channels + c);
                float w02 = weight.get(2 * channels + c);
                float w03 = weight.get(3 * channels + c);
                float w04 = weight.get(4 * channels + c);
                float w10 = weight.get(5 * channels + c);
                float w11 = weight.get(6 * channels + c);
                float w12 = weight.get(7 * channels + c);
                float w13 = weight.get(8 * channels + c);
                float w14 = weight.get(9 * channels + c);
                float w20 = weight.get(10 * channels + c);
                float w21 = weight.get(11 * channels + c);
                float w22 = weight.get(12 * channels + c);
                float w23 = weight.get(13 * channels + c);
                float w24 = weight.get(14 * channels + c);
                float w30 = weight.get(15 * channels + c);
                float w31 = weight.get(16 * channels + c);
                float w32 = weight.get(17 * channels + c);
                float w33 = weight.get(18 * channels + c);
                float w34 = weight.get(19 * channels + c);
                float w40 = weight.get(20 * channels + c);
                float w41 = weight.get(21 * channels + c);
                float w42 = weight.get(22 * channels + c);
                float w43 = weight.get(23 * channels + c);
                float w44 = weight.get(24 * channels + c);
                float start = bias.get(c);
                int out = ((n * outHeight + oh) * outWidth + first) * channels + c;
                int on0 = Tile.inside(along, inWidth);
                int row0 = on0 * channels;
                float value00 = input.get(x0 + row0);
                float value01 = input.get(x1 + row0);
                float value02 = input.get(x2 + row0);
                float value03 = input.get(x3 + row0);
                float value04 = input.get(x4 + row0);
                int on1 = Tile.inside(along + 1, inWidth);
                int row1 = on1 * channels;
                float value10 = input.get(x0 + row1);
                float value11 = input.get(x1 + row1);
                float value12 = input.get(x2 + row1);
                float value13 = input.get(x3 + row1);
                float value14 = input.get(x4 + row1);
                int on2 = Tile.inside(along + 2, inWidth);
                int row2 = on2 * channels;
                float value20 = input.get(x0 + row2);
                float value21 = input.get(x1 + row2);
                float value22 = input.get(x2 + row2);
                float value23 = input.get(x3 + row2);
                float value24 = input.get(x4 + row2);
                int on3 = Tile.inside(along + 3, inWidth);
                int row3 = on3 * channels;
                float value30 = input.get(x0 + row3);
                float value31 = input.get(x1 + row3);
                float value32 = input.get(x2 + row3);
                float value33 = input.get(x3 + row3);
                float value34 = input.get(x4 + row3);
                int on4 = Tile.inside(along + 4, inWidth);
                int row4 = on4 * channels;
                float value40 = input.get(x0 + row4);
                float value41 = input.get(x1 + row4);
                float value42 = input.get(x2 + row4);
                float value43 = input.get(x3 + row4);
                float value44 = input.get(x4 + row4);
                int on5 = Tile.inside(along + 5, inWidth);
                int row5 = on5 * channels;
                float value50 = input.get(x0 + row5);
                float value51 = input.get(x1 + row5);
                float value52 = input.get(x2 + row5);
                float value53 = input.get(x3 + row5);
                float value54 = input.get(x4 + row5);
                int on6 = Tile.inside(along + 6, inWidth);
                int row6 = on6 * channels;
                float value60 = input.get(x0 + row6);
                float value61 = input.get(x1 + row6);
                float value62 = input.get(x2 + row6);
                float value63 = input.get(x3 + row6);
                float value64 = input.get(x4 + row6);
                int on7 = Tile.inside(along + 7, inWidth);
                int row7 = on7 * channels;
                float value70 = input.get(x0 + row7);
                float value71 = input.get(x1 + row7);
                float value72 = input.get(x2 + row7);
                float value73 = input.get(x3 + row7);
                float value74 = input.get(x4 + row7);
                float sum0 = start;
                if (on0 == along) {
                    float v0 = inside0 ? value00 : 0f;
                    float v1 = inside1 ? value01 : 0f;
                    float v2 = inside2 ? value02 : 0f;
                    float v3 = inside3 ? value03 : 0f;
                    float v4 = inside4 ? value04 : 0f;
                    sum0 += w00 * v0;
                    sum0 += w10 * v1;
                    sum0 += w20 * v2;
                    sum0 += w30 * v3;
                    sum0 += w40 * v4;
                }
                float sum1 = start;
                if (on1 == along + 1) {
                    float v0 = inside0 ? value10 : 0f;
                    float v1 = inside1 ? value11 : 0f;
                    float v2 = inside2 ? value12 : 0f;
                    float v3 = inside3 ? value13 : 0f;
                    float v4 = inside4 ? value14 : 0f;
                    sum0 += w01 * v0;
                    sum0 += w11 * v1;
                    sum0 += w21 * v2;
                    sum0 += w31 * v3;
                    sum0 += w41 * v4;
                    sum1 += w00 * v0;
                    sum1 += w10 * v1;
                    sum1 += w20 * v2;
                    sum1 += w30 * v3;
                    sum1 += w40 * v4;
                }
                float sum2 = start;
                if (on2 == along + 2) {
                    float v0 = inside0 ? value20 : 0f;
                    float v1 = inside1 ? value21 : 0f;
                    float v2 = inside2 ? value22 : 0f;
                    float v3 = inside3 ? value23 : 0f;
                    float v4 = inside4 ? value24 : 0f;
                    sum0 += w02 * v0;
                    sum0 += w12 * v1;
                    sum0 += w22 * v2;
                    sum0 += w32 * v3;
                    sum0 += w42 * v4;
                    sum1 += w01 * v0;
                    sum1 += w11 * v1;
                    sum1 += w21 * v2;
                    sum1 += w31 * v3;
                    sum1 += w41 * v4;
                    sum2 += w00 * v0;
                    sum2 += w10 * v1;
                    sum2 += w20 * v2;
                    sum2 += w30 * v3;
                    sum2 += w40 * v4;
                }
                float sum3 = start;
                if (on3 == along + 3) {
                    float v0 = inside0 ? value30 : 0f;
                    float v1 = inside1 ? value31 : 0f;
                    float v2 = inside2 ? value32 : 0f;
                    float v3 = inside3 ? value33 : 0f;
                    float v4 = inside4 ? value34 : 0f;
                    sum0 += w03 * v0;
                    sum0 += w13 * v1;
                    sum0 += w23 * v2;
                    sum0 += w33 * v3;
                    sum0 += w43 * v4;
                    sum1 += w02 * v0;
                    sum1 += w12 * v1;
                    sum1 += w22 * v2;
                    sum1 += w32 * v3;
                    sum1 += w42 * v4;
                    sum2 += w01 * v0;
                    sum2 += w11 * v1;
                    sum2 += w21 * v2;
                    sum2 += w31 * v3;
                    sum2 += w41 * v4;
                    sum3 += w00 * v0;
                    sum3 += w10 * v1;
                    sum3 += w20 * v2;
                    sum3 += w30 * v3;
                    sum3 += w40 * v4;
                }
                if (on4 == along + 4) {
                    float v0 = inside0 ? value40 : 0f;
                    float v1 = inside1 ? value41 : 0f;
                    float v2 = inside2 ? value42 : 0f;
                    float v3 = inside3 ? value43 : 0f;
                    float v4 = inside4 ? value44 : 0f;
                    sum0 += w04 * v0;
                    sum0 += w14 * v1;
                    sum0 += w24 * v2;
                    sum0 += w34 * v3;
                    sum0 += w44 * v4;
                    sum1 += w03 * v0;
                    sum1 += w13 * v1;
                    sum1 += w23 * v2;
                    sum1 += w33 * v3;
                    sum1 += w43 * v4;
                    sum2 += w02 * v0;
                    sum2 += w12 * v1;
                    sum2 += w22 * v2;
                    sum2 += w32 * v3;
                    sum2 += w42 * v4;
                    sum3 += w01 * v0;
                    sum3 += w11 * v1;
                    sum3 += w21 * v2;
                    sum3 += w31 * v3;
                    sum3 += w41 * v4;
                }
                if (on5 == along + 5) {
                    float v0 = inside0 ? value50 : 0f;
                    float v1 = inside1 ? value51 : 0f;
                    float v2 = inside2 ? value52 : 0f;
                    float v3 = inside3 ? value53 : 0f;
                    float v4 = inside4 ? value54 : 0f;
                    sum1 += w04 * v0;
                    sum1 += w14 * v1;
                    sum1 += w24 * v2;
                    sum1 += w34 * v3;
                    sum1 += w44 * v4;
                    sum2 += w03 * v0;
                    sum2 += w13 * v1;
                    sum2 += w23 * v2;
                    sum2 += w33 * v3;
                    sum2 += w43 * v4;
                    sum3 += w02 * v0;
                    sum3 += w12 * v1;
                    sum3 += w22 * v2;
                    sum3 += w32 * v3;
                    sum3 += w42 * v4;
                }
                if (on6 == along + 6) {
                    float v0 = inside0 ? value60 : 0f;
                    float v1 = inside1 ? value61 : 0f;
                    float v2 = inside2 ? value62 : 0f;
                    float v3 = inside3 ? value63 : 0f;
                    float v4 = inside4 ? value64 : 0f;
                    sum2 += w04 * v0;
                    sum2 += w14 * v1;
                    sum2 += w24 * v2;
                    sum2 += w34 * v3;
                    sum2 += w44 * v4;
                    sum3 += w03 * v0;
                    sum3 += w13 * v1;
                    sum3 += w23 * v2;
                    sum3 += w33 * v3;
                    sum3 += w43 * v4;
                }
                if (on7 == along + 7) {
                    float v0 = inside0 ? value70 : 0f;
                    float v1 = inside1 ? value71 : 0f;
                    float v2 = inside2 ? value72 : 0f;
                    float v3 = inside3 ? value73 : 0f;
                    float v4 = inside4 ? value74 : 0f;
                    sum3 += w04 * v0;
                    sum3 += w14 * v1;
                    sum3 += w24 * v2;
                    sum3 += w34 * v3;
                    sum3 += w44 * v4;
                }
                output.set(out, Activations.apply(sum0, activation, slope));
                if (first + 1 < outWidth) {
                    output.set(out + channels, Activations.apply(sum1, activation, slope));
                }
                if (first + 2 < outWidth) {
                    output.set(out + 2 * channels, Activations.apply(sum2, activation, slope));
                }
                if (first + 3 < outWidth) {
                    output.set(out + 3 * channels, Activations.apply(sum3, activation, slope));
                }
            }
        }
    }

    /**
     * Input {@code [N, H, W, C]}, weight {@code [5, 5, C]}, bias {@code [C]}, output
     * {@code [N, OH, OW, C]}.
     *
     * @param items count, filled up to whole work-groups
     * @param count N*OH*ceil(OW/4)*C
     */
    public static void nhwcS5U2P4(FloatArray input, FloatArray weight, FloatArray bias,
            FloatArray output, int items, int count, int channels, int outHeight, int outWidth,
            int inHeight, int inWidth, int padTop, int padLeft, int activation, float slope) {
        for (@Parallel int item = 0; item < items; item++) {
            if (item < count) {
                int tiles = (outWidth + 3) / 4;
                int c = item % channels;
                int first = item / channels % tiles * 4;
                int n = item / channels / tiles / outHeight;
                int oh = item / channels / tiles % outHeight;
                int across = oh * 2 - padTop;
                int along = first * 2 - padLeft;
                int line = n * inHeight * inWidth * channels + c;
                int at0 = Tile.inside(across, inHeight);
                boolean inside0 = at0 == across;
                int x0 = line + at0 * inWidth * channels;
                int at1 = Tile.inside(across + 1, inHeight);
                boolean inside1 = at1 == across + 1;
                int x1 = line + at1 * inWidth * channels;
                int at2 = Tile.inside(across + 2, inHeight);
                boolean inside2 = at2 == across + 2;
                int x2 = line + at2 * inWidth * channels;
                int at3 = Tile.inside(across + 3, inHeight);
                boolean inside3 = at3 == across + 3;
                int x3 = line + at3 * inWidth * channels;
                int at4 = Tile.inside(across + 4, inHeight);
                boolean inside4 = at4 == across + 4;
                int x4 = line + at4 * inWidth * channels;
                float w00 = weight.get(c);
                float w01 = weight.get(channels + c);
                float w02 = weight.get(2 * channels + c);
                float w03 = weight.get(3 * channels + c);
                float w04 = weight.get(4 * channels + c);
                float w10 = weight.get(5 * channels + c);
                float w11 = weight.get(6 * channels + c);
                float w12 = weight.get(7 * channels + c);
                float w13 = weight.get(8 * channels + c);
                float w14 = weight.get(9 * channels + c);
                float w20 = weight.get(10 * channels + c);
                float w21 = weight.get(11 * channels + c);
                float w22 = weight.get(12 * channels + c);
                float w23 = weight.get(13 * channels + c);
                float w24 = weight.get(14 * channels + c);
                float w30 = weight.get(15 * channels + c);
                float w31 = weight.get(16 * channels + c);
                float w32 = weight.get(17 * channels + c);
                float w33 = weight.get(18 * channels + c);
                float w34 = weight.get(19 * channels + c);
                float w40 = weight.get(20 * channels + c);
                float w41 = weight.get(21 * channels + c);
                float w42 = weight.get(22 * channels + c);
                float w43 = weight.get(23 * channels + c);
                float w44 = weight.get(24 * channels + c);
                float start = bias.get(c);
                int out = ((n * outHeight + oh) * outWidth + first) * channels + c;
                int on0 = Tile.inside(along, inWidth);
                int row0 = on0 * channels;
                float value00 = input.get(x0 + row0);
                float value01 = input.get(x1 + row0);
                float value02 = input.get(x2 + row0);
                float value03 = input.get(x3 + row0);
                float value04 = input.get(x4 + row0);
                int on1 = Tile.inside(along + 1, inWidth);
                int row1 = on1 * channels;
                float value10 = input.get(x0 + row1);
                float value11 = input.get(x1 + row1);
                float value12 = input.get(x2 + row1);
                float value13 = input.get(x3 + row1);
                float value14 = input.get(x4 + row1);
                int on2 = Tile.inside(along + 2, inWidth);
                int row2 = on2 * channels;
                float value20 = input.get(x0 + row2);
                float value21 = input.get(x1 + row2);
                float value22 = input.get(x2 + row2);
                float value23 = input.get(x3 + row2);
                float value24 = input.get(x4 + row2);
                int on3 = Tile.inside(along + 3, inWidth);
                int row3 = on3 * channels;
                float value30 = input.get(x0 + row3);
                float value31 = input.get(x1 + row3);
                float value32 = input.get(x2 + row3);
                float value33 = input.get(x3 + row3);
                float value34 = input.get(x4 + row3);
                int on4 = Tile.inside(along + 4, inWidth);
                int row4 = on4 * channels;
                float value40 = input.get(x0 + row4);
                float value41 = input.get(x1 + row4);
                float value42 = input.get(x2 + row4);
                float value43 = input.get(x3 + row4);
                float value44 = input.get(x4 + row4);
                int on5 = Tile.inside(along + 5, inWidth);
                int row5 = on5 * channels;
                float value50 = input.get(x0 + row5);
                float value51 = input.get(x1 + row5);
                float value52 = input.get(x2 + row5);
                float value53 = input.get(x3 + row5);
                float value54 = input.get(x4 + row5);
                int on6 = Tile.inside(along + 6, inWidth);
                int row6 = on6 * channels;
                float value60 = input.get(x0 + row6);
                float value61 = input.get(x1 + row6);
                float value62 = input.get(x2 + row6);
                float value63 = input.get(x3 + row6);
                float value64 = input.get(x4 + row6);
                int on7 = Tile.inside(along + 7, inWidth);
                int row7 = on7 * channels;
                float value70 = input.get(x0 + row7);
                float value71 = input.get(x1 + row7);
                float value72 = input.get(x2 + row7);
                float value73 = input.get(x3 + row7);
                float value74 = input.get(x4 + row7);
                int on8 = Tile.inside(along + 8, inWidth);
                int row8 = on8 * channels;
                float value80 = input.get(x0 + row8);
                float value81 = input.get(x1 + row8);
                float value82 = input.get(x2 + row8);
                float value83 = input.get(x3 + row8);
                float value84 = input.get(x4 + row8);
                int on9 = Tile.inside(along + 9, inWidth);
                int row9 = on9 * channels;
                float value90 = input.get(x0 + row9);
                float value91 = input.get(x1 + row9);
                float value92 = input.get(x2 + row9);
                float value93 = input.get(x3 + row9);
                float value94 = input.get(x4 + row9);
                int on10 = Tile.inside(along + 10, inWidth);
                int row10 = on10 * channels;
                float value100 = input.get(x0 + row10);
                float value101 = input.get(x1 + row10);
                float value102 = input.get(x2 + row10);
                float value103 = input.get(x3 + row10);
                float value104 = input.get(x4 + row10);
                float sum0 = start;
                if (on0 == along) {
                    float v0 = inside0 ? value00 : 0f;
                    float v1 = inside1 ? value01 : 0f;
                    float v2 = inside2 ? value02 : 0f;
                    float v3 = inside3 ? value03 : 0f;
                    float v4 = inside4 ? value04 : 0f;
                    sum0 += w00 * v0;
                    sum0 += w10 * v1;
                    sum0 += w20 * v2;
                    sum0 += w30 * v3;
                    sum0 += w40 * v4;
                }
                if (on1 == along + 1) {
                    float v0 = inside0 ? value10 : 0f;
                    float v1 = inside1 ? value11 : 0f;
                    float v2 = inside2 ? value12 : 0f;
                    float v3 = inside3 ? value13 : 0f;
                    float v4 = inside4 ? value14 : 0f;
                    sum0 += w01 * v0;
                    sum0 += w11 * v1;
                    sum0 += w21 * v2;
                    sum0 += w31 * v3;
                    sum0 += w41 * v4;
                }
                float sum1 = start;
                if (on2 == along + 2) {
                    float v0 = inside0 ? value20 : 0f;
                    float v1 = inside1 ? value21 : 0f;
                    float v2 = inside2 ? value22 : 0f;
                    float v3 = inside3 ? value23 : 0f;
                    float v4 = inside4 ? value24 : 0f;
                    sum0 += w02 * v0;
                    sum0 += w12 * v1;
                    sum0 += w22 * v2;
                    sum0 += w32 * v3;
                    sum0 += w42 * v4;
                    sum1 += w00 * v0;
                    sum1 += w10 * v1;
                    sum1 += w20 * v2;
                    sum1 += w30 * v3;
                    sum1 += w40 * v4;
                }
                if (on3 == along + 3) {
                    float v0 = inside0 ? value30 : 0f;
                    float v1 = inside1 ? value31 : 0f;
                    float v2 = inside2 ? value32 : 0f;
                    float v3 = inside3 ? value33 : 0f;
                    float v4 = inside4 ? value34 : 0f;
                    sum0 += w03 * v0;
                    sum0 += w13 * v1;
                    sum0 += w23 * v2;
                    sum0 += w33 * v3;
                    sum0 += w43 * v4;
                    sum1 += w01 * v0;
                    sum1 += w11 * v1;
                    sum1 += w21 * v2;
                    sum1 += w31 * v3;
                    sum1 += w41 * v4;
                }
                float sum2 = start;
                if (on4 == along + 4) {
                    float v0 = inside0 ? value40 : 0f;
                    float v1 = inside1 ? value41 : 0f;
                    float v2 = inside2 ? value42 : 0f;
                    float v3 = inside3 ? value43 : 0f;
                    float v4 = inside4 ? value44 : 0f;
                    sum0 += w04 * v0;
                    sum0 += w14 * v1;
                    sum0 += w24 * v2;
                    sum0 += w34 * v3;
                    sum0 += w44 * v4;
                    sum1 += w02 * v0;
                    sum1 += w12 * v1;
                    sum1 += w22 * v2;
                    sum1 += w32 * v3;
                    sum1 += w42 * v4;
                    sum2 += w00 * v0;
                    sum2 += w10 * v1;
                    sum2 += w20 * v2;
                    sum2 += w30 * v3;
                    sum2 += w40 * v4;
                }
                if (on5 == along + 5) {
                    float v0 = inside0 ? value50 : 0f;
                    float v1 = inside1 ? value51 : 0f;
                    float v2 = inside2 ? value52 : 0f;
                    float v3 = inside3 ? value53 : 0f;
                    float v4 = inside4 ? value54 : 0f;
                    sum1 += w03 * v0;
                    sum1 += w13 * v1;
                    sum1 += w23 * v2;
                    sum1 += w33 * v3;
                    sum1 += w43 * v4;
                    sum2 += w01 * v0;
                    sum2 += w11 * v1;
                    sum2 += w21 * v2;
                    sum2 += w31 * v3;
                    sum2 += w41 * v4;
                }
                float sum3 = start;
                if (on6 == along + 6) {
                    float v0 = inside0 ? value60 : 0f;
                    float v1 = inside1 ? value61 : 0f;
                    float v2 = inside2 ? value62 : 0f;
                    float v3 = inside3 ? value63 : 0f;
                    float v4 = inside4 ? value64 : 0f;
                    sum1 += w04 * v0;
                    sum1 += w14 * v1;
                    sum1 += w24 * v2;
                    sum1 += w34 * v3;
                    sum1 += w44 * v4;
                    sum2 += w02 * v0;
                    sum2 += w12 * v1;
                    sum2 += w22 * v2;
                    sum2 += w32 * v3;
                    sum2 += w42 * v4;
                    sum3 += w00 * v0;
                    sum3 += w10 * v1;
                    sum3 += w20 * v2;
                    sum3 += w30 * v3;
                    sum3 += w40 * v4;
                }
                if (on7 == along + 7) {
                    float v0 = inside0 ? value70 : 0f;
                    float v1 = inside1 ? value71 : 0f;
                    float v2 = inside2 ? value72 : 0f;
                    float v3 = inside3 ? value73 : 0f;
                    float v4 = inside4 ? value74 : 0f;
                    sum2 += w03 * v0;
                    sum2 += w13 * v1;
                    sum2 += w23 * v2;
                    sum2 += w33 * v3;
                    sum2 += w43 * v4;
                    sum3 += w01 * v0;
                    sum3 += w11 * v1;
                    sum3 += w21 * v2;
                    sum3 += w31 * v3;
                    sum3 += w41 * v4;
                }
                if (on8 == along + 8) {
                    float v0 = inside0 ? value80 : 0f;
                    float v1 = inside1 ? value81 : 0f;
                    float v2 = inside2 ? value82 : 0f;
                    float v3 = inside3 ? value83 : 0f;
                    float v4 = inside4 ? value84 : 0f;
                    sum2 += w04 * v0;
                    sum2 += w14 * v1;
                    sum2 += w24 * v2;
                    sum2 += w34 * v3;
                    sum2 += w44 * v4;
                    sum3 += w02 * v0;
                    sum3 += w12 * v1;
                    sum3 += w22 * v2;
                    sum3 += w32 * v3;
                    sum3 += w42 * v4;
                }
                if (on9 == along + 9) {
                    float v0 = inside0 ? value90 : 0f;
                    float v1 = inside1 ? value91 : 0f;
                    float v2 = inside2 ? value92 : 0f;
                    float v3 = inside3 ? value93 : 0f;
                    float v4 = inside4 ? value94 : 0f;
                    sum3 += w03 * v0;
                    sum3 += w13 * v1;
                    sum3 += w23 * v2;
                    sum3 += w33 * v3;
                    sum3 += w43 * v4;
                }
                if (on10 == along + 10) {
                    float v0 = inside0 ? value100 : 0f;
                    float v1 = inside1 ? value101 : 0f;
                    float v2 = inside2 ? value102 : 0f;
                    float v3 = inside3 ? value103 : 0f;
                    float v4 = inside4 ? value104 : 0f;
                    sum3 += w04 * v0;
                    sum3 += w14 * v1;
                    sum3 += w24 * v2;
                    sum3 += w34 * v3;
                    sum3 += w44 * v4;
                }
                output.set(out, Activations.apply(sum0, activation, slope));
                if (first + 1 < outWidth) {
                    output.set(out + channels, Activations.apply(sum1, activation, slope));
                }
                if (first + 2 < outWidth) {
                    output.set(out + 2 * channels, Activations.apply(sum2, activation, slope));
                }
                if (first + 3 < outWidth) {
                    output.set(out + 3 * channels, Activations.apply(sum3, activation, slope));
                }
            }
        }
    }
}
