package dev.sepconv.kernel;

import java.util.Objects;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task10;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * One entry of the {@link Catalogue}: a static method of {@code @Parallel} loops and what it can compute.
 *
 * @param name variant, layout and element type, for example {@code depthwiseNhwcF32}
 * @param variant the kind of convolution
 * @param channelsLast whether it reads and writes NHWC rather than NCHW
 * @param supports what it can compute, in words
 * @param owner the class that has the method
 * @param method the method's name
 * @param body the method: input, weight, bias, output, geometry, the three bounds of the parallel loops from outermost to
 *        innermost, activation, slope
 */
public record Kernel(String name, Variant variant, boolean channelsLast, String supports, Class<?> owner, String method,
        Task10<FloatArray, FloatArray, FloatArray, FloatArray, IntArray, Integer, Integer, Integer, Integer, Float> body) {

    /** The kinds of convolution that have kernels of their own. */
    public enum Variant {
        STANDARD, GROUPED, DEPTHWISE, POINTWISE
    }

    public Kernel {
        Objects.requireNonNull(body, "body");
    }

    /** Whether it can compute this convolution. */
    public boolean supports(Geometry geometry) {
        return channelsLast == geometry.channelsLast() && switch (variant) {
            case STANDARD -> geometry.groups() == 1;
            case GROUPED -> true;
            case DEPTHWISE -> geometry.isDepthwise();
            case POINTWISE -> geometry.isPointwise();
        };
    }
}
