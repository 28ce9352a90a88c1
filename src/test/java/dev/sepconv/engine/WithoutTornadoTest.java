package dev.sepconv.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The library in a JVM of its own, where there is nothing of TornadoVM, or where there is but no
 * one asked for it.
 */
class WithoutTornadoTest {

    @TempDir
    Path folder;

    /** What a run printed, and the classes that it loaded. */
    private record Run(String output, String errors, List<String> classes) {
        long ofTornado() {
            return of("uk.ac.manchester");
        }

        long of(String part) {
            return classes.stream().filter(line -> line.contains(part)).count();
        }
    }

    private static final List<String> VECTORS = List.of("--add-modules", "jdk.incubator.vector");

    /** Everybody's first try: no option at all. */
    @Test
    void withoutAnyOptionThePlainEngineRunsAndSaysWhatIsLost() throws Exception {
        Run run = run(List.of(), "best");
        assertTrue(run.output().matches(
                "(?s)engine plain on plain \\(CPU, plain loops, [^\n]+\\): no simd \\([^\n]+"
                        + "--add-modules jdk.incubator.vector\\); no tornado \\([^\n]+\\)\nsum [^\n]+\nnetwork [^\n]+\n"),
                run::output);
        assertEquals(List.of(
                "sepconv: engine plain runs without the CPU's vector units as simd uses them, about ten times slower: "
                        + "start Java with --add-modules jdk.incubator.vector for simd"),
                run.errors().lines().toList());
        assertEquals(0, run.ofTornado());
        assertEquals(0, run.of("jdk.incubator.vector"));
        assertEquals(sums(run), sums(run(VECTORS, "simd")));
    }

    /** It is in the jar: {@code unzip -p sepconv.jar sepconv.args > sepconv.args}. */
    @Test
    void theArgumentFileOfTheJarBringsTheSimdEngine() throws Exception {
        Path arguments = folder.resolve("sepconv.args");
        try (InputStream in = Engines.class.getResourceAsStream("/sepconv.args")) {
            Files.write(arguments, in.readAllBytes());
        }
        assertTrue(run(List.of("@" + arguments), "best").output().startsWith("engine simd on "));
    }

    @Test
    void whoAsksForThePlainEngineByNameIsNotTold() throws Exception {
        Run run = run(List.of(), "plain");
        assertTrue(run.output().contains(": asked for\nsum "), run::output);
        assertEquals("", run.errors());
    }

    @Test
    void theSimdEngineNamesItsOption() throws Exception {
        Run run = run(List.of(), "simd");
        assertEquals(
                "EngineException: engine simd needs the Vector API: start Java with --add-modules jdk.incubator.vector\n",
                run.output());
    }

    /** To three digits: engines round differently. */
    private static List<String> sums(Run run) {
        return run.output().lines().skip(1).map(line -> line.replaceAll("(\\.\\d{3})\\d*", "$1"))
                .toList();
    }

    @Test
    void theSimdEngineRunsWithTheLibraryAlone() throws Exception {
        Run run = run(VECTORS, "simd");
        assertTrue(run.output().startsWith("engine simd on "), run::output);
        assertTrue(run.output().contains(": asked for\nsum "), run::output);
        assertEquals(0, run.ofTornado());
        assertTrue(
                run.classes().stream().anyMatch(line -> line.contains("dev.sepconv.engine.simd.")));
    }

    @Test
    void theBestEngineIsThenSimdAndSaysWhatIsMissing() throws Exception {
        Run run = run(VECTORS, "best");
        assertTrue(run.output().matches(
                "(?s)engine simd on [^\n]*: no tornado \\([^\n]+\\)\nsum [^\n]+\nnetwork [^\n]+\n"),
                run::output);
        assertEquals(0, run.ofTornado());
    }

    @Test
    void enginesThatNeedTornadoSayWhatIsMissing() throws Exception {
        for (String engine : List.of("java", "tornado")) {
            Run run = run(List.of(), engine);
            assertTrue(run.output().matches("EngineException: [^\n]+\n"), run::output);
            assertTrue(run.output().contains("TornadoVM"), run::output);
        }
    }

    @Test
    void theSimdEngineLoadsNothingOfTornadoEvenWhereItIs() throws Exception {
        List<String> launch = new ArrayList<>(VECTORS);
        launch.addAll(
                List.of(System.getProperty("sepconv.tornado.launch", "").trim().split("\\s+")));
        Run run = run(launch, "simd");
        assertTrue(run.output().contains("\nsum "), run::output);
        assertEquals(0, run.ofTornado());
        // That the log would show it:
        assertTrue(run(launch, "java").ofTornado() > 0);
    }

    private Run run(List<String> launch, String engine) throws IOException, InterruptedException {
        Path program = folder.resolve("classes/dev/sepconv/engine/SimdAlone.class");
        Files.createDirectories(program.getParent());
        try (InputStream in = SimdAlone.class.getResourceAsStream("SimdAlone.class")) {
            Files.write(program, in.readAllBytes());
        }
        Path log = folder.resolve("classes.log");
        Path output = folder.resolve("output.txt");
        Path library = Path
                .of(Engines.class.getProtectionDomain().getCodeSource().getLocation().getPath());
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        launch.stream().filter(argument -> !argument.isEmpty()).forEach(command::add);
        command.addAll(List.of("-Xlog:class+load:file=" + log, "-cp",
                library + File.pathSeparator + folder.resolve("classes"), SimdAlone.class.getName(),
                engine));
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(output.toFile())
                .redirectError(folder.resolve("errors.txt").toFile());
        if (launch.size() <= VECTORS.size()) {
            builder.environment().remove("TORNADOVM_HOME");
        }
        builder.environment().keySet()
                .removeAll(List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS"));
        Process process = builder.start();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        assertEquals(0, process.waitFor(),
                () -> command + "\n" + read(folder.resolve("errors.txt")));
        return new Run(read(output), read(folder.resolve("errors.txt")), Files.readAllLines(log));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
