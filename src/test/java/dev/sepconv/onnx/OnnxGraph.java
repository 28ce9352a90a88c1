package dev.sepconv.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.sepconv.Dims;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * An ONNX model being written, for tests: inputs, initializers and nodes by name, float32 unless
 * said otherwise.
 */
public final class OnnxGraph {

    private final int opset;
    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("sepconv");

    public OnnxGraph(int opset) {
        this.opset = opset;
    }

    /** An input; a size below 1 is left open under the name {@code d}, and its number. */
    public OnnxGraph input(String name, int... sizes) {
        graph.addInput(value(name, DataType.FLOAT_VALUE, sizes));
        return this;
    }

    /** An output whose sizes the reader is to find out. */
    public OnnxGraph output(String name) {
        TypeProto.Tensor tensor = TypeProto.Tensor.newBuilder().setElemType(DataType.FLOAT_VALUE)
                .build();
        graph.addOutput(ValueInfoProto.newBuilder().setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor)));
        return this;
    }

    public OnnxGraph floats(String name, Dims dims, float... data) {
        graph.addInitializer(floatTensor(dims, data).setName(name));
        return this;
    }

    /** Integers of 64 bits in one dimension. */
    public OnnxGraph integers(String name, long... data) {
        graph.addInitializer(integerTensor(data).setName(name));
        return this;
    }

    /** Adds a node with one output; an input of "" is left out. */
    public OnnxGraph node(String operator, List<String> inputs, String output,
            AttributeProto... attributes) {
        return node(operator, inputs, List.of(output), attributes);
    }

    public OnnxGraph node(String operator, List<String> inputs, List<String> outputs,
            AttributeProto... attributes) {
        graph.addNode(NodeProto.newBuilder().setOpType(operator).addAllInput(inputs)
                .addAllOutput(outputs).addAllAttribute(Arrays.asList(attributes)));
        return this;
    }

    /** The graph itself, for what tests do to it. */
    public GraphProto.Builder graph() {
        return graph;
    }

    public ModelProto model() {
        return ModelProto.newBuilder().setIrVersion(opset < 9 ? 4 : 8).setProducerName("sepconv")
                .setGraph(graph)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(opset))
                .build();
    }

    public byte[] bytes() {
        return model().toByteArray();
    }

    public static AttributeProto attribute(String name, long number) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(number)
                .build();
    }

    public static AttributeProto attribute(String name, float number) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeType.FLOAT).setF(number)
                .build();
    }

    public static AttributeProto attribute(String name, String text) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(text)).build();
    }

    public static AttributeProto attribute(String name, int... numbers) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS)
                .addAllInts(Arrays.stream(numbers).asLongStream().boxed().toList()).build();
    }

    public static AttributeProto attribute(String name, float[] numbers) {
        AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name)
                .setType(AttributeType.FLOATS);
        for (float number : numbers) {
            attribute.addFloats(number);
        }
        return attribute.build();
    }

    public static AttributeProto attribute(String name, TensorProto.Builder tensor) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeType.TENSOR).setT(tensor)
                .build();
    }

    /** Stored as raw bytes. */
    public static TensorProto.Builder floatTensor(Dims dims, float... data) {
        ByteBuffer raw = ByteBuffer.allocate(data.length * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(data);
        return TensorProto.newBuilder()
                .addAllDims(dims.sizes().stream().map(Integer::longValue).toList())
                .setDataType(DataType.FLOAT_VALUE).setRawData(ByteString.copyFrom(raw.array()));
    }

    /** Stored as a list of numbers. */
    public static TensorProto.Builder integerTensor(long... data) {
        return TensorProto.newBuilder().addDims(data.length).setDataType(DataType.INT64_VALUE)
                .addAllInt64Data(Arrays.stream(data).boxed().toList());
    }

    private static ValueInfoProto.Builder value(String name, int type, int... sizes) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (int i = 0; i < sizes.length; i++) {
            if (sizes[i] > 0) {
                shape.addDimBuilder().setDimValue(sizes[i]);
            } else {
                shape.addDimBuilder().setDimParam("d" + i);
            }
        }
        return ValueInfoProto.newBuilder().setName(name).setType(TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape)));
    }
}
