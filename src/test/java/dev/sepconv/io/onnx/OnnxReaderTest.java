package dev.sepconv.io.onnx;

import static dev.sepconv.onnx.OnnxGraph.attribute;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import dev.sepconv.Dims;
import dev.sepconv.InputSizes;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.onnx.OnnxGraph;
import dev.sepconv.reference.NetworkReference;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a model becomes, and what its reader refuses and says. */
class OnnxReaderTest {

    @TempDir
    private Path folder;

    private Network read(OnnxGraph graph, InputSizes sizes) throws IOException {
        return OnnxReader.read(Files.write(folder.resolve("model.onnx"), graph.bytes()), sizes);
    }

    private Network read(OnnxGraph graph) throws IOException {
        return read(graph, InputSizes.AS_IN_MODEL);
    }

    private void assertRefused(OnnxGraph graph, String... parts) {
        String sentence = assertThrows(IOException.class, () -> read(graph)).getMessage();
        for (String part : parts) {
            assertTrue(sentence.contains(part), () -> sentence + " lacks " + part);
        }
    }

    private void assertWrongSizes(OnnxGraph graph, InputSizes sizes, String... parts) {
        String sentence = assertThrows(IllegalArgumentException.class, () -> read(graph, sizes))
                .getMessage();
        for (String part : parts) {
            assertTrue(sentence.contains(part), () -> sentence + " lacks " + part);
        }
    }

    private static OnnxGraph relu(int... sizes) {
        return new OnnxGraph(13).input("x", sizes).output("y").node("Relu", List.of("x"), "y");
    }

    @Test
    void openSizesAreGivenByInputByDimensionOrAsAPicture() throws IOException {
        OnnxGraph open = relu(0, 3, 0, 0); // d0, 3, d2, d3
        Dims wanted = Dims.of(1, 3, 5, 7);
        assertEquals(wanted, read(open, InputSizes.AS_IN_MODEL.withPicture(5, 7)).dims("y"));
        assertEquals(wanted,
                read(open, InputSizes.AS_IN_MODEL.withDimension("d2", 5).withDimension("d3", 7))
                        .dims("y"));
        assertEquals(Dims.of(2, 3, 5, 7),
                read(open, InputSizes.AS_IN_MODEL.withInput("x", 2, 3, 5, 7)).dims("y"));
        assertEquals(Dims.of(4, 3, 5, 7),
                read(open, InputSizes.AS_IN_MODEL.withDimension("d0", 4).withPicture(5, 7))
                        .dims("y"));
        assertEquals(Dims.of(1, 5, 7, 3),
                read(relu(0, 0, 0, 3), InputSizes.AS_IN_MODEL.withPicture(5, 7)).dims("y"));
        assertEquals(Dims.of(1, 3), read(relu(0, 3)).dims("y"));
        assertEquals(Dims.of(2, 3, 5, 7),
                read(open, InputSizes.AS_IN_MODEL.withInput("", 2, 3, 5, 7)).dims("y"));
    }

    /** Without a name it is that of the only input that is left. */
    @Test
    void sizesWithoutANameAreTheOnlyInputsThatHasNone() throws IOException {
        OnnxGraph two = new OnnxGraph(13).input("a", 0, 2).input("b", 0, 2).output("y").node("Add",
                List.of("a", "b"), "y");
        InputSizes unnamed = InputSizes.AS_IN_MODEL.withInput("", 5, 2);
        assertEquals(Dims.of(1, 2), read(two, unnamed).dims("y"), "which is meant can't be known");
        assertEquals(Dims.of(5, 2), read(two, unnamed.withInput("a", 5, 2)).dims("y"));
    }

    @Test
    void openSizesThatAreNotGivenAreNamed() {
        assertWrongSizes(relu(0, 3, 0, 0), InputSizes.AS_IN_MODEL, "'x'", "dimension 2", "'d2'",
                "[d0, 3, d2, d3]", "height and width");
        assertWrongSizes(relu(0, 3, 0, 0), InputSizes.AS_IN_MODEL.withDimension("d2", 5),
                "dimension 3", "'d3'");
        assertWrongSizes(relu(0), InputSizes.AS_IN_MODEL, "'d0'");
    }

