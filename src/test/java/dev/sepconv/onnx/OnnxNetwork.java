package dev.sepconv.onnx;

import static dev.sepconv.onnx.OnnxGraph.attribute;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.Dims;
import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * A network as the bytes of an ONNX model, with the operations of classifiers; arrays keep their
 * names.
 */
public final class OnnxNetwork {

    private static final int OPSET = 14;

    private OnnxNetwork() {
    }

    /**
     * Writes a network.
     *
     * @throws IllegalArgumentException if it has an operation for which nothing is written here
     */
    public static byte[] of(Network network) {
        OnnxGraph graph = new OnnxGraph(OPSET);
        network.inputs().forEach((name, dims) -> graph.input(name, dims.toArray()));
        network.outputs().forEach(graph::output);
        network.nodes().forEach(node -> add(graph, network, node));
        return graph.bytes();
    }

    private static void add(OnnxGraph graph, Network network, Node node) {
        String to = node.output();
        switch (node.op()) {
            case Op.Convolve op -> convolve(graph, op,
                    network.dims(node.inputs().getFirst()).toShape(), node.inputs().getFirst(), to);
            case Op.Elementwise op -> {
                switch (op.function()) {
                    case RELU -> graph.node("Relu", node.inputs(), to);
                    case CLIP -> graph.floats(to + " low", Dims.of(), op.a())
                            .floats(to + " high", Dims.of(), op.b()).node("Clip",
                                    List.of(node.inputs().getFirst(), to + " low", to + " high"),
                                    to);
                    default -> throw refused(node);
                }
            }
            case Op.Binary op -> {
                require(op.kind() == Op.Binary.Kind.ADD, node);
                graph.node("Add", node.inputs(), to);
            }
            case Op.ScaleShift op -> {
                Dims channels = Dims.of(op.scale().length);
                float[] ones = new float[op.scale().length];
                Arrays.fill(ones, 1);
                graph.floats(to + " scale", channels, op.scale())
                        .floats(to + " shift", channels, op.shift())
                        .floats(to + " mean", channels, new float[ones.length])
                        .floats(to + " variance", channels, ones).node("BatchNormalization",
                                List.of(node.inputs().getFirst(), to + " scale", to + " shift",
                                        to + " mean", to + " variance"),
                                to, attribute("epsilon", 0f));
            }
            case Op.Reduce op -> {
                require(op.kind() == Op.Reduce.Kind.MEAN, node);
                graph.node("ReduceMean", node.inputs(), to,
                        attribute("axes", op.dimensions().stream().mapToInt(i -> i).toArray()),
                        attribute("keepdims", op.keep() ? 1L : 0L));
            }
            case Op.Reshape op -> graph
                    .integers(to + " sizes", op.dims().sizes().stream().mapToLong(i -> i).toArray())
                    .node("Reshape", List.of(node.inputs().getFirst(), to + " sizes"), to);
            case Op.FullyConnected op -> {
                require(op.activation().equals(Activation.NONE) && op.bias() != null, node);
                graph.floats(to + " weight", Dims.of(op.outputs(), op.inputs()), op.weight())
                        .floats(to + " bias", Dims.of(op.outputs()), op.bias()).node("Gemm",
                                List.of(node.inputs().getFirst(), to + " weight", to + " bias"), to,
                                attribute("transB", 1L));
            }
            case Op.Softmax op ->
                graph.node("Softmax", node.inputs(), to, attribute("axis", (long) op.dimension()));
            default -> throw refused(node);
        }
    }

    private static void require(boolean written, Node node) {
        if (!written) {
            throw refused(node);
        }
    }

    private static IllegalArgumentException refused(Node node) {
        return new IllegalArgumentException(
                "node '%s' (%s) can't be written".formatted(node.name(), node.op()));
    }

    private static void convolve(OnnxGraph graph, Op.Convolve op, Shape input, String from,
            String to) {
        List<Conv2d> stages = op.layer().stages();
        Shape shape = input;
        String last = from;
        for (int i = 0; i < stages.size(); i++) {
            String next = i + 1 == stages.size() ? to : to + " stage " + i;
            LayerModel.conv(graph, stages.get(i), op.weights().get(i), shape, last, next,
                    " of " + next);
            shape = stages.get(i).outputShape(shape);
            last = next;
        }
    }
}
