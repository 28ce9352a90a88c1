package dev.sepconv.fuzz;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.sepconv.io.onnx.DrawnModels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Models by recipes: the first bytes choose a model that is right, each step after them changes its
 * tree, so that every input of a fuzzer is a model that can be parsed, and most are read far.
 */
final class ModelRecipe {

    /** Gives a model of the operator with that number, its sizes drawn by the seed. */
    interface Source {
        ModelProto drawn(int operator, long seed);
    }

    private static final int MOST_STEPS = 24;

    private static final long[] WHOLE = {0, 1, -1, 2, 3, 4, 5, 7, 8, 13, 16, 17, 31, 64, 127, 128,
            255, 256, 1000, 4096, 65_535, 65_536, 1 << 20, 1 << 24, Integer.MAX_VALUE,
            Integer.MIN_VALUE, 1L << 31, 1L << 32, 1L << 40, 1L << 62, Long.MAX_VALUE,
            Long.MIN_VALUE, -2, -3, -4, -17};
    private static final float[] REAL = {0, -0f, 1, -1, 0.5f, 2, 1e-3f, 1e-30f, Float.MIN_VALUE,
            Float.MAX_VALUE, -Float.MAX_VALUE, Float.NaN, Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY, 16_777_217, 1e10f};
    private static final String[] OPERATORS = {"Conv", "ConvTranspose", "MaxPool", "AveragePool",
            "GlobalAveragePool", "Gemm", "MatMul", "Add", "Mul", "Sub", "Div", "Relu", "Clip",
            "Softmax", "BatchNormalization", "Concat", "Split", "Slice", "Reshape", "Transpose",
            "Flatten", "Squeeze", "Unsqueeze", "Gather", "Shape", "Cast", "Resize", "Pad",
            "ReduceMean", "ReduceSum", "Expand", "Tile", "Where", "Constant", "ConstantOfShape",
            "If", "Einsum", "TopK", "DepthToSpace", "LayerNormalization", "QuantizeLinear",
            "DequantizeLinear", "Identity", "Loop", "NonZero", "ScatterND", "GatherND"};
    private static final String[] ATTRIBUTES = {"axis", "axes", "kernel_shape", "strides", "pads",
            "dilations", "group", "auto_pad", "keepdims", "mode", "perm", "to", "value", "alpha",
            "beta", "transA", "transB", "epsilon", "ceil_mode", "count_include_pad", "output_shape",
            "output_padding", "split", "num_outputs", "blocksize", "allowzero", "starts", "ends",
            "coordinate_transformation_mode", "nearest_mode", "equation", "start", "end"};
    private static final String[] TEXTS = {"", "SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET",
            "constant", "reflect", "edge", "wrap", "nearest", "linear", "cubic", "asymmetric",
            "align_corners", "half_pixel", "pytorch_half_pixel", "floor", "ceil", "DCR", "CRD",
            "ij,jk->ik", "...i->...", "\u202e\u001b[31m"};
    private static final int[] TYPES = {DataType.FLOAT_VALUE, DataType.UINT8_VALUE,
            DataType.INT8_VALUE, DataType.INT32_VALUE, DataType.INT64_VALUE, DataType.BOOL_VALUE,
            DataType.FLOAT16_VALUE, DataType.DOUBLE_VALUE, DataType.BFLOAT16_VALUE,
            DataType.STRING_VALUE, DataType.UNDEFINED_VALUE, 17, 99};

    /** The recipe's bytes, one after the other; zeros after them. */
    private static final class Choices {
        private final byte[] bytes;
        private int at;

        Choices(byte[] bytes) {
            this.bytes = bytes;
        }

        boolean more() {
            return at < bytes.length;
        }

        int next() {
            return more() ? bytes[at++] & 0xff : 0;
        }

        int below(int bound) {
            return next() % bound;
        }

        long whole() {
            int choice = next();
            return choice < 2 * WHOLE.length
                    ? WHOLE[choice % WHOLE.length]
                    : choice - 2 * WHOLE.length;
        }

