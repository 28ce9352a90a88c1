package dev.sepconv.bench;

/**
 * The most that a machine allows (Williams et al. 2009, Roofline).
 *
 * @param gflops its peak of multiply-adds, a multiply-add counted as two operations
 * @param gbPerSecond what it moves between memory and registers
 */
record Roofline(double gflops, double gbPerSecond) {

    /** GFLOP/s at that many operations a byte. */
    double attainable(double intensity) {
        return Math.min(gflops, intensity * gbPerSecond);
    }

    /** From how many operations a byte on the peak is the bound, and not the bandwidth. */
    double ridge() {
        return gflops / gbPerSecond;
    }
}
