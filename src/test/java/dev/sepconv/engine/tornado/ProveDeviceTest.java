package dev.sepconv.engine.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.ScriptRun;
import dev.sepconv.engine.tornado.ProofPage.State;
import dev.sepconv.engine.tornado.ProofPage.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code scripts/prove-device} where there is no device, and the page of what steps left. */
class ProveDeviceTest {

    private static final Path SCRIPT = ScriptRun.script("prove-device");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {"\"\"| name a device",
            "--fast cuda| there is no option '--fast'", "cuda ptx| 'ptx' is too much",
            "--out| --out needs a value",
            "--minutes soon cuda| --minutes is 'soon'; it must be a whole number from 1 to 9999"})
    void usageIsChecked(String arguments, String words) throws Exception {
        ScriptRun result = ScriptRun.of(SCRIPT, arguments);
        assertEquals(2, result.code(), result.output());
        assertEquals("prove-device: " + words + "; see prove-device --help\n", result.output());
    }

    @Test
    void helpSaysWhatABareMachineNeeds() throws Exception {
        ScriptRun result = ScriptRun.of(SCRIPT, "--help");
        assertEquals(0, result.code(), result.output());
        for (String word : List.of("--out", "--minutes", "--small", "Java 25", "TORNADOVM_HOME",
                "without Maven", "Exit code")) {
            assertTrue(result.output().contains(word), word);
        }
    }

    @Test
    void withoutAnSdkNothingIsWritten() throws Exception {
        ScriptRun result = ScriptRun.of(SCRIPT, "--out " + folder.resolve("proof") + " cuda");
        assertEquals(1, result.code(), result.output());
        assertEquals(
                "prove-device: TORNADOVM_HOME names no SDK of TornadoVM (5.2, with the backend of the device)\n",
                result.output());
        assertFalse(Files.exists(folder.resolve("proof")));
    }

    private void left(String name, int code, String out) throws IOException {
        Files.writeString(folder.resolve(name + ".state"),
                "code=%d\nseconds=7\nlimit=60\ndate=2026-01-01\n".formatted(code));
        Files.writeString(folder.resolve(name + ".out"), out);
        Files.writeString(folder.resolve(name + ".err"), "sepconv: <no> such device\n\n");
    }

    @Test
    void whatFailedWasCutOffOrNotRunIsARow() throws Exception {
        Files.writeString(folder.resolve("device"), "cuda\n");
        left("doctor", 0,
                """
                        {"environment": {"java": "25.0.3"}, "checks": [
                          {"title": "SDK", "state": "ok", "finding": "5.2.0-jdk25 at /sdk (TORNADOVM_HOME)"},
                          {"title": "cuda:0:0", "state": "ok", "finding": "A GPU (gpu), CUDA 13.0"},
                          {"title": "OpenCL", "state": "warning", "finding": "no driver"}]}
                        """);
        left("kernels", 1, "right       a: 1\nright       b: 2\nwrong       c: 1e-3 off\n");
        left("tune-v1", 124, "{\"convolutions\": [");
        left("tune-v2", 0, """
                {"convolutions": [{"winner": "_k8", "byDefault": "_p4"}]}
                """);
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), ProofPage.class.getName(), folder.toString(),
                "cuda", "abc1234", "doctor", "kernels", "tune-v1", "tune-v2", "blocks");
        ScriptRun result = ScriptRun.of(command);
        assertEquals(1, result.code(), result.output());
        String row = Files.readString(folder.resolve("row.md"));
        assertTrue(row.startsWith("| cuda | A GPU (gpu), CUDA 13.0 | | 5.2.0-jdk25 | 25.0.3 | "),
                row);
        assertTrue(row.contains("doctor done (OpenCL: no driver); kernels failed (2 right, 1 "
                + "wrong: c: 1e-3 off; exit code 1: sepconv: <no> such device); "
                + "tune-v1 cut off (cut off after 60 s); tune-v2 done (1 convolution, of which "
                + "1 has a faster kernel than the default); blocks not run"), row);
        String page = Files.readString(folder.resolve("index.html"));
        assertTrue(page.contains("Of 5 steps: 2 done, 1 failed, 1 cut off, 1 not run."), page);
        assertTrue(page.contains("sepconv: &lt;no&gt; such device"), page);
    }

    /** 2 million operations in 4 ms are 0.5 GFLOP/s, of 5; 1 million bytes 0.25 GB/s, of 0.5. */
    @Test
    void blocksAreBesideWhatTheDeviceReaches() throws Exception {
        Files.writeString(folder.resolve("device"), "cuda small\n");
        left("blocks", 0, "");
        Files.createDirectory(folder.resolve("blocks"));
        Files.writeString(folder.resolve("blocks/devices.json"), """
                {"work": [{"id": "depthwise", "flops": 2000000, "bytes": 1000000}],
                 "machines": [{"devices": [{"id": "cuda:0:0", "gflopsPeak": 5, "bandwidthPeak": 0.5,
                  "cells": [{"work": "depthwise", "state": "ok", "relativeError": 1e-7,
                   "kernel": {"medianMillis": 4}, "endToEnd": {"medianMillis": 9}},
                   {"work": "depthwise", "state": "failed", "error": "no memory"},
                   {"work": "depthwise", "state": "not_run", "error": "not run: too slow"}]}]}]}
                """);
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), ProofPage.class.getName(), folder.toString(),
                "cuda", "", "blocks");
        ScriptRun result = ScriptRun.of(command);
        assertEquals(0, result.code(), result.output());
        String page = Files.readString(folder.resolve("index.html"));
        assertTrue(page.contains("<td>4.00</td><td>9.00</td><td>10 %</td><td>50 %</td>"
                + "<td class=\"text\">right, 1.0e-07 off</td>"), page);
        assertTrue(page.contains("<td class=\"text\">failed; no memory</td>"), page);
        assertTrue(page.contains("<td class=\"text\">not run: too slow</td>"), page);
        assertTrue(page.contains("small, results only: no time here means anything"), page);
    }

    @Test
    void onlyWhatIsAllDoneEndsWithZero() {
        Step right = new Step("a", State.DONE, 1, "");
        assertEquals(0, ProofPage.code(List.of(right)));
        assertEquals(3, ProofPage.code(List.of(right, new Step("b", State.NOT_RUN, 0, ""))));
        assertEquals(3, ProofPage.code(List.of(right, new Step("b", State.CUT_OFF, 1, ""))));
        assertEquals(1, ProofPage.code(List.of(right, new Step("b", State.FAILED, 1, ""),
                new Step("c", State.NOT_RUN, 0, ""))));
    }
}
