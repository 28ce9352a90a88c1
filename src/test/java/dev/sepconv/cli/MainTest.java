package dev.sepconv.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sepconv.EngineException;
import dev.sepconv.engine.Engines;
import dev.sepconv.kernel.Catalogue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class MainTest {

    static Set<String> commands() {
        return new CommandLine(new Main()).getSubcommands().keySet();
    }

    @Test
    void saysItsVersion() {
        String out = Invocation.inProcess("--version").succeeded().out();
        assertTrue(out.matches("sepconv \\d+\\.\\d+\\.\\d+\\S*\\RJava 25\\S* \\(.+\\) on .+\\R"), out);
    }

    @Test
    void helpListsEveryCommand() {
        String out = Invocation.inProcess("--help").succeeded().out();
        assertTrue(commands().containsAll(Set.of("conv", "params", "devices", "kernels", "tune")), commands().toString());
        commands().forEach(command -> assertEquals(!command.equals("doctor-question"), // one process asks it of another
                out.contains("\n  " + command + " "), out));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandHasHelpAndVersion(String command) {
        for (String option : List.of("--help", "-h")) {
            String out = Invocation.inProcess(command, option).succeeded().out();
            assertTrue(out.startsWith("Usage: sepconv " + command) && out.contains("Exit codes:"), out);
            out.lines().forEach(line -> assertTrue(line.length() <= 100, line));
        }
        assertTrue(Invocation.inProcess(command, "--version").succeeded().out().startsWith("sepconv "));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandRefusesUnknownOptions(String command) {
        // where options are required, those that are missing are named first
        Invocation.inProcess(command, "--colour").failed(2, "(see sepconv " + command + " --help)");
    }

    @Test
    void wantsACommandThatItKnows() {
        Invocation.inProcess().failed(2, "name a command: ");
        Invocation.inProcess("convolve", "--input", "x").failed(2, "there is no command 'convolve'; it must be one of ");
        Invocation.inProcess("devices", "all").failed(2, "'all'");
        Invocation.inProcess("devices", "--colour").failed(2, "unknown option: '--colour' (see sepconv devices --help)");
    }

    @Test
    void listsDevices() throws IOException {
        JsonNode document = Invocation.inProcess("devices", "--json").succeeded().json();
        Set<String> engines = new HashSet<>();
        document.get("devices").forEach(device -> engines.add(device.get("engine").asText()));
        assertTrue(engines.contains("java"));
        document.get("missing").forEach(missing -> {
            assertTrue(engines.add(missing.get("engine").asText()), "both there and missing: " + missing);
            assertTrue(missing.get("mend").asText().length() > 10, missing.toString());
        });
        assertEquals(Set.copyOf(Engines.NAMES), engines);
        String table = Invocation.inProcess("devices").succeeded().out();
        document.get("devices").forEach(device -> assertTrue(table.contains(device.get("name").asText()), table));
        document.get("missing").forEach(missing -> assertTrue(table.contains(missing.get("mend").asText()), table));
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
        assertFailure(new UncheckedIOException(new NoSuchFileException("x.npy")), 1, "x.npy: there is no such file or folder");
        assertFailure(new OutOfMemoryError("Java heap space"), 1, "memory ran out");
        assertFailure(new NullPointerException("x"), 1, "bug of sepconv");
        assertFailure(new IllegalArgumentException(), 1, "bug of sepconv");
        assertFailure(new StackOverflowError(), 1, "bug of sepconv");
    }

    private static void assertFailure(Throwable thrown, int code, String said) {
        Failure failure = Failure.of(thrown);
        assertEquals(code, failure.exitCode());
        assertTrue(failure.sentence().contains(said), failure.sentence());
        assertEquals(1, failure.sentence().lines().count());
    }

    @Test
    void printsAStackTraceOnlyWhenAskedFor() {
        Object[] args = {"conv", "--input", "missing.npy", "--weights", "w.npy", "--output", "y.npy"};
        Invocation.inProcess(args).failed(1, "missing.npy: there is no such file or folder");
        List<Object> traced = new ArrayList<>(List.of(args));
        traced.add("--trace");
        String err = Invocation.inProcess(traced.toArray()).err();
        assertTrue(err.contains("NoSuchFileException") && err.contains("\tat "), err);
    }
}
