package dev.sepconv.survey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Device;
import dev.sepconv.Engine;
import dev.sepconv.EngineException;
import dev.sepconv.Fusion;
import dev.sepconv.Layout;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.Op;
import dev.sepconv.OutOfMemoryException;
import dev.sepconv.Shape;
import dev.sepconv.engine.Engines;
import dev.sepconv.measure.Tolerance;
import dev.sepconv.survey.Survey.Cell;
import dev.sepconv.survey.Survey.State;
import dev.sepconv.survey.Survey.Work;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a child measures, in this process. */
class ChildTest {

    @TempDir
    Path folder;

    private List<Message> messages(Task task) throws IOException {
        Path file = folder.resolve("task.json");
        task.write(file);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Child.run(file, out);
        return out.toString(StandardCharsets.UTF_8).lines().map(Message::read)
                .flatMap(Optional::stream).toList();
    }

    private static Work small(Suite.Variant variant, int size) {
        return Suite.work(variant, null, Shape.of(8, size, size), 8,
                variant == Suite.Variant.POINTWISE ? 1 : 3, 1, 2, Layout.NCHW);
    }

    private static List<Cell> cells(List<Message> messages) {
        return messages.stream().filter(Message.Done.class::isInstance)
                .map(message -> ((Message.Done) message).cell()).toList();
    }

    @Test
    void measuresEveryVariantAndChecksIt() throws IOException {
        List<Work> work = Arrays.stream(Suite.Variant.values()).map(variant -> small(variant, 9))
                .toList();
        List<Message> messages = messages(new Task("simd", "simd", true, work, 0.01));
        assertEquals(new Message.Begun(null), messages.getFirst());
        Message.PeaksMeasured peaks = (Message.PeaksMeasured) messages.get(1);
        assertTrue(peaks.gflops() > 1 && peaks.gigabytesPerSecond() > 0.5, peaks.toString());
        assertEquals(work.stream().map(Work::id).toList(),
                cells(messages).stream().map(Cell::work).toList());
        for (Cell cell : cells(messages)) {
            assertEquals(State.OK, cell.state(), cell.toString());
            assertTrue(cell.endToEnd().medianMillis() > 0 && cell.firstRunMillis() > 0
                    && cell.compileMillis() >= 0);
            assertTrue(cell.relativeError() <= Tolerance.LAYER);
            assertEquals(
                    work.stream().filter(each -> each.id().equals(cell.work())).findFirst()
                            .orElseThrow().flops() / cell.endToEnd().medianMillis() / 1e6,
                    cell.gflops(), 1e-9);
            assertNull(cell.kernel(), "the engine has no clock of its own");
            assertNull(cell.energyJoules());
        }
    }

    /** Small ones, on every engine that needs no device. */
    @Test
    void measuresNetworksAndChecksThem() throws IOException {
        List<Work> work = List.of(Suite.network("mobilenet-v1:0.25", 2, 32, 33),
                Suite.network("mobilenet-v2:0.35", 1, 33, 32));
        for (String engine : List.of("simd", "java")) {
            List<Cell> cells = cells(messages(new Task(engine, engine, false, work, 0.01)));
            assertEquals(work.stream().map(Work::id).toList(),
                    cells.stream().map(Cell::work).toList());
            for (Cell cell : cells) {
                assertEquals(State.OK, cell.state(), cell.toString());
                assertTrue(cell.relativeError() > 0 && cell.relativeError() <= Tolerance.NETWORK,
                        cell.toString());
            }
        }
    }

    @Test
    void leavesOutWhatWouldTakeTooLong() throws IOException {
        List<Cell> cells = cells(messages(new Task("java", "java", false,
                List.of(small(Suite.Variant.STANDARD, 9), Suite.work(Suite.Variant.STANDARD, null,
                        Shape.of(512, 128, 128), 512, 3, 1, 1, Layout.NCHW),
                        small(Suite.Variant.DEPTHWISE, 9)),
                0.01)));
        assertEquals(List.of(State.OK, State.NOT_RUN, State.OK),
                cells.stream().map(Cell::state).toList());
        assertTrue(cells.get(1).error().matches(
                "left out: at the .* GFLOP/s that java reached so far, 5 runs would take \\d+ s, more than 5; .*"),
                cells.get(1).error());
    }

