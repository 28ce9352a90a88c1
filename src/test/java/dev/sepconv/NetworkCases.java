package dev.sepconv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** Random networks: one operation each with sizes that are hard on an engine, and small graphs as networks have them. */
public final class NetworkCases {

    private static final int[] CHANNELS = {1, 2, 3, 5, 8, 16, 17, 19, 32, 33, 48};
    private static final int[] SIZES = {1, 2, 3, 5, 7, 8, 11, 13, 17};

    private final Random random;

    /** A network with numbers to put in. */
    public record Case(Network network, Map<String, NdArray> inputs) {
    }

    private interface Maker {
        Case make();
    }

    public NetworkCases(long seed) {
        random = new Random(seed);
    }

    /** The operations in turn, each with other sizes every time. */
    public List<Case> operations(int rounds) {
        List<Maker> makers = List.of(this::convolve, this::separable, this::convolveTransposed, this::scaleShift,
                this::elementwise, this::prelu, this::binary, this::binaryOfConstant, this::pool, this::reduce,
                this::fullyConnected, this::matrixProduct, this::softmax, this::concat, this::reshape, this::transpose, this::pad,
                this::slice, this::resize);
        List<Case> cases = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            makers.forEach(maker -> cases.add(maker.make()));
        }
        return cases;
    }

    /** Graphs: a residual block, squeeze-and-excite, an inverted residual, a pyramid's upsampling, a detector's tail. */
    public List<Case> graphs(int rounds) {
        List<Case> cases = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            cases.add(residual());
            cases.add(squeezeAndExcite());
            cases.add(invertedResidual());
            cases.add(pyramid());
            cases.add(detectorTail());
        }
        return cases;
    }

    private int pick(int... of) {
        return of[random.nextInt(of.length)];
    }

    private Shape picture() {
        return new Shape(pick(1, 1, 1, 2, 3), pick(CHANNELS), pick(SIZES), pick(SIZES));
    }

    private Dims anyDims() {
        return random.nextBoolean()
                ? Dims.of(picture())
                : Dims.of(IntStream.range(0, 1 + random.nextInt(5)).map(i -> pick(1, 2, 3, 4, 7)).toArray());
    }

    private float[] numbers(int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = random.nextFloat(-1, 1);
        }
        return numbers;
    }

    private NdArray array(Dims dims) {
        return NdArray.of(dims, numbers(dims.elements()));
    }

    private Case of(Op op, Dims... inputs) {
        Network.Builder builder = Network.builder(op.label());
        Map<String, NdArray> arrays = new LinkedHashMap<>();
        String[] names = new String[inputs.length];
        for (int i = 0; i < inputs.length; i++) {
            names[i] = builder.input("in" + i, inputs[i]);
            arrays.put(names[i], array(inputs[i]));
        }
        builder.output(builder.add("out", op, names));
        return new Case(builder.build(), arrays);
    }

    private Case of(Network.Builder builder, String output, Map<String, Dims> inputs) {
        Network network = builder.output(output).build();
        Map<String, NdArray> arrays = new LinkedHashMap<>();
        inputs.forEach((name, dims) -> arrays.put(name, array(dims)));
        return new Case(network, arrays);
    }

    private Activation activation() {
        return List.of(Activation.NONE, Activation.RELU, Activation.RELU6, Activation.leakyRelu(0.1f), Activation.HARD_SWISH,
                Activation.SIGMOID).get(random.nextInt(6));
    }

    private Conv2d conv(int in) {
        int groups = pick(Arrays.stream(CHANNELS).filter(g -> in % g == 0).toArray());
        int out = groups * pick(1, 2, 3, 5);
        return new Conv2d(in, out, pick(1, 2, 3, 5), pick(1, 2, 3, 5), pick(1, 1, 2, 3), pick(1, 1, 2, 3), pick(1, 1, 2),
                pick(1, 1, 2), Padding.of(pick(4, 5), pick(4, 5), pick(4, 6), pick(4, 6)), groups, random.nextBoolean(),
                activation());
    }

    private Op.Convolve weighted(Layer layer) {
        return new Op.Convolve(layer, layer.stages().stream().map(stage -> ConvWeights.random(stage, random)).toList());
    }

    private Case convolve() {
        Shape in = picture();
        return of(weighted(conv(in.c())), Dims.of(in));
    }

    private Case separable() {
        Shape in = picture();
        return of(weighted(SeparableConv2d.mobilenet(in.c(), pick(CHANNELS), pick(3, 5), pick(1, 2))), Dims.of(in));
    }

    private Case convolveTransposed() {
        Shape in = picture();
        int groups = pick(Arrays.stream(CHANNELS).filter(g -> in.c() % g == 0).toArray());
        int out = groups * pick(1, 2, 3, 7);
        if (groups == 1 && random.nextInt(3) == 0) { // blocks side by side, as upsampling has them
            Conv2d blocks = Conv2d.of(in.c(), out, pick(1, 2, 3), pick(1, 2, 3)).withBias(random.nextBoolean())
                    .withActivation(activation());
            Conv2d strided = blocks.withStride(blocks.kernelHeight(), blocks.kernelWidth());
            return of(new Op.ConvolveTransposed(strided, 0, 0, numbers(strided.weightCount()),
                    strided.bias() ? numbers(out) : null), Dims.of(in));
        }
        int kernel = pick(2, 3, 4, 5);
        Conv2d conv = new Conv2d(in.c(), out, kernel, pick(2, 3, 4), pick(1, 2, 3), pick(1, 2, 3), pick(1, 1, 2), pick(1, 1, 3),
                Padding.of(pick(0, 1), 0, pick(0, kernel - 2), 0), groups, random.nextBoolean(), activation());
        return of(new Op.ConvolveTransposed(conv, random.nextInt(conv.strideHeight()), random.nextInt(conv.strideWidth()),
                numbers(conv.weightCount()), conv.bias() ? numbers(out) : null), Dims.of(in));
    }

    private Case scaleShift() {
        Dims in = random.nextInt(4) == 0 ? Dims.of(pick(1, 2, 3), pick(CHANNELS)) : Dims.of(picture());
        return of(new Op.ScaleShift(numbers(in.get(1)), numbers(in.get(1))), in);
    }

    private Case elementwise() {
        Op.Elementwise.Function function = Op.Elementwise.Function.values()[random
                .nextInt(Op.Elementwise.Function.values().length)];
        Dims dims = anyDims();
        Op.Elementwise op = switch (function) {
            case CLIP -> new Op.Elementwise(function, -0.3f, 0.5f);
            case LEAKY_RELU -> new Op.Elementwise(function, 0.2f, 0);
            case HARD_SIGMOID -> new Op.Elementwise(function, 0.2f, 0.5f);
            default -> Op.Elementwise.of(function);
        };
        Case made = of(op, dims);
        float[] data = made.inputs.get("in0").data();
        for (int i = 0; i < data.length; i++) {
            data[i] = function == Op.Elementwise.Function.SQRT ? Math.abs(data[i]) : 4 * data[i];
        }
        return made;
    }

    private Case prelu() {
        Dims in = Dims.of(picture());
        return of(new Op.PRelu(numbers(in.get(1))), in);
    }

    private Op.Binary anyBinary() {
        return new Op.Binary(Op.Binary.Kind.values()[random.nextInt(4)]);
    }

    /** Some sizes 1, some dimensions missing in front. */
    private Dims smaller(Dims dims) {
        int missing = random.nextInt(3) == 0 ? random.nextInt(dims.rank() + 1) : 0;
        return Dims.of(IntStream.range(missing, dims.rank()).map(i -> random.nextInt(3) == 0 ? 1 : dims.get(i)).toArray());
    }

    private static Case awayFromZero(Case made, String divisor) {
        float[] data = made.inputs.get(divisor).data();
        for (int i = 0; i < data.length; i++) {
            data[i] += data[i] < 0 ? -0.5f : 0.5f;
        }
        return made;
    }

    private Case binary() {
        Dims dims = anyDims();
        return awayFromZero(switch (random.nextInt(4)) {
            case 0 -> of(anyBinary(), dims, dims);
            case 1 -> of(anyBinary(), dims, smaller(dims));
            case 2 -> of(anyBinary(), smaller(dims), dims);
            default -> of(anyBinary(), smaller(dims), smaller(dims));
        }, "in1");
    }

    private Case binaryOfConstant() {
        Dims dims = Dims.of(picture());
        Network.Builder builder = Network.builder("binary of constant");
        String in = builder.input("in0", dims);
        NdArray value = array(random.nextBoolean() ? Dims.of(dims.get(1), 1, 1) : smaller(dims));
        for (int i = 0; i < value.data().length; i++) {
            value.data()[i] += 2;
        }
        String constant = builder.add("constant", new Op.Constant(value));
        return of(builder, builder.add("out", anyBinary(), in, constant), Map.of("in0", dims));
    }

    private Case pool() {
        Shape in = new Shape(pick(1, 2), pick(CHANNELS), pick(3, 5, 8, 13), pick(3, 5, 8, 13));
        int height = pick(1, 2, 3);
        int width = pick(1, 2, 3);
        Op.Pool.Kind kind = Op.Pool.Kind.values()[random.nextInt(2)];
        Padding.Explicit pad = new Padding.Explicit(random.nextInt(height), random.nextInt(width), random.nextInt(height),
                random.nextInt(width));
        int dilation = kind == Op.Pool.Kind.MAX ? pick(1, 1, 2) : 1;
        boolean ceil = random.nextInt(3) == 0;
        return of(
                new Op.Pool(kind, height, width, pick(1, 2, 3), pick(1, 2, 3), in.h() < 5 ? 1 : dilation,
                        in.w() < 5 ? 1 : dilation, pad, ceil, kind == Op.Pool.Kind.AVERAGE && !ceil && random.nextBoolean()),
                Dims.of(in));
    }

    private Case reduce() {
        Dims dims = random.nextBoolean() ? Dims.of(picture()) : anyDims();
        List<Integer> dimensions = dims.rank() == 4 && random.nextBoolean()
                ? List.of(2, 3)
                : List.of(random.nextInt(dims.rank()));
        return of(new Op.Reduce(Op.Reduce.Kind.values()[random.nextInt(3)], dimensions, random.nextBoolean()), dims);
    }

    private Case fullyConnected() {
        int in = pick(1, 3, 16, 37, 100);
        int out = pick(1, 2, 16, 33, 50);
        Dims dims = random.nextBoolean() ? Dims.of(pick(1, 2, 5), in) : Dims.of(pick(1, 2), pick(1, 3), in);
        return of(new Op.FullyConnected(out, numbers(in * out), random.nextBoolean() ? numbers(out) : null, activation()), dims);
    }

    private Case matrixProduct() {
        int inner = pick(1, 3, 16, 37);
        Dims a = Dims.of(pick(1, 2), pick(1, 3), pick(1, 5, 8), inner);
        Dims b = random.nextBoolean() ? Dims.of(inner, pick(1, 5, 33)) : Dims.of(a.get(0), 1, inner, pick(1, 5, 33));
        return of(new Op.MatrixProduct(), a, b);
    }

    private Case softmax() {
        Dims dims = anyDims();
        return of(new Op.Softmax(random.nextInt(dims.rank())), dims);
    }

    private Case concat() {
        Dims dims = anyDims();
        int dimension = random.nextInt(dims.rank());
        Dims[] inputs = IntStream.range(0, 1 + random.nextInt(4))
                .mapToObj(i -> i == 0 ? dims : dims.with(dimension, pick(1, 2, 3, 16))).toArray(Dims[]::new);
        return of(new Op.Concat(dimension), inputs);
    }

    private Case reshape() {
        Dims dims = anyDims();
        return of(new Op.Reshape(random.nextBoolean() ? Dims.of(dims.elements()) : Dims.of(1, dims.elements(), 1)), dims);
    }

    private List<Integer> order(int rank) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
        java.util.Collections.shuffle(order, random);
        return order;
    }

    private Case transpose() {
        Dims dims = anyDims();
        return of(new Op.Transpose(random.nextBoolean() && dims.rank() == 4 ? List.of(0, 2, 3, 1) : order(dims.rank())), dims);
    }

    private Case pad() {
        Dims dims = anyDims();
        Op.Pad.Mode mode = Op.Pad.Mode.values()[random.nextInt(3)];
        List<Integer> before = new ArrayList<>();
        List<Integer> after = new ArrayList<>();
        for (int size : dims.sizes()) {
            int most = mode == Op.Pad.Mode.REFLECT ? size - 1 : 3;
            before.add(random.nextInt(Math.min(3, most) + 1));
            after.add(random.nextInt(Math.min(3, most) + 1));
        }
        return of(new Op.Pad(before, after, mode, mode == Op.Pad.Mode.CONSTANT ? 0.75f : 0), dims);
    }

    private Case slice() {
        Dims dims = anyDims();
        List<Integer> starts = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        List<Integer> steps = new ArrayList<>();
        for (int size : dims.sizes()) {
            int step = pick(1, 1, 1, 2, -1);
            int count = 1 + random.nextInt(Math.ceilDiv(size, Math.abs(step)));
            int span = (count - 1) * Math.abs(step);
            int low = random.nextInt(size - span);
            starts.add(step > 0 ? low : low + span);
            sizes.add(count);
            steps.add(step);
        }
        return of(new Op.Slice(starts, sizes, steps), dims);
    }

    private Case resize() {
        Shape in = picture();
        int height = pick(1, 2, 3, 7, 2 * in.h());
        int width = pick(1, 2, 5, 9, 2 * in.w());
        return of(new Op.Resize(Op.Resize.Interpolation.values()[random.nextInt(2)],
                Op.Resize.Coordinates.values()[random.nextInt(4)], Op.Resize.Rounding.values()[random.nextInt(4)], height, width,
                (float) height / in.h(), (float) width / in.w()), Dims.of(in));
    }

    private static Conv2d same(int in, int out, int kernel, int groups) {
        return Conv2d.of(in, out, kernel).withGroups(groups).withPadding(Padding.SAME_UPPER).withBias(true);
    }

    private Case residual() {
        Dims dims = Dims.of(picture());
        int c = dims.get(1);
        Network.Builder net = Network.builder("residual");
        String x = net.input("x", dims);
        String a = net.add("a", weighted(same(c, c, 3, 1).withActivation(Activation.RELU)), x);
        String b = net.add("b", weighted(same(c, c, 3, 1)), a);
        String sum = net.add("sum", new Op.Binary(Op.Binary.Kind.ADD), x, b);
        String relu = net.add("relu", Op.Elementwise.of(Op.Elementwise.Function.RELU), sum);
        net.output(b);
        return of(net, net.add("next", weighted(same(c, 5, 3, 1)), relu), Map.of("x", dims));
    }

    private Case squeezeAndExcite() {
        Dims dims = Dims.of(picture());
        int c = dims.get(1);
        Network.Builder net = Network.builder("squeeze and excite");
        String x = net.add("a", weighted(same(c, c, 3, c).withActivation(Activation.HARD_SWISH)), net.input("x", dims));
        String mean = net.add("mean", Op.Reduce.globalAveragePool(), x);
        String down = net.add("down", weighted(same(c, 3, 1, 1).withActivation(Activation.RELU)), mean);
        String up = net.add("up", weighted(same(3, c, 1, 1)), down);
        String gate = net.add("gate", new Op.Elementwise(Op.Elementwise.Function.HARD_SIGMOID, 0.2f, 0.5f), up);
        String scaled = net.add("scaled", new Op.Binary(Op.Binary.Kind.MUL), x, gate);
        return of(net, net.add("project", weighted(same(c, 7, 1, 1)), scaled), Map.of("x", dims));
    }

    private Case invertedResidual() {
        Dims dims = Dims.of(picture());
        int c = dims.get(1);
        Network.Builder net = Network.builder("inverted residual");
        String x = net.input("x", dims);
        String expand = net.add("expand", weighted(Conv2d.pointwise(c, 3 * c)), x);
        String norm = net.add("norm", new Op.ScaleShift(numbers(3 * c), numbers(3 * c)), expand);
        String relu6 = net.add("relu6", new Op.Elementwise(Op.Elementwise.Function.CLIP, 0, 6), norm);
        String depthwise = net.add("depthwise", weighted(same(3 * c, 3 * c, 3, 3 * c)), relu6);
        String again = net.add("again", new Op.Elementwise(Op.Elementwise.Function.CLIP, 0, 6), depthwise);
        String project = net.add("project", weighted(same(3 * c, c, 1, 1)), again);
        return of(net, net.add("sum", new Op.Binary(Op.Binary.Kind.ADD), project, x), Map.of("x", dims));
    }

    private Case pyramid() {
        int c = pick(CHANNELS);
        Dims large = Dims.of(pick(1, 2), c, 10, 14);
        Network.Builder net = Network.builder("pyramid");
        String x = net.input("x", large);
        String small = net.add("small", weighted(same(c, 16, 3, 1).withStride(2)), x);
        String up = net.add("up", new Op.Resize(Op.Resize.Interpolation.NEAREST, Op.Resize.Coordinates.ASYMMETRIC,
                Op.Resize.Rounding.FLOOR, 10, 14, 2, 2), small);
        String lateral = net.add("lateral", weighted(same(c, 16, 1, 1)), x);
        String sum = net.add("sum", new Op.Binary(Op.Binary.Kind.ADD), up, lateral);
        String both = net.add("both", new Op.Concat(1), sum, up, x);
        Conv2d transposed = Conv2d.of(32 + c, 3, 2).withStride(2).withBias(true).withActivation(Activation.RELU);
        String wide = net.add("wide", new Op.ConvolveTransposed(transposed, 0, 0, numbers(transposed.weightCount()), numbers(3)),
                both);
        String pooled = net.add("pooled", Op.Pool.of(Op.Pool.Kind.MAX, 2, 2, new Padding.Explicit(0, 0, 0, 0)), wide);
        return of(net, net.add("out", weighted(same(3, 1, 3, 1).withActivation(Activation.SIGMOID)), pooled), Map.of("x", large));
    }

    private Case detectorTail() {
        int c = pick(CHANNELS);
        Dims dims = Dims.of(1, c, 6, 4);
        Network.Builder net = Network.builder("detector tail");
        String x = net.input("x", dims);
        String padded = net.add("padded", new Op.Pad(List.of(0, 0, 0, 0), List.of(0, 0, 1, 1), Op.Pad.Mode.CONSTANT, 0), x);
        String a = net.add("a", weighted(Conv2d.of(c, 6, 2).withBias(true)), padded);
        String first = net.add("first", new Op.Transpose(List.of(0, 2, 3, 1)), a);
        String rows = net.add("rows", new Op.Reshape(Dims.of(1, 48, 3)), first);
        String b = net.add("b", weighted(same(c, 12, 3, 1).withStride(2)), x);
        String second = net.add("second", new Op.Transpose(List.of(0, 2, 3, 1)), b);
        String more = net.add("more", new Op.Reshape(Dims.of(1, 24, 3)), second);
        String all = net.add("all", new Op.Concat(1), rows, more);
        String some = net.add("some", new Op.Slice(List.of(0, 1, 1), List.of(1, 70, 2), List.of(1, 1, 1)), all);
        String flat = net.add("flat", new Op.Reshape(Dims.of(1, 140)), some);
        String dense = net.add("dense", new Op.FullyConnected(10, numbers(1400), numbers(10), Activation.NONE), flat);
        return of(net, net.add("out", new Op.Softmax(1), dense), Map.of("x", dims));
    }
}
