package dev.sepconv.kernel;

import dev.sepconv.kernel.conv.VectorGeometry;

/**
 * An array of whole vectors: {@code [N, H, W]} pixels, channels side by side. What follows the last
 * channel of a pixel is not defined, or belongs to others: pixels may be parts of larger ones.
 *
 * @param storage of vectors
 * @param pixelFloats numbers from one pixel to the next, a multiple of 16, at least
 * {@code channels}
 * @param first number of the storage, a multiple of 16
 */
public record Pixels(Storage storage, int batch, int channels, int height, int width,
        int pixelFloats, int first) {

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

    /** The vector that it begins with. */
    int firstVector() {
        return first / LANES;
    }

    int pixelVectors() {
        return pixelFloats / LANES;
    }

    int rows() {
        return batch * height;
    }
}
