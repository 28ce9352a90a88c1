package dev.sepconv.io.onnx;

import static dev.sepconv.onnx.OnnxGraph.attribute;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.sepconv.Dims;
import dev.sepconv.Engine;
import dev.sepconv.InputSizes;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.engine.Engines;
import dev.sepconv.onnx.OnnxGraph;
import dev.sepconv.onnx.OnnxRuntimeOracle;
import dev.sepconv.reference.NetworkReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Quantised operators against ONNX Runtime: bit for bit where the standard says how to round, else
 * within one step. {@code -Dsepconv.seed=N} draws others.
 */
class QuantizationTest {

    private static final long SEED = Long.getLong("sepconv.seed", 8_000_000);
    private static final int CASES = Integer.getInteger("sepconv.cases", 40);
    private static final List<String> ENGINES = List.of("plain", "java", "simd");

    /** A model being drawn, from {@code x0}, {@code x1}, … to {@code y}. */
    private static final class Draw {
        private final Random random;
        private final OnnxGraph graph;
        private final Map<String, NdArray> inputs = new LinkedHashMap<>();
        private int names;

        Draw(long seed, int opset) {
            random = new Random(seed);
            graph = new OnnxGraph(opset).output("y");
        }

        int number(int least, int most) {
            return random.nextInt(least, most + 1);
        }

        String fresh(String what) {
            return what + names++;
        }

        /** Numbers of which some lie half way between two steps, and some past the last. */
        String input(float step, int... sizes) {
            NdArray array = NdArray.zeros(Dims.of(sizes));
            for (int i = 0; i < array.data().length; i++) {
                array.data()[i] = switch (random.nextInt(8)) {
                    case 0 -> (random.nextInt(-140, 140) + 0.5f) * step;
                    case 1 -> random.nextFloat(-600, 600) * step;
                    default -> random.nextFloat(-128, 128) * step;
                };
            }
            String name = "x" + inputs.size();
            inputs.put(name, array);
            graph.input(name, sizes);
            return name;
        }

        String scale(float... scale) {
            String name = fresh("scale");
            graph.floats(name, scale.length == 1 ? Dims.of() : Dims.of(scale.length), scale);
            return name;
        }

        float anyScale() {
            return random.nextFloat(0.001f, 0.1f);
        }

        String integers(DataType type, Dims dims, int... numbers) {
            String name = fresh("q");
            TensorProto.Builder tensor = TensorProto.newBuilder().setName(name)
                    .setDataType(type.getNumber())
                    .addAllDims(dims.sizes().stream().map(Integer::longValue).toList());
            Arrays.stream(numbers).forEach(tensor::addInt32Data);
            graph.graph().addInitializer(tensor);
            return name;
        }

        String zero(DataType type) {
            return integers(type, Dims.of(),
                    type == DataType.UINT8 ? number(0, 255) : number(-128, 127));
        }

        /** Small ones: ONNX Runtime's products of pairs saturate on processors without VNNI. */
        String weight(DataType type, int... sizes) {
            int[] numbers = new int[Dims.of(sizes).elements()];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = type == DataType.UINT8 ? number(0, 120) : number(-60, 60);
            }
            return integers(type, Dims.of(sizes), numbers);
        }

        String node(String operator, String... from) {
            return nodeOf("", operator, from);
        }

        String node(String domain, String operator, String[] from, AttributeProto... attributes) {
            String name = fresh("n");
            graph.graph()
                    .addNode(NodeProto.newBuilder().setDomain(domain).setOpType(operator)
                            .addAllInput(List.of(from)).addOutput(name)
                            .addAllAttribute(List.of(attributes)));
            return name;
        }

        String nodeOf(String domain, String operator, String... from) {
            return node(domain, operator, from, new AttributeProto[0]);
        }

        /** {@code y} is the integers themselves, as floats. */
        Draw steps(String q, DataType type) {
            graph.node("DequantizeLinear", List.of(q, scale(1), integers(type, Dims.of(), 0)), "y");
            return this;
        }

