package dev.sepconv.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.sepconv.Dims;
import dev.sepconv.Engine;
import dev.sepconv.NdArray;
import dev.sepconv.NetworkPlan;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** Those that run whole networks. */
final class NetworkContender {

    private NetworkContender() {
    }

    /** A plan of an engine on its best device. The engine stays open when it is closed. */
    static Contender plan(NetworkProblem problem, Engine engine) {
        return new Ours(problem, engine);
    }

    /** ONNX Runtime with every optimisation. */
    static Contender peer(NetworkProblem problem, int threads) {
        return new Peer(problem, threads);
    }

    private static final class Ours extends Contender {

        private final NetworkProblem problem;
        private final NetworkPlan plan;
        private final Map<String, NdArray> outputs = new LinkedHashMap<>();

        Ours(NetworkProblem problem, Engine engine) {
            super(engine.name());
            this.problem = problem;
            plan = engine.compile(problem.network(), engine.devices().getFirst());
            problem.network().outputs().forEach(
                    output -> outputs.put(output, NdArray.zeros(problem.network().dims(output))));
        }

        @Override
        long intermediateBytes() {
            return plan.intermediateBytes();
        }

        @Override
        String device() {
            return plan.device().id();
        }

        @Override
        void run() {
            plan.run(problem.inputs(), outputs);
        }

        @Override
        void validate() {
            run();
            outputs.forEach((output, array) -> problem.check(name, output, array.data()));
        }

        @Override
        public void close() {
            plan.close();
        }
    }

    /** ONNX Runtime with every optimisation; inputs and outputs stay where they are. */
    private static final class Peer extends Contender {

        private final NetworkProblem problem;
        private final OrtSession session;
        private final Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
        private final Map<String, OnnxTensor> outputs = new LinkedHashMap<>();
        private final Map<String, FloatBuffer> results = new LinkedHashMap<>();

        Peer(NetworkProblem problem, int threads) {
            super(BenchResults.PEER);
            this.problem = problem;
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
                options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
                options.setIntraOpNumThreads(threads);
                options.setInterOpNumThreads(1);
                session = problem.onnx().open(environment, options);
                for (Map.Entry<String, NdArray> input : problem.inputs().entrySet()) {
                    inputs.put(input.getKey(),
                            OnnxTensor.createTensor(environment,
                                    direct(input.getValue().dims()).put(0, input.getValue().data()),
                                    sizes(input.getValue().dims())));
                }
                for (String output : problem.network().outputs()) {
                    Dims dims = problem.network().dims(output);
                    FloatBuffer result = direct(dims);
                    results.put(output, result);
                    outputs.put(output, OnnxTensor.createTensor(environment, result, sizes(dims)));
                }
            } catch (OrtException e) {
                throw new IllegalStateException(
                        "ONNX Runtime refuses %s: %s".formatted(problem.name(), e.getMessage()), e);
            }
        }

        private static FloatBuffer direct(Dims dims) {
            return ByteBuffer.allocateDirect(Math.multiplyExact(dims.elements(), Float.BYTES))
                    .order(ByteOrder.nativeOrder()).asFloatBuffer();
        }

        private static long[] sizes(Dims dims) {
            return dims.sizes().stream().mapToLong(i -> i).toArray();
        }

        @Override
        String device() {
            return "cpu";
        }

        @Override
        void run() {
            try {
                session.run(inputs, outputs).close();
            } catch (OrtException e) {
                throw new IllegalStateException("ONNX Runtime failed: " + e.getMessage(), e);
            }
        }

        @Override
        void validate() {
            run();
            results.forEach((output, result) -> {
                float[] got = new float[result.capacity()];
                result.get(0, got);
                problem.check(name, output, got);
            });
        }

        @Override
        public void close() {
            try {
                for (OnnxTensor tensor : inputs.values()) {
                    tensor.close();
                }
                for (OnnxTensor tensor : outputs.values()) {
                    tensor.close();
                }
                session.close();
            } catch (OrtException e) {
                throw new IllegalStateException("ONNX Runtime failed to close: " + e.getMessage(),
                        e);
            }
        }
    }
}
