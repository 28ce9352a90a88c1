package dev.sepconv.graph;

import dev.sepconv.Network;
import dev.sepconv.Node;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Nodes that no output needs are left out. */
final class DropDead {

    private DropDead() {
    }

    static Network run(Wiring wiring) {
        return wiring.network().nodes().stream().allMatch(node -> wiring.isRead(node.output()))
                ? wiring.network()
                : run(wiring.network());
    }

    static Network run(Network network) {
        Set<String> needed = new HashSet<>(network.outputs());
        for (Node node : network.nodes().reversed()) {
            if (needed.contains(node.output())) {
                needed.addAll(node.inputs());
            }
        }
        List<Node> kept = network.nodes().stream().filter(node -> needed.contains(node.output()))
                .toList();
        return kept.size() == network.nodes().size() ? network : network.withNodes(kept);
    }
}
