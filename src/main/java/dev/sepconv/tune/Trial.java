package dev.sepconv.tune;

import dev.sepconv.engine.tuning.Measurements.Time;
import java.util.List;
import java.util.Optional;

/**
 * What came of computing a layer with some kernels.
 *
 * @param kernels their names, in order; one may compute two stages
 */
public record Trial(List<String> kernels, Outcome outcome) {

    /** Measured, or why not. */
    public sealed interface Outcome {
    }

    /**
     * Right, and so fast.
     *
     * @param rounds how often it was measured; those far behind are measured less
     */
    public record Measured(Time time, int rounds) implements Outcome {
    }

    /** It can't win: the device can't compile or run it, or the result is wrong. */
    public record Refused(String reason) implements Outcome {
    }

    public Optional<Time> time() {
        return outcome instanceof Measured measured
                ? Optional.of(measured.time())
                : Optional.empty();
    }
}
