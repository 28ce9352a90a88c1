package dev.sepconv.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sepconv.io.Npy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The command line as a process of its own: what the shell sees. The many ways to be wrong are
 * tried in one process elsewhere.
 */
class ProcessTest {

    @TempDir
    Path folder;

    private Path input;
    private Path weights;
    private Path output;

    @BeforeEach
    void write() throws IOException {
        input = folder.resolve("x.npy");
        weights = folder.resolve("w.npy");
        output = folder.resolve("y.npy");
        Npy.write(input, List.of(1, 2, 5, 5), ones(50));
        Npy.write(weights, List.of(3, 2, 3, 3), ones(54));
    }

    private static float[] ones(int count) {
        float[] ones = new float[count];
        Arrays.fill(ones, 1);
        return ones;
    }

    private Invocation conv(List<String> javaOptions, Object... more)
            throws IOException, InterruptedException {
        Object[] args = Arrays.copyOf(
                new Object[]{"conv", "--input", input, "--weights", weights, "--output", output},
                7 + more.length);
        System.arraycopy(more, 0, args, 7, more.length);
        return Invocation.process(javaOptions, args);
    }

    @Test
    void convolvesOnTheBestEngineThereIs() throws IOException, InterruptedException {
        Invocation done = conv(List.of(), "--json", "--verbose").succeeded();
        JsonNode document = done.json();
        assertEquals("[1,3,3,3]", document.get("output").get("shape").toString());
        float[] result = Npy.read(output);
        for (float value : result) {
            assertEquals(18, value, 1e-4f);
        }
        List<String> chosen = done.err().lines().filter(line -> line.startsWith("sepconv: engine "))
                .toList();
        assertEquals(1, chosen.size(), done.err());
        assertTrue(
                chosen.getFirst()
                        .startsWith("sepconv: engine " + document.get("engine").asText() + " on "),
                chosen.toString());
    }

    @Test
    void listsAndCounts() throws IOException, InterruptedException {
        assertTrue(Invocation.process(List.of(), "devices", "--json").succeeded().json()
                .get("devices").size() >= 1);
        assertTrue(
                Invocation.process(List.of(), "kernels").succeeded().out().startsWith("KERNEL "));
        // UTF-8 whatever the locale
        assertTrue(
                Invocation
                        .process(List.of("-Dstdout.encoding=US-ASCII"), "params", "--in", 3,
                                "--out", 8, "--kernel", 3)
                        .succeeded().out().contains("(K² + C)·N"));
    }

    @Test
    void failsWithOneSentence() throws IOException, InterruptedException {
        Files.writeString(output, "as it was");
        Files.delete(input);
        conv(List.of()).failed(1, input + ": there is no such file or folder");
        Npy.write(input, List.of(1, 3, 5, 5), ones(75));
        conv(List.of()).failed(2, "2 channels a group; 3 channels can't be parted so");
        assertEquals("as it was", Files.readString(output));
    }

    @Test
    void refusesWhatDoesNotFitInMemoryBeforeAllocatingIt()
            throws IOException, InterruptedException {
        // 3 * 4003 * 4003 floats of output, twice, are 366 MiB
        conv(List.of("-Xmx64m"), "--pad", 2000, "--engine", "java").failed(1,
                "input [1, 2, 5, 5] and output [1, 3, 4003, 4003] need some 366 MiB with working copies, Java has ");
    }

    @Test
    void saysWhenStdoutIsFull() throws IOException, InterruptedException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "there is no /dev/full");
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                Main.class.getName(), "params", "--in", "3", "--out", "8", "--kernel", "3");
        Process process = builder.redirectOutput(full.toFile()).start();
        String err = new String(process.getErrorStream().readAllBytes());
        assertEquals(1, process.waitFor());
        assertEquals("sepconv: standard output: No space left on device", err.strip());
    }
}
