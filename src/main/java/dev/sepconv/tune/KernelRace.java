package dev.sepconv.tune;

import dev.sepconv.ConvWeights;
import dev.sepconv.EngineException;
import dev.sepconv.Layout;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.NetworkPlan.NodeTime;
import dev.sepconv.Plan;
import dev.sepconv.Tensor;
import dev.sepconv.engine.lower.NetworkCalls;
import dev.sepconv.engine.tuning.Measurements.BesideSimd;
import dev.sepconv.engine.tuning.Measurements.Time;
import dev.sepconv.kernel.conv.Kernel;
import dev.sepconv.measure.Timing;
import dev.sepconv.measure.Tolerance;
import dev.sepconv.reference.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Several ways to compute one layer on one device, measured in turns, so that what disturbs the
 * machine disturbs all of them. Each must agree with the float64 reference before it is measured
 * and after.
 */
final class KernelRace {

    /** Beyond this many times the fastest of its layout a way isn't measured further. */
    private static final double HOPELESS = 4;
    private static final int WARM_UPS = 2;
    private static final int LEAST_ROUNDS = 3;
    private static final long NANOS_EACH = 1_000_000_000L;
    private static final long TURN_NANOS = 100_000_000L;
    private static final Duration TURN = Duration.ofNanos(TURN_NANOS);
    private static final Duration WARM_UP = Duration.ofSeconds(3);

    private final Subject subject;
    private final List<ConvWeights> weights;
    private final Tensor input;
    private final double[] exact;
    private final int rounds;

    KernelRace(Subject subject, int rounds) {
        Random random = new Random(1);
        this.subject = subject;
        this.weights = subject.layer().stages().stream()
                .map(stage -> ConvWeights.random(stage, random)).toList();
        this.input = Tensor.zeros(subject.input(), subject.layout());
        for (int i = 0; i < input.data().length; i++) {
            input.data()[i] = random.nextFloat(-1, 1);
        }
        this.exact = Reference.run(subject.layer(), weights, input);
        this.rounds = rounds;
    }

    List<ConvWeights> weights() {
        return weights;
    }

    /** What is measured. */
    Network network() {
        return Network.of(subject.layer().withWeights(weights), subject.input(), subject.layout());
    }

    private static final class Runner {
        private final List<Kernel> kernels;
        private final NetworkPlan network;
        private final Plan plan;
        private final Tensor output;
        private final List<Double> kernelMillis = new ArrayList<>();
        private final List<Double> runMillis = new ArrayList<>();
        private long nanos;
        private String refusal;
        private boolean behind;

        Runner(List<Kernel> kernels, NetworkPlan network, Layout layout) {
            this.kernels = kernels;
            this.network = network;
            this.plan = Plan.of(network, layout);
            this.output = Tensor.zeros(plan.outputShape(), layout);
        }

        /** Of the kernels alone: what brings arrays into another order belongs to the run. */
        private long kernelNanos(Tensor input) {
            Network layer = network.network();
            String from = layer.inputs().keySet().iterator().next();
            String to = layer.outputs().getFirst();
            return network
                    .profile(Map.of(from, NdArray.of(layer.dims(from), input.data())),
                            Map.of(to, NdArray.of(layer.dims(to), output.data())))
                    .stream().filter(time -> !time.label().equals(NetworkCalls.LAYOUT))
                    .mapToLong(NodeTime::nanos).sum();
        }

        void round(Tensor input) {
            long start = System.nanoTime();
            double kernel = kernelNanos(input) / 1e6;
            long between = System.nanoTime();
            plan.run(input, output);
            long end = System.nanoTime();
            kernelMillis.add(kernel);
            // they are of two runs: on a busy machine the kernel may have taken longer in the first
            // than all did in the second
            runMillis.add(Math.max(kernel, (end - between) / 1e6));
            nanos += end - start;
        }

        double fastest() {
            return kernelMillis.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
        }

        boolean runs() {
            return refusal == null && !behind;
        }

        Trial trial() {
            List<String> names = names(kernels);
            return new Trial(names,
                    refusal != null
                            ? new Trial.Refused(refusal)
                            : new Trial.Measured(new Time(median(kernelMillis), median(runMillis)),
                                    kernelMillis.size()));
        }
    }

