package dev.sepconv.kernel.conv;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Pointwise (1x1) convolution at stride 1 without padding: each pixel's channels times a matrix.
 */
public final class PointwiseConv {

    private PointwiseConv() {
    }

    /**
     * Input {@code [N, C, H, W]}, weight {@code [K, C, 1, 1]}, bias {@code [K]}, output
     * {@code [N, K, H, W]}.
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
        int outChannels = geometry.get(Geometry.OUT_CHANNELS);
        for (@Parallel int plane = 0; plane < planes; plane++) {
            for (@Parallel int oh = 0; oh < outHeight; oh++) {
                for (@Parallel int ow = 0; ow < outWidth; ow++) {
                    int n = plane / outChannels;
                    int k = plane % outChannels;
                    float sum = bias.get(k);
                    for (int c = 0; c < inChannels; c++) {
                        sum += weight.get(k * inChannels + c) * input
                                .get(((n * inChannels + c) * outHeight + oh) * outWidth + ow);
                    }
                    output.set((plane * outHeight + oh) * outWidth + ow,
                            Activations.apply(sum, activation, slope));
                }
            }
        }
    }

    /**
     * Input {@code [N, H, W, C]}, weight {@code [K, C, 1, 1]}, bias {@code [K]}, output
     * {@code [N, H, W, K]}.
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
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int ow = 0; ow < outWidth; ow++) {
                for (@Parallel int k = 0; k < outChannels; k++) {
                    float sum = bias.get(k);
                    for (int c = 0; c < inChannels; c++) {
                        sum += weight.get(k * inChannels + c)
                                * input.get((row * outWidth + ow) * inChannels + c);
                    }
                    output.set((row * outWidth + ow) * outChannels + k,
                            Activations.apply(sum, activation, slope));
                }
            }
        }
    }
}
