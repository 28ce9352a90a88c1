package dev.sepconv.compare;

import static dev.sepconv.compare.Settings.CHANNELS;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvStack;
import dev.sepconv.ConvWeights;
import dev.sepconv.Padding;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.compare.FilterBank.Filter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * The article's convolutions for one set of settings. Output channel k uses pattern k of one
 * {@link FilterBank} wherever a variant has spatial filters, so pictures of different variants can
 * be compared.
 */
public final class Variants {

    private static final List<String> COLOURS = List.of("red", "green", "blue");

    /**
     * What the pointwise step makes of the depthwise step's horizontal edges, vertical edges and
     * blur.
     */
    private static final float[][] MIXES = {{1, 1, 0}, {1, -1, 0}, {0, 0, 1}, {1, 1, 1}};
    private static final List<String> MIX_NAMES = List.of("both edges added",
            "one edge less the other", "blur alone", "relief: blur and both edges");

    private final Settings settings;
    private final FilterBank bank;

    private Variants(Settings settings) {
        this.settings = settings;
        this.bank = new FilterBank(settings.kernel(), settings.filtersFor(CHANNELS),
                settings.seed());
    }

    /** Every variant, in the order in which they are shown. */
    public static List<Variant> of(Settings settings) {
        Variants make = new Variants(settings);
        return List.of(make.standard(), make.grouped(), make.depthwise(), make.pointwise(),
                make.mobilenet(), make.xception(), make.keras(), make.groupedDepthwise(),
                make.large(2), make.stack(2), make.large(3), make.stack(3));
    }

    private Variant standard() {
        Conv2d conv = standard(settings.filters(), settings.kernel());
        return new Variant("standard", "Standard", "Every filter reads all three colours.", conv,
                List.of(ConvWeights.of(join(settings.filters(), k -> bank.get(k).weight()))), conv,
                List.of(filterNames(settings.filters())));
    }

    private Variant grouped() {
        return grouped("grouped", "Grouped, g = " + settings.groups(), settings.groups() == 1
                ? "One group: the standard convolution by another name."
                : "The channels and the filters are split into groups that don't see one another: three groups of one colour each,"
                        + " which is depthwise too.",
                settings.groups());
    }

    private Variant groupedDepthwise() {
        return grouped("grouped-depthwise", "Grouped, g = C",
                "As many groups as channels: a depthwise convolution with depth" + " multiplier "
                        + settings.filtersFor(CHANNELS) / CHANNELS + ".",
                CHANNELS);
    }

    private Variant grouped(String name, String title, String summary, int groups) {
        int filters = settings.filtersFor(groups);
        Conv2d conv = standard(filters, settings.kernel()).withGroups(groups);
        if (groups == 1) {
            return new Variant(name, title, summary, conv,
                    List.of(ConvWeights.of(join(filters, k -> bank.get(k).weight()))),
                    standard(filters, settings.kernel()), List.of(filterNames(filters)));
        }
        int perColour = filters / CHANNELS;
        return new Variant(name, title, summary, conv,
                List.of(ConvWeights.of(join(filters, k -> bank.get(k % perColour).pattern()))),
                standard(filters, settings.kernel()), List.of(perColourNames(filters)));
    }

    private Variant depthwise() {
        Conv2d conv = Conv2d.depthwise(CHANNELS, 1, settings.kernel()).withStride(settings.stride())
                .withPadding(Padding.SAME_UPPER);
        return new Variant("depthwise", "Depthwise",
                "Each colour is filtered alone, here all three by the same filter, so that the colours can be compared.",
                conv, List.of(ConvWeights.of(join(CHANNELS, k -> bank.get(0).pattern()))),
                standard(CHANNELS, settings.kernel()), List.of(perColourNames(CHANNELS)));
    }

    private Variant pointwise() {
        int filters = settings.filters();
        FilterBank mixes = new FilterBank(1, filters, settings.seed());
        return new Variant("pointwise", "Pointwise",
                "Each filter mixes the three colours of a pixel and sees no neighbours.",
                Conv2d.pointwise(CHANNELS, filters).withStride(settings.stride()),
                List.of(ConvWeights.of(join(filters, k -> mixes.get(k).mix()))),
                standard(filters, settings.kernel()),
                List.of(names(filters, k -> mixes.get(k).name())));
    }