    /**
     * @param ways kernels, in order, that together compute the stages
     * @param compile makes a plan of one of them
     * @param progress told what is being done
     * @return one a way, in their order
     */
    List<Trial> run(Collection<List<Kernel>> ways,
            Function<List<Kernel>, ? extends NetworkPlan> compile, Consumer<String> progress) {
        Map<List<Kernel>, Trial> trials = new HashMap<>();
        List<Runner> runners = new ArrayList<>();
        try {
            for (List<Kernel> way : ways) {
                progress.accept(String.join(", ", names(way)));
                try {
                    runners.add(new Runner(way, compile.apply(way), subject.layout()));
                } catch (EngineException e) {
                    trials.put(way, new Trial(names(way), new Trial.Refused(e.getMessage())));
                }
            }
            progress.accept("measuring");
            measure(runners);
            runners.forEach(runner -> trials.put(runner.kernels, runner.trial()));
        } finally {
            runners.forEach(runner -> runner.plan.close());
        }
        return ways.stream().map(trials::get).toList();
    }

    /**
     * The layer by two plans of the same processor. They take turns of some runs each, of which the
     * first half doesn't count: an engine's threads may stay awake for a while after its last run.
     *
     * @throws EngineException if a result is wrong
     */
    BesideSimd beside(Plan plan, Plan simd) {
        List<Plan> both = List.of(plan, simd);
        List<List<Double>> millis = List.of(new ArrayList<>(), new ArrayList<>());
        // the just-in-time compiler needs a second or two for simd's kernels
        for (Plan each : both) {
            Tensor output = Tensor.zeros(each.outputShape(), each.layout());
            Timing.settled(() -> each.run(input, output), WARM_UP, TURN);
        }
        for (int turn = 0; turn < LEAST_ROUNDS; turn++) {
            for (int i = 0; i < both.size(); i++) {
                List<Double> ofTurn = turn(both.get(i));
                millis.get(i).addAll(ofTurn.subList(ofTurn.size() / 2, ofTurn.size()));
            }
        }
        return new BesideSimd(simd.device().name(), median(millis.get(0)), median(millis.get(1)));
    }

    private List<Double> turn(Plan plan) {
        Tensor output = Tensor.zeros(plan.outputShape(), plan.layout());
        List<Double> millis = new ArrayList<>();
        long start = System.nanoTime();
        while (millis.size() < LEAST_ROUNDS || System.nanoTime() - start < TURN_NANOS) {
            long before = System.nanoTime();
            plan.run(input, output);
            millis.add((System.nanoTime() - before) / 1e6);
        }
        double difference = Reference.difference(exact, output).relative();
        if (!(difference <= Tolerance.LAYER)) {
            throw new EngineException(String.format(Locale.ROOT,
                    "%s on %s: the result differs from the float64 reference by %.1e of its largest value, allowed are %.1e",
                    subject.name(), plan.device(), difference, Tolerance.LAYER));
        }
        return millis;
    }

    private void measure(List<Runner> runners) {
        for (int i = 0; i < WARM_UPS; i++) {
            round(runners);
        }
        runners.forEach(this::judge);
        leaveBehind(runners);
        runners.stream().filter(Runner::runs).forEach(runner -> {
            runner.kernelMillis.clear();
            runner.runMillis.clear();
        });
        for (int i = 0; i < rounds; i++) {
            boolean enough = i >= LEAST_ROUNDS;
            round(runners.stream().filter(runner -> !enough || runner.nanos < NANOS_EACH).toList());
        }
        runners.stream().filter(Runner::runs).forEach(this::judge);
    }

    private void round(List<Runner> runners) {
        for (Runner runner : runners) {
            if (runner.runs()) {
                try {
                    runner.round(input);
                } catch (EngineException e) {
                    runner.refusal = e.getMessage();
                }
            }
        }
    }

    private void judge(Runner runner) {
        if (runner.refusal != null) {
            return;
        }
        double difference = Reference.difference(exact, runner.output).relative();
        if (!(difference <= Tolerance.LAYER)) {
            runner.refusal = String.format(Locale.ROOT,
                    "wrong: it differs from the float64 reference by %.1e of its largest value, "
                            + "allowed are %.1e",
                    difference, Tolerance.LAYER);
        } else if (runner.kernelMillis.contains(0.0)) {
            runner.refusal = "TornadoVM's profiler measured no time in its kernels";
        }
    }

    /**
     * Compared within a layout only: a layer that the fastest layout can't compute takes the best
     * of another.
     */
    private static void leaveBehind(List<Runner> runners) {
        Map<Kernel.Order, Double> fastest = new HashMap<>();
        List<Runner> right = runners.stream().filter(Runner::runs).toList();
        right.forEach(runner -> fastest.merge(layout(runner), runner.fastest(), Math::min));
        right.forEach(runner -> runner.behind = runner.fastest() > HOPELESS
                * fastest.get(layout(runner)));
    }

    private static Kernel.Order layout(Runner runner) {
        return runner.kernels.getFirst().order();
    }

    private static List<String> names(List<Kernel> kernels) {
        return kernels.stream().map(Kernel::name).toList();
    }

    private static double median(List<Double> values) {
        return Timing.median(values.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
