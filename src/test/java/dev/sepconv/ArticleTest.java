package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.cost.ArticleFormulas;
import dev.sepconv.cost.Cost;
import dev.sepconv.engine.Engines;
import dev.sepconv.engine.lower.Geometries;
import dev.sepconv.kernel.Catalogue;
import dev.sepconv.kernel.conv.Geometry;
import dev.sepconv.kernel.conv.Kernel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each claim of the article on separable convolutions as a test: C channels in, N filters out, K by
 * K.
 */
class ArticleTest {

    // "The output has the same shape."

    @ParameterizedTest
    @CsvSource({"3, 4, 3, 1", "7, 16, 5, 2", "1, 1, 3, 3", "32, 64, 1, 1"})
    void standardAndSeparableGiveTheSameShape(int channels, int filters, int kernel, int stride) {
        Shape input = new Shape(2, channels, 23, 19);
        Shape standard = Conv2d.of(channels, filters, kernel).withStride(stride)
                .withPadding(Padding.SAME_UPPER).outputShape(input);
        assertEquals(standard,
                SeparableConv2d.mobilenet(channels, filters, kernel, stride).outputShape(input));
        assertEquals(standard,
                SeparableConv2d.xception(channels, filters, kernel, stride).outputShape(input));
        assertEquals(standard,
                SeparableConv2d.keras(channels, filters, kernel, stride).outputShape(input));
    }

    @ParameterizedTest
    @ValueSource(strings = {"simd", "java"})
    void standardAndSeparableGiveTheSameShapeWhenRun(String engine) {
        Shape input = new Shape(2, 5, 11, 13);
        Tensor picture = new ConvTester.Case(Conv2d.of(5, 7, 3), input, Layout.NCHW, 1).tensor();
        Layer standard = Conv2d.of(5, 7, 3).withPadding(Padding.SAME_UPPER);
        assertEquals(run(engine, standard, random(standard), picture).shape(),
                run(engine, SeparableConv2d.keras(5, 7, 3, 1),
                        random(SeparableConv2d.keras(5, 7, 3, 1)), picture).shape());
    }

    // "Separable convolutions need fewer parameters."

    @ParameterizedTest
    @CsvSource({"3, 3, 4", "3, 32, 64", "5, 7, 11", "1, 8, 8", "7, 3, 96"})
    void aStandardConvolutionHasKSquaredTimesCTimesNParameters(int kernel, int channels,
            int filters) {
        assertEquals(kernel * kernel * channels * filters,
                parameters(Conv2d.of(channels, filters, kernel)));
        assertEquals(parameters(Conv2d.of(channels, filters, kernel)),
                ArticleFormulas.standard(kernel, channels, filters));
    }

    @ParameterizedTest
    @CsvSource({"3, 3, 4", "3, 32, 64", "5, 7, 11", "1, 8, 8", "7, 3, 96"})
    void aSeparableConvolutionHasKSquaredTimesCPlusCTimesNParameters(int kernel, int channels,
            int filters) {
        long exact = parameters(SeparableConv2d.keras(channels, filters, kernel, 1));
        assertEquals(kernel * kernel * channels + channels * filters, exact);
        assertEquals(exact, ArticleFormulas.separableExact(kernel, channels, filters));
    }

    @Test
    void theArticleCountsNDepthwiseFilters() {
        assertEquals((3 * 3 + 32) * 64, ArticleFormulas.separableAsWritten(3, 32, 64));
        // Xception's order really has them: its depthwise step comes second, on N channels.
        assertEquals(ArticleFormulas.separableAsWritten(3, 32, 64),
                parameters(SeparableConv2d.xception(32, 64, 3, 1)));
        assertNotEquals(ArticleFormulas.separableAsWritten(3, 32, 64),
                parameters(SeparableConv2d.keras(32, 64, 3, 1)));
    }

    @ParameterizedTest
    @CsvSource({"3, 3, 4", "3, 32, 64", "5, 7, 11", "1, 8, 8", "7, 3, 96"})
    void theRatiosAreThoseOfTheCounts(int kernel, int channels, int filters) {
        double standard = ArticleFormulas.standard(kernel, channels, filters);
        double k2 = kernel * kernel;
        assertEquals(ArticleFormulas.separableAsWritten(kernel, channels, filters) / standard,
                1.0 / channels + 1 / k2, 1e-12);
        assertEquals(ArticleFormulas.separableExact(kernel, channels, filters) / standard,
                1.0 / filters + 1 / k2, 1e-12);
        assertEquals(1.0 / channels + 1 / k2,
                ArticleFormulas.separableRatioAsWritten(kernel, channels), 1e-12);
        assertEquals(1.0 / filters + 1 / k2, ArticleFormulas.separableRatioExact(kernel, filters),
                1e-12);
    }

