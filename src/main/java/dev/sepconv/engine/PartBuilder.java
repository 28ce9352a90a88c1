package dev.sepconv.engine;

import dev.sepconv.Dims;
import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.engine.NetworkDivision.Part;
import dev.sepconv.engine.NetworkDivision.Piece;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes down what one device runs in one planner.step. */
final class PartBuilder {

    private final DivisionPlanner planner;
    private final int number;
    private final int device;
    private final Map<String, Piece> reads = new LinkedHashMap<>();
    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private final List<Piece> makes = new ArrayList<>();

    PartBuilder(DivisionPlanner planner, int number, int device) {
        this.planner = planner;
        this.number = number;
        this.device = device;
    }

    Optional<Part> build() {
        for (Node node : planner.calculations()) {
            Interval interval = planner.step.get(node.output()) == number
                    ? planner.made.get(node.output())[device]
                    : null;
            if (interval != null && planner.counts[device] > 0) {
                add(node, planner.part(node, interval).orElseThrow());
            }
        }
        for (Node node : List.copyOf(nodes.values())) {
            Interval gives = planner.given.containsKey(node.output())
                    ? planner.given.get(node.output())[device]
                    : null;
            if (gives != null && isReadLater(node.output())) {
                makes.add(new Piece(node.output(), own(node.output(), gives),
                        planner.axis(node.output()), partial(node.output(), gives)));
            }
        }
        if (makes.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Dims> inputs = new LinkedHashMap<>();
        reads.forEach(
                (name, piece) -> inputs.put(name, piece.dims(planner.network.dims(piece.array()))));
        return Optional.of(new Part(device,
                new Network(planner.network.name(), inputs, List.copyOf(nodes.values()),
                        makes.stream().map(Piece::name).toList()),
                List.copyOf(reads.values()), List.copyOf(makes)));
    }

    private boolean isReadLater(String array) {
        return planner.network.isOutput(array) || planner.readers(array).stream()
                .anyMatch(reader -> planner.step.get(reader.output()) != number);
    }

    private void add(Node node, OpPart part) {
        List<String> inputs = new ArrayList<>();
        for (int i = 0; i < part.needs().size(); i++) {
            inputs.add(fetch(node.inputs().get(i), part.needs().get(i)));
        }
        nodes.put(node.output(), new Node(node.name(), part.op().get(), inputs, node.output()));
    }

    /**
     * The name of an array's part, which is made, cut or brought in if it isn't here yet.
     */
    private String fetch(String array, OpPart.Need need) {
        if (planner.step.getOrDefault(array, -1) == number) {
            return own(array, planner.whole(array, need));
        }
        int along = need.axis();
        boolean all = need.interval() == null
                || need.interval().size() == planner.network.dims(array).get(along);
        Interval some = all ? null : need.interval();
        String name = all ? array : name(array, along, some);
        if (planner.isConstant(array)) {
            Op.Constant constant = (Op.Constant) planner.makers.get(array).op();
            nodes.putIfAbsent(name, new Node(name,
                    all ? constant : OpPart.of(constant, along, some), List.of(), name));
        } else if (planner.isView(array)) {
            Op.Transpose turned = (Op.Transpose) planner.makers.get(array).op();
            String from = fetch(planner.makers.get(array).inputs().getFirst(),
                    new OpPart.Need(turned.order().get(along), some));
            nodes.putIfAbsent(name, new Node(name, turned, List.of(from), name));
        } else {
            reads.putIfAbsent(name, new Piece(array, name, along, some));
        }
        return name;
    }

    /** Of an array that is made here. */
    private String own(String array, Interval interval) {
        Interval have = planner.made.get(array)[device];
        if (have.equals(interval)) {
            return array;
        }
        int along = planner.axis(array);
        String name = name(array, along, interval);
        Interval within = new Interval(interval.from() - have.from(), interval.to() - have.from());
        nodes.putIfAbsent(name, new Node(name,
                OpPart.slice(planner.network.dims(array).with(along, have.size()), along, within),
                List.of(array), name));
        return name;
    }

    private Interval partial(String array, Interval interval) {
        return interval.size() == planner.size(array) ? null : interval;
    }

    private static String name(String array, int along, Interval interval) {
        return "%s[%s%d:%d]".formatted(array, ":,".repeat(along), interval.from(), interval.to());
    }
}
