package dev.sepconv.io.onnx;

import static dev.sepconv.onnx.OnnxGraph.attribute;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import ai.onnx.proto.OnnxMl.AttributeProto;
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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every operator in models of one node (or the few that it takes to give it what it needs) with
 * random sizes, attributes and operator sets: read and computed in float64, against ONNX Runtime.
 * {@code -Dsepconv.seed=N} draws others, {@code -Dsepconv.cases=N} more; a failure prints the seed
 * of its case.
 */
class OperatorTest {

    private static final long SEED = Long.getLong("sepconv.seed", 4_000_000);
    private static final int CASES = Integer.getInteger("sepconv.cases", 60);
    private static final List<String> ENGINES = List
            .of(System.getProperty("sepconv.engines", "simd,java,plain").split(","));
    /** Over the right output's largest magnitude. */
    private static final double TOLERANCE = 1e-5;

    @TempDir
    private Path folder;

    /**
     * A model being drawn. Its inputs are {@code x0}, {@code x1} and so on, its output is
     * {@code y}.
     */
    private static final class Draw {
        private final Random random;
        private final int opset;
        private final OnnxGraph graph;
        private final Map<String, NdArray> inputs = new LinkedHashMap<>();
        private int constants;

        Draw(long seed, int oldest, int newest) {
            random = new Random(seed);
            opset = random.nextInt(oldest, newest + 1);
            graph = new OnnxGraph(opset).output("y");
        }

        int number(int least, int most) {
            return random.nextInt(least, most + 1);
        }

        boolean maybe() {
            return random.nextBoolean();
        }

        @SafeVarargs
        final <T> T pick(T... of) {
            return of[random.nextInt(of.length)];
        }

        int[] sizes(int rank) {
            return random.ints(rank, 1, 7).toArray();
        }

        int[] picture() {
            return new int[]{number(1, 2), number(1, 6), number(1, 13), number(1, 13)};
        }

        NdArray numbers(Dims dims, double least, double most) {
            NdArray array = NdArray.zeros(dims);
            for (int i = 0; i < array.data().length; i++) {
                array.data()[i] = (float) random.nextDouble(least, most);
            }
            return array;
        }

        String input(int... sizes) {
            return input(-2, 2, sizes);
        }

        String input(double least, double most, int... sizes) {
            String name = "x" + inputs.size();
            graph.input(name, sizes);
            inputs.put(name, numbers(Dims.of(sizes), least, most));
            return name;
        }

        String constant(int... sizes) {
            return constant(-2, 2, sizes);
        }

        /** A constant as an initializer or as a node. */
        String constant(double least, double most, int... sizes) {
            return constant(numbers(Dims.of(sizes), least, most));
        }

        String constant(NdArray numbers) {
            String name = "c" + constants++;
            if (maybe()) {
                graph.floats(name, numbers.dims(), numbers.data());
            } else {
                graph.node("Constant", List.of(), name,
                        attribute("value", OnnxGraph.floatTensor(numbers.dims(), numbers.data())));
            }
            return name;
        }

        String scalar(double number) {
            return constant(NdArray.of(Dims.of(), (float) number));
        }

        String integers(long... numbers) {
            String name = "c" + constants++;
            graph.integers(name, numbers);
            return name;
        }

        String either(int... sizes) {
            return maybe() ? input(sizes) : constant(sizes);
        }

        /** An axis, counted from the back at times. */
        int axis(int dimension, int rank) {
            return maybe() ? dimension : dimension - rank;
        }

        /** Sizes that can be repeated to others: some 1, some left out in front. */
        int[] repeatable(int[] to) {
            int[] sizes = Arrays.copyOfRange(to, number(0, to.length), to.length);
            for (int i = 0; i < sizes.length; i++) {
                sizes[i] = maybe() ? 1 : sizes[i];
            }
            return sizes;
        }

        void node(String operator, List<String> from, AttributeProto... attributes) {
            graph.node(operator, from, "y", attributes);
        }

        void node(String operator, List<String> from, List<AttributeProto> attributes) {
            graph.node(operator, from, "y", attributes.toArray(AttributeProto[]::new));
        }
    }

    private record Maker(int oldest, int newest, Consumer<Draw> make) {
    }

    private static final Map<String, Maker> MAKERS = new TreeMap<>();

    private static void put(String operator, Consumer<Draw> make) {
        put(operator, OnnxReader.OLDEST, OnnxReader.NEWEST, make);
    }

    private static void put(String operator, int oldest, int newest, Consumer<Draw> make) {
        MAKERS.put(operator, new Maker(oldest, newest, make));
    }

