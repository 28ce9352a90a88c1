package dev.sepconv.survey;

import dev.sepconv.Device;
import dev.sepconv.Dims;
import dev.sepconv.Engine;
import dev.sepconv.EngineException;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.OutOfMemoryException;
import dev.sepconv.Profile;
import dev.sepconv.measure.Timing;
import dev.sepconv.measure.Tolerance;
import dev.sepconv.reference.NetworkReference;
import dev.sepconv.reference.Reference;
import dev.sepconv.survey.Survey.Cell;
import dev.sepconv.survey.Survey.State;
import dev.sepconv.survey.Survey.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/** Runs one piece of work after the other on one device. */
final class Measurement {

    /** Java's compilers want that long until a new shape runs at its speed. */
    private static final Duration LEAST_WARM_UP = Duration.ofSeconds(1);
    /** Work of which so many times the time for a cell would be gone is not begun. */
    private static final double PATIENCE = 20;
    private static final double LEAST_PATIENCE_SECONDS = 5;
    /** A first run, one to warm up, three to measure. */
    private static final int LEAST_RUNS = 5;

    private final Engine engine;
    private final Device device;
    private final double seconds;
    /** What the device did of each variant last, in operations a millisecond from end to end. */
    private final Map<String, Double> speeds = new HashMap<>();

    Measurement(Engine engine, Device device, double seconds) {
        this.engine = engine;
        this.device = device;
        this.seconds = seconds;
    }

    /** Whatever goes wrong, short of the end of this process, stands in the cell. */
    Cell of(Work work) {
        String slow = tooSlow(work);
        if (slow != null) {
            return without(work, State.NOT_RUN, slow);
        }
        try {
            return measure(work);
        } catch (OutOfMemoryException e) {
            return without(work, State.OUT_OF_MEMORY, e.getMessage());
        } catch (OutOfMemoryError e) {
            return without(work, State.OUT_OF_MEMORY,
                    "Java's heap of %d MiB is too small: give it more with JDK_JAVA_OPTIONS=-Xmx8g"
                            .formatted(Runtime.getRuntime().maxMemory() >> 20));
        } catch (EngineException e) {
            return without(work, State.FAILED, e.getMessage());
        } catch (RuntimeException e) {
            // a driver's or an engine's fault must not cost the other cells their results
            return without(work, State.FAILED, "unexpected: " + e);
        }
    }

    /** A cell in which nothing was measured. */
    static Cell without(Work work, State state, String error) {
        return new Cell(work.id(), state, error, List.of(), null, null, null, null, null, null,
                null, null, null, null);
    }

    /** Why a device that has shown itself to be slow is spared this work; null if it isn't. */
    private String tooSlow(Work work) {
        Double speed = speeds.getOrDefault(work.variant(),
                speeds.values().stream().min(Double::compare).orElse(Double.POSITIVE_INFINITY));
        double expected = LEAST_RUNS * work.flops() / speed / 1e3;
        double most = Math.max(LEAST_PATIENCE_SECONDS, PATIENCE * seconds);
        return expected <= most
                ? null
                : String.format(Locale.ROOT,
                        "left out: at the %.2g GFLOP/s that %s reached so far, %d runs would take %.0f s, more than %.0f; a longer --seconds has it measured",
                        speed / 1e6, device.id(), LEAST_RUNS, expected, most);
    }

    private Cell measure(Work work) {
        // the same numbers on every device and machine
        Random random = new Random(work.id().hashCode());
        Network network = Suite.network(work, random);
        Map<String, NdArray> inputs = new LinkedHashMap<>();
        network.inputs().forEach((name, dims) -> inputs.put(name, random(dims, random)));
        Map<String, NdArray> outputs = new LinkedHashMap<>();
        network.outputs().forEach(name -> outputs.put(name, NdArray.zeros(network.dims(name))));
        String name = network.outputs().getFirst();
        double[] exact = NetworkReference.run(network, inputs).get(name);
        float[] output = outputs.get(name).data();
        long start = System.nanoTime();
        try (NetworkPlan plan = engine.compile(network, device)) {
            double compileMillis = millisSince(start);
            long first = System.nanoTime();
            plan.run(inputs, outputs);
            double firstRunMillis = millisSince(first);
            double error = Reference.difference(exact, output).relative();
            Duration limit = Duration.ofNanos((long) (seconds * 1e9));
            List<Profile> profiles = new ArrayList<>();
            if (plan.profiles()) {
                plan.profileWhole(inputs, outputs); // not counted: it turns the profiler on
                Timing.settled(() -> {
                    profiles.add(plan.profileWhole(inputs, outputs));
                    return profiles.getLast().kernelNanos() / 1e6;
                }, limit.dividedBy(2), 1);
                error = Math.max(error, Reference.difference(exact, output).relative());
            }
            if (Suite.isNetwork(work.variant())) {
                plan.warmUp(); // it has many shapes, each of which Java's compilers meet anew
            }
            Timing endToEnd = Timing.settled(() -> plan.run(inputs, outputs),
                    max(limit, LEAST_WARM_UP), limit);
            // the last run's result too: a plan that is right once and wrong later is wrong
            error = Math.max(error, Reference.difference(exact, output).relative());
            speeds.put(work.variant(), work.flops() / endToEnd.medianMillis());
            Timing kernel = timing(profiles, Profile::kernelNanos);
            double millis = kernel == null ? endToEnd.medianMillis() : kernel.medianMillis();
            double allowed = Suite.isNetwork(work.variant()) ? Tolerance.NETWORK : Tolerance.LAYER;
            boolean right = error <= allowed;
            return new Cell(work.id(), right ? State.OK : State.DISAGREES,
                    right ? null : disagreement(error, allowed), plan.kernels(), compileMillis,
                    firstRunMillis, endToEnd, kernel, timing(profiles, Profile::copyInNanos),
                    timing(profiles, Profile::copyOutNanos), work.flops() / millis / 1e6,
                    work.bytes() / millis / 1e6, energy(profiles),
                    Double.isFinite(error) ? error : null);
        }
    }

    private static String disagreement(double error, double allowed) {
        if (!Double.isFinite(error)) {
            return "it has numbers that are not finite where the float64 reference has none such";
        }
        return String.format(Locale.ROOT,
                "it differs from the float64 reference by %.1e of its largest value, allowed are %.0e",
                error, allowed);
    }

    private static NdArray random(Dims dims, Random random) {
        NdArray array = NdArray.zeros(dims);
        for (int i = 0; i < array.data().length; i++) {
            array.data()[i] = random.nextFloat(-1, 1);
        }
        return array;
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    private static double millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e6;
    }

    /** Null if there was no profile, or one that tells no time in kernels at all. */
    private static Timing timing(List<Profile> profiles, ToDoubleFunction<Profile> nanos) {
        if (profiles.isEmpty()
                || profiles.stream().allMatch(profile -> profile.kernelNanos() == 0)) {
            return null;
        }
        return Timing.of(profiles.stream()
                .mapToDouble(profile -> nanos.applyAsDouble(profile) / 1e6).toArray(), 1);
    }

    /** The median of those that tell it; null if none does. */
    private static Double energy(List<Profile> profiles) {
        double[] joules = profiles.stream().filter(profile -> profile.energyJoules() != null)
                .mapToDouble(Profile::energyJoules).toArray();
        return joules.length == 0 ? null : (Double) Timing.of(joules, 0).medianMillis();
    }
}
