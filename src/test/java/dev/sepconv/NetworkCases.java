package dev.sepconv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Random networks: one operation each with sizes that are hard on an engine, and small graphs as
 * networks have them.
 */
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
        List<Maker> makers = List.of(this::convolve, this::separable, this::convolveTransposed,
                this::scaleShift, this::elementwise, this::prelu, this::binary,
                this::binaryOfConstant, this::pool, this::reduce, this::fullyConnected,
                this::matrixProduct, this::normalize, this::softmax, this::topK, this::concat,
                this::reshape, this::transpose, this::pad, this::slice, this::resize);
        List<Case> cases = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            makers.forEach(maker -> cases.add(maker.make()));
        }
        return cases;
    }

    /**
     * Graphs: a residual block, squeeze-and-excite, an inverted residual, a pyramid's upsampling, a
     * detector's tail.
     */
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
                : Dims.of(IntStream.range(0, 1 + random.nextInt(5)).map(i -> pick(1, 2, 3, 4, 7))
                        .toArray());
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
        return List.of(Activation.NONE, Activation.RELU, Activation.RELU6,
                Activation.leakyRelu(0.1f), Activation.HARD_SWISH, Activation.SIGMOID)
                .get(random.nextInt(6));
    }

    private Conv2d conv(int in) {
        int groups = pick(Arrays.stream(CHANNELS).filter(g -> in % g == 0).toArray());
        int out = groups * pick(1, 2, 3, 5);
        return new Conv2d(in, out, pick(1, 2, 3, 5), pick(1, 2, 3, 5), pick(1, 1, 2, 3),
                pick(1, 1, 2, 3), pick(1, 1, 2), pick(1, 1, 2),
                Padding.of(pick(4, 5), pick(4, 5), pick(4, 6), pick(4, 6)), groups,
                random.nextBoolean(), activation());
    }

    private Op.Convolve weighted(Layer layer) {
        return new Op.Convolve(layer,
                layer.stages().stream().map(stage -> ConvWeights.random(stage, random)).toList());
    }

    private Case convolve() {
        Shape in = picture();
        return of(weighted(conv(in.c())), Dims.of(in));
    }

    private Case separable() {
        Shape in = picture();
        return of(
                weighted(SeparableConv2d.mobilenet(in.c(), pick(CHANNELS), pick(3, 5), pick(1, 2))),
                Dims.of(in));
    }

    private Case convolveTransposed() {
        Shape in = picture();
        int groups = pick(Arrays.stream(CHANNELS).filter(g -> in.c() % g == 0).toArray());
        int out = groups * pick(1, 2, 3, 7);
        if (groups == 1 && random.nextInt(3) == 0) { // blocks side by side, as upsampling has them
            Conv2d blocks = Conv2d.of(in.c(), out, pick(1, 2, 3), pick(1, 2, 3))
                    .withBias(random.nextBoolean()).withActivation(activation());
            Conv2d strided = blocks.withStride(blocks.kernelHeight(), blocks.kernelWidth());
            return of(new Op.ConvolveTransposed(strided, 0, 0, numbers(strided.weightCount()),
                    strided.bias() ? numbers(out) : null), Dims.of(in));
        }
        int kernel = pick(2, 3, 4, 5);
        Conv2d conv = new Conv2d(in.c(), out, kernel, pick(2, 3, 4), pick(1, 2, 7), pick(1, 3, 5),
                pick(1, 1, 2), pick(1, 1, 3), Padding.of(pick(0, 1), 0, pick(0, kernel - 2), 0),
                groups, random.nextBoolean(), activation());
        return of(new Op.ConvolveTransposed(conv, random.nextInt(conv.strideHeight()),
                random.nextInt(conv.strideWidth()), numbers(conv.weightCount()),
                conv.bias() ? numbers(out) : null), Dims.of(in));
    }

    private Case scaleShift() {
        Dims in = random.nextInt(4) == 0
                ? Dims.of(pick(1, 2, 3), pick(CHANNELS))
                : Dims.of(picture());
        return of(new Op.ScaleShift(numbers(in.get(1)), numbers(in.get(1))), in);
    }

    /** Every function, on a picture and on an array that is none. */
    public List<Case> functions() {
        List<Case> cases = new ArrayList<>();
        for (Op.Elementwise.Function function : Op.Elementwise.Function.values()) {
            cases.add(elementwise(function, Dims.of(2, 33, 3, 7)));
            cases.add(elementwise(function, Dims.of(5, 19)));
        }
        return cases;
    }

    private Case elementwise() {
        Op.Elementwise.Function[] all = Op.Elementwise.Function.values();
        return elementwise(all[random.nextInt(all.length)], anyDims());
    }

    private Case elementwise(Op.Elementwise.Function function, Dims dims) {
        Op.Elementwise op = switch (function) {
            case CLIP -> new Op.Elementwise(function, -0.3f, 0.5f);
            case LEAKY_RELU -> new Op.Elementwise(function, 0.2f, 0);
            case HARD_SIGMOID -> new Op.Elementwise(function, 0.2f, 0.5f);
            case ELU, CELU -> new Op.Elementwise(function, 0.7f, 0);
            case THRESHOLDED_RELU -> new Op.Elementwise(function, 0.4f, 0);
            case QUANTIZE, DEQUANTIZE -> new Op.Elementwise(function, 0.37f, -3);
            case POWER -> new Op.Elementwise(function, pick(-1, 2, 3) * 0.5f, 0);
            default -> Op.Elementwise.of(function);
        };
        Case made = of(op, dims);
        float[] data = made.inputs.get("in0").data();
        for (int i = 0; i < data.length; i++) {
            data[i] = switch (function) {
                case SQRT -> Math.abs(data[i]);
                case LOG, POWER, RECIPROCAL -> Math.abs(data[i]) + 0.25f;
                default -> 4 * data[i];
            };
        }
        return made;
    }

    private Case prelu() {
        Dims in = Dims.of(picture());
        return of(new Op.PRelu(numbers(in.get(1))), in);
    }

    private Op.Binary anyBinary() {
        Op.Binary.Kind[] all = Op.Binary.Kind.values();
        return new Op.Binary(all[random.nextInt(all.length)]);
    }

    /** Some sizes 1, some dimensions missing in front. */
    private Dims smaller(Dims dims) {
        int missing = random.nextInt(3) == 0 ? random.nextInt(dims.rank() + 1) : 0;
        return Dims.of(IntStream.range(missing, dims.rank())
                .map(i -> random.nextInt(3) == 0 ? 1 : dims.get(i)).toArray());
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
        Op.Binary op = anyBinary();
        Case made = switch (random.nextInt(4)) {
            case 0 -> of(op, dims, dims);
            case 1 -> of(op, dims, smaller(dims));
            case 2 -> of(op, smaller(dims), dims);
            default -> of(op, smaller(dims), smaller(dims));
        };
        return switch (op.kind()) {
            case EQUAL, GREATER, GREATER_OR_EQUAL -> whole(made);
            default -> awayFromZero(made, "in1");
        };
    }

    /** Few different numbers, so that some are equal. */
    private static Case whole(Case made) {
        for (NdArray array : made.inputs.values()) {
            for (int i = 0; i < array.data().length; i++) {
                array.data()[i] = Math.round(array.data()[i]);
            }
        }
        return made;
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
        Padding.Explicit pad = new Padding.Explicit(random.nextInt(height), random.nextInt(width),
                random.nextInt(height), random.nextInt(width));
        int dilation = kind == Op.Pool.Kind.MAX ? pick(1, 1, 2) : 1;
        boolean ceil = random.nextInt(3) == 0;
        return of(
                new Op.Pool(kind, height, width, pick(1, 2, 3), pick(1, 2, 3),
                        in.h() < 5 ? 1 : dilation, in.w() < 5 ? 1 : dilation, pad, ceil,
                        kind == Op.Pool.Kind.AVERAGE && !ceil && random.nextBoolean()),
                Dims.of(in));
    }

    private Case reduce() {
        Dims dims = random.nextBoolean() ? Dims.of(picture()) : anyDims();
        List<Integer> dimensions = dims.rank() == 4 && random.nextBoolean()
                ? List.of(2, 3)
                : List.of(random.nextInt(dims.rank()));
        return of(new Op.Reduce(Op.Reduce.Kind.values()[random.nextInt(3)], dimensions,
                random.nextBoolean()), dims);
    }

    private Case fullyConnected() {
        int in = pick(1, 3, 16, 37, 100);
        int out = pick(1, 2, 16, 33, 50);
        Dims dims = random.nextBoolean()
                ? Dims.of(pick(1, 2, 5), in)
                : Dims.of(pick(1, 2), pick(1, 3), in);
        return of(new Op.FullyConnected(out, numbers(in * out),
                random.nextBoolean() ? numbers(out) : null, activation()), dims);
    }

    private Case matrixProduct() {
        int inner = pick(1, 3, 16, 37);
        Dims a = Dims.of(pick(1, 2), pick(1, 3), pick(1, 5, 8), inner);
        Dims b = random.nextBoolean()
                ? Dims.of(inner, pick(1, 5, 33))
                : Dims.of(a.get(0), 1, inner, pick(1, 5, 33));
        return of(new Op.MatrixProduct(), a, b);
    }

    private Case normalize() {
        Dims dims = anyDims();
        return of(new Op.Normalize(random.nextInt(dims.rank()), 1e-3f, random.nextInt(3) > 0),
                dims);
    }

    private Case softmax() {
        Dims dims = anyDims();
        return of(new Op.Softmax(random.nextInt(dims.rank())), dims);
    }

    private Case topK() {
        Dims dims = anyDims();
        int dimension = random.nextInt(dims.rank());
        // no places: after another layer rounding may put one before another
        return of(new Op.TopK(dimension, 1 + random.nextInt(dims.get(dimension)),
                random.nextBoolean(), false), dims);
    }

    private Case concat() {
        Dims dims = anyDims();
        int dimension = random.nextInt(dims.rank());
        Dims[] inputs = IntStream.range(0, 1 + random.nextInt(4))
                .mapToObj(i -> i == 0 ? dims : dims.with(dimension, pick(1, 2, 3, 16)))
                .toArray(Dims[]::new);
        return of(new Op.Concat(dimension), inputs);
    }

    private Case reshape() {
        Dims dims = anyDims();
        return of(new Op.Reshape(
                random.nextBoolean() ? Dims.of(dims.elements()) : Dims.of(1, dims.elements(), 1)),
                dims);
    }

    private List<Integer> order(int rank) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
        java.util.Collections.shuffle(order, random);
        return order;
    }

    private Case transpose() {
        Dims dims = anyDims();
        return of(new Op.Transpose(random.nextBoolean() && dims.rank() == 4
                ? List.of(0, 2, 3, 1)
                : order(dims.rank())), dims);
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
                Op.Resize.Coordinates.values()[random.nextInt(4)],
                Op.Resize.Rounding.values()[random.nextInt(4)], height, width,
                (float) height / in.h(), (float) width / in.w()), Dims.of(in));
    }

    private static Conv2d same(int in, int out, int kernel, int groups) {
        return Conv2d.of(in, out, kernel).withGroups(groups).withPadding(Padding.SAME_UPPER)
                .withBias(true);
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
        String x = net.add("a", weighted(same(c, c, 3, c).withActivation(Activation.HARD_SWISH)),
                net.input("x", dims));
        String mean = net.add("mean", Op.Reduce.globalAveragePool(), x);
        String down = net.add("down", weighted(same(c, 3, 1, 1).withActivation(Activation.RELU)),
                mean);
        String up = net.add("up", weighted(same(3, c, 1, 1)), down);
        String gate = net.add("gate",
                new Op.Elementwise(Op.Elementwise.Function.HARD_SIGMOID, 0.2f, 0.5f), up);
        String scaled = net.add("scaled", new Op.Binary(Op.Binary.Kind.MUL), x, gate);
        return of(net, net.add("project", weighted(same(c, 7, 1, 1)), scaled), Map.of("x", dims));
    }

    /** A channel shuffle as exporters write it; gives the last reshape's result. */
    public static String shuffle(Network.Builder net, String name, String x, Dims dims, int groups,
            boolean flat) {
        int h = dims.get(2);
        int w = dims.get(3);
        int each = dims.get(1) / groups;
        String apart = net.add(name + " apart",
                new Op.Reshape(flat
                        ? Dims.of(dims.get(0), groups, each, h * w)
                        : Dims.of(dims.get(0), groups, each, h, w)),
                x);
        String swapped = net.add(name + " swapped",
                new Op.Transpose(flat ? List.of(0, 2, 1, 3) : List.of(0, 2, 1, 3, 4)), apart);
        return net.add(name + " together", new Op.Reshape(dims), swapped);
    }

    private Case invertedResidual() {
        Dims dims = Dims.of(picture());
        int c = dims.get(1);
        Network.Builder net = Network.builder("inverted residual");
        String x = net.input("x", dims);
        String expand = net.add("expand", weighted(Conv2d.pointwise(c, 3 * c)), x);
        String norm = net.add("norm", new Op.ScaleShift(numbers(3 * c), numbers(3 * c)), expand);
        String relu6 = net.add("relu6", new Op.Elementwise(Op.Elementwise.Function.CLIP, 0, 6),
                norm);
        String depthwise = net.add("depthwise", weighted(same(3 * c, 3 * c, 3, 3 * c)), relu6);
        String again = net.add("again", new Op.Elementwise(Op.Elementwise.Function.CLIP, 0, 6),
                depthwise);
        String project = net.add("project", weighted(same(3 * c, c, 1, 1)), again);
        return of(net, net.add("sum", new Op.Binary(Op.Binary.Kind.ADD), project, x),
                Map.of("x", dims));
    }

    private Case pyramid() {
        int c = pick(CHANNELS);
        Dims large = Dims.of(pick(1, 2), c, 10, 14);
        Network.Builder net = Network.builder("pyramid");
        String x = net.input("x", large);
        String small = net.add("small", weighted(same(c, 16, 3, 1).withStride(2)), x);
        String up = net.add(
                "up", new Op.Resize(Op.Resize.Interpolation.NEAREST,
                        Op.Resize.Coordinates.ASYMMETRIC, Op.Resize.Rounding.FLOOR, 10, 14, 2, 2),
                small);
        String lateral = net.add("lateral", weighted(same(c, 16, 1, 1)), x);
        String sum = net.add("sum", new Op.Binary(Op.Binary.Kind.ADD), up, lateral);
        String both = net.add("both", new Op.Concat(1), sum, up, x);
        Conv2d transposed = Conv2d.of(32 + c, 3, 2).withStride(2).withBias(true)
                .withActivation(Activation.RELU);
        String wide = net.add("wide", new Op.ConvolveTransposed(transposed, 0, 0,
                numbers(transposed.weightCount()), numbers(3)), both);
        String pooled = net.add("pooled",
                Op.Pool.of(Op.Pool.Kind.MAX, 2, 2, new Padding.Explicit(0, 0, 0, 0)), wide);
        return of(net, net.add("out", weighted(same(3, 1, 3, 1).withActivation(Activation.SIGMOID)),
                pooled), Map.of("x", large));
    }

    private Case detectorTail() {
        int c = pick(CHANNELS);
        Dims dims = Dims.of(1, c, 6, 4);
        Network.Builder net = Network.builder("detector tail");
        String x = net.input("x", dims);
        String padded = net.add("padded",
                new Op.Pad(List.of(0, 0, 0, 0), List.of(0, 0, 1, 1), Op.Pad.Mode.CONSTANT, 0), x);
        String a = net.add("a", weighted(Conv2d.of(c, 6, 2).withBias(true)), padded);
        String first = net.add("first", new Op.Transpose(List.of(0, 2, 3, 1)), a);
        String rows = net.add("rows", new Op.Reshape(Dims.of(1, 48, 3)), first);
        String b = net.add("b", weighted(same(c, 12, 3, 1).withStride(2)), x);
        String second = net.add("second", new Op.Transpose(List.of(0, 2, 3, 1)), b);
        String more = net.add("more", new Op.Reshape(Dims.of(1, 24, 3)), second);
        String all = net.add("all", new Op.Concat(1), rows, more);
        String some = net.add("some",
                new Op.Slice(List.of(0, 1, 1), List.of(1, 70, 2), List.of(1, 1, 1)), all);
        String flat = net.add("flat", new Op.Reshape(Dims.of(1, 140)), some);
        String dense = net.add("dense",
                new Op.FullyConnected(10, numbers(1400), numbers(10), Activation.NONE), flat);
        return of(net, net.add("out", new Op.Softmax(1), dense), Map.of("x", dims));
    }

    // What is hard on an engine

    /**
     * Convolutions at the edges of the arithmetic, in both layouts: one of each kind, with numbers
     * of this seed.
     */
    public List<Case> layers() {
        Map<Layer, Shape> layers = new LinkedHashMap<>();
        layers.put(Conv2d.of(1, 1, 1), Shape.of(1, 1, 1));
        layers.put(Conv2d.of(1, 5, 3).withPadding(Padding.SAME_UPPER).withBias(true),
                new Shape(2, 1, 1, 1));
        layers.put(Conv2d.of(7, 1, 3).withPadding(Padding.SAME_LOWER), Shape.of(7, 1, 37));
        layers.put(
                Conv2d.of(7, 5, 3).withPadding(Padding.of(0, 1, 2, 0)).withActivation(activation()),
                new Shape(2, 7, 13, 11));
        layers.put(Conv2d.of(3, 5, 2, 3).withStride(3, 5).withBias(true), Shape.of(3, 17, 19));
        layers.put(Conv2d.depthwise(7, 1, 3).withStride(5, 4), Shape.of(7, 17, 19));
        layers.put(Conv2d.of(3, 5, 3).withStride(11, 7), new Shape(3, 3, 5, 3));
        layers.put(Conv2d.pointwise(5, 19).withStride(2, 3).withBias(true), new Shape(2, 5, 11, 7));
        layers.put(Conv2d.of(5, 7, 3).withDilation(2, 3).withPadding(Padding.SAME_UPPER),
                Shape.of(5, 13, 11));
        layers.put(Conv2d.of(2, 3, 3).withDilation(7, 5).withPadding(Padding.of(7, 5)),
                Shape.of(2, 3, 3));
        layers.put(Conv2d.of(2, 3, 3).withPadding(Padding.of(7, 5, 6, 9)).withBias(true),
                Shape.of(2, 3, 2));
        layers.put(Conv2d.depthwise(17, 1, 3).withStride(2).withPadding(Padding.SAME_LOWER),
                new Shape(2, 17, 8, 6));
        layers.put(Conv2d.depthwise(5, 3, 5).withPadding(Padding.of(1, 3))
                .withActivation(activation()), Shape.of(5, 7, 11));
        layers.put(Conv2d.grouped(6, 15, 3, 3).withPadding(Padding.of(1)).withBias(true),
                new Shape(5, 6, 5, 7));
        layers.put(Conv2d.grouped(34, 38, 1, 2), Shape.of(34, 7, 5));
        layers.put(Conv2d.of(33, 19, 3).withPadding(Padding.of(1)).withActivation(activation()),
                Shape.of(33, 13, 11));
        layers.put(SeparableConv2d.mobilenet(7, 17, 3, 2), new Shape(2, 7, 13, 10));
        layers.put(SeparableConv2d.xception(7, 17, 3, 1), Shape.of(7, 13, 10));
        layers.put(SeparableConv2d.keras(1, 16, 5, 1), Shape.of(1, 13, 10));
        layers.put(
                ConvStack.of(Conv2d.of(3, 5, 3).withPadding(Padding.of(1)),
                        Conv2d.of(5, 7, 3).withStride(2), Conv2d.grouped(7, 14, 3, 7)),
                new Shape(2, 3, 13, 11));
        layers.put(GroupedSeparableConv2d.of(12, 18, 3, 1, 3), Shape.of(12, 7, 5));
        return inBothLayouts(layers);
    }

    /** Layers that move channels between their convolutions. */
    public List<Case> shuffles() {
        GroupedSeparableConv2d shuffling = GroupedSeparableConv2d.of(12, 18, 3, 1, 3)
                .withShuffle(true);
        Map<Layer, Shape> layers = new LinkedHashMap<>();
        layers.put(shuffling, new Shape(2, 12, 7, 5));
        layers.put(shuffling.withPointwiseGroups(3), new Shape(2, 12, 7, 5));
        layers.put(shuffling.withPointwiseGroups(2), new Shape(2, 12, 1, 1));
        layers.put(
                GroupedSeparableConv2d.of(48, 64, 3, 2, 4).withPointwiseGroups(4).withShuffle(true),
                Shape.of(48, 11, 13));
        layers.put(GroupedSeparableConv2d.of(24, 48, 3, 2, 24).withPointwiseGroups(24)
                .withShuffle(true), Shape.of(24, 13, 10));
        return inBothLayouts(layers);
    }

    private List<Case> inBothLayouts(Map<Layer, Shape> layers) {
        List<Case> cases = new ArrayList<>();
        layers.forEach((layer, shape) -> {
            for (Layout layout : Layout.values()) {
                Network network = Network.of(layer.withWeights(weighted(layer).weights()), shape,
                        layout);
                cases.add(new Case(network, Map.of("input", array(network.dims("input")))));
            }
        });
        return cases;
    }

    /**
     * Networks whose wiring is hard: what is given back, read, or both, once or more than once, and
     * seen in other dimensions.
     */
    public List<Case> wirings() {
        List<Case> cases = new ArrayList<>();
        for (Dims dims : List.of(Dims.of(2, 17, 7, 5), Dims.of(1, 1, 1, 1))) {
            int c = dims.get(1);
            Dims nhwc = Dims.of(dims.get(0), dims.get(2), dims.get(3), c);
            Op.Transpose toNchw = new Op.Transpose(List.of(0, 3, 1, 2));
            Op.Transpose toNhwc = new Op.Transpose(List.of(0, 2, 3, 1));
            Op relu = Op.Elementwise.of(Op.Elementwise.Function.RELU);
            Op add = new Op.Binary(Op.Binary.Kind.ADD);
            Op.Reshape flat = new Op.Reshape(Dims.of(dims.get(0), c * dims.get(2) * dims.get(3)));
            cases.add(wired("an input is an output", net -> {
                String x = net.input("x", dims);
                net.output(x).output(net.add("relu", relu, x));
            }));
            cases.add(wired("nothing but an input", net -> net.output(net.input("x", dims))));
            cases.add(wired("an output is read", net -> {
                String a = net.add("a", weighted(same(c, c, 3, 1)), net.input("x", dims));
                String b = net.add("b", relu, a);
                net.output(a).output(b).output(net.add("c", weighted(same(c, 5, 1, 1)), b))
                        .output(net.add("sum", add, a, b));
            }));
            cases.add(wired("a value is read twice", net -> {
                String x = net.input("x", dims);
                String a = net.add("a", weighted(same(c, c, 3, c)), x);
                String twice = net.add("twice", add, a, a);
                String both = net.add("both", new Op.Concat(1), twice, x, twice, x);
                net.output(net.add("square", new Op.Binary(Op.Binary.Kind.MUL), both, both));
            }));
            cases.add(wired("a dense block", net -> {
                String x = net.input("x", dims);
                List<String> all = new ArrayList<>(
                        List.of(net.add("first", weighted(same(c, 16, 3, 1)), x)));
                for (int i = 0; i < 3; i++) {
                    String both = i == 0
                            ? all.getFirst()
                            : net.add("both" + i, new Op.Concat(1), all.toArray(String[]::new));
                    int channels = 16 + 5 * i;
                    String norm = net.add("norm" + i,
                            new Op.ScaleShift(numbers(channels), numbers(channels)), both);
                    all.add(net.add("more" + i, weighted(same(channels, 5, 3, 1)),
                            net.add("relu" + i, relu, norm)));
                }
                net.output(net.add("all", new Op.Concat(1), all.toArray(String[]::new)));
            }));
            cases.add(wired("a sum, its activation, and what else is read", net -> {
                String x = net.input("x", dims);
                String a = net.add("a", weighted(same(c, c, 3, 1)), x);
                Op relu6 = new Op.Elementwise(Op.Elementwise.Function.CLIP, 0, 6);
                String once = net.add("once", relu6, net.add("sum", add, a, x));
                String twice = net.add("again", add, once, a);
                net.output(net.add("b", weighted(same(c, 3, 3, 1)), net.add("relu", relu, twice)))
                        .output(net.add("silu", Op.Elementwise.of(Activation.SILU),
                                net.add("third", add, twice, once)))
                        .output(net.add("last", relu, net.add("fourth", add, once, x)));
            }));
            cases.add(wired("shuffled channels", net -> {
                Dims made = dims.with(1, 18);
                String a = net.add("a", weighted(same(c, 18, 3, 1)), net.input("x", dims));
                String s = shuffle(net, "first", a, made, 2, true);
                String half = net.add("half", new Op.Slice(List.of(0, 9, 0, 0),
                        made.with(1, 9).sizes(), List.of(1, 1, 1, 1)), s);
                String t = shuffle(net, "second", s, made, 6, false);
                net.output(net.add("b", weighted(same(18, 5, 3, 1)), t)).output(half)
                        .output(shuffle(net, "of an input", net.input("y", made), made, 3, true))
                        .output(shuffle(net, "third", t, made, 9, false));
            }));
            cases.add(wired("views of one array are outputs", net -> {
                String a = net.add("a", weighted(same(c, c, 3, 1)), net.input("x", dims));
                net.output(net.add("flat", flat, a)).output(a).output(net.add("turned", toNhwc, a))
                        .output(net.add("some", new Op.Slice(List.of(0, 0, 0, 0),
                                dims.with(2, 1).sizes(), List.of(1, 1, 1, 1)), a));
            }));
            cases.add(wired("views of an input are outputs", net -> {
                String x = net.input("x", dims);
                net.output(net.add("flat", flat, x)).output(net.add("turned", toNhwc, x))
                        .output(net.add("same", new Op.Reshape(dims), x));
            }));
            cases.add(wired("there and back", net -> {
                String a = net.add("a", weighted(same(c, c, 1, 1)), net.input("x", dims));
                String back = net.add("back", toNchw, net.add("there", toNhwc, a));
                net.output(net.add("out", weighted(same(c, 3, 3, 1)), back));
            }));
            cases.add(wired("NHWC in, out and between", net -> {
                String x = net.add("x in NCHW", toNchw, net.input("x", nhwc));
                String a = net.add("a", weighted(same(c, c, 3, 1).withActivation(Activation.RELU)),
                        x);
                String sum = net.add("sum", add, net.add("turned", toNhwc, a),
                        net.input("y", nhwc));
                net.output(sum).output(
                        net.add("last", weighted(same(c, 7, 1, 1)), net.add("again", toNchw, sum)));
            }));
            cases.add(wired("an input is broadcast after a convolution", net -> {
                String a = net.add("a", weighted(same(c, c, 3, 1)), net.input("x", dims));
                String gated = net.add("gated", new Op.Binary(Op.Binary.Kind.MUL), a,
                        net.input("gate", Dims.of(dims.get(0), c, 1, 1)));
                String moved = net.add("moved", new Op.Binary(Op.Binary.Kind.SUB),
                        net.input("column", Dims.of(dims.get(2), 1)), gated);
                net.output(net.add("out", weighted(same(c, 3, 1, 1)), moved))
                        .output(net.add("scalar", add, moved, net.input("s", Dims.of())));
            }));
            cases.add(wired("constants, an input and a node that nobody reads", net -> {
                net.input("unread", Dims.of(3, 2));
                String k = net.add("k", new Op.Constant(array(Dims.of(c, 1, 1))));
                String x = net.input("x", dims);
                net.add("dead", relu, x);
                net.output(k).output(net.add("out", add, x, k));
            }));
            cases.add(wired("a tail of views after a convolution", net -> {
                String a = net.add("a", weighted(same(c, 6, 3, 1)), net.input("x", dims));
                Op.Slice reversed = new Op.Slice(List.of(0, 5, dims.get(2) - 1, 0),
                        List.of(dims.get(0), 3, dims.get(2), dims.get(3)), List.of(1, -2, -1, 1));
                String some = net.add("some", reversed, a);
                String padded = net.add("padded", new Op.Pad(List.of(0, 1, 2, 0),
                        List.of(0, 0, 0, 1), Op.Pad.Mode.CONSTANT, -0.5f), some);
                net.output(net.add("soft", new Op.Softmax(1), padded))
                        .output(net.add("mean", Op.Reduce.globalAveragePool(), padded));
            }));
            cases.add(wired("a transposed grouped convolution joins what it was made of", net -> {
                Conv2d up = new Conv2d(c, 2 * c, 3, 2, 2, 3, 1, 1, Padding.of(1, 0, 0, 0), c, true,
                        Activation.leakyRelu(0.1f));
                String x = net.input("x", dims);
                String wide = net.add("wide", new Op.ConvolveTransposed(up, 1, 2,
                        numbers(up.weightCount()), numbers(2 * c)), x);
                String small = net.add("small",
                        Op.Pool.of(Op.Pool.Kind.MAX, 2, 2, new Padding.Explicit(0, 0, 1, 1)), wide);
                net.output(wide).output(net.add("out", weighted(same(2 * c, 3, 1, 1)), small));
            }));
        }
        return cases;
    }

    private interface Wiring {
        void write(Network.Builder net);
    }

    private Case wired(String name, Wiring wiring) {
        Network.Builder net = Network.builder(name);
        wiring.write(net);
        return filled(net.build());
    }

    /** With numbers put in. */
    private Case filled(Network network) {
        Map<String, NdArray> arrays = new LinkedHashMap<>();
        network.inputs().forEach((name, dims) -> arrays.put(name, array(dims)));
        return new Case(network, arrays);
    }

    /**
     * A random network of up to nine operations on what inputs and operations before made, with
     * several outputs.
     */
    public Case any() {
        Network.Builder net = Network.builder("any");
        List<String> names = new ArrayList<>();
        Map<String, Dims> dims = new LinkedHashMap<>();
        int n = pick(1, 1, 2, 3);
        int h = pick(1, 5, 7, 8, 11);
        int w = pick(1, 3, 7, 13);
        for (int i = 0; i < pick(1, 1, 2); i++) {
            Dims in = Dims.of(n, pick(1, 3, 8, 16, 17), h, w);
            dims.put(net.input("in" + i, in), in);
        }
        names.addAll(dims.keySet());
        int nodes = 3 + random.nextInt(7);
        for (int i = 0; i < nodes; i++) {
            String x = names
                    .get(random.nextInt(3) > 0 ? names.size() - 1 : random.nextInt(names.size()));
            Dims in = dims.get(x);
            List<String> like = names.stream().filter(other -> dims.get(other).equals(in)).toList();
            String y = like.get(random.nextInt(like.size()));
            int c = in.get(1);
            String node = "n" + i;
            Op op = switch (random.nextInt(16)) {
                case 0, 1, 2 -> weighted(same(c, pick(1, 3, 8, 16, 19), pick(1, 3, 3, 5), 1)
                        .withStride(pick(1, 1, 2)).withActivation(activation()));
                case 3 -> weighted(same(c, c, pick(3, 5), c).withStride(pick(1, 1, 2))
                        .withActivation(activation()));
                case 4 -> weighted(SeparableConv2d.mobilenet(c, pick(3, 16, 17), 3, pick(1, 2)));
                case 5 -> weighted(conv(c));
                case 6, 7 -> new Op.Binary(
                        List.of(Op.Binary.Kind.ADD, Op.Binary.Kind.SUB, Op.Binary.Kind.MUL)
                                .get(random.nextInt(3)));
                case 8 -> Op.Elementwise.of(List
                        .of(Op.Elementwise.Function.RELU, Op.Elementwise.Function.HARD_SWISH,
                                Op.Elementwise.Function.SIGMOID, Op.Elementwise.Function.TANH)
                        .get(random.nextInt(4)));
                case 9 -> new Op.Concat(random.nextInt(4));
                case 10 -> Op.Pool.of(Op.Pool.Kind.values()[random.nextInt(2)], 2, 1,
                        new Padding.Explicit(1, 0, 1, 1));
                case 11 -> new Op.Transpose(
                        random.nextBoolean() ? List.of(0, 2, 3, 1) : List.of(0, 3, 1, 2));
                case 12 -> new Op.ScaleShift(numbers(c), numbers(c));
                case 13 -> new Op.Pad(List.of(0, 0, 1, 0), List.of(0, pick(0, 1), 0, 2),
                        Op.Pad.Mode.CONSTANT, 0);
                case 14 ->
                    new Op.Reduce(Op.Reduce.Kind.values()[random.nextInt(3)], List.of(2, 3), true);
                default -> new Op.Resize(Op.Resize.Interpolation.values()[random.nextInt(2)],
                        Op.Resize.Coordinates.HALF_PIXEL, Op.Resize.Rounding.FLOOR, 2 * in.get(2),
                        2 * in.get(3), 2, 2);
            };
            List<String> from = op instanceof Op.Binary || op instanceof Op.Concat
                    ? List.of(x, y)
                    : List.of(x);
            try {
                Dims made = op.outputDims(from.stream().map(dims::get).toList());
                if (made.elements() <= 60_000) {
                    dims.put(net.add(node, op, from.toArray(String[]::new)), made);
                    names.add(node);
                }
            } catch (IllegalArgumentException tooSmall) {
                // another is drawn
            }
        }
        net.output(names.getLast());
        names.subList(0, names.size() - 1).stream().filter(name -> random.nextInt(4) == 0)
                .forEach(net::output);
        return filled(net.build());
    }
}
