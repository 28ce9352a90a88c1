package dev.sepconv.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvStack;
import dev.sepconv.ConvTester;
import dev.sepconv.Device;
import dev.sepconv.Dims;
import dev.sepconv.Engine;
import dev.sepconv.EngineException;
import dev.sepconv.Fusion;
import dev.sepconv.GroupedSeparableConv2d;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.Padding;
import dev.sepconv.Plan;
import dev.sepconv.ReferenceEngine;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.engine.java.JavaEngine;
import dev.sepconv.engine.simd.SimdEngine;
import dev.sepconv.reference.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceSplitTest {

    @ParameterizedTest
    @CsvSource({"NCHW,2,2", "NHWC,2,2", "NCHW,5,2", "NHWC,5,3", "NCHW,7,7", "NHWC,3,1"})
    void everyDeviceComputesItsGroups(Layout layout, int groups, int devices) {
        ConvTester.Case given = ConvTester.conv().batch(2).channels(3 * groups).filters(2 * groups)
                .groups(groups).size(7, 5).padding(Padding.of(1, 0, 2, 1)).stride(2, 1)
                .activation(Activation.RELU).layout(layout).build();
        try (Engine engine = JavaEngine.open();
                DeviceSplit plan = evenly(SplitAxis.GROUPS, given,
                        Collections.nCopies(devices, member(engine)))) {
            Tensor input = given.tensor();
            double[] exact = Reference.run(given.layer(), given.weights(), input);
            ConvTester.assertClose(given, "split", exact, run(plan, input));
            ConvTester.assertClose(given, "split, second run", exact, run(plan, input));
        }
    }

    @Test
    void depthwiseConvolutionsSplitByChannel() {
        ConvTester.Case given = ConvTester.conv().channels(11).depthwise(3).layout(Layout.NHWC)
                .build();
        try (Engine engine = JavaEngine.open();
                DeviceSplit plan = evenly(SplitAxis.GROUPS, given,
                        Collections.nCopies(4, member(engine)))) {
            Tensor input = given.tensor();
            ConvTester.assertClose(given, "split",
                    Reference.run(given.layer(), given.weights(), input), run(plan, input));
        }
    }

    @Test
    void partsRunAtOnce() {
        FakeEngine engine = new FakeEngine();
        CountDownLatch bothAreRunning = new CountDownLatch(2);
        engine.onRun = () -> {
            bothAreRunning.countDown();
            try {
                assertTrue(bothAreRunning.await(20, TimeUnit.SECONDS),
                        "the other part never started");
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        };
        Conv2d conv = Conv2d.grouped(4, 4, 1, 2);
        try (DeviceSplit plan = DeviceSplit.evenly(SplitAxis.GROUPS,
                network(conv, Shape.of(4, 3, 3)), members(engine))) {
            run(plan, Tensor.zeros(Shape.of(4, 3, 3), Layout.NCHW));
            assertEquals("fake:0+fake:1", plan.device().id());
        }
        assertEquals(2, engine.closed.size());
    }

    @Test
    void aFailureOfOnePartIsTheFailureOfTheWhole() {
        FakeEngine engine = new FakeEngine();
        engine.onRun = () -> {
            throw new EngineException("the driver is gone");
        };
        Conv2d conv = Conv2d.grouped(4, 4, 1, 2);
        try (DeviceSplit plan = DeviceSplit.evenly(SplitAxis.GROUPS,
                network(conv, Shape.of(4, 3, 3)), members(engine))) {
            Tensor input = Tensor.zeros(Shape.of(4, 3, 3), Layout.NCHW);
            EngineException e = assertThrows(EngineException.class, () -> run(plan, input));
            assertTrue(e.getMessage().matches(
                    "device fake:[01] failed while several devices shared the work: the driver is gone; "
                            + "leave that device out"),
                    e.getMessage());
        }
    }

    @Test
    void whatWasCompiledIsClosedWhenALaterPartFails() {
        FakeEngine engine = new FakeEngine();
        engine.failsToCompileOn = "fake:1";
        Conv2d conv = Conv2d.grouped(4, 4, 1, 2);
        assertThrows(EngineException.class, () -> DeviceSplit.evenly(SplitAxis.GROUPS,
                network(conv, Shape.of(4, 3, 3)), members(engine)));
        assertEquals(List.of("fake:0"), engine.closed);
    }

    @Test
    void refusesMoreDevicesThanGroupsAndRunsAfterClose() {
        try (Engine engine = JavaEngine.open()) {
            List<EngineDevice> three = Collections.nCopies(3, member(engine));
            Conv2d conv = Conv2d.grouped(4, 4, 1, 2);
            Shape input = Shape.of(4, 3, 3);
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
                    () -> DeviceSplit.evenly(SplitAxis.GROUPS, network(conv, input), three));
            assertEquals("devices are 3; groups: 2 can be split over as many devices at most",
                    e.getMessage());
            DeviceSplit plan = DeviceSplit.evenly(SplitAxis.GROUPS, network(conv, input),
                    three.subList(0, 2));
            plan.close();
            plan.close();
            Tensor tensor = Tensor.zeros(input, Layout.NCHW);
            assertThrows(IllegalStateException.class, () -> run(plan, tensor));
        }
    }

    @ParameterizedTest
    @CsvSource({"NCHW,2,2", "NHWC,5,2", "NCHW,7,3", "NHWC,3,3"})
    void everyDeviceComputesItsImages(Layout layout, int batch, int devices) {
        ConvTester.Case given = new ConvTester.Case(SeparableConv2d.mobilenet(5, 7, 3, 2),
                new Shape(batch, 5, 7, 5), layout, batch);
        try (Engine engine = JavaEngine.open();
                Plan whole = engine.compile(given.layer().withWeights(given.weights()),
                        given.input(), layout, engine.devices().getFirst());
                DeviceSplit plan = evenly(SplitAxis.BATCH, given,
                        Collections.nCopies(devices, member(engine)))) {
            Tensor input = given.tensor();
            ConvTester.assertClose(given, "split",
                    Reference.run(given.layer(), given.weights(), input), run(plan, input));
            assertArrayEquals(whole.run(input).data(), run(plan, input).data());
        }
    }

    @ParameterizedTest
    @EnumSource(SplitAxis.class)
    void sharesFollowTheSpeed(SplitAxis along) {
        FakeEngine engine = new FakeEngine();
        engine.millisPerUnit = Map.of("fake:0", 9, "fake:1", 3);
        Conv2d conv = along == SplitAxis.GROUPS
                ? Conv2d.grouped(8, 8, 1, 8)
                : Conv2d.pointwise(1, 1);
        Shape input = switch (along) {
            case BATCH -> new Shape(8, 1, 3, 3);
            case GROUPS -> Shape.of(8, 3, 3);
            case SPACE -> Shape.of(1, 8, 3);
        };
        try (DeviceSplit plan = DeviceSplit.bySpeed(along, network(conv, input), members(engine))) {
            assertEquals(List.of(2, 6), plan.shares().stream().map(DeviceShare::count).toList(),
                    plan.toString());
            assertEquals(List.of("fake:0", "fake:1"), engine.closed, "the even split is closed");
            run(plan, Tensor.zeros(input, Layout.NCHW));
        }
    }

    @Test
    void aDeviceTooSlowForOneUnitGetsNone() {
        FakeEngine engine = new FakeEngine();
        engine.millisPerUnit = Map.of("fake:0", 1, "fake:1", 30);
        Conv2d conv = Conv2d.pointwise(1, 1);
        Shape input = new Shape(4, 1, 3, 3);
        try (DeviceSplit plan = DeviceSplit.bySpeed(SplitAxis.BATCH, network(conv, input),
                members(engine))) {
            assertEquals(List.of(4, 0), plan.shares().stream().map(DeviceShare::count).toList(),
                    plan.toString());
            run(plan, Tensor.zeros(input, Layout.NCHW));
        }
    }

    @Test
    void sharesThatAreFasterByTheNumbersButNotWhenMeasuredAreNotTaken() {
        FakeEngine engine = new FakeEngine();
        engine.millisPerUnit = Map.of("fake:0", 9, "fake:1", 3);
        engine.millisMoreOfFewerThan = Map.of("fake:0", 4);
        Conv2d conv = Conv2d.pointwise(1, 1);
        Shape input = new Shape(8, 1, 3, 3);
        try (DeviceSplit plan = DeviceSplit.bySpeed(SplitAxis.BATCH, network(conv, input),
                members(engine))) {
            assertEquals(List.of(4, 4), plan.shares().stream().map(DeviceShare::count).toList(),
                    plan.toString());
        }
    }

    @Test
    void takesTheBatchThenTheGroupsThenTheRowsThenTheFilters() {
        Conv2d conv = Conv2d.grouped(4, 4, 1, 4);
        assertEquals(SplitAxis.BATCH, SplitAxis.of(network(conv, new Shape(3, 4, 1, 1)), 3));
        assertEquals(SplitAxis.GROUPS, SplitAxis.of(network(conv, new Shape(3, 4, 1, 1)), 4));
        assertEquals(SplitAxis.SPACE, SplitAxis.of(network(conv, new Shape(3, 4, 5, 1)), 5));
        assertEquals(SplitAxis.SPACE,
                SplitAxis.of(network(Conv2d.pointwise(4, 9), new Shape(1, 4, 5, 1)), 2));
        assertEquals(SplitAxis.GROUPS,
                SplitAxis.of(network(Conv2d.pointwise(4, 9), new Shape(1, 4, 1, 5)), 2));
        assertEquals(SplitAxis.SPACE,
                SplitAxis.of(network(SeparableConv2d.mobilenet(4, 4, 3, 1), Shape.of(4, 3, 3)), 2));
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
                () -> SplitAxis.of(network(conv, new Shape(3, 4, 1, 1)), 5));
        assertEquals(
                "devices are 5; network 'layer' has images: 3, groups: 4 and no rows to share: use a larger batch or fewer devices",
                e.getMessage());
    }

    // In space

    private static final Padding[] PADDINGS = {Padding.VALID, Padding.of(1), Padding.of(0, 1, 2, 0),
            Padding.of(2, 0, 0, 1), Padding.SAME_UPPER, Padding.SAME_LOWER};

    /** Kernels, strides, dilations and paddings at random, on sizes that divide by nothing. */
    private static ConvTester.Case anyRows(long seed) {
        Random random = new Random(seed);
        int channels = 1 + random.nextInt(4);
        boolean grouped = random.nextInt(3) == 0;
        Padding padding = PADDINGS[random.nextInt(PADDINGS.length)];
        int dilation = 1 + random.nextInt(2);
        int kernel = padding instanceof Padding.Explicit
                ? 3 + random.nextInt(3)
                : 1 + random.nextInt(5);
        ConvTester made = ConvTester.conv().batch(1 + random.nextInt(2)).channels(channels)
                .size(11 + random.nextInt(8), 5 + random.nextInt(7))
                .kernel(kernel, 1 + random.nextInt(3))
                .stride(1 + random.nextInt(4), 1 + random.nextInt(2)).dilation(dilation, 1)
                .padding(padding).activation(Activation.RELU)
                .layout(random.nextBoolean() ? Layout.NCHW : Layout.NHWC).seed(seed);
        return (grouped ? made.depthwise(2) : made.filters(3)).build();
    }

    @ParameterizedTest
    @ValueSource(longs = {500, 501, 502, 503, 504, 505, 506, 507, 508, 509, 510, 511, 512, 513, 514,
            515, 516, 517, 518, 519, 520, 521, 522, 523, 524, 525, 526, 527, 528, 529, 530, 531,
            532, 533, 534, 535, 536, 537, 538, 539})
    void everyDeviceMakesItsRowsBitForBit(long seed) {
        ConvTester.Case given = anyRows(seed);
        int rows = given.layer().outputShape(given.input()).h();
        try (Engine java = JavaEngine.open(); Engine simd = SimdEngine.open(2)) {
            rows(given, java, Math.min(rows, 2 + (int) (seed % 3)), true);
            rows(given, simd, Math.min(rows, 2 + (int) (seed % 3)), false);
        }
    }

    /**
     * Against the reference, and with {@code bits} against one device: the java engine sums each
     * number by itself.
     */
    private static void rows(ConvTester.Case given, Engine engine, int devices, boolean bits) {
        try (Plan whole = engine.compile(given.layer().withWeights(given.weights()), given.input(),
                given.layout(), engine.devices().getFirst());
                DeviceSplit plan = evenly(SplitAxis.SPACE, given,
                        Collections.nCopies(devices, member(engine)))) {
            Tensor input = given.tensor();
            Tensor result = run(plan, input);
            ConvTester.assertClose(given, "split in space on " + engine.name(),
                    Reference.run(given.layer(), given.weights(), input), result);
            if (bits) {
                assertArrayEquals(whole.run(input).data(), result.data(), given.toString());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Layout.class)
    void chainsAreSplitInSpaceWithTheHaloOfAllTheirStages(Layout layout) {
        List<Layer> layers = List.of(SeparableConv2d.mobilenet(5, 7, 3, 2),
                SeparableConv2d.mobilenet(5, 7, 5, 1),
                new GroupedSeparableConv2d(
                        Conv2d.of(5, 6, 3).withPadding(Padding.of(1)).withStride(2), false,
                        Conv2d.pointwise(6, 4)),
                new GroupedSeparableConv2d(Conv2d.of(5, 6, 3).withPadding(Padding.of(2, 0, 1, 1)),
                        true, Conv2d.pointwise(6, 4).withGroups(2)),
                SeparableConv2d.xception(5, 7, 3, 2), SeparableConv2d.keras(5, 7, 3, 1),
                ConvStack.of(Conv2d.of(5, 4, 3).withPadding(Padding.of(1)),
                        Conv2d.of(4, 3, 3).withStride(2),
                        Conv2d.of(3, 6, 3).withDilation(2).withPadding(Padding.SAME_LOWER)));
        try (Engine java = JavaEngine.open(); Engine simd = SimdEngine.open(2)) {
            for (Layer layer : layers) {
                for (int devices = 1; devices <= 4; devices++) {
                    ConvTester.Case given = new ConvTester.Case(layer, new Shape(1, 5, 17, 13),
                            layout, 60 + devices);
                    rows(given, java, devices, true);
                    rows(given, simd, devices, false);
                }
            }
        }
    }

    @Test
    void nanAndInfinityReachTheRowsThatSeeThemAndNoOthers() {
        ConvTester.Case given = ConvTester.conv().batch(1).channels(1).filters(1).size(9, 5)
                .padding(Padding.of(1)).build();
        try (Engine engine = JavaEngine.open();
                Plan whole = engine.compile(given.layer().withWeights(given.weights()),
                        given.input(), Layout.NCHW, engine.devices().getFirst());
                DeviceSplit plan = evenly(SplitAxis.SPACE, given,
                        Collections.nCopies(3, member(engine)))) {
            Tensor input = given.tensor();
            input.set(0, 0, 2, 2, Float.NaN);
            input.set(0, 0, 8, 4, Float.POSITIVE_INFINITY);
            Tensor result = run(plan, input);
            assertArrayEquals(whole.run(input).data(), result.data());
            assertTrue(Float.isNaN(result.get(0, 0, 3, 2)),
                    "the second device's first row sees the first one's last");
            assertTrue(Float.isFinite(result.get(0, 0, 4, 2)), "and its second doesn't");
        }
    }

    @Test
    void rowsOfPaddingAloneAreRefused() {
        Conv2d conv = Conv2d.pointwise(1, 1).withPadding(Padding.of(1));
        try (Engine engine = JavaEngine.open()) {
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
                    () -> DeviceSplit.evenly(SplitAxis.SPACE, network(conv, Shape.of(1, 4, 4)),
                            Collections.nCopies(2, member(engine))));
            assertEquals(
                    "network 'layer' can't be split by its rows: no operation of it makes rows of a picture by themselves "
                            + "(a convolution that is padded by its kernel's height or more doesn't)",
                    e.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource({"NCHW,2", "NHWC,3", "NHWC,5"})
    void aConvolutionWithoutGroupsIsSplitByItsFilters(Layout layout, int devices) {
        ConvTester.Case given = ConvTester.conv().batch(2).channels(3).filters(5)
                .padding(Padding.of(1)).layout(layout).build();
        try (Engine engine = JavaEngine.open();
                Plan whole = engine.compile(given.layer().withWeights(given.weights()),
                        given.input(), layout, engine.devices().getFirst());
                DeviceSplit plan = evenly(SplitAxis.GROUPS, given,
                        Collections.nCopies(devices, member(engine)))) {
            Tensor input = given.tensor();
            ConvTester.assertClose(given, "split",
                    Reference.run(given.layer(), given.weights(), input), run(plan, input));
            assertArrayEquals(whole.run(input).data(), run(plan, input).data());
            assertEquals("filters", plan.shares().getFirst().units());
        }
    }

    /**
     * A band of 5 of 9 rows reads one row of the other's; of the result 8 channels and 5 columns.
     */
    @Test
    void sharesSayWhatWentWhere() {
        Conv2d conv = Conv2d.of(2, 8, 3).withPadding(Padding.of(1));
        try (Engine engine = JavaEngine.open();
                DeviceSplit plan = DeviceSplit.evenly(SplitAxis.SPACE,
                        network(conv, Shape.of(2, 9, 5)), Collections.nCopies(2, member(engine)))) {
            run(plan, Tensor.zeros(Shape.of(2, 9, 5), Layout.NCHW));
            DeviceShare first = plan.shares().getFirst();
            DeviceShare second = plan.shares().getLast();
            assertEquals(List.of(5, 9, 4, 9),
                    List.of(first.count(), first.of(), second.count(), second.of()));
            assertEquals(List.of(4L * 2 * 6 * 5, 4L * 8 * 5 * 5, 0L),
                    List.of(first.bytesIn(), first.bytesOut(), first.bytesOfOthers()));
            assertEquals(List.of(4L * 2 * 5 * 5, 4L * 8 * 4 * 5),
                    List.of(second.bytesIn(), second.bytesOut()));
            assertTrue(first.millis() > 0 && first.copyMillis() > 0, first.toString());
            assertTrue(plan.toString().startsWith("space, 1 step: 5 of 9 rows on java ("),
                    plan.toString());
        }
    }

    @ParameterizedTest
    @EnumSource(Layout.class)
    void groupsOfALayerReadTheirOwnChannelsOnly(Layout layout) {
        ConvTester.Case given = ConvTester.conv().batch(2).channels(6).filters(4).groups(2)
                .size(5, 7).layout(layout).build();
        try (Engine engine = JavaEngine.open();
                DeviceSplit plan = evenly(SplitAxis.GROUPS, given,
                        Collections.nCopies(2, member(engine)))) {
            assertEquals(1, plan.steps());
            for (DeviceShare share : plan.shares()) {
                assertEquals(List.of(4L * 2 * 3 * 5 * 7, 4L * 2 * 2 * 3 * 5),
                        List.of(share.bytesIn(), share.bytesOut()));
            }
        }
    }

    /** A shuffle mixes channels; rows and images it leaves alone. */
    @ParameterizedTest
    @EnumSource(Layout.class)
    void aLayerThatShufflesIsSplitByImagesAndRowsAlone(Layout layout) {
        for (int groups : new int[]{1, 3}) {
            GroupedSeparableConv2d layer = GroupedSeparableConv2d.of(6, 9, 3, 1, 3)
                    .withPointwiseGroups(groups).withShuffle(true);
            ConvTester.Case given = new ConvTester.Case(layer, new Shape(2, 6, 7, 5), layout, 7);
            try (Engine engine = new ReferenceEngine()) {
                List<EngineDevice> two = Collections.nCopies(2, member(engine));
                for (SplitAxis along : List.of(SplitAxis.BATCH, SplitAxis.SPACE)) {
                    try (DeviceSplit plan = evenly(along, given, two)) {
                        ConvTester.assertClose(given, "split " + along,
                                Reference.run(layer, given.weights(), given.tensor()),
                                run(plan, given.tensor()));
                        assertEquals(1, plan.steps());
                    }
                }
                assertEquals(
                        "network 'layer' can't be split by its groups: it has no fully connected layer, and no convolution but "
                                + "those between which channels are shuffled",
                        assertThrows(IllegalArgumentException.class,
                                () -> evenly(SplitAxis.GROUPS, given, two)).getMessage());
            }
        }
    }

    @Test
    void whatIsAskedOfFusionIsAskedOfEachDevice() {
        FakeEngine engine = new FakeEngine();
        Network separable = network(SeparableConv2d.mobilenet(4, 4, 3, 1), new Shape(2, 4, 5, 5));
        for (SplitAxis along : List.of(SplitAxis.BATCH, SplitAxis.SPACE)) {
            for (Fusion fusion : Fusion.values()) {
                engine.asked.clear();
                try (DeviceSplit plan = DeviceSplit.evenly(along, separable, members(engine),
                        fusion)) {
                    assertEquals(List.of(fusion, fusion), engine.asked);
                    assertEquals(fusion == Fusion.FUSED ? Fusion.FUSED : Fusion.SEPARATE,
                            plan.fusion());
                    assertEquals(List.of("kernel", "fake:0", "fake:1"), plan.kernels());
                    assertTrue(plan.tuned());
                }
            }
        }
        assertEquals(
                "fusion is FUSED; split by groups, a pointwise convolution doesn't run at once with the depthwise one before it: "
                        + "ask for AUTO or SEPARATE, or split by batch or rows",
                assertThrows(IllegalArgumentException.class, () -> DeviceSplit
                        .evenly(SplitAxis.GROUPS, separable, members(engine), Fusion.FUSED))
                        .getMessage());
        Network pointwise = network(Conv2d.pointwise(4, 4), new Shape(2, 4, 5, 5));
        assertEquals(
                "fusion is FUSED; network 'layer' has no depthwise convolution that a pointwise one follows: "
                        + "ask for AUTO or SEPARATE",
                assertThrows(IllegalArgumentException.class, () -> DeviceSplit
                        .evenly(SplitAxis.BATCH, pointwise, members(engine), Fusion.FUSED))
                        .getMessage());
    }

    @Test
    void enginesShareALayerWhenSeveralDevicesAreNamed() {
        ConvTester.Case given = ConvTester.conv().batch(3).channels(4).filters(6)
                .layout(Layout.NHWC).build();
        try (Engines.Choice choice = Engines.choose(null, "simd, java");
                Plan plan = choice.engine().compile(given.layer().withWeights(given.weights()),
                        given.input(), Layout.NHWC, choice.device())) {
            assertEquals("simd+java", choice.device().id());
            assertEquals("simd+java", choice.device().engine());
            Tensor input = given.tensor();
            ConvTester.assertClose(given, "split",
                    Reference.run(given.layer(), given.weights(), input), plan.run(input));
        }
        try (Engine simd = SimdEngine.open()) {
            String name = simd.devices().getFirst().name();
            assertTrue(name.contains(","), name);
            try (Engines.Choice choice = Engines.choose(null, name)) {
                assertEquals("simd", choice.device().id());
            }
        }
        try (Engines.Inventory inventory = Engines.inventory()) {
            assertEquals(List.of("java", "simd"),
                    Engines.findAll(inventory, "java, simd").stream().map(Device::id).toList());
            assertEquals(List.of("java"),
                    Engines.findAll(inventory, "java").stream().map(Device::id).toList());
        }
        IllegalArgumentException twice = assertThrows(IllegalArgumentException.class,
                () -> Engines.choose(null, "java,java"));
        assertTrue(twice.getMessage().startsWith("device is 'java,java'; java (")
                && twice.getMessage().endsWith(") is named twice"), twice.getMessage());
        IllegalArgumentException none = assertThrows(IllegalArgumentException.class,
                () -> Engines.choose(null, "java,jave"));
        assertTrue(none.getMessage().startsWith("device is 'jave'; the devices here are: "),
                none.getMessage());
    }

    @Test
    void nothingIsCompiledOrRunAfterTheChoiceIsClosed() {
        ConvTester.Case given = ConvTester.conv().batch(2).build();
        Engines.Choice choice = Engines.choose(null, "simd, java");
        Plan plan = choice.engine().compile(given.layer().withWeights(given.weights()),
                given.input(), given.layout(), choice.device());
        choice.close();
        choice.close();
        assertEquals("the engine is closed",
                assertThrows(IllegalStateException.class,
                        () -> choice.engine().compile(given.layer().withWeights(given.weights()),
                                given.input(), given.layout(), choice.device()))
                        .getMessage());
        assertEquals("the engine of this plan is closed",
                assertThrows(IllegalStateException.class, () -> plan.run(given.tensor()))
                        .getMessage());
        plan.close();
    }

    private static DeviceSplit evenly(SplitAxis along, ConvTester.Case given,
            List<EngineDevice> members) {
        return DeviceSplit.evenly(along, network(given), members);
    }

    private static Network network(ConvTester.Case given) {
        return Network.of(given.layer().withWeights(given.weights()), given.input(),
                given.layout());
    }

    private static Network network(Layer layer, Shape input) {
        return network(new ConvTester.Case(layer, input, Layout.NCHW, 1));
    }

    /** Run twice, the first time on NaNs into NaNs. */
    private static Tensor run(DeviceSplit plan, Tensor input) {
        Network network = plan.network();
        Dims dims = network.dims("input");
        Dims made = network.dims(network.outputs().getFirst());
        float[] nans = new float[dims.elements()];
        NdArray output = NdArray.zeros(made);
        Arrays.fill(nans, Float.NaN);
        Arrays.fill(output.data(), Float.NaN);
        plan.run(Map.of("input", NdArray.of(dims, nans)),
                Map.of(network.outputs().getFirst(), output));
        Arrays.fill(output.data(), Float.NaN);
        plan.run(Map.of("input", NdArray.of(dims, input.data())),
                Map.of(network.outputs().getFirst(), output));
        Shape shape = input.layout() == Layout.NCHW
                ? made.toShape()
                : new Shape(made.get(0), made.get(3), made.get(1), made.get(2));
        return Tensor.of(shape, input.layout(), output.data());
    }

    private static EngineDevice member(Engine engine) {
        return new EngineDevice(engine, engine.devices().getFirst());
    }

    private static List<EngineDevice> members(Engine engine) {
        return engine.devices().stream().map(device -> new EngineDevice(engine, device)).toList();
    }

    /** Two devices whose plans do what the test says instead of computing. */
    private static final class FakeEngine implements Engine {

        private final List<Device> devices = List.of(
                new Device("fake", "fake:0", "fake", "fake", "cpu", 1),
                new Device("fake", "fake:1", "fake", "fake", "cpu", 1));
        private final List<String> closed = Collections.synchronizedList(new ArrayList<>());
        private final List<Fusion> asked = new ArrayList<>();
        private Runnable onRun = () -> {
        };
        private String failsToCompileOn;
        private Map<String, Integer> millisPerUnit = Map.of();
        private Map<String, Integer> millisMoreOfFewerThan = Map.of();

        @Override
        public String name() {
            return "fake";
        }

        @Override
        public List<Device> devices() {
            return devices;
        }

        private static void sleep(int millis) {
            try {
                Thread.sleep(millis);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public NetworkPlan compile(Network network, Device device, Fusion fusion) {
            if (device.id().equals(failsToCompileOn)) {
                throw new EngineException(device + " can't");
            }
            asked.add(fusion);
            Shape input = network.inputs().values().iterator().next().toShape();
            return new NetworkPlan() {
                @Override
                public Device device() {
                    return device;
                }

                @Override
                public Network network() {
                    return network;
                }

                @Override
                public long intermediateBytes() {
                    return 0;
                }

                @Override
                public Fusion fusion() {
                    return fusion == Fusion.FUSED ? Fusion.FUSED : Fusion.SEPARATE;
                }

                @Override
                public List<String> kernels() {
                    return List.of("kernel", device.id());
                }

                @Override
                public boolean tuned() {
                    return device.id().equals("fake:1");
                }

                @Override
                public void run(Map<String, NdArray> inputs, Map<String, NdArray> outputs) {
                    onRun.run();
                    int units = Math.max(input.n(),
                            Math.max(input.c(), input.h() == 3 ? 0 : input.h()));
                    int millis = units * millisPerUnit.getOrDefault(device.id(), 0);
                    sleep(units < millisMoreOfFewerThan.getOrDefault(device.id(), 0)
                            ? 10 * millis
                            : millis);
                }

                @Override
                public List<NodeTime> profile(Map<String, NdArray> inputs,
                        Map<String, NdArray> outputs) {
                    throw new UnsupportedOperationException();
                }

                @Override
                public void close() {
                    closed.add(device.id());
                }
            };
        }
    }
}
