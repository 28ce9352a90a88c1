package dev.sepconv.onnx;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Layer;
import dev.sepconv.Padding;
import dev.sepconv.Shape;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A layer as the bytes of an ONNX model: one Conv a stage, each followed by its activation, float32, NCHW, one input {@code x} and
 * one output {@code y} of fixed shapes. The field numbers are those of {@code onnx.proto}, IR version 7; the operators those of
 * opset 14, the first with HardSwish.
 */
public final class OnnxModel {

    /** Name of the only input, {@code [N, C, H, W]}. */
    public static final String INPUT = "x";

    /** Name of the only output, {@code [N, K, OH, OW]}. */
    public static final String OUTPUT = "y";

    private static final int IR_VERSION = 7;
    private static final int OPSET = 14;
    private static final int FLOAT = 1;

    private OnnxModel() {
    }

    /**
     * Writes a layer.
     *
     * @param weights one for each of {@code layer.stages()}
     * @param input the shape of the model's input
     * @throws IllegalArgumentException if the weights or the input don't fit the layer
     */
    public static byte[] of(Layer layer, List<ConvWeights> weights, Shape input) {
        layer.check(weights);
        Message graph = new Message();
        Shape shape = input;
        String from = INPUT;
        List<Conv2d> stages = layer.stages();
        for (int i = 0; i < stages.size(); i++) {
            Conv2d stage = stages.get(i);
            boolean last = i + 1 == stages.size();
            from = conv(graph, stage, weights.get(i), shape, from, last, i);
            shape = stage.outputShape(shape);
        }
        graph.text(2, "sepconv");
        graph.message(11, value(INPUT, input));
        graph.message(12, value(OUTPUT, shape));
        return new Message().number(1, IR_VERSION).text(2, "sepconv").message(7, graph)
                .message(8, new Message().text(1, "").number(2, OPSET)).bytes();
    }

    /** Adds one convolution and its activation; returns the name of what they give. */
    private static String conv(Message graph, Conv2d conv, ConvWeights weights, Shape input, String from, boolean last, int i) {
        String to = last ? OUTPUT : "stage" + i;
        boolean linear = conv.activation().kind() == Activation.Kind.NONE;
        String sum = linear ? to : "sum" + i;
        String weight = "weight" + i;
        String bias = "bias" + i;
        Message node = new Message().text(1, from).text(1, weight);
        graph.message(5, floats(weight, weights.weight(), conv.outChannels(), conv.inChannels() / conv.groups(),
                conv.kernelHeight(), conv.kernelWidth()));
        if (conv.bias()) {
            node.text(1, bias);
            graph.message(5, floats(bias, weights.bias(), conv.outChannels()));
        }
        node.text(2, sum).text(4, "Conv").message(5, ints("kernel_shape", conv.kernelHeight(), conv.kernelWidth()))
                .message(5, ints("strides", conv.strideHeight(), conv.strideWidth()))
                .message(5, ints("dilations", conv.dilationHeight(), conv.dilationWidth()))
                .message(5, new Message().text(1, "group").number(3, conv.groups()).number(20, 2));
        // Where the operator can work the padding out by itself, it does: then our own shape inference is judged too.
        if (conv.padding() instanceof Padding.Same same && knowsSame(conv, input)) {
            node.message(5,
                    new Message().text(1, "auto_pad").text(4, same.oddAtStart() ? "SAME_LOWER" : "SAME_UPPER").number(20, 3));
        } else {
            Padding.Explicit pad = conv.padding().resolve(conv, input.h(), input.w());
            node.message(5, ints("pads", pad.top(), pad.left(), pad.bottom(), pad.right()));
        }
        graph.message(1, node);
        if (!linear) {
            graph.message(1, activation(graph, conv.activation(), sum, to, i));
        }
        return to;
    }

    /**
     * Whether ONNX Runtime takes auto_pad here and means by it what TensorFlow and we do. It refuses a dilation; and where a stride
     * jumps over the last pixels, so that less than no padding is needed, it crops the input's start by the half of it.
     */
    private static boolean knowsSame(Conv2d conv, Shape input) {
        return conv.dilationHeight() == 1 && conv.dilationWidth() == 1
                && (input.h() - 1) / conv.strideHeight() * conv.strideHeight() + conv.kernelHeight() >= input.h()
                && (input.w() - 1) / conv.strideWidth() * conv.strideWidth() + conv.kernelWidth() >= input.w();
    }

    private static Message activation(Message graph, Activation activation, String from, String to, int i) {
        Message node = new Message().text(1, from);
        return switch (activation.kind()) {
            case NONE -> throw new IllegalArgumentException("activation is none; it has no operator");
            case RELU -> node.text(2, to).text(4, "Relu");
            case RELU6 -> {
                graph.message(5, floats("least" + i, new float[]{0}));
                graph.message(5, floats("most" + i, new float[]{6}));
                yield node.text(1, "least" + i).text(1, "most" + i).text(2, to).text(4, "Clip");
            }
            case LEAKY_RELU -> node.text(2, to).text(4, "LeakyRelu").message(5,
                    new Message().text(1, "alpha").number32(2, Float.floatToRawIntBits(activation.slope())).number(20, 1));
            case HARD_SWISH -> node.text(2, to).text(4, "HardSwish");
            case SIGMOID -> node.text(2, to).text(4, "Sigmoid");
        };
    }

    private static Message floats(String name, float[] values, int... dims) {
        Message tensor = new Message();
        for (int dim : dims) {
            tensor.number(1, dim);
        }
        ByteBuffer raw = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        return tensor.number(2, FLOAT).text(8, name).data(9, raw.array());
    }

    private static Message ints(String name, int... values) {
        Message attribute = new Message().text(1, name);
        for (int value : values) {
            attribute.number(8, value);
        }
        return attribute.number(20, 7);
    }

    private static Message value(String name, Shape shape) {
        Message dims = new Message();
        for (int dim : new int[]{shape.n(), shape.c(), shape.h(), shape.w()}) {
            dims.message(1, new Message().number(1, dim));
        }
        Message tensor = new Message().number(1, FLOAT).message(2, dims);
        return new Message().text(1, name).message(2, new Message().message(1, tensor));
    }

    /** A protobuf message being written: each field is a tag, {@code number << 3 | wire type}, and a value. */
    private static final class Message {

        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Message number(int field, long value) {
            varint((long) field << 3);
            varint(value);
            return this;
        }

        Message number32(int field, int bits) {
            varint((long) field << 3 | 5);
            out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(bits).array());
            return this;
        }

        Message data(int field, byte[] value) {
            varint((long) field << 3 | 2);
            varint(value.length);
            out.writeBytes(value);
            return this;
        }

        Message text(int field, String value) {
            return data(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message value) {
            return data(field, value.bytes());
        }

        byte[] bytes() {
            return out.toByteArray();
        }

        private void varint(long value) {
            long rest = value;
            while ((rest & ~0x7FL) != 0) {
                out.write((int) (rest & 0x7F | 0x80));
                rest >>>= 7;
            }
            out.write((int) rest);
        }
    }
}
