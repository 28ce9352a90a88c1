package dev.sepconv;

/** Runs something until it is as fast as it gets. */
final class WarmUp {

    /** Compilers take some tenths of a second for a loop; what is timed is longer. */
    private static final long ROUND_NANOS = 300_000_000;
    private static final int LEAST_RUNS = 3;
    private static final long MOST_NANOS = 5_000_000_000L;
    private static final double FASTER = 0.95;

    private WarmUp() {
    }

    /** Until a round's fastest run is hardly faster than that of the round before. */
    static void run(Runnable once) {
        long start = System.nanoTime();
        double before = Double.POSITIVE_INFINITY;
        while (System.nanoTime() - start < MOST_NANOS) {
            long round = System.nanoTime();
            double fastest = Double.POSITIVE_INFINITY;
            for (int run = 0; run < LEAST_RUNS || System.nanoTime() - round < ROUND_NANOS; run++) {
                long began = System.nanoTime();
                once.run();
                fastest = Math.min(fastest, System.nanoTime() - began);
            }
            if (fastest > FASTER * before) {
                return;
            }
            before = fastest;
        }
    }
}
