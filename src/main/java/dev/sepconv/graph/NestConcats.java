package dev.sepconv.graph;

import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A concatenation that begins with all inputs of an earlier one begins with its output instead. In
 * a dense block each layer joins what all layers before have made (Huang et al. 2017, DenseNet,
 * section 3): two copies then do what took one for each of them.
 */
final class NestConcats {

    private NestConcats() {
    }

    private record Joined(Op op, List<String> inputs) {
    }

    static Network run(Wiring wiring) {
        Map<Joined, String> earlier = new HashMap<>();
        NavigableSet<Integer> lengths = new TreeSet<>();
        return Wiring.replaceEach(wiring.network(), node -> {
            if (!(node.op() instanceof Op.Concat)) {
                return Optional.empty();
            }
            List<String> inputs = node.inputs();
            Optional<Node> shorter = Optional.empty();
            for (int length : lengths.headSet(inputs.size(), false).descendingSet()) {
                String joined = earlier.get(new Joined(node.op(), inputs.subList(0, length)));
                if (joined != null && length > 1) {
                    List<String> rest = new ArrayList<>(List.of(joined));
                    rest.addAll(inputs.subList(length, inputs.size()));
                    shorter = Optional.of(new Node(node.name(), node.op(), rest, node.output()));
                    break;
                }
            }
            lengths.add(inputs.size());
            earlier.putIfAbsent(new Joined(node.op(), inputs), node.output());
            return shorter;
        });
    }
}
