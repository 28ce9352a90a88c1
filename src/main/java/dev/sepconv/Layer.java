package dev.sepconv;

import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

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

    /**
     * This layer with its weights, which is what an {@link Engine} compiles.
     *
     * @param weights one for each of {@link #stages()}, in that order; used as they are and not
     * copied
     * @throws IllegalArgumentException if there is not one for each stage, or one is not of its
     * stage's size
     */
    default Op.Convolve withWeights(List<ConvWeights> weights) {
        return new Op.Convolve(this, weights);
    }

    /** {@link #withWeights(List)}, one after the other. */
    default Op.Convolve withWeights(ConvWeights... weights) {
        return withWeights(List.of(weights));
    }

    /**
     * This layer with weights drawn evenly from [-1, 1), to try it or to measure it: those of the
     * first stage, then those of the next.
     */
    default Op.Convolve withRandomWeights(RandomGenerator random) {
        return withWeights(
                stages().stream().map(stage -> ConvWeights.random(stage, random)).toList());
    }
}
