package dev.sepconv.io.onnx;

import static dev.sepconv.onnx.OnnxGraph.attribute;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.graph.Simplify;
import dev.sepconv.onnx.OnnxGraph;
import dev.sepconv.reference.NetworkReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every operator in hostile models: those that make bombs of numbers, name places, axes or sizes
 * that aren't there, or are of wrong types. Each is refused in one sentence, in bounded memory and
 * time, or read as a network that can be computed.
 */
class HostileOperatorTest {

    private static final long SEED = Long.getLong("sepconv.seed", 6_000_000);
    private static final int CASES = Integer.getInteger("sepconv.cases", 150);
    /** Networks that were read are computed if they have no more numbers than this. */
    private static final long COMPUTED = 200_000;

    private static final long[] EXTREMES = {0, 1, -1, 2, -2, 7, -9, 1 << 15, 1 << 20, 1 << 30,
            Integer.MAX_VALUE, Integer.MIN_VALUE, 1L << 40, -(1L << 40), Long.MAX_VALUE,
            Long.MIN_VALUE};
    private static final float[] ODD = {0, -0f, 1e-45f, -1, 0.5f, 1e9f, -1e9f, Float.MAX_VALUE,
            Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};

    @TempDir
    private Path folder;

    /** @param says a part of the sentence that refuses it */
    private record Case(String says, OnnxGraph graph) {
    }

    private static final Map<String, List<Case>> CASES_OF = new TreeMap<>();

    private static void put(String operator, String says, UnaryOperator<OnnxGraph> graph) {
        put(operator, 18, says, graph);
    }

    private static void put(String operator, int opset, String says,
            UnaryOperator<OnnxGraph> graph) {
        CASES_OF.computeIfAbsent(operator, none -> new ArrayList<>()).add(
                new Case(says, graph.apply(new OnnxGraph(opset).output("y").integers("big", 1 << 30)
                        .input("x", 1, 4, 6, 6).floats("f", Dims.of(2), 1, 2))));
    }

    static {
        windows();
        arithmetic();
        arrangement();
        folding();
        normalizations();
        selection();
        branches();
    }

    private static UnaryOperator<OnnxGraph> node(String operator, List<String> from,
            AttributeProto... attributes) {
        return graph -> graph.node(operator, from, "y", attributes);
    }

    private static void windows() {
        put("Conv", "weight", node("Conv", List.of("x", "x")));
        put("Conv", "don't go together", graph -> graph.floats("w", Dims.of(1, 3, 1, 1), 1, 1, 1)
                .node("Conv", List.of("x", "w"), "y"));
        for (String numbers : List.of("strides", "dilations", "pads")) {
            for (int number : new int[]{0, -1, Integer.MIN_VALUE}) {
                if (number != 0 || !numbers.equals("pads")) {
                    put("Conv", numbers,
                            graph -> graph.floats("w", Dims.of(1, 4, 1, 1), 1, 1, 1, 1).node("Conv",
                                    List.of("x", "w"), "y",
                                    numbers.equals("pads")
                                            ? attribute(numbers, number, 0, 0, 0)
                                            : attribute(numbers, number, 1)));
                }
            }
        }
        put("Conv", "group", graph -> graph.floats("w", Dims.of(1, 4, 1, 1), 1, 1, 1, 1)
                .node("Conv", List.of("x", "w"), "y", attribute("group", 0L)));
        put("Conv", "don't go together", graph -> graph.input("v", 1, 4, 3, 3, 3)
                .floats("w", Dims.of(1, 3, 1, 1, 1), 1, 1, 1).node("Conv", List.of("v", "w"), "y"));
        put("Conv", "deeper",
                graph -> graph.input("v", 1, 1, 3, 3, 3).floats("w", Dims.of(1, 1, 2, 1, 1), 1, 1)
                        .node("Conv", List.of("v", "w"), "y",
                                attribute("dilations", Integer.MAX_VALUE, 1, 1)));
        put("Conv", "", graph -> graph.input("v", 1, 1, 3, 3, 3)
                .floats("w", Dims.of(1, 1, 2, 1, 1), 1, 1).node("Conv", List.of("v", "w"), "y",
                        attribute("pads", Integer.MAX_VALUE, 0, 0, Integer.MAX_VALUE, 0, 0)));
        put("ConvTranspose", "transposed convolutions can't",
                graph -> graph.input("v", 1, 1, 3, 3, 3).floats("w", Dims.of(1, 1, 1, 1, 1), 1)
                        .node("ConvTranspose", List.of("v", "w"), "y"));
        put("ConvTranspose", "weight", node("ConvTranspose", List.of("x", "x")));
        put("ConvTranspose", "transposed",
                graph -> graph.floats("w", Dims.of(4, 1, 1, 1), 1, 1, 1, 1).node("ConvTranspose",
                        List.of("x", "w"), "y",
                        attribute("strides", Integer.MAX_VALUE, Integer.MAX_VALUE)));
        put("ConvTranspose", "output", graph -> graph.floats("w", Dims.of(4, 1, 1, 1), 1, 1, 1, 1)
                .node("ConvTranspose", List.of("x", "w"), "y", attribute("output_shape", -1, 5)));
        for (String pool : List.of("MaxPool", "AveragePool")) {
            put(pool, "kernel_shape", node(pool, List.of("x")));
            put(pool, "kernel_shape",
                    node(pool, List.of("x"), attribute("kernel_shape", 2, 2, 2, 2)));
            put(pool, "too large", node(pool, List.of("x"), attribute("kernel_shape", 1 << 30, 2)));
            put(pool, "strides", node(pool, List.of("x"), attribute("kernel_shape", 2, 2),
                    attribute("strides", 0, 1)));
            put(pool, "padding",
                    node(pool, List.of("x"), attribute("kernel_shape", 2, 2),
                            attribute("pads", Integer.MAX_VALUE, Integer.MAX_VALUE,
                                    Integer.MAX_VALUE, Integer.MAX_VALUE)));
        }
        for (String pool : List.of("GlobalMaxPool", "GlobalAveragePool")) {
            put(pool, "f", node(pool, List.of("f")));
        }
        put("Resize", "", graph -> graph.integers("s", 1, 4, 1 << 16, 1 << 16).node("Resize",
                List.of("x", "", "", "s"), "y"));
        put("Resize", "", graph -> graph.floats("s", Dims.of(4), 1, 1, Float.POSITIVE_INFINITY, 1)
                .node("Resize", List.of("x", "", "s"), "y"));
        for (float scale : new float[]{0, -1, Float.NaN, 1e30f}) {
            put("Resize", "", graph -> graph.floats("s", Dims.of(4), 1, 1, scale, scale)
                    .node("Resize", List.of("x", "", "s"), "y"));
            put("Upsample", 9, "", graph -> graph.floats("s", Dims.of(4), 1, 1, scale, scale)
                    .node("Upsample", List.of("x", "s"), "y"));
        }
        put("Resize", "", graph -> graph.integers("s", 0, 0).node("Resize",
                List.of("x", "", "", "s"), "y", attribute("axes", 2, 3)));
        put("Resize", "axis", graph -> graph.integers("s", 5).node("Resize",
                List.of("x", "", "", "s"), "y", attribute("axes", new int[]{9})));
        put("Resize", "axes", graph -> graph.integers("s", 5, 6).node("Resize",
                List.of("x", "", "", "s"), "y", attribute("axes", 2, 2)));
    }

