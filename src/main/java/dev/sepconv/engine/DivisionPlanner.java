package dev.sepconv.engine;

import dev.sepconv.Conv2d;
import dev.sepconv.Dims;
import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.engine.NetworkDivision.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

// Over 400 lines, since where a step ends and what each device makes are found in one pass over the
// same tables.
/**
 * What each device makes of each array of a network that is taken apart, and in which step: see
 * {@link NetworkDivision}.
 */
final class DivisionPlanner {

    /** How much work may grow in a step by rows that two devices compute. */
    private static final double MOST_WORK = 1.1;

    final Network network;
    final int[] counts;
    private final int axis;
    /** The device that does what can't be shared. */
    private final int main;
    final Map<String, Node> makers = new LinkedHashMap<>();
    private final Map<String, List<Node>> readers = new HashMap<>();
    /** By array that a node makes, along which of its dimensions: a transposition moves it. */
    private final Map<String, Integer> axes = new HashMap<>();
    /** By array the step in which it is made; none for inputs and constants. */
    final Map<String, Integer> step = new HashMap<>();
    /** By array what each device makes of it; null for nothing. */
    final Map<String, Interval[]> made = new HashMap<>();
    /** And what it gives to others: each place of the array once. */
    final Map<String, Interval[]> given = new HashMap<>();

    DivisionPlanner(SplitAxis along, Network network, int[] counts) {
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
            node.inputs().forEach(
                    input -> readers.computeIfAbsent(input, name -> new ArrayList<>()).add(node));
        }
    }

    /**
     * As in what it reads; but the axis of what comes from outside is what its first transposition
     * makes it, and operations to which dimensions mean something make pictures of the usual order.
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

    int axis(String array) {
        return axes.getOrDefault(array, axis);
    }

    // What each device makes

    void images() {
        int all = network.inputs().values().iterator().next().get(0);
        for (Map.Entry<String, Dims> input : network.inputs().entrySet()) {
            if (input.getValue().rank() == 0 || input.getValue().get(0) != all) {
                throw new IllegalArgumentException(
                        "network '%s' can't be split by its batch: input '%s' %s has no %d images"
                                .formatted(network.name(), input.getKey(), input.getValue(), all));
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
                                .formatted(network.name(), node.name(), node.op().label(), output,
                                        all));
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
                everywhere(node, variables.stream().mapToInt(input -> step.getOrDefault(input, 0))
                        .max().orElse(0));
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
        if (node.op() instanceof Op.Convolve convolve && convolve.layer() instanceof Conv2d conv) {
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
        for (int device = 0; device < intervals.length; device++) {
            if (intervals[device] != null) {
                List<OpPart.Need> needs = part(node, intervals[device]).orElseThrow().needs();
                for (int i = 0; i < needs.size(); i++) {
                    String input = node.inputs().get(i);
                    if (step.containsKey(input)) {
                        Interval have = made.get(input)[device];
                        boolean here = have != null && have.contains(whole(input, needs.get(i)));
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
        return calculations().stream().filter(this::isByRows).mapToInt(node -> size(node.output()))
                .max().orElse(0);
    }

    private void rows(List<Node> stretch, int number) {
        Map<String, Interval[]> wanted = wanted(stretch);
        for (Node node : stretch) {
            put(node, number, wanted.get(node.output()),
                    Interval.shares(size(node.output()), counts));
        }
    }

    /**
     * What each device makes of each array, so that together they make all that is read elsewhere.
     */
    private Map<String, Interval[]> wanted(List<Node> stretch) {
        Set<String> own = new HashSet<>(stretch.stream().map(Node::output).toList());
        Map<String, Interval[]> wanted = new HashMap<>();
        own.forEach(name -> wanted.put(name, new Interval[counts.length]));
        for (Node node : stretch.reversed()) {
            Interval[] rows = wanted.get(node.output());
            boolean read = network.isOutput(node.output()) || readers(node.output()).stream()
                    .anyMatch(reader -> !own.contains(reader.output()));
            if (read) {
                Interval[] shares = Interval.shares(size(node.output()), counts);
                for (int i = 0; i < rows.length; i++) {
                    rows[i] = shares[i] == null ? rows[i] : shares[i].with(rows[i]);
                }
            }
            for (int device = 0; device < rows.length; device++) {
                if (rows[device] != null) {
                    List<OpPart.Need> needs = part(node, rows[device]).orElseThrow().needs();
                    for (int i = 0; i < needs.size(); i++) {
                        Interval[] more = wanted.get(node.inputs().get(i));
                        if (more != null) {
                            more[device] = whole(node.inputs().get(i), needs.get(i))
                                    .with(more[device]);
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
            double row = OpPart.work(node, network) / size(node.output());
            alone += OpPart.work(node, network);
            for (Interval rows : wanted.get(node.output())) {
                shared += rows == null ? 0 : row * rows.size();
            }
        }
        return shared / alone;
    }

    List<Node> calculations() {
        return network.nodes().stream()
                .filter(node -> !(node.op() instanceof Op.Constant) && !isView(node.output()))
                .toList();
    }

    private List<String> variables(Node node) {
        return node.inputs().stream().filter(input -> !isConstant(input)).toList();
    }

    boolean isConstant(String array) {
        return makers.containsKey(array) && makers.get(array).op() instanceof Op.Constant;
    }

    /**
     * An input with its dimensions in another order, of which each part is cut out of the input.
     */
    boolean isView(String array) {
        return makers.containsKey(array) && makers.get(array).op() instanceof Op.Transpose
                && network.inputs().containsKey(makers.get(array).inputs().getFirst())
                && !network.isOutput(array);
    }

    List<Node> readers(String array) {
        return readers.getOrDefault(array, List.of());
    }

    /** How long an array is along the axis. */
    int size(String array) {
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
    Optional<OpPart> part(Node node, Interval interval) {
        if (interval.size() == size(node.output())) {
            List<OpPart.Need> all = node.inputs().stream()
                    .map(input -> new OpPart.Need(axis(input), null)).toList();
            return Optional.of(new OpPart(all, node::op));
        }
        List<Dims> inputs = node.inputs().stream().map(network::dims).toList();
        return OpPart
                .of(node.op(), inputs, network.dims(node.output()), axis(node.output()), interval)
                .filter(part -> {
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

    Interval whole(String array, OpPart.Need need) {
        return need.interval() == null ? Interval.all(size(array)) : need.interval();
    }

    // The networks

    List<List<Part>> steps() {
        List<List<Part>> steps = new ArrayList<>();
        int last = step.values().stream().mapToInt(Integer::intValue).max().orElse(-1);
        for (int number = 0; number <= last; number++) {
            List<Part> parts = new ArrayList<>();
            for (int device = 0; device < counts.length; device++) {
                new PartBuilder(this, number, device).build().ifPresent(parts::add);
            }
            if (!parts.isEmpty()) {
                steps.add(List.copyOf(parts));
            }
        }
        return List.copyOf(steps);
    }
}