    @ParameterizedTest
    @CsvSource({"3, 4", "3, 64", "5, 11", "1, 8"})
    void theArticleAndTheExactCountAgreeWhenNIsC(int kernel, int channels) {
        assertEquals(ArticleFormulas.separableAsWritten(kernel, channels, channels),
                ArticleFormulas.separableExact(kernel, channels, channels));
        assertEquals(ArticleFormulas.separableRatioAsWritten(kernel, channels),
                ArticleFormulas.separableRatioExact(kernel, channels));
    }

    @Test
    void multiplyAddsHaveTheSameRatioAsParameters() {
        Shape input = Shape.of(32, 16, 16);
        Cost standard = Cost.of(Conv2d.of(32, 64, 3).withPadding(Padding.SAME_UPPER), input);
        Cost separable = Cost.of(SeparableConv2d.keras(32, 64, 3, 1), input);
        assertEquals(ArticleFormulas.separableRatioExact(3, 64),
                (double) separable.weights() / standard.weights(), 1e-12);
        assertEquals(ArticleFormulas.separableRatioExact(3, 64),
                (double) separable.multiplyAdds() / standard.multiplyAdds(), 1e-12);
    }

    @Test
    void parametersOverflowNoInt() {
        assertEquals(49L * 100_000 * 100_000, ArticleFormulas.standard(7, 100_000, 100_000));
        assertEquals((49L + 100_000) * 100_000,
                ArticleFormulas.separableAsWritten(7, 100_000, 100_000));
        assertEquals((49L + 100_000) * 100_000,
                ArticleFormulas.separableExact(7, 100_000, 100_000));
    }

