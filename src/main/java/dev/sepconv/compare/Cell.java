package dev.sepconv.compare;

import dev.sepconv.Device;
import dev.sepconv.Engine;
import dev.sepconv.EngineException;
import dev.sepconv.Fusion;
import dev.sepconv.Layout;
import dev.sepconv.Plan;
import dev.sepconv.Tensor;
import dev.sepconv.reference.Reference;
import java.util.Map;

/** A variant on a device from its compiling to its result. */
final class Cell implements AutoCloseable {

    private final Variant variant;
    private final Device device;
    private final Tensor input;
    private final Fusion fusion;
    private Plan plan;
    private Tensor result;
    private Reference.Difference first;
    private double warmMillis;
    private RuntimeException failure;

    Cell(Variant variant, Device device, Tensor input, Fusion fusion) {
        this.variant = variant;
        this.device = device;
        this.input = input;
        this.fusion = fusion;
    }

    /**
     * Compiles it, looks at the first result and warms it up. Whatever fails is this cell's result.
     *
     * @param exact the exact results so far; this variant's is added
     * @param turns takes it in, unless it failed
     */
    void prepare(Engine engine, Layout layout, Map<Variant, double[]> exact, Turns turns) {
        double[] right = exact.computeIfAbsent(variant,
                key -> Reference.run(key.layer(), key.weights(), input));
        try {
            plan = engine.compile(variant.layer().withWeights(variant.weights()), input.shape(),
                    layout, device, fusion);
            result = Tensor.zeros(plan.outputShape(), layout);
            plan.run(input, result);
            first = Reference.difference(right, result);
            warmMillis = turns.warmUp(() -> plan.run(input, result));
        } catch (RuntimeException e) {
            // a driver's or an engine's fault must not cost the other cells their results
            failure = e;
        }
    }

    boolean failed() {
        return failure != null;
    }

    boolean tuned() {
        return failure == null && plan.tuned();
    }

    double warmMillis() {
        return warmMillis;
    }

    Device device() {
        return device;
    }

    /** Runs it on for as long as a warm-up takes at most; milliseconds of the last run. */
    double runOn() {
        long start = System.nanoTime();
        long last;
        do {
            last = System.nanoTime();
            plan.run(input, result);
        } while (System.nanoTime() - start < Turns.MOST_WARM_UP_NANOS);
        return (System.nanoTime() - last) / 1e6;
    }

    Tensor result() {
        return result;
    }

    /** @param timed what the turns gave; null if it failed before them */
    Run run(Turns.Result timed, Map<Variant, double[]> exact) {
        return new Run(variant, device, input.shape(), fusion, switch (timed) {
            case null -> failed(failure);
            case Turns.Broke broke -> failed(broke.reason());
            case Turns.Timed measured -> {
                // the last run's result too: a plan that is right once and wrong later is wrong
                Reference.Difference last = Reference.difference(exact.get(variant), result);
                yield new Run.Measured(measured.timing(), measured.steady(),
                        last.relative() > first.relative() ? last : first, plan.winogradStages());
            }
        });
    }

    private static Run.Failed failed(RuntimeException reason) {
        return new Run.Failed(
                reason instanceof EngineException ? reason.getMessage() : "unexpected: " + reason);
    }

    @Override
    public void close() {
        if (plan != null) {
            plan.close();
        }
    }
}
