package dev.sepconv.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkCases;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.Op.Binary;
import dev.sepconv.Op.Elementwise;
import dev.sepconv.Op.Elementwise.Function;
import dev.sepconv.Padding;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.reference.NetworkReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each pass on a small network: what is left of it, and that its outputs stay the same but for
 * rounding.
 */
class SimplifyTest {

    private static final Conv2d SAME = Conv2d.of(4, 6, 3).withPadding(Padding.of(1));

    private final Random random = new Random(4);

    private Op.Convolve conv(Conv2d conv) {
        return conv.withWeights(ConvWeights.random(conv, random));
    }

    private float[] numbers(int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = random.nextFloat(-2, 2);
        }
        return numbers;
    }

    private Op.ScaleShift scaleShift(int channels) {
        return new Op.ScaleShift(numbers(channels), numbers(channels));
    }

    private Op.Constant constant(int... sizes) {
        return new Op.Constant(NdArray.of(Dims.of(sizes), numbers(Dims.of(sizes).elements())));
    }

    private static Op.Constant constant(Dims dims, float... numbers) {
        return new Op.Constant(NdArray.of(dims, numbers));
    }

    /** Operations that feed one another. */
    private static Network chain(Dims input, Op... ops) {
        Network.Builder builder = Network.builder("chain");
        String last = builder.input("x", input);
        for (int i = 0; i < ops.length; i++) {
            last = builder.add("n" + i, ops[i], last);
        }
        return builder.output(last).build();
    }

    /** What is left, after it was seen to give the same as before. */
    private Network simplified(Network network) {
        Network after = Simplify.run(network);
        assertEquals(network.outputs(), after.outputs());
        assertEquals(network.inputs(), after.inputs());
        Map<String, NdArray> inputs = new LinkedHashMap<>();
        network.inputs().forEach(
                (name, dims) -> inputs.put(name, NdArray.of(dims, numbers(dims.elements()))));
        Map<String, double[]> wanted = NetworkReference.run(network, inputs);
        Map<String, double[]> got = NetworkReference.run(after, inputs);
        for (String output : network.outputs()) {
            assertEquals(network.dims(output), after.dims(output));
            double largest = 1e-3;
            for (double value : wanted.get(output)) {
                largest = Math.max(largest, Math.abs(value));
            }
            for (int i = 0; i < wanted.get(output).length; i++) {
                assertEquals(wanted.get(output)[i], got.get(output)[i], 2e-6 * largest,
                        output + " at " + i);
            }
        }
        return after;
    }

    private static List<String> labels(Network network) {
        return network.nodes().stream().map(node -> node.op().label()).toList();
    }

    private Op only(Network network) {
        Network after = simplified(network);
        assertEquals(1, after.nodes().size(), () -> labels(after).toString());
        return after.nodes().getFirst().op();
    }

    private Conv2d onlyConv(Network network) {
        return (Conv2d) ((Op.Convolve) only(network)).layer();
    }

    private static final Dims PICTURE = Dims.of(2, 4, 7, 8);

    @Test
    void scaleAndShiftAfterAConvolutionGoesIntoIt() {
        assertTrue(onlyConv(chain(PICTURE, conv(SAME), scaleShift(6))).bias());
        assertTrue(onlyConv(chain(PICTURE, conv(SAME.withBias(true)), scaleShift(6))).bias());
        assertTrue(
                !onlyConv(chain(PICTURE, conv(SAME), new Op.ScaleShift(numbers(6), new float[6])))
                        .bias());
        onlyConv(chain(PICTURE, conv(SAME.withGroups(2)), scaleShift(6)));
        only(chain(PICTURE,
                new Op.Convolve(SeparableConv2d.keras(4, 6, 3, 2), SeparableConv2d.keras(4, 6, 3, 2)
                        .stages().stream().map(s -> ConvWeights.random(s, random)).toList()),
                scaleShift(6)));
        only(chain(PICTURE,
                new Op.Convolve(SeparableConv2d.xception(4, 6, 3, 2),
                        SeparableConv2d.xception(4, 6, 3, 2).stages().stream()
                                .map(s -> ConvWeights.random(s, random)).toList()),
                scaleShift(6)));
    }

    @Test
    void notAfterAnActivation() {
        assertEquals(List.of("conv", "scale-shift"), labels(simplified(
                chain(PICTURE, conv(SAME.withActivation(Activation.RELU)), scaleShift(6)))));
    }

    @Test
    void scaleAndShiftBeforeAConvolutionGoesIntoItWhereNothingIsPadded() {
        Conv2d valid = SAME.withPadding(Padding.VALID);
        onlyConv(chain(PICTURE, scaleShift(4), conv(valid)));
        onlyConv(chain(PICTURE, scaleShift(4), conv(valid.withGroups(2).withBias(true))));
        onlyConv(chain(PICTURE, scaleShift(4), conv(Conv2d.depthwise(4, 3, 3))));
        // no shift: padding stays 0
        onlyConv(chain(PICTURE, new Op.ScaleShift(numbers(4), new float[4]), conv(SAME)));
        assertEquals(List.of("scale-shift", "conv"),
                labels(simplified(chain(PICTURE, scaleShift(4), conv(SAME)))));
        // "same" that needs no padding for this size
        onlyConv(chain(Dims.of(1, 4, 8, 8), scaleShift(4),
                conv(Conv2d.of(4, 2, 2).withStride(2).withPadding(Padding.SAME_UPPER))));
    }

    private Op.ConvolveTransposed transposed(Conv2d kernel) {
        return new Op.ConvolveTransposed(kernel, 1, 0, numbers(kernel.weightCount()),
                kernel.bias() ? numbers(6) : null);
    }

    @Test
    void scaleAndShiftAndTransposedConvolutions() {
        Conv2d kernel = Conv2d.of(4, 6, 3).withStride(2);
        only(chain(PICTURE, transposed(kernel), scaleShift(6)));
        only(chain(PICTURE, transposed(kernel.withGroups(2).withBias(true)), scaleShift(6),
                Elementwise.of(Function.RELU)));
        only(chain(PICTURE, new Op.ScaleShift(numbers(4), new float[4]),
                transposed(kernel.withGroups(2))));
        assertEquals(2,
                simplified(chain(PICTURE, scaleShift(4), transposed(kernel))).nodes().size());
    }

    private Op.FullyConnected connected(int inputs, int outputs, boolean bias) {
        return new Op.FullyConnected(outputs, numbers(inputs * outputs),
                bias ? numbers(outputs) : null, Activation.NONE);
    }

    @Test
    void scaleAndShiftAndFullyConnectedLayers() {
        only(chain(Dims.of(3, 5), connected(5, 4, false), scaleShift(4),
                Elementwise.of(Function.SIGMOID)));
        only(chain(Dims.of(3, 5), scaleShift(5), connected(5, 4, true)));
        only(chain(Dims.of(3, 5), new Op.ScaleShift(numbers(5), new float[5]),
                connected(5, 4, false)));
        // channels are not what a layer over the last of three dimensions gives
        assertEquals(2, simplified(chain(Dims.of(3, 5, 5), connected(5, 4, false), scaleShift(5)))
                .nodes().size());
        assertEquals(2, simplified(chain(Dims.of(3, 5, 5), scaleShift(5), connected(5, 4, false)))
                .nodes().size());
    }

    @Test
    void scalesAndShiftsMerge() {
        assertEquals("scale-shift",
                only(chain(PICTURE, scaleShift(4), scaleShift(4), scaleShift(4))).label());
    }

    private Network withConstant(Dims input, Op before, Binary.Kind kind, boolean constantFirst,
            Op.Constant constant) {
        Network.Builder builder = Network.builder("constant");
        String x = builder.input("x", input);
        String y = before == null ? x : builder.add("layer", before, x);
        String c = builder.add("c", constant);
        builder.add("z", new Binary(kind), constantFirst ? c : y, constantFirst ? y : c);
        return builder.output("z").build();
    }

    @Test
    void arithmeticWithOneNumberAChannelGoesIntoTheConvolution() {
        Op.Constant six = constant(Dims.of(1, 6, 1, 1), 3, -2, 1, 4, -0.5f, 7);
        for (Binary.Kind kind : List.of(Binary.Kind.ADD, Binary.Kind.SUB, Binary.Kind.MUL,
                Binary.Kind.DIV)) {
            assertEquals("conv", only(withConstant(PICTURE, conv(SAME), kind, false, six)).label());
            if (kind != Binary.Kind.DIV) {
                assertEquals("conv",
                        only(withConstant(PICTURE, conv(SAME), kind, true, six)).label());
            }
        }
        for (Binary.Kind kind : List.of(Binary.Kind.MAX, Binary.Kind.MIN, Binary.Kind.MASK,
                Binary.Kind.EQUAL, Binary.Kind.GREATER, Binary.Kind.GREATER_OR_EQUAL)) {
            assertEquals(3, Simplify.run(withConstant(PICTURE, conv(SAME), kind, false, six))
                    .nodes().size());
        }
        only(withConstant(PICTURE, conv(SAME), Binary.Kind.MUL, false, constant(Dims.of(), 0.25f)));
        only(withConstant(PICTURE, conv(SAME), Binary.Kind.ADD, false, constant(6, 1, 1)));
        assertEquals("scale-shift",
                only(withConstant(PICTURE, null, Binary.Kind.SUB, true, constant(Dims.of(1), 5)))
                        .label());
    }

    @Test
    void otherConstantsStay() {
        List<String> both = List.of("conv", "constant", "mul");
        assertEquals(both, labels(simplified(
                withConstant(PICTURE, conv(SAME), Binary.Kind.MUL, false, constant(7, 8)))));
        assertEquals(both, labels(simplified(
                withConstant(PICTURE, conv(SAME), Binary.Kind.MUL, false, constant(2, 1, 1, 1)))));
        assertEquals(both, labels(simplified(withConstant(PICTURE, conv(SAME), Binary.Kind.MUL,
                false, constant(1, 1, 1, 1, 1)))));
        assertEquals(List.of("conv", "constant", "div"),
                labels(simplified(
                        withConstant(PICTURE, conv(SAME.withActivation(Activation.SIGMOID)),
                                Binary.Kind.DIV, true, constant(Dims.of(), 2)))));
        // dividing by 0 is no multiplication
        assertEquals(3, Simplify.run(
                withConstant(PICTURE, conv(SAME), Binary.Kind.DIV, false, constant(Dims.of(), 0)))
                .nodes().size());
    }

    @Test
    void aConstantMatrixIsAFullyConnectedLayer() {
        Network.Builder builder = Network.builder("matmul");
        String x = builder.input("x", Dims.of(2, 3, 5));
        builder.add("y", new Op.MatrixProduct(), x, builder.add("w", constant(5, 4)));
        builder.add("z", new Binary(Binary.Kind.ADD), builder.add("b", constant(4)), "y");
        Op op = only(builder.output("z").build());
        assertTrue(op instanceof Op.FullyConnected connected && connected.outputs() == 4
                && connected.bias() != null);
    }

    @Test
    void activationsGoIntoTheLayerBefore() {
        Map<Elementwise, Activation> known = new LinkedHashMap<>(Map.of(
                Elementwise.of(Function.RELU), Activation.RELU,
                new Elementwise(Function.CLIP, 0, Float.POSITIVE_INFINITY), Activation.RELU,
                new Elementwise(Function.CLIP, 0, Float.MAX_VALUE), Activation.RELU,
                new Elementwise(Function.HARD_SIGMOID, 0.1666666f, 0.5f), Activation.HARD_SIGMOID));
        for (Activation.Kind kind : Activation.Kind.values()) {
            if (kind != Activation.Kind.NONE) {
                Activation each = new Activation(kind,
                        kind == Activation.Kind.LEAKY_RELU ? 0.2f : 0);
                known.put(Elementwise.of(each), each);
            }
        }
        known.forEach((function, activation) -> {
            assertEquals(activation, onlyConv(chain(PICTURE, conv(SAME), function)).activation());
            assertEquals(activation, ((Op.FullyConnected) only(
                    chain(Dims.of(3, 5), connected(5, 4, true), function))).activation());
            assertEquals(activation,
                    ((Op.ConvolveTransposed) only(chain(PICTURE, transposed(SAME), function)))
                            .kernel().activation());
        });
        for (Elementwise other : List.of(Elementwise.of(Function.EXP),
                new Elementwise(Function.CLIP, -1, 6), new Elementwise(Function.CLIP, 0, 5),
                new Elementwise(Function.HARD_SIGMOID, 0.2f, 0.5f))) {
            assertEquals(2, simplified(chain(PICTURE, conv(SAME), other)).nodes().size());
        }
        assertEquals(2, simplified(chain(PICTURE, conv(SAME.withActivation(Activation.SIGMOID)),
                Elementwise.of(Function.RELU))).nodes().size());
        assertEquals(Activation.leakyRelu(0.3f),
                onlyConv(chain(PICTURE, conv(SAME),
                        new Op.PRelu(new float[]{0.3f, 0.3f, 0.3f, 0.3f, 0.3f, 0.3f})))
                        .activation());
        assertEquals(2,
                simplified(chain(PICTURE, conv(SAME), new Op.PRelu(numbers(6)))).nodes().size());
    }

    /** x, times what {@code gate} makes of it. */
    private Network gated(boolean gateFirst, Op[] after, Op... gate) {
        Network.Builder builder = Network.builder("gated");
        String x = builder.add("layer", conv(SAME), builder.input("x", PICTURE));
        String last = x;
        for (int i = 0; i < gate.length; i++) {
            last = builder.add("gate" + i, gate[i], last);
        }
        last = builder.add("product", new Binary(Binary.Kind.MUL), gateFirst ? last : x,
                gateFirst ? x : last);
        for (int i = 0; i < after.length; i++) {
            last = builder.add("after" + i, after[i], last);
        }
        return builder.output(last).build();
    }

    private static Op.ScaleShift uniform(float scale, float shift) {
        float[] scales = new float[6];
        float[] shifts = new float[6];
        Arrays.fill(scales, scale);
        Arrays.fill(shifts, shift);
        return new Op.ScaleShift(scales, shifts);
    }

    @Test
    void everySpellingOfHardSwishIsRecognised() {
        Op three = uniform(1, 3);
        Op six = new Elementwise(Function.CLIP, 0, 6);
        Op sixth = uniform(1 / 6f, 0);
        for (boolean gateFirst : new boolean[]{true, false}) {
            for (Network network : List.of(
                    gated(gateFirst, new Op[0],
                            new Elementwise(Function.HARD_SIGMOID, 0.1666666f, 0.5f)),
                    gated(gateFirst, new Op[0], three, six, sixth),
                    gated(gateFirst, new Op[]{sixth}, three, six), gated(gateFirst, new Op[0],
                            uniform(1 / 6f, 0.5f), new Elementwise(Function.CLIP, 0, 1)))) {
                assertEquals(Activation.HARD_SWISH, onlyConv(network).activation());
            }
        }
    }

    @Test
    void whatOnlyLooksLikeHardSwishStays() {
        assertEquals(Activation.SILU,
                onlyConv(gated(false, new Op[0], Elementwise.of(Function.SIGMOID))).activation());
        assertEquals(List.of("conv", "hard-sigmoid", "mul"), labels(simplified(
                gated(false, new Op[0], new Elementwise(Function.HARD_SIGMOID, 0.2f, 0.5f)))));
        assertEquals(5, simplified(gated(false, new Op[]{uniform(1 / 6f, 0)}, uniform(1, 2),
                new Elementwise(Function.CLIP, 0, 6))).nodes().size());
        // a gate on another array: squeeze and excitation
        Network.Builder builder = Network.builder("squeeze");
        String x = builder.input("x", PICTURE);
        String gate = builder.add("gate", new Elementwise(Function.HARD_SIGMOID, 1 / 6f, 0.5f),
                builder.add("mean", Op.Reduce.globalAveragePool(), x));
        builder.output(builder.add("product", new Binary(Binary.Kind.MUL), x, gate));
        assertEquals(List.of("reduce-mean", "hard-sigmoid", "mul"),
                labels(simplified(builder.build())));
    }

    @Test
    void depthwiseAndPointwiseBecomeSeparable() {
        Conv2d depthwise = Conv2d.depthwise(4, 2, 3).withStride(2).withPadding(Padding.SAME_UPPER);
        Network after = simplified(chain(PICTURE, conv(depthwise), conv(Conv2d.pointwise(8, 5))));
        assertEquals("n0 + n1", after.nodes().getFirst().name());
        Op.Convolve op = (Op.Convolve) after.nodes().getFirst().op();
        assertEquals(SeparableConv2d.Order.KERAS, ((SeparableConv2d) op.layer()).order());
        Op mobile = only(chain(PICTURE, conv(depthwise), scaleShift(8),
                new Elementwise(Function.CLIP, 0, 6), conv(Conv2d.pointwise(8, 5)), scaleShift(5),
                Elementwise.of(Function.HARD_SWISH)));
        SeparableConv2d layer = (SeparableConv2d) ((Op.Convolve) mobile).layer();
        assertEquals(SeparableConv2d.Order.MOBILENET, layer.order());
        assertEquals(Activation.RELU6, layer.depthwise().activation());
        assertEquals(Activation.HARD_SWISH, layer.pointwise().activation());
    }

    @Test
    void othersStayTwo() {
        Conv2d depthwise = Conv2d.depthwise(4, 1, 3);
        assertEquals(2,
                simplified(
                        chain(PICTURE, conv(depthwise), conv(Conv2d.pointwise(4, 5).withStride(2))))
                        .nodes().size());
        assertEquals(2, simplified(chain(PICTURE, conv(SAME), conv(Conv2d.pointwise(6, 5)))).nodes()
                .size());
        assertEquals(2, simplified(
                chain(Dims.of(1, 1, 5, 5), conv(Conv2d.of(1, 1, 3)), conv(Conv2d.pointwise(1, 5))))
                .nodes().size());
        Network.Builder builder = Network.builder("read twice");
        String x = builder.input("x", PICTURE);
        String d = builder.add("d", conv(depthwise), x);
        builder.output(builder.add("p", conv(Conv2d.pointwise(4, 5)), d))
                .output(builder.add("q", conv(Conv2d.pointwise(4, 5)), d));
        assertEquals(3, simplified(builder.build()).nodes().size());
    }

    @Test
    void whatIsAnOutputIsNotFused() {
        Network chain = chain(PICTURE, conv(SAME), scaleShift(6), Elementwise.of(Function.RELU));
        Network all = chain.withOutputs(List.of("n0", "n1", "n2"));
        assertSame(all, Simplify.run(all));
        assertEquals(List.of("conv", "relu"),
                labels(simplified(chain.withOutputs(List.of("n1", "n2")))));
    }

    @Test
    void whatChangesNothingIsDropped() {
        assertEquals("relu", only(chain(PICTURE, new Op.Reshape(PICTURE),
                new Op.Slice(List.of(0, 0, 0, 0), PICTURE.sizes(), List.of(1, 1, 1, 1)),
                new Op.Transpose(List.of(0, 1, 2, 3)),
                new Op.Pad(List.of(0, 0, 0, 0), List.of(0, 0, 0, 0), Op.Pad.Mode.REFLECT, 0),
                new Op.Concat(1),
                Op.Pool.of(Op.Pool.Kind.AVERAGE, 1, 1, (Padding.Explicit) Padding.VALID),
                new Op.Resize(Op.Resize.Interpolation.LINEAR, Op.Resize.Coordinates.HALF_PIXEL,
                        Op.Resize.Rounding.FLOOR, 7, 8, 1, 1),
                uniformOnes(4), Elementwise.of(Function.RELU), new Op.Reshape(PICTURE))).label());
    }

    private static Op.ScaleShift uniformOnes(int channels) {
        float[] ones = new float[channels];
        Arrays.fill(ones, 1);
        return new Op.ScaleShift(ones, new float[channels]);
    }

    @Test
    void whatLooksLikeAnIdentityButIsNotStays() {
        for (Op op : List.of(
                new Op.Slice(List.of(0, 0, 6, 0), PICTURE.sizes(), List.of(1, 1, -1, 1)),
                new Op.Transpose(List.of(0, 1, 3, 2)), new Op.Reshape(Dims.of(4, 2, 7, 8)),
                Op.Pool.of(Op.Pool.Kind.MAX, 1, 2, (Padding.Explicit) Padding.VALID),
                new Op.Pad(List.of(0, 0, 0, 0), List.of(0, 0, 0, 1), Op.Pad.Mode.EDGE, 0))) {
            assertEquals(op.label(), only(chain(PICTURE, op)).label());
        }
        Network.Builder builder = Network.builder("concat");
        String x = builder.input("x", PICTURE);
        assertEquals("concat",
                only(builder.output(builder.add("y", new Op.Concat(1), x, x)).build()).label());
    }

    @Test
    void anIdentityBetweenAnInputAndAnOutputStays() {
        Network copy = chain(PICTURE, new Op.Reshape(PICTURE));
        assertSame(copy, Simplify.run(copy));
        Network.Builder builder = Network.builder("two names");
        String x = builder.input("x", PICTURE);
        String y = builder.add("y", Elementwise.of(Function.RELU), x);
        builder.output(builder.add("a", new Op.Reshape(PICTURE), y))
                .output(builder.add("b", new Op.Reshape(PICTURE), y))
                .output(builder.add("c", Elementwise.of(Function.TANH), y));
        Network after = simplified(builder.build());
        assertEquals(List.of("a", "b", "c"), after.nodes().stream().map(Node::output).toList());
        assertEquals(List.of("relu", "reshape", "tanh"), labels(after));
    }

    @Test
    void concatenationsBeginWithEarlierOnes() {
        Dims dims = Dims.of(1, 2, 3, 4);
        Network.Builder net = Network.builder("dense");
        List<String> parts = new ArrayList<>();
        for (String name : List.of("a", "b", "c", "d")) {
            parts.add(net.input(name, dims));
        }
        Op concat = new Op.Concat(1);
        net.output(net.add("ab", concat, "a", "b")).output(net.add("abc", concat, "a", "b", "c"))
                .output(net.add("all", concat, parts.toArray(String[]::new)))
                .output(net.add("other", new Op.Concat(2), "a", "b", "c"))
                .output(net.add("cab", concat, "c", "a", "b"));
        assertEquals(
                List.of(List.of("a", "b"), List.of("ab", "c"), List.of("abc", "d"),
                        List.of("a", "b", "c"), List.of("c", "a", "b")),
                Simplify.run(net.build()).nodes().stream().map(Node::inputs).toList());
    }

    @Test
    void viewsMerge() {
        assertEquals(new Op.Reshape(Dims.of(8, 56)),
                only(chain(PICTURE, new Op.Reshape(Dims.of(56, 8)), new Op.Reshape(Dims.of(2, 224)),
                        new Op.Reshape(Dims.of(8, 56)))));
        assertEquals(new Op.Transpose(List.of(3, 0, 2, 1)), only(chain(PICTURE,
                new Op.Transpose(List.of(0, 2, 3, 1)), new Op.Transpose(List.of(2, 0, 1, 3)))));
        // there and back
        assertEquals("relu",
                only(chain(PICTURE, new Op.Transpose(List.of(0, 2, 3, 1)),
                        new Op.Transpose(List.of(0, 3, 1, 2)), Elementwise.of(Function.RELU)))
                        .label());
        assertEquals(new Op.Reshape(Dims.of(1, 1, 9, 5)),
                only(chain(Dims.of(1, 9, 5, 1), new Op.Transpose(List.of(0, 3, 1, 2)))));
        assertEquals("transpose",
                only(chain(Dims.of(1, 9, 5, 1), new Op.Transpose(List.of(0, 3, 2, 1)))).label());
    }

    private static Op.Pad zeros(int top, int left, int bottom, int right) {
        return new Op.Pad(List.of(0, 0, top, left), List.of(0, 0, bottom, right),
                Op.Pad.Mode.CONSTANT, 0);
    }

    @Test
    void zerosRoundAPictureBecomeTheConvolutionsPadding() {
        assertEquals(Padding.of(1, 2, 4, 5),
                onlyConv(chain(PICTURE, zeros(0, 1, 3, 4), conv(SAME))).padding());
        assertEquals(Padding.of(0, 2, 2, 3),
                onlyConv(chain(PICTURE, zeros(0, 1, 1, 2),
                        conv(Conv2d.of(4, 2, 3).withStride(2).withPadding(Padding.SAME_UPPER))))
                        .padding());
        for (Op.Pad other : List.of(
                new Op.Pad(List.of(0, 0, 1, 1), List.of(0, 0, 1, 1), Op.Pad.Mode.EDGE, 0),
                new Op.Pad(List.of(0, 0, 1, 1), List.of(0, 0, 1, 1), Op.Pad.Mode.CONSTANT, 1),
                new Op.Pad(List.of(1, 0, 1, 1), List.of(0, 0, 1, 1), Op.Pad.Mode.CONSTANT, 0))) {
            assertEquals(2, simplified(chain(PICTURE, other, conv(SAME))).nodes().size());
        }
    }

    private static Op.Pool pool(Op.Pool.Kind kind, int padding, boolean ceil, boolean count) {
        return new Op.Pool(kind, 3, 3, 2, 2, 1, 1, (Padding.Explicit) Padding.of(padding), ceil,
                count);
    }

    @Test
    void zerosBecomeThePoolsPaddingWhereThatIsTheSame() {
        Op.Pool.Kind mean = Op.Pool.Kind.AVERAGE;
        Op.Pool.Kind max = Op.Pool.Kind.MAX;
        Op zeros = zeros(1, 0, 1, 1);
        Op relu = Elementwise.of(Function.RELU);
        only(chain(PICTURE, zeros, pool(mean, 0, false, false)));
        only(chain(PICTURE, zeros, pool(mean, 1, false, true)));
        assertEquals(2,
                simplified(chain(PICTURE, zeros, pool(mean, 1, false, false))).nodes().size());
        assertEquals(2,
                simplified(chain(PICTURE, zeros, pool(mean, 0, true, false))).nodes().size());
        assertEquals(2, simplified(chain(PICTURE, zeros(3, 0, 0, 0), pool(mean, 0, false, false)))
                .nodes().size());
        assertEquals(List.of("relu", "max-pool"),
                labels(simplified(chain(PICTURE, relu, zeros, pool(max, 0, false, false)))));
        assertEquals(List.of("conv", "max-pool"), labels(
                simplified(chain(PICTURE, conv(SAME), relu, zeros, pool(max, 1, false, false)))));
        assertEquals(2,
                simplified(chain(PICTURE, zeros, pool(max, 0, false, false))).nodes().size());
    }

    @Test
    void aPoolOfTheWholePictureIsAReduction() {
        Op.Pool whole = new Op.Pool(Op.Pool.Kind.AVERAGE, 7, 8, 1, 1, 1, 1,
                (Padding.Explicit) Padding.VALID, false, false);
        assertEquals(Op.Reduce.globalAveragePool(), only(chain(PICTURE, whole)));
        assertEquals("average-pool",
                only(chain(PICTURE, pool(Op.Pool.Kind.AVERAGE, 0, false, false))).label());
    }

    @Test
    void whatNoOutputNeedsIsDropped() {
        Network.Builder builder = Network.builder("dead");
        String x = builder.input("x", PICTURE);
        builder.add("dead2", Elementwise.of(Function.TANH),
                builder.add("dead1", Elementwise.of(Function.RELU), x));
        builder.output(builder.add("y", Elementwise.of(Function.SIGMOID), x));
        assertEquals("sigmoid", only(builder.build()).label());
    }

    @Test
    void aSmallMobileNetV2BlockIsTwoLayersAndASum() {
        Conv2d expand = Conv2d.pointwise(4, 24);
        Conv2d depthwise = Conv2d.depthwise(24, 1, 3).withPadding(Padding.SAME_UPPER);
        Network.Builder builder = Network.builder("inverted residual");
        String x = builder.input("x", PICTURE);
        Op six = new Elementwise(Function.CLIP, 0, 6);
        Op[] ops = {conv(expand), scaleShift(24), six, conv(depthwise), scaleShift(24), six,
                conv(Conv2d.pointwise(24, 4)), scaleShift(4)};
        String[] last = {x};
        IntStream.range(0, ops.length)
                .forEach(i -> last[0] = builder.add("n" + i, ops[i], last[0]));
        builder.output(builder.add("sum", new Binary(Binary.Kind.ADD), x, last[0]));
        assertEquals(List.of("pointwise", "separable", "add"), labels(simplified(builder.build())));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void randomNetworksGiveTheSame(long seed) {
        NetworkCases cases = new NetworkCases(seed);
        Stream.concat(cases.operations(2).stream(), cases.graphs(2).stream()).forEach(each -> {
            Network after = Simplify.run(each.network());
            Map<String, double[]> wanted = NetworkReference.run(each.network(), each.inputs());
            Map<String, double[]> got = NetworkReference.run(after, each.inputs());
            for (String output : each.network().outputs()) {
                double largest = Arrays.stream(wanted.get(output)).map(Math::abs).max().orElse(0);
                assertArrayEquals(wanted.get(output), got.get(output), 2e-6 * largest + 1e-30,
                        each.network() + " " + labels(each.network()) + " " + labels(after));
            }
        });
    }

    @Test
    void aNumberForMillionsOfChannelsStaysOne() {
        Network.Builder builder = Network.builder("wide");
        String last = builder.input("x", Dims.of(1, 1 << 26));
        String one = builder.add("one", constant(Dims.of(1), 1));
        for (int i = 0; i < 60; i++) {
            last = builder.add("n" + i, new Binary(Binary.Kind.ADD), last, one);
        }
        Network network = builder.output(last).build();
        assertTrue(Simplify.run(network).nodes().stream()
                .noneMatch(node -> node.op() instanceof Op.ScaleShift));
    }
}
