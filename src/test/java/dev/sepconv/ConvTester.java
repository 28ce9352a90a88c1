package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.engine.lower.Geometries;
import dev.sepconv.engine.lower.KernelChoice;
import dev.sepconv.engine.lower.NetworkCalls;
import dev.sepconv.kernel.conv.Kernel;
import dev.sepconv.reference.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Compares engines and kernels with the float64 reference. Sizes are prime unless set, so that no
 * tile fits them by luck. Every failure prints the seed and the whole configuration.
 */
public final class ConvTester {

    /** Largest difference allowed, over the right output's largest magnitude. */
    public static final double TOLERANCE = 1e-5;

    /** Heights and widths that are drawn: 1 and small primes. */
    private static final int[] SIZES = {1, 2, 3, 5, 7, 11, 13, 17, 19};
    /** Rows of more than a tile too, which some fused kernels need. */
    private static final int[] WIDTHS = {1, 2, 5, 7, 13, 17, 29, 37, 61};

    /** A layer with weights, a shape, and the seed of the numbers. */
    public record Case(Layer layer, Shape input, Layout layout, long seed) {

        public List<ConvWeights> weights() {
            Random random = new Random(seed);
            List<ConvWeights> weights = new ArrayList<>();
            for (Conv2d stage : layer.stages()) {
                weights.add(ConvWeights.random(stage, random));
            }
            return weights;
        }

        public Tensor tensor() {
            Random random = new Random(seed + 1);
            Tensor tensor = Tensor.zeros(input, layout);
            for (int n = 0; n < input.n(); n++) {
                for (int c = 0; c < input.c(); c++) {
                    for (int h = 0; h < input.h(); h++) {
                        for (int w = 0; w < input.w(); w++) {
                            tensor.set(n, c, h, w, random.nextFloat(-1, 1));
                        }
                    }
                }
            }
            return tensor;
        }

        @Override
        public String toString() {
            return "seed %d: %s on %s %s".formatted(seed, layer, input, layout);
        }
    }

    private int batch = 2;
    private int channels = 7;
    private int height = 13;
    private int width = 11;
    private int filters = 5;
    private int kernelHeight = 3;
    private int kernelWidth = 3;
    private int strideHeight = 1;
    private int strideWidth = 1;
    private int dilationHeight = 1;
    private int dilationWidth = 1;
    private int groups = 1;
    private Padding padding = Padding.VALID;
    private boolean bias = true;
    private Activation activation = Activation.NONE;
    private Layout layout = Layout.NCHW;
    private long seed = 1;

    public static ConvTester conv() {
        return new ConvTester();
    }

    public ConvTester batch(int value) {
        batch = value;
        return this;
    }

    public ConvTester channels(int value) {
        channels = value;
        return this;
    }

    public ConvTester size(int newHeight, int newWidth) {
        height = newHeight;
        width = newWidth;
        return this;
    }

    public ConvTester filters(int value) {
        filters = value;
        return this;
    }

    public ConvTester kernel(int newHeight, int newWidth) {
        kernelHeight = newHeight;
        kernelWidth = newWidth;
        return this;
    }

    public ConvTester stride(int newHeight, int newWidth) {
        strideHeight = newHeight;
        strideWidth = newWidth;
        return this;
    }

    public ConvTester dilation(int newHeight, int newWidth) {
        dilationHeight = newHeight;
        dilationWidth = newWidth;
        return this;
    }

    public ConvTester groups(int value) {
        groups = value;
        return this;
    }

    public ConvTester depthwise(int multiplier) {
        groups = channels;
        filters = channels * multiplier;
        return this;
    }

    public ConvTester padding(Padding value) {
        padding = value;
        return this;
    }

    public ConvTester bias(boolean value) {
        bias = value;
        return this;
    }

    public ConvTester activation(Activation value) {
        activation = value;
        return this;
    }

    public ConvTester layout(Layout value) {
        layout = value;
        return this;
    }

    public ConvTester seed(long value) {
        seed = value;
        return this;
    }

    public Case build() {
        return new Case(
                new Conv2d(channels, filters, kernelHeight, kernelWidth, strideHeight, strideWidth,
                        dilationHeight, dilationWidth, padding, groups, bias, activation),
                new Shape(batch, channels, height, width), layout, seed);
    }