    @Test
    void sizesThatDontFitTheModelAreRefused() {
        assertWrongSizes(relu(1, 3, 0, 0), InputSizes.AS_IN_MODEL.withInput("z", 1, 3, 5, 7), "'z'",
                "[x]");
        assertWrongSizes(relu(1, 3, 0, 0), InputSizes.AS_IN_MODEL.withInput("x", 1, 4, 5, 7),
                "dimension 1", "4", "fixed");
        assertWrongSizes(relu(1, 3, 0, 0), InputSizes.AS_IN_MODEL.withInput("x", 1, 3, 5),
                "4 dimensions");
        assertWrongSizes(relu(1, 3, 8, 8), InputSizes.AS_IN_MODEL.withPicture(5, 7), "dimension 2",
                "5", "fixed");
        assertWrongSizes(relu(1, 3, 0, 0),
                InputSizes.AS_IN_MODEL.withPicture(5, 7).withDimension("q", 1), "'q'", "[d2, d3]");
        assertThrows(IllegalArgumentException.class,
                () -> InputSizes.AS_IN_MODEL.withDimension("n", 0));
        assertThrows(IllegalArgumentException.class,
                () -> InputSizes.AS_IN_MODEL.withPicture(0, 1));
    }

    @Test
    void weightsTooSmallToBeFastAreZero() throws IOException {
        Network network = read(new OnnxGraph(13).input("x", 1, 1, 2, 2).output("y")
                .floats("w", Dims.of(3, 1, 1, 1), 1e-40f, -1e-39f, 1.2e-38f)
                .node("Conv", List.of("x", "w"), "y"));
        Op.Convolve op = (Op.Convolve) network.nodes().getFirst().op();
        assertArrayEquals(new float[]{0, 0, 1.2e-38f}, op.weights().getFirst().weight());
    }

    /** The standard's own test: zeros at the end of what the convolution makes. */
    @Test
    void aTransposedConvolutionMayBeAskedForMoreThanItMakes() throws IOException {
        Network network = read(new OnnxGraph(11).input("x", 1, 1, 3, 3).output("y")
                .floats("w", Dims.of(1, 2, 3, 3), ones(18)).node("ConvTranspose", List.of("x", "w"),
                        "y", attribute("strides", 3, 2), attribute("output_shape", 1, 2, 10, 8)));
        assertEquals(Dims.of(1, 2, 10, 8), network.dims("y"));
        double[] y = NetworkReference
                .run(network,
                        Map.of("x", NdArray.of(Dims.of(1, 1, 3, 3), 0, 1, 2, 3, 4, 5, 6, 7, 8)))
                .get("y");
        assertArrayEquals(new double[]{0, 0, 1, 1, 3, 2, 2, 0}, Arrays.copyOf(y, 8));
        assertArrayEquals(new double[8], Arrays.copyOfRange(y, 72, 80)); // the last row
    }

    private static float[] ones(int count) {
        float[] ones = new float[count];
        Arrays.fill(ones, 1);
        return ones;
    }

    @Test
    void everyMissingOperatorIsNamedOnce() {
        assertRefused(
                new OnnxGraph(13).input("x", 2).output("y")
                        .node("NonMaxSuppression", List.of("x"), "a")
                        .node("NonMaxSuppression", List.of("a"), "b")
                        .node("Loop", List.of("b"), "c").node("Relu", List.of("c"), "y"),
                "NonMaxSuppression (node 'a'), Loop (node 'c')", "export");
        OnnxGraph foreign = relu(2);
        foreign.graph().getNodeBuilder(0).setDomain("com.microsoft");
        assertRefused(foreign, "com.microsoft.Relu");
    }

    /** Whoever exports a model anew wants to know at once what else is in the way. */
    @Test
    void allObstaclesAreNamedAtOnce() {
        OnnxGraph graph = new OnnxGraph(13).input("x", 1, 4, 5, 5).output("a").output("b")
                .output("c").node("LSTM", List.of("x"), "lost").node("Relu", List.of("lost"), "a")
                .node("Elu", List.of("x"), "b", attribute("beta", 3f))
                .node("Softmax", List.of("x"), "c", attribute("axis", 7));
        assertRefused(graph, "operator LSTM (node", "also, node", "(Elu): attribute beta",
                "(Softmax): ", "7");
        OnnxGraph many = new OnnxGraph(13).input("x", 1, 4, 5, 5);
        for (int i = 0; i < 9; i++) {
            many.output("y" + i).node("Elu", List.of("x"), "y" + i, attribute("beta", 3f));
        }
        assertRefused(many, "; and 4 more like these");
    }

