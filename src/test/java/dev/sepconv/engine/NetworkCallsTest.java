package dev.sepconv.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.NdArray;
import dev.sepconv.NetworkCases;
import dev.sepconv.NetworkCases.Case;
import dev.sepconv.NetworkTester;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The calls that networks are turned into, run as plain Java: with plain kernels and with vector kernels. */
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

    private static void check(Case given, long seed) {
        NetworkTester.assertClose(given, "plain, seed " + seed, run(NetworkCalls.plain(given.network()), given));
        NetworkTester.assertClose(given, "vectors, seed " + seed, run(NetworkCalls.vectors(given.network()), given));
        Case after = NetworkTester.afterConvolutions(given);
        NetworkTester.assertClose(after, "vectors after convolutions, seed " + seed,
                run(NetworkCalls.vectors(after.network()), after));
    }

    /** Twice, so that what a first run leaves in shared memory is seen. */
    private static Map<String, NdArray> run(NetworkCalls calls, Case given) {
        Map<String, NdArray> outputs = new LinkedHashMap<>();
        given.network().outputs().forEach(name -> outputs.put(name, NdArray.zeros(given.network().dims(name))));
        for (int i = 0; i < 2; i++) {
            calls.read(given.inputs());
            calls.steps().forEach(step -> step.call().run());
            calls.write(outputs);
        }
        return outputs;
    }

    @org.junit.jupiter.api.Test
    void theCasesAboveReachEveryKernel() {
        Set<String> reached = new HashSet<>();
        seeds().forEach(seed -> {
            NetworkCases cases = new NetworkCases(seed);
            for (Case given : cases.operations(3)) {
                for (NetworkCalls calls : List.of(NetworkCalls.plain(given.network()),
                        NetworkCalls.vectors(NetworkTester.afterConvolutions(given).network()))) {
                    calls.steps().forEach(step -> reached.add(step.call().name()));
                }
            }
        });
        for (dev.sepconv.kernel.OperationKernel kernel : dev.sepconv.kernel.OperationKernel.all()) {
            assertTrue(reached.contains(kernel.name()), () -> kernel.name() + " is not among " + reached);
        }
    }
}