    private static void arithmetic() {
        for (String operator : List.of("Add", "Sub", "Mul", "Div", "Pow", "Max", "Min", "Sum",
                "Mean")) {
            put(operator, "input", node(operator, List.of()));
            if (!operator.equals("Pow")) { // whose exponent may be of another type
                put(operator, "integers", node(operator, List.of("x", "big")));
                put(operator, "don't go together",
                        graph -> graph.input("z", 5).node(operator, List.of("x", "z"), "y"));
            }
        }
        put("Pow", "exponent", node("Pow", List.of("x", "x")));
        put("Pow", "exponent", node("Pow", List.of("x", "f")));
        put("Clip", "min", node("Clip", List.of("x", "f")));
        put("Clip", "integers", node("Clip", List.of("x", "big")));
        put("PRelu", "don't go together", node("PRelu", List.of("x", "f")));
        for (String reduce : List.of("ReduceMean", "ReduceMax", "ReduceMin", "ReduceSum",
                "ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp",
                "ReduceProd")) {
            for (long axis : new long[]{4, -5, Long.MAX_VALUE, Long.MIN_VALUE}) {
                put(reduce, "axis",
                        graph -> graph.integers("a", axis).floats("k", Dims.of(1, 1, 1, 1), 2).node(
                                reduce, List.of(reduce.equals("ReduceProd") ? "k" : "x", "a"),
                                "y"));
            }
            put(reduce, "axes",
                    graph -> graph.integers("a", new long[100]).floats("k", Dims.of(1, 1, 1, 1), 2)
                            .node(reduce, List.of(reduce.equals("ReduceProd") ? "k" : "x", "a"),
                                    "y"));
        }
        for (String operator : List.of("Softmax", "LogSoftmax", "Flatten", "Concat", "Split",
                "Gather")) {
            for (long axis : new long[]{5, -6, Integer.MIN_VALUE, Long.MAX_VALUE}) {
                put(operator, "axis",
                        graph -> graph.integers("i", 0).node(operator,
                                operator.equals("Gather") ? List.of("x", "i") : List.of("x"), "y",
                                attribute("axis", axis)));
            }
        }
        put("Gemm", "dimensions", node("Gemm", List.of("x", "f")));
        put("Gemm", "multiplied", graph -> graph.input("a", 2, 3).input("b", 4, 5).node("Gemm",
                List.of("a", "b"), "y"));
        put("MatMul", "multiplied", node("MatMul", List.of("x", "f")));
        put("MatMul", "multiplied as a matrix",
                graph -> graph.floats("k", Dims.of(), 2).node("MatMul", List.of("x", "k"), "y"));
        put("Cast", "to", node("Cast", List.of("x")));
        put("Cast", "to", node("Cast", List.of("x"), attribute("to", Long.MAX_VALUE)));
        put("Cast", "string", node("Cast", List.of("x"), attribute("to", 8L)));
        put("CastLike", "input 1", node("CastLike", List.of("x")));
    }

