package dev.sepconv;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Something an {@link Engine} can compile: one convolution, or several that feed one another
 * without leaving the device.
 */
public sealed interface Layer permits Conv2d, SeparableConv2d, GroupedSeparableConv2d, ConvStack {

    /** The convolutions in the order in which they run. */
    List<Conv2d> stages();

    /**
     * How the channels that the stage before gives are moved before this stage reads them; empty
     * where it reads them as they are.
     *
     * @param stage its place in {@link #stages()}, from 0
     */
    default Optional<ChannelShuffle> shuffleBefore(int stage) {
        return Optional.empty();
    }

    /**
     * The shape that comes out when {@code input} goes in.
     *
     * @throws IllegalArgumentException if the layer can't take such an input: another number of
     * channels, or a kernel larger than the padded picture
     */
    default Shape outputShape(Shape input) {
        Shape shape = input;
        for (Conv2d stage : stages()) {
            shape = stage.outputShape(shape);
        }
        return shape;
    }

    /** Refuses weights that are not one per stage, each of its stage's size. */
    default void check(List<ConvWeights> weights) {
        List<Conv2d> stages = stages();
        if (weights.size() != stages.size()) {
            throw new IllegalArgumentException("weights are given for %s; this layer has %d"
                    .formatted(Checks.count(weights.size(), "convolution"), stages.size()));
        }
        for (int i = 0; i < stages.size(); i++) {
            Conv2d stage = stages.get(i);
            try {
                Objects.requireNonNull(weights.get(i), "weights").check(stage);
            } catch (IllegalArgumentException e) {
                throw stages.size() == 1
                        ? e
                        : new IllegalArgumentException("weights of stage %d of %d, %s: %s"
                                .formatted(i + 1, stages.size(), stage.inWords(), e.getMessage()),
                                e);
            }
        }
    }
}
