package dev.sepconv.doctor;

import dev.sepconv.ConvWeights;
import dev.sepconv.Device;
import dev.sepconv.Engine;
import dev.sepconv.Layout;
import dev.sepconv.Plan;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.engine.Engines;
import dev.sepconv.engine.tornado.TornadoEngine;
import dev.sepconv.measure.Tolerance;
import dev.sepconv.reference.Reference;
import java.util.List;
import java.util.Random;

/** What is asked of engines, in a process that may end or hang on it. */
public final class Probe {

    private static final Shape INPUT = Shape.of(19, 23, 29);
    private static final SeparableConv2d LAYER = SeparableConv2d.mobilenet(19, 37, 3, 2);
    private static final long SEED = 5;

    private Probe() {
    }

    /**
     * A device as TornadoVM and its driver have it.
     *
     * @param driver the backend, the driver's name and its version
     * @param installedBytes its memory by its driver; {@code device.memoryBytes()} is what may be
     * used of it
     */
    public record Found(Device device, String driver, long installedBytes) {
    }

    /**
     * @param devices all of TornadoVM's
     * @param signalsAreExposed to PoCL's compiler
     * @param affinity of this process's environment: POCL_AFFINITY, empty if unset
     */
    public record Devices(List<Found> devices, boolean signalsAreExposed, String affinity) {
    }

    /**
     * A separable convolution beside the float64 reference.
     *
     * @param relative the largest difference, as a share of the largest value
     * @param millis of the first run, with compilation
     */
    public record Verified(double relative, long millis) {
        /** Whether the result is right. */
        public boolean agrees() {
            return relative <= Tolerance.LAYER;
        }
    }

    /**
     * Asks TornadoVM for its devices.
     *
     * @throws dev.sepconv.EngineException if there is none; the message says the fix
     */
    public static Devices devices() {
        try (TornadoEngine engine = TornadoEngine.open()) {
            List<Found> found = engine
                    .devices().stream().map(device -> new Found(device,
                            engine.tuningKey(device).driver(), engine.installedMemory(device)))
                    .toList();
            return new Devices(found, TornadoEngine.signalsAreExposed(),
                    System.getenv().getOrDefault("POCL_AFFINITY", ""));
        }
    }

    /**
     * Runs a small layer on a device and compares the result.
     *
     * @param id the device's
     * @throws IllegalArgumentException if there is no such device
     * @throws dev.sepconv.EngineException if it fails
     */
    public static Verified run(String engineName, String id) {
        Random random = new Random(SEED);
        List<ConvWeights> weights = LAYER.stages().stream()
                .map(stage -> ConvWeights.random(stage, random)).toList();
        Tensor input = Tensor.zeros(INPUT, Layout.NCHW);
        for (int i = 0; i < input.data().length; i++) {
            input.data()[i] = random.nextFloat() - 0.5f;
        }
        long start = System.nanoTime();
        try (Engine engine = Engines.open(engineName);
                Plan plan = engine.compile(LAYER.withWeights(weights), INPUT, Layout.NCHW,
                        Engines.find(engine.devices(), id))) {
            Tensor output = plan.run(input);
            long millis = (System.nanoTime() - start) / 1_000_000;
            return new Verified(
                    Reference.difference(Reference.run(LAYER, weights, input), output).relative(),
                    millis);
        }
    }
}
