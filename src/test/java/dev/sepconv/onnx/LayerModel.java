package dev.sepconv.onnx;

import static dev.sepconv.onnx.OnnxGraph.attribute;

import ai.onnx.proto.OnnxMl.AttributeProto;
import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Dims;
import dev.sepconv.Layer;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A layer as the bytes of an ONNX model: one Conv a stage, each followed by its activation,
 * float32, NCHW, one input {@code x} and one output {@code y}. The operators are those of opset 14,
 * the first with HardSwish.
 */
public final class LayerModel {

    /** Name of the only input, {@code [N, C, H, W]}. */
    public static final String INPUT = "x";

    /** Name of the only output, {@code [N, K, OH, OW]}. */
    public static final String OUTPUT = "y";

    private static final int OPSET = 14;

    private LayerModel() {
    }

    /**
     * Writes a layer.
     *
     * @param weights one for each of {@code layer.stages()}
     * @param input the shape of the model's input
     * @throws IllegalArgumentException if the weights or the input don't fit the layer
     */
    public static byte[] of(Layer layer, List<ConvWeights> weights, Shape input) {
        layer.withWeights(weights); // refuses those of another layer
        OnnxGraph graph = new OnnxGraph(OPSET)
                .input(INPUT, input.n(), input.c(), input.h(), input.w()).output(OUTPUT);
        Shape shape = input;
        String from = INPUT;
        List<Conv2d> stages = layer.stages();
        for (int i = 0; i < stages.size(); i++) {
            Conv2d stage = stages.get(i);
            boolean last = i + 1 == stages.size();
            if (layer.shuffleBefore(i).isPresent()) {
                from = shuffle(graph, from, shape, layer.shuffleBefore(i).get().groups(), i);
            }
            from = conv(graph, stage, weights.get(i), shape, from, last, i);
            shape = stage.outputShape(shape);
        }
        return graph.bytes();
    }

    /**
     * Writes a classifier of three classes, each channel's mean; its picture's size is open. Gives
     * the file back.
     */
    public static Path classifier(Path file) throws IOException {
        return classifier(file, 0, 0);
    }

    /** {@link #classifier(Path)} with a height or width; 0 leaves it open. */
    public static Path classifier(Path file, int height, int width) throws IOException {
        OnnxGraph graph = new OnnxGraph(OPSET).input(INPUT, 1, 3, height, width).output(OUTPUT);
        graph.node("GlobalAveragePool", List.of(INPUT), "mean");
        graph.node("Flatten", List.of("mean"), OUTPUT);
        return Files.write(file, graph.bytes());
    }

    /** Channels as {@code [groups, C/groups]}, transposed: ShuffleNet's own three operators. */
    private static String shuffle(OnnxGraph graph, String from, Shape shape, int groups, int i) {
        graph.integers("apart" + i, shape.n(), groups, shape.c() / groups, shape.h(), shape.w());
        graph.integers("together" + i, shape.n(), shape.c(), shape.h(), shape.w());
        graph.node("Reshape", List.of(from, "apart" + i), "groups" + i);
        graph.node("Transpose", List.of("groups" + i), "turned" + i,
                attribute("perm", 0, 2, 1, 3, 4));
        graph.node("Reshape", List.of("turned" + i, "together" + i), "shuffled" + i);
        return "shuffled" + i;
    }

    /** Adds one convolution and its activation; returns the name of what they give. */
    private static String conv(OnnxGraph graph, Conv2d conv, ConvWeights weights, Shape input,
            String from, boolean last, int i) {
        String to = last ? OUTPUT : "stage" + i;
        conv(graph, conv, weights, input, from, to, String.valueOf(i));
        return to;
    }

    /** Adds one convolution and its activation; {@code i} makes the names of what they need. */
    static void conv(OnnxGraph graph, Conv2d conv, ConvWeights weights, Shape input, String from,
            String to, String i) {
        boolean linear = conv.activation().kind() == Activation.Kind.NONE;
        String sum = linear ? to : "sum" + i;
        List<String> inputs = new ArrayList<>(List.of(from, "weight" + i));
        graph.floats("weight" + i, Dims.of(conv.outChannels(), conv.inChannels() / conv.groups(),
                conv.kernelHeight(), conv.kernelWidth()), weights.weight());
        if (conv.bias()) {
            inputs.add("bias" + i);
            graph.floats("bias" + i, Dims.of(conv.outChannels()), weights.bias());
        }
        graph.node("Conv", inputs, sum,
                attribute("kernel_shape", conv.kernelHeight(), conv.kernelWidth()),
                attribute("strides", conv.strideHeight(), conv.strideWidth()),
                attribute("dilations", conv.dilationHeight(), conv.dilationWidth()),
                attribute("group", (long) conv.groups()), padding(conv, input));
        if (!linear) {
            activation(graph, conv.activation(), sum, to, i);
        }
    }

