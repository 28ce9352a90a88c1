package dev.sepconv.engine.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvStack;
import dev.sepconv.ConvTester;
import dev.sepconv.ConvWeights;
import dev.sepconv.Dims;
import dev.sepconv.Fusion;
import dev.sepconv.GroupedSeparableConv2d;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkCases;
import dev.sepconv.NetworkPlan;
import dev.sepconv.Op;
import dev.sepconv.Padding;
import dev.sepconv.Plan;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
import dev.sepconv.engine.simd.gen.PixelTile;
import dev.sepconv.engine.simd.gen.PlaneTile;
import dev.sepconv.reference.NetworkReference;
import dev.sepconv.reference.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where the values of a network lie: layouts at its ends, pictures that stay in NCHW, groups apart,
 * what is written to the caller's arrays.
 */
class SimdSchedulesTest {

    private static final SimdEngine ENGINE = SimdEngine.open(2);
    private static final Op.Transpose TO_NCHW = new Op.Transpose(List.of(0, 3, 1, 2));
    private static final Op.Transpose TO_NHWC = new Op.Transpose(List.of(0, 2, 3, 1));
    private static final Op RELU = Op.Elementwise.of(Op.Elementwise.Function.RELU);
    /** Wide enough for the steps that leave NCHW as it is. */
    private static final int WIDE = 2 * PlaneTile.LEAST_WIDTH + 3;

    private final Random random = new Random(1);

    @AfterAll
    static void close() {
        ENGINE.close();
    }

    private Op.Convolve weighted(Layer layer) {
        return new Op.Convolve(layer,
                layer.stages().stream().map(stage -> ConvWeights.random(stage, random)).toList());
    }

    private static Conv2d same(int in, int out, int kernel, int groups) {
        return Conv2d.of(in, out, kernel).withGroups(groups).withPadding(Padding.SAME_UPPER)
                .withBias(true);
    }

    private NdArray numbers(Dims dims) {
        float[] data = new float[dims.elements()];
        for (int i = 0; i < data.length; i++) {
            data[i] = random.nextFloat(-1, 1);
        }
        return NdArray.of(dims, data);
    }

    private static void fill(Map<String, NdArray> arrays, float value) {
        arrays.values().forEach(array -> Arrays.fill(array.data(), value));
    }

    private static Map<String, NdArray> zeros(Network network, Iterable<String> names) {
        Map<String, NdArray> arrays = new LinkedHashMap<>();
        names.forEach(name -> arrays.put(name, NdArray.zeros(network.dims(name))));
        return arrays;
    }

    private Map<String, NdArray> inputs(Network network) {
        Map<String, NdArray> given = new LinkedHashMap<>();
        network.inputs().forEach((name, dims) -> given.put(name, numbers(dims)));
        return given;
    }

    private List<String> check(Network network, Fusion fusion) {
        Map<String, NdArray> given = inputs(network);
        return check(network, fusion, given, NetworkReference.run(network, given));
    }

    /**
     * Runs once on NaN, then on numbers into arrays of NaN: what is stale or not written shows.
     * Says which steps that takes.
     */
    private static List<String> check(Network network, Fusion fusion, Map<String, NdArray> given,
            Map<String, double[]> exact) {
        try (NetworkPlan plan = ENGINE.compile(network, ENGINE.devices().getFirst(), fusion)) {
            Map<String, NdArray> inputs = zeros(network, network.inputs().keySet());
            Map<String, NdArray> outputs = zeros(network, network.outputs());
            fill(inputs, Float.NaN);
            plan.run(inputs, outputs);
            fill(outputs, Float.NaN);
            Map<String, float[]> before = new LinkedHashMap<>();
            given.forEach((name, array) -> before.put(name, array.data().clone()));
            plan.run(given, outputs);
            assertClose(network, exact, outputs, "run, " + fusion);
            fill(outputs, Float.NaN);
            plan.profile(given, outputs);
            assertClose(network, exact, outputs, "profiled, " + fusion);
            before.forEach((name, data) -> assertTrue(Arrays.equals(data, given.get(name).data()),
                    "input " + name + " changed"));
        }
        return Steps.of(ENGINE, network, fusion);
    }

