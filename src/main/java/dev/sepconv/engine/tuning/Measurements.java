package dev.sepconv.engine.tuning;

import dev.sepconv.kernel.conv.Geometry;
import dev.sepconv.kernel.conv.Kernel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What kernels took on one device, by the convolution that they compute; or by the two that they
 * compute at once.
 *
 * @param times by sizes, then by the kernel's name; only of kernels whose results agreed with the
 * float64 reference
 * @param besideSimd whole layers by the sizes of their stages; of CPU devices only, whose processor
 * is the {@code simd} engine's too
 */
public record Measurements(Map<List<Geometry>, Map<String, Time>> times,
        Map<List<Geometry>, BesideSimd> besideSimd) {

    public Measurements(Map<List<Geometry>, Map<String, Time>> times) {
        this(times, Map.of());
    }

    public static final Measurements NONE = new Measurements(Map.of());

    /**
     * Medians of one kernel alone.
     *
     * @param kernelMillis on the device
     * @param runMillis of the whole run, from the input in a host tensor to the output in one
     */
    public record Time(double kernelMillis, double runMillis) {
        public Time {
            if (!(kernelMillis > 0 && kernelMillis <= runMillis
                    && runMillis < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "kernel took %s ms of %s; both must be above 0, and the first no more than the second"
                                .formatted(kernelMillis, runMillis));
            }
        }

        /** What the run takes beside the kernel: copies and conversions. */
        public double edgeMillis() {
            return runMillis - kernelMillis;
        }
    }

    /**
     * One layer on a device and by the engine {@code simd}, in turns: medians of the whole run.
     *
     * @param simd the name of simd's device: with other lanes or threads the measurement doesn't
     * hold
     */
    public record BesideSimd(String simd, double millis, double simdMillis) {
        public BesideSimd {
            if (simd == null || !(millis > 0 && simdMillis > 0
                    && millis + simdMillis < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "a layer took %s ms, by simd (%s) %s ms; both must be above 0 and simd named"
                                .formatted(millis, simd, simdMillis));
            }
        }
    }

    /**
     * How many times as long as simd's a layer takes on the device: the geometric mean over all
     * that were measured, so that large layers don't hide small ones; empty if none was with such a
     * simd.
     */
    public OptionalDouble timesSimd(String simd) {
        return besideSimd.values().stream().filter(each -> each.simd.equals(simd))
                .mapToDouble(each -> Math.log(each.millis / each.simdMillis)).average().stream()
                .map(Math::exp).findFirst();
    }

    /** What a kernel took for those convolutions; empty if it was not measured. */
    public Optional<Time> of(List<Geometry> stages, Kernel kernel) {
        return Optional.ofNullable(times.getOrDefault(stages, Map.of()).get(kernel.name()));
    }
}
