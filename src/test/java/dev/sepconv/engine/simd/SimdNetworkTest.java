package dev.sepconv.engine.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkCases;
import dev.sepconv.NetworkPlan;
import dev.sepconv.reference.NetworkReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SimdNetworkTest {

    private static final long SEED = Long.getLong("sepconv.seed", 20261123);

    @Test
    void operationsAgreeWithTheReference() {
        check(new NetworkCases(SEED).operations(100), 1e-5);
    }

    @Test
    void graphsAgreeWithTheReference() {
        check(new NetworkCases(SEED).graphs(40), 1e-4);
    }

    /**
     * Every array of a graph, kept from run to run, so that none is taken for another's memory too
     * early.
     */
    @Test
    void everyIntermediateArrayCanBeAskedFor() {
        List<NetworkCases.Case> all = new NetworkCases(SEED + 1)
                .graphs(5).stream().map(
                        one -> new NetworkCases.Case(
                                one.network()
                                        .withOutputs(one.network().nodes().stream()
                                                .map(node -> node.output()).toList()),
                                one.inputs()))
                .toList();
        check(all, 1e-4);
    }

    private static void check(List<NetworkCases.Case> cases, double tolerance) {
        List<String> wrong = new ArrayList<>();
        try (SimdEngine engine = SimdEngine.open(2)) {
            for (NetworkCases.Case one : cases) {
                Network network = one.network();
                Map<String, double[]> exact = NetworkReference.run(network, one.inputs());
                try (NetworkPlan plan = engine.compile(network, engine.devices().getFirst())) {
                    // what a run leaves behind must not change the next one's result
                    for (int run = 0; run < 2; run++) {
                        Map<String, NdArray> outputs = plan.run(one.inputs());
                        assertEquals(network.outputs(), List.copyOf(outputs.keySet()));
                        outputs.forEach((name, array) -> {
                            double error = relativeError(exact.get(name), array.data());
                            if (!(error <= tolerance)) {
                                wrong.add("%s %s %s: %s".formatted(network,
                                        network.nodes().getLast().op(), network.dims(), error));
                            }
                        });
                    }
                } catch (RuntimeException e) {
                    throw new AssertionError("%s %s".formatted(network, network.dims()), e);
                }
            }
        }
        assertTrue(wrong.isEmpty(), () -> "seed %d: %d wrong, the first: %s".formatted(SEED,
                wrong.size(), String.join("\n", wrong.subList(0, Math.min(20, wrong.size())))));
    }

    /** The largest error over the largest number. */
    private static double relativeError(double[] exact, float[] got) {
        double largest = 0;
        double error = 0;
        for (int i = 0; i < exact.length; i++) {
            largest = Math.max(largest, Math.abs(exact[i]));
            error = Math.max(error, Math.abs(exact[i] - got[i]));
        }
        return largest == 0 ? error : error / largest;
    }
}