    static {
        put("Conv", OperatorTest::conv);
        put("ConvTranspose", OperatorTest::convTranspose);
        put("MaxPool", draw -> pool(draw, "MaxPool", draw.opset >= 10));
        put("AveragePool", draw -> pool(draw, "AveragePool", draw.opset >= 19));
        put("GlobalAveragePool",
                draw -> draw.node("GlobalAveragePool", List.of(draw.input(draw.picture()))));
        put("GlobalMaxPool",
                draw -> draw.node("GlobalMaxPool", List.of(draw.input(draw.picture()))));
        put("BatchNormalization", OperatorTest::batchNormalization);
        for (String operator : List.of("Relu", "Sigmoid", "Tanh", "Exp", "Identity", "Dropout")) {
            put(operator, draw -> draw.node(operator,
                    List.of(draw.input(-6, 6, draw.sizes(draw.number(0, 5))))));
        }
        put("HardSwish", 14, OnnxReader.NEWEST, draw -> draw.node("HardSwish",
                List.of(draw.input(-6, 6, draw.sizes(draw.number(0, 5))))));
        put("Sqrt", draw -> draw.node("Sqrt",
                List.of(draw.input(0, 6, draw.sizes(draw.number(0, 5))))));
        put("LeakyRelu", draw -> draw.node("LeakyRelu", List.of(draw.input(draw.sizes(3))),
                draw.maybe() ? List.of() : List.of(attribute("alpha", draw.random.nextFloat()))));
        put("HardSigmoid",
                draw -> draw.node("HardSigmoid", List.of(draw.input(-6, 6, draw.sizes(3))),
                        draw.maybe()
                                ? List.of()
                                : List.of(attribute("alpha", 0.3f), attribute("beta", 0.4f))));
        put("Clip", OperatorTest::clip);
        put("PRelu", OperatorTest::prelu);
        for (String operator : List.of("Add", "Sub", "Mul", "Div")) {
            put(operator, draw -> binary(draw, operator));
        }
        put("Sum", 8, OnnxReader.NEWEST, draw -> several(draw, "Sum"));
        for (String operator : List.of("Max", "Min")) {
            put(operator, 8, OnnxReader.NEWEST, draw -> {
                if (draw.maybe()) {
                    limit(draw, operator);
                } else {
                    several(draw, operator);
                }
            });
        }
        put("Pow", draw -> draw.node("Pow", List.of(draw.input(0.1, 3, draw.sizes(3)),
                draw.scalar(draw.pick(0.5, 1.0, 2.0, 3.0, 1.7)))));
        put("ReduceMean", draw -> reduce(draw, "ReduceMean", 18));
        put("ReduceMax", draw -> reduce(draw, "ReduceMax", 18));
        put("ReduceSum", draw -> reduce(draw, "ReduceSum", 13));
        put("Softmax", draw -> softmax(draw, "Softmax"));
        put("Gemm", OperatorTest::gemm);
        put("MatMul", OperatorTest::matMul);
        put("Concat", OperatorTest::concat);
        put("Reshape", OperatorTest::reshape);
        put("Flatten", OperatorTest::flatten);
        put("Transpose", OperatorTest::transpose);
        put("Squeeze", OperatorTest::squeeze);
        put("Unsqueeze", OperatorTest::unsqueeze);
        put("Pad", OperatorTest::pad);
        put("Slice", OperatorTest::slice);
        put("Split", OperatorTest::split);
        put("Gather", OperatorTest::gather);
        put("Resize", 10, OnnxReader.NEWEST, OperatorTest::resize);
        put("Upsample", 7, 9, OperatorTest::upsample);
        put("Cast", draw -> {
            if (draw.maybe()) { // toward 0
                draw.graph.node("Cast", List.of(draw.input(-3, 3, draw.sizes(3))), "whole",
                        attribute("to", (long) draw.pick(DataType.INT64_VALUE, DataType.INT32_VALUE,
                                DataType.BOOL_VALUE)));
                draw.node("Cast", List.of("whole"), attribute("to", (long) DataType.FLOAT_VALUE));
                return;
            }
            draw.graph.node("Cast", List.of(draw.input(draw.sizes(3))), "wide",
                    attribute("to", (long) DataType.DOUBLE_VALUE));
            draw.node("Cast", List.of("wide"), attribute("to", (long) DataType.FLOAT_VALUE));
        });
        put("Constant", OperatorTest::constant);
        put("ConstantOfShape", 9, OnnxReader.NEWEST, OperatorTest::constantOfShape);
        put("Shape", OperatorTest::shape);
        for (String operator : List.of("Floor", "Ceil", "Abs", "Neg", "Softplus", "Softsign")) {
            put(operator, draw -> draw.node(operator,
                    List.of(draw.input(-6, 6, draw.sizes(draw.number(0, 5))))));
        }
        for (String operator : List.of("Sin", "Cos", "Atan")) {
            put(operator, draw -> draw.node(operator, List.of(draw.input(-6, 6, draw.sizes(3)))));
        }
        for (String operator : List.of("Erf", "Sign")) {
            put(operator, 9, OnnxReader.NEWEST,
                    draw -> draw.node(operator, List.of(draw.input(-4, 4, draw.sizes(3)))));
        }
        put("Round", 11, OnnxReader.NEWEST, draw -> draw.node("Round", List.of(draw.maybe()
                ? draw.input(-6, 6, draw.sizes(3))
                : draw.constant(NdArray.of(Dims.of(6), 0.5f, 1.5f, 2.5f, -0.5f, -1.5f, -2.5f)))));
        put("Reciprocal",
                draw -> draw.node("Reciprocal", List.of(draw.input(0.5, 6, draw.sizes(3)))));
        put("Log", draw -> draw.node("Log", List.of(draw.input(0.1, 6, draw.sizes(3)))));
        put("Mish", 18, OnnxReader.NEWEST,
                draw -> draw.node("Mish", List.of(draw.input(-6, 6, draw.sizes(3)))));
        put("Gelu", 20, OnnxReader.NEWEST,
                draw -> draw.node("Gelu", List.of(draw.input(-6, 6, draw.sizes(3))),
                        draw.maybe()
                                ? List.of()
                                : List.of(attribute("approximate", draw.pick("none", "tanh")))));
        for (String operator : List.of("Elu", "ThresholdedRelu", "Celu")) {
            put(operator,
                    operator.equals("Celu") ? 12 : operator.equals("Elu") ? OnnxReader.OLDEST : 10,
                    OnnxReader.NEWEST,
                    draw -> draw.node(operator, List.of(draw.input(-6, 6, draw.sizes(3))),
                            draw.maybe()
                                    ? List.of()
                                    : List.of(attribute("alpha", 0.3f + draw.random.nextFloat()))));
        }
        put("RMSNormalization", 23, OnnxReader.NEWEST, draw -> {
            int[] in = draw.sizes(3);
            draw.node("RMSNormalization", List.of(draw.input(in), draw.constant(in[2])),
                    List.of(attribute("axis", -1L), attribute("epsilon", 1e-3f)));
        });
        put("Selu",
                draw -> draw.node("Selu", List.of(draw.input(-6, 6, draw.sizes(3))),
                        draw.maybe()
                                ? List.of()
                                : List.of(attribute("alpha", 1.5f), attribute("gamma", 0.7f))));
        for (String operator : List.of("ReduceMin", "ReduceL1", "ReduceL2", "ReduceSumSquare",
                "ReduceLogSumExp")) {
            put(operator, draw -> reduce(draw, operator, 18));
        }
        put("ReduceLogSum", draw -> reduce(draw, "ReduceLogSum", 18, 0.1));
        put("Mean", 8, OnnxReader.NEWEST, draw -> several(draw, "Mean"));
        put("LogSoftmax", draw -> softmax(draw, "LogSoftmax"));
        put("LayerNormalization", 17, OnnxReader.NEWEST, OperatorTest::layerNormalization);
        put("InstanceNormalization", draw -> {
            int[] in = draw.sizes(draw.number(3, 5));
            in[in.length - 1] += 4;
            draw.node("InstanceNormalization",
                    List.of(draw.input(in), draw.constant(in[1]), draw.constant(in[1])),
                    draw.maybe() ? List.of() : List.of(attribute("epsilon", 1e-3f)));
        });
        put("GroupNormalization", 18, OnnxReader.NEWEST, OperatorTest::groupNormalization);
        put("LpNormalization", draw -> {
            int rank = draw.number(1, 4);
            draw.node("LpNormalization", List.of(draw.input(0.5, 2, draw.sizes(rank))),
                    List.of(attribute("axis", (long) draw.axis(draw.number(0, rank - 1), rank)),
                            attribute("p", (long) draw.number(1, 2))));
        });
        put("MeanVarianceNormalization", 9, OnnxReader.NEWEST, draw -> {
            // more than one number of unlike ones, else only the epsilon divides
            boolean picture = draw.maybe();
            int[] in = picture
                    ? new int[]{draw.number(1, 3), draw.number(1, 4), draw.number(2, 7),
                            draw.number(2, 7)}
                    : new int[]{draw.number(1, 3), draw.number(4, 9)};
            draw.node("MeanVarianceNormalization", List.of(draw.input(in)), picture && draw.maybe()
                    ? List.of()
                    : List.of(attribute("axes", new int[]{draw.axis(in.length - 1, in.length)})));
        });
        put("LRN",
                draw -> draw.node("LRN", List.of(draw.input(draw.picture())),
                        List.of(attribute("size", 2L * draw.number(0, 2) + 1),
                                attribute("alpha", 0.3f), attribute("beta", 0.6f),
                                attribute("bias", 1.5f))));
        put("DepthToSpace", 11, OnnxReader.NEWEST, draw -> {
            int block = draw.number(1, 3);
            draw.node("DepthToSpace",
                    List.of(draw.input(draw.number(1, 2), block * block * draw.number(1, 3),
                            draw.number(1, 5), draw.number(1, 5))),
                    List.of(attribute("blocksize", (long) block),
                            attribute("mode", draw.pick("DCR", "CRD"))));
        });
        put("SpaceToDepth", draw -> {
            int block = draw.number(1, 3);
            draw.node("SpaceToDepth",
                    List.of(draw.input(draw.number(1, 2), draw.number(1, 3),
                            block * draw.number(1, 5), block * draw.number(1, 5))),
                    List.of(attribute("blocksize", (long) block)));
        });
        put("Expand", 8, OnnxReader.NEWEST, draw -> {
            int[] to = draw.sizes(draw.number(1, 4));
            draw.node("Expand", List.of(draw.either(draw.repeatable(to)),
                    draw.integers(IntStream.of(to).asLongStream().toArray())));
        });
        put("Tile", draw -> {
            int rank = draw.number(1, 4);
            draw.node("Tile", List.of(draw.either(draw.sizes(rank)),
                    draw.integers(draw.random.ints(rank, 1, 4).asLongStream().toArray())));
        });
        put("CastLike", 15, OnnxReader.NEWEST,
                draw -> draw.node("CastLike", List.of(draw.input(3, 4), draw.constant(1))));
        for (String operator : List.of("Equal", "Greater", "Less", "GreaterOrEqual",
                "LessOrEqual")) {
            put(operator, operator.contains("Or") ? 12 : 11, OnnxReader.NEWEST, draw -> {
                int[] to = draw.sizes(3);
                draw.graph.node(operator,
                        List.of(wholeOrInput(draw, to), wholeOrInput(draw, draw.repeatable(to))),
                        "bits");
                given(draw, "bits");
            });
        }
        for (String operator : List.of("And", "Or", "Xor")) {
            put(operator, draw -> {
                int[] to = draw.sizes(2);
                bits(draw, "a", to);
                bits(draw, "b", draw.repeatable(to));
                draw.graph.node(operator, List.of("a", "b"), "bits");
                given(draw, "bits");
            });
        }
        put("Not", draw -> {
            bits(draw, "a", draw.sizes(2));
            draw.graph.node("Not", List.of("a"), "bits");
            given(draw, "bits");
        });
        put("Mod", 13, OnnxReader.NEWEST, draw -> {
            boolean floats = draw.maybe();
            draw.graph.node("Mod",
                    floats
                            ? List.of(draw.constant(-5.0, 5.0, 4), draw.constant(1.0, 3.0, 4))
                            : List.of(
                                    draw.integers(-7, -3, 0, 4, 9), draw.integers(3, -2, 5, 3, -4)),
                    "rest",
                    floats || draw.maybe()
                            ? new AttributeProto[]{attribute("fmod", 1L)}
                            : new AttributeProto[0]);
            given(draw, "rest");
        });
        put("Range", 11, OnnxReader.NEWEST, draw -> {
            draw.graph.node("Range", List.of(draw.scalar(draw.number(-3, 3)),
                    draw.scalar(draw.number(4, 9) + 0.5), draw.scalar(draw.pick(0.5, 1.0, 2.25))),
                    "range");
            given(draw, "range");
        });
        put("CumSum", 11, OnnxReader.NEWEST, draw -> {
            draw.graph.node("CumSum",
                    List.of(draw.either(draw.sizes(3)), draw.integers(draw.number(-3, 2))), "sums",
                    attribute("exclusive", (long) draw.number(0, 1)),
                    attribute("reverse", (long) draw.number(0, 1)));
            given(draw, "sums");
        });
        put("ReduceProd", draw -> reduceConstant(draw));
        put("NonZero", 9, OnnxReader.NEWEST, draw -> {
            draw.graph.node("NonZero", List.of(whole(draw, draw.sizes(draw.number(1, 3)))),
                    "places");
            given(draw, "places");
        });
        put("GatherND", 12, OnnxReader.NEWEST, draw -> {
            String x = draw.either(4, 3, 5);
            draw.graph.integers("flat", 3, 0, -1, 2, 2, -3, 0, 1, 1, 1, 2, 2);
            draw.graph.integers("sizes", draw.maybe() ? new long[]{3, 2, 2} : new long[]{4, 3});
            draw.graph.node("Reshape", List.of("flat", "sizes"), "places");
            draw.node("GatherND", List.of(x, "places"));
        });
        put("ScatterND", 11, OnnxReader.NEWEST, draw -> {
            draw.graph.integers("flat", 3, 0, -1, 2);
            draw.graph.integers("sizes", 2, 2);
            draw.graph.node("Reshape", List.of("flat", "sizes"), "places");
            draw.graph.node("ScatterND",
                    List.of(draw.constant(4, 3, 2), "places", draw.constant(2, 2)), "set");
            given(draw, "set");
        });
        put("GatherElements", 11, OnnxReader.NEWEST, draw -> {
            draw.graph.integers("flat", 1, 0, -1, 2, 0, -2);
            draw.graph.integers("sizes", 2, 3);
            draw.graph.node("Reshape", List.of("flat", "sizes"), "places");
            draw.graph.node("GatherElements", List.of(draw.constant(3, 3), "places"), "found",
                    attribute("axis", (long) draw.pick(0, 1, -1)));
            given(draw, "found");
        });
        put("Trilu", 14, OnnxReader.NEWEST, draw -> {
            List<String> from = new ArrayList<>(List.of(draw.either(2, 4, 5)));
            if (draw.maybe()) {
                draw.graph.integers("k1", draw.number(-3, 3));
                draw.graph.integers("none");
                draw.graph.node("Reshape", List.of("k1", "none"), "k");
                from.add("k");
            }
            draw.graph.node("Trilu", from, "half", attribute("upper", (long) draw.number(0, 1)));
            given(draw, "half");
        });
        put("Size", draw -> {
            draw.graph.node("Size", List.of(draw.constant(draw.sizes(3))), "size");
            given(draw, "size");
        });
        put("Where", 9, OnnxReader.NEWEST, draw -> {
            int[] to = draw.sizes(3);
            bits(draw, "condition", draw.repeatable(to));
            draw.node("Where",
                    List.of("condition", draw.either(draw.repeatable(to)), draw.either(to)));
        });
        for (String operator : List.of("ArgMax", "ArgMin")) {
            put(operator, draw -> {
                int rank = draw.number(1, 4);
                List<AttributeProto> attributes = new ArrayList<>(List.of(
                        attribute("axis",
                                (long) (draw.opset >= 11
                                        ? draw.axis(draw.number(0, rank - 1), rank)
                                        : draw.number(0, rank - 1))),
                        attribute("keepdims", (long) draw.number(0, 1))));
                if (draw.opset >= 12) {
                    attributes.add(attribute("select_last_index", (long) draw.number(0, 1)));
                }
                draw.graph.node(operator, List.of(wholeOrInput(draw, draw.sizes(rank))), "place",
                        attributes.toArray(AttributeProto[]::new));
                given(draw, "place");
            });
        }
        put("TopK", OperatorTest::topK);
        put("Hardmax", draw -> {
            int rank = draw.number(2, 4);
            draw.node("Hardmax", List.of(wholeOrInput(draw, draw.sizes(rank))),
                    draw.maybe()
                            ? List.of()
                            : List.of(attribute("axis", (long) draw.number(0, rank - 1))));
        });
        put("OneHot", 11, OnnxReader.NEWEST, draw -> {
            draw.graph.node("Cast", List.of(wholeOrInput(draw, draw.sizes(2))), "places",
                    attribute("to", (long) DataType.INT64_VALUE));
            draw.node("OneHot",
                    List.of("places", draw.integers(3),
                            draw.constant(NdArray.of(Dims.of(2), -0.5f, 1.5f))),
                    attribute("axis", (long) draw.number(-3, 2)));
        });
        put("IsNaN", 9, OnnxReader.NEWEST, draw -> {
            draw.graph.node("IsNaN", List.of(odd(draw)), "bits");
            given(draw, "bits");
        });
        put("IsInf", 10, OnnxReader.NEWEST, draw -> {
            draw.graph.node("IsInf", List.of(odd(draw)), "bits",
                    attribute("detect_positive", (long) draw.number(0, 1)),
                    attribute("detect_negative", (long) draw.number(0, 1)));
            given(draw, "bits");
        });
        put("Shrink", 9, OnnxReader.NEWEST,
                draw -> draw.node("Shrink", List.of(draw.either(draw.sizes(3))),
                        draw.maybe()
                                ? List.of()
                                : List.of(attribute("bias", 0.3f), attribute("lambd", 0.7f))));
        put("Attention", 23, OnnxReader.NEWEST, OperatorTest::attention);
        put("Einsum", 12, OnnxReader.NEWEST, OperatorTest::einsum);
        put("If", OperatorTest::branches);
    }

