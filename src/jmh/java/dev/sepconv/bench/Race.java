package dev.sepconv.bench;

import dev.sepconv.measure.Timing;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Several who compute the same, in turns, so that whatever else the machine does meets all alike.
 * Each is validated against the float64 reference before and after it is timed.
 */
final class Race {

    /**
     * Between two turns: ONNX Runtime's idle threads go on spinning for some ten milliseconds and
     * would keep a core from us.
     */
    private static final long REST_MILLIS = 40;
    /** Of each round, the median of so many profiles. */
    private static final int PROFILES = 3;

    private Race() {
    }

    /**
     * How long one takes over it.
     *
     * @param rounds turns of each
     * @param windowNanos runs are timed for so long at a time until they get no faster
     * @param steadyWindows as many windows without gain end the warm-up: the JVM's last compiler
     * takes its time with vector code
     * @param mostWindows however it goes
     * @param leadNanos before each timed turn: threads that have slept need some milliseconds until
     * each has its core again
     * @param turnNanos a timed turn
     */
    record Pace(int rounds, long windowNanos, int steadyWindows, int mostWindows, long leadNanos,
            long turnNanos) {

        static final Pace FULL = new Pace(25, 150_000_000, 8, 40, 12_000_000, 6_000_000);
        static final Pace QUICK = new Pace(9, 100_000_000, 6, 25, 12_000_000, 6_000_000);

        Pace withRounds(int other) {
            return new Pace(other, windowNanos, steadyWindows, mostWindows, leadNanos, turnNanos);
        }
    }

    /**
     * What one took, each round.
     *
     * @param kernelMillis null where there is no profiler
     */
    record Times(double[] runMillis, double[] kernelMillis) {
    }

    /**
     * Times them.
     *
     * @return one each
     * @throws Contender.WrongResult if one computes something wrong, before or after
     */
    static List<Times> run(List<Contender> contenders, Pace pace) throws InterruptedException {
        boolean[] profiled = new boolean[contenders.size()];
        for (int i = 0; i < profiled.length; i++) {
            contenders.get(i).validate();
            profiled[i] = contenders.get(i).kernelMillis().isPresent();
            warmUp(contenders.get(i), pace);
        }
        double[][] runs = new double[contenders.size()][pace.rounds()];
        double[][] kernels = new double[contenders.size()][pace.rounds()];
        for (int round = 0; round < pace.rounds(); round++) {
            for (int i = 0; i < profiled.length; i++) {
                Contender contender = contenders.get(i);
                Thread.sleep(REST_MILLIS);
                turn(contender, pace.leadNanos());
                runs[i][round] = turn(contender, pace.turnNanos());
                if (profiled[i]) {
                    kernels[i][round] = kernel(contender);
                }
            }
        }
        contenders.forEach(Contender::validate);
        List<Times> times = new ArrayList<>();
        for (int i = 0; i < profiled.length; i++) {
            times.add(new Times(runs[i], profiled[i] ? kernels[i] : null));
        }
        return times;
    }

    private static double kernel(Contender contender) {
        double[] millis = new double[PROFILES];
        for (int i = 0; i < PROFILES; i++) {
            OptionalDouble kernel = contender.kernelMillis();
            millis[i] = kernel.orElseThrow();
        }
        return Timing.median(millis);
    }

    private static void warmUp(Contender contender, Pace pace) {
        double best = Double.MAX_VALUE;
        int since = 0;
        for (int window = 0; window < pace.mostWindows()
                && since < pace.steadyWindows(); window++) {
            double millis = turn(contender, pace.windowNanos());
            since = millis < 0.95 * best ? 0 : since + 1;
            best = Math.min(best, millis);
        }
    }

    /** Runs for so long; the milliseconds of one run on average. */
    private static double turn(Contender contender, long nanos) {
        long start = System.nanoTime();
        int runs = 0;
        long now;
        do {
            contender.run();
            runs++;
            now = System.nanoTime();
        } while (now - start < nanos);
        return (now - start) / 1e6 / runs;
    }
}
