package dev.sepconv.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The simd engine and ONNX Runtime on each block in turns, in one process, so that whatever else the machine does meets all alike.
 * Prints the median milliseconds of each and how much faster than ONNX Runtime we are.
 *
 * <p>Arguments: rounds (default 25), then variants (default {@code separable}).
 */
final class Race {

    private static final String PEER = "onnxruntime";
    private static final List<String> NAMES = List.of("simd-nhwc", "simd-nchw", PEER);
    /** How long each has its turn, and how long idle threads have to end their spinning before the next begins. */
    private static final long TURN_NANOS = 4_000_000;
    private static final long REST_MILLIS = 3;
    private static final long WARM_UP_NANOS = 1_500_000_000;

    private Race() {
    }

    public static void main(String[] args) throws InterruptedException {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 25;
        List<String> variants = args.length > 1 ? Arrays.asList(args).subList(1, args.length) : List.of("separable");
        int threads = Runtime.getRuntime().availableProcessors();
        for (String variant : variants) {
            double[] logSum = new double[NAMES.size()];
            int count = 0;
            System.out.printf("%-26s %10s %10s %10s   %s%n", variant + ", ms", NAMES.get(0), NAMES.get(1), PEER,
                    "times ONNX Runtime's speed; GFLOP/s");
            for (Blocks.Block base : Blocks.MOBILENET) {
                Blocks.Block block = base.variant(variant);
                double[] medians = race(block, rounds, threads);
                double peer = medians[NAMES.indexOf(PEER)];
                double flops = 2.0 * block.multiplyAdds();
                System.out.printf(Locale.ROOT, "%-26s %10.3f %10.3f %10.3f   %.2f %.2f; %.0f %.0f %.0f%n", block.name(),
                        medians[0], medians[1], peer, peer / medians[0], peer / medians[1], flops / medians[0] / 1e6,
                        flops / medians[1] / 1e6, flops / peer / 1e6);
                for (int i = 0; i < medians.length; i++) {
                    logSum[i] += Blocks.occurrences(base) * Math.log(peer / medians[i]);
                }
                count += Blocks.occurrences(base);
            }
            System.out.printf(Locale.ROOT, "%-59s   %.2f %.2f%n", "geometric mean over " + count + " blocks",
                    Math.exp(logSum[0] / count), Math.exp(logSum[1] / count));
        }
    }

    /** The median milliseconds of a run of each contender. */
    private static double[] race(Blocks.Block block, int rounds, int threads) throws InterruptedException {
        List<Contender> contenders = new ArrayList<>();
        try {
            for (String name : NAMES) {
                contenders.add(Contender.of(name, block, threads));
            }
            double[][] millis = new double[contenders.size()][rounds];
            for (Contender contender : contenders) {
                contender.validate();
                turn(contender, WARM_UP_NANOS);
            }
            for (int round = 0; round < rounds; round++) {
                for (int i = 0; i < contenders.size(); i++) {
                    Thread.sleep(REST_MILLIS);
                    contenders.get(i).run();
                    millis[i][round] = turn(contenders.get(i), TURN_NANOS);
                }
            }
            contenders.forEach(Contender::validate);
            return Arrays.stream(millis).mapToDouble(Race::median).toArray();
        } finally {
            contenders.forEach(Contender::close);
        }
    }

    /** Runs for so long; the milliseconds of one run. */
    private static double turn(Contender contender, long nanos) {
        long start = System.nanoTime();
        long now;
        int runs = 0;
        do {
            contender.run();
            runs++;
            now = System.nanoTime();
        } while (now - start < nanos);
        return (now - start) / 1e6 / runs;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
