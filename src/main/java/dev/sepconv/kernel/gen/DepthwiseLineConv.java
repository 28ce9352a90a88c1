package dev.sepconv.kernel.gen;

// Written by LineKernels: change it there, then mvn -q -Pgenerate validate.

import dev.sepconv.kernel.conv.Activations;
import dev.sepconv.kernel.conv.Tile;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Depthwise convolution for GPUs, of one kernel size and stride: a work-item computes a line of
 * output pixels, a piece of a column. It reads each number under it once, weights and sums in
 * registers. Neighbouring work-items read and write neighbouring numbers, in NCHW of a row; in NHWC
 * of 32 channels, and then of the next column, whose numbers are mostly the same.
 *
 * <p>
 * All numbers of a short line are read before the first is used, so that they are on their way at
 * once; along a long one they are read two outputs ahead, and more work-items have room. Where the
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
                int picture = plane * inHeight * inWidth;
                int across = ow - padLeft;
                int along = first - padTop;
                int at0 = Tile.inside(across, inWidth);
                boolean inside0 = at0 == across;
                int x0 = picture + at0;
                int at1 = Tile.inside(across + 1, inWidth);
                boolean inside1 = at1 == across + 1;
                int x1 = picture + at1;
                int at2 = Tile.inside(across + 2, inWidth);
                boolean inside2 = at2 == across + 2;
                int x2 = picture + at2;
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
                float value0x0 = input.get(x0 + row0);
                float value0x1 = input.get(x1 + row0);
                float value0x2 = input.get(x2 + row0);
                int on1 = Tile.inside(along + 1, inHeight);
                int row1 = on1 * inWidth;
                float value1x0 = input.get(x0 + row1);
                float value1x1 = input.get(x1 + row1);
                float value1x2 = input.get(x2 + row1);
                int on2 = Tile.inside(along + 2, inHeight);
                int row2 = on2 * inWidth;
                float value2x0 = input.get(x0 + row2);
                float value2x1 = input.get(x1 + row2);
                float value2x2 = input.get(x2 + row2);
                float sum0 = start;
                if (on0 == along) {
                    float v0 = inside0 ? value0x0 : 0f;
                    float v1 = inside1 ? value0x1 : 0f;
                    float v2 = inside2 ? value0x2 : 0f;
                    sum0 += w00 * v0;
                    sum0 += w01 * v1;
                    sum0 += w02 * v2;
                }
                int on3 = Tile.inside(along + 3, inHeight);
                int row3 = on3 * inWidth;
                float value3x0 = input.get(x0 + row3);
                float value3x1 = input.get(x1 + row3);
                float value3x2 = input.get(x2 + row3);
                float sum1 = start;
                if (on1 == along + 1) {
                    float v0 = inside0 ? value1x0 : 0f;
                    float v1 = inside1 ? value1x1 : 0f;
                    float v2 = inside2 ? value1x2 : 0f;
                    sum0 += w10 * v0;
                    sum0 += w11 * v1;
                    sum0 += w12 * v2;
                    sum1 += w00 * v0;
                    sum1 += w01 * v1;
                    sum1 += w02 * v2;
                }
                int on4 = Tile.inside(along + 4, inHeight);
                int row4 = on4 * inWidth;
                float value4x0 = input.get(x0 + row4);
                float value4x1 = input.get(x1 + row4);
                float value4x2 = input.get(x2 + row4);
                float sum2 = start;
                if (on2 == along + 2) {
                    float v0 = inside0 ? value2x0 : 0f;
                    float v1 = inside1 ? value2x1 : 0f;
                    float v2 = inside2 ? value2x2 : 0f;
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
                float value5x0 = input.get(x0 + row5);
                float value5x1 = input.get(x1 + row5);
                float value5x2 = input.get(x2 + row5);
                float sum3 = start;
                if (on3 == along + 3) {
                    float v0 = inside0 ? value3x0 : 0f;
                    float v1 = inside1 ? value3x1 : 0f;
                    float v2 = inside2 ? value3x2 : 0f;
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
                float value6x0 = input.get(x0 + row6);
                float value6x1 = input.get(x1 + row6);
                float value6x2 = input.get(x2 + row6);
                float sum4 = start;
                if (on4 == along + 4) {
                    float v0 = inside0 ? value4x0 : 0f;
                    float v1 = inside1 ? value4x1 : 0f;
                    float v2 = inside2 ? value4x2 : 0f;
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
                float value7x0 = input.get(x0 + row7);
                float value7x1 = input.get(x1 + row7);
                float value7x2 = input.get(x2 + row7);
                float sum5 = start;
                if (on5 == along + 5) {
                    float v0 = inside0 ? value5x0 : 0f;
                    float v1 = inside1 ? value5x1 : 0f;
                    float v2 = inside2 ? value5x2 : 0f;
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
                float value8x0 = input.get(x0 + row8);
                float value8x1 = input.get(x1 + row8);
                float value8x2 = input.get(x2 + row8);
                float sum6 = start;
                if (on6 == along + 6) {
                    float v0 = inside0 ? value6x0 : 0f;
                    float v1 = inside1 ? value6x1 : 0f;
                    float v2 = inside2 ? value6x2 : 0f;
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
                float value9x0 = input.get(x0 + row9);
                float value9x1 = input.get(x1 + row9);
                float value9x2 = input.get(x2 + row9);
                float sum7 = start;
                if (on7 == along + 7) {
                    float v0 = inside0 ? value7x0 : 0f;
                    float v1 = inside1 ? value7x1 : 0f;
                    float v2 = inside2 ? value7x2 : 0f;
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
                float value10x0 = input.get(x0 + row10);
                float value10x1 = input.get(x1 + row10);
                float value10x2 = input.get(x2 + row10);
                float sum8 = start;
                if (on8 == along + 8) {
                    float v0 = inside0 ? value8x0 : 0f;
                    float v1 = inside1 ? value8x1 : 0f;
                    float v2 = inside2 ? value8x2 : 0f;
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
                float value11x0 = input.get(x0 + row11);
                float value11x1 = input.get(x1 + row11);
                float value11x2 = input.get(x2 + row11);
                float sum9 = start;
                if (on9 == along + 9) {
                    float v0 = inside0 ? value9x0 : 0f;
                    float v1 = inside1 ? value9x1 : 0f;
                    float v2 = inside2 ? value9x2 : 0f;
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
                float value12x0 = input.get(x0 + row12);
                float value12x1 = input.get(x1 + row12);
                float value12x2 = input.get(x2 + row12);
                float sum10 = start;
                if (on10 == along + 10) {
                    float v0 = inside0 ? value10x0 : 0f;
                    float v1 = inside1 ? value10x1 : 0f;
                    float v2 = inside2 ? value10x2 : 0f;
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
                float value13x0 = input.get(x0 + row13);
                float value13x1 = input.get(x1 + row13);
                float value13x2 = input.get(x2 + row13);
                float sum11 = start;
                if (on11 == along + 11) {
                    float v0 = inside0 ? value11x0 : 0f;
                    float v1 = inside1 ? value11x1 : 0f;
                    float v2 = inside2 ? value11x2 : 0f;
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
                float value14x0 = input.get(x0 + row14);
                float value14x1 = input.get(x1 + row14);
                float value14x2 = input.get(x2 + row14);
                float sum12 = start;
                if (on12 == along + 12) {
                    float v0 = inside0 ? value12x0 : 0f;
                    float v1 = inside1 ? value12x1 : 0f;
                    float v2 = inside2 ? value12x2 : 0f;
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
                float value15x0 = input.get(x0 + row15);
                float value15x1 = input.get(x1 + row15);
                float value15x2 = input.get(x2 + row15);
                float sum13 = start;
                if (on13 == along + 13) {
                    float v0 = inside0 ? value13x0 : 0f;
                    float v1 = inside1 ? value13x1 : 0f;
                    float v2 = inside2 ? value13x2 : 0f;
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
                    float v0 = inside0 ? value14x0 : 0f;
                    float v1 = inside1 ? value14x1 : 0f;
                    float v2 = inside2 ? value14x2 : 0f;
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
                    float v0 = inside0 ? value15x0 : 0f;
                    float v1 = inside1 ? value15x1 : 0f;
                    float v2 = inside2 ? value15x2 : 0f;
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
                int picture = plane * inHeight * inWidth;
                int across = ow - padLeft;
                int along = first - padTop;
                int at0 = Tile.inside(across, inWidth);
                boolean inside0 = at0 == across;
                int x0 = picture + at0;
                int at1 = Tile.inside(across + 1, inWidth);
                boolean inside1 = at1 == across + 1;
                int x1 = picture + at1;
                int at2 = Tile.inside(across + 2, inWidth);
                boolean inside2 = at2 == across + 2;
                int x2 = picture + at2;
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
                float value0x0 = input.get(x0 + row0);
                float value0x1 = input.get(x1 + row0);
                float value0x2 = input.get(x2 + row0);
                int on1 = Tile.inside(along + 1, inHeight);
                int row1 = on1 * inWidth;
                float value1x0 = input.get(x0 + row1);
                float value1x1 = input.get(x1 + row1);
                float value1x2 = input.get(x2 + row1);
                int on2 = Tile.inside(along + 2, inHeight);
                int row2 = on2 * inWidth;
                float value2x0 = input.get(x0 + row2);
                float value2x1 = input.get(x1 + row2);
                float value2x2 = input.get(x2 + row2);
                int on3 = Tile.inside(along + 3, inHeight);
                int row3 = on3 * inWidth;
                float value3x0 = input.get(x0 + row3);
                float value3x1 = input.get(x1 + row3);
                float value3x2 = input.get(x2 + row3);
                int on4 = Tile.inside(along + 4, inHeight);
                int row4 = on4 * inWidth;
                float value4x0 = input.get(x0 + row4);
                float value4x1 = input.get(x1 + row4);
                float value4x2 = input.get(x2 + row4);
                int on5 = Tile.inside(along + 5, inHeight);
                int row5 = on5 * inWidth;
                float value5x0 = input.get(x0 + row5);
                float value5x1 = input.get(x1 + row5);
                float value5x2 = input.get(x2 + row5);
                int on6 = Tile.inside(along + 6, inHeight);
                int row6 = on6 * inWidth;
                float value6x0 = input.get(x0 + row6);
                float value6x1 = input.get(x1 + row6);
                float value6x2 = input.get(x2 + row6);
                int on7 = Tile.inside(along + 7, inHeight);
                int row7 = on7 * inWidth;
                float value7x0 = input.get(x0 + row7);
                float value7x1 = input.get(x1 + row7);
                float value7x2 = input.get(x2 + row7);
                int on8 = Tile.inside(along + 8, inHeight);
                int row8 = on8 * inWidth;
                float value8x0 = input.get(x0 + row8);
                float value8x1 = input.get(x1 + row8);
                float value8x2 = input.get(x2 + row8);
                float sum0 = start;
                if (on0 == along) {
                    float v0 = inside0 ? value0x0 : 0f;
                    float v1 = inside1 ? value0x1 : 0f;
                    float v2 = inside2 ? value0x2 : 0f;
                    sum0 += w00 * v0;
                    sum0 += w01 * v1;
                    sum0 += w02 * v2;
                }
                float sum1 = start;
                if (on1 == along + 1) {
                    float v0 = inside0 ? value1x0 : 0f;
                    float v1 = inside1 ? value1x1 : 0f;
                    float v2 = inside2 ? value1x2 : 0f;
                    sum0 += w10 * v0;
                    sum0 += w11 * v1;
                    sum0 += w12 * v2;
                    sum1 += w00 * v0;
                    sum1 += w01 * v1;
                    sum1 += w02 * v2;
                }
                float sum2 = start;
                if (on2 == along + 2) {
                    float v0 = inside0 ? value2x0 : 0f;
                    float v1 = inside1 ? value2x1 : 0f;
                    float v2 = inside2 ? value2x2 : 0f;
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
                    float v0 = inside0 ? value3x0 : 0f;
                    float v1 = inside1 ? value3x1 : 0f;
                    float v2 = inside2 ? value3x2 : 0f;
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
                    float v0 = inside0 ? value4x0 : 0f;
                    float v1 = inside1 ? value4x1 : 0f;
                    float v2 = inside2 ? value4x2 : 0f;
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
                    float v0 = inside0 ? value5x0 : 0f;
                    float v1 = inside1 ? value5x1 : 0f;
                    float v2 = inside2 ? value5x2 : 0f;
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
                    float v0 = inside0 ? value6x0 : 0f;
                    float v1 = inside1 ? value6x1 : 0f;
                    float v2 = inside2 ? value6x2 : 0f;
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
                    float v0 = inside0 ? value7x0 : 0f;
                    float v1 = inside1 ? value7x1 : 0f;
                    float v2 = inside2 ? value7x2 : 0f;
                    sum5 += w20 * v0;
                    sum5 += w21 * v1;
                    sum5 += w22 * v2;
                    sum6 += w10 * v0;
                    sum6 += w11 * v1;
                    sum6 += w12 * v2;
                }
                if (on8 == along + 8) {
                    float v0 = inside0 ? value8x0 : 0f;
                    float v1 = inside1 ? value8x1 : 0f;
                    float v2 = inside2 ? value8x2 : 0f;
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
     * @param count N*C*ceil(OH/7)*OW
     */
    public static void nchwS3U2P7(FloatArray input, FloatArray weight, FloatArray bias,
            FloatArray output, int items, int count, int channels, int outHeight, int outWidth,
            int inHeight, int inWidth, int padTop, int padLeft, int activation, float slope) {
        for (@Parallel int item = 0; item < items; item++) {
            if (item < count) {
                int tiles = (outHeight + 6) / 7;
                int ow = item % outWidth;
                int first = item / outWidth % tiles * 7;
                int plane = item / outWidth / tiles;
                int c = plane % channels;
                int picture = plane * inHeight * inWidth;
                int across = ow * 2 - padLeft;
                int along = first * 2 - padTop;
                int at0 = Tile.inside(across, inWidth);
                boolean inside0 = at0 == across;
                int x0 = picture + at0;
                int at1 = Tile.inside(across + 1, inWidth);
                boolean inside1 = at1 == across + 1;
                int x1 = picture + at1;
                int at2 = Tile.inside(across + 2, inWidth);
                boolean inside2 = at2 == across + 2;
                int x2 = picture + at2;
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
                float value0x0 = input.get(x0 + row0);
                float value0x1 = input.get(x1 + row0);
                float value0x2 = input.get(x2 + row0);
                int on1 = Tile.inside(along + 1, inHeight);
                int row1 = on1 * inWidth;
                float value1x0 = input.get(x0 + row1);
                float value1x1 = input.get(x1 + row1);
                float value1x2 = input.get(x2 + row1);
                int on2 = Tile.inside(along + 2, inHeight);
                int row2 = on2 * inWidth;
                float value2x0 = input.get(x0 + row2);
                float value2x1 = input.get(x1 + row2);
                float value2x2 = input.get(x2 + row2);
                int on3 = Tile.inside(along + 3, inHeight);
                int row3 = on3 * inWidth;
                float value3x0 = input.get(x0 + row3);
                float value3x1 = input.get(x1 + row3);
                float value3x2 = input.get(x2 + row3);
                int on4 = Tile.inside(along + 4, inHeight);
                int row4 = on4 * inWidth;
                float value4x0 = input.get(x0 + row4);
                float value4x1 = input.get(x1 + row4);
                float value4x2 = input.get(x2 + row4);
                float sum0 = start;
                if (on0 == along) {
                    float v0 = inside0 ? value0x0 : 0f;
                    float v1 = inside1 ? value0x1 : 0f;
                    float v2 = inside2 ? value0x2 : 0f;
                    sum0 += w00 * v0;
                    sum0 += w01 * v1;
                    sum0 += w02 * v2;
                }
                int on5 = Tile.inside(along + 5, inHeight);
                int row5 = on5 * inWidth;
                float value5x0 = input.get(x0 + row5);
                float value5x1 = input.get(x1 + row5);
                float value5x2 = input.get(x2 + row5);
                if (on1 == along + 1) {
                    float v0 = inside0 ? value1x0 : 0f;
                    float v1 = inside1 ? value1x1 : 0f;
                    float v2 = inside2 ? value1x2 : 0f;
                    sum0 += w10 * v0;
                    sum0 += w11 * v1;
                    sum0 += w12 * v2;
                }
                int on6 = Tile.inside(along + 6, inHeight);
                int row6 = on6 * inWidth;
                float value6x0 = input.get(x0 + row6);
                float value6x1 = input.get(x1 + row6);
                float value6x2 = input.get(x2 + row6);
                float sum1 = start;
                if (on2 == along + 2) {
                    float v0 = inside0 ? value2x0 : 0f;
                    float v1 = inside1 ? value2x1 : 0f;
                    float v2 = inside2 ? value2x2 : 0f;
                    sum0 += w20 * v0;
                    sum0 += w21 * v1;
                    sum0 += w22 * v2;
                    sum1 += w00 * v0;
                    sum1 += w01 * v1;
                    sum1 += w02 * v2;
                }
                output.set(out, Activations.apply(sum0, activation, slope));
                int on7 = Tile.inside(along + 7, inHeight);
                int row7 = on7 * inWidth;
                float value7x0 = input.get(x0 + row7);
                float value7x1 = input.get(x1 + row7);
                float value7x2 = input.get(x2 + row7);
                if (on3 == along + 3) {
                    float v0 = inside0 ? value3x0 : 0f;
                    float v1 = inside1 ? value3x1 : 0f;
                    float v2 = inside2 ? value3x2 : 0f;
                    sum1 += w10 * v0;
                    sum1 += w11 * v1;
                    sum1 += w12 * v2;
                }
                int on8 = Tile.inside(along + 8, inHeight);
                int row8 = on8 * inWidth;
                float value8x0 = input.get(x0 + row8);
                float value8x1 = input.get(x1 + row8);
                float value8x2 = input.get(x2 + row8);
                float sum2 = start;
                if (on4 == along + 4) {
                    float v0 = inside0 ? value4x0 : 0f;
                    float v1 = inside1 ? value4x1 : 0f;
                    float v2 = inside2 ? value4x2 : 0f;
                    sum1 += w20 * v0;
                    sum1 += w21 * v1;
                    sum1 += w22 * v2;
                    sum2 += w00 * v0;
                    sum2 += w01 * v1;
                    sum2 += w02 * v2;
                }
                if (first + 1 < outHeight) {
                    output.set(out + outWidth, Activations.apply(sum1, activation, slope));
                }
                int on9 = Tile.inside(along + 9, inHeight);
                int row9 = on9 * inWidth;
                float value9x0 = input.get(x0 + row9);
                float value9x1 = input.get(x1 + row9);
                float value9x2 = input.get(x2 + row9);
                if (on5 == along + 5) {
                    float v0 = inside0 ? value5x0 : 0f;
                    float v1 = inside1 ? value5x1 : 0f;
                    float v2 = inside2 ? value5x2 : 0f;
                    sum2 += w10 * v0;
                    sum2 += w11 * v1;
                    sum2 += w12 * v2;
                }
                int on10 = Tile.inside(along + 10, inHeight);
                int row10 = on10 * inWidth;
                float value10x0 = input.get(x0 + row10);
                float value10x1 = input.get(x1 + row10);
                float value10x2 = input.get(x2 + row10);
                float sum3 = start;
                if (on6 == along + 6) {
                    float v0 = inside0 ? value6x0 : 0f;
                    float v1 = inside1 ? value6x1 : 0f;
                    float v2 = inside2 ? value6x2 : 0f;
                    sum2 += w20 * v0;
                    sum2 += w21 * v1;
                    sum2 += w22 * v2;
                    sum3 += w00 * v0;
                    sum3 += w01 * v1;
                    sum3 += w02 * v2;
                }
                if (first + 2 < outHeight) {
                    output.set(out + 2 * outWidth, Activations.apply(sum2, activation, slope));
                }
                int on11 = Tile.inside(along + 11, inHeight);
                int row11 = on11 * inWidth;
                float value11x0 = input.get(x0 + row11);
                float value11x1 = input.get(x1 + row11);
                float value11x2 = input.get(x2 + row11);
                if (on7 == along + 7) {
                    float v0 = inside0 ? value7x0 : 0f;
                    float v1 = inside1 ? value7x1 : 0f;
                    float v2 = inside2 ? value7x2 : 0f;
                    sum3 += w10 * v0;
                    sum3 += w11 * v1;
                    sum3 += w12 * v2;
                }
                int on12 = Tile.inside(along + 12, inHeight);
                int row12 = on12 * inWidth;
                float value12x0 = input.get(x0 + row12);
                float value12x1 = input.get(x1 + row12);
                float value12x2 = input.get(x2 + row12);
                float sum4 = start;
                if (on8 == along + 8) {
                    float v0 = inside0 ? value8x0 : 0f;
                    float v1 = inside1 ? value8x1 : 0f;
                    float v2 = inside2 ? value8x2 : 0f;
                    sum3 += w20 * v0;
                    sum3 += w21 * v1;
                    sum3 += w22 * v2;
                    sum4 += w00 * v0;
                    sum4 += w01 * v1;
                    sum4 += w02 * v2;
                }
                if (first + 3 < outHeight) {
                    output.set(out + 3 * outWidth, Activations.apply(sum3, activation, slope));
                }
                int on13 = Tile.inside(along + 13, inHeight);
                int row13 = on13 * inWidth;
                float value13x0 = input.get(x0 + row13);
                float value13x1 = input.get(x1 + row13);
                float value13x2 = input.get(x2 + row13);
                if (on9 == along + 9) {
                    float v0 = inside0 ? value9x0 : 0f;
                    float v1 = inside1 ? value9x1 : 0f;
                    float v2 = inside2 ? value9x2 : 0f;
                    sum4 += w10 * v0;
                    sum4 += w11 * v1;
                    sum4 += w12 * v2;
                }
                int on14 = Tile.inside(along + 14, inHeight);
                int row14 = on14 * inWidth;
                float value14x0 = input.get(x0 + row14);
                float value14x1 = input.get(x1 + row14);
                float value14x2 = input.get(x2 + row14);
                float sum5 = start;
                if (on10 == along + 10) {
                    float v0 = inside0 ? value10x0 : 0f;
                    float v1 = inside1 ? value10x1 : 0f;
                    float v2 = inside2 ? value10x2 : 0f;
                    sum4 += w20 * v0;
                    sum4 += w21 * v1;
                    sum4 += w22 * v2;
                    sum5 += w00 * v0;
                    sum5 += w01 * v1;
                    sum5 += w02 * v2;
                }
                if (first + 4 < outHeight) {
                    output.set(out + 4 * outWidth, Activations.apply(sum4, activation, slope));
                }
                if (on11 == along + 11) {
                    float v0 = inside0 ? value11x0 : 0f;
                    float v1 = inside1 ? value11x1 : 0f;
                    float v2 = inside2 ? value11x2 : 0f;
                    sum5 += w10 * v0;
                    sum5 += w11 * v1;
                    sum5 += w12 * v2;
                }
                float sum6 = start;
                if (on12 == along + 12) {
                    float v0 = inside0 ? value12x0 : 0f;
                    float v1 = inside1 ? value12x1 : 0f;
                    float v2 = inside2 ? value12x2 : 0f;
                    sum5 += w20 * v0;
                    sum5 += w21 * v1;
                    sum5 += w22 * v2;
                    sum6 += w00 * v0;
                    sum6 += w01 * v1;
                    sum6 += w02 * v2;
                }
                if (first + 5 < outHeight) {
                    output.set(out + 5 * outWidth, Activations.apply(sum5, activation, slope));
                }
                if (on13 == along + 13) {
                    float v0 = inside0 ? value13x0 : 0f;
                    float v1 = inside1 ? value13x1 : 0f;
                    float v2 = inside2 ? value13x2 : 0f;
                    sum6 += w10 * v0;
                    sum6 += w11 * v1;
                    sum6 += w12 * v2;
                }
                if (on14 == along + 14) {
                    float v0 = inside0 ? value14x0 : 0f;
                    float v1 = inside1 ? value14x1 : 0f;
                    float v2 = inside2 ? value14x2 : 0f;
                    sum6 += w20 * v0;
                    sum6 += w21 * v1;
                    sum6 += w22 * v2;
                }
                if (first + 6 < outHeight) {
                    output.set(out + 6 * outWidth, Activations.apply(sum6, activation, slope));
                }
            }
        }
    }

    /**
     * Input {@code [N, C, H, W]}, weight {@code [C, 1, 5, 5]}, bias {@code [C]}, output
     * {@code [N, C, OH, OW]}.
     *
     * @param items count, filled up to whole work-groups
     * @param count N*C*ceil(OH/14)*OW
     */
    public static void nchwS5U1P14(FloatArray input, FloatArray weight, FloatArray bias,
            FloatArray output, int items, int count, int channels, int outHeight, int outWidth,
            int inHeight, int inWidth, int padTop, int padLeft, int activation, float slope) {
        for (@Parallel int item = 0; item < items; item++) {
            if (item < count) {
                int tiles = (outHeight + 13) / 14;
                int ow = item % outWidth;
                int first = item / outWidth % tiles * 14;
                int plane = item / outWidth / tiles;
                int c = plane % channels;
                int picture = plane * inHeight * inWidth;
                int across = ow - padLeft;
                int along = first - padTop;
                int at0 = Tile.inside(across, inWidth);
                boolean inside0 = at0 == across;
                int x0 = picture + at0;
                int at1 = Tile.inside(across + 1, inWidth);
                boolean inside1 = at1 == across + 1;
                int x1 = picture + at1;
                int at2 = Tile.inside(across + 2, inWidth);
                boolean inside2 = at2 == across + 2;
                int x2 = picture + at2;
                int at3 = Tile.inside(across + 3, inWidth);
                boolean inside3 = at3 == across + 3;
                int x3 = picture + at3;
                int at4 = Tile.inside(across + 4, inWidth);
                boolean inside4 = at4 == across + 4;
                int x4 = picture + at4;
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
                float value0x0 = input.get(x0 + row0);
                float value0x1 = input.get(x1 + row0);
                float value0x2 = input.get(x2 + row0);
                float value0x3 = input.get(x3 + row0);
                float value0x4 = input.get(x4 + row0);
                int on1 = Tile.inside(along + 1, inHeight);
                int row1 = on1 * inWidth;
                float value1x0 = input.get(x0 + row1);
                float value1x1 = input.get(x1 + row1);
                float value1x2 = input.get(x2 + row1);
                float value1x3 = input.get(x3 + row1);
                float value1x4 = input.get(x4 + row1);
                int on2 = Tile.inside(along + 2, inHeight);
                int row2 = on2 * inWidth;
                float value2x0 = input.get(x0 + row2);
                float value2x1 = input.get(x1 + row2);
                float value2x2 = input.get(x2 + row2);
                float value2x3 = input.get(x3 + row2);
                float value2x4 = input.get(x4 + row2);
                float sum0 = start;
                if (on0 == along) {
                    float v0 = inside0 ? value0x0 : 0f;
                    float v1 = inside1 ? value0x1 : 0f;
                    float v2 = inside2 ? value0x2 : 0f;
                    float v3 = inside3 ? value0x3 : 0f;
                    float v4 = inside4 ? value0x4 : 0f;
                    sum0 += w00 * v0;
                    sum0 += w01 * v1;
                    sum0 += w02 * v2;
                    sum0 += w03 * v3;
                    sum0 += w04 * v4;
                }
                int on3 = Tile.inside(along + 3, inHeight);
                int row3 = on3 * inWidth;
                float value3x0 = input.get(x0 + row3);
                float value3x1 = input.get(x1 + row3);
                float value3x2 = input.get(x2 + row3);
                float value3x3 = input.get(x3 + row3);
                float value3x4 = input.get(x4 + row3);
                float sum1 = start;
                if (on1 == along + 1) {
                    float v0 = inside0 ? value1x0 : 0f;
                    float v1 = inside1 ? value1x1 : 0f;
                    float v2 = inside2 ? value1x2 : 0f;
                    float v3 = inside3 ? value1x3 : 0f;
                    float v4 = inside4 ? value1x4 : 0f;
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
                int on4 = Tile.inside(along + 4, inHeight);
                int row4 = on4 * inWidth;
                float value4x0 = input.get(x0 + row4);
                float value4x1 = input.get(x1 + row4);
                float value4x2 = input.get(x2 + row4);
                float value4x3 = input.get(x3 + row4);
                float value4x4 = input.get(x4 + row4);
                float sum2 = start;
                if (on2 == along + 2) {
                    float v0 = inside0 ? value2x0 : 0f;
                    float v1 = inside1 ? value2x1 : 0f;
                    float v2 = inside2 ? value2x2 : 0f;
                    float v3 = inside3 ? value2x3 : 0f;
                    float v4 = inside4 ? value2x4 : 0f;
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
                int on5 = Tile.inside(along + 5, inHeight);
                int row5 = on5 * inWidth;
                float value5x0 = input.get(x0 + row5);
                float value5x1 = input.get(x1 + row5);
                float value5x2 = input.get(x2 + row5);
                float value5x3 = input.get(x3 + row5);
                float value5x4 = input.get(x4 + row5);
                float sum3 = start;
                if (on3 == along + 3) {
                    float v0 = inside0 ? value3x0 : 0f;
                    float v1 = inside1 ? value3x1 : 0f;
                    float v2 = inside2 ? value3x2 : 0f;
                    float v3 = inside3 ? value3x3 : 0f;
                    float v4 = inside4 ? value3x4 : 0f;
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
                int on6 = Tile.inside(along + 6, inHeight);
                int row6 = on6 * inWidth;
                float value6x0 = input.get(x0 + row6);
                float value6x1 = input.get(x1 + row6);
                float value6x2 = input.get(x2 + row6);
                float value6x3 = input.get(x3 + row6);
                float value6x4 = input.get(x4 + row6);
                float sum4 = start;
                if (on4 == along + 4) {
                    float v0 = inside0 ? value4x0 : 0f;
                    float v1 = inside1 ? value4x1 : 0f;
                    float v2 = inside2 ? value4x2 : 0f;
                    float v3 = inside3 ? value4x3 : 0f;
                    float v4 = inside4 ? value4x4 : 0f;
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
                    sum4 += w00 * v0;
                    sum4 += w01 * v1;
                    sum4 += w02 * v2;
                    sum4 += w03 * v3;
                    sum4 += w04 * v4;
                }
                output.set(out, Activations.apply(sum0, activation, slope));
                int on7 = Tile.inside(along + 7, inHeight);
                int row7 = on7 * inWidth;
                float value7x0 = input.get(x0 + row7);
                float value7x1 = input.get(x1 + row7);
                float value7x2 = input.get(x2 + row7);
                float value7x3 = input.get(x3 + row7);
                float value7x4 = input.get(x4 + row7);
                float sum5 = start;
                if (on5 == along + 5) {
                    float v0 = inside0 ? value5x0 : 0f;
                    float v1 = inside1 ? value5x1 : 0f;
                    float v2 = inside2 ? value5x2 : 0f;
                    float v3 = inside3 ? value5x3 : 0f;
                    float v4 = inside4 ? value5x4 : 0f;
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
                    sum4 += w10 * v0;
                    sum4 += w11 * v1;
                    sum4 += w12 * v2;
                    sum4 += w13 * v3;
                    sum4 += w14 * v4;
                    sum5 += w00 * v0;
                    sum5 += w01 * v1;
                    sum5 += w02 * v2;
                    sum5 += w03 * v3;
                    sum5 += w04 * v4;
                }
                if (first + 1 < outHeight) {
                    output.set(out + outWidth, Activations.apply(sum1, activation, slope));
                }
                int on8 = Tile.inside(along + 8, inHeight);
                int row8 = on8 * inWidth;
                float value8x0 = input.get(x0 + row8);
                float value8x1 = input.get(x1 + row8);
                float value8x2 = input.get(x2 + row8);
                float value8x3 = input.get(x3 + row8);
                float value8x4 = input.get(x4 + row8);
                float sum6 = start;
                if (on6 == along + 6) {
                    float v0 = inside0 ? value6x0 : 0f;
                    float v1 = inside1 ? value6x1 : 0f;
                    float v2 = inside2 ? value6x2 : 0f;
                    float v3 = inside3 ? value6x3 : 0f;
                    float v4 = inside4 ? value6x4 : 0f;
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
                    sum4 += w20 * v0;
                    sum4 += w21 * v1;
                    sum4 += w22 * v2;
                    sum4 += w23 * v3;
                    sum4 += w24 * v4;
                    sum5 += w10 * v0;
                    sum5 += w11 * v1;
                    sum5 += w12 * v2;
                    sum5 += w13 * v3;
                    sum5 += w14 * v4;
                    sum6 += w00 * v0;
                    sum6 += w01 * v1;
                    sum6 += w02 * v2;
                    sum6 += w03 * v3;
                    sum6 += w04 * v4;
                }
                if (first + 2 < outHeight) {
                    output.set(out + 2 * outWidth, Activations.apply(sum2, activation, slope));
                }
                int on9 = Tile.inside(along + 9, inHeight);
                int row9 = on9 * inWidth;
                float value9x0 = input.get(x0 + row9);
                float value9x1 = input.get(x1 + row9);
                float value9x2 = input.get(x2 + row9);
                float value9x3 = input.get(x3 + row9);
                float value9x4 = input.get(x4 + row9);
                float sum7 = start;
                if (on7 == along + 7) {
                    float v0 = inside0 ? value7x0 : 0f;
                    float v1 = inside1 ? value7x1 : 0f;
                    float v2 = inside2 ? value7x2 : 0f;
                    float v3 = inside3 ? value7x3 : 0f;
                    float v4 = inside4 ? value7x4 : 0f;
                    sum3 += w40 * v0;
                    sum3 += w41 * v1;
                    sum3 += w42 * v2;
                    sum3 += w43 * v3;
                    sum3 += w44 * v4;
                    sum4 += w30 * v0;
                    sum4 += w31 * v1;
                    sum4 += w32 * v2;
                    sum4 += w33 * v3;
                    sum4 += w34 * v4;
                    sum5 += w20 * v0;
                    sum5 += w21 * v1;
                    sum5 += w22 * v2;
                    sum5 += w23 * v3;
                    sum5 += w24 * v4;
                    sum6 += w10 * v0;
                    sum6 += w11 * v1;
                    sum6 += w12 * v2;
                    sum6 += w13 * v3;
                    sum6 += w14 * v4;
                    sum7 += w00 * v0;
                    sum7 += w01 * v1;
                    sum7 += w02 * v2;
                    sum7 += w03 * v3;
                    sum7 += w04 * v4;
                }
                if (first + 3 < outHeight) {
                    output.set(out + 3 * outWidth, Activations.apply(sum3, activation, slope));
                }
                int on10 = Tile.inside(along + 10, inHeight);
                int row10 = on10 * inWidth;
                float value10x0 = input.get(x0 + row10);
                float value10x1 = input.get(x1 + row10);
                float value10x2 = input.get(x2 + row10);
                float value10x3 = input.get(x3 + row10);
                float value10x4 = input.get(x4 + row10);
                float sum8 = start;
                if (on8 == along + 8) {
                    float v0 = inside0 ? value8x0 : 0f;
                    float v1 = inside1 ? value8x1 : 0f;
                    float v2 = inside2 ? value8x2 : 0f;
                    float v3 = inside3 ? value8x3 : 0f;
                    float v4 = inside4 ? value8x4 : 0f;
                    sum4 += w40 * v0;
                    sum4 += w41 * v1;
                    sum4 += w42 * v2;
                    sum4 += w43 * v3;
                    sum4 += w44 * v4;
                    sum5 += w30 * v0;
                    sum5 += w31 * v1;
                    sum5 += w32 * v2;
                    sum5 += w33 * v3;
                    sum5 += w34 * v4;
                    sum6 += w20 * v0;
                    sum6 += w21 * v1;
                    sum6 += w22 * v2;
                    sum6 += w23 * v3;
                    sum6 += w24 * v4;
                    sum7 += w10 * v0;
                    sum7 += w11 * v1;
                    sum7 += w12 * v2;
                    sum7 += w13 * v3;
                    sum7 += w14 * v4;
                    sum8 += w00 * v0;
                    sum8 += w01 * v1;
                    sum8 += w02 * v2;
                    sum8 += w03 * v3;
                    sum8 += w04 * v4;
                }
                if (first + 4 < outHeight) {
                    output.set(out + 4 * outWidth, Activations.apply(sum4, activation, slope));
                }
                int on11 = Tile.inside(along + 11, inHeight);
                int row11 = on11 * inWidth;
                float value11x0 = input.get(x0 + row11);
                float value11x1 = input.get(x1 + row11);
                float value11x2 = input.get(x2 + row11);
                float value11x3 = input.get(x3 + row11);
                float value11x4 = input.get(x4 + row11);
                float sum9 = start;
                if (on9 == along + 9) {
                    float v0 = inside0 ? value9x0 : 0f;
                    float v1 = inside1 ? value9x1 : 0f;
                    float v2 = inside2 ? value9x2 : 0f;
                    float v3 = inside3 ? value9x3 : 0f;
                    float v4 = inside4 ? value9x4 : 0f;
                    sum5 += w40 * v0;
                    sum5 += w41 * v1;
                    sum5 += w42 * v2;
                    sum5 += w43 * v3;
                    sum5 += w44 * v4;
                    sum6 += w30 * v0;
                    sum6 += w31 * v1;
                    sum6 += w32 * v2;
                    sum6 += w33 * v3;
                    sum6 += w34 * v4;
                    sum7 += w20 * v0;
                    sum7 += w21 * v1;
                    sum7 += w22 * v2;
                    sum7 += w23 * v3;
                    sum7 += w24 * v4;
                    sum8 += w10 * v0;
                    sum8 += w11 * v1;
                    sum8 += w12 * v2;
                    sum8 += w13 * v3;
                    sum8 += w14 * v4;
                    sum9 += w00 * v0;
                    sum9 += w01 * v1;
                    sum9 += w02 * v2;
                    sum9 += w03 * v3;
                    sum9 += w04 * v4;
                }
                if (first + 5 < outHeight) {
                    output.set(out + 5 * outWidth, Activations.apply(sum5, activation, slope));
                }
                int on12 = Tile.inside(along + 12, inHeight);
                int row12 = on12 * inWidth;
                float value12x0 = input.get(x0 + row12);
                float value12x1 = input.get(x1 + row12);
                float value12x2 = input.get(x2 + row12);
                float value12x3 = input.get(x3 + row12);
                float value12x4 = input.get(x4 + row12);
                float sum10 = start;
                if (on10 == along + 10) {
                    float v0 = inside0 ? value10x0 : 0f;
                    float v1 = inside1 ? value10x1 : 0f;
                    float v2 = inside2 ? value10x2 : 0f;
                    float v3 = inside3 ? value10x3 : 0f;
                    float v4 = inside4 ? value10x4 : 0f;
                    sum6 += w40 * v0;
                    sum6 += w41 * v1;
                    sum6 += w42 * v2;
                    sum6 += w43 * v3;
                    sum6 += w44 * v4;
                    sum7 += w30 * v0;
                    sum7 += w31 * v1;
                    sum7 += w32 * v2;
                    sum7 += w33 * v3;
                    sum7 += w34 * v4;
                    sum8 += w20 * v0;
                    sum8 += w21 * v1;
                    sum8 += w22 * v2;
                    sum8 += w23 * v3;
                    sum8 += w24 * v4;
                    sum9 += w10 * v0;
                    sum9 += w11 * v1;
                    sum9 += w12 * v2;
                    sum9 += w13 * v3;
                    sum9 += w14 * v4;
                    sum10 += w00 * v0;
                    sum10 += w01 * v1;
                    sum10 += w02 * v2;
                    sum10 += w03 * v3;
                    sum10 += w04 * v4;
                }
                if (first + 6 < outHeight) {
                    output.set(out + 6 * outWidth, Activations.apply(sum6, activation, slope));
                }
                int on13 = Tile.inside(along + 13, inHeight);
                int row13 = on13 * inWidth;
                float value13x0 = input.get(x0 + row13);
                float value13x1 = input.get(x1 + row13);
                float value13x2 = input.get(x2 + row13);
                float value13x3 = input.get(x3 + row13);
                float value13x4 = input.get(x4 + row13);
                float sum11 = start;
                if (on11 == along + 11) {
                    float v0 = inside0 ? value11x0 : 0f;
                    float v1 = inside1 ? value11x1 : 0f;
                    float v2 = inside2 ? value11x2 : 0f;
                    float v3 = inside3 ? value11x3 : 0f;
                    float v4 = inside4 ? value11x4 : 0f;
                    sum7 += w40 * v0;
                    sum7 += w41 * v1;
                    sum7 += w42 * v2;
                    sum7 += w43 * v3;
                    sum7 += w44 * v4;
                    sum8 += w30 * v0;
                    sum8 += w31 * v1;
                    sum8 += w32 * v2;
                    sum8 += w33 * v3;
                    sum8 += w34 * v4;
                    sum9 += w20 * v0;
                    sum9 += w21 * v1;
                    sum9 += w22 * v2;
                    sum9 += w23 * v3;
                    sum9 += w24 * v4;
                    sum10 += w10 * v0;
                    sum10 += w11 * v1;
                    sum10 += w12 * v2;
                    sum10 += w13 * v3;
                    sum10 += w14 * v4;
                    sum11 += w00 * v0;
                    sum11 += w01 * v1;
                    sum11 += w02 * v2;
                    sum11 += w03 * v3;
                    sum11 += w04 * v4;
                }
                if (first + 7 < outHeight) {
                    output.set(out + 7 * outWidth, Activations.apply(sum7, activation, slope));
                }
                int on14 = Tile.inside(along + 14, inHeight);
                int row14 = on14 * inWidth;
                float value14x0 = input.get(x0 + row14);
                float value14x1 = input.get(x1 + row14);
                float value14x2 = input.get(x2 + row14);
                float value14x3 = input.get(x3 + row14);
                float value14x4 = input.get(x4 + row14);
                float sum12 = start;
                if (on12 == along + 12) {
                    float v0 = inside0 ? value12x0 : 0f;
                    float v1 = inside1 ? value12x1 : 0f;
                    float v2 = inside2 ? value12x2 : 0f;
                    float v3 = inside3 ? value12x3 : 0f;
                    float v4 = inside4 ? value12x4 : 0f;
                    sum8 += w40 * v0;
                    sum8 += w41 * v1;
                    sum8 += w42 * v2;
                    sum8 += w43 * v3;
                    sum8 += w44 * v4;
                    sum9 += w30 * v0;
                    sum9 += w31 * v1;
                    sum9 += w32 * v2;
                    sum9 += w33 * v3;
                    sum9 += w34 * v4;
                    sum10 += w20 * v0;
                    sum10 += w21 * v1;
                    sum10 += w22 * v2;
                    sum10 += w23 * v3;
                    sum10 += w24 * v4;
                    sum11 += w10 * v0;
                    sum11 += w11 * v1;
                    sum11 += w12 * v2;
                    sum11 += w13 * v3;
                    sum11 += w14 * v4;
                    sum12 += w00 * v0;
                    sum12 += w01 * v1;
                    sum12 += w02 * v2;
                    sum12 += w03 * v3;
                    sum12 += w04 * v4;
                }
                if (first + 8 < outHeight) {
                    output.set(out + 8 * outWidth, Activations.apply(sum8, activation, slope));
                }
                int on15 = Tile.inside(along + 15, inHeight);
                int row15 = on15 * inWidth;
                float value15x0 = input.get(x0 + row15);
                float value15x1 = input.get(x1 + row15);
                float value15x2 = input.get(x2 + row15);
                float value15x3 = input.get(x3 + row15);
                float value15x4 = input.get(x4 + row15);
                float sum13 = start;
                if (on13 == along + 13) {
                    float v0 = inside0 ? value13x0 : 0f;
                    float v1 = inside1 ? value13x1 : 0f;
                    float v2 = inside2 ? value13x2 : 0f;
                    float v3 = inside3 ? value13x3 : 0f;
                    float v4 = inside4 ? value13x4 : 0f;
                    sum9 += w40 * v0;
                    sum9 += w41 * v1;
                    sum9 += w42 * v2;
                    sum9 += w43 * v3;
                    sum9 += w44 * v4;
                    sum10 += w30 * v0;
                    sum10 += w31 * v1;
                    sum10 += w32 * v2;
                    sum10 += w33 * v3;
                    sum10 += w34 * v4;
                    sum11 += w20 * v0;
                    sum11 += w21 * v1;
                    sum11 += w22 * v2;
                    sum11 += w23 * v3;
                    sum11 += w24 * v4;
                    sum12 += w10 * v0;
                    sum12 += w11 * v1;
                    sum12 += w12 * v2;
                    sum12 += w13 * v3;
                    sum12 += w14 * v4;
                    sum13 += w00 * v0;
                    sum13 += w01 * v1;
                    sum13 += w02 * v2;
                    sum13 += w03 * v3;
                    sum13 += w04 * v4;
                }
                if (first + 9 < outHeight) {
                    output.set(out + 9 * outWidth, Activations.apply(sum9, activation, slope));
                }
                int on16 = Tile.inside(along + 16, inHeight);
                int row16 = on16 * inWidth;
                float value16x0 = input.get(x0 + row16);
                float value16x1 = input.get(x1 + row16);
                float value16x2 = input.get(x2 + row16);
                float value16x3 = input.get(x3 + row16);
                float value16x4 = input.get(x4 + row16);
                if (on14 == along + 14) {
                    float v0 = inside0 ? value14x0 : 0f;
                    float v1 = inside1 ? value14x1 : 0f;
                    float v2 = inside2 ? value14x2 : 0f;
                    float v3 = inside3 ? value14x3 : 0f;
                    float v4 = inside4 ? value14x4 : 0f;
                    sum10 += w40 * v0;
                    sum10 += w41 * v1;
                    sum10 += w42 * v2;
                    sum10 += w43 * v3;
                    sum10 += w44 * v4;
                    sum11 += w30 * v0;
                    sum11 += w31 * v1;
                    sum11 += w32 * v2;
                    sum11 += w33 * v3;
                    sum11 += w34 * v4;
                    sum12 += w20 * v0;
                    sum12 += w21 * v1;
                    sum12 += w22 * v2;
                    sum12 += w23 * v3;
                    sum12 += w24 * v4;
                    sum13 += w10 * v0;
                    sum13 += w11 * v1;
                    sum13 += w12 * v2;
                    sum13 += w13 * v3;
                    sum13 += w14 * v4;
                }
                if (first + 10 < outHeight) {
                    output.set(out + 10 * outWidth, Activations.apply(sum10, activation, slope));
                }
                int on17 = Tile.inside(along + 17, inHeight);
                int row17 = on17 * inWidth;
                float value17x0 = input.get(x0 + row17);
                float value17x1 = input.get(x1 + row17);
                float value17x2 = input.get(x2 + row17);
                float value17x3 = input.get(x3 + row17);
                float value17x4 = input.get(x4 + row17);
                if (on15 == along + 15) {
                    float v0 = inside0 ? value15x0 : 0f;
                    float v1 = inside1 ? value15x1 : 0f;
                    float v2 = inside2 ? value15x2 : 0f;
                    float v3 = inside3 ? value15x3 : 0f;
                    float v4 = inside4 ? value15x4 : 0f;
                    sum11 += w40 * v0;
                    sum11 += w41 * v1;
                    sum11 += w42 * v2;
                    sum11 += w43 * v3;
                    sum11 += w44 * v4;
                    sum12 += w30 * v0;
                    sum12 += w31 * v1;
                    sum12 += w32 * v2;
                    sum12 += w33 * v3;
                    sum12 += w34 * v4;
                    sum13 += w20 * v0;
                    sum13 += w21 * v1;
                    sum13 += w22 * v2;
                    sum13 += w23 * v3;
                    sum13 += w24 * v4;
                }
                if (first + 11 < outHeight) {
                    output.set(out + 11 * outWidth, Activations.apply(sum11, activation, slope));
                }
                if (on16 == along + 16) {
                    float v0 = inside0 ? value16x0 : 0f;
                    float v1 = inside1 ? value16x1 : 0f;
                    float v2 = inside2 ? value16x2 : 0f;
                    float v3 = inside3 ? value16x3 : 0f;
                    float v4 = inside4 ? value16x4 : 0f;
                    sum12 += w40 * v0;
                    sum12 += w41 * v1;
                    sum12 += w42 * v2;
                    sum12 += w43 * v3;
                    sum12 += w44 * v4;
                    sum13 += w30 * v0;
                    sum13 += w31 * v1;
                    sum13 += w32 * v2;
                    sum13 += w33 * v3;
                    sum13 += w34 * v4;
                }
                if (first + 12 < outHeight) {
                    output.set(out + 12 * outWidth, Activations.apply(sum12, activation, slope));
                }
                if (on17 == along + 17) {
                    float v0 = inside0 ? value17x0 : 0f;
                    float v1 = inside1 ? value17x1 : 0f;
                    float v2 = inside2 ? value17x2 : 0f;
                    float v3 = inside3 ? value17x3 : 0f;
                    float v4 = inside4 ? value17x4 : 0f;
                    sum13 += w40 * v0;
                    sum13 += w41 * v1;
                    sum13 += w42 * v2;
                    sum13 += w43 * v3;
                    sum13 += w44 * v4;
                }
                if (first + 13 < outHeight) {
                    output.set(out + 13 * outWidth, Activations.apply(sum13, activation, slope));
                }
            }
        }
    }

    /**
     * Input {@code [N, H, W, C]}, weight {@code [3, 3, C]}, bias {@code [C]}, output
     * {@code [N, OH, OW, C]}.
     *
     * @param items count, filled up to whole work-groups
     * @param count N*C*ceil(OH/14)*OW
     */
    public static void nhwcS3U1P14(FloatArray input, FloatArray weight, FloatArray bias,
            FloatArray output, int items, int count, int channels, int outHeight, int outWidth,
            int inHeight, int inWidth, int padTop, int padLeft, int activation, float slope) {
        for (@Parallel int item = 0; item < items; item++) {
            if (item < count) {
                int tiles = (outHeight + 13) / 14;
                int lanes = channels % 32 == 0 ? 32 : channels;
                int c = item / lanes / outWidth % (channels / lanes) * lanes + item % lanes;
                int ow = item / lanes % outWidth;
                int first = item / channels / outWidth % tiles * 14;
                int n = item / channels / outWidth / tiles;
                int picture = n * inHeight * inWidth * channels + c;
                int across = ow - padLeft;
                int along = first - padTop;
                int at0 = Tile.inside(across, inWidth);
                boolean inside0 = at0 == across;
                int x0 = picture + at0 * channels;
                int at1 = Tile.inside(across + 1, inWidth);
                boolean inside1 = at1 == across + 1;
                int x1 = picture + at1 * channels;
                int at2 = Tile.inside(across + 2, inWidth);
                boolean inside2 = at2 == across + 2;
                int x2 = picture + at2 * channels;
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
                int out = ((n * outHeight + first) * outWidth + ow) * channels + c;
                int on0 = Tile.inside(along, inHeight);
                int row0 = on0 * inWidth * channels;
                float value0x0 = input.get(x0 + row0);
                float value0x1 = input.get(x1 + row0);
                float value0x2 = input.get(x2 + row0);
                int on1 = Tile.inside(along + 1, inHeight);
                int row1 = on1 * inWidth * channels;
                float value1x0 = input.get(x0 + row1);
                float value1x1 = input.get(x1 + row1);
                float value1x2 = input.get(x2 + row1);
                int on2 = Tile.inside(along + 2, inHeight);
                int row2 = on2 * inWidth * channels;
                float value2x0 = input.get(x0 + row2);
                float value2x1 = input.get(x1 + row2);
                float value2x2 = input.get(x2 + row2);
                float sum0 = start;
                if (on0 == along) {
                    float v0 = inside0 ? value0x0 : 0f;
                    float v1 = inside1 ? value0x1 : 0f;
                    float v2 = inside2 ? value0x2 : 0f;
                    sum0 += w00 * v0;
                    sum0 += w01 * v1;
                    sum0 += w02 * v2;
                }
                int on3 = Tile.inside(along + 3, inHeight);
                int row3 = on3 * inWidth * channels;
                float value3x0 = input.get(x0 + row3);
                float value3x1 = input.get(x1 + row3);
                float value3x2 = input.get(x2 + row3);
                float sum1 = start;
                if (on1 == along + 1) {
                    float v0 = inside0 ? value1x0 : 0f;
                    float v1 = inside1 ? value1x1 : 0f;
                    float v2 = inside2 ? value1x2 : 0f;
                    sum0 += w10 * v0;
                    sum0 += w11 * v1;
                    sum0 += w12 * v2;
                    sum1 += w00 * v0;
                    sum1 += w01 * v1;
                    sum1 += w02 * v2;
                }
                int on4 = Tile.inside(along + 4, inHeight);
                int row4 = on4 * inWidth * channels;
                float value4x0 = input.get(x0 + row4);
                float value4x1 = input.get(x1 + row4);
                float value4x2 = input.get(x2 + row4);
                float sum2 = start;
                if (on2 == along + 2) {
                    float v0 = inside0 ? value2x0 : 0f;
                    float v1 = inside1 ? value2x1 : 0f;
                    float v2 = inside2 ? value2x2 : 0f;
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
                int row5 = on5 * inWidth * channels;
                float value5x0 = input.get(x0 + row5);
                float value5x1 = input.get(x1 + row5);
                float value5x2 = input.get(x2 + row5);
                float sum3 = start;
                if (on3 == along + 3) {
                    float v0 = inside0 ? value3x0 : 0f;
                    float v1 = inside1 ? value3x1 : 0f;
                    float v2 = inside2 ? value3x2 : 0f;
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
                    output.set(out + outWidth * channels,
                            Activations.apply(sum1, activation, slope));
                }
                int on6 = Tile.inside(along + 6, inHeight);
                int row6 = on6 * inWidth * channels;
                float value6x0 = input.get(x0 + row6);
                float value6x1 = input.get(x1 + row6);
                float value6x2 = input.get(x2 + row6);
                float sum4 = start;
                if (on4 == along + 4) {
                    float v0 = inside0 ? value4x0 : 0f;
                    float v1 = inside1 ? value4x1 : 0f;
                    float v2 = inside2 ? value4x2 : 0f;
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
                    output.set(out + 2 * outWidth * channels,
                            Activations.apply(sum2, activation, slope));
                }
                int on7 = Tile.inside(along + 7, inHeight);
                int row7 = on7 * inWidth * channels;
                float value7x0 = input.get(x0 + row7);
                float value7x1 = input.get(x1 + row7);
                float value7x2 = input.get(x2 + row7);
                float sum5 = start;
                if (on5 == along + 5) {
                    float v0 = inside0 ? value5x0 : 0f;
                    float v1 = inside1 ? value5x1 : 0f;
                    float v2 = inside2 ? value5x2 : 0f;
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
                    output.set(out + 3 * outWidth * channels,
                            Activations.apply(sum3, activation, slope));
                }
                int on8 = Tile.inside(along + 8, inHeight);
                int row8 = on8 * inWidth * channels;
                float value8x0 = input.get(x0 + row8);
                float value8x1 = input.get(x1 + row8);
                float value8x2 = input.get(x2 + row8);
                float sum6 = start;
                if (on6 == along + 6) {
                    float v0 = inside0 ? value6x0 : 0f;
                    float v1 = inside1 ? value6x1 : 0f;
                    float v2 = inside2 ? value6x2 : 0f;
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
                    output.set(out + 4 * outWidth * channels,
                            Activations.apply(sum4, activation, slope));
                }
                int on9 = Tile.inside(along + 9, inHeight);
                int row9 = on9 * inWidth * channels;
                float value9x0 = input.get(x0 + row9);
                float value9x1 = input.get(x1 + row9);
                float value9x2 = input.get(x2 + row9);
                float sum7 = start;
                if (on7 == along + 7) {
                    float v0 = inside0 ? value7x0 : 0f;
                    float v1 = inside1 ? value7x1 : 0f;
                    float v2 = inside2 ? value7x2 : 0f;
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
                    output.set(out + 5 * outWidth * channels,
                            Activations.apply(sum5, activation, slope));
                }
                int on10 = Tile.inside(along + 10, inHeight);
                int row10 = on10 * inWidth * channels;
                float value10x0 = input.get(x0 + row10);
                float value10x1 = input.get(x1 + row10);
                float value10x2 = input.get(x2 + row10);
                float sum8 = start;
                if (on8 == along + 8) {
                    float v0 = inside0 ? value8x0 : 0f;
                    float v1 = inside1 ? value8x1 : 0f;
                    float v2 = inside2 ? value8x2 : 0f;
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
                    output.set(out + 6 * outWidth * channels,
                            Activations.apply(sum6, activation, slope));
                }
                int on11 = Tile.inside(along + 11, inHeight);
                int row11 = on11 * inWidth * channels;
                float value11x0 = input.get(x0 + row11);
                float value11x1 = input.get(x1 + row11);
                float value11x2 = input.get(x2 + row11);
                float sum9 = start;
                if (on9 == along + 9) {
                    float v0 = inside0 ? value9x0 : 0f;
                    float v1 = inside1 ? value9x1 : 0f;
                    float v2 = inside2 ? value9x2 : 0f;
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
                    output.set(out + 7 * outWidth * channels,
                            Activations.apply(sum7, activation, slope));
                }
                int on12 = Tile.inside(along + 12, inHeight);
                int row12 = on12 * inWidth * channels;
                float value12x0 = input.get(x0 + row12);
                float value12x1 = input.get(x1 + row12);
                float value12x2 = input.get(x2 + row12);
                float sum10 = start;
                if (on10 == along + 10) {
                    float v0 = inside0 ? value10x0 : 0f;
                    float v1 = inside1 ? value10x1 : 0f;
                    float v2 = inside2 ? value10x2 : 0f;
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
                    output.set(out + 8 * outWidth * channels,
                            Activations.apply(sum8, activation, slope));
                }
                int on13 = Tile.inside(along + 13, inHeight);
                int row13 = on13 * inWidth * channels;
                float value13x0 = input.get(x0 + row13);
                float value13x1 = input.get(x1 + row13);
                float value13x2 = input.get(x2 + row13);
                float sum11 = start;
                if (on11 == along + 11) {
                    float v0 = inside0 ? value11x0 : 0f;
                    float v1 = inside1 ? value11x1 : 0f;
                    float v2 = inside2 ? value11x2 : 0f;
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
                    output.set(out + 9 * outWidth * channels,
                            Activations.apply(sum9, activation, slope));
                }
                int on14 = Tile.inside(along + 14, inHeight);
                int row14 = on14 * inWidth * channels;
                float value14x0 = input.get(x0 + row14);
                float value14x1 = input.get(x1 + row14);
                float value14x2 = input.get(x2 + row14);
                float sum12 = start;
                if (on12 == along + 12) {
                    float v0 = inside0 ? value12x0 : 0f;
                    float v1 = inside1 ? value12x1 : 0f;
                    float v2 = inside2 ? value12x2 : 0f;
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
                    output.set(out + 10 * outWidth * channels,
                            Activations.apply(sum10, activation, slope));
                }
                int on15 = Tile.inside(along + 15, inHeight);
                int row15 = on15 * inWidth * channels;
                float value15x0 = input.get(x0 + row15);
                float value15x1 = input.get(x1 + row15);
                float value15x2 = input.get(x2 + row15);
                float sum13 = start;
                if (on13 == along + 13) {
                    float v0 = inside0 ? value13x0 : 0f;
                    float v1 = inside1 ? value13x1 : 0f;
                    float v2 = inside2 ? value13x2 : 0f;
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
                    output.set(out + 11 * outWidth * channels,
                            Activations.apply(sum11, activation, slope));
                }
                if (on14 == along + 14) {
                    float v0 = inside0 ? value14x0 : 0f;
                    float v1 = inside1 ? value14x1 : 0f;
                    float v2 = inside2 ? value14x2 : 0f;
                    sum12 += w20 * v0;
                    sum12 += w21 * v1;
                    sum12 += w22 * v2;
                    sum13 += w10 * v0;
                    sum13 += w11 * v1;
                    sum13 += w12 * v2;
                }
                if (first + 12 < outHeight) {
                    output.set(out + 12 * outWidth * channels,
                            Activations.apply(sum12, activation, slope));
                }
                if (on15 == along + 15) {
                    float v0 = inside0 ? value15x0 : 0f;
                    float v1 = inside1 ? value15x1 : 0f;
                    float v2 = inside2 ? value15x2 : 0f;
                    sum13 += w20 * v0;
                    sum13 += w21 * v1;
                    sum13 += w22 * v2;
                }
                if (first + 13 < outHeight) {
                    output.set(out + 13 * outWidth * channels,
                            Activations.apply(sum13, activation, slope));
                }
            }
        }
    }

    /**
     * Input {@code [N, H, W, C]}, weight {@code [3, 3, C]}, bias {@code [C]}, output
     * {@code [N, OH, OW, C]}.
     *
     * @param items count, filled up to whole work-groups
     * @param count N*C*ceil(OH/7)*OW
     */
    public static void nhwcS3U1P7(FloatArray input, FloatArray weight, FloatArray bias,
            FloatArray output, int items, int count, int channels, int outHeight, int outWidth,
            int inHeight, int inWidth, int padTop, int padLeft, int activation, float slope) {
        for (@Parallel int item = 0; item < items; item++) {
            if (item < count) {
                int tiles = (outHeight + 6) / 7;
                int lanes = channels % 32 == 0 ? 32 : channels;
                int c = item / lanes / outWidth % (channels / lanes) * lanes + item % lanes;
                int ow = item / lanes % outWidth;
                int first = item / channels / outWidth % tiles * 7;
                int n = item / channels / outWidth / tiles;
                int picture = n * inHeight * inWidth * channels + c;
                int across = ow - padLeft;
                int along = first - padTop;
                int at0 = Tile.inside(across, inWidth);
                boolean inside0 = at0 == across;
                int x0 = picture + at0 * channels;
                int at1 = Tile.inside(across + 1, inWidth);
                boolean inside1 = at1 == across + 1;
                int x1 = picture + at1 * channels;
                int at2 = Tile.inside(across + 2, inWidth);
                boolean inside2 = at2 == across + 2;
                int x2 = picture + at2 * channels;
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
                int out = ((n * outHeight + first) * outWidth + ow) * channels + c;
                int on0 = Tile.inside(along, inHeight);
                int row0 = on0 * inWidth * channels;
                float value0x0 = input.get(x0 + row0);
                float value0x1 = input.get(x1 + row0);
                float value0x2 = input.get(x2 + row0);
                int on1 = Tile.inside(along + 1, inHeight);
                int row1 = on1 * inWidth * channels;
                float value1x0 = input.get(x0 + row1);
                float value1x1 = input.get(x1 + row1);
                float value1x2 = input.get(x2 + row1);
                int on2 = Tile.inside(along + 2, inHeight);
                int row2 = on2 * inWidth * channels;
                float value2x0 = input.get(x0 + row2);
                float value2x1 = input.get(x1 + row2);
                float value2x2 = input.get(x2 + row2);
                int on3 = Tile.inside(along + 3, inHeight);
                int row3 = on3 * inWidth * channels;
                float value3x0 = input.get(x0 + row3);
                float value3x1 = input.get(x1 + row3);
                float value3x2 = input.get(x2 + row3);
                int on4 = Tile.inside(along + 4, inHeight);
                int row4 = on4 * inWidth * channels;
                float value4x0 = input.get(x0 + row4);
                float value4x1 = input.get(x1 + row4);
                float value4x2 = input.get(x2 + row4);
                int on5 = Tile.inside(along + 5, inHeight);
                int row5 = on5 * inWidth * channels;
                float value5x0 = input.get(x0 + row5);
                float value5x1 = input.get(x1 + row5);
                float value5x2 = input.get(x2 + row5);
                int on6 = Tile.inside(along + 6, inHeight);
                int row6 = on6 * inWidth * channels;
                float value6x0 = input.get(x0 + row6);
                float value6x1 = input.get(x1 + row6);
                float value6x2 = input.get(x2 + row6);
                int on7 = Tile.inside(along + 7, inHeight);
                int row7 = on7 * inWidth * channels;
                float value7x0 = input.get(x0 + row7);
                float value7x1 = input.get(x1 + row7);
                float value7x2 = input.get(x2 + row7);
                int on8 = Tile.inside(along + 8, inHeight);
                int row8 = on8 * inWidth * channels;
                float value8x0 = input.get(x0 + row8);
                float value8x1 = input.get(x1 + row8);
                float value8x2 = input.get(x2 + row8);
                float sum0 = start;
                if (on0 == along) {
                    float v0 = inside0 ? value0x0 : 0f;
                    float v1 = inside1 ? value0x1 : 0f;
                    float v2 = inside2 ? value0x2 : 0f;
                    sum0 += w00 * v0;
                    sum0 += w01 * v1;
                    sum0 += w02 * v2;
                }
                float sum1 = start;
                if (on1 == along + 1) {
                    float v0 = inside0 ? value1x0 : 0f;
                    float v1 = inside1 ? value1x1 : 0f;
                    float v2 = inside2 ? value1x2 : 0f;
                    sum0 += w10 * v0;
                    sum0 += w11 * v1;
                    sum0 += w12 * v2;
                    sum1 += w00 * v0;
                    sum1 += w01 * v1;
                    sum1 += w02 * v2;
                }
                float sum2 = start;
                if (on2 == along + 2) {
                    float v0 = inside0 ? value2x0 : 0f;
                    float v1 = inside1 ? value2x1 : 0f;
                    float v2 = inside2 ? value2x2 : 0f;
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
                    float v0 = inside0 ? value3x0 : 0f;
                    float v1 = inside1 ? value3x1 : 0f;
                    float v2 = inside2 ? value3x2 : 0f;
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
                    float v0 = inside0 ? value4x0 : 0f;
                    float v1 = inside1 ? value4x1 : 0f;
                    float v2 = inside2 ? value4x2 : 0f;
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
                    float v0 = inside0 ? value5x0 : 0f;
                    float v1 = inside1 ? value5x1 : 0f;
                    float v2 = inside2 ? value5x2 : 0f;
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
                    float v0 = inside0 ? value6x0 : 0f;
                    float v1 = inside1 ? value6x1 : 0f;
                    float v2 = inside2 ? value6x2 : 0f;
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
                    float v0 = inside0 ? value7x0 : 0f;
                    float v1 = inside1 ? value7x1 : 0f;
                    float v2 = inside2 ? value7x2 : 0f;
                    sum5 += w20 * v0;
                    sum5 += w21 * v1;
                    sum5 += w22 * v2;
                    sum6 += w10 * v0;
                    sum6 += w11 * v1;
                    sum6 += w12 * v2;
                }
                if (on8 == along + 8) {
                    float v0 = inside0 ? value8x0 : 0f;
                    float v1 = inside1 ? value8x1 : 0f;
                    float v2 = inside2 ? value8x2 : 0f;
                    sum6 += w20 * v0;
                    sum6 += w21 * v1;
                    sum6 += w22 * v2;
                }
                output.set(out, Activations.apply(sum0, activation, slope));
                if (first + 1 < outHeight) {
                    output.set(out + outWidth * channels,
                            Activations.apply(sum1, activation, slope));
                }
                if (first + 2 < outHeight) {
                    output.set(out + 2 * outWidth * channels,
                            Activations.apply(sum2, activation, slope));
                }
                if (first + 3 < outHeight) {
                    output.set(out + 3 * outWidth * channels,
                            Activations.apply(sum3, activation, slope));
                }
                if (first + 4 < outHeight) {
                    output.set(out + 4 * outWidth * channels,
                            Activations.apply(sum4, activation, slope));
                }
                if (first + 5 < outHeight) {
                    output.set(out + 5 * outWidth * channels,
                            Activations.apply(sum5, activation, slope));
                }
                if (first + 6 < outHeight) {
                    output.set(out + 6 * outWidth * channels,
                            Activations.apply(sum6, activation, slope));
                }
            }
        }
    }

    /**
     * Input {@code [N, H, W, C]}, weight {@code [3, 3, C]}, bias {@code [C]}, output
     * {@code [N, OH, OW, C]}.
     *
     * @param items count, filled up to whole work-groups
     * @param count N*C*ceil(OH/7)*OW
     */
    public static void nhwcS3U2P7(FloatArray input, FloatArray weight, FloatArray bias,
            FloatArray output, int items, int count, int channels, int outHeight, int outWidth,
            int inHeight, int inWidth, int padTop, int padLeft, int activation, float slope) {
        for (@Parallel int item = 0; item < items; item++) {
            if (item < count) {
                int tiles = (outHeight + 6) / 7;
                int lanes = channels % 32 == 0 ? 32 : channels;
                int c = item / lanes / outWidth % (channels / lanes) * lanes + item % lanes;
                int ow = item / lanes % outWidth;
                int first = item / channels / outWidth % tiles * 7;
                int n = item / channels / outWidth / tiles;
                int picture = n * inHeight * inWidth * channels + c;
                int across = ow * 2 - padLeft;
                int along = first * 2 - padTop;
                int at0 = Tile.inside(across, inWidth);
                boolean inside0 = at0 == across;
                int x0 = picture + at0 * channels;
                int at1 = Tile.inside(across + 1, inWidth);
                boolean inside1 = at1 == across + 1;
                int x1 = picture + at1 * channels;
                int at2 = Tile.inside(across + 2, inWidth);
                boolean inside2 = at2 == across + 2;
                int x2 = picture + at2 * channels;
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
                int out = ((n * outHeight + first) * outWidth + ow) * channels + c;
                int on0 = Tile.inside(along, inHeight);
                int row0 = on0 * inWidth * channels;
                float value0x0 = input.get(x0 + row0);
                float value0x1 = input.get(x1 + row0);
                float value0x2 = input.get(x2 + row0);
                int on1 = Tile.inside(along + 1, inHeight);
                int row1 = on1 * inWidth * channels;
                float value1x0 = input.get(x0 + row1);
                float value1x1 = input.get(x1 + row1);
                float value1x2 = input.get(x2 + row1);
                int on2 = Tile.inside(along + 2, inHeight);
                int row2 = on2 * inWidth * channels;
                float value2x0 = input.get(x0 + row2);
                float value2x1 = input.get(x1 + row2);
                float value2x2 = input.get(x2 + row2);
                int on3 = Tile.inside(along + 3, inHeight);
                int row3 = on3 * inWidth * channels;
                float value3x0 = input.get(x0 + row3);
                float value3x1 = input.get(x1 + row3);
                float value3x2 = input.get(x2 + row3);
                int on4 = Tile.inside(along + 4, inHeight);
                int row4 = on4 * inWidth * channels;
                float value4x0 = input.get(x0 + row4);
                float value4x1 = input.get(x1 + row4);
                float value4x2 = input.get(x2 + row4);
                float sum0 = start;
                if (on0 == along) {
                    float v0 = inside0 ? value0x0 : 0f;
                    float v1 = inside1 ? value0x1 : 0f;
                    float v2 = inside2 ? value0x2 : 0f;
                    sum0 += w00 * v0;
                    sum0 += w01 * v1;
                    sum0 += w02 * v2;
                }
                int on5 = Tile.inside(along + 5, inHeight);
                int row5 = on5 * inWidth * channels;
                float value5x0 = input.get(x0 + row5);
                float value5x1 = input.get(x1 + row5);
                float value5x2 = input.get(x2 + row5);
                if (on1 == along + 1) {
                    float v0 = inside0 ? value1x0 : 0f;
                    float v1 = inside1 ? value1x1 : 0f;
                    float v2 = inside2 ? value1x2 : 0f;
                    sum0 += w10 * v0;
                    sum0 += w11 * v1;
                    sum0 += w12 * v2;
                }
                int on6 = Tile.inside(along + 6, inHeight);
                int row6 = on6 * inWidth * channels;
                float value6x0 = input.get(x0 + row6);
                float value6x1 = input.get(x1 + row6);
                float value6x2 = input.get(x2 + row6);
                float sum1 = start;
                if (on2 == along + 2) {
                    float v0 = inside0 ? value2x0 : 0f;
                    float v1 = inside1 ? value2x1 : 0f;
                    float v2 = inside2 ? value2x2 : 0f;
                    sum0 += w20 * v0;
                    sum0 += w21 * v1;
                    sum0 += w22 * v2;
                    sum1 += w00 * v0;
                    sum1 += w01 * v1;
                    sum1 += w02 * v2;
                }
                output.set(out, Activations.apply(sum0, activation, slope));
                int on7 = Tile.inside(along + 7, inHeight);
                int row7 = on7 * inWidth * channels;
                float value7x0 = input.get(x0 + row7);
                float value7x1 = input.get(x1 + row7);
                float value7x2 = input.get(x2 + row7);
                if (on3 == along + 3) {
                    float v0 = inside0 ? value3x0 : 0f;
                    float v1 = inside1 ? value3x1 : 0f;
                    float v2 = inside2 ? value3x2 : 0f;
                    sum1 += w10 * v0;
                    sum1 += w11 * v1;
                    sum1 += w12 * v2;
                }
                int on8 = Tile.inside(along + 8, inHeight);
                int row8 = on8 * inWidth * channels;
                float value8x0 = input.get(x0 + row8);
                float value8x1 = input.get(x1 + row8);
                float value8x2 = input.get(x2 + row8);
                float sum2 = start;
                if (on4 == along + 4) {
                    float v0 = inside0 ? value4x0 : 0f;
                    float v1 = inside1 ? value4x1 : 0f;
                    float v2 = inside2 ? value4x2 : 0f;
                    sum1 += w20 * v0;
                    sum1 += w21 * v1;
                    sum1 += w22 * v2;
                    sum2 += w00 * v0;
                    sum2 += w01 * v1;
                    sum2 += w02 * v2;
                }
                if (first + 1 < outHeight) {
                    output.set(out + outWidth * channels,
                            Activations.apply(sum1, activation, slope));
                }
                int on9 = Tile.inside(along + 9, inHeight);
                int row9 = on9 * inWidth * channels;
                float value9x0 = input.get(x0 + row9);
                float value9x1 = input.get(x1 + row9);
                float value9x2 = input.get(x2 + row9);
                if (on5 == along + 5) {
                    float v0 = inside0 ? value5x0 : 0f;
                    float v1 = inside1 ? value5x1 : 0f;
                    float v2 = inside2 ? value5x2 : 0f;
                    sum2 += w10 * v0;
                    sum2 += w11 * v1;
                    sum2 += w12 * v2;
                }
                int on10 = Tile.inside(along + 10, inHeight);
                int row10 = on10 * inWidth * channels;
                float value10x0 = input.get(x0 + row10);
                float value10x1 = input.get(x1 + row10);
                float value10x2 = input.get(x2 + row10);
                float sum3 = start;
                if (on6 == along + 6) {
                    float v0 = inside0 ? value6x0 : 0f;
                    float v1 = inside1 ? value6x1 : 0f;
                    float v2 = inside2 ? value6x2 : 0f;
                    sum2 += w20 * v0;
                    sum2 += w21 * v1;
                    sum2 += w22 * v2;
                    sum3 += w00 * v0;
                    sum3 += w01 * v1;
                    sum3 += w02 * v2;
                }
                if (first + 2 < outHeight) {
                    output.set(out + 2 * outWidth * channels,
                            Activations.apply(sum2, activation, slope));
                }
                int on11 = Tile.inside(along + 11, inHeight);
                int row11 = on11 * inWidth * channels;
                float value11x0 = input.get(x0 + row11);
                float value11x1 = input.get(x1 + row11);
                float value11x2 = input.get(x2 + row11);
                if (on7 == along + 7) {
                    float v0 = inside0 ? value7x0 : 0f;
                    float v1 = inside1 ? value7x1 : 0f;
                    float v2 = inside2 ? value7x2 : 0f;
                    sum3 += w10 * v0;
                    sum3 += w11 * v1;
                    sum3 += w12 * v2;
                }
                int on12 = Tile.inside(along + 12, inHeight);
                int row12 = on12 * inWidth * channels;
                float value12x0 = input.get(x0 + row12);
                float value12x1 = input.get(x1 + row12);
                float value12x2 = input.get(x2 + row12);
                float sum4 = start;
                if (on8 == along + 8) {
                    float v0 = inside0 ? value8x0 : 0f;
                    float v1 = inside1 ? value8x1 : 0f;
                    float v2 = inside2 ? value8x2 : 0f;
                    sum3 += w20 * v0;
                    sum3 += w21 * v1;
                    sum3 += w22 * v2;
                    sum4 += w00 * v0;
                    sum4 += w01 * v1;
                    sum4 += w02 * v2;
                }
                if (first + 3 < outHeight) {
                    output.set(out + 3 * outWidth * channels,
                            Activations.apply(sum3, activation, slope));
                }
                int on13 = Tile.inside(along + 13, inHeight);
                int row13 = on13 * inWidth * channels;
                float value13x0 = input.get(x0 + row13);
                float value13x1 = input.get(x1 + row13);
                float value13x2 = input.get(x2 + row13);
                if (on9 == along + 9) {
                    float v0 = inside0 ? value9x0 : 0f;
                    float v1 = inside1 ? value9x1 : 0f;
                    float v2 = inside2 ? value9x2 : 0f;
                    sum4 += w10 * v0;
                    sum4 += w11 * v1;
                    sum4 += w12 * v2;
                }
                int on14 = Tile.inside(along + 14, inHeight);
                int row14 = on14 * inWidth * channels;
                float value14x0 = input.get(x0 + row14);
                float value14x1 = input.get(x1 + row14);
                float value14x2 = input.get(x2 + row14);
                float sum5 = start;
                if (on10 == along + 10) {
                    float v0 = inside0 ? value10x0 : 0f;
                    float v1 = inside1 ? value10x1 : 0f;
                    float v2 = inside2 ? value10x2 : 0f;
                    sum4 += w20 * v0;
                    sum4 += w21 * v1;
                    sum4 += w22 * v2;
                    sum5 += w00 * v0;
                    sum5 += w01 * v1;
                    sum5 += w02 * v2;
                }
                if (first + 4 < outHeight) {
                    output.set(out + 4 * outWidth * channels,
                            Activations.apply(sum4, activation, slope));
                }
                if (on11 == along + 11) {
                    float v0 = inside0 ? value11x0 : 0f;
                    float v1 = inside1 ? value11x1 : 0f;
                    float v2 = inside2 ? value11x2 : 0f;
                    sum5 += w10 * v0;
                    sum5 += w11 * v1;
                    sum5 += w12 * v2;
                }
                float sum6 = start;
                if (on12 == along + 12) {
                    float v0 = inside0 ? value12x0 : 0f;
                    float v1 = inside1 ? value12x1 : 0f;
                    float v2 = inside2 ? value12x2 : 0f;
                    sum5 += w20 * v0;
                    sum5 += w21 * v1;
                    sum5 += w22 * v2;
                    sum6 += w00 * v0;
                    sum6 += w01 * v1;
                    sum6 += w02 * v2;
                }
                if (first + 5 < outHeight) {
                    output.set(out + 5 * outWidth * channels,
                            Activations.apply(sum5, activation, slope));
                }
                if (on13 == along + 13) {
                    float v0 = inside0 ? value13x0 : 0f;
                    float v1 = inside1 ? value13x1 : 0f;
                    float v2 = inside2 ? value13x2 : 0f;
                    sum6 += w10 * v0;
                    sum6 += w11 * v1;
                    sum6 += w12 * v2;
                }
                if (on14 == along + 14) {
                    float v0 = inside0 ? value14x0 : 0f;
                    float v1 = inside1 ? value14x1 : 0f;
                    float v2 = inside2 ? value14x2 : 0f;
                    sum6 += w20 * v0;
                    sum6 += w21 * v1;
                    sum6 += w22 * v2;
                }
                if (first + 6 < outHeight) {
                    output.set(out + 6 * outWidth * channels,
                            Activations.apply(sum6, activation, slope));
                }
            }
        }
    }

    /**
     * Input {@code [N, H, W, C]}, weight {@code [5, 5, C]}, bias {@code [C]}, output
     * {@code [N, OH, OW, C]}.
     *
     * @param items count, filled up to whole work-groups
     * @param count N*C*ceil(OH/14)*OW
     */
    public static void nhwcS5U1P14(FloatArray input, FloatArray weight, FloatArray bias,
            FloatArray output, int items, int count, int channels, int outHeight, int outWidth,
            int inHeight, int inWidth, int padTop, int padLeft, int activation, float slope) {
        for (@Parallel int item = 0; item < items; item++) {
            if (item < count) {
                int tiles = (outHeight + 13) / 14;
                int lanes = channels % 32 == 0 ? 32 : channels;
                int c = item / lanes / outWidth % (channels / lanes) * lanes + item % lanes;
                int ow = item / lanes % outWidth;
                int first = item / channels / outWidth % tiles * 14;
                int n = item / channels / outWidth / tiles;
                int picture = n * inHeight * inWidth * channels + c;
                int across = ow - padLeft;
                int along = first - padTop;
                int at0 = Tile.inside(across, inWidth);
                boolean inside0 = at0 == across;
                int x0 = picture + at0 * channels;
                int at1 = Tile.inside(across + 1, inWidth);
                boolean inside1 = at1 == across + 1;
                int x1 = picture + at1 * channels;
                int at2 = Tile.inside(across + 2, inWidth);
                boolean inside2 = at2 == across + 2;
                int x2 = picture + at2 * channels;
                int at3 = Tile.inside(across + 3, inWidth);
                boolean inside3 = at3 == across + 3;
                int x3 = picture + at3 * channels;
                int at4 = Tile.inside(across + 4, inWidth);
                boolean inside4 = at4 == across + 4;
                int x4 = picture + at4 * channels;
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
                int out = ((n * outHeight + first) * outWidth + ow) * channels + c;
                int on0 = Tile.inside(along, inHeight);
                int row0 = on0 * inWidth * channels;
                float value0x0 = input.get(x0 + row0);
                float value0x1 = input.get(x1 + row0);
                float value0x2 = input.get(x2 + row0);
                float value0x3 = input.get(x3 + row0);
                float value0x4 = input.get(x4 + row0);
                int on1 = Tile.inside(along + 1, inHeight);
                int row1 = on1 * inWidth * channels;
                float value1x0 = input.get(x0 + row1);
                float value1x1 = input.get(x1 + row1);
                float value1x2 = input.get(x2 + row1);
                float value1x3 = input.get(x3 + row1);
                float value1x4 = input.get(x4 + row1);
                int on2 = Tile.inside(along + 2, inHeight);
                int row2 = on2 * inWidth * channels;
                float value2x0 = input.get(x0 + row2);
                float value2x1 = input.get(x1 + row2);
                float value2x2 = input.get(x2 + row2);
                float value2x3 = input.get(x3 + row2);
                float value2x4 = input.get(x4 + row2);
                float sum0 = start;
                if (on0 == along) {
                    float v0 = inside0 ? value0x0 : 0f;
                    float v1 = inside1 ? value0x1 : 0f;
                    float v2 = inside2 ? value0x2 : 0f;
                    float v3 = inside3 ? value0x3 : 0f;
                    float v4 = inside4 ? value0x4 : 0f;
                    sum0 += w00 * v0;
                    sum0 += w01 * v1;
                    sum0 += w02 * v2;
                    sum0 += w03 * v3;
                    sum0 += w04 * v4;
                }
                int on3 = Tile.inside(along + 3, inHeight);
                int row3 = on3 * inWidth * channels;
                float value3x0 = input.get(x0 + row3);
                float value3x1 = input.get(x1 + row3);
                float value3x2 = input.get(x2 + row3);
                float value3x3 = input.get(x3 + row3);
                float value3x4 = input.get(x4 + row3);
                float sum1 = start;
                if (on1 == along + 1) {
                    float v0 = inside0 ? value1x0 : 0f;
                    float v1 = inside1 ? value1x1 : 0f;
                    float v2 = inside2 ? value1x2 : 0f;
                    float v3 = inside3 ? value1x3 : 0f;
                    float v4 = inside4 ? value1x4 : 0f;
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
                int on4 = Tile.inside(along + 4, inHeight);
                int row4 = on4 * inWidth * channels;
                float value4x0 = input.get(x0 + row4);
                float value4x1 = input.get(x1 + row4);
                float value4x2 = input.get(x2 + row4);
                float value4x3 = input.get(x3 + row4);
                float value4x4 = input.get(x4 + row4);
                float sum2 = start;
                if (on2 == along + 2) {
                    float v0 = inside0 ? value2x0 : 0f;
                    float v1 = inside1 ? value2x1 : 0f;
                    float v2 = inside2 ? value2x2 : 0f;
                    float v3 = inside3 ? value2x3 : 0f;
                    float v4 = inside4 ? value2x4 : 0f;
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
                int on5 = Tile.inside(along + 5, inHeight);
                int row5 = on5 * inWidth * channels;
                float value5x0 = input.get(x0 + row5);
                float value5x1 = input.get(x1 + row5);
                float value5x2 = input.get(x2 + row5);
                float value5x3 = input.get(x3 + row5);
                float value5x4 = input.get(x4 + row5);
                float sum3 = start;
                if (on3 == along + 3) {
                    float v0 = inside0 ? value3x0 : 0f;
                    float v1 = inside1 ? value3x1 : 0f;
                    float v2 = inside2 ? value3x2 : 0f;
                    float v3 = inside3 ? value3x3 : 0f;
                    float v4 = inside4 ? value3x4 : 0f;
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
                int on6 = Tile.inside(along + 6, inHeight);
                int row6 = on6 * inWidth * channels;
                float value6x0 = input.get(x0 + row6);
                float value6x1 = input.get(x1 + row6);
                float value6x2 = input.get(x2 + row6);
                float value6x3 = input.get(x3 + row6);
                float value6x4 = input.get(x4 + row6);
                float sum4 = start;
                if (on4 == along + 4) {
                    float v0 = inside0 ? value4x0 : 0f;
                    float v1 = inside1 ? value4x1 : 0f;
                    float v2 = inside2 ? value4x2 : 0f;
                    float v3 = inside3 ? value4x3 : 0f;
                    float v4 = inside4 ? value4x4 : 0f;
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
                    sum4 += w00 * v0;
                    sum4 += w01 * v1;
                    sum4 += w02 * v2;
                    sum4 += w03 * v3;
                    sum4 += w04 * v4;
                }
                output.set(out, Activations.apply(sum0, activation, slope));
                int on7 = Tile.inside(along + 7, inHeight);
                int row7 = on7 * inWidth * channels;
                float value7x0 = input.get(x0 + row7);
                float value7x1 = input.get(x1 + row7);
                float value7x2 = input.get(x2 + row7);
                float value7x3 = input.get(x3 + row7);
                float value7x4 = input.get(x4 + row7);
                float sum5 = start;
                if (on5 == along + 5) {
                    float v0 = inside0 ? value5x0 : 0f;
                    float v1 = inside1 ? value5x1 : 0f;
                    float v2 = inside2 ? value5x2 : 0f;
                    float v3 = inside3 ? value5x3 : 0f;
                    float v4 = inside4 ? value5x4 : 0f;
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
                    sum4 += w10 * v0;
                    sum4 += w11 * v1;
                    sum4 += w12 * v2;
                    sum4 += w13 * v3;
                    sum4 += w14 * v4;
                    sum5 += w00 * v0;
                    sum5 += w01 * v1;
                    sum5 += w02 * v2;
                    sum5 += w03 * v3;
                    sum5 += w04 * v4;
                }
                if (first + 1 < outHeight) {
                    output.set(out + outWidth * channels,
                            Activations.apply(sum1, activation, slope));
                }
                int on8 = Tile.inside(along + 8, inHeight);
                int row8 = on8 * inWidth * channels;
                float value8x0 = input.get(x0 + row8);
                float value8x1 = input.get(x1 + row8);
                float value8x2 = input.get(x2 + row8);
                float value8x3 = input.get(x3 + row8);
                float value8x4 = input.get(x4 + row8);
                float sum6 = start;
                if (on6 == along + 6) {
                    float v0 = inside0 ? value6x0 : 0f;
                    float v1 = inside1 ? value6x1 : 0f;
                    float v2 = inside2 ? value6x2 : 0f;
                    float v3 = inside3 ? value6x3 : 0f;
                    float v4 = inside4 ? value6x4 : 0f;
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
                    sum4 += w20 * v0;
                    sum4 += w21 * v1;
                    sum4 += w22 * v2;
                    sum4 += w23 * v3;
                    sum4 += w24 * v4;
                    sum5 += w10 * v0;
                    sum5 += w11 * v1;
                    sum5 += w12 * v2;
                    sum5 += w13 * v3;
                    sum5 += w14 * v4;
                    sum6 += w00 * v0;
                    sum6 += w01 * v1;
                    sum6 += w02 * v2;
                    sum6 += w03 * v3;
                    sum6 += w04 * v4;
                }
                if (first + 2 < outHeight) {
                    output.set(out + 2 * outWidth * channels,
                            Activations.apply(sum2, activation, slope));
                }
                int on9 = Tile.inside(along + 9, inHeight);
                int row9 = on9 * inWidth * channels;
                float value9x0 = input.get(x0 + row9);
                float value9x1 = input.get(x1 + row9);
                float value9x2 = input.get(x2 + row9);
                float value9x3 = input.get(x3 + row9);
                float value9x4 = input.get(x4 + row9);
                float sum7 = start;
                if (on7 == along + 7) {
                    float v0 = inside0 ? value7x0 : 0f;
                    float v1 = inside1 ? value7x1 : 0f;
                    float v2 = inside2 ? value7x2 : 0f;
                    float v3 = inside3 ? value7x3 : 0f;
                    float v4 = inside4 ? value7x4 : 0f;
                    sum3 += w40 * v0;
                    sum3 += w41 * v1;
                    sum3 += w42 * v2;
                    sum3 += w43 * v3;
                    sum3 += w44 * v4;
                    sum4 += w30 * v0;
                    sum4 += w31 * v1;
                    sum4 += w32 * v2;
                    sum4 += w33 * v3;
                    sum4 += w34 * v4;
                    sum5 += w20 * v0;
                    sum5 += w21 * v1;
                    sum5 += w22 * v2;
                    sum5 += w23 * v3;
                    sum5 += w24 * v4;
                    sum6 += w10 * v0;
                    sum6 += w11 * v1;
                    sum6 += w12 * v2;
                    sum6 += w13 * v3;
                    sum6 += w14 * v4;
                    sum7 += w00 * v0;
                    sum7 += w01 * v1;
                    sum7 += w02 * v2;
                    sum7 += w03 * v3;
                    sum7 += w04 * v4;
                }
                if (first + 3 < outHeight) {
                    output.set(out + 3 * outWidth * channels,
                            Activations.apply(sum3, activation, slope));
                }
                int on10 = Tile.inside(along + 10, inHeight);
                int row10 = on10 * inWidth * channels;
                float value10x0 = input.get(x0 + row10);
                float value10x1 = input.get(x1 + row10);
                float value10x2 = input.get(x2 + row10);
                float value10x3 = input.get(x3 + row10);
                float value10x4 = input.get(x4 + row10);
                float sum8 = start;
                if (on8 == along + 8) {
                    float v0 = inside0 ? value8x0 : 0f;
                    float v1 = inside1 ? value8x1 : 0f;
                    float v2 = inside2 ? value8x2 : 0f;
                    float v3 = inside3 ? value8x3 : 0f;
                    float v4 = inside4 ? value8x4 : 0f;
                    sum4 += w40 * v0;
                    sum4 += w41 * v1;
                    sum4 += w42 * v2;
                    sum4 += w43 * v3;
                    sum4 += w44 * v4;
                    sum5 += w30 * v0;
                    sum5 += w31 * v1;
                    sum5 += w32 * v2;
                    sum5 += w33 * v3;
                    sum5 += w34 * v4;
                    sum6 += w20 * v0;
                    sum6 += w21 * v1;
                    sum6 += w22 * v2;
                    sum6 += w23 * v3;
                    sum6 += w24 * v4;
                    sum7 += w10 * v0;
                    sum7 += w11 * v1;
                    sum7 += w12 * v2;
                    sum7 += w13 * v3;
                    sum7 += w14 * v4;
                    sum8 += w00 * v0;
                    sum8 += w01 * v1;
                    sum8 += w02 * v2;
                    sum8 += w03 * v3;
                    sum8 += w04 * v4;
                }
                if (first + 4 < outHeight) {
                    output.set(out + 4 * outWidth * channels,
                            Activations.apply(sum4, activation, slope));
                }
                int on11 = Tile.inside(along + 11, inHeight);
                int row11 = on11 * inWidth * channels;
                float value11x0 = input.get(x0 + row11);
                float value11x1 = input.get(x1 + row11);
                float value11x2 = input.get(x2 + row11);
                float value11x3 = input.get(x3 + row11);
                float value11x4 = input.get(x4 + row11);
                float sum9 = start;
                if (on9 == along + 9) {
                    float v0 = inside0 ? value9x0 : 0f;
                    float v1 = inside1 ? value9x1 : 0f;
                    float v2 = inside2 ? value9x2 : 0f;
                    float v3 = inside3 ? value9x3 : 0f;
                    float v4 = inside4 ? value9x4 : 0f;
                    sum5 += w40 * v0;
                    sum5 += w41 * v1;
                    sum5 += w42 * v2;
                    sum5 += w43 * v3;
                    sum5 += w44 * v4;
                    sum6 += w30 * v0;
                    sum6 += w31 * v1;
                    sum6 += w32 * v2;
                    sum6 += w33 * v3;
                    sum6 += w34 * v4;
                    sum7 += w20 * v0;
                    sum7 += w21 * v1;
                    sum7 += w22 * v2;
                    sum7 += w23 * v3;
                    sum7 += w24 * v4;
                    sum8 += w10 * v0;
                    sum8 += w11 * v1;
                    sum8 += w12 * v2;
                    sum8 += w13 * v3;
                    sum8 += w14 * v4;
                    sum9 += w00 * v0;
                    sum9 += w01 * v1;
                    sum9 += w02 * v2;
                    sum9 += w03 * v3;
                    sum9 += w04 * v4;
                }
                if (first + 5 < outHeight) {
                    output.set(out + 5 * outWidth * channels,
                            Activations.apply(sum5, activation, slope));
                }
                int on12 = Tile.inside(along + 12, inHeight);
                int row12 = on12 * inWidth * channels;
                float value12x0 = input.get(x0 + row12);
                float value12x1 = input.get(x1 + row12);
                float value12x2 = input.get(x2 + row12);
                float value12x3 = input.get(x3 + row12);
                float value12x4 = input.get(x4 + row12);
                float sum10 = start;
                if (on10 == along + 10) {
                    float v0 = inside0 ? value10x0 : 0f;
                    float v1 = inside1 ? value10x1 : 0f;
                    float v2 = inside2 ? value10x2 : 0f;
                    float v3 = inside3 ? value10x3 : 0f;
                    float v4 = inside4 ? value10x4 : 0f;
                    sum6 += w40 * v0;
                    sum6 += w41 * v1;
                    sum6 += w42 * v2;
                    sum6 += w43 * v3;
                    sum6 += w44 * v4;
                    sum7 += w30 * v0;
                    sum7 += w31 * v1;
                    sum7 += w32 * v2;
                    sum7 += w33 * v3;
                    sum7 += w34 * v4;
                    sum8 += w20 * v0;
                    sum8 += w21 * v1;
                    sum8 += w22 * v2;
                    sum8 += w23 * v3;
                    sum8 += w24 * v4;
                    sum9 += w10 * v0;
                    sum9 += w11 * v1;
                    sum9 += w12 * v2;
                    sum9 += w13 * v3;
                    sum9 += w14 * v4;
                    sum10 += w00 * v0;
                    sum10 += w01 * v1;
                    sum10 += w02 * v2;
                    sum10 += w03 * v3;
                    sum10 += w04 * v4;
                }
                if (first + 6 < outHeight) {
                    output.set(out + 6 * outWidth * channels,
                            Activations.apply(sum6, activation, slope));
                }
                int on13 = Tile.inside(along + 13, inHeight);
                int row13 = on13 * inWidth * channels;
                float value13x0 = input.get(x0 + row13);
                float value13x1 = input.get(x1 + row13);
                float value13x2 = input.get(x2 + row13);
                float value13x3 = input.get(x3 + row13);
                float value13x4 = input.get(x4 + row13);
                float sum11 = start;
                if (on11 == along + 11) {
                    float v0 = inside0 ? value11x0 : 0f;
                    float v1 = inside1 ? value11x1 : 0f;
                    float v2 = inside2 ? value11x2 : 0f;
                    float v3 = inside3 ? value11x3 : 0f;
                    float v4 = inside4 ? value11x4 : 0f;
                    sum7 += w40 * v0;
                    sum7 += w41 * v1;
                    sum7 += w42 * v2;
                    sum7 += w43 * v3;
                    sum7 += w44 * v4;
                    sum8 += w30 * v0;
                    sum8 += w31 * v1;
                    sum8 += w32 * v2;
                    sum8 += w33 * v3;
                    sum8 += w34 * v4;
                    sum9 += w20 * v0;
                    sum9 += w21 * v1;
                    sum9 += w22 * v2;
                    sum9 += w23 * v3;
                    sum9 += w24 * v4;
                    sum10 += w10 * v0;
                    sum10 += w11 * v1;
                    sum10 += w12 * v2;
                    sum10 += w13 * v3;
                    sum10 += w14 * v4;
                    sum11 += w00 * v0;
                    sum11 += w01 * v1;
                    sum11 += w02 * v2;
                    sum11 += w03 * v3;
                    sum11 += w04 * v4;
                }
                if (first + 7 < outHeight) {
                    output.set(out + 7 * outWidth * channels,
                            Activations.apply(sum7, activation, slope));
                }
                int on14 = Tile.inside(along + 14, inHeight);
                int row14 = on14 * inWidth * channels;
                float value14x0 = input.get(x0 + row14);
                float value14x1 = input.get(x1 + row14);
                float value14x2 = input.get(x2 + row14);
                float value14x3 = input.get(x3 + row14);
                float value14x4 = input.get(x4 + row14);
                float sum12 = start;
                if (on12 == along + 12) {
                    float v0 = inside0 ? value12x0 : 0f;
                    float v1 = inside1 ? value12x1 : 0f;
                    float v2 = inside2 ? value12x2 : 0f;
                    float v3 = inside3 ? value12x3 : 0f;
                    float v4 = inside4 ? value12x4 : 0f;
                    sum8 += w40 * v0;
                    sum8 += w41 * v1;
                    sum8 += w42 * v2;
                    sum8 += w43 * v3;
                    sum8 += w44 * v4;
                    sum9 += w30 * v0;
                    sum9 += w31 * v1;
                    sum9 += w32 * v2;
                    sum9 += w33 * v3;
                    sum9 += w34 * v4;
                    sum10 += w20 * v0;
                    sum10 += w21 * v1;
                    sum10 += w22 * v2;
                    sum10 += w23 * v3;
                    sum10 += w24 * v4;
                    sum11 += w10 * v0;
                    sum11 += w11 * v1;
                    sum11 += w12 * v2;
                    sum11 += w13 * v3;
                    sum11 += w14 * v4;
                    sum12 += w00 * v0;
                    sum12 += w01 * v1;
                    sum12 += w02 * v2;
                    sum12 += w03 * v3;
                    sum12 += w04 * v4;
                }
                if (first + 8 < outHeight) {
                    output.set(out + 8 * outWidth * channels,
                            Activations.apply(sum8, activation, slope));
                }
                int on15 = Tile.inside(along + 15, inHeight);
                int row15 = on15 * inWidth * channels;
                float value15x0 = input.get(x0 + row15);
                float value15x1 = input.get(x1 + row15);
                float value15x2 = input.get(x2 + row15);
                float value15x3 = input.get(x3 + row15);
                float value15x4 = input.get(x4 + row15);
                float sum13 = start;
                if (on13 == along + 13) {
                    float v0 = inside0 ? value13x0 : 0f;
                    float v1 = inside1 ? value13x1 : 0f;
                    float v2 = inside2 ? value13x2 : 0f;
                    float v3 = inside3 ? value13x3 : 0f;
                    float v4 = inside4 ? value13x4 : 0f;
                    sum9 += w40 * v0;
                    sum9 += w41 * v1;
                    sum9 += w42 * v2;
                    sum9 += w43 * v3;
                    sum9 += w44 * v4;
                    sum10 += w30 * v0;
                    sum10 += w31 * v1;
                    sum10 += w32 * v2;
                    sum10 += w33 * v3;
                    sum10 += w34 * v4;
                    sum11 += w20 * v0;
                    sum11 += w21 * v1;
                    sum11 += w22 * v2;
                    sum11 += w23 * v3;
                    sum11 += w24 * v4;
                    sum12 += w10 * v0;
                    sum12 += w11 * v1;
                    sum12 += w12 * v2;
                    sum12 += w13 * v3;
                    sum12 += w14 * v4;
                    sum13 += w00 * v0;
                    sum13 += w01 * v1;
                    sum13 += w02 * v2;
                    sum13 += w03 * v3;
                    sum13 += w04 * v4;
                }
                if (first + 9 < outHeight) {
                    output.set(out + 9 * outWidth * channels,
                            Activations.apply(sum9, activation, slope));
                }
                int on16 = Tile.inside(along + 16, inHeight);
                int row16 = on16 * inWidth * channels;
                float value16x0 = input.get(x0 + row16);
                float value16x1 = input.get(x1 + row16);
                float value16x2 = input.get(x2 + row16);
                float value16x3 = input.get(x3 + row16);
                float value16x4 = input.get(x4 + row16);
                if (on14 == along + 14) {
                    float v0 = inside0 ? value14x0 : 0f;
                    float v1 = inside1 ? value14x1 : 0f;
                    float v2 = inside2 ? value14x2 : 0f;
                    float v3 = inside3 ? value14x3 : 0f;
                    float v4 = inside4 ? value14x4 : 0f;
                    sum10 += w40 * v0;
                    sum10 += w41 * v1;
                    sum10 += w42 * v2;
                    sum10 += w43 * v3;
                    sum10 += w44 * v4;
                    sum11 += w30 * v0;
                    sum11 += w31 * v1;
                    sum11 += w32 * v2;
                    sum11 += w33 * v3;
                    sum11 += w34 * v4;
                    sum12 += w20 * v0;
                    sum12 += w21 * v1;
                    sum12 += w22 * v2;
                    sum12 += w23 * v3;
                    sum12 += w24 * v4;
                    sum13 += w10 * v0;
                    sum13 += w11 * v1;
                    sum13 += w12 * v2;
                    sum13 += w13 * v3;
                    sum13 += w14 * v4;
                }
                if (first + 10 < outHeight) {
                    output.set(out + 10 * outWidth * channels,
                            Activations.apply(sum10, activation, slope));
                }
                int on17 = Tile.inside(along + 17, inHeight);
                int row17 = on17 * inWidth * channels;
                float value17x0 = input.get(x0 + row17);
                float value17x1 = input.get(x1 + row17);
                float value17x2 = input.get(x2 + row17);
                float value17x3 = input.get(x3 + row17);
                float value17x4 = input.get(x4 + row17);
                if (on15 == along + 15) {
                    float v0 = inside0 ? value15x0 : 0f;
                    float v1 = inside1 ? value15x1 : 0f;
                    float v2 = inside2 ? value15x2 : 0f;
                    float v3 = inside3 ? value15x3 : 0f;
                    float v4 = inside4 ? value15x4 : 0f;
                    sum11 += w40 * v0;
                    sum11 += w41 * v1;
                    sum11 += w42 * v2;
                    sum11 += w43 * v3;
                    sum11 += w44 * v4;
                    sum12 += w30 * v0;
                    sum12 += w31 * v1;
                    sum12 += w32 * v2;
                    sum12 += w33 * v3;
                    sum12 += w34 * v4;
                    sum13 += w20 * v0;
                    sum13 += w21 * v1;
                    sum13 += w22 * v2;
                    sum13 += w23 * v3;
                    sum13 += w24 * v4;
                }
                if (first + 11 < outHeight) {
                    output.set(out + 11 * outWidth * channels,
                            Activations.apply(sum11, activation, slope));
                }
                if (on16 == along + 16) {
                    float v0 = inside0 ? value16x0 : 0f;
                    float v1 = inside1 ? value16x1 : 0f;
                    float v2 = inside2 ? value16x2 : 0f;
                    float v3 = inside3 ? value16x3 : 0f;
                    float v4 = inside4 ? value16x4 : 0f;
                    sum12 += w40 * v0;
                    sum12 += w41 * v1;
                    sum12 += w42 * v2;
                    sum12 += w43 * v3;
                    sum12 += w44 * v4;
                    sum13 += w30 * v0;
                    sum13 += w31 * v1;
                    sum13 += w32 * v2;
                    sum13 += w33 * v3;
                    sum13 += w34 * v4;
                }
                if (first + 12 < outHeight) {
                    output.set(out + 12 * outWidth * channels,
                            Activations.apply(sum12, activation, slope));
                }
                if (on17 == along + 17) {
                    float v0 = inside0 ? value17x0 : 0f;
                    float v1 = inside1 ? value17x1 : 0f;
                    float v2 = inside2 ? value17x2 : 0f;
                    float v3 = inside3 ? value17x3 : 0f;
                    float v4 = inside4 ? value17x4 : 0f;
                    sum13 += w40 * v0;
                    sum13 += w41 * v1;
                    sum13 += w42 * v2;
                    sum13 += w43 * v3;
                    sum13 += w44 * v4;
                }
                if (first + 13 < outHeight) {
                    output.set(out + 13 * outWidth * channels,
                            Activations.apply(sum13, activation, slope));
                }
            }
        }
    }

    /**
     * Input {@code [N, C, H, W]}, weight {@code [C, 1, 5, 5]}, bias {@code [C]}, output
     * {@code [N, C, OH, OW]}.
     *
     * @param items count, filled up to whole work-groups
     * @param count N*C*ceil(OH/7)*OW
     */
    public static void nchwS5U1P7(FloatArray input, FloatArray weight, FloatArray bias,
            FloatArray output, int items, int count, int channels, int outHeight, int outWidth,
            int inHeight, int inWidth, int padTop, int padLeft, int activation, float slope) {
        for (@Parallel int item = 0; item < items; item++) {
            if (item < count) {
                int tiles = (outHeight + 6) / 7;
                int ow = item % outWidth;
                int first = item / outWidth % tiles * 7;
                int plane = item / outWidth / tiles;
                int c = plane % channels;
                int picture = plane * inHeight * inWidth;
                int across = ow - padLeft;
                int along = first - padTop;
                int at0 = Tile.inside(across, inWidth);
                boolean inside0 = at0 == across;
                int x0 = picture + at0;
                int at1 = Tile.inside(across + 1, inWidth);
                boolean inside1 = at1 == across + 1;
                int x1 = picture + at1;
                int at2 = Tile.inside(across + 2, inWidth);
                boolean inside2 = at2 == across + 2;
                int x2 = picture + at2;
                int at3 = Tile.inside(across + 3, inWidth);
                boolean inside3 = at3 == across + 3;
                int x3 = picture + at3;
                int at4 = Tile.inside(across + 4, inWidth);
                boolean inside4 = at4 == across + 4;
                int x4 = picture + at4;
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
                float value0x0 = input.get(x0 + row0);
                float value0x1 = input.get(x1 + row0);
                float value0x2 = input.get(x2 + row0);
                float value0x3 = input.get(x3 + row0);
                float value0x4 = input.get(x4 + row0);
                int on1 = Tile.inside(along + 1, inHeight);
                int row1 = on1 * inWidth;
                float value1x0 = input.get(x0 + row1);
                float value1x1 = input.get(x1 + row1);
                float value1x2 = input.get(x2 + row1);
                float value1x3 = input.get(x3 + row1);
                float value1x4 = input.get(x4 + row1);
                int on2 = Tile.inside(along + 2, inHeight);
                int row2 = on2 * inWidth;
                float value2x0 = input.get(x0 + row2);
                float value2x1 = input.get(x1 + row2);
                float value2x2 = input.get(x2 + row2);
                float value2x3 = input.get(x3 + row2);
                float value2x4 = input.get(x4 + row2);
                float sum0 = start;
                if (on0 == along) {
                    float v0 = inside0 ? value0x0 : 0f;
                    float v1 = inside1 ? value0x1 : 0f;
                    float v2 = inside2 ? value0x2 : 0f;
                    float v3 = inside3 ? value0x3 : 0f;
                    float v4 = inside4 ? value0x4 : 0f;
                    sum0 += w00 * v0;
                    sum0 += w01 * v1;
                    sum0 += w02 * v2;
                    sum0 += w03 * v3;
                    sum0 += w04 * v4;
                }
                int on3 = Tile.inside(along + 3, inHeight);
                int row3 = on3 * inWidth;
                float value3x0 = input.get(x0 + row3);
                float value3x1 = input.get(x1 + row3);
                float value3x2 = input.get(x2 + row3);
                float value3x3 = input.get(x3 + row3);
                float value3x4 = input.get(x4 + row3);
                float sum1 = start;
                if (on1 == along + 1) {
                    float v0 = inside0 ? value1x0 : 0f;
                    float v1 = inside1 ? value1x1 : 0f;
                    float v2 = inside2 ? value1x2 : 0f;
                    float v3 = inside3 ? value1x3 : 0f;
                    float v4 = inside4 ? value1x4 : 0f;
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
                int on4 = Tile.inside(along + 4, inHeight);
                int row4 = on4 * inWidth;
                float value4x0 = input.get(x0 + row4);
                float value4x1 = input.get(x1 + row4);
                float value4x2 = input.get(x2 + row4);
                float value4x3 = input.get(x3 + row4);
                float value4x4 = input.get(x4 + row4);
                float sum2 = start;
                if (on2 == along + 2) {
                    float v0 = inside0 ? value2x0 : 0f;
                    float v1 = inside1 ? value2x1 : 0f;
                    float v2 = inside2 ? value2x2 : 0f;
                    float v3 = inside3 ? value2x3 : 0f;
                    float v4 = inside4 ? value2x4 : 0f;
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
                int on5 = Tile.inside(along + 5, inHeight);
                int row5 = on5 * inWidth;
                float value5x0 = input.get(x0 + row5);
                float value5x1 = input.get(x1 + row5);
                float value5x2 = input.get(x2 + row5);
                float value5x3 = input.get(x3 + row5);
                float value5x4 = input.get(x4 + row5);
                float sum3 = start;
                if (on3 == along + 3) {
                    float v0 = inside0 ? value3x0 : 0f;
                    float v1 = inside1 ? value3x1 : 0f;
                    float v2 = inside2 ? value3x2 : 0f;
                    float v3 = inside3 ? value3x3 : 0f;
                    float v4 = inside4 ? value3x4 : 0f;
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
                int on6 = Tile.inside(along + 6, inHeight);
                int row6 = on6 * inWidth;
                float value6x0 = input.get(x0 + row6);
                float value6x1 = input.get(x1 + row6);
                float value6x2 = input.get(x2 + row6);
                float value6x3 = input.get(x3 + row6);
                float value6x4 = input.get(x4 + row6);
                float sum4 = start;
                if (on4 == along + 4) {
                    float v0 = inside0 ? value4x0 : 0f;
                    float v1 = inside1 ? value4x1 : 0f;
                    float v2 = inside2 ? value4x2 : 0f;
                    float v3 = inside3 ? value4x3 : 0f;
                    float v4 = inside4 ? value4x4 : 0f;
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
                    sum4 += w00 * v0;
                    sum4 += w01 * v1;
                    sum4 += w02 * v2;
                    sum4 += w03 * v3;
                    sum4 += w04 * v4;
                }
                output.set(out, Activations.apply(sum0, activation, slope));
                int on7 = Tile.inside(along + 7, inHeight);
                int row7 = on7 * inWidth;
                float value7x0 = input.get(x0 + row7);
                float value7x1 = input.get(x1 + row7);
                float value7x2 = input.get(x2 + row7);
                float value7x3 = input.get(x3 + row7);
                float value7x4 = input.get(x4 + row7);
                float sum5 = start;
                if (on5 == along + 5) {
                    float v0 = inside0 ? value5x0 : 0f;
                    float v1 = inside1 ? value5x1 : 0f;
                    float v2 = inside2 ? value5x2 : 0f;
                    float v3 = inside3 ? value5x3 : 0f;
                    float v4 = inside4 ? value5x4 : 0f;
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
                    sum4 += w10 * v0;
                    sum4 += w11 * v1;
                    sum4 += w12 * v2;
                    sum4 += w13 * v3;
                    sum4 += w14 * v4;
                    sum5 += w00 * v0;
                    sum5 += w01 * v1;
                    sum5 += w02 * v2;
                    sum5 += w03 * v3;
                    sum5 += w04 * v4;
                }
                if (first + 1 < outHeight) {
                    output.set(out + outWidth, Activations.apply(sum1, activation, slope));
                }
                int on8 = Tile.inside(along + 8, inHeight);
                int row8 = on8 * inWidth;
                float value8x0 = input.get(x0 + row8);
                float value8x1 = input.get(x1 + row8);
                float value8x2 = input.get(x2 + row8);
                float value8x3 = input.get(x3 + row8);
                float value8x4 = input.get(x4 + row8);
                float sum6 = start;
                if (on6 == along + 6) {
                    float v0 = inside0 ? value6x0 : 0f;
                    float v1 = inside1 ? value6x1 : 0f;
                    float v2 = inside2 ? value6x2 : 0f;
                    float v3 = inside3 ? value6x3 : 0f;
                    float v4 = inside4 ? value6x4 : 0f;
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
                    sum4 += w20 * v0;
                    sum4 += w21 * v1;
                    sum4 += w22 * v2;
                    sum4 += w23 * v3;
                    sum4 += w24 * v4;
                    sum5 += w10 * v0;
                    sum5 += w11 * v1;
                    sum5 += w12 * v2;
                    sum5 += w13 * v3;
                    sum5 += w14 * v4;
                    sum6 += w00 * v0;
                    sum6 += w01 * v1;
                    sum6 += w02 * v2;
                    sum6 += w03 * v3;
                    sum6 += w04 * v4;
                }
                if (first + 2 < outHeight) {
                    output.set(out + 2 * outWidth, Activations.apply(sum2, activation, slope));
                }
                int on9 = Tile.inside(along + 9, inHeight);
                int row9 = on9 * inWidth;
                float value9x0 = input.get(x0 + row9);
                float value9x1 = input.get(x1 + row9);
                float value9x2 = input.get(x2 + row9);
                float value9x3 = input.get(x3 + row9);
                float value9x4 = input.get(x4 + row9);
                if (on7 == along + 7) {
                    float v0 = inside0 ? value7x0 : 0f;
                    float v1 = inside1 ? value7x1 : 0f;
                    float v2 = inside2 ? value7x2 : 0f;
                    float v3 = inside3 ? value7x3 : 0f;
                    float v4 = inside4 ? value7x4 : 0f;
                    sum3 += w40 * v0;
                    sum3 += w41 * v1;
                    sum3 += w42 * v2;
                    sum3 += w43 * v3;
                    sum3 += w44 * v4;
                    sum4 += w30 * v0;
                    sum4 += w31 * v1;
                    sum4 += w32 * v2;
                    sum4 += w33 * v3;
                    sum4 += w34 * v4;
                    sum5 += w20 * v0;
                    sum5 += w21 * v1;
                    sum5 += w22 * v2;
                    sum5 += w23 * v3;
                    sum5 += w24 * v4;
                    sum6 += w10 * v0;
                    sum6 += w11 * v1;
                    sum6 += w12 * v2;
                    sum6 += w13 * v3;
                    sum6 += w14 * v4;
                }
                if (first + 3 < outHeight) {
                    output.set(out + 3 * outWidth, Activations.apply(sum3, activation, slope));
                }
                int on10 = Tile.inside(along + 10, inHeight);
                int row10 = on10 * inWidth;
                float value10x0 = input.get(x0 + row10);
                float value10x1 = input.get(x1 + row10);
                float value10x2 = input.get(x2 + row10);
                float value10x3 = input.get(x3 + row10);
                float value10x4 = input.get(x4 + row10);
                if (on8 == along + 8) {
                    float v0 = inside0 ? value8x0 : 0f;
                    float v1 = inside1 ? value8x1 : 0f;
                    float v2 = inside2 ? value8x2 : 0f;
                    float v3 = inside3 ? value8x3 : 0f;
                    float v4 = inside4 ? value8x4 : 0f;
                    sum4 += w40 * v0;
                    sum4 += w41 * v1;
                    sum4 += w42 * v2;
                    sum4 += w43 * v3;
                    sum4 += w44 * v4;
                    sum5 += w30 * v0;
                    sum5 += w31 * v1;
                    sum5 += w32 * v2;
                    sum5 += w33 * v3;
                    sum5 += w34 * v4;
                    sum6 += w20 * v0;
                    sum6 += w21 * v1;
                    sum6 += w22 * v2;
                    sum6 += w23 * v3;
                    sum6 += w24 * v4;
                }
                if (first + 4 < outHeight) {
                    output.set(out + 4 * outWidth, Activations.apply(sum4, activation, slope));
                }
                if (on9 == along + 9) {
                    float v0 = inside0 ? value9x0 : 0f;
                    float v1 = inside1 ? value9x1 : 0f;
                    float v2 = inside2 ? value9x2 : 0f;
                    float v3 = inside3 ? value9x3 : 0f;
                    float v4 = inside4 ? value9x4 : 0f;
                    sum5 += w40 * v0;
                    sum5 += w41 * v1;
                    sum5 += w42 * v2;
                    sum5 += w43 * v3;
                    sum5 += w44 * v4;
                    sum6 += w30 * v0;
                    sum6 += w31 * v1;
                    sum6 += w32 * v2;
                    sum6 += w33 * v3;
                    sum6 += w34 * v4;
                }
                if (first + 5 < outHeight) {
                    output.set(out + 5 * outWidth, Activations.apply(sum5, activation, slope));
                }
                if (on10 == along + 10) {
                    float v0 = inside0 ? value10x0 : 0f;
                    float v1 = inside1 ? value10x1 : 0f;
                    float v2 = inside2 ? value10x2 : 0f;
                    float v3 = inside3 ? value10x3 : 0f;
                    float v4 = inside4 ? value10x4 : 0f;
                    sum6 += w40 * v0;
                    sum6 += w41 * v1;
                    sum6 += w42 * v2;
                    sum6 += w43 * v3;
                    sum6 += w44 * v4;
                }
                if (first + 6 < outHeight) {
                    output.set(out + 6 * outWidth, Activations.apply(sum6, activation, slope));
                }
            }
        }
    }

    /**
     * Input {@code [N, C, H, W]}, weight {@code [C, 1, 5, 5]}, bias {@code [C]}, output
     * {@code [N, C, OH, OW]}.
     *
     * @param items count, filled up to whole work-groups
     * @param count N*C*ceil(OH/7)*OW
     */
    public static void nchwS5U2P7(FloatArray input, FloatArray weight, FloatArray bias,
            FloatArray output, int items, int count, int channels, int outHeight, int outWidth,
            int inHeight, int inWidth, int padTop, int padLeft, int activation, float slope) {
        for (@Parallel int item = 0; item < items; item++) {
            if (item < count) {
                int tiles = (outHeight + 6) / 7;
                int ow = item % outWidth;
                int first = item / outWidth % tiles * 7;
                int plane = item / outWidth / tiles;
                int c = plane % channels;
                int picture = plane * inHeight * inWidth;
                int across = ow * 2 - padLeft;
                int along = first * 2 - padTop;
                int at0 = Tile.inside(across, inWidth);
                boolean inside0 = at0 == across;
                int x0 = picture + at0;
                int at1 = Tile.inside(across + 1, inWidth);
                boolean inside1 = at1 == across + 1;
                int x1 = picture + at1;
                int at2 = Tile.inside(across + 2, inWidth);
                boolean inside2 = at2 == across + 2;
                int x2 = picture + at2;
                int at3 = Tile.inside(across + 3, inWidth);
                boolean inside3 = at3 == across + 3;
                int x3 = picture + at3;
                int at4 = Tile.inside(across + 4, inWidth);
                boolean inside4 = at4 == across + 4;
                int x4 = picture + at4;
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
                float value0x0 = input.get(x0 + row0);
                float value0x1 = input.get(x1 + row0);
                float value0x2 = input.get(x2 + row0);
                float value0x3 = input.get(x3 + row0);
                float value0x4 = input.get(x4 + row0);
                int on1 = Tile.inside(along + 1, inHeight);
                int row1 = on1 * inWidth;
                float value1x0 = input.get(x0 + row1);
                float value1x1 = input.get(x1 + row1);
                float value1x2 = input.get(x2 + row1);
                float value1x3 = input.get(x3 + row1);
                float value1x4 = input.get(x4 + row1);
                int on2 = Tile.inside(along + 2, inHeight);
                int row2 = on2 * inWidth;
                float value2x0 = input.get(x0 + row2);
                float value2x1 = input.get(x1 + row2);
                float value2x2 = input.get(x2 + row2);
                float value2x3 = input.get(x3 + row2);
                float value2x4 = input.get(x4 + row2);
                int on3 = Tile.inside(along + 3, inHeight);
                int row3 = on3 * inWidth;
                float value3x0 = input.get(x0 + row3);
                float value3x1 = input.get(x1 + row3);
                float value3x2 = input.get(x2 + row3);
                float value3x3 = input.get(x3 + row3);
                float value3x4 = input.get(x4 + row3);
                int on4 = Tile.inside(along + 4, inHeight);
                int row4 = on4 * inWidth;
                float value4x0 = input.get(x0 + row4);
                float value4x1 = input.get(x1 + row4);
                float value4x2 = input.get(x2 + row4);
                float value4x3 = input.get(x3 + row4);
                float value4x4 = input.get(x4 + row4);
                float sum0 = start;
                if (on0 == along) {
                    float v0 = inside0 ? value0x0 : 0f;
                    float v1 = inside1 ? value0x1 : 0f;
                    float v2 = inside2 ? value0x2 : 0f;
                    float v3 = inside3 ? value0x3 : 0f;
                    float v4 = inside4 ? value0x4 : 0f;
                    sum0 += w00 * v0;
                    sum0 += w01 * v1;
                    sum0 += w02 * v2;
                    sum0 += w03 * v3;
                    sum0 += w04 * v4;
                }
                int on5 = Tile.inside(along + 5, inHeight);
                int row5 = on5 * inWidth;
                float value5x0 = input.get(x0 + row5);
                float value5x1 = input.get(x1 + row5);
                float value5x2 = input.get(x2 + row5);
                float value5x3 = input.get(x3 + row5);
                float value5x4 = input.get(x4 + row5);
                if (on1 == along + 1) {
                    float v0 = inside0 ? value1x0 : 0f;
                    float v1 = inside1 ? value1x1 : 0f;
                    float v2 = inside2 ? value1x2 : 0f;
                    float v3 = inside3 ? value1x3 : 0f;
                    float v4 = inside4 ? value1x4 : 0f;
                    sum0 += w10 * v0;
                    sum0 += w11 * v1;
                    sum0 += w12 * v2;
                    sum0 += w13 * v3;
                    sum0 += w14 * v4;
                }
                int on6 = Tile.inside(along + 6, inHeight);
                int row6 = on6 * inWidth;
                float value6x0 = input.get(x0 + row6);
                float value6x1 = input.get(x1 + row6);
                float value6x2 = input.get(x2 + row6);
                float value6x3 = input.get(x3 + row6);
                float value6x4 = input.get(x4 + row6);
                float sum1 = start;
                if (on2 == along + 2) {
                    float v0 = inside0 ? value2x0 : 0f;
                    float v1 = inside1 ? value2x1 : 0f;
                    float v2 = inside2 ? value2x2 : 0f;
                    float v3 = inside3 ? value2x3 : 0f;
                    float v4 = inside4 ? value2x4 : 0f;
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
                int on7 = Tile.inside(along + 7, inHeight);
                int row7 = on7 * inWidth;
                float value7x0 = input.get(x0 + row7);
                float value7x1 = input.get(x1 + row7);
                float value7x2 = input.get(x2 + row7);
                float value7x3 = input.get(x3 + row7);
                float value7x4 = input.get(x4 + row7);
                if (on3 == along + 3) {
                    float v0 = inside0 ? value3x0 : 0f;
                    float v1 = inside1 ? value3x1 : 0f;
                    float v2 = inside2 ? value3x2 : 0f;
                    float v3 = inside3 ? value3x3 : 0f;
                    float v4 = inside4 ? value3x4 : 0f;
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
                int on8 = Tile.inside(along + 8, inHeight);
                int row8 = on8 * inWidth;
                float value8x0 = input.get(x0 + row8);
                float value8x1 = input.get(x1 + row8);
                float value8x2 = input.get(x2 + row8);
                float value8x3 = input.get(x3 + row8);
                float value8x4 = input.get(x4 + row8);
                float sum2 = start;
                if (on4 == along + 4) {
                    float v0 = inside0 ? value4x0 : 0f;
                    float v1 = inside1 ? value4x1 : 0f;
                    float v2 = inside2 ? value4x2 : 0f;
                    float v3 = inside3 ? value4x3 : 0f;
                    float v4 = inside4 ? value4x4 : 0f;
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
                output.set(out, Activations.apply(sum0, activation, slope));
                int on9 = Tile.inside(along + 9, inHeight);
                int row9 = on9 * inWidth;
                float value9x0 = input.get(x0 + row9);
                float value9x1 = input.get(x1 + row9);
                float value9x2 = input.get(x2 + row9);
                float value9x3 = input.get(x3 + row9);
                float value9x4 = input.get(x4 + row9);
                if (on5 == along + 5) {
                    float v0 = inside0 ? value5x0 : 0f;
                    float v1 = inside1 ? value5x1 : 0f;
                    float v2 = inside2 ? value5x2 : 0f;
                    float v3 = inside3 ? value5x3 : 0f;
                    float v4 = inside4 ? value5x4 : 0f;
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
                int on10 = Tile.inside(along + 10, inHeight);
                int row10 = on10 * inWidth;
                float value10x0 = input.get(x0 + row10);
                float value10x1 = input.get(x1 + row10);
                float value10x2 = input.get(x2 + row10);
                float value10x3 = input.get(x3 + row10);
                float value10x4 = input.get(x4 + row10);
                float sum3 = start;
                if (on6 == along + 6) {
                    float v0 = inside0 ? value6x0 : 0f;
                    float v1 = inside1 ? value6x1 : 0f;
                    float v2 = inside2 ? value6x2 : 0f;
                    float v3 = inside3 ? value6x3 : 0f;
                    float v4 = inside4 ? value6x4 : 0f;
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
                if (first + 1 < outHeight) {
                    output.set(out + outWidth, Activations.apply(sum1, activation, slope));
                }
                int on11 = Tile.inside(along + 11, inHeight);
                int row11 = on11 * inWidth;
                float value11x0 = input.get(x0 + row11);
                float value11x1 = input.get(x1 + row11);
                float value11x2 = input.get(x2 + row11);
                float value11x3 = input.get(x3 + row11);
                float value11x4 = input.get(x4 + row11);
                if (on7 == along + 7) {
                    float v0 = inside0 ? value7x0 : 0f;
                    float v1 = inside1 ? value7x1 : 0f;
                    float v2 = inside2 ? value7x2 : 0f;
                    float v3 = inside3 ? value7x3 : 0f;
                    float v4 = inside4 ? value7x4 : 0f;
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
                int on12 = Tile.inside(along + 12, inHeight);
                int row12 = on12 * inWidth;
                float value12x0 = input.get(x0 + row12);
                float value12x1 = input.get(x1 + row12);
                float value12x2 = input.get(x2 + row12);
                float value12x3 = input.get(x3 + row12);
                float value12x4 = input.get(x4 + row12);
                float sum4 = start;
                if (on8 == along + 8) {
                    float v0 = inside0 ? value8x0 : 0f;
                    float v1 = inside1 ? value8x1 : 0f;
                    float v2 = inside2 ? value8x2 : 0f;
                    float v3 = inside3 ? value8x3 : 0f;
                    float v4 = inside4 ? value8x4 : 0f;
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
                    sum4 += w00 * v0;
                    sum4 += w01 * v1;
                    sum4 += w02 * v2;
                    sum4 += w03 * v3;
                    sum4 += w04 * v4;
                }
                if (first + 2 < outHeight) {
                    output.set(out + 2 * outWidth, Activations.apply(sum2, activation, slope));
                }
                int on13 = Tile.inside(along + 13, inHeight);
                int row13 = on13 * inWidth;
                float value13x0 = input.get(x0 + row13);
                float value13x1 = input.get(x1 + row13);
                float value13x2 = input.get(x2 + row13);
                float value13x3 = input.get(x3 + row13);
                float value13x4 = input.get(x4 + row13);
                if (on9 == along + 9) {
                    float v0 = inside0 ? value9x0 : 0f;
                    float v1 = inside1 ? value9x1 : 0f;
                    float v2 = inside2 ? value9x2 : 0f;
                    float v3 = inside3 ? value9x3 : 0f;
                    float v4 = inside4 ? value9x4 : 0f;
                    sum3 += w30 * v0;
                    sum3 += w31 * v1;
                    sum3 += w32 * v2;
                    sum3 += w33 * v3;
                    sum3 += w34 * v4;
                    sum4 += w10 * v0;
                    sum4 += w11 * v1;
                    sum4 += w12 * v2;
                    sum4 += w13 * v3;
                    sum4 += w14 * v4;
                }
                int on14 = Tile.inside(along + 14, inHeight);
                int row14 = on14 * inWidth;
                float value14x0 = input.get(x0 + row14);
                float value14x1 = input.get(x1 + row14);
                float value14x2 = input.get(x2 + row14);
                float value14x3 = input.get(x3 + row14);
                float value14x4 = input.get(x4 + row14);
                float sum5 = start;
                if (on10 == along + 10) {
                    float v0 = inside0 ? value10x0 : 0f;
                    float v1 = inside1 ? value10x1 : 0f;
                    float v2 = inside2 ? value10x2 : 0f;
                    float v3 = inside3 ? value10x3 : 0f;
                    float v4 = inside4 ? value10x4 : 0f;
                    sum3 += w40 * v0;
                    sum3 += w41 * v1;
                    sum3 += w42 * v2;
                    sum3 += w43 * v3;
                    sum3 += w44 * v4;
                    sum4 += w20 * v0;
                    sum4 += w21 * v1;
                    sum4 += w22 * v2;
                    sum4 += w23 * v3;
                    sum4 += w24 * v4;
                    sum5 += w00 * v0;
                    sum5 += w01 * v1;
                    sum5 += w02 * v2;
                    sum5 += w03 * v3;
                    sum5 += w04 * v4;
                }
                if (first + 3 < outHeight) {
                    output.set(out + 3 * outWidth, Activations.apply(sum3, activation, slope));
                }
                int on15 = Tile.inside(along + 15, inHeight);
                int row15 = on15 * inWidth;
                float value15x0 = input.get(x0 + row15);
                float value15x1 = input.get(x1 + row15);
                float value15x2 = input.get(x2 + row15);
                float value15x3 = input.get(x3 + row15);
                float value15x4 = input.get(x4 + row15);
                if (on11 == along + 11) {
                    float v0 = inside0 ? value11x0 : 0f;
                    float v1 = inside1 ? value11x1 : 0f;
                    float v2 = inside2 ? value11x2 : 0f;
                    float v3 = inside3 ? value11x3 : 0f;
                    float v4 = inside4 ? value11x4 : 0f;
                    sum4 += w30 * v0;
                    sum4 += w31 * v1;
                    sum4 += w32 * v2;
                    sum4 += w33 * v3;
                    sum4 += w34 * v4;
                    sum5 += w10 * v0;
                    sum5 += w11 * v1;
                    sum5 += w12 * v2;
                    sum5 += w13 * v3;
                    sum5 += w14 * v4;
                }
                int on16 = Tile.inside(along + 16, inHeight);
                int row16 = on16 * inWidth;
                float value16x0 = input.get(x0 + row16);
                float value16x1 = input.get(x1 + row16);
                float value16x2 = input.get(x2 + row16);
                float value16x3 = input.get(x3 + row16);
                float value16x4 = input.get(x4 + row16);
                float sum6 = start;
                if (on12 == along + 12) {
                    float v0 = inside0 ? value12x0 : 0f;
                    float v1 = inside1 ? value12x1 : 0f;
                    float v2 = inside2 ? value12x2 : 0f;
                    float v3 = inside3 ? value12x3 : 0f;
                    float v4 = inside4 ? value12x4 : 0f;
                    sum4 += w40 * v0;
                    sum4 += w41 * v1;
                    sum4 += w42 * v2;
                    sum4 += w43 * v3;
                    sum4 += w44 * v4;
                    sum5 += w20 * v0;
                    sum5 += w21 * v1;
                    sum5 += w22 * v2;
                    sum5 += w23 * v3;
                    sum5 += w24 * v4;
                    sum6 += w00 * v0;
                    sum6 += w01 * v1;
                    sum6 += w02 * v2;
                    sum6 += w03 * v3;
                    sum6 += w04 * v4;
                }
                if (first + 4 < outHeight) {
                    output.set(out + 4 * outWidth, Activations.apply(sum4, activation, slope));
                }
                if (on13 == along + 13) {
                    float v0 = inside0 ? value13x0 : 0f;
                    float v1 = inside1 ? value13x1 : 0f;
                    float v2 = inside2 ? value13x2 : 0f;
                    float v3 = inside3 ? value13x3 : 0f;
                    float v4 = inside4 ? value13x4 : 0f;
                    sum5 += w30 * v0;
                    sum5 += w31 * v1;
                    sum5 += w32 * v2;
                    sum5 += w33 * v3;
                    sum5 += w34 * v4;
                    sum6 += w10 * v0;
                    sum6 += w11 * v1;
                    sum6 += w12 * v2;
                    sum6 += w13 * v3;
                    sum6 += w14 * v4;
                }
                if (on14 == along + 14) {
                    float v0 = inside0 ? value14x0 : 0f;
                    float v1 = inside1 ? value14x1 : 0f;
                    float v2 = inside2 ? value14x2 : 0f;
                    float v3 = inside3 ? value14x3 : 0f;
                    float v4 = inside4 ? value14x4 : 0f;
                    sum5 += w40 * v0;
                    sum5 += w41 * v1;
                    sum5 += w42 * v2;
                    sum5 += w43 * v3;
                    sum5 += w44 * v4;
                    sum6 += w20 * v0;
                    sum6 += w21 * v1;
                    sum6 += w22 * v2;
                    sum6 += w23 * v3;
                    sum6 += w24 * v4;
                }
                if (first + 5 < outHeight) {
                    output.set(out + 5 * outWidth, Activations.apply(sum5, activation, slope));
                }
                if (on15 == along + 15) {
                    float v0 = inside0 ? value15x0 : 0f;
                    float v1 = inside1 ? value15x1 : 0f;
                    float v2 = inside2 ? value15x2 : 0f;
                    float v3 = inside3 ? value15x3 : 0f;
                    float v4 = inside4 ? value15x4 : 0f;
                    sum6 += w30 * v0;
                    sum6 += w31 * v1;
                    sum6 += w32 * v2;
                    sum6 += w33 * v3;
                    sum6 += w34 * v4;
                }
                if (on16 == along + 16) {
                    float v0 = inside0 ? value16x0 : 0f;
                    float v1 = inside1 ? value16x1 : 0f;
                    float v2 = inside2 ? value16x2 : 0f;
                    float v3 = inside3 ? value16x3 : 0f;
                    float v4 = inside4 ? value16x4 : 0f;
                    sum6 += w40 * v0;
                    sum6 += w41 * v1;
                    sum6 += w42 * v2;
                    sum6 += w43 * v3;
                    sum6 += w44 * v4;
                }
                if (first + 6 < outHeight) {
                    output.set(out + 6 * outWidth, Activations.apply(sum6, activation, slope));
                }
            }
        }
    }

    /**
     * Input {@code [N, H, W, C]}, weight {@code [5, 5, C]}, bias {@code [C]}, output
     * {@code [N, OH, OW, C]}.
     *
     * @param items count, filled up to whole work-groups
     * @param count N*C*ceil(OH/7)*OW
     */
    public static void nhwcS5U1P7(FloatArray input, FloatArray weight, FloatArray bias,
            FloatArray output, int items, int count, int channels, int outHeight, int outWidth,
            int inHeight, int inWidth, int padTop, int padLeft, int activation, float slope) {
        for (@Parallel int item = 0; item < items; item++) {
            if (item < count) {
                int tiles = (outHeight + 6) / 7;
                int lanes = channels % 32 == 0 ? 32 : channels;
                int c = item / lanes / outWidth % (channels / lanes) * lanes + item % lanes;
                int ow = item / lanes % outWidth;
                int first = item / channels / outWidth % tiles * 7;
                int n = item / channels / outWidth / tiles;
                int picture = n * inHeight * inWidth * channels + c;
                int across = ow - padLeft;
                int along = first - padTop;
                int at0 = Tile.inside(across, inWidth);
                boolean inside0 = at0 == across;
                int x0 = picture + at0 * channels;
                int at1 = Tile.inside(across + 1, inWidth);
                boolean inside1 = at1 == across + 1;
                int x1 = picture + at1 * channels;
                int at2 = Tile.inside(across + 2, inWidth);
                boolean inside2 = at2 == across + 2;
                int x2 = picture + at2 * channels;
                int at3 = Tile.inside(across + 3, inWidth);
                boolean inside3 = at3 == across + 3;
                int x3 = picture + at3 * channels;
                int at4 = Tile.inside(across + 4, inWidth);
                boolean inside4 = at4 == across + 4;
                int x4 = picture + at4 * channels;
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
                int out = ((n * outHeight + first) * outWidth + ow) * channels + c;
                int on0 = Tile.inside(along, inHeight);
                int row0 = on0 * inWidth * channels;
                float value0x0 = input.get(x0 + row0);
                float value0x1 = input.get(x1 + row0);
                float value0x2 = input.get(x2 + row0);
                float value0x3 = input.get(x3 + row0);
                float value0x4 = input.get(x4 + row0);
                int on1 = Tile.inside(along + 1, inHeight);
                int row1 = on1 * inWidth * channels;
                float value1x0 = input.get(x0 + row1);
                float value1x1 = input.get(x1 + row1);
                float value1x2 = input.get(x2 + row1);
                float value1x3 = input.get(x3 + row1);
                float value1x4 = input.get(x4 + row1);
                int on2 = Tile.inside(along + 2, inHeight);
                int row2 = on2 * inWidth * channels;
                float value2x0 = input.get(x0 + row2);
                float value2x1 = input.get(x1 + row2);
                float value2x2 = input.get(x2 + row2);
                float value2x3 = input.get(x3 + row2);
                float value2x4 = input.get(x4 + row2);
                float sum0 = start;
                if (on0 == along) {
                    float v0 = inside0 ? value0x0 : 0f;
                    float v1 = inside1 ? value0x1 : 0f;
                    float v2 = inside2 ? value0x2 : 0f;
                    float v3 = inside3 ? value0x3 : 0f;
                    float v4 = inside4 ? value0x4 : 0f;
                    sum0 += w00 * v0;
                    sum0 += w01 * v1;
                    sum0 += w02 * v2;
                    sum0 += w03 * v3;
                    sum0 += w04 * v4;
                }
                int on3 = Tile.inside(along + 3, inHeight);
                int row3 = on3 * inWidth * channels;
                float value3x0 = input.get(x0 + row3);
                float value3x1 = input.get(x1 + row3);
                float value3x2 = input.get(x2 + row3);
                float value3x3 = input.get(x3 + row3);
                float value3x4 = input.get(x4 + row3);
                float sum1 = start;
                if (on1 == along + 1) {
                    float v0 = inside0 ? value1x0 : 0f;
                    float v1 = inside1 ? value1x1 : 0f;
                    float v2 = inside2 ? value1x2 : 0f;
                    float v3 = inside3 ? value1x3 : 0f;
                    float v4 = inside4 ? value1x4 : 0f;
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
                int on4 = Tile.inside(along + 4, inHeight);
                int row4 = on4 * inWidth * channels;
                float value4x0 = input.get(x0 + row4);
                float value4x1 = input.get(x1 + row4);
                float value4x2 = input.get(x2 + row4);
                float value4x3 = input.get(x3 + row4);
                float value4x4 = input.get(x4 + row4);
                float sum2 = start;
                if (on2 == along + 2) {
                    float v0 = inside0 ? value2x0 : 0f;
                    float v1 = inside1 ? value2x1 : 0f;
                    float v2 = inside2 ? value2x2 : 0f;
                    float v3 = inside3 ? value2x3 : 0f;
                    float v4 = inside4 ? value2x4 : 0f;
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
                int on5 = Tile.inside(along + 5, inHeight);
                int row5 = on5 * inWidth * channels;
                float value5x0 = input.get(x0 + row5);
                float value5x1 = input.get(x1 + row5);
                float value5x2 = input.get(x2 + row5);
                float value5x3 = input.get(x3 + row5);
                float value5x4 = input.get(x4 + row5);
                float sum3 = start;
                if (on3 == along + 3) {
                    float v0 = inside0 ? value3x0 : 0f;
                    float v1 = inside1 ? value3x1 : 0f;
                    float v2 = inside2 ? value3x2 : 0f;
                    float v3 = inside3 ? value3x3 : 0f;
                    float v4 = inside4 ? value3x4 : 0f;
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
                int on6 = Tile.inside(along + 6, inHeight);
                int row6 = on6 * inWidth * channels;
                float value6x0 = input.get(x0 + row6);
                float value6x1 = input.get(x1 + row6);
                float value6x2 = input.get(x2 + row6);
                float value6x3 = input.get(x3 + row6);
                float value6x4 = input.get(x4 + row6);
                float sum4 = start;
                if (on4 == along + 4) {
                    float v0 = inside0 ? value4x0 : 0f;
                    float v1 = inside1 ? value4x1 : 0f;
                    float v2 = inside2 ? value4x2 : 0f;
                    float v3 = inside3 ? value4x3 : 0f;
                    float v4 = inside4 ? value4x4 : 0f;
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
                    sum4 += w00 * v0;
                    sum4 += w01 * v1;
                    sum4 += w02 * v2;
                    sum4 += w03 * v3;
                    sum4 += w04 * v4;
                }
                output.set(out, Activations.apply(sum0, activation, slope));
                int on7 = Tile.inside(along + 7, inHeight);
                int row7 = on7 * inWidth * channels;
                float value7x0 = input.get(x0 + row7);
                float value7x1 = input.get(x1 + row7);
                float value7x2 = input.get(x2 + row7);
                float value7x3 = input.get(x3 + row7);
                float value7x4 = input.get(x4 + row7);
                float sum5 = start;
                if (on5 == along + 5) {
                    float v0 = inside0 ? value5x0 : 0f;
                    float v1 = inside1 ? value5x1 : 0f;
                    float v2 = inside2 ? value5x2 : 0f;
                    float v3 = inside3 ? value5x3 : 0f;
                    float v4 = inside4 ? value5x4 : 0f;
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
                    sum4 += w10 * v0;
                    sum4 += w11 * v1;
                    sum4 += w12 * v2;
                    sum4 += w13 * v3;
                    sum4 += w14 * v4;
                    sum5 += w00 * v0;
                    sum5 += w01 * v1;
                    sum5 += w02 * v2;
                    sum5 += w03 * v3;
                    sum5 += w04 * v4;
                }
                if (first + 1 < outHeight) {
                    output.set(out + outWidth * channels,
                            Activations.apply(sum1, activation, slope));
                }
                int on8 = Tile.inside(along + 8, inHeight);
                int row8 = on8 * inWidth * channels;
                float value8x0 = input.get(x0 + row8);
                float value8x1 = input.get(x1 + row8);
                float value8x2 = input.get(x2 + row8);
                float value8x3 = input.get(x3 + row8);
                float value8x4 = input.get(x4 + row8);
                float sum6 = start;
                if (on6 == along + 6) {
                    float v0 = inside0 ? value6x0 : 0f;
                    float v1 = inside1 ? value6x1 : 0f;
                    float v2 = inside2 ? value6x2 : 0f;
                    float v3 = inside3 ? value6x3 : 0f;
                    float v4 = inside4 ? value6x4 : 0f;
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
                    sum4 += w20 * v0;
                    sum4 += w21 * v1;
                    sum4 += w22 * v2;
                    sum4 += w23 * v3;
                    sum4 += w24 * v4;
                    sum5 += w10 * v0;
                    sum5 += w11 * v1;
                    sum5 += w12 * v2;
                    sum5 += w13 * v3;
                    sum5 += w14 * v4;
                    sum6 += w00 * v0;
                    sum6 += w01 * v1;
                    sum6 += w02 * v2;
                    sum6 += w03 * v3;
                    sum6 += w04 * v4;
                }
                if (first + 2 < outHeight) {
                    output.set(out + 2 * outWidth * channels,
                            Activations.apply(sum2, activation, slope));
                }
                int on9 = Tile.inside(along + 9, inHeight);
                int row9 = on9 * inWidth * channels;
                float value9x0 = input.get(x0 + row9);
                float value9x1 = input.get(x1 + row9);
                float value9x2 = input.get(x2 + row9);
                float value9x3 = input.get(x3 + row9);
                float value9x4 = input.get(x4 + row9);
                if (on7 == along + 7) {
                    float v0 = inside0 ? value7x0 : 0f;
                    float v1 = inside1 ? value7x1 : 0f;
                    float v2 = inside2 ? value7x2 : 0f;
                    float v3 = inside3 ? value7x3 : 0f;
                    float v4 = inside4 ? value7x4 : 0f;
                    sum3 += w40 * v0;
                    sum3 += w41 * v1;
                    sum3 += w42 * v2;
                    sum3 += w43 * v3;
                    sum3 += w44 * v4;
                    sum4 += w30 * v0;
                    sum4 += w31 * v1;
                    sum4 += w32 * v2;
                    sum4 += w33 * v3;
                    sum4 += w34 * v4;
                    sum5 += w20 * v0;
                    sum5 += w21 * v1;
                    sum5 += w22 * v2;
                    sum5 += w23 * v3;
                    sum5 += w24 * v4;
                    sum6 += w10 * v0;
                    sum6 += w11 * v1;
                    sum6 += w12 * v2;
                    sum6 += w13 * v3;
                    sum6 += w14 * v4;
                }
                if (first + 3 < outHeight) {
                    output.set(out + 3 * outWidth * channels,
                            Activations.apply(sum3, activation, slope));
                }
                int on10 = Tile.inside(along + 10, inHeight);
                int row10 = on10 * inWidth * channels;
                float value10x0 = input.get(x0 + row10);
                float value10x1 = input.get(x1 + row10);
                float value10x2 = input.get(x2 + row10);
                float value10x3 = input.get(x3 + row10);
                float value10x4 = input.get(x4 + row10);
                if (on8 == along + 8) {
                    float v0 = inside0 ? value8x0 : 0f;
                    float v1 = inside1 ? value8x1 : 0f;
                    float v2 = inside2 ? value8x2 : 0f;
                    float v3 = inside3 ? value8x3 : 0f;
                    float v4 = inside4 ? value8x4 : 0f;
                    sum4 += w40 * v0;
                    sum4 += w41 * v1;
                    sum4 += w42 * v2;
                    sum4 += w43 * v3;
                    sum4 += w44 * v4;
                    sum5 += w30 * v0;
                    sum5 += w31 * v1;
                    sum5 += w32 * v2;
                    sum5 += w33 * v3;
                    sum5 += w34 * v4;
                    sum6 += w20 * v0;
                    sum6 += w21 * v1;
                    sum6 += w22 * v2;
                    sum6 += w23 * v3;
                    sum6 += w24 * v4;
                }
                if (first + 4 < outHeight) {
                    output.set(out + 4 * outWidth * channels,
                            Activations.apply(sum4, activation, slope));
                }
                if (on9 == along + 9) {
                    float v0 = inside0 ? value9x0 : 0f;
                    float v1 = inside1 ? value9x1 : 0f;
                    float v2 = inside2 ? value9x2 : 0f;
                    float v3 = inside3 ? value9x3 : 0f;
                    float v4 = inside4 ? value9x4 : 0f;
                    sum5 += w40 * v0;
                    sum5 += w41 * v1;
                    sum5 += w42 * v2;
                    sum5 += w43 * v3;
                    sum5 += w44 * v4;
                    sum6 += w30 * v0;
                    sum6 += w31 * v1;
                    sum6 += w32 * v2;
                    sum6 += w33 * v3;
                    sum6 += w34 * v4;
                }
                if (first + 5 < outHeight) {
                    output.set(out + 5 * outWidth * channels,
                            Activations.apply(sum5, activation, slope));
                }
                if (on10 == along + 10) {
                    float v0 = inside0 ? value10x0 : 0f;
                    float v1 = inside1 ? value10x1 : 0f;
                    float v2 = inside2 ? value10x2 : 0f;
                    float v3 = inside3 ? value10x3 : 0f;
                    float v4 = inside4 ? value10x4 : 0f;
                    sum6 += w40 * v0;
                    sum6 += w41 * v1;
                    sum6 += w42 * v2;
                    sum6 += w43 * v3;
                    sum6 += w44 * v4;
                }
                if (first + 6 < outHeight) {
                    output.set(out + 6 * outWidth * channels,
                            Activations.apply(sum6, activation, slope));
                }
            }
        }
    }

    /**
     * Input {@code [N, H, W, C]}, weight {@code [5, 5, C]}, bias {@code [C]}, output
     * {@code [N, OH, OW, C]}.
     *
     * @param items count, filled up to whole work-groups
     * @param count N*C*ceil(OH/7)*OW
     */
    public static void nhwcS5U2P7(FloatArray input, FloatArray weight, FloatArray bias,
            FloatArray output, int items, int count, int channels, int outHeight, int outWidth,
            int inHeight, int inWidth, int padTop, int padLeft, int activation, float slope) {
        for (@Parallel int item = 0; item < items; item++) {
            if (item < count) {
                int tiles = (outHeight + 6) / 7;
                int lanes = channels % 32 == 0 ? 32 : channels;
                int c = item / lanes / outWidth % (channels / lanes) * lanes + item % lanes;
                int ow = item / lanes % outWidth;
                int first = item / channels / outWidth % tiles * 7;
                int n = item / channels / outWidth / tiles;
                int picture = n * inHeight * inWidth * channels + c;
                int across = ow * 2 - padLeft;
                int along = first * 2 - padTop;
                int at0 = Tile.inside(across, inWidth);
                boolean inside0 = at0 == across;
                int x0 = picture + at0 * channels;
                int at1 = Tile.inside(across + 1, inWidth);
                boolean inside1 = at1 == across + 1;
                int x1 = picture + at1 * channels;
                int at2 = Tile.inside(across + 2, inWidth);
                boolean inside2 = at2 == across + 2;
                int x2 = picture + at2 * channels;
                int at3 = Tile.inside(across + 3, inWidth);
                boolean inside3 = at3 == across + 3;
                int x3 = picture + at3 * channels;
                int at4 = Tile.inside(across + 4, inWidth);
                boolean inside4 = at4 == across + 4;
                int x4 = picture + at4 * channels;
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
                int out = ((n * outHeight + first) * outWidth + ow) * channels + c;
                int on0 = Tile.inside(along, inHeight);
                int row0 = on0 * inWidth * channels;
                float value0x0 = input.get(x0 + row0);
                float value0x1 = input.get(x1 + row0);
                float value0x2 = input.get(x2 + row0);
                float value0x3 = input.get(x3 + row0);
                float value0x4 = input.get(x4 + row0);
                int on1 = Tile.inside(along + 1, inHeight);
                int row1 = on1 * inWidth * channels;
                float value1x0 = input.get(x0 + row1);
                float value1x1 = input.get(x1 + row1);
                float value1x2 = input.get(x2 + row1);
                float value1x3 = input.get(x3 + row1);
                float value1x4 = input.get(x4 + row1);
                int on2 = Tile.inside(along + 2, inHeight);
                int row2 = on2 * inWidth * channels;
                float value2x0 = input.get(x0 + row2);
                float value2x1 = input.get(x1 + row2);
                float value2x2 = input.get(x2 + row2);
                float value2x3 = input.get(x3 + row2);
                float value2x4 = input.get(x4 + row2);
                int on3 = Tile.inside(along + 3, inHeight);
                int row3 = on3 * inWidth * channels;
                float value3x0 = input.get(x0 + row3);
                float value3x1 = input.get(x1 + row3);
                float value3x2 = input.get(x2 + row3);
                float value3x3 = input.get(x3 + row3);
                float value3x4 = input.get(x4 + row3);
                int on4 = Tile.inside(along + 4, inHeight);
                int row4 = on4 * inWidth * channels;
                float value4x0 = input.get(x0 + row4);
                float value4x1 = input.get(x1 + row4);
                float value4x2 = input.get(x2 + row4);
                float value4x3 = input.get(x3 + row4);
                float value4x4 = input.get(x4 + row4);
                float sum0 = start;
                if (on0 == along) {
                    float v0 = inside0 ? value0x0 : 0f;
                    float v1 = inside1 ? value0x1 : 0f;
                    float v2 = inside2 ? value0x2 : 0f;
                    float v3 = inside3 ? value0x3 : 0f;
                    float v4 = inside4 ? value0x4 : 0f;
                    sum0 += w00 * v0;
                    sum0 += w01 * v1;
                    sum0 += w02 * v2;
                    sum0 += w03 * v3;
                    sum0 += w04 * v4;
                }
                int on5 = Tile.inside(along + 5, inHeight);
                int row5 = on5 * inWidth * channels;
                float value5x0 = input.get(x0 + row5);
                float value5x1 = input.get(x1 + row5);
                float value5x2 = input.get(x2 + row5);
                float value5x3 = input.get(x3 + row5);
                float value5x4 = input.get(x4 + row5);
                if (on1 == along + 1) {
                    float v0 = inside0 ? value1x0 : 0f;
                    float v1 = inside1 ? value1x1 : 0f;
                    float v2 = inside2 ? value1x2 : 0f;
                    float v3 = inside3 ? value1x3 : 0f;
                    float v4 = inside4 ? value1x4 : 0f;
                    sum0 += w10 * v0;
                    sum0 += w11 * v1;
                    sum0 += w12 * v2;
                    sum0 += w13 * v3;
                    sum0 += w14 * v4;
                }
                int on6 = Tile.inside(along + 6, inHeight);
                int row6 = on6 * inWidth * channels;
                float value6x0 = input.get(x0 + row6);
                float value6x1 = input.get(x1 + row6);
                float value6x2 = input.get(x2 + row6);
                float value6x3 = input.get(x3 + row6);
                float value6x4 = input.get(x4 + row6);
                float sum1 = start;
                if (on2 == along + 2) {
                    float v0 = inside0 ? value2x0 : 0f;
                    float v1 = inside1 ? value2x1 : 0f;
                    float v2 = inside2 ? value2x2 : 0f;
                    float v3 = inside3 ? value2x3 : 0f;
                    float v4 = inside4 ? value2x4 : 0f;
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
                int on7 = Tile.inside(along + 7, inHeight);
                int row7 = on7 * inWidth * channels;
                float value7x0 = input.get(x0 + row7);
                float value7x1 = input.get(x1 + row7);
                float value7x2 = input.get(x2 + row7);
                float value7x3 = input.get(x3 + row7);
                float value7x4 = input.get(x4 + row7);
                if (on3 == along + 3) {
                    float v0 = inside0 ? value3x0 : 0f;
                    float v1 = inside1 ? value3x1 : 0f;
                    float v2 = inside2 ? value3x2 : 0f;
                    float v3 = inside3 ? value3x3 : 0f;
                    float v4 = inside4 ? value3x4 : 0f;
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
                int on8 = Tile.inside(along + 8, inHeight);
                int row8 = on8 * inWidth * channels;
                float value8x0 = input.get(x0 + row8);
                float value8x1 = input.get(x1 + row8);
                float value8x2 = input.get(x2 + row8);
                float value8x3 = input.get(x3 + row8);
                float value8x4 = input.get(x4 + row8);
                float sum2 = start;
                if (on4 == along + 4) {
                    float v0 = inside0 ? value4x0 : 0f;
                    float v1 = inside1 ? value4x1 : 0f;
                    float v2 = inside2 ? value4x2 : 0f;
                    float v3 = inside3 ? value4x3 : 0f;
                    float v4 = inside4 ? value4x4 : 0f;
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
                output.set(out, Activations.apply(sum0, activation, slope));
                int on9 = Tile.inside(along + 9, inHeight);
                int row9 = on9 * inWidth * channels;
                float value9x0 = input.get(x0 + row9);
                float value9x1 = input.get(x1 + row9);
                float value9x2 = input.get(x2 + row9);
                float value9x3 = input.get(x3 + row9);
                float value9x4 = input.get(x4 + row9);
                if (on5 == along + 5) {
                    float v0 = inside0 ? value5x0 : 0f;
                    float v1 = inside1 ? value5x1 : 0f;
                    float v2 = inside2 ? value5x2 : 0f;
                    float v3 = inside3 ? value5x3 : 0f;
                    float v4 = inside4 ? value5x4 : 0f;
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
                int on10 = Tile.inside(along + 10, inHeight);
                int row10 = on10 * inWidth * channels;
                float value10x0 = input.get(x0 + row10);
                float value10x1 = input.get(x1 + row10);
                float value10x2 = input.get(x2 + row10);
                float value10x3 = input.get(x3 + row10);
                float value10x4 = input.get(x4 + row10);
                float sum3 = start;
                if (on6 == along + 6) {
                    float v0 = inside0 ? value6x0 : 0f;
                    float v1 = inside1 ? value6x1 : 0f;
                    float v2 = inside2 ? value6x2 : 0f;
                    float v3 = inside3 ? value6x3 : 0f;
                    float v4 = inside4 ? value6x4 : 0f;
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
                if (first + 1 < outHeight) {
                    output.set(out + outWidth * channels,
                            Activations.apply(sum1, activation, slope));
                }
                int on11 = Tile.inside(along + 11, inHeight);
                int row11 = on11 * inWidth * channels;
                float value11x0 = input.get(x0 + row11);
                float value11x1 = input.get(x1 + row11);
                float value11x2 = input.get(x2 + row11);
                float value11x3 = input.get(x3 + row11);
                float value11x4 = input.get(x4 + row11);
                if (on7 == along + 7) {
                    float v0 = inside0 ? value7x0 : 0f;
                    float v1 = inside1 ? value7x1 : 0f;
                    float v2 = inside2 ? value7x2 : 0f;
                    float v3 = inside3 ? value7x3 : 0f;
                    float v4 = inside4 ? value7x4 : 0f;
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
                int on12 = Tile.inside(along + 12, inHeight);
                int row12 = on12 * inWidth * channels;
                float value12x0 = input.get(x0 + row12);
                float value12x1 = input.get(x1 + row12);
                float value12x2 = input.get(x2 + row12);
                float value12x3 = input.get(x3 + row12);
                float value12x4 = input.get(x4 + row12);
                float sum4 = start;
                if (on8 == along + 8) {
                    float v0 = inside0 ? value8x0 : 0f;
                    float v1 = inside1 ? value8x1 : 0f;
                    float v2 = inside2 ? value8x2 : 0f;
                    float v3 = inside3 ? value8x3 : 0f;
                    float v4 = inside4 ? value8x4 : 0f;
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
                    sum4 += w00 * v0;
                    sum4 += w01 * v1;
                    sum4 += w02 * v2;
                    sum4 += w03 * v3;
                    sum4 += w04 * v4;
                }
                if (first + 2 < outHeight) {
                    output.set(out + 2 * outWidth * channels,
                            Activations.apply(sum2, activation, slope));
                }
                int on13 = Tile.inside(along + 13, inHeight);
                int row13 = on13 * inWidth * channels;
                float value13x0 = input.get(x0 + row13);
                float value13x1 = input.get(x1 + row13);
                float value13x2 = input.get(x2 + row13);
                float value13x3 = input.get(x3 + row13);
                float value13x4 = input.get(x4 + row13);
                if (on9 == along + 9) {
                    float v0 = inside0 ? value9x0 : 0f;
                    float v1 = inside1 ? value9x1 : 0f;
                    float v2 = inside2 ? value9x2 : 0f;
                    float v3 = inside3 ? value9x3 : 0f;
                    float v4 = inside4 ? value9x4 : 0f;
                    sum3 += w30 * v0;
                    sum3 += w31 * v1;
                    sum3 += w32 * v2;
                    sum3 += w33 * v3;
                    sum3 += w34 * v4;
                    sum4 += w10 * v0;
                    sum4 += w11 * v1;
                    sum4 += w12 * v2;
                    sum4 += w13 * v3;
                    sum4 += w14 * v4;
                }
                int on14 = Tile.inside(along + 14, inHeight);
                int row14 = on14 * inWidth * channels;
                float value14x0 = input.get(x0 + row14);
                float value14x1 = input.get(x1 + row14);
                float value14x2 = input.get(x2 + row14);
                float value14x3 = input.get(x3 + row14);
                float value14x4 = input.get(x4 + row14);
                float sum5 = start;
                if (on10 == along + 10) {
                    float v0 = inside0 ? value10x0 : 0f;
                    float v1 = inside1 ? value10x1 : 0f;
                    float v2 = inside2 ? value10x2 : 0f;
                    float v3 = inside3 ? value10x3 : 0f;
                    float v4 = inside4 ? value10x4 : 0f;
                    sum3 += w40 * v0;
                    sum3 += w41 * v1;
                    sum3 += w42 * v2;
                    sum3 += w43 * v3;
                    sum3 += w44 * v4;
                    sum4 += w20 * v0;
                    sum4 += w21 * v1;
                    sum4 += w22 * v2;
                    sum4 += w23 * v3;
                    sum4 += w24 * v4;
                    sum5 += w00 * v0;
                    sum5 += w01 * v1;
                    sum5 += w02 * v2;
                    sum5 += w03 * v3;
                    sum5 += w04 * v4;
                }
                if (first + 3 < outHeight) {
                    output.set(out + 3 * outWidth * channels,
                            Activations.apply(sum3, activation, slope));
                }
                int on15 = Tile.inside(along + 15, inHeight);
                int row15 = on15 * inWidth * channels;
                float value15x0 = input.get(x0 + row15);
                float value15x1 = input.get(x1 + row15);
                float value15x2 = input.get(x2 + row15);
                float value15x3 = input.get(x3 + row15);
                float value15x4 = input.get(x4 + row15);
                if (on11 == along + 11) {
                    float v0 = inside0 ? value11x0 : 0f;
                    float v1 = inside1 ? value11x1 : 0f;
                    float v2 = inside2 ? value11x2 : 0f;
                    float v3 = inside3 ? value11x3 : 0f;
                    float v4 = inside4 ? value11x4 : 0f;
                    sum4 += w30 * v0;
                    sum4 += w31 * v1;
                    sum4 += w32 * v2;
                    sum4 += w33 * v3;
                    sum4 += w34 * v4;
                    sum5 += w10 * v0;
                    sum5 += w11 * v1;
                    sum5 += w12 * v2;
                    sum5 += w13 * v3;
                    sum5 += w14 * v4;
                }
                int on16 = Tile.inside(along + 16, inHeight);
                int row16 = on16 * inWidth * channels;
                float value16x0 = input.get(x0 + row16);
                float value16x1 = input.get(x1 + row16);
                float value16x2 = input.get(x2 + row16);
                float value16x3 = input.get(x3 + row16);
                float value16x4 = input.get(x4 + row16);
                float sum6 = start;
                if (on12 == along + 12) {
                    float v0 = inside0 ? value12x0 : 0f;
                    float v1 = inside1 ? value12x1 : 0f;
                    float v2 = inside2 ? value12x2 : 0f;
                    float v3 = inside3 ? value12x3 : 0f;
                    float v4 = inside4 ? value12x4 : 0f;
                    sum4 += w40 * v0;
                    sum4 += w41 * v1;
                    sum4 += w42 * v2;
                    sum4 += w43 * v3;
                    sum4 += w44 * v4;
                    sum5 += w20 * v0;
                    sum5 += w21 * v1;
                    sum5 += w22 * v2;
                    sum5 += w23 * v3;
                    sum5 += w24 * v4;
                    sum6 += w00 * v0;
                    sum6 += w01 * v1;
                    sum6 += w02 * v2;
                    sum6 += w03 * v3;
                    sum6 += w04 * v4;
                }
                if (first + 4 < outHeight) {
                    output.set(out + 4 * outWidth * channels,
                            Activations.apply(sum4, activation, slope));
                }
                if (on13 == along + 13) {
                    float v0 = inside0 ? value13x0 : 0f;
                    float v1 = inside1 ? value13x1 : 0f;
                    float v2 = inside2 ? value13x2 : 0f;
                    float v3 = inside3 ? value13x3 : 0f;
                    float v4 = inside4 ? value13x4 : 0f;
                    sum5 += w30 * v0;
                    sum5 += w31 * v1;
                    sum5 += w32 * v2;
                    sum5 += w33 * v3;
                    sum5 += w34 * v4;
                    sum6 += w10 * v0;
                    sum6 += w11 * v1;
                    sum6 += w12 * v2;
                    sum6 += w13 * v3;
                    sum6 += w14 * v4;
                }
                if (on14 == along + 14) {
                    float v0 = inside0 ? value14x0 : 0f;
                    float v1 = inside1 ? value14x1 : 0f;
                    float v2 = inside2 ? value14x2 : 0f;
                    float v3 = inside3 ? value14x3 : 0f;
                    float v4 = inside4 ? value14x4 : 0f;
                    sum5 += w40 * v0;
                    sum5 += w41 * v1;
                    sum5 += w42 * v2;
                    sum5 += w43 * v3;
                    sum5 += w44 * v4;
                    sum6 += w20 * v0;
                    sum6 += w21 * v1;
                    sum6 += w22 * v2;
                    sum6 += w23 * v3;
                    sum6 += w24 * v4;
                }
                if (first + 5 < outHeight) {
                    output.set(out + 5 * outWidth * channels,
                            Activations.apply(sum5, activation, slope));
                }
                if (on15 == along + 15) {
                    float v0 = inside0 ? value15x0 : 0f;
                    float v1 = inside1 ? value15x1 : 0f;
                    float v2 = inside2 ? value15x2 : 0f;
                    float v3 = inside3 ? value15x3 : 0f;
                    float v4 = inside4 ? value15x4 : 0f;
                    sum6 += w30 * v0;
                    sum6 += w31 * v1;
                    sum6 += w32 * v2;
                    sum6 += w33 * v3;
                    sum6 += w34 * v4;
                }
                if (on16 == along + 16) {
                    float v0 = inside0 ? value16x0 : 0f;
                    float v1 = inside1 ? value16x1 : 0f;
                    float v2 = inside2 ? value16x2 : 0f;
                    float v3 = inside3 ? value16x3 : 0f;
                    float v4 = inside4 ? value16x4 : 0f;
                    sum6 += w40 * v0;
                    sum6 += w41 * v1;
                    sum6 += w42 * v2;
                    sum6 += w43 * v3;
                    sum6 += w44 * v4;
                }
                if (first + 6 < outHeight) {
                    output.set(out + 6 * outWidth * channels,
                            Activations.apply(sum6, activation, slope));
                }
            }
        }
    }
}
