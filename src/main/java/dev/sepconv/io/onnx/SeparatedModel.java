package dev.sepconv.io.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Op;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.io.Printable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An ONNX model with some of its convolutions replaced. All else stays as it is in the file,
 * whether it is understood here or not: names, other nodes, operator sets, metadata, open sizes.
 * For that it uses the classes that protobuf generates, which keep what they don't know; they are
 * an optional dependency, which reading a model doesn't need.
 */
final class SeparatedModel {

    /** From this version of the format on initializers need not be inputs of the graph too. */
    private static final long INITIALIZERS_ALONE = 4;

    private final GraphProto.Builder graph;
    private final boolean initializersAreInputs;
    private final Set<String> names = new HashSet<>();
    /** How often each array is read, in subgraphs too, or given as an output. */
    private final Map<String, Integer> uses = new HashMap<>();

    private SeparatedModel(ModelProto.Builder model) {
        graph = model.getGraphBuilder();
        initializersAreInputs = model.getIrVersion() < INITIALIZERS_ALONE;
        count(graph.build());
    }

    /** See {@link OnnxEditor#separate}. */
    static byte[] of(Path from, Map<String, Op.Convolve> separable, Path to) throws IOException {
        ModelProto.Builder model = parse(from);
        try {
            SeparatedModel editor = new SeparatedModel(model);
            editor.replace(separable);
            boolean moved = !from.toAbsolutePath().normalize().getParent()
                    .equals(to.toAbsolutePath().normalize().getParent());
            if (moved && model.getGraph().getInitializerList().stream()
                    .anyMatch(tensor -> tensor.getDataLocation() == DataLocation.EXTERNAL)) {
                throw new ModelException(
                        "it has weights in files beside it; write the new model to the same folder, %s"
                                .formatted(from.toAbsolutePath().getParent()));
            }
        } catch (ModelException e) {
            throw new IOException(Printable.sentence(from + ": " + e.getMessage()), e);
        }
        return model.build().toByteArray();
    }

    private static ModelProto.Builder parse(Path file) throws IOException {
        try (ModelBytes bytes = ModelBytes.open(file)) {
            try {
                return ModelProto.parseFrom(bytes.bytes()).toBuilder();
            } catch (InvalidProtocolBufferException e) {
                throw OnnxReader.notOnnx(bytes, file.toString(), e);
            }
        }
    }

    private void count(GraphProto of) {
        for (NodeProto node : of.getNodeList()) {
            names.add(node.getName());
            names.addAll(node.getOutputList());
            names.addAll(node.getInputList());
            node.getInputList().forEach(input -> uses.merge(input, 1, Integer::sum));
            for (AttributeProto attribute : node.getAttributeList()) {
                if (attribute.hasG()) {
                    count(attribute.getG());
                }
                attribute.getGraphsList().forEach(this::count);
            }
        }
        of.getInitializerList().forEach(tensor -> names.add(tensor.getName()));
        of.getInputList().forEach(input -> names.add(input.getName()));
        of.getValueInfoList().forEach(value -> names.add(value.getName()));
        of.getOutputList().forEach(output -> uses.merge(output.getName(), 1, Integer::sum));
    }

    private void replace(Map<String, Op.Convolve> separable) {
        List<NodeProto> nodes = new ArrayList<>();
        Set<String> found = new HashSet<>();
        for (NodeProto node : graph.getNodeList()) {
            boolean ours = node.getDomain().isEmpty() || node.getDomain().equals("ai.onnx");
            Op.Convolve replacement = ours && node.getOpType().equals("Conv")
                    ? separable.get(node.getOutput(0))
                    : null;
            if (replacement == null) {
                nodes.add(node);
            } else {
                found.add(node.getOutput(0));
                nodes.addAll(separated(node, (SeparableConv2d) replacement.layer(),
                        replacement.weights()));
            }
        }
        for (String output : separable.keySet()) {
            if (!found.contains(output)) {
                throw new ModelException("it has no Conv node that makes '%s'".formatted(output));
            }
        }
        graph.clearNode()
                .addAllNode(nodes.stream().filter(node -> !isUnusedConstant(node)).toList());
    }

