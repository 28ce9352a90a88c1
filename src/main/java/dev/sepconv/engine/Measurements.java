package dev.sepconv.engine;

import dev.sepconv.kernel.Geometry;
import dev.sepconv.kernel.Kernel;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What kernels took on one device, by the convolution that they compute; or by the two that they compute at once.
 *
 * @param times by sizes, then by the kernel's name; only of kernels whose results agreed with the float64 reference
 */
public record Measurements(Map<List<Geometry>, Map<String, Time>> times) {

    public static final Measurements NONE = new Measurements(Map.of());

    /**
     * Medians of one kernel alone.
     *
     * @param kernelMillis on the device
     * @param runMillis of the whole run, from the input in a host tensor to the output in one
     */
    public record Time(double kernelMillis, double runMillis) {
        public Time {
            if (!(kernelMillis > 0 && kernelMillis <= runMillis && runMillis < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "kernel took %s ms of %s; both must be above 0, and the first no more than the second"
                                .formatted(kernelMillis, runMillis));
            }
        }

        /** What the run takes beside the kernel: copies and conversions. */
        double edgeMillis() {
            return runMillis - kernelMillis;
        }
    }

    Optional<Time> of(List<Geometry> stages, Kernel kernel) {
        return Optional.ofNullable(times.getOrDefault(stages, Map.of()).get(kernel.name()));
    }
}