    private Variant mobilenet() {
        SeparableConv2d separable = SeparableConv2d.mobilenet(CHANNELS, settings.filters(),
                settings.kernel(), settings.stride());
        RandomGenerator random = new SplittableRandom(settings.seed() + 1);
        List<ConvWeights> weights = List.of(
                new ConvWeights(depthwiseWeights().weight(), smallBiases(CHANNELS, random)),
                new ConvWeights(mixWeights().weight(), smallBiases(settings.filters(), random)));
        return new Variant("separable-mobilenet", "Separable, MobileNet",
                "Depthwise, bias, ReLU6, then pointwise, bias, ReLU6: what is negative is cut off.",
                separable, weights, standard(settings.filters(), settings.kernel()),
                List.of(depthwiseNames(), mixNames()));
    }

    private Variant keras() {
        return new Variant("separable-keras", "Separable, Keras",
                "Depthwise, then pointwise, nothing between: Xception as its code has it.",
                SeparableConv2d.keras(CHANNELS, settings.filters(), settings.kernel(),
                        settings.stride()),
                List.of(depthwiseWeights(), mixWeights()),
                standard(settings.filters(), settings.kernel()),
                List.of(depthwiseNames(), mixNames()));
    }

    /**
     * Each standard filter that is a pattern times a colour mix, taken apart: the same pictures for
     * fewer parameters.
     */
    private Variant xception() {
        int filters = settings.filters();
        return new Variant("separable-xception", "Separable, Xception",
                "Pointwise mixes the colours, then depthwise filters each mix: Xception as its paper has it.",
                SeparableConv2d.xception(CHANNELS, filters, settings.kernel(), settings.stride()),
                List.of(ConvWeights.of(join(filters, k -> bank.get(k).mix())),
                        ConvWeights.of(join(filters, k -> bank.get(k).pattern()))),
                standard(filters, settings.kernel()),
                List.of(names(filters, this::mixName), filterNames(filters)));
    }

    private String mixName(int k) {
        Filter filter = bank.get(k);
        return settings.kernel() > 1 && filter.readable()
                ? "brightness"
                : filter.readable() ? filter.name() : "random colours";
    }

    /** One filter of 5 by 5 or 7 by 7: what {@link #stack} does in so many steps. */
    private Variant large(int steps) {
        int kernel = 2 * steps + 1;
        Conv2d conv = Conv2d.of(CHANNELS, settings.filters(), kernel).withStride(settings.stride())
                .withPadding(Padding.of(steps));
        float[] composed = stackedWeights(steps).stream().map(ConvWeights::weight)
                .reduce((first, second) -> compose(first, second)).orElseThrow();
        return new Variant("standard-%dx%1$d".formatted(kernel), "One %d×%1$d".formatted(kernel),
                "One large filter sees %d by %1$d pixels.".formatted(kernel), conv,
                List.of(ConvWeights.of(composed)), conv, List.of(stackedNames(steps)));
    }

    private Variant stack(int steps) {
        List<Conv2d> stages = new ArrayList<>(Collections.nCopies(steps - 1,
                Conv2d.of(CHANNELS, CHANNELS, 3).withPadding(Padding.of(1))));
        stages.add(Conv2d.of(CHANNELS, settings.filters(), 3).withStride(settings.stride())
                .withPadding(Padding.of(1)));
        List<List<String>> channels = new ArrayList<>();
        for (int step = 1; step < steps; step++) {
            String blur = "blur of ".repeat(step);
            channels.add(names(CHANNELS, k -> blur + COLOURS.get(k)));
        }
        channels.add(stackedNames(steps));
        String number = steps == 2 ? "Two" : "Three";
        return new Variant(steps == 2 ? "stacked-3x3" : "stacked-3x3-three",
                number + " stacked 3×3",
                "%s small filters, one after the other, see the same %d by %2$d pixels (VGG)."
                        .formatted(number, 2 * steps + 1),
                new ConvStack(stages), stackedWeights(steps), large(steps).standard(), channels);
    }

    private Conv2d standard(int filters, int kernel) {
        return Conv2d.of(CHANNELS, filters, kernel).withStride(settings.stride())
                .withPadding(Padding.SAME_UPPER);
    }

    private ConvWeights depthwiseWeights() {
        return ConvWeights.of(join(CHANNELS, k -> bank.get(k).pattern()));
    }

    private ConvWeights mixWeights() {
        if (settings.kernel() == 1) {
            return ConvWeights.of(join(settings.filters(), k -> bank.get(k).mix()));
        }
        RandomGenerator random = new SplittableRandom(settings.seed() + 2);
        return ConvWeights.of(join(settings.filters(),
                k -> k < MIXES.length ? MIXES[k] : FilterBank.random(CHANNELS, random)));
    }