    private List<NodeProto> separated(NodeProto node, SeparableConv2d layer,
            List<ConvWeights> weights) {
        String name = node.getName().isEmpty() ? node.getOutput(0) : node.getName();
        String weight = node.getInput(1);
        requireFloats(name, weight);
        if (uses.merge(weight, -1, Integer::sum) == 0) {
            remove(weight);
        }
        String between = fresh(node.getOutput(0) + "/depthwise");
        NodeProto.Builder depthwise = node.toBuilder().setName(fresh(name + "/depthwise"))
                .clearInput().addInput(node.getInput(0))
                .addInput(initializer(weight + "/depthwise", layer.depthwise(), weights.get(0)))
                .clearOutput().addOutput(between).clearAttribute();
        node.getAttributeList().stream().filter(attribute -> !attribute.getName().equals("group"))
                .forEach(depthwise::addAttribute);
        depthwise.addAttribute(AttributeProto.newBuilder().setName("group")
                .setType(AttributeType.INT).setI(layer.depthwise().groups()));
        NodeProto.Builder pointwise = node.toBuilder().clearInput().addInput(between)
                .addInput(initializer(weight + "/pointwise", layer.pointwise(), weights.get(1)))
                .addAllInput(node.getInputList().subList(2, node.getInputCount())).clearAttribute()
                .addAttribute(AttributeProto.newBuilder().setName("kernel_shape")
                        .setType(AttributeType.INTS).addInts(1).addInts(1));
        return List.of(depthwise.build(), pointwise.build());
    }

    /**
     * The new weights must be of the type that the model computes with, and only float32 is written
     * here.
     */
    private void requireFloats(String node, String weight) {
        Optional<TensorProto> stored = graph.getInitializerList().stream()
                .filter(tensor -> tensor.getName().equals(weight)).findFirst();
        if (stored.isEmpty()) {
            stored = graph.getNodeList().stream()
                    .filter(each -> each.getOpType().equals("Constant")
                            && each.getOutputList().contains(weight))
                    .flatMap(each -> each.getAttributeList().stream()).filter(AttributeProto::hasT)
                    .map(AttributeProto::getT).findFirst();
        }
        if (stored.isEmpty() || stored.get().getDataType() != DataType.FLOAT_VALUE) {
            throw new ModelException(
                    "node '%s' (Conv): its weight '%s' is %s; only weights stored as float can be replaced"
                            .formatted(node, weight,
                                    stored.isEmpty()
                                            ? "computed"
                                            : OnnxTensor.typeName(stored.get().getDataType())));
        }
    }

    private void remove(String initializer) {
        for (int i = graph.getInitializerCount() - 1; i >= 0; i--) {
            if (graph.getInitializer(i).getName().equals(initializer)) {
                graph.removeInitializer(i);
            }
        }
        for (int i = graph.getInputCount() - 1; i >= 0; i--) {
            if (graph.getInput(i).getName().equals(initializer)) {
                graph.removeInput(i);
            }
        }
    }

    private boolean isUnusedConstant(NodeProto node) {
        return node.getOpType().equals("Constant") && node.getOutputList().stream()
                .allMatch(output -> uses.getOrDefault(output, 1) == 0);
    }

    /** Adds an initializer; returns its name. */
    private String initializer(String wanted, Conv2d conv, ConvWeights weights) {
        String name = fresh(wanted);
        ByteBuffer raw = ByteBuffer
                .allocate(Math.multiplyExact(weights.weight().length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(weights.weight());
        List<Long> dims = List.of((long) conv.outChannels(),
                (long) conv.inChannels() / conv.groups(), (long) conv.kernelHeight(),
                (long) conv.kernelWidth());
        graph.addInitializer(
                TensorProto.newBuilder().setName(name).setDataType(DataType.FLOAT_VALUE)
                        .addAllDims(dims).setRawData(ByteString.copyFrom(raw.array())));
        if (initializersAreInputs) {
            TypeProto.Tensor.Builder type = TypeProto.Tensor.newBuilder()
                    .setElemType(DataType.FLOAT_VALUE);
            dims.forEach(dim -> type.getShapeBuilder().addDimBuilder().setDimValue(dim));
            graph.addInput(ValueInfoProto.newBuilder().setName(name)
                    .setType(TypeProto.newBuilder().setTensorType(type)));
        }
        return name;
    }

    /** A name that the model doesn't have yet. */
    private String fresh(String wanted) {
        String name = wanted;
        for (int i = 1; !names.add(name); i++) {
            name = wanted + "." + i;
        }
        return name;
    }
}
