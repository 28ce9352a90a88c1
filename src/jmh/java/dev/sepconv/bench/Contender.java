package dev.sepconv.bench;

import dev.sepconv.Engine;
import dev.sepconv.Fusion;
import dev.sepconv.Layout;
import dev.sepconv.Plan;
import dev.sepconv.Tensor;
import dev.sepconv.engine.Engines;
import dev.sepconv.engine.simd.SimdEngine;
import dev.sepconv.onnx.OnnxSession;
import java.util.OptionalDouble;

/** One of those that compute the same: a plan of ours, or ONNX Runtime. */
abstract class Contender implements AutoCloseable {

    final String name;

    Contender(String name) {
        this.name = name;
    }

    /** Opens an engine by its name, with that many threads where it lets one choose. */
    interface Opener {

        /** Those of the product. */
        Opener ENGINES = (name,
                threads) -> name.equals("simd") ? SimdEngine.open(threads) : Engines.open(name);

        Engine open(String name, int threads);
    }

    /** {@link #plan(Problem, Engine, Layout, Fusion)} as the engine thinks best. */
    static Contender plan(Problem problem, Engine engine, Layout layout) {
        return plan(problem, engine, layout, Fusion.AUTO);
    }

    /** A plan of an engine on its best device. The engine stays open when it is closed. */
    static Contender plan(Problem problem, Engine engine, Layout layout, Fusion fusion) {
        return new Ours(problem, engine, layout, fusion);
    }

    /** ONNX Runtime with every optimisation, NCHW. */
    static Contender peer(Problem problem, int threads) {
        return new OnnxRuntime(problem, threads);
    }

    /**
     * How long the device was busy with kernels in one more run, in milliseconds; empty where there
     * is no profiler.
     */
    OptionalDouble kernelMillis() {
        return OptionalDouble.empty();
    }

    /** Of all arrays between a network's nodes; 0 where it isn't known. */
    long intermediateBytes() {
        return 0;
    }

    /** Where it runs. */
    abstract String device();

    /** It once: what is timed. */
    abstract void run();

    /**
     * Runs once and checks the result.
     *
     * @throws WrongResult if it is not right
     */
    abstract void validate();

    @Override
    public abstract void close();

    /** A result is not the float64 reference's: what was timed is worth nothing. */
    static final class WrongResult extends RuntimeException {

        private static final long serialVersionUID = 1;

        WrongResult(String name, Object problem, double relative, double tolerance) {
            super("%s is wrong on %s: it differs from the float64 reference by %.1e of its largest value, allowed are %.0e"
                    .formatted(name, problem, relative, tolerance));
        }
    }

    private static final class Ours extends Contender {

        private final Problem problem;
        private final Plan plan;
        private final Tensor input;
        private final Tensor output;

        Ours(Problem problem, Engine engine, Layout layout, Fusion fusion) {
            super(engine.name());
            this.problem = problem;
            plan = engine.compile(problem.block().layer().withWeights(problem.weights()),
                    problem.block().input(), layout, engine.devices().getFirst(), fusion);
            input = problem.picture().to(layout);
            output = Tensor.zeros(plan.outputShape(), layout);
        }

        @Override
        void run() {
            plan.run(input, output);
        }

        @Override
        OptionalDouble kernelMillis() {
            return plan.profiles()
                    ? OptionalDouble.of(plan.profile(input, output).kernelNanos() / 1e6)
                    : OptionalDouble.empty();
        }

        @Override
        String device() {
            return plan.device().id();
        }

        @Override
        void validate() {
            run();
            problem.check(name, output);
        }

        @Override
        public void close() {
            plan.close();
        }
    }

    private static final class OnnxRuntime extends Contender {

        private final Problem problem;
        private final OnnxSession session;

        OnnxRuntime(Problem problem, int threads) {
            super(BenchResults.PEER);
            this.problem = problem;
            session = new OnnxSession(problem.block().layer(), problem.weights(),
                    problem.block().input(), threads);
            session.input().put(0, problem.picture().data());
        }

        @Override
        void run() {
            session.run();
        }

        @Override
        String device() {
            return "cpu";
        }

        @Override
        void validate() {
            run();
            Tensor result = Tensor.zeros(
                    problem.block().layer().outputShape(problem.block().input()), Layout.NCHW);
            session.output().get(0, result.data());
            problem.check(name, result);
        }

        @Override
        public void close() {
            session.close();
        }
    }
}
