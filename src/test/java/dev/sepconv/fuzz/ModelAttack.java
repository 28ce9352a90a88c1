package dev.sepconv.fuzz;

import dev.sepconv.Dims;
import dev.sepconv.Engine;
import dev.sepconv.InputSizes;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkCases;
import dev.sepconv.NetworkJudge;
import dev.sepconv.NetworkPlan;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.OpenSizeException;
import dev.sepconv.cost.NetworkCost;
import dev.sepconv.engine.plain.PlainEngine;
import dev.sepconv.engine.simd.SimdEngine;
import dev.sepconv.io.onnx.OnnxReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * An ONNX file: what is read is compiled by the engines that every Java has, and run where that
 * takes little. A second run must give the same bits, but for the functions of which
 * docs/numerics.md says otherwise, and what is smooth must be as near to the float64 reference as
 * float32 can be.
 */
final class ModelAttack implements Attack {

    /** Multiply-adds, or numbers, that are still run: milliseconds. */
    private static final long MOST_RUN = 5_000_000;
    /** Those that are still judged, by a reference that is a thousand times slower. */
    private static final long MOST_JUDGED = 100_000;
    /** Beyond it float32 overflows where float64 doesn't. */
    private static final double LARGEST = 1e15;

    /** For all attacks of a process: their threads would end with each else. */
    private static final class Engines {
        static final PlainEngine PLAIN = PlainEngine.open();
        static final SimdEngine SIMD = SimdEngine.open(2);
    }

    @Override
    public void on(byte[] input, Path folder) throws IOException {
        Path file = Files.write(folder.resolve("model.onnx"), input);
        Network network;
        try {
            network = OnnxReader.read(file);
        } catch (OpenSizeException e) {
            if (!e.isPicture()) {
                throw e;
            }
            network = OnnxReader.read(file, InputSizes.AS_IN_MODEL.withPicture(7, 5));
        }
        double work = work(network);
        Map<String, NdArray> inputs = work > MOST_RUN ? null : inputs(network);
        Map<String, NdArray> plain = outputs(Engines.PLAIN, network, inputs);
        Map<String, NdArray> simd = outputs(Engines.SIMD, network, inputs);
        if (inputs != null && work <= MOST_JUDGED && isSmooth(network)) {
            judge(network, inputs, Map.of("plain", plain, "simd", simd));
        }
    }

    /** Twice; the result, or null where nothing is run. */
    private static Map<String, NdArray> outputs(Engine engine, Network network,
            Map<String, NdArray> inputs) {
        try (NetworkPlan plan = engine.compile(network, engine.devices().getFirst())) {
            if (inputs == null) {
                return null;
            }
            Map<String, NdArray> first = plan.run(inputs);
            Map<String, NdArray> second = plan.run(inputs);
            first.forEach((name, array) -> {
                if (!Arrays.equals(array.data(), second.get(name).data())) {
                    throw new AssertionError(
                            "%s: a second run gives another '%s'".formatted(engine, name));
                }
            });
            return first;
        }
    }

    /** Not as a whole number: what overflows would seem to be little. */
    private static double work(Network network) {
        double work = NetworkCost.of(network).total().multiplyAdds();
        // those that no node takes too: they are filled, and given to every engine
        work += network.inputs().values().stream().mapToDouble(Dims::elements).sum();
        for (Node node : network.nodes()) {
            double each = network.dims(node.output()).elements();
            if (node.op() instanceof Op.Pool pool) {
                each *= (double) pool.kernelHeight() * pool.kernelWidth();
            }
            work += each + node.inputs().stream().mapToDouble(name -> network.dims(name).elements())
                    .sum();
        }
        return work;
    }

    private static Map<String, NdArray> inputs(Network network) {
        Random random = new Random(1);
        Map<String, NdArray> inputs = new LinkedHashMap<>();
        network.inputs().forEach((name, dims) -> inputs.put(name, random(dims, random)));
        return inputs;
    }

    private static NdArray random(Dims dims, Random random) {
        NdArray array = NdArray.zeros(dims);
        for (int i = 0; i < array.data().length; i++) {
            array.data()[i] = random.nextFloat(-1, 1);
        }
        return array;
    }

    /** Whether a small error stays one: nothing jumps, as rounding and comparing do. */
    private static boolean isSmooth(Network network) {
        return network.nodes().stream().allMatch(node -> switch (node.op()) {
            case Op.Elementwise op -> switch (op.function()) {
                case FLOOR, CEIL, ROUND, SIGN, QUANTIZE, THRESHOLDED_RELU, RECIPROCAL, POWER, LOG,
                        SQRT, EXP, SIN, COS ->
                    false;
                default -> true;
            };
            case Op.Binary op -> switch (op.kind()) {
                case ADD, SUB, MUL, MAX, MIN -> true;
                default -> false;
            };
            case Op.Normalize op -> false;
            default -> true;
        });
    }

    /**
     * Beside a border engines multiply the padding's zeros by weights that are no numbers, as ONNX
     * Runtime does, and the reference doesn't.
     */
    private static boolean hasNumbersForWeights(Node node) {
        return !(node.op() instanceof Op.Convolve op) || op.weights().stream().allMatch(each -> {
            for (float weight : each.weight()) {
                if (!Float.isFinite(weight)) {
                    return false;
                }
            }
            return true;
        });
    }

    private static void judge(Network network, Map<String, NdArray> inputs,
            Map<String, Map<String, NdArray>> byEngine) {
        NetworkJudge judge = new NetworkJudge(new NetworkCases.Case(network, inputs));
        boolean usual = network.nodes().stream().map(node -> judge.exact(node.output()))
                .flatMapToDouble(Arrays::stream).allMatch(number -> Math.abs(number) < LARGEST
                        && (number == 0 || Math.abs(number) > 1 / LARGEST));
        if (!usual || !network.nodes().stream().allMatch(ModelAttack::hasNumbersForWeights)) {
            return;
        }
        double tolerance = 10 * judge.tolerance();
        byEngine.forEach((engine, outputs) -> {
            double error = judge.error(outputs);
            if (!(error <= tolerance)) {
                throw new AssertionError(
                        "%s is off by %.3g of a channel's scale, %.3g is allowed: %s".formatted(
                                engine, error, tolerance, List.copyOf(network.nodes()).toString()));
            }
        });
    }
}
