package dev.sepconv;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A graph of operations on named arrays, all of whose sizes are known. Nodes stand in an order in
 * which they can run. It is only the description; {@link Engine#compile(Network, Device)} makes it
 * run. {@link Sepconv#load} reads one from an ONNX file, {@link Sepconv#untrained} builds known
 * ones, {@link #builder} writes one down.
 */
public final class Network {

    private final String name;
    private final Map<String, Dims> inputs;
    private final List<Node> nodes;
    private final List<String> outputs;
    private final Set<String> given;
    private final Map<String, Dims> dims;

    /**
     * @param inputs name and sizes of each array that comes from outside, in their order
     * @param nodes each reads inputs and what nodes before it made
     * @param outputs names of the arrays that are given back, at least one, each once
     * @throws IllegalArgumentException if a name is missing, given twice or used before it is made,
     * or an operation can't take its inputs' sizes; the sentence names the node
     */
    public Network(String name, Map<String, Dims> inputs, List<Node> nodes, List<String> outputs) {
        this.name = name;
        this.inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
        this.nodes = List.copyOf(nodes);
        this.outputs = List.copyOf(outputs);
        given = new HashSet<>(outputs);
        Map<String, Dims> known = LinkedHashMap.newLinkedHashMap(inputs.size() + nodes.size());
        known.putAll(inputs);
        for (Node node : nodes) {
            List<Dims> given = new ArrayList<>();
            for (String input : node.inputs()) {
                Dims size = known.get(input);
                if (size == null) {
                    throw new IllegalArgumentException(
                            "node '%s' reads '%s'; no input and no node before it has that name"
                                    .formatted(node.name(), input));
                }
                given.add(size);
            }
            Dims made;
            try {
                made = node.op().outputDims(given);
            } catch (IllegalArgumentException | ArithmeticException e) {
                throw new IllegalArgumentException("node '%s' (%s): %s".formatted(node.name(),
                        node.op().label(), e.getMessage()), e);
            }
            if (known.put(node.output(), made) != null) {
                throw new IllegalArgumentException("node '%s' makes '%s'; that name is taken"
                        .formatted(node.name(), node.output()));
            }
        }
        this.dims = Collections.unmodifiableMap(known);
        if (outputs.isEmpty()) {
            throw new IllegalArgumentException(
                    "outputs is empty; a network must give something back");
        }
        for (String output : outputs) {
            if (!known.containsKey(output)) {
                throw new IllegalArgumentException(
                        "output '%s' is made by no node".formatted(output));
            }
        }
        if (given.size() != outputs.size()) {
            throw new IllegalArgumentException(
                    "outputs is %s; each must be named once".formatted(outputs));
        }
    }

    /**
     * A layer as a network of one node, with one input and one output. In NHWC both are
     * {@code [N, H, W, C]}, and the node stands between two transpositions.
     *
     * @param convolve as {@link Layer#withWeights} gives it
     * @throws IllegalArgumentException if the layer can't take such an input
     */
    public static Network of(Op.Convolve convolve, Shape input, Layout layout) {
        Objects.requireNonNull(layout, "layout");
        convolve.layer().outputShape(input); // refuses it in the layer's words
        Dims dims = Dims.of(input);
        Builder network = builder("layer");
        if (layout == Layout.NCHW) {
            String node = network.add(convolve.label(), convolve, network.input("input", dims));
            return network.output(node).build();
        }
        Op.Transpose toNchw = new Op.Transpose(List.of(0, 3, 1, 2));
        Op.Transpose toNhwc = new Op.Transpose(List.of(0, 2, 3, 1));
        String in = network.input("input", Dims.of(input.n(), input.h(), input.w(), input.c()));
        String node = network.add(convolve.label(), convolve, network.add("to NCHW", toNchw, in));
        return network.output(network.add("to NHWC", toNhwc, node)).build();
    }

    public String name() {
        return name;
    }

    /** Name and sizes of each input, in order. */
    public Map<String, Dims> inputs() {
        return inputs;
    }

    public List<Node> nodes() {
        return nodes;
    }

    public List<String> outputs() {
        return outputs;
    }

    /** Whether an array is among {@link #outputs()}; as quick for many as for one. */
    public boolean isOutput(String array) {
        return given.contains(array);
    }

    /** Sizes of every array, inputs first, then in the nodes' order. */
    public Map<String, Dims> dims() {
        return dims;
    }

    /**
     * The sizes of one array.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public Dims dims(String value) {
        Dims found = dims.get(value);
        if (found == null) {
            throw new IllegalArgumentException(
                    "array '%s' is not one of network '%s'".formatted(value, name));
        }
        return found;
    }

    /** The same network with other nodes, as a pass gives it. */
    public Network withNodes(List<Node> newNodes) {
        return new Network(name, inputs, newNodes, outputs);
    }

    /**
     * The same network giving other arrays back: with all of them, every intermediate can be looked
     * at.
     */
    public Network withOutputs(List<String> newOutputs) {
        return new Network(name, inputs, nodes, newOutputs);
    }

    /** How many numbers are learned. */
    public long parameters() {
        return nodes.stream().mapToLong(node -> node.op().parameters()).sum();
    }

    @Override
    public String toString() {
        return "Network %s (%s)".formatted(name, Checks.count(nodes.size(), "node"));
    }

    public static Builder builder(String name) {
        return new Builder(name);
    }

    /** Writes a network down from its input to its output. */
    public static final class Builder {

        private final String name;
        private final Map<String, Dims> inputs = new LinkedHashMap<>();
        private final List<Node> nodes = new ArrayList<>();
        private final List<String> outputs = new ArrayList<>();

        private Builder(String name) {
            this.name = name;
        }

        /** An array from outside; gives its name back. */
        public String input(String input, Dims dims) {
            inputs.put(input, dims);
            return input;
        }

        /** A node that makes an array of its own name; gives that name back. */
        public String add(String node, Op op, String... from) {
            nodes.add(new Node(node, op, List.of(from), node));
            return node;
        }

        public Builder output(String output) {
            outputs.add(output);
            return this;
        }

        public Network build() {
            return new Network(name, inputs, nodes, outputs);
        }
    }
}
