package dev.sepconv.engine.simd;

import static dev.sepconv.ConvTester.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvStack;
import dev.sepconv.ConvTester;
import dev.sepconv.ConvWeights;
import dev.sepconv.Dims;
import dev.sepconv.Fusion;
import dev.sepconv.Layout;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.Op;
import dev.sepconv.Padding;
import dev.sepconv.Plan;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.engine.simd.gen.PixelTile;
import dev.sepconv.onnx.OnnxRuntimeOracle;
import dev.sepconv.reference.NetworkReference;
import dev.sepconv.reference.Reference;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Standard 3x3 convolutions that are large enough for Winograd's way: which are, and whether they
 * are right.
 */
class WinogradConvolutionTest {

    private static final long SEED = Long.getLong("sepconv.seed", 20261124);
    private static final List<String> BLOCKS = List.of("WinogradBlocks");
    private static final List<String> PHASES = List.of("WinogradInput", "WinogradProducts",
            "WinogradOutput");

    private static final SimdEngine ENGINE = SimdEngine.open(2);

    @AfterAll
    static void close() {
        ENGINE.close();
    }

    /** Which of a layer's steps are Winograd's. */
    private static List<String> steps(ConvTester.Case given) {
        return steps(Network.of(given.layer().withWeights(given.weights()), given.input(),
                given.layout()));
    }

    private static List<String> steps(Network network) {
        return Steps.of(ENGINE, network, Fusion.AUTO).stream()
                .filter(name -> name.startsWith("Winograd")).toList();
    }

    /** Compares with the float64 reference and with ONNX Runtime. */
    private static void check(ConvTester.Case given) {
        check(given, ENGINE);
    }

    private static void check(ConvTester.Case given, SimdEngine engine) {
        assertFalse(steps(given).isEmpty(), () -> given + " does not take Winograd's way");
        Tensor result = ConvTester.output(given, engine, engine.devices().getFirst());
        assertClose(given, "simd", Reference.run(given.layer(), given.weights(), given.tensor()),
                result);
        float[] onnx = OnnxRuntimeOracle.run(given).data();
        double[] right = new double[onnx.length];
        Arrays.setAll(right, i -> onnx[i]);
        assertClose(given, "simd beside ONNX Runtime", right, result);
    }

    private static ConvTester conv(int channels, int filters) {
        return ConvTester.conv().batch(1).channels(channels).filters(filters).padding(Padding.of(1))
                .size(14, 14).layout(Layout.NHWC);
    }

    @Test
    void theRuleTakesWhatIsFaster() {
        for (int[] mobilenet : new int[][]{{32, 112}, {64, 112}, {128, 56}, {256, 28}, {512, 14}}) {
            for (Layout layout : Layout.values()) {
                ConvTester.Case given = conv(mobilenet[0], mobilenet[0])
                        .size(mobilenet[1], mobilenet[1]).layout(layout).build();
                assertEquals(mobilenet[0] < 512 ? BLOCKS : PHASES, steps(given), given::toString);
            }
        }
        for (int[] grouped : new int[][]{{64, 112, 2}, {128, 56, 4}, {512, 14, 16}, {512, 14, 8}}) {
            assertEquals(BLOCKS, steps(conv(grouped[0], grouped[0]).size(grouped[1], grouped[1])
                    .groups(grouped[2]).build()));
        }
        assertEquals(PHASES, steps(conv(512, 512).groups(2).build()));
        assertEquals(BLOCKS, steps(conv(24, 96).build()));
        assertEquals(BLOCKS, steps(conv(96, 24).build()));
        assertEquals(BLOCKS, steps(conv(64, 64).size(6, 6).build()));
        assertEquals(PHASES, steps(conv(1024, 128).size(9, 9).batch(2).build()));
        assertEquals(PHASES, steps(conv(512, 512).size(7, 7).batch(4).build()));
        assertEquals(3 * PHASES.size(), steps(conv(257, 257).size(61, 61).build()).size(),
                "961 tiles, 448 at once");
    }

    /**
     * Whether each machine's rule takes a convolution: 16 lanes and tiles of 7 pixels, 8 and 6, 4
     * and 6, and 4 and 7 (ARM).
     */
    private static List<Boolean> suits(ConvTester conv) {
        ConvTester.Case given = conv.build();
        Conv2d layer = (Conv2d) given.layer();
        return Stream.of(new int[]{16, 7}, new int[]{8, 6}, new int[]{4, 6}, new int[]{4, 7}).map(
                machine -> WinogradConvolution.suits(layer, given.input(), machine[0], machine[1]))
                .toList();
    }

