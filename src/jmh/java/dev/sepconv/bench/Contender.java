package dev.sepconv.bench;

import dev.sepconv.ConvWeights;
import dev.sepconv.Device;
import dev.sepconv.Engine;
import dev.sepconv.Layout;
import dev.sepconv.Plan;
import dev.sepconv.Tensor;
import dev.sepconv.engine.Engines;
import dev.sepconv.engine.simd.SimdEngine;
import dev.sepconv.engine.tornado.TornadoPlan;
import dev.sepconv.onnx.OnnxSession;
import dev.sepconv.reference.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Random;

/** One of those that run a block: a plan of ours, or ONNX Runtime. */
abstract sealed class Contender implements AutoCloseable {

    private static final double TOLERANCE = 1e-5;

    final String name;
    final Blocks.Block block;
    final List<ConvWeights> weights = new ArrayList<>();
    final Tensor input;
    private final double[] exact;

    private Contender(String name, Blocks.Block block, Layout layout) {
        this.name = name;
        this.block = block;
        Random random = new Random(1);
        block.layer().stages().forEach(stage -> weights.add(ConvWeights.random(stage, random)));
        Tensor picture = Tensor.zeros(block.input(), Layout.NCHW);
        for (int i = 0; i < picture.data().length; i++) {
            picture.data()[i] = random.nextFloat(-1, 1);
        }
        exact = Reference.run(block.layer(), weights, picture);
        input = picture.to(layout);
    }

    /**
     * Makes one ready.
     *
     * @param name an engine and a layout, such as {@code simd-nhwc} or {@code tornado-nchw}, or {@code onnxruntime}
     * @param threads the caller's included
     */
    static Contender of(String name, Blocks.Block block, int threads) {
        if (name.equals("onnxruntime")) {
            return new OnnxRuntime(name, block, threads);
        }
        String[] parts = name.split("-");
        Engine engine = parts[0].equals("simd") ? SimdEngine.open(threads) : Engines.open(parts[0]);
        return new Ours(name, block, engine, Layout.valueOf(parts[1].toUpperCase(Locale.ROOT)));
    }

    /** What the device was busy with kernels for, in milliseconds; for a CPU engine without a profiler, empty. */
    OptionalDouble kernelMillis() {
        return OptionalDouble.empty();
    }

    /** Where it runs. */
    abstract String device();

    /** The block once: what is timed. */
    abstract void run();

    /** What the last run gave. */
    abstract Tensor output();

    /** Runs once and fails unless the result is right. */
    final void validate() {
        run();
        double relative = Reference.difference(exact, output()).relative();
        if (!(relative <= TOLERANCE)) {
            throw new IllegalStateException("%s is wrong on %s: relative error %s".formatted(name, block.name(), relative));
        }
    }

    @Override
    public abstract void close();

    private static final class Ours extends Contender {

        private final Engine engine;
        private final Plan plan;
        private final Tensor output;

        Ours(String name, Blocks.Block block, Engine engine, Layout layout) {
            super(name, block, layout);
            this.engine = engine;
            Device device = engine.devices().getFirst();
            plan = engine.compile(block.layer(), weights, block.input(), layout, device);
            output = Tensor.zeros(plan.outputShape(), layout);
        }

        @Override
        void run() {
            plan.run(input, output);
        }

        @Override
        OptionalDouble kernelMillis() {
            return plan instanceof TornadoPlan profiled
                    ? OptionalDouble.of(profiled.profile(input, output).kernelNanos() / 1e6)
                    : OptionalDouble.empty();
        }

        @Override
        String device() {
            return plan.device().id();
        }

        @Override
        Tensor output() {
            return output;
        }

        @Override
        public void close() {
            plan.close();
            engine.close();
        }
    }

    private static final class OnnxRuntime extends Contender {

        private final OnnxSession session;

        @Override
        String device() {
            return "cpu";
        }

        OnnxRuntime(String name, Blocks.Block block, int threads) {
            super(name, block, Layout.NCHW);
            session = new OnnxSession(block.layer(), weights, block.input(), threads);
            session.input().put(0, input.data());
        }

        @Override
        void run() {
            session.run();
        }

        @Override
        Tensor output() {
            Tensor result = Tensor.zeros(block.layer().outputShape(block.input()), Layout.NCHW);
            session.output().get(0, result.data());
            return result;
        }

        @Override
        public void close() {
            session.close();
        }
    }
}
