package dev.sepconv.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One command line that was run, in this Java or in one of its own, and what came of it. */
record Invocation(int code, String out, String err) {

    /** Java says this at every start, and has no switch for it; the launcher filters it. */
    private static final String INCUBATOR = "WARNING: Using incubator modules: jdk.incubator.vector";
    private static final int TIMEOUT_SECONDS = 120;

    static Invocation inProcess(Object... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(new PrintWriter(out), new PrintWriter(err), strings(args));
        return new Invocation(code, out.toString(), err.toString());
    }

    /**
     * Runs it in a Java of its own, with this one's class path and, as far as the build says, its
     * module path.
     */
    static Invocation process(List<String> javaOptions, Object... args)
            throws IOException, InterruptedException {
        return run(new ProcessBuilder(command(javaOptions, args)));
    }

    /** The same, and doesn't wait for it. */
    static Process start(List<String> javaOptions, Object... args) throws IOException {
        return new ProcessBuilder(command(javaOptions, args)).start();
    }

    private static List<String> command(List<String> javaOptions, Object... args) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        String tornado = System.getProperty("sepconv.tornado.launch", "").strip();
        if (!tornado.isEmpty()) {
            command.addAll(Arrays.asList(tornado.split("\\s+")));
        }
        command.addAll(List.of("--add-modules", "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED"));
        command.addAll(javaOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(Arrays.asList(strings(args)));
        return command;
    }

    /** Runs any program. */
    static Invocation run(ProcessBuilder builder) throws IOException, InterruptedException {
        Path out = Files.createTempFile("sepconv", ".out");
        Path err = Files.createTempFile("sepconv", ".err");
        try {
            Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile())
                    .start();
            process.getOutputStream().close();
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("still running after %d s: %s; stderr: %s"
                        .formatted(TIMEOUT_SECONDS, builder.command(), Files.readString(err)));
            }
            return new Invocation(process.exitValue(), Files.readString(out),
                    Files.readString(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    private static String[] strings(Object... args) {
        return Arrays.stream(args).map(String::valueOf).toArray(String[]::new);
    }

    /** What was said on stderr, without the line that says which engine was chosen. */
    List<String> sentences() {
        return err.lines().filter(line -> !line.equals(INCUBATOR)
                && !line.matches("sepconv: engine (tornado|simd|java) on .*")).toList();
    }

    /** It worked, and said nothing but which engine was chosen. */
    Invocation succeeded() {
        assertEquals(0, code, err);
        assertEquals(List.of(), sentences());
        return this;
    }

    /**
     * It failed with that exit code and exactly one sentence, which contains {@code said}; nothing
     * went to stdout.
     */
    Invocation failed(int expected, String said) {
        assertEquals(expected, code, () -> out + err);
        assertEquals(1, sentences().size(), err);
        String sentence = sentences().getFirst();
        assertTrue(sentence.startsWith("sepconv: ") && sentence.contains(said), sentence);
        assertFalse(sentence.matches(".*(Exception|Error:|\\tat ).*"), sentence);
        assertEquals("", out);
        return this;
    }

    /** Stdout holds exactly one JSON document: this one. */
    JsonNode json() throws IOException {
        return new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .readTree(out);
    }
}