    /** What is computed from numbers of the network's input no simplifier computes beforehand. */
    @Test
    void aSimplifierIsNamedOnlyWhereItCanHelp() {
        OnnxGraph ofInput = new OnnxGraph(13).input("x", 1, 4, 5, 5).output("y").node("NoSuch",
                List.of("x"), "y");
        assertFalse(assertThrows(IOException.class, () -> read(ofInput)).getMessage()
                .contains("simplifier"));
        OnnxGraph ofSizes = new OnnxGraph(13).input("x", 1, 4, 5, 5).output("y")
                .node("Shape", List.of("x"), "sizes").node("NoSuch", List.of("sizes"), "y");
        assertRefused(ofSizes, "as a simplifier such as onnxsim may do");
        OnnxGraph ofWeights = new OnnxGraph(13).input("x", 1, 4).output("y")
                .floats("w", Dims.of(4), 1, 2, 3, 4).node("NoSuch", List.of("w"), "v")
                .node("Add", List.of("x", "v"), "y");
        assertRefused(ofWeights, "as a simplifier such as onnxsim may do");
    }

    @Test
    void endsAreReadByName() throws IOException {
        Path file = Files.write(folder.resolve("ends.onnx"),
                new OnnxGraph(13).input("x", 1, 4).input("w", 4).output("y").output("z")
                        .floats("w", Dims.of(4), 1, 2, 3, 4).node("LSTM", List.of("x"), "y")
                        .node("Add", List.of("x", "w"), "z").bytes());
        assertEquals(new OnnxReader.Ends(List.of("x"), List.of("y", "z")), OnnxReader.ends(file));
    }

    @Test
    void whatTheOutputsDontNeedIsLeftOut() throws IOException {
        Network network = read(relu(2).node("NonMaxSuppression", List.of("x"), "unused"));
        assertEquals(1, network.nodes().size());
    }

    @Test
    void attributesThatAreNotKnownAreRefused() {
        assertRefused(new OnnxGraph(13).input("x", 2).output("y").node("Relu", List.of("x"), "y",
                attribute("alpha", 1f)), "alpha", "'y' (Relu)");
        assertRefused(new OnnxGraph(13).input("x", 1, 1, 4, 4).output("y")
                .floats("s", Dims.of(4), 1, 1, 2, 2).node("Resize", List.of("x", "", "s"), "y",
                        attribute("mode", "lanczos")),
                "lanczos", "nearest, linear");
        assertRefused(new OnnxGraph(13).input("x", 2, 2).output("y").node("Softmax", List.of("x"),
                "y", attribute("axis", 1f)), "axis", "FLOAT", "INT");
        assertRefused(
                new OnnxGraph(12).input("x", 2, 2).output("y").node("HardSwish", List.of("x"), "y"),
                "operator set 12", "14");
    }

    @ParameterizedTest
    @CsvSource({"6, false", "7, true", "25, true", "28, true", "29, false", "-1, false"})
    void operatorSets(int opset, boolean readable) throws IOException {
        OnnxGraph graph = new OnnxGraph(opset).input("x", 2).output("y").node("Relu", List.of("x"),
                "y");
        if (readable) {
            assertEquals(1, read(graph).nodes().size());
        } else {
            assertRefused(graph, "operator set is " + opset, "7 to 28");
        }
    }

    @ParameterizedTest
    @CsvSource({"Celu, 27, true", "Celu, 28, false", "DepthToSpace, 28, false"})
    void operatorsThatANewerSetChanged(String operator, int opset, boolean readable)
            throws IOException {
        OnnxGraph graph = new OnnxGraph(opset).input("x", 1, 4, 2, 2).output("y").node(operator,
                List.of("x"), "y");
        if (readable) {
            assertEquals(1, read(graph).nodes().size());
        } else {
            assertRefused(graph, operator, "operator set 28 changed it", "17");
        }
    }

