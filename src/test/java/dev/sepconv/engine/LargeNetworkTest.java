package dev.sepconv.engine;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.sepconv.Dims;
import dev.sepconv.Fusion;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.Op;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compiling takes n log n of a network's nodes: what was quadratic took more than a minute here.
 */
class LargeNetworkTest {

    private static final int NODES = 100_000;

    @ParameterizedTest
    @ValueSource(strings = {"simd", "plain"})
    void aHundredThousandNodesCompileInSeconds(String engine) {
        Network.Builder builder = Network.builder("chain");
        String x = builder.input("x", Dims.of(1, 4, 2, 2));
        String last = x;
        for (int i = 0; i < NODES; i++) {
            last = builder.add("n" + i, new Op.Binary(Op.Binary.Kind.ADD), last,
                    i % 2 == 0 ? x : last);
        }
        compilesInTime(engine, builder.output(last).build());
    }

    /** All arrays are alive at once, and each is given back. */
    @ParameterizedTest
    @ValueSource(strings = {"simd", "plain", "java"})
    void soDoesANetworkOfAsManyOutputs(String engine) {
        Network.Builder builder = Network.builder("wide");
        String x = builder.input("x", Dims.of(1, 4, 2, 2));
        for (int i = 0; i < NODES; i++) {
            builder.output(
                    builder.add("n" + i, Op.Elementwise.of(Op.Elementwise.Function.NEGATE), x));
        }
        compilesInTime(engine, builder.build());
    }

    private static void compilesInTime(String engine, Network network) {
        assertTimeoutPreemptively(Duration.ofMinutes(2), () -> {
            try (Engines.Choice choice = Engines.choose(engine, null);
                    NetworkPlan plan = choice.engine().compile(network, choice.device(),
                            Fusion.AUTO)) {
                plan.run(Map.of("x", NdArray.zeros(Dims.of(1, 4, 2, 2))));
            }
        });
    }
}
