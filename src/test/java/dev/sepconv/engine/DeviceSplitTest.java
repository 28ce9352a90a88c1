package dev.sepconv.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvStack;
import dev.sepconv.ConvTester;
import dev.sepconv.ConvWeights;
import dev.sepconv.Device;
import dev.sepconv.Engine;
import dev.sepconv.EngineException;
import dev.sepconv.Fusion;
import dev.sepconv.GroupedSeparableConv2d;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Padding;
import dev.sepconv.Plan;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.engine.DeviceSplit.Along;
import dev.sepconv.engine.DeviceSplit.Place;
import dev.sepconv.engine.DeviceSplit.Share;
import dev.sepconv.engine.java.JavaEngine;
import dev.sepconv.engine.simd.SimdEngine;
import dev.sepconv.reference.Reference;
import java.util.ArrayList;
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
        ConvTester.Case given = ConvTester.conv().batch(2).channels(3 * groups).filters(2 * groups).groups(groups).size(7, 5)
                .padding(Padding.of(1, 0, 2, 1)).stride(2, 1).activation(Activation.RELU).layout(layout).build();
        try (Engine engine = JavaEngine.open();
                Plan plan = DeviceSplit.evenly(Along.GROUPS, given.layer(), given.weights(), given.input(), layout,
                        Collections.nCopies(devices, place(engine)))) {
            Tensor input = given.tensor();
            double[] exact = Reference.run(given.layer(), given.weights(), input);
            ConvTester.assertClose(given, "split", exact, plan.run(input));
            ConvTester.assertClose(given, "split, second run", exact, plan.run(input));
        }
    }

    @Test
    void depthwiseConvolutionsSplitByChannel() {
        ConvTester.Case given = ConvTester.conv().channels(11).depthwise(3).layout(Layout.NHWC).build();
        try (Engine engine = JavaEngine.open();
                Plan plan = DeviceSplit.evenly(Along.GROUPS, given.layer(), given.weights(), given.input(), Layout.NHWC,
                        Collections.nCopies(4, place(engine)))) {
            Tensor input = given.tensor();
            ConvTester.assertClose(given, "split", Reference.run(given.layer(), given.weights(), input), plan.run(input));
        }
    }

    @Test
    void partsRunAtOnce() {
        FakeEngine engine = new FakeEngine();
        CountDownLatch bothAreRunning = new CountDownLatch(2);
        engine.onRun = () -> {
            bothAreRunning.countDown();
            try {
                assertTrue(bothAreRunning.await(20, TimeUnit.SECONDS), "the other part never started");
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        };
        Conv2d conv = Conv2d.grouped(4, 4, 1, 2);
        try (Plan plan = DeviceSplit.evenly(Along.GROUPS, conv, List.of(new ConvWeights(new float[8], null)), Shape.of(4, 3, 3),
                Layout.NCHW, places(engine))) {
            plan.run(Tensor.zeros(Shape.of(4, 3, 3), Layout.NCHW));
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
        try (Plan plan = DeviceSplit.evenly(Along.GROUPS, conv, List.of(new ConvWeights(new float[8], null)), Shape.of(4, 3, 3),
                Layout.NCHW, places(engine))) {
            Tensor input = Tensor.zeros(Shape.of(4, 3, 3), Layout.NCHW);
            EngineException e = assertThrows(EngineException.class, () -> plan.run(input));
            assertTrue(
                    e.getMessage().matches("device fake:[01] failed while several devices shared the work: the driver is gone; "
                            + "leave that device out"),
                    e.getMessage());
        }
    }

    @Test
    void whatWasCompiledIsClosedWhenALaterPartFails() {
        FakeEngine engine = new FakeEngine();
        engine.failsToCompileOn = "fake:1";
        Conv2d conv = Conv2d.grouped(4, 4, 1, 2);
        assertThrows(EngineException.class, () -> DeviceSplit.evenly(Along.GROUPS, conv,
                List.of(new ConvWeights(new float[8], null)), Shape.of(4, 3, 3), Layout.NCHW, places(engine)));
        assertEquals(List.of("fake:0"), engine.closed);
    }

    @Test
    void refusesMoreDevicesThanGroupsAndRunsAfterClose() {
        try (Engine engine = JavaEngine.open()) {
            List<Place> three = Collections.nCopies(3, place(engine));
            Conv2d conv = Conv2d.grouped(4, 4, 1, 2);
            List<ConvWeights> weights = List.of(new ConvWeights(new float[8], null));
            Shape input = Shape.of(4, 3, 3);
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
                    () -> DeviceSplit.evenly(Along.GROUPS, conv, weights, input, Layout.NCHW, three));
            assertEquals("devices are 3; groups: 2 can be split over as many devices at most", e.getMessage());
            Plan plan = DeviceSplit.evenly(Along.GROUPS, conv, weights, input, Layout.NCHW, three.subList(0, 2));
            plan.close();
            plan.close();
            Tensor tensor = Tensor.zeros(input, Layout.NCHW);
            assertThrows(IllegalStateException.class, () -> plan.run(tensor));
        }
    }

    @ParameterizedTest
    @CsvSource({"NCHW,2,2", "NHWC,5,2", "NCHW,7,3", "NHWC,3,3"})
    void everyDeviceComputesItsImages(Layout layout, int batch, int devices) {
        ConvTester.Case given = new ConvTester.Case(SeparableConv2d.mobilenet(5, 7, 3, 2), new Shape(batch, 5, 7, 5), layout,
                batch);
        try (Engine engine = JavaEngine.open();
                Plan whole = engine.compile(given.layer(), given.weights(), given.input(), layout, engine.devices().getFirst());
                Plan plan = DeviceSplit.evenly(Along.BATCH, given.layer(), given.weights(), given.input(), layout,
                        Collections.nCopies(devices, place(engine)))) {
            Tensor input = given.tensor();
            ConvTester.assertClose(given, "split", Reference.run(given.layer(), given.weights(), input), plan.run(input));
            assertArrayEquals(whole.run(input).data(), plan.run(input).data());
        }
    }

    @ParameterizedTest
    @EnumSource(Along.class)
    void sharesFollowTheSpeed(Along along) {
        FakeEngine engine = new FakeEngine();
        engine.millisPerUnit = Map.of("fake:0", 9, "fake:1", 3);
        Conv2d conv = along == Along.GROUPS ? Conv2d.grouped(8, 8, 1, 8) : Conv2d.pointwise(1, 1);
        Shape input = switch (along) {
            case BATCH -> new Shape(8, 1, 3, 3);
            case GROUPS -> Shape.of(8, 3, 3);
            case SPACE -> Shape.of(1, 8, 3);
        };
        ConvWeights weights = new ConvWeights(new float[conv.weightCount()], null);
        try (DeviceSplit plan = DeviceSplit.bySpeed(along, conv, List.of(weights), input, Layout.NCHW, places(engine))) {
            assertEquals(List.of(2, 6), plan.shares().stream().map(Share::count).toList(), plan.toString());
            assertEquals(List.of("fake:0", "fake:1"), engine.closed, "the even split is closed");
            plan.run(Tensor.zeros(input, Layout.NCHW));
        }
    }

    @Test
    void aDeviceTooSlowForOneUnitGetsNone() {
        FakeEngine engine = new FakeEngine();
        engine.millisPerUnit = Map.of("fake:0", 1, "fake:1", 30);
        Conv2d conv = Conv2d.pointwise(1, 1);
        Shape input = new Shape(4, 1, 3, 3);
        try (DeviceSplit plan = DeviceSplit.bySpeed(Along.BATCH, conv, List.of(new ConvWeights(new float[1], null)), input,
                Layout.NCHW, places(engine))) {
            assertEquals(List.of(4, 0), plan.shares().stream().map(Share::count).toList(), plan.toString());
            plan.run(Tensor.zeros(input, Layout.NCHW));
        }
    }

    @Test
    void sharesThatAreFasterByTheNumbersButNotWhenMeasuredAreNotTaken() {
        FakeEngine engine = new FakeEngine();
        engine.millisPerUnit = Map.of("fake:0", 9, "fake:1", 3);
        engine.millisMoreOfFewerThan = Map.of("fake:0", 4);
        Conv2d conv = Conv2d.pointwise(1, 1);
        Shape input = new Shape(8, 1, 3, 3);
        try (DeviceSplit plan = DeviceSplit.bySpeed(Along.BATCH, conv, List.of(new ConvWeights(new float[1], null)), input,
                Layout.NCHW, places(engine))) {
            assertEquals(List.of(4, 4), plan.shares().stream().map(Share::count).toList(), plan.toString());
        }
    }

    @Test
    void takesTheBatchThenTheGroupsThenTheRowsThenTheFilters() {
        Conv2d conv = Conv2d.grouped(4, 4, 1, 4);
        assertEquals(Along.BATCH, Along.of(conv, new Shape(3, 4, 1, 1), 3));
        assertEquals(Along.GROUPS, Along.of(conv, new Shape(3, 4, 1, 1), 4));
        assertEquals(Along.SPACE, Along.of(conv, new Shape(3, 4, 5, 1), 5));
        assertEquals(Along.SPACE, Along.of(Conv2d.pointwise(4, 9), new Shape(1, 4, 5, 1), 2));
        assertEquals(Along.GROUPS, Along.of(Conv2d.pointwise(4, 9), new Shape(1, 4, 1, 5), 2));
        assertEquals(Along.SPACE, Along.of(SeparableConv2d.mobilenet(4, 4, 3, 1), Shape.of(4, 3, 3), 2));
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> Along.of(conv, new Shape(3, 4, 1, 1), 5));
        assertEquals(
                "devices are 5; a batch of 3, groups: 4, rows: 1 can't be split over so many: use a larger batch or fewer devices",
                e.getMessage());
    }

    // In space

    private static final Padding[] PADDINGS = {Padding.VALID, Padding.of(1), Padding.of(0, 1, 2, 0), Padding.of(2, 0, 0, 1),
            Padding.SAME_UPPER, Padding.SAME_LOWER};

    /** Kernels, strides, dilations and paddings at random, on sizes that divide by nothing. */
    private static ConvTester.Case anyRows(long seed) {
        Random random = new Random(seed);
        int channels = 1 + random.nextInt(4);
        boolean grouped = random.nextInt(3) == 0;
        Padding padding = PADDINGS[random.nextInt(PADDINGS.length)];
        int dilation = 1 + random.nextInt(2);
        int kernel = padding instanceof Padding.Explicit ? 3 + random.nextInt(3) : 1 + random.nextInt(5);
        ConvTester made = ConvTester.conv().batch(1 + random.nextInt(2)).channels(channels)
                .size(11 + random.nextInt(8), 5 + random.nextInt(7)).kernel(kernel, 1 + random.nextInt(3))
                .stride(1 + random.nextInt(4), 1 + random.nextInt(2)).dilation(dilation, 1).padding(padding)
                .activation(Activation.RELU).layout(random.nextBoolean() ? Layout.NCHW : Layout.NHWC).seed(seed);
        return (grouped ? made.depthwise(2) : made.filters(3)).build();
    }

    @ParameterizedTest
    @ValueSource(longs = {500, 501, 502, 503, 504, 505, 506, 507, 508, 509, 510, 511, 512, 513, 514, 515, 516, 517, 518, 519, 520,
            521, 522, 523, 524, 525, 526, 527, 528, 529, 530, 531, 532, 533, 534, 535, 536, 537, 538, 539})
    void everyDeviceMakesItsRowsBitForBit(long seed) {
        ConvTester.Case given = anyRows(seed);
        int rows = given.layer().outputShape(given.input()).h();
        try (Engine java = JavaEngine.open(); Engine simd = SimdEngine.open(2)) {
            rows(given, java, Math.min(rows, 2 + (int) (seed % 3)), true);
            rows(given, simd, Math.min(rows, 2 + (int) (seed % 3)), false);
        }
    }

    /** Against the reference, and with {@code bits} against one device: the java engine sums each number by itself. */
    private static void rows(ConvTester.Case given, Engine engine, int devices, boolean bits) {
        try (Plan whole = engine.compile(given.layer(), given.weights(), given.input(), given.layout(),
                engine.devices().getFirst());
                DeviceSplit plan = DeviceSplit.evenly(Along.SPACE, given.layer(), given.weights(), given.input(), given.layout(),
                        Collections.nCopies(devices, place(engine)))) {
            Tensor input = given.tensor();
            Tensor result = plan.run(input);
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
        List<Layer> layers = List.of(SeparableConv2d.mobilenet(5, 7, 3, 2), SeparableConv2d.mobilenet(5, 7, 5, 1),
                new GroupedSeparableConv2d(Conv2d.of(5, 6, 3).withPadding(Padding.of(1)).withStride(2), false,
                        Conv2d.pointwise(6, 4)),
                new GroupedSeparableConv2d(Conv2d.of(5, 6, 3).withPadding(Padding.of(2, 0, 1, 1)), true,
                        Conv2d.pointwise(6, 4).withGroups(2)),
                SeparableConv2d.xception(5, 7, 3, 2), SeparableConv2d.keras(5, 7, 3, 1),
                ConvStack.of(Conv2d.of(5, 4, 3).withPadding(Padding.of(1)), Conv2d.of(4, 3, 3).withStride(2),
                        Conv2d.of(3, 6, 3).withDilation(2).withPadding(Padding.SAME_LOWER)));
        try (Engine java = JavaEngine.open(); Engine simd = SimdEngine.open(2)) {
            for (Layer layer : layers) {
                for (int devices = 1; devices <= 4; devices++) {
                    ConvTester.Case given = new ConvTester.Case(layer, new Shape(1, 5, 17, 13), layout, 60 + devices);
                    rows(given, java, devices, true);
                    rows(given, simd, devices, false);
                }
            }
        }
    }

    @Test
    void nanAndInfinityReachTheRowsThatSeeThemAndNoOthers() {
        ConvTester.Case given = ConvTester.conv().batch(1).channels(1).filters(1).size(9, 5).padding(Padding.of(1)).build();
        try (Engine engine = JavaEngine.open();
                Plan whole = engine.compile(given.layer(), given.weights(), given.input(), Layout.NCHW,
                        engine.devices().getFirst());
                Plan plan = DeviceSplit.evenly(Along.SPACE, given.layer(), given.weights(), given.input(), Layout.NCHW,
                        Collections.nCopies(3, place(engine)))) {
            Tensor input = given.tensor();
            input.set(0, 0, 2, 2, Float.NaN);
            input.set(0, 0, 8, 4, Float.POSITIVE_INFINITY);
            Tensor result = plan.run(input);
            assertArrayEquals(whole.run(input).data(), result.data());
            assertTrue(Float.isNaN(result.get(0, 0, 3, 2)), "the second device's first row sees the first one's last");
            assertTrue(Float.isFinite(result.get(0, 0, 4, 2)), "and its second doesn't");
        }
    }

    @Test
    void rowsOfPaddingAloneAreRefused() {
        Conv2d conv = Conv2d.pointwise(1, 1).withPadding(Padding.of(1));
        try (Engine engine = JavaEngine.open()) {
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> DeviceSplit.evenly(Along.SPACE, conv,
                    List.of(ConvWeights.of(1)), Shape.of(1, 4, 4), Layout.NCHW, Collections.nCopies(2, place(engine))));
            assertTrue(e.getMessage().endsWith("can't be split in space: its padding makes rows that read none of the picture"),
                    e.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource({"NCHW,2", "NHWC,3", "NHWC,5"})
    void aConvolutionWithoutGroupsIsSplitByItsFilters(Layout layout, int devices) {
        ConvTester.Case given = ConvTester.conv().batch(2).channels(3).filters(5).padding(Padding.of(1)).layout(layout).build();
        try (Engine engine = JavaEngine.open();
                Plan whole = engine.compile(given.layer(), given.weights(), given.input(), layout, engine.devices().getFirst());
                DeviceSplit plan = DeviceSplit.evenly(Along.GROUPS, given.layer(), given.weights(), given.input(), layout,
                        Collections.nCopies(devices, place(engine)))) {
            Tensor input = given.tensor();
            ConvTester.assertClose(given, "split", Reference.run(given.layer(), given.weights(), input), plan.run(input));
            assertArrayEquals(whole.run(input).data(), plan.run(input).data());
            assertEquals("filters", plan.shares().getFirst().units());
        }
    }

    /** A band of 5 of 9 rows reads one row of the other's; of the result 8 channels and 5 columns. */
    @Test
    void sharesSayWhatWentWhere() {
        Conv2d conv = Conv2d.of(2, 8, 3).withPadding(Padding.of(1));
        try (Engine engine = JavaEngine.open();
                DeviceSplit plan = DeviceSplit.evenly(Along.SPACE, conv, List.of(ConvWeights.random(conv, new Random(1))),
                        Shape.of(2, 9, 5), Layout.NCHW, Collections.nCopies(2, place(engine)))) {
            plan.run(Tensor.zeros(Shape.of(2, 9, 5), Layout.NCHW));
            Share first = plan.shares().getFirst();
            Share second = plan.shares().getLast();
            assertEquals(List.of(5, 9, 4, 9), List.of(first.count(), first.of(), second.count(), second.of()));
            assertEquals(List.of(4L * 2 * 6 * 5, 4L * 8 * 5 * 5, 0L),
                    List.of(first.bytesIn(), first.bytesOut(), first.bytesOfOthers()));
            assertEquals(List.of(4L * 2 * 5 * 5, 4L * 8 * 4 * 5), List.of(second.bytesIn(), second.bytesOut()));
            assertTrue(first.millis() > 0 && first.copyMillis() > 0, first.toString());
            assertTrue(plan.toString().startsWith("space: 5 of 9 rows on java ("), plan.toString());
        }
    }

    @Test
    void enginesShareALayerWhenSeveralDevicesAreNamed() {
        ConvTester.Case given = ConvTester.conv().batch(3).channels(4).filters(6).layout(Layout.NHWC).build();
        try (Engines.Choice choice = Engines.choose(null, "simd, java");
                Plan plan = choice.engine().compile(given.layer(), given.weights(), given.input(), Layout.NHWC,
                        choice.device())) {
            assertEquals("simd+java", choice.device().id());
            assertEquals("simd+java", choice.device().engine());
            Tensor input = given.tensor();
            ConvTester.assertClose(given, "split", Reference.run(given.layer(), given.weights(), input), plan.run(input));
        }
        try (Engine simd = SimdEngine.open()) {
            String name = simd.devices().getFirst().name();
            assertTrue(name.contains(","), name);
            try (Engines.Choice choice = Engines.choose(null, name)) {
                assertEquals("simd", choice.device().id());
            }
        }
        try (Engines.Inventory inventory = Engines.inventory()) {
            assertEquals(List.of("java", "simd"), Engines.findAll(inventory, "java, simd").stream().map(Device::id).toList());
            assertEquals(List.of("java"), Engines.findAll(inventory, "java").stream().map(Device::id).toList());
        }
        IllegalArgumentException twice = assertThrows(IllegalArgumentException.class, () -> Engines.choose(null, "java,java"));
        assertTrue(
                twice.getMessage().startsWith("device is 'java,java'; java (") && twice.getMessage().endsWith(") is named twice"),
                twice.getMessage());
        IllegalArgumentException none = assertThrows(IllegalArgumentException.class, () -> Engines.choose(null, "java,jave"));
        assertTrue(none.getMessage().startsWith("device is 'jave'; the devices here are: "), none.getMessage());
    }

    @Test
    void nothingIsCompiledOrRunAfterTheChoiceIsClosed() {
        ConvTester.Case given = ConvTester.conv().batch(2).build();
        Engines.Choice choice = Engines.choose(null, "simd, java");
        Plan plan = choice.engine().compile(given.layer(), given.weights(), given.input(), given.layout(), choice.device());
        choice.close();
        choice.close();
        assertEquals("the engine is closed", assertThrows(IllegalStateException.class,
                () -> choice.engine().compile(given.layer(), given.weights(), given.input(), given.layout(), choice.device()))
                .getMessage());
        assertEquals("the engine of this plan is closed",
                assertThrows(IllegalStateException.class, () -> plan.run(given.tensor())).getMessage());
        plan.close();
    }

    private static Place place(Engine engine) {
        return new Place(engine, engine.devices().getFirst());
    }

    private static List<Place> places(Engine engine) {
        return engine.devices().stream().map(device -> new Place(engine, device)).toList();
    }

    /** Two devices whose plans do what the test says instead of computing. */
    private static final class FakeEngine implements Engine {

        private final List<Device> devices = List.of(new Device("fake", "fake:0", "fake", "fake", "cpu", 1),
                new Device("fake", "fake:1", "fake", "fake", "cpu", 1));
        private final List<String> closed = Collections.synchronizedList(new ArrayList<>());
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
        public Plan compile(Layer layer, List<ConvWeights> weights, Shape input, Layout layout, Device device, Fusion fusion) {
            if (device.id().equals(failsToCompileOn)) {
                throw new EngineException(device + " can't");
            }
            return new Plan() {
                @Override
                public Device device() {
                    return device;
                }

                @Override
                public Layout layout() {
                    return layout;
                }

                @Override
                public Shape inputShape() {
                    return input;
                }

                @Override
                public Shape outputShape() {
                    return layer.outputShape(input);
                }

                @Override
                public void run(Tensor in, Tensor out) {
                    onRun.run();
                    int units = Math.max(input.n(), Math.max(input.c(), input.h() == 3 ? 0 : input.h()));
                    int millis = units * millisPerUnit.getOrDefault(device.id(), 0);
                    sleep(units < millisMoreOfFewerThan.getOrDefault(device.id(), 0) ? 10 * millis : millis);
                }

                @Override
                public void close() {
                    closed.add(device.id());
                }
            };
        }
    }
}
