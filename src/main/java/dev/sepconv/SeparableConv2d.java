package dev.sepconv;

import java.util.List;
import java.util.Objects;

/**
 * A standard convolution taken apart: a depthwise step filters each channel alone, a pointwise
 * (1x1) step mixes the channels. The article's subject.
 *
 * @param order which step comes first and what may stand between
 * @param depthwise the spatial step, with as many groups as input channels
 * @param pointwise the mixing step, 1x1
 */
public record SeparableConv2d(Order order, Conv2d depthwise, Conv2d pointwise) implements Layer {

    /** The three ways in which the literature and its code put the two steps together. */
    public enum Order {
        /**
         * Depthwise, then bias and activation, then pointwise, then bias and activation (Howard et
         * al. 2017, MobileNets, fig. 3).
         */
        MOBILENET,
        /**
         * Pointwise, then depthwise, nothing non-linear between: "an extreme version of our
         * Inception module" as Chollet's paper describes it (2017, Xception, section 2 and fig. 4;
         * its section 4.7 finds no activation between to be best).
         */
        XCEPTION,
        /**
         * Depthwise, then pointwise, nothing non-linear between: Keras's SeparableConv2D, and so
         * Xception as it is shipped. The paper says that the order does not matter where the steps
         * are stacked.
         */
        KERAS
    }

    public SeparableConv2d {
        Objects.requireNonNull(order, "order");
        if (!depthwise.isDepthwise()) {
            throw new IllegalArgumentException(
                    "depthwise step has %s; it must have one for each of its %d input channels"
                            .formatted(Checks.count(depthwise.groups(), "group"),
                                    depthwise.inChannels()));
        }
        if (pointwise.kernelHeight() != 1 || pointwise.kernelWidth() != 1
                || pointwise.groups() != 1) {
            throw new IllegalArgumentException(
                    "pointwise step has a %dx%d kernel and %s; it must be 1x1 and ungrouped"
                            .formatted(pointwise.kernelHeight(), pointwise.kernelWidth(),
                                    Checks.count(pointwise.groups(), "group")));
        }
        Conv2d first = order == Order.XCEPTION ? pointwise : depthwise;
        Conv2d second = order == Order.XCEPTION ? depthwise : pointwise;
        if (first.outChannels() != second.inChannels()) {
            throw new IllegalArgumentException("second step takes %s; the first gives %d"
                    .formatted(Checks.count(second.inChannels(), "channel"), first.outChannels()));
        }
        if (order != Order.MOBILENET && !first.activation().equals(Activation.NONE)) {
            throw new IllegalArgumentException(
                    "first step has activation %s; order %s has none between the steps"
                            .formatted(first.activation(), order));
        }
    }

    /**
     * Depthwise C by K*K with ReLU6, then pointwise to N with ReLU6, both with bias: MobileNet's
     * block with its batch normalisation folded in.
     */
    public static SeparableConv2d mobilenet(int inChannels, int outChannels, int kernel,
            int stride) {
        return new SeparableConv2d(Order.MOBILENET,
                Conv2d.depthwise(inChannels, 1, kernel).withStride(stride)
                        .withPadding(Padding.SAME_UPPER).withBias(true)
                        .withActivation(Activation.RELU6),
                Conv2d.pointwise(inChannels, outChannels).withBias(true)
                        .withActivation(Activation.RELU6));
    }

    /**
     * Pointwise to N, then depthwise on N channels, linear, without bias: Xception as its paper has
     * it.
     */
    public static SeparableConv2d xception(int inChannels, int outChannels, int kernel,
            int stride) {
        return new SeparableConv2d(
                Order.XCEPTION, Conv2d.depthwise(outChannels, 1, kernel).withStride(stride)
                        .withPadding(Padding.SAME_UPPER),
                Conv2d.pointwise(inChannels, outChannels));
    }

    /**
     * Depthwise on C channels, then pointwise to N, linear, without bias: Xception as Keras and its
     * models have it.
     */
    public static SeparableConv2d keras(int inChannels, int outChannels, int kernel, int stride) {
        return new SeparableConv2d(Order.KERAS, Conv2d.depthwise(inChannels, 1, kernel)
                .withStride(stride).withPadding(Padding.SAME_UPPER),
                Conv2d.pointwise(inChannels, outChannels));
    }

    @Override
    public List<Conv2d> stages() {
        return order == Order.XCEPTION
                ? List.of(pointwise, depthwise)
                : List.of(depthwise, pointwise);
    }
}