    private static void arrangement() {
        put("Expand", "", node("Expand", List.of("x", "big")));
        put("Expand", "numbers", graph -> graph.integers("s", 1 << 14, 1 << 14)
                .node("Expand", List.of("f1", "s"), "y").floats("f1", Dims.of(1), 1));
        put("Expand", "below 0",
                graph -> graph.integers("s", -1).node("Expand", List.of("x", "s"), "y"));
        put("Expand", "dimensions",
                graph -> graph.integers("s", new long[9]).node("Expand", List.of("x", "s"), "y"));
        put("Expand", "integer", node("Expand", List.of("x", "f")));
        put("Tile", "", graph -> graph.integers("r", 1, 1 << 15, 1 << 15, 1 << 15).node("Tile",
                List.of("x", "r"), "y"));
        put("Tile", "", graph -> graph.integers("r", 1 << 28).node("Tile", List.of("f", "r"), "y"));
        put("Tile", "below 0",
                graph -> graph.integers("r", 1, 1, -1, 1).node("Tile", List.of("x", "r"), "y"));
        put("Tile", "repeats", node("Tile", List.of("x", "big")));
        put("Reshape", "", node("Reshape", List.of("x", "big")));
        put("Reshape", "shape",
                graph -> graph.integers("s", -1, -1).node("Reshape", List.of("x", "s"), "y"));
        put("Reshape", "overflow", graph -> graph.integers("s", 1L << 30, 1L << 30, 1L << 30, -1)
                .node("Reshape", List.of("x", "s"), "y"));
        put("Squeeze", "size is 4",
                graph -> graph.integers("a", 1).node("Squeeze", List.of("x", "a"), "y"));
        put("Squeeze", "axis",
                graph -> graph.integers("a", 9).node("Squeeze", List.of("x", "a"), "y"));
        put("Unsqueeze", "axis",
                graph -> graph.integers("a", 9).node("Unsqueeze", List.of("x", "a"), "y"));
        put("Unsqueeze", "once",
                graph -> graph.integers("a", 0, 0).node("Unsqueeze", List.of("x", "a"), "y"));
        put("Transpose", "order", node("Transpose", List.of("x"), attribute("perm", 0, 1, 2, 2)));
        put("Transpose", "order", node("Transpose", List.of("x"), attribute("perm", new int[]{0})));
        put("Transpose", "order",
                node("Transpose", List.of("x"), attribute("perm", new int[100_000])));
        put("Pad", "", graph -> graph.integers("p", 0, 0, 1 << 30, 1 << 30, 0, 0, 0, 0).node("Pad",
                List.of("x", "p"), "y"));
        put("Pad", "pads", node("Pad", List.of("x", "big")));
        put("Pad", "",
                graph -> graph.integers("p", 1 << 28, 0).node("Pad", List.of("f", "p"), "y"));
        put("Pad", "", graph -> graph.integers("p", 0, 0, 0, -6, 0, 0, 0, 0).node("Pad",
                List.of("x", "p"), "y"));
        put("Pad", "mirrored", graph -> graph.integers("p", 0, 0, 0, 6, 0, 0, 0, 0).node("Pad",
                List.of("x", "p"), "y", attribute("mode", "reflect")));
        put("Slice", "step", graph -> graph.integers("s", 0).integers("e", 1).node("Slice",
                List.of("x", "s", "e", "s", "s"), "y"));
        put("Slice", "axis", graph -> graph.integers("s", 0).integers("e", 9).node("Slice",
                List.of("x", "s", "e", "e"), "y"));
        put("Slice", "", graph -> graph.integers("s", Long.MAX_VALUE).integers("e", Long.MIN_VALUE)
                .node("Slice", List.of("x", "s", "e"), "y"));
        put("Split", "split", graph -> graph.integers("p", -5).node("Split", List.of("x", "p"), "y",
                attribute("axis", 1L)));
        put("Split", "split", graph -> graph.integers("p", 5, -1).node("Split", List.of("x", "p"),
                List.of("y", "z"), attribute("axis", 1L)));
        for (long index : new long[]{4, -5, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 32}) {
            put("Gather", "index", graph -> graph.integers("i", index).node("Gather",
                    List.of("x", "i"), "y", attribute("axis", 1L)));
        }
        put("Gather", "integer", node("Gather", List.of("x", "f")));
        for (long block : new long[]{0, -1, 3, Integer.MAX_VALUE, Long.MIN_VALUE}) {
            put("DepthToSpace",
                    block == Long.MIN_VALUE || block < 1 || block > 3 ? "blocksize" : "multiple",
                    node("DepthToSpace", List.of("x"), attribute("blocksize", block)));
            put("SpaceToDepth", "", node("SpaceToDepth", List.of("x"),
                    attribute("blocksize", block == 3 ? 4 : block)));
        }
        put("Identity", "input 0", node("Identity", List.of()));
        put("Dropout", "training_mode", graph -> {
            graph.graph().addInitializer(TensorProto.newBuilder().setName("t")
                    .setDataType(DataType.BOOL_VALUE).addInt32Data(1));
            return graph.node("Dropout", List.of("x", "", "t"), "y");
        });
    }

