package dev.sepconv.engine.lower;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.BesideCases;
import dev.sepconv.ConcatCases;
import dev.sepconv.Conv2d;
import dev.sepconv.ConvWeights;
import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkCases;
import dev.sepconv.NetworkCases.Case;
import dev.sepconv.NetworkTester;
import dev.sepconv.Op;
import dev.sepconv.PictureCases;
import dev.sepconv.engine.lower.NetworkCalls.CallStep;
import dev.sepconv.kernel.DeviceClass;
import dev.sepconv.kernel.KernelCall;
import dev.sepconv.kernel.OperationKernel;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The calls that networks are turned into, run as plain Java: with plain kernels and with vector
 * kernels.
 */
class NetworkCallsTest {

    private static final long FIRST_SEED = 7000;

    static LongStream seeds() {
        return LongStream.range(FIRST_SEED, FIRST_SEED + 12);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyOperationAgreesWithTheReference(long seed) {
        new NetworkCases(seed).operations(3).forEach(given -> check(given, seed));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void smallGraphsAgreeWithTheReference(long seed) {
        new NetworkCases(seed).graphs(2).forEach(given -> check(given, seed));
    }

    static List<Case> pictures() {
        return PictureCases.all();
    }

    /** They aren't brought into vectors first, whichever way they lie. */
    @ParameterizedTest
    @MethodSource("pictures")
    void convolutionsOfFewChannelsAgreeWithTheReference(Case given) {
        NetworkCalls calls = NetworkCalls.of(given.network(), DeviceClass.CPU);
        assertEquals("pictureconvNhwcF32_v16", calls.steps().getFirst().call().name());
        NetworkTester.assertClose(given, "pictures", run(calls, given));
        assertTrue(
                NetworkCalls.of(given.network(), DeviceClass.NARROW_CPU).steps().stream()
                        .noneMatch(step -> step.call().name().startsWith("picture")),
                "16 sums are more than registers");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void concatenationsFindTheirInputsAndAgreeWithTheReference(long seed) {
        for (Case given : ConcatCases.all(seed)) {
            NetworkTester.assertClose(given, "parts, seed " + seed,
                    run(NetworkCalls.of(given.network(), DeviceClass.CPU), given));
        }
    }

    /** A dense block's, a cross-stage block's and an upsampling's. */
    @Test
    void concatenationsOfWholeVectorsCopyNothing() {
        for (Case given : ConcatCases.ofNetworks(1)) {
            List<String> copies = NetworkCalls.of(given.network(), DeviceClass.CPU).steps().stream()
                    .map(step -> step.call().name()).filter(name -> name.startsWith("copy"))
                    .toList();
            assertEquals(given.network().name().equals("upsampling")
                    ? List.of("copyNhwcF32_v16") // which puts a transposed convolution's taps apart
                    : List.of(), copies, given.network().name());
        }
    }

    /** What ShuffleNetV2's units join, shuffle and halve is one step a unit. */
    @Test
    void shufflesOfTwoArraysCopyNothing() {
        for (Case given : ConcatCases.shuffles(1)) {
            List<String> moves = NetworkCalls.of(given.network(), DeviceClass.CPU).steps().stream()
                    .map(step -> step.call().name())
                    .filter(name -> name.matches("(copy|interleave).*")).toList();
            switch (given.network().name()) {
                case "units of 10 in 2 groups", "units of 58 in 2 groups",
                        "units of 32 in 2 groups", "units of 48 in 2 groups" ->
                    assertEquals(Collections.nCopies(3, "interleaveNhwcF32_v16"), moves);
                case "units of 12 in 3 groups" ->
                    assertFalse(moves.contains("interleaveNhwcF32_v16"));
                default -> assertTrue(moves.contains("interleaveNhwcF32_v16"));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void sumsAndProductsBesideConvolutionsAgreeWithTheReference(long seed) {
        for (Case given : BesideCases.all(seed)) {
            NetworkTester.assertClose(given, "beside, seed " + seed,
                    run(NetworkCalls.of(given.network(), DeviceClass.CPU), given));
            NetworkTester.assertClose(given, "narrow, seed " + seed,
                    run(NetworkCalls.of(given.network(), DeviceClass.NARROW_CPU), given));
        }
    }

    /** The kernels of the convolutions make them. */
    @Test
    void sumsAndProductsOfResidualBlocksAreNoSteps() {
        for (Case given : BesideCases.ofNetworks(1)) {
            List<String> others = NetworkCalls.of(given.network(), DeviceClass.CPU).steps().stream()
                    .map(step -> step.call().name())
                    .filter(name -> name.matches("(binary|function|copy).*")).toList();
            assertEquals(List.of(), others, given.network().name());
        }
    }

    private static void check(Case given, long seed) {
        NetworkTester.assertClose(given, "plain, seed " + seed,
                run(NetworkCalls.of(given.network(), DeviceClass.OTHER), given));
        NetworkTester.assertClose(given, "vectors, seed " + seed,
                run(NetworkCalls.of(given.network(), DeviceClass.CPU), given));
        NetworkCalls shared = NetworkCalls.of(given.network(), DeviceClass.GPU);
        boolean plainJava = shared.steps().stream().noneMatch(
                step -> step.call() instanceof KernelCall call && !call.kernel().runsAsPlainJava());
        NetworkTester.assertClose(given, "blocks, seed " + seed,
                run(plainJava
                        ? shared
                        : NetworkCalls.of(given.network(), DeviceClass.GPU_WITHOUT_LOCAL), given));
        Case after = NetworkTester.afterConvolutions(given);
        NetworkTester.assertClose(after, "vectors after convolutions, seed " + seed,
                run(NetworkCalls.of(after.network(), DeviceClass.CPU), after));
    }

    /** Twice, so that what a first run leaves in shared memory is seen. */
    private static Map<String, NdArray> run(NetworkCalls calls, Case given) {
        Map<String, NdArray> outputs = new LinkedHashMap<>();
        given.network().outputs()
                .forEach(name -> outputs.put(name, NdArray.zeros(given.network().dims(name))));
        for (int i = 0; i < 2; i++) {
            calls.copyIn(given.inputs());
            calls.steps().forEach(step -> step.call().run());
            calls.copyOut(outputs);
        }
        return outputs;
    }

    @Test
    void theCasesAboveReachEveryKernel() {
        Set<String> reached = new HashSet<>();
        seeds().forEach(seed -> {
            NetworkCases cases = new NetworkCases(seed);
            for (Case given : cases.operations(3)) {
                for (NetworkCalls calls : List.of(
                        NetworkCalls.of(given.network(), DeviceClass.OTHER),
                        NetworkCalls.of(given.network(), DeviceClass.GPU),
                        NetworkCalls.of(NetworkTester.afterConvolutions(given).network(),
                                DeviceClass.CPU))) {
                    calls.steps().forEach(step -> reached.add(step.call().name()));
                }
            }
        });
        Stream.of(PictureCases.all(), ConcatCases.shuffles(1)).flatMap(List::stream)
                .forEach(given -> NetworkCalls.of(given.network(), DeviceClass.CPU).steps()
                        .forEach(step -> reached.add(step.call().name())));
        for (OperationKernel kernel : OperationKernel.all()) {
            assertTrue(reached.contains(kernel.name()),
                    () -> kernel.name() + " is not among " + reached);
        }
    }

    @Test
    void arraysThatAreNeverNeededAtOnceShareMemory() {
        Dims dims = Dims.of(1, 32, 16, 16);
        Network.Builder builder = Network.builder("chain");
        String x = builder.input("x", dims);
        for (int i = 0; i < 6; i++) {
            x = builder.add("c" + i,
                    Conv2d.pointwise(32, 32).withWeights(ConvWeights.of(new float[32 * 32])), x);
        }
        Network network = builder.output(x).build();
        assertEquals(2 * 4 * dims.elements(),
                NetworkCalls.of(network, DeviceClass.OTHER).intermediateBytes());
        // pixels of vectors have zeros after the last one
        assertEquals(2 * 4 * (dims.elements() + 2 * 32),
                NetworkCalls.of(network, DeviceClass.CPU).intermediateBytes());
    }

    @Test
    void picturesAreConvertedOnceOnTheWayInAndOnceOnTheWayOut() {
        Dims dims = Dims.of(1, 32, 8, 8);
        Network.Builder builder = Network.builder("gated");
        String x = builder.input("x", dims);
        String a = builder.add("a",
                Conv2d.pointwise(32, 32).withWeights(ConvWeights.of(new float[32 * 32])), x);
        String mean = builder.add("mean", Op.Reduce.globalAveragePool(), a);
        String gate = builder.add("gate", Op.Elementwise.of(Op.Elementwise.Function.SIGMOID), mean);
        String b = builder.add("b", new Op.Binary(Op.Binary.Kind.MUL), a, gate);
        String both = builder.add("both", new Op.Concat(1), a, b);
        Network network = builder.output(both).build();
        assertEquals(2, NetworkCalls.of(network, DeviceClass.CPU).conversions());
        assertEquals(0, NetworkCalls.of(network, DeviceClass.OTHER).conversions());
    }

    @Test
    void whatNoOutputNeedsIsNotComputed() {
        Network.Builder builder = Network.builder("half");
        String x = builder.input("x", Dims.of(1, 3));
        builder.add("unused", Op.Elementwise.of(Op.Elementwise.Function.EXP), x);
        Network network = builder
                .output(builder.add("y", Op.Elementwise.of(Op.Elementwise.Function.RELU), x))
                .build();
        assertEquals(List.of("y"), NetworkCalls.of(network, DeviceClass.OTHER).steps().stream()
                .map(CallStep::node).toList());
    }

    /** Nothing to compute: an input, the same under other sizes, and a constant. */
    @Test
    void onlyGpusWithLocalMemoryShareIt() {
        for (DeviceClass device : DeviceClass.values()) {
            Set<String> names = new HashSet<>();
            for (Case given : new NetworkCases(1).operations(3)) {
                NetworkCalls.of(given.network(), device).steps()
                        .forEach(step -> names.add(step.call().name()));
            }
            assertEquals(device == DeviceClass.GPU,
                    names.stream().anyMatch(name -> name.contains("_local")),
                    () -> device + ": " + names);
        }
    }

    @Test
    void outputsMayBeInputsAndConstants() {
        Network.Builder builder = Network.builder("nothing");
        String x = builder.input("x", Dims.of(2, 3));
        String flat = builder.add("flat", new Op.Reshape(Dims.of(6)), x);
        String constant = builder.add("constant", new Op.Constant(NdArray.of(Dims.of(2), 7, 8)));
        Network network = builder.output(x).output(flat).output(constant).build();
        Case given = new Case(network, Map.of("x", NdArray.of(Dims.of(2, 3), 1, 2, 3, 4, 5, 6)));
        for (DeviceClass device : DeviceClass.values()) {
            NetworkCalls calls = NetworkCalls.of(network, device);
            assertEquals(List.of(), calls.steps());
            NetworkTester.assertClose(given, device.name(), run(calls, given));
        }
    }
}