    private static void assertEverywhere(boolean expected, ConvTester conv) {
        assertEquals(Collections.nCopies(4, expected), suits(conv), () -> conv.build().toString());
        assertEquals(expected, !steps(conv.build()).isEmpty(), () -> conv.build().toString());
    }

    @Test
    void theRuleLeavesTheRest() {
        assertEverywhere(true, conv(64, 64).size(28, 28));
        assertEverywhere(false, conv(64, 64).stride(2, 2).size(28, 28));
        assertEverywhere(false, conv(64, 64).stride(1, 2).size(28, 28));
        assertEverywhere(false, conv(64, 64).stride(2, 1).size(28, 28));
        assertEverywhere(false, conv(64, 64).dilation(2, 1).size(28, 28));
        assertEverywhere(false, conv(64, 64).dilation(1, 2).size(28, 28));
        assertEverywhere(false, conv(128, 128).groups(8).size(28, 28));
        assertEverywhere(false, conv(32, 64).groups(2).size(28, 28));
        assertEverywhere(false, conv(64, 64).depthwise(1).size(28, 28));
        assertEverywhere(false, conv(64, 64).kernel(3, 1).size(28, 28));
        assertEverywhere(false, conv(64, 64).kernel(5, 5).size(28, 28));
        assertEverywhere(false, conv(64, 64).kernel(1, 1).size(28, 28));
        assertEverywhere(false, conv(16, 1000).size(28, 28));
        assertEverywhere(false, conv(1000, 16).size(28, 28));
        assertEverywhere(false, conv(31, 32).size(28, 28));
        assertEverywhere(false, conv(32, 4097).size(28, 28));
        assertEverywhere(false, conv(256, 256).size(4, 4));
        assertEverywhere(false, conv(256, 256).size(1, 1));
        assertEverywhere(false, conv(256, 256).size(1, 112));
    }

    /** 16 tiles: three times 6 leave little over, three times 7 too much. */
    @Test
    void theRuleCountsTheMachinesTiles() {
        assertEquals(List.of(false, true, true, false), suits(conv(128, 256).size(7, 7)));
        assertEquals(List.of(true, false, false, true), suits(conv(37, 67).size(3, 13)),
                "14 tiles");
        ConvTester.Case seven = conv(128, 256).size(7, 7).build();
        assertEquals(PixelTile.PIXELS == 6, !steps(seven).isEmpty());
    }

    @Test
    void theRuleCountsWeightsWhereTilesAreFew() {
        assertEverywhere(false, conv(256, 256).size(8, 8));
        assertEverywhere(true, conv(128, 256).size(8, 8));
        assertEverywhere(true, conv(256, 256).size(8, 8).batch(2));
    }

    @ParameterizedTest
    @EnumSource(Layout.class)
    void oddSizesEndInPartOfATile(Layout layout) {
        for (int[] size : new int[][]{{3, 17}, {3, 18}, {5, 13}, {5, 17}, {6, 13}, {6, 17}, {6, 18},
                {11, 13}, {11, 17}, {11, 18}, {13, 13}, {13, 17}, {13, 18}}) {
            check(conv(37, 67).size(size[0], size[1]).layout(layout).build());
            check(conv(257, 131).size(size[0], size[1]).layout(layout).activation(Activation.RELU6)
                    .build());
        }
    }

    @ParameterizedTest
    @EnumSource(Layout.class)
    void anyPadding(Layout layout) {
        for (Padding padding : List.of(Padding.VALID, Padding.SAME_UPPER, Padding.SAME_LOWER,
                Padding.of(0, 1, 2, 3), Padding.of(3, 0, 1, 0), Padding.of(5, 6, 7, 4))) {
            check(conv(41, 53).size(17, 13).batch(3).padding(padding).layout(layout).build());
            check(conv(41, 53).size(16, 14).padding(padding).layout(layout).bias(false).build());
        }
    }

    /** Outputs that read nothing but padding, and those round the only pixel. */
    @ParameterizedTest
    @EnumSource(Layout.class)
    void onePixelInWidePadding(Layout layout) {
        check(conv(67, 97).size(1, 1).padding(Padding.of(5, 6, 7, 4)).layout(layout).build());
        check(conv(277, 281).size(1, 1).batch(3).padding(Padding.of(3, 5, 4, 4)).layout(layout)
                .build());
    }

