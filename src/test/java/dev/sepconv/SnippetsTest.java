package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The programs in the documents compile and run, and print what stands below them; the other files
 * are those of the examples.
 */
class SnippetsTest {

    private static final Path LIBRARY = Path.of("docs/library.md");
    private static final Path EXAMPLE = Path.of("examples/onnx-pictures");

    @TempDir
    Path folder;

    @Test
    void theReadmesExampleRunsWithoutTornadoVm() throws Exception {
        Ran ran = run(Markdown.read(Path.of("README.md")).blocks("java").getFirst());
        assertEquals("[1, 64, 112, 112]\n", ran.out(), ran.err());
        assertTrue(ran.err().contains("engine simd"), ran.err());
    }

    @TestFactory
    Stream<DynamicTest> theLibrarysExamplesPrintWhatStandsBelowThem() {
        List<Markdown.Block> blocks = Markdown.read(LIBRARY).blocks();
        List<DynamicTest> tests = new ArrayList<>();
        for (int i = 0; i < blocks.size(); i++) {
            Markdown.Block program = blocks.get(i);
            if (program.language().equals("java")) {
                Markdown.Block printed = blocks.get(i + 1);
                assertEquals("text", printed.language(),
                        program + " is not followed by what it prints");
                tests.add(DynamicTest.dynamicTest(program.toString(), () -> {
                    Ran ran = run(program);
                    assertEquals(printed.text(), ran.out(), ran.err());
                    assertEquals(0, ran.code(), ran.err());
                }));
            }
        }
        assertTrue(tests.size() >= 4, "%d programs were found".formatted(tests.size()));
        return tests.stream();
    }

    @Test
    void jshellFindsTheEngine() throws Exception {
        Markdown.Block block = Markdown.read(LIBRARY).blocks("bash").stream()
                .filter(b -> b.text().contains("jshell")).findFirst().orElseThrow();
        String command = block.text().substring(block.text().indexOf("jshell ")).strip();
        Path input = Files.writeString(folder.resolve("input.jsh"),
                "System.out.println(dev.sepconv.Sepconv.open(\"simd\").engine().name())\n/exit\n");
        ProcessBuilder bash = new ProcessBuilder("bash", "-c",
                command + " -J-Djava.util.prefs.userRoot=" + folder + " " + input);
        bash.environment().merge("PATH", Path.of(System.getProperty("java.home"), "bin") + ":",
                (old, jdk) -> jdk + old);
        Process process = bash.redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), out);
        assertTrue(out.lines().anyMatch("simd"::equals), out);
    }

    @Test
    void thePomIsTheOneThatTheBuildRuns() throws IOException {
        assertEquals(Files.readString(EXAMPLE.resolve("pom.xml")),
                Markdown.read(LIBRARY).blocks("xml").getFirst().text());
    }

    private record Ran(int code, String out, String err) {
    }

    /**
     * Runs a block as a program, imports first and the rest in {@code main}, in the example's
     * folder.
     */
    private Ran run(Markdown.Block block) throws Exception {
        List<String> imports = new ArrayList<>();
        List<String> body = new ArrayList<>();
        block.lines().forEach(line -> (line.startsWith("import ") ? imports : body).add(line));
        Path source = folder.resolve("Example.java");
        Files.writeString(source, "%s\nvoid main() throws Exception {\n%s\n}\n"
                .formatted(String.join("\n", imports), String.join("\n", body)));
        Path err = folder.resolve("err");
        // not this Java's class path: what the tests and the command line use besides must not be
        // needed
        String libraries = LibraryArtifact.classPath(Path.of("target/classes"));
        Process process = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--add-modules",
                "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "--class-path",
                libraries, source.toAbsolutePath().toString()).directory(EXAMPLE.toFile())
                .redirectError(err.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ran(process.waitFor(), out, Files.readString(err));
    }
}
