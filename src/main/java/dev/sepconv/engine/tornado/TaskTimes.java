package dev.sepconv.engine.tornado;

import dev.sepconv.EngineException;
import org.json.JSONException;
import org.json.JSONObject;
import org.json.JSONParserConfiguration;

/** Reads what TornadoVM's profiler says of each task: its API tells only sums, its log is JSON. */
final class TaskTimes {

    /**
     * Not strict, and of a name that is there twice the last counts: it is TornadoVM's own writer
     * that made the log.
     */
    private static final JSONParserConfiguration LENIENT = new JSONParserConfiguration()
            .withStrictMode(false).withOverwriteDuplicateKey(true);

    private TaskTimes() {
    }

    /**
     * A kernel's time in nanoseconds.
     *
     * @param log of one run: an object with the graph's name, in it one for each task,
     * {@code graph.task}
     * @throws EngineException if the task is missing: another version of TornadoVM
     */
    static long kernelNanos(String log, String graph, String task) {
        JSONObject times = graph(log, graph).optJSONObject(graph + "." + task);
        if (times == null || !times.has("TASK_KERNEL_TIME")) {
            throw new EngineException(
                    "TornadoVM's profile tells no kernel time of task %s; use version 5.2"
                            .formatted(task));
        }
        return times.optLong("TASK_KERNEL_TIME");
    }

    /**
     * What all kernels took in joules: each one's time and the power at its end, which NVML tells
     * of NVIDIA's GPUs and Level Zero's SYSMAN of Intel's.
     *
     * @return null if it is not told for each of them
     */
    static Double energyJoules(String log, String graph) {
        double joules = 0;
        boolean any = false;
        JSONObject tasks = graph(log, graph);
        for (String name : tasks.keySet()) {
            JSONObject task = tasks.optJSONObject(name);
            if (task != null && task.has("TASK_KERNEL_TIME")) {
                long milliwatts = task.optLong("POWER_USAGE_mW"); // "n/a" where it isn't told
                if (milliwatts <= 0) {
                    return null;
                }
                joules += milliwatts * 1e-3 * task.optLong("TASK_KERNEL_TIME") * 1e-9;
                any = true;
            }
        }
        return any ? joules : null;
    }

    private static JSONObject graph(String log, String graph) {
        try {
            return new JSONObject(log, LENIENT).optJSONObject(graph, new JSONObject());
        } catch (JSONException e) {
            throw new EngineException("TornadoVM's profile is no JSON: " + e.getMessage(), e);
        }
    }
}
