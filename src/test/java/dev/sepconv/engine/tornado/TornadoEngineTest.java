package dev.sepconv.engine.tornado;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvStack;
import dev.sepconv.ConvTester;
import dev.sepconv.ConvTester.Case;
import dev.sepconv.ConvWeights;
import dev.sepconv.Device;
import dev.sepconv.EngineException;
import dev.sepconv.Fusion;
import dev.sepconv.GroupedSeparableConv2d;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.OutOfMemoryException;
import dev.sepconv.Padding;
import dev.sepconv.Plan;
import dev.sepconv.Profile;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.engine.DeviceSplit;
import dev.sepconv.engine.EngineDevice;
import dev.sepconv.engine.SplitAxis;
import dev.sepconv.engine.lower.Kernels;
import dev.sepconv.kernel.Catalogue;
import dev.sepconv.kernel.DeviceClass;
import dev.sepconv.kernel.conv.Kernel;
import dev.sepconv.reference.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/**
 * On the real runtime, TornadoVM's fallback to Java off. Each configuration costs a compilation of
 * about a second.
 */
@Tag("device")
class TornadoEngineTest {

    private static final long FIRST_SEED = 1000;
    private static final int RANDOM_CONFIGURATIONS = 60;
    /** {@code -Dsepconv.deviceCases=N} tries more of each kernel, half a second each. */
    private static final int CASES_PER_KERNEL = Integer.getInteger("sepconv.deviceCases", 2);

    /** So many configurations are drawn at most to find those. */
    private static final long MOST_SEEDS = 3_000_000;

    private static TornadoEngine engine;
    private static Device device;