    /** An operation may be off by 1e-5 of the largest number; errors add up. */
    private static void assertClose(Network network, Map<String, double[]> exact,
            Map<String, NdArray> outputs, String what) {
        double tolerance = 1e-5 * Math.max(1, network.nodes().size());
        outputs.forEach((name, array) -> {
            double largest = Arrays.stream(exact.get(name)).map(Math::abs).max().orElseThrow();
            for (int j = 0; j < array.data().length; j++) {
                int i = j;
                double wanted = exact.get(name)[i];
                float got = array.data()[i];
                assertTrue(Math.abs(got - wanted) <= tolerance * largest,
                        () -> what + ": " + name + " at " + i + " is " + got + ", not " + wanted
                                + "; the largest is " + largest);
            }
        });
    }

    private List<String> check(Network network) {
        return check(network, Fusion.AUTO);
    }

    @Test
    void mobileNetBlocksTakeTheStepsOfTheirLayouts() {
        for (Fusion fusion : Fusion.values()) {
            for (Layout layout : Layout.values()) {
                boolean planes = layout == Layout.NCHW;
                boolean fused = fusion != Fusion.SEPARATE;
                assertEquals(fused
                        ? List.of(planes ? "PlanesStep" : "SeparableStep")
                        : planes
                                ? List.of("DepthwisePlanesStep", "PlanesStep")
                                : List.of("DepthwiseStep", "DenseStep"),
                        check(Network.of(SeparableConv2d.mobilenet(16, 32, 3, 1).withWeights(
                                weighted(SeparableConv2d.mobilenet(16, 32, 3, 1)).weights()),
                                Shape.of(16, 56, 56), layout), fusion));
                SeparableConv2d small = SeparableConv2d.mobilenet(64, 48, 3, 1);
                assertEquals(
                        fused
                                ? List.of("SeparableStep")
                                : planes
                                        ? List.of("ToNhwcStep", "DepthwiseStep", "DenseStep")
                                        : List.of("DepthwiseStep", "DenseStep"),
                        check(Network.of(small.withWeights(weighted(small).weights()),
                                Shape.of(64, 28, 28), layout), fusion));
            }
        }
    }

    @Test
    void aChainOfNodesStaysInNchw() {
        Network.Builder net = Network.builder("chain");
        String x = net.input("x", Dims.of(2, 3, 13, WIDE));
        String a = net.add("a", weighted(same(3, 5, 3, 1)), x);
        String b = net.add("b", weighted(same(5, 5, 3, 5).withActivation(Activation.HARD_SWISH)),
                a);
        String c = net.add("c", weighted(Conv2d.pointwise(5, 7)), b);
        String flat = net.add("flat", new Op.Reshape(Dims.of(2, 7 * 13 * WIDE)), c);
        Network network = net.output(flat).build();
        assertEquals(List.of("FewChannelsStep", "FewChannelsStep"), check(network));
        assertEquals(List.of("FewChannelsStep", "DepthwisePlanesStep", "FewChannelsStep"),
                check(network, Fusion.SEPARATE));
        assertEquals(List.of("FewChannelsStep", "DepthwisePlanesStep", "FewChannelsStep"),
                check(network.withOutputs(List.of(b, c, flat))).stream()
                        .filter(step -> !step.equals("MapStep")).toList());
        // A reader that wants pixels takes the whole chain along.
        Network.Builder other = Network.builder("pooled");
        String start = other.input("x", Dims.of(2, 3, 13, WIDE));
        String first = other.add("a", weighted(same(3, 5, 3, 1)), start);
        String second = other.add("b", weighted(same(5, 5, 3, 1)), first);
        other.output(other.add("pool",
                Op.Pool.of(Op.Pool.Kind.MAX, 2, 2, new Padding.Explicit(0, 0, 0, 0)), second));
        assertEquals(List.of("PatchStep", "DenseStep", "PoolStep", "ToNchwStep"),
                check(other.build()));
    }

