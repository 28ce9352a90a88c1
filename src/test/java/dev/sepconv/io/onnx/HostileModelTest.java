package dev.sepconv.io.onnx;

import static dev.sepconv.onnx.OnnxGraph.attribute;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.CodedOutputStream;
import dev.sepconv.Dims;
import dev.sepconv.InputSizes;
import dev.sepconv.Models;
import dev.sepconv.onnx.OnnxGraph;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Damaged and hostile models: one sentence, in bounded memory and time, and never an exception that
 * is not ours.
 */
class HostileModelTest {

    private static final long SEED = Long.getLong("sepconv.seed", 5_000_000);
    private static final int FLIPS = Integer.getInteger("sepconv.cases", 2000);

    @TempDir
    private Path folder;

    /**
     * One of each of the usual operators, constants as shapes are computed with, and a weight of
     * each kind of storage.
     */
    private static byte[] small() {
        OnnxGraph graph = new OnnxGraph(13).input("x", 1, 3, 8, 8).output("y").output("z");
        float[] weight = new float[4 * 3 * 3 * 3];
        Arrays.fill(weight, 0.5f);
        graph.floats("w", Dims.of(4, 3, 3, 3), weight);
        graph.node("Conv", List.of("x", "w"), "conv", attribute("pads", 1, 1, 1, 1),
                attribute("strides", 2, 2));
        graph.floats("scale", Dims.of(4), 1, 2, 3, 4);
        graph.node("BatchNormalization", List.of("conv", "scale", "scale", "scale", "scale"),
                "norm");
        graph.node("Relu", List.of("norm"), "relu");
        graph.node("MaxPool", List.of("relu"), "pool", attribute("kernel_shape", 2, 2),
                attribute("strides", 2, 2));
        graph.floats("scales", Dims.of(4), 1, 1, 2, 2);
        graph.node("Resize", List.of("pool", "", "scales"), "y", attribute("mode", "nearest"));
        graph.node("Shape", List.of("pool"), "shape");
        graph.integers("zero", 0);
        graph.node("Gather", List.of("shape", "zero"), "batch");
        graph.integers("rest", -1);
        graph.node("Concat", List.of("batch", "rest"), "target", attribute("axis", 0L));
        graph.node("Reshape", List.of("pool", "target"), "flat");
        graph.node("ConstantOfShape", List.of("shape"), "fill",
                attribute("value", OnnxGraph.floatTensor(Dims.of(1), 2)));
        graph.node("Reshape", List.of("fill", "target"), "flat2");
        graph.floats("dense", Dims.of(5, 16), new float[80]);
        graph.node("Gemm", List.of("flat", "dense"), "gemm", attribute("transB", 1L));
        graph.node("Softmax", List.of("gemm"), "soft", attribute("axis", 1L));
        graph.node("Slice", List.of("flat2", "zero", "one"), "part");
        graph.integers("one", 1);
        graph.node("Transpose", List.of("part"), "turned", attribute("perm", 1, 0));
        graph.node("MatMul", List.of("turned", "soft"), "z");
        return graph.bytes();
    }

    private String read(byte[] model, String what) {
        return BoundedReading.read(folder, model, what).sentence();
    }

    @Test
    void theSmallModelItselfCanBeRead() {
        assertEquals(null, read(small(), "the small model"));
    }

    private void cut(byte[] model, String name) {
        for (int i = 0; i < 64; i++) {
            int length = (int) ((long) model.length * i / 64);
            String what = "%s cut to %d of %d bytes".formatted(name, length, model.length);
            assertTrue(read(Arrays.copyOf(model, length), what) != null, what + " was read");
        }
    }

