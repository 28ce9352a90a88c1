package dev.sepconv.engine.tornado;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sepconv.EngineException;
import java.util.ArrayList;
import java.util.List;

/** Reads what TornadoVM's profiler says of each task: its API tells only sums, its log is JSON. */
final class TaskTimes {

    private static final ObjectMapper JSON = new ObjectMapper();

    private TaskTimes() {
    }

    /**
     * Kernel times in nanoseconds.
     *
     * @param log of one run: an object with the graph's name, in it one for each task, {@code graph.stepN}
     * @param steps how many tasks there are
     * @throws EngineException if a task is missing: another version of TornadoVM
     */
    static List<Long> kernelNanos(String log, String graph, int steps) {
        JsonNode tasks;
        try {
            tasks = JSON.readTree(log).path(graph);
        } catch (JsonProcessingException e) {
            throw new EngineException("TornadoVM's profile is no JSON: " + e.getOriginalMessage(), e);
        }
        List<Long> nanos = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            JsonNode time = tasks.path(graph + ".step" + i).path("TASK_KERNEL_TIME");
            if (time.isMissingNode()) {
                throw new EngineException("TornadoVM's profile tells no kernel time of task step" + i + "; use version 5.2");
            }
            nanos.add(time.asLong());
        }
        return nanos;
    }
}
