package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.sepconv.engine.Engines;
import dev.sepconv.engine.lower.Kernels;
import dev.sepconv.kernel.Catalogue;
import dev.sepconv.kernel.DeviceClass;
import dev.sepconv.kernel.conv.Kernel;
import dev.sepconv.onnx.OnnxRuntimeOracle;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Every engine that needs no SDK and every catalogue entry against the float64 reference and
 * against ONNX Runtime, over random configurations. {@code -Dsepconv.seed=N} draws others,
 * {@code -Dsepconv.cases=N} more; a failure prints the seed of its case.
 *
 * <p>
 * The bound is strict, {@link ConvTester#TOLERANCE} of the right output's largest value. About one
 * draw in 20,000 has so few outputs, so near to 0 by cancellation, that rounding to float32 alone
 * goes past it, in ONNX Runtime as in ours; none is among the default ones.
 */
class OracleTest {

    private static final long SEED = Long.getLong("sepconv.seed", 2_000_000);
    private static final int CASES = Integer.getInteger("sepconv.cases", 1000);
    private static final int CHAINS = CASES / 5;

    /**
     * The engines to be judged. One that can't be opened fails the test: neither needs anything
     * that a build lacks.
     */
    private static final List<String> ENGINES = List.of("simd", "plain", "java");

    /** The largest errors so far, by who made them. */
    private static final Map<String, Double> WORST = new TreeMap<>();

    /** What must have been among the drawn configurations, or the run proves less than it says. */
    private enum Feature {
        BATCH(given -> given.input().n() > 1),
        ONE_PIXEL(given -> given.input().h() == 1 && given.input().w() == 1),
        PRIME_HEIGHT_AND_WIDTH(given -> prime(given.input().h()) && prime(given.input().w())),
        ONE_INPUT_CHANNEL(given -> given.input().c() == 1),
        ONE_OUTPUT_CHANNEL(given -> conv(given).outChannels() == 1),
        PRIME_CHANNELS(given -> prime(given.input().c()) && prime(conv(given).outChannels())),
        STANDARD(given -> conv(given).groups() == 1 && given.input().c() > 1
                && conv(given).kernelHeight() > 1),
        GROUPED(given -> conv(given).groups() > 1 && conv(given).groups() < given.input().c()),
        DEPTHWISE(given -> conv(given).isDepthwise() && given.input().c() > 1),
        DEPTH_MULTIPLIER(given -> conv(given).isDepthwise() && given.input().c() > 1
                && conv(given).depthMultiplier() > 1),
        POINTWISE(given -> conv(given).isPointwise()),
        KERNEL_NOT_SQUARE(given -> conv(given).kernelHeight() != conv(given).kernelWidth()),
        KERNEL_LARGER_THAN_INPUT(given -> conv(given).kernelHeight() > given.input().h()),
        STRIDE(given -> conv(given).strideHeight() > 1 && conv(given).strideWidth() > 1),
        STRIDES_DIFFER(given -> conv(given).strideHeight() != conv(given).strideWidth()),
        STRIDE_OVER_KERNEL(given -> conv(given).strideHeight() > conv(given).kernelHeight()
                || conv(given).strideWidth() > conv(given).kernelWidth()),
        DILATION(given -> conv(given).dilationHeight() > 1 && conv(given).kernelHeight() > 1
                || conv(given).dilationWidth() > 1 && conv(given).kernelWidth() > 1),
        DILATION_AND_STRIDE(given -> DILATION.in.test(given) && STRIDE.in.test(given)),
        VALID(given -> conv(given).padding().equals(Padding.VALID)),
        SAME_UPPER(given -> conv(given).padding().equals(Padding.SAME_UPPER)),
        SAME_LOWER(given -> conv(given).padding().equals(Padding.SAME_LOWER)),
        PADDING_DIFFERS_UP_AND_DOWN(given -> pad(given).top() != pad(given).bottom()),
        PADDING_DIFFERS_LEFT_AND_RIGHT(given -> pad(given).left() != pad(given).right()),
        PADDING_OVER_KERNEL(given -> pad(given).top() >= conv(given).kernelHeight()
                && conv(given).dilationHeight() == 1),
        BIAS(given -> conv(given).bias()),
        NO_BIAS(given -> !conv(given).bias()),
        NO_ACTIVATION(given -> conv(given).activation().kind() == Activation.Kind.NONE),
        RELU(given -> conv(given).activation().kind() == Activation.Kind.RELU),
        RELU6(given -> conv(given).activation().kind() == Activation.Kind.RELU6),
        LEAKY_RELU(given -> conv(given).activation().kind() == Activation.Kind.LEAKY_RELU),
        HARD_SWISH(given -> conv(given).activation().kind() == Activation.Kind.HARD_SWISH),
        SIGMOID(given -> conv(given).activation().kind() == Activation.Kind.SIGMOID),
        NCHW(given -> given.layout() == Layout.NCHW),
        NHWC(given -> given.layout() == Layout.NHWC);

        private final Predicate<ConvTester.Case> in;

        Feature(Predicate<ConvTester.Case> in) {
            this.in = in;
        }

        private static Conv2d conv(ConvTester.Case given) {
            return (Conv2d) given.layer();
        }

        private static Padding.Explicit pad(ConvTester.Case given) {
            return conv(given).padding().resolve(conv(given), given.input().h(), given.input().w());
        }

        private static boolean prime(int n) {
            return n > 1 && IntStream.range(2, n).noneMatch(divisor -> n % divisor == 0);
        }
    }

    @Test
    void randomConvolutionsAgreeEverywhere() {
        System.out.printf("OracleTest: %d convolutions, -Dsepconv.seed=%d%n", CASES, SEED);
        Map<Feature, Integer> features = new EnumMap<>(Feature.class);
        Map<String, Integer> runs = new LinkedHashMap<>();
        List<Kernel> kernels = Catalogue.all().stream()
                .filter(kernel -> kernel.runsAsPlainJava() && kernel.stages() == 1).toList();
        kernels.forEach(kernel -> runs.put(kernel.name(), 0));
        List<AssertionError> failures = new ArrayList<>();
        try (Judged judged = Judged.open()) {
            for (long seed = SEED; seed < SEED + CASES; seed++) {
                ConvTester.Case given = ConvTester.random(seed);
                for (Feature feature : Feature.values()) {
                    features.merge(feature, feature.in.test(given) ? 1 : 0, Integer::sum);
                }
                judge(given, judged, runs, failures);
            }
        }
        report(failures);
        for (String name : ENGINES) {
            assertEquals(CASES, runs.get(name), "cases of engine " + name);
        }
        int least = CASES / 200;
        assertAll(
                features.entrySet().stream().map(entry -> () -> assertTrue(entry.getValue() > least,
                        "only %d cases of %s".formatted(entry.getValue(), entry))));
        // Kernels for one width and stride have a test of their own below: too few of these cases
        // are theirs.
        assertAll(kernels.stream().filter(kernel -> !forOneWidth(kernel))
                .map(kernel -> () -> assertTrue(runs.get(kernel.name()) > least,
                        "only %d cases of kernel %s".formatted(runs.get(kernel.name()),
                                kernel.name()))));
    }

    private static boolean forOneWidth(Kernel kernel) {
        return kernel.body() instanceof Kernel.Lines
                || kernel.body() instanceof Kernel.Vectors vectors && vectors.kernelWidth() > 0;
    }

    /** Depthwise as networks have it, which {@link ConvTester#random} draws too seldom. */
    @Test
    void randomDepthwiseRowsAgreeEverywhere() {
        int cases = CASES / 5;
        Random random = new Random(SEED);
        List<Kernel> kernels = Catalogue.all().stream().filter(OracleTest::forOneWidth).toList();
        Map<String, Integer> runs = new LinkedHashMap<>();
        List<AssertionError> failures = new ArrayList<>();
        try (Judged judged = Judged.open()) {
            for (long seed = SEED; seed < SEED + cases; seed++) {
                Kernel kernel = kernels.get((int) (seed - SEED) % kernels.size());
                judge(ofOneWidth(kernel, seed, random), judged, runs, failures);
            }
        }
        report(failures);
        int least = cases / kernels.size() / 2;
        assertAll(kernels.stream().map(kernel -> () -> assertTrue(
                runs.getOrDefault(kernel.name(), 0) > least,
                "only %s cases of kernel %s".formatted(runs.get(kernel.name()), kernel.name()))));
    }

    private static ConvTester.Case ofOneWidth(Kernel kernel, long seed, Random random) {
        ConvTester tester = ConvTester.conv().seed(seed).batch(1 + random.nextInt(2))
                .channels(1 + random.nextInt(40)).depthwise(1).padding(Padding.of(random.nextInt(4),
                        random.nextInt(6), random.nextInt(4), random.nextInt(6)));
        int height = 9 + random.nextInt(9);
        int more = random.nextInt(30);
        if (kernel.body() instanceof Kernel.Lines lines) {
            int size = lines.kernelSize();
            return tester.kernel(size, size).stride(lines.stride(), lines.stride())
                    .size(height, size + more)
                    .layout(kernel.order() == Kernel.Order.NHWC ? Layout.NHWC : Layout.NCHW)
                    .build();
        }
        Kernel.Vectors one = (Kernel.Vectors) kernel.body();
        return tester.kernel(1 + random.nextInt(5), one.kernelWidth())
                .stride(1 + random.nextInt(3), one.strideWidth()).dilation(1 + random.nextInt(2), 1)
                .size(height, one.kernelWidth() + more)
                .layout(random.nextBoolean() ? Layout.NCHW : Layout.NHWC).build();
    }

    @Test
    void randomChainsAgreeEverywhere() {
        System.out.printf("OracleTest: %d chains, -Dsepconv.seed=%d%n", CHAINS, SEED);
        Map<SeparableConv2d.Order, Integer> orders = new EnumMap<>(SeparableConv2d.Order.class);
        Map<String, Integer> runs = new LinkedHashMap<>();
        List<AssertionError> failures = new ArrayList<>();
        int stacks = 0;
        try (Judged judged = Judged.open()) {
            for (long seed = SEED; seed < SEED + CHAINS; seed++) {
                ConvTester.Case given = ConvTester.randomChain(seed);
                if (given.layer() instanceof SeparableConv2d separable) {
                    orders.merge(separable.order(), 1, Integer::sum);
                } else {
                    stacks++;
                }
                judge(given, judged, runs, failures);
            }
        }
        report(failures);
        assertTrue(stacks > CHAINS / 10, "only %d stacks".formatted(stacks));
        assertAll(Catalogue.all().stream()
                .filter(kernel -> kernel.runsAsPlainJava() && kernel.stages() > 1)
                .map(kernel -> () -> assertTrue(runs.getOrDefault(kernel.name(), 0) > CHAINS / 100,
                        "only %s cases of kernel %s".formatted(runs.get(kernel.name()),
                                kernel.name()))));
        for (SeparableConv2d.Order order : SeparableConv2d.Order.values()) {
            assertTrue(orders.getOrDefault(order, 0) > CHAINS / 10,
                    "only %s of %s".formatted(orders.get(order), order));
        }
    }

    @Test
    void randomGroupedSeparablesAgreeEverywhere() {
        System.out.printf("OracleTest: %d grouped separables, -Dsepconv.seed=%d%n", CHAINS, SEED);
        Map<String, Integer> runs = new LinkedHashMap<>();
        List<AssertionError> failures = new ArrayList<>();
        int folded = 0;
        int moved = 0;
        try (Judged judged = Judged.open()) {
            for (long seed = SEED; seed < SEED + CHAINS; seed++) {
                ConvTester.Case given = ConvTester.randomGroupedSeparable(seed);
                if (given.layer().shuffleBefore(1).isPresent()) {
                    folded += given.layer().stages().get(1).groups() == 1 ? 1 : 0;
                    moved += given.layer().stages().get(1).groups() > 1 ? 1 : 0;
                }
                judge(given, judged, runs, failures);
            }
        }
        report(failures);
        assertTrue(folded > CHAINS / 10 && moved > CHAINS / 10,
                "only %d folded and %d moved".formatted(folded, moved));
    }

    private record Judged(List<Engine> engines) implements AutoCloseable {
        static Judged open() {
            return new Judged(ENGINES.stream().map(Engines::open).toList());
        }

        @Override
        public void close() {
            engines.forEach(Engine::close);
        }
    }

    private static void judge(ConvTester.Case given, Judged judged, Map<String, Integer> runs,
            List<AssertionError> failures) {
        try {
            Tensor onnx = OnnxRuntimeOracle.run(given);
            assertEquals(given.layer().outputShape(given.input()), onnx.shape());
            Map<String, Tensor> results = new LinkedHashMap<>();
            for (Engine engine : judged.engines()) {
                results.put(engine.name(),
                        ConvTester.output(given, engine, engine.devices().getFirst()));
            }
            results.putAll(eachKernel(given));
            // who is as near to float64 as ONNX Runtime must be is near to ONNX Runtime
            results.put("ONNX Runtime", onnx.to(given.layout()));
            NetworkJudge channels = channels(given);
            double allowed = channels.tolerance();
            results.forEach((who, result) -> {
                runs.merge(who, 1, Integer::sum);
                double error = channels.error(channels.outputOf(result));
                WORST.merge(who, error, Math::max);
                assertTrue(error <= allowed,
                        () -> "%s is off by %.3g of a channel's scale, %.3g is allowed, on %s"
                                .formatted(who, error, allowed, given));
            });
        } catch (AssertionError e) {
            failures.add(e);
        } catch (RuntimeException e) {
            failures.add(new AssertionError("%s on %s".formatted(e, given), e));
        }
    }

    /** Each channel by its own scale: one of small numbers hides no error behind one of large. */
    private static NetworkJudge channels(ConvTester.Case given) {
        Network network = Network.of(given.layer().withWeights(given.weights()), given.input(),
                given.layout());
        String input = network.inputs().keySet().iterator().next();
        return new NetworkJudge(new NetworkCases.Case(network,
                Map.of(input, NdArray.of(network.dims(input), given.tensor().data()))));
    }

    /**
     * What each catalogue entry that can compute the case makes of it; of a chain, also whatever
     * kernels the catalogue chooses.
     */
    private static Map<String, Tensor> eachKernel(ConvTester.Case given) {
        Map<String, Tensor> results = new LinkedHashMap<>();
        for (Kernel kernel : Catalogue.all()) {
            if (kernel.runsAsPlainJava() && ConvTester.can(kernel, given)) {
                results.put(kernel.name(), ConvTester.output(given, List.of(kernel)));
            }
        }
        if (!(given.layer() instanceof Conv2d)) {
            results.put("plain kernels", ConvTester.output(given,
                    Kernels.plain(given.layer(), given.input(), given.layout())));
            results.put("vector kernels", ConvTester.output(given,
                    Kernels.vector(given.layer(), given.input(), given.layout())));
            results.put("block kernels", ConvTester.output(given, Kernels.byDefault(given.layer(),
                    given.input(), given.layout(), DeviceClass.GPU_WITHOUT_LOCAL)));
        }
        return results;
    }

    private static void report(List<AssertionError> failures) {
        WORST.entrySet().stream().filter(each -> ENGINES.contains(each.getKey()))
                .forEach(each -> System.out.printf(
                        "OracleTest: %s is off by at most %.2g of a channel's scale%n",
                        each.getKey(), each.getValue()));
        WORST.clear();
        if (!failures.isEmpty()) {
            AssertionError error = failures.getFirst();
            failures.stream().skip(1).limit(9).forEach(error::addSuppressed);
            fail("%d cases fail (base seed %d); the first: %s".formatted(failures.size(), SEED,
                    error.getMessage()), error);
        }
    }
}
