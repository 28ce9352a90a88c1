package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.sepconv.NetworkCases.Case;
import dev.sepconv.onnx.OnnxNetwork;
import dev.sepconv.onnx.OnnxRuntimeOracle;
import dev.sepconv.zoo.MobileNets;
import dev.sepconv.zoo.Parameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.function.Executable;

/**
 * What every engine must do with networks: right numbers by {@link NetworkJudge}, channel by
 * channel, whatever ran before and whatever outputs held; and what {@link Engine} and
 * {@link NetworkPlan} promise. {@code -Dsepconv.seed=N} draws other networks.
 * {@link NetworkContractTest} shows that wrong engines fail.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class NetworkContract {

    static final long SEED = Long.getLong("sepconv.seed", 20261128);

    private Engine engine;

    /**
     * Opens the engine under test; it fails where it can't be used, so that no engine is passed
     * over in silence.
     */
    abstract Engine open();

    /** How often each operation is drawn. */
    int rounds() {
        return 12;
    }

    /** How many random networks are drawn. */
    int networks() {
        return 150;
    }

    /** Whether a NaN or infinity may make NaNs of numbers that don't read it. */
    boolean spreadsNans(Op op) {
        return false;
    }

    /** Whether the greatest of numbers of which one is NaN is NaN. */
    boolean maximaKeepNans() {
        return true;
    }

    @BeforeAll
    void openEngine() {
        engine = open();
    }

    @AfterAll
    void closeEngine() {
        if (engine != null) {
            engine.close();
        }
    }

    /** The device under test. */
    Device device(Engine of) {
        return of.devices().getFirst();
    }

    private NetworkPlan compile(Network network) {
        return engine.compile(network, device(engine));
    }

    // Numbers

    private static Map<String, NdArray> filled(Network network, Iterable<String> names,
            float value) {
        Map<String, NdArray> arrays = new LinkedHashMap<>();
        names.forEach(name -> {
            NdArray array = NdArray.zeros(network.dims(name));
            Arrays.fill(array.data(), value);
            arrays.put(name, array);
        });
        return arrays;
    }

    private static Map<String, NdArray> copy(Map<String, NdArray> arrays) {
        Map<String, NdArray> copies = new LinkedHashMap<>();
        arrays.forEach(
                (name, array) -> copies.put(name, NdArray.of(array.dims(), array.data().clone())));
        return copies;
    }

    private static void assertSame(Map<String, NdArray> wanted, Map<String, NdArray> got,
            String what) {
        wanted.forEach((name, array) -> assertArrayEquals(array.data(), got.get(name).data(),
                () -> what + ": " + name));
    }

    /**
     * What a plan makes of a case. It runs on NaNs first, so that what a run leaves behind shows;
     * then twice on the numbers, each time into NaNs, so that what isn't written shows.
     */
    private static Map<String, NdArray> output(NetworkPlan plan, Case given) {
        Network network = given.network();
        plan.run(filled(network, network.inputs().keySet(), Float.NaN),
                filled(network, network.outputs(), Float.NaN));
        Map<String, NdArray> inputs = copy(given.inputs());
        Map<String, NdArray> outputs = filled(network, network.outputs(), Float.NaN);
        plan.run(inputs, outputs);
        assertSame(given.inputs(), inputs, "changed its input");
        Map<String, NdArray> again = filled(network, network.outputs(), Float.NaN);
        plan.run(inputs, again);
        assertSame(outputs, again, "another result for the same input");
        return outputs;
    }

    private interface Check {
        void of(Case given, NetworkPlan plan);
    }

    /** Judges each; all that is wrong is told at once. */
    private void each(List<Case> cases, Check check) {
        List<String> wrong = new ArrayList<>();
        for (Case given : cases) {
            try (NetworkPlan plan = compile(given.network())) {
                check.of(given, plan);
            } catch (AssertionError e) {
                wrong.add(e.getMessage());
            } catch (RuntimeException e) {
                wrong.add(
                        "%s at %s; %s".formatted(e,
                                List.of(e.getStackTrace()).subList(0,
                                        Math.min(8, e.getStackTrace().length)),
                                NetworkTester.text(given)));
            }
        }
        if (!wrong.isEmpty()) {
            fail("engine %s, -Dsepconv.seed=%d: %d of %d are wrong, the first:%n%s".formatted(
                    engine.name(), SEED, wrong.size(), cases.size(),
                    String.join("\n", wrong.subList(0, Math.min(3, wrong.size())))));
        }
    }

    private void judge(List<Case> cases, boolean operations) {
        each(cases, (given, plan) -> {
            NetworkJudge judge = new NetworkJudge(given);
            judge.assertClose(engine.name(), output(plan, given),
                    operations ? NetworkJudge.TOLERANCE : judge.tolerance());
        });
    }

    @Test
    void functionsAgree() {
        judge(new NetworkCases(SEED).functions(), true);
    }

    @Test
    void operationsAgree() {
        judge(new NetworkCases(SEED).operations(rounds()), true);
    }

    @Test
    void operationsAgreeOnWhatAConvolutionMade() {
        judge(new NetworkCases(SEED + 1).operations(Math.max(rounds() / 2, 1)).stream()
                .map(NetworkTester::afterConvolutions).toList(), true);
    }

    @Test
    void layersAgreeInBothLayouts() {
        judge(new NetworkCases(SEED).layers(), true);
    }

    @Test
    void shufflesAgreeInBothLayouts() {
        judge(new NetworkCases(SEED).shuffles(), true);
    }

    @Test
    void wiringsAgree() {
        judge(new NetworkCases(SEED).wirings(), false);
    }

    @Test
    void graphsAgree() {
        judge(new NetworkCases(SEED).graphs(Math.max(rounds() / 3, 1)), false);
    }

    @Test
    void randomNetworksAgree() {
        judge(Stream.generate(new NetworkCases(SEED)::any).limit(networks()).toList(), false);
    }

    @Test
    void everyArrayCanBeAnOutput() {
        NetworkCases cases = new NetworkCases(SEED + 2);
        List<Case> all = new ArrayList<>(cases.graphs(1));
        all.addAll(Stream.generate(cases::any).limit(Math.max(networks() / 10, 1)).toList());
        judge(all
                .stream().map(
                        given -> new Case(
                                given.network()
                                        .withOutputs(given.network().nodes().stream()
                                                .map(Node::output).distinct().toList()),
                                given.inputs()))
                .toList(), false);
    }

    private static Case picture(Network network, long seed) {
        Random random = new Random(seed);
        Map<String, NdArray> inputs = filled(network, network.inputs().keySet(), 0);
        inputs.values().forEach(array -> {
            for (int i = 0; i < array.data().length; i++) {
                array.data()[i] = random.nextFloat(-1, 1);
            }
        });
        return new Case(network, inputs);
    }

    private static List<Case> deep() {
        return List.of(picture(MobileNets.v1(0.25, 65, 48, Parameters.random(SEED)), SEED),
                picture(MobileNets.v2(0.25, 48, 65, Parameters.random(SEED + 1)), SEED));
    }

    @Test
    void deepNetworksAgree() {
        judge(deep(), false);
    }

    /**
     * The second oracle: each may be as far from float64 as is allowed, so twice that from one
     * another.
     */
    @Test
    void onnxRuntimeAgrees() {
        List<Case> cases = new ArrayList<>(deep());
        new NetworkCases(SEED).graphs(4).stream()
                .filter(given -> given.network().name().equals("residual")).forEach(cases::add);
        assertEquals(6, cases.size());
        each(cases, (given, plan) -> {
            NetworkJudge judge = new NetworkJudge(given);
            Map<String, NdArray> theirs = OnnxRuntimeOracle.run(OnnxNetwork.of(given.network()),
                    given.inputs());
            judge.assertClose("ONNX Runtime", theirs, judge.tolerance());
            Map<String, NdArray> ours = output(plan, given);
            judge.assertClose(engine.name(), ours, judge.tolerance());
        });
    }

    /** Channel 1 has numbers 10 million times as small as the others. */
    static Case smallChannel(int kernel) {
        Conv2d conv = Conv2d.of(3, 4, kernel).withPadding(Padding.SAME_UPPER).withBias(true);
        ConvWeights weights = ConvWeights.random(conv, new Random(SEED));
        int each = conv.weightCount() / 4;
        for (int i = 0; i < weights.weight().length; i++) {
            weights.weight()[i] *= i / each == 1 ? 1e-3f : 1e4f;
        }
        weights.bias()[1] *= 1e-3f;
        Network.Builder net = Network.builder("small channel");
        String x = net.input("x", Dims.of(2, 3, 7, 11));
        return picture(net.output(net.add("y", conv.withWeights(weights), x)).build(), SEED);
    }

    @Test
    void aChannelOfSmallNumbersIsAsRightAsTheOthers() {
        judge(List.of(smallChannel(1), smallChannel(3), smallChannel(5)), true);
    }

    /** Whether it takes the greatest of numbers: pooling, and what an activation clamps. */
    private static boolean takesMaxima(Op op) {
        return switch (op) {
            case Op.Pool pool -> pool.kind() == Op.Pool.Kind.MAX;
            case Op.Reduce reduce -> reduce.kind() == Op.Reduce.Kind.MAX;
            case Op.Convolve convolve -> convolve.layer().stages().stream()
                    .anyMatch(stage -> !stage.activation().equals(Activation.NONE));
            case Op.ConvolveTransposed transposed ->
                !transposed.kernel().activation().equals(Activation.NONE);
            case Op.FullyConnected connected -> !connected.activation().equals(Activation.NONE);
            case Op.Elementwise elementwise -> true;
            default -> false;
        };
    }

    /**
     * NaN and infinities reach what reads them, and nothing else but where {@link #spreadsNans}
     * says so. Resizing isn't asked: it may leave out a neighbour of weight 0, or multiply it.
     */
    @Test
    void nansAndInfinitiesReachWhatReadsThem() {
        NetworkCases cases = new NetworkCases(SEED + 3);
        List<Case> all = new ArrayList<>(cases.layers());
        all.addAll(cases.wirings());
        all.addAll(cases.operations(rounds() / 3));
        all.removeIf(given -> given.network().nodes().stream().map(Node::op)
                .anyMatch(op -> op instanceof Op.Resize || !maximaKeepNans() && takesMaxima(op)));
        Random random = new Random(SEED);
        List<Case> spoilt = new ArrayList<>();
        for (Case given : all) {
            for (float value : new float[]{Float.NaN, Float.POSITIVE_INFINITY}) {
                Map<String, NdArray> inputs = copy(given.inputs());
                inputs.values().forEach(
                        array -> array.data()[random.nextInt(array.data().length)] = value);
                spoilt.add(new Case(given.network(), inputs));
            }
        }
        each(spoilt, (given, plan) -> {
            boolean spreads = given.network().nodes().stream()
                    .anyMatch(node -> spreadsNans(node.op()));
            NetworkJudge judge = new NetworkJudge(given);
            output(plan, given).forEach((name, array) -> {
                double[] exact = judge.exact(name);
                for (int i = 0; i < exact.length; i++) {
                    float got = array.data()[i];
                    boolean right = Double.isFinite(exact[i])
                            ? Float.isFinite(got)
                            : !Float.isFinite(got);
                    if (!right && !(spreads && Double.isFinite(exact[i]))) {
                        fail("%s at %d is %s, not %s; %s".formatted(name, i, got, exact[i],
                                NetworkTester.text(given)));
                    }
                }
            });
        });
    }

    // What Engine and NetworkPlan promise

    private Case residual() {
        return new NetworkCases(SEED).graphs(1).getFirst();
    }

    void checkDevice(Device wanted, NetworkPlan plan) {
        assertEquals(wanted, plan.device());
    }

    @Test
    void aPlanSaysWhatItIs() {
        each(new NetworkCases(SEED).wirings(), (given, plan) -> {
            assertEquals(given.network().inputs(), plan.network().inputs());
            assertEquals(given.network().outputs(), plan.network().outputs());
            given.network().outputs().forEach(
                    name -> assertEquals(given.network().dims(name), plan.network().dims(name)));
            checkDevice(device(engine), plan);
            assertTrue(plan.intermediateBytes() >= 0);
            assertTrue(plan.fusion() != Fusion.AUTO);
        });
    }

    @Test
    void aProfiledRunMakesTheSameNumbers() {
        List<Case> cases = new ArrayList<>(new NetworkCases(SEED).graphs(1));
        cases.addAll(new NetworkCases(SEED).wirings());
        each(cases, (given, plan) -> {
            Map<String, NdArray> outputs = output(plan, given);
            Map<String, NdArray> profiled = filled(given.network(), given.network().outputs(),
                    Float.NaN);
            List<NetworkPlan.NodeTime> times = plan.profile(given.inputs(), profiled);
            assertSame(outputs, profiled, "profiled");
            times.forEach(time -> assertTrue(time.nanos() >= 0, time.toString()));
        });
    }

    @Test
    void wrongArraysAreRefusedByName() {
        Case given = new NetworkCases(SEED).wirings().stream()
                .filter(each -> each.network().name().startsWith("NHWC in")).findFirst()
                .orElseThrow();
        Network network = given.network();
        String sum = network.outputs().getFirst();
        Map<String, NdArray> outputs = filled(network, network.outputs(), 0);
        try (NetworkPlan plan = compile(network)) {
            String names = network.inputs().keySet().toString();
            NdArray odd = NdArray.zeros(Dims.of(1, 2));
            for (boolean profiled : new boolean[]{false, true}) {
                refused("input 'y' is missing; network '%s' has %s".formatted(network.name(),
                        names), plan, profiled, without(given.inputs(), "y"), outputs);
                refused("input 'stranger' is not known; network '%s' has %s"
                        .formatted(network.name(), names), plan, profiled,
                        with(given.inputs(), "stranger", odd), outputs);
                refused("input 'y' is [1, 2]; this plan takes " + network.dims("y"), plan, profiled,
                        with(given.inputs(), "y", odd), outputs);
                refused("output '%s' is missing; network '%s' has %s".formatted(sum, network.name(),
                        network.outputs()), plan, profiled, given.inputs(), without(outputs, sum));
                refused("output 'stranger' is not known; network '%s' has %s"
                        .formatted(network.name(), network.outputs()), plan, profiled,
                        given.inputs(), with(outputs, "stranger", odd));
                refused("output '%s' is [1, 2]; this plan takes %s".formatted(sum,
                        network.dims(sum)), plan, profiled, given.inputs(),
                        with(outputs, sum, odd));
            }
            NetworkJudge judge = new NetworkJudge(given);
            judge.assertClose("afterwards", output(plan, given), judge.tolerance());
        }
    }

    private static void refused(String sentence, NetworkPlan plan, boolean profiled,
            Map<String, NdArray> inputs, Map<String, NdArray> outputs) {
        Executable run = profiled
                ? () -> plan.profile(inputs, outputs)
                : () -> plan.run(inputs, outputs);
        assertEquals(sentence, assertThrows(IllegalArgumentException.class, run).getMessage());
    }

    private static Map<String, NdArray> with(Map<String, NdArray> arrays, String name,
            NdArray array) {
        Map<String, NdArray> more = new HashMap<>(arrays);
        more.put(name, array);
        return more;
    }

    private static Map<String, NdArray> without(Map<String, NdArray> arrays, String name) {
        Map<String, NdArray> fewer = new HashMap<>(arrays);
        fewer.remove(name);
        return fewer;
    }

    @Test
    void aStrangeDeviceIsRefused() {
        Device stranger = new Device("none", "none", "None", "none", "cpu", 1);
        String said = assertThrows(IllegalArgumentException.class,
                () -> engine.compile(residual().network(), stranger)).getMessage();
        assertTrue(said.startsWith("device is none (None); engine " + engine.name() + " has "),
                said);
    }

    @Test
    void aClosedPlanRefusesToRun() {
        Case given = residual();
        NetworkPlan plan = compile(given.network());
        Map<String, NdArray> outputs = plan.run(given.inputs());
        plan.close();
        plan.close(); // a second time does nothing
        for (Executable action : List.<Executable>of(() -> plan.run(given.inputs(), outputs),
                () -> plan.profile(given.inputs(), outputs))) {
            assertEquals("the plan is closed",
                    assertThrows(IllegalStateException.class, action).getMessage());
        }
    }

    @Test
    void aClosedEngineCompilesNothingAndItsPlansDoNotRun() {
        Case given = residual();
        Engine own = open();
        NetworkPlan plan = own.compile(given.network(), device(own));
        Map<String, NdArray> outputs = plan.run(given.inputs());
        own.close();
        own.close();
        assertEquals("the engine is closed", assertThrows(IllegalStateException.class,
                () -> own.compile(given.network(), device(own))).getMessage());
        for (Executable action : List.<Executable>of(() -> plan.run(given.inputs(), outputs),
                () -> plan.profile(given.inputs(), outputs))) {
            assertEquals("the engine of this plan is closed",
                    assertThrows(IllegalStateException.class, action).getMessage());
        }
        plan.close();
        assertEquals("the plan is closed",
                assertThrows(IllegalStateException.class, () -> plan.run(given.inputs(), outputs))
                        .getMessage());
        judge(List.of(given), false); // others of that name go on
    }

    /**
     * Whatever holds them: convolutions, transposed ones, fully connected layers, scales, slopes,
     * constants.
     */
    @Test
    void weightsAreReadOnceWhenCompiled() {
        Random random = new Random(SEED);
        Network.Builder net = Network.builder("weights");
        List<float[]> weights = new ArrayList<>();
        String x = net.input("x", Dims.of(1, 3, 5, 7));
        Conv2d conv = Conv2d.of(3, 4, 3).withBias(true);
        ConvWeights ofConv = ConvWeights.random(conv, random);
        weights.addAll(List.of(ofConv.weight(), ofConv.bias()));
        String a = net.add("a", conv.withWeights(ofConv), x);
        net.output(a);
        weights.add(new float[]{1, 2, 3, 4});
        weights.add(new float[]{4, 3, 2, 1});
        net.output(net.add("b", new Op.ScaleShift(weights.get(2), weights.get(3)),
                net.add("a again", new Op.Concat(1), a)));
        weights.add(new float[]{0.5f, 0.25f, 2, 1});
        net.output(net.add("c", new Op.PRelu(weights.get(4)), a));
        weights.add(numbers(random, 2 * 60));
        weights.add(numbers(random, 2));
        net.output(net.add("d",
                new Op.FullyConnected(2, weights.get(5), weights.get(6), Activation.NONE),
                net.add("flat", new Op.Reshape(Dims.of(1, 60)), a)));
        Conv2d up = Conv2d.of(4, 2, 2).withStride(2).withBias(true);
        weights.add(numbers(random, up.weightCount()));
        weights.add(numbers(random, 2));
        net.output(net.add("e", new Op.ConvolveTransposed(up, 0, 0, weights.get(7), weights.get(8)),
                a));
        NdArray constant = NdArray.of(Dims.of(4, 1, 1), numbers(random, 4));
        weights.add(constant.data());
        net.output(net.add("f", new Op.Binary(Op.Binary.Kind.MUL), a,
                net.add("k", new Op.Constant(constant)))).output("k");
        Case given = picture(net.build(), SEED);
        NetworkJudge judge = new NetworkJudge(given);
        double tolerance = judge.tolerance();
        try (NetworkPlan plan = compile(given.network())) {
            weights.forEach(numbers -> Arrays.fill(numbers, Float.NaN));
            judge.assertClose(engine.name(), plan.run(given.inputs()), tolerance);
        }
    }

    private static float[] numbers(Random random, int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = random.nextFloat(-1, 1);
        }
        return numbers;
    }

    /** Each thread's result is its own input's, and another plan, in the middle, has its own. */
    @Test
    void plansMayBeRunFromSeveralThreads() throws ExecutionException, InterruptedException {
        List<Case> graphs = new NetworkCases(SEED).graphs(1);
        List<NetworkPlan> plans = graphs.stream().map(given -> compile(given.network())).toList();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<Map<String, NdArray>>> together = new ArrayList<>();
            List<Map<String, NdArray>> alone = new ArrayList<>();
            List<Map<String, NdArray>> inputs = new ArrayList<>();
            List<NetworkPlan> of = new ArrayList<>();
            for (int i = 0; i < plans.size(); i++) {
                // one after the other, so that the threads meet in one plan
                for (int seed = 0; seed < 4; seed++) {
                    of.add(plans.get(i));
                    inputs.add(picture(graphs.get(i).network(), seed).inputs());
                    alone.add(copy(of.getLast().run(inputs.getLast())));
                    new NetworkJudge(new Case(graphs.get(i).network(), inputs.getLast()))
                            .assertClose(engine.name(), alone.getLast(), 1e-4);
                }
            }
            for (int round = 0; round < 4; round++) {
                together.clear();
                for (int i = 0; i < of.size(); i++) {
                    NetworkPlan plan = of.get(i);
                    Map<String, NdArray> input = inputs.get(i);
                    together.add(threads.submit(() -> plan.run(input)));
                }
                for (int i = 0; i < of.size(); i++) {
                    assertSame(alone.get(i), together.get(i).get(), "beside others");
                }
            }
        } finally {
            plans.forEach(plan -> assertDoesNotThrow(plan::close));
        }
    }
}
