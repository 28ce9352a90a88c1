package dev.sepconv.zoo;

import java.util.random.RandomGenerator;

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
     */
    static Parameters random(RandomGenerator random) {
        return (name, sizes) -> {
            int count = 1;
            for (int size : sizes) {
                count *= size;
            }
            boolean scale = name.endsWith("/scale");
            double bound = name.endsWith("/weight") ? Math.sqrt(6.0 / (count / sizes[0])) : 0.1;
            float[] numbers = new float[count];
            for (int i = 0; i < count; i++) {
                numbers[i] = (float) ((scale ? 1 : 0) + random.nextDouble(-bound, bound));
            }
            return numbers;
        };
    }
}
