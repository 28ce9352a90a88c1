package dev.sepconv.graph;

import dev.sepconv.Dims;
import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Nodes that give what they are given are left out. One between an input or an output of the
 * network and another output stays: both names must be there.
 */
final class DropIdentities {

    private DropIdentities() {
    }

    static Network run(Wiring wiring) {
        Network network = wiring.network();
        Names names = new Names();
        Set<String> gone = new HashSet<>();
        for (Node node : network.nodes()) {
            if (node.inputs().size() != 1
                    || !isIdentity(node.op(), network.dims(node.inputs().getFirst()))) {
                continue;
            }
            String given = names.of(node.inputs().getFirst());
            String made = node.output();
            if (!network.isOutput(made)) {
                names.merge(made, node.inputs().getFirst());
                gone.add(made);
            } else if (!network.isOutput(given) && !network.inputs().containsKey(given)) {
                names.merge(made, node.inputs().getFirst());
                names.rename(made);
                gone.add(made);
            }
        }
        return gone.isEmpty()
                ? network
                : network.withNodes(network.nodes().stream()
                        .filter(node -> !gone.contains(node.output())).map(names::in).toList());
    }

    /** What arrays are called once those that are the same are one. */
    private static final class Names {

        /** The first array that is the same, where another one is. */
        private final Map<String, String> first = new HashMap<>();
        /** What that is called, where it isn't by its own name. */
        private final Map<String, String> called = new HashMap<>();

        private String first(String array) {
            return first.getOrDefault(array, array);
        }

        String of(String array) {
            return called.getOrDefault(first(array), first(array));
        }

        /** Notes that an array is the same as one that is there already. */
        void merge(String array, String as) {
            first.put(array, first(as));
        }

        /** Calls an array, and all that are the same, by its own name. */
        void rename(String array) {
            called.put(first(array), array);
        }

        Node in(Node node) {
            String output = of(node.output());
            List<String> inputs = node.inputs().stream().map(this::of).toList();
            return output.equals(node.output()) && inputs.equals(node.inputs())
                    ? node
                    : new Node(node.name(), node.op(), inputs, output);
        }
    }

    private static boolean isIdentity(Op op, Dims in) {
        return switch (op) {
            case Op.Reshape reshape -> reshape.dims().equals(in);
            case Op.Slice slice -> slice.sizes().equals(in.sizes()) && IntStream.range(0, in.rank())
                    .allMatch(d -> in.get(d) == 1 || slice.steps().get(d) > 0);
            case Op.Transpose transpose -> transpose.order()
                    .equals(IntStream.range(0, transpose.order().size()).boxed().toList());
            case Op.Pad pad -> pad.outputDims(List.of(in)).equals(in);
            case Op.Concat concat -> true; // of one array
            case Op.Pool pool -> pool.kernelHeight() == 1 && pool.kernelWidth() == 1
                    && pool.strideHeight() == 1 && pool.strideWidth() == 1;
            case Op.Reduce reduce -> reduce.outputDims(List.of(in)).equals(in);
            case Op.Resize resize -> resize.outputDims(List.of(in)).equals(in)
                    && resize.scaleHeight() == 1 && resize.scaleWidth() == 1;
            case Op.ScaleShift scaleShift ->
                all(scaleShift.scale(), 1) && all(scaleShift.shift(), 0);
            default -> false;
        };
    }

    private static boolean all(float[] numbers, float value) {
        for (float number : numbers) {
            if (number != value) {
                return false;
            }
        }
        return true;
    }
}
