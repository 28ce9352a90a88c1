package dev.sepconv.engine.simd;

import dev.sepconv.Fusion;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import java.util.List;

/** What a network's plan does. */
final class Steps {

    private Steps() {
    }

    /** The names of its steps, in their order. */
    static List<String> of(SimdEngine engine, Network network, Fusion fusion) {
        try (NetworkPlan plan = engine.compile(network, engine.devices().getFirst(), fusion)) {
            return ((SimdNetworkPlan) plan).steps().stream()
                    .map(step -> step.getClass().getSimpleName()).toList();
        }
    }
}
