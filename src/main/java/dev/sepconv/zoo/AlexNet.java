package dev.sepconv.zoo;

import dev.sepconv.Conv2d;
import dev.sepconv.Network;
import dev.sepconv.Op.Elementwise;
import dev.sepconv.Op.Elementwise.Function;
import dev.sepconv.Padding;

/**
 * AlexNet for ImageNet's 1000 classes (Krizhevsky, Sutskever and Hinton 2012, ImageNet
 * Classification with Deep Convolutional Neural Networks, fig. 2): the network whose grouped
 * convolutions came of two GPUs with a part each. Its second, fourth and fifth convolution have two
 * groups; the third reads the maps of both.
 *
 * <p>
 * Left out: local response normalisation (the paper's section 3.3), an operation that networks here
 * don't have and that has no parameters, and dropout, which does nothing but in training.
 */
public final class AlexNet {

    /**
     * What goes in: 227. The paper writes 224, which without padding doesn't give its 55 by 55
     * maps; 227 does.
     */
    public static final int SIDE = 227;

    private static final Elementwise RELU = Elementwise.of(Function.RELU);

    private AlexNet() {
    }

    /**
     * The network. Input {@code [1, 3, H, W]}, output {@code [1, 1000]}. At 227 by 227 it has
     * 60,965,224 parameters, the paper's 60 million.
     *
     * @throws IllegalArgumentException if the picture is too small for the last pooling: below 67
     * pixels
     */
    public static Network of(int height, int width, Parameters parameters) {
        Recipe recipe = new Recipe("alexnet", parameters);
        String x = recipe.input(height, width);
        x = convolve(recipe, "conv1", Conv2d.of(3, 96, 11).withStride(4), x);
        x = recipe.pool("pool1", 3, 2, x);
        x = convolve(recipe, "conv2", Conv2d.grouped(96, 256, 5, 2).withPadding(Padding.of(2)), x);
        x = recipe.pool("pool2", 3, 2, x);
        x = convolve(recipe, "conv3", Conv2d.of(256, 384, 3).withPadding(Padding.of(1)), x);
        x = convolve(recipe, "conv4", Conv2d.grouped(384, 384, 3, 2).withPadding(Padding.of(1)), x);
        x = convolve(recipe, "conv5", Conv2d.grouped(384, 256, 3, 2).withPadding(Padding.of(1)), x);
        x = recipe.pool("pool5", 3, 2, x);
        int features = 256 * side(height) * side(width);
        x = recipe.flatten("flatten", features, x);
        x = recipe.activate("fc6/activation", RELU, recipe.connect("fc6", features, 4096, x));
        x = recipe.activate("fc7/activation", RELU, recipe.connect("fc7", 4096, 4096, x));
        return recipe.probabilities(recipe.connect("fc8", 4096, MobileNets.CLASSES, x));
    }

    private static String convolve(Recipe recipe, String name, Conv2d conv, String from) {
        return recipe.activate(name + "/activation", RELU, recipe.biased(name, conv, from));
    }

    /** Of the last maps. */
    private static int side(int picture) {
        return ((((picture - 11) / 4 + 1 - 3) / 2 + 1 - 3) / 2 + 1 - 3) / 2 + 1;
    }
}
