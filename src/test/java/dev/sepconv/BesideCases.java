package dev.sepconv;

import dev.sepconv.NetworkCases.Case;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Sums and products beside convolutions, which engines may have these make: residual blocks and
 * squeeze and excitation, as networks have them, nearly so, and at random.
 */
public final class BesideCases {

    private static final int HEIGHT = 9;
    private static final int WIDTH = 8;

    private final Random random;

    private BesideCases(long seed) {
        random = new Random(seed);
    }

    public static List<Case> all(long seed) {
        List<Case> cases = new ArrayList<>(ofNetworks(seed));
        BesideCases more = new BesideCases(seed);
        cases.addAll(List.of(more.othersRead(), more.gatesThatAreNone()));
        for (int i = 0; i < 6; i++) {
            cases.add(more.random());
        }
        return List.copyOf(cases);
    }

    /** Of which no sum and no product needs a step of its own. */
    public static List<Case> ofNetworks(long seed) {
        BesideCases cases = new BesideCases(seed);
        return List.of(cases.residual(), cases.inverted(), cases.crossStage(),
                cases.excitation(Activation.SIGMOID, 1),
                cases.excitation(Activation.HARD_SIGMOID, 3));
    }

    /** Two of ResNet's blocks, the second with a convolution on the way around. */
    private Case residual() {
        Network.Builder net = Network.builder("residual");
        String x = net.add("first", conv(5, 32, 1, Activation.RELU), input(net, 2));
        String one = net.add("one", conv(32, 32, 3, Activation.RELU), x);
        String two = net.add("two", conv(32, 32, 3, Activation.NONE), one);
        String block = relu(net, "block", add(net, "sum", two, x));
        String three = net.add("three", conv(32, 64, 3, Activation.NONE), block);
        String around = net.add("around", conv(32, 64, 1, Activation.NONE), block);
        return built(net.output(relu(net, "end", add(net, "sums", three, around))), 2);
    }

    /** MobileNetV2's block: the sum is that of a depthwise and pointwise convolution at once. */
    private Case inverted() {
        Network.Builder net = Network.builder("inverted");
        String x = net.add("first", conv(5, 24, 1, Activation.NONE), input(net, 2));
        String wide = net.add("wide", conv(24, 96, 1, Activation.RELU6), x);
        SeparableConv2d separable = new SeparableConv2d(
                SeparableConv2d.Order.MOBILENET, Conv2d.depthwise(96, 1, 3)
                        .withPadding(Padding.of(1)).withActivation(Activation.RELU6),
                Conv2d.pointwise(96, 24).withBias(true));
        String narrow = net.add("narrow", separable.withRandomWeights(random), wide);
        return built(net.output(
                net.add("last", conv(24, 7, 1, Activation.NONE), add(net, "sum", x, narrow))), 2);
    }

    /** A YOLO's: added after the activation, and made where a concatenation finds it. */
    private Case crossStage() {
        Network.Builder net = Network.builder("cross-stage");
        String x = net.add("first", conv(5, 32, 1, Activation.SILU), input(net, 2));
        String inside = net.add("inside", conv(32, 32, 3, Activation.SILU), x);
        String sum = add(net, "sum", x, inside);
        String other = add(net, "other", sum,
                net.add("gate", conv(32, 32, 1, Activation.SIGMOID), sum));
        String joined = net.add("joined", new Op.Concat(1), x, sum, other);
        return built(net.output(net.add("last", conv(96, 19, 1, Activation.NONE), joined)), 2);
    }

    /** Squeeze and excitation, then a projection with a sum. */
    private Case excitation(Activation gate, int kernel) {
        Network.Builder net = Network.builder("excitation by " + gate.kind());
        String x = net.add("first", conv(5, 40, 1, Activation.NONE), input(net, 1));
        String wide = net.add("wide", conv(40, 72, 3, Activation.HARD_SWISH), x);
        String product = net.add("product", new Op.Binary(Op.Binary.Kind.MUL),
                excited(net, wide, 72, gate), wide);
        String narrow = net.add("narrow", conv(72, 40, kernel, Activation.NONE), product);
        return built(net.output(
                net.add("last", conv(40, 7, 1, Activation.NONE), add(net, "sum", narrow, x))), 1);
    }

    private String excited(Network.Builder net, String x, int channels, Activation gate) {
        String mean = net.add("mean of " + x,
                new Op.Reduce(Op.Reduce.Kind.MEAN, List.of(2, 3), true), x);
        String squeezed = net.add("squeezed " + x, conv(channels, 8, 1, Activation.RELU), mean);
        return net.add("excited " + x, conv(8, channels, 1, gate), squeezed);
    }