    private static OnnxGraph indices(OnnxGraph graph, Dims sizes, long... indices) {
        TensorProto.Builder tensor = OnnxGraph.integerTensor(indices).clearDims();
        sizes.sizes().forEach(tensor::addDims);
        graph.graph().addInitializer(tensor.setName("i"));
        return graph;
    }

    private static void folding() {
        put("Constant", "value", node("Constant", List.of()));
        put("Constant", "tensor", node("Constant", List.of(), AttributeProto.newBuilder()
                .setName("value").setType(AttributeType.TENSOR).build()));
        put("ConstantOfShape", "", graph -> graph.node("ConstantOfShape", List.of("big"), "y"));
        put("ConstantOfShape", "below 0",
                graph -> graph.integers("s", -3).node("ConstantOfShape", List.of("s"), "y"));
        put("ConstantOfShape", "too large", graph -> graph.integers("s", 1 << 20, 1 << 20, 1 << 20)
                .node("ConstantOfShape", List.of("s"), "y"));
        put("ConstantOfShape", "must have one",
                graph -> graph.integers("s", 1).node("ConstantOfShape", List.of("s"), "y",
                        attribute("value", OnnxGraph.floatTensor(Dims.of(2), 1, 2))));
        put("Shape", "input 0", node("Shape", List.of()));
        put("Size", "input 0", node("Size", List.of()));
        for (String compare : List.of("Equal", "Greater", "Less", "GreaterOrEqual",
                "LessOrEqual")) {
            put(compare, "don't go together", graph -> graph.floats("g", Dims.of(3), 1, 2, 3)
                    .node(compare, List.of("f", "g"), "y"));
            put(compare, "", bomb(compare));
        }
        for (String logical : List.of("And", "Or", "Xor")) {
            put(logical, "booleans", node(logical, List.of("f", "f")));
            put(logical, "don't go together", graph -> graph.integers("a", 1, 0, 1)
                    .integers("b", 1, 0).node(logical, List.of("a", "b"), "y"));
        }
        put("Not", "booleans", node("Not", List.of("f")));
        put("Mod", "fmod", node("Mod", List.of("f", "f")));
        put("Mod", "by 0", graph -> graph.integers("a", 1, 0).integers("b", 0).node("Mod",
                List.of("a", "b"), "y"));
        for (long delta : new long[]{0, 1, Long.MIN_VALUE}) {
            put("Range", "",
                    graph -> graph.integers("a", Long.MIN_VALUE).integers("b", Long.MAX_VALUE)
                            .integers("c", delta).node("Range", List.of("a", "b", "c"), "y"));
        }
        put("Range", "", graph -> graph.integers("a", 0).integers("c", 1).node("Range",
                List.of("a", "big", "c"), "y"));
        for (float delta : new float[]{0, Float.NaN, 1e-30f}) {
            put("Range", "", graph -> graph.floats("a", Dims.of(), 0).floats("b", Dims.of(), 9)
                    .floats("c", Dims.of(), delta).node("Range", List.of("a", "b", "c"), "y"));
        }
        for (float limit : new float[]{Float.NaN, Float.POSITIVE_INFINITY, 1e30f}) {
            put("Range", "", graph -> graph.floats("a", Dims.of(), 0).floats("b", Dims.of(), limit)
                    .floats("c", Dims.of(), 1).node("Range", List.of("a", "b", "c"), "y"));
        }
        for (long axis : new long[]{1, -2, Long.MAX_VALUE, Long.MIN_VALUE}) {
            put("CumSum", "axis",
                    graph -> graph.integers("a", axis).node("CumSum", List.of("f", "a"), "y"));
        }
        put("CumSum", "it must be one",
                graph -> graph.integers("a", 0, 0).node("CumSum", List.of("f", "a"), "y"));
        put("CumSum", "", graph -> graph.input("long", 1 << 20).integers("a", 0).node("CumSum",
                List.of("long", "a"), "y"));
        put("NonZero", "", node("NonZero", List.of("x")));
        for (long place : new long[]{2, -3, 1L << 32, Long.MAX_VALUE, Long.MIN_VALUE}) {
            put("GatherND", "index", graph -> indices(graph, Dims.of(1, 1), place).node("GatherND",
                    List.of("f", "i"), "y"));
            put("GatherElements", "index", graph -> indices(graph, Dims.of(1), place)
                    .node("GatherElements", List.of("f", "i"), "y"));
            put("ScatterND", "index", graph -> indices(graph, Dims.of(1, 1), place)
                    .floats("u", Dims.of(1), 1).node("ScatterND", List.of("f", "i", "u"), "y"));
        }
        put("GatherND", "indices", graph -> indices(graph, Dims.of(1, 2), 0, 0).node("GatherND",
                List.of("f", "i"), "y"));
        put("GatherND", "indices",
                graph -> indices(graph, Dims.of(), 0).node("GatherND", List.of("f", "i"), "y"));
        put("GatherND", "batch_dims", graph -> indices(graph, Dims.of(1, 1), 0).node("GatherND",
                List.of("f", "i"), "y", attribute("batch_dims", 1L)));
        put("GatherElements", "indices", graph -> indices(graph, Dims.of(1, 1), 0)
                .node("GatherElements", List.of("f", "i"), "y"));
        put("ScatterND", "updates", graph -> indices(graph, Dims.of(1, 1), 0)
                .floats("u", Dims.of(2), 1, 1).node("ScatterND", List.of("f", "i", "u"), "y"));
        put("ScatterND", "reduction",
                graph -> indices(graph, Dims.of(1, 1), 0).floats("u", Dims.of(1), 1).node(
                        "ScatterND", List.of("f", "i", "u"), "y", attribute("reduction", "add")));
        put("Trilu", "rows", node("Trilu", List.of("f")));
        put("Trilu", "it must be one", graph -> graph.floats("m", Dims.of(1, 1), 1)
                .integers("k", 1, 2).node("Trilu", List.of("m", "k"), "y"));
        put("Where", "don't go together",
                graph -> graph.integers("c", 1, 0, 1).node("Where", List.of("c", "x", "f"), "y"));
        put("Where", "booleans", node("Where", List.of("f", "x", "x")));
        put("Where", "types",
                graph -> graph.integers("c", 1).node("Where", List.of("c", "x", "big"), "y"));
    }

