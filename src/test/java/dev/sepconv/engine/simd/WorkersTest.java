package dev.sepconv.engine.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkersTest {

    /** Adds 1 to a number a task. */
    private record Counting(int tasks) implements Step {

        @Override
        public void run(int task, int worker, float[] in, float[] out) {
            out[task] += in[task] + worker;
        }
    }

    /**
     * On a busy machine a helper may not get to run for long: the caller waits for none of them.
     */
    @Test
    void theCallerDoesAllWhereHelpersNeverRun() {
        List<Thread> helpers = new ArrayList<>();
        try (Workers workers = new Workers(4, helpers::add)) {
            assertEquals(3, helpers.size());
            float[] ones = new float[1000];
            Arrays.fill(ones, 1);
            for (int tasks : new int[]{1, 2, 3, 1000}) {
                float[] expected = new float[1000];
                Arrays.fill(expected, 0, tasks, 2);
                float[] sums = new float[1000];
                workers.run(new Counting(tasks), ones, sums);
                workers.run(new Counting(tasks), ones, sums);
                assertArrayEquals(expected, sums);
            }
        }
        assertEquals(List.of(), helpers.stream().filter(Thread::isAlive).toList());
    }
}
