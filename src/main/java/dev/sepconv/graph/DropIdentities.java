package dev.sepconv.graph;

import dev.sepconv.Dims;
import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Nodes that give what they are given are left out. One between an input or an output of the
 * network and another output stays: both names must be there.
 */
final class DropIdentities {

    private DropIdentities() {
    }

    static Network run(Network network) {
        Set<String> outputs = Set.copyOf(network.outputs());
        List<Node> nodes = new ArrayList<>(network.nodes());
        for (int i = 0; i < nodes.size(); i++) {
            Node node = nodes.get(i);
            // sizes by the names of before: nodes in the list may have new ones
            if (node.inputs().size() != 1 || !isIdentity(node.op(),
                    network.dims(network.nodes().get(i).inputs().getFirst()))) {
                continue;
            }
            String given = node.inputs().getFirst();
            String made = node.output();
            if (!outputs.contains(made)) {
                nodes.set(i, null);
                rename(nodes, made, given);
            } else if (!outputs.contains(given) && !network.inputs().containsKey(given)) {
                nodes.set(i, null);
                rename(nodes, given, made);
            }
        }
        List<Node> kept = nodes.stream().filter(node -> node != null).toList();
        return kept.size() == network.nodes().size() ? network : network.withNodes(kept);
    }

    private static void rename(List<Node> nodes, String from, String to) {
        UnaryOperator<String> name = array -> array.equals(from) ? to : array;
        nodes.replaceAll(node -> node == null
                ? null
                : new Node(node.name(), node.op(), node.inputs().stream().map(name).toList(),
                        name.apply(node.output())));
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
