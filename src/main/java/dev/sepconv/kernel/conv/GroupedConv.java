package dev.sepconv.kernel.conv;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Grouped convolution: output channel k sums over the C/G input channels of its group
 * {@code k / (K/G)} alone.
 */
public final class GroupedConv {

    private GroupedConv() {
    }

    /**
     * Input {@code [N, C, H, W]}, weight {@code [K, C/G, R, S]}, bias {@code [K]}, output
     * {@code [N, K, OH, OW]}.
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
        int groups = geometry.get(Geometry.GROUPS);
        int groupIn = inChannels / groups;
        int groupOut = outChannels / groups;
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
                    int firstChannel = k / groupOut * groupIn;
                    float sum = 0;
                    // so that one channel alone gives the depthwise kernel's bits
                    float ofChannel = bias.get(k);
                    for (int c = 0; c < groupIn; c++) {
                        for (int r = rFirst; r < rEnd; r++) {
                            int inRow = ((n * inChannels + firstChannel + c) * inHeight + top
                                    + r * dilationHeight) * inWidth + left;
                            int weightRow = ((k * groupIn + c) * kernelHeight + r) * kernelWidth;
                            for (int s = sFirst; s < sEnd; s++) {
                                ofChannel += weight.get(weightRow + s)
                                        * input.get(inRow + s * dilationWidth);
                            }
                        }
                        sum += ofChannel;
                        ofChannel = 0;
                    }
                    output.set((plane * outHeight + oh) * outWidth + ow,
                            Activations.apply(sum, activation, slope));
                }
            }
        }
    }

    /**
     * Input {@code [N, H, W, C]}, weight {@code [K, C/G, R, S]}, bias {@code [K]}, output
     * {@code [N, OH, OW, K]}.
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
        int groups = geometry.get(Geometry.GROUPS);
        int outHeight = geometry.get(Geometry.OUT_HEIGHT);
        int groupIn = inChannels / groups;
        int groupOut = outChannels / groups;
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
                    int firstChannel = k / groupOut * groupIn;
                    float sum = 0;
                    // so that one channel alone gives the depthwise kernel's bits
                    float ofChannel = bias.get(k);
                    for (int c = 0; c < groupIn; c++) {
                        for (int r = rFirst; r < rEnd; r++) {
                            int inRow = (n * inHeight + top + r * dilationHeight) * inWidth + left;
                            int weightRow = ((k * groupIn + c) * kernelHeight + r) * kernelWidth;
                            for (int s = sFirst; s < sEnd; s++) {
                                ofChannel += weight.get(weightRow + s)
                                        * input.get((inRow + s * dilationWidth) * inChannels
                                                + firstChannel + c);
                            }
                        }
                        sum += ofChannel;
                        ofChannel = 0;
                    }
                    output.set((row * outWidth + ow) * outChannels + k,
                            Activations.apply(sum, activation, slope));
                }
            }
        }
    }
}
