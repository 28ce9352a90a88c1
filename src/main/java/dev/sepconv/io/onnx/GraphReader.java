package dev.sepconv.io.onnx;

import dev.sepconv.Dims;
import dev.sepconv.InputSizes;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.OpenSizeException;
import dev.sepconv.Shape;
import dev.sepconv.io.Printable;
import dev.sepconv.io.onnx.OnnxProto.AttributeProto;
import dev.sepconv.io.onnx.OnnxProto.Dimension;
import dev.sepconv.io.onnx.OnnxProto.GraphProto;
import dev.sepconv.io.onnx.OnnxProto.NodeProto;
import dev.sepconv.io.onnx.OnnxProto.TensorType;
import dev.sepconv.io.onnx.OnnxProto.ValueInfo;
import dev.sepconv.reference.NetworkReference;
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

    /**
     * How many numbers may be computed here at least, and for each byte of the model: a bound on a
     * hostile file. Weights that are standardised take some passes over each.
     */
    private static final long FOLDED_AT_LEAST = 1 << 22;
    private static final long FOLDED_PER_BYTE = 8;

    private final GraphProto graph;
    private final int opset;
    private final Weights weights;
    private final InputSizes sizes;
    private final String name;
    private final Map<String, Value> values = new HashMap<>();
    /** Of graphs inside of nodes, the innermost first: what their names are called here. */
    private final Deque<Map<String, String>> scopes = new ArrayDeque<>();
    private final Set<String> taken = new HashSet<>();
    private final Map<String, Integer> suffixes = new HashMap<>();
    private final Map<String, Dims> inputs = new LinkedHashMap<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Set<String> made = new HashSet<>();
    /** How often by nodes that outputs depend on, or as an output, from now on. */
    private final Map<String, Integer> uses = new HashMap<>();
    private long folded;

    GraphReader(GraphProto graph, int opset, Weights weights, InputSizes sizes, String name) {
        this.graph = graph;
        this.opset = opset;
        this.weights = weights;
        this.sizes = sizes;
        this.name = name;
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
            NodeReader reader = new NodeReader(this, node,
                    node.inputs.stream().map(this::resolved).toList(),
                    node.outputs.stream().map(this::resolved).toList());
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

    /** What a node reads, and all that graphs inside of it name. */
    private static List<String> namesIn(NodeProto node) {
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
        Map<String, Integer> makers = new HashMap<>();
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
        List<String> names = graph.inputs.stream().map(each -> each.name)
                .filter(each -> !weights.contains(each)).toList();
        List<String> unnamed = names.stream().filter(each -> !sizes.inputs().containsKey(each))
                .toList();
        for (String given : sizes.inputs().keySet()) {
            if (!given.isEmpty() && !names.contains(given)) {
                throw new IllegalArgumentException(
                        "sizes are given for input '%s'; %s has %s".formatted(given, name, names));
            }
        }
        Set<String> dimensionNames = new HashSet<>();
        for (ValueInfo input : graph.inputs) {
            if (weights.contains(input.name)) {
                continue; // a weight with a default, as models before IR version 4 declare them
            }
            TensorType type = input.type.tensor;
            boolean integer = type != null && OnnxTensor.isInteger(type.elemType);
            if (type == null || !integer && !OnnxTensor.isFloat(type.elemType)) {
                obstacles.addInput(input.name,
                        "input '%s' is of %s; only arrays of floats, integers and booleans can go in, so convert it in the model"
                                .formatted(input.name,
                                        type != null
                                                ? OnnxTensor.typeName(type.elemType)
                                                : "no tensor type"));
                continue;
            }
            InputSizes known = unnamed.equals(List.of(input.name))
                    ? GivenSizes.named(sizes, input.name)
                    : sizes;
            Dims dims = inputDims(input.name, type, known, dimensionNames);
            if (inputs.put(input.name, dims) != null) {
                throw new ModelException("input '%s' is named twice".formatted(input.name));
            }
            values.put(input.name, new Value.Computed(input.name, dims, integer));
        }
        for (String given : sizes.dimensions().keySet()) {
            if (!dimensionNames.contains(given)) {
                throw new IllegalArgumentException("dimension '%s' is given; %s leaves open %s"
                        .formatted(given, name, dimensionNames.stream().sorted().toList()));
            }
        }
    }

    private OpenSizeException open(String input, List<Dimension> dimensions, List<Integer> declared,
            int open) {
        int channels = GivenSizes.channels(declared);
        String dimension = dimensions.get(open).param;
        String message = "input '%s' of %s is %s: dimension %d is open; give all sizes of the input%s%s"
                .formatted(input, name, text(dimensions), open,
                        dimension.isEmpty() ? "" : ", or that of dimension '" + dimension + "'",
                        declared.size() == 4 ? ", or the picture's height and width" : "");
        int height = channels == 1 ? 2 : 1;
        return declared.size() != 4 || open < height || open > height + 1
                ? new OpenSizeException(message)
                : new OpenSizeException(message, declared.get(height), declared.get(height + 1));
    }

    private Dims inputDims(String input, TensorType type, InputSizes sizes,
            Set<String> dimensionNames) {
        List<Dimension> dimensions = type.dims;
        if (dimensions.size() > Weights.MAX_RANK) {
            throw new ModelException("input '%s' has %s; at most %d can be read".formatted(input,
                    Printable.count(dimensions.size(), "dimension"), Weights.MAX_RANK));
        }
        Dims given = sizes.inputs().get(input);
        if (!type.hasShape && given != null) {
            return given;
        }
        if (!type.hasShape || given != null && given.rank() != dimensions.size()) {
            throw new IllegalArgumentException(type.hasShape
                    ? "input '%s' is given as %s; in %s it has %s".formatted(input, given, name,
                            Printable.count(dimensions.size(), "dimension"))
                    : "input '%s' of %s has no sizes in the model; give them for that input"
                            .formatted(input, name));
        }
        List<Integer> declared = new ArrayList<>();
        for (Dimension dimension : dimensions) {
            long size = dimension.hasValue ? dimension.value : 0;
            if (size > Shape.MAX_ELEMENTS || dimension.hasValue && size < -1) {
                throw new ModelException("input '%s' has a dimension of %d; it must be from 1 to %d"
                        .formatted(input, size, Shape.MAX_ELEMENTS));
            }
            // 0 and -1 are how some exporters write that it is open
            declared.add((int) Math.max(size, 0));
            if (size <= 0) {
                dimensionNames.add(dimension.param);
            }
        }
        List<Integer> result = new ArrayList<>();
        for (int i = 0; i < declared.size(); i++) {
            int size = GivenSizes.size(sizes, input, declared, i, dimensions.get(i).param);
            if (size == 0) {
                throw open(input, dimensions, declared, i);
            }
            if (declared.get(i) != 0 && declared.get(i) != size) {
                throw new IllegalArgumentException(
                        "dimension %d of input '%s' is given as %d; in %s it is fixed: %s"
                                .formatted(i, input, size, name, text(dimensions)));
            }
            result.add(size);
        }
        try {
            return new Dims(result);
        } catch (IllegalArgumentException e) {
            throw new ModelException("input '%s': %s".formatted(input, e.getMessage()), e);
        }
    }

    private static List<String> text(List<Dimension> dimensions) {
        return dimensions.stream()
                .map(dimension -> dimension.hasValue && dimension.value > 0
                        ? String.valueOf(dimension.value)
                        : dimension.param.isEmpty() ? "?" : dimension.param)
                .toList();
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
                && foldable(op)) {
            return new Value.Known(valueName,
                    fold(op, dims,
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
        folded += numbers;
        if (folded > FOLDED_AT_LEAST + FOLDED_PER_BYTE * (graph.length + weights.bytes())) {
            throw new ModelException(
                    "its constants would be %s when computed, more than a model of this size can need"
                            .formatted(Printable.count(folded, "number")));
        }
    }

    private static boolean foldable(Op op) {
        return switch (op) {
            case Op.ScaleShift scaleShift -> true;
            case Op.Elementwise elementwise -> true;
            case Op.PRelu prelu -> true;
            case Op.Binary binary -> true;
            case Op.Reduce reduce -> true;
            case Op.Normalize normalize -> true;
            case Op.Softmax softmax -> true;
            case Op.Concat concat -> true;
            case Op.Reshape reshape -> true;
            case Op.Transpose transpose -> true;
            case Op.Pad pad -> true;
            case Op.Slice slice -> true;
            case Op.MatrixProduct product -> true;
            case Op.Resize resize -> true;
            default -> false;
        };
    }

    private OnnxTensor fold(Op op, List<Dims> dims, List<OnnxTensor> from, Dims result,
            boolean whole) {
        boolean floats = from.getFirst() instanceof OnnxTensor.Floats;
        if (!Wholes.isMask(op)
                && from.stream().anyMatch(each -> each instanceof OnnxTensor.Floats != floats)) {
            throw new ModelException("its inputs are of different types");
        }
        if (op instanceof Op.Reshape) {
            return from.getFirst().withSizes(result.sizes());
        }
        spend(Wholes.work(op, dims, result) + from.stream().mapToLong(OnnxTensor::count).sum());
        double[] numbers = NetworkReference.run(op, dims,
                from.stream().map(OnnxTensor::widened).toList());
        if (!whole) {
            return new OnnxTensor.Floats(result.sizes(), narrow(numbers));
        }
        long[] integers = new long[numbers.length];
        for (int i = 0; i < integers.length; i++) {
            if (Double.isNaN(numbers[i]) || Double.isInfinite(numbers[i])) {
                throw new ModelException("it divides an integer by 0");
            }
            // toward 0, as integers are divided; ends of slices past 2^63 stay past every size
            integers[i] = (long) numbers[i];
        }
        return new OnnxTensor.Integers(result.sizes(), integers,
                from.getFirst() instanceof OnnxTensor.Integers first
                        ? first.type()
                        : OnnxProto.DataType.BOOL);
    }

    private static float[] narrow(double[] numbers) {
        float[] floats = new float[numbers.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) numbers[i];
        }
        return floats;
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
