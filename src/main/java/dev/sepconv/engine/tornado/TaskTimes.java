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
        JsonNode time;
        try {
            time = JSON.readTree(log).path(graph).path(graph + "." + task).path("TASK_KERNEL_TIME");
        } catch (JsonProcessingException e) {
            throw new EngineException("TornadoVM's profile is no JSON: " + e.getOriginalMessage(), e);
        }
        if (time.isMissingNode()) {
            throw new EngineException("TornadoVM's profile tells no kernel time of task %s; use version 5.2".formatted(task));
        }
        return time.asLong();
    }
}