    @Test
    void namesAreTheModels() throws IOException {
        OnnxGraph graph = relu(2);
        graph.graph().getNodeBuilder(0).setName("my relu");
        assertEquals(List.of(new Node("my relu", Op.Elementwise.of(Op.Elementwise.Function.RELU),
                List.of("x"), "y")), read(graph).nodes());
    }

    @Test
    void outputsThatAreInputsConstantsOrTheSameArray() throws IOException {
        OnnxGraph graph = new OnnxGraph(13).input("x", 2).output("x").output("same").output("known")
                .output("y");
        graph.floats("known", Dims.of(3), 1, 2, 3).node("Identity", List.of("x"), "same")
                .node("Dropout", List.of("same"), "drop").node("Add", List.of("drop", "drop"), "y");
        Map<String, double[]> values = NetworkReference.run(read(graph),
                Map.of("x", NdArray.of(Dims.of(2), 5, 7)));
        assertArrayEquals(new double[]{5, 7}, values.get("x"));
        assertArrayEquals(new double[]{5, 7}, values.get("same"));
        assertArrayEquals(new double[]{1, 2, 3}, values.get("known"));
        assertArrayEquals(new double[]{10, 14}, values.get("y"));
    }

    @Test
    void aWeightThatIsAlsoAnInputIsAWeight() throws IOException {
        OnnxGraph graph = new OnnxGraph(8).input("x", 2).input("w", 2).output("y")
                .floats("w", Dims.of(2), 1, 2).node("Add", List.of("x", "w"), "y");
        assertEquals(List.of("x"), List.copyOf(read(graph).inputs().keySet()));
    }

    @Test
    void constantsAreComputedBeforehand() throws IOException {
        OnnxGraph graph = new OnnxGraph(13).input("x", 1, 2).output("y")
                .floats("w", Dims.of(3, 2), 1, 2, 3, 4, 5, 6).floats("two", Dims.of(), 2)
                .node("Transpose", List.of("w"), "turned")
                .node("Mul", List.of("turned", "two"), "twice")
                .node("MatMul", List.of("x", "twice"), "y");
        Network network = read(graph);
        assertEquals(1, network.nodes().size());
        Op.FullyConnected dense = assertInstanceOf(Op.FullyConnected.class,
                network.nodes().getFirst().op());
        assertArrayEquals(new float[]{2, 4, 6, 8, 10, 12}, dense.weight());
    }

    /**
     * The numbers 1, -2, 3 in every type, raw and as a list; what comes out is their sum with 0.
     */
    @ParameterizedTest
    @CsvSource({"FLOAT", "FLOAT16", "DOUBLE", "BFLOAT16", "INT64", "INT32", "INT16", "INT8"})
    void typesOfNumbers(DataType type) throws IOException {
        long[] numbers = {1, -2, 3};
        ByteBuffer raw = ByteBuffer.allocate(3 * 8).order(ByteOrder.LITTLE_ENDIAN);
        TensorProto.Builder list = TensorProto.newBuilder();
        for (long number : numbers) {
            switch (type) {
                case FLOAT -> raw.putFloat(number);
                case DOUBLE -> raw.putDouble(number);
                case FLOAT16 -> raw.putShort(Float.floatToFloat16(number));
                case BFLOAT16 -> raw.putShort((short) (Float.floatToRawIntBits(number) >>> 16));
                case INT64 -> raw.putLong(number);
                case INT32 -> raw.putInt((int) number);
                case INT16 -> raw.putShort((short) number);
                default -> raw.put((byte) number);
            }
            switch (type) {
                case FLOAT -> list.addFloatData(number);
                case DOUBLE -> list.addDoubleData(number);
                case FLOAT16 ->
                    list.addInt32Data(Short.toUnsignedInt(Float.floatToFloat16(number)));
                case BFLOAT16 -> list.addInt32Data(Float.floatToRawIntBits(number) >>> 16);
                case INT64 -> list.addInt64Data(number);
                default -> list.addInt32Data((int) number);
            }
        }
        TensorProto.Builder bytes = TensorProto.newBuilder()
                .setRawData(ByteString.copyFrom(raw.flip()));
        for (TensorProto.Builder tensor : List.of(bytes, list)) {
            OnnxGraph graph = new OnnxGraph(13).input("x", 3).output("y")
                    .node("Cast", List.of("w"), "float",
                            attribute("to", (long) DataType.FLOAT_VALUE))
                    .node("Add", List.of("x", "float"), "y");
            graph.graph()
                    .addInitializer(tensor.setName("w").setDataType(type.getNumber()).addDims(3));
            assertArrayEquals(new double[]{1, -2, 3}, NetworkReference
                    .run(read(graph), Map.of("x", NdArray.zeros(Dims.of(3)))).get("y"));
        }
    }