    @Test
    void wideGroupsLieApartInNetworks() {
        Network.Builder net = Network.builder("groups");
        String x = net.input("x", Dims.of(2, 17, 9, 11));
        String a = net.add("a", weighted(same(17, 48, 1, 1)), x);
        String b = net.add("b", weighted(same(48, 30, 5, 3).withStride(2)), a);
        net.output(net.add("c", weighted(same(30, 8, 3, 1)), b));
        assertEquals(List.of("ToNhwcStep", "DenseStep", "CopyStep", "DenseStep", "DenseStep"),
                check(net.build()));
    }

    @Test
    void aShuffleOfPixelsIsOneStep() {
        for (boolean flat : List.of(true, false)) {
            for (int groups : List.of(2, 3, 6, 9)) {
                Network.Builder net = Network.builder("shuffle");
                Dims dims = Dims.of(2, 18, 7, 11);
                String a = net.add("a", weighted(same(18, 9, 1, 1)), net.input("x", dims));
                String b = net.add("b", weighted(same(18, 9, 3, 9)), "x");
                String both = net.add("both", new Op.Concat(1), a, b);
                String s = NetworkCases.shuffle(net, "all", both, dims, groups, flat);
                String half = net.add("half", new Op.Slice(List.of(0, 9, 0, 0),
                        List.of(2, 9, 7, 11), List.of(1, 1, 1, 1)), s);
                net.output(net.add("c", weighted(same(18, 5, 3, 1)), s)).output(half);
                List<String> steps = check(net.build());
                assertTrue(steps.contains(groups == 2 ? "InterleaveStep" : "ShuffleStep"),
                        steps.toString());
                check(net.build()
                        .withOutputs(List.of("all apart", "all swapped", "all together", "c")));
                check(net.build().withOutputs(List.of("all together", "c")));
            }
        }
    }

    /** A unit of ShuffleNetV2 and the split of the next one, which read each of the halves once. */
    @ParameterizedTest
    @ValueSource(ints = {2, 4, 14, 16, 34, 58, 116})
    void halvesInTurnsAreNeitherJoinedNorShuffledNorSplit(int half) {
        for (int first : new int[]{half, half - 2, half - 1}) {
            for (boolean given : new boolean[]{false, true}) {
                Network.Builder net = Network.builder("unit");
                Dims dims = Dims.of(2, half, 5, 7);
                String x = net.input("x", dims);
                String a = given ? x : net.add("a", weighted(same(half, half, 3, 1)), x);
                String b = net.add("b", weighted(same(half, half, 1, 1)), x);
                String s = NetworkCases.shuffle(net, "all", net.add("both", new Op.Concat(1), a, b),
                        Dims.of(2, 2 * half, 5, 7), 2, true);
                if (first == 0) {
                    continue;
                }
                String left = net.add("left", channels(0, first), s);
                String right = net.add("right", channels(first, 2 * half - first), s);
                net.output(net.add("c", weighted(same(first, 5, 3, 1)), left))
                        .output(net.add("d", weighted(same(2 * half - first, 6, 1, 1)), right));
                List<String> steps = check(net.build());
                assertEquals(first % 2 == 0 ? 2 : 1,
                        steps.stream().filter("InterleaveStep"::equals).count(), steps.toString());
                assertFalse(steps.contains("ShuffleStep"), steps.toString());
                check(net.build().withOutputs(List.of("all together", "c", "d")));
                assertTrue(check(net.build().withOutputs(List.of("both", "c", "d")))
                        .contains("ShuffleStep"));
            }
        }
    }

    private static Op channels(int from, int count) {
        return new Op.Slice(List.of(0, from, 0, 0), List.of(2, count, 5, 7), List.of(1, 1, 1, 1));
    }