        float real() {
            return REAL[below(REAL.length)];
        }

        String of(String[] texts) {
            return texts[below(texts.length)];
        }

        String of(List<String> texts) {
            return texts.isEmpty() ? "" : texts.get(below(texts.size()));
        }
    }

    private final Choices choices;
    private final Source source;
    private int names;

    private ModelRecipe(byte[] recipe, Source source) {
        choices = new Choices(recipe);
        this.source = source;
    }

    /**
     * Writes a recipe's model beside it, with {@code .onnx} after its name.
     *
     * @param args the recipe's file
     */
    public static void main(String[] args) throws IOException {
        Path model = Path.of(args[0] + ".onnx");
        Files.write(model,
                of(Files.readAllBytes(Path.of(args[0])), DrawnModels::drawn).toByteArray());
        System.out.println(model);
    }

    static ModelProto of(byte[] recipe, Source source) {
        return new ModelRecipe(recipe, source).model();
    }

    private ModelProto drawn() {
        return source.drawn(choices.next(), choices.next());
    }

    private ModelProto model() {
        ModelProto.Builder model = drawn().toBuilder();
        for (int i = 0; i < MOST_STEPS && choices.more(); i++) {
            change(model);
        }
        return model.build();
    }

    private void change(ModelProto.Builder model) {
        GraphProto.Builder graph = model.getGraphBuilder();
        switch (choices.below(22)) {
            case 0 -> model.getOpsetImportBuilder(0).setVersion(choices.whole());
            case 1 -> append(graph, drawn().getGraph());
            case 2 -> append(graph, drawn().getGraph());
            case 3 -> {
                int domain = choices.below(3);
                model.getOpsetImportBuilder(0)
                        .setDomain(domain == 0 ? "" : domain == 1 ? "ai.onnx" : "com.microsoft");
            }
            default -> change(graph, 0);
        }
    }

    /** Has the other graph's nodes read what this one made last, and its output be the output. */
    private void append(GraphProto.Builder graph, GraphProto other) {
        String mark = "'" + names++;
        boolean feed = choices.below(4) != 0 && graph.getOutputCount() > 0;
        List<String> outside = new ArrayList<>();
        other.getInputList().forEach(input -> outside.add(input.getName()));
        String last = graph.getOutputCount() > 0 ? graph.getOutput(0).getName() : "";
        for (ValueInfoProto input : other.getInputList()) {
            if (!(feed && input.getName().equals(outside.getFirst()))) {
                graph.addInput(input.toBuilder().setName(input.getName() + mark));
            }
        }
        other.getInitializerList().forEach(tensor -> graph
                .addInitializer(tensor.toBuilder().setName(tensor.getName() + mark)));
        for (NodeProto node : other.getNodeList()) {
            NodeProto.Builder copy = node.toBuilder();
            for (int i = 0; i < copy.getInputCount(); i++) {
                String name = copy.getInput(i);
                copy.setInput(i,
                        name.isEmpty()
                                ? ""
                                : feed && name.equals(outside.isEmpty() ? null : outside.getFirst())
                                        ? last
                                        : name + mark);
            }
            for (int i = 0; i < copy.getOutputCount(); i++) {
                copy.setOutput(i, copy.getOutput(i).isEmpty() ? "" : copy.getOutput(i) + mark);
            }
            graph.addNode(copy);
        }
        if (feed) {
            graph.clearOutput();
        }
        other.getOutputList().forEach(
                output -> graph.addOutput(output.toBuilder().setName(output.getName() + mark)));
    }