        byte[] bytes() {
            return graph.model().toBuilder().addOpsetImport(
                    OperatorSetIdProto.newBuilder().setDomain("com.microsoft").setVersion(1))
                    .build().toByteArray();
        }
    }

    private static DataType type(Random random) {
        return random.nextBoolean() ? DataType.UINT8 : DataType.INT8;
    }

    /** Runs a model by the reference and the engines; none may be further off than that. */
    private static void check(String what, Draw draw, double most) throws IOException {
        float[] right = OnnxRuntimeOracle.run(draw.bytes(), draw.inputs).get("y").data();
        Network network;
        try {
            network = OnnxReader.read(draw.bytes(), InputSizes.AS_IN_MODEL);
        } catch (IOException e) {
            throw new AssertionError(what + ": " + e.getMessage(), e);
        }
        compare(what + " by the reference", right,
                narrow(NetworkReference.run(network, draw.inputs).get("y")), most);
        for (String name : ENGINES) {
            try (Engine engine = Engines.open(name);
                    NetworkPlan plan = engine.compile(network, engine.devices().getFirst())) {
                compare(what + " by " + name, right, plan.run(draw.inputs).get("y").data(), most);
            }
        }
    }

    private static float[] narrow(double[] numbers) {
        float[] narrow = new float[numbers.length];
        for (int i = 0; i < narrow.length; i++) {
            narrow[i] = (float) numbers[i];
        }
        return narrow;
    }

    private static void compare(String what, float[] right, float[] ours, double most) {
        assertEquals(right.length, ours.length, what);
        for (int i = 0; i < right.length; i++) {
            assertTrue(Math.abs((double) right[i] - ours[i]) <= most,
                    "%s: number %d is %s; it should be %s".formatted(what, i, ours[i], right[i]));
        }
    }

    @Test
    void numbersAreQuantisedBitForBit() throws IOException {
        for (int i = 0; i < CASES; i++) {
            long seed = SEED + i;
            Draw draw = new Draw(seed, 10 + i % 3 * 4);
            DataType type = type(draw.random);
            float step = draw.anyScale();
            String x = draw.input(step, draw.number(1, 3), draw.number(1, 40), draw.number(1, 9));
            String q = i % 5 == 0
                    ? draw.node("QuantizeLinear", x, draw.scale(step))
                    : draw.node("QuantizeLinear", x, draw.scale(step), draw.zero(type));
            check("QuantizeLinear, -Dsepconv.seed=" + seed,
                    draw.steps(q, i % 5 == 0 ? DataType.UINT8 : type), 0);
        }
    }

    /** What engines simplify may round the other way at half a step: division by each channel's. */
    @Test
    void channelsAreQuantisedEachByItsScale() throws IOException {
        for (int i = 0; i < CASES; i++) {
            long seed = SEED + 1_000 + i;
            Draw draw = new Draw(seed, 13);
            DataType type = type(draw.random);
            int channels = draw.number(1, 6);
            float[] scales = new float[channels];
            int[] zeros = new int[channels];
            for (int c = 0; c < channels; c++) {
                scales[c] = draw.anyScale();
                zeros[c] = type == DataType.UINT8 ? draw.number(0, 255) : draw.number(-128, 127);
            }
            String x = draw.input(0.05f, 2, channels, 5, 7);
            String scale = "s";
            draw.graph.floats(scale, Dims.of(channels), scales);
            String zero = draw.integers(type, Dims.of(channels), zeros);
            String q = draw.node("QuantizeLinear", x, scale, zero);
            String back = draw.node("DequantizeLinear", q, scale, zero);
            draw.graph.node("Identity", List.of(back), "y");
            check("QuantizeLinear of channels, -Dsepconv.seed=" + seed, draw, 0.1001);
        }
    }

    @Test
    void constantsAreDequantisedBitForBit() throws IOException {
        for (int i = 0; i < CASES; i++) {
            long seed = SEED + 2_000 + i;
            Draw draw = new Draw(seed, 21);
            DataType type = i % 3 == 0 ? DataType.INT32 : type(draw.random);
            int[] sizes = {draw.number(1, 5), draw.number(1, 7), draw.number(1, 4)};
            int axis = draw.number(0, 2);
            int[] numbers = new int[Dims.of(sizes).elements()];
            for (int n = 0; n < numbers.length; n++) {
                numbers[n] = type == DataType.INT32
                        ? draw.random.nextInt()
                        : type == DataType.UINT8 ? draw.number(0, 255) : draw.number(-128, 127);
            }
            String q = draw.integers(type, Dims.of(sizes), numbers);
            int block = draw.number(2, 3);
            int[] scaleSizes = switch (i % 3) {
                case 0 -> new int[0];
                case 1 -> new int[]{sizes[axis]};
                default -> sizes.clone();
            };
            if (i % 3 == 2) {
                scaleSizes[axis] = Math.ceilDiv(sizes[axis], block);
            }
            int scales = Dims.of(scaleSizes).elements();
            float[] scale = new float[scales];
            int[] zero = new int[scales];
            for (int s = 0; s < scales; s++) {
                scale[s] = draw.anyScale();
                zero[s] = draw.number(0, 90);
            }
            draw.graph.floats("s", Dims.of(scaleSizes), scale);
            String[] from = type == DataType.INT32
                    ? new String[]{q, "s"}
                    : new String[]{q, "s", draw.integers(type, Dims.of(scaleSizes), zero)};
            String real = i % 3 == 2
                    ? draw.node("", "DequantizeLinear", from, attribute("axis", axis),
                            attribute("block_size", block))
                    : draw.node("", "DequantizeLinear", from, attribute("axis", axis));
            NdArray zeros = NdArray.zeros(Dims.of(sizes));
            draw.inputs.put("x0", zeros);
            draw.graph.input("x0", sizes).node("Add", List.of("x0", real), "y");
            check("DequantizeLinear, -Dsepconv.seed=" + seed, draw, 0);
        }
    }

    private static String quantised(Draw draw, DataType type, float step, String scale, String zero,
            int... sizes) {
        return draw.node("QuantizeLinear", draw.input(step, sizes), scale, zero);
    }

    @Test
    void quantisedConvolutionsAreAtMostAStepOff() throws IOException {
        for (int i = 0; i < CASES; i++) {
            long seed = SEED + 3_000 + i;
            Draw draw = new Draw(seed, 13);
            DataType type = type(draw.random);
            // ONNX Runtime has unsigned weights only with unsigned activations
            DataType weights = type == DataType.UINT8 ? type(draw.random) : DataType.INT8;
            float step = draw.anyScale();
            int groups = draw.number(1, 3);
            int channels = groups * draw.number(1, 5);
            int filters = groups * draw.number(1, 4);
            int kernel = draw.number(1, 3);
            String xs = draw.scale(step);
            String xz = draw.zero(type);
            String q = quantised(draw, type, step, xs, xz, draw.number(1, 2), channels,
                    draw.number(kernel, 11), draw.number(kernel, 13));
            float[] scales = new float[filters];
            int[] bias = new int[filters];
            for (int k = 0; k < filters; k++) {
                scales[k] = draw.anyScale();
                bias[k] = draw.number(-20_000, 20_000);
            }
            String ws = "ws";
            draw.graph.floats(ws, Dims.of(filters), scales);
            String wz = draw.integers(weights, Dims.of(filters), new int[filters]);
            float outStep = step * 0.05f * 40 * channels / groups * kernel;
            DataType out = type;
            String y = draw
                    .node("", "QLinearConv",
                            new String[]{q, xs, xz,
                                    draw.weight(weights, filters, channels / groups, kernel,
                                            kernel),
                                    ws, wz, draw.scale(outStep), draw.zero(out),
                                    draw.integers(DataType.INT32, Dims.of(filters), bias)},
                            attribute("group", groups),
                            attribute("strides", draw.number(1, 3), draw.number(1, 2)),
                            attribute("pads", draw.number(0, kernel - 1),
                                    draw.number(0, kernel - 1), draw.number(0, kernel - 1),
                                    draw.number(0, kernel - 1)));
            check("QLinearConv, -Dsepconv.seed=" + seed, draw.steps(y, out), 1);
        }
    }

    @Test
    void quantisedProductsAreAtMostAStepOff() throws IOException {
        for (int i = 0; i < CASES; i++) {
            long seed = SEED + 4_000 + i;
            Draw draw = new Draw(seed, 13);
            DataType type = type(draw.random);
            float step = draw.anyScale();
            int inner = i % 4 == 0 ? draw.number(2_000, 5_000) : draw.number(1, 60);
            int columns = draw.number(1, 9);
            String xs = draw.scale(step);
            String xz = draw.zero(type);
            String q = quantised(draw, type, step, xs, xz, draw.number(1, 3), inner);
            float[] scales = new float[columns];
            int[] bias = new int[columns];
            for (int c = 0; c < columns; c++) {
                scales[c] = draw.anyScale();
                bias[c] = draw.number(-20_000, 20_000);
            }
            boolean gemm = draw.random.nextBoolean();
            draw.graph.floats("ws", Dims.of(columns), scales);
            String wz = draw.integers(DataType.INT8, Dims.of(columns), new int[columns]);
            String w = draw.weight(DataType.INT8, inner, columns);
            String ys = draw.scale(step * 2 * (float) Math.sqrt(inner));
            String yz = draw.zero(type);
            String y = gemm
                    ? draw.nodeOf("com.microsoft", "QGemm", q, xs, xz, w, "ws", wz,
                            draw.integers(DataType.INT32, Dims.of(columns), bias), ys, yz)
                    : draw.node("QLinearMatMul", q, xs, xz, w, "ws", wz, ys, yz);
            check("products of %d, -Dsepconv.seed=%d".formatted(inner, seed), draw.steps(y, type),
                    1);
        }
    }

    /** Sums that float32 has: below 2^24. */
    @Test
    void integerProductsAreExact() throws IOException {
        for (int i = 0; i < CASES; i++) {
            long seed = SEED + 5_000 + i;
            Draw draw = new Draw(seed, 13);
            float step = draw.anyScale();
            String xs = draw.scale(step);
            String xz = draw.zero(DataType.UINT8);
            String sums;
            if (i % 3 == 0) {
                String q = quantised(draw, DataType.UINT8, step, xs, xz, 1, 4, 7, 9);
                sums = draw.node("", "ConvInteger",
                        new String[]{q, draw.weight(DataType.INT8, 3, 4, 3, 2), xz},
                        attribute("pads", 1, 0, 2, 1));
            } else if (i % 3 == 1) {
                String q = quantised(draw, DataType.UINT8, step, xs, xz, 3, draw.number(1, 90));
                sums = draw.node("MatMulInteger", q,
                        draw.weight(DataType.INT8, draw.inputs.get("x0").dims().get(1), 5), xz,
                        draw.integers(DataType.INT8, Dims.of(), draw.number(-30, 30)));
            } else {
                String x = draw.input(step, 2, draw.number(1, 70));
                draw.graph.node("DynamicQuantizeLinear", List.of(x), List.of("dq", "ds", "dz"));
                sums = draw.node("MatMulInteger", "dq",
                        draw.weight(DataType.INT8, draw.inputs.get("x0").dims().get(1), 5), "dz");
            }
            draw.graph.node("Cast", List.of(sums), "y", attribute("to", DataType.FLOAT_VALUE));
            check("integers, -Dsepconv.seed=" + seed, draw, 0);
        }
    }

    @Test
    void whatIsAllZerosIsQuantisedDynamically() throws IOException {
        Draw draw = new Draw(1, 13);
        draw.inputs.put("x0", NdArray.zeros(Dims.of(2, 3)));
        draw.graph.input("x0", 2, 3).node("DynamicQuantizeLinear", List.of("x0"),
                List.of("dq", "ds", "dz"));
        draw.graph.node("DequantizeLinear", List.of("dq", "ds", "dz"), "y");
        check("zeros", draw, 0);
    }

    @Test
    void onnxRuntimesOwnOperatorsAreAtMostAStepOff() throws IOException {
        List<String> operators = List.of("QLinearAdd", "QLinearMul", "QLinearConcat",
                "QLinearAveragePool", "QLinearGlobalAveragePool", "QLinearSigmoid",
                "QLinearLeakyRelu", "QLinearSoftmax");
        for (String operator : operators) {
            for (int i = 0; i < CASES / 4; i++) {
                long seed = SEED + 6_000 + i;
                Draw draw = new Draw(seed, 13);
                DataType type = type(draw.random);
                float step = draw.anyScale();
                int[] sizes = {1, draw.number(1, 5), draw.number(2, 9), draw.number(2, 9)};
                String xs = draw.scale(step);
                String xz = draw.zero(type);
                String q = quantised(draw, type, step, xs, xz, sizes);
                String p = quantised(draw, type, step, xs, xz, sizes);
                String ys = draw.scale(switch (operator) {
                    case "QLinearSigmoid", "QLinearSoftmax" -> 1 / 256f;
                    default -> step * 1.3f;
                });
                String yz = operator.equals("QLinearSoftmax")
                        ? draw.integers(type, Dims.of(), type == DataType.UINT8 ? 0 : -128)
                        : draw.zero(type);
                String y = switch (operator) {
                    case "QLinearAdd", "QLinearMul" ->
                        draw.nodeOf("com.microsoft", operator, q, xs, xz, p, xs, xz, ys, yz);
                    case "QLinearConcat" -> draw.node("com.microsoft", operator,
                            new String[]{ys, yz, q, xs, xz, p, xs, xz}, attribute("axis", 1));
                    case "QLinearAveragePool" ->
                        draw.node("com.microsoft", operator, new String[]{q, xs, xz, ys, yz},
                                attribute("kernel_shape", 2, 2), attribute("strides", 2, 1));
                    case "QLinearGlobalAveragePool" -> draw.node("com.microsoft", operator,
                            new String[]{q, xs, xz, ys, yz}, attribute("channels_last", 0));
                    case "QLinearSoftmax" ->
                        draw.node("com.microsoft", operator, new String[]{q, xs, xz, ys, yz},
                                attribute("axis", -1), attribute("opset", 13));
                    default -> draw.nodeOf("com.microsoft", operator, q, xs, xz, ys, yz);
                };
                check(operator + ", -Dsepconv.seed=" + seed, draw.steps(y, type), 1);
            }
        }
    }

    @Test
    void whatTheOptimizerFusesIsRead() throws IOException {
        for (String operator : List.of("FusedConv", "FusedGemm", "FusedMatMul", "Gelu", "BiasGelu",
                "FastGelu", "QuickGelu")) {
            Draw draw = new Draw(SEED + 7_000, 13);
            NdArray numbers = NdArray.zeros(Dims.of(8));
            for (int n = 0; n < 8; n++) {
                numbers.data()[n] = 0.25f * n - 1;
            }
            draw.graph.floats("b", Dims.of(8), numbers.data());
            String y = switch (operator) {
                case "FusedConv" -> {
                    String x = draw.input(0.01f, 1, 2, 5, 6);
                    draw.graph.floats("w", Dims.of(1, 2, 2, 2), numbers.data());
                    yield draw.node("com.microsoft", operator, new String[]{x, "w"},
                            attribute("activation", "LeakyRelu"),
                            attribute("activation_params", new float[]{0.2f}));
                }
                case "FusedGemm" -> {
                    draw.graph.floats("w", Dims.of(2, 4), numbers.data());
                    yield draw.node("com.microsoft", operator,
                            new String[]{draw.input(0.01f, 3, 4), "w"}, attribute("transB", 1),
                            attribute("alpha", 0.5f), attribute("activation", "Relu"));
                }
                case "FusedMatMul" -> draw.node("com.microsoft", operator,
                        new String[]{draw.input(0.01f, 2, 5, 3), draw.input(0.01f, 2, 4, 5)},
                        attribute("transA", 1), attribute("transB", 1), attribute("alpha", 0.5f));
                case "QuickGelu" -> draw.node("com.microsoft", operator,
                        new String[]{draw.input(0.01f, 3, 8)}, attribute("alpha", 1.5f));
                case "Gelu" -> draw.nodeOf("com.microsoft", operator, draw.input(0.01f, 3, 8));
                default -> draw.nodeOf("com.microsoft", operator, draw.input(0.01f, 3, 8), "b");
            };
            draw.graph.node("Identity", List.of(y), "y");
            check(operator, draw, 1e-4);
        }
    }

    /** Of one and one output channel scale each; made by ONNX Runtime's static quantisation. */
    @ParameterizedTest
    @ValueSource(
            strings = {"small-qdq-u8", "small-qdq-s8", "small-qoperator-u8", "small-qoperator-s8"})
    void networksThatOnnxRuntimeQuantisedRun(String name) throws IOException {
        byte[] model = Files
                .readAllBytes(Path.of("src/test/resources/quantised/" + name + ".onnx"));
        NdArray x = NdArray.zeros(Dims.of(1, 3, 23, 23));
        Random random = new Random(SEED);
        for (int i = 0; i < x.data().length; i++) {
            x.data()[i] = (float) random.nextGaussian();
        }
        Map<String, NdArray> right = OnnxRuntimeOracle.run(model, Map.of("x", x));
        Network network = OnnxReader.read(model, InputSizes.AS_IN_MODEL);
        List<String> engines = new ArrayList<>(ENGINES);
        engines.add("reference");
        for (String engine : engines) {
            Map<String, float[]> ours = new LinkedHashMap<>();
            if (engine.equals("reference")) {
                NetworkReference.run(network, Map.of("x", x))
                        .forEach((output, numbers) -> ours.put(output, narrow(numbers)));
            } else {
                try (Engine opened = Engines.open(engine);
                        NetworkPlan plan = opened.compile(network, opened.devices().getFirst())) {
                    plan.run(Map.of("x", x))
                            .forEach((output, numbers) -> ours.put(output, numbers.data()));
                }
            }
            right.forEach((output, array) -> {
                float[] a = array.data();
                float[] b = ours.get(output);
                float most = 0;
                float range = 0;
                for (int i = 0; i < a.length; i++) {
                    most = Math.max(most, Math.abs(a[i] - b[i]));
                    range = Math.max(range, Math.abs(a[i]));
                }
                System.out.printf("QuantizationTest: %s by %s, %s: off by %.2g of the largest%n",
                        name, engine, output, most / range);
                // some layers, each of which may be a step of 255 off
                assertTrue(most <= 5 * range / 255, name + " by " + engine + ": " + output);
            });
        }
    }

    private static String refusal(String scale, float[] scales, int[] zeros, DataType zeroType) {
        OnnxGraph graph = new OnnxGraph(13).input("x", 2, 3, 4).output("y");
        graph.floats("s", scales.length == 1 ? Dims.of() : Dims.of(scales.length), scales);
        TensorProto.Builder zero = TensorProto.newBuilder().setName("z")
                .setDataType(zeroType.getNumber());
        if (zeros.length != 1) {
            zero.addDims(zeros.length);
        }
        for (int each : zeros) {
            if (zeroType == DataType.FLOAT) {
                zero.addFloatData(each);
            } else {
                zero.addInt32Data(each);
            }
        }
        graph.graph().addInitializer(zero);
        graph.node("QuantizeLinear", List.of("x", "s", "z"), "y");
        return assertThrows(IOException.class,
                () -> OnnxReader.read(graph.bytes(), InputSizes.AS_IN_MODEL), scale).getMessage();
    }

    @Test
    void hostileScalesAreRefused() {
        int[] one = {0};
        for (float scale : new float[]{0, -1, Float.NaN, Float.POSITIVE_INFINITY}) {
            String message = refusal("scale", new float[]{scale}, one, DataType.UINT8);
            assertTrue(message.endsWith(
                    "the scale ('s') is %s; it must be above 0 and finite".formatted(scale)),
                    message);
        }
        assertTrue(refusal("two", new float[]{1, 1}, new int[]{0, 0}, DataType.INT8).endsWith(
                "the scale is [2]; for an array of [2, 3, 4] along dimension 1 it must be one number or [3]"));
        assertTrue(refusal("zeros", new float[]{1, 1, 1}, one, DataType.INT8)
                .endsWith("the scale has 3 numbers and the zero point 1; they must have as many"));
        assertTrue(refusal("type", new float[]{1}, one, DataType.INT32).endsWith(
                "numbers would be quantised to int32; only int8, uint8, int16 and uint16 can be"));
        assertTrue(refusal("float", new float[]{1}, one, DataType.FLOAT)
                .endsWith("the zero point ('z') is of a float type; only integers can be read"));
        OnnxGraph floats = new OnnxGraph(13).input("x", 2).output("y").floats("s", Dims.of(), 1)
                .node("DequantizeLinear", List.of("x", "s"), "y");
        assertTrue(assertThrows(IOException.class,
                () -> OnnxReader.read(floats.bytes(), InputSizes.AS_IN_MODEL)).getMessage()
                .endsWith("input 'x' is of a float type; only integers can be dequantised"));
    }
}
