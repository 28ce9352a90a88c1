package dev.sepconv.compare;

import dev.sepconv.Conv2d;
import dev.sepconv.Device;
import dev.sepconv.Fusion;
import dev.sepconv.Shape;
import dev.sepconv.cost.Cost;
import dev.sepconv.measure.Timing;
import dev.sepconv.measure.Tolerance;
import dev.sepconv.reference.Reference;
import java.util.List;

/**
 * One variant on one device: a cell of the comparison.
 *
 * @param fusion {@link Fusion#AUTO} where the engine chose or there was nothing to choose; else
 * what it was asked for, so that both stand side by side
 */
public record Run(Variant variant, Device device, Shape input, Fusion fusion, Outcome outcome) {

    /** What came of it. */
    public sealed interface Outcome {
    }

    /**
     * It ran; whether it is right, {@link Measured#agrees} says.
     *
     * @param steady whether the runs agree with one another; where they don't, the time says little
     * @param winogradStages the stages that ran by Winograd's minimal filtering, as far as the
     * engine tells
     */
    public record Measured(Timing timing, boolean steady, Reference.Difference difference,
            List<Integer> winogradStages) implements Outcome {
        public boolean agrees() {
            return difference.relative() <= Tolerance.LAYER;
        }
    }

    /** @param reason one sentence */
    public record Failed(String reason) implements Outcome {
    }

    /**
     * The variant's name, and where both are shown also how its chain ran:
     * {@code separable-mobilenet, fused}.
     */
    public String label() {
        return variant.name() + switch (fusion) {
            case AUTO -> "";
            case SEPARATE -> ", two tasks";
            case FUSED -> ", fused";
        };
    }

    public Shape output() {
        return variant.layer().outputShape(input);
    }

    public Cost cost() {
        return Cost.of(variant.layer(), input);
    }

    /**
     * Bytes read and written; a fused chain neither writes nor reads what lies between its two
     * steps.
     */
    public long bytesMoved() {
        Cost cost = cost();
        long moved = cost.bytesRead() + cost.bytesWritten();
        if (fusion == Fusion.FUSED) {
            Shape shape = input;
            List<Conv2d> stages = variant.layer().stages();
            for (int i = 0; i < stages.size(); i++) {
                shape = stages.get(i).outputShape(shape);
                moved -= Fusion.pairs(variant.layer()).contains(i)
                        ? 2L * Float.BYTES * shape.elements()
                        : 0;
            }
        }
        return moved;
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
