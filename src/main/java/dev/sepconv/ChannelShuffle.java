package dev.sepconv;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The channels of a picture in another order: seen as a matrix of {@code groups} rows they are read
 * column by column, so that each group of the convolution that follows sees channels of every group
 * of the one before (Zhang et al. 2017, ShuffleNet, section 3.1: reshape to (g, n), transpose,
 * flatten).
 *
 * @param channels a multiple of {@code groups}
 * @param groups g, at least 1; with 1 or as many as channels the order stays
 */
public record ChannelShuffle(int channels, int groups) {

    /**
     * @throws IllegalArgumentException if a number is below 1, or {@code groups} doesn't divide
     * {@code channels}
     */
    public ChannelShuffle {
        Checks.atLeast("channels", channels, 1);
        Checks.atLeast("groups", groups, 1);
        if (channels % groups != 0) {
            throw new IllegalArgumentException("groups is %d; it must divide the %s"
                    .formatted(groups, Checks.count(channels, "channel")));
        }
    }

    /**
     * Which channel of the picture before is channel {@code channel} of the picture after.
     *
     * @throws IndexOutOfBoundsException if there is no such channel
     */
    public int source(int channel) {
        Checks.index("channel", channel, channels, this);
        return channel % groups * (channels / groups) + channel / groups;
    }

    /** Whether all channels stay where they are. */
    public boolean isIdentity() {
        return groups == 1 || groups == channels;
    }

    /**
     * A layer's weights with every shuffle before an ungrouped convolution folded in: the inputs of
     * its filters change their places, and the shuffle need not be done. What can't be folded so,
     * {@link #before} tells.
     */
    public static List<ConvWeights> folded(Layer layer, List<ConvWeights> weights) {
        List<ConvWeights> folded = new ArrayList<>(weights);
        for (int i = 0; i < weights.size(); i++) {
            Optional<ChannelShuffle> shuffle = layer.shuffleBefore(i);
            Conv2d conv = layer.stages().get(i);
            if (shuffle.isPresent() && conv.groups() == 1) {
                folded.set(i, shuffle.get().fold(conv, weights.get(i)));
            }
        }
        return List.copyOf(folded);
    }

    /**
     * The shuffle that must be done before a stage of a layer whose weights are {@link #folded}.
     */
    public static Optional<ChannelShuffle> before(Layer layer, int stage) {
        return layer.shuffleBefore(stage).filter(shuffle -> layer.stages().get(stage).groups() > 1);
    }

    private ConvWeights fold(Conv2d conv, ConvWeights weights) {
        int taps = conv.kernelHeight() * conv.kernelWidth();
        float[] moved = new float[weights.weight().length];
        for (int k = 0; k < conv.outChannels(); k++) {
            for (int c = 0; c < channels; c++) {
                System.arraycopy(weights.weight(), (k * channels + c) * taps, moved,
                        (k * channels + source(c)) * taps, taps);
            }
        }
        return new ConvWeights(moved, weights.bias());
    }
}