    private void change(GraphProto.Builder graph, int depth) {
        List<String> values = values(graph);
        int nodes = graph.getNodeCount();
        NodeProto.Builder node = nodes == 0 ? null : graph.getNodeBuilder(choices.below(nodes));
        switch (choices.below(20)) {
            case 0 -> {
                if (nodes > 0) {
                    graph.removeNode(choices.below(nodes));
                }
            }
            case 1 -> insert(graph, values);
            case 2 -> {
                if (node != null) {
                    node.setOpType(choices.of(OPERATORS));
                }
            }
            case 3, 4 -> {
                if (node != null && node.getInputCount() > 0) {
                    node.setInput(choices.below(node.getInputCount()), choices.of(values));
                }
            }
            case 5 -> {
                if (node != null) {
                    node.addInput(choices.below(3) == 0 ? "" : choices.of(values));
                }
            }
            case 6 -> {
                if (node != null && node.getOutputCount() > 0) {
                    node.setOutput(choices.below(node.getOutputCount()), choices.of(values));
                }
            }
            case 7 -> {
                if (node != null) {
                    node.addOutput("more" + names++);
                }
            }
            case 8, 9, 10, 11 -> {
                if (node != null) {
                    attribute(node, depth);
                }
            }
            case 12, 13, 14 -> {
                if (graph.getInitializerCount() > 0) {
                    tensor(graph.getInitializerBuilder(choices.below(graph.getInitializerCount())));
                }
            }
            case 15, 16 -> {
                if (graph.getInputCount() > 0) {
                    sizes(graph.getInputBuilder(choices.below(graph.getInputCount())));
                }
            }
            case 17 -> graph.addOutput(ValueInfoProto.newBuilder().setName(choices.of(values)));
            case 18 -> {
                if (graph.getOutputCount() > 0) {
                    graph.getOutputBuilder(0).setName(choices.of(values));
                }
            }
            default -> {
                if (nodes > 1) {
                    int first = choices.below(nodes);
                    int second = choices.below(nodes);
                    NodeProto kept = graph.getNode(first);
                    graph.setNode(first, graph.getNode(second)).setNode(second, kept);
                }
            }
        }
    }

    private static List<String> values(GraphProto.Builder graph) {
        List<String> values = new ArrayList<>();
        graph.getInputList().forEach(input -> values.add(input.getName()));
        graph.getInitializerList().forEach(tensor -> values.add(tensor.getName()));
        graph.getNodeList().forEach(node -> values.addAll(node.getOutputList()));
        return values;
    }

    /** A node between what there is and the output. */
    private void insert(GraphProto.Builder graph, List<String> values) {
        String name = "new" + names++;
        NodeProto.Builder node = NodeProto.newBuilder().setOpType(choices.of(OPERATORS))
                .addOutput(name);
        for (int i = choices.below(3); i >= 0; i--) {
            node.addInput(choices.of(values));
        }
        graph.addNode(node);
        if (graph.getOutputCount() > 0) {
            graph.getOutputBuilder(0).setName(name);
        }
    }

    private void attribute(NodeProto.Builder node, int depth) {
        int count = node.getAttributeCount();
        if (count == 0 || choices.below(6) == 0) {
            node.addAttribute(fresh());
            return;
        }
        int at = choices.below(count);
        AttributeProto.Builder attribute = node.getAttributeBuilder(at);
        switch (choices.below(8)) {
            case 0 -> node.removeAttribute(at);
            case 1 -> attribute.setName(choices.of(ATTRIBUTES));
            case 2 -> attribute
                    .setType(AttributeType.values()[choices.below(AttributeType.values().length)]);
            default -> value(attribute, depth);
        }
    }

    private AttributeProto.Builder fresh() {
        AttributeProto.Builder attribute = AttributeProto.newBuilder()
                .setName(choices.of(ATTRIBUTES));
        switch (choices.below(4)) {
            case 0 -> attribute.setType(AttributeType.INT).setI(choices.whole());
            case 1 -> attribute.setType(AttributeType.FLOAT).setF(choices.real());
            case 2 -> attribute.setType(AttributeType.STRING)
                    .setS(ByteString.copyFromUtf8(choices.of(TEXTS)));
            default -> {
                attribute.setType(AttributeType.INTS);
                for (int i = choices.below(5); i > 0; i--) {
                    attribute.addInts(choices.whole());
                }
            }
        }
        return attribute;
    }

