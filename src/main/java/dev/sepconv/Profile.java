package dev.sepconv;

/**
 * What one run cost, measured by the device's driver and what drives it.
 *
 * @param totalNanos from the call of the driving runtime until the output is back, in nanoseconds
 * @param kernelNanos time on the device in kernels, all stages together, in nanoseconds
 * @param copyInNanos time in copies to the device, in nanoseconds
 * @param copyOutNanos time in copies from the device, in nanoseconds
 * @param bytesIn copied to the device: floats and a header of 16 or 24 bytes an array
 * @param bytesOut copied from the device, counted alike
 * @param energyJoules the power that the driver tells after each kernel times the kernel's time, so
 * an estimate; null if the driver tells none for one of them
 */
public record Profile(long totalNanos, long kernelNanos, long copyInNanos, long copyOutNanos,
        long bytesIn, long bytesOut, Double energyJoules) {

    /** Of two runs, one after the other. */
    public Profile plus(Profile other) {
        return new Profile(totalNanos + other.totalNanos, kernelNanos + other.kernelNanos,
                copyInNanos + other.copyInNanos, copyOutNanos + other.copyOutNanos,
                bytesIn + other.bytesIn, bytesOut + other.bytesOut,
                energyJoules == null || other.energyJoules == null
                        ? null
                        : (Double) (energyJoules + other.energyJoules));
    }
}
