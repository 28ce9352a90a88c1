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
 * What a device can do at most and what a run costs at least, measured: by these times are explained. Null is what could not be measured.
 *
 * @param gflops multiply-adds on registers alone, a multiply-add counted as two operations, in 10^9 a second
 * @param copyGigabytesPerSecond a copy of large arrays, bytes read and bytes written
 * @param launchMillis the median run of a convolution of one pixel of one channel, which has nothing to do
 */
public record Limits(Double gflops, Double copyGigabytesPerSecond, Double launchMillis) {

    static final Limits UNKNOWN = new Limits(null, null, null);

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
        return new Limits(gflops, copy, launch(engine, device));
    }

    private static Double launch(Engine engine, Device device) {
        Tensor pixel = Tensor.zeros(Shape.of(1, 1, 1), Layout.NHWC);
        try (Plan plan = engine.compile(Conv2d.of(1, 1, 1), List.of(ConvWeights.of(1)), pixel.shape(), Layout.NHWC, device)) {
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