    @Test
    void typesThatCantBeRead() {
        OnnxGraph text = new OnnxGraph(13).input("x", 1).output("y").node("Add", List.of("x", "w"),
                "y");
        text.graph().addInitializer(TensorProto.newBuilder().setName("w")
                .setDataType(DataType.STRING_VALUE).addStringData(ByteString.copyFromUtf8("a")));
        assertRefused(text, "'w'", "string");
        OnnxGraph integers = new OnnxGraph(13).input("x", 1).output("y").integers("w", 1)
                .node("Add", List.of("x", "w"), "y");
        assertRefused(integers, "'w'", "integers");
        OnnxGraph input = relu(1);
        input.graph().getInputBuilder(0).getTypeBuilder().getTensorTypeBuilder()
                .setElemType(DataType.STRING_VALUE);
        assertRefused(input, "'x'", "string");
        assertRefused(new OnnxGraph(13).input("x", 1).output("y").node("Cast", List.of("x"), "y",
                attribute("to", (long) DataType.STRING_VALUE)), "string");
    }

    @Test
    void weightsInAFileBesideTheModel() throws IOException {
        ByteBuffer raw = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
        raw.putFloat(8, 1).putFloat(12, 2).putFloat(16, 3);
        Files.write(Files.createDirectories(folder.resolve("sub")).resolve("weights.bin"),
                raw.array());
        OnnxGraph graph = new OnnxGraph(13).input("x", 3).output("y").node("Add", List.of("x", "w"),
                "y");
        TensorProto.Builder tensor = TensorProto.newBuilder().setName("w")
                .setDataType(DataType.FLOAT_VALUE).addDims(3)
                .setDataLocation(DataLocation.EXTERNAL);
        tensor.addExternalDataBuilder().setKey("location").setValue("sub/weights.bin");
        tensor.addExternalDataBuilder().setKey("offset").setValue("8");
        graph.graph().addInitializer(tensor);
        assertArrayEquals(new double[]{1, 2, 3},
                NetworkReference.run(read(graph), Map.of("x", NdArray.zeros(Dims.of(3)))).get("y"));
    }

    @Test
    void whatHappensOnlyInTrainingIsRefused() {
        OnnxGraph dropout = new OnnxGraph(13).input("x", 2).output("y")
                .floats("ratio", Dims.of(), 0.5f)
                .node("Dropout", List.of("x", "ratio", "training"), "y");
        dropout.graph().addInitializer(TensorProto.newBuilder().setName("training")
                .setDataType(DataType.BOOL_VALUE).addInt32Data(1));
        assertRefused(dropout, "inference");
        assertRefused(
                new OnnxGraph(13).input("x", 1, 1, 4, 4).output("y").output("i").node("MaxPool",
                        List.of("x"), List.of("y", "i"), attribute("kernel_shape", 2, 2)),
                "'i'", "Indices");
    }

    @Test
    void controlCharactersOfNamesStayOutOfSentences() {
        String sentence = assertThrows(IOException.class, () -> read(new OnnxGraph(13).input("x", 2)
                .output("y").node("Bad\u001b[31m\nOp", List.of("x"), "y"))).getMessage();
        assertTrue(sentence.contains("Bad?[31m Op"), sentence);
    }

    @Test
    void aModelWithoutAnOperatorSet() throws IOException {
        ModelProto model = relu(1).model().toBuilder().clearOpsetImport().build();
        Path file = Files.write(folder.resolve("model.onnx"), model.toByteArray());
        assertTrue(assertThrows(IOException.class, () -> OnnxReader.read(file)).getMessage()
                .contains("operator set"));
    }
}
