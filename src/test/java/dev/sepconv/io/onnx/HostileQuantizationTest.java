package dev.sepconv.io.onnx;

import static dev.sepconv.onnx.OnnxGraph.attribute;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import dev.sepconv.Dims;
import dev.sepconv.onnx.OnnxGraph;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every quantised operator with everything that it reads in turn made wrong: each is refused in one
 * sentence that names the node, in bounded memory and time.
 */
class HostileQuantizationTest {

    @TempDir
    private Path folder;

    /** What an input of a quantised operator is. */
    private enum Role {
        /** Floats that come when the network runs. */
        NUMBERS,
        /** Integers that are made of them. */
        STEPS,
        /** Known integers. */
        WEIGHT,
        /** Known floats, one for each of the last dimension of what is added to them. */
        FLOAT_BIAS,
        /** Known integers of 32 bits. */
        BIAS,
        SCALE,
        ZERO
    }

    /** @param sizes of what comes when the network runs */
    private record Operator(String domain, String name, Dims sizes, Dims weight, List<Role> inputs,
            List<AttributeProto> attributes) {

        @Override
        public String toString() {
            return (domain.isEmpty() ? "" : domain + ".") + name;
        }
    }

    private static final String MICROSOFT = "com.microsoft";
    private static final Dims PICTURE = Dims.of(1, 3, 6, 6);
    private static final Dims FILTERS = Dims.of(2, 3, 3, 3);
    private static final Dims ROWS = Dims.of(2, 3);
    private static final Dims MATRIX = Dims.of(3, 2);
    private static final Role S = Role.SCALE;
    private static final Role Z = Role.ZERO;
    private static final Role Q = Role.STEPS;
    private static final Role W = Role.WEIGHT;

    private static Operator picture(String domain, String name, List<Role> inputs,
            AttributeProto... attributes) {
        return new Operator(domain, name, PICTURE, FILTERS, inputs, List.of(attributes));
    }

    private static Operator rows(String domain, String name, List<Role> inputs) {
        return new Operator(domain, name, ROWS, MATRIX, inputs, List.of());
    }

    static List<Operator> operators() {
        List<Operator> all = new ArrayList<>(List.of(
                picture("", "QuantizeLinear", List.of(Role.NUMBERS, S, Z), attribute("axis", 1L)),
                picture("", "DequantizeLinear", List.of(Q, S, Z), attribute("axis", 1L)),
                picture("", "DequantizeLinear", List.of(W, S, Z), attribute("axis", 1L)),
                picture("", "DynamicQuantizeLinear", List.of(Role.NUMBERS)),
                picture("", "QLinearConv", List.of(Q, S, Z, W, S, Z, S, Z, Role.BIAS)),
                picture("", "ConvInteger", List.of(Q, W, Z, Z)),
                rows("", "QLinearMatMul", List.of(Q, S, Z, W, S, Z, S, Z)),
                rows("", "MatMulInteger", List.of(Q, W, Z, Z)),
                picture(MICROSOFT, "QuantizeLinear", List.of(Role.NUMBERS, S, Z)),
                picture(MICROSOFT, "DequantizeLinear", List.of(Q, S, Z)),
                rows(MICROSOFT, "QGemm", List.of(Q, S, Z, W, S, Z, Role.BIAS, S, Z)),
                rows(MICROSOFT, "MatMulIntegerToFloat", List.of(Q, W, S, S, Z, Z, Role.FLOAT_BIAS)),
                rows(MICROSOFT, "DynamicQuantizeMatMul",
                        List.of(Role.NUMBERS, W, S, Z, Role.FLOAT_BIAS)),
                picture(MICROSOFT, "QLinearConcat", List.of(S, Z, Q, S, Z, Q, S, Z),
                        attribute("axis", 1L)),
                picture(MICROSOFT, "QLinearAveragePool", List.of(Q, S, Z, S, Z),
                        attribute("kernel_shape", 2, 2)),
                picture(MICROSOFT, "QLinearSoftmax", List.of(Q, S, Z, S, Z),
                        attribute("axis", 1L))));
        for (String operator : List.of("QLinearAdd", "QLinearMul")) {
            all.add(picture(MICROSOFT, operator, List.of(Q, S, Z, Q, S, Z, S, Z)));
        }
        for (String operator : List.of("QLinearGlobalAveragePool", "QLinearSigmoid",
                "QLinearLeakyRelu")) {
            all.add(picture(MICROSOFT, operator, List.of(Q, S, Z, S, Z)));
        }
        return all;
    }