    private void value(AttributeProto.Builder attribute, int depth) {
        switch (attribute.getType()) {
            case INT -> attribute.setI(choices.whole());
            case FLOAT -> attribute.setF(choices.real());
            case STRING -> attribute.setS(ByteString.copyFromUtf8(choices.of(TEXTS)));
            case TENSOR -> tensor(attribute.getTBuilder());
            case GRAPH -> {
                if (depth < 3) {
                    change(attribute.getGBuilder(), depth + 1);
                }
            }
            case FLOATS -> {
                if (attribute.getFloatsCount() == 0 || choices.below(4) == 0) {
                    attribute.addFloats(choices.real());
                } else {
                    attribute.setFloats(choices.below(attribute.getFloatsCount()), choices.real());
                }
            }
            default -> {
                if (attribute.getIntsCount() == 0 || choices.below(4) == 0) {
                    attribute.addInts(choices.whole());
                } else {
                    attribute.setInts(choices.below(attribute.getIntsCount()), choices.whole());
                }
            }
        }
    }

    private void tensor(TensorProto.Builder tensor) {
        switch (choices.below(9)) {
            case 0 -> tensor.setDataType(TYPES[choices.below(TYPES.length)]);
            case 1 -> tensor.addDims(choices.whole());
            case 2 -> {
                if (tensor.getDimsCount() > 0) {
                    tensor.setDims(choices.below(tensor.getDimsCount()), choices.whole());
                }
            }
            case 3 -> {
                if (tensor.getDimsCount() > 1) { // as many numbers, in another shape
                    int from = choices.below(tensor.getDimsCount());
                    int to = choices.below(tensor.getDimsCount());
                    long moved = tensor.getDims(from);
                    tensor.setDims(from, tensor.getDims(to)).setDims(to, moved);
                }
            }
            case 4 -> {
                if (tensor.getDimsCount() > 0) {
                    List<Long> fewer = new ArrayList<>(tensor.getDimsList());
                    fewer.remove(choices.below(fewer.size()));
                    tensor.clearDims().addAllDims(fewer);
                }
            }
            case 5 -> {
                tensor.addExternalDataBuilder().setKey("location").setValue(choices.of(TEXTS));
                tensor.setDataLocation(TensorProto.DataLocation.EXTERNAL);
            }
            case 6 -> tensor.setName(choices.of(ATTRIBUTES));
            default -> number(tensor);
        }
    }

    private void number(TensorProto.Builder tensor) {
        if (tensor.getRawData().size() >= Float.BYTES) {
            byte[] raw = tensor.getRawData().toByteArray();
            int numbers = raw.length / Float.BYTES;
            ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN)
                    .putFloat(choices.below(Math.min(numbers, 256)) * Float.BYTES, choices.real());
            tensor.setRawData(ByteString.copyFrom(raw));
        } else if (tensor.getInt64DataCount() > 0) {
            tensor.setInt64Data(choices.below(tensor.getInt64DataCount()), choices.whole());
        } else if (tensor.getFloatDataCount() > 0) {
            tensor.setFloatData(choices.below(tensor.getFloatDataCount()), choices.real());
        } else {
            tensor.addInt64Data(choices.whole());
        }
    }

    private void sizes(ValueInfoProto.Builder input) {
        TensorShapeProto.Builder shape = input.getTypeBuilder().getTensorTypeBuilder()
                .getShapeBuilder();
        int count = shape.getDimCount();
        switch (choices.below(5)) {
            case 0 -> shape.addDimBuilder().setDimValue(choices.whole());
            case 1 -> {
                if (count > 0) {
                    shape.removeDim(choices.below(count));
                }
            }
            case 2 -> {
                if (count > 0) {
                    shape.getDimBuilder(choices.below(count)).setDimParam("n");
                }
            }
            default -> {
                if (count > 0) {
                    shape.getDimBuilder(choices.below(count)).setDimValue(choices.whole());
                }
            }
        }
    }
}
