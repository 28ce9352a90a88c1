package dev.sepconv.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.engine.tuning.Measurements;
import dev.sepconv.engine.tuning.Measurements.Time;
import dev.sepconv.engine.tuning.TuningFile;
import dev.sepconv.io.Npy;
import dev.sepconv.kernel.conv.Geometry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that writes what commands write, over and over, is killed at random moments
 * ({@code kill -9}): each file is the old one or the new one, whole, and what it left besides goes.
 * {@code -Dsepconv.kills=N} kills more often.
 */
class KilledTest {

    private static final int KILLS = Integer.getInteger("sepconv.kills", 4);
    private static final long SEED = Long.getLong("sepconv.seed", 1);

    /** Of the one or the other number all through. */
    private static final int NUMBERS = 200_000;
    private static final List<String> REPORT = List.of("results.json", "report.html");
    private static final String OURS = "{\"generator\": \"sepconv\", \"files\": [], \"x\": \"%s\"}";

    @TempDir
    private Path folder;

    @Test
    void everyFileIsWholeWheneverItsProcessIsKilled() throws Exception {
        System.out.printf("KilledTest: %d kills, -Dsepconv.seed=%d%n", KILLS, SEED);
        Random random = new Random(SEED);
        for (int i = 0; i < KILLS; i++) {
            Process writes = new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                    System.getProperty("java.class.path"), Writer.class.getName(),
                    folder.toString(), "for ever").redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            assertEquals('w', writes.getInputStream().read(), "it has written each file once");
            Thread.sleep(random.nextInt(200));
            assertTrue(writes.isAlive(), "it writes until it is killed");
            writes.destroyForcibly().waitFor();
            allAreWhole();
        }
        Instant before = Instant.now().minus(Duration.ofMinutes(2));
        try (Stream<Path> left = Files.walk(folder)) {
            for (Path file : left.toList()) {
                Files.setLastModifiedTime(file, FileTime.from(before));
            }
        }
        Writer.main(new String[]{folder.toString(), "once"});
        allAreWhole();
        assertEquals(List.of("report", "report.html", "results.json", "tuning.json",
                "tuning.json.lock", "y.npy"), names());
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> !file.equals(folder))
                    .map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private void allAreWhole() throws IOException {
        float[] numbers = Npy.read(folder.resolve("y.npy"));
        float[] expected = new float[NUMBERS];
        Arrays.fill(expected, numbers[0]);
        assertTrue(Arrays.equals(expected, numbers), "y.npy is of two files");
        TuningFile tuning = new TuningFile(folder.resolve("tuning.json"));
        assertTrue(tuning.fault().isEmpty(), tuning.fault().toString());
        assertFalse(tuning.read().isEmpty());
        for (String name : REPORT) {
            String text = Files.readString(folder.resolve("report").resolve(name));
            assertTrue(text.equals(Writer.text(0)) || text.equals(Writer.text(1)), name);
        }
    }

    /** Writes until it is killed; says so with a letter when all files are there. */
    static final class Writer {

        private Writer() {
        }

        static String text(int turn) {
            return OURS.formatted((turn % 2 == 0 ? "a" : "b").repeat(100_000));
        }

        public static void main(String[] args) throws IOException {
            Path folder = Path.of(args[0]);
            float[] numbers = new float[NUMBERS];
            for (int turn = 0;; turn++) {
                Arrays.fill(numbers, turn % 2);
                Npy.write(folder.resolve("y.npy"), List.of(NUMBERS), numbers);
                new TuningFile(folder.resolve("tuning.json")).remember(
                        new TuningFile.Key("device " + turn % 50, "", "", ""),
                        new Measurements(Map.of(List.of(new Geometry(1, 8, 7, 7, 8, 1, 1, 7, 7, 1,
                                1, 1, 1, 0, 0, 1, false)),
                                Map.of("pointwiseNchwF32", new Time(1, 2)))));
                try (OutputFolder output = OutputFolder.prepare(folder.resolve("report"))) {
                    for (String name : REPORT) {
                        Files.writeString(output.staged(name), text(turn));
                    }
                    output.publish(REPORT);
                }
                if (turn == 0) {
                    System.out.print('w');
                    System.out.flush();
                }
                if (args[1].equals("once")) {
                    return;
                }
            }
        }
    }
}