    /** Two known arrays that are small each, and repeated to one another's sizes are not. */
    private static UnaryOperator<OnnxGraph> bomb(String operator) {
        return graph -> graph.floats("a", Dims.of(1 << 14, 1), new float[1 << 14])
                .floats("b", Dims.of(1 << 14), new float[1 << 14])
                .node(operator, List.of("a", "b"), "y");
    }

    private static void normalizations() {
        put("BatchNormalization", "channel",
                node("BatchNormalization", List.of("x", "f", "f", "f", "f")));
        put("BatchNormalization", "float",
                node("BatchNormalization", List.of("x", "big", "f", "f", "f")));
        put("InstanceNormalization", "", node("InstanceNormalization", List.of("x", "f", "f")));
        put("InstanceNormalization", "", node("InstanceNormalization", List.of("f", "f", "f")));
        for (long groups : new long[]{0, -1, 3, Long.MAX_VALUE}) {
            put("GroupNormalization", 21, "", node("GroupNormalization", List.of("x", "f", "f"),
                    attribute("num_groups", groups)));
        }
        for (long axis : new long[]{4, -5, Long.MAX_VALUE}) {
            put("LayerNormalization", "axis",
                    node("LayerNormalization", List.of("x", "f"), attribute("axis", axis)));
            put("RMSNormalization", 23, "axis",
                    node("RMSNormalization", List.of("x", "f"), attribute("axis", axis)));
            put("LpNormalization", "axis",
                    node("LpNormalization", List.of("x"), attribute("axis", axis)));
        }
        put("LpNormalization", "p", node("LpNormalization", List.of("x"), attribute("p", 3L)));
        for (long size : new long[]{0, -1, Long.MAX_VALUE}) {
            put("LRN", "size", node("LRN", List.of("x"), attribute("size", size)));
        }
        put("LRN", "size", node("LRN", List.of("x")));
        for (int axis : new int[]{4, -5, Integer.MAX_VALUE}) {
            put("MeanVarianceNormalization", "axis",
                    node("MeanVarianceNormalization", List.of("x"), attribute("axes", 0, axis)));
        }
        put("MeanVarianceNormalization", "dimension",
                node("MeanVarianceNormalization", List.of("f")));
        put("MeanVarianceNormalization", "axes",
                node("MeanVarianceNormalization", List.of("x"), attribute("axes")));
    }

