package dev.sepconv.zoo;

/** Where a builder gets its numbers from. */
@FunctionalInterface
public interface Parameters {

    /**
     * The numbers of one array of parameters.
     *
     * @param name the layer's name, a slash, and {@code weight}, {@code bias}, {@code scale} or
     * {@code shift}; the last two are a batch normalisation's, as {@link dev.sepconv.Op.ScaleShift}
     * has them
     * @param sizes {@code [K, C/G, R, S]} for a convolution's weights, {@code [outputs, inputs]}
     * for a fully connected layer's, one size for the others
     * @return as many numbers as the sizes say, row-major
     */
    float[] get(String name, int... sizes);

    /**
     * Random numbers that keep activations within bounds from layer to layer: weights drawn evenly
     * with variance 2 / fan-in (He et al. 2015), scales from 0.9 to 1.1, biases and shifts from
     * -0.1 to 0.1.
     *
     * @param seed of the sequence that {@link java.util.Random} has for it, in which all numbers
     * are drawn one after the other
     */
    static Parameters random(long seed) {
        RandomNumbers numbers = new RandomNumbers(seed);
        return (name, sizes) -> {
            int count = 1;
            for (int size : sizes) {
                count *= size;
            }
            double bound = name.endsWith("/weight") ? Math.sqrt(6.0 / (count / sizes[0])) : 0.1;
            return numbers.next(count, name.endsWith("/scale") ? 1 : 0, bound);
        };
    }
}