    /** Runs it on the engine's first device and compares with the reference. */
    public void run(Engine engine) {
        check(build(), engine, engine.devices().getFirst());
    }

    /** Runs a case on a device and compares with the reference. */
    public static void check(Case given, Engine engine, Device device) {
        double[] exact = Reference.run(given.layer(), given.weights(), given.tensor());
        assertClose(given, engine.name(), exact, output(given, engine, device));
    }

    /** {@link #output(Case, Engine, Device, Fusion)} as the engine thinks best. */
    public static Tensor output(Case given, Engine engine, Device device) {
        return output(given, engine, device, Fusion.AUTO);
    }

    /**
     * What an engine makes of a case. The plan runs twice, first on NaNs, and the second time into
     * NaNs: what the first run leaves behind, or the second one doesn't write, shows.
     */
    public static Tensor output(Case given, Engine engine, Device device, Fusion fusion) {
        Tensor input = given.tensor();
        try (Plan plan = engine.compile(given.layer().withWeights(given.weights()), given.input(),
                given.layout(), device, fusion)) {
            assertTrue(fusion == Fusion.AUTO || plan.fusion() == fusion,
                    () -> "asked for %s, it runs %s".formatted(fusion, plan.fusion()));
            plan.run(filled(given.input(), given.layout(), Float.NaN));
            Tensor output = filled(plan.outputShape(), given.layout(), Float.NaN);
            plan.run(input, output);
            assertArrayEquals(given.tensor().data(), input.data(),
                    () -> engine.name() + " changed its input on " + given);
            return output;
        } catch (RuntimeException e) {
            throw new AssertionError(
                    "%s failed, fusion %s, on %s".formatted(engine.name(), fusion, given), e);
        }
    }

    /**
     * What catalogue kernels make of a case, called as plain Java: run on NaNs first, as an engine
     * is.
     */
    public static Tensor output(Case given, List<Kernel> kernels) {
        Network network = Network.of(given.layer().withWeights(given.weights()), given.input(),
                given.layout());
        NetworkCalls calls = NetworkCalls.of(network, KernelChoice.of(kernels));
        Tensor output = filled(given.layer().outputShape(given.input()), given.layout(), Float.NaN);
        for (Tensor input : List.of(filled(given.input(), given.layout(), Float.NaN),
                given.tensor())) {
            calls.inputs().values().forEach(storage -> storage.copyFrom(input.data()));
            calls.intermediates().stream().filter(storage -> !storage.isVectors())
                    .forEach(storage -> ((FloatArray) storage.object()).init(Float.NaN));
            calls.steps().forEach(step -> step.call().run());
        }
        calls.outputs().values().forEach(storage -> storage.copyTo(output.data()));
        return output;
    }

    /** Whether a kernel can compute all of a case at once. */
    public static boolean can(Kernel kernel, Case given) {
        return kernel.supports(Geometries.of(given.layer(), given.input(), given.layout()))
                && Geometries.activates(kernel, given.layer().stages());
    }

    private static Tensor filled(Shape shape, Layout layout, float value) {
        Tensor tensor = Tensor.zeros(shape, layout);
        Arrays.fill(tensor.data(), value);
        return tensor;
    }

    /**
     * Compares with the right answer: the difference may be {@link #TOLERANCE} of its largest
     * magnitude.
     *
     * @param right in NCHW order
     */
    public static void assertClose(Case given, String who, double[] right, Tensor result) {
        Reference.Difference difference = Reference.difference(right, result);
        assertTrue(difference.relative() <= TOLERANCE, () -> "%s is off by %s (relative %s) on %s"
                .formatted(who, difference.maxAbs(), difference.relative(), given));
    }

    /**
     * A random convolution, the same for the same seed: every parameter, small sizes, often prime,
     * sometimes 1.
     */
    public static Case random(long seed) {
        Random random = new Random(seed);
        while (true) {
            Shape input = new Shape(pick(random, 1, 1, 2, 3), 1, pick(random, SIZES),
                    pick(random, SIZES));
            Conv2d conv = randomConv(random, 0);
            Case drawn = new Case(conv,
                    new Shape(input.n(), conv.inChannels(), input.h(), input.w()),
                    random.nextBoolean() ? Layout.NCHW : Layout.NHWC, seed);
            if (fits(drawn)) {
                return drawn;
            }
        }
    }