    @ParameterizedTest
    @EnumSource(Activation.Kind.class)
    void everyActivation(Activation.Kind kind) {
        Activation activation = new Activation(kind, kind == Activation.Kind.LEAKY_RELU ? 0.1f : 0);
        // the hyperbolic tangent lets a sum's rounding error through whole, but makes 1 of the sum
        int channels = kind == Activation.Kind.TANH ? 67 : 263;
        for (Layout layout : Layout.values()) {
            check(conv(47, 83).size(11, 19).batch(2).activation(activation).layout(layout).build());
            check(conv(channels, 229).size(9, 9).activation(activation).layout(layout).build());
        }
    }

    /** Channels round the vector's length and the panel's, and many. */
    @Test
    void channelCounts() {
        for (int channels : new int[]{33, 47, 48, 49, 63, 64, 65, 79, 80, 81, 96, 97}) {
            check(conv(channels, 71).size(10, 7).build());
            check(conv(71, channels).size(10, 7).build());
        }
        for (int channels : new int[]{131, 509, 701}) {
            check(conv(channels, 691).size(11, 11).activation(Activation.RELU6).build());
        }
        for (int channels : new int[]{127, 389}) {
            check(conv(701, channels).size(12, 11).activation(Activation.RELU6).layout(Layout.NCHW)
                    .build());
        }
    }

    /**
     * Groups that fill their panels of weights, and others, whose filters lie apart between the
     * transforms.
     */
    @ParameterizedTest
    @EnumSource(Layout.class)
    void groups(Layout layout) {
        for (int[] sizes : new int[][]{{2, 32, 32}, {3, 37, 45}, {5, 33, 64}, {7, 64, 33},
                {2, 141, 131}, {2, 264, 19}, {2, 19, 310}}) {
            ConvTester conv = conv(sizes[0] * sizes[1], sizes[0] * sizes[2]).groups(sizes[0])
                    .layout(layout);
            check(conv.size(11, 14).activation(Activation.RELU6).build());
            check(conv.size(10, 13).batch(2).padding(Padding.of(0, 2, 3, 1)).bias(false).build());
        }
    }

    /** What is not finite in one group stays there. */
    @Test
    void groupsDoNotMix() {
        Conv2d conv = Conv2d.of(3 * 40, 3 * 44, 3).withGroups(3).withPadding(Padding.of(1))
                .withBias(true);
        Tensor input = Tensor.zeros(Shape.of(3 * 40, 12, 12), Layout.NHWC);
        for (int h = 0; h < 12; h++) {
            for (int w = 0; w < 12; w++) {
                for (int c = 40; c < 80; c++) {
                    input.set(0, c, h, w, Float.NaN);
                }
            }
        }
        assertTrue(WinogradConvolution.suits(conv, input.shape()));
        ConvWeights weights = ConvWeights.random(conv, new Random(1));
        try (Plan plan = ENGINE.compile(conv.withWeights(List.of(weights)), input.shape(),
                Layout.NHWC, ENGINE.devices().getFirst())) {
            Tensor output = plan.run(input);
            for (int k = 0; k < 3 * 44; k++) {
                for (int h = 0; h < 12; h++) {
                    for (int w = 0; w < 12; w++) {
                        boolean poisoned = k / 44 == 1;
                        assertEquals(poisoned ? Float.NaN : weights.bias()[k],
                                output.get(0, k, h, w), 0);
                    }
                }
            }
        }
    }

