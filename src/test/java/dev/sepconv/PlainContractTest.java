package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sepconv.engine.Engines;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlainContractTest extends EngineContract {

    private static final long SEED = Long.getLong("sepconv.seed", 20261128);

    @Override
    Engine open() {
        return Engines.open("plain");
    }

    @Override
    boolean fuses() {
        return false;
    }

    @Test
    void everyOperationOfNetworksAgreesWithTheReference() {
        check(new NetworkCases(SEED).operations(20));
    }

    @Test
    void graphsAgreeWithTheReference() {
        check(new NetworkCases(SEED).graphs(20));
    }

    @Test
    void everyIntermediateArrayCanBeAskedFor() {
        check(new NetworkCases(SEED + 1).graphs(3).stream()
                .map(one -> new NetworkCases.Case(
                        one.network().withOutputs(
                                one.network().nodes().stream().map(Node::output).toList()),
                        one.inputs()))
                .toList());
    }

    private void check(List<NetworkCases.Case> cases) {
        try (Engine engine = open()) {
            cases.forEach(one -> NetworkTester.check(one, engine, engine.devices().getFirst()));
        }
    }

    /** Sums are added up in the same order whatever thread does it. */
    @Test
    void aNetworkSaysHowLongItsPartsTook() {
        NetworkCases.Case one = new NetworkCases(SEED).graphs(1).getFirst();
        try (Engine engine = open();
                NetworkPlan plan = engine.compile(one.network(), engine.devices().getFirst())) {
            Map<String, NdArray> outputs = plan.run(one.inputs());
            Map<String, NdArray> again = plan.run(one.inputs());
            assertEquals(plan.network().nodes().stream().map(Node::name).toList(),
                    plan.profile(one.inputs(), again).stream().map(NetworkPlan.NodeTime::node)
                            .toList());
            outputs.forEach(
                    (name, array) -> assertArrayEquals(array.data(), again.get(name).data()));
        }
    }
}
