package dev.sepconv.compare;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvStack;
import dev.sepconv.ConvWeights;
import dev.sepconv.GroupedSeparableConv2d;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Padding;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.compare.Settings.MapSize;
import dev.sepconv.io.Printable;
import dev.sepconv.reference.Reference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * The article's convolutions as layers inside a network: as many channels out as in, 3 by 3 unless
 * they are named otherwise, stride 1.
 */
final class LayerVariants {

    private final int channels;
    private final long seed;
    private final List<Variant> variants = new ArrayList<>();

    private LayerVariants(int channels, long seed) {
        this.channels = channels;
        this.seed = seed;
    }

    /**
     * In the order in which they are shown. The standard one comes first, and each large standard
     * one before its stack.
     */
    static List<Variant> of(int channels, List<Integer> groups, long seed) {
        LayerVariants make = new LayerVariants(channels, seed);
        make.all(groups);
        return List.copyOf(make.variants);
    }

    private void all(List<Integer> groups) {
        Conv2d standard = square(3);
        add("standard", "Standard 3×3", "Every filter reads all channels.", standard, standard);
        List<Integer> dividing = groups.stream()
                .filter(g -> g > 1 && g < channels && channels % g == 0).toList();
        for (int g : dividing) {
            add("grouped-" + g, "Grouped, g = " + g,
                    g == 2
                            ? "AlexNet's: two halves that don't see each other."
                            : "%s that don't see one another."
                                    .formatted(Printable.count(g, "group")),
                    standard.withGroups(g), standard);
        }
        if (channels > 1) {
            add("depthwise", "Depthwise: grouped, g = C",
                    "Each channel is filtered alone: as many groups as channels.",
                    standard.withGroups(channels), standard);
        }
        add("pointwise", "Pointwise",
                "Each filter mixes the channels of a pixel and sees no neighbours.",
                Conv2d.pointwise(channels, channels), standard);
        if (channels > 1) {
            add("separable-mobilenet", "Separable, MobileNet's order",
                    "Depthwise, bias, ReLU6, pointwise, bias, ReLU6.",
                    SeparableConv2d.mobilenet(channels, channels, 3, 1), standard);
            add("separable-xception", "Separable, Xception's order",
                    "Pointwise, then depthwise, nothing between: the paper's.",
                    SeparableConv2d.xception(channels, channels, 3, 1), standard);
            add("separable-keras", "Separable, Keras's order",
                    "Depthwise, then pointwise, nothing between.",
                    SeparableConv2d.keras(channels, channels, 3, 1), standard);
        }
        if (!dividing.isEmpty()) {
            int g = dividing.getLast();
            GroupedSeparableConv2d later = GroupedSeparableConv2d.of(channels, channels, 3, 1, g);
            add("grouped-%d-pointwise".formatted(g), "Grouped, g = %d, then pointwise".formatted(g),
                    "What the groups have found is integrated later, by a pointwise convolution.",
                    later, standard);
            add("grouped-%d-shuffle-pointwise".formatted(g),
                    "Grouped, g = %d, shuffled, then pointwise".formatted(g),
                    "The same with the channels shuffled between: the pointwise step reads all of them, so its weights do it.",
                    later.withShuffle(true), standard);
            add("grouped-%d-shuffle-pointwise-%1$d".formatted(g),
                    "Grouped, g = %d, shuffled, then pointwise in %1$d groups".formatted(g),
                    "ShuffleNet's: only the shuffle lets the groups see one another.",
                    later.withShuffle(true).withPointwiseGroups(g), standard);
        }
        large(2, "Two");
        large(3, "Three");
    }

    private void large(int steps, String number) {
        Conv2d large = square(2 * steps + 1);
        String name = "%dx%1$d".formatted(large.kernelHeight());
        add("standard-" + name, "Standard " + name.replace('x', '×'), "One large filter.", large,
                large);
        add(steps == 2 ? "stacked-3x3" : "stacked-3x3-three", number + " stacked 3×3",
                "%s small filters, one after the other, see as many pixels as %s.".formatted(number,
                        name.replace('x', '×')),
                new ConvStack(Collections.nCopies(steps, square(3))), large);
    }

    private Conv2d square(int kernel) {
        return Conv2d.of(channels, channels, kernel).withPadding(Padding.of(kernel / 2));
    }

    private void add(String name, String title, String summary, Layer layer, Conv2d standard) {
        Random random = new Random(seed + name.hashCode());
        List<ConvWeights> weights = layer.stages().stream().map(stage -> scaled(stage, random))
                .toList();
        variants.add(new Variant(name, title, summary, layer, weights, standard, List.of()));
    }

    /**
     * Random weights that leave the numbers as large as they were, however many each filter adds up
     * (He et al. 2015).
     */
    private static ConvWeights scaled(Conv2d stage, Random random) {
        ConvWeights weights = ConvWeights.random(stage, random);
        float scale = (float) Math.sqrt(6.0 * stage.outChannels() / stage.weightCount());
        for (int i = 0; i < weights.weight().length; i++) {
            weights.weight()[i] *= scale;
        }
        return weights;
    }

    /**
     * Maps made of a picture, as a network's first convolution with ReLU makes them: 3x3 filters,
     * the first four readable and the others random, at the stride at which the picture's middle
     * square gives maps of that side. A picture that is smaller is enlarged by repeating its
     * pixels.
     *
     * @param picture {@code [1, 3, h, w]} NCHW
     * @return {@code [1, C, side, side]}
     */
    static Tensor maps(Tensor picture, MapSize size, long seed, Layout layout) {
        int least = Math.min(picture.shape().h(), picture.shape().w());
        int stride = stride(picture.shape(), size);
        int side = size.side() * stride;
        int used = Math.min(least, side);
        int top = (picture.shape().h() - used) / 2;
        int left = (picture.shape().w() - used) / 2;
        Tensor square = Tensor.zeros(Shape.of(Settings.CHANNELS, side, side), Layout.NCHW);
        for (int i = 0; i < square.data().length; i++) {
            int y = i / side % side;
            int x = i % side;
            square.data()[i] = picture.get(0, i / side / side, top + (int) ((long) y * used / side),
                    left + (int) ((long) x * used / side));
        }
        FilterBank bank = new FilterBank(3, size.channels(), seed);
        float[] weights = new float[size.channels() * 27];
        for (int k = 0; k < size.channels(); k++) {
            System.arraycopy(bank.get(k).weight(), 0, weights, k * 27, 27);
        }
        Conv2d first = Conv2d.of(Settings.CHANNELS, size.channels(), 3).withStride(stride)
                .withPadding(Padding.SAME_UPPER).withActivation(Activation.RELU);
        double[] exact = Reference.run(first, List.of(ConvWeights.of(weights)), square);
        Tensor maps = Tensor.zeros(Shape.of(size.channels(), size.side(), size.side()),
                Layout.NCHW);
        for (int i = 0; i < exact.length; i++) {
            maps.data()[i] = (float) exact[i];
        }
        return maps.to(layout);
    }

    /** The first convolution's stride. */
    static int stride(Shape picture, MapSize size) {
        return Math.max(1, Math.min(picture.h(), picture.w()) / size.side());
    }
}
