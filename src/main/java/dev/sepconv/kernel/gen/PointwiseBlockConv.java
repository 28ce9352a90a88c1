package dev.sepconv.kernel.gen;

// Written by BlockKernels: change it there, then mvn -q -Pgenerate validate.

import dev.sepconv.kernel.conv.Activations;
import dev.sepconv.kernel.conv.Geometry;
import dev.sepconv.kernel.conv.Tile;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Pointwise (1x1) convolution at stride 1 for GPUs: many small work-items, each of which computes a
 * few outputs from one walk over the channels. Neighbouring work-items read and write neighbouring
 * numbers.
 */
public final class PointwiseBlockConv {

    private PointwiseBlockConv() {
    }

    /**
     * Input {@code [N, C, H, W]}, weight {@code [ceil(K/8), C, 8]}, bias {@code [8*ceil(K/8)]},
     * output {@code [N, K, H, W]}.
     *
     * <p>
     * A work-item computes 8 channels of one output pixel: each input number that is read serves 8
     * sums.
     *
     * @param planes N*ceil(K/8)
     */
    public static void nchwK8(FloatArray input, FloatArray weight, FloatArray bias,
            FloatArray output, IntArray geometry, int planes, int outHeight, int outWidth,
            int activation, float slope) {
        int inChannels = geometry.get(Geometry.IN_CHANNELS);
        int outChannels = geometry.get(Geometry.OUT_CHANNELS);
        int blocks = (outChannels + 7) / 8;
        int pixels = outHeight * outWidth;
        for (@Parallel int plane = 0; plane < planes; plane++) {
            for (@Parallel int oh = 0; oh < outHeight; oh++) {
                for (@Parallel int ow = 0; ow < outWidth; ow++) {
                    int n = plane / blocks;
                    int block = plane % blocks;
                    int pixel = oh * outWidth + ow;
                    int x = n * inChannels * pixels + pixel;
                    int w = block * inChannels * 8;
                    float sum0 = bias.get(block * 8);
                    float sum1 = bias.get(block * 8 + 1);
                    float sum2 = bias.get(block * 8 + 2);
                    float sum3 = bias.get(block * 8 + 3);
                    float sum4 = bias.get(block * 8 + 4);
                    float sum5 = bias.get(block * 8 + 5);
                    float sum6 = bias.get(block * 8 + 6);
                    float sum7 = bias.get(block * 8 + 7);
                    for (int c = 0; c < inChannels; c++) {
                        float value = input.get(x);
                        sum0 += weight.get(w) * value;
                        sum1 += weight.get(w + 1) * value;
                        sum2 += weight.get(w + 2) * value;
                        sum3 += weight.get(w + 3) * value;
                        sum4 += weight.get(w + 4) * value;
                        sum5 += weight.get(w + 5) * value;
                        sum6 += weight.get(w + 6) * value;
                        sum7 += weight.get(w + 7) * value;
                        x += pixels;
                        w += 8;
                    }
                    int k = block * 8;
                    int out = (n * outChannels + k) * pixels + pixel;
                    output.set(out, Activations.apply(sum0, activation, slope));
                    if (k + 1 < outChannels) {
                        output.set(out + pixels, Activations.apply(sum1, activation, slope));
                    }
                    if (k + 2 < outChannels) {
                        output.set(out + 2 * pixels, Activations.apply(sum2, activation, slope));
                    }
                    if (k + 3 < outChannels) {
                        output.set(out + 3 * pixels, Activations.apply(sum3, activation, slope));
                    }
                    if (k + 4 < outChannels) {
                        output.set(out + 4 * pixels, Activations.apply(sum4, activation, slope));
                    }
                    if (k + 5 < outChannels) {
                        output.set(out + 5 * pixels, Activations.apply(sum5, activation, slope));
                    }
                    if (k + 6 < outChannels) {
                        output.set(out + 6 * pixels, Activations.apply(sum6, activation, slope));
                    }
                    if (k + 7 < outChannels) {
                        output.set(out + 7 * pixels, Activations.apply(sum7, activation, slope));
                    }
                }
            }
        }
    }

    /**
     * Input {@code [N, H, W, C]}, weight {@code [C, K]}, bias {@code [K]}, output
     * {@code [N, H, W, K]}.
     *
     * <p>
     * A work-item computes one channel of 7 output pixels of a row: each weight that is read serves
     * 7 sums. Pixels past the row's last are the last again.
     *
     * @param rows N*OH
     * @param tiles ceil(OW/7)
     */
    public static void nhwcP7(FloatArray input, FloatArray weight, FloatArray bias,
            FloatArray output, IntArray geometry, int rows, int tiles, int outChannels,
            int activation, float slope) {
        int inChannels = geometry.get(Geometry.IN_CHANNELS);
        int outWidth = geometry.get(Geometry.OUT_WIDTH);
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int tile = 0; tile < tiles; tile++) {
                for (@Parallel int k = 0; k < outChannels; k++) {
                    int first = row * outWidth;
                    int p0 = first + Tile.min(tile * 7, outWidth - 1);
                    int p1 = first + Tile.min(tile * 7 + 1, outWidth - 1);
                    int p2 = first + Tile.min(tile * 7 + 2, outWidth - 1);
                    int p3 = first + Tile.min(tile * 7 + 3, outWidth - 1);
                    int p4 = first + Tile.min(tile * 7 + 4, outWidth - 1);
                    int p5 = first + Tile.min(tile * 7 + 5, outWidth - 1);
                    int p6 = first + Tile.min(tile * 7 + 6, outWidth - 1);
                    int x0 = p0 * inChannels;
                    int x1 = p1 * inChannels;
                    int x2 = p2 * inChannels;
                    int x3 = p3 * inChannels;
                    int x4 = p4 * inChannels;
                    int x5 = p5 * inChannels;
                    int x6 = p6 * inChannels;
                    float start = bias.get(k);
                    float sum0 = start;
                    float sum1 = start;
                    float sum2 = start;
                    float sum3 = start;
                    float sum4 = start;
                    float sum5 = start;
                    float sum6 = start;
                    for (int c = 0; c < inChannels; c++) {
                        float w = weight.get(c * outChannels + k);
                        sum0 += w * input.get(x0 + c);
                        sum1 += w * input.get(x1 + c);
                        sum2 += w * input.get(x2 + c);
                        sum3 += w * input.get(x3 + c);
                        sum4 += w * input.get(x4 + c);
                        sum5 += w * input.get(x5 + c);
                        sum6 += w * input.get(x6 + c);
                    }
                    output.set(p0 * outChannels + k, Activations.apply(sum0, activation, slope));
                    output.set(p1 * outChannels + k, Activations.apply(sum1, activation, slope));
                    output.set(p2 * outChannels + k, Activations.apply(sum2, activation, slope));
                    output.set(p3 * outChannels + k, Activations.apply(sum3, activation, slope));
                    output.set(p4 * outChannels + k, Activations.apply(sum4, activation, slope));
                    output.set(p5 * outChannels + k, Activations.apply(sum5, activation, slope));
                    output.set(p6 * outChannels + k, Activations.apply(sum6, activation, slope));
                }
            }
        }
    }
}
