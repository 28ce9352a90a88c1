package dev.sepconv.graph;

import dev.sepconv.Dims;
import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import java.util.List;
import java.util.Optional;

/**
 * Reshapes and transposes that follow one another become one; a transpose that moves only
 * dimensions of size 1 becomes a reshape.
 */
final class MergeViews {

    private MergeViews() {
    }

    static Network run(Wiring wiring) {
        Network network = wiring.network();
        Network reshaped = Wiring.replaceEach(network,
                node -> node.op() instanceof Op.Transpose transpose
                        && keepsOrder(transpose, network.dims(node.inputs().getFirst()))
                                ? Optional.of(new Node(node.name(),
                                        new Op.Reshape(network.dims(node.output())), node.inputs(),
                                        node.output()))
                                : Optional.empty());
        return wiring.after(reshaped).joinPairs((first, second) -> joined(first.op(), second.op())
                .map(op -> new Node(second.name(), op, first.inputs(), second.output())));
    }

    private static Optional<Op> joined(Op first, Op second) {
        if (first instanceof Op.Reshape && second instanceof Op.Reshape) {
            return Optional.of(second);
        }
        return first instanceof Op.Transpose before && second instanceof Op.Transpose after
                ? Optional.of(
                        new Op.Transpose(after.order().stream().map(before.order()::get).toList()))
                : Optional.empty();
    }

    /** Whether the dimensions larger than 1 stay in their order, so that the numbers do. */
    private static boolean keepsOrder(Op.Transpose transpose, Dims in) {
        List<Integer> moved = transpose.order().stream().filter(d -> in.get(d) > 1).toList();
        return moved.equals(moved.stream().sorted().toList());
    }
}
