package dev.sepconv.kernel.gen;

// Written by BlockKernels: change it there, then mvn -q -Pgenerate validate.

import dev.sepconv.kernel.conv.Activations;
import dev.sepconv.kernel.conv.Geometry;
import dev.sepconv.kernel.conv.Taps;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Standard and grouped convolution for GPUs: many small work-items, each of which computes a few
 * outputs from one walk over the taps and channels. Neighbouring work-items read and write
 * neighbouring numbers.
 */
public final class GroupedBlockConv {

    private GroupedBlockConv() {
    }

    /**
     * Input {@code [N, C, H, W]}, weight for each block of 8 output channels
     * {@code [R, S, C/G, 8]}, bias 8 a block, output {@code [N, K, OH, OW]}. Each group starts with
     * a block.
     *
     * <p>
     * A work-item computes one block of one output pixel: each input number that is read serves 8
     * sums.
     *
     * @param planes N*G*ceil(K/G/8)
     */
    public static void nchwK8(FloatArray input, FloatArray weight, FloatArray bias,
            FloatArray output, IntArray geometry, int planes, int outHeight, int outWidth,
            int activation, float slope) {
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
        int groupIn = inChannels / groups;
        int groupOut = outChannels / groups;
        int groupBlocks = (groupOut + 7) / 8;
        int blocks = groups * groupBlocks;
        int inPixels = inHeight * inWidth;
        int pixels = outHeight * outWidth;
        for (@Parallel int plane = 0; plane < planes; plane++) {
            for (@Parallel int oh = 0; oh < outHeight; oh++) {
                for (@Parallel int ow = 0; ow < outWidth; ow++) {
                    int n = plane / blocks;
                    int block = plane % blocks;
                    int group = block / groupBlocks;
                    int top = oh * strideHeight - padTop;
                    int rFirst = Taps.first(top, dilationHeight);
                    int rEnd = Taps.end(top, dilationHeight, inHeight, kernelHeight);
                    int left = ow * strideWidth - padLeft;
                    int sFirst = Taps.first(left, dilationWidth);
                    int sEnd = Taps.end(left, dilationWidth, inWidth, kernelWidth);
                    int firstPlane = (n * inChannels + group * groupIn) * inPixels;
                    float sum0 = bias.get(block * 8);
                    float sum1 = bias.get(block * 8 + 1);
                    float sum2 = bias.get(block * 8 + 2);
                    float sum3 = bias.get(block * 8 + 3);
                    float sum4 = bias.get(block * 8 + 4);
                    float sum5 = bias.get(block * 8 + 5);
                    float sum6 = bias.get(block * 8 + 6);
                    float sum7 = bias.get(block * 8 + 7);
                    for (int r = rFirst; r < rEnd; r++) {
                        for (int s = sFirst; s < sEnd; s++) {
                            int x = firstPlane + (top + r * dilationHeight) * inWidth + left
                                    + s * dilationWidth;
                            int w = ((block * kernelHeight + r) * kernelWidth + s) * groupIn * 8;
                            for (int c = 0; c < groupIn; c++) {
                                float value = input.get(x);
                                sum0 += weight.get(w) * value;
                                sum1 += weight.get(w + 1) * value;
                                sum2 += weight.get(w + 2) * value;
                                sum3 += weight.get(w + 3) * value;
                                sum4 += weight.get(w + 4) * value;
                                sum5 += weight.get(w + 5) * value;
                                sum6 += weight.get(w + 6) * value;
                                sum7 += weight.get(w + 7) * value;
                                x += inPixels;
                                w += 8;
                            }
                        }
                    }
                    int k = block % groupBlocks * 8;
                    int out = (n * outChannels + group * groupOut + k) * pixels + oh * outWidth
                            + ow;
                    output.set(out, Activations.apply(sum0, activation, slope));
                    if (k + 1 < groupOut) {
                        output.set(out + pixels, Activations.apply(sum1, activation, slope));
                    }
                    if (k + 2 < groupOut) {
                        output.set(out + 2 * pixels, Activations.apply(sum2, activation, slope));
                    }
                    if (k + 3 < groupOut) {
                        output.set(out + 3 * pixels, Activations.apply(sum3, activation, slope));
                    }
                    if (k + 4 < groupOut) {
                        output.set(out + 4 * pixels, Activations.apply(sum4, activation, slope));
                    }
                    if (k + 5 < groupOut) {
                        output.set(out + 5 * pixels, Activations.apply(sum5, activation, slope));
                    }
                    if (k + 6 < groupOut) {
                        output.set(out + 6 * pixels, Activations.apply(sum6, activation, slope));
                    }
                    if (k + 7 < groupOut) {
                        output.set(out + 7 * pixels, Activations.apply(sum7, activation, slope));
                    }
                }
            }
        }
    }

