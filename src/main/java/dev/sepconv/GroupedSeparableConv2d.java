package dev.sepconv;

import java.util.List;
import java.util.Optional;

/**
 * A grouped convolution and a pointwise (1x1) one after it, which integrates what the groups found
 * each by itself: between a standard convolution (one group) and a separable one (a group for each
 * channel, {@link SeparableConv2d}). The article's grouped convolution with later integration.
 *
 * <p>
 * The pointwise step may be grouped too. Then groups never see one another unless the channels are
 * shuffled between the steps (Zhang et al. 2017, ShuffleNet, section 3.1; the same as the
 * interleaved groups of Zhang et al. 2017, Interleaved Group Convolutions). Before an ungrouped
 * pointwise step a shuffle costs nothing: engines fold it into the weights. Before a grouped one
 * they move the channels, in a pass of its own.
 *
 * <p>
 * Weights are the grouped step's, {@code [K1, C/G, R, S]}, then the pointwise step's,
 * {@code [K, K1/P, 1, 1]}, whose inputs are numbered after the shuffle if there is one.
 *
 * @param grouped the spatial step, with G groups
 * @param shuffle whether the grouped step's output channels are shuffled, as {@link ChannelShuffle}
 * of G groups
 * @param pointwise the mixing step, 1x1, with any number of groups P
 */
public record GroupedSeparableConv2d(Conv2d grouped, boolean shuffle,
        Conv2d pointwise) implements Layer {

    /**
     * @throws IllegalArgumentException if the second step is not 1x1, or takes another number of
     * channels than the first gives
     */
    public GroupedSeparableConv2d {
        if (pointwise.kernelHeight() != 1 || pointwise.kernelWidth() != 1) {
            throw new IllegalArgumentException("pointwise step has a %dx%d kernel; it must be 1x1"
                    .formatted(pointwise.kernelHeight(), pointwise.kernelWidth()));
        }
        if (grouped.outChannels() != pointwise.inChannels()) {
            throw new IllegalArgumentException("pointwise step takes %s; the grouped step gives %d"
                    .formatted(Checks.count(pointwise.inChannels(), "channel"),
                            grouped.outChannels()));
        }
    }

    /**
     * Grouped C to C, then pointwise to N, linear, without bias, "same" padding, without a shuffle.
     * With C groups it is {@link SeparableConv2d#keras}.
     *
     * @param groups G of the grouped step, a divisor of {@code inChannels}
     */
    public static GroupedSeparableConv2d of(int inChannels, int outChannels, int kernel, int stride,
            int groups) {
        return new GroupedSeparableConv2d(
                Conv2d.grouped(inChannels, inChannels, kernel, groups).withStride(stride)
                        .withPadding(Padding.SAME_UPPER),
                false, Conv2d.pointwise(inChannels, outChannels));
    }

    public GroupedSeparableConv2d withShuffle(boolean newShuffle) {
        return new GroupedSeparableConv2d(grouped, newShuffle, pointwise);
    }

    /** @param groups P, a divisor of the pointwise step's input and output channels */
    public GroupedSeparableConv2d withPointwiseGroups(int groups) {
        return new GroupedSeparableConv2d(grouped, shuffle, pointwise.withGroups(groups));
    }

    @Override
    public List<Conv2d> stages() {
        return List.of(grouped, pointwise);
    }

    @Override
    public Optional<ChannelShuffle> shuffleBefore(int stage) {
        return stage == 1 && shuffle
                ? Optional.of(new ChannelShuffle(grouped.outChannels(), grouped.groups()))
                        .filter(each -> !each.isIdentity())
                : Optional.empty();
    }
}
