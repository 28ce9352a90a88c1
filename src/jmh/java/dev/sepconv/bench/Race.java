package dev.sepconv.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The simd engine and ONNX Runtime on each block in turns, in one process, so that whatever else the machine does meets all alike.
 * Prints the milliseconds of each and how much faster than ONNX Runtime we are, by medians and by the fastest runs.
 *
 * <p>Arguments: rounds (default 25), then variants (default {@code separable}). {@code -Dthreads=1} sets the threads of all.
 */
final class Race {

    /** What a run took, in milliseconds, for each contender: the median turn's mean, and the fastest run of all. */
    private record Times(double[] medians, double[] bests) {
    }

    private static final List<String> NAMES = List.of("simd-nhwc", "simd-nchw", "onnxruntime");
    private static final long TURN_NANOS = 6_000_000;
    /** Before each timed turn: threads that have slept need some milliseconds until each has its core again. */
    private static final long LEAD_NANOS = 12_000_000;
    /** Between two turns: ONNX Runtime's idle threads go on spinning for some ten milliseconds and would keep a core from us. */
    private static final long REST_MILLIS = 40;
    private static final long WARM_UP_NANOS = 1_500_000_000;

    private Race() {
    }

    public static void main(String[] args) throws InterruptedException {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 25;
        List<String> variants = args.length > 1 ? Arrays.asList(args).subList(1, args.length) : List.of("separable");
        int threads = Integer.getInteger("threads", Runtime.getRuntime().availableProcessors());
        for (String variant : variants) {
            double[] logSum = new double[4];
            int count = 0;
            System.out.printf("%-22s | %26s | %26s | %s%n", variant, "median ms: nhwc nchw onnx", "best ms: nhwc nchw onnx",
                    "times ONNX Runtime's speed: medians, bests");
            for (Blocks.Block base : Blocks.MOBILENET) {
                Blocks.Block block = base.variant(variant);
                Times times = race(block, rounds, threads);
                double[] m = times.medians();
                double[] b = times.bests();
                System.out.printf(Locale.ROOT, "%-22s | %8.3f %8.3f %8.3f | %8.3f %8.3f %8.3f | %.2f %.2f, %.2f %.2f%n",
                        block.name(), m[0], m[1], m[2], b[0], b[1], b[2], m[2] / m[0], m[2] / m[1], b[2] / b[0], b[2] / b[1]);
                for (int i = 0; i < 2; i++) {
                    logSum[i] += Blocks.occurrences(base) * Math.log(m[2] / m[i]);
                    logSum[i + 2] += Blocks.occurrences(base) * Math.log(b[2] / b[i]);
                }
                count += Blocks.occurrences(base);
            }
            System.out.printf(Locale.ROOT, "geometric mean over %d blocks: %.2f %.2f, %.2f %.2f%n", count,
                    Math.exp(logSum[0] / count), Math.exp(logSum[1] / count), Math.exp(logSum[2] / count),
                    Math.exp(logSum[3] / count));
        }
    }

    private static Times race(Blocks.Block block, int rounds, int threads) throws InterruptedException {
        List<Contender> contenders = new ArrayList<>();
        try {
            for (String name : NAMES) {
                contenders.add(Contender.of(name, block, threads));
            }
            double[][] millis = new double[contenders.size()][rounds];
            double[] bests = new double[contenders.size()];
            for (Contender contender : contenders) {
                contender.validate();
                turn(contender, WARM_UP_NANOS, bests, 0);
            }
            Arrays.fill(bests, Double.MAX_VALUE);
            for (int round = 0; round < rounds; round++) {
                for (int i = 0; i < contenders.size(); i++) {
                    Thread.sleep(REST_MILLIS);
                    turn(contenders.get(i), LEAD_NANOS, bests, i);
                    millis[i][round] = turn(contenders.get(i), TURN_NANOS, bests, i);
                }
            }
            contenders.forEach(Contender::validate);
            return new Times(Arrays.stream(millis).mapToDouble(Race::median).toArray(), bests);
        } finally {
            contenders.forEach(Contender::close);
        }
    }

    /** Runs for so long; the milliseconds of one run on average. Lowers the best of this contender. */
    private static double turn(Contender contender, long nanos, double[] bests, int index) {
        long start = System.nanoTime();
        long before = start;
        int runs = 0;
        do {
            contender.run();
            runs++;
            long now = System.nanoTime();
            bests[index] = Math.min(bests[index], (now - before) / 1e6);
            before = now;
        } while (before - start < nanos);
        return (before - start) / 1e6 / runs;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
