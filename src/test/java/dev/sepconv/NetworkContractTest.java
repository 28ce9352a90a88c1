package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.NetworkCases.Case;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.ThrowingConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@link NetworkContract} must be able to fail: engines that are right but for one thing, each of
 * which some test of it must catch.
 */
class NetworkContractTest {

    /** What is wrong, and the test that catches it. */
    private enum Fault {
        LEAVES_A_NUMBER_UNWRITTEN(NetworkContract::wiringsAgree),
        CHANGES_A_SMALL_CHANNEL(NetworkContract::aChannelOfSmallNumbersIsAsRightAsTheOthers),
        KEEPS_THE_FIRST_INPUT(NetworkContract::operationsAgree),
        KEEPS_THE_LAST_INPUT(NetworkContract::graphsAgree),
        CHANGES_ITS_INPUT(NetworkContract::layersAgreeInBothLayouts),
        IS_OFF_BY_A_HUNDRED_THOUSANDTH_OF_ALL(NetworkContract::layersAgreeInBothLayouts),
        IS_OFF_IN_DEEP_NETWORKS(NetworkContract::deepNetworksAgree),
        HIDES_NANS(NetworkContract::nansAndInfinitiesReachWhatReadsThem),
        RUNS_WHEN_CLOSED(NetworkContract::aClosedPlanRefusesToRun),
        RUNS_WHEN_ITS_ENGINE_IS_CLOSED(
                NetworkContract::aClosedEngineCompilesNothingAndItsPlansDoNotRun),
        TAKES_ANY_ARRAYS(NetworkContract::wrongArraysAreRefusedByName),
        READS_WEIGHTS_WHEN_IT_RUNS(NetworkContract::weightsAreReadOnceWhenCompiled),
        SHARES_ITS_INPUT_AMONG_THREADS(NetworkContract::plansMayBeRunFromSeveralThreads);

        private final ThrowingConsumer<NetworkContract> caughtBy;

        Fault(ThrowingConsumer<NetworkContract> caughtBy) {
            this.caughtBy = caughtBy;
        }
    }

    /** The contract of an engine that is what a test says. */
    private static NetworkContract contract(Fault fault) {
        NetworkContract contract = new NetworkContract() {
            @Override
            Engine open() {
                return new Faulty(fault);
            }

            @Override
            int rounds() {
                return 3;
            }
        };
        contract.openEngine();
        return contract;
    }

    @ParameterizedTest
    @EnumSource
    void everyFaultIsCaught(Fault fault) {
        NetworkContract contract = contract(fault);
        assertThrows(AssertionError.class, () -> fault.caughtBy.accept(contract));
        contract.closeEngine();
    }

