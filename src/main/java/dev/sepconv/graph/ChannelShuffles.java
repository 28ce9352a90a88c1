package dev.sepconv.graph;

import dev.sepconv.ChannelShuffle;
import dev.sepconv.Dims;
import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reshapes, transpositions and reshapes that together only move a picture's channels:
 * {@code (N, C, H, W)} to {@code (N, g, C/g, …)}, g and C/g swapped, and back. On pixels the
 * channels can be moved as they lie.
 *
 * @param ends by the last reshape's output
 * @param inside what the first two make, which nobody else reads
 */
public record ChannelShuffles(Map<String, Shuffled> ends, Set<String> inside) {

    /**
     * A picture whose channels come in another order.
     *
     * @param halves of a shuffle of two groups the two values that a concatenation joins for it
     * alone, so that it can take their channels in turns; else empty
     */
    public record Shuffled(String picture, ChannelShuffle shuffle, List<String> halves) {
    }

    /** Those of a network, but for its ends. */
    public static ChannelShuffles of(Network network) {
        Wiring wiring = new Wiring(network);
        Map<String, Shuffled> ends = new HashMap<>();
        Set<String> inside = new HashSet<>();
        for (Node together : network.nodes()) {
            Optional<Node> swap = together.op() instanceof Op.Reshape
                    && !network.isOutput(together.output())
                            ? wiring.onlyFor(together.inputs().getFirst())
                            : Optional.empty();
            Optional<Node> apart = swap.filter(node -> node.op() instanceof Op.Transpose)
                    .flatMap(node -> wiring.onlyFor(node.inputs().getFirst()))
                    .filter(node -> node.op() instanceof Op.Reshape)
                    .filter(node -> wiring.maker(node.inputs().getFirst()).isPresent());
            if (apart.isEmpty()) {
                continue;
            }
            String picture = apart.get().inputs().getFirst();
            Dims dims = network.dims(picture);
            Dims parts = network.dims(apart.get().output());
            List<Integer> order = ((Op.Transpose) swap.get().op()).order();
            if (dims.rank() == 4 && parts.rank() >= 4
                    && network.dims(together.output()).equals(dims) && parts.get(0) == dims.get(0)
                    && parts.get(1) * parts.get(2) == dims.get(1)
                    && order.subList(0, 3).equals(List.of(0, 2, 1))
                    && isInOrder(order.subList(3, order.size()))) {
                ChannelShuffle shuffle = new ChannelShuffle(dims.get(1), parts.get(1));
                if (!shuffle.isIdentity()) {
                    ends.put(together.output(), new Shuffled(picture, shuffle,
                            shuffle.groups() == 2 ? halves(wiring, picture) : List.of()));
                    inside.add(apart.get().output());
                    inside.add(swap.get().output());
                }
            }
        }
        return new ChannelShuffles(Map.copyOf(ends), Set.copyOf(inside));
    }

    private static List<String> halves(Wiring wiring, String picture) {
        return wiring.onlyFor(picture)
                .filter(node -> node.op() instanceof Op.Concat op && op.dimension() == 1)
                .map(Node::inputs).filter(joined -> joined.size() == 2 && wiring.network()
                        .dims(joined.getFirst()).equals(wiring.network().dims(joined.getLast())))
                .orElse(List.of());
    }

    private static boolean isInOrder(List<Integer> numbers) {
        return numbers.equals(numbers.stream().sorted().toList());
    }
}
