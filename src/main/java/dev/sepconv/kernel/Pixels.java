package dev.sepconv.kernel;

import dev.sepconv.kernel.conv.VectorGeometry;

/**
 * An array of whole vectors: {@code [N, H, W]} pixels, channels side by side. What follows the last
 * channel of a pixel is not defined.
 *
 * @param storage of vectors
 * @param pixelFloats numbers from one pixel to the next, a multiple of 16, at least
 * {@code channels}
 */
public record Pixels(Storage storage, int batch, int channels, int height, int width,
        int pixelFloats) {

    /** Numbers in a vector of the vector kernels, on every device. */
    public static final int LANES = VectorGeometry.LANES;

    /** A number of channels rounded up to whole vectors. */
    public static int wholeVectors(int channels) {
        return VectorGeometry.wholeVectors(channels);
    }

    /** Vectors that hold channels. */
    int blocks() {
        return wholeVectors(channels) / LANES;
    }

    int pixelVectors() {
        return pixelFloats / LANES;
    }

    int rows() {
        return batch * height;
    }
}