    @Test
    void whatIsNoShuffleOrReadInsideIsLeft() {
        Dims dims = Dims.of(1, 12, 5, 7);
        for (int variant = 0; variant < 4; variant++) {
            Network.Builder net = Network.builder("other");
            String a = net.add("a", weighted(same(12, 12, 1, 1)), net.input("x", dims));
            String apart = net.add("apart", new Op.Reshape(Dims.of(1, 3, 4, 5, 7)), a);
            String swapped = net.add("swapped", new Op.Transpose(
                    variant == 0 ? List.of(0, 2, 1, 4, 3) : List.of(0, 2, 1, 3, 4)), apart);
            String together = net.add("together",
                    new Op.Reshape(variant == 1 ? Dims.of(1, 12, 7, 5) : dims), swapped);
            net.output(net.add("b", weighted(same(12, 5, 3, 1)), together));
            if (variant == 2) {
                net.output(net.add("read", RELU, apart));
            } else if (variant == 3) {
                net.output(net.add("read", RELU, swapped));
            }
            assertFalse(check(net.build()).contains("ShuffleStep"));
        }
    }

    @Test
    void theCallersNhwcArraysAreReadAndWritten() {
        Network.Builder net = Network.builder("NHWC");
        String x = net.add("x", TO_NCHW, net.input("in", Dims.of(2, 9, 11, 24)));
        String a = net.add("a", weighted(Conv2d.pointwise(24, 40).withActivation(Activation.RELU)),
                x);
        String sum = net.add("sum", new Op.Binary(Op.Binary.Kind.ADD), a, a);
        net.output(net.add("out", TO_NHWC, sum));
        assertEquals(List.of("DenseStep", "MapStep"), check(net.build()));
    }

    @Test
    void whatOnlyBecomesAnOutputIsWrittenThere() {
        Network.Builder net = Network.builder("ends");
        String x = net.input("x", Dims.of(2, 24, 9, 11));
        String a = net.add("a", weighted(Conv2d.pointwise(24, 40)), x);
        String mean = net.add("mean", new Op.Reduce(Op.Reduce.Kind.MEAN, List.of(2, 3), false), a);
        String b = net.add("b", weighted(same(40, 24, 3, 1)), a);
        net.output(mean).output(b);
        assertEquals(List.of("ToNhwcStep", "DenseStep", "ReduceStep", "DenseStep"),
                check(net.build()));
    }

    @Test
    void inputsAndValuesThatAreReadAgainCanBeOutputs() {
        Network.Builder net = Network.builder("again");
        String in = net.input("in", Dims.of(1, 9, WIDE, 6));
        String y = net.input("y", Dims.of(1, 6, 9, WIDE));
        String x = net.add("x", TO_NCHW, in);
        String a = net.add("a", weighted(same(6, 6, 3, 1)), y); // NCHW and an output
        String b = net.add("b", weighted(same(6, 6, 5, 2)), a);
        String sum = net.add("sum", new Op.Binary(Op.Binary.Kind.ADD), b, x);
        String c = net.add("c", weighted(Conv2d.depthwise(6, 3, 2)), a);
        String turned = net.add("turned", TO_NHWC, a);
        net.output(in).output(y).output(x).output(a).output(sum).output(c).output(turned);
        for (Fusion fusion : List.of(Fusion.AUTO, Fusion.SEPARATE)) {
            check(net.build(), fusion);
        }
    }

    @Test
    void anInputMayBeTheWholeNetwork() {
        Network.Builder net = Network.builder("nothing");
        Network network = net.output(net.input("x", Dims.of(2, 3, 5, 7))).build();
        assertEquals(List.of("MapStep"), check(network));
    }

