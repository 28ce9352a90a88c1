package dev.sepconv.compare;

import static dev.sepconv.compare.Settings.CHANNELS;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvStack;
import dev.sepconv.ConvWeights;
import dev.sepconv.Padding;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.compare.FilterBank.Filter;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * The article's convolutions for one set of settings. Output channel k uses pattern k of one {@link FilterBank} wherever a variant
 * has spatial filters, so pictures of different variants can be compared.
 */
public final class Variants {

    private static final List<String> COLOURS = List.of("red", "green", "blue");

    /** What the pointwise step makes of the depthwise step's horizontal edges, vertical edges and blur. */
    private static final float[][] MIXES = {{1, 1, 0}, {1, -1, 0}, {0, 0, 1}, {1, 1, 1}};
    private static final List<String> MIX_NAMES = List.of("both edges added", "one edge less the other", "blur alone",
            "relief: blur and both edges");

    private final Settings settings;
    private final FilterBank bank;

    private Variants(Settings settings) {
        this.settings = settings;
        this.bank = new FilterBank(settings.kernel(), settings.filtersFor(CHANNELS), settings.seed());
    }

    /** Every variant, in the order in which they are shown. */
    public static List<Variant> of(Settings settings) {
        Variants make = new Variants(settings);
        return List.of(make.standard(), make.grouped(), make.depthwise(), make.mobilenet(), make.xception(), make.keras(),
                make.groupedDepthwise(), make.oneFiveByFive(), make.twoThreeByThree());
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
        return grouped("grouped-depthwise", "Grouped, g = C", "As many groups as channels: a depthwise convolution with depth"
                + " multiplier " + settings.filtersFor(CHANNELS) / CHANNELS + ".", CHANNELS);
    }

    private Variant grouped(String name, String title, String summary, int groups) {
        int filters = settings.filtersFor(groups);
        Conv2d conv = standard(filters, settings.kernel()).withGroups(groups);
        if (groups == 1) {
            return new Variant(name, title, summary, conv, List.of(ConvWeights.of(join(filters, k -> bank.get(k).weight()))),
                    standard(filters, settings.kernel()), List.of(filterNames(filters)));
        }
        return new Variant(name, title, summary, conv, List.of(ConvWeights.of(join(filters, k -> bank.get(k).pattern()))),
                standard(filters, settings.kernel()), List.of(patternNames(filters, filters / CHANNELS)));
    }

    private Variant depthwise() {
        Conv2d conv = Conv2d.depthwise(CHANNELS, 1, settings.kernel()).withStride(settings.stride())
                .withPadding(Padding.SAME_UPPER);
        return new Variant("depthwise", "Depthwise", "Each colour is filtered alone, by one filter.", conv,
                List.of(depthwiseWeights()), standard(CHANNELS, settings.kernel()), List.of(patternNames(CHANNELS, 1)));
    }

    private Variant mobilenet() {
        SeparableConv2d separable = SeparableConv2d.mobilenet(CHANNELS, settings.filters(), settings.kernel(), settings.stride());
        RandomGenerator random = new SplittableRandom(settings.seed() + 1);
        List<ConvWeights> weights = List.of(new ConvWeights(depthwiseWeights().weight(), smallBiases(CHANNELS, random)),
                new ConvWeights(mixWeights().weight(), smallBiases(settings.filters(), random)));
        return new Variant("separable-mobilenet", "Separable, MobileNet",
                "Depthwise, bias, ReLU6, then pointwise, bias, ReLU6: what is negative is cut off.", separable, weights,
                standard(settings.filters(), settings.kernel()), List.of(patternNames(CHANNELS, 1), mixNames()));
    }

    private Variant keras() {
        return new Variant("separable-keras", "Separable, Keras",
                "Depthwise, then pointwise, nothing between: Xception as its code has it.",
                SeparableConv2d.keras(CHANNELS, settings.filters(), settings.kernel(), settings.stride()),
                List.of(depthwiseWeights(), mixWeights()), standard(settings.filters(), settings.kernel()),
                List.of(patternNames(CHANNELS, 1), mixNames()));
    }

    /** Each standard filter that is a pattern times a colour mix, taken apart: the same pictures for fewer parameters. */
    private Variant xception() {
        int filters = settings.filters();
        return new Variant("separable-xception", "Separable, Xception",
                "Pointwise mixes the colours, then depthwise filters each mix: Xception as its paper has it.",
                SeparableConv2d.xception(CHANNELS, filters, settings.kernel(), settings.stride()),
                List.of(ConvWeights.of(join(filters, k -> bank.get(k).mix())),
                        ConvWeights.of(join(filters, k -> bank.get(k).pattern()))),
                standard(filters, settings.kernel()), List.of(names(filters, this::mixName), filterNames(filters)));
    }

