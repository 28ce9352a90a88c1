package dev.sepconv.io.onnx;

import dev.sepconv.Dims;
import dev.sepconv.InputSizes;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.io.Printable;
import dev.sepconv.io.onnx.OnnxProto.AttributeProto;
import dev.sepconv.io.onnx.OnnxProto.GraphProto;
import dev.sepconv.io.onnx.OnnxProto.NodeProto;
import dev.sepconv.io.onnx.OnnxProto.ValueInfo;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One graph on its way to being a {@link Network}: what its names stand for so far, and the nodes
 * made so far.
 */
final class GraphReader {

    private final GraphProto graph;
    private final int opset;
    private final Weights weights;
    private final InputSizes sizes;
    private final String name;
    private final Map<String, Value> values;
    /** Of graphs inside of nodes, the innermost first: what their names are called here. */
    private final Deque<Map<String, String>> scopes = new ArrayDeque<>();
    private final Set<String> taken;
    private final Map<String, Integer> suffixes = new HashMap<>();
    private final Map<String, Dims> inputs = new LinkedHashMap<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Set<String> made;
    /** How often by nodes that outputs depend on, or as an output, from now on. */
    private final Map<String, Integer> uses;
    private final ConstantFolding folding;

    GraphReader(GraphProto graph, int opset, Weights weights, InputSizes sizes, String name) {
        this.graph = graph;
        this.opset = opset;
        this.weights = weights;
        this.sizes = sizes;
        this.name = name;
        this.folding = new ConstantFolding(graph, weights);
        int nodes = graph.nodes.size();
        values = HashMap.newHashMap(nodes);
        taken = HashSet.newHashSet(nodes);
        made = HashSet.newHashSet(nodes);
        uses = HashMap.newHashMap(nodes);
    }

    Network read() {
        graph.inputs.forEach(input -> taken.add(input.name));
        graph.initializers.forEach(tensor -> taken.add(tensor.name));
        graph.nodes.forEach(node -> taken.addAll(node.outputs));
        List<NodeProto> needed = needed(graph);
        graph.outputs.forEach(output -> uses.merge(output.name, 1, Integer::sum));
        Obstacles obstacles = new Obstacles(graph, needed);
        readInputs(obstacles);
        readNodes(needed, obstacles);
        Set<String> outputs = new LinkedHashSet<>();
        for (ValueInfo output : graph.outputs) {
            if (!outputs.add(output.name)) {
                throw new ModelException("output '%s' is named twice".formatted(output.name));
            }
            give(output.name);
        }
        try {
            return new Network(name, inputs, nodes, List.copyOf(outputs));
        } catch (IllegalArgumentException e) {
            throw new ModelException(e.getMessage(), e);
        }
    }

    /** What goes in, without the nodes. */
    Map<String, Dims> inputs() {
        readInputs(new Obstacles(graph, List.of()));
        return Collections.unmodifiableMap(inputs);
    }

    /**
     * Numbers that nothing reads any more aren't kept: the network may have them in other orders.
     */
    private void used(String array) {
        if (uses.merge(array, -1, Integer::sum) == 0 && values.get(array) instanceof Value.Known) {
            values.remove(array);
        }
    }

    private void readNodes(List<NodeProto> needed, Obstacles obstacles) {
        needed.forEach(
                node -> namesIn(node).forEach(name -> uses.merge(resolved(name), 1, Integer::sum)));
        for (NodeProto node : needed) {
            if (Thread.currentThread().isInterrupted()) {
                throw new ModelException("reading it was interrupted");
            }
            if (obstacles.reaches(node)) {
                continue;
            }
            NodeReader reader = new NodeReader(this, node, resolved(node.inputs),
                    resolved(node.outputs));
            try {
                Operators.refuseChanged(node, opset);
                Operators.of(node).read(reader);
                reader.refuseUnread();
            } catch (ModelException | IllegalArgumentException | ArithmeticException e) {
                obstacles.add(node,
                        "node '%s' (%s): %s".formatted(reader.name(), node.opType, e.getMessage()),
                        e);
            }
            namesIn(node).forEach(name -> used(resolved(name)));
        }
        obstacles.refuse();
    }

    /**
     * What a graph inside of a node gives, its nodes read as if they stood in that node's place.
     * What it names itself may be called the same elsewhere, so it gets a name of its own.
     */
    List<Value> inlined(GraphProto inner) {
        if (!inner.inputs.isEmpty()) {
            throw new ModelException("its branch has inputs; there must be none");
        }
        Map<String, String> own = new HashMap<>();
        inner.initializers.forEach(tensor -> own.put(tensor.name, fresh(tensor.name)));
        inner.nodes.forEach(node -> node.outputs.stream().filter(output -> !output.isEmpty())
                .forEach(output -> own.computeIfAbsent(output, this::fresh)));
        scopes.push(own);
        try {
            List<NodeProto> needed = needed(inner);
            weights.add(inner, this::resolved);
            inner.outputs.forEach(output -> uses.merge(resolved(output.name), 1, Integer::sum));
            readNodes(needed, new Obstacles(inner, needed));
            return inner.outputs.stream().map(output -> value(resolved(output.name))).toList();
        } finally {
            scopes.pop();
        }
    }

    /** The name by which an array is known here, whichever graph names it. */
    private String resolved(String inner) {
        for (Map<String, String> scope : scopes) {
            String own = scope.get(inner);
            if (own != null) {
                return own;
            }
        }
        return inner;
    }

