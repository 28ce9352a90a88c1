package dev.sepconv.io.onnx;

import static dev.sepconv.onnx.OnnxGraph.attribute;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.UnknownFieldSet;
import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.Op;
import dev.sepconv.decouple.NetworkDecoupling;
import dev.sepconv.decouple.NetworkDecoupling.Layer;
import dev.sepconv.onnx.OnnxGraph;
import dev.sepconv.onnx.OnnxRuntimeOracle;
import dev.sepconv.reference.NetworkReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model with some convolutions replaced: right by ONNX Runtime, and otherwise what it was. */
class OnnxEditorTest {

    private static final double TOLERANCE = 1e-4;

    @TempDir
    private Path folder;

    private static float[] random(int count, long seed) {
        Random random = new Random(seed);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = random.nextFloat(-1, 1);
        }
        return numbers;
    }

    /**
     * Three convolutions that can be taken apart and one that is depthwise. The first has every
     * attribute; the second and the third share weights, without bias; the first's name is what a
     * new one would be called.
     */
    private static OnnxGraph graph() {
        OnnxGraph graph = new OnnxGraph(13).input("x", 0, 5, 11, 13).output("y")
                .floats("w1", Dims.of(7, 5, 3, 2), random(210, 1))
                .floats("b1", Dims.of(7), random(7, 2))
                .floats("w2", Dims.of(7, 7, 3, 3), random(441, 3))
                .floats("wd", Dims.of(7, 1, 3, 3), random(63, 4))
                .floats("w1/depthwise", Dims.of(1), 3)
                .node("Conv", List.of("x", "w1", "b1"), "a", attribute("kernel_shape", 3, 2),
                        attribute("strides", 2, 1), attribute("dilations", 1, 2),
                        attribute("pads", 1, 0, 2, 3), attribute("group", 1L))
                .node("Relu", List.of("a"), "a/depthwise")
                .node("Conv", List.of("a/depthwise", "wd"), "d", attribute("group", 7L),
                        attribute("pads", 1, 1, 1, 1))
                .node("Conv", List.of("d", "w2"), "e", attribute("auto_pad", "SAME_LOWER"))
                .node("Conv", List.of("e", "w2"), "f", attribute("auto_pad", "SAME_UPPER"))
                .node("Mul", List.of("f", "w1/depthwise"), "y");
        graph.graph().getNodeBuilder(0).setName("first").setDocString("the first one");
        return graph;
    }

    private static ModelProto model() {
        return graph().model().toBuilder().setProducerVersion("7").setDocString("a model")
                .setModelVersion(3)
                .addMetadataProps(
                        StringStringEntryProto.newBuilder().setKey("labels").setValue("cat,dog"))
                .addOpsetImport(
                        OperatorSetIdProto.newBuilder().setDomain("com.example").setVersion(2))
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(900, UnknownFieldSet.Field.newBuilder().addVarint(17).build())
                        .build())
                .build();
    }

    private Path write(ModelProto model) throws IOException {
        return Files.write(folder.resolve("model.onnx"), model.toByteArray());
    }

    /** What becomes of some layers with so many terms. */
    private static Map<String, Op.Convolve> apart(Path model, int terms, String... outputs)
            throws IOException {
        Map<String, Op.Convolve> apart = new HashMap<>();
        for (Layer layer : decoupling(model).withTerms(terms)) {
            if (List.of(outputs).contains(layer.output())) {
                apart.put(layer.output(), layer.takenApart());
            }
        }
        assertEquals(outputs.length, apart.size());
        return apart;
    }

    private static NetworkDecoupling decoupling(Path model) throws IOException {
        return NetworkDecoupling.of(OnnxReader.read(model));
    }

    private static void assertSame(double[] right, float[] got, double tolerance) {
        double largest = 0;
        double worst = 0;
        for (int i = 0; i < right.length; i++) {
            largest = Math.max(largest, Math.abs(right[i]));
            worst = Math.max(worst, Math.abs(right[i] - got[i]));
        }
        assertEquals(right.length, got.length);
        assertTrue(worst <= tolerance * largest, "off by %s of %s".formatted(worst, largest));
    }

    @Test
    void whatIsWrittenComputesTheSameInOnnxRuntime() throws IOException {
        Path from = write(model());
        NdArray x = NdArray.of(Dims.of(1, 5, 11, 13), random(5 * 11 * 13, 9));
        float[] before = OnnxRuntimeOracle.run(Files.readAllBytes(from), Map.of("x", x)).get("y")
                .data();
        // all terms: the network as it was
        Path to = folder.resolve("apart.onnx");
        Files.write(to, OnnxEditor.separate(from, apart(from, 9, "a", "e", "f"), to));
        float[] exact = OnnxRuntimeOracle.run(Files.readAllBytes(to), Map.of("x", x)).get("y")
                .data();
        double[] right = new double[before.length];
        for (int i = 0; i < right.length; i++) {
            right[i] = before[i];
        }
        assertSame(right, exact, TOLERANCE);
        // two terms: the network that the decoupling says, by its reading and by ONNX Runtime's
        Files.write(to, OnnxEditor.separate(from, apart(from, 2, "a", "f"), to));
        NetworkDecoupling decoupling = decoupling(from);
        List<Layer> two = decoupling.withTerms(2).stream()
                .filter(layer -> !layer.output().equals("e")).toList();
        double[] meant = NetworkReference.run(decoupling.network(two), Map.of("x", x)).get("y");
        float[] got = OnnxRuntimeOracle.run(Files.readAllBytes(to), Map.of("x", x)).get("y").data();
        assertSame(meant, got, TOLERANCE);
        assertSame(NetworkReference.run(OnnxReader.read(to), Map.of("x", x)).get("y"), got,
                TOLERANCE);
        double apart = 0;
        for (int i = 0; i < got.length; i++) {
            apart = Math.max(apart, Math.abs(got[i] - before[i]));
        }
        assertTrue(apart > 0.01, "two terms are not all");
        for (Layer layer : two) {
            assertEquals(layer.error(), NetworkDecoupling.error(layer, OnnxReader.read(to)), 1e-6);
        }
    }

    @Test
    void allElseStaysAsItIs() throws IOException {
        ModelProto before = model();
        Path from = write(before);
        ModelProto after = ModelProto
                .parseFrom(OnnxEditor.separate(from, apart(from, 2, "a", "f"), from));
        assertEquals(before.toBuilder().clearGraph().build(),
                after.toBuilder().clearGraph().build());
        assertEquals(17, after.getUnknownFields().getField(900).getVarintList().getFirst());
        assertEquals(before.getGraph().getInputList(), after.getGraph().getInputList());
        assertEquals(before.getGraph().getOutputList(), after.getGraph().getOutputList());
        List<NodeProto> nodes = after.getGraph().getNodeList();
        assertEquals(before.getGraph().getNodeCount() + 2, nodes.size());
        assertEquals(before.getGraph().getNodeList().subList(1, 4), nodes.subList(2, 5));
        NodeProto depthwise = nodes.get(0);
        assertEquals("first/depthwise", depthwise.getName());
        assertEquals("the first one", depthwise.getDocString());
        // w1/depthwise is another array's name
        assertEquals(List.of("x", "w1/depthwise.1"), depthwise.getInputList());
        assertEquals(List.of("a/depthwise.1"), depthwise.getOutputList());
        assertTrue(depthwise.getAttributeList().contains(attribute("group", 5L)),
                depthwise.toString());
        assertTrue(depthwise.getAttributeList().contains(attribute("pads", 1, 0, 2, 3)),
                depthwise.toString());
        NodeProto pointwise = nodes.get(1);
        assertEquals("first", pointwise.getName());
        assertEquals(List.of("a/depthwise.1", "w1/pointwise", "b1"), pointwise.getInputList());
        assertEquals(List.of("a"), pointwise.getOutputList());
        assertEquals(List.of(attribute("kernel_shape", 1, 1)), pointwise.getAttributeList());
        List<String> initializers = after.getGraph().getInitializerList().stream()
                .map(TensorProto::getName).toList();
        assertFalse(initializers.contains("w1"), "nobody reads it now");
        assertTrue(initializers.contains("w2"), "the convolution that makes e still reads it");
    }

    /**
     * Up to version 3 of the format weights are inputs too; and there are weights that Constant
     * nodes make.
     */
    @Test
    void weightsOfAllKindsAreReplaced() throws IOException {
        OnnxGraph graph = new OnnxGraph(8).input("x", 1, 5, 9, 9).output("y")
                .node("Constant", List.of(), "w",
                        attribute("value",
                                OnnxGraph.floatTensor(Dims.of(12, 5, 3, 3), random(540, 1))))
                .node("Conv", List.of("x", "w"), "a")
                .floats("v", Dims.of(6, 12, 3, 3), random(648, 2))
                .node("Conv", List.of("a", "v"), "y");
        graph.graph().addInput(ValueInfoProto.newBuilder().setName("v").setType(
                new OnnxGraph(8).input("v", 6, 12, 3, 3).model().getGraph().getInput(0).getType()));
        Path from = write(graph.model().toBuilder().setIrVersion(3).build());
        byte[] bytes = OnnxEditor.separate(from, apart(from, 9, "a", "y"), from);
        ModelProto after = ModelProto.parseFrom(bytes);
        assertEquals(List.of("Conv", "Conv", "Conv", "Conv"),
                after.getGraph().getNodeList().stream().map(NodeProto::getOpType).toList());
        assertEquals(List.of("x", "w/depthwise", "w/pointwise", "v/depthwise", "v/pointwise"),
                after.getGraph().getInputList().stream().map(ValueInfoProto::getName).toList());
        NdArray x = NdArray.of(Dims.of(1, 5, 9, 9), random(405, 5));
        assertSame(NetworkReference.run(OnnxReader.read(from), Map.of("x", x)).get("y"),
                OnnxRuntimeOracle.run(bytes, Map.of("x", x)).get("y").data(), TOLERANCE);
        assertArrayEquals(new int[]{1, 6, 5, 5}, OnnxReader.read(from).dims("y").toArray());
    }

    @Test
    void whatCannotBeReplacedIsRefused() throws IOException {
        Path from = write(model());
        Map<String, Op.Convolve> apart = apart(from, 2, "a");
        assertRefused(from, Map.of("nowhere", apart.get("a")), from,
                "it has no Conv node that makes 'nowhere'");

        ModelProto.Builder half = model().toBuilder();
        half.getGraphBuilder().setInitializer(0,
                TensorProto.newBuilder().setName("w1").setDataType(DataType.FLOAT16_VALUE)
                        .addAllDims(List.of(7L, 5L, 3L, 2L))
                        .addAllInt32Data(Collections.nCopies(210, 0)));
        assertRefused(write(half.build()), apart, from,
                "node 'first' (Conv): its weight 'w1' is float16; only weights stored as float can be replaced");

        ModelProto.Builder computed = model().toBuilder();
        computed.getGraphBuilder().getNodeBuilder(0).setInput(1, "w");
        computed.getGraphBuilder().addNode(0,
                NodeProto.newBuilder().setOpType("Neg").addInput("w1").addOutput("w"));
        assertRefused(write(computed.build()), apart, from,
                "node 'first' (Conv): its weight 'w' is computed; only weights stored as float can be replaced");

        ModelProto.Builder beside = model().toBuilder();
        beside.getGraphBuilder().getInitializerBuilder(3).setDataLocation(DataLocation.EXTERNAL)
                .clearRawData().addExternalData(StringStringEntryProto.newBuilder()
                        .setKey("location").setValue("weights.bin"));
        write(beside.build());
        OnnxEditor.separate(from, apart, folder.resolve("other.onnx"));
        assertRefused(from, apart, Path.of("elsewhere.onnx"),
                "it has weights in files beside it; write the new model to the same folder, "
                        + folder);
    }

    private static void assertRefused(Path from, Map<String, Op.Convolve> apart, Path to,
            String sentence) {
        assertEquals(from + ": " + sentence,
                assertThrows(IOException.class, () -> OnnxEditor.separate(from, apart, to))
                        .getMessage());
    }
}