    private String mixName(int k) {
        Filter filter = bank.get(k);
        return settings.kernel() > 1 && filter.readable() ? "brightness" : filter.readable() ? filter.name() : "random colours";
    }

    private Variant oneFiveByFive() {
        Conv2d conv = Conv2d.of(CHANNELS, settings.filters(), 5).withStride(settings.stride()).withPadding(Padding.of(2));
        float[] composed = compose(stackedWeights(), settings.filters());
        return new Variant("standard-5x5", "One 5×5", "One large filter sees 5 by 5 pixels.", conv,
                List.of(ConvWeights.of(composed)), conv, List.of(stackedNames()));
    }

    private Variant twoThreeByThree() {
        ConvStack stack = ConvStack.of(Conv2d.of(CHANNELS, CHANNELS, 3).withPadding(Padding.of(1)),
                Conv2d.of(CHANNELS, settings.filters(), 3).withStride(settings.stride()).withPadding(Padding.of(1)));
        return new Variant("stacked-3x3", "Two stacked 3×3",
                "Two small filters, one after the other, see the same 5 by 5 pixels (VGG).", stack, stackedWeights(),
                oneFiveByFive().standard(), List.of(names(CHANNELS, k -> "blur of " + COLOURS.get(k)), stackedNames()));
    }

    private Conv2d standard(int filters, int kernel) {
        return Conv2d.of(CHANNELS, filters, kernel).withStride(settings.stride()).withPadding(Padding.SAME_UPPER);
    }

    private ConvWeights depthwiseWeights() {
        return ConvWeights.of(join(CHANNELS, k -> bank.get(k).pattern()));
    }

    private ConvWeights mixWeights() {
        if (settings.kernel() == 1) {
            return ConvWeights.of(join(settings.filters(), k -> bank.get(k).mix()));
        }
        RandomGenerator random = new SplittableRandom(settings.seed() + 2);
        return ConvWeights.of(join(settings.filters(), k -> k < MIXES.length ? MIXES[k] : FilterBank.random(CHANNELS, random)));
    }

    private List<String> mixNames() {
        return settings.kernel() == 1
                ? filterNames(settings.filters())
                : names(settings.filters(),
                        k -> k < MIX_NAMES.size() ? MIX_NAMES.get(k) : "random mix " + (k - MIX_NAMES.size() + 1));
    }

    /** A little random colour leaks into each blur, so that the 5x5 filters are not a pattern times a mix. */
    private List<ConvWeights> stackedWeights() {
        RandomGenerator random = new SplittableRandom(settings.seed() + 3);
        FilterBank three = new FilterBank(3, Math.max(settings.filters(), CHANNELS), settings.seed());
        float[] blur = three.get(2).pattern();
        float[] first = new float[CHANNELS * CHANNELS * 9];
        for (int i = 0; i < first.length; i++) {
            int to = i / (CHANNELS * 9);
            int from = i / 9 % CHANNELS;
            first[i] = to == from ? blur[i % 9] : random.nextFloat(-0.02f, 0.02f);
        }
        return List.of(ConvWeights.of(first), ConvWeights.of(join(settings.filters(), k -> three.get(k).weight())));
    }

    private List<String> stackedNames() {
        FilterBank three = new FilterBank(3, settings.filters(), settings.seed());
        return names(settings.filters(), k -> three.get(k).name() + " of the blurred picture");
    }

    /**
     * The 5x5 filters that do in one step what two linear 3x3 steps do: {@code w[n, c, p, q]} is the sum over m, r + u = p and
     * s + v = q of {@code second[n, m, u, v] * first[m, c, r, s]}.
     */
    private static float[] compose(List<ConvWeights> stages, int filters) {
        float[] first = stages.getFirst().weight();
        float[] second = stages.getLast().weight();
        double[] composed = new double[filters * CHANNELS * 25];
        for (int n = 0; n < filters; n++) {
            for (int m = 0; m < CHANNELS; m++) {
                for (int c = 0; c < CHANNELS; c++) {
                    for (int tap = 0; tap < 81; tap++) {
                        int inner = tap % 9;
                        int outer = tap / 9;
                        int row = inner / 3 + outer / 3;
                        int column = inner % 3 + outer % 3;
                        composed[((n * CHANNELS + c) * 5 + row) * 5 + column] += (double) second[(n * CHANNELS + m) * 9 + outer]
                                * first[(m * CHANNELS + c) * 9 + inner];
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

    /** "blur of red": pattern k on the one colour that channel k reads. */
    private List<String> patternNames(int count, int filtersPerColour) {
        return names(count, k -> {
            Filter filter = bank.get(k);
            String colour = COLOURS.get(k / filtersPerColour);
            return settings.kernel() == 1 ? colour + " as it is" : filter.name() + " of " + colour;
        });
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