    @Test
    void fusionIsAskedOfAllPairsOfANetwork() {
        Network.Builder net = Network.builder("pairs");
        String x = net.input("x", Dims.of(1, 12, 5, 3));
        String a = net.add("a", weighted(same(12, 12, 3, 12)), x);
        String b = net.add("b", weighted(Conv2d.pointwise(12, 10)), a);
        String c = net.add("c", weighted(SeparableConv2d.mobilenet(10, 9, 3, 1)), b);
        Network network = net.output(c).build();
        assertFalse(check(network, Fusion.SEPARATE).contains("SeparableStep"));
        assertEquals(2,
                check(network, Fusion.FUSED).stream().filter("SeparableStep"::equals).count());
        try (NetworkPlan plan = ENGINE.compile(network, ENGINE.devices().getFirst(),
                Fusion.SEPARATE)) {
            assertEquals(Fusion.SEPARATE, plan.fusion());
        }
        try (NetworkPlan plan = ENGINE.compile(network, ENGINE.devices().getFirst(),
                Fusion.FUSED)) {
            assertEquals(Fusion.FUSED, plan.fusion());
        }
        Network.Builder twice = Network.builder("multiplier");
        String made = twice.add("a", weighted(SeparableConv2d.mobilenet(12, 9, 3, 1)),
                twice.input("x", Dims.of(1, 12, 5, 3)));
        twice.output(twice.add("b", weighted(new SeparableConv2d(SeparableConv2d.Order.KERAS,
                Conv2d.depthwise(9, 2, 3), Conv2d.pointwise(18, 4))), made));
        String refusal = assertThrows(IllegalArgumentException.class,
                () -> check(twice.build(), Fusion.FUSED)).getMessage();
        assertTrue(refusal.matches(
                "fusion is FUSED; engine simd has no step for .*: ask for AUTO or SEPARATE"),
                refusal);
    }

    @Test
    void winogradStagesAreNamedByNode() {
        Network.Builder net = Network.builder("winograd");
        String x = net.input("x", Dims.of(1, 40, 16, 16));
        String a = net.add("a",
                weighted(ConvStack.of(Conv2d.pointwise(40, 48), same(48, 40, 3, 1))), x);
        String b = net.add("b", weighted(same(40, 40, 5, 1)), a);
        net.output(net.add("c", weighted(same(40, 64, 3, 1)), b));
        Network network = net.build();
        check(network);
        try (NetworkPlan plan = ENGINE.compile(network, ENGINE.devices().getFirst())) {
            assertEquals(Map.of("a", List.of(1), "c", List.of(0)), plan.winogradStages());
        }
    }

    @Test
    void weightsOfStepsOnPlanesAreReadOnceToo() {
        for (Layer layer : List.of(Conv2d.depthwise(16, 1, 3).withBias(true),
                Conv2d.pointwise(16, 8).withBias(true), SeparableConv2d.mobilenet(16, 8, 3, 1))) {
            ConvTester.Case given = new ConvTester.Case(layer, Shape.of(16, 56, 56), Layout.NCHW,
                    1);
            List<ConvWeights> weights = given.weights();
            double[] exact = Reference.run(layer, given.weights(), given.tensor());
            try (Plan plan = ENGINE.compile(layer.withWeights(weights), given.input())) {
                weights.forEach(each -> {
                    Arrays.fill(each.weight(), Float.NaN);
                    Arrays.fill(each.bias(), Float.NaN);
                });
                ConvTester.assertClose(given, "simd", exact, plan.run(given.tensor()));
            }
        }
    }

    /** Networks of some convolutions and other operations at random, with all kinds of ends. */
    @Test
    void randomNetworks() {
        long seed = Long.getLong("sepconv.seed", 20261128);
        System.out.printf("SimdSchedulesTest: -Dsepconv.seed=%d%n", seed);
        Map<String, Integer> seen = new TreeMap<>();
        int fused = 0;
        for (int i = 0; i < 250; i++) {
            random.setSeed(seed + i);
            Network network = randomNetwork();
            Map<String, NdArray> given = inputs(network);
            Map<String, double[]> exact = NetworkReference.run(network, given);
            try {
                for (Fusion fusion : Fusion.values()) {
                    List<String> steps;
                    try {
                        steps = check(network, fusion, given, exact);
                    } catch (IllegalArgumentException e) {
                        assertEquals(Fusion.FUSED, fusion);
                        assertTrue(e.getMessage().startsWith("fusion is FUSED; "), e.getMessage());
                        continue;
                    }
                    fused += fusion == Fusion.FUSED ? 1 : 0;
                    Set.copyOf(steps)
                            .forEach(step -> seen.merge(
                                    step.startsWith("Winograd") ? "Winograd" : step, 1,
                                    Integer::sum));
                }
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed %d + %d: %s".formatted(seed, i, network.nodes()), e);
            }
        }
        assertTrue(fused > 20, "fused only " + fused);
        List<String> expected = new ArrayList<>(List.of("FewChannelsStep", "DepthwisePlanesStep",
                "PlanesStep", "ShuffleStep", "NarrowGroupStep", "SeparableStep", "DepthwiseStep",
                "DenseStep", "CopyStep", "ToNchwStep", "ToNhwcStep", "Winograd"));
        if (!PixelTile.MANY_REGISTERS) { // with 32 registers it is never the faster one
            expected.add("GroupRowStep");
        }
        for (String step : expected) {
            assertTrue(seen.getOrDefault(step, 0) > 0, step + " is never used: " + seen);
        }
    }

