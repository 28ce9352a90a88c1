package dev.sepconv.engine.lower;

import dev.sepconv.Dims;
import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.kernel.Pixels;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Where arrays that are pixels of whole vectors are made so that concatenations of channels find
 * their inputs there already: each as a part of the concatenation's pixels. What isn't made there
 * is copied.
 *
 * <p>
 * A concatenation that is an input of another is a part of that one's pixels. Slices of an array
 * that are inputs side by side, as they are in it, have that array as a part.
 */
final class ConcatParts {

    private final Network network;
    private final Map<String, Node> makers;
    private final Map<String, Part> parts = new HashMap<>();

    /**
     * A part of an array's pixels.
     *
     * @param whole the name of the concatenation's output
     * @param channel the first one
     */
    record Part(String whole, int channel) {
    }

    ConcatParts(Network network) {
        this.network = network;
        makers = network.nodes().stream().collect(Collectors.toMap(Node::output, node -> node));
        for (Node node : network.nodes().reversed()) {
            if (node.op() instanceof Op.Concat op && op.dimension() == 1
                    && network.dims(node.output()).rank() == 4) {
                claim(node, parts.getOrDefault(node.output(), new Part(node.output(), 0)));
            }
        }
    }

    /** Where an array is to be made, if it is an input of a concatenation. */
    Optional<Part> of(String name) {
        return Optional.ofNullable(parts.get(name));
    }

    /** Its output's channels, if it is a slice of nothing but channels: the first of them. */
    static Optional<Integer> firstChannel(Op.Slice op, Dims input, Dims output) {
        boolean channels = input.rank() == 4 && op.steps().get(1) == 1
                && List.of(0, 2, 3).stream().allMatch(d -> input.get(d) == output.get(d)
                        && op.starts().get(d) == 0 && op.steps().get(d) == 1);
        return channels && op.starts().get(1) % Pixels.LANES == 0
                ? Optional.of(op.starts().get(1))
                : Optional.empty();
    }

    private void claim(Node concat, Part at) {
        Set<String> once = new HashSet<>();
        Map<Integer, String> begins = new HashMap<>();
        int channel = 0;
        for (String input : concat.inputs()) {
            begins.put(channel, input);
            channel += network.dims(input).get(1);
        }
        channel = 0;
        for (String input : concat.inputs()) {
            int channels = network.dims(input).get(1);
            if (channel % Pixels.LANES == 0 && channels % Pixels.LANES == 0) {
                Node maker = makers.get(input);
                if (maker != null && maker.op() instanceof Op.Slice slice) {
                    ofSlices(maker, slice, channel, begins, at);
                } else if (maker != null && once.add(input)) {
                    parts.putIfAbsent(input, new Part(at.whole(), at.channel() + channel));
                }
            }
            channel += channels;
        }
    }

    /** The array whose slices, of which one begins at a channel, are inputs as they lie in it. */
    private void ofSlices(Node maker, Op.Slice slice, int channel, Map<Integer, String> begins,
            Part at) {
        String sliced = maker.inputs().getFirst();
        Dims dims = network.dims(sliced);
        Optional<Integer> first = firstChannel(slice, dims, network.dims(maker.output()));
        if (first.isEmpty() || !makers.containsKey(sliced)) {
            return;
        }
        int begin = channel - first.get();
        int next = begin;
        while (next < begin + dims.get(1)) {
            String after = begins.get(next);
            Node nextMaker = after == null ? null : makers.get(after);
            boolean follows = nextMaker != null && nextMaker.op() instanceof Op.Slice other
                    && nextMaker.inputs().getFirst().equals(sliced)
                    && firstChannel(other, dims, network.dims(after))
                            .equals(Optional.of(next - begin));
            if (!follows) {
                return;
            }
            next += network.dims(after).get(1);
        }
        parts.putIfAbsent(sliced, new Part(at.whole(), at.channel() + begin));
    }
}
