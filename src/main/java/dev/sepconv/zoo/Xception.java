package dev.sepconv.zoo;

import dev.sepconv.Conv2d;
import dev.sepconv.Network;
import dev.sepconv.Op.Elementwise;
import dev.sepconv.Op.Elementwise.Function;
import dev.sepconv.Padding;

/**
 * Xception for ImageNet's 1000 classes (Chollet 2017, fig. 5), with its separable convolutions
 * depthwise first, as Keras ships it.
 */
public final class Xception {

    private static final Elementwise RELU = Elementwise.of(Function.RELU);

    private final Recipe recipe;
    private int height;
    private int width;

    private Xception(Parameters parameters) {
        recipe = new Recipe("xception", parameters);
    }

    /**
     * The network: entry, middle and exit flow. Input {@code [1, 3, H, W]}, in the paper 299 by
     * 299; output {@code [1, 1000]}. It has 22,855,952 parameters, the paper's number: weights,
     * biases, and two numbers a channel for each batch normalisation (its mean and variance are not
     * counted).
     *
     * @throws IllegalArgumentException if the picture is too small for the first convolutions
     */
    public static Network of(int height, int width, Parameters parameters) {
        return new Xception(parameters).build(height, width);
    }

    private Network build(int inputHeight, int inputWidth) {
        String x = recipe.input(inputHeight, inputWidth);
        x = recipe.convolve("entry1", Conv2d.of(3, 32, 3).withStride(2), RELU, x);
        x = recipe.convolve("entry2", Conv2d.of(32, 64, 3), RELU, x);
        height = (inputHeight - 3) / 2 + 1 - 2;
        width = (inputWidth - 3) / 2 + 1 - 2;
        x = reducing("entry3", 64, 128, 128, false, x);
        x = reducing("entry4", 128, 256, 256, true, x);
        x = reducing("entry5", 256, 728, 728, true, x);
        for (int i = 1; i <= 8; i++) {
            x = middle("middle" + i, x);
        }
        x = reducing("exit1", 728, 728, 1024, true, x);
        x = recipe.activate("exit2/activation", RELU, separable("exit2", 1024, 1536, x));
        x = recipe.activate("exit3/activation", RELU, separable("exit3", 1536, 2048, x));
        return recipe.classify(2048, MobileNets.CLASSES, x);
    }

    /**
     * Two separable convolutions and a pooling that halves, beside a pointwise convolution at
     * stride 2.
     */
    private String reducing(String name, int channels, int between, int filters,
            boolean activateFirst, String from) {
        String shortcut = recipe.convolve(name + "/shortcut",
                Conv2d.of(channels, filters, 1).withStride(2).withPadding(Padding.SAME_UPPER),
                from);
        String x = activateFirst ? recipe.activate(name + "/activation1", RELU, from) : from;
        x = separable(name + "/separable1", channels, between, x);
        x = recipe.activate(name + "/activation2", RELU, x);
        x = separable(name + "/separable2", between, filters, x);
        x = recipe.halve(name + "/pool", x, height, width);
        height = Math.ceilDiv(height, 2);
        width = Math.ceilDiv(width, 2);
        return recipe.sum(name + "/sum", x, shortcut);
    }

    private String middle(String name, String from) {
        String x = from;
        for (int i = 1; i <= 3; i++) {
            x = separable(name + "/separable" + i, 728, 728,
                    recipe.activate(name + "/activation" + i, RELU, x));
        }
        return recipe.sum(name + "/sum", x, from);
    }

    /** Depthwise 3x3 and pointwise with nothing between, then batch normalisation. */
    private String separable(String name, int channels, int filters, String from) {
        String filtered = recipe.linear(name + "/depthwise",
                Conv2d.depthwise(channels, 1, 3).withPadding(Padding.SAME_UPPER), from);
        return recipe.convolve(name + "/pointwise", Conv2d.pointwise(channels, filters), filtered);
    }
}