    /** Computes right or not, as told by the number of channels. */
    private static final class Moody implements Engine {

        private final Engine simd = Engines.open("simd");

        @Override
        public String name() {
            return simd.name();
        }

        @Override
        public List<Device> devices() {
            return simd.devices();
        }

        @Override
        public NetworkPlan compile(Network network, Device device, Fusion fusion) {
            int height = network.inputs().values().iterator().next().get(2);
            Op.Convolve layer = (Op.Convolve) network.nodes().getFirst().op();
            switch (height) {
                case 5 -> throw new OutOfMemoryException("the device is full");
                case 6 -> throw new OutOfMemoryError("Java heap space");
                case 7 -> throw new EngineException("the driver says no");
                case 8 -> throw new IllegalStateException("a bug");
                default -> {
                    // as it should
                }
            }
            if (height == 10) {
                layer.weights().forEach(each -> each.weight()[0] = Float.NaN);
            } else if (height == 11) {
                layer.weights().forEach(each -> each.weight()[0] += 0.01f);
            }
            return simd.compile(network, device, fusion);
        }

        @Override
        public void close() {
            simd.close();
        }
    }

    @Test
    void whatGoesWrongCostsItsCellAndNoOther() {
        try (Engine engine = new Moody()) {
            Measurement measurement = new Measurement(engine, engine.devices().getFirst(), 0.01);
            List<Cell> cells = IntStream.of(5, 6, 7, 8, 9, 10, 11)
                    .mapToObj(size -> measurement.of(small(Suite.Variant.STANDARD, size))).toList();
            assertEquals(
                    List.of(State.OUT_OF_MEMORY, State.OUT_OF_MEMORY, State.FAILED, State.FAILED,
                            State.OK, State.DISAGREES, State.DISAGREES),
                    cells.stream().map(Cell::state).toList());
            assertEquals("the device is full", cells.get(0).error());
            assertTrue(cells.get(1).error().startsWith("Java's heap of "), cells.get(1).error());
            assertEquals("the driver says no", cells.get(2).error());
            assertEquals("unexpected: java.lang.IllegalStateException: a bug",
                    cells.get(3).error());
            assertEquals(
                    "it has numbers that are not finite where the float64 reference has none such",
                    cells.get(5).error());
            assertNull(cells.get(5).relativeError());
            assertTrue(cells.get(6).error().matches(
                    "it differs from the float64 reference by \\d.\\de-0\\d of its largest value, allowed are 1e-05"),
                    cells.get(6).error());
            assertTrue(cells.get(6).relativeError() > Tolerance.LAYER);
        }
    }

    @Test
    void saysWhatCannotBeOpened() throws IOException {
        Message.Refused refused = (Message.Refused) messages(
                new Task("simd", "gpu", true, List.of(), 0.01)).getFirst();
        assertTrue(refused.sentence().startsWith("device is 'gpu'; the devices here are: simd"),
                refused.sentence());
    }

    @Test
    @Tag("device")
    void aDeviceOfTornadoVmTellsItsOwnTimes() throws IOException {
        Message.Listed listed = (Message.Listed) messages(
                new Task("tornado", null, false, List.of(), 0.01)).getFirst();
        Message.Found found = listed.devices().getFirst();
        assertNotNull(found.driver());
        assertTrue(found.tornadoVm().matches("\\d+\\.\\d+.*"), found.tornadoVm());
        Work work = Suite.work(Suite.Variant.SEPARABLE, null, Shape.of(32, 28, 28), 64, 3, 1, 1,
                Layout.NCHW);
        List<Message> messages = messages(
                new Task("tornado", found.device().id(), true, List.of(work), 0.05));
        Message.PeaksMeasured peaks = (Message.PeaksMeasured) messages.get(1);
        assertTrue(peaks.gflops() > 1 && peaks.gigabytesPerSecond() > 0.5, peaks.toString());
        Cell cell = cells(messages).getFirst();
        assertEquals(State.OK, cell.state(), cell.toString());
        assertFalse(cell.kernels().isEmpty());
        assertTrue(cell.kernel().medianMillis() > 0
                && cell.kernel().medianMillis() <= cell.firstRunMillis(), cell.toString());
        assertNotNull(cell.copyIn());
        assertNotNull(cell.copyOut());
    }
}
