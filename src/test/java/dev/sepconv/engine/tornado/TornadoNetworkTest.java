package dev.sepconv.engine.tornado;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sepconv.Activation;
import dev.sepconv.BesideCases;
import dev.sepconv.ConcatCases;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Device;
import dev.sepconv.Dims;
import dev.sepconv.Engine;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkCases;
import dev.sepconv.NetworkCases.Case;
import dev.sepconv.NetworkPlan;
import dev.sepconv.NetworkTester;
import dev.sepconv.Op;
import dev.sepconv.Padding;
import dev.sepconv.PictureCases;
import dev.sepconv.Profile;
import dev.sepconv.engine.DeviceShare;
import dev.sepconv.engine.DeviceSplit;
import dev.sepconv.engine.EngineDevice;
import dev.sepconv.engine.SplitAxis;
import dev.sepconv.engine.lower.NetworkCalls;
import dev.sepconv.engine.simd.SimdEngine;
import dev.sepconv.zoo.AlexNet;
import dev.sepconv.zoo.Parameters;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Networks on the real runtime, TornadoVM's fallback to Java off. */
@Tag("device")
class TornadoNetworkTest {

    private static final long FIRST_SEED = 9000;

    private static TornadoEngine engine;
    private static Device device;

    @BeforeAll
    static void open() {
        engine = TornadoEngine.open();
        device = engine.devices().getFirst();
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    static LongStream seeds() {
        return LongStream.range(FIRST_SEED, FIRST_SEED + 3);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyOperationAgreesWithTheReference(long seed) {
        assertAll(new NetworkCases(seed).operations(1).stream()
                .flatMap(given -> Stream.<Executable>of(
                        () -> NetworkTester.check(given, engine, device), () -> NetworkTester
                                .check(NetworkTester.afterConvolutions(given), engine, device))));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void smallGraphsAgreeWithTheReference(long seed) {
        assertAll(new NetworkCases(seed).graphs(1).stream()
                .map(given -> () -> NetworkTester.check(given, engine, device)));
    }

    @Test
    void convolutionsOfFewChannelsAgreeWithTheReference() {
        assertAll(PictureCases.all().stream()
                .map(given -> () -> NetworkTester.check(given, engine, device)));
    }

    @Test
    void concatenationsFindTheirInputsAndAgreeWithTheReference() {
        assertAll(ConcatCases.all(FIRST_SEED).stream()
                .map(given -> () -> NetworkTester.check(given, engine, device)));
    }

    @Test
    void sumsAndProductsBesideConvolutionsAgreeWithTheReference() {
        assertAll(BesideCases.all(FIRST_SEED).stream()
                .map(given -> () -> NetworkTester.check(given, engine, device)));
    }

    // Several devices

    /** On PoCL's two devices, or on one twice. */
    @ParameterizedTest
    @EnumSource(SplitAxis.class)
    void twoDevicesShareANetwork(SplitAxis along) {
        List<EngineDevice> two = (engine.devices().size() > 1
                ? engine.devices().subList(0, 2)
                : List.of(device, device)).stream().map(each -> new EngineDevice(engine, each))
                .toList();
        int ran = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + 2; seed++) {
            for (Case given : new NetworkCases(seed).graphs(1)) {
                DeviceSplit split;
                try {
                    split = DeviceSplit.evenly(along, given.network(), two);
                } catch (IllegalArgumentException e) {
                    continue; // DeviceSplitTest says which; here it is about the devices
                }
                try (split) {
                    for (int i = 0; i < 3; i++) {
                        NetworkTester.assertClose(given, "split by " + along + ", run " + i,
                                split.run(given.inputs()));
                    }
                    ran++;
                }
            }
        }
        assertTrue(ran >= (along == SplitAxis.BATCH ? 1 : 4),
                along + ": only " + ran + " networks could be split");
    }

    @Test
    void aDeviceAndTheVectorApiShareAlexNetsGroups() {
        Network network = AlexNet.of(67, 67, Parameters.random(1));
        NdArray picture = NdArray.zeros(network.dims("input"));
        Random random = new Random(2);
        for (int i = 0; i < picture.data().length; i++) {
            picture.data()[i] = random.nextFloat();
        }
        Case given = new Case(network, Map.of("input", picture));
        try (Engine simd = SimdEngine.open();
                DeviceSplit split = DeviceSplit.evenly(SplitAxis.GROUPS, network,
                        List.of(new EngineDevice(engine, device),
                                new EngineDevice(simd, simd.devices().getFirst())))) {
            NetworkTester.assertClose(given, "tornado and simd", split.run(given.inputs()));
            assertEquals(List.of(1, 1), split.shares().stream().map(DeviceShare::count).toList());
            assertEquals(6, split.steps());
        }
    }

    // Data between host and device

    /** Three convolutions whose intermediates have 64 KiB each, and a tail. */
    private static Case chain() {
        Dims dims = Dims.of(1, 16, 32, 32);
        Random random = new Random(5);
        Network.Builder builder = Network.builder("chain");
        String x = builder.input("x", dims);
        for (int i = 0; i < 3; i++) {
            Conv2d conv = Conv2d.of(16, 16, 3).withPadding(Padding.of(1))
                    .withActivation(Activation.RELU);
            x = builder.add("conv" + i, conv.withWeights(ConvWeights.random(conv, random)), x);
        }
        x = builder.add("mean", Op.Reduce.globalAveragePool(), x);
        Network network = builder.output(builder.add("flat", new Op.Reshape(Dims.of(1, 16)), x))
                .build();
        NdArray input = NdArray.zeros(dims);
        for (int i = 0; i < input.data().length; i++) {
            input.data()[i] = random.nextFloat();
        }
        return new Case(network, Map.of("x", input));
    }

    @Test
    void onlyInputsAndOutputsCrossToAndFromADeviceWithMemoryOfItsOwn() {
        Case given = chain();
        try (TornadoEngine copying = TornadoEngine.openCopying();
                TornadoNetworkPlan plan = copying.compile(given.network(),
                        copying.devices().getFirst())) {
            Map<String, NdArray> outputs = plan.run(given.inputs());
            NetworkTester.assertClose(given, "copying", outputs);
            plan.profileWhole(given.inputs(), outputs);
            Profile later = plan.profileWhole(given.inputs(), outputs);
            long inputBytes = 4L * 16 * 32 * 32;
            long frames = 24L * plan.tasks(); // TornadoVM's, one a kernel
            assertBetween(inputBytes, later.bytesIn(), inputBytes + frames + 256);
            assertBetween(4 * 16, later.bytesOut(), 4 * 16 + 256);
            assertTrue(later.kernelNanos() > 0 && later.kernelNanos() < later.totalNanos(),
                    later.toString());
        }
    }

    /**
     * What is given out pixel by pixel as it lies is read by a convolution, too, which wants a
     * pixel of zeros behind it.
     */
    @Test
    void aPictureThatIsGivenOutInNhwcMayBeReadAgain() {
        Random random = new Random(9);
        Conv2d conv = Conv2d.of(16, 16, 3).withPadding(Padding.of(1));
        Conv2d depthwise = Conv2d.depthwise(16, 1, 3).withPadding(Padding.of(1));
        Network.Builder builder = Network.builder("nhwc");
        Dims dims = Dims.of(1, 9, 7, 16);
        String x = builder.input("x", dims);
        x = builder.add("in", new Op.Transpose(List.of(0, 3, 1, 2)), x);
        String a = builder.add("a", depthwise.withWeights(ConvWeights.random(depthwise, random)),
                x);
        String b = builder.add("b", conv.withWeights(ConvWeights.random(conv, random)), a);
        Network network = builder
                .output(builder.add("out", new Op.Transpose(List.of(0, 2, 3, 1)), a)).output(b)
                .build();
        NdArray input = NdArray.zeros(dims);
        for (int i = 0; i < input.data().length; i++) {
            input.data()[i] = random.nextFloat(-1, 1);
        }
        Case given = new Case(network, Map.of("x", input));
        try (TornadoEngine copying = TornadoEngine.openCopying()) {
            // a plan that was closed leaves its numbers in the memory of the next
            for (int i = 0; i < 3; i++) {
                for (TornadoEngine each : List.of(engine, copying)) {
                    try (TornadoNetworkPlan plan = each.compile(network,
                            each.devices().getFirst())) {
                        plan.run(Map.of("x", NdArray.of(dims, nans(dims))));
                        NetworkTester.assertClose(given, "run " + i, plan.run(given.inputs()));
                    }
                }
            }
        }
    }

    private static float[] nans(Dims dims) {
        float[] nans = new float[dims.elements()];
        Arrays.fill(nans, Float.NaN);
        return nans;
    }

    @Test
    void nothingIsCopiedWhereTheDeviceHasTheHostsMemory() {
        Case given = chain();
        try (TornadoNetworkPlan plan = engine.compile(given.network(), device)) {
            assumeTrue(plan.isDirect(), "device " + device + " has memory of its own");
            Map<String, NdArray> outputs = plan.run(given.inputs());
            Profile later = plan.profileWhole(given.inputs(), outputs);
            assertBetween(0, later.bytesIn(), 24L * plan.tasks() + 256);
            assertEquals(0, later.bytesOut());
            NetworkTester.assertClose(given, "profiled", outputs);
            NetworkTester.assertClose(given, "after the profile", plan.run(given.inputs()));
        }
    }

    private static void assertBetween(long least, long value, long most) {
        assertTrue(least <= value && value <= most,
                () -> "%d is not between %d and %d".formatted(value, least, most));
    }

    @Test
    void aProfileHasATimeForEachTaskInTheirOrder() {
        Case given = chain();
        try (TornadoNetworkPlan plan = engine.compile(given.network(), device)) {
            Map<String, NdArray> outputs = plan.run(given.inputs());
            List<NetworkPlan.NodeTime> times = plan.profile(given.inputs(), outputs);
            assertEquals(plan.tasks(), times.size());
            assertTrue(times.stream().allMatch(time -> time.nanos() > 0), times.toString());
            assertEquals(List.of("conv0", "conv1", "conv2", "mean"),
                    times.stream().filter(time -> !time.label().equals(NetworkCalls.LAYOUT))
                            .map(NetworkPlan.NodeTime::node).toList());
        }
    }

    /** Each step adds 0.0005, so one that is left out is seen. */
    private static Case ofSteps(int steps) {
        Network.Builder builder = Network.builder("long");
        String x = builder.input("x", Dims.of(3, 5));
        for (int i = 0; i < steps; i++) {
            x = builder.add("step" + i,
                    new Op.Elementwise(Op.Elementwise.Function.HARD_SIGMOID, 1, 0.0005f), x);
        }
        return new Case(builder.output(x).build(), Map.of("x", NdArray.of(Dims.of(3, 5), 0, 0.1f,
                0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0, 0, 0, 0.15f, 0.25f, 0.35f, 0.45f, 0.55f)));
    }

    /** More tasks than TornadoVM holds in a graph: arrays go from graph to graph on the device. */
    @Test
    void aNetworkOfManyStepsRunsAndProfiles() {
        Case given = ofSteps(200);
        try (TornadoEngine copying = TornadoEngine.openCopying();
                TornadoNetworkPlan copied = copying.compile(given.network(),
                        copying.devices().getFirst());
                TornadoNetworkPlan plan = engine.compile(given.network(), device)) {
            for (TornadoNetworkPlan each : List.of(plan, copied)) {
                assertEquals(200, each.tasks());
                NetworkTester.assertClose(given, "long", each.run(given.inputs()));
                Map<String, NdArray> outputs = each.run(given.inputs());
                NetworkTester.assertClose(given, "long, second run", outputs);
                assertEquals(200, each.profile(given.inputs(), outputs).size());
                NetworkTester.assertClose(given, "long, profiled", outputs);
                NetworkTester.assertClose(given, "long, after the profile",
                        each.run(given.inputs()));
                Profile whole = each.profileWhole(given.inputs(), outputs);
                assertBetween(0, whole.bytesIn(), 4 * 15 + 24 * 200 + 256);
                assertBetween(0, whole.bytesOut(), 4 * 15 + 256);
            }
        }
    }

    // Closing

    @Test
    void aPlanSurvivesTheCloseOfAnother() {
        Case given = chain();
        try (NetworkPlan plan = engine.compile(given.network(), device)) {
            NetworkPlan other = engine.compile(given.network(), device);
            other.run(given.inputs());
            other.close();
            other.close();
            assertThrows(IllegalStateException.class, () -> other.run(given.inputs()));
            NetworkTester.assertClose(given, "after the other's close", plan.run(given.inputs()));
        }
    }

    @Test
    void closingTheEngineClosesItsPlans() {
        Case given = chain();
        TornadoEngine another = TornadoEngine.open();
        NetworkPlan plan = another.compile(given.network(), device);
        another.close();
        assertThrows(IllegalStateException.class, () -> plan.run(given.inputs()));
        assertThrows(IllegalStateException.class, () -> another.compile(given.network(), device));
    }

    @Test
    void refusesArraysThatAreNotTheNetworks() {
        Case given = chain();
        try (NetworkPlan plan = engine.compile(given.network(), device)) {
            assertThrows(IllegalArgumentException.class,
                    () -> plan.run(Map.of("y", given.inputs().get("x"))));
            assertThrows(IllegalArgumentException.class,
                    () -> plan.run(NdArray.zeros(Dims.of(1, 16, 32, 31))));
        }
    }
}
