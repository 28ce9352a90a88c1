package dev.sepconv.bulk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Dims;
import dev.sepconv.EngineException;
import dev.sepconv.NdArray;
import dev.sepconv.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PipelineTest {

    @TempDir
    Path folder;

    /** A picture's colour as one number. */
    private static final Pipeline.Work COLOURS = new Pipeline.Work() {
        @Override
        public NdArray prepare(Tensor rgb) {
            // of different sizes, as networks of open size have it
            int colour = Pictures.colour(rgb.get(0, 0, 0, 0), rgb.get(0, 1, 0, 0),
                    rgb.get(0, 2, 0, 0));
            NdArray input = NdArray.zeros(Dims.of(1, 1 + colour / 7 % 2));
            input.data()[0] = colour;
            return input;
        }

        @Override
        public List<Answer> answers(Map<String, NdArray> outputs) {
            float value = outputs.get("y").data()[0];
            return List.of(new Answer("y", value, value, value, null, null));
        }
    };

    /** A device of which a test says how long it takes and when it fails. */
    private static final class Double implements Lane {
        private final String device;
        private final int batch;
        private final long nanos;
        private final IntPredicate breaks;
        private final AtomicInteger runs = new AtomicInteger();
        private final List<Integer> sizes = new ArrayList<>();

        Double(String device, int batch, long nanos, IntPredicate breaks) {
            this.device = device;
            this.batch = batch;
            this.nanos = nanos;
            this.breaks = breaks;
        }

        @Override
        public String device() {
            return device;
        }

        @Override
        public int batch() {
            return batch;
        }

        @Override
        public List<Map<String, NdArray>> run(List<NdArray> inputs) {
            assertTrue(inputs.size() <= batch && !inputs.isEmpty());
            assertEquals(1, inputs.stream().map(NdArray::dims).distinct().count());
            sizes.add(inputs.size());
            if (breaks.test(runs.getAndIncrement())) {
                throw new EngineException(device + " is unplugged");
            }
            long end = System.nanoTime() + nanos;
            while (System.nanoTime() < end) {
                LockSupport.parkNanos(end - System.nanoTime());
            }
            return inputs.stream()
                    .map(input -> Map.of("y", NdArray.of(Dims.of(1, 1), input.data()[0]))).toList();
        }
    }

    private static Double device(int batch, long nanos) {
        return new Double("d" + nanos, batch, nanos, run -> false);
    }

    private static void assertAll(int count, List<Row> rows) {
        assertEquals(IntStream.range(0, count).boxed().toList(),
                rows.stream().map(Row::index).toList());
        rows.stream().filter(row -> row.error() == null)
                .forEach(row -> assertEquals(row.index(), row.answers().getFirst().max()));
    }

    /** One of two devices takes the only picture and never comes back. */
    @Test
    void whatADeviceThatHangsHasGoesToAnother() throws Exception {
        Names names = Names.of(Pictures.folder(folder, 1));
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        List<Lane> lanes = new ArrayList<>();
        for (String device : List.of("a", "b")) {
            lanes.add(new Double(device, 1, 0, run -> {
                if (runs.getAndIncrement() == 0) {
                    hangs.countDown();
                    try {
                        ended.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }
                return false;
            }));
        }
        Pipeline pipeline = new Pipeline(names, 0, COLOURS, lanes, 1);
        Thread watch = Thread.startVirtualThread(() -> {
            try {
                hangs.await();
                pipeline.giveUpHanging(System.nanoTime() + TimeUnit.MINUTES.toNanos(4));
                pipeline.giveUpHanging(System.nanoTime() + TimeUnit.MINUTES.toNanos(6));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        List<Row> rows = new ArrayList<>();
        Pipeline.Report report = pipeline.run(row -> {
            rows.add(row);
            ended.countDown(); // what comes back late is not wanted any more
        });
        watch.join();
        assertAll(1, rows);
        assertEquals(1, report.lost().size());
        assertTrue(report.lost().getFirst().reason().startsWith("it hangs: a batch was not done"),
                report.lost().toString());
    }

    /** Whatever the batches, windows and speeds: each picture once, in order. */
    @Test
    void rowsAreInTheOrderOfThePictures() throws IOException {
        List<Path> files = Pictures.folder(folder, 60);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 40; round++) {
            List<Lane> lanes = new ArrayList<>();
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                lanes.add(device(1 + random.nextInt(5), random.nextInt(300_000)));
            }
            int count = random.nextInt(61);
            int first = random.nextInt(count + 1);
            Names names = Names.of(files.subList(0, count));
            List<Row> rows = new ArrayList<>();
            Pipeline.Report report = new Pipeline(names, first, COLOURS, lanes,
                    1 + random.nextInt(4)).run(rows::add);
            assertEquals(count - first, rows.size(), "seed " + seed);
            assertEquals(IntStream.range(first, count).boxed().toList(),
                    rows.stream().map(Row::index).toList(), "seed " + seed);
            assertEquals(count - first, report.pictures());
            assertEquals(count - first,
                    report.devices().stream().mapToInt(Pipeline.Share::pictures).sum());
            rows.forEach(row -> assertEquals(row.index(), row.answers().getFirst().max()));
        }
    }

    /** Batches are full but for sizes that change and the end. */
    @Test
    void batchesAreFull() throws IOException {
        List<Path> files = Pictures.folder(folder, 49);
        Double device = device(7, 1000);
        new Pipeline(Names.of(files), 0, COLOURS, List.of(device), 1).run(row -> {
        });
        assertEquals(List.of(7, 7, 7, 7, 7, 7, 7), device.sizes);
    }

    /** A device waits for pictures that only a row's writing holds up. */
    @Test
    void batchesAreFullHoweverSlowlyRowsAreWritten() throws IOException {
        List<Path> files = Pictures.folder(folder, 49);
        Double device = device(7, 1000);
        new Pipeline(Names.of(files), 0, COLOURS, List.of(device), 1)
                .run(row -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5)));
        assertEquals(List.of(7, 7, 7, 7, 7, 7, 7), device.sizes);
    }

    /** No more pictures are under way than devices and decoders need, however slow the first is. */
    @Test
    void memoryIsBounded() throws IOException {
        List<Path> files = Pictures.folder(folder, 100);
        AtomicInteger prepared = new AtomicInteger();
        AtomicInteger written = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Pipeline.Work counting = new Pipeline.Work() {
            @Override
            public NdArray prepare(Tensor rgb) throws IOException {
                most.accumulateAndGet(prepared.incrementAndGet() - written.get(), Math::max);
                return COLOURS.prepare(rgb);
            }

            @Override
            public List<Answer> answers(Map<String, NdArray> outputs) {
                return COLOURS.answers(outputs);
            }
        };
        Lane slow = new Double("slow", 1, TimeUnit.MILLISECONDS.toNanos(300), run -> false);
        Lane fast = device(2, 1000);
        List<Row> rows = new ArrayList<>();
        Pipeline.Report report = new Pipeline(Names.of(files), 0, counting, List.of(slow, fast), 3)
                .run(row -> {
                    rows.add(row);
                    written.incrementAndGet();
                });
        assertAll(100, rows);
        // one more while its row is being counted here
        assertTrue(most.get() <= 2 * (3 + 3) + 1, "under way at once: " + most);
        Pipeline.Share least = report.devices().getFirst();
        assertTrue(least.pictures() < 40, "shares by speed: " + report.devices());
    }

    @Test
    void aBadPictureIsARowWithItsReason() throws IOException {
        List<Path> files = new ArrayList<>(Pictures.folder(folder, 12));
        byte[] whole = Files.readAllBytes(files.get(3));
        Files.write(files.get(3), java.util.Arrays.copyOf(whole, whole.length / 2));
        Files.writeString(files.get(5), "Dear diary\n");
        Files.delete(files.get(7));
        List<Row> rows = new ArrayList<>();
        Pipeline.Report report = new Pipeline(Names.of(files), 0, COLOURS,
                List.of(device(4, 1000), device(1, 5000)), 2).run(rows::add);
        assertAll(12, rows);
        assertEquals(List.of(3, 5, 7),
                rows.stream().filter(row -> row.error() != null).map(Row::index).toList());
        assertEquals(3, report.failed());
        assertTrue(rows.get(3).error().startsWith("can't be decoded as PNG"), rows.get(3).error());
        assertTrue(rows.get(5).error().startsWith("is text, not a PNG"), rows.get(5).error());
        assertEquals("is not there: no such file", rows.get(7).error());
    }

    /** It is unplugged in the middle of a batch. */
    @Test
    void aLostDevicesWorkIsDoneByTheOthers() throws IOException {
        List<Path> files = Pictures.folder(folder, 60);
        for (int when = 0; when < 4; when++) {
            int broken = when;
            Double breaking = new Double("gpu", 5, 1000, run -> run == broken);
            List<Row> rows = new ArrayList<>();
            Pipeline.Report report = new Pipeline(Names.of(files), 0, COLOURS,
                    List.of(breaking, new Double("cpu", 2, 200_000, run -> false)), 2)
                    .run(rows::add);
            assertAll(60, rows);
            assertEquals(0, report.failed());
            assertEquals(List.of(new Pipeline.Lost("gpu", "gpu is unplugged")), report.lost());
            assertEquals(60, report.devices().stream().mapToInt(Pipeline.Share::pictures).sum());
        }
    }

    /** Such as one so large that there is no memory for its plan: no reason to give up devices. */
    @Test
    void aPictureThatFitsNoDeviceIsARowToo() throws IOException {
        List<Path> files = Pictures.folder(folder, 30);
        Lane choosy = new Lane() {
            @Override
            public String device() {
                return "choosy";
            }

            @Override
            public int batch() {
                return 1;
            }

            @Override
            public List<Map<String, NdArray>> run(List<NdArray> inputs) {
                if (inputs.getFirst().data()[0] == 11) {
                    throw new UnfitException("it is too large", null);
                }
                return List.of(Map.of("y", NdArray.of(Dims.of(1, 1), inputs.getFirst().data()[0])));
            }
        };
        List<Row> rows = new ArrayList<>();
        Pipeline.Report report = new Pipeline(Names.of(files), 0, COLOURS, List.of(choosy), 2)
                .run(rows::add);
        assertAll(30, rows);
        assertEquals(1, report.failed());
        assertEquals("it is too large", rows.get(11).error());
        assertEquals(List.of(), report.lost());
    }

    @Test
    void memoryThatRunsOutIsSaidAsThat() throws IOException {
        List<Path> files = Pictures.folder(folder, 5);
        Pipeline pipeline = new Pipeline(Names.of(files), 0, COLOURS,
                List.of(new Double("a", 1, 0, run -> {
                    throw new OutOfMemoryError("heap");
                })), 1);
        assertThrows(OutOfMemoryError.class, () -> pipeline.run(row -> {
        }));
    }

    @Test
    void withoutAnyDeviceTheRunFailsAndWhatWasWrittenStays() throws IOException {
        List<Path> files = Pictures.folder(folder, 60);
        List<Row> rows = new ArrayList<>();
        Pipeline pipeline = new Pipeline(Names.of(files), 0, COLOURS,
                List.of(new Double("a", 2, 1000, run -> run == 3),
                        new Double("b", 3, 1000, run -> run == 5)),
                2);
        String message = assertThrows(EngineException.class, () -> pipeline.run(rows::add))
                .getMessage();
        assertTrue(message.endsWith(" is unplugged"), message);
        assertAll(rows.size(), rows);
        assertTrue(rows.size() <= 3 * 2 + 5 * 3, "rows: " + rows.size());
    }

    @Test
    void aFullDiskEndsTheRun() throws IOException {
        List<Path> files = Pictures.folder(folder, 60);
        List<Row> rows = new ArrayList<>();
        Pipeline pipeline = new Pipeline(Names.of(files), 0, COLOURS, List.of(device(2, 1000)), 2);
        assertEquals("full", assertThrows(IOException.class, () -> pipeline.run(row -> {
            if (rows.size() == 17) {
                throw new IOException("full");
            }
            rows.add(row);
        })).getMessage());
        assertAll(17, rows);
    }

    /** As Ctrl-C does it: what is begun is finished. */
    @Test
    void whatIsBegunWhenItStopsIsWritten() throws IOException {
        List<Path> files = Pictures.folder(folder, 100);
        List<Row> rows = new ArrayList<>();
        Pipeline[] pipeline = new Pipeline[1];
        pipeline[0] = new Pipeline(Names.of(files), 0, COLOURS, List.of(device(4, 1000)), 2);
        Pipeline.Report report = pipeline[0].run(row -> {
            rows.add(row);
            if (rows.size() == 20) {
                pipeline[0].stop();
            }
        });
        assertTrue(rows.size() >= 20 && rows.size() <= 20 + 2 * (4 + 2), "rows: " + rows.size());
        assertAll(rows.size(), rows);
        assertEquals(rows.size(), report.pictures());
    }
}
