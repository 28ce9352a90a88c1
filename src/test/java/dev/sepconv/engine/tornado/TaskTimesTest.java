package dev.sepconv.engine.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

/**
 * TornadoVM's profile as docs/source/dev-tools.rst of version 5.2 shows it: all numbers are texts.
 */
class TaskTimesTest {

    private static String log(String firstPower, String secondPower) {
        return """
                {"layer": {
                    "TOTAL_KERNEL_TIME": "3000000",
                    "layer.stage0": {"METHOD": "A.a", "POWER_USAGE_mW": "%s", "TASK_KERNEL_TIME": "1000000"},
                    "layer.stage1": {"METHOD": "A.b", "POWER_USAGE_mW": "%s", "TASK_KERNEL_TIME": "2000000"}
                }}"""
                .formatted(firstPower, secondPower);
    }

    @Test
    void energyIsEachKernelsTimeByItsPower() {
        // 50 W for 1 ms and 100 W for 2 ms
        assertEquals(0.25, TaskTimes.energyJoules(log("50000", "100000"), "layer"), 1e-12);
        assertNull(TaskTimes.energyJoules(log("50000", "n/a"), "layer"));
        assertNull(TaskTimes.energyJoules(log("n/a", "n/a"), "layer"));
        assertNull(TaskTimes.energyJoules("{}", "layer"));
        assertEquals(2_000_000, TaskTimes.kernelNanos(log("n/a", "n/a"), "layer", "stage1"));
    }
}