    /**
     * 9,216 products a sum, cut at 6, so that its rounding is measured against 6 and not against
     * sums of a hundred.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void longSumsKeepTheirPrecision(long seed) {
        check(conv(1024, 256).size(12, 11).activation(Activation.RELU6).seed(seed).build());
    }

    @Test
    void randomConvolutions() {
        System.out.printf("WinogradConvolutionTest: -Dsepconv.seed=%d%n", SEED);
        Random random = new Random(SEED);
        int drawn = 0;
        for (int i = 0; drawn < 40; i++) {
            int groups = random.nextBoolean() ? 1 : 1 + random.nextInt(5);
            int channels = groups * (17 + random.nextInt(1 + random.nextInt(690 / groups)));
            int filters = groups * (17 + random.nextInt(1 + random.nextInt(690 / groups)));
            Activation activation = List
                    .of(Activation.NONE, Activation.RELU, Activation.RELU6,
                            Activation.leakyRelu(0.1f), Activation.HARD_SWISH)
                    .get(random.nextInt(5));
            ConvTester.Case given = ConvTester.conv().seed(SEED + i).channels(channels)
                    .filters(filters).groups(groups).batch(1 + random.nextInt(3))
                    .size(1 + random.nextInt(15), 1 + random.nextInt(15)).bias(random.nextBoolean())
                    .padding(Padding.of(1 + random.nextInt(3), random.nextInt(4),
                            1 + random.nextInt(3), 2 + random.nextInt(3)))
                    .layout(random.nextBoolean() ? Layout.NCHW : Layout.NHWC).activation(activation)
                    .build();
            if (WinogradConvolution.suits((Conv2d) given.layer(), given.input())) {
                check(given);
                drawn++;
            }
        }
    }

    /** Numbers of twelve orders of magnitude beside each other. */
    @Test
    void wideRanges() {
        for (int[] sizes : new int[][]{{64, 67, 13}, {131, 96, 17}, {317, 331, 9},
                {701, 128, 11}}) {
            for (long seed = 0; seed < 2; seed++) {
                Random random = new Random(seed);
                Conv2d conv = Conv2d.of(sizes[0], sizes[1], 3).withPadding(Padding.of(1))
                        .withBias(true);
                ConvWeights weights = new ConvWeights(wide(conv.weightCount(), random),
                        wide(sizes[1], random));
                Shape shape = new Shape(2, sizes[0], sizes[2], sizes[2]);
                Tensor input = Tensor.of(shape, Layout.NHWC, wide(shape.elements(), random));
                assertTrue(WinogradConvolution.suits(conv, shape));
                try (Plan plan = ENGINE.compile(conv.withWeights(List.of(weights)), shape,
                        Layout.NHWC, ENGINE.devices().getFirst())) {
                    double error = Reference
                            .difference(Reference.run(conv, List.of(weights), input),
                                    plan.run(input))
                            .relative();
                    assertTrue(error <= ConvTester.TOLERANCE,
                            "%s on %s, seed %d: %s".formatted(conv, shape, seed, error));
                }
            }
        }
    }

