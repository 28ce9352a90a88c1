package dev.sepconv.engine;

import dev.sepconv.Conv2d;
import dev.sepconv.Dims;
import dev.sepconv.Layer;
import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.graph.Simplify;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * A network taken apart for several devices, as networks of their own that need nothing of one
 * another but between steps:
 *
 * <pre>
 * along the batch    one step: each device runs the whole network on some of the images
 * along the groups   each device has some groups of each grouped convolution and some filters of
 *                    each other one and of each fully connected layer; what works within channels
 *                    stays where they are. A step ends where a layer reads what another device
 *                    made, as a convolution of one group does (AlexNet's third)
 * along the rows     each device has some rows of the picture and, from layer to layer, the rows
 *                    beside them that kernels still see. A step ends where computing these twice
 *                    would cost more than a tenth, and before what mixes rows (a mean, a fully
 *                    connected layer, resizing), which runs on one device
 * </pre>
 *
 * What can't be taken apart runs on the device that has the most.
 *
 * @param network what was taken apart: the same after passes
 * @param steps one after the other; the parts of one at once
 */
record NetworkDivision(Network network, List<List<Part>> steps) {

    /** In how many parts channels are shared where no convolution's groups say it. */
    private static final int CHANNEL_PARTS = 16;

    /**
     * What one device runs in a step.
     *
     * @param device which device, from 0
     * @param reads a piece for each input of the network
     * @param makes a piece for each output
     */
    record Part(int device, Network network, List<Piece> reads, List<Piece> makes) {
    }

    /**
     * Some of an array of the whole network.
     *
     * @param name what it is called in the part
     * @param interval along the dimension {@code axis}; null for all
     */
    record Piece(String array, String name, int axis, Interval interval) {

        /** Its sizes. */
        Dims dims(Dims whole) {
            return interval == null ? whole : whole.with(axis, interval.size());
        }
    }

    /**
     * What of a network is shared, and how many of it there are; 0 if it can't be split so.
     *
     * @param name what is counted: {@code images}, {@code groups}, {@code filters}, {@code rows}
     */
    record Units(int count, String name) {

        boolean areGroups() {
            return name.equals("groups");
        }

        @Override
        public String toString() {
            return count == 0 ? "no " + name : "%s: %d".formatted(name, count);
        }
    }

    /**
     * Rows are those of the tallest picture that is made row by row; whatever else is made is
     * shared in proportion.
     */
    static Units units(SplitAxis along, Network network) {
        Dims first = network.inputs().values().iterator().next();
        return switch (along) {
            case BATCH -> new Units(first.rank() == 0 ? 1 : first.get(0), "images");
            case GROUPS -> channels(network);
            case SPACE ->
                new Units(new DivisionPlanner(SplitAxis.SPACE, Simplify.run(network), new int[]{1})
                        .mostRows(), "rows");
        };
    }

    private static Units channels(Network network) {
        List<Op> layers = stages(network).nodes().stream().map(Node::op)
                .filter(op -> op instanceof Op.Convolve convolve
                        && convolve.layer() instanceof Conv2d || op instanceof Op.FullyConnected)
                .toList();
        if (layers.isEmpty()) {
            return new Units(0, "groups");
        }
        List<Conv2d> grouped = layers.stream().filter(op -> op instanceof Op.Convolve)
                .map(op -> (Conv2d) ((Op.Convolve) op).layer()).filter(conv -> conv.groups() > 1)
                .toList();
        boolean depthwise = grouped.size() == layers.size()
                && grouped.stream().allMatch(Conv2d::isDepthwise);
        OptionalInt groups = grouped.stream().filter(conv -> depthwise || !conv.isDepthwise())
                .mapToInt(Conv2d::groups).min();
        if (groups.isPresent()) {
            return new Units(groups.getAsInt(), "groups");
        }
        return layers.size() == 1 && layers.getFirst() instanceof Op.Convolve only
                ? new Units(((Conv2d) only.layer()).outChannels(), "filters")
                : new Units(CHANNEL_PARTS, "sixteenths of the channels");
    }

    /**
     * @param counts how many units each device gets, in all {@link #count}; 0 for a device that
     * runs nothing
     * @throws IllegalArgumentException if the network can't be taken apart so; the sentence names
     * the operation
     */
    static NetworkDivision of(SplitAxis along, Network network, int[] counts) {
        if (units(along, network).count() == 0) {
            throw new IllegalArgumentException("network '%s' can't be split by its %s: %s"
                    .formatted(network.name(), along == SplitAxis.SPACE ? "rows" : "groups",
                            along == SplitAxis.SPACE
                                    ? "no operation of it makes rows of a picture by themselves (a convolution that is padded by its kernel's height or more doesn't)"
                                    : "it has no fully connected layer, and no convolution but those between which channels are shuffled"));
        }
        DivisionPlanner planner = new DivisionPlanner(along, switch (along) {
            case BATCH -> network;
            case GROUPS -> stages(Simplify.run(network));
            case SPACE -> Simplify.run(network);
        }, counts);
        switch (along) {
            case BATCH -> planner.images();
            case GROUPS -> planner.channels();
            case SPACE -> planner.rows();
        }
        return new NetworkDivision(planner.network, planner.steps());
    }

    /**
     * The same network with a node for each convolution, but of layers that move channels between
     * theirs.
     */
    private static Network stages(Network network) {
        List<Node> nodes = new ArrayList<>();
        for (Node node : network.nodes()) {
            if (!(node.op() instanceof Op.Convolve convolve) || convolve.weights().size() == 1
                    || shuffles(convolve.layer())) {
                nodes.add(node);
                continue;
            }
            String from = node.inputs().getFirst();
            List<Conv2d> convs = convolve.layer().stages();
            for (int i = 0; i < convs.size(); i++) {
                boolean last = i == convs.size() - 1;
                String name = last ? node.name() : "%s, stage %d".formatted(node.name(), i + 1);
                String output = last
                        ? node.output()
                        : "%s, stage %d".formatted(node.output(), i + 1);
                nodes.add(new Node(name, convs.get(i).withWeights(convolve.weights().get(i)),
                        List.of(from), output));
                from = output;
            }
        }
        return network.withNodes(nodes);
    }

    private static boolean shuffles(Layer layer) {
        return IntStream.range(0, layer.stages().size())
                .anyMatch(stage -> layer.shuffleBefore(stage).isPresent());
    }
}
