package dev.sepconv.engine.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.ScriptRun;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code scripts/gpu-lab} where nothing of a lab is there. */
class GpuLabTest {

    private static final Path SCRIPT = ScriptRun.script("gpu-lab");

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
                "SIMGPU_CONFIG", "SPIRV_SDK", "LLVM_SPIRV", "OCLGRIND_ICD", "SEPCONV_JAVA")) {
            assertTrue(result.output().contains("\n  " + variable + " "), variable);
        }
    }
}
