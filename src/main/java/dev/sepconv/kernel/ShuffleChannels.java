package dev.sepconv.kernel;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Channels in another order between two grouped convolutions: output channel {@code j * G + i} is input channel {@code i * (C/G) + j}.
 * Weight, bias, activation and slope are not read: a kernel of a chain has them.
 */
public final class ShuffleChannels {

    private ShuffleChannels() {
    }

    /**
     * Input and output {@code [N, C, H, W]}.
     *
     * <p>One work-item an output element.
     *
     * @param planes N*C
     */
    public static void nchw(FloatArray input, FloatArray weight, FloatArray bias, FloatArray output, IntArray geometry,
            int planes, int outHeight, int outWidth, int activation, float slope) {
        int channels = geometry.get(Geometry.IN_CHANNELS);
        int groups = geometry.get(Geometry.GROUPS);
        int groupChannels = channels / groups;
        for (@Parallel
        int plane = 0; plane < planes; plane++) {
            for (@Parallel
            int oh = 0; oh < outHeight; oh++) {
                for (@Parallel
                int ow = 0; ow < outWidth; ow++) {
                    int n = plane / channels;
                    int k = plane % channels;
                    int source = n * channels + k % groups * groupChannels + k / groups;
                    output.set((plane * outHeight + oh) * outWidth + ow, input.get((source * outHeight + oh) * outWidth + ow));
                }
            }
        }
    }

    /**
     * Input and output {@code [N, H, W, C]}.
     *
     * <p>One work-item an output element.
     *
     * @param rows N*H
     */
    public static void nhwc(FloatArray input, FloatArray weight, FloatArray bias, FloatArray output, IntArray geometry, int rows,
            int outWidth, int outChannels, int activation, float slope) {
        int groups = geometry.get(Geometry.GROUPS);
        int groupChannels = outChannels / groups;
        for (@Parallel
        int row = 0; row < rows; row++) {
            for (@Parallel
            int ow = 0; ow < outWidth; ow++) {
                for (@Parallel
                int k = 0; k < outChannels; k++) {
                    int pixel = (row * outWidth + ow) * outChannels;
                    output.set(pixel + k, input.get(pixel + k % groups * groupChannels + k / groups));
                }
            }
        }
    }
}
