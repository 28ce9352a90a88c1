package dev.sepconv.kernel.gen;

// Written by BlockKernels: change it there, then mvn -q -Pgenerate validate.

import dev.sepconv.kernel.conv.Activations;
import dev.sepconv.kernel.conv.Geometry;
import dev.sepconv.kernel.conv.Taps;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Depthwise convolution for GPUs: a work-item computes a few output pixels, together where all
 * their taps lie on the input, so that each weight that is read serves all the sums, else one by
 * one. Neighbouring work-items read and write neighbouring numbers: in NCHW the pixels are of one
 * column, in NHWC of one row.
 */
public final class DepthwiseBlockConv {

    private DepthwiseBlockConv() {
    }

    /**
     * Input {@code [N, C, H, W]}, weight {@code [C*M, 1, R, S]}, bias {@code [C*M]}, output
     * {@code [N, C*M, OH, OW]}.
     *
     * @param planes N*C*M
     * @param tiles ceil(OH/4)
     */
    public static void nchwP4(FloatArray input, FloatArray weight, FloatArray bias,
            FloatArray output, IntArray geometry, int planes, int tiles, int outWidth,
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
        int outHeight = geometry.get(Geometry.OUT_HEIGHT);
        int multiplier = outChannels / inChannels;
        for (@Parallel int plane = 0; plane < planes; plane++) {
            for (@Parallel int tile = 0; tile < tiles; tile++) {
                for (@Parallel int ow = 0; ow < outWidth; ow++) {
                    int n = plane / outChannels;
                    int k = plane % outChannels;
                    int left = ow * strideWidth - padLeft;
                    int sFirst = Taps.first(left, dilationWidth);
                    int sEnd = Taps.end(left, dilationWidth, inWidth, kernelWidth);
                    int inPlane = (n * inChannels + k / multiplier) * inHeight * inWidth + left;
                    int first = tile * 4;
                    int end = first + 4 < outHeight ? first + 4 : outHeight;
                    int firstTop = first * strideHeight - padTop;
                    int step = strideHeight * inWidth;
                    float start = bias.get(k);
                    boolean inner = first + 4 == end && firstTop >= 0 && firstTop + 3 * strideHeight
                            + (kernelHeight - 1) * dilationHeight < inHeight;
                    if (inner) {
                        float sum0 = start;
                        float sum1 = start;
                        float sum2 = start;
                        float sum3 = start;
                        for (int r = 0; r < kernelHeight; r++) {
                            for (int s = sFirst; s < sEnd; s++) {
                                int x = inPlane + (firstTop + r * dilationHeight) * inWidth
                                        + s * dilationWidth;
                                float factor = weight.get((k * kernelHeight + r) * kernelWidth + s);
                                sum0 += factor * input.get(x);
                                sum1 += factor * input.get(x + step);
                                sum2 += factor * input.get(x + 2 * step);
                                sum3 += factor * input.get(x + 3 * step);
                            }
                        }
                        int out = (plane * outHeight + first) * outWidth + ow;
                        output.set(out, Activations.apply(sum0, activation, slope));
                        output.set(out + outWidth, Activations.apply(sum1, activation, slope));
                        output.set(out + 2 * outWidth, Activations.apply(sum2, activation, slope));
                        output.set(out + 3 * outWidth, Activations.apply(sum3, activation, slope));
                    }
                    for (int oh = inner ? end : first; oh < end; oh++) {
                        int top = oh * strideHeight - padTop;
                        int rFirst = Taps.first(top, dilationHeight);
                        int rEnd = Taps.end(top, dilationHeight, inHeight, kernelHeight);
                        float sum = start;
                        for (int r = rFirst; r < rEnd; r++) {
                            for (int s = sFirst; s < sEnd; s++) {
                                int x = inPlane + (top + r * dilationHeight) * inWidth
                                        + s * dilationWidth;
                                sum += weight.get((k * kernelHeight + r) * kernelWidth
                                        + s) * input.get(x);
                            }
                        }
                        output.set((plane * outHeight + oh) * outWidth + ow,
                                Activations.apply(sum, activation, slope));
                    }
                }
            }
        }
    }

    /**
     * Input {@code [N, H, W, C]}, weight {@code [R, S, C*M]}, bias {@code [C*M]}, output
     * {@code [N, OH, OW, C*M]}.
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
        int multiplier = outChannels / inChannels;
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int tile = 0; tile < tiles; tile++) {
                for (@Parallel int k = 0; k < outChannels; k++) {
                    int top = row % outHeight * strideHeight - padTop;
                    int rFirst = Taps.first(top, dilationHeight);
                    int rEnd = Taps.end(top, dilationHeight, inHeight, kernelHeight);
                    int inRow = (row / outHeight * inHeight + top) * inWidth;
                    int c = k / multiplier;
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
                                        + s * dilationWidth) * inChannels + c;
                                float factor = weight.get((r * kernelWidth + s) * outChannels + k);
                                sum0 += factor * input.get(x);
                                sum1 += factor * input.get(x + step);
                                sum2 += factor * input.get(x + 2 * step);
                                sum3 += factor * input.get(x + 3 * step);
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
                                        + s * dilationWidth) * inChannels + c;
                                float factor = weight.get((r * kernelWidth + s) * outChannels + k);
                                sum += factor * input.get(x);
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
