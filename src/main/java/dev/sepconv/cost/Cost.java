package dev.sepconv.cost;

import dev.sepconv.ChannelShuffle;
import dev.sepconv.Conv2d;
import dev.sepconv.Layer;
import dev.sepconv.Shape;

/**
 * What a layer costs on one input, counted from the weights and tensors that exist.
 *
 * @param weights numbers in the filters, {@code K * C/G * R * S} a convolution
 * @param biases one an output channel where there is a bias
 * @param multiplyAdds {@code N * OH * OW * K * C/G * R * S} a convolution; taps that fall on
 * padding are counted, as the literature counts them, and activations are not
 * @param bytesRead input, weights and biases of each convolution, each once, 4 bytes a number
 * @param bytesWritten output of each convolution, 4 bytes a number; in a chain the intermediate is
 * written and read again, and once more each where its channels are shuffled and that can't be
 * folded into weights
 */
public record Cost(long weights, long biases, long multiplyAdds, long bytesRead,
        long bytesWritten) {

    private static final Cost NOTHING = new Cost(0, 0, 0, 0, 0);

    /**
     * The cost of a layer on an input of that shape.
     *
     * @throws IllegalArgumentException if the layer can't take such an input
     */
    public static Cost of(Layer layer, Shape input) {
        Cost sum = NOTHING;
        Shape shape = input;
        for (int i = 0; i < layer.stages().size(); i++) {
            Conv2d stage = layer.stages().get(i);
            Shape output = stage.outputShape(shape);
            long weights = stage.weightCount();
            long biases = stage.bias() ? stage.outChannels() : 0;
            long multiplyAdds = Math.multiplyExact((long) output.n() * output.h() * output.w(),
                    weights);
            sum = sum.plus(new Cost(weights, biases, multiplyAdds,
                    Float.BYTES * (shape.elements() + weights + biases),
                    (long) Float.BYTES * output.elements()));
            if (ChannelShuffle.before(layer, i).isPresent()) {
                long moved = (long) Float.BYTES * shape.elements();
                sum = sum.plus(new Cost(0, 0, 0, moved, moved));
            }
            shape = output;
        }
        return sum;
    }

    /** The cost of this and then that. */
    public Cost plus(Cost other) {
        return new Cost(weights + other.weights, biases + other.biases,
                Math.addExact(multiplyAdds, other.multiplyAdds), bytesRead + other.bytesRead,
                bytesWritten + other.bytesWritten);
    }

    /** Weights and biases. */
    public long parameters() {
        return weights + biases;
    }

    /** Floating-point operations: a multiply-add is two. */
    public long flops() {
        return 2 * multiplyAdds;
    }

    /**
     * Arithmetic intensity in floating-point operations a byte moved (Williams et al. 2009,
     * Roofline).
     */
    public double arithmeticIntensity() {
        return (double) flops() / (bytesRead + bytesWritten);
    }
}
