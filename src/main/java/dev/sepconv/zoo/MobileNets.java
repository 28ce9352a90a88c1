package dev.sepconv.zoo;

import dev.sepconv.Conv2d;
import dev.sepconv.Network;
import dev.sepconv.Op.Elementwise;
import dev.sepconv.Padding;

/**
 * MobileNets for ImageNet's 1000 classes, as published: batch normalisation as nodes of its own,
 * padding as TensorFlow's "same". Input {@code [1, 3, H, W]}, output {@code [1, 1000]}.
 */
public final class MobileNets {

    static final int CLASSES = 1000;

    /** Below this, layers would have no channels. */
    private static final double LEAST_ALPHA = 1.0 / 32;

    private static final Elementwise RELU6 = new Elementwise(Elementwise.Function.CLIP, 0, 6);

    /** Stride and output channels of each separable block. */
    private static final int[][] V1 = {{1, 64}, {2, 128}, {1, 128}, {2, 256}, {1, 256}, {2, 512},
            {1, 512}, {1, 512}, {1, 512}, {1, 512}, {1, 512}, {2, 1024}, {1, 1024}};

    /** Expansion, output channels, repetitions, stride of the first (table 2 of the paper). */
    private static final int[][] V2 = {{1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2}, {6, 64, 4, 2},
            {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};

    private MobileNets() {
    }

    /**
     * MobileNetV1 (Howard et al. 2017): 13 depthwise-separable blocks. At width 1 it has 4,231,976
     * parameters, the paper's 4.2 million: weights, biases, and two numbers a channel for each
     * batch normalisation (its mean and variance are not counted).
     *
     * @param alpha the width multiplier: every layer has so many times the channels, rounded down
     * @throws IllegalArgumentException if alpha is not from 1/32 to 4
     */
    public static Network v1(double alpha, int height, int width, Parameters parameters) {
        checkAlpha(alpha);
        Recipe recipe = new Recipe("mobilenet-v1", parameters);
        int channels = (int) (32 * alpha);
        String x = recipe.convolve("stem", same(Conv2d.of(3, channels, 3).withStride(2)), RELU6,
                recipe.input(height, width));
        for (int i = 0; i < V1.length; i++) {
            int filters = (int) (V1[i][1] * alpha);
            String block = "block" + (i + 1);
            x = recipe.convolve(block + "/depthwise",
                    same(Conv2d.depthwise(channels, 1, 3).withStride(V1[i][0])), RELU6, x);
            x = recipe.convolve(block + "/pointwise", Conv2d.pointwise(channels, filters), RELU6,
                    x);
            channels = filters;
        }
        return recipe.classify(channels, CLASSES, x);
    }

    /**
     * MobileNetV2 (Sandler et al. 2018): 17 inverted residuals: a pointwise convolution widens, a
     * depthwise one filters, a pointwise one without activation narrows; where sizes allow, the
     * input is added. At width 1 it has 3,504,872 parameters, the paper's 3.4 million and
     * torchvision's 3.5, counted as {@link #v1} counts them.
     *
     * @param alpha the width multiplier: channels are rounded to multiples of 8 and never below
     * nine tenths of it, as in the authors' code; the last convolution is never narrower than 1280
     * @throws IllegalArgumentException if alpha is not from 1/32 to 4
     */
    public static Network v2(double alpha, int height, int width, Parameters parameters) {
        checkAlpha(alpha);
        Recipe recipe = new Recipe("mobilenet-v2", parameters);
        int channels = divisible(32 * alpha);
        String x = recipe.convolve("stem", same(Conv2d.of(3, channels, 3).withStride(2)), RELU6,
                recipe.input(height, width));
        int number = 0;
        for (int[] stage : V2) {
            int filters = divisible(stage[1] * alpha);
            for (int repetition = 0; repetition < stage[2]; repetition++) {
                String block = "block" + ++number;
                int stride = repetition == 0 ? stage[3] : 1;
                x = invertedResidual(recipe, block, channels, filters, stage[0], stride, x);
                channels = filters;
            }
        }
        int last = alpha > 1 ? divisible(1280 * alpha) : 1280;
        x = recipe.convolve("head", Conv2d.pointwise(channels, last), RELU6, x);
        return recipe.classify(last, CLASSES, x);
    }

    private static String invertedResidual(Recipe recipe, String block, int channels, int filters,
            int expansion, int stride, String from) {
        int wide = channels * expansion;
        String x = expansion == 1
                ? from
                : recipe.convolve(block + "/expand", Conv2d.pointwise(channels, wide), RELU6, from);
        x = recipe.convolve(block + "/depthwise",
                same(Conv2d.depthwise(wide, 1, 3).withStride(stride)), RELU6, x);
        x = recipe.convolve(block + "/project", Conv2d.pointwise(wide, filters), x);
        return stride == 1 && channels == filters ? recipe.sum(block + "/sum", from, x) : x;
    }

    private static int divisible(double channels) {
        int rounded = Math.max(8, (int) (channels + 4) / 8 * 8);
        return rounded < 0.9 * channels ? rounded + 8 : rounded;
    }

    private static void checkAlpha(double alpha) {
        if (!(alpha >= LEAST_ALPHA && alpha <= 4)) {
            throw new IllegalArgumentException(
                    "alpha is %s; it must be from %s to 4".formatted(alpha, LEAST_ALPHA));
        }
    }

    private static Conv2d same(Conv2d conv) {
        return conv.withPadding(Padding.SAME_UPPER);
    }
}
