package dev.sepconv.engine;

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
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Padding;
import dev.sepconv.Plan;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.engine.java.JavaEngine;
import dev.sepconv.reference.Reference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GroupSplitTest {

    @ParameterizedTest
    @CsvSource({"NCHW,2,2", "NHWC,2,2", "NCHW,5,2", "NHWC,5,3", "NCHW,7,7", "NHWC,3,1"})
    void everyDeviceComputesItsGroups(Layout layout, int groups, int devices) {
        ConvTester.Case given = ConvTester.conv().batch(2).channels(3 * groups).filters(2 * groups).groups(groups).size(7, 5)
                .padding(Padding.of(1, 0, 2, 1)).stride(2, 1).activation(Activation.RELU).layout(layout).build();
        try (Engine engine = JavaEngine.open();
                Plan plan = GroupSplit.compile(engine, (Conv2d) given.layer(), given.weights().getFirst(), given.input(), layout,
                        Collections.nCopies(devices, engine.devices().getFirst()))) {
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
                Plan plan = GroupSplit.compile(engine, (Conv2d) given.layer(), given.weights().getFirst(), given.input(),
                        Layout.NHWC, Collections.nCopies(4, engine.devices().getFirst()))) {
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
        try (Plan plan = GroupSplit.compile(engine, conv, new ConvWeights(new float[8], null), Shape.of(4, 3, 3), Layout.NCHW,
                engine.devices())) {
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
        try (Plan plan = GroupSplit.compile(engine, conv, new ConvWeights(new float[8], null), Shape.of(4, 3, 3), Layout.NCHW,
                engine.devices())) {
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
        assertThrows(EngineException.class, () -> GroupSplit.compile(engine, conv, new ConvWeights(new float[8], null),
                Shape.of(4, 3, 3), Layout.NCHW, engine.devices()));
        assertEquals(List.of("fake:0"), engine.closed);
    }

    @Test
    void refusesMoreDevicesThanGroupsAndRunsAfterClose() {
        try (Engine engine = JavaEngine.open()) {
            List<Device> three = Collections.nCopies(3, engine.devices().getFirst());
            Conv2d conv = Conv2d.grouped(4, 4, 1, 2);
            ConvWeights weights = new ConvWeights(new float[8], null);
            Shape input = Shape.of(4, 3, 3);
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
                    () -> GroupSplit.compile(engine, conv, weights, input, Layout.NCHW, three));
            assertEquals("devices are 3; a convolution of 2 groups can be split over 1 to 2", e.getMessage());
            Plan plan = GroupSplit.compile(engine, conv, weights, input, Layout.NCHW, three.subList(0, 2));
            plan.close();
            plan.close();
            Tensor tensor = Tensor.zeros(input, Layout.NCHW);
            assertThrows(IllegalStateException.class, () -> plan.run(tensor));
        }
    }

    /** Two devices whose plans do what the test says instead of computing. */
    private static final class FakeEngine implements Engine {

        private final List<Device> devices = List.of(new Device("fake", "fake:0", "fake", "fake", "cpu", 1),
                new Device("fake", "fake:1", "fake", "fake", "cpu", 1));
        private final List<String> closed = Collections.synchronizedList(new ArrayList<>());
        private Runnable onRun = () -> {
        };
        private String failsToCompileOn;

        @Override
        public String name() {
            return "fake";
        }

        @Override
        public List<Device> devices() {
            return devices;
        }

        @Override
        public Plan compile(Layer layer, List<ConvWeights> weights, Shape input, Layout layout, Device device) {
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
                }

                @Override
                public void close() {
                    closed.add(device.id());
                }
            };
        }
    }
}
