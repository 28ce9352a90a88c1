package dev.sepconv;

import java.util.List;
import java.util.Objects;

/**
 * A two-dimensional convolution (cross-correlation, as every network library has it) with
 * everything that a layer may ask of it. Make one with {@link #of}, {@link #grouped},
 * {@link #depthwise} or {@link #pointwise} and change it with the {@code with} methods, each of
 * which returns a new one.
 *
 * <p>
 * Weights are OIHW, {@code [K, C/G, R, S]}: K = {@link #outChannels}, C = {@link #inChannels}, G =
 * {@link #groups}, R and S the kernel's height and width. Output channel k belongs to group
 * {@code k / (K/G)} and reads the C/G input channels of that group.
 *
 * <p>
 * A signal of one dimension is a picture of height 1, its kernel {@code 1 x S}: every kernel and
 * engine takes it. There is no third dimension; ONNX models that have one are read as networks of
 * pictures.
 *
 * @param inChannels C, at least 1
 * @param outChannels K, at least 1
 * @param kernelHeight R, at least 1
 * @param kernelWidth S, at least 1
 * @param strideHeight rows from one output row to the next, at least 1
 * @param strideWidth columns from one output column to the next, at least 1
 * @param dilationHeight rows from one tap to the next, at least 1
 * @param dilationWidth columns from one tap to the next, at least 1
 * @param padding zeros round the input
 * @param groups G, a divisor of both C and K; C groups make it depthwise
 * @param bias whether one number an output channel is added
 * @param activation what is done after the bias
 */