    /**
     * And the same test has nothing against an engine without it, so that it is the fault that was
     * caught.
     */
    @ParameterizedTest
    // which the reference does too
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "READS_WEIGHTS_WHEN_IT_RUNS")
    void aRightEngineIsNot(Fault fault) {
        NetworkContract contract = contract(null);
        assertDoesNotThrow(() -> fault.caughtBy.accept(contract));
        contract.closeEngine();
    }

    /** What a comparison with the largest of all numbers doesn't see. */
    @Test
    void aSmallChannelHidesBehindALargeOneWhereAllAreJudgedTogether() {
        Case given = NetworkContract.smallChannel(3);
        try (Engine engine = new Faulty(Fault.CHANGES_A_SMALL_CHANNEL);
                NetworkPlan plan = engine.compile(given.network(), engine.devices().getFirst())) {
            Map<String, NdArray> outputs = plan.run(given.inputs());
            NetworkTester.assertClose(given, "faulty", outputs);
            assertTrue(new NetworkJudge(given).error(outputs) > 1e-2);
        }
    }

    /** The reference with one fault; none for null. */
    private static final class Faulty extends ReferenceEngine {

        private final Fault fault;

        Faulty(Fault fault) {
            this.fault = fault;
        }

        @Override
        public NetworkPlan compile(Network network, Device device, Fusion fusion) {
            return new FaultyPlan(super.compile(network, device, fusion));
        }

        @Override
        public void close() {
            if (fault != Fault.RUNS_WHEN_ITS_ENGINE_IS_CLOSED) {
                super.close();
            }
        }

        private final class FaultyPlan implements NetworkPlan {

            private final NetworkPlan right;
            private final Map<String, NdArray> kept = new HashMap<>();

            FaultyPlan(NetworkPlan right) {
                this.right = right;
            }

            @Override
            public Device device() {
                return right.device();
            }

            @Override
            public Network network() {
                return right.network();
            }

            @Override
            public long intermediateBytes() {
                return 0;
            }

            @Override
            public void run(Map<String, NdArray> inputs, Map<String, NdArray> outputs) {
                if (fault == null) {
                    right.run(inputs, outputs);
                    return;
                }
                Map<String, NdArray> given = new HashMap<>(inputs);
                switch (fault) {
                    case KEEPS_THE_FIRST_INPUT -> given.replaceAll(
                            (name, array) -> kept.computeIfAbsent(name, first -> copy(array)));
                    case KEEPS_THE_LAST_INPUT -> inputs.forEach((name, array) -> {
                        NdArray last = kept.put(name, copy(array));
                        given.put(name, last == null ? array : last);
                    });
                    case SHARES_ITS_INPUT_AMONG_THREADS -> {
                        kept.putAll(inputs);
                        try {
                            Thread.sleep(3);
                        } catch (InterruptedException e) {
                            throw new AssertionError(e);
                        }
                        given.putAll(kept);
                    }
                    case HIDES_NANS -> given.replaceAll((name, array) -> {
                        NdArray hidden = copy(array);
                        for (int i = 0; i < hidden.data().length; i++) {
                            hidden.data()[i] = Float.isNaN(hidden.data()[i]) ? 0 : hidden.data()[i];
                        }
                        return hidden;
                    });
                    case TAKES_ANY_ARRAYS -> {
                        given.keySet().retainAll(network().inputs().keySet());
                        network().inputs().forEach((name, dims) -> {
                            if (given.get(name) == null || !given.get(name).dims().equals(dims)) {
                                given.put(name, NdArray.zeros(dims));
                            }
                        });
                    }
                    default -> {
                        // wrong in what it gives
                    }
                }
                NdArray last = outputs.get(network().outputs().getLast());
                float before = last == null ? 0 : last.data()[last.data().length - 1];
                right.run(given, outputs);
                switch (fault) {
                    case LEAVES_A_NUMBER_UNWRITTEN -> last.data()[last.data().length - 1] = before;
                    case CHANGES_A_SMALL_CHANNEL ->
                        channel(last, network().name().equals("small channel") ? 1 : 0,
                                (data, i) -> data[i] += 1e-3f);
                    case CHANGES_ITS_INPUT ->
                        inputs.values().forEach(array -> array.data()[0] += 1);
                    case IS_OFF_BY_A_HUNDRED_THOUSANDTH_OF_ALL ->
                        outputs.values().forEach(array -> {
                            for (int i = 0; i < array.data().length; i++) {
                                array.data()[i] *= 1 + 2e-5f;
                            }
                        });
                    case IS_OFF_IN_DEEP_NETWORKS ->
                        last.data()[0] *= network().nodes().size() > 20 ? 1.01f : 1;
                    default -> {
                        // wrong in another way
                    }
                }
            }

            private static void channel(NdArray array, int channel,
                    BiConsumer<float[], Integer> change) {
                Dims dims = array.dims();
                if (dims.rank() == 4) {
                    int plane = dims.get(2) * dims.get(3);
                    for (int i = 0; i < array.data().length; i++) {
                        if (i / plane % dims.get(1) == channel) {
                            change.accept(array.data(), i);
                        }
                    }
                }
            }

            private static NdArray copy(NdArray array) {
                return NdArray.of(array.dims(), array.data().clone());
            }

            @Override
            public List<NodeTime> profile(Map<String, NdArray> inputs,
                    Map<String, NdArray> outputs) {
                return right.profile(inputs, outputs);
            }

            @Override
            public void close() {
                if (fault != Fault.RUNS_WHEN_CLOSED) {
                    right.close();
                }
            }
        }
    }
}
