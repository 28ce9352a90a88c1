package dev.sepconv.tune;

import dev.sepconv.Device;
import dev.sepconv.Engine;
import dev.sepconv.EngineException;
import dev.sepconv.Fusion;
import dev.sepconv.Network;
import dev.sepconv.Plan;
import dev.sepconv.engine.Engines;
import dev.sepconv.engine.SplitEngine;
import dev.sepconv.engine.lower.Geometries;
import dev.sepconv.engine.lower.KernelChoice;
import dev.sepconv.engine.tornado.TornadoEngine;
import dev.sepconv.engine.tuning.Measurements;
import dev.sepconv.engine.tuning.Measurements.BesideSimd;
import dev.sepconv.engine.tuning.Measurements.Time;
import dev.sepconv.engine.tuning.TuningFile;
import dev.sepconv.kernel.Catalogue;
import dev.sepconv.kernel.KernelCall;
import dev.sepconv.kernel.conv.Geometry;
import dev.sepconv.kernel.conv.Kernel;
import dev.sepconv.kernel.conv.Kernel.Variant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Consumer;

/** Measures, on one device that TornadoVM drives, which kernels are the fastest. */
public final class Tuner implements AutoCloseable {

    /** Kernels with more padding overhead than this are not tried. */
    private static final double MOST_PADDING_TRIED = 32;

    private static final List<Variant> GENERALITY = List.of(Variant.POINTWISE, Variant.DEPTHWISE,
            Variant.STANDARD, Variant.GROUPED, Variant.SEPARABLE);

    private final TornadoEngine engine;
    private final Device device;
    /** What a CPU device is measured beside; empty for other devices, and where simd is missing. */
    private final Optional<Engine> simd;
    private final int rounds;
    private final Map<List<Geometry>, Map<String, Time>> measured = new HashMap<>();
    private final Map<List<Geometry>, BesideSimd> besideSimd = new HashMap<>();

    private Tuner(TornadoEngine engine, Device device, int rounds) {
        this.engine = engine;
        this.device = device;
        this.simd = device.kind().equals("cpu") ? simd() : Optional.empty();
        this.rounds = rounds;
    }

    /**
     * Opens a device.
     *
     * @param deviceName its id or part of its name; null for TornadoVM's best
     * @param rounds how often each kernel is measured
     * @throws IllegalArgumentException if there is no such device, or it is another engine's
     * @throws EngineException if there is no TornadoVM here; the message says the fix
     */
    public static Tuner open(String deviceName, int rounds) {
        Engines.Choice choice = Engines.choose(deviceName == null ? "tornado" : null, deviceName);
        if (choice.engine() instanceof TornadoEngine engine) {
            return new Tuner(engine, choice.device(), rounds);
        }
        choice.close();
        if (choice.engine() instanceof SplitEngine) {
            throw new IllegalArgumentException(
                    "device is '%s'; kernels are measured on one device at a time: name one of them"
                            .formatted(deviceName));
        }
        throw new IllegalArgumentException(
                "device is %s, of engine %s; only TornadoVM's devices have kernels to choose from: name one of those that `sepconv devices` lists with engine tornado"
                        .formatted(choice.device(), choice.engine().name()));
    }

    public Device device() {
        return device;
    }

    /** What the measurements will hold for. */
    public TuningFile.Key key() {
        return engine.tuningKey(device);
    }

    /**
     * Measures the kernels of the catalogue that can compute a convolution and were made for no
     * more general one; or two convolutions at once.
     *
     * @param convolution of one stage, or of two for which the catalogue has a kernel
     * @param progress told what is being done
     */
    public Tuned convolution(Subject convolution, Consumer<String> progress) {
        List<Geometry> stages = Geometries.of(convolution.layer(), convolution.input(),
                convolution.layout());
        List<Kernel> byDefault = byDefault(convolution);
        List<Kernel> able = Catalogue.candidates(stages).stream().filter(kernel -> Geometries
                .activates(kernel, convolution.layer().stages())
                && KernelCall.paddingOverhead(kernel, stages.getLast()) <= MOST_PADDING_TRIED)
                .toList();
        List<List<Kernel>> ways = able.stream()
                .filter(kernel -> able.stream().noneMatch(other -> isSpecialCase(other, kernel)))
                .map(List::of).toList();
        List<Trial> trials = race(convolution, ways, progress);
        Map<String, Time> times = new HashMap<>();
        trials.forEach(trial -> trial.time()
                .ifPresent(time -> times.put(trial.kernels().getFirst(), time)));
        measured.put(stages, times);
        return new Tuned(convolution, trials, names(byDefault), names(chosen(convolution)));
    }

