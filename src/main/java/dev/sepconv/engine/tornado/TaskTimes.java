package dev.sepconv.engine.tornado;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sepconv.EngineException;

/** Reads what TornadoVM's profiler says of each task: its API tells only sums, its log is JSON. */
final class TaskTimes {

    private static final ObjectMapper JSON = new ObjectMapper();

    private TaskTimes() {
    }

    /**
     * A kernel's time in nanoseconds.
     *
     * @param log of one run: an object with the graph's name, in it one for each task, {@code graph.task}
     * @throws EngineException if the task is missing: another version of TornadoVM
     */
    static long kernelNanos(String log, String graph, String task) {
        JsonNode time = graph(log, graph).path(graph + "." + task).path("TASK_KERNEL_TIME");
        if (time.isMissingNode()) {
            throw new EngineException("TornadoVM's profile tells no kernel time of task %s; use version 5.2".formatted(task));
        }
        return time.asLong();
    }

    /**
     * What all kernels took in joules: each one's time and the power at its end, which NVML tells of NVIDIA's GPUs and Level Zero's
     * SYSMAN of Intel's.
     *
     * @return null if it is not told for each of them
     */
    static Double energyJoules(String log, String graph) {
        double joules = 0;
        boolean any = false;
        for (JsonNode task : graph(log, graph)) {
            if (task.has("TASK_KERNEL_TIME")) {
                long milliwatts = task.path("POWER_USAGE_mW").asLong(0); // "n/a" where it isn't told
                if (milliwatts <= 0) {
                    return null;
                }
                joules += milliwatts * 1e-3 * task.path("TASK_KERNEL_TIME").asLong() * 1e-9;
                any = true;
            }
        }
        return any ? joules : null;
    }

    private static JsonNode graph(String log, String graph) {
        try {
            return JSON.readTree(log).path(graph);
        } catch (JsonProcessingException e) {
            throw new EngineException("TornadoVM's profile is no JSON: " + e.getOriginalMessage(), e);
        }
    }
}
