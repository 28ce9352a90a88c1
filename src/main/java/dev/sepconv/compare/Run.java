package dev.sepconv.compare;

import dev.sepconv.Device;
import dev.sepconv.Shape;
import dev.sepconv.cost.Cost;
import dev.sepconv.reference.Reference;

/** One variant on one device: a cell of the comparison. */
public record Run(Variant variant, Device device, Shape input, Outcome outcome) {

    /** A result may differ from the float64 reference by this much of the reference's largest magnitude. */
    public static final double TOLERANCE = 1e-5;

    /** What came of it. */
    public sealed interface Outcome {
    }

    /** It ran; whether it is right, {@link Measured#agrees} says. */
    public record Measured(Timing timing, Reference.Difference difference) implements Outcome {
        public boolean agrees() {
            return difference.relative() <= TOLERANCE;
        }
    }

    /** @param reason one sentence */
    public record Failed(String reason) implements Outcome {
    }

    public Shape output() {
        return variant.layer().outputShape(input);
    }

    public Cost cost() {
        return Cost.of(variant.layer(), input);
    }

    /** Whether it ran and its result is right. */
    public boolean good() {
        return outcome instanceof Measured measured && measured.agrees();
    }

    /** Billions of floating-point operations a second at the median time; a multiply-add is two. */
    public double gflops(Timing timing) {
        return cost().flops() / timing.medianMillis() / 1e6;
    }
}