    /**
     * Whether one does what the other does without what this convolution has no need of: groups,
     * taps. No need to measure the other.
     */
    private static boolean isSpecialCase(Kernel special, Kernel general) {
        return special.order() == general.order()
                && (special.body().getClass() == general.body().getClass()
                        || special.isOfVectors() && general.isOfVectors())
                && GENERALITY.indexOf(special.variant()) < GENERALITY.indexOf(general.variant());
    }

    /**
     * Measures a layer with its default kernels beside those that what was measured so far says are
     * the fastest.
     */
    public Tuned layer(Subject layer, Consumer<String> progress) {
        List<Kernel> byDefault = byDefault(layer);
        List<Kernel> winner = chosen(layer);
        Set<List<Kernel>> ways = new LinkedHashSet<>(List.of(byDefault));
        ways.add(winner);
        return new Tuned(layer, race(layer, new ArrayList<>(ways), progress), names(byDefault),
                names(winner));
    }

    private static Optional<Engine> simd() {
        try {
            return Optional.of(Engines.open("simd"));
        } catch (EngineException e) {
            return Optional.empty(); // its Java has no Vector API: there is nothing to compare with
        }
    }

    /** Whether {@link #besideSimd} can be asked. */
    public boolean hasRival() {
        return simd.isPresent();
    }

    /**
     * Measures a layer with the kernels that are taken for it now beside the engine {@code simd},
     * in turns.
     *
     * @throws IllegalStateException if the device is no CPU, or there is no {@code simd} here
     * @throws EngineException if one can't run it, or is wrong
     */
    public BesideSimd besideSimd(Subject layer, Consumer<String> progress) {
        Engine rival = simd.orElseThrow(
                () -> new IllegalStateException("%s has no simd beside it".formatted(device)));
        progress.accept("beside simd");
        KernelRace race = new KernelRace(layer, rounds);
        try (Plan plan = Plan.of(engine.compile(race.network(), device, chosen(layer)),
                layer.layout());
                Plan simdPlan = rival.compile(layer.layer().withWeights(race.weights()),
                        layer.input(), layer.layout(), rival.devices().getFirst())) {
            BesideSimd result = race.beside(plan, simdPlan);
            besideSimd.put(Geometries.of(layer.layer(), layer.input(), layer.layout()), result);
            return result;
        }
    }

    /**
     * How many times as long as simd's the layers took that {@link #besideSimd} measured; empty if
     * none.
     */
    public OptionalDouble timesSimd() {
        return simd.isPresent()
                ? measurements().timesSimd(simd.get().devices().getFirst().name())
                : OptionalDouble.empty();
    }

    private List<Trial> race(Subject subject, List<List<Kernel>> ways, Consumer<String> progress) {
        KernelRace race = new KernelRace(subject, rounds);
        Network network = race.network();
        return race.run(ways, kernels -> engine.compile(network, device, kernels), progress);
    }

    private List<Kernel> byDefault(Subject subject) {
        return kernels(subject, Measurements.NONE);
    }

    private List<Kernel> chosen(Subject subject) {
        return kernels(subject, measurements());
    }

    private List<Kernel> kernels(Subject subject, Measurements known) {
        return KernelChoice
                .of(engine.deviceClass(device), known, kernel -> engine.compiles(kernel, device),
                        Fusion.AUTO)
                .choose(subject.layer(), subject.input(), subject.layout()).kernels();
    }

    private static List<String> names(List<Kernel> kernels) {
        return kernels.stream().map(Kernel::name).toList();
    }

    /** Everything measured so far. */
    public Measurements measurements() {
        return new Measurements(Map.copyOf(measured), Map.copyOf(besideSimd));
    }

    @Override
    public void close() {
        simd.ifPresent(Engine::close);
        engine.close();
    }
}
