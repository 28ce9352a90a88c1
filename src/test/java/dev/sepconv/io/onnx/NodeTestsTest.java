package dev.sepconv.io.onnx;

import static dev.sepconv.onnx.OnnxGraph.attribute;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
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
import dev.sepconv.reference.NetworkReference;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The node tests of the ONNX standard, by their numbers: of what goes in and of what must come out.
 * Each runs with all numbers known when the model is read, and with all that can be as inputs.
 */
class NodeTestsTest {

    /** Inputs of these operators from this one on have to be known. */
    private static final Map<String, Integer> KNOWN_FROM = Map.of("Resize", 1, "TopK", 1, "OneHot",
            1, "Trilu", 1, "CumSum", 1, "ReduceProd", 1);
    /** Of ONNX's own expected numbers, some of which are printed with 7 digits. */
    private static final double TOLERANCE = 2e-6;

    private record Array(String type, Dims dims, float[] numbers) {
    }

    private record Case(String name, String operator, int opset, List<AttributeProto> attributes,
            List<Array> inputs, List<Array> outputs) {
    }

    private static final List<Case> CASES = read();

    private static List<Case> read() {
        List<Case> cases = new ArrayList<>();
        String text;
        try (InputStream in = NodeTestsTest.class.getResourceAsStream("node-tests.txt")) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new ExceptionInInitializerError(e);
        }
        for (String line : text.lines().filter(each -> !each.startsWith("#")).toList()) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "case" -> cases.add(new Case(words[1], words[2], Integer.parseInt(words[3]),
                        new ArrayList<>(), new ArrayList<>(), new ArrayList<>()));
                case "attr" -> cases.getLast().attributes.add(attributeOf(words));
                case "in" -> cases.getLast().inputs.add(words[1].equals("-") ? null : array(words));
                case "out" -> cases.getLast().outputs.add(array(words));
                default -> throw new AssertionError(line);
            }
        }
        return cases;
    }

    private static AttributeProto attributeOf(String[] words) {
        return switch (words[2]) {
            case "int" -> attribute(words[1], Long.parseLong(words[3]));
            case "real" -> attribute(words[1], Float.parseFloat(words[3]));
            case "text" ->
                attribute(words[1], String.join(" ", Arrays.copyOfRange(words, 3, words.length)));
            case "ints" -> attribute(words[1],
                    Arrays.stream(words).skip(3).mapToInt(Integer::parseInt).toArray());
            default -> throw new AssertionError(words[2]);
        };
    }

    private static Array array(String[] words) {
        String sizes = words[2].substring(1, words[2].length() - 1);
        float[] numbers = new float[words.length - 3];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Float.parseFloat(words[3 + i]);
        }
        return new Array(words[1], sizes.isEmpty()
                ? Dims.of()
                : Dims.of(Arrays.stream(sizes.split(",")).mapToInt(Integer::parseInt).toArray()),
                numbers);
    }

    private static int type(Array array) {
        return switch (array.type) {
            case "float" -> DataType.FLOAT_VALUE;
            case "int64" -> DataType.INT64_VALUE;
            default -> DataType.BOOL_VALUE;
        };
    }

    private static String known(OnnxGraph graph, String name, Array array) {
        if (array.type.equals("float")) {
            graph.floats(name, array.dims, array.numbers);
            return name;
        }
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name)
                .setDataType(type(array));
        array.dims.sizes().forEach(tensor::addDims);
        for (float number : array.numbers) {
            if (array.type.equals("int64")) {
                tensor.addInt64Data((long) number);
            } else {
                tensor.addInt32Data((int) number);
            }
        }
        graph.graph().addInitializer(tensor);
        return name;
    }

    private static Network network(Case each, boolean asInputs, Map<String, NdArray> inputs)
            throws IOException {
        OnnxGraph graph = new OnnxGraph(each.opset).input("zero");
        inputs.put("zero", NdArray.zeros(Dims.of()));
        List<String> from = new ArrayList<>();
        for (int i = 0; i < each.inputs.size(); i++) {
            Array array = each.inputs.get(i);
            if (array == null) {
                from.add("");
            } else if (asInputs && i < KNOWN_FROM.getOrDefault(each.operator, 9)) {
                graph.input("x" + i, array.dims.toArray());
                inputs.put("x" + i, NdArray.of(array.dims, array.numbers));
                graph.node("Cast", List.of("x" + i), "in" + i, attribute("to", (long) type(array)));
                from.add("in" + i);
            } else {
                from.add(known(graph, "in" + i, array));
            }
        }
        List<String> results = new ArrayList<>();
        for (int i = 0; i < each.outputs.size(); i++) {
            results.add("out" + i);
        }
        graph.node(each.operator, from, results, each.attributes.toArray(AttributeProto[]::new));
        for (String result : results) {
            graph.node("Cast", List.of(result), result + "-float",
                    attribute("to", (long) DataType.FLOAT_VALUE));
            // so that there is something to run where all is known
            graph.node("Add", List.of(result + "-float", "zero"), result + "-given");
            graph.output(result + "-given");
        }
        return OnnxReader.read(graph.bytes(), InputSizes.AS_IN_MODEL);
    }

    private static void check(Case each, String how, int output, Dims dims, double[] found,
            List<String> wrong) {
        Array expected = each.outputs.get(output);
        if (!expected.dims.equals(dims)) {
            wrong.add("%s%s is %s, it must be %s".formatted(each.name, how, dims, expected.dims));
            return;
        }
        for (int i = 0; i < found.length; i++) {
            double wanted = expected.numbers[i];
            boolean right = Double.compare(wanted, found[i]) == 0
                    || Math.abs(wanted - found[i]) <= TOLERANCE * Math.max(1, Math.abs(wanted));
            if (!right) {
                wrong.add("%s%s: number %d is %s, it must be %s".formatted(each.name, how, i,
                        found[i], wanted));
                return;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void giveTheStandardsNumbers(boolean asInputs) throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Case each : CASES) {
            Map<String, NdArray> inputs = new LinkedHashMap<>();
            Network network = network(each, asInputs, inputs);
            Map<String, double[]> found = NetworkReference.run(network, inputs);
            for (int i = 0; i < each.outputs.size(); i++) {
                String name = "out" + i + "-given";
                check(each, " in float64", i, network.dims(name), found.get(name), wrong);
            }
        }
        assertEquals(List.of(), wrong);
    }

    @ParameterizedTest
    @ValueSource(strings = {"simd", "java", "plain"})
    void giveThemOnEveryEngine(String name) throws IOException {
        List<String> wrong = new ArrayList<>();
        try (Engine engine = Engines.open(name)) {
            for (Case each : CASES) {
                Map<String, NdArray> inputs = new LinkedHashMap<>();
                Network network = network(each, true, inputs);
                try (NetworkPlan plan = engine.compile(network, engine.devices().getFirst())) {
                    Map<String, NdArray> found = plan.run(inputs);
                    for (int i = 0; i < each.outputs.size(); i++) {
                        NdArray array = found.get("out" + i + "-given");
                        double[] numbers = new double[array.data().length];
                        for (int n = 0; n < numbers.length; n++) {
                            numbers[n] = array.data()[n];
                        }
                        check(each, " on " + name, i, array.dims(), numbers, wrong);
                    }
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    /** What is read is what was written: all cases, of all these operators. */
    @Test
    void allCasesAreThere() {
        assertEquals(121, CASES.size());
        assertTrue(CASES.stream().map(Case::operator).toList()
                .containsAll(Set.of("Resize", "TopK", "Einsum", "ArgMax", "OneHot", "Where")));
    }
}
