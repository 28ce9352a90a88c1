package dev.sepconv.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sepconv.EngineException;
import dev.sepconv.engine.Engines;
import dev.sepconv.io.Npy;
import dev.sepconv.io.Printable;
import dev.sepconv.kernel.Catalogue;
import dev.sepconv.onnx.OnnxGraph;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class MainTest {

    static Set<String> commands() {
        return Main.commandLine().getSubcommands().keySet();
    }

    @Test
    void saysItsVersion() {
        String out = Invocation.inProcess("--version").succeeded().out();
        assertTrue(out.matches("sepconv \\d+\\.\\d+\\.\\d+\\S*\\RJava 25\\S* \\(.+\\) on .+\\R"),
                out);
    }

    /** Help must have what picocli calls a command, whichever way it was built. */
    @Test
    void commandsHaveTheNameThatTheyAreFoundBy() {
        Main.commandLine().getSubcommands().forEach((name, command) -> assertEquals(name,
                command.getCommand().getClass().getAnnotation(CommandLine.Command.class).name()));
    }

    @Test
    void aCommandIsFoundWhateverStandsBeforeIt() {
        String help = Invocation.inProcess("params", "--help").succeeded().out();
        assertEquals(help, Invocation.inProcess("help", "params").succeeded().out());
        assertEquals(help, Invocation.inProcess("--trace", "params", "-h").succeeded().out());
        Invocation.inProcess("help", "parms").failed(2,
                "there is no command 'parms'; it must be one of compare, compare-devices, conv, ");
        Invocation.inProcess("parms", "x").failed(2, "there is no command 'parms'; it must ");
        Invocation.inProcess("--colour", "kernels").failed(2, "unknown option: '--colour'");
        assertEquals(Invocation.inProcess("--help").succeeded().out(),
                Invocation.inProcess("help").succeeded().out());
    }

    @Test
    void helpListsEveryCommand() {
        String out = Invocation.inProcess("--help").succeeded().out();
        assertTrue(commands().containsAll(Set.of("conv", "params", "devices", "kernels", "tune")),
                commands().toString());
        // one process asks it of another
        commands().forEach(command -> assertEquals(!command.equals("doctor-question"),
                out.contains("\n  " + command + " "), out));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandHasHelpAndVersion(String command) {
        for (String option : List.of("--help", "-h")) {
            String out = Invocation.inProcess(command, option).succeeded().out();
            assertTrue(out.startsWith("Usage: sepconv " + command) && out.contains("Exit codes:"),
                    out);
            assertEquals(out, Invocation.inProcess("help", command).succeeded().out());
        }
        for (int columns : List.of(60, 80, 160)) {
            StringWriter out = new StringWriter();
            assertEquals(0, Main.run(new PrintWriter(out), new PrintWriter(System.err),
                    () -> columns, command, "--help"));
            out.toString().lines().forEach(line -> assertTrue(line.length() <= columns, line));
        }
        assertTrue(Invocation.inProcess(command, "--version").succeeded().out()
                .startsWith("sepconv "));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandRefusesUnknownOptions(String command) {
        // where options are required, those that are missing are named first
        Invocation.inProcess(command, "--colour").failed(2, "(see sepconv " + command + " --help)");
    }

    @Test
    void helpIsACommandToo() {
        assertEquals(Invocation.inProcess("--help").succeeded().out(),
                Invocation.inProcess("help").succeeded().out());
        Invocation.inProcess("help", "convolve").failed(2,
                "there is no command 'convolve'; it must be one of compare, ");
    }

    /** No line ends within a word, and a command line that goes on can be copied. */
    @Test
    void helpIsCutBetweenWords() {
        assertEquals(List.of("  --a B  one two", "         three"),
                Usage.cut("  --a B  one two three", 16));
        assertEquals(List.of("one", "mobilenet-v1:0.5", "two"),
                Usage.cut("one mobilenet-v1:0.5 two", 6));
        assertEquals(List.of("  sepconv run \\", "      --size 32 \\", "      --x"),
                Usage.cut("  sepconv run --size 32 --x", 17));
        assertEquals(List.of("\033[1mone\033[0m two", "three"),
                Usage.cut("\033[1mone\033[0m two three", 8));
        assertEquals(List.of("Usage: sepconv run [-h]", "                   [--x]"),
                Usage.cut("Usage: sepconv run [-h] [--x]", 25));
    }

    @Test
    void helpIsAsWideAsColumnsSays() {
        assertEquals(100, Terminal.columns(Map.of("COLUMNS", "100"), -1));
        assertEquals(60, Terminal.columns(Map.of("COLUMNS", "1"), -1));
        assertEquals(160, Terminal.columns(Map.of("COLUMNS", "1000"), -1));
        for (String none : List.of("", "0", "-5", "wide", "99999999999")) {
            assertEquals(80, Terminal.columns(Map.of("COLUMNS", none), -1), none);
        }
    }

    /**
     * What a file says can colour nothing, move nothing, and hide nothing; JSON says it in full, by
     * its numbers.
     */
    @Test
    void namesOutOfFilesCanNotSteerATerminal(@TempDir Path folder) throws IOException {
        String name = "a\033[31mb\007c\rd\u202ee\u009bf\u2028g";
        String clean = "a?[31mb?c?d?e?f?g";
        Path model = Files.write(folder.resolve("model.onnx"), new OnnxGraph(13)
                .input("x", 1, 3, 2, 2).output(name).node("Relu", List.of("x"), name).bytes());
        String table = Invocation.inProcess("inspect", model).succeeded().out();
        assertTrue(table.contains(clean), table);
        assertClean(table);
        Invocation json = Invocation.inProcess("inspect", model, "--json").succeeded();
        assertClean(json.out());
        assertEquals(name, json.json().get("outputs").get(0).get("name").asText());
        String err = Invocation
                .inProcess("run", model, "--input", "no.npy", "--output", name + "=y.npy").err();
        assertClean(err);
        assertClean(Invocation.inProcess("compare", "no\033[31m\u202e.png")
                .failed(1, "no?[31m?.png is not there").err());
        assertClean(Invocation.inProcess("no\033[31m\u202e").failed(2, "no?[31m?").err());
        assertClean(Invocation.inProcess("conv", "--engine\033", "x").failed(2, "").err());
    }

    private static void assertClean(String text) {
        text.codePoints().filter(each -> each != '\n')
                .forEach(each -> assertTrue(Printable.isShown(each),
                        () -> "%04x in %s".formatted(each, text)));
    }

    @Test
    void sentencesEnd() {
        String endless = "ab\n".repeat(100_000);
        String err = Invocation.inProcess("compare", endless).err();
        assertTrue(err.length() < 600 && err.strip().endsWith("..."), err);
        assertEquals(499, Printable.sentence("\ud83d\ude00".repeat(400)).length(),
                "a pair isn't parted");
        assertEquals("one two", Printable.sentence(" one \n\n two "));
    }

    /** picocli wraps no Error. */
    @Test
    void saysThatMemoryRanOutInOneSentence(@TempDir Path folder)
            throws IOException, InterruptedException {
        ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "png",
                folder.resolve("p.png").toFile());
        Invocation
                .process(List.of("-Xmx48m"), "run", "xception", "--image", folder.resolve("p.png"),
                        "--engine", "simd")
                .failed(1,
                        "memory ran out at 48 MiB of Java heap; use smaller shapes, or a larger heap: JDK_JAVA_OPTIONS=-Xmx8g");
    }

    /** Before a model is read: none of these is there. */
    @Test
    void refusesWhatCanNotBeWrittenBeforeAnyWork(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        Path there = Files.createDirectories(folder.resolve("there.npy"));
        String[][] wrong = {
                {"run", "no.onnx", "--input", "no.npy", "--output", "y.txt",
                        "--output is y.txt; a NumPy array"},
                {"run", "no.onnx", "--input", "no.npy", "--output", "a=y",
                        "--output is y; a NumPy array"},
                {"run", "no.onnx", "--image", "no.png", "--picture", "p.jpg",
                        "--picture is p.jpg; a PNG picture"},
                {"inspect", "no.onnx", "--chart", "x.jpg", "--chart is x.jpg; a PNG picture"},
                {"conv", "--input", "no.npy", "--weights", "no.npy", "--output", "y.png",
                        "--output is y.png; a NumPy array"},
                {"decouple", "no.onnx", "--out", "", "--out is empty; name a folder"},
                {"run", "no.onnx", "--input", "no.npy", "--dump", " ",
                        "--dump is empty; name a folder"}};
        for (String[] each : wrong) {
            Invocation.inProcess((Object[]) Arrays.copyOf(each, each.length - 1)).failed(2,
                    each[each.length - 1]);
        }
        Object[][] failing = {
                {"run", "no.onnx", "--input", "no.npy", "--output", there,
                        "it is a folder; name a file"},
                {"run", "no.onnx", "--input", "no.npy", "--output", folder.resolve("a/y.NPY"),
                        "a does not exist"},
                {"run", "no.onnx", "--input", "no.npy", "--dump", file, "it is no folder"},
                {"run", "no.onnx", "--input", "no.npy", "--dump", file.resolve("a/b"),
                        "file is no folder"},
                {"decouple", "no.onnx", "--out", file, "it is no folder"},
                {"decouple", "--weights", "no.npy", "--out", file, "it is no folder"},
                {"conv", "--input", "no.npy", "--weights", "no.npy", "--output",
                        file.resolve("y.npy"), "does not exist"}};
        for (Object[] each : failing) {
            Invocation.inProcess(Arrays.copyOf(each, each.length - 1)).failed(1,
                    (String) each[each.length - 1]);
        }
        assertEquals(2, folder.toFile().list().length);
    }

    /**
     * How a command runs is said the first time, and when it changes; always where that is asked
     * for.
     */
    @Test
    void saysWhatWasChosenOnce(@TempDir Path folder) throws IOException {
        Path x = folder.resolve("x.npy");
        Npy.write(x, List.of(1, 1, 2, 2), new float[4]);
        Path w = folder.resolve("w.npy");
        Npy.write(w, List.of(1, 1, 1, 1), new float[1]);
        Object[] conv = {"conv", "--input", x, "--weights", w, "--output", folder.resolve("y.npy")};
        Path told = folder.resolve("caches/told.txt");
        String before = System.setProperty(Told.PROPERTY, told.toString());
        try {
            assertTrue(Invocation.inProcess(conv).err().startsWith("sepconv: engine "));
            assertEquals("", Invocation.inProcess(conv).err());
            assertTrue(Invocation.inProcess(with(conv, "--verbose")).err()
                    .startsWith("sepconv: engine "));
            assertEquals("", Invocation.inProcess(with(conv, "--engine", "java")).err());
            assertTrue(Invocation.inProcess(with(conv, "--engine", "java", "--verbose")).err()
                    .startsWith("sepconv: engine java on "));
            Files.writeString(told, "another line\n");
            assertTrue(Invocation.inProcess(conv).err().startsWith("sepconv: engine "));
            assertEquals(2, Files.readAllLines(told).size());
            // where nothing can be remembered nothing is said, as it would be said for ever
            System.setProperty(Told.PROPERTY, x.resolve("told.txt").toString());
            assertEquals("", Invocation.inProcess(conv).err());
        } finally {
            if (before == null) {
                System.clearProperty(Told.PROPERTY);
            } else {
                System.setProperty(Told.PROPERTY, before);
            }
        }
    }

    private static Object[] with(Object[] args, Object... more) {
        return Stream.concat(Stream.of(args), Stream.of(more)).toArray();
    }

    /**
     * Java puts the same letter for all bytes that it can't read; a file of that name isn't there,
     * but that isn't why.
     */
    @Test
    void saysThatANameCanNotBeRead() throws IOException, InterruptedException {
        Invocation.inProcess("compare", "caf\ufffd.jpg").failed(2,
                "is not UTF-8, as names must be for Java to open them; rename the file");
    }

    @Test
    void wantsACommandThatItKnows() {
        Invocation.inProcess().failed(2, "name a command: ");
        Invocation.inProcess("convolve", "--input", "x").failed(2,
                "there is no command 'convolve'; it must be one of ");
        Invocation.inProcess("devices", "all").failed(2, "'all'");
        Invocation.inProcess("devices", "--colour").failed(2,
                "unknown option: '--colour' (see sepconv devices --help)");
    }

    @Test
    void listsDevices() throws IOException {
        JsonNode document = Invocation.inProcess("devices", "--json").succeeded().json();
        Set<String> engines = new HashSet<>();
        document.get("devices").forEach(device -> engines.add(device.get("engine").asText()));
        assertTrue(engines.contains("java"));
        document.get("missing").forEach(missing -> {
            assertTrue(engines.add(missing.get("engine").asText()),
                    "both there and missing: " + missing);
            assertTrue(missing.get("fix").asText().length() > 10, missing.toString());
        });
        assertEquals(Set.copyOf(Engines.NAMES), engines);
        String table = Invocation.inProcess("devices").succeeded().out();
        document.get("devices")
                .forEach(device -> assertTrue(table.contains(device.get("name").asText()), table));
        document.get("missing")
                .forEach(missing -> assertTrue(table.contains(missing.get("fix").asText()), table));
    }

    @Test
    void listsEveryKernelOfTheCatalogue() throws IOException {
        List<String> names = new ArrayList<>();
        Invocation.inProcess("kernels", "--json").succeeded().json().get("kernels")
                .forEach(kernel -> names.add(kernel.get("name").asText()));
        assertEquals(Catalogue.all().stream().map(kernel -> kernel.name()).toList(), names);
        String table = Invocation.inProcess("kernels").succeeded().out();
        assertEquals(names, table.lines().skip(1).map(line -> line.split(" ")[0]).toList());
    }

    @Test
    void mapsFailuresToExitCodes() {
        assertFailure(new IllegalArgumentException("stride is 0"), 2, "stride is 0");
        assertFailure(new EngineException("no device"), 1, "no device");
        assertFailure(new EngineException("two\n  lines"), 1, "two lines");
        assertFailure(new IOException("disk"), 1, "disk");
        assertFailure(new UncheckedIOException(new NoSuchFileException("x.npy")), 1,
                "x.npy: there is no such file or folder");
        assertFailure(new OutOfMemoryError("Java heap space"), 1, "memory ran out");
        assertFailure(new NullPointerException("x"), 1, "bug of sepconv");
        assertFailure(new IllegalArgumentException(), 1, "bug of sepconv");
        assertFailure(new StackOverflowError(), 1, "Java's stack ran out");
    }

    private static void assertFailure(Throwable thrown, int code, String said) {
        Failure failure = Failure.of(thrown);
        assertEquals(code, failure.exitCode());
        assertTrue(failure.sentence().contains(said), failure.sentence());
        assertEquals(1, failure.sentence().lines().count());
    }

    @Test
    void printsAStackTraceOnlyWhenAskedFor() {
        Object[] args = {"conv", "--input", "missing.npy", "--weights", "w.npy", "--output",
                "y.npy"};
        Invocation.inProcess(args).failed(1, "missing.npy: there is no such file or folder");
        List<Object> traced = new ArrayList<>(List.of(args));
        traced.add("--trace");
        String err = Invocation.inProcess(traced.toArray()).err();
        assertTrue(err.contains("NoSuchFileException") && err.contains("\tat "), err);
    }
}
