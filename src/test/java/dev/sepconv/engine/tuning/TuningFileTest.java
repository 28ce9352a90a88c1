package dev.sepconv.engine.tuning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.engine.tuning.Measurements.BesideSimd;
import dev.sepconv.engine.tuning.Measurements.Time;
import dev.sepconv.kernel.conv.Geometry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TuningFileTest {

    private static final TuningFile.Key KEY = new TuningFile.Key("a device", "a driver 1", "5.2.0",
            "0123456789abcdef");

    @TempDir
    Path folder;

    private static Geometry geometry(int channels) {
        return new Geometry(1, channels, 7, 7, 8, 1, 1, 7, 7, 1, 1, 1, 1, 0, 0, 1, false);
    }

    private static Measurements measurements(int channels, double millis) {
        return new Measurements(Map.of(List.of(geometry(channels)),
                Map.of("pointwiseNchwF32", new Time(millis, millis + 1))));
    }

    private TuningFile file() {
        return new TuningFile(folder.resolve("cache/sepconv/tuning.json"));
    }

    /** What was read, and what was said on stderr. */
    private record Reading(Map<TuningFile.Key, Measurements> measurements, List<String> said) {
        static Reading of(TuningFile file) {
            PrintStream stderr = System.err;
            ByteArrayOutputStream said = new ByteArrayOutputStream();
            try (PrintStream caught = new PrintStream(said, true, StandardCharsets.UTF_8)) {
                System.setErr(caught);
                return new Reading(file.read(),
                        said.toString(StandardCharsets.UTF_8).lines().toList());
            } finally {
                System.setErr(stderr);
            }
        }
    }

    @Test
    void remembersWhatWasMeasuredForEachKey() throws IOException {
        assertEquals(Map.of(), file().read());
        file().remember(KEY, measurements(3, 0.25));
        file().remember(KEY, measurements(4, 0.5));
        file().remember(KEY, measurements(3, 0.125));
        TuningFile.Key newDriver = new TuningFile.Key(KEY.device(), "a driver 2", KEY.tornadoVm(),
                KEY.catalogue());
        file().remember(newDriver, measurements(3, 2));
        Map<TuningFile.Key, Measurements> read = file().read();
        assertEquals(
                Map.of(List.of(geometry(3)), Map.of("pointwiseNchwF32", new Time(0.125, 1.125)),
                        List.of(geometry(4)), Map.of("pointwiseNchwF32", new Time(0.5, 1.5))),
                read.get(KEY).times());
        assertEquals(measurements(3, 2), read.get(newDriver));
        assertEquals(2, read.size());
    }

    @Test
    void remembersWhatWasMeasuredBesideSimd() throws IOException {
        List<Geometry> chain = List.of(geometry(3), geometry(4));
        file().remember(KEY, measurements(3, 0.25));
        file().remember(KEY, new Measurements(Map.of(), Map.of(List.of(geometry(3)),
                new BesideSimd("simd a", 1, 4), chain, new BesideSimd("simd a", 2, 2))));
        file().remember(KEY, new Measurements(Map.of(),
                Map.of(List.of(geometry(5)), new BesideSimd("simd b", 3, 1))));
        // kernels measured anew don't take the rest away
        file().remember(KEY, measurements(3, 0.5));
        Measurements read = file().read().get(KEY);
        assertEquals(measurements(3, 0.5).times(), read.times());
        assertEquals(3, read.besideSimd().size());
        // the geometric mean of 1/4 and 1
        assertEquals(0.5, read.timesSimd("simd a").getAsDouble(), 1e-12);
        assertEquals(3, read.timesSimd("simd b").getAsDouble(), 1e-12);
        assertTrue(read.timesSimd("simd with more threads").isEmpty());
        assertTrue(measurements(3, 1).timesSimd("simd a").isEmpty());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"',
            textBlock = """
                    not json                                                                            | is no JSON
                    ""                                                                                  | has format none, this version reads 3
                    {}                                                                                  | has format none, this version reads 3
                    [1]                                                                                 | has format none, this version reads 3
                    {'format': 2, 'entries': []}                                                        | has format 2, this version reads 3
                    {'format': '1', 'entries': []}                                                      | has format "1", this version reads 3
                    {'format': 3}                                                                       | lacks values
                    {'format': 3, 'entries': [null]}                                                    | lacks values
                    {'format': 3, 'entries': [{}]}                                                      | lacks values
                    {'format': 3, 'entries': [{'key': {'device': 'x', 'driver': 'y', 'tornadoVm': 'z', 'catalogue': 'c'}, 'stages': [{}], 'times': {}}]} | lacks values
                    {'format': 3, 'entries': [{'key': {'device': 'x', 'driver': 'y', 'tornadoVm': 'z', 'catalogue': 'c'}, 'stages': [{'batch': true}], 'times': {}}]} | has values that can't be
                    {'format': 3, 'entries': []} 7 | is no JSON
                    {'format': 3, 'entries': 7}                                                         | has values that can't be
                    {'format': 3, 'entries': [{'key': 5}]}                                              | has values that can't be
                    {'format': 3, 'entries': [{'key': {'device': 'x', 'colour': 'red'}}]}               | has values that can't be
                    {'format': 3, 'entries': [{'key': {'device': 'x', 'driver': 'y', 'tornadoVm': 'z', 'catalogue': 'c'}, 'stages': [], 'times': {'k': {'kernelMillis': -1, 'runMillis': 1}}}]} | has values that can't be
                    {'format': 3, 'entries': [{'key': {'device': 'x', 'driver': 'y', 'tornadoVm': 'z', 'catalogue': 'c'}, 'stages': [], 'times': {'k': null}}]} | lacks values
                    {'format': 3, 'entries': [{'key': {'device': 'x', 'driver': 'y', 'tornadoVm': 'z', 'catalogue': 'c'}, 'stages': [], 'times': {}, 'besideSimd': {'simd': 's', 'millis': 0, 'simdMillis': 1}}]} | has values that can't be
                    {'format': 3, 'entries': [{'key': {'device': 'x', 'driver': 'y', 'tornadoVm': 'z', 'catalogue': 'c'}, 'stages': [], 'times': {}, 'besideSimd': {'millis': 1, 'simdMillis': 1}}]} | lacks values
                    """)
    void aFileThatCannotBeReadIsPassedOverWithALineAndReplaced(String json, String said)
            throws IOException {
        TuningFile file = file();
        Files.createDirectories(file.path().getParent());
        Files.writeString(file.path(), json.replace('\'', '"'));
        Reading reading = Reading.of(file);
        assertEquals(Map.of(), reading.measurements());
        file.remember(KEY, measurements(3, 0.25));
        assertEquals(Map.of(KEY, measurements(3, 0.25)), file.read());
        assertEquals(List.of(
                "sepconv: tuning file %s %s; it is ignored until the next `sepconv tune` replaces it"
                        .formatted(file.path(), said)),
                reading.said());
    }

    @Test
    void aFileCutOffAnywhereIsNoFailure() throws IOException {
        TuningFile file = file();
        file.remember(KEY, measurements(3, 0.25));
        byte[] whole = Files.readAllBytes(file.path());
        for (int length = 0; length < whole.length - 2; length += 7) {
            Files.write(file.path(), Arrays.copyOf(whole, length));
            Reading reading = Reading.of(file);
            assertEquals(Map.of(), reading.measurements());
            assertEquals(1, reading.said().size());
        }
    }

    @Test
    void aPlaceThatCannotBeWrittenIsRefused() throws IOException {
        Files.writeString(folder.resolve("cache"), "a file where the folder should be");
        FileSystemException e = assertThrows(FileSystemException.class, () -> file().prepare());
        assertEquals(file().path().toString(), e.getFile());
        assertTrue(e.getReason().startsWith("its folder can't be made (" + folder.resolve("cache")),
                e.getReason());
    }

    @Test
    void severalProcessesAtOnceLoseNothing() throws IOException, InterruptedException {
        int processes = 3;
        List<Process> running = new ArrayList<>();
        for (int i = 0; i < processes; i++) {
            List<String> command = new ArrayList<>(
                    List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
            command.addAll(List.of(System.getProperty("sepconv.tornado.launch").split(" ")));
            command.addAll(List.of("-cp", System.getProperty("java.class.path"),
                    Writer.class.getName(), file().path().toString(), "" + i));
            running.add(new ProcessBuilder(command).inheritIO().start());
        }
        for (Process process : running) {
            assertTrue(process.waitFor(60, TimeUnit.SECONDS));
            assertEquals(0, process.exitValue());
        }
        List<Integer> channels = file().read().get(KEY).times().keySet().stream()
                .map(List::getFirst).map(Geometry::inChannels).sorted().toList();
        assertEquals(IntStream.range(0, processes)
                .flatMap(i -> IntStream.range(0, Writer.COUNT).map(n -> channels(i, n))).sorted()
                .boxed().toList(), channels);
        try (Stream<Path> files = Files.list(file().path().getParent())) {
            assertEquals(List.of("tuning.json", "tuning.json.lock"),
                    files.map(path -> path.getFileName().toString()).sorted().toList());
        }
    }

    private static int channels(int process, int n) {
        return 1000 * (process + 1) + n;
    }

    /** Adds measurements one by one. */
    static final class Writer {
        private static final int COUNT = 30;

        public static void main(String[] args) throws IOException {
            for (int n = 0; n < COUNT; n++) {
                new TuningFile(Path.of(args[0])).remember(KEY,
                        measurements(channels(Integer.parseInt(args[1]), n), 1));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"Linux, /home/u, '', '', /home/u/.cache", "Linux, /home/u, /tmp/x, '', /tmp/x",
            "Linux, /home/u, x, '', /home/u/.cache",
            "Mac OS X, /Users/u, /tmp/x, '', /Users/u/Library/Caches",
            "Windows 11, /u, '', /u/Local, /u/Local", "Windows 11, /u, '', '', /u/AppData/Local"})
    void cachesLieWhereTheSystemHasThem(String system, String home, String xdg, String local,
            String expected) {
        assertEquals(Path.of(expected), TuningFile.caches(system, home,
                Map.of("XDG_CACHE_HOME", xdg, "LOCALAPPDATA", local)));
    }

    @Test
    void thePropertyComesBeforeTheVariable() {
        assertEquals("off", System.getenv("SEPCONV_TUNING"), "the build sets it");
        assertEquals(Optional.empty(), TuningFile.find());
        System.setProperty("sepconv.tuning", folder.resolve("mine.json").toString());
        try {
            assertEquals(Optional.of(new TuningFile(folder.resolve("mine.json"))),
                    TuningFile.find());
            System.setProperty("sepconv.tuning", "OFF");
            assertFalse(TuningFile.find().isPresent());
            System.setProperty("sepconv.tuning", "");
            assertTrue(TuningFile.find().orElseThrow().path()
                    .endsWith(Path.of("sepconv", "tuning.json")));
        } finally {
            System.clearProperty("sepconv.tuning");
        }
    }
}
