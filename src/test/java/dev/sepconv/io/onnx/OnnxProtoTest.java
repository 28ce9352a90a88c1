package dev.sepconv.io.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sepconv.io.onnx.OnnxProto.ModelProto;
import dev.sepconv.io.onnx.ProtobufReader.Numbers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Our reader of ONNX's messages beside the classes that protobuf generates of them: the same
 * fields, whatever the bytes.
 */
class OnnxProtoTest {

    private static final long SEED = Long.getLong("sepconv.seed", 7_000_000);
    private static final int CASES = 50 * Integer.getInteger("sepconv.cases", 2000);

    /**
     * Every field that is read here, and some that are not, with values at the ends of their
     * ranges.
     */
    private static OnnxMl.ModelProto model(boolean more) {
        OnnxMl.TensorProto.Builder tensor = OnnxMl.TensorProto.newBuilder().setName("w\u00e4")
                .addDims(2).addDims(-1).addDims(Long.MIN_VALUE).setDataType(1).addFloatData(1.5f)
                .addFloatData(Float.NaN).addInt32Data(-7).addInt32Data(300)
                .addInt64Data(Long.MAX_VALUE).addDoubleData(-0.0).addUint64Data(-1)
                .setDataLocation(OnnxMl.TensorProto.DataLocation.EXTERNAL).setDocString("words")
                .addExternalData(OnnxMl.StringStringEntryProto.newBuilder().setKey("location")
                        .setValue("beside.bin"));
        if (more) {
            tensor.setRawData(ByteString.copyFrom(new byte[]{1, 2, 3, 4}))
                    .setSegment(OnnxMl.TensorProto.Segment.newBuilder().setBegin(1).setEnd(2));
        }
        OnnxMl.NodeProto.Builder node = OnnxMl.NodeProto.newBuilder().setName("n").setOpType("Conv")
                .setDomain("d").addInput("x").addInput("").addOutput("y").setDocString("no");
        for (OnnxMl.AttributeProto.AttributeType type : OnnxMl.AttributeProto.AttributeType
                .values()) {
            node.addAttribute(OnnxMl.AttributeProto.newBuilder().setName("a" + type).setType(type)
                    .setF(-2).setI(-3).setS(ByteString.copyFromUtf8("s")).addFloats(1).addFloats(2)
                    .addInts(3).addInts(-4).addStrings(ByteString.copyFromUtf8("t")).setT(tensor)
                    .setRefAttrName("ref").setG(OnnxMl.GraphProto.newBuilder().setName("sub")
                            .addNode(OnnxMl.NodeProto.newBuilder().setName("s"))));
        }
        OnnxMl.TypeProto.Tensor.Builder type = OnnxMl.TypeProto.Tensor.newBuilder().setElemType(1);
        type.getShapeBuilder().addDimBuilder().setDimValue(0);
        type.getShapeBuilder().addDimBuilder().setDimParam("height");
        type.getShapeBuilder().addDimBuilder();
        OnnxMl.ValueInfoProto.Builder value = OnnxMl.ValueInfoProto.newBuilder().setName("x")
                .setType(OnnxMl.TypeProto.newBuilder().setTensorType(
                        more ? type : OnnxMl.TypeProto.Tensor.newBuilder().setElemType(10)));
        return OnnxMl.ModelProto.newBuilder().setIrVersion(8).setProducerName("p")
                .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setDomain("ai.onnx.ml")
                        .setVersion(3))
                .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setVersion(13))
                .setGraph(OnnxMl.GraphProto.newBuilder().setName("g").addNode(node)
                        .addInitializer(tensor).addInput(value).addOutput(value).addValueInfo(value)
                        .addSparseInitializer(
                                OnnxMl.SparseTensorProto.newBuilder().setValues(tensor)))
                .build();
    }

    @Test
    void everyFieldIsRead() throws IOException {
        for (boolean more : new boolean[]{false, true}) {
            byte[] bytes = model(more).toByteArray();
            assertEquals(dump(OnnxMl.ModelProto.parseFrom(bytes)),
                    dump(ModelProto.of(ByteBuffer.wrap(bytes))));
        }
    }

    @Test
    void aFieldThatIsThereTwiceIsJoined() throws IOException {
        ByteArrayOutputStream twice = new ByteArrayOutputStream();
        model(true).writeTo(twice);
        model(false).writeTo(twice);
        byte[] bytes = twice.toByteArray();
        assertEquals(dump(OnnxMl.ModelProto.parseFrom(bytes)),
                dump(ModelProto.of(ByteBuffer.wrap(bytes))));
    }

    @Test
    void realModelsAreReadAlike() throws IOException {
        byte[] bytes = Files.readAllBytes(Path.of("examples/onnx-pictures/model/stripes.onnx"));
        assertEquals(dump(OnnxMl.ModelProto.parseFrom(bytes)),
                dump(ModelProto.of(ByteBuffer.wrap(bytes))));
    }

    /**
     * What protobuf reads we read, to the same fields; what it refuses we refuse, but for damage in
     * fields that are passed over.
     */
    @Test
    void damagedModelsAreReadAlike() {
        byte[][] whole = {model(true).toByteArray(), model(false).toByteArray()};
        int read = 0;
        int refused = 0;
        int stricter = 0;
        for (int i = 0; i < CASES; i++) {
            Random random = new Random(SEED + i);
            byte[] bytes = whole[random.nextInt(2)].clone();
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            String what = "-Dsepconv.seed=" + (SEED + i);
            String expected = null;
            try {
                expected = dump(OnnxMl.ModelProto.parseFrom(bytes));
            } catch (InvalidProtocolBufferException e) {
                refused++;
            }
            String actual = null;
            try {
                actual = dump(ModelProto.of(ByteBuffer.wrap(bytes)));
            } catch (ProtobufReader.DamagedException e) {
                // protobuf-java takes a tenth byte that says that there are more, if it has enough
                // bytes at hand
                if (expected != null && e.getMessage().contains("ten bytes")) {
                    stricter++;
                    continue;
                }
                if (expected != null) {
                    throw new AssertionError(what + " is refused: " + e.getMessage(), e);
                }
            }
            if (expected != null) {
                read++;
                assertEquals(expected, actual, what);
            }
        }
        System.out.printf(
                "OnnxProtoTest: %d damaged models were read alike, protobuf refuses %d; -Dsepconv.seed=%d%n",
                read, refused, SEED);
        assertTrue(stricter < CASES / 100, stricter + " numbers of more than ten bytes");
        assertTrue(read > CASES / 10 && refused > CASES / 10,
                read + " read, " + refused + " refused");
    }

    @Test
    void whatIsNoMessageIsRefused() {
        byte[] nested = new byte[0];
        for (int i = 0; i < 200; i++) {
            ByteArrayOutputStream group = new ByteArrayOutputStream();
            group.write(0x73); // field 14, a group begins
            group.writeBytes(nested);
            group.write(0x74);
            nested = group.toByteArray();
        }
        byte[] deep = nested;
        for (byte[] bytes : List.of(new byte[]{0}, new byte[]{0x3a}, new byte[]{0x3a, 5},
                new byte[]{0x3a, -1, -1, -1, -1, 15}, new byte[]{0x0f}, new byte[]{0x0c},
                new byte[]{8, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1}, new byte[]{0x73, 0x6c},
                deep)) {
            assertThrows(InvalidProtocolBufferException.class,
                    () -> OnnxMl.ModelProto.parseFrom(bytes), Arrays.toString(bytes));
            assertThrows(ProtobufReader.DamagedException.class,
                    () -> ModelProto.of(ByteBuffer.wrap(bytes)), Arrays.toString(bytes));
        }
    }

    // The same text of either.

    private static String dump(OnnxMl.ModelProto model) {
        List<Object> all = new ArrayList<>();
        model.getOpsetImportList()
                .forEach(set -> all.addAll(List.of(set.getDomain(), set.getVersion())));
        OnnxMl.GraphProto graph = model.getGraph();
        graph.getNodeList().forEach(node -> {
            all.addAll(List.of(node.getName(), node.getOpType(), node.getDomain(),
                    node.getInputList(), node.getOutputList()));
            node.getAttributeList()
                    .forEach(a -> all.addAll(List.of(a.getName(), a.getType().name(),
                            bits(a.getF()), a.getI(), a.getS().toStringUtf8(),
                            bits(a.getFloatsList()), a.getIntsList().toString(), a.getRefAttrName(),
                            a.hasT() ? dump(a.getT()) : "none")));
        });
        graph.getInitializerList().forEach(tensor -> all.add(dump(tensor)));
        graph.getSparseInitializerList().forEach(sparse -> all.add(dump(sparse.getValues())));
        for (List<OnnxMl.ValueInfoProto> values : List.of(graph.getInputList(),
                graph.getOutputList())) {
            values.forEach(value -> {
                OnnxMl.TypeProto type = value.getType();
                all.addAll(List.of(value.getName(), type.hasTensorType()));
                if (type.hasTensorType()) {
                    all.addAll(List.of(type.getTensorType().getElemType(),
                            type.getTensorType().hasShape()));
                    type.getTensorType().getShape().getDimList().forEach(dim -> all.addAll(
                            List.of(dim.hasDimValue(), dim.getDimValue(), dim.getDimParam())));
                }
            });
        }
        return text(all);
    }

    private static String dump(OnnxMl.TensorProto tensor) {
        List<Object> entries = new ArrayList<>();
        tensor.getExternalDataList()
                .forEach(entry -> entries.addAll(List.of(entry.getKey(), entry.getValue())));
        return "tensor " + List.of(tensor.getName(), tensor.getDimsList().toString(),
                tensor.getDataType(), tensor.hasSegment(),
                tensor.getDataLocation() == OnnxMl.TensorProto.DataLocation.EXTERNAL,
                bits(tensor.getFloatDataList()), tensor.getInt32DataList().toString(),
                tensor.getInt64DataList().toString(),
                tensor.getDoubleDataList().stream().map(Double::doubleToRawLongBits).toList()
                        .toString(),
                tensor.getUint64DataList().toString(),
                tensor.hasRawData() ? Arrays.toString(tensor.getRawData().toByteArray()) : "none",
                entries);
    }

    private static String dump(ModelProto model) {
        List<Object> all = new ArrayList<>();
        model.opsets.forEach(set -> all.addAll(List.of(set.domain, set.version)));
        OnnxProto.GraphProto graph = model.graph;
        graph.nodes.forEach(node -> {
            all.addAll(List.of(node.name, node.opType, node.domain, node.inputs, node.outputs));
            node.attributes.forEach(a -> all.addAll(List.of(a.name, a.type.name(), bits(a.f), a.i,
                    a.string, bits(a.floats), Arrays.toString(a.ints.integers()), a.refAttrName,
                    a.tensor == null ? "none" : dump(a.tensor))));
        });
        graph.initializers.forEach(tensor -> all.add(dump(tensor)));
        graph.sparseInitializers.forEach(sparse -> all.add(dump(sparse.values)));
        for (List<OnnxProto.ValueInfo> values : List.of(graph.inputs, graph.outputs)) {
            values.forEach(value -> {
                OnnxProto.TensorType type = value.type.tensor;
                all.addAll(List.of(value.name, type != null));
                if (type != null) {
                    all.addAll(List.of(type.elemType, type.hasShape));
                    type.dims.forEach(
                            dim -> all.addAll(List.of(dim.hasValue, dim.value, dim.param)));
                }
            });
        }
        return text(all);
    }

    private static String dump(OnnxProto.TensorProto tensor) {
        List<Object> entries = new ArrayList<>();
        tensor.externalData.forEach(entry -> entries.addAll(List.of(entry.key, entry.value)));
        long[] ints = Arrays.stream(tensor.int32Data.integers()).map(i -> (int) i).toArray();
        return "tensor " + List.of(tensor.name, Arrays.toString(tensor.dims.integers()),
                tensor.dataType, tensor.hasSegment, tensor.isExternal, bits(tensor.floatData),
                Arrays.toString(ints), Arrays.toString(tensor.int64Data.integers()),
                Arrays.toString(tensor.doubleData.integers()),
                Arrays.toString(tensor.uint64Data.integers()),
                tensor.rawData == null ? "none" : bytes(tensor.rawData.bytes()), entries);
    }

    private static String bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return Arrays.toString(bytes);
    }

    private static Object bits(float number) {
        return Float.floatToRawIntBits(number);
    }

    private static String bits(List<Float> numbers) {
        return numbers.stream().map(OnnxProtoTest::bits).toList().toString();
    }

    private static String bits(Numbers numbers) {
        return Arrays.toString(Arrays.stream(numbers.integers()).map(i -> (int) i).toArray());
    }

    private static String text(List<Object> all) {
        return String.join("\n",
                all.stream().map(each -> String.format(Locale.ROOT, "%s", each)).toList());
    }
}