    /**
     * A random separable convolution of any order, or stack of two or three convolutions, the same
     * for the same seed.
     */
    public static Case randomChain(long seed) {
        Random random = new Random(seed);
        while (true) {
            Layer layer;
            if (random.nextInt(3) == 0) {
                List<Conv2d> stages = new ArrayList<>(List.of(randomConv(random, 0)));
                while (stages.size() < 2 || stages.size() < 3 && random.nextBoolean()) {
                    stages.add(randomConv(random, stages.getLast().outChannels()));
                }
                layer = new ConvStack(stages);
            } else {
                int in = pick(random, 1, 3, 7, 16, 17);
                int out = pick(random, 1, 5, 16, 19, 33);
                int kernel = pick(random, 1, 3, 5);
                int stride = pick(random, 1, 2, 3);
                layer = switch (SeparableConv2d.Order.values()[random.nextInt(3)]) {
                    case MOBILENET -> SeparableConv2d.mobilenet(in, out, kernel, stride);
                    case XCEPTION -> SeparableConv2d.xception(in, out, kernel, stride);
                    case KERAS -> SeparableConv2d.keras(in, out, kernel, stride);
                };
            }
            Case drawn = new Case(layer,
                    new Shape(pick(random, 1, 1, 2, 3), layer.stages().getFirst().inChannels(),
                            pick(random, SIZES), pick(random, WIDTHS)),
                    random.nextBoolean() ? Layout.NCHW : Layout.NHWC, seed);
            if (fits(drawn)) {
                return drawn;
            }
        }
    }

    /**
     * A random layer in which pointwise convolutions follow depthwise ones: what {@link Fusion} is
     * for; the same for the same seed.
     */
    public static Case randomSeparable(long seed) {
        Random random = new Random(seed);
        while (true) {
            Padding padding = random.nextBoolean()
                    ? Padding.SAME_UPPER
                    : Padding.of(random.nextInt(4), random.nextInt(4), random.nextInt(4),
                            random.nextInt(4));
            int channels = pick(random, 1, 2, 3, 7, 16, 17, 33, 64);
            int multiplier = pick(random, 1, 1, 1, 1, 1, 2);
            Conv2d depthwise = new Conv2d(channels, channels * multiplier, pick(random, 1, 3, 3, 5),
                    pick(random, 3, 3, 3, 5, 2), pick(random, 1, 1, 2, 3),
                    pick(random, 1, 1, 2, 2, 3), pick(random, 1, 1, 2), pick(random, 1, 1, 1, 1, 2),
                    padding, channels, random.nextBoolean(),
                    random.nextInt(3) == 0
                            ? Activation.NONE
                            : random.nextBoolean() ? Activation.RELU6 : Activation.HARD_SWISH);
            Conv2d pointwise = Conv2d
                    .pointwise(channels * multiplier, pick(random, 1, 5, 16, 19, 33, 64))
                    .withBias(random.nextBoolean())
                    .withActivation(random.nextBoolean() ? Activation.RELU : Activation.NONE);
            List<Conv2d> stages = new ArrayList<>(List.of(depthwise, pointwise));
            if (random.nextInt(4) == 0) { // MobileNetV2's block
                stages.addFirst(Conv2d.pointwise(pick(random, 1, 5, 16), channels)
                        .withActivation(Activation.RELU6));
            } else if (random.nextInt(4) == 0) {
                stages.add(
                        Conv2d.depthwise(pointwise.outChannels(), 1, 3).withPadding(Padding.of(1)));
                stages.add(Conv2d.pointwise(pointwise.outChannels(), pick(random, 3, 16)));
            }
            Layer layer = stages.size() == 2
                    ? new SeparableConv2d(SeparableConv2d.Order.MOBILENET, depthwise, pointwise)
                    : new ConvStack(stages);
            int[] sizes = {1, 2, 3, 5, 7, 11, 13, 19, 37, 61};
            Case drawn = new Case(layer,
                    new Shape(pick(random, 1, 1, 2, 3), stages.getFirst().inChannels(),
                            pick(random, sizes), pick(random, WIDTHS)),
                    random.nextBoolean() ? Layout.NCHW : Layout.NHWC, seed);
            if (fits(drawn)) {
                return drawn;
            }
        }
    }

