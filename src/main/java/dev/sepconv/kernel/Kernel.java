package dev.sepconv.kernel;

import java.util.Objects;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task10;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task9;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;

/**
 * One entry of the {@link Catalogue}: a static method of {@code @Parallel} loops and what it can compute.
 *
 * @param name variant, layout and element type, for example {@code depthwiseNhwcF32}; {@code v16} for vectors of 16 lanes,
 *        {@code p7} for 7 pixels at a time
 * @param variant the kind of convolution
 * @param layout how its input and output lie
 * @param supports what it can compute, in words
 * @param owner the class that has the method
 * @param method the method's name
 * @param body the method itself
 */
public record Kernel(String name, Variant variant, Order layout, String supports, Class<?> owner, String method, Body body) {

    /** The kinds of convolution that have kernels of their own. */
    public enum Variant {
        STANDARD,
        GROUPED,
        DEPTHWISE,
        POINTWISE
    }

    /** How a kernel's input and output lie. */
    public enum Order {
        /** As the public tensor, channel by channel. */
        NCHW,
        /** As the public tensor, pixel by pixel. */
        NHWC,
        /** Pixel by pixel, channels filled up to whole vectors; public tensors of either layout are converted on the way in and out. */
        NHWC_VECTORS
    }

    /** The method of a kernel, by what its parameters are. All end with activation and slope. */
    public sealed interface Body {
    }

    /** Input, weight, bias, output, geometry, and the bounds of the three parallel loops from outermost to innermost. */
    public record Plain(
            Task10<FloatArray, FloatArray, FloatArray, FloatArray, IntArray, Integer, Integer, Integer, Integer, Float> task)
            implements
                Body {
    }

    /**
     * Input, weight, bias, output, geometry, and the bounds of the two parallel loops.
     *
     * @param kernelWidth the only one that the method is written for, without horizontal dilation; 0 for any
     * @param strideWidth the only one that the method is written for; 0 for any
     */
    public record Vectors(
            Task9<VectorFloat16, VectorFloat16, VectorFloat16, VectorFloat16, IntArray, Integer, Integer, Integer, Float> task,
            int kernelWidth, int strideWidth) implements Body {

        /** For any sizes. */
        public Vectors(
                Task9<VectorFloat16, VectorFloat16, VectorFloat16, VectorFloat16, IntArray, Integer, Integer, Integer, Float> task) {
            this(task, 0, 0);
        }

        private boolean fits(Geometry geometry) {
            return kernelWidth == 0 || kernelWidth == geometry.kernelWidth() && strideWidth == geometry.strideWidth()
                    && geometry.dilationWidth() == 1;
        }
    }

    public Kernel {
        Objects.requireNonNull(body, "body");
    }

    /** Whether it can compute this convolution. */
    public boolean supports(Geometry geometry) {
        return supports(geometry.channelsLast()) && (!(body instanceof Vectors vectors) || vectors.fits(geometry))
                && switch (variant) {
                    case STANDARD -> geometry.groups() == 1;
                    case GROUPED -> true;
                    case DEPTHWISE -> geometry.isDepthwise()
                            && (layout != Order.NHWC_VECTORS || geometry.outChannels() == geometry.inChannels());
                    case POINTWISE -> geometry.isPointwise();
                };
    }

    /**
     * Whether it has this activation: the vector kernels lack the sigmoid, for which there is no vector function.
     *
     * @param activation ordinal of {@code dev.sepconv.Activation.Kind}
     */
    public boolean activates(int activation) {
        return layout != Order.NHWC_VECTORS || activation != Activations.SIGMOID;
    }

    private boolean supports(boolean channelsLast) {
        return switch (layout) {
            case NCHW -> !channelsLast;
            case NHWC -> channelsLast;
            case NHWC_VECTORS -> true;
        };
    }
}
