package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.reference.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Compares engines and kernels with the float64 reference. Sizes are prime unless set, so that no tile fits them by luck. Every
 * failure prints the seed and the whole configuration.
 */
public final class ConvTester {

    /** Largest difference allowed, over the exact output's largest magnitude. */
    public static final double TOLERANCE = 1e-5;

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
        return new Case(new Conv2d(channels, filters, kernelHeight, kernelWidth, strideHeight, strideWidth, dilationHeight,
                dilationWidth, padding, groups, bias, activation), new Shape(batch, channels, height, width), layout, seed);
    }

    /** Runs it on the engine's first device and compares with the reference. */
    public void run(Engine engine) {
        check(build(), engine, engine.devices().getFirst());
    }

    /** Runs a case twice on one plan, to catch what a first run leaves behind, and compares with the reference. */
    public static void check(Case given, Engine engine, Device device) {
        Tensor input = given.tensor();
        List<ConvWeights> weights = given.weights();
        double[] exact = Reference.run(given.layer(), weights, input);
        try (Plan plan = engine.compile(given.layer(), weights, given.input(), given.layout(), device)) {
            assertClose(given, engine.name(), exact, plan.run(input));
            assertClose(given, engine.name() + ", second run", exact, plan.run(input));
        } catch (RuntimeException e) {
            throw new AssertionError(engine.name() + " failed on " + given, e);
        }
    }

    public static void assertClose(Case given, String who, double[] exact, Tensor result) {
        Reference.Difference difference = Reference.difference(exact, result);
        assertTrue(difference.relative() <= TOLERANCE,
                () -> "%s is off by %s (relative %s) on %s".formatted(who, difference.maxAbs(), difference.relative(), given));
    }

    /** A random configuration, the same for the same seed: every parameter, small sizes, often prime, sometimes 1. */
    public static Case random(long seed) {
        Random random = new Random(seed);
        int[] sizes = {1, 2, 3, 5, 7, 11, 13, 17, 19};
        while (true) {
            int groups = pick(random, 1, 1, 1, 2, 3, 5);
            int perGroup = pick(random, 1, 1, 2, 3, 5, 7, 16, 17);
            int filtersPerGroup = pick(random, 1, 1, 2, 3, 5, 8, 16, 19, 33);
            int shape = random.nextInt(5);
            if (shape == 0) {
                groups = pick(random, 1, 2, 3, 7, 16, 17, 33);
                perGroup = 1;
                filtersPerGroup = pick(random, 1, 1, 1, 2, 3);
            }
            boolean pointwise = shape == 1;
            Conv2d conv;
            Shape input = new Shape(pick(random, 1, 1, 2, 3), groups * perGroup, pick(random, sizes), pick(random, sizes));
            Padding padding = switch (random.nextInt(4)) {
                case 0 -> Padding.VALID;
                case 1 -> Padding.SAME_UPPER;
                case 2 -> Padding.SAME_LOWER;
                default -> Padding.of(random.nextInt(4), random.nextInt(4), random.nextInt(4), random.nextInt(4));
            };
            Activation activation = switch (random.nextInt(6)) {
                case 0 -> Activation.RELU;
                case 1 -> Activation.RELU6;
                case 2 -> Activation.leakyRelu(0.1f);
                case 3 -> Activation.HARD_SWISH;
                case 4 -> Activation.SIGMOID;
                default -> Activation.NONE;
            };
            if (pointwise) {
                conv = Conv2d.pointwise(groups * perGroup, groups * filtersPerGroup);
            } else {
                conv = new Conv2d(groups * perGroup, groups * filtersPerGroup, pick(random, 1, 2, 3, 3, 3, 4, 5, 7),
                        pick(random, 1, 2, 3, 3, 3, 4, 5, 7), pick(random, 1, 1, 2, 3, 5), pick(random, 1, 1, 2, 3, 5),
                        pick(random, 1, 1, 2, 3), pick(random, 1, 1, 2, 3), padding, groups, false, Activation.NONE);
            }
            conv = conv.withBias(random.nextBoolean()).withActivation(activation);
            Layout layout = random.nextBoolean() ? Layout.NCHW : Layout.NHWC;
            try {
                conv.outputShape(input);
            } catch (IllegalArgumentException tooSmall) {
                continue; // the kernel is larger than the padded input: draw again
            }
            return new Case(conv, input, layout, seed);
        }
    }

    private static int pick(Random random, int... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