    private int pick(int... of) {
        return of[random.nextInt(of.length)];
    }

    private Network randomNetwork() {
        Network.Builder net = Network.builder("random");
        Map<String, Dims> values = new LinkedHashMap<>();
        Set<String> ends = new LinkedHashSet<>();
        int n = pick(1, 1, 2);
        for (int i = 0; i < pick(1, 1, 2); i++) {
            int channels = pick(1, 3, 6, 12, 12, 16, 48, 48);
            boolean large = channels < 17 && random.nextInt(3) == 0;
            int h = large ? 47 : pick(1, 5, 9, 12);
            int w = large ? 53 : channels < 17 ? pick(1, 7, WIDE) : pick(7, 11);
            boolean nhwc = random.nextInt(3) == 0;
            String in = net.input("in" + i,
                    nhwc ? Dims.of(n, h, w, channels) : Dims.of(n, channels, h, w));
            values.put(nhwc ? net.add("turned" + i, TO_NCHW, in) : in, Dims.of(n, channels, h, w));
            if (random.nextInt(8) == 0) {
                ends.add(in);
            }
        }
        int nodes = 1 + random.nextInt(5);
        for (int i = 0; i < nodes; i++) {
            List<String> names = List.copyOf(values.keySet());
            String from = random.nextInt(3) > 0
                    ? names.getLast()
                    : names.get(random.nextInt(names.size()));
            Dims dims = values.get(from);
            Op op = randomOp(dims.toShape());
            String other = op instanceof Op.Binary
                    ? names.stream().filter(name -> values.get(name).equals(dims)).findFirst()
                            .orElseThrow()
                    : null;
            String made = other == null
                    ? net.add("v" + i, op, from)
                    : net.add("v" + i, op, from, other);
            values.put(made, op.outputDims(other == null ? List.of(dims) : List.of(dims, dims)));
        }
        List<String> names = new ArrayList<>(values.keySet());
        for (String name : names) {
            if (name.equals(names.getLast()) || random.nextInt(4) == 0) {
                switch (random.nextInt(4)) {
                    case 0 -> ends.add(net.add(name + " NHWC", TO_NHWC, name));
                    case 1 -> ends.add(net.add(name + " flat",
                            new Op.Reshape(Dims.of(values.get(name).elements())), name));
                    default -> ends.add(name);
                }
            }
        }
        ends.forEach(net::output);
        return net.build();
    }

