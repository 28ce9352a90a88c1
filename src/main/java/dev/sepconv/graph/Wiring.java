package dev.sepconv.graph;

import dev.sepconv.Network;
import dev.sepconv.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Who makes and who reads each array of a network. */
final class Wiring {

    private final Network network;
    private final Map<String, Node> makers = new HashMap<>();
    private final Map<String, Integer> readers = new HashMap<>();
    private final Set<String> outputs;

    Wiring(Network network) {
        this.network = network;
        this.outputs = new HashSet<>(network.outputs());
        for (Node node : network.nodes()) {
            makers.put(node.output(), node);
            node.inputs().forEach(input -> readers.merge(input, 1, Integer::sum));
        }
    }

    /** The node that makes an array; none for one that comes from outside. */
    Optional<Node> maker(String array) {
        return Optional.ofNullable(makers.get(array));
    }

    /** Whether an array is read once and not given back, so that it need not exist. */
    boolean readOnce(String array) {
        return readers.getOrDefault(array, 0) == 1 && !outputs.contains(array);
    }

    /** The node that makes an array which is read once and not given back. */
    Optional<Node> onlyFor(String array) {
        return readOnce(array) ? maker(array) : Optional.empty();
    }

    /** What two nodes are together. */
    interface Join {
        /**
         * @param first makes what {@code second} alone reads
         * @param second reads nothing else
         * @return a node that reads what {@code first} reads and makes what {@code second} makes;
         *     none if they stay two
         */
        Optional<Node> join(Node first, Node second);
    }

    /** Joins nodes that feed nothing but one another, as long as {@code join} finds pairs. */
    static Network joinPairs(Network network, Join join) {
        Wiring wiring = new Wiring(network);
        Map<String, Node> done = new LinkedHashMap<>();
        boolean changed = false;
        for (Node node : network.nodes()) {
            Node second = node;
            if (node.inputs().size() == 1 && wiring.readOnce(node.inputs().getFirst())) {
                Node first = done.get(node.inputs().getFirst());
                Optional<Node> joined = first == null ? Optional.empty() : join.join(first, node);
                if (joined.isPresent()) {
                    done.remove(first.output());
                    second = joined.get();
                    changed = true;
                }
            }
            done.put(second.output(), second);
        }
        return changed ? network.withNodes(List.copyOf(done.values())) : network;
    }

    /** What a node is by another name: the same array from the same or fewer inputs. */
    interface Replacement {
        /** @return a node that makes the same array; none if it stays */
        Optional<Node> replace(Node node);
    }

    /** Replaces nodes one by one; a replacement sees the wiring of before. */
    Network replaceEach(Replacement replacement) {
        List<Node> nodes = new ArrayList<>();
        boolean changed = false;
        for (Node node : network.nodes()) {
            Optional<Node> other = replacement.replace(node);
            nodes.add(other.orElse(node));
            changed |= other.isPresent();
        }
        return changed ? network.withNodes(nodes) : network;
    }
}