    @BeforeAll
    static void open() {
        engine = TornadoEngine.open();
        device = engine.devices().getFirst();
        System.out.printf("devices: %s; random configurations: seeds %d to %d%n", engine.devices(),
                FIRST_SEED, FIRST_SEED + RANDOM_CONFIGURATIONS - 1);
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    // Arithmetic

    @ParameterizedTest
    @MethodSource
    void randomConfigurationsAgreeWithTheReference(long seed) {
        ConvTester.check(ConvTester.random(seed), engine, device);
    }

    static LongStream randomConfigurationsAgreeWithTheReference() {
        return LongStream.range(FIRST_SEED, FIRST_SEED + RANDOM_CONFIGURATIONS);
    }

    /**
     * Whether or not the catalogue would choose it, each kernel computes what it says that it
     * supports.
     */
    @ParameterizedTest
    @MethodSource
    void everyKernelOfTheCatalogueAgreesWithTheReference(Kernel kernel, Case given) {
        skipWhatIsRefused(kernel, given);
        Tensor input = given.tensor();
        double[] exact = Reference.run(given.layer(), given.weights(), input);
        try (Plan plan = compile(given, List.of(kernel))) {
            ConvTester.assertClose(given, kernel.name(), exact, plan.run(input));
            ConvTester.assertClose(given, kernel.name() + ", second run", exact, plan.run(input));
        }
    }

    private static Plan compile(Case given, List<Kernel> kernels) {
        Network network = Network.of(given.layer().withWeights(given.weights()), given.input(),
                given.layout());
        return Plan.of(engine.compile(network, device, kernels), given.layout());
    }

    /**
     * Sees to it that the engine says so where the device's backend lacks this kernel, and then
     * skips the test: what was refused has not passed.
     */
    private static void skipWhatIsRefused(Kernel kernel, Case given) {
        if (engine.compiles(kernel, device)) {
            return;
        }
        assertTrue(List.of("spirv", "cuda", "ptx").contains(device.backend()), device.backend());
        EngineException e = assertThrows(EngineException.class,
                () -> compile(given, List.of(kernel)));
        assertEquals(
                "kernel %s can't be run on device %s: TornadoVM can't compile it for backend %s; use another"
                        .formatted(kernel.name(), device, device.backend()),
                e.getMessage());
        abort(kernel.name() + " is refused for " + device.backend() + ", as it has to be");
    }

    static Stream<Arguments> everyKernelOfTheCatalogueAgreesWithTheReference() {
        return Catalogue.all().stream().flatMap(kernel -> randomCases(kernel).stream()
                .map(given -> Arguments.of(Named.of(kernel.name(), kernel), given)));
    }

    /** None of kernels that want more channels than are drawn; these have cases of their own. */
    private static List<Case> randomCases(Kernel kernel) {
        List<Case> cases = LongStream.range(1, MOST_SEEDS)
                .mapToObj(kernel.stages() == 1 ? ConvTester::random : ConvTester::randomChain)
                .filter(given -> ConvTester.can(kernel, given)).limit(CASES_PER_KERNEL).toList();
        assertTrue(!cases.isEmpty() || GpuLab.severalTiles(kernel).findAny().isPresent(),
                kernel.name());
        return cases;
    }

    /**
     * They can't be run as plain Java, so here over more than one tile in every direction, and
     * never a whole number of them.
     */
    @ParameterizedTest
    @MethodSource
    void kernelsWithLocalMemoryAgreeWithTheReference(Kernel kernel, Case given) {
        everyKernelOfTheCatalogueAgreesWithTheReference(kernel, given);
    }

    static Stream<Arguments> kernelsWithLocalMemoryAgreeWithTheReference() {
        return Catalogue.all().stream().filter(kernel -> !kernel.runsAsPlainJava())
                .flatMap(kernel -> GpuLab.severalTiles(kernel)
                        .map(given -> Arguments.of(Named.of(kernel.name(), kernel), given)));
    }

    @ParameterizedTest
    @MethodSource("dev.sepconv.kernel.DepthwiseRowConvTest#cases")
    void depthwiseRowsAgreeWithTheReference(String name, Case given) {
        Kernel kernel = Catalogue.all().stream().filter(each -> each.name().equals(name))
                .findFirst().orElseThrow();
        skipWhatIsRefused(kernel, given);
        Tensor input = given.tensor();
        double[] exact = Reference.run(given.layer(), given.weights(), input);
        try (Plan plan = compile(given, List.of(kernel))) {
            ConvTester.assertClose(given, name, exact, plan.run(input));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.sepconv.kernel.SeparableVectorConvTest#cases")
    void separableKernelsAgreeWithTheReference(String name, Case given) {
        depthwiseRowsAgreeWithTheReference(name, given);
    }

    @ParameterizedTest
    @MethodSource
    void edgeCasesAgreeWithTheReference(Case given) {
        ConvTester.check(given, engine, device);
    }

    static Stream<Named<Case>> edgeCasesAgreeWithTheReference() {
        List<Named<Case>> cases = new ArrayList<>();
        for (Layout layout : Layout.values()) {
            cases.add(edge("prime sizes",
                    ConvTester.conv().batch(1).channels(13).size(17, 19).filters(11), layout));
            cases.add(edge("stride beyond the kernel", ConvTester.conv().kernel(2, 2).stride(5, 3),
                    layout));
            cases.add(edge("dilation beyond the picture's half", ConvTester.conv().dilation(5, 4),
                    layout));
            cases.add(edge("asymmetric padding",
                    ConvTester.conv().padding(Padding.of(3, 0, 1, 2)).stride(2, 1), layout));
            cases.add(edge("padding wider than the kernel",
                    ConvTester.conv().kernel(2, 2).padding(Padding.of(4)), layout));
            cases.add(
                    edge("batch of 5", ConvTester.conv().batch(5).channels(3).filters(2), layout));
            cases.add(
                    edge("one pixel", ConvTester.conv().size(1, 1).padding(Padding.of(1)), layout));
            cases.add(edge("one pixel, pointwise", ConvTester.conv().size(1, 1).kernel(1, 1),
                    layout));
            cases.add(edge("one channel, one filter", ConvTester.conv().channels(1).filters(1),
                    layout));
            cases.add(edge("depthwise, multiplier 3, stride 2", ConvTester.conv().channels(5)
                    .depthwise(3).stride(2, 2).padding(Padding.SAME_UPPER), layout));
            cases.add(edge("groups of 3",
                    ConvTester.conv().channels(9).filters(6).groups(3).kernel(5, 1), layout));
        }
        for (Activation activation : List.of(Activation.RELU, Activation.RELU6,
                Activation.leakyRelu(0.1f), Activation.HARD_SWISH, Activation.SIGMOID)) {
            cases.add(edge(activation.toString(), ConvTester.conv().activation(activation),
                    Layout.NCHW));
        }
        return cases.stream();
    }

    private static Named<Case> edge(String name, ConvTester tester, Layout layout) {
        return Named.of(name + ", " + layout, tester.layout(layout).build());
    }

    @ParameterizedTest
    @MethodSource
    void chainsAgreeWithTheReference(Case given) {
        ConvTester.check(given, engine, device);
    }

    /** Enough channels for the vector kernels, and never a whole number of vectors. */
    @ParameterizedTest
    @MethodSource
    void chainsOfVectorKernelsAgreeWithTheReference(Case given) {
        assertTrue(Kernels.vector(given.layer(), given.input(), given.layout()).stream()
                .allMatch(kernel -> kernel.order() == Kernel.Order.NHWC_VECTORS));
        ConvTester.check(given, engine, device);
    }

    static Stream<Named<Case>> chainsOfVectorKernelsAgreeWithTheReference() {
        Shape input = new Shape(2, 17, 13, 11);
        Map<String, Layer> layers = Map.of("mobilenet", SeparableConv2d.mobilenet(17, 29, 3, 2),
                "xception", SeparableConv2d.xception(17, 29, 3, 1), "keras 5x5",
                SeparableConv2d.keras(17, 29, 5, 1), "stack",
                ConvStack.of(
                        Conv2d.of(17, 19, 3).withPadding(Padding.of(2, 1))
                                .withActivation(Activation.HARD_SWISH),
                        Conv2d.depthwise(19, 1, 3).withDilation(2).withPadding(Padding.SAME_LOWER),
                        Conv2d.of(19, 37, 2, 3).withPadding(Padding.SAME_UPPER)
                                .withActivation(Activation.leakyRelu(0.1f))));
        return Arrays.stream(Layout.values())
                .flatMap(layout -> layers.entrySet().stream()
                        .map(layer -> Named.of(layer.getKey() + ", " + layout,
                                new Case(layer.getValue(), input, layout, 4))));
    }

    static Stream<Named<Case>> chainsAgreeWithTheReference() {
        Shape input = new Shape(2, 5, 13, 11);
        List<Layer> layers = List.of(SeparableConv2d.mobilenet(5, 7, 3, 2),
                SeparableConv2d.xception(5, 7, 3, 2), SeparableConv2d.keras(5, 7, 3, 2),
                ConvStack.of(Conv2d.of(5, 3, 3), Conv2d.grouped(3, 6, 2, 3).withBias(true),
                        Conv2d.pointwise(6, 4).withActivation(Activation.RELU)));
        return Arrays.stream(Layout.values()).flatMap(layout -> layers.stream().map(layer -> {
            String name = layer instanceof SeparableConv2d separable
                    ? separable.order().name()
                    : "three stages";
            return Named.of(name + ", " + layout, new Case(layer, input, layout, 3));
        }));
    }

    @Test
    void notANumberAndInfinitiesPass() {
        float[] values = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0, 1e-40f,
                200, -200};
        Shape shape = Shape.of(1, 1, values.length);
        List<Conv2d> layers = Stream
                .of(Activation.NONE, Activation.RELU, Activation.RELU6, Activation.leakyRelu(0.1f),
                        Activation.HARD_SWISH, Activation.SIGMOID)
                .map(Conv2d.pointwise(1, 1)::withActivation).toList();
        assertAll(layers.stream().map(layer -> () -> {
            List<ConvWeights> weights = List.of(ConvWeights.of(1));
            Tensor input = Tensor.of(shape, Layout.NCHW, values);
            try (Plan plan = engine.compile(layer.withWeights(weights), shape, Layout.NCHW,
                    device)) {
                Tensor output = plan.run(input);
                Reference.Difference difference = Reference
                        .difference(Reference.run(layer, weights, input), output);
                assertTrue(difference.relative() <= ConvTester.TOLERANCE, () -> "%s gives %s"
                        .formatted(layer.activation(), Arrays.toString(output.data())));
            }
        }));
    }

    /** Of pictures as wide as a tile and narrower ones, which have kernels of their own. */
    @ParameterizedTest
    @ValueSource(ints = {23, 5})
    void notANumberAndInfinitiesPassFromStepToStep(int width) {
        Shape shape = Shape.of(1, 4, width);
        float[] values = new float[shape.elements()];
        values[width + 1] = Float.NaN;
        values[2 * width - 1] = Float.POSITIVE_INFINITY;
        values[3 * width] = Float.NEGATIVE_INFINITY;
        Tensor input = Tensor.of(shape, Layout.NCHW, values);
        assertAll(Stream
                .of(Activation.NONE, Activation.RELU, Activation.RELU6, Activation.leakyRelu(0.1f))
                .map(activation -> () -> {
                    Layer layer = ConvStack.of(Conv2d.depthwise(1, 1, 3).withPadding(Padding.of(1))
                            .withActivation(activation), Conv2d.pointwise(1, 1));
                    List<ConvWeights> weights = weights(layer, 1);
                    double[] exact = Reference.run(layer, weights, input);
                    for (Fusion fusion : engine.fusions(layer, shape, Layout.NCHW, device)) {
                        try (Plan plan = engine.compile(layer.withWeights(weights), shape,
                                Layout.NCHW, device, fusion)) {
                            Reference.Difference apart = Reference.difference(exact,
                                    plan.run(input));
                            assertTrue(apart.relative() <= ConvTester.TOLERANCE,
                                    () -> "%s, %s: off by %s".formatted(activation, fusion, apart));
                        }
                    }
                }));
    }

    // Devices

    @Test
    void devicesHaveIdsOfTheirOwnAndTheBestIsFirst() {
        List<String> kinds = List.of("gpu", "accelerator", "cpu");
        List<Integer> ranks = engine.devices().stream().map(each -> kinds.indexOf(each.kind()))
                .toList();
        assertEquals(ranks.stream().sorted().toList(), ranks);
        assertFalse(ranks.contains(-1));
        assertEquals(engine.devices().size(),
                engine.devices().stream().map(Device::id).distinct().count());
        for (Device each : engine.devices()) {
            assertTrue(each.id().matches(each.backend() + ":\\d+:\\d+"), each.id());
            assertTrue(each.memoryBytes() > 0);
            assertEquals("tornado", each.engine());
        }
    }

    @Test
    void noKernelSharesLocalMemoryWhereThereIsNone() {
        System.setProperty("sepconv.noLocalMemory", "none, " + device.id());
        try (TornadoEngine without = TornadoEngine.open()) {
            assertNotEquals(DeviceClass.GPU, without.deviceClass(device));
            Kernel kernel = Catalogue.all().stream().filter(each -> !each.runsAsPlainJava())
                    .findFirst().orElseThrow();
            Case given = ConvTester.conv().channels(64).kernel(1, 1).build();
            Network network = Network.of(given.layer().withWeights(given.weights()), given.input(),
                    given.layout());
            assertEquals(
                    "kernel %s can't be run on device %s: its work-items share local memory, which the device doesn't have; use another"
                            .formatted(kernel.name(), device),
                    assertThrows(EngineException.class,
                            () -> without.compile(network, device, List.of(kernel))).getMessage());
        } finally {
            System.clearProperty("sepconv.noLocalMemory");
        }
    }

    @Test
    void everyDeviceAgreesWithTheReference() {
        for (Device each : engine.devices()) {
            Case given = ConvTester.conv().seed(each.id().hashCode()).build();
            ConvTester.check(given, engine, each);
            try (Plan plan = engine.compile(given.layer().withWeights(given.weights()),
                    given.input(), given.layout(), each)) {
                assertEquals(each, plan.device());
            }
        }
    }

    @Test
    void refusesAnotherEnginesDevice() {
        Device other = new Device("java", "java", "java", "jvm", "cpu", 1);
        Conv2d conv = Conv2d.of(1, 1, 1);
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
                () -> engine.compile(conv.withWeights(List.of(ConvWeights.of(1))),
                        Shape.of(1, 1, 1), Layout.NCHW, other));
        assertTrue(e.getMessage().startsWith("device is java; engine tornado has [" + device.id()),
                e.getMessage());
    }

    // Data between host and device

    @ParameterizedTest
    @EnumSource(SeparableConv2d.Order.class)
    void onlyInputAndOutputOfAChainCrossToAndFromTheDevice(SeparableConv2d.Order order) {
        SeparableConv2d layer = switch (order) {
            case MOBILENET -> SeparableConv2d.mobilenet(32, 64, 3, 1);
            case XCEPTION -> SeparableConv2d.xception(32, 64, 3, 1);
            case KERAS -> SeparableConv2d.keras(32, 64, 3, 1);
        };
        Shape shape = Shape.of(32, 16, 16);
        List<ConvWeights> weights = weights(layer, 1);
        Tensor input = Tensor.zeros(shape, Layout.NCHW);
        long inputBytes = 4L * shape.elements();
        long outputBytes = 4L * layer.outputShape(shape).elements();
        long weightBytes = weights.stream().mapToLong(each -> 4L * each.weight().length).sum();
        Network network = Network.of(layer.withWeights(weights), shape, Layout.NCHW);
        try (TornadoEngine copying = TornadoEngine.openCopying();
                Plan plan = Plan.of(
                        copying.compile(network, device, Kernels.plain(layer, shape, Layout.NCHW)),
                        Layout.NCHW)) {
            Tensor output = Tensor.zeros(plan.outputShape(), Layout.NCHW);
            Profile first = plan.profile(input, output);
            Profile later = plan.profile(input, output);
            // TornadoVM counts a header an array and, of each kernel, a frame of arguments; the
            // intermediate has 32 kB and more.
            long slack = 256;
            // The first run brings weights, and the output's mark where TornadoVM doesn't see that
            // kernels only write there.
            long least = inputBytes + weightBytes;
            long once = first.bytesIn() < least + outputBytes ? least : least + outputBytes;
            assertBetween(once, first.bytesIn(), once + 4 * slack);
            assertBetween(inputBytes, later.bytesIn(), inputBytes + slack);
            assertBetween(outputBytes, first.bytesOut(), outputBytes + slack);
            assertBetween(outputBytes, later.bytesOut(), outputBytes + slack);
            assertTrue(later.kernelNanos() > 0 && later.kernelNanos() < later.totalNanos(),
                    later.toString());
        }
        List<Kernel> vectors = Kernels.vector(layer, shape, Layout.NCHW);
        assertTrue(vectors.stream().allMatch(kernel -> kernel.order() == Kernel.Order.NHWC_VECTORS),
                vectors.toString());
        if (!vectors.stream().allMatch(kernel -> engine.compiles(kernel, device))) {
            return;
        }
        long slack = 1024;
        // Where the device's memory is the host's nothing crosses: for each kernel TornadoVM's 24
        // bytes of its own.
        try (Plan plan = Plan.of(engine.compile(network, device, vectors), Layout.NCHW)) {
            Profile later = plan.profile(input, Tensor.zeros(plan.outputShape(), Layout.NCHW));
            assertBetween(0, later.bytesIn(), slack);
            assertEquals(0, later.bytesOut());
        }
        try (TornadoEngine copying = TornadoEngine.openCopying();
                Plan plan = Plan.of(copying.compile(network, device, vectors), Layout.NCHW)) {
            Tensor output = Tensor.zeros(plan.outputShape(), Layout.NCHW);
            plan.profile(input, output);
            Profile later = plan.profile(input, output);
            // With the intermediate it would be twice the input or more.
            assertBetween(inputBytes, later.bytesIn(), inputBytes + slack);
            assertBetween(outputBytes, later.bytesOut(), outputBytes + slack);
        }
    }

    /**
     * Not by TornadoVM's interpreter, which is slower: kernels that don't say how their work-items
     * are grouped get groups, too.
     */
    @Test
    void plainKernelsAreLaunchedDirectlyWhereTheDeviceHasTheHostsMemory() {
        Case given = ConvTester.conv().build();
        Network network = Network.of(given.layer().withWeights(given.weights()), given.input(),
                given.layout());
        try (TornadoNetworkPlan vectors = engine.compile(network, device);
                TornadoNetworkPlan plain = engine.compile(network, device,
                        Kernels.plain(given.layer(), given.input(), given.layout()))) {
            assertEquals(vectors.isDirect(), plain.isDirect());
        }
    }

    /**
     * What lies between two tasks stays on the device; of one fused task there is nothing between.
     */
    @ParameterizedTest
    @EnumSource(value = Fusion.class, names = {"SEPARATE", "FUSED"})
    void onlyInputAndOutputCrossSeparateOrFused(Fusion fusion) {
        SeparableConv2d layer = SeparableConv2d.mobilenet(32, 64, 3, 1);
        Shape shape = Shape.of(32, 32, 32);
        assumeTrue(engine.fusions(layer, shape, Layout.NCHW, device).contains(fusion),
                "no " + fusion + " on " + device);
        List<ConvWeights> weights = weights(layer, 1);
        Tensor input = new Case(layer, shape, Layout.NCHW, 2).tensor();
        double[] exact = Reference.run(layer, weights, input);
        long inputBytes = 4L * shape.elements(); // and as many between the stages
        long outputBytes = 4L * layer.outputShape(shape).elements();
        try (TornadoEngine copying = TornadoEngine.openCopying();
                Plan plan = copying.compile(layer.withWeights(weights), shape, Layout.NCHW, device,
                        fusion)) {
            assertEquals(fusion, plan.fusion());
            assertEquals(fusion == Fusion.FUSED ? 1 : 2, plan.kernels().size(),
                    () -> plan.kernels().toString());
            Tensor output = Tensor.zeros(plan.outputShape(), Layout.NCHW);
            plan.profile(input, output);
            assertEquals(0, Reference.difference(exact, output).relative(), ConvTester.TOLERANCE);
            Profile later = plan.profile(input, output);
            // and some bytes of TornadoVM's own for each kernel
            assertBetween(inputBytes, later.bytesIn(), inputBytes + 1024);
            assertBetween(outputBytes, later.bytesOut(), outputBytes + 1024);
        }
    }

    @Test
    void groupedThenPointwiseWithAndWithoutAShuffleAgreesWithTheReference() {
        GroupedSeparableConv2d layer = GroupedSeparableConv2d.of(24, 18, 3, 1, 3);
        for (GroupedSeparableConv2d each : List.of(layer.withShuffle(true),
                layer.withPointwiseGroups(3).withShuffle(true))) {
            for (Layout layout : Layout.values()) {
                ConvTester.check(new Case(each, new Shape(2, 24, 9, 7), layout, 3), engine, device);
            }
        }
    }

    @Test
    void separateAndFusedAgreeWithTheReference() {
        int fused = 0;
        for (long seed = 18_000; seed < 18_032; seed++) {
            Case given = ConvTester.randomSeparable(seed);
            double[] exact = Reference.run(given.layer(), given.weights(), given.tensor());
            for (Fusion fusion : engine.fusions(given.layer(), given.input(), given.layout(),
                    device)) {
                ConvTester.assertClose(given, fusion.name(), exact,
                        ConvTester.output(given, engine, device, fusion));
                fused += fusion == Fusion.FUSED ? 1 : 0;
            }
        }
        assertTrue(fused > 3 || device.kind().equals("gpu"), "only " + fused + " were fused");
    }

    /** Devices with memory of their own, here a CPU treated as one of them. */
    @ParameterizedTest
    @MethodSource("chainsOfVectorKernelsAgreeWithTheReference")
    void vectorKernelsAgreeWithTheReferenceWhereTensorsAreCopiedToTheDevice(Case given) {
        try (TornadoEngine copying = TornadoEngine.openCopying()) {
            ConvTester.check(given, copying, device);
        }
    }

    /**
     * A profiled run is TornadoVM's, the others are not: each must leave the other's arguments and
     * buffers in order.
     */
    @Test
    void profiledAndPlainRunsTakeTurns() {
        Case given = new Case(SeparableConv2d.mobilenet(17, 29, 3, 2), new Shape(2, 17, 13, 11),
                Layout.NCHW, 5);
        Random random = new Random(6);
        try (Plan plan = engine.compile(given.layer().withWeights(given.weights()), given.input(),
                given.layout(), device)) {
            for (int i = 0; i < 4; i++) {
                Tensor input = Tensor.zeros(given.input(), given.layout());
                for (int j = 0; j < input.data().length; j++) {
                    input.data()[j] = random.nextFloat(-1, 1);
                }
                double[] exact = Reference.run(given.layer(), given.weights(), input);
                Tensor profiled = Tensor.zeros(plan.outputShape(), given.layout());
                plan.profile(input, profiled);
                ConvTester.assertClose(given, "profiled run " + i, exact, profiled);
                ConvTester.assertClose(given, "plain run " + i, exact, plan.run(input));
            }
        }
    }

    private static void assertBetween(long least, long value, long most) {
        assertTrue(least <= value && value <= most,
                () -> "%d is not between %d and %d".formatted(value, least, most));
    }

    @Test
    void profilingComputesTheSameAndLeavesPlansUsable() {
        Case given = ConvTester.conv().build();
        Tensor input = given.tensor();
        try (Plan plan = engine.compile(given.layer().withWeights(given.weights()), given.input(),
                given.layout(), device)) {
            Tensor plain = plan.run(input);
            Tensor profiled = Tensor.zeros(plan.outputShape(), given.layout());
            plan.profile(input, profiled);
            assertArrayEquals(plain.data(), profiled.data());
            assertArrayEquals(plain.data(), plan.run(input).data());
        }
    }

    // Sharing and closing

    @Test
    void equalLayersShareTheirCompiledCodeUntilTheLastIsClosed() {
        Case given = ConvTester.conv().build();
        Tensor input = given.tensor();
        double[] exact = Reference.run(given.layer(), given.weights(), input);
        Network network = Network.of(given.layer().withWeights(given.weights()), given.input(),
                given.layout());
        TornadoNetworkPlan one = engine.compile(network, device);
        TornadoNetworkPlan two = engine.compile(network, device);
        assertTrue(one.sharesCodeWith(two));
        Plan first = Plan.of(one, given.layout());
        Plan second = Plan.of(two, given.layout());
        first.close();
        first.close();
        assertThrows(IllegalStateException.class, () -> first.run(input));
        ConvTester.assertClose(given, "the other user", exact, second.run(input));
        second.close();
        try (TornadoNetworkPlan three = engine.compile(network, device)) {
            assertFalse(three.sharesCodeWith(two));
            ConvTester.assertClose(given, "compiled again", exact,
                    Plan.of(three, given.layout()).run(input));
        }
    }

    @Test
    void changedWeightsAreNotMistakenForTheOldOnes() {
        Conv2d conv = Conv2d.pointwise(1, 1);
        float[] weight = {2};
        Shape shape = Shape.of(1, 1, 1);
        Tensor input = Tensor.of(shape, Layout.NCHW, 10);
        List<ConvWeights> weights = List.of(new ConvWeights(weight, null));
        try (TornadoNetworkPlan before = engine
                .compile(Network.of(conv.withWeights(weights), shape, Layout.NCHW), device)) {
            weight[0] = 3;
            try (TornadoNetworkPlan after = engine
                    .compile(Network.of(conv.withWeights(weights), shape, Layout.NCHW), device)) {
                assertFalse(before.sharesCodeWith(after));
                assertEquals(20, Plan.of(before, Layout.NCHW).run(input).data()[0]);
                assertEquals(30, Plan.of(after, Layout.NCHW).run(input).data()[0]);
            }
        }
    }

    @Test
    void aPlanSurvivesTheCloseOfAnother() {
        Case kept = ConvTester.conv().seed(21).build();
        Case closed = ConvTester.conv().seed(22).build();
        Tensor input = kept.tensor();
        double[] exact = Reference.run(kept.layer(), kept.weights(), input);
        try (Plan plan = engine.compile(kept.layer().withWeights(kept.weights()), kept.input(),
                kept.layout(), device)) {
            try (Plan other = engine.compile(closed.layer().withWeights(closed.weights()),
                    closed.input(), closed.layout(), device)) {
                other.run(closed.tensor());
            }
            ConvTester.assertClose(kept, "after the other's close", exact, plan.run(input));
        }
    }

    @Test
    void closingTheEngineClosesItsPlans() {
        Case given = ConvTester.conv().build();
        Tensor input = given.tensor();
        TornadoEngine another = TornadoEngine.open();
        Plan plan = another.compile(given.layer().withWeights(given.weights()), given.input(),
                given.layout(), device);
        another.close();
        assertThrows(IllegalStateException.class, () -> plan.run(input));
        plan.close();
        assertThrows(IllegalStateException.class,
                () -> another.compile(given.layer().withWeights(given.weights()), given.input(),
                        given.layout(), device));
    }

    @Test
    void severalThreadsMayRunOnePlanAndOthers() {
        List<Case> cases = List.of(ConvTester.conv().seed(31).build(),
                ConvTester.conv().seed(32).layout(Layout.NHWC).build());
        List<Plan> plans = cases.stream()
                .map(each -> engine.compile(each.layer().withWeights(each.weights()), each.input(),
                        each.layout(), device))
                .toList();
        try {
            CompletableFuture<?>[] runs = IntStream.range(0, 40)
                    .mapToObj(i -> CompletableFuture.runAsync(() -> {
                        Case given = cases.get(i % 2);
                        Tensor input = given.tensor();
                        ConvTester.assertClose(given, "thread",
                                Reference.run(given.layer(), given.weights(), input),
                                plans.get(i % 2).run(input));
                    })).toArray(CompletableFuture[]::new);
            CompletableFuture.allOf(runs).join();
        } finally {
            plans.forEach(Plan::close);
        }
    }

    /**
     * The first run of a plan makes its buffers; TornadoVM can't make two plans' at once, nor one's
     * while another runs.
     */
    @Test
    void severalPlansMayRunForTheFirstTimeAtOnce() {
        List<Case> cases = LongStream.range(51, 61).mapToObj(seed -> ConvTester.conv().channels(19)
                .filters(37).layout(Layout.NHWC).seed(seed).build()).toList();
        List<Plan> plans = new ArrayList<>();
        for (Case each : cases) {
            Device next = engine.devices().get(plans.size() % engine.devices().size());
            plans.add(engine.compile(each.layer().withWeights(each.weights()), each.input(),
                    each.layout(), next));
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(plans.size())) {
            CyclicBarrier together = new CyclicBarrier(plans.size());
            List<Future<?>> runs = new ArrayList<>();
            for (int i = 0; i < plans.size(); i++) {
                Case given = cases.get(i);
                Plan plan = plans.get(i);
                Tensor input = given.tensor();
                double[] exact = Reference.run(given.layer(), given.weights(), input);
                runs.add(threads.submit(() -> {
                    together.await();
                    for (int run = 0; run < 5; run++) {
                        ConvTester.assertClose(given, "run " + run, exact, plan.run(input));
                    }
                    return null;
                }));
            }
            for (Future<?> run : runs) {
                assertDoesNotThrow(() -> run.get());
            }
        } finally {
            plans.forEach(Plan::close);
        }
    }

    @ParameterizedTest
    @EnumSource(Layout.class)
    void twoDevicesShareALayerWithTheSameResultAsOne(Layout layout) {
        List<Device> devices = engine.devices();
        List<EngineDevice> two = (devices.size() > 1
                ? devices.subList(0, 2)
                : List.of(device, device)).stream().map(each -> new EngineDevice(engine, each))
                .toList();
        Case grouped = ConvTester.conv().channels(6).filters(10).groups(2).padding(Padding.of(1))
                .layout(layout).build();
        Case batch = new Case(SeparableConv2d.mobilenet(17, 19, 3, 1), new Shape(5, 17, 9, 7),
                layout, 5);
        Case space = new Case(SeparableConv2d.mobilenet(17, 19, 3, 2), new Shape(1, 17, 19, 7),
                layout, 6);
        Case filters = ConvTester.conv().batch(1).channels(6).filters(10).size(1, 9)
                .padding(Padding.of(1)).layout(layout).build();
        for (Case given : List.of(grouped, batch, space, filters)) {
            Tensor input = given.tensor();
            double[] exact = Reference.run(given.layer(), given.weights(), input);
            Network network = Network.of(given.layer().withWeights(given.weights()), given.input(),
                    layout);
            SplitAxis along = SplitAxis.of(network, 2);
            try (Plan one = engine.compile(given.layer().withWeights(given.weights()),
                    given.input(), layout, device);
                    DeviceSplit plan = DeviceSplit.bySpeed(along, network, two)) {
                assertEquals(two.getFirst().device().id() + "+" + two.getLast().device().id(),
                        plan.device().id());
                for (int i = 0; i < 20; i++) {
                    ConvTester.assertClose(given, "split, run " + i, exact,
                            Tensor.of(one.outputShape(), layout, numbers(plan, input)));
                }
                if (along != SplitAxis.GROUPS) {
                    assertArrayEquals(one.run(input).data(), numbers(plan, input), plan.toString());
                }
            }
        }
    }

    private static float[] numbers(DeviceSplit plan, Tensor input) {
        return plan.run(NdArray.of(plan.network().dims("input"), input.data())).data();
    }

    // Failures

    @Test
    void refusesWhatDoesNotFitTheDeviceBeforeAllocating() {
        Conv2d conv = Conv2d.pointwise(1, 2);
        Shape shape = Shape.of(1, 30_000, 30_000);
        OutOfMemoryException e = assertThrows(OutOfMemoryException.class, () -> engine
                .compile(conv.withWeights(weights(conv, 1)), shape, Layout.NCHW, device));
        assertTrue(e.getMessage().startsWith("layer needs "), e.getMessage());
    }

    @Test
    void memoryIsGivenBackOnClose() throws Exception {
        ChildJava.Result result = ChildJava.of(Cycles.class).withTornado()
                .with("-Dtornado.device.memory=64MB").run();
        assertEquals(0, result.exit(), result.err());
        String refusal = "layer needs (\\d+\\.\\d MiB); device .* has 64\\.0 MiB for tensors, of which open plans take \\1: "
                + "close plans, or start Java with a larger -Dtornado\\.device\\.memory";
        List<String> said = result.out().lines().dropWhile(line -> !line.equals("8 cycles"))
                .toList();
        assertTrue(said.size() > 1 && said.getLast().matches(refusal), result.out());
    }

    /**
     * Compiles, runs and closes a chain with a large intermediate again and again, then tries to
     * have it twice.
     */
    static final class Cycles {
        public static void main(String[] args) {
            Layer layer = new SeparableConv2d(SeparableConv2d.Order.XCEPTION,
                    Conv2d.depthwise(32, 1, 3).withStride(8), Conv2d.pointwise(1, 32));
            Shape shape = Shape.of(1, 504, 504);
            Tensor input = Tensor.zeros(shape, Layout.NCHW);
            try (TornadoEngine engine = TornadoEngine.open()) {
                Device device = engine.devices().getFirst();
                for (int i = 0; i < 8; i++) {
                    try (Plan plan = engine.compile(layer.withWeights(weights(layer, i)), shape,
                            Layout.NCHW, device)) {
                        plan.run(input);
                    }
                }
                System.out.println("8 cycles");
                engine.compile(layer.withWeights(weights(layer, 8)), shape, Layout.NCHW, device)
                        .run(input);
                engine.compile(layer.withWeights(weights(layer, 9)), shape, Layout.NCHW, device);
            } catch (EngineException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    private static final AtomicBoolean RAN_IN_JAVA = new AtomicBoolean();

    /** Something that no device can do, between two things that one could. */
    static void uncompilable(FloatArray input, FloatArray weight, FloatArray bias,
            FloatArray output, IntArray geometry, int planes, int outHeight, int outWidth,
            int activation, float slope) {
        for (@Parallel int plane = 0; plane < planes; plane++) {
            RAN_IN_JAVA.set(true);
            output.set(plane, input.get(plane) + Thread.currentThread().getName().length());
        }
    }

    @Test
    void aKernelThatCannotBeCompiledIsAnErrorAndNeverRunsInJava() {
        Kernel kernel = new Kernel("uncompilable", Kernel.Variant.STANDARD, Kernel.Order.NCHW, "",
                Kernel.Tiling.NONE, true, TornadoEngineTest.class, "uncompilable",
                new Kernel.Plain(TornadoEngineTest::uncompilable));
        Conv2d conv = Conv2d.of(1, 1, 1);
        Shape shape = Shape.of(1, 4, 4);
        EngineException e = assertThrows(EngineException.class, () -> {
            Network network = Network.of(conv.withWeights(weights(conv, 1)), shape, Layout.NCHW);
            try (Plan plan = Plan.of(engine.compile(network, device, List.of(kernel)),
                    Layout.NCHW)) {
                plan.run(Tensor.zeros(shape, Layout.NCHW));
            }
        });
        assertFalse(RAN_IN_JAVA.get());
        assertTrue(
                e.getMessage().startsWith(
                        "can't compile network 'layer' (uncompilable) for device " + device),
                e.getMessage());
        // and the device goes on
        ConvTester.check(ConvTester.conv().seed(41).build(), engine, device);
    }

    /** TornadoVM 5.2 can't compile a vector that is loaded and not used. */
    static void unusedVector(VectorFloat16 input, VectorFloat16 weight, VectorFloat16 bias,
            VectorFloat16 gate, VectorFloat16 added, VectorFloat16 output, IntArray geometry,
            int tiles, int blocks, int mode, float slope) {
        for (@Parallel int tile = 0; tile < tiles; tile++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                Float16 unused = input.get(tile);
                output.set(tile, bias.get(block));
            }
        }
    }

    /** It failed late: TornadoVM had begun to count the kernel's loops, and the next went on. */
    @Test
    void aKernelThatFailsHalfwayDoesNotSpoilTheNext() {
        Case given = ConvTester.conv().channels(16).filters(16).kernel(3, 3).size(7, 11)
                .layout(Layout.NHWC).seed(43).build();
        Kernel kernel = new Kernel("unusedVector", Kernel.Variant.STANDARD,
                Kernel.Order.NHWC_VECTORS, "", Kernel.Tiling.vectors(7, 16), true,
                TornadoEngineTest.class, "unusedVector",
                new Kernel.Dense(TornadoEngineTest::unusedVector));
        assumeTrue(engine.compiles(kernel, device), "the backend has no vectors of 16");
        for (int time = 0; time < 2; time++) {
            assertThrows(EngineException.class, () -> compile(given, List.of(kernel)).close());
            ConvTester.check(given, engine, device);
        }
    }

    private static List<ConvWeights> weights(Layer layer, long seed) {
        Random random = new Random(seed);
        return layer.stages().stream().map(stage -> ConvWeights.random(stage, random)).toList();
    }
}