    private void flip(byte[] model, String name, int cases) {
        System.out.printf("HostileModelTest: %d flips of %s, -Dsepconv.seed=%d%n", cases, name,
                SEED);
        int refused = 0;
        for (int i = 0; i < cases; i++) {
            Random random = new Random(SEED + i);
            byte[] damaged = model.clone();
            List<Integer> places = random.ints(random.nextInt(1, 5), 0, model.length).boxed()
                    .toList();
            places.forEach(place -> damaged[place] = (byte) random.nextInt(256));
            refused += read(damaged, "%s with other bytes at %s, -Dsepconv.seed=%d".formatted(name,
                    places, SEED + i)) == null ? 0 : 1;
        }
        // Nearly all of a real model is weights, where a flip is only another number.
        assertTrue(refused > 0 && refused < cases, refused + " of " + cases + " refused");
    }

    @Test
    void cut() {
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> cut(small(), "the small model"));
    }

    @Test
    void flipped() {
        assertTimeoutPreemptively(Duration.ofSeconds(120),
                () -> flip(small(), "the small model", FLIPS));
    }

    @Test
    void aRealModelCut() throws IOException {
        byte[] model = Files.readAllBytes(Models.fetched(Models.BLAZEFACE_FRONT));
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> cut(model, "BlazeFace"));
    }

    @Test
    void aRealModelFlipped() throws IOException {
        byte[] model = Files.readAllBytes(Models.fetched(Models.BLAZEFACE_FRONT));
        assertTimeoutPreemptively(Duration.ofSeconds(120), () -> flip(model, "BlazeFace", FLIPS));
    }

    /** Flips outside of the weights, where they do more. */
    @Test
    void aRealGraphFlipped() throws IOException {
        ModelProto.Builder model = ModelProto
                .parseFrom(Files.readAllBytes(Models.fetched(Models.PP_OCR_ANGLE))).toBuilder();
        GraphProto.Builder graph = model.getGraphBuilder();
        for (NodeProto.Builder node : graph.getNodeBuilderList()) {
            boolean large = node.getAttributeList().stream()
                    .anyMatch(attribute -> attribute.getT().getRawData().size() > 64);
            if (large) { // a weight; its node stays, without numbers it would be refused at once
                node.getAttributeBuilderList()
                        .forEach(attribute -> attribute.getTBuilder().clearRawData());
            }
        }
        byte[] bytes = model.build().toByteArray();
        assertTimeoutPreemptively(Duration.ofSeconds(120), () -> {
            for (int i = 0; i < FLIPS; i++) {
                Random random = new Random(SEED + i);
                byte[] damaged = bytes.clone();
                damaged[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                String what = "the angle classifier's graph, -Dsepconv.seed=" + (SEED + i);
                assertTrue(read(damaged, what) != null, what + " was read without its weights");
            }
        });
    }

    private String refused(OnnxGraph graph) {
        return refused(graph.bytes());
    }

    private String refused(byte[] model) {
        String sentence = read(model, "the model");
        assertTrue(sentence != null, "it was read");
        return sentence;
    }

    @Test
    void noModelAtAll() {
        refused(new byte[0]);
        refused("this is a text, and no model at all".getBytes(StandardCharsets.UTF_8));
        refused(new byte[1 << 16]);
        byte[] ones = new byte[1 << 16];
        Arrays.fill(ones, (byte) 0xff);
        refused(ones);
    }

    @Test
    void cycles() {
        String sentence = refused(new OnnxGraph(13).input("x", 1, 2).output("b")
                .node("Add", List.of("x", "b"), "a").node("Relu", List.of("a"), "b"));
        assertTrue(sentence.contains("without cycles") && sentence.contains("'b'"), sentence);
        refused(new OnnxGraph(13).input("x", 1).output("y").node("Relu", List.of("y"), "y"));
    }

    @ParameterizedTest
    @ValueSource(
            longs = {1L << 40, -1, -(1L << 40), Long.MAX_VALUE, Long.MIN_VALUE, Integer.MAX_VALUE})
    void absurdDimensions(long size) {
        OnnxGraph weight = new OnnxGraph(13).input("x", 1, 3, 4, 4).output("y").node("Conv",
                List.of("x", "w"), "y");
        weight.graph().addInitializer(OnnxGraph.floatTensor(Dims.of(1), 1).clearDims().addDims(size)
                .addDims(size).addDims(3).addDims(3).setName("w"));
        refused(weight);
        OnnxGraph input = new OnnxGraph(13).input("x", 1, 3, 4, 4).output("y").node("Relu",
                List.of("x"), "y");
        input.graph().getInputBuilder(0).getTypeBuilder().getTensorTypeBuilder().getShapeBuilder()
                .getDimBuilder(2).setDimValue(size);
        refused(input);
        OnnxGraph filled = new OnnxGraph(13).input("x", 1).output("y").integers("s", size, 2)
                .node("ConstantOfShape", List.of("s"), "f").node("Add", List.of("x", "f"), "y");
        refused(filled);
        OnnxGraph reshaped = new OnnxGraph(13).input("x", 1).output("y").integers("s", size, size)
                .node("Reshape", List.of("x", "s"), "y");
        refused(reshaped);
        OnnxGraph resized = new OnnxGraph(13).input("x", 1, 1, 4, 4).output("y")
                .integers("s", 1, 1, size, size).node("Resize", List.of("x", "", "", "s"), "y");
        refused(resized);
        OnnxGraph padded = new OnnxGraph(13).input("x", 4, 4).output("y")
                .integers("s", size, size, size, size).node("Pad", List.of("x", "s"), "y");
        if (size != -1) { // that crops
            refused(padded);
        }
    }

    @Test
    void productsThatOverflow() {
        OnnxGraph graph = new OnnxGraph(13).input("x", 1).output("y").node("Add", List.of("x", "w"),
                "y");
        graph.graph().addInitializer(OnnxGraph.floatTensor(Dims.of(1), 1).clearDims()
                .addAllDims(List.of(1L << 16, 1L << 16, 1L << 16, 1L << 16)).setName("w"));
        refused(graph);
        refused(new OnnxGraph(13).input("x", 1 << 16, 1).input("z", 1, 1 << 16).output("y")
                .node("Add", List.of("x", "z"), "y"));
    }

    @Test
    void sizesInTheMillions() {
        // Each is allowed by itself, and together they would fill any memory.
        OnnxGraph graph = new OnnxGraph(13).input("x", 1).integers("s", 1 << 20).output("y");
        String sum = "x";
        for (int i = 0; i < 1000; i++) {
            graph.node("ConstantOfShape", List.of("s"), "f" + i).node("Add", List.of(sum, "f" + i),
                    "a" + i);
            sum = "a" + i;
        }
        graph.node("Relu", List.of(sum), "y");
        refused(graph);
        OnnxGraph doubling = new OnnxGraph(13).input("x", 1).output("y").floats("f0", Dims.of(2), 1,
                1);
        for (int i = 0; i < 40; i++) {
            doubling.node("Concat", List.of("f" + i, "f" + i), "f" + (i + 1),
                    attribute("axis", 0L));
        }
        refused(doubling.node("Add", List.of("x", "f40"), "y"));
    }

    @Test
    void muchDeclaredLittleThere() {
        for (int type : new int[]{DataType.FLOAT_VALUE, DataType.FLOAT16_VALUE,
                DataType.DOUBLE_VALUE, DataType.INT64_VALUE}) {
            OnnxGraph graph = new OnnxGraph(13).input("x", 1).output("y").node("Add",
                    List.of("x", "w"), "y");
            graph.graph().addInitializer(OnnxGraph.floatTensor(Dims.of(1), 1).clearDims()
                    .addDims(1 << 30).setDataType(type).setName("w"));
            assertTrue(refused(graph).contains("1073741824"), "size is named");
            graph.graph().getInitializerBuilder(0).clearRawData().addFloatData(1);
            refused(graph);
        }
    }

    @Test
    void manyDimensions() {
        OnnxGraph graph = new OnnxGraph(13)
                .input("x", IntStream.generate(() -> 1).limit(100_000).toArray()).output("y");
        refused(graph.node("Relu", List.of("x"), "y"));
        OnnxGraph unsqueezed = new OnnxGraph(13).input("x", 1).output("y").integers("a",
                IntStream.range(0, 100_000).asLongStream().toArray());
        refused(unsqueezed.node("Unsqueeze", List.of("x", "a"), "y"));
    }

    @Test
    void deepNesting() throws IOException {
        // A node's attribute's graph's node, and so on: written from the inside out, since the
        // classes recurse.
        byte[] node = new byte[0];
        for (int i = 0; i < 1000; i++) {
            for (int field : new int[]{NodeProto.ATTRIBUTE_FIELD_NUMBER,
                    AttributeProto.G_FIELD_NUMBER, GraphProto.NODE_FIELD_NUMBER}) {
                node = field(field, node);
            }
        }
        ByteArrayOutputStream model = new ByteArrayOutputStream();
        model.writeBytes(new OnnxGraph(13).input("x", 1).output("y").bytes());
        model.writeBytes(field(ModelProto.GRAPH_FIELD_NUMBER, node));
        refused(model.toByteArray());
    }

    private static byte[] field(int number, byte[] message) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeByteArray(number, message);
        out.flush();
        return bytes.toByteArray();
    }

    @Test
    void manyNodesInARow() {
        OnnxGraph graph = new OnnxGraph(13).input("x", 1, 4).output("y");
        String from = "x";
        for (int i = 0; i < 50_000; i++) {
            graph.node("Relu", List.of(from), "r" + i);
            from = "r" + i;
        }
        assertEquals(null, read(graph.node("Relu", List.of(from), "y").bytes(), "50,000 nodes"));
    }

    @Test
    void external() throws IOException {
        Path outside = Files.createDirectories(folder.resolve("outside"));
        Path inside = Files.createDirectories(folder.resolve("inside"));
        Files.write(outside.resolve("secret"), new byte[16]);
        Files.write(inside.resolve("weights"), new byte[16]);
        Files.createDirectories(inside.resolve("sub"));
        Files.createSymbolicLink(inside.resolve("link"), outside.resolve("secret"));
        Files.createSymbolicLink(inside.resolve("folder"), outside);
        assertFalse(external(inside, "weights", "0", "16").isPresent());
        List<String> bad = new ArrayList<>(List.of("../outside/secret", "sub/../../outside/secret",
                "link", "folder/secret", outside.resolve("secret").toAbsolutePath().toString(), "",
                ".", "sub", "missing", "a\0b", "..", "/", "/dev/zero"));
        for (String location : bad) {
            BoundedReading.assertSentence(external(inside, location, "0", "16")
                    .orElseGet(() -> fail(location + " was read")), location);
        }
        for (String[] range : new String[][]{{"1", "16"}, {"-1", "16"}, {"0", "15"},
                {"0", "99999999999999999999"}, {"x", "16"}, {"999999999999999999", "16"}}) {
            BoundedReading.assertSentence(external(inside, "weights", range[0], range[1])
                    .orElseGet(() -> fail(range[0] + " was read")), range[0]);
        }
    }

    private static Optional<String> external(Path folder, String location, String offset,
            String length) throws IOException {
        OnnxGraph graph = new OnnxGraph(13).input("x", 4).output("y").node("Add", List.of("x", "w"),
                "y");
        TensorProto.Builder tensor = OnnxGraph.floatTensor(Dims.of(4)).clearRawData().setName("w")
                .setDataLocation(DataLocation.EXTERNAL);
        tensor.addExternalDataBuilder().setKey("location").setValue(location);
        tensor.addExternalDataBuilder().setKey("offset").setValue(offset);
        tensor.addExternalDataBuilder().setKey("length").setValue(length);
        graph.graph().addInitializer(tensor);
        Path file = Files.write(folder.resolve("model.onnx"), graph.bytes());
        BoundedReading.assertSentence(
                assertThrows(IOException.class,
                        () -> OnnxReader.read(graph.bytes(), InputSizes.AS_IN_MODEL)).getMessage(),
                "'w'");
        try {
            OnnxReader.read(file);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e.getMessage());
        }
    }

    @Test
    void aFileThatIsNotThere() {
        assertThrows(IOException.class, () -> OnnxReader.read(folder.resolve("none.onnx")));
        assertThrows(IOException.class, () -> OnnxReader.read(folder));
    }
}