    /**
     * Where the operator can work the padding out by itself, it does: then our own shape inference
     * is judged too.
     */
    private static AttributeProto padding(Conv2d conv, Shape input) {
        if (conv.padding() instanceof Padding.Same same && knowsSame(conv, input)) {
            return attribute("auto_pad", same.oddAtStart() ? "SAME_LOWER" : "SAME_UPPER");
        }
        Padding.Explicit pad = conv.padding().resolve(conv, input.h(), input.w());
        return attribute("pads", pad.top(), pad.left(), pad.bottom(), pad.right());
    }

    /**
     * Whether ONNX Runtime takes auto_pad here and means by it what TensorFlow and we do. It
     * refuses a dilation; and where a stride jumps over the last pixels, so that less than no
     * padding is needed, it crops the input's start by the half of it.
     */
    private static boolean knowsSame(Conv2d conv, Shape input) {
        return conv.dilationHeight() == 1 && conv.dilationWidth() == 1
                && (input.h() - 1) / conv.strideHeight() * conv.strideHeight()
                        + conv.kernelHeight() >= input.h()
                && (input.w() - 1) / conv.strideWidth() * conv.strideWidth()
                        + conv.kernelWidth() >= input.w();
    }

    private static void activation(OnnxGraph graph, Activation activation, String from, String to,
            String i) {
        switch (activation.kind()) {
            case NONE ->
                throw new IllegalArgumentException("activation is none; it has no operator");
            case RELU -> graph.node("Relu", List.of(from), to);
            case RELU6 -> graph.floats("least" + i, Dims.of(), 0).floats("most" + i, Dims.of(), 6)
                    .node("Clip", List.of(from, "least" + i, "most" + i), to);
            case LEAKY_RELU ->
                graph.node("LeakyRelu", List.of(from), to, attribute("alpha", activation.slope()));
            case HARD_SWISH -> graph.node("HardSwish", List.of(from), to);
            case SIGMOID -> graph.node("Sigmoid", List.of(from), to);
            case SILU -> graph.node("Sigmoid", List.of(from), "gate" + i).node("Mul",
                    List.of(from, "gate" + i), to);
            case GELU -> graph.floats("half" + i, Dims.of(), 0.5f).floats("one" + i, Dims.of(), 1)
                    .floats("root" + i, Dims.of(), (float) Math.sqrt(2))
                    .node("Div", List.of(from, "root" + i), "inner" + i)
                    .node("Erf", List.of("inner" + i), "erf" + i)
                    .node("Add", List.of("erf" + i, "one" + i), "gate" + i)
                    .node("Mul", List.of(from, "gate" + i), "twice" + i)
                    .node("Mul", List.of("twice" + i, "half" + i), to);
            case GELU_TANH -> graph.floats("half" + i, Dims.of(), 0.5f)
                    .floats("one" + i, Dims.of(), 1).floats("cubic" + i, Dims.of(), 0.044715f)
                    .floats("root" + i, Dims.of(), (float) Math.sqrt(2 / Math.PI))
                    .node("Mul", List.of(from, from), "square" + i)
                    .node("Mul", List.of("square" + i, "cubic" + i), "scaled" + i)
                    .node("Add", List.of("scaled" + i, "one" + i), "factor" + i)
                    .node("Mul", List.of("factor" + i, from), "sum" + i + "a")
                    .node("Mul", List.of("sum" + i + "a", "root" + i), "inner" + i)
                    .node("Tanh", List.of("inner" + i), "tanh" + i)
                    .node("Add", List.of("tanh" + i, "one" + i), "gate" + i)
                    .node("Mul", List.of(from, "gate" + i), "twice" + i)
                    .node("Mul", List.of("twice" + i, "half" + i), to);
            case TANH -> graph.node("Tanh", List.of(from), to);
            case HARD_SIGMOID -> graph.node("HardSigmoid", List.of(from), to,
                    attribute("alpha", 1 / 6f), attribute("beta", 0.5f));
            case MISH -> graph.node("Softplus", List.of(from), "soft" + i)
                    .node("Tanh", List.of("soft" + i), "gate" + i)
                    .node("Mul", List.of(from, "gate" + i), to);
        }
    }
}