    private List<String> mixNames() {
        return settings.kernel() == 1
                ? filterNames(settings.filters())
                : names(settings.filters(),
                        k -> k < MIX_NAMES.size()
                                ? MIX_NAMES.get(k)
                                : "random mix " + (k - MIX_NAMES.size() + 1));
    }

    /**
     * Blurs, then the readable filters. A little random colour leaks into each blur, so that the
     * composed filters are not a pattern times a mix.
     */
    private List<ConvWeights> stackedWeights(int steps) {
        RandomGenerator random = new SplittableRandom(settings.seed() + 3);
        FilterBank three = new FilterBank(3, Math.max(settings.filters(), CHANNELS),
                settings.seed());
        float[] blur = three.get(2).pattern();
        List<ConvWeights> weights = new ArrayList<>();
        for (int step = 1; step < steps; step++) {
            float[] leaking = new float[CHANNELS * CHANNELS * 9];
            for (int i = 0; i < leaking.length; i++) {
                int to = i / (CHANNELS * 9);
                int from = i / 9 % CHANNELS;
                leaking[i] = to == from ? blur[i % 9] : random.nextFloat(-0.02f, 0.02f);
            }
            weights.add(ConvWeights.of(leaking));
        }
        weights.add(ConvWeights.of(join(settings.filters(), k -> three.get(k).weight())));
        return weights;
    }

    private List<String> stackedNames(int steps) {
        FilterBank three = new FilterBank(3, settings.filters(), settings.seed());
        String blurred = steps == 2 ? "blurred" : "twice blurred";
        return names(settings.filters(),
                k -> three.get(k).name() + " of the " + blurred + " picture");
    }

    /**
     * The filters that do in one step what two linear steps do, the second of 3x3:
     * {@code w[n, c, p, q]} is the sum over m, r + u = p and s + v = q of
     * {@code second[n, m, u, v] * first[m, c, r, s]}. Both are over three channels; the result is
     * larger by two.
     */
    private static float[] compose(float[] first, float[] second) {
        int filters = second.length / (CHANNELS * 9);
        int inner = (int) Math.round(Math.sqrt(first.length / (double) (CHANNELS * CHANNELS)));
        int side = inner + 2;
        double[] composed = new double[filters * CHANNELS * side * side];
        for (int n = 0; n < filters; n++) {
            for (int m = 0; m < CHANNELS; m++) {
                for (int c = 0; c < CHANNELS; c++) {
                    for (int tap = 0; tap < 9 * inner * inner; tap++) {
                        int small = tap % 9;
                        int large = tap / 9;
                        int row = large / inner + small / 3;
                        int column = large % inner + small % 3;
                        composed[((n * CHANNELS + c) * side + row) * side
                                + column] += (double) second[(n * CHANNELS + m) * 9 + small]
                                        * first[(m * CHANNELS + c) * inner * inner + large];
                    }
                }
            }
        }
        float[] rounded = new float[composed.length];
        for (int i = 0; i < rounded.length; i++) {
            rounded[i] = (float) composed[i];
        }
        return rounded;
    }

    private static float[] smallBiases(int count, RandomGenerator random) {
        float[] biases = new float[count];
        for (int i = 0; i < count; i++) {
            biases[i] = random.nextFloat(-0.02f, 0.02f);
        }
        return biases;
    }

    private List<String> filterNames(int count) {
        return names(count, k -> bank.get(k).name());
    }

    /** "blur of red": each colour in turn by the same filters. */
    private List<String> perColourNames(int count) {
        int perColour = count / CHANNELS;
        return names(count, k -> patternName(bank.get(k % perColour), COLOURS.get(k / perColour)));
    }

    /** "vertical edges of green": each colour by the filter of its number. */
    private List<String> depthwiseNames() {
        return names(CHANNELS, k -> patternName(bank.get(k), COLOURS.get(k)));
    }

    private String patternName(Filter filter, String colour) {
        return settings.kernel() == 1 ? colour + " as it is" : filter.name() + " of " + colour;
    }

    private static List<String> names(int count, IntFunction<String> name) {
        return IntStream.range(0, count).mapToObj(name).toList();
    }

    private static float[] join(int count, IntFunction<float[]> part) {
        List<float[]> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            parts.add(part.apply(i));
        }
        float[] all = new float[parts.stream().mapToInt(p -> p.length).sum()];
        int at = 0;
        for (float[] p : parts) {
            System.arraycopy(p, 0, all, at, p.length);
            at += p.length;
        }
        return all;
    }
}
