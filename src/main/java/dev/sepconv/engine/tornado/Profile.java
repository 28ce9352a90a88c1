package dev.sepconv.engine.tornado;

/**
 * What one run cost, measured by the device's driver and TornadoVM.
 *
 * @param totalNanos from the call of TornadoVM until the output is back, in nanoseconds
 * @param kernelNanos time on the device in kernels, all stages together, in nanoseconds
 * @param copyInNanos time in copies to the device, in nanoseconds
 * @param copyOutNanos time in copies from the device, in nanoseconds
 * @param bytesIn copied to the device: floats and a header of 16 or 24 bytes an array
 * @param bytesOut copied from the device, counted alike
 */
public record Profile(long totalNanos, long kernelNanos, long copyInNanos, long copyOutNanos, long bytesIn, long bytesOut) {

    /** Of two runs, one after the other. */
    Profile plus(Profile other) {
        return new Profile(totalNanos + other.totalNanos, kernelNanos + other.kernelNanos, copyInNanos + other.copyInNanos,
                copyOutNanos + other.copyOutNanos, bytesIn + other.bytesIn, bytesOut + other.bytesOut);
    }
}
