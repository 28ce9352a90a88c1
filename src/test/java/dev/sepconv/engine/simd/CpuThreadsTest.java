package dev.sepconv.engine.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CpuThreadsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            value = {"|| 8", "3 || 3", "| 2 | 2", "3 | 2 | 3", "' ' | '' | 8", "1024 || 1024"})
    void thePropertyComesBeforeTheVariableAndThatBeforeTheProcessors(String property,
            String variable, int threads) {
        assertEquals(threads, CpuThreads.count(property, variable, 8));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            value = {"0 || sepconv.threads is '0'; it must be a whole number from 1 to 1024",
                    "two || sepconv.threads is 'two'; it must be a whole number from 1 to 1024",
                    "| -1 | SEPCONV_THREADS is '-1'; it must be a whole number from 1 to 1024",
                    "| 1025 | SEPCONV_THREADS is '1025'; it must be a whole number from 1 to 1024"})
    void anotherValueIsRefused(String property, String variable, String sentence) {
        assertEquals(sentence, assertThrows(IllegalArgumentException.class,
                () -> CpuThreads.count(property, variable, 8)).getMessage());
    }

    @Test
    @ResourceLock(Resources.SYSTEM_PROPERTIES)
    void anEngineHasAsMany() {
        System.setProperty(CpuThreads.PROPERTY, "3");
        try (SimdEngine engine = SimdEngine.open()) {
            assertEquals("3 threads", engine.devices().getFirst().name().split(", ")[2]);
        } finally {
            System.clearProperty(CpuThreads.PROPERTY);
        }
    }
}
