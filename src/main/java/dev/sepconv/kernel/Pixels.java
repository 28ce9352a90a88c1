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

    /** Vectors that hold channels. */
    int blocks() {
        return (channels + VectorGeometry.LANES - 1) / VectorGeometry.LANES;
    }

    int pixelVectors() {
        return pixelFloats / VectorGeometry.LANES;
    }

    int rows() {
        return batch * height;
    }
}