    private Op randomOp(Shape in) {
        int c = in.c();
        Activation activation = List
                .of(Activation.NONE, Activation.RELU, Activation.leakyRelu(0.1f))
                .get(random.nextInt(3));
        return switch (random.nextInt(11)) {
            case 0 -> RELU;
            case 1 -> c >= 40 ? weighted(same(c, 40, 3, 1)) : new Op.Binary(Op.Binary.Kind.ADD);
            case 2 -> weighted(
                    same(c, c >= 40 ? 48 : pick(2, 5, 16, 40), 3, 1).withActivation(activation));
            case 3 ->
                weighted(same(c, pick(2, 5, 16, 40), 5, 1).withPadding(Padding.of(2, 2, 3, 2)));
            case 4 -> weighted(same(c, c, 3, c).withStride(pick(1, 2)).withActivation(activation));
            case 5 -> weighted(Conv2d.pointwise(c, pick(3, 10, 24, 48)).withActivation(activation));
            case 6 -> weighted(SeparableConv2d.mobilenet(c, pick(4, 17), pick(3, 5), pick(1, 2)));
            case 7 -> c % 3 == 0
                    ? weighted(same(c, 3 * pick(1, 5, 16), 3, 3).withActivation(activation))
                    : RELU;
            case 8 -> c % 6 == 0
                    ? weighted(GroupedSeparableConv2d.of(c, pick(6, 12), 3, 1, pick(2, 3))
                            .withPointwiseGroups(pick(1, 2, 3)).withShuffle(true))
                    : RELU;
            case 9 -> weighted(ConvStack.of(same(c, 6, 3, 1),
                    same(6, 6, 3, 6).withActivation(activation), same(6, 8, 1, 1)));
            default -> Op.Pool.of(Op.Pool.Kind.MAX, 1, 1, new Padding.Explicit(0, 0, 0, 0));
        };
    }

    /** A channel's numbers times a gate cost no pass where a pointwise convolution reads them. */
    @Test
    void aGateIsMultipliedWhereThePointwiseConvolutionReads() {
        for (int[] size : new int[][]{{1, 5, 71, 31}, {3, 37, 29, 17}, {2, 96, 43, 31}}) {
            for (boolean oneForAll : new boolean[]{false, true}) {
                for (boolean gateFirst : new boolean[]{false, true}) {
                    List<String> steps = check(
                            gated(size, oneForAll ? 1 : size[0], gateFirst, false), Fusion.AUTO);
                    assertFalse(steps.contains("MapStep"),
                            Arrays.toString(size) + " takes " + steps);
                }
            }
        }
    }

    /** If something else wants the product it is there. */
    @Test
    void aGatedPictureThatOthersReadIsStored() {
        assertTrue(check(gated(new int[]{2, 19, 35, 34}, 2, false, true), Fusion.AUTO)
                .contains("MapStep"));
    }

    private Network gated(int[] size, int gates, boolean gateFirst, boolean also) {
        Network.Builder net = Network.builder("gated");
        String x = net.add("a", weighted(same(size[1], size[1], 3, 1)),
                net.input("x", Dims.of(size)));
        String gate = net.input("gate", Dims.of(gates, size[1], 1, 1));
        String product = gateFirst
                ? net.add("product", new Op.Binary(Op.Binary.Kind.MUL), gate, x)
                : net.add("product", new Op.Binary(Op.Binary.Kind.MUL), x, gate);
        if (also) {
            net.output(product);
        }
        net.output(net.add("project", weighted(same(size[1], 21, 1, 1)), product));
        return net.build();
    }

    /** A wide picture before a depthwise convolution is made a few rows at a time. */
    @Test
    void anExpansionIsMadeRowByRow() {
        for (int i = 0; i < 24; i++) {
            int c = 1 + random.nextInt(30);
            int wide = 2 * c + 1 + random.nextInt(90);
            int side = (int) Math.ceil(Math.sqrt(300_000.0 / wide));
            Dims dims = Dims.of(1 + i % 2, c, side + random.nextInt(9), side + random.nextInt(9));
            int kernel = 1 + random.nextInt(5);
            Conv2d depthwise = new Conv2d(wide, wide, kernel, 1 + random.nextInt(5),
                    1 + random.nextInt(4), 1 + random.nextInt(3), 1 + random.nextInt(2),
                    1 + random.nextInt(2),
                    Padding.of(random.nextInt(kernel + 2), random.nextInt(4),
                            random.nextInt(kernel + 2), random.nextInt(4)),
                    wide, random.nextBoolean(), Activation.RELU6);
            Network network = expanded(dims, depthwise, 1 + random.nextInt(70), false);
            List<String> steps = check(network, Fusion.FUSED);
            assertTrue(steps.contains("SeparableStep") && !steps.contains("DenseStep"),
                    depthwise + " on " + dims + " takes " + steps);
            assertTrue(check(network, Fusion.SEPARATE).contains("DenseStep"));
        }
    }