    /**
     * A random grouped convolution with a pointwise one after it, either step grouped or not,
     * shuffled or not; the same for the same seed.
     */
    public static Case randomGroupedSeparable(long seed) {
        Random random = new Random(seed);
        while (true) {
            int groups = pick(random, 1, 2, 3, 4, 5, 8);
            int in = groups * pick(random, 1, 1, 2, 3, 5, 16);
            int pointwiseGroups = pick(random, 1, 1, groups, 2, 3);
            int between = groups * pointwiseGroups * pick(random, 1, 1, 2, 3, 5, 8);
            int out = pointwiseGroups * pick(random, 1, 2, 3, 7, 16, 17);
            int kernel = pick(random, 1, 3, 3, 5);
            Conv2d grouped = new Conv2d(in, between, kernel, kernel, pick(random, 1, 1, 2),
                    pick(random, 1, 1, 2, 3), pick(random, 1, 1, 2), 1,
                    random.nextBoolean() ? Padding.SAME_UPPER : Padding.of(1, 0, 2, 1), groups,
                    random.nextBoolean(),
                    random.nextBoolean() ? Activation.NONE : Activation.RELU6);
            Conv2d pointwise = Conv2d.pointwise(between, out).withGroups(pointwiseGroups)
                    .withBias(random.nextBoolean())
                    .withActivation(random.nextBoolean() ? Activation.NONE : Activation.RELU);
            Case drawn = new Case(
                    new GroupedSeparableConv2d(grouped, random.nextInt(3) > 0, pointwise),
                    new Shape(pick(random, 1, 1, 2, 3), in, pick(random, SIZES),
                            pick(random, SIZES)),
                    random.nextBoolean() ? Layout.NCHW : Layout.NHWC, seed);
            if (fits(drawn)) {
                return drawn;
            }
        }
    }

    /** Whether no kernel is larger than its padded input. */
    private static boolean fits(Case drawn) {
        try {
            drawn.layer().outputShape(drawn.input());
            return true;
        } catch (IllegalArgumentException tooSmall) {
            return false;
        }
    }

    /** @param channels C, or 0 to draw it */
    private static Conv2d randomConv(Random random, int channels) {
        Padding padding = switch (random.nextInt(4)) {
            case 0 -> Padding.VALID;
            case 1 -> Padding.SAME_UPPER;
            case 2 -> Padding.SAME_LOWER;
            default -> Padding.of(random.nextInt(4), random.nextInt(4), random.nextInt(4),
                    random.nextInt(4));
        };
        Activation activation = switch (random.nextInt(8)) {
            case 0 -> Activation.RELU;
            case 1 -> Activation.RELU6;
            case 2 -> Activation.leakyRelu(0.1f);
            case 3 -> Activation.HARD_SWISH;
            case 4 -> Activation.SIGMOID;
            case 5 -> Activation.SILU;
            case 6 -> List.of(Activation.GELU, Activation.GELU_TANH, Activation.TANH,
                    Activation.HARD_SIGMOID, Activation.MISH).get(random.nextInt(5));
            default -> Activation.NONE;
        };
        int kind = random.nextInt(5);
        int groups;
        int in;
        int out;
        if (kind == 0) { // depthwise
            groups = channels > 0 ? channels : pick(random, 1, 2, 3, 7, 16, 17, 33);
            in = groups;
            out = groups * pick(random, 1, 1, 1, 2, 3);
        } else {
            groups = kind == 1 || channels > 0 ? 1 : pick(random, 1, 1, 1, 2, 3, 5);
            in = channels > 0 ? channels : groups * pick(random, 1, 1, 2, 3, 5, 7, 16, 17);
            out = groups * pick(random, 1, 1, 2, 3, 5, 8, 16, 19, 33);
        }
        Conv2d conv = kind == 1
                ? Conv2d.pointwise(in, out)
                : new Conv2d(in, out, pick(random, 1, 2, 3, 3, 3, 4, 5, 7),
                        pick(random, 1, 2, 3, 3, 3, 4, 5, 7), pick(random, 1, 1, 2, 3, 5),
                        pick(random, 1, 1, 2, 3, 5), pick(random, 1, 1, 2, 3),
                        pick(random, 1, 1, 2, 3), padding, groups, false, Activation.NONE);
        return conv.withBias(random.nextBoolean()).withActivation(activation);
    }

    private static int pick(Random random, int... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
