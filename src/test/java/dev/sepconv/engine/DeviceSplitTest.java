package dev.sepconv.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvTester;
import dev.sepconv.ConvWeights;
import dev.sepconv.Device;
import dev.sepconv.Engine;
import dev.sepconv.EngineException;
import dev.sepconv.Fusion;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

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
            throw new EngineException("fake:1 broke");
        };
        Conv2d conv = Conv2d.grouped(4, 4, 1, 2);
        try (Plan plan = DeviceSplit.evenly(Along.GROUPS, conv, List.of(new ConvWeights(new float[8], null)), Shape.of(4, 3, 3),
                Layout.NCHW, places(engine))) {
            Tensor input = Tensor.zeros(Shape.of(4, 3, 3), Layout.NCHW);
            EngineException e = assertThrows(EngineException.class, () -> plan.run(input));
            assertEquals("fake:1 broke", e.getMessage());
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
            assertEquals("devices are 3; 2 groups can be split over 1 to 2", e.getMessage());
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
        Conv2d conv = along == Along.BATCH ? Conv2d.pointwise(1, 1) : Conv2d.grouped(8, 8, 1, 8);
        Shape input = along == Along.BATCH ? new Shape(8, 1, 3, 3) : Shape.of(8, 3, 3);
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
    void takesTheBatchWhereItHasAnImageForEachDeviceElseTheGroups() {
        Conv2d conv = Conv2d.grouped(4, 4, 1, 4);
        assertEquals(Along.BATCH, Along.of(conv, new Shape(3, 4, 1, 1), 3));
        assertEquals(Along.GROUPS, Along.of(conv, new Shape(3, 4, 1, 1), 4));
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> Along.of(conv, new Shape(3, 4, 1, 1), 5));
        assertEquals("devices are 5; a batch of 3 and 4 groups can't be split over so many: use a larger batch or fewer devices",
                e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> Along.of(SeparableConv2d.mobilenet(4, 4, 3, 1), Shape.of(4, 3, 3), 2));
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
                    int units = Math.max(input.n(), input.c());
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