    private List<String> resolved(List<String> inner) {
        return scopes.isEmpty() ? inner : inner.stream().map(this::resolved).toList();
    }

    /** What a node reads, and all that graphs inside of it name. */
    private static List<String> namesIn(NodeProto node) {
        if (node.attributes.stream().allMatch(attribute -> attribute.graph == null)) {
            return node.inputs;
        }
        List<String> names = new ArrayList<>(node.inputs);
        for (AttributeProto attribute : node.attributes) {
            if (attribute.graph != null) {
                attribute.graph.nodes.forEach(inner -> names.addAll(namesIn(inner)));
                attribute.graph.outputs.forEach(output -> names.add(output.name));
            }
        }
        return names;
    }

    boolean isRead(String array) {
        return uses.getOrDefault(array, 0) > 0;
    }

    int opset() {
        return opset;
    }

    Weights weights() {
        return weights;
    }

    /** The nodes that a graph's outputs depend on, in the model's order. */
    private static List<NodeProto> needed(GraphProto graph) {
        Map<String, Integer> makers = HashMap.newHashMap(graph.nodes.size());
        for (int i = 0; i < graph.nodes.size(); i++) {
            for (String output : graph.nodes.get(i).outputs) {
                if (!output.isEmpty() && makers.put(output, i) != null) {
                    throw new ModelException("array '%s' is made by two nodes".formatted(output));
                }
            }
        }
        BitSet needed = new BitSet();
        Deque<String> open = new ArrayDeque<>();
        graph.outputs.forEach(output -> open.add(output.name));
        while (!open.isEmpty()) {
            Integer maker = makers.get(open.remove());
            if (maker != null && !needed.get(maker)) {
                needed.set(maker);
                open.addAll(namesIn(graph.nodes.get(maker)));
            }
        }
        return needed.stream().mapToObj(graph.nodes::get).toList();
    }

    private void readInputs(Obstacles obstacles) {
        new GraphInputs(graph, weights, sizes, name).read(obstacles).forEach(input -> {
            inputs.put(input.name(), input.dims());
            values.put(input.name(), input);
        });
    }

    /** What a name stands for. */
    Value value(String wanted) {
        Value known = values.get(wanted);
        if (known != null) {
            return known;
        }
        if (!weights.contains(wanted)) {
            throw new ModelException(
                    "it reads '%s', which no input, initializer or node before it makes; nodes must stand in order, without cycles"
                            .formatted(wanted));
        }
        Value weight = new Value.Known(wanted, weights.get(wanted));
        values.put(wanted, weight);
        return weight;
    }

    void name(String valueName, Value value) {
        if (values.put(valueName, value) != null || weights.contains(valueName)) {
            throw new ModelException("it makes '%s'; that name is taken".formatted(valueName));
        }
    }

    /** A name that the model doesn't use, made from one that it does. */
    String fresh(String from) {
        String candidate = from;
        while (!taken.add(candidate)) {
            candidate = from + "." + suffixes.merge(from, 1, Integer::sum);
        }
        return candidate;
    }

    /**
     * The result of an operation: a node, or, where all that goes in is known and the operation is
     * no more than a pass over its numbers, the numbers.
     */
    Value make(String nodeName, String valueName, Op op, List<Value> from) {
        List<Dims> dims = from.stream().map(Value::shape).toList();
        Dims result = op.outputDims(dims);
        if (result.rank() > Weights.MAX_RANK) {
            throw new ModelException("its result %s has more than %s".formatted(result,
                    Printable.count(Weights.MAX_RANK, "dimension")));
        }
        boolean whole = Wholes.result(op, from);
        if (!from.isEmpty() && from.stream().allMatch(Value.Known.class::isInstance)
                && ConstantFolding.folds(op)) {
            return new Value.Known(valueName,
                    folding.fold(op, dims,
                            from.stream().map(each -> ((Value.Known) each).tensor()).toList(),
                            result, whole));
        }
        boolean wholes = Wholes.mayRead(op, from);
        nodes.add(new Node(nodeName, op, from.stream().map(each -> array(each, wholes)).toList(),
                valueName));
        made.add(valueName);
        return new Value.Computed(valueName, result, whole);
    }

    /** Notes that so many numbers are to be computed here. */
    void spend(long numbers) {
        folding.spend(numbers);
    }

    /**
     * The name of an array of the network with a value's numbers; known ones become a constant.
     *
     * @param integersToo whether integers may become floats
     */
    private String array(Value value, boolean integersToo) {
        if (value instanceof Value.Known known && made.add(known.name())) {
            constant(known, known.name(), integersToo);
        }
        return value.name();
    }

    private void constant(Value.Known known, String as, boolean integersToo) {
        if (!(known.tensor() instanceof OnnxTensor.Floats) && !integersToo) {
            throw new ModelException(
                    "integers '%s' would have to be computed with when the network runs; only floats can"
                            .formatted(known.name()));
        }
        OnnxTensor.Floats floats = known.tensor().exactFloats("'%s'".formatted(known.name()));
        nodes.add(new Node(as, new Op.Constant(NdArray.of(floats.dims(), floats.data())), List.of(),
                as));
    }

    /** Sees to it that there is an array of an output's name. */
    private void give(String output) {
        switch (value(output)) {
            case Value.Computed computed -> {
                if (!computed.name().equals(output)) {
                    nodes.add(new Node(output, new Op.Reshape(computed.dims()),
                            List.of(computed.name()), output));
                }
            }
            case Value.Known known -> {
                if (made.add(output)) {
                    constant(known, output, true);
                }
            }
        }
    }
}
