package dev.sepconv.kernel.conv;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Depthwise convolution: output channel k filters input channel {@code k / M} alone, M = K/C being
 * the depth multiplier.
 */
public final class DepthwiseConv {

    private DepthwiseConv() {
    }

    /**
     * Input {@code [N, C, H, W]}, weight {@code [C*M, 1, R, S]}, bias {@code [C*M]}, output
     * {@code [N, C*M, OH, OW]}.
     *
     * <p>
     * One work-item an output element.
     *
     * @param planes N*K
     */
    public static void nchw(FloatArray input, FloatArray weight, FloatArray bias, FloatArray output,
            IntArray geometry, int planes, int outHeight, int outWidth, int activation,
            float slope) {
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
        int multiplier = outChannels / inChannels;
        for (@Parallel int plane = 0; plane < planes; plane++) {
            for (@Parallel int oh = 0; oh < outHeight; oh++) {
                for (@Parallel int ow = 0; ow < outWidth; ow++) {
                    int n = plane / outChannels;
                    int k = plane % outChannels;
                    int top = oh * strideHeight - padTop;
                    int left = ow * strideWidth - padLeft;
                    int rFirst = Taps.first(top, dilationHeight);
                    int rEnd = Taps.end(top, dilationHeight, inHeight, kernelHeight);
                    int sFirst = Taps.first(left, dilationWidth);
                    int sEnd = Taps.end(left, dilationWidth, inWidth, kernelWidth);
                    int c = k / multiplier;
                    float sum = bias.get(k);
                    for (int r = rFirst; r < rEnd; r++) {
                        int inRow = ((n * inChannels + c) * inHeight + top + r * dilationHeight)
                                * inWidth + left;
                        int weightRow = (k * kernelHeight + r) * kernelWidth;
                        for (int s = sFirst; s < sEnd; s++) {
                            sum += weight.get(weightRow + s) * input.get(inRow + s * dilationWidth);
                        }
                    }
                    output.set((plane * outHeight + oh) * outWidth + ow,
                            Activations.apply(sum, activation, slope));
                }
            }
        }
    }

    /**
     * Input {@code [N, H, W, C]}, weight {@code [C*M, 1, R, S]}, bias {@code [C*M]}, output
     * {@code [N, OH, OW, C*M]}.
     *
     * <p>
     * One work-item an output element.
     *
     * @param rows N*OH
     */
    public static void nhwc(FloatArray input, FloatArray weight, FloatArray bias, FloatArray output,
            IntArray geometry, int rows, int outWidth, int outChannels, int activation,
            float slope) {
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
        int multiplier = outChannels / inChannels;
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int ow = 0; ow < outWidth; ow++) {
                for (@Parallel int k = 0; k < outChannels; k++) {
                    int n = row / outHeight;
                    int oh = row % outHeight;
                    int top = oh * strideHeight - padTop;
                    int left = ow * strideWidth - padLeft;
                    int rFirst = Taps.first(top, dilationHeight);
                    int rEnd = Taps.end(top, dilationHeight, inHeight, kernelHeight);
                    int sFirst = Taps.first(left, dilationWidth);
                    int sEnd = Taps.end(left, dilationWidth, inWidth, kernelWidth);
                    int c = k / multiplier;
                    float sum = bias.get(k);
                    for (int r = rFirst; r < rEnd; r++) {
                        int inRow = (n * inHeight + top + r * dilationHeight) * inWidth + left;
                        int weightRow = (k * kernelHeight + r) * kernelWidth;
                        for (int s = sFirst; s < sEnd; s++) {
                            sum += weight.get(weightRow + s)
                                    * input.get((inRow + s * dilationWidth) * inChannels + c);
                        }
                    }
                    output.set((row * outWidth + ow) * outChannels + k,
                            Activations.apply(sum, activation, slope));
                }
            }
        }
    }
}
