package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.reference.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every engine must do: the edges of the arithmetic in both layouts, and what {@link Engine}
 * and {@link Plan} promise.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class EngineContract {

    private Engine engine;

    /**
     * Opens the engine under test; it fails where it can't be used, so that no engine is passed
     * over in silence.
     */
    abstract Engine open();

    /** The device under test. */
    Device device() {
        return engine.devices().getFirst();
    }

    @BeforeAll
    void openEngine() {
        engine = open();
    }

    @AfterAll
    void closeEngine() {
        if (engine != null) {
            engine.close();
        }
    }

    private void check(ConvTester tester) {
        for (Layout layout : Layout.values()) {
            ConvTester.check(tester.layout(layout).build(), engine, device());
        }
    }

    private void check(Layer layer, Shape input) {
        for (Layout layout : Layout.values()) {
            ConvTester.check(new ConvTester.Case(layer, input, layout, 1), engine, device());
        }
    }

    // The edges of the arithmetic.

    @Test
    void onePixel() {
        check(ConvTester.conv().size(1, 1).kernel(1, 1));
        check(ConvTester.conv().size(1, 1).padding(Padding.SAME_UPPER));
        check(ConvTester.conv().size(1, 1).channels(7).depthwise(1).padding(Padding.SAME_LOWER));
    }

    @Test
    void oneRowAndOneColumn() {
        check(ConvTester.conv().size(1, 37).padding(Padding.SAME_UPPER));
        check(ConvTester.conv().size(37, 1).padding(Padding.SAME_UPPER));
        check(ConvTester.conv().size(1, 37).channels(7).depthwise(1).padding(Padding.of(1)));
        check(ConvTester.conv().size(37, 1).channels(7).depthwise(1).padding(Padding.of(1)));
    }

    @Test
    void oneChannelInOrOut() {
        check(ConvTester.conv().channels(1));
        check(ConvTester.conv().filters(1));
        check(ConvTester.conv().channels(1).filters(1));
        check(ConvTester.conv().channels(1).depthwise(3));
        check(ConvTester.conv().channels(1).filters(1).kernel(1, 1));
    }

    @Test
    void kernelAsLargeAsThePaddedInput() {
        check(ConvTester.conv().size(5, 7).kernel(5, 7));
        check(ConvTester.conv().size(3, 2).kernel(5, 5).padding(Padding.of(1, 0, 1, 3)));
        check(ConvTester.conv().size(3, 2).channels(5).kernel(5, 5).depthwise(2)
                .padding(Padding.of(1, 0, 1, 3)));
    }

    @Test
    void kernelsThatAreNotSquare() {
        check(ConvTester.conv().kernel(1, 5));
        check(ConvTester.conv().kernel(5, 1));
        check(ConvTester.conv().kernel(2, 7).padding(Padding.SAME_LOWER));
        check(ConvTester.conv().channels(7).kernel(7, 2).depthwise(1).padding(Padding.SAME_UPPER));
    }

    @Test
    void strideLargerThanTheKernel() {
        check(ConvTester.conv().size(17, 19).kernel(2, 3).stride(3, 5));
        check(ConvTester.conv().size(17, 19).channels(7).kernel(2, 3).depthwise(1).stride(5, 4));
        check(ConvTester.conv().size(17, 19).kernel(1, 1).stride(2, 3));
    }

    @Test
    void strideLargerThanTheInput() {
        check(ConvTester.conv().size(5, 3).stride(11, 7));
        check(ConvTester.conv().size(5, 3).stride(11, 7).padding(Padding.SAME_UPPER));
    }

    @Test
    void stridesThatDiffer() {
        check(ConvTester.conv().stride(1, 2));
        check(ConvTester.conv().stride(2, 1));
        check(ConvTester.conv().channels(7).depthwise(1).stride(1, 3).padding(Padding.of(1)));
    }

    @Test
    void dilation() {
        check(ConvTester.conv().dilation(2, 3));
        check(ConvTester.conv().dilation(5, 1).padding(Padding.SAME_UPPER));
        check(ConvTester.conv().channels(7).depthwise(1).dilation(3, 2).stride(2, 3)
                .padding(Padding.of(3)));
    }

    @Test
    void dilationThatJumpsOverTheInput() {
        check(ConvTester.conv().size(3, 3).dilation(7, 5).padding(Padding.of(7, 5)));
        check(ConvTester.conv().size(2, 3).channels(5).depthwise(1).dilation(4, 4)
                .padding(Padding.SAME_LOWER));
    }

    @Test
    void paddingOnEachSideAlone() {
        for (int side = 0; side < 4; side++) {
            Padding padding = Padding.of(side == 0 ? 2 : 0, side == 1 ? 2 : 0, side == 2 ? 2 : 0,
                    side == 3 ? 2 : 0);
            check(ConvTester.conv().padding(padding));
            check(ConvTester.conv().channels(7).depthwise(1).padding(padding));
            check(ConvTester.conv().kernel(1, 1).padding(padding));
        }
    }

    @Test
    void paddingLargerThanTheKernelGivesTheBias() {
        check(ConvTester.conv().size(3, 2).padding(Padding.of(7, 5, 6, 9)));
        check(ConvTester.conv().size(3, 2).channels(7).depthwise(2)
                .padding(Padding.of(7, 5, 6, 9)));
        Conv2d conv = Conv2d.of(1, 1, 2).withBias(true).withPadding(Padding.of(5));
        Tensor result = run(conv,
                List.of(new ConvWeights(new float[]{1, 1, 1, 1}, new float[]{42})),
                Tensor.of(Shape.of(1, 1, 1), Layout.NCHW, 7));
        assertEquals(42, result.get(0, 0, 0, 0));
        assertEquals(49, result.get(0, 0, 5, 5));
    }

    @Test
    void sameAtStrideTwoOnEvenSizesPadsBelowAndRightOnly() {
        Conv2d conv = Conv2d.depthwise(3, 1, 3).withStride(2).withPadding(Padding.SAME_UPPER);
        check(conv, new Shape(2, 3, 8, 6));
        check(conv.withPadding(Padding.SAME_LOWER), new Shape(2, 3, 8, 6));
    }

    @Test
    void groups() {
        check(ConvTester.conv().channels(6).filters(4).groups(2));
        check(ConvTester.conv().channels(6).filters(15).groups(3));
        check(ConvTester.conv().channels(10).filters(5).groups(5).stride(2, 1)
                .padding(Padding.SAME_UPPER));
        check(ConvTester.conv().channels(34).filters(38).groups(2).kernel(1, 1));
    }

    @Test
    void depthMultiplier() {
        check(ConvTester.conv().channels(5).depthwise(2));
        check(ConvTester.conv().channels(17).depthwise(3).padding(Padding.SAME_UPPER));
    }

    @Test
    void channelsAroundVectorLengths() {
        for (int channels : new int[]{2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33}) {
            check(ConvTester.conv().batch(1).size(5, 3).channels(channels).filters(channels));
            check(ConvTester.conv().batch(1).size(5, 3).channels(channels).depthwise(1));
            check(ConvTester.conv().batch(1).size(5, 3).kernel(1, 1).channels(channels).filters(3));
            check(ConvTester.conv().batch(1).size(5, 3).kernel(1, 1).channels(3).filters(channels));
        }
    }

    @Test
    void widthsAroundVectorLengths() {
        for (int width : new int[]{4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 65}) {
            check(ConvTester.conv().batch(1).channels(3).size(3, width)
                    .padding(Padding.SAME_UPPER));
            check(ConvTester.conv().batch(1).channels(3).depthwise(1).size(3, width)
                    .padding(Padding.SAME_UPPER));
            check(ConvTester.conv().batch(1).channels(3).depthwise(1).size(3, width).stride(2, 2));
            check(ConvTester.conv().batch(1).channels(3).size(3, width).kernel(1, 1));
        }
    }

    @Test
    void manyChannels() {
        check(ConvTester.conv().batch(1).size(3, 5).channels(257).filters(131)
                .padding(Padding.of(1)));
        check(ConvTester.conv().batch(1).size(3, 5).channels(509).filters(257).kernel(1, 1));
        check(ConvTester.conv().batch(1).size(7, 5).channels(509).depthwise(1));
    }

    @Test
    void largerPictures() {
        check(ConvTester.conv().batch(1).size(101, 97).channels(3).filters(5)
                .padding(Padding.SAME_UPPER));
        check(ConvTester.conv().batch(1).size(101, 97).channels(7).depthwise(1).stride(2, 2)
                .padding(Padding.SAME_UPPER));
        check(ConvTester.conv().batch(1).size(101, 97).channels(13).filters(11).kernel(1, 1));
    }

    @Test
    void batch() {
        check(ConvTester.conv().batch(5));
        check(ConvTester.conv().batch(5).channels(7).depthwise(1).padding(Padding.of(1)));
        check(ConvTester.conv().batch(5).kernel(1, 1));
    }

    @Test
    void withoutBias() {
        check(ConvTester.conv().bias(false));
        check(ConvTester.conv().bias(false).channels(7).depthwise(1));
        check(ConvTester.conv().bias(false).kernel(1, 1));
    }

    @ParameterizedTest
    @EnumSource
    void activations(Activation.Kind kind) {
        Activation activation = new Activation(kind, kind == Activation.Kind.LEAKY_RELU ? 0.2f : 0);
        check(ConvTester.conv().activation(activation));
        check(ConvTester.conv().activation(activation).channels(7).depthwise(2));
        check(ConvTester.conv().activation(activation).kernel(1, 1));
    }

    @ParameterizedTest
    @EnumSource
    void activationsAtTheirCorners(Activation.Kind kind) {
        float[] x = {Float.NEGATIVE_INFINITY, -1000, -100, -6, -3.0000002f, -3, -2.9999998f, -1,
                -1e-30f, -0f, 0, 1e-30f, 1, 2.9999998f, 3, 3.0000002f, 5.9999995f, 6, 6.0000005f,
                100, 1000, Float.POSITIVE_INFINITY, Float.NaN};
        Activation activation = new Activation(kind, kind == Activation.Kind.LEAKY_RELU ? 0.2f : 0);
        for (Conv2d conv : List.of(Conv2d.pointwise(1, 1),
                Conv2d.grouped(1, 1, 1, 1).withPadding(Padding.of(1, 0)))) {
            Layer layer = conv.withActivation(activation);
            // Each alone, so that a large one doesn't hide another.
            for (float value : x) {
                Tensor input = Tensor.of(Shape.of(1, 1, 1), Layout.NCHW, value);
                List<ConvWeights> weights = List.of(ConvWeights.of(1));
                double[] exact = Reference.run(layer, weights, input);
                Reference.Difference apart = Reference.difference(exact,
                        run(layer, weights, input));
                assertTrue(apart.relative() <= ConvTester.TOLERANCE || apart.maxAbs() < 1e-6,
                        () -> "%s of %s by %s is off by %s".formatted(activation, value,
                                engine.name(), apart));
            }
        }
    }

    @Test
    void nansAndInfinitiesAreLetThrough() {
        Conv2d conv = Conv2d.of(2, 3, 3).withPadding(Padding.of(1)).withActivation(Activation.RELU);
        ConvTester.Case given = new ConvTester.Case(conv, Shape.of(2, 7, 5), Layout.NCHW, 1);
        List<ConvWeights> weights = given.weights();
        Tensor input = given.tensor();
        // the middle of filter 1, which is always on the input
        weights.getFirst().weight()[2 * 9 + 4] = Float.NaN;
        input.set(0, 1, 2, 2, Float.POSITIVE_INFINITY);
        Tensor result = run(conv, weights, input);
        assertEquals(0,
                Reference.difference(Reference.run(conv, weights, input), result).relative(),
                ConvTester.TOLERANCE);
        assertTrue(Float.isNaN(result.get(0, 1, 6, 0)));
        assertFalse(Float.isNaN(result.get(0, 0, 6, 0)));
    }

    @Test
    void separableInItsThreeOrders() {
        for (int stride = 1; stride <= 2; stride++) {
            check(SeparableConv2d.mobilenet(7, 17, 3, stride), new Shape(2, 7, 13, 10));
            check(SeparableConv2d.xception(7, 17, 3, stride), new Shape(2, 7, 13, 10));
            check(SeparableConv2d.keras(7, 17, 5, stride), new Shape(2, 7, 13, 10));
        }
        check(new SeparableConv2d(SeparableConv2d.Order.MOBILENET,
                Conv2d.depthwise(5, 3, 3).withActivation(Activation.HARD_SWISH),
                Conv2d.pointwise(15, 4)), new Shape(1, 5, 7, 7));
    }

    @Test
    void aStack() {
        Conv2d first = Conv2d.of(3, 5, 3).withPadding(Padding.of(1)).withBias(true)
                .withActivation(Activation.RELU);
        check(ConvStack.of(first, Conv2d.of(5, 7, 3).withStride(2), Conv2d.grouped(7, 14, 3, 7)),
                new Shape(2, 3, 13, 11));
        check(ConvStack.of(first), new Shape(2, 3, 13, 11));
    }

    @Test
    void groupedThenPointwiseWithAndWithoutAShuffle() {
        GroupedSeparableConv2d layer = GroupedSeparableConv2d.of(24, 18, 3, 1, 3);
        for (GroupedSeparableConv2d each : List.of(layer, layer.withShuffle(true),
                layer.withPointwiseGroups(3), layer.withPointwiseGroups(3).withShuffle(true),
                layer.withPointwiseGroups(2).withShuffle(true),
                GroupedSeparableConv2d.of(24, 48, 3, 2, 24).withPointwiseGroups(24)
                        .withShuffle(true),
                GroupedSeparableConv2d.of(96, 64, 3, 1, 4).withPointwiseGroups(4)
                        .withShuffle(true))) {
            check(each, new Shape(2, each.grouped().inChannels(), 13, 10));
        }
    }

    /**
     * What a channel can't reach it leaves alone: moved channels are moved, not multiplied by a
     * matrix with zeros.
     */
    @Test
    void aShuffleLetsNansReachOnlyTheGroupsThatReadThem() {
        GroupedSeparableConv2d layer = GroupedSeparableConv2d.of(6, 6, 1, 1, 3)
                .withPointwiseGroups(3).withShuffle(true);
        ConvTester.Case given = new ConvTester.Case(layer, Shape.of(6, 3, 5), Layout.NHWC, 1);
        Tensor input = given.tensor();
        // spoils 4 and 5 of the first step, which the shuffle makes 2 and 5
        input.set(0, 5, 1, 2, Float.NaN);
        Tensor result = run(layer, given.weights(), input);
        assertEquals(0, Reference.difference(Reference.run(layer, given.weights(), input), result)
                .relative(), ConvTester.TOLERANCE);
        for (int k = 0; k < 6; k++) {
            assertEquals(k >= 2, Float.isNaN(result.get(0, k, 1, 2)), "channel " + k);
            assertFalse(Float.isNaN(result.get(0, k, 0, 2)), "channel " + k);
        }
    }

    // Fusion: depthwise and pointwise one after the other or at once.

    /** Whether the engine has kernels for two stages at once. */
    boolean fuses() {
        return true;
    }

    /** How many random layers the engine is asked to run in each way. */
    int fusionCases() {
        return 150;
    }

    @Test
    void separateAndFusedBothAgreeWithTheReference() {
        long base = Long.getLong("sepconv.seed", 18_000);
        int fused = 0;
        for (long seed = base; seed < base + fusionCases(); seed++) {
            ConvTester.Case given = ConvTester.randomSeparable(seed);
            double[] exact = Reference.run(given.layer(), given.weights(), given.tensor());
            Set<Fusion> fusions = engine.fusions(given.layer(), given.input(), given.layout(),
                    device());
            assertTrue(fusions.containsAll(Set.of(Fusion.AUTO, Fusion.SEPARATE)), given::toString);
            for (Fusion fusion : fusions) {
                Tensor output = ConvTester.output(given, engine, device(), fusion);
                ConvTester.assertClose(given, engine.name() + " " + fusion, exact, output);
            }
            if (fusions.contains(Fusion.FUSED)) {
                fused++;
            } else {
                IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
                        () -> engine.compile(given.layer().withWeights(given.weights()),
                                given.input(), given.layout(), device(), Fusion.FUSED),
                        given::toString);
                assertTrue(e.getMessage().matches("fusion is FUSED; .+: ask for AUTO or SEPARATE"),
                        e.getMessage());
            }
        }
        assertTrue(fuses() ? fused > fusionCases() / 4 : fused == 0,
                "only %d of the cases (from seed %d) could be fused".formatted(fused, base));
    }

    @Test
    void picturesOfAllSizesRunSeparateAndFused() {
        for (SeparableConv2d layer : List.of(SeparableConv2d.mobilenet(7, 17, 3, 1),
                SeparableConv2d.keras(7, 17, 3, 2))) {
            for (int size : new int[]{1, 4, 29, 97}) {
                for (Layout layout : Layout.values()) {
                    ConvTester.Case given = new ConvTester.Case(layer, new Shape(1, 7, size, size),
                            layout, size);
                    double[] exact = Reference.run(layer, given.weights(), given.tensor());
                    Set<Fusion> fusions = engine.fusions(layer, given.input(), layout, device());
                    assertEquals(fuses(), fusions.contains(Fusion.FUSED), given::toString);
                    for (Fusion fusion : fusions) {
                        ConvTester.assertClose(given, engine.name() + " " + fusion, exact,
                                ConvTester.output(given, engine, device(), fusion));
                    }
                }
            }
        }
    }

    @Test
    void whatHasNoPairIsNotFused() {
        Shape shape = new Shape(1, 6, 7, 7);
        for (Layer layer : List.of(Conv2d.depthwise(6, 1, 3), SeparableConv2d.xception(6, 6, 3, 1),
                ConvStack.of(Conv2d.depthwise(6, 1, 3), Conv2d.depthwise(6, 1, 3)))) {
            List<ConvWeights> weights = new ConvTester.Case(layer, shape, Layout.NCHW, 1).weights();
            assertEquals(Set.of(Fusion.AUTO, Fusion.SEPARATE),
                    engine.fusions(layer, shape, Layout.NCHW, device()));
            assertSentence(
                    "fusion is FUSED; the layer has no depthwise convolution that a pointwise one follows: ask for AUTO or SEPARATE",
                    () -> engine.compile(layer.withWeights(weights), shape, Layout.NCHW, device(),
                            Fusion.FUSED));
            try (Plan plan = engine.compile(layer.withWeights(weights), shape, Layout.NCHW,
                    device(), Fusion.SEPARATE)) {
                assertEquals(Fusion.SEPARATE, plan.fusion());
            }
        }
    }

    // What Engine and Plan promise.

    @Test
    void devicesAreTheEnginesOwn() {
        assertFalse(engine.devices().isEmpty());
        engine.devices().forEach(device -> assertEquals(engine.name(), device.engine()));
        assertEquals(engine.devices().size(),
                engine.devices().stream().map(Device::id).distinct().count());
    }

    @Test
    void aPlanSaysWhatItIs() {
        Shape shape = new Shape(2, 3, 7, 5);
        Conv2d conv = Conv2d.of(3, 5, 3);
        try (Plan plan = engine.compile(conv.withWeights(random(conv)), shape, Layout.NHWC,
                device())) {
            assertEquals(shape, plan.inputShape());
            assertEquals(new Shape(2, 5, 5, 3), plan.outputShape());
            assertEquals(Layout.NHWC, plan.layout());
            assertEquals(device(), plan.device());
        }
        try (Plan plan = engine.compile(conv.withWeights(random(conv)), shape)) {
            assertEquals(Layout.NCHW, plan.layout());
            assertEquals(engine.devices().getFirst(), plan.device());
        }
    }

    @Test
    void aPlanRefusesAnotherShapeOrLayout() {
        Shape shape = new Shape(1, 2, 3, 3);
        Conv2d conv = Conv2d.of(2, 4, 3);
        try (Plan plan = engine.compile(conv.withWeights(random(conv)), shape, Layout.NCHW,
                device())) {
            Tensor right = Tensor.zeros(shape, Layout.NCHW);
            assertSentence("input is [2, 2, 3, 3] NCHW; this plan takes [1, 2, 3, 3] NCHW",
                    () -> plan.run(Tensor.zeros(new Shape(2, 2, 3, 3), Layout.NCHW)));
            assertSentence("input is [1, 2, 3, 3] NHWC; this plan takes [1, 2, 3, 3] NCHW",
                    () -> plan.run(right.to(Layout.NHWC)));
            assertSentence("output is [1, 4, 1, 2] NCHW; this plan takes [1, 4, 1, 1] NCHW",
                    () -> plan.run(right, Tensor.zeros(new Shape(1, 4, 1, 2), Layout.NCHW)));
            assertSentence("output is [1, 4, 1, 1] NHWC; this plan takes [1, 4, 1, 1] NCHW",
                    () -> plan.run(right, Tensor.zeros(new Shape(1, 4, 1, 1), Layout.NHWC)));
            plan.run(right); // and still works
        }
    }

    @Test
    void aClosedPlanRefusesToRun() {
        Conv2d conv = Conv2d.of(2, 4, 3);
        Shape shape = new Shape(1, 2, 3, 3);
        Plan plan = engine.compile(conv.withWeights(random(conv)), shape);
        plan.close();
        plan.close(); // a second time does nothing
        IllegalStateException e = assertThrows(IllegalStateException.class,
                () -> plan.run(Tensor.zeros(shape, Layout.NCHW)));
        assertEquals("the plan is closed", e.getMessage());
    }

    @Test
    void aClosedEngineCompilesNothingAndItsPlansDoNotRun() {
        ConvTester.Case given = ConvTester.conv().build();
        NetworkCases.Case network = new NetworkCases(1).graphs(1).getFirst();
        Engine own = open();
        Device ownDevice = own.devices().stream().filter(device()::equals).findFirst()
                .orElseThrow();
        Plan plan = own.compile(given.layer().withWeights(given.weights()), given.input(),
                given.layout(), ownDevice);
        NetworkPlan networkPlan = own.compile(network.network(), ownDevice);
        own.close();
        own.close(); // a second time does nothing
        for (Executable action : List.<Executable>of(
                () -> own.compile(given.layer().withWeights(given.weights()), given.input(),
                        given.layout(), ownDevice),
                () -> own.compile(network.network(), ownDevice))) {
            assertEquals("the engine is closed",
                    assertThrows(IllegalStateException.class, action).getMessage());
        }
        for (Executable action : List.<Executable>of(() -> plan.run(given.tensor()),
                () -> networkPlan.run(network.inputs()),
                () -> networkPlan.profile(network.inputs(), networkPlan.run(network.inputs())))) {
            assertEquals("the engine of this plan is closed",
                    assertThrows(IllegalStateException.class, action).getMessage());
        }
        plan.close();
        networkPlan.close();
        assertEquals("the plan is closed",
                assertThrows(IllegalStateException.class, () -> plan.run(given.tensor()))
                        .getMessage());
        // others of that name go on
        check(ConvTester.conv());
    }

    @Test
    void plansSayWhatTheyAre() {
        Conv2d conv = Conv2d.of(2, 4, 3);
        Device device = engine.devices().getFirst();
        assertEquals("engine " + engine.name(), engine.toString());
        try (Plan plan = engine.compile(conv.withWeights(random(conv)), new Shape(1, 2, 3, 3),
                Layout.NHWC, device)) {
            assertEquals("plan from [1, 2, 3, 3] to [1, 4, 1, 1], NHWC, by engine %s on %s"
                    .formatted(engine.name(), device), plan.toString());
        }
        Network.Builder builder = Network.builder("net");
        builder.output(
                builder.add("y", new Op.Reshape(Dims.of(4)), builder.input("x", Dims.of(2, 2))));
        try (NetworkPlan plan = engine.compile(builder.build(), device)) {
            assertEquals("plan of network 'net' from {x=[2, 2]} to {y=[4]}, by engine %s on %s"
                    .formatted(engine.name(), device), plan.toString());
        }
    }

    @Test
    void compileRefusesWhatDoesNotFit() {
        Conv2d conv = Conv2d.of(2, 4, 3);
        Shape shape = new Shape(1, 2, 3, 3);
        assertSentence("input [1, 3, 3, 3] has 3 channels; the convolution takes 2",
                () -> engine.compile(conv.withWeights(random(conv)), new Shape(1, 3, 3, 3)));
        assertSentence("weight has 1 number; [4, 2, 3, 3] needs 72",
                () -> engine.compile(conv.withWeights(List.of(ConvWeights.of(1))), shape));
        assertSentence("weights are given for 0 convolutions; this layer has 1",
                () -> engine.compile(conv.withWeights(List.of()), shape));
        assertEquals("layout",
                assertThrows(NullPointerException.class,
                        () -> engine.compile(conv.withWeights(random(conv)), shape, null,
                                engine.devices().getFirst()))
                        .getMessage());
        IllegalArgumentException none = assertThrows(IllegalArgumentException.class,
                () -> engine.compile(conv.withWeights(random(conv)), shape, Layout.NCHW, null));
        assertTrue(
                none.getMessage().startsWith("device is null; engine " + engine.name() + " has "),
                none.getMessage());
        SeparableConv2d block = SeparableConv2d.mobilenet(3, 5, 3, 1);
        List<ConvWeights> reversed = block.stages().stream()
                .map(stage -> ConvWeights.random(stage, new Random(1))).toList().reversed();
        assertSentence(
                "weights of stage 1 of 2, a depthwise 3x3 convolution of 3 to 3 channels: weight has 15 numbers; "
                        + "[3, 1, 3, 3] needs 27",
                () -> engine.compile(block.withWeights(reversed), new Shape(1, 3, 4, 4)));
        Device stranger = new Device("none", "none", "None", "none", "cpu", 1);
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
                () -> engine.compile(conv.withWeights(random(conv)), shape, Layout.NCHW, stranger));
        assertTrue(
                e.getMessage()
                        .startsWith("device is none (None); engine " + engine.name() + " has "),
                e.getMessage());
    }

    @Test
    void weightsAreReadOnceWhenCompiled() {
        ConvTester.Case given = ConvTester.conv().build();
        double[] exact = Reference.run(given.layer(), given.weights(), given.tensor());
        List<ConvWeights> weights = given.weights();
        try (Plan plan = engine.compile(given.layer().withWeights(weights), given.input())) {
            Arrays.fill(weights.getFirst().weight(), Float.NaN);
            Arrays.fill(weights.getFirst().bias(), Float.NaN);
            ConvTester.assertClose(given, engine.name(), exact, plan.run(given.tensor()));
        }
    }

    @Test
    void theSameInputGivesTheSameBitsAgain() {
        ConvTester.Case given = ConvTester.conv().size(37, 41).build();
        try (Plan plan = engine.compile(given.layer().withWeights(given.weights()),
                given.input())) {
            float[] first = plan.run(given.tensor()).data();
            assertArrayEquals(first, plan.run(given.tensor()).data());
        }
    }

    @Test
    void plansDoNotDisturbOneAnother() {
        ConvTester.Case a = ConvTester.conv().build();
        ConvTester.Case b = ConvTester.conv().channels(3).size(17, 5).seed(2).build();
        try (Plan planA = engine.compile(a.layer().withWeights(a.weights()), a.input());
                Plan planB = engine.compile(b.layer().withWeights(b.weights()), b.input());
                Plan closed = engine.compile(a.layer().withWeights(a.weights()), a.input())) {
            planA.run(a.tensor());
            Tensor resultB = planB.run(b.tensor());
            closed.close();
            Tensor resultA = planA.run(a.tensor());
            ConvTester.assertClose(a, engine.name(),
                    Reference.run(a.layer(), a.weights(), a.tensor()), resultA);
            ConvTester.assertClose(b, engine.name(),
                    Reference.run(b.layer(), b.weights(), b.tensor()), resultB);
        }
    }

    @Test
    void onePlanMayBeRunFromSeveralThreads() throws ExecutionException, InterruptedException {
        ConvTester.Case given = ConvTester.conv().size(29, 31).build();
        try (Plan plan = engine.compile(given.layer().withWeights(given.weights()), given.input());
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Tensor> inputs = new ArrayList<>();
            List<Tensor> alone = new ArrayList<>();
            for (int seed = 0; seed < 8; seed++) {
                Tensor input = new ConvTester.Case(given.layer(), given.input(), given.layout(),
                        seed).tensor();
                inputs.add(input);
                alone.add(plan.run(input));
            }
            for (int round = 0; round < 5; round++) {
                List<Future<Tensor>> together = inputs.stream()
                        .map(input -> threads.submit(() -> plan.run(input))).toList();
                for (int i = 0; i < together.size(); i++) {
                    assertArrayEquals(alone.get(i).data(), together.get(i).get().data());
                }
            }
        }
    }

    private Tensor run(Layer layer, List<ConvWeights> weights, Tensor input) {
        try (Plan plan = engine.compile(layer.withWeights(weights), input.shape(), input.layout(),
                device())) {
            return plan.run(input);
        }
    }

    private static List<ConvWeights> random(Conv2d conv) {
        return List.of(ConvWeights.random(conv, new Random(1)));
    }

    private static void assertSentence(String sentence, Runnable action) {
        assertEquals(sentence,
                assertThrows(IllegalArgumentException.class, action::run).getMessage());
    }
}
