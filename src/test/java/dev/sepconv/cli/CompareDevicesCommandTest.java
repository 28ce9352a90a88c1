package dev.sepconv.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sepconv.report.DevicesReport;
import dev.sepconv.report.DevicesSchema;
import dev.sepconv.survey.Survey;
import dev.sepconv.survey.Survey.Cell;
import dev.sepconv.survey.Survey.Machine;
import dev.sepconv.survey.Survey.State;
import dev.sepconv.survey.Survey.Surveyed;
import dev.sepconv.survey.Survey.Work;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareDevicesCommandTest {

    @TempDir
    Path folder;

    private Path suite;
    private Path out;

    @BeforeEach
    void write() throws IOException {
        suite = Files.writeString(folder.resolve("suite.txt"),
                "standard 4x9x9 8\nseparable 8x10x10 16 s2\n");
        out = folder.resolve("out");
    }

    private Invocation compare(Object... more) {
        List<Object> args = new ArrayList<>(
                List.of("compare-devices", "--out", out, "--seconds", 0.01));
        args.addAll(List.of(more));
        return Invocation.inProcess(args.toArray());
    }

    @Test
    void refusesWithOneSentence() throws IOException {
        compare("--suite", "artikel").failed(2,
                "suite is 'artikel'; it must be article, mobilenet-v1, networks or a file");
        compare("--batch", "1,0").failed(2, "batch is 0; it must be at least 1");
        compare("--engines", "simd,gpu").failed(2,
                "--engines has 'gpu'; each must be one of tornado, simd, plain, java");
        compare("--engines", "simd", "--devices", "gpu").failed(2,
                "device is 'gpu'; the devices here are: simd");
        compare("--timeout", 0).failed(2, "--timeout is 0; it must be from 1 to 86400");
        compare("--name", " ").failed(2, "--name is empty");
        Invocation.inProcess("compare-devices", "--seconds", 0).failed(2,
                "--seconds is 0.0; it must be above 0 and at most 600");
        Invocation.inProcess("compare-devices", "--out", "").failed(2, "--out is empty");
        Path missing = folder.resolve("none.json");
        Invocation.inProcess("compare-devices", "--merge", missing).failed(1,
                missing + ": there is no such file");
        Invocation.inProcess("compare-devices", "--quick", "--merge", missing).failed(2,
                "--merge measures nothing, so --quick says nothing");
        Path file = Files.writeString(folder.resolve("file"), "a file");
        Invocation.inProcess("compare-devices", "--out", file).failed(1, file + " is a file");
        assertEquals("a file", Files.readString(file));
    }

    @Test
    void measuresTheEnginesThatNeedNoSdk() throws IOException {
        Invocation done = compare("--suite", suite, "--engines", "simd,java", "--batch", "1,2",
                "--name", "a machine", "--json");
        assertEquals(0, done.code(), done.err());
        JsonNode printed = done.json();
        assertEquals(new ObjectMapper().readTree(out.resolve("devices.json").toFile()), printed);
        DevicesSchema.assertFits(out.resolve("devices.json"));
        Survey survey = DevicesReport.read(out.resolve("devices.json"));
        assertEquals(List.of(suite.toString()), survey.suites());
        assertEquals(
                List.of("standard 4x9x9 s1 8 b1", "standard 4x9x9 s1 8 b2",
                        "separable 8x10x10 s2 16 b1", "separable 8x10x10 s2 16 b2"),
                survey.work().stream().map(Work::id).toList());
        Machine machine = survey.machines().getFirst();
        assertEquals("a machine", machine.name());
        assertTrue(machine.finished() && machine.memoryBytes() > 1 << 28
                && machine.command().startsWith("sepconv compare-devices "));
        assertEquals(List.of("simd", "java"),
                machine.devices().stream().map(Surveyed::id).toList());
        for (Surveyed device : machine.devices()) {
            assertEquals(State.OK, device.state());
            assertTrue(device.gflopsPeak() > 1 && device.bandwidthPeak() > 0.5, device.toString());
            assertTrue(device.cells().stream().allMatch(cell -> cell.state() == State.OK),
                    device.cells().toString());
        }
        assertTrue(done.err().contains("sepconv: java: 4 of 4 ran"), done.err());

        // the same again by another name, and both on one page
        Path other = folder.resolve("other");
        Files.writeString(suite, "standard 4x9x9 8\n");
        Invocation table = Invocation.inProcess("compare-devices", "--out", other, "--suite", suite,
                "--engines", "simd", "--seconds", 0.01, "--name", "another");
        assertEquals(0, table.code(), table.err());
        assertTrue(table.out().contains("CONVOLUTION") && table.out().contains("*"), table.out());
        Path both = folder.resolve("both");
        Invocation merged = Invocation.inProcess("compare-devices", "--out", both, "--merge",
                out.resolve("devices.json"), other.resolve("devices.json"));
        assertEquals(0, merged.code(), merged.err());
        assertEquals(List.of("a machine", "another"),
                DevicesReport.read(both.resolve("devices.json")).machines().stream()
                        .map(Machine::name).toList());
    }

    /** Ctrl-C's signal, for real, while the second device is at work. */
    @Test
    void keepsWhatIsDoneWhenInterrupted() throws IOException, InterruptedException {
        // nothing for simd; java would need half a minute
        Files.writeString(suite, "standard 256x64x64 256\n");
        Process process = Invocation.start(List.of(), "compare-devices", "--suite", suite,
                "--engines", "simd,java", "--out", out, "--seconds", 0.01);
        List<ProcessHandle> children;
        try (BufferedReader err = process.errorReader()) {
            String line = err.readLine();
            while (line != null && !line.startsWith("sepconv: simd: 1 of 1 ran")) {
                line = err.readLine();
            }
            assertTrue(line != null, "it ended too soon");
            for (int i = 0; i < 300 && process.children().findAny().isEmpty(); i++) {
                Thread.sleep(20);
            }
            children = process.children().toList();
            assertFalse(children.isEmpty());
            assertEquals(0,
                    new ProcessBuilder("kill", "-" + signal(), String.valueOf(process.pid()))
                            .start().waitFor());
            String said = String.join("\n", err.lines().toList());
            assertTrue(said.contains("sepconv: interrupted; what was measured until then is kept"),
                    said);
        }
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        assertEquals(130, process.exitValue());
        assertTrue(children.stream().noneMatch(ProcessHandle::isAlive));
        DevicesSchema.assertFits(out.resolve("devices.json"));
        Machine machine = DevicesReport.read(out.resolve("devices.json")).machines().getFirst();
        assertFalse(machine.finished());
        assertTrue(machine.devices().getFirst().cells().stream()
                .allMatch(cell -> cell.state() == State.OK));
        assertEquals(State.NOT_RUN, machine.devices().getLast().cells().getLast().state());
    }

    /**
     * A shell starts what it puts into the background with Ctrl-C ignored, and whatever that starts
     * ignores it too.
     */
    private static String signal() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (Files.exists(status)) {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith("SigIgn:")
                        && (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 1 << 1) != 0) {
                    return "TERM";
                }
            }
        }
        return "INT";
    }

    /** Where PoCL is the driver there are two, by the Maven build's environment. */
    @Test
    @Tag("device")
    void measuresEveryDeviceOfTornadoVm() throws IOException {
        Invocation done = compare("--suite", suite, "--engines", "tornado");
        assertEquals(0, done.code(), done.err());
        DevicesSchema.assertFits(out.resolve("devices.json"));
        Machine machine = DevicesReport.read(out.resolve("devices.json")).machines().getFirst();
        List<String> ids = Invocation.inProcess("devices", "--json").json().findValuesAsText("id");
        assertEquals(ids.stream().filter(id -> id.contains(":")).toList(),
                machine.devices().stream().map(Surveyed::id).toList());
        assertTrue(machine.tornadoVm().matches("\\d.* with .+"), machine.tornadoVm());
        for (Surveyed device : machine.devices()) {
            assertEquals(State.OK, device.state());
            assertTrue(device.gflopsPeak() > 1 && device.bandwidthPeak() > 0.5
                    && !device.driver().isBlank(), device.toString());
            for (Cell cell : device.cells()) {
                assertEquals(State.OK, cell.state(), cell.toString());
                assertTrue(cell.kernel().medianMillis() > 0 && !cell.kernels().isEmpty()
                        && cell.compileMillis() > 1, cell.toString());
            }
        }
    }
}