    /**
     * Input {@code [N, H, W, C]}, weight for each group {@code [R, S, C/G, K/G]}, bias {@code [K]},
     * output {@code [N, OH, OW, K]}.
     *
     * <p>
     * A work-item computes one channel of 4 output pixels of a row: together where all their taps
     * lie on the input, so that each weight that is read serves 4 sums, else one by one.
     *
     * @param rows N*OH
     * @param tiles ceil(OW/4)
     */
    public static void nhwcP4(FloatArray input, FloatArray weight, FloatArray bias,
            FloatArray output, IntArray geometry, int rows, int tiles, int outChannels,
            int activation, float slope) {
        int inChannels = geometry.get(Geometry.IN_CHANNELS);
        int inHeight = geometry.get(Geometry.IN_HEIGHT);
        int inWidth = geometry.get(Geometry.IN_WIDTH);
        int kernelHeight = geometry.get(Geometry.KERNEL_HEIGHT);
        int kernelWidth = geometry.get(Geometry.KERNEL_WIDTH);
        int strideHeight = geometry.get(Geometry.STRIDE_HEIGHT);
        int strideWidth = geometry.get(Geometry.STRIDE_WIDTH);
        int dilationHeight = geometry.get(Geometry.DILATION_HEIGHT);
        int dilationWidth = geometry.get(Geometry.DILATION_WIDTH);
        int padTop = geometry.get(Geometry.PAD_TOP);
        int padLeft = geometry.get(Geometry.PAD_LEFT);
        int outHeight = geometry.get(Geometry.OUT_HEIGHT);
        int outWidth = geometry.get(Geometry.OUT_WIDTH);
        int groups = geometry.get(Geometry.GROUPS);
        int groupIn = inChannels / groups;
        int groupOut = outChannels / groups;
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int tile = 0; tile < tiles; tile++) {
                for (@Parallel int k = 0; k < outChannels; k++) {
                    int top = row % outHeight * strideHeight - padTop;
                    int rFirst = Taps.first(top, dilationHeight);
                    int rEnd = Taps.end(top, dilationHeight, inHeight, kernelHeight);
                    int inRow = (row / outHeight * inHeight + top) * inWidth;
                    int group = k / groupOut;
                    int firstWeight = group * kernelHeight * kernelWidth * groupIn * groupOut
                            + k % groupOut;
                    int first = tile * 4;
                    int end = first + 4 < outWidth ? first + 4 : outWidth;
                    int firstLeft = first * strideWidth - padLeft;
                    int step = strideWidth * inChannels;
                    float start = bias.get(k);
                    boolean inner = first + 4 == end && firstLeft >= 0 && firstLeft
                            + 3 * strideWidth + (kernelWidth - 1) * dilationWidth < inWidth;
                    if (inner) {
                        float sum0 = start;
                        float sum1 = start;
                        float sum2 = start;
                        float sum3 = start;
                        for (int r = rFirst; r < rEnd; r++) {
                            for (int s = 0; s < kernelWidth; s++) {
                                int x = (inRow + r * dilationHeight * inWidth + firstLeft
                                        + s * dilationWidth) * inChannels + group * groupIn;
                                int w = firstWeight + (r * kernelWidth + s) * groupIn * groupOut;
                                for (int c = 0; c < groupIn; c++) {
                                    float factor = weight.get(w + c * groupOut);
                                    sum0 += factor * input.get(x + c);
                                    sum1 += factor * input.get(x + step + c);
                                    sum2 += factor * input.get(x + 2 * step + c);
                                    sum3 += factor * input.get(x + 3 * step + c);
                                }
                            }
                        }
                        int out = (row * outWidth + first) * outChannels + k;
                        output.set(out, Activations.apply(sum0, activation, slope));
                        output.set(out + outChannels, Activations.apply(sum1, activation, slope));
                        output.set(out + 2 * outChannels,
                                Activations.apply(sum2, activation, slope));
                        output.set(out + 3 * outChannels,
                                Activations.apply(sum3, activation, slope));
                    }
                    for (int ow = inner ? end : first; ow < end; ow++) {
                        int left = ow * strideWidth - padLeft;
                        int sFirst = Taps.first(left, dilationWidth);
                        int sEnd = Taps.end(left, dilationWidth, inWidth, kernelWidth);
                        float sum = start;
                        for (int r = rFirst; r < rEnd; r++) {
                            for (int s = sFirst; s < sEnd; s++) {
                                int x = (inRow + r * dilationHeight * inWidth + left
                                        + s * dilationWidth) * inChannels + group * groupIn;
                                int w = firstWeight + (r * kernelWidth + s) * groupIn * groupOut;
                                for (int c = 0; c < groupIn; c++) {
                                    float factor = weight.get(w + c * groupOut);
                                    sum += factor * input.get(x + c);
                                }
                            }
                        }
                        output.set((row * outWidth + ow) * outChannels + k,
                                Activations.apply(sum, activation, slope));
                    }
                }
            }
        }
    }
}
