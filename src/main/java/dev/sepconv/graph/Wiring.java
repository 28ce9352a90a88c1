package dev.sepconv.graph;

import dev.sepconv.Network;
import dev.sepconv.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Who makes and who reads each array of a network. */
final class Wiring {

    private final Network network;
    private final Map<String, Node> makers;
    private final Map<String, Integer> readers;
    private final Set<String> outputs;

    Wiring(Network network) {
        this.network = network;
        this.outputs = new HashSet<>(network.outputs());
        makers = HashMap.newHashMap(network.nodes().size());
        readers = HashMap.newHashMap(network.nodes().size());
        for (Node node : network.nodes()) {
            makers.put(node.output(), node);
            node.inputs().forEach(input -> readers.merge(input, 1, Integer::sum));
        }
    }

    /** Of the network that a pass made of this one's, which may be this one's. */
    Wiring after(Network made) {
        return made == network ? this : new Wiring(made);
    }

    Network network() {
        return network;
    }

    /** The node that makes an array; none for one that comes from outside. */
    Optional<Node> maker(String array) {
        return Optional.ofNullable(makers.get(array));
    }

    /** Whether an array is read at all or given back. */
    boolean isRead(String array) {
        return readers.containsKey(array) || outputs.contains(array);
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
    Network joinPairs(Join join) {
        Map<String, Node> joined = new HashMap<>(); // by what they make, as those they stand for
        Set<String> gone = new HashSet<>();
        for (Node second : network.nodes()) {
            String between = second.inputs().size() == 1 ? second.inputs().getFirst() : null;
            Node first = joined.getOrDefault(between, makers.get(between));
            if (first != null && readOnce(between)) {
                join.join(first, second).ifPresent(both -> {
                    gone.add(between);
                    joined.put(second.output(), both);
                });
            }
        }
        return joined.isEmpty()
                ? network
                : network.withNodes(
                        network.nodes().stream().filter(node -> !gone.contains(node.output()))
                                .map(node -> joined.getOrDefault(node.output(), node)).toList());
    }

    /** What a node is by another name: the same array from the same or fewer inputs. */
    interface Replacement {
        /** @return a node that makes the same array; none if it stays */
        Optional<Node> replace(Node node);
    }

    /** Replaces nodes one by one; a replacement sees the wiring of before. */
    static Network replaceEach(Network network, Replacement replacement) {
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
