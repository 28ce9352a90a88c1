package dev.sepconv.engine.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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

    /** Beyond the times after which a helper is woken on another core than its caller's. */
    @Test
    void helpersThatSleptComeBack() throws InterruptedException {
        List<Thread> helpers = new ArrayList<>();
        try (Workers workers = new Workers(3, helper -> {
            helpers.add(helper);
            helper.start();
        })) {
            for (int run = 0; run < 20; run++) {
                for (Thread helper : helpers) {
                    while (helper.getState() != Thread.State.WAITING) {
                        Thread.sleep(1);
                    }
                }
                workers.run(new Meeting(3, new CountDownLatch(3)), null, null);
            }
        }
    }

    /** Each task waits for all others, so that as many threads must come. */
    private record Meeting(int tasks, CountDownLatch there) implements Step {

        @Override
        public void run(int task, int worker, float[] in, float[] out) {
            there.countDown();
            try {
                assertTrue(there.await(20, TimeUnit.SECONDS), "some helper sleeps on");
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
