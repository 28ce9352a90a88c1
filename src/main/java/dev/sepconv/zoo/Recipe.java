package dev.sepconv.zoo;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Dims;
import dev.sepconv.Network;
import dev.sepconv.Op;
import dev.sepconv.Padding;
import java.util.List;

/** What the builders have in common: steps that are several nodes each. */
final class Recipe {

    private final Network.Builder builder;
    private final Parameters parameters;

    Recipe(String name, Parameters parameters) {
        this.builder = Network.builder(name);
        this.parameters = parameters;
    }

    String input(int height, int width) {
        return builder.input("input", Dims.of(1, 3, height, width));
    }

    /** A convolution without bias and its batch normalisation. */
    String convolve(String name, Conv2d conv, String from) {
        return normalise(name, linear(name, conv, from), conv.outChannels());
    }

    /** {@link #convolve} and an activation. */
    String convolve(String name, Conv2d conv, Op.Elementwise activation, String from) {
        return builder.add(name + "/activation", activation, convolve(name, conv, from));
    }

    /** A convolution without bias and nothing else. */
    String linear(String name, Conv2d conv, String from) {
        float[] weight = parameters.get(name + "/weight", conv.outChannels(),
                conv.inChannels() / conv.groups(), conv.kernelHeight(), conv.kernelWidth());
        return builder.add(name, conv.withWeights(ConvWeights.of(weight)), from);
    }

    /** A convolution with bias and nothing else. */
    String biased(String name, Conv2d conv, String from) {
        float[] weight = parameters.get(name + "/weight", conv.outChannels(),
                conv.inChannels() / conv.groups(), conv.kernelHeight(), conv.kernelWidth());
        float[] bias = parameters.get(name + "/bias", conv.outChannels());
        return builder.add(name, conv.withBias(true).withWeights(new ConvWeights(weight, bias)),
                from);
    }

    private String normalise(String name, String from, int channels) {
        return builder.add(name + "/norm",
                new Op.ScaleShift(parameters.get(name + "/scale", channels),
                        parameters.get(name + "/shift", channels)),
                from);
    }

    String activate(String name, Op.Elementwise function, String from) {
        return builder.add(name, function, from);
    }

    String sum(String name, String one, String other) {
        return builder.add(name, new Op.Binary(Op.Binary.Kind.ADD), one, other);
    }

    /** Max pooling 3x3 at stride 2 with TensorFlow's padding "same" for a picture of that size. */
    String halve(String name, String from, int height, int width) {
        Conv2d window = Conv2d.of(1, 1, 3).withStride(2);
        return builder.add(name, Op.Pool.of(Op.Pool.Kind.MAX, 3, 2,
                Padding.SAME_UPPER.resolve(window, height, width)), from);
    }

    /** Max pooling without padding. */
    String pool(String name, int kernel, int stride, String from) {
        return builder.add(name,
                Op.Pool.of(Op.Pool.Kind.MAX, kernel, stride, new Padding.Explicit(0, 0, 0, 0)),
                from);
    }

    /** A picture's numbers in a row. */
    String flatten(String name, int numbers, String from) {
        return builder.add(name, new Op.Reshape(Dims.of(1, numbers)), from);
    }

    /** A fully connected layer with bias. */
    String connect(String name, int inputs, int outputs, String from) {
        return builder.add(name,
                new Op.FullyConnected(outputs, parameters.get(name + "/weight", outputs, inputs),
                        parameters.get(name + "/bias", outputs), Activation.NONE),
                from);
    }

    /** Softmax: the whole network. */
    Network probabilities(String scores) {
        return builder.output(builder.add("probabilities", new Op.Softmax(1), scores)).build();
    }

    /** Mean over the picture, a fully connected layer with bias, softmax: the whole network. */
    Network classify(int channels, int classes, String from) {
        String pooled = builder.add("pool",
                new Op.Reduce(Op.Reduce.Kind.MEAN, List.of(2, 3), false), from);
        return probabilities(connect("classifier", channels, classes, pooled));
    }
}
