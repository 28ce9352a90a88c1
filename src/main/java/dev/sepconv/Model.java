package dev.sepconv;

import java.util.Map;

/**
 * A model that was read once, of which {@link #at} makes a network for each size that is wanted:
 * batch, height and width need not be known before. {@link Sepconv#model} opens one. Networks of it
 * share their weights while one of them is in use, so these must not be changed. It is safe for use
 * by several threads. Close it when no other size is needed: its networks stay as they are.
 */
public interface Model extends AutoCloseable {

    /**
     * The sizes of all that goes in, as {@link #at(InputSizes)} would have them: no weight is read
     * for that.
     *
     * @param sizes for what the model leaves open
     * @throws IllegalArgumentException if {@code sizes} has one that the model doesn't know, or
     * another than it says
     * @throws OpenSizeException if {@code sizes} lacks one that the model leaves open
     * @throws IllegalStateException if it is closed
     */
    Map<String, Dims> inputs(InputSizes sizes);

    /**
     * The network for those sizes.
     *
     * @param sizes for what the model leaves open
     * @return inputs, outputs and arrays named as in the model, all numbers float32
     * @throws java.io.UncheckedIOException if it can't be read, is damaged, or does what we can't;
     * one sentence says what
     * @throws IllegalArgumentException if {@code sizes} has one that the model doesn't know, or
     * another than it says
     * @throws OpenSizeException if {@code sizes} lacks one that the model leaves open
     * @throws IllegalStateException if it is closed
     */
    Network at(InputSizes sizes);

    /**
     * {@link #at(InputSizes)} for a model of one input.
     *
     * @param input all its sizes, the batch first, such as {@code Dims.of(8, 3, 480, 640)}
     */
    default Network at(Dims input) {
        return at(InputSizes.of(input));
    }

    @Override
    void close();
}
