package dev.sepconv.compare;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Layout;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.compare.FilterBank.Filter;
import dev.sepconv.cost.ArticleFormulas;
import dev.sepconv.cost.Cost;
import dev.sepconv.reference.Reference;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VariantsTest {

    private static final Shape PICTURE = Shape.of(3, 17, 23);

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 6, 7, 11})
    void readableFiltersDoWhatTheirNamesSay(int kernel) {
        FilterBank bank = new FilterBank(kernel, 6, 42);
        List<String> names = List.of("horizontal edges", "vertical edges", "blur", "outline",
                "random 1", "random 2");
        for (int k = 0; k < names.size(); k++) {
            Filter filter = bank.get(k);
            assertEquals(names.get(k), filter.name());
            assertEquals(k < 4, filter.readable());
            double sum = 0;
            for (float tap : filter.pattern()) {
                assertTrue(Float.isFinite(tap), filter.name());
                sum += tap;
            }
            assertEquals(filter.name().equals("blur") ? 1 : 0, sum, 1e-5, filter.name());
        }
        // a step from 0 to 1 in the middle: horizontal edges answer to one downwards, vertical
        // edges to one rightwards
        assertEquals(1, lowerHalf(bank.get(0).pattern(), kernel, true), 1e-5);
        assertEquals(0, lowerHalf(bank.get(0).pattern(), kernel, false), 1e-5);
        assertEquals(0, lowerHalf(bank.get(1).pattern(), kernel, true), 1e-5);
        assertEquals(1, lowerHalf(bank.get(1).pattern(), kernel, false), 1e-5);
    }

    /** The sum of the taps below (or right of) the middle. */
    private static double lowerHalf(float[] pattern, int kernel, boolean rows) {
        double sum = 0;
        for (int i = 0; i < pattern.length; i++) {
            sum += 2 * (rows ? i / kernel : i % kernel) > kernel - 1 ? pattern[i] : 0;
        }
        return sum;
    }

    @Test
    void oneByOneFiltersAreColourMixes() {
        FilterBank bank = new FilterBank(1, 5, 42);
        assertArrayEquals(new float[]{0.299f, 0.587f, 0.114f}, bank.get(0).weight());
        assertArrayEquals(new float[]{1, -1, 0}, bank.get(1).weight());
        assertArrayEquals(new float[]{1}, bank.get(3).pattern());
        assertFalse(bank.get(4).readable());
    }

    @Test
    void weightsFollowFromTheSeed() {
        Settings seven = new Settings(7, 3, 3, 1, 7, Duration.ofSeconds(1));
        Settings eight = new Settings(7, 3, 3, 1, 8, Duration.ofSeconds(1));
        for (int i = 0; i < Variants.of(seven).size(); i++) {
            Variant variant = Variants.of(seven).get(i);
            assertArrayEquals(weights(variant), weights(Variants.of(seven).get(i)));
            // their filters are all readable
            if (!List.of("depthwise", "grouped", "grouped-depthwise").contains(variant.name())) {
                assertFalse(Arrays.equals(weights(variant), weights(Variants.of(eight).get(i))),
                        variant.name());
            }
        }
    }

    private static float[] weights(Variant variant) {
        float[] all = new float[0];
        for (var stage : variant.weights()) {
            int from = all.length;
            all = Arrays.copyOf(all, from + stage.weight().length);
            System.arraycopy(stage.weight(), 0, all, from, stage.weight().length);
        }
        return all;
    }

    /** The article: a separable convolution gives the same shape as the standard one. */
    @ParameterizedTest
    @CsvSource({"4, 3, 1", "1, 1, 1", "7, 2, 2", "5, 4, 3", "3, 5, 5", "2, 7, 30", "11, 30, 1"})
    void shapesAndRatios(int filters, int kernel, int stride) {
        List<Variant> variants = Variants
                .of(new Settings(filters, kernel, 3, stride, 42, Duration.ofSeconds(1)));
        assertEquals(
                List.of("standard", "grouped", "depthwise", "pointwise", "separable-mobilenet",
                        "separable-xception", "separable-keras", "grouped-depthwise",
                        "standard-5x5", "stacked-3x3", "standard-7x7", "stacked-3x3-three"),
                variants.stream().map(Variant::name).toList());
        Shape standard = variants.getFirst().layer().outputShape(PICTURE);
        assertEquals(new Shape(1, filters, (17 + stride - 1) / stride, (23 + stride - 1) / stride),
                standard);
        for (Variant variant : variants) {
            Shape output = variant.layer().outputShape(PICTURE);
            assertEquals(variant.standard().outputShape(PICTURE), output, variant.name());
            assertEquals(output.c(), variant.outputChannels().size());
            double weightRatio = (double) Cost.of(variant.layer(), PICTURE).weights()
                    / Cost.of(variant.standard(), PICTURE).weights();
            switch (variant.name()) {
                case "standard", "standard-5x5", "standard-7x7" ->
                    assertEquals(1, variant.parameterRatio(PICTURE));
                case "grouped", "grouped-depthwise", "depthwise" -> assertEquals(
                        ArticleFormulas.groupedRatio(3), variant.parameterRatio(PICTURE), 1e-12);
                case "separable-xception" ->
                    assertEquals(ArticleFormulas.separableRatioAsWritten(kernel, 3),
                            variant.parameterRatio(PICTURE), 1e-12);
                case "separable-keras", "separable-mobilenet" -> assertEquals(
                        ArticleFormulas.separableRatioExact(kernel, filters), weightRatio, 1e-12);
                case "pointwise" ->
                    assertEquals(1.0 / (kernel * kernel), variant.parameterRatio(PICTURE), 1e-12);
                case "stacked-3x3-three" ->
                    assertEquals((2 * 9.0 * 9 + 27 * filters) / (147 * filters),
                            variant.parameterRatio(PICTURE), 1e-12);
                case "stacked-3x3" -> assertEquals((9.0 * 9 + 27 * filters) / (75 * filters),
                        variant.parameterRatio(PICTURE), 1e-12);
                default -> throw new AssertionError(variant.name());
            }
            if (variant.name().startsWith("separable")) {
                assertEquals(standard, output);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"4, 3, 1", "4, 1, 1", "4, 2, 2", "3, 4, 3", "4, 5, 1", "1, 7, 2"})
    void xceptionGivesWhatStandardGivesForFiltersOfOnePatternAndOneMix(int filters, int kernel,
            int stride) {
        List<Variant> variants = Variants
                .of(new Settings(filters, kernel, 3, stride, 42, Duration.ofSeconds(1)));
        assertArrayEquals(exact(of(variants, "standard")),
                exact(of(variants, "separable-xception")), 1e-6);
    }

    @Test
    void randomFiltersAreMoreThanSeparable() {
        List<Variant> variants = Variants.of(new Settings(5, 3, 3, 1, 42, Duration.ofSeconds(1)));
        double[] standard = exact(of(variants, "standard"));
        double[] separable = exact(of(variants, "separable-xception"));
        double largest = 0;
        for (int i = 4 * 17 * 23; i < standard.length; i++) {
            largest = Math.max(largest, Math.abs(standard[i] - separable[i]));
        }
        assertTrue(largest > 0.01, "largest difference " + largest);
    }

    /**
     * The article: two stacked 3x3 see what one 5x5 sees, three what one 7x7 does; only where the
     * picture's border comes in may they differ.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 7})
    void stacksGiveWhatOneLargeFilterGives(int stride) {
        List<Variant> variants = Variants
                .of(new Settings(5, 3, 3, stride, 42, Duration.ofSeconds(1)));
        agreeAwayFromTheBorder(of(variants, "standard-5x5"), of(variants, "stacked-3x3"), 1);
        agreeAwayFromTheBorder(of(variants, "standard-7x7"), of(variants, "stacked-3x3-three"), 2);
    }

    private static void agreeAwayFromTheBorder(Variant large, Variant stack, int border) {
        double[] one = exact(large);
        double[] two = exact(stack);
        Shape shape = large.layer().outputShape(PICTURE);
        int compared = 0;
        for (int i = 0; i < one.length; i++) {
            int y = i / shape.w() % shape.h();
            int x = i % shape.w();
            if (y >= border && y < shape.h() - border && x >= border && x < shape.w() - border) {
                assertEquals(one[i], two[i], 1e-6, "element " + i);
                compared++;
            }
        }
        assertTrue(compared > 0 || shape.h() <= 2 * border || shape.w() <= 2 * border);
    }

    @Test
    void groupsOfOneAreStandardAndGroupsOfAllAreDepthwise() {
        List<Variant> one = Variants.of(new Settings(4, 3, 1, 1, 42, Duration.ofSeconds(1)));
        assertArrayEquals(exact(of(one, "standard")), exact(of(one, "grouped")), 0);
        List<Variant> all = Variants.of(new Settings(3, 3, 3, 1, 42, Duration.ofSeconds(1)));
        assertArrayEquals(exact(of(all, "depthwise")), exact(of(all, "grouped-depthwise")), 0);
    }

    @Test
    void theColoursAreFilteredAlikeSoThatTheyCanBeCompared() {
        List<Variant> variants = Variants.of(new Settings(7, 3, 3, 1, 42, Duration.ofSeconds(1)));
        Variant depthwise = of(variants, "depthwise");
        assertEquals(List.of("horizontal edges of red", "horizontal edges of green",
                "horizontal edges of blue"), depthwise.outputChannels());
        float[] weights = weights(depthwise);
        assertArrayEquals(Arrays.copyOfRange(weights, 0, 9), Arrays.copyOfRange(weights, 9, 18));
        assertArrayEquals(Arrays.copyOfRange(weights, 0, 9), Arrays.copyOfRange(weights, 18, 27));
        assertEquals(
                List.of("horizontal edges of red", "vertical edges of red", "blur of red",
                        "horizontal edges of green"),
                of(variants, "grouped-depthwise").outputChannels().subList(0, 4),
                "seven filters are nine, three a colour");
        assertEquals(List.of("brightness", "red less green", "blue less yellow",
                "inverse of brightness", "random 1"),
                of(variants, "pointwise").outputChannels().subList(0, 5));
    }

    private static Variant of(List<Variant> variants, String name) {
        return variants.stream().filter(variant -> variant.name().equals(name)).findFirst()
                .orElseThrow();
    }

    private static double[] exact(Variant variant) {
        Tensor picture = Tensor.zeros(PICTURE, Layout.NCHW);
        Random random = new Random(5);
        for (int i = 0; i < picture.data().length; i++) {
            picture.data()[i] = random.nextFloat();
        }
        return Reference.run(variant.layer(), variant.weights(), picture);
    }
}
