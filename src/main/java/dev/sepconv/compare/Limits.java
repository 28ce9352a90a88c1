package dev.sepconv.compare;

import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Device;
import dev.sepconv.Engine;
import dev.sepconv.EngineException;
import dev.sepconv.Layout;
import dev.sepconv.Plan;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.engine.Peaks;
import java.time.Duration;
import java.util.List;

/**
 * What a device can do at most and what a run costs at least, measured: by these times are
 * explained. Null is what could not be measured.
 *
 * @param gflops the most operations in 10^9 a second, a multiply-add counted as two: the best of
 * several turns of multiply-adds on registers alone, or what a convolution reached, if that is more
 * @param reachedBy that convolution, as only on a machine that was busy in every turn; null if the
 * turns reached more
 * @param copyGigabytesPerSecond a copy of large arrays, bytes read and bytes written
 * @param launchMillis the median run of a convolution of one pixel of one channel, which has
 * nothing to do
 */
public record Limits(Double gflops, String reachedBy, Double copyGigabytesPerSecond,
        Double launchMillis) {

    static final Limits UNKNOWN = new Limits(null, null, null, null);

    private static final Duration LAUNCHES = Duration.ofMillis(100);

    /** Measures them, for some seconds. What the device or this Java can't is null. */
    static Limits measure(Engine engine, Device device) {
        Double gflops = null;
        Double copy = null;
        try {
            Peaks peaks = Peaks.measure(device);
            gflops = peaks.gflops();
            copy = peaks.gigabytesPerSecond();
        } catch (EngineException e) {
            // a reason that needs them is then not given: Limits says so with null
            gflops = null;
        }
        return new Limits(gflops, null, copy, launch(engine, device));
    }

    /**
     * With one more turn of multiply-adds on registers alone: other programs disturb a turn, but
     * hardly every one.
     */
    Limits again(Device device) {
        if (gflops == null) {
            return this;
        }
        try {
            return new Limits(Math.max(gflops, Peaks.measureGflops(device)), null,
                    copyGigabytesPerSecond, launchMillis);
        } catch (EngineException e) {
            // the turns before it stand
            return this;
        }
    }

    /**
     * Never less than what a convolution reached.
     *
     * @param runs of this device. Those by Winograd's minimal filtering do fewer operations than
     * are counted, so they show nothing.
     */
    Limits atLeast(List<Run> runs) {
        Limits most = this;
        for (Run run : runs) {
            if (gflops != null && run.good() && run.outcome() instanceof Run.Measured measured
                    && measured.winogradStages().isEmpty()
                    && run.gflops(measured.timing()) > most.gflops) {
                most = new Limits(run.gflops(measured.timing()), run.label(),
                        copyGigabytesPerSecond, launchMillis);
            }
        }
        return most;
    }

    private static Double launch(Engine engine, Device device) {
        Tensor pixel = Tensor.zeros(Shape.of(1, 1, 1), Layout.NHWC);
        try (Plan plan = engine.compile(Conv2d.of(1, 1, 1).withWeights(List.of(ConvWeights.of(1))),
                pixel.shape(), Layout.NHWC, device)) {
            Tensor output = Tensor.zeros(plan.outputShape(), plan.layout());
            Turns turns = new Turns();
            turns.warmUp(() -> plan.run(pixel, output));
            Turns.Result result = turns.measure(LAUNCHES, share -> {
            }).getFirst();
            return result instanceof Turns.Timed timed ? timed.timing().medianMillis() : null;
        } catch (EngineException e) {
            return null;
        }
    }
}