public record Conv2d(int inChannels, int outChannels, int kernelHeight, int kernelWidth,
        int strideHeight, int strideWidth, int dilationHeight, int dilationWidth, Padding padding,
        int groups, boolean bias, Activation activation) implements Layer {

    /**
     * @throws IllegalArgumentException if a number is below its least, or {@code groups} doesn't
     * divide both channel counts
     */
    public Conv2d {
        Checks.atLeast("input channels", inChannels, 1);
        Checks.atLeast("output channels", outChannels, 1);
        Checks.atLeast("kernel height", kernelHeight, 1);
        Checks.atLeast("kernel width", kernelWidth, 1);
        Checks.atLeast("stride height", strideHeight, 1);
        Checks.atLeast("stride width", strideWidth, 1);
        Checks.atLeast("dilation height", dilationHeight, 1);
        Checks.atLeast("dilation width", dilationWidth, 1);
        Checks.atLeast("groups", groups, 1);
        Objects.requireNonNull(padding, "padding");
        Objects.requireNonNull(activation, "activation");
        if (inChannels % groups != 0 || outChannels % groups != 0) {
            throw new IllegalArgumentException(
                    "groups is %d; it must divide both the %d input channels and the %d output channels"
                            .formatted(groups, inChannels, outChannels));
        }
        Checks.elements("kernel height %d with dilation %d", kernelHeight, dilationHeight);
        Checks.elements("kernel width %d with dilation %d", kernelWidth, dilationWidth);
        Checks.elements("weight [%d, %d, %d, %d]", outChannels, inChannels / groups, kernelHeight,
                kernelWidth);
    }

    /**
     * A standard convolution: every output channel reads every input channel. Stride 1, no padding,
     * no bias, no activation.
     */
    public static Conv2d of(int inChannels, int outChannels, int kernelHeight, int kernelWidth) {
        return new Conv2d(inChannels, outChannels, kernelHeight, kernelWidth, 1, 1, 1, 1,
                Padding.VALID, 1, false, Activation.NONE);
    }

    /** {@link #of(int, int, int, int)} with a square kernel. */
    public static Conv2d of(int inChannels, int outChannels, int kernel) {
        return of(inChannels, outChannels, kernel, kernel);
    }

    /**
     * A grouped convolution (AlexNet): G convolutions side by side, each on its own C/G channels.
     */
    public static Conv2d grouped(int inChannels, int outChannels, int kernel, int groups) {
        return new Conv2d(inChannels, outChannels, kernel, kernel, 1, 1, 1, 1, Padding.VALID,
                groups, false, Activation.NONE);
    }

    /**
     * A depthwise convolution: every input channel is filtered alone, by {@code multiplier}
     * filters.
     *
     * @param multiplier M = K/C, at least 1
     */
    public static Conv2d depthwise(int channels, int multiplier, int kernel) {
        Checks.atLeast("channels", channels, 1);
        Checks.atLeast("depth multiplier", multiplier, 1);
        Checks.elements("channels %d by depth multiplier %d", channels, multiplier);
        return grouped(channels, channels * multiplier, kernel, channels);
    }

    /** A pointwise (1x1) convolution: mixes the channels of each pixel. */
    public static Conv2d pointwise(int inChannels, int outChannels) {
        return of(inChannels, outChannels, 1);
    }

    public Conv2d withStride(int height, int width) {
        return new Conv2d(inChannels, outChannels, kernelHeight, kernelWidth, height, width,
                dilationHeight, dilationWidth, padding, groups, bias, activation);
    }

    public Conv2d withStride(int both) {
        return withStride(both, both);
    }

    public Conv2d withDilation(int height, int width) {
        return new Conv2d(inChannels, outChannels, kernelHeight, kernelWidth, strideHeight,
                strideWidth, height, width, padding, groups, bias, activation);
    }

    public Conv2d withDilation(int both) {
        return withDilation(both, both);
    }

    public Conv2d withPadding(Padding newPadding) {
        return new Conv2d(inChannels, outChannels, kernelHeight, kernelWidth, strideHeight,
                strideWidth, dilationHeight, dilationWidth, newPadding, groups, bias, activation);
    }

    public Conv2d withGroups(int newGroups) {
        return new Conv2d(inChannels, outChannels, kernelHeight, kernelWidth, strideHeight,
                strideWidth, dilationHeight, dilationWidth, padding, newGroups, bias, activation);
    }

    public Conv2d withBias(boolean newBias) {
        return new Conv2d(inChannels, outChannels, kernelHeight, kernelWidth, strideHeight,
                strideWidth, dilationHeight, dilationWidth, padding, groups, newBias, activation);
    }

    public Conv2d withActivation(Activation newActivation) {
        return new Conv2d(inChannels, outChannels, kernelHeight, kernelWidth, strideHeight,
                strideWidth, dilationHeight, dilationWidth, padding, groups, bias, newActivation);
    }

    /**
     * Whether every input channel is filtered alone: G = C. With one channel that is also a
     * standard convolution.
     */
    public boolean isDepthwise() {
        return groups == inChannels;
    }

    /**
     * Whether it is 1x1, ungrouped, at stride 1 and without padding: a matrix product over the
     * pixels.
     */
    public boolean isPointwise() {
        return kernelHeight == 1 && kernelWidth == 1 && groups == 1 && strideHeight == 1
                && strideWidth == 1 && padding.resolve(this, 1, 1).equals(Padding.VALID);
    }

    /** M = K/C of a depthwise convolution. */
    public int depthMultiplier() {
        if (!isDepthwise()) {
            throw new IllegalStateException(
                    "only a depthwise convolution has a depth multiplier; this one has %s for %s"
                            .formatted(Checks.count(groups, "group"),
                                    Checks.count(inChannels, "channel")));
        }
        return outChannels / inChannels;
    }

    /** How many weights there are: {@code K * C/G * R * S}, without the bias. */
    public int weightCount() {
        return outChannels * (inChannels / groups) * kernelHeight * kernelWidth;
    }

    @Override
    public List<Conv2d> stages() {
        return List.of(this);
    }

    /**
     * {@code [N, K, OH, OW]} with
     * {@code OH = floor((H + top + bottom - dilationHeight * (R - 1) - 1) / strideHeight) + 1} and
     * OW likewise (ONNX, Conv; PyTorch, Conv2d).
     */
    @Override
    public Shape outputShape(Shape input) {
        if (input.c() != inChannels) {
            throw new IllegalArgumentException("input %s has %s; the convolution takes %d"
                    .formatted(input, Checks.count(input.c(), "channel"), inChannels));
        }
        Padding.Explicit pad = padding.resolve(this, input.h(), input.w());
        int outHeight = outputSize("height", input.h(), pad.top(), pad.bottom(), kernelHeight,
                strideHeight, dilationHeight);
        int outWidth = outputSize("width", input.w(), pad.left(), pad.right(), kernelWidth,
                strideWidth, dilationWidth);
        return new Shape(input.n(), outChannels, outHeight, outWidth);
    }

    private static int outputSize(String what, int size, int before, int after, int kernel,
            int stride, int dilation) {
        long padded = (long) size + before + after;
        long extent = (kernel - 1L) * dilation + 1;
        if (extent > padded) {
            throw new IllegalArgumentException(
                    "kernel %s %d with dilation %d spans %d; the padded input has only %d"
                            .formatted(what, kernel, dilation, extent, padded));
        }
        if (padded > Shape.MAX_ELEMENTS) {
            throw new IllegalArgumentException("padded %s is %d; it must be at most %d"
                    .formatted(what, padded, Shape.MAX_ELEMENTS));
        }
        return (int) ((padded - extent) / stride) + 1;
    }

    /**
     * What kind it is and between how many channels:
     * {@code a depthwise 3x3 convolution of 32 to 32 channels}.
     */
    String inWords() {
        String kind = groups == 1
                ? kernelHeight == 1 && kernelWidth == 1 ? "pointwise" : "standard"
                : isDepthwise() ? "depthwise" : "grouped";
        return "a %s %dx%d convolution of %d to %s".formatted(kind, kernelHeight, kernelWidth,
                inChannels, Checks.count(outChannels, "channel"));
    }
}
