package dev.sepconv.kernel;

import dev.sepconv.kernel.conv.Geometry;
import java.util.Objects;

/**
 * One convolution that a kernel is to compute.
 *
 * @param weight {@code [K, C/G, R, S]}
 * @param bias {@code [K]}; null for none
 * @param activation one of {@code Activations}, or 0 for none
 * @param slope leaky ReLU's
 */
public record Stage(Geometry geometry, float[] weight, float[] bias, int activation, float slope) {

    public Stage {
        Objects.requireNonNull(geometry, "geometry");
        Objects.requireNonNull(weight, "weight");
    }
}