    private static TensorProto.Builder integers(DataType type, Dims dims, int... numbers) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setDataType(type.getNumber())
                .addAllDims(dims.sizes().stream().map(Integer::longValue).toList());
        Arrays.stream(numbers).forEach(tensor::addInt32Data);
        return tensor;
    }

    private static TensorProto.Builder right(Operator operator, Role role) {
        return switch (role) {
            case NUMBERS, STEPS -> null;
            case WEIGHT ->
                integers(DataType.INT8, operator.weight(), new int[operator.weight().elements()]);
            case FLOAT_BIAS -> OnnxGraph.floatTensor(Dims.of(2), 1, 2);
            case BIAS -> integers(DataType.INT32, Dims.of(2), 5, -5);
            case SCALE -> OnnxGraph.floatTensor(Dims.of(), 0.1f);
            case ZERO -> integers(DataType.UINT8, Dims.of(), 3);
        };
    }

    /** A model of that operator whose attributes and inputs are right, but for one. */
    private static byte[] model(Operator operator, int damaged, TensorProto.Builder tensor,
            String instead, List<AttributeProto> attributes) {
        OnnxGraph graph = new OnnxGraph(21).input("x", operator.sizes().toArray())
                .floats("sx", Dims.of(), 0.1f).node("QuantizeLinear", List.of("x", "sx"), "q")
                .output("y");
        List<String> names = new ArrayList<>();
        for (int i = 0; i < operator.inputs().size(); i++) {
            Role role = operator.inputs().get(i);
            TensorProto.Builder each = i == damaged && tensor != null
                    ? tensor
                    : right(operator, role);
            if (i == damaged && instead != null) {
                names.add(instead);
            } else if (each == null) {
                names.add(role == Role.STEPS ? "q" : "x");
            } else {
                graph.graph().addInitializer(each.setName("i" + i));
                names.add("i" + i);
            }
        }
        graph.graph()
                .addNode(NodeProto.newBuilder().setName("here").setDomain(operator.domain())
                        .setOpType(operator.name()).addAllInput(names).addOutput("y")
                        .addAllAttribute(attributes));
        return graph.model().toBuilder()
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(MICROSOFT).setVersion(1))
                .build().toByteArray();
    }

    private void refused(Operator operator, String what, byte[] model, String... says) {
        String name = operator + " with " + what;
        String sentence = BoundedReading.read(folder, model, name).sentence();
        assertNotNull(sentence, name + ": it was read");
        for (String part : says) {
            assertTrue(sentence.contains(part), name + ": " + sentence);
        }
        assertTrue(sentence.contains("node 'here'") || sentence.contains("'i"),
                name + " names no node or array: " + sentence);
    }

    /** What can be wrong with an input, and a part of the sentence that says so. */
    private static Map<TensorProto.Builder, String> wrong(Role role) {
        TensorProto.Builder text = TensorProto.newBuilder().addDims(1)
                .setDataType(DataType.STRING_VALUE).addStringData(ByteString.copyFromUtf8("one"));
        Map<TensorProto.Builder, String> wrong = new java.util.LinkedHashMap<>();
        wrong.put(text, "string");
        switch (role) {
            case SCALE -> {
                for (float scale : new float[]{0, -0f, -1, Float.NaN, Float.POSITIVE_INFINITY,
                        Float.NEGATIVE_INFINITY}) {
                    wrong.put(OnnxGraph.floatTensor(Dims.of(), scale),
                            "is %s; it must be above 0 and finite".formatted(scale));
                }
                wrong.put(integers(DataType.INT32, Dims.of(), 1), "float type");
                wrong.put(OnnxGraph.floatTensor(Dims.of(7), 1, 1, 1, 1, 1, 1, 1), "must");
                wrong.put(OnnxGraph.floatTensor(Dims.of(2, 2), 1, 1, 1, 1), "must");
                wrong.put(OnnxGraph.floatTensor(Dims.of(1 << 20), new float[1 << 20]), "must");
                wrong.put(OnnxGraph.floatTensor(Dims.of()).clearDims().addDims(0), "");
            }
            case ZERO -> {
                wrong.put(OnnxGraph.floatTensor(Dims.of(), 1), "type");
                for (int zero : new int[]{256, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
                    wrong.put(integers(DataType.UINT8, Dims.of(), zero), "has %d".formatted(zero));
                }
                wrong.put(integers(DataType.INT8, Dims.of(), 128), "int8 is from -128 to 127");
                wrong.put(integers(DataType.INT16, Dims.of(), 40_000), "int16 is from -32768");
                wrong.put(integers(DataType.UINT16, Dims.of(), -1), "uint16 is from 0 to 65535");
                wrong.put(OnnxGraph.integerTensor(Long.MIN_VALUE), "");
                wrong.put(integers(DataType.UINT8, Dims.of(7), new int[7]), "must");
                wrong.put(integers(DataType.UINT8, Dims.of()).addDims(0), "");
            }
            case WEIGHT -> {
                wrong.put(OnnxGraph.floatTensor(Dims.of(3, 2), 1, 1, 1, 1, 1, 1), "float type");
                wrong.put(OnnxGraph.integerTensor(Long.MAX_VALUE, Long.MIN_VALUE), "32 bits");
                wrong.put(integers(DataType.INT8, Dims.of(1), 128), "int8 is from -128 to 127");
            }
            case BIAS -> {
                wrong.put(OnnxGraph.floatTensor(Dims.of(2), 1, 1), "float type");
                wrong.put(integers(DataType.INT32, Dims.of(7), new int[7]), "");
            }
            case FLOAT_BIAS -> {
                wrong.put(integers(DataType.INT32, Dims.of(2), 1, 1), "integers");
                wrong.put(OnnxGraph.floatTensor(Dims.of(7), new float[7]), "don't go together");
            }
            case STEPS -> wrong.put(OnnxGraph.floatTensor(Dims.of(1), 1), "float type");
            case NUMBERS -> {
            }
        }
        return wrong;
    }

    @ParameterizedTest
    @MethodSource("operators")
    void eachInputIsRefusedWhereItIsWrong(Operator operator) {
        assertNull(
                BoundedReading.read(folder, model(operator, -1, null, null, operator.attributes()),
                        operator.toString()).sentence(),
                operator + " is right");
        for (int i = 0; i < operator.inputs().size(); i++) {
            Role role = operator.inputs().get(i);
            for (Map.Entry<TensorProto.Builder, String> each : wrong(role).entrySet()) {
                byte[] model = model(operator, i, each.getKey(), null, operator.attributes());
                String shown = each.getKey().toString();
                refused(operator,
                        "input %d (%s) %s".formatted(i, role, shown
                                .substring(0, Math.min(shown.length(), 80)).replace('\n', ' ')),
                        model, each.getValue());
            }
            if (role != Role.ZERO && role != Role.BIAS && role != Role.FLOAT_BIAS
                    && !(operator.name().equals("QGemm") && i == 7)) { // whose result are floats
                refused(operator, "input %d (%s) missing".formatted(i, role),
                        model(operator, i, null, "", operator.attributes()), "missing");
            }
            if (role == Role.SCALE || role == Role.ZERO || role == Role.BIAS) {
                refused(operator, "input %d (%s) computed".formatted(i, role), model(operator, i,
                        null, role == Role.SCALE ? "x" : "q", operator.attributes()),
                        "when the network runs");
            }
            if (role == Role.STEPS) {
                refused(operator, "input %d (%s) of floats".formatted(i, role),
                        model(operator, i, null, "x", operator.attributes()), "float type");
            }
        }
        refused(operator, "an unknown attribute",
                model(operator, -1, null, null, List.of(attribute("nonsense", 1L))), "");
    }

    @Test
    void axesAndBlocksAreRefusedWhereTheyAreWrong() {
        for (Operator operator : operators()) {
            if (!operator.name().endsWith("uantizeLinear") || operator.name().startsWith("Dynamic")
                    || !operator.domain().isEmpty()) {
                continue;
            }
            TensorProto.Builder three = OnnxGraph.floatTensor(Dims.of(3), 1, 1, 1);
            for (long axis : new long[]{4, -5, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE,
                    Long.MIN_VALUE}) {
                refused(operator, "axis " + axis,
                        withoutZero(operator, three, attribute("axis", axis)), "axis");
            }
            refused(operator, "another axis", withoutZero(operator, three, attribute("axis", 0L)),
                    "along dimension 0");
            for (long block : new long[]{-1, Integer.MIN_VALUE, Long.MAX_VALUE, 2}) {
                refused(operator, "block_size " + block,
                        withoutZero(operator, three, attribute("axis", 1L),
                                attribute("block_size", block)),
                        block != 2
                                ? "block_size"
                                : operator.inputs().getFirst() == W ? "must be" : "only constants");
            }
            if (operator.name().equals("QuantizeLinear")) {
                for (long type : new long[]{1, 6, 7, 17, 21, 99, Long.MAX_VALUE}) {
                    refused(operator, "output_dtype " + type, withoutZero(operator,
                            OnnxGraph.floatTensor(Dims.of(), 1), attribute("output_dtype", type)),
                            "");
                }
            }
        }
    }

    private static byte[] withoutZero(Operator operator, TensorProto.Builder scale,
            AttributeProto... attributes) {
        Operator two = new Operator(operator.domain(), operator.name(), operator.sizes(),
                operator.weight(), operator.inputs().subList(0, 2), operator.attributes());
        return model(two, 1, scale, null, List.of(attributes));
    }

    /** Known integers that are made real many times over. */
    @Test
    void bombsOfConstantsAreRefused() {
        for (String operator : List.of("DequantizeLinear", "MatMulInteger")) {
            OnnxGraph graph = new OnnxGraph(21).input("x", 1, 1 << 10).output("y")
                    .floats("s", Dims.of(), 0.5f).integers("z", 1)
                    .integers("sizes", 1 << 10, 1 << 10);
            graph.node("ConstantOfShape", List.of("sizes"), "q",
                    attribute("value", OnnxGraph.integerTensor(7)));
            String last = "x";
            for (int i = 0; i < 2_000; i++) {
                String next = i == 1_999 ? "y" : "x" + i;
                if (operator.equals("MatMulInteger")) {
                    graph.node("Cast", List.of(last), "c" + i, attribute("to", 6L));
                    graph.node(operator, List.of("c" + i, "q", "", "z"), "m" + i);
                    graph.node("Cast", List.of("m" + i), next, attribute("to", 1L));
                } else {
                    graph.node(operator, List.of("q", "s"), "w" + i);
                    graph.node("MatMul", List.of(last, "w" + i), next);
                }
                last = next;
            }
            String sentence = BoundedReading.read(folder, graph.bytes(), operator).sentence();
            assertTrue(sentence != null && sentence.contains("constants"),
                    operator + ": " + sentence);
        }
    }

    /** Where zero points are floats, or integers are quantised, nothing of Java's comes out. */
    @Test
    void scalesThatAreComputedHaveIntegersForZeroPoints() {
        OnnxGraph graph = new OnnxGraph(21).input("x", 2, 3).input("s").output("y")
                .floats("z", Dims.of(), 1).node("QuantizeLinear", List.of("x", "s", "z"), "y");
        String sentence = BoundedReading.read(folder, graph.bytes(), "float zero").sentence();
        assertTrue(sentence != null && sentence.contains("the zero point ('z')"), sentence);
    }

    @Test
    void everyQuantisedOperatorIsThere() {
        Set<String> tested = operators().stream().map(Operator::toString)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> wanted = new TreeSet<>(OperatorTest.QUANTISED);
        for (String name : Operators.microsoftNames()) {
            if (name.startsWith("Q") && !name.startsWith("Quick") || name.contains("uantize")
                    || name.contains("Integer")) {
                wanted.add(MICROSOFT + "." + name);
            }
        }
        assertEquals(wanted, tested);
    }
}
