package dev.sepconv.engine.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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

    /** More tasks than an item's number has bits for. */
    @Test
    void tasksBeyondAllNumbersAreDoneOnce() {
        int tasks = (1 << 21) + 3;
        float[] ones = new float[tasks];
        Arrays.fill(ones, 1);
        float[] counts = new float[tasks];
        try (Workers workers = new Workers(3)) {
            workers.run(new Uneven(tasks, -1), ones, counts);
        }
        assertArrayEquals(ones, counts);
    }

    /**
     * Thousands of runs of a few tasks each, of which now and then one takes much longer, so that
     * workers take from one another all the time.
     */
    @Test
    void eachTaskIsDoneOnceWhereWorkersTakeFromOneAnother() {
        float[] ones = new float[100];
        Arrays.fill(ones, 1);
        try (Workers workers = new Workers(4)) {
            for (int run = 0; run < 20_000; run++) {
                int tasks = 1 + run * 7 % 100;
                float[] counts = new float[tasks];
                workers.run(new Uneven(tasks, run % tasks), ones, counts);
                assertArrayEquals(Arrays.copyOf(ones, tasks), counts, "run " + run);
            }
        }
    }

    /**
     * Runs that end while a worker still looks for something to take: millions, as it must look in
     * the one moment in which the next run begins.
     */
    @Test
    @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void runsThatFollowOneAnotherLoseNothing() {
        for (int threads = 2; threads <= 4; threads++) {
            try (Workers workers = new Workers(threads)) {
                float[] none = {};
                for (int run = 0; run < 2_000_000; run++) {
                    workers.run(new Nothing(1 + run % 8), none, none);
                }
            }
        }
    }

    private record Nothing(int tasks) implements Step {

        @Override
        public void run(int task, int worker, float[] in, float[] out) {
        }
    }

    /** Who is done early takes what is behind the task that another one is at. */
    @Test
    void whatASlowOneHasLeftIsDoneByOthers() {
        try (Workers workers = new Workers(2)) {
            Set<Integer> others = ConcurrentHashMap.newKeySet();
            CountDownLatch left = new CountDownLatch(9);
            workers.run(new Step() {
                @Override
                public int tasks() {
                    return 10;
                }

                @Override
                public void run(int task, int worker, float[] in, float[] out) {
                    if (task == 0) { // waits for all that are behind it
                        try {
                            assertTrue(left.await(20, TimeUnit.SECONDS), "tasks are left");
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    } else {
                        others.add(task);
                        left.countDown();
                    }
                }
            }, null, null);
            assertEquals(9, others.size());
        }
    }

    /** Adds a number to its place; one task takes much longer, or none. */
    private record Uneven(int tasks, int slow) implements Step {

        @Override
        public void run(int task, int worker, float[] in, float[] out) {
            for (int i = 0; task == slow && i < 100; i++) {
                Thread.onSpinWait();
            }
            out[task] += in[task];
        }
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
