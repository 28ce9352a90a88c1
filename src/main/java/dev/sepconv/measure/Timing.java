package dev.sepconv.measure;

import java.time.Duration;
import java.util.Arrays;
import java.util.function.DoubleSupplier;

/**
 * How long something took, over and over, in milliseconds.
 *
 * @param runs how often it was measured
 * @param warmUpRuns how often it ran before that
 */
public record Timing(int runs, int warmUpRuns, double minMillis, double p25Millis,
        double medianMillis, double p75Millis, double maxMillis) {

    private static final int MOST_RUNS = 30;
    private static final int FEWEST_RUNS = 3;
    /**
     * Medians are compared over this many runs; the just-in-time compiler's steps show as a fall
     * from one to the next.
     */
    private static final int WINDOW = 5;
    private static final double STABLE = 0.05;

    /**
     * Runs a task until its time is stable (the median of five runs within 5 % of the five before,
     * after a third of {@code warmUp} at least) or {@code warmUp} has gone by; then measures it
     * until ten runs or more have settled (the middle half of them lies within 5 % of the median),
     * {@code limit} has gone by or 30 runs are done, and at least 3 times whatever it takes.
     *
     * @param warmUp the limit of the runs before those that count
     */
    public static Timing settled(Runnable task, Duration warmUp, Duration limit) {
        int warmUpRuns = warmUp(task, warmUp.toNanos());
        return settled(() -> time(task), limit, warmUpRuns);
    }

    /** The same for what is warm and tells its time in milliseconds. */
    public static Timing settled(DoubleSupplier timed, Duration limit, int warmUpRuns) {
        double[] millis = new double[MOST_RUNS];
        int runs = 0;
        long start = System.nanoTime();
        Timing timing;
        do {
            millis[runs++] = timed.getAsDouble();
            timing = of(Arrays.copyOf(millis, runs), warmUpRuns);
        } while (runs < FEWEST_RUNS || runs < MOST_RUNS
                && System.nanoTime() - start < limit.toNanos() && !timing.settled());
        return timing;
    }

    private boolean settled() {
        return runs >= 2 * WINDOW && p75Millis - p25Millis <= STABLE * medianMillis;
    }

    /**
     * Quantiles of the given times, interpolated between neighbours.
     *
     * @param millis at least one
     */
    public static Timing of(double[] millis, int warmUpRuns) {
        double[] sorted = millis.clone();
        Arrays.sort(sorted);
        return new Timing(sorted.length, warmUpRuns, sorted[0], quantile(sorted, 0.25),
                median(sorted), quantile(sorted, 0.75), sorted[sorted.length - 1]);
    }

    /**
     * The middle one, or the mean of the two middle ones.
     *
     * @param values at least one
     */
    public static double median(double... values) {
        return quantile(values, 0.5);
    }

    /**
     * The value that a share of the others lie below; between two of them, by how near it is to
     * each.
     *
     * @param values at least one
     * @param share from 0 for the least to 1 for the largest
     */
    public static double quantile(double[] values, double share) {
        if (values.length == 0) {
            throw new IllegalArgumentException(
                    "there are no values; a quantile needs one at least");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double at = share * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }

    /**
     * Whether the middle halves of both lie apart. Where they overlap, neither is said to take
     * longer.
     */
    public boolean apartFrom(Timing other) {
        return p25Millis > other.p75Millis || other.p25Millis > p75Millis;
    }

    private static int warmUp(Runnable task, long limit) {
        double[] recent = new double[2 * WINDOW];
        int runs = 0;
        long start = System.nanoTime();
        long gone = 0;
        boolean stable = false;
        while (gone < limit && !stable) {
            recent[runs++ % recent.length] = time(task);
            gone = System.nanoTime() - start;
            stable = gone > limit / 3 && runs >= recent.length && stable(recent, runs);
        }
        return runs;
    }

    private static boolean stable(double[] recent, int runs) {
        double[] earlier = new double[WINDOW];
        double[] later = new double[WINDOW];
        for (int i = 0; i < WINDOW; i++) {
            earlier[i] = recent[(runs + i) % recent.length];
            later[i] = recent[(runs + WINDOW + i) % recent.length];
        }
        Arrays.sort(earlier);
        Arrays.sort(later);
        double before = earlier[WINDOW / 2];
        return Math.abs(later[WINDOW / 2] - before) <= STABLE * before;
    }

    private static double time(Runnable task) {
        long start = System.nanoTime();
        task.run();
        return (System.nanoTime() - start) / 1e6;
    }
}