    /** Sums of which more is needed than they. */
    private Case othersRead() {
        Network.Builder net = Network.builder("others read");
        String x = net.add("first", conv(5, 32, 1, Activation.RELU), input(net, 2));
        String twice = net.add("twice", conv(32, 32, 1, Activation.NONE), x);
        net.output(add(net, "itself", twice, twice));
        String given = net.add("given", conv(32, 32, 1, Activation.NONE), x);
        net.output(given);
        String sum = add(net, "sum", given, x);
        net.output(sum);
        String ahead = relu(net, "ahead", sum);
        String more = net.add("more", conv(32, 32, 1, Activation.SILU), ahead);
        net.output(relu(net, "end", add(net, "after", ahead, more)));
        String swish = net.add("swish", conv(32, 32, 1, Activation.HARD_SWISH), x);
        net.output(add(net, "late", x, swish));
        net.output(add(net, "constant", net.add("before", conv(32, 32, 1, Activation.NONE), x), net
                .add("one each", new Op.Constant(NdArray.of(Dims.of(1, 32, 1, 1), numbers(32))))));
        return built(net, 2);
    }

    /** Products that no convolution may make: of more than one picture, of large numbers, … */
    private Case gatesThatAreNone() {
        Network.Builder net = Network.builder("gates that are none");
        String x = net.add("first", conv(5, 32, 1, Activation.RELU), input(net, 2));
        net.output(net.add("two pictures", conv(32, 16, 1, Activation.NONE), net.add("of two",
                new Op.Binary(Op.Binary.Kind.MUL), x, excited(net, x, 32, Activation.SIGMOID))));
        String y = net.add("second", conv(5, 32, 1, Activation.RELU), "x");
        net.output(net.add("any number", conv(32, 16, 1, Activation.NONE), net.add("of any",
                new Op.Binary(Op.Binary.Kind.MUL), y, excited(net, y, 32, Activation.RELU))));
        return built(net, 2);
    }

    private Case random() {
        int batch = pick(1, 1, 2);
        Network.Builder net = Network.builder("random");
        int channels = pick(16, 32, 24, 40, 7, 96);
        String x = net.add("start", conv(5, channels, 1, Activation.SILU), input(net, batch));
        for (int i = 0; i < 6; i++) {
            Activation activation = pick(Activation.NONE, Activation.NONE, Activation.SILU,
                    Activation.SIGMOID, Activation.RELU, Activation.GELU);
            String from = x;
            if (random.nextBoolean()) {
                String gate = excited(net, x, channels,
                        pick(Activation.SIGMOID, Activation.HARD_SIGMOID, Activation.RELU6));
                from = net.add("product" + i, new Op.Binary(Op.Binary.Kind.MUL), x, gate);
            }
            String made = net.add("made" + i,
                    random.nextInt(4) > 0
                            ? conv(channels, channels, pick(1, 1, 3), activation)
                            : separable(channels, activation),
                    from);
            String sum = random.nextBoolean() ? add(net, "sum" + i, made, x) : made;
            x = random.nextBoolean() ? relu(net, "relu" + i, sum) : sum;
            if (random.nextInt(5) == 0) {
                net.output(sum);
            }
        }
        return built(net.output(net.add("last", conv(channels, 7, 1, Activation.NONE), x)), batch);
    }

    private Op.Convolve separable(int channels, Activation activation) {
        return new SeparableConv2d(SeparableConv2d.Order.MOBILENET,
                Conv2d.depthwise(channels, 1, pick(3, 5)).withPadding(Padding.SAME_UPPER),
                Conv2d.pointwise(channels, channels).withBias(true).withActivation(activation))
                .withRandomWeights(random);
    }

    private static String add(Network.Builder net, String name, String a, String b) {
        return net.add(name, new Op.Binary(Op.Binary.Kind.ADD), a, b);
    }

    private static String relu(Network.Builder net, String name, String x) {
        return net.add(name, Op.Elementwise.of(Op.Elementwise.Function.RELU), x);
    }

    @SafeVarargs
    private <T> T pick(T... of) {
        return of[random.nextInt(of.length)];
    }

    private static String input(Network.Builder net, int batch) {
        return net.input("x", Dims.of(batch, 5, HEIGHT, WIDTH));
    }

    private Op.Convolve conv(int in, int out, int kernel, Activation activation) {
        Conv2d conv = Conv2d.of(in, out, kernel).withPadding(Padding.of(kernel / 2)).withBias(true)
                .withActivation(activation);
        // of a size that leaves numbers as large as they were
        ConvWeights weights = ConvWeights.random(conv, random);
        float scale = (float) Math.sqrt(3.0 / (in * kernel * kernel));
        float[] scaled = weights.weight().clone();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= scale;
        }
        return conv.withWeights(new ConvWeights(scaled, weights.bias()));
    }

    private float[] numbers(int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = random.nextFloat(-1, 1);
        }
        return numbers;
    }

    private Case built(Network.Builder net, int batch) {
        Dims dims = Dims.of(batch, 5, HEIGHT, WIDTH);
        return new Case(net.build(), Map.of("x", NdArray.of(dims, numbers(dims.elements()))));
    }
}