    private static float[] wide(int count, Random random) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) (Math.pow(10, random.nextDouble(-6, 6))
                    * (random.nextBoolean() ? 1 : -1));
        }
        return numbers;
    }

    /** A NaN or infinity must not be lost, and must not reach any tile that does not read it. */
    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void whatIsNotFiniteStaysInTheTilesThatReadIt(float poison) {
        for (int channels : new int[]{35, 264}) {
            // An activation may cut an infinity off, but never a NaN.
            for (Activation activation : Float.isNaN(poison)
                    ? List.of(Activation.NONE, Activation.RELU6, Activation.SIGMOID)
                    : List.of(Activation.NONE)) {
                Conv2d conv = Conv2d.of(channels, channels, 3).withActivation(activation)
                        .withPadding(Padding.of(1));
                Tensor input = Tensor.zeros(Shape.of(channels, 11, 13), Layout.NHWC);
                Arrays.fill(input.data(), 0.25f);
                input.set(0, channels - 1, 5, 8, poison);
                assertTrue(WinogradConvolution.suits(conv, input.shape()));
                try (Plan plan = ENGINE.compile(
                        conv.withWeights(List.of(ConvWeights.random(conv, new Random(1)))),
                        input.shape(), Layout.NHWC, ENGINE.devices().getFirst())) {
                    Tensor output = plan.run(input);
                    for (int k = 0; k < channels; k++) {
                        for (int h = 0; h < 11; h++) {
                            for (int w = 0; w < 13; w++) {
                                boolean tap = h >= 4 && h <= 6 && w >= 7 && w <= 9;
                                boolean tile = h >= 4 && h <= 7 && w >= 6 && w <= 9;
                                boolean finite = Float.isFinite(output.get(0, k, h, w));
                                assertTrue(!finite || !tap,
                                        "finite at %d %d %d".formatted(k, h, w));
                                assertTrue(finite || tile,
                                        "not finite at %d %d %d".formatted(k, h, w));
                            }
                        }
                    }
                }
            }
        }
    }

    @Test
    void oneThreadAndManyGiveTheRight() {
        for (int threads : new int[]{1, 3, 8}) {
            try (SimdEngine engine = SimdEngine.open(threads)) {
                for (int i = 0; i < 2; i++) {
                    check(conv(43, 71).size(23, 29).layout(Layout.NCHW).build(), engine);
                    check(conv(263, 271).size(13, 11).build(), engine);
                    check(conv(67, 65).size(9, 9).build(), engine);
                }
            }
        }
    }

    /** Weights are read once, when the plan is made. */
    @Test
    void weightsMayBeOverwrittenAfterwards() {
        ConvTester.Case given = conv(40, 48).build();
        List<ConvWeights> weights = given.weights();
        try (Plan plan = ENGINE.compile(given.layer().withWeights(weights), given.input(),
                given.layout(), ENGINE.devices().getFirst())) {
            Arrays.fill(weights.getFirst().weight(), Float.NaN);
            Arrays.fill(weights.getFirst().bias(), Float.NaN);
            assertClose(given, "simd",
                    Reference.run(given.layer(), given.weights(), given.tensor()),
                    plan.run(given.tensor()));
        }
    }

    @Test
    void oneAfterTheOther() {
        for (Layout layout : Layout.values()) {
            check(new ConvTester.Case(
                    ConvStack.of(
                            Conv2d.of(35, 50, 3).withPadding(Padding.of(1))
                                    .withActivation(Activation.RELU6),
                            Conv2d.of(50, 41, 3).withPadding(Padding.of(0, 2, 3, 1))
                                    .withActivation(Activation.RELU),
                            Conv2d.pointwise(41, 45), Conv2d.depthwise(45, 1, 3),
                            Conv2d.of(45, 39, 3)),
                    new Shape(2, 35, 15, 17), layout, 1));
        }
    }

    /**
     * Pictures with borders that several read, arrays that share memory, partial tiles, and a
     * second run.
     */
    @Test
    void inNetworks() {
        Dims dims = Dims.of(2, 36, 15, 17);
        Network.Builder net = Network.builder("winograd");
        String x = net.input("x", dims);
        String a = net.add("a", convolve(
                Conv2d.of(36, 40, 3).withPadding(Padding.of(1)).withActivation(Activation.RELU), 1),
                x);
        String b = net.add("b", convolve(Conv2d.of(40, 40, 3).withPadding(Padding.of(1)), 2), a);
        String sum = net.add("sum", new Op.Binary(Op.Binary.Kind.ADD), a, b);
        String grouped = net.add("grouped",
                convolve(Conv2d.of(40, 160, 3).withGroups(2).withPadding(Padding.of(1)), 6), sum);
        String c = net.add("c", convolve(Conv2d.of(40, 264, 3), 3), sum);
        String d = net.add("d",
                convolve(Conv2d.of(264, 260, 3).withPadding(Padding.of(2, 1, 0, 1)), 4), c);
        String down = net.add("down",
                convolve(Conv2d.of(40, 40, 3).withPadding(Padding.of(1)).withStride(2), 5), sum);
        Network network = net.output(d).output(down).output(grouped).build();
        float[] numbers = new float[dims.elements()];
        Random random = new Random(9);
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = random.nextFloat(-1, 1);
        }
        Map<String, NdArray> inputs = Map.of("x", NdArray.of(dims, numbers));
        List<String> steps = steps(network);
        assertEquals(List.of("WinogradBlocks", "WinogradBlocks", "WinogradBlocks", "WinogradBlocks",
                "WinogradInput", "WinogradProducts", "WinogradOutput"), steps);
        Map<String, double[]> exact = NetworkReference.run(network, inputs);
        try (NetworkPlan plan = ENGINE.compile(network, ENGINE.devices().getFirst())) {
            for (int run = 0; run < 2; run++) {
                plan.run(inputs).forEach((name, array) -> {
                    double largest = Arrays.stream(exact.get(name)).map(Math::abs).max()
                            .orElseThrow();
                    for (int i = 0; i < array.data().length; i++) {
                        assertEquals(exact.get(name)[i], array.data()[i],
                                ConvTester.TOLERANCE * largest, name + " " + i);
                    }
                });
            }
        }
    }

    private static Op convolve(Conv2d conv, long seed) {
        Conv2d withBias = conv.withBias(true);
        return new Op.Convolve(withBias, List.of(ConvWeights.random(withBias, new Random(seed))));
    }
}