    private static void selection() {
        for (String operator : List.of("ArgMax", "ArgMin", "TopK", "Hardmax", "OneHot")) {
            for (long axis : new long[]{6, -7, Long.MAX_VALUE, Integer.MIN_VALUE}) {
                put(operator, "axis",
                        graph -> graph.integers("k", 2).node(operator, switch (operator) {
                            case "TopK" -> List.of("x", "k");
                            case "OneHot" -> List.of("k", "k", "f");
                            default -> List.of("x");
                        }, "y", attribute("axis", axis)));
            }
        }
        put("ArgMax", "too long",
                graph -> graph.input("long", 1 << 25).node("ArgMax", List.of("long"), "y"));
        for (long k : new long[]{0, -1, 7, Long.MAX_VALUE, Long.MIN_VALUE}) {
            put("TopK", "k is",
                    graph -> graph.integers("k", k).node("TopK", List.of("x", "k"), "y"));
            put("TopK", 9, "k", node("TopK", List.of("x"), attribute("k", k)));
        }
        put("TopK", "too long", graph -> graph.input("long", 1 << 25).integers("k", 2).node("TopK",
                List.of("long", "k"), "y"));
        put("TopK", "it must be one",
                graph -> graph.integers("k", 1, 2).node("TopK", List.of("x", "k"), "y"));
        for (long depth : new long[]{0, -1, 1 << 25, Long.MAX_VALUE}) {
            put("OneHot", "depth", graph -> graph.integers("i", 0).integers("d", depth)
                    .node("OneHot", List.of("i", "d", "f"), "y"));
        }
        put("OneHot", "numbers", graph -> graph.integers("i", new long[1 << 12])
                .integers("d", 1 << 16).node("OneHot", List.of("i", "d", "f"), "y"));
        put("OneHot", "two", graph -> graph.integers("i", 0).integers("d", 3).node("OneHot",
                List.of("i", "d", "i"), "y"));
        for (String equation : List.of("", "ij->ij", "abcd", "abcd,ab->ab", "abcde->a", "abc->a",
                "abcd->ae", "abcd->aa", "ab1d->a", "abcd->a->b", "...abcde->a", "a b c d -> a,",
                "......->")) {
            put("Einsum", "equation",
                    node("Einsum", List.of("x", "f"), attribute("equation", equation)));
        }
        for (String equation : List.of("abcd,a->b", "abcd,c->", "aabb,b->")) {
            put("Einsum", "dimension",
                    node("Einsum", List.of("x", "f"), attribute("equation", equation)));
        }
        put("Einsum", "equation",
                node("Einsum", List.of("x"), attribute("equation", "a".repeat(100_000))));
        put("Einsum", "", graph -> graph.input("a", 1 << 20).node("Einsum", List.of("a", "a"), "y",
                attribute("equation", "a,b->ab")));
        put("Attention", 23, "don't go together", graph -> graph.input("k", 1, 3, 6, 6)
                .node("Attention", List.of("x", "k", "k"), "y"));
        put("Attention", 23, "heads",
                graph -> graph.input("q", 1, 6, 6).node("Attention", List.of("q", "q", "q"), "y",
                        attribute("q_num_heads", 4L), attribute("kv_num_heads", Long.MIN_VALUE)));
        put("Attention", 23, "heads", graph -> graph.input("q", 1, 6, 6).node("Attention",
                List.of("q", "q", "q"), "y", attribute("q_num_heads", 4L)));
        put("Attention", 23, "don't go together", graph -> graph.input("m", 7, 6, 6)
                .node("Attention", List.of("x", "x", "x", "m"), "y"));
        put("Attention", 23, "run before", node("Attention", List.of("x", "x", "x", "", "x", "x")));
        put("Attention", 23, "numbers", graph -> graph.input("q", 1, 1, 1 << 14, 1)
                .node("Attention", List.of("q", "q", "q"), "y", attribute("is_causal", 1L)));
        put("IsNaN", "input 0", node("IsNaN", List.of()));
        put("IsInf", "detect_positive",
                node("IsInf", List.of("x"), attribute("detect_positive", 2L)));
        put("Shrink", "input 0", node("Shrink", List.of()));
    }