    // "A grouped convolution has 1/g of the parameters."

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 6, 12})
    void aGroupedConvolutionHasOneGthOfTheParameters(int groups) {
        long standard = parameters(Conv2d.of(12, 24, 3));
        long grouped = parameters(Conv2d.grouped(12, 24, 3, groups));
        assertEquals(standard, grouped * groups);
        assertEquals(ArticleFormulas.groupedRatio(groups), (double) grouped / standard, 1e-12);
    }

    // "With as many groups as channels it is a depthwise convolution."

    @Test
    void asManyGroupsAsChannelsIsDepthwise() {
        assertEquals(Conv2d.depthwise(7, 1, 3), Conv2d.grouped(7, 7, 3, 7));
        assertEquals(Conv2d.depthwise(7, 2, 3), Conv2d.grouped(7, 14, 3, 7));
        assertTrue(Conv2d.grouped(7, 14, 3, 7).isDepthwise());
    }

    @ParameterizedTest
    @EnumSource
    void groupedAndDepthwiseKernelsGiveTheSameBits(Layout layout) {
        for (int multiplier = 1; multiplier <= 2; multiplier++) {
            ConvTester.Case given = ConvTester.conv().channels(7).depthwise(multiplier).stride(2, 1)
                    .padding(Padding.of(1, 2, 0, 1)).activation(Activation.HARD_SWISH)
                    .layout(layout).build();
            Geometry geometry = Geometries.of((Conv2d) given.layer(), given.input(), layout);
            List<Kernel> grouped = kernels(Kernel.Variant.GROUPED, geometry);
            List<Kernel> depthwise = kernels(Kernel.Variant.DEPTHWISE, geometry);
            assertTrue(!grouped.isEmpty() && !depthwise.isEmpty());
            assertArrayEquals(ConvTester.output(given, List.of(grouped.getFirst())).data(),
                    ConvTester.output(given, List.of(depthwise.getFirst())).data());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"simd", "java"})
    void depthwiseFiltersEachChannelAlone(String engine) {
        ConvTester.Case given = ConvTester.conv().channels(7).depthwise(1).padding(Padding.of(1))
                .build();
        assertGroupsAlone(engine, given);
    }

    // "A grouped convolution is its groups run side by side" (AlexNet ran them on two GPUs).

    @ParameterizedTest
    @ValueSource(strings = {"simd", "java"})
    void aGroupedConvolutionIsItsGroupsRunAloneAndConcatenated(String engine) {
        assertGroupsAlone(engine, ConvTester.conv().channels(10).filters(6).groups(2)
                .padding(Padding.SAME_UPPER).build());
        assertGroupsAlone(engine, ConvTester.conv().channels(6).filters(15).groups(3).stride(2, 2)
                .layout(Layout.NHWC).activation(Activation.RELU).build());
    }

    private static void assertGroupsAlone(String engine, ConvTester.Case given) {
        Conv2d conv = (Conv2d) given.layer();
        ConvWeights weights = given.weights().getFirst();
        Tensor input = given.tensor();
        Tensor whole = run(engine, conv, given.weights(), input);
        int in = conv.inChannels() / conv.groups();
        int out = conv.outChannels() / conv.groups();
        int numbers = conv.weightCount() / conv.groups();
        Conv2d part = new Conv2d(in, out, conv.kernelHeight(), conv.kernelWidth(),
                conv.strideHeight(), conv.strideWidth(), conv.dilationHeight(),
                conv.dilationWidth(), conv.padding(), 1, conv.bias(), conv.activation());
        Tensor joined = Tensor.zeros(whole.shape(), whole.layout());
        for (int g = 0; g < conv.groups(); g++) {
            ConvWeights partWeights = new ConvWeights(
                    Arrays.copyOfRange(weights.weight(), g * numbers, (g + 1) * numbers),
                    Arrays.copyOfRange(weights.bias(), g * out, (g + 1) * out));
            Tensor result = run(engine, part, List.of(partWeights), channels(input, g * in, in));
            for (int n = 0; n < whole.shape().n(); n++) {
                for (int k = 0; k < out; k++) {
                    for (int h = 0; h < whole.shape().h(); h++) {
                        for (int w = 0; w < whole.shape().w(); w++) {
                            joined.set(n, g * out + k, h, w, result.get(n, k, h, w));
                        }
                    }
                }
            }
        }
        if (engine.equals("java")) {
            assertArrayEquals(whole.data(), joined.data()); // the same sums in the same order
        } else {
            ConvTester.assertClose(given, engine, doubles(whole.to(Layout.NCHW)), joined);
        }
    }

    // "Two 3x3 see what one 5x5 sees" (VGG).

    @ParameterizedTest
    @ValueSource(strings = {"simd", "java"})
    void twoThreesSeeTheWindowOfOneFive(String engine) {
        Layer threes = ConvStack.of(Conv2d.of(1, 2, 3), Conv2d.of(2, 1, 3));
        Layer five = Conv2d.of(1, 1, 5);
        Shape input = Shape.of(1, 9, 9);
        assertEquals(five.outputShape(input), threes.outputShape(input));
        for (Layer layer : List.of(threes, five)) {
            List<ConvWeights> weights = random(layer);
            Tensor picture = new ConvTester.Case(layer, input, Layout.NCHW, 1).tensor();
            float middle = run(engine, layer, weights, picture).get(0, 0, 2, 2);
            for (int h = 0; h < 9; h++) {
                for (int w = 0; w < 9; w++) {
                    Tensor changed = Tensor.of(input, Layout.NCHW, picture.data().clone());
                    changed.set(0, 0, h, w, picture.get(0, 0, h, w) + 1);
                    boolean seen = run(engine, layer, weights, changed).get(0, 0, 2, 2) != middle;
                    boolean inWindow = h >= 2 && h <= 6 && w >= 2 && w <= 6;
                    assertEquals(inWindow, seen, "pixel %d, %d and %s".formatted(h, w, layer));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"simd", "java"})
    void twoLinearThreesAreOneFive(String engine) {
        int channels = 3;
        int between = 4;
        int filters = 2;
        Conv2d first = Conv2d.of(channels, between, 3);
        Conv2d second = Conv2d.of(between, filters, 3);
        List<ConvWeights> weights = random(ConvStack.of(first, second));
        Conv2d five = Conv2d.of(channels, filters, 5);
        List<ConvWeights> composed = List.of(ConvWeights.of(compose(first, second, weights)));
        ConvTester.Case given = new ConvTester.Case(five, Shape.of(channels, 11, 13), Layout.NCHW,
                1);
        Tensor picture = given.tensor();

        Tensor inside = run(engine, ConvStack.of(first, second), weights, picture);
        ConvTester.assertClose(given, engine, doubles(inside),
                run(engine, five, composed, picture));

        // With padding they agree away from the border, where the second 3x3 reads no zero that
        // stands for a sum.
        Tensor threes = run(engine,
                ConvStack.of(first.withPadding(Padding.of(1)), second.withPadding(Padding.of(1))),
                weights, picture);
        Tensor one = run(engine, five.withPadding(Padding.of(2)), composed, picture);
        assertEquals(one.shape(), threes.shape());
        boolean borderDiffers = false;
        for (int k = 0; k < filters; k++) {
            for (int h = 0; h < 11; h++) {
                for (int w = 0; w < 13; w++) {
                    boolean border = h == 0 || w == 0 || h == 10 || w == 12;
                    float apart = Math.abs(one.get(0, k, h, w) - threes.get(0, k, h, w));
                    assertTrue(border || apart < 1e-4, "%s apart at %d, %d".formatted(apart, h, w));
                    borderDiffers |= border && apart > 1e-2;
                }
            }
        }
        assertTrue(borderDiffers);
    }

    @Test
    void twoThreesCostLessThanOneFive() {
        assertEquals(2 * 9 * 16 * 16,
                parameters(ConvStack.of(Conv2d.of(16, 16, 3), Conv2d.of(16, 16, 3))));
        assertEquals(25 * 16 * 16, parameters(Conv2d.of(16, 16, 5)));
    }

    /**
     * Weights {@code [K, C, 5, 5]} of the one convolution that two linear ones make: each pair of
     * taps adds up.
     */
    private static float[] compose(Conv2d first, Conv2d second, List<ConvWeights> weights) {
        float[] a = weights.get(0).weight();
        float[] b = weights.get(1).weight();
        int channels = first.inChannels();
        int between = first.outChannels();
        float[] sum = new float[second.outChannels() * channels * 25];
        for (int k = 0; k < second.outChannels(); k++) {
            for (int m = 0; m < between; m++) {
                for (int c = 0; c < channels; c++) {
                    for (int tapA = 0; tapA < 9; tapA++) {
                        for (int tapB = 0; tapB < 9; tapB++) {
                            int r = tapA / 3 + tapB / 3;
                            int s = tapA % 3 + tapB % 3;
                            sum[((k * channels + c) * 5 + r) * 5
                                    + s] += a[(m * channels + c) * 9 + tapA]
                                            * b[(k * between + m) * 9 + tapB];
                        }
                    }
                }
            }
        }
        return sum;
    }

    private static long parameters(Layer layer) {
        return Cost.of(layer, Shape.of(layer.stages().getFirst().inChannels(), 9, 9)).weights();
    }

    private static List<Kernel> kernels(Kernel.Variant variant, Geometry geometry) {
        return Catalogue.all().stream()
                .filter(kernel -> kernel.variant() == variant && kernel.supports(geometry))
                .toList();
    }

    private static Tensor channels(Tensor from, int first, int count) {
        Shape shape = from.shape();
        Tensor part = Tensor.zeros(new Shape(shape.n(), count, shape.h(), shape.w()),
                from.layout());
        for (int n = 0; n < shape.n(); n++) {
            for (int c = 0; c < count; c++) {
                for (int h = 0; h < shape.h(); h++) {
                    for (int w = 0; w < shape.w(); w++) {
                        part.set(n, c, h, w, from.get(n, first + c, h, w));
                    }
                }
            }
        }
        return part;
    }

    private static List<ConvWeights> random(Layer layer) {
        Random random = new Random(1);
        List<ConvWeights> weights = new ArrayList<>();
        layer.stages().forEach(stage -> weights.add(ConvWeights.random(stage, random)));
        return weights;
    }

    private static double[] doubles(Tensor nchw) {
        double[] values = new double[nchw.data().length];
        for (int i = 0; i < values.length; i++) {
            values[i] = nchw.data()[i];
        }
        return values;
    }

    private static Tensor run(String name, Layer layer, List<ConvWeights> weights, Tensor input) {
        try (Engine engine = Engines.open(name);
                Plan plan = engine.compile(layer.withWeights(weights), input.shape(),
                        input.layout(), engine.devices().getFirst())) {
            return plan.run(input);
        }
    }
}