    /** Those that QuantizationTest has. */
    static final Set<String> QUANTISED = Set.of("ConvInteger", "DequantizeLinear",
            "DynamicQuantizeLinear", "MatMulInteger", "QLinearConv", "QLinearMatMul",
            "QuantizeLinear");

    static Set<String> operators() {
        return MAKERS.keySet();
    }

    /** A model of one operator, right as it is; tests of hostile models damage it. */
    static OnnxGraph drawn(String operator, long seed) {
        Maker maker = MAKERS.get(operator);
        Draw draw = new Draw(seed, maker.oldest(), maker.newest());
        maker.make().accept(draw);
        return draw.graph;
    }

    @Test
    void everyOperatorHasATest() {
        Set<String> tested = new TreeSet<>(MAKERS.keySet());
        tested.add("Swish"); // below: this ONNX Runtime doesn't have it
        tested.addAll(QUANTISED);
        assertEquals(Operators.names(), tested);
    }

    @Test
    void swishIsTheInputTimesItsSigmoid() throws IOException {
        for (float alpha : new float[]{1, 0.7f}) {
            Path file = Files.write(folder.resolve("swish.onnx"),
                    new OnnxGraph(24).input("x", 5).output("y")
                            .node("Swish", List.of("x"), "y", attribute("alpha", alpha)).bytes());
            NdArray x = NdArray.of(Dims.of(5), -3, -0.5f, 0, 1, 4);
            double[] found = NetworkReference.run(OnnxReader.read(file), Map.of("x", x)).get("y");
            for (int i = 0; i < 5; i++) {
                double number = x.data()[i];
                assertEquals(number / (1 + Math.exp(-alpha * number)), found[i], 1e-6);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("operators")
    void equalsOnnxRuntime(String operator) throws IOException {
        Maker maker = MAKERS.get(operator);
        Set<Integer> opsets = new TreeSet<>();
        for (int i = 0; i < CASES; i++) {
            long seed = SEED + i;
            Draw draw = new Draw(seed, maker.oldest(), maker.newest());
            maker.make().accept(draw);
            opsets.add(draw.opset);
            String what = "-Dsepconv.seed=%d, operator set %d, %s, %s".formatted(seed, draw.opset,
                    draw.inputs, draw.graph.graph().getNode(draw.graph.graph().getNodeCount() - 1));
            NdArray expected;
            try {
                expected = OnnxRuntimeOracle.run(draw.graph.bytes(), draw.inputs).get("y");
            } catch (IllegalStateException e) {
                fail("the test draws a model that is none: %s: %s".formatted(what, e.getMessage()));
                return;
            }
            Path file = Files.write(folder.resolve("model.onnx"), draw.graph.bytes());
            Network network;
            try {
                network = OnnxReader.read(file);
            } catch (IOException e) {
                throw new AssertionError(what + ": " + e.getMessage(), e);
            }
            assertEquals(expected.dims(), network.dims("y"), what);
            assertClose(what, expected.data(), NetworkReference.run(network, draw.inputs).get("y"));
        }
        assertTrue(opsets.size() > Math.min(CASES, maker.newest() - maker.oldest() + 1) / 2,
                "only operator sets " + opsets);
    }

    /** A few of each, since each is compiled; {@code -Dsepconv.engines=tornado} takes others. */
    @ParameterizedTest
    @MethodSource("operators")
    void isTheSameOnEveryEngine(String operator) throws IOException {
        Maker maker = MAKERS.get(operator);
        for (String name : ENGINES) {
            try (Engine engine = Engines.open(name)) {
                for (long seed = SEED; seed < SEED + 3; seed++) {
                    Draw draw = new Draw(seed, maker.oldest(), maker.newest());
                    maker.make().accept(draw);
                    Network network = OnnxReader.read(draw.graph.bytes(), InputSizes.AS_IN_MODEL);
                    double[] expected = NetworkReference.run(network, draw.inputs).get("y");
                    try (NetworkPlan plan = engine.compile(network, engine.devices().getFirst())) {
                        assertClose("-Dsepconv.seed=%d on %s".formatted(seed, name),
                                plan.run(draw.inputs).get("y").data(), expected);
                    }
                }
            }
        }
    }

    private static void assertClose(String what, float[] expected, double[] found) {
        double largest = 0.1; // numbers of about 1 that cancel leave errors of 1e-7
        for (double number : found) {
            largest = Math.max(largest, Math.abs(number));
        }
        for (int i = 0; i < found.length; i++) {
            if (!(Math.abs(found[i] - expected[i]) <= TOLERANCE * largest)) {
                fail("%s: number %d is %s, which is not %s".formatted(what, i, found[i],
                        expected[i]));
            }
        }
    }

    private static void volume(Draw draw) {
        int groups = draw.number(1, 2);
        int perGroup = draw.number(1, 3);
        int filters = groups * draw.number(1, 2);
        int[] in = {draw.number(1, 2), groups * perGroup, 0, 0, 0};
        int[] weight = {filters, perGroup, 0, 0, 0};
        int[] strides = new int[3];
        int[] dilations = new int[3];
        int[] pads = new int[6];
        window(draw, in, weight, strides, dilations, pads, true);
        List<String> from = new ArrayList<>(List.of(draw.input(in), draw.constant(weight)));
        if (draw.maybe()) {
            from.add(draw.constant(filters));
        }
        draw.node("Conv", from, attribute("strides", strides), attribute("dilations", dilations),
                attribute("pads", pads), attribute("group", (long) groups));
    }

    /** A window over three dimensions that fits. */
    private static void window(Draw draw, int[] in, int[] kernel, int[] strides, int[] dilations,
            int[] pads, boolean dilates) {
        for (int i = 0; i < 3; i++) {
            kernel[kernel.length - 3 + i] = draw.number(1, 3);
            strides[i] = draw.number(1, 3);
            dilations[i] = dilates ? draw.number(1, 2) : 1;
            pads[i] = draw.number(0, kernel[kernel.length - 3 + i] - 1);
            pads[i + 3] = draw.number(0, kernel[kernel.length - 3 + i] - 1);
            in[2 + i] = (kernel[kernel.length - 3 + i] - 1) * dilations[i] + draw.number(1, 5);
        }
    }

    private static void volumePool(Draw draw, String operator) {
        int[] in = {draw.number(1, 2), draw.number(1, 3), 0, 0, 0};
        int[] kernel = new int[3];
        int[] strides = new int[3];
        int[] dilations = new int[3];
        int[] pads = new int[6];
        window(draw, in, kernel, strides, dilations, pads, false);
        List<AttributeProto> attributes = new ArrayList<>(List.of(attribute("kernel_shape", kernel),
                attribute("strides", strides), attribute("pads", pads)));
        if (operator.equals("AveragePool")) {
            attributes.add(attribute("count_include_pad", (long) draw.number(0, 1)));
        }
        draw.node(operator, List.of(draw.input(in)), attributes);
    }

    private static void conv(Draw draw) {
        if (draw.number(0, 3) == 0) {
            volume(draw);
            return;
        }
        int groups = draw.number(1, 3);
        int perGroup = draw.number(1, 3);
        int filters = groups * draw.number(1, 3);
        int[] kernel = {draw.number(1, 5), draw.number(1, 5)};
        int[] strides = {draw.number(1, 3), draw.number(1, 3)};
        boolean auto = draw.maybe();
        int[] dilations = {auto ? 1 : draw.number(1, 2), auto ? 1 : draw.number(1, 2)};
        int[] in = {draw.number(1, 2), groups * perGroup, draw.number(1, 13), draw.number(1, 13)};
        List<AttributeProto> attributes = new ArrayList<>();
        int[] pads = {draw.number(0, 3), draw.number(0, 3), draw.number(0, 3), draw.number(0, 3)};
        String mode = draw.pick("SAME_UPPER", "SAME_LOWER", "VALID");
        for (int i = 0; i < 2; i++) {
            int extent = (kernel[i] - 1) * dilations[i] + 1;
            if (auto && mode.equals("VALID")) {
                in[2 + i] += extent - 1;
            } else if (auto) {
                // ONNX Runtime crops where a stride jumps over the last pixels, and the reader
                // refuses.
                strides[i] = Math.min(strides[i], kernel[i]);
            } else {
                in[2 + i] = Math.max(in[2 + i], extent - pads[i] - pads[2 + i]);
            }
        }
        if (auto) {
            attributes.add(attribute("auto_pad", mode));
        } else if (draw.maybe()) {
            attributes.add(attribute("pads", pads));
        } else {
            in[2] += (kernel[0] - 1) * dilations[0];
            in[3] += (kernel[1] - 1) * dilations[1];
        }
        optional(draw, attributes, "kernel_shape", kernel);
        attributes.add(attribute("strides", strides));
        attributes.add(attribute("dilations", dilations));
        attributes.add(attribute("group", (long) groups));
        List<String> from = new ArrayList<>(
                List.of(draw.input(in), draw.constant(filters, perGroup, kernel[0], kernel[1])));
        if (draw.maybe()) {
            from.add(draw.constant(filters));
        }
        draw.node("Conv", from, attributes);
    }

    private static void optional(Draw draw, List<AttributeProto> attributes, String name,
            int[] numbers) {
        if (draw.maybe()) {
            attributes.add(attribute(name, numbers));
        }
    }

    private static void convTranspose(Draw draw) {
        int groups = draw.number(1, 3);
        int channels = groups * draw.number(1, 3);
        int filtersPerGroup = draw.number(1, 3);
        int[] kernel = {draw.number(1, 5), draw.number(1, 5)};
        int[] strides = {draw.number(1, 3), draw.number(1, 3)};
        int[] dilations = {draw.number(1, 2), draw.number(1, 2)};
        int[] in = {draw.number(1, 2), channels, draw.number(2, 7), draw.number(2, 7)};
        List<AttributeProto> attributes = new ArrayList<>();
        int[] natural = IntStream.range(0, 2)
                .map(i -> (in[2 + i] - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1)
                .toArray();
        switch (draw.number(0, 4)) {
            case 0 -> {
                attributes
                        .add(attribute("output_shape", draw.number(1, natural[0] + strides[0] - 1),
                                draw.number(1, natural[1] + strides[1] - 1)));
                if (draw.maybe()) {
                    attributes.add(attribute("auto_pad", draw.pick("SAME_UPPER", "SAME_LOWER")));
                }
            }
            case 1 -> {
                for (int i = 0; i < 2; i++) {
                    strides[i] = Math.min(strides[i], (kernel[i] - 1) * dilations[i] + 1);
                }
                attributes.add(attribute("auto_pad", draw.pick("SAME_UPPER", "SAME_LOWER")));
            }
            case 2 -> attributes.add(attribute("auto_pad", "VALID"));
            default -> {
                int[] pads = {draw.number(0, 2), draw.number(0, 2), draw.number(0, 2),
                        draw.number(0, 2)};
                for (int i = 0; i < 2; i++) {
                    if (pads[i] + pads[2 + i] >= natural[i]) {
                        pads[i] = 0;
                        pads[2 + i] = 0;
                    }
                }
                attributes.add(attribute("pads", pads));
                if (draw.maybe()) {
                    attributes.add(attribute("output_padding", draw.number(0, strides[0] - 1),
                            draw.number(0, strides[1] - 1)));
                }
            }
        }
        attributes.add(attribute("strides", strides));
        attributes.add(attribute("dilations", dilations));
        attributes.add(attribute("group", (long) groups));
        optional(draw, attributes, "kernel_shape", kernel);
        List<String> from = new ArrayList<>(List.of(draw.input(in),
                draw.constant(channels, filtersPerGroup, kernel[0], kernel[1])));
        if (draw.maybe()) {
            from.add(draw.constant(groups * filtersPerGroup));
        }
        draw.node("ConvTranspose", from, attributes);
    }

    private static void pool(Draw draw, String operator, boolean canDilate) {
        if (draw.number(0, 3) == 0) {
            volumePool(draw, operator);
            return;
        }
        int[] kernel = {draw.number(1, 4), draw.number(1, 4)};
        int[] strides = {draw.number(1, 3), draw.number(1, 3)};
        boolean auto = draw.number(0, 3) == 0;
        int[] dilations = {canDilate && !auto ? draw.number(1, 2) : 1,
                canDilate && !auto ? draw.number(1, 2) : 1};
        int[] in = draw.picture();
        List<AttributeProto> attributes = new ArrayList<>();
        attributes.add(attribute("kernel_shape", kernel));
        attributes.add(attribute("strides", strides));
        if (auto) {
            String mode = draw.pick("SAME_UPPER", "SAME_LOWER", "VALID");
            for (int i = 0; i < 2; i++) {
                strides[i] = Math.min(strides[i], kernel[i]);
                in[2 + i] += mode.equals("VALID") ? kernel[i] : 0;
            }
            attributes.set(1, attribute("strides", strides));
            attributes.add(attribute("auto_pad", mode));
        } else {
            int[] pads = new int[4];
            for (int i = 0; i < 2; i++) {
                int extent = (kernel[i] - 1) * dilations[i] + 1;
                // ONNX Runtime refuses padding of a window's size or more, dilated or not.
                pads[i] = draw.number(0, kernel[i] - 1);
                pads[2 + i] = draw.number(0, kernel[i] - 1);
                in[2 + i] = Math.max(in[2 + i], extent);
            }
            attributes.add(attribute("pads", pads));
            if (draw.opset >= 10) {
                attributes.add(attribute("ceil_mode", (long) draw.number(0, 1)));
            }
        }
        if (canDilate) {
            attributes.add(attribute("dilations", dilations));
        }
        if (operator.equals("AveragePool")) {
            attributes.add(attribute("count_include_pad", (long) draw.number(0, 1)));
        }
        draw.node(operator, List.of(draw.input(in)), attributes);
    }

    private static void batchNormalization(Draw draw) {
        int[] in = draw.sizes(draw.number(2, 5));
        int c = in[1];
        List<AttributeProto> attributes = new ArrayList<>();
        if (draw.maybe()) {
            attributes.add(attribute("epsilon", 1e-3f));
            attributes.add(attribute("momentum", 0.5f));
        }
        if (draw.opset < 9 && draw.maybe()) {
            attributes.add(attribute("spatial", 1L));
        }
        draw.node("BatchNormalization", List.of(draw.input(in), draw.constant(c), draw.constant(c),
                draw.constant(c), draw.constant(0.1, 3, c)), attributes);
    }

    private static void clip(Draw draw) {
        String in = draw.input(-6, 6, draw.sizes(3));
        boolean least = draw.maybe();
        boolean most = draw.maybe();
        if (draw.opset < 11) {
            List<AttributeProto> attributes = new ArrayList<>();
            if (least) {
                attributes.add(attribute("min", -1.5f));
            }
            if (most) {
                attributes.add(attribute("max", 2.5f));
            }
            draw.node("Clip", List.of(in), attributes);
            return;
        }
        List<String> from = new ArrayList<>(List.of(in));
        if (least || most) {
            // a least above the most: the most
            from.add(least ? draw.scalar(draw.pick(-1.5, 3.5)) : "");
        }
        if (most) {
            from.add(draw.scalar(2.5));
        }
        draw.node("Clip", from);
    }

    private static void prelu(Draw draw) {
        int[] in = draw.picture();
        int[] slope = switch (draw.number(0, 4)) {
            case 0 -> new int[]{in[1], 1, 1};
            case 1 -> new int[]{1, in[1], 1, 1};
            case 2 -> new int[]{1};
            case 3 -> new int[]{};
            default -> draw.repeatable(in);
        };
        String x = draw.input(in);
        draw.node("PRelu",
                List.of(x, draw.number(0, 3) == 0 ? draw.input(slope) : draw.constant(slope)));
    }

    private static void binary(Draw draw, String operator) {
        int[] to = draw.sizes(draw.number(0, 5));
        int[] a = to;
        int[] b = draw.repeatable(to);
        if (draw.maybe()) {
            a = draw.repeatable(to);
        }
        boolean swap = draw.maybe();
        String x = draw.input(0.5, 2, swap ? b : a);
        String y = draw.maybe()
                ? draw.input(0.5, 2, swap ? a : b)
                : draw.constant(0.5, 2, swap ? a : b);
        draw.node(operator, draw.maybe() ? List.of(x, y) : List.of(y, x));
    }

    private static void several(Draw draw, String operator) {
        int[] to = draw.sizes(3);
        List<String> terms = new ArrayList<>(List.of(draw.input(to)));
        for (int i = draw.number(0, 3); i > 0; i--) {
            terms.add(draw.either(draw.repeatable(to)));
        }
        Collections.shuffle(terms, draw.random);
        draw.node(operator, terms);
    }

    private static void limit(Draw draw, String operator) {
        List<String> from = new ArrayList<>(List.of(draw.input(draw.sizes(3)), draw.scalar(0.5)));
        if (draw.maybe()) {
            Collections.reverse(from);
        }
        draw.node(operator, from);
    }

    private static void reduce(Draw draw, String operator, int axesAsInput) {
        reduce(draw, operator, axesAsInput, -2);
    }

    private static void reduce(Draw draw, String operator, int axesAsInput, double least) {
        int rank = draw.number(1, 5);
        List<String> from = new ArrayList<>(List.of(draw.input(least, 2, draw.sizes(rank))));
        List<AttributeProto> attributes = new ArrayList<>();
        List<Integer> axes = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
        Collections.shuffle(axes, draw.random);
        // Axes below 0 came with operator set 11.
        int[] some = axes.subList(0, draw.number(1, rank)).stream()
                .mapToInt(i -> draw.opset >= 11 ? draw.axis(i, rank) : i).toArray();
        if (draw.maybe()) {
            if (draw.opset >= axesAsInput) {
                from.add(draw.integers(IntStream.of(some).asLongStream().toArray()));
            } else {
                attributes.add(attribute("axes", some));
            }
        } else if (draw.opset >= axesAsInput && draw.maybe()) {
            attributes.add(attribute("noop_with_empty_axes", 1L));
        }
        if (draw.maybe()) {
            attributes.add(attribute("keepdims", (long) draw.number(0, 1)));
        }
        draw.node(operator, from, attributes);
    }

    private static void softmax(Draw draw, String operator) {
        int rank = draw.number(2, 5);
        draw.node(operator, List.of(draw.input(draw.sizes(rank))),
                draw.maybe()
                        ? List.of()
                        : List.of(attribute("axis",
                                (long) (draw.opset >= 11
                                        ? draw.axis(draw.number(0, rank - 1), rank)
                                        : draw.number(0, rank - 1)))));
    }

    private static void gemm(Draw draw) {
        int m = draw.number(1, 7);
        int k = draw.number(1, 7);
        int n = draw.number(1, 7);
        boolean flipA = draw.maybe();
        boolean flipB = draw.maybe();
        String a = flipA ? draw.input(k, m) : draw.input(m, k);
        String b = flipB ? draw.either(n, k) : draw.either(k, n);
        List<String> from = new ArrayList<>(List.of(a, b));
        if (draw.opset < 11 || draw.maybe()) {
            from.add(draw.either(draw.maybe() ? new int[]{n} : draw.repeatable(new int[]{m, n})));
        }
        List<AttributeProto> attributes = new ArrayList<>(List
                .of(attribute("transA", flipA ? 1L : 0L), attribute("transB", flipB ? 1L : 0L)));
        if (draw.maybe()) {
            attributes.add(attribute("alpha", 0.5f));
        }
        if (draw.maybe()) {
            attributes.add(attribute("beta", -1.5f));
        }
        draw.node("Gemm", from, attributes);
    }

    private static void matMul(Draw draw) {
        int[] front = draw.sizes(draw.number(0, 2));
        int m = draw.number(1, 7);
        int k = draw.number(1, 7);
        int n = draw.number(1, 7);
        int[] a = matrix(draw.repeatable(front), m, k);
        int[] b = matrix(draw.maybe() ? front : draw.repeatable(front), k, n);
        switch (draw.number(0, 5)) {
            case 0 -> a = new int[]{k};
            case 1 -> b = new int[]{k};
            case 2 -> {
                a = new int[]{k};
                b = new int[]{k};
            }
            case 3 -> b = new int[]{k, n};
            default -> {
            }
        }
        draw.node("MatMul",
                draw.maybe()
                        ? List.of(draw.input(a), draw.either(b))
                        : List.of(draw.either(a), draw.input(b)));
    }

    private static int[] matrix(int[] front, int rows, int columns) {
        int[] sizes = Arrays.copyOf(front, front.length + 2);
        sizes[front.length] = rows;
        sizes[front.length + 1] = columns;
        return sizes;
    }

    private static void concat(Draw draw) {
        int[] sizes = draw.sizes(draw.number(1, 5));
        int axis = draw.number(0, sizes.length - 1);
        List<String> parts = new ArrayList<>(List.of(draw.input(sizes)));
        for (int i = draw.number(0, 3); i > 0; i--) {
            sizes[axis] = draw.number(1, 5);
            parts.add(draw.either(sizes));
        }
        Collections.shuffle(parts, draw.random);
        draw.node("Concat", parts, attribute("axis",
                (long) (draw.opset >= 11 ? draw.axis(axis, sizes.length) : axis)));
    }

    private static void reshape(Draw draw) {
        int[] in = draw.sizes(4);
        long[] to = switch (draw.number(0, 3)) {
            case 0 -> new long[]{0, -1};
            case 1 -> new long[]{-1};
            case 2 -> new long[]{(long) in[0] * in[1], in[2], in[3]};
            default -> new long[]{0, in[1], -1, 1, in[3]};
        };
        draw.node("Reshape", List.of(draw.input(in), draw.integers(to)),
                draw.opset >= 14 && draw.maybe() ? List.of(attribute("allowzero", 0L)) : List.of());
    }

    private static void flatten(Draw draw) {
        int rank = draw.number(1, 5);
        draw.node("Flatten", List.of(draw.input(draw.sizes(rank))), draw.maybe()
                ? List.of()
                : List.of(
                        attribute("axis", (long) draw.number(draw.opset >= 11 ? -rank : 0, rank))));
    }

    private static void transpose(Draw draw) {
        int rank = draw.number(1, 5);
        List<Integer> order = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
        Collections.shuffle(order, draw.random);
        draw.node("Transpose", List.of(draw.input(draw.sizes(rank))),
                draw.maybe()
                        ? List.of()
                        : List.of(attribute("perm", order.stream().mapToInt(i -> i).toArray())));
    }

    private static void squeeze(Draw draw) {
        int[] in = {1, draw.number(2, 5), 1, draw.number(1, 5), 1};
        int[] axes = draw.pick(new int[]{0}, new int[]{2, 0}, new int[]{4, 0, 2}, new int[]{2});
        axes(draw, "Squeeze", in, draw.maybe() ? null : axes, 5);
    }

    private static void unsqueeze(Draw draw) {
        int[] axes = draw.pick(new int[]{0}, new int[]{2}, new int[]{3, 0}, new int[]{1, 4, 0});
        axes(draw, "Unsqueeze", draw.sizes(3), axes, 3 + axes.length);
    }

    private static void axes(Draw draw, String operator, int[] in, int[] axes, int rank) {
        int[] either = axes == null
                ? null
                : IntStream.of(axes).map(i -> draw.opset >= 11 ? draw.axis(i, rank) : i).toArray();
        if (draw.opset < 13) {
            draw.node(operator, List.of(draw.input(in)),
                    either == null ? List.of() : List.of(attribute("axes", either)));
        } else if (either == null) {
            draw.node(operator, List.of(draw.input(in)));
        } else {
            draw.node(operator, List.of(draw.input(in),
                    draw.integers(IntStream.of(either).asLongStream().toArray())));
        }
    }

    private static void pad(Draw draw) {
        int[] in = draw.sizes(4);
        String mode = draw.pick("constant", "edge", "reflect");
        int[] pads = new int[8];
        for (int i = 0; i < 8; i++) {
            int size = in[i % 4];
            pads[i] = switch (mode) {
                case "constant" -> draw.number(size > 2 ? -1 : 0, 3);
                case "edge" -> draw.number(0, 3);
                default -> draw.number(0, size - 1);
            };
        }
        boolean some = draw.opset >= 18 && draw.maybe();
        if (some) {
            pads = new int[]{pads[3], pads[1], pads[7], pads[5]};
        }
        if (draw.opset < 11) {
            List<AttributeProto> attributes = new ArrayList<>(
                    List.of(attribute("mode", mode), attribute("pads", pads)));
            if (mode.equals("constant") && draw.maybe()) {
                attributes.add(attribute("value", 0.75f));
            }
            draw.node("Pad", List.of(draw.input(in)), attributes);
            return;
        }
        List<String> from = new ArrayList<>(List.of(draw.input(in),
                draw.integers(IntStream.of(pads).asLongStream().toArray())));
        from.add(mode.equals("constant") && draw.maybe() ? draw.scalar(0.75) : "");
        if (some) {
            from.add(draw.integers(draw.maybe() ? 3 : -1, 1));
        }
        draw.node("Pad", from, attribute("mode", mode));
    }

    private static void slice(Draw draw) {
        int rank = draw.number(1, 4);
        int[] in = draw.sizes(rank);
        List<Integer> order = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
        boolean allAxes = draw.maybe();
        if (!allAxes) {
            Collections.shuffle(order, draw.random);
        }
        int count = draw.number(1, rank);
        long[] starts = new long[count];
        long[] ends = new long[count];
        long[] axes = new long[count];
        long[] steps = new long[count];
        boolean useSteps = draw.opset >= 10 && draw.maybe();
        for (int i = 0; i < count; i++) {
            int d = order.get(i);
            int size = in[d];
            axes[i] = draw.opset >= 10 ? draw.axis(d, rank) : d;
            steps[i] = useSteps ? draw.pick(1, 2, 3, -1, -2, 9) : 1;
            int first = draw.number(0, size - 1);
            int last = steps[i] > 0 ? draw.number(first, size - 1) : draw.number(0, first);
            starts[i] = draw.maybe() ? first : first - size;
            if (steps[i] > 0) {
                ends[i] = last == size - 1
                        ? draw.pick((long) size, (long) Integer.MAX_VALUE, Long.MAX_VALUE)
                        : last + 1L;
            } else {
                ends[i] = last == 0
                        ? draw.pick(-size - 1L, (long) Integer.MIN_VALUE, -Long.MAX_VALUE)
                        : last - 1L;
            }
        }
        if (draw.opset < 10) {
            List<AttributeProto> attributes = new ArrayList<>();
            attributes.add(
                    attribute("starts", Arrays.stream(starts).mapToInt(i -> (int) i).toArray()));
            attributes.add(attribute("ends", Arrays.stream(ends)
                    .mapToInt(i -> (int) Math.min(i, Integer.MAX_VALUE)).toArray()));
            if (!allAxes || draw.maybe()) {
                attributes.add(
                        attribute("axes", Arrays.stream(axes).mapToInt(i -> (int) i).toArray()));
            }
            draw.node("Slice", List.of(draw.input(in)), attributes);
            return;
        }
        draw.node("Slice",
                List.of(draw.input(in), draw.integers(starts), draw.integers(ends),
                        allAxes && draw.maybe() ? "" : draw.integers(axes),
                        useSteps ? draw.integers(steps) : ""));
    }

    private static void split(Draw draw) {
        int[] in = draw.sizes(4);
        int axis = draw.number(0, 3);
        int parts = draw.number(1, 3);
        boolean equal = draw.maybe();
        in[axis] = equal ? parts * draw.number(1, 3) : parts + draw.number(0, 4);
        List<String> from = new ArrayList<>(List.of(draw.input(in)));
        List<AttributeProto> attributes = new ArrayList<>();
        attributes.add(attribute("axis", (long) (draw.opset >= 11 ? draw.axis(axis, 4) : axis)));
        if (!equal) {
            int[] sizes = new int[parts];
            Arrays.fill(sizes, 1);
            sizes[draw.number(0, parts - 1)] += in[axis] - parts;
            if (draw.opset < 13) {
                attributes.add(attribute("split", sizes));
            } else {
                from.add(draw.integers(IntStream.of(sizes).asLongStream().toArray()));
            }
        } else if (draw.opset >= 18) {
            attributes.add(attribute("num_outputs", (long) parts));
        }
        List<String> to = IntStream.range(0, parts).mapToObj(i -> "part" + i).toList();
        draw.graph.node("Split", from, to, attributes.toArray(AttributeProto[]::new));
        List<String> backwards = new ArrayList<>(to);
        Collections.reverse(backwards);
        draw.node("Concat", backwards, attribute("axis", (long) axis));
    }

    private static void gather(Draw draw) {
        int[] in = draw.sizes(4);
        int axis = draw.number(0, 3);
        in[axis] = 5;
        AttributeProto attribute = attribute("axis",
                (long) (draw.opset >= 11 ? draw.axis(axis, 4) : axis));
        boolean known = draw.maybe();
        String x = known ? draw.constant(in) : draw.input(in);
        String indices;
        if (draw.maybe()) {
            draw.graph.node("Constant", List.of(), "index",
                    attribute("value",
                            OnnxGraph.integerTensor(
                                    draw.opset >= 11 ? draw.number(-5, 4) : draw.number(0, 4))
                                    .clearDims()));
            indices = "index";
        } else {
            indices = known
                    ? draw.integers(4, 0, 0, 3)
                    : draw.integers(
                            draw.pick(new long[]{1, 2, 3}, new long[]{4, 2, 0}, new long[]{3}));
        }
        draw.graph.node("Gather", List.of(x, indices), "gathered", attribute);
        draw.node("Add", List.of("gathered", draw.input(1)));
    }

    /** Cubic, antialiased, symmetric and cropping ones, and arrays of other ranks. */
    private static void resizeOther(Draw draw) {
        String kind = draw.pick("cubic", "crop", "ranks", draw.opset >= 18 ? "antialias" : "cubic",
                draw.opset >= 19 ? "symmetric" : "ranks");
        int rank = kind.equals("ranks") ? draw.pick(2, 3, 5) : 4;
        int[] in = new int[rank];
        long[] sizes = new long[rank];
        for (int i = 0; i < rank; i++) {
            boolean changes = rank == 2 || i >= 2;
            in[i] = changes ? draw.number(2, 9) : draw.number(1, 3);
            sizes[i] = changes ? draw.number(2, 14) : in[i];
            if (changes && kind.equals("crop") && sizes[i] == in[i]) {
                sizes[i]++; // ONNX Runtime crops nothing where a size stays
            }
        }
        String mode = switch (kind) {
            case "cubic" -> "cubic";
            case "ranks" -> "linear";
            case "symmetric" -> "linear";
            default -> draw.pick("linear", "cubic");
        };
        List<AttributeProto> attributes = new ArrayList<>(List.of(attribute("mode", mode)));
        attributes.add(attribute("coordinate_transformation_mode", switch (kind) {
            case "crop" -> "tf_crop_and_resize";
            case "symmetric" -> "half_pixel_symmetric";
            case "antialias" -> "half_pixel";
            default -> draw.pick("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric");
        }));
        if (kind.equals("antialias")) {
            attributes.add(attribute("antialias", 1L));
            attributes.add(attribute("exclude_outside", (long) draw.number(0, 1)));
        }
        if (mode.equals("cubic")) {
            attributes.add(attribute("cubic_coeff_a", draw.pick(-0.75f, -0.5f)));
            if (kind.equals("cubic")) {
                attributes.add(attribute("exclude_outside", (long) draw.number(0, 1)));
            }
        }
        float[] region = new float[2 * rank];
        for (int i = 0; i < rank; i++) {
            boolean part = kind.equals("crop") && i >= 2;
            region[i] = part ? draw.random.nextFloat(-0.2f, 0.4f) : 0;
            region[rank + i] = part ? draw.random.nextFloat(0.6f, 1.2f) : 1;
        }
        if (kind.equals("crop")) {
            attributes.add(attribute("extrapolation_value", 2.5f));
        }
        if (draw.opset < 13) {
            draw.graph.graph().addInitializer(
                    OnnxGraph.floatTensor(Dims.of()).clearDims().addDims(0).setName("none"));
        }
        draw.node("Resize",
                List.of(draw.input(in),
                        kind.equals("crop") || draw.opset < 13
                                ? draw.constant(NdArray.of(Dims.of(2 * rank), region))
                                : "",
                        draw.opset < 13 ? "none" : "", draw.integers(sizes)),
                attributes);
    }

    private static void resize(Draw draw) {
        if (draw.opset >= 11 && draw.maybe()) {
            resizeOther(draw);
            return;
        }
        int[] in = draw.picture();
        float[] factors = {0.5f, 0.6f, 1, 1.3f, 1.5f, 2, 2.7f, 3};
        float[] scales = {1, 1, 0, 0};
        for (int i = 2; i < 4; i++) {
            do {
                scales[i] = factors[draw.random.nextInt(factors.length)];
            } while ((int) (in[i] * scales[i]) < 1);
        }
        String mode = draw.pick("nearest", "linear");
        String coordinates = draw.pick("half_pixel", "pytorch_half_pixel", "align_corners",
                "asymmetric");
        if (draw.opset == 10) {
            draw.node("Resize",
                    List.of(draw.input(in), draw.constant(NdArray.of(Dims.of(4), scales))),
                    attribute("mode", mode));
            return;
        }
        List<AttributeProto> attributes = new ArrayList<>(List.of(attribute("mode", mode)));
        attributes.add(attribute("coordinate_transformation_mode", coordinates));
        attributes.add(attribute("nearest_mode",
                draw.pick("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")));
        boolean axes = draw.opset >= 18 && draw.maybe();
        if (draw.opset >= 18 && draw.maybe()) {
            attributes.add(attribute("keep_aspect_ratio_policy", "stretch"));
        }
        if (axes) {
            attributes.add(attribute("axes", 3, 2));
        }
        List<String> from = new ArrayList<>(List.of(draw.input(in), ""));
        if (draw.opset < 13) {
            // the region, which these modes don't look at; needed there
            from.set(1, draw.constant(1, 1.1, 8));
        }
        if (draw.maybe()) {
            from.add(draw.constant(NdArray.of(Dims.of(axes ? 2 : 4),
                    axes ? new float[]{scales[3], scales[2]} : scales)));
        } else {
            if (draw.opset < 13) {
                draw.graph.graph().addInitializer(
                        OnnxGraph.floatTensor(Dims.of()).clearDims().addDims(0).setName("none"));
            }
            from.add(draw.opset < 13 ? "none" : "");
            long height = sizeWithoutTie(draw, in[2], coordinates);
            long width = sizeWithoutTie(draw, in[3], coordinates);
            from.add(axes
                    ? draw.integers(width, height)
                    : draw.integers(in[0], in[1], height, width));
        }
        draw.node("Resize", from, attributes);
    }

    /**
     * A size at which no place is on a pixel or half-way between two but for sizes that divide
     * exactly: there ONNX Runtime's float32 falls to either side. ResizeTest has all of them.
     */
    private static long sizeWithoutTie(Draw draw, int in, String coordinates) {
        while (true) {
            long size = draw.number(1, 20);
            boolean tie = false;
            for (long i = 0; i < size; i++) {
                long twice = coordinates.equals("asymmetric")
                        ? 4 * i * in
                        : 2 * (2 * i + 1) * in - 2 * size; // 4 * size * x
                tie |= coordinates.equals("align_corners")
                        ? i * (in - 1) % Math.max(1, size - 1) == 0
                                || 2 * i * (in - 1) % Math.max(1, size - 1) == 0
                        : twice % (2 * size) == 0;
            }
            boolean exact = size % in == 0 && Long.bitCount(size / in) == 1
                    || in % size == 0 && Long.bitCount(in / size) == 1;
            if (!tie || exact && !coordinates.equals("align_corners") || size == 1) {
                return size;
            }
        }
    }

    private static void upsample(Draw draw) {
        int[] in = draw.picture();
        float[] scales = {1, 1, draw.pick(1f, 1.5f, 2f, 3f), draw.pick(1f, 1.5f, 2f, 3f)};
        AttributeProto mode = attribute("mode", draw.pick("nearest", "linear"));
        if (draw.opset < 9) {
            draw.node("Upsample", List.of(draw.input(in)), mode, attribute("scales", scales));
        } else {
            draw.node("Upsample",
                    List.of(draw.input(in), draw.constant(NdArray.of(Dims.of(4), scales))), mode);
        }
    }

    private static void constant(Draw draw) {
        NdArray numbers = draw.numbers(Dims.of(3), -2, 2);
        AttributeProto value = draw.opset >= 12 && draw.maybe()
                ? draw.maybe()
                        ? attribute("value_floats", numbers.data())
                        : attribute("value_float", numbers.data()[0])
                : attribute("value", OnnxGraph.floatTensor(numbers.dims(), numbers.data()));
        draw.graph.node("Constant", List.of(), "constant", value);
        draw.node("Add", List.of(draw.input(2, 3), "constant"));
    }

    private static void constantOfShape(Draw draw) {
        String x = draw.input(draw.sizes(draw.number(1, 4)));
        draw.graph.node("Shape", List.of(x), "shape");
        draw.graph.node("ConstantOfShape", List.of("shape"), "filled",
                draw.maybe()
                        ? new AttributeProto[0]
                        : new AttributeProto[]{
                                attribute("value", OnnxGraph.floatTensor(Dims.of(1), 2.5f))});
        draw.node("Add", List.of(x, "filled"));
    }

    /** Sizes computed with, as exporters write "all but the first two" and "half as high". */
    private static void shape(Draw draw) {
        String x = draw.input(2, 3, 6, 4);
        draw.graph.node("Shape", List.of(x), "shape");
        draw.graph.node("Gather", List.of("shape", draw.integers(2)), "height");
        draw.graph.node("Div", List.of("height", draw.integers(4)), "quarter");
        draw.graph.node("Cast", List.of("quarter"), "float",
                attribute("to", (long) DataType.FLOAT_VALUE));
        draw.graph.node("Mul", List.of("float", draw.constant(NdArray.of(Dims.of(1), 2.5f))),
                "product");
        draw.graph.node("Cast", List.of("product"), "rows",
                attribute("to", (long) DataType.INT64_VALUE)); // 2
        if (draw.opset >= 15) {
            draw.graph.node("Shape", List.of(x), "front", attribute("start", draw.pick(0L, -4L)),
                    attribute("end", draw.pick(2L, -2L)));
        } else if (draw.opset >= 10) {
            draw.graph.node("Slice", List.of("shape", draw.integers(0), draw.integers(2)), "front");
        } else {
            draw.graph.node("Slice", List.of("shape"), "front", attribute("starts", new int[]{0}),
                    attribute("ends", new int[]{2}));
        }
        draw.graph.node("Concat", List.of("front", "rows", draw.integers(-1)), "target",
                attribute("axis", 0L));
        draw.node("Reshape", List.of(x, "target"));
    }

    private static void layerNormalization(Draw draw) {
        int rank = draw.number(2, 4);
        int[] in = draw.sizes(rank);
        in[rank - 1] += 3;
        int axis = draw.number(0, rank - 1);
        int[] over = Arrays.copyOfRange(in, axis, rank);
        List<String> from = new ArrayList<>(List.of(draw.input(in), draw.constant(over)));
        if (draw.maybe()) {
            from.add(draw.constant(over));
        }
        draw.node("LayerNormalization", from, List
                .of(attribute("axis", (long) draw.axis(axis, rank)), attribute("epsilon", 1e-3f)));
    }

    private static void groupNormalization(Draw draw) {
        int groups = draw.number(1, 3);
        int channels = groups * draw.number(1, 3);
        int scales = draw.opset >= 21 ? channels : groups;
        draw.node("GroupNormalization",
                List.of(draw.input(draw.number(1, 2), channels, draw.number(2, 5),
                        draw.number(1, 5)), draw.constant(scales), draw.constant(scales)),
                List.of(attribute("num_groups", (long) groups), attribute("epsilon", 1e-3f)));
    }

    private static void topK(Draw draw) {
        int rank = draw.number(1, 3);
        int[] in = draw.sizes(rank);
        int axis = draw.number(0, rank - 1);
        int k = draw.number(1, in[axis]);
        List<AttributeProto> attributes = new ArrayList<>(List
                .of(attribute("axis", (long) (draw.opset >= 11 ? draw.axis(axis, rank) : axis))));
        List<String> from = new ArrayList<>(List.of(wholeOrInput(draw, in)));
        if (draw.opset < 10) {
            attributes.add(attribute("k", (long) k));
        } else {
            from.add(draw.integers(k));
        }
        if (draw.opset >= 11) {
            attributes.add(attribute("largest", (long) draw.number(0, 1)));
        }
        draw.graph.node("TopK", from, List.of("values", "places"),
                attributes.toArray(AttributeProto[]::new));
        if (draw.maybe()) {
            draw.node("Add", List.of(draw.input(), "values"));
        } else {
            given(draw, "places");
        }
    }

    /** An input in which some numbers are none, or infinite. */
    private static String odd(Draw draw) {
        String name = draw.input(-2, 2, draw.sizes(3));
        float[] data = draw.inputs.get(name).data();
        for (int i = 0; i < data.length; i++) {
            data[i] = draw.pick(data[i], Float.NaN, Float.POSITIVE_INFINITY,
                    Float.NEGATIVE_INFINITY);
        }
        return name;
    }

    private static void attention(Draw draw) {
        int batch = draw.number(1, 2);
        int keyHeads = draw.number(1, 3);
        int queryHeads = keyHeads * draw.number(1, 2);
        int queries = draw.number(1, 5);
        int keys = draw.number(1, 5);
        int width = draw.number(1, 6);
        int values = draw.number(1, 6);
        List<AttributeProto> attributes = new ArrayList<>(
                List.of(attribute("is_causal", (long) draw.number(0, 1))));
        if (draw.maybe()) {
            attributes.add(attribute("scale", 0.3f));
        }
        List<String> from;
        if (draw.maybe()) {
            from = new ArrayList<>(List.of(draw.input(batch, queryHeads, queries, width),
                    draw.either(batch, keyHeads, keys, width),
                    draw.either(batch, keyHeads, keys, values)));
        } else {
            from = new ArrayList<>(List.of(draw.input(batch, queries, queryHeads * width),
                    draw.either(batch, keys, keyHeads * width),
                    draw.either(batch, keys, keyHeads * values)));
            attributes.add(attribute("q_num_heads", (long) queryHeads));
            attributes.add(attribute("kv_num_heads", (long) keyHeads));
        }
        if (draw.maybe()) {
            from.add(draw.either(queries, keys));
        }
        draw.node("Attention", from, attributes);
    }

    private static void einsum(Draw draw) {
        String equation = draw.pick("ij,jk->ik", "ij,kj", "bij,bjk->bik", "bhqd,bhkd->bhqk",
                "i,j->ij", "ij->ji", "ijk->j", "ijk->", "ii->i", "ii", "bij,jk->bik",
                "nchw,ck->nkhw", "...ij,...jk->...ik", "...i->...", "a,ab,bc->c", "ij,ij->",
                "ij,ij->ij", "bnqd,bmkd->bnqmk", "i...,i->...", "ab,cd->acbd");
        Map<Character, Integer> sizes = new TreeMap<>();
        List<String> from = new ArrayList<>();
        boolean first = true;
        for (String term : equation.split("->", -1)[0].split(",", -1)) {
            List<Integer> dims = new ArrayList<>();
            for (int i = 0; i < term.length(); i++) {
                if (term.charAt(i) == '.') {
                    // the other term may have 1, which is repeated
                    for (int d = 0; d < 2; d++) {
                        char letter = (char) ('0' + d);
                        int size = sizes.computeIfAbsent(letter, none -> draw.number(1, 5));
                        dims.add(first || draw.maybe() ? size : Integer.valueOf(1));
                    }
                    i += 2;
                } else {
                    dims.add(sizes.computeIfAbsent(term.charAt(i), none -> draw.number(1, 5)));
                }
            }
            int[] of = dims.stream().mapToInt(i -> i).toArray();
            from.add(first ? draw.input(of) : draw.either(of));
            first = false;
        }
        draw.node("Einsum", from, attribute("equation", equation));
    }

    private static AttributeProto branch(String name, OnnxGraph graph) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.GRAPH)
                .setG(graph.graph()).build();
    }

    /**
     * As PyTorch writes squeeze(1): dropped where the size is 1; here twice, with the same names.
     */
    private static void branches(Draw draw) {
        String x = draw.input(2, draw.number(1, 2), 3);
        draw.graph.node("Shape", List.of(x), "shape");
        draw.graph.node("Gather", List.of("shape", draw.integers(1)), "size");
        draw.graph.node("Cast", List.of(whole(draw, 1)), "one-hot",
                attribute("to", (long) DataType.INT64_VALUE));
        draw.graph.node("Equal", List.of("size", "one-hot"), "is-one");
        String from = x;
        for (int i = 0; i < 2; i++) {
            OnnxGraph yes = new OnnxGraph(draw.opset).output("out").floats("w", Dims.of(1), 2 + i)
                    .node("Mul", List.of(from, "w"), "twice").node("Relu", List.of("twice"), "out");
            OnnxGraph no = new OnnxGraph(draw.opset).output("out").node("Neg", List.of(from),
                    "out");
            OnnxGraph nested = new OnnxGraph(draw.opset).output("nested").node("If",
                    List.of("is-one"), "nested", branch("then_branch", no),
                    branch("else_branch", yes));
            String to = i == 0 ? "between" : "y";
            draw.graph.node("If", List.of("is-one"), to, branch("then_branch", yes),
                    branch("else_branch", draw.maybe() ? no : nested));
            from = to;
        }
    }

    /** A constant of few different whole numbers, some 0. */
    private static String whole(Draw draw, int... sizes) {
        NdArray numbers = draw.numbers(Dims.of(sizes), -1.5, 1.5);
        for (int i = 0; i < numbers.data().length; i++) {
            numbers.data()[i] = Math.round(numbers.data()[i]);
        }
        numbers.data()[0] = 1;
        return draw.constant(numbers);
    }

    /** The same, or as an input. */
    private static String wholeOrInput(Draw draw, int... sizes) {
        if (draw.maybe()) {
            return whole(draw, sizes);
        }
        String name = draw.input(-1.5, 1.5, sizes);
        float[] data = draw.inputs.get(name).data();
        for (int i = 0; i < data.length; i++) {
            data[i] = Math.round(data[i]);
        }
        return name;
    }

    private static void bits(Draw draw, String name, int... sizes) {
        draw.graph.node("Cast", List.of(wholeOrInput(draw, sizes)), name,
                attribute("to", (long) DataType.BOOL_VALUE));
    }

    /** What is known, as floats that are added to an input, so that there is a network. */
    private static void given(Draw draw, String known) {
        draw.graph.node("Cast", List.of(known), "floats",
                attribute("to", (long) DataType.FLOAT_VALUE));
        draw.node("Add", List.of(draw.input(), "floats"));
    }

    private static void reduceConstant(Draw draw) {
        List<AttributeProto> attributes = new ArrayList<>(
                List.of(attribute("keepdims", (long) draw.number(0, 1))));
        List<String> from = new ArrayList<>(List.of(draw.either(draw.sizes(3))));
        if (draw.opset >= 18) {
            from.add(draw.integers(0, 2));
        } else {
            attributes.add(attribute("axes", 0, 2));
        }
        draw.graph.node("ReduceProd", from, "product", attributes.toArray(AttributeProto[]::new));
        given(draw, "product");
    }
}
