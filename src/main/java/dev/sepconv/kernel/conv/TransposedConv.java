package dev.sepconv.kernel.conv;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Transposed convolution, from the side of the output: each of its numbers gathers the input pixels
 * that reach it.
 */
public final class TransposedConv {

    private TransposedConv() {
    }

    /**
     * Input {@code [N, C, H, W]}, weight {@code [C, K/G, R, S]}, bias {@code [K]}, output
     * {@code [N, K, OH, OW]}.
     *
     * @param sizes in the order of {@link Geometry}'s constants; the padding is what is cut off at
     * the top and left
     * @param planes N*K
     */
    public static void nchw(FloatArray input, FloatArray weight, FloatArray bias, FloatArray output,
            IntArray sizes, int planes, int outHeight, int outWidth, int activation, float slope) {
        int inChannels = sizes.get(Geometry.IN_CHANNELS);
        int inHeight = sizes.get(Geometry.IN_HEIGHT);
        int inWidth = sizes.get(Geometry.IN_WIDTH);
        int outChannels = sizes.get(Geometry.OUT_CHANNELS);
        int kernelHeight = sizes.get(Geometry.KERNEL_HEIGHT);
        int kernelWidth = sizes.get(Geometry.KERNEL_WIDTH);
        int strideHeight = sizes.get(Geometry.STRIDE_HEIGHT);
        int strideWidth = sizes.get(Geometry.STRIDE_WIDTH);
        int dilationHeight = sizes.get(Geometry.DILATION_HEIGHT);
        int dilationWidth = sizes.get(Geometry.DILATION_WIDTH);
        int padTop = sizes.get(Geometry.PAD_TOP);
        int padLeft = sizes.get(Geometry.PAD_LEFT);
        int groups = sizes.get(Geometry.GROUPS);
        int groupIn = inChannels / groups;
        int groupOut = outChannels / groups;
        for (@Parallel int plane = 0; plane < planes; plane++) {
            for (@Parallel int oh = 0; oh < outHeight; oh++) {
                for (@Parallel int ow = 0; ow < outWidth; ow++) {
                    int n = plane / outChannels;
                    int k = plane % outChannels;
                    int firstChannel = k / groupOut * groupIn;
                    float sum = bias.get(k);
                    for (int r = 0; r < kernelHeight; r++) {
                        int down = oh + padTop - r * dilationHeight;
                        int h = down / strideHeight;
                        for (int s = 0; s < kernelWidth; s++) {
                            int along = ow + padLeft - s * dilationWidth;
                            int w = along / strideWidth;
                            if (down >= 0 && h < inHeight && h * strideHeight == down && along >= 0
                                    && w < inWidth && w * strideWidth == along) {
                                for (int c = 0; c < groupIn; c++) {
                                    int at = ((n * inChannels + firstChannel + c) * inHeight + h)
                                            * inWidth + w;
                                    int tap = (((firstChannel + c) * groupOut + k % groupOut)
                                            * kernelHeight + r) * kernelWidth + s;
                                    sum += input.get(at) * weight.get(tap);
                                }
                            }
                        }
                    }
                    output.set((plane * outHeight + oh) * outWidth + ow,
                            Activations.apply(sum, activation, slope));
                }
            }
        }
    }
}