    /** If something else wants the wide picture it is there. */
    @Test
    void anExpansionThatOthersReadIsStored() {
        assertTrue(
                check(expanded(Dims.of(1, 7, 90, 91), same(43, 43, 3, 43), 11, true), Fusion.AUTO)
                        .contains("DenseStep"));
    }

    /** Behind the depthwise one comes something else: the two before it are one step even so. */
    @ParameterizedTest
    @CsvSource({"1, 1, 130, 131, 64, RELU6", "2, 2, 131, 97, 51, SILU", "3, 1, 200, 57, 67, SILU",
            "1, 3, 200, 201, 33, RELU"})
    void anExpansionForADepthwiseConvolutionAlone(int batch, int stride, int height, int width,
            int wide, Activation.Kind kind) {
        Activation activation = new Activation(kind, 0);
        Network.Builder net = Network.builder("expanded");
        String a = net.add("expand", weighted(same(7, wide, 1, 1).withActivation(activation)),
                net.input("x", Dims.of(batch, 7, height, width)));
        String b = net.add("depthwise",
                weighted(same(wide, wide, 3, wide).withStride(stride).withActivation(activation)),
                a);
        net.output(net.add("mean", new Op.Reduce(Op.Reduce.Kind.MEAN, List.of(2, 3), true), b));
        net.output(net.add("pool",
                Op.Pool.of(Op.Pool.Kind.MAX, 2, 2, new Padding.Explicit(0, 0, 0, 0)), b));
        assertEquals(List.of("ToNhwcStep", "ExpandedDepthwiseStep"),
                check(net.build()).subList(0, 2));
    }

    private Network expanded(Dims dims, Conv2d depthwise, int filters, boolean also) {
        int wide = depthwise.inChannels();
        Network.Builder net = Network.builder("expanded");
        String x = net.add("x", TO_NCHW,
                net.input("nhwc", Dims.of(dims.get(0), dims.get(2), dims.get(3), dims.get(1))));
        String a = net.add("expand",
                weighted(same(dims.get(1), wide, 1, 1).withActivation(Activation.RELU6)), x);
        if (also) {
            net.output(a);
        }
        String b = net.add("separable",
                weighted(new SeparableConv2d(SeparableConv2d.Order.MOBILENET, depthwise,
                        same(wide, filters, 1, 1))),
                a);
        net.output(net.add("out", TO_NHWC, b));
        return net.build();
    }

    /** The first convolution of a network reads the caller's picture, however that lies. */
    @Test
    void aPictureOfFewChannelsIsReadAsItLies() {
        for (int i = 0; i < 40; i++) {
            int channels = 1 + random.nextInt(4);
            Conv2d conv = new Conv2d(channels, 1 + random.nextInt(40), 1 + random.nextInt(7),
                    2 + random.nextInt(6), 1 + random.nextInt(4), 1 + random.nextInt(4),
                    1 + random.nextInt(3), 1, Padding.of(random.nextInt(5), random.nextInt(5),
                            random.nextInt(5), random.nextInt(5)),
                    1, random.nextBoolean(), Activation.RELU6);
            Dims nchw = Dims.of(1 + random.nextInt(2), channels, 19 + random.nextInt(20),
                    8 + random.nextInt(30));
            for (boolean pixels : new boolean[]{false, true}) {
                Network.Builder net = Network.builder("stem");
                String x = pixels
                        ? net.add("turned", TO_NCHW,
                                net.input("x",
                                        Dims.of(nchw.get(0), nchw.get(2), nchw.get(3), channels)))
                        : net.input("x", nchw);
                String a = net.add("a", weighted(conv), x);
                // pixels are wanted, else it may stay in NCHW by other steps
                net.output(net.add("pixels", TO_NHWC, a));
                assertEquals("PatchStep", check(net.build(), Fusion.AUTO).getFirst(),
                        conv + " on " + nchw);
            }
        }
    }
}