    private static AttributeProto branch(String name, OnnxGraph graph) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeType.GRAPH)
                .setG(graph.graph()).build();
    }

    private static void branches() {
        OnnxGraph relu = new OnnxGraph(18).output("r").node("Relu", List.of("x"), "r");
        put("If", "missing", node("If", List.of("big")));
        put("If", "missing", node("If", List.of("big"), branch("then_branch", relu)));
        put("If", "when the network runs",
                node("If", List.of("x"), branch("then_branch", relu), branch("else_branch", relu)));
        put("If", "integer",
                node("If", List.of("f"), branch("then_branch", relu), branch("else_branch", relu)));
        put("If", "it must have one", graph -> graph.integers("c", 1, 0).node("If", List.of("c"),
                "y", branch("then_branch", relu), branch("else_branch", relu)));
        for (OnnxGraph wrong : List.of(
                new OnnxGraph(18).input("a", 1).output("r").node("Relu", List.of("a"), "r"),
                new OnnxGraph(18), new OnnxGraph(18).output("r"),
                new OnnxGraph(18).output("r").output("x"),
                new OnnxGraph(18).output("r").node("Loop", List.of("x"), "r"),
                new OnnxGraph(18).output("r").node("Relu", List.of("r"), "r"),
                new OnnxGraph(18).output("r").node("Relu", List.of("y"), "r"),
                new OnnxGraph(18).output("r").node("Relu", List.of("x"), "r").node("Abs",
                        List.of("x"), "r"),
                new OnnxGraph(18).output("r").floats("w", Dims.of(1), 1).floats("w", Dims.of(1), 1)
                        .node("Add", List.of("x", "w"), "r"))) {
            put("If", "", node("If", List.of("big"), branch("then_branch", wrong),
                    branch("else_branch", relu)));
        }
        OnnxGraph bomb = new OnnxGraph(18).output("r").node("ConstantOfShape", List.of("big"), "r");
        put("If", "", node("If", List.of("big"), branch("then_branch", bomb),
                branch("else_branch", relu)));
        OnnxGraph deep = relu;
        for (int i = 0; i < 15; i++) {
            deep = new OnnxGraph(18).output("r").node("If", List.of("big"), "r",
                    branch("then_branch", deep), branch("else_branch", relu));
        }
        OnnxGraph deepest = deep;
        for (int i = 0; i < 40; i++) {
            deepest = new OnnxGraph(18).output("r").node("If", List.of("big"), "r",
                    branch("then_branch", deepest), branch("else_branch", relu));
        }
        OnnxGraph tooDeep = deepest;
        put("If", "", node("If", List.of("big"), branch("then_branch", tooDeep),
                branch("else_branch", relu)));
    }

    /** Functions of a number: no input but one, no attribute that could be wrong but in type. */
    private static final Set<String> FUNCTIONS = Set.of("Abs", "Atan", "Ceil", "Celu", "Cos", "Elu",
            "Erf", "Exp", "Floor", "Gelu", "HardSigmoid", "HardSwish", "LeakyRelu", "Log", "Mish",
            "Neg", "Reciprocal", "Relu", "Round", "Selu", "Sigmoid", "Sign", "Sin", "Softplus",
            "Softsign", "Sqrt", "Swish", "Tanh", "ThresholdedRelu");

    @Test
    void everyOperatorHasHostileModels() {
        Set<String> tested = new TreeSet<>(CASES_OF.keySet());
        tested.addAll(FUNCTIONS);
        tested.addAll(OperatorTest.QUANTISED);
        assertEquals(Operators.names(), tested);
    }

    static Set<String> specific() {
        return CASES_OF.keySet();
    }

    @ParameterizedTest
    @MethodSource("specific")
    void isRefused(String operator) {
        for (Case each : CASES_OF.get(operator)) {
            String what = each.graph().graph().getNodeList().toString();
            String sentence = BoundedReading.read(folder, each.graph().bytes(), what).sentence();
            assertTrue(sentence != null, what + ": it was read");
            assertTrue(sentence.contains(each.says()), what + ": " + sentence);
        }
    }

    static Set<String> drawn() {
        return OperatorTest.operators();
    }

    /** The node of the operator itself; what comes after it in the draw only makes a network. */
    private static NodeProto.Builder theNode(String operator, GraphProto.Builder graph) {
        return graph.getNodeBuilderList().stream().filter(node -> node.getOpType().equals(operator))
                .findFirst().orElseThrow();
    }

    private String refused(OnnxGraph graph, String what) {
        String sentence = BoundedReading.read(folder, graph.bytes(), what).sentence();
        assertTrue(sentence != null, what + " was read: " + graph.graph().getNodeList());
        return sentence;
    }

    /** What no operator may accept, whichever it is. */
    @ParameterizedTest
    @MethodSource("drawn")
    void isRefusedAsAny(String operator) {
        OnnxGraph unknown = OperatorTest.drawn(operator, SEED);
        theNode(operator, unknown.graph()).addAttribute(attribute("nonsense", 1L));
        String sentence = refused(unknown, operator + " with an unknown attribute");
        assertTrue(sentence.contains("nonsense"), sentence);

        OnnxGraph nameless = OperatorTest.drawn(operator, SEED);
        theNode(operator, nameless.graph()).setOutput(0, "");
        refused(nameless, operator + " without a result");

        if (!operator.equals("Constant")) {
            OnnxGraph empty = OperatorTest.drawn(operator, SEED);
            theNode(operator, empty.graph()).clearInput();
            refused(empty, operator + " without inputs");

            OnnxGraph text = OperatorTest.drawn(operator, SEED);
            text.graph()
                    .addInitializer(TensorProto.newBuilder().setName("text").addDims(1)
                            .setDataType(DataType.STRING_VALUE)
                            .addStringData(ByteString.copyFromUtf8("one")));
            theNode(operator, text.graph()).setInput(0, "text");
            refused(text, operator + " of a text");
        }
        Set<String> withoutEffect = Set.of("momentum", "ratio", "seed", "sorted");
        for (AttributeProto old : theNode(operator, OperatorTest.drawn(operator, SEED).graph())
                .getAttributeList()) {
            if (withoutEffect.contains(old.getName())) {
                continue;
            }
            OnnxGraph graph = OperatorTest.drawn(operator, SEED);
            NodeProto.Builder node = theNode(operator, graph.graph());
            int at = node.getAttributeList().indexOf(old);
            node.setAttribute(at,
                    old.getType() == AttributeType.INTS
                            ? attribute(old.getName(), 1f)
                            : attribute(old.getName(), 1, 2));
            String typed = refused(graph, "%s with %s of another type".formatted(operator, old));
            assertTrue(typed.contains(old.getName()), typed);
        }
    }

    /** Numbers of every kind in every place: it is refused, or it can be computed. */
    @ParameterizedTest
    @MethodSource("drawn")
    void isBounded(String operator) {
        for (int i = 0; i < CASES; i++) {
            long seed = SEED + i;
            Random random = new Random(seed);
            OnnxGraph graph = OperatorTest.drawn(operator, seed);
            damage(random, operator, graph.graph());
            String what = "-Dsepconv.seed=%d: %s".formatted(seed, graph.graph());
            Network read = BoundedReading.read(folder, graph.bytes(), what).network();
            if (read != null) {
                compute(read, what);
            }
        }
    }

    private static void compute(Network network, String what) {
        long numbers = 0;
        for (Dims dims : network.inputs().values()) {
            numbers += dims.elements();
        }
        for (Node node : network.nodes()) {
            int made = network.dims(node.output()).elements();
            // a large window takes long, which is what such a network asks for
            numbers += node.op() instanceof Op.Pool pool
                    ? (long) made * pool.kernelHeight() * pool.kernelWidth()
                    : made;
        }
        if (numbers < 0 || numbers > COMPUTED) {
            return;
        }
        Map<String, NdArray> inputs = new LinkedHashMap<>();
        network.inputs().forEach((name, dims) -> {
            float[] data = new float[dims.elements()];
            Arrays.fill(data, 0.5f);
            inputs.put(name, NdArray.of(dims, data));
        });
        try {
            NetworkReference.run(network, inputs);
            NetworkReference.run(Simplify.run(network), inputs);
        } catch (RuntimeException e) {
            throw new AssertionError(what + ": it was read, and computing it fails: " + e, e);
        }
    }

    private static void damage(Random random, String operator, GraphProto.Builder graph) {
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            switch (random.nextInt(5)) {
                case 0 -> attributes(random, theNode(operator, graph));
                case 1, 2 -> initializer(random, graph);
                case 3 -> {
                    if (graph.getInputCount() > 0) {
                        sizes(random, graph);
                    }
                }
                default -> {
                    NodeProto.Builder node = theNode(operator, graph);
                    if (node.getInputCount() > 0) {
                        node.setInput(random.nextInt(node.getInputCount()),
                                node.getInput(random.nextInt(node.getInputCount())));
                    }
                }
            }
        }
    }

    private static void attributes(Random random, NodeProto.Builder node) {
        if (node.getAttributeCount() == 0) {
            return;
        }
        AttributeProto.Builder attribute = node
                .getAttributeBuilder(random.nextInt(node.getAttributeCount()));
        switch (attribute.getType()) {
            case INT -> attribute.setI(EXTREMES[random.nextInt(EXTREMES.length)]);
            case FLOAT -> attribute.setF(ODD[random.nextInt(ODD.length)]);
            case STRING -> attribute.setS(ByteString.copyFromUtf8("none"));
            case INTS -> {
                if (random.nextInt(4) == 0 || attribute.getIntsCount() == 0) {
                    attribute.addInts(1);
                } else {
                    attribute.setInts(random.nextInt(attribute.getIntsCount()),
                            EXTREMES[random.nextInt(EXTREMES.length)]);
                }
            }
            default -> attribute.clearT();
        }
    }

    private static void initializer(Random random, GraphProto.Builder graph) {
        if (graph.getInitializerCount() == 0) {
            return;
        }
        TensorProto.Builder tensor = graph
                .getInitializerBuilder(random.nextInt(graph.getInitializerCount()));
        boolean integers = tensor.getDataType() == DataType.INT64_VALUE;
        int count = integers ? tensor.getInt64DataCount() : tensor.getRawData().size() / 4;
        switch (random.nextInt(4)) {
            case 0 -> { // another rank
                tensor.clearDims();
                if (random.nextBoolean()) {
                    tensor.addDims(1);
                }
                tensor.addDims(count);
            }
            case 1 -> { // another type
                String name = tensor.getName();
                List<Long> dims = tensor.getDimsList();
                TensorProto.Builder other = integers
                        ? OnnxGraph.floatTensor(Dims.of(), new float[count])
                        : OnnxGraph.integerTensor(new long[count]);
                tensor.clear().mergeFrom(other.build()).setName(name).clearDims().addAllDims(dims);
            }
            case 2 -> { // another length
                tensor.clearDims().addDims(count + 1);
                if (integers) {
                    tensor.addInt64Data(EXTREMES[random.nextInt(EXTREMES.length)]);
                } else {
                    tensor.setRawData(tensor.getRawData().concat(ByteString.copyFrom(new byte[4])));
                }
            }
            default -> {
                if (integers && count > 0) {
                    tensor.setInt64Data(random.nextInt(count),
                            EXTREMES[random.nextInt(EXTREMES.length)]);
                } else if (count > 0) {
                    float[] data = new float[count];
                    Arrays.fill(data, ODD[random.nextInt(ODD.length)]);
                    tensor.setRawData(OnnxGraph.floatTensor(Dims.of(), data).getRawData());
                }
            }
        }
    }

    private static void sizes(Random random, GraphProto.Builder graph) {
        var shape = graph.getInputBuilder(random.nextInt(graph.getInputCount())).getTypeBuilder()
                .getTensorTypeBuilder().getShapeBuilder();
        if (shape.getDimCount() == 0 || random.nextInt(3) == 0) {
            shape.addDimBuilder().setDimValue(random.nextInt(1, 4));
        } else if (random.nextInt(3) == 0) {
            shape.removeDim(random.nextInt(shape.getDimCount()));
        } else {
            shape.getDimBuilder(random.nextInt(shape.getDimCount()))
                    .setDimValue(new long[]{1, 2, 5, 1 << 20, 1 << 30}[random.nextInt(5)]);
        }
    }
}
