package dev.sepconv.kernel.conv;

import java.util.List;
import java.util.Objects;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task10;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task11;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task12;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task14;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task15;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task8;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task9;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;

/**
 * One entry of the {@link dev.sepconv.kernel.Catalogue}: a static method, of {@code @Parallel}
 * loops or for a {@link KernelContext}, and what it can compute.
 *
 * @param name variant, layout and element type, for example {@code depthwiseNhwcF32}; {@code v16}
 * for vectors of 16 lanes, {@code p7} for 7 pixels at a time, {@code k8} for 8 output channels,
 * {@code local} for local memory
 * @param variant the kind of convolution
 * @param order how its input and output lie
 * @param supports what it can compute, in words
 * @param tiling how much of the output is computed together
 * @param inSpirv whether TornadoVM (5.2) can translate it to SPIR-V
 * @param owner the class that has the method
 * @param method the method's name
 * @param body the method itself
 */
public record Kernel(String name, Variant variant, Order order, String supports, Tiling tiling,
        boolean inSpirv, Class<?> owner, String method, Body body) {

    /**
     * The pointwise vector kernels add so many products one after the other at most: of 9,216 they
     * were 4e-6 off. The grouped ones, and that for one pixel, add runs of them by themselves.
     */
    private static final int MOST_IN_ORDER = 1024;
    /** Output channels of the widest dense vector kernel's tile. */
    private static final int MOST_BLOCK = 32;

    /** The kinds of convolution that have kernels of their own. */
    public enum Variant {
        STANDARD,
        GROUPED,
        DEPTHWISE,
        POINTWISE,
        /** Depthwise, then pointwise: two convolutions at once. */
        SEPARABLE
    }

    /** How a kernel's input and output lie. */
    public enum Order {
        /** As the public tensor, channel by channel. */
        NCHW,
        /** As the public tensor, pixel by pixel. */
        NHWC,
        /** Pixel by pixel, channels padded to whole vectors. */
        NHWC_VECTORS
    }

    /**
     * How much of the output a work-item computes; or a work-group, of those that load to local
     * memory.
     *
     * @param lanes numbers in a vector; 1 for none
     * @param pixels output pixels
     * @param filters output channels
     * @param channels input channels that are in local memory at a time; 0 without it
     * @param itemPixels a work-item's, where a work-group shares local memory; else 0
     * @param itemFilters its output channels, likewise
     * @param parts work-items that compute the same outputs, each of a part of the channels
     */
    public record Tiling(int lanes, int pixels, int filters, int channels, int itemPixels,
            int itemFilters, int parts) {

        /** One output number a work-item. */
        public static final Tiling NONE = of(1, 1);

        public static Tiling of(int pixels, int filters) {
            return new Tiling(1, pixels, filters, 0, 0, 0, 1);
        }

        public static Tiling vectors(int pixels, int filters) {
            return new Tiling(VectorGeometry.LANES, pixels, filters, 0, 0, 0, 1);
        }

        public static Tiling local(int pixels, int filters, int channels, int itemPixels,
                int itemFilters, int parts) {
            return new Tiling(1, pixels, filters, channels, itemPixels, itemFilters, parts);
        }
    }

    /** The method of a kernel, by what its parameters are. All end with activation and slope. */
    public sealed interface Body {
    }

    /**
     * Input, weight, bias, output, geometry, and the bounds of the three parallel loops from
     * outermost to innermost.
     */
    public record Plain(
            Task10<FloatArray, FloatArray, FloatArray, FloatArray, IntArray, Integer, Integer, Integer, Integer, Float> task)
            implements
                Body {
    }

    /**
     * Input, weight, bias, output, geometry, and the bounds of the two parallel loops.
     *
     * @param kernelWidth the only one that the method is written for, without horizontal dilation;
     * 0 for any
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

    }

    /**
     * The same of kernels that mix channels, with the arrays for what they do {@link Beside} it
     * after the bias: gate and added. In the place of the activation they have a mode.
     */
    public record Dense(
            Task11<VectorFloat16, VectorFloat16, VectorFloat16, VectorFloat16, VectorFloat16, VectorFloat16, IntArray, Integer, Integer, Integer, Float> task)
            implements
                Body {
    }

    /**
     * Input, depthwise weight and bias, pointwise weight and bias, what is added ({@link Beside}),
     * output, geometry, the bounds of the two parallel loops, and activation and slope of the
     * depthwise convolution.
     *
     * @param kernelWidth the depthwise kernel's, the only one that the method is written for,
     * without horizontal dilation
     * @param strideWidth the only one that the method is written for
     * @param wide whether only for rows as wide as a tile: see {@link SeparableGrid#fits}
     */
    public record Separable(
            Task14<VectorFloat16, VectorFloat16, VectorFloat16, VectorFloat16, VectorFloat16, VectorFloat16, VectorFloat16, IntArray, Integer, Integer, Integer, Float, Integer, Float> task,
            int kernelWidth, int strideWidth, boolean wide) implements Body {
    }

    /**
     * As {@link Plain}, with weight and bias in {@link BlockPacking}'s order. The parallel loops:
     * in NCHW over images and blocks of output channels, tiles of rows, columns; in NHWC over rows,
     * tiles of columns, output channels.
     */
    public record Blocks(
            Task10<FloatArray, FloatArray, FloatArray, FloatArray, IntArray, Integer, Integer, Integer, Integer, Float> task)
            implements
                Body {
    }

    /**
     * Input, weight and bias in {@link BlockPacking}'s order, output; the bound of the one parallel
     * loop, how many of its work-items there are, channels, output height and width, input height
     * and width, padding at the top and left.
     *
     * @param kernelSize height and width, the only ones that the method is written for, without
     * dilation
     * @param stride both, the only ones that the method is written for
     */
    public record Lines(
            Task15<FloatArray, FloatArray, FloatArray, FloatArray, Integer, Integer, Integer, Integer, Integer, Integer, Integer, Integer, Integer, Integer, Float> task,
            int kernelSize, int stride) implements Body {
    }

    /**
     * Context, input, weight, bias, output, geometry: work-groups that share local memory.
     *
     * @param taps whether the channels that are in local memory at a time are of one tap, so that a
     * group's channels must be a multiple of them
     */
    public record Local(
            Task8<KernelContext, FloatArray, FloatArray, FloatArray, FloatArray, IntArray, Integer, Float> task,
            boolean taps) implements Body {

        /** For any channels, from as many on as are in local memory at a time. */
        public Local(
                Task8<KernelContext, FloatArray, FloatArray, FloatArray, FloatArray, IntArray, Integer, Float> task) {
            this(task, false);
        }
    }

    /**
     * Context, input, weight, bias, output; channels, output height and width, input height and
     * width, padding at the top and left: work-groups of {@link #COLUMNS} times {@link #LINES}
     * work-items that share a patch of a channel in local memory, each of which computes a line of
     * the tiling's pixels; in NHWC of several channels.
     *
     * @param kernelSize height and width, the only ones that the method is written for, without
     * dilation
     * @param stride both, the only ones that the method is written for
     */
    public record Patches(
            Task14<KernelContext, FloatArray, FloatArray, FloatArray, FloatArray, Integer, Integer, Integer, Integer, Integer, Integer, Integer, Integer, Float> task,
            int kernelSize, int stride) implements Body {

        public static final int COLUMNS = 56;
        public static final int LINES = 4;
        /** In NHWC a work-group has one line, of so many columns and channels. */
        public static final int LAST_COLUMNS = 14;
        public static final int LAST_CHANNELS = 32;
        /** Its work-items. */
        public static final int LAST_ITEMS = 576;
    }

    /**
     * Context, input, depthwise weight and bias, pointwise weight and bias in
     * {@link BlockPacking}'s order, output; channels, output channels, height and width, and
     * activation and slope of the depthwise convolution: work-groups whose depthwise results are in
     * local memory. For kernels of 3 by 3 at stride 1 whose output is as large as their input.
     */
    public record SeparableLocal(
            Task15<KernelContext, FloatArray, FloatArray, FloatArray, FloatArray, FloatArray, FloatArray, Integer, Integer, Integer, Integer, Integer, Float, Integer, Float> task)
            implements
                Body {
    }

    /**
     * Context, input, weight and bias in {@link BlockPacking}'s order, output; channels, output
     * channels, groups, height and width: work-groups whose rows of the input are in local memory.
     * For kernels of 3 by 3 at stride 1 whose output is as large as their input.
     */
    public record Rows(
            Task12<KernelContext, FloatArray, FloatArray, FloatArray, FloatArray, Integer, Integer, Integer, Integer, Integer, Integer, Float> task)
            implements
                Body {
    }

    public Kernel {
        Objects.requireNonNull(tiling, "tiling");
        Objects.requireNonNull(body, "body");
    }

    /** How many convolutions, one after the other, it computes at once. */
    public int stages() {
        return variant == Variant.SEPARABLE ? 2 : 1;
    }

    /** Whether it computes vectors of channels of whole pixels, mixing them or not. */
    public boolean isOfVectors() {
        return body instanceof Vectors || body instanceof Dense;
    }

    /** Whether it can compute this convolution. */
    public boolean supports(Geometry geometry) {
        return supports(List.of(geometry));
    }

    /** Whether it can compute these convolutions at once, each on what the one before leaves. */
    public boolean supports(List<Geometry> stages) {
        if (stages.size() != stages()) {
            return false;
        }
        Geometry geometry = stages.getFirst();
        return supports(geometry.channelsLast()) && switch (body) {
            case Vectors vectors -> vectors.kernelWidth() == 0
                    || fits(geometry, vectors.kernelWidth(), vectors.strideWidth());
            case Separable separable ->
                fits(geometry, separable.kernelWidth(), separable.strideWidth())
                        && (!separable.wide() || SeparableGrid.fits(geometry, tiling.pixels()));
            case SeparableLocal separable ->
                isByThree(geometry) && geometry.inChannels() % tiling.channels() == 0;
            case Rows rows -> isByThree(geometry)
                    && geometry.inChannels() / geometry.groups() % tiling.channels() == 0;
            case Dense dense -> true;
            case Plain plain -> true;
            case Blocks blocks -> true;
            case Lines lines -> fitsBoth(geometry, lines.kernelSize(), lines.stride());
            case Patches patches -> fitsBoth(geometry, patches.kernelSize(), patches.stride());
            case Local local -> local.taps()
                    ? geometry.inChannels() / geometry.groups() % tiling.channels() == 0
                    : geometry.inChannels() / geometry.groups() * geometry.kernelHeight()
                            * geometry.kernelWidth() >= tiling.channels();
        } && switch (variant) {
            case STANDARD -> geometry.groups() == 1;
            case GROUPED -> true;
            case DEPTHWISE -> geometry.isDepthwise() && (order != Order.NHWC_VECTORS
                    || geometry.outChannels() == geometry.inChannels());
            case POINTWISE -> geometry.isPointwise() && (order != Order.NHWC_VECTORS
                    || tiling.pixels() == 1 || geometry.inChannels() <= MOST_IN_ORDER);
            case SEPARABLE ->
                geometry.isDepthwise() && geometry.outChannels() == geometry.inChannels()
                        && stages.getLast().isPointwise()
                        && (order != Order.NHWC_VECTORS || SeparableGrid.holds(tiling.pixels(),
                                tiling.pixels(), mostPixelFloats(geometry)));
        };
    }

    /**
     * A pixel is as long as the dense kernel before it left it, which pads to blocks of up to 32
     * channels.
     */
    private static int mostPixelFloats(Geometry geometry) {
        return Math.ceilDiv(geometry.inChannels(), MOST_BLOCK) * MOST_BLOCK;
    }

    /** Whether it is 3 by 3 at stride 1, and makes as many rows and columns as there were. */
    private static boolean isByThree(Geometry geometry) {
        return fits(geometry, 3, 1) && geometry.kernelHeight() == 3 && geometry.strideHeight() == 1
                && geometry.dilationHeight() == 1 && geometry.padTop() == 1
                && geometry.padLeft() == 1 && geometry.outHeight() == geometry.inHeight()
                && geometry.outWidth() == geometry.inWidth();
    }

    private static boolean fitsBoth(Geometry geometry, int kernelSize, int stride) {
        return fits(geometry, kernelSize, stride) && geometry.kernelHeight() == kernelSize
                && geometry.strideHeight() == stride && geometry.dilationHeight() == 1
                && geometry.outChannels() == geometry.inChannels();
    }

    private static boolean fits(Geometry geometry, int kernelWidth, int strideWidth) {
        return kernelWidth == geometry.kernelWidth() && strideWidth == geometry.strideWidth()
                && geometry.dilationWidth() == 1;
    }

    /**
     * Whether calling it as the method that it is computes the same: not where work-items share
     * local memory.
     */
    public boolean runsAsPlainJava() {
        return !sharesMemory();
    }

    /** Output columns of a work-group that shares a {@link Patches patch}. */
    public int patchColumns() {
        return order == Order.NHWC ? Patches.LAST_COLUMNS : Patches.COLUMNS;
    }

    /** Its channels. */
    public int patchChannels() {
        return order == Order.NHWC ? Patches.LAST_CHANNELS : 1;
    }

    /** Its output rows. */
    public int patchRows() {
        return order == Order.NHWC ? tiling.pixels() : Patches.LINES * tiling.pixels();
    }

    /** Whether sizes are numbers in its code, not read from an array. */
    public boolean hasSizesInCode() {
        return body instanceof Lines || body instanceof Patches || body instanceof SeparableLocal
                || body instanceof Rows;
    }

    /** Whether its work-groups share local memory. */
    public boolean sharesMemory() {
        return body instanceof Local || body instanceof Patches || body instanceof SeparableLocal
                || body instanceof Rows;
    }

    /**
     * Whether it has this activation: see {@link Activations#has}.
     *
     * @param activation one of {@link Activations}, or 0 for none
     */
    public boolean activates(int activation) {
        return Activations.has(activation);
    }

    private boolean supports(boolean channelsLast) {
        return switch (order) {
            case NCHW -> !channelsLast;
            case NHWC -> channelsLast;
            case NHWC_VECTORS -> true;
        };
    }
}
