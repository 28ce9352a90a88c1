package dev.sepconv.engine.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.ScriptRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code scripts/gpu-lab} where nothing of a lab is there, or what only seems to be one. */
class GpuLabTest {

    private static final Path SCRIPT = ScriptRun.script("gpu-lab");

    @TempDir
    private Path lab;

    @ParameterizedTest
    @ValueSource(strings = {"check", "check cuda", "check ptx", "check opencl", "check spirv",
            "check ptx networks", "split", "split opencl", "races", "ptxas", "cycles", "all"})
    void whatIsNotThereIsNotRunAndNeverPassed(String arguments) throws Exception {
        ScriptRun result = ScriptRun.of(SCRIPT, arguments);
        assertEquals(3, result.code(), result.output());
        assertTrue(result.output().lines().allMatch(line -> line.startsWith("not run ")),
                result.output());
        assertTrue(result.output().contains("TORNADOVM_HOME") || arguments.equals("races"),
                result.output());
        assertFalse(result.output().contains("right"), result.output());
    }

    /** A lab of empty files, whose Java prints lines. */
    private ScriptRun pretend(List<String> settings, String... lines) throws Exception {
        Path jars = Files.createDirectories(lab.resolve("share/java/tornado"));
        for (String backend : List.of("cuda", "ptx")) {
            Files.createFile(jars.resolve("tornado-drivers-" + backend + "-1.jar"));
        }
        for (String file : List.of("libcuda.so.1", "libnvrtc.so", "gpgpusim.config")) {
            Files.createFile(lab.resolve(file));
        }
        for (String tool : List.of("nvcc", "ptxas")) {
            program(tool, "");
        }
        program("java", """
                [ "$1" != -version ] || { echo 'openjdk version "25"' >&2; exit; }
                printf '%%s\\n' "$@" >%s/arguments
                printf '%%s\\n' %s
                """.formatted(lab, "'" + String.join("' '", lines) + "'"));
        List<String> command = new ArrayList<>(
                List.of("/usr/bin/env", "PATH=" + lab + ":" + System.getenv("PATH"),
                        "SEPCONV_JAVA=" + lab.resolve("java"), "TORNADOVM_HOME=" + lab,
                        "GPU_DRIVER=" + lab, "GPU_RUNTIME=" + lab, "SIMGPU_CONFIG=" + lab));
        command.addAll(settings);
        command.addAll(List.of(SCRIPT.toString(), "check", "ptx", "kernels"));
        return ScriptRun.of(command);
    }

    private void program(String name, String body) throws IOException {
        Path file = lab.resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + body);
        assertTrue(file.toFile().setExecutable(true));
    }

    @ParameterizedTest
    @CsvSource({"right,0", "refused,0", "not run,3", "wrong,1", "failed,1"})
    void whatIsRefusedIsNoFailureAndWhatIsNotRunIsSaid(String outcome, int code) throws Exception {
        ScriptRun result = pretend(List.of(), "right       one: it is",
                "%-11s another: why".formatted(outcome));
        assertEquals(code, result.code(), result.output());
        assertTrue(result.output().contains("another: why"), result.output());
        assertTrue(
                result.output()
                        .contains(outcome.equals("right") ? "in all     right 2" : outcome + " 1"),
                result.output());
    }

    @ParameterizedTest
    @CsvSource({"'',''", "ptx,ptx"})
    void localMemoryIsLeftOutOnlyWhereSomeoneSaysSo(String setting, String passed)
            throws Exception {
        pretend(List.of("NO_LOCAL_MEMORY=" + setting), "right       one: it is");
        assertTrue(Files.readAllLines(lab.resolve("arguments"))
                .contains("-Dsepconv.noLocalMemory=" + passed));
    }

    @Test
    void saysWhatIsThere() throws Exception {
        ScriptRun result = ScriptRun.of(SCRIPT, "");
        assertEquals(0, result.code(), result.output());
        assertTrue(result.output().contains("not there  GPU_DRIVER: simulated CUDA driver"),
                result.output());
        assertTrue(result.output().contains("races        can not be run: no "), result.output());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {"foo| 'foo' is none of",
            "check metal| check 'metal': it is for cuda, ptx, opencl or spirv",
            "check ptx speed| check ptx 'speed': its parts are kernels, networks, compare and tune",
            "split ptx| split 'ptx': it is for cuda or opencl", "races twice| 'twice' is too much"})
    void usageIsChecked(String arguments, String words) throws Exception {
        ScriptRun result = ScriptRun.of(SCRIPT, arguments);
        assertEquals(2, result.code(), result.output());
        assertTrue(result.output().startsWith("gpu-lab: " + words), result.output());
    }

    @Test
    void helpNamesEveryVariable() throws Exception {
        ScriptRun result = ScriptRun.of(SCRIPT, "--help");
        assertEquals(0, result.code(), result.output());
        for (String variable : List.of("TORNADOVM_HOME", "OPENCL_SDK", "GPU_DRIVER", "GPU_RUNTIME",
                "SIMGPU_CONFIG", "SPIRV_SDK", "LLVM_SPIRV", "NO_LOCAL_MEMORY", "OCLGRIND_ICD",
                "SEPCONV_JAVA")) {
            assertTrue(result.output().contains("\n  " + variable + " "), variable);
        }
    }
}
