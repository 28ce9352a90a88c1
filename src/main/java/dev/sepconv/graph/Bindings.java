package dev.sepconv.graph;

import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/** What the plans of all engines do with the arrays that a run is given. */
public final class Bindings {

    private Bindings() {
    }

    /**
     * Refuses arrays that are not the network's.
     *
     * @throws IllegalArgumentException if one is missing, not known, or of other sizes; one
     * sentence
     */
    public static void require(Network network, Map<String, NdArray> inputs,
            Map<String, NdArray> outputs) {
        require("input", network, inputs, network.inputs().keySet(), network.inputs()::containsKey);
        require("output", network, outputs, network.outputs(), network::isOutput);
    }

    private static void require(String what, Network network, Map<String, NdArray> given,
            Collection<String> wanted, Predicate<String> isWanted) {
        for (String name : wanted) {
            NdArray array = given.get(name);
            if (array == null) {
                throw new IllegalArgumentException("%s '%s' is missing; network '%s' has %s"
                        .formatted(what, name, network.name(), wanted));
            }
            if (!array.dims().equals(network.dims(name))) {
                throw new IllegalArgumentException("%s '%s' is %s; this plan takes %s"
                        .formatted(what, name, array.dims(), network.dims(name)));
            }
        }
        for (String name : given.keySet()) {
            if (!isWanted.test(name)) {
                throw new IllegalArgumentException("%s '%s' is not known; network '%s' has %s"
                        .formatted(what, name, network.name(), wanted));
            }
        }
    }

    /** A plan's text: the network's inputs and outputs with their sizes, and the device. */
    public static String inWords(NetworkPlan plan) {
        Map<String, Dims> outputs = new LinkedHashMap<>();
        plan.network().outputs().forEach(name -> outputs.put(name, plan.network().dims(name)));
        return "plan of network '%s' from %s to %s, by engine %s on %s".formatted(
                plan.network().name(), plan.network().inputs(), outputs, plan.device().engine(),
                plan.device());
    }
}
