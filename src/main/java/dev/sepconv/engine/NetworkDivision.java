package dev.sepconv.engine;

import dev.sepconv.Conv2d;
import dev.sepconv.Dims;
import dev.sepconv.Layer;
import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.Shape;
import dev.sepconv.engine.DeviceSplit.Along;
import dev.sepconv.graph.Simplify;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A network taken apart for several devices, as networks of their own that need nothing of one
 * another but between steps:
 *
 * <pre>
 *   along the batch      one step: each device runs the whole network on some of the images
 *   along the groups     each device has some groups of each grouped convolution and some filters of each other one and of each
 *                        fully connected layer; what works within channels stays where they are. A step ends where a layer reads
 *                        what another device made, as a convolution of one group does (AlexNet's third)
 *   along the rows       each device has some rows of the picture and, from layer to layer, the rows beside them that kernels
 *                        still see. A step ends where computing these twice would cost more than a tenth, and before what mixes
 *                        rows (a mean, a fully connected layer, resizing), which runs on one device
 * </pre>
 *
 * What can't be taken apart runs on the device that has the most.
 *
 * @param network what was taken apart: the same after passes
 * @param steps one after the other; the parts of one at once
 */
record NetworkDivision(Network network, List<List<Part>> steps) {

    /** How much work may grow in a step by rows that two devices compute. */
    private static final double MOST_WORK = 1.1;
    /** In how many parts channels are shared where no convolution's groups say it. */
    private static final int CHANNEL_PARTS = 16;

    /**
     * What one device runs in a step.
     *
     * @param place which device, from 0
     * @param reads a piece for each input of the network
     * @param makes a piece for each output
     */
    record Part(int place, Network network, List<Piece> reads, List<Piece> makes) {
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
    static Units units(Along along, Network network) {
        Dims first = network.inputs().values().iterator().next();
        return switch (along) {
            case BATCH -> new Units(first.rank() == 0 ? 1 : first.get(0), "images");
            case GROUPS -> channels(network);
            case SPACE ->
                new Units(new Planner(Along.SPACE, Simplify.run(network), new int[]{1}).mostRows(),
                        "rows");
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
    static NetworkDivision of(Along along, Network network, int[] counts) {
        if (units(along, network).count() == 0) {
            throw new IllegalArgumentException("network '%s' can't be split by its %s: %s"
                    .formatted(network.name(), along == Along.SPACE ? "rows" : "groups",
                            along == Along.SPACE
                                    ? "no operation of it makes rows of a picture by themselves (a convolution that is padded by its kernel's height or more doesn't)"
                                    : "it has no fully connected layer, and no convolution but those between which channels are shuffled"));
        }
        Planner planner = new Planner(along, switch (along) {
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
                nodes.add(new Node(name, Op.Convolve.of(convs.get(i), convolve.weights().get(i)),
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

    private static final class Planner {

        private final Network network;
        private final int[] counts;
        private final int axis;
        /** The device that does what can't be shared. */
        private final int main;
        private final Map<String, Node> makers = new LinkedHashMap<>();
        private final Map<String, List<Node>> readers = new HashMap<>();
        /** By array that a node makes, along which of its dimensions: a transposition moves it. */
        private final Map<String, Integer> axes = new HashMap<>();
        /** By array the step in which it is made; none for inputs and constants. */
        private final Map<String, Integer> step = new HashMap<>();
        /** By array what each device makes of it; null for nothing. */
        private final Map<String, Interval[]> made = new HashMap<>();
        /** And what it gives to others: each place of the array once. */
        private final Map<String, Interval[]> given = new HashMap<>();

        Planner(Along along, Network network, int[] counts) {
            this.network = network;
            this.counts = counts;
            this.axis = switch (along) {
                case BATCH -> OpPart.BATCH;
                case GROUPS -> OpPart.CHANNELS;
                case SPACE -> OpPart.ROWS;
            };
            int most = 0;
            for (int i = 1; i < counts.length; i++) {
                most = counts[i] > counts[most] ? i : most;
            }
            this.main = most;
            for (Node node : network.nodes()) {
                makers.put(node.output(), node);
                axes.put(node.output(), madeAlong(node));
                node.inputs().forEach(input -> readers
                        .computeIfAbsent(input, name -> new ArrayList<>()).add(node));
            }
        }

        /**
         * As in what it reads; but the axis of what comes from outside is what its first
         * transposition makes it, and operations to which dimensions mean something make pictures
         * of the usual order.
         */
        private int madeAlong(Node node) {
            if (node.op() instanceof Op.Convolve || node.op() instanceof Op.ConvolveTransposed
                    || node.op() instanceof Op.Pool || node.op() instanceof Op.Resize) {
                return axis;
            }

            int rank = network.dims(node.output()).rank();
            for (String input : variables(node)) {
                if (axes.containsKey(input) && network.dims(input).rank() == rank) {
                    int from = axes.get(input);
                    return node.op() instanceof Op.Transpose transpose
                            ? transpose.order().indexOf(from)
                            : from;
                }
            }
            return axis;
        }

        private int axis(String array) {
            return axes.getOrDefault(array, axis);
        }

        // What each device makes

        void images() {
            int all = network.inputs().values().iterator().next().get(0);
            for (Map.Entry<String, Dims> input : network.inputs().entrySet()) {
                if (input.getValue().rank() == 0 || input.getValue().get(0) != all) {
                    throw new IllegalArgumentException(
                            "network '%s' can't be split by its batch: input '%s' %s has no %d images"
                                    .formatted(network.name(), input.getKey(), input.getValue(),
                                            all));
                }
            }
            for (Node node : calculations()) {
                if (variables(node).isEmpty()) {
                    everywhere(node, 0);
                    continue;
                }
                Dims output = network.dims(node.output());
                Interval[] images = Interval.shares(all, counts);
                if (output.rank() == 0 || output.get(0) != all || !apart(node, images)) {
                    throw new IllegalArgumentException(
                            "network '%s' can't be split by its batch: node '%s' (%s) makes %s of all %d images together"
                                    .formatted(network.name(), node.name(), node.op().label(),
                                            output, all));
                }
                put(node, 0, images, images);
            }
        }

        void channels() {
            for (Node node : calculations()) {
                List<String> variables = variables(node);
                Optional<Interval[]> shared = channels(node, variables)
                        .filter(intervals -> apart(node, intervals));
                if (shared.isPresent()) {
                    put(node, stepOf(node, shared.get()), shared.get(), shared.get());
                } else if (variables.stream().allMatch(this::isEverywhere)) {
                    everywhere(node, variables.stream()
                            .mapToInt(input -> step.getOrDefault(input, 0)).max().orElse(0));
                } else {
                    Interval[] alone = alone(node);
                    put(node, stepOf(node, alone), alone, alone);
                }
            }
        }

        /**
         * What each device would have: of a layer with weights its share, of others what it has of
         * their input.
         */
        private Optional<Interval[]> channels(Node node, List<String> variables) {
            int size = size(node.output());
            if (node.op() instanceof Op.Convolve convolve
                    && convolve.layer() instanceof Conv2d conv) {
                int units = conv.groups() == 1 ? size : conv.groups();
                return Optional.of(times(Interval.shares(units, counts), size / units));
            }
            if (node.op() instanceof Op.FullyConnected && network.dims(node.output()).rank() == 2) {
                return Optional.of(Interval.shares(size, counts));
            }
            Optional<String> leading = variables.stream().filter(this::isShared).findFirst();
            if (leading.isEmpty()) {
                return Optional.empty();
            }
            long from = size(leading.get());
            Interval[] intervals = made.get(leading.get()).clone();
            for (int i = 0; i < intervals.length; i++) {
                if (intervals[i] != null) {
                    long first = (long) intervals[i].from() * size;
                    long last = (long) intervals[i].to() * size;
                    if (first % from != 0 || last % from != 0) {
                        return Optional.empty();
                    }
                    intervals[i] = new Interval((int) (first / from), (int) (last / from));
                }
            }
            return Optional.of(intervals);
        }

        private static Interval[] times(Interval[] intervals, int factor) {
            return Arrays.stream(intervals).map(each -> each == null ? null : each.times(factor))
                    .toArray(Interval[]::new);
        }

        /** The first step in which all that it reads is there. */
        private int stepOf(Node node, Interval[] intervals) {
            int first = 0;
            for (int place = 0; place < intervals.length; place++) {
                if (intervals[place] != null) {
                    List<OpPart.Need> needs = part(node, intervals[place]).orElseThrow().needs();
                    for (int i = 0; i < needs.size(); i++) {
                        String input = node.inputs().get(i);
                        if (step.containsKey(input)) {
                            Interval have = made.get(input)[place];
                            boolean here = have != null
                                    && have.contains(whole(input, needs.get(i)));
                            first = Math.max(first, step.get(input) + (here ? 0 : 1));
                        }
                    }
                }
            }
            return first;
        }

        void rows() {
            int number = 0;
            boolean alone = false;
            List<Node> stretch = new ArrayList<>();
            for (Node node : calculations()) {
                if (isByRows(node)) {
                    number += alone ? 1 : 0;
                    alone = false;
                    stretch.add(node);
                    if (stretch.size() > 1 && growth(stretch) > MOST_WORK) {
                        rows(stretch.subList(0, stretch.size() - 1), number++);
                        stretch = new ArrayList<>(List.of(node));
                    }
                } else {
                    if (!stretch.isEmpty()) {
                        rows(stretch, number++);
                        stretch = new ArrayList<>();
                    }
                    alone = true;
                    put(node, number, alone(node), alone(node));
                }
            }
            rows(stretch, number);
        }

        /**
         * Whether each row of what it makes can be made apart, and there is one for each device.
         */
        private boolean isByRows(Node node) {
            int rows = size(node.output());
            return rows > 1 && rows >= counts.length && network.dims(node.output()).rank() == 4
                    && !variables(node).isEmpty() && part(node, new Interval(0, 1)).isPresent();
        }

        /** Of what is made row by row; 0 if nothing is. */
        int mostRows() {
            return calculations().stream().filter(this::isByRows)
                    .mapToInt(node -> size(node.output())).max().orElse(0);
        }

        private void rows(List<Node> stretch, int number) {
            Map<String, Interval[]> wanted = wanted(stretch);
            for (Node node : stretch) {
                put(node, number, wanted.get(node.output()),
                        Interval.shares(size(node.output()), counts));
            }
        }

        /**
         * What each device makes of each array, so that together they make all that is read
         * elsewhere.
         */
        private Map<String, Interval[]> wanted(List<Node> stretch) {
            Set<String> own = new HashSet<>(stretch.stream().map(Node::output).toList());
            Map<String, Interval[]> wanted = new HashMap<>();
            own.forEach(name -> wanted.put(name, new Interval[counts.length]));
            for (Node node : stretch.reversed()) {
                Interval[] rows = wanted.get(node.output());
                boolean read = network.outputs().contains(node.output()) || readers(node.output())
                        .stream().anyMatch(reader -> !own.contains(reader.output()));
                if (read) {
                    Interval[] shares = Interval.shares(size(node.output()), counts);
                    for (int i = 0; i < rows.length; i++) {
                        rows[i] = shares[i] == null ? rows[i] : shares[i].with(rows[i]);
                    }
                }
                for (int place = 0; place < rows.length; place++) {
                    if (rows[place] != null) {
                        List<OpPart.Need> needs = part(node, rows[place]).orElseThrow().needs();
                        for (int i = 0; i < needs.size(); i++) {
                            Interval[] more = wanted.get(node.inputs().get(i));
                            if (more != null) {
                                more[place] = whole(node.inputs().get(i), needs.get(i))
                                        .with(more[place]);
                            }
                        }
                    }
                }
            }
            return wanted;
        }

        /** All devices' work on a stretch by that of one device. */
        private double growth(List<Node> stretch) {
            Map<String, Interval[]> wanted = wanted(stretch);
            double shared = 0;
            double alone = 0;
            for (Node node : stretch) {
                double row = work(node) / size(node.output());
                alone += work(node);
                for (Interval rows : wanted.get(node.output())) {
                    shared += rows == null ? 0 : row * rows.size();
                }
            }
            return shared / alone;
        }

        /**
         * Multiply-adds, or numbers made; nothing where numbers only get another place, which
         * engines often leave out.
         */
        private double work(Node node) {
            boolean moved = node.op() instanceof Op.Transpose || node.op() instanceof Op.Reshape;
            double work = moved ? 0 : network.dims(node.output()).elements();
            if (node.op() instanceof Op.Convolve convolve) {
                work = 0;
                Shape shape = network.dims(node.inputs().getFirst()).toShape();
                for (Conv2d conv : convolve.layer().stages()) {
                    shape = conv.outputShape(shape);
                    work += (double) shape.elements() / conv.outChannels() * conv.weightCount();
                }
            }
            return work;
        }

        private List<Node> calculations() {
            return network.nodes().stream()
                    .filter(node -> !(node.op() instanceof Op.Constant) && !isView(node.output()))
                    .toList();
        }

        private List<String> variables(Node node) {
            return node.inputs().stream().filter(input -> !isConstant(input)).toList();
        }

        private boolean isConstant(String array) {
            return makers.containsKey(array) && makers.get(array).op() instanceof Op.Constant;
        }

        /**
         * An input with its dimensions in another order, of which each part is cut out of the
         * input.
         */
        private boolean isView(String array) {
            return makers.containsKey(array) && makers.get(array).op() instanceof Op.Transpose
                    && network.inputs().containsKey(makers.get(array).inputs().getFirst())
                    && !network.outputs().contains(array);
        }

        private List<Node> readers(String array) {
            return readers.getOrDefault(array, List.of());
        }

        /** How long an array is along the axis. */
        private int size(String array) {
            Dims dims = network.dims(array);
            int along = axis(array);
            return dims.rank() > along ? dims.get(along) : 1;
        }

        /** Whether every device has all of it. */
        private boolean isEverywhere(String array) {
            return !step.containsKey(array) || Arrays.stream(made.get(array))
                    .allMatch(each -> each != null && each.size() == size(array));
        }

        /** Whether devices have different parts of it. */
        private boolean isShared(String array) {
            return step.containsKey(array) && Arrays.stream(made.get(array))
                    .noneMatch(each -> each != null && each.size() == size(array));
        }

        private void everywhere(Node node, int number) {
            Interval[] all = new Interval[counts.length];
            Arrays.fill(all, Interval.all(size(node.output())));
            put(node, number, all, alone(node));
        }

        private Interval[] alone(Node node) {
            Interval[] alone = new Interval[counts.length];
            alone[main] = Interval.all(size(node.output()));
            return alone;
        }

        private void put(Node node, int number, Interval[] makes, Interval[] gives) {
            step.put(node.output(), number);
            made.put(node.output(), makes);
            given.put(node.output(), gives);
        }

        /** Whether each device can make its part by itself. */
        private boolean apart(Node node, Interval[] intervals) {
            return Arrays.stream(intervals)
                    .allMatch(interval -> interval == null || part(node, interval).isPresent());
        }

        /** The operation that makes that part of a node's array. */
        private Optional<OpPart> part(Node node, Interval interval) {
            if (interval.size() == size(node.output())) {
                List<OpPart.Need> all = node.inputs().stream()
                        .map(input -> new OpPart.Need(axis(input), null)).toList();
                return Optional.of(new OpPart(all, node::op));
            }
            List<Dims> inputs = node.inputs().stream().map(network::dims).toList();
            return OpPart.of(node.op(), inputs, network.dims(node.output()), axis(node.output()),
                    interval).filter(part -> {
                        for (int i = 0; i < inputs.size(); i++) {
                            OpPart.Need need = part.needs().get(i);
                            String input = node.inputs().get(i);
                            if (need.interval() != null && axes.containsKey(input)
                                    && need.axis() != axis(input) && !isConstant(input)) {
                                return false;
                            }
                        }
                        return true;
                    });
        }

        private Interval whole(String array, OpPart.Need need) {
            return need.interval() == null ? Interval.all(size(array)) : need.interval();
        }

        // The networks

        List<List<Part>> steps() {
            List<List<Part>> steps = new ArrayList<>();
            int last = step.values().stream().mapToInt(Integer::intValue).max().orElse(-1);
            for (int number = 0; number <= last; number++) {
                List<Part> parts = new ArrayList<>();
                for (int place = 0; place < counts.length; place++) {
                    new PartBuilder(number, place).build().ifPresent(parts::add);
                }
                if (!parts.isEmpty()) {
                    steps.add(List.copyOf(parts));
                }
            }
            return List.copyOf(steps);
        }

        /** Writes down what one device runs in one step. */
        private final class PartBuilder {

            private final int number;
            private final int place;
            private final Map<String, Piece> reads = new LinkedHashMap<>();
            private final Map<String, Node> nodes = new LinkedHashMap<>();
            private final List<Piece> makes = new ArrayList<>();

            PartBuilder(int number, int place) {
                this.number = number;
                this.place = place;
            }

            Optional<Part> build() {
                for (Node node : calculations()) {
                    Interval interval = step.get(node.output()) == number
                            ? made.get(node.output())[place]
                            : null;
                    if (interval != null && counts[place] > 0) {
                        add(node, part(node, interval).orElseThrow());
                    }
                }
                for (Node node : List.copyOf(nodes.values())) {
                    Interval gives = given.containsKey(node.output())
                            ? given.get(node.output())[place]
                            : null;
                    if (gives != null && isReadLater(node.output())) {
                        makes.add(new Piece(node.output(), own(node.output(), gives),
                                axis(node.output()), partial(node.output(), gives)));
                    }
                }
                if (makes.isEmpty()) {
                    return Optional.empty();
                }
                Map<String, Dims> inputs = new LinkedHashMap<>();
                reads.forEach(
                        (name, piece) -> inputs.put(name, piece.dims(network.dims(piece.array()))));
                return Optional.of(new Part(place,
                        new Network(network.name(), inputs, List.copyOf(nodes.values()),
                                makes.stream().map(Piece::name).toList()),
                        List.copyOf(reads.values()), List.copyOf(makes)));
            }

            private boolean isReadLater(String array) {
                return network.outputs().contains(array) || readers(array).stream()
                        .anyMatch(reader -> step.get(reader.output()) != number);
            }

            private void add(Node node, OpPart part) {
                List<String> inputs = new ArrayList<>();
                for (int i = 0; i < part.needs().size(); i++) {
                    inputs.add(fetch(node.inputs().get(i), part.needs().get(i)));
                }
                nodes.put(node.output(),
                        new Node(node.name(), part.op().get(), inputs, node.output()));
            }

            /**
             * The name of an array's part, which is made, cut or brought in if it isn't here yet.
             */
            private String fetch(String array, OpPart.Need need) {
                if (step.getOrDefault(array, -1) == number) {
                    return own(array, whole(array, need));
                }
                int along = need.axis();
                boolean all = need.interval() == null
                        || need.interval().size() == network.dims(array).get(along);
                Interval some = all ? null : need.interval();
                String name = all ? array : name(array, along, some);
                if (isConstant(array)) {
                    Op.Constant constant = (Op.Constant) makers.get(array).op();
                    nodes.putIfAbsent(name, new Node(name,
                            all ? constant : OpPart.of(constant, along, some), List.of(), name));
                } else if (isView(array)) {
                    Op.Transpose turned = (Op.Transpose) makers.get(array).op();
                    String from = fetch(makers.get(array).inputs().getFirst(),
                            new OpPart.Need(turned.order().get(along), some));
                    nodes.putIfAbsent(name, new Node(name, turned, List.of(from), name));
                } else {
                    reads.putIfAbsent(name, new Piece(array, name, along, some));
                }
                return name;
            }

            /** Of an array that is made here. */
            private String own(String array, Interval interval) {
                Interval have = made.get(array)[place];
                if (have.equals(interval)) {
                    return array;
                }
                int along = axis(array);
                String name = name(array, along, interval);
                Interval within = new Interval(interval.from() - have.from(),
                        interval.to() - have.from());
                nodes.putIfAbsent(name, new Node(name,
                        OpPart.slice(network.dims(array).with(along, have.size()), along, within),
                        List.of(array), name));
                return name;
            }

            private Interval partial(String array, Interval interval) {
                return interval.size() == size(array) ? null : interval;
            }

            private static String name(String array, int along, Interval interval) {
                return "%s[%s%d:%d]".formatted(array, ":,".repeat(along), interval.from(),
                        interval.to());
            }
        }
    }
}
