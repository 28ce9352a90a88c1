package dev.sepconv.engine.simd;

import java.util.Set;

/**
 * One pass over a picture, cut into tasks that may run in any order and at the same time. A step
 * keeps no state between runs but scratch memory for each worker.
 */
interface Step {

    /** Before the first task of each run, on the thread that asks for it. */
    default void begin() {
    }

    /** How many tasks there are; known when the step is made. */
    int tasks();

    /** Loops that a first run waits for, as it would do little else without them. */
    default Set<Primer.Hot> hot() {
        return Set.of();
    }

    /**
     * Does one task.
     *
     * @param task from 0 to {@link #tasks()} - 1
     * @param worker which of the workers does it, from 0: no two tasks run on the same one at once
     * @param in what the step reads; no task writes to it
     * @param out what the step writes; each task to its own elements
     */
    void run(int task, int worker, float[] in, float[] out);
}
