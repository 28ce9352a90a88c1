package dev.sepconv.compare;

import dev.sepconv.measure.Timing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleConsumer;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * Times several tasks in turns, so that what disturbs the machine for a while hits all of them and
 * not one alone. Each is warmed up first, by a rule that knows nothing of how long it is measured.
 *
 * <p>
 * A warm-up ends when a task is steady: the median of five runs is within 5 % of that of the five
 * before, after 10 runs and 0.2 s at least, after 2 s at most. Then come ten rounds. In each every
 * task has a turn: one run that doesn't count, which brings its arrays back into the caches, and up
 * to three that do; a run longer than 10 ms brings them back by itself. What is not steady then is
 * measured once more, and marked if that doesn't help.
 */
final class Turns {

    static final int LEAST_WARM_UP_RUNS = 10;
    static final long LEAST_WARM_UP_NANOS = 200_000_000;
    static final long MOST_WARM_UP_NANOS = 2_000_000_000;
    static final int ROUNDS = 10;
    static final int MOST_RUNS_A_TURN = 3;
    /** A task that needs more than its time still gets so many rounds. */
    static final int FEWEST_ROUNDS = 3;
    private static final long LONG_RUN_NANOS = 10_000_000;
    private static final int WINDOW = 5;
    private static final double SAME = 0.05;
    /**
     * How far the two halves of the runs may lie apart, and how wide the middle half of all may be,
     * of the median.
     */
    private static final double STEADY_HALVES = 0.1;
    private static final double STEADY_QUARTILES = 0.25;

    private final LongSupplier clock;
    private final List<Task> tasks = new ArrayList<>();

    /** What came of a task. */
    sealed interface Result {
    }

    /** @param steady whether its runs agree with one another */
    record Timed(Timing timing, boolean steady) implements Result {
    }

    /** It failed in its turn. */
    record Broke(RuntimeException reason) implements Result {
    }

    private static final class Task {
        final Runnable work;
        final int warmUpRuns;
        final long lastNanos;
        final List<Double> millis = new ArrayList<>();
        long spent;
        int rounds;
        RuntimeException failure;

        Task(Runnable work, int warmUpRuns, long lastNanos) {
            this.work = work;
            this.warmUpRuns = warmUpRuns;
            this.lastNanos = lastNanos;
        }
    }

    Turns() {
        this(System::nanoTime);
    }

    /** @param clock tells nanoseconds */
    Turns(LongSupplier clock) {
        this.clock = clock;
    }

    /**
     * Warms a task up and takes it into the rounds. What the task throws comes out, and then it is
     * not taken.
     *
     * @return milliseconds of its last run
     */
    double warmUp(Runnable work) {
        long[] recent = new long[2 * WINDOW];
        int runs = 0;
        long start = clock.getAsLong();
        long gone;
        long last;
        do {
            last = nanos(work);
            recent[runs++ % recent.length] = last;
            gone = clock.getAsLong() - start;
        } while (gone < MOST_WARM_UP_NANOS && !(gone >= LEAST_WARM_UP_NANOS
                && runs >= LEAST_WARM_UP_RUNS && alike(recent, runs)));
        tasks.add(new Task(work, runs, last));
        return last / 1e6;
    }

    private static boolean alike(long[] recent, int runs) {
        double before = median(recent, runs);
        return Math.abs(median(recent, runs + WINDOW) - before) <= SAME * before;
    }

    private static double median(long[] recent, int from) {
        return Timing.median(IntStream.range(from, from + WINDOW)
                .mapToDouble(i -> recent[i % recent.length]).toArray());
    }

    /**
     * Goes through the rounds.
     *
     * @param limit how long one task is measured; a task always gets {@value #FEWEST_ROUNDS} rounds
     * @param progress told how much is done, from 0 to 1
     * @return one for each task, in the order in which they were warmed up
     */
    List<Result> measure(Duration limit, DoubleConsumer progress) {
        rounds(tasks, limit.toNanos(), share -> progress.accept(share * 0.9));
        List<Task> again = tasks.stream().filter(task -> task.failure == null && !steady(task))
                .toList();
        again.forEach(task -> {
            task.millis.clear();
            task.spent = 0;
            task.rounds = 0;
        });
        rounds(again, limit.toNanos(), share -> progress.accept(0.9 + share * 0.1));
        return tasks.stream().map(task -> task.failure != null
                ? new Broke(task.failure)
                : (Result) new Timed(Timing.of(millis(task), task.warmUpRuns), steady(task)))
                .toList();
    }

    private void rounds(List<Task> some, long limit, DoubleConsumer progress) {
        for (int round = 0; round < ROUNDS; round++) {
            for (Task task : some) {
                if (task.failure == null && (task.rounds < FEWEST_ROUNDS || task.spent < limit)) {
                    turn(task, limit / ROUNDS);
                }
            }
            progress.accept((round + 1.0) / ROUNDS);
        }
    }

    private void turn(Task task, long limit) {
        long start = clock.getAsLong();
        task.rounds++;
        try {
            if (task.lastNanos < LONG_RUN_NANOS) {
                task.work.run();
            }
            int runs = 0;
            do {
                task.millis.add(nanos(task.work) / 1e6);
                runs++;
            } while (runs < MOST_RUNS_A_TURN && clock.getAsLong() - start < limit);
        } catch (RuntimeException e) {
            // told as this task's result: the others go on
            task.failure = e;
        }
        task.spent += clock.getAsLong() - start;
    }

    private static boolean steady(Task task) {
        double[] millis = millis(task);
        Timing whole = Timing.of(millis, 0);
        double first = Timing.of(Arrays.copyOf(millis, (millis.length + 1) / 2), 0).medianMillis();
        double second = Timing.of(Arrays.copyOfRange(millis, millis.length / 2, millis.length), 0)
                .medianMillis();
        return Math.abs(first - second) <= STEADY_HALVES * whole.medianMillis()
                && whole.p75Millis() - whole.p25Millis() <= STEADY_QUARTILES * whole.medianMillis();
    }

    private static double[] millis(Task task) {
        return task.millis.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private long nanos(Runnable work) {
        long start = clock.getAsLong();
        work.run();
        return clock.getAsLong() - start;
    }
}
