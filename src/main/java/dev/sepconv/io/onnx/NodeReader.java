package dev.sepconv.io.onnx;

import dev.sepconv.Dims;
import dev.sepconv.Op;
import dev.sepconv.io.Printable;
import dev.sepconv.io.onnx.OnnxProto.AttributeProto;
import dev.sepconv.io.onnx.OnnxProto.AttributeType;
import dev.sepconv.io.onnx.OnnxProto.GraphProto;
import dev.sepconv.io.onnx.OnnxProto.NodeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

// Over 400 lines, since operators see a node by it alone, and each of its questions has a refusal
// in a sentence.
/**
 * One node of a model while it is read: its attributes, each of which must be asked for, its
 * inputs, and what it makes.
 */
final class NodeReader {

    private static final int LONGEST_NAME = 200;

    private final GraphReader graph;
    private final NodeProto node;
    private final List<String> inputs;
    private final List<String> outputs;
    private final Map<String, AttributeProto> unread;
    private final Map<String, AttributeProto> attributes = new LinkedHashMap<>();
    /** What is read in place of the node's inputs, null where one is missing; or null itself. */
    private final List<Value> given;
    /** What the steps are called that make the result of what is given; null of the node's own. */
    private final String step;
    /** The result of what is given. */
    private Value made;

    /**
     * @param inputs the names of what it reads, as the whole model has them
     * @param outputs the names of what it makes
     */
    NodeReader(GraphReader graph, NodeProto node, List<String> inputs, List<String> outputs) {
        this(graph, node, inputs, outputs, null, new LinkedHashMap<>(), null);
        unread.putAll(attributes);
    }

    private NodeReader(GraphReader graph, NodeProto node, List<String> inputs, List<String> outputs,
            List<Value> given, Map<String, AttributeProto> unread, String step) {
        this.graph = graph;
        this.node = node;
        this.inputs = inputs;
        this.outputs = outputs;
        this.given = given;
        this.unread = unread;
        this.step = step;
        for (AttributeProto attribute : node.attributes) {
            attributes.put(attribute.name, attribute);
        }
    }

    /**
     * What another operator makes of other inputs, with this node's attributes.
     *
     * @param what completes its name
     * @param inputs null where one is missing
     */
    Value inner(String what, Operators.Operator operator, Value... inputs) {
        NodeReader inner = new NodeReader(graph, node, this.inputs, outputs, Arrays.asList(inputs),
                unread, what);
        operator.read(inner);
        return inner.made;
    }

    /**
     * Makes this node's result by another operator of other inputs, with this node's attributes.
     */
    void innerResult(Operators.Operator operator, Value... inputs) {
        operator.read(new NodeReader(graph, node, this.inputs, outputs, Arrays.asList(inputs),
                unread, null));
    }

    static String name(NodeProto node) {
        return !node.name.isEmpty()
                ? node.name
                : node.outputs.isEmpty() ? node.opType : node.outputs.getFirst();
    }

    String name() {
        return name(node);
    }

    int opset() {
        return graph.opset();
    }

    /** Refuses an operator that the model's operator set doesn't have yet. */
    void since(int first) {
        if (opset() < first) {
            throw new ModelException(
                    "operator set %d doesn't have it; it came with %d".formatted(opset(), first));
        }
    }

    // Attributes.

    boolean hasAttribute(String attribute) {
        return attributes.containsKey(attribute);
    }

    private AttributeProto attribute(String attribute, AttributeType type) {
        unread.remove(attribute);
        AttributeProto found = attributes.get(attribute);
        // The oldest models leave the type out.
        if (found != null && found.type != type && found.type != AttributeType.UNDEFINED) {
            throw new ModelException("attribute %s is of type %s; it must be %s"
                    .formatted(attribute, found.type, type));
        }
        if (found != null && !found.refAttrName.isEmpty()) {
            throw new ModelException("attribute %s refers to a function's '%s'; there is none"
                    .formatted(attribute, found.refAttrName));
        }
        return found;
    }

    int integer(String attribute, int otherwise) {
        AttributeProto found = attribute(attribute, AttributeType.INT);
        return found == null ? otherwise : toInt(attribute, found.i);
    }

    /** A number of 64 bits that must be there. */
    long longInteger(String attribute) {
        return attribute(attribute, AttributeType.INT).i;
    }

    boolean flag(String attribute, boolean otherwise) {
        int number = integer(attribute, otherwise ? 1 : 0);
        if (number != 0 && number != 1) {
            throw new ModelException(
                    "attribute %s is %d; it must be 0 or 1".formatted(attribute, number));
        }
        return number == 1;
    }

    float real(String attribute, float otherwise) {
        AttributeProto found = attribute(attribute, AttributeType.FLOAT);
        return found == null ? otherwise : found.f;
    }

    String text(String attribute, String otherwise) {
        AttributeProto found = attribute(attribute, AttributeType.STRING);
        return found == null ? otherwise : found.string;
    }

    /** The numbers of an attribute, or null where it isn't there. */
    long[] integers(String attribute) {
        AttributeProto found = attribute(attribute, AttributeType.INTS);
        return found == null ? null : found.ints.integers();
    }

    /** As many numbers as are asked for, each at least {@code least}. */
    int[] integers(String attribute, int count, int otherwise, int least) {
        long[] found = integers(attribute);
        int[] result = new int[count];
        if (found != null && found.length != count) {
            throw new ModelException("attribute %s has %s; it must have %d".formatted(attribute,
                    Printable.count(found.length, "number"), count));
        }
        for (int i = 0; i < count; i++) {
            result[i] = found == null ? otherwise : toInt(attribute, found[i]);
            if (result[i] < least) {
                throw new ModelException("attribute %s has %d; it must be at least %d"
                        .formatted(attribute, result[i], least));
            }
        }
        return result;
    }

    float[] reals(String attribute) {
        AttributeProto found = attribute(attribute, AttributeType.FLOATS);
        float[] result = new float[found == null ? 0 : found.floats.size()];
        for (int i = 0; i < result.length; i++) {
            result[i] = found.floats.real(i);
        }
        return result;
    }

    /** A graph inside of the node, which must be there. */
    GraphProto graph(String attribute) {
        AttributeProto found = attribute(attribute, AttributeType.GRAPH);
        if (found == null || found.graph == null) {
            throw new ModelException("attribute %s is missing".formatted(attribute));
        }
        return found.graph;
    }

    /** What a graph inside of the node gives, its nodes read in its place. */
    List<Value> inlined(GraphProto inner) {
        return graph.inlined(inner);
    }

    /** A tensor, or null where it isn't there. */
    OnnxTensor tensor(String attribute) {
        AttributeProto found = attribute(attribute, AttributeType.TENSOR);
        if (found != null && found.tensor == null) {
            throw new ModelException("attribute %s has no tensor".formatted(attribute));
        }
        return found == null
                ? null
                : graph.weights().decode(found.tensor, "attribute " + attribute);
    }

    /** Accepts an attribute that has no meaning for what is computed here. */
    void hasNoEffect(String attribute) {
        unread.remove(attribute);
    }

    /** Refuses any value of an attribute but the one that we know. */
    void mustBe(String attribute, int only) {
        int found = integer(attribute, only);
        if (found != only) {
            throw new ModelException(
                    "attribute %s is %d; only %d can be read".formatted(attribute, found, only));
        }
    }

    void refuseUnread() {
        if (!unread.isEmpty()) {
            throw new ModelException("attribute %s is not known in operator set %d"
                    .formatted(String.join(", ", unread.keySet()), opset()));
        }
    }

    static int toInt(String what, long number) {
        if (number != (int) number) {
            throw new ModelException(
                    "%s has %d; that is past the range of 32 bits".formatted(what, number));
        }
        return (int) number;
    }

    /** A dimension counted from the front; below 0 it counts from the back. */
    static int dimension(long axis, int rank) {
        if (axis < -rank || axis >= rank) {
            throw new ModelException("axis is %d; an array of %s has %d to %d".formatted(axis,
                    Printable.count(rank, "dimension"), -rank, rank - 1));
        }
        return (int) (axis < 0 ? axis + rank : axis);
    }

    // Inputs.

    int inputs() {
        return given == null ? inputs.size() : given.size();
    }

    boolean has(int input) {
        return input < inputs()
                && (given == null ? !inputs.get(input).isEmpty() : given.get(input) != null);
    }

    /** What an input is called, for messages. */
    String inputName(int input) {
        return given == null ? inputs.get(input) : given.get(input).name();
    }

    Value input(int input) {
        if (!has(input)) {
            throw new ModelException("input %d is missing".formatted(input));
        }
        return given == null ? graph.value(inputs.get(input)) : given.get(input);
    }

    /** Every input there is. */
    List<Value> all() {
        if (inputs() == 0) {
            throw new ModelException("input 0 is missing");
        }
        List<Value> all = new ArrayList<>();
        for (int i = 0; i < inputs(); i++) {
            all.add(input(i));
        }
        return all;
    }

    Dims dims(int input) {
        return input(input).shape();
    }

    /** The size of each spatial dimension of a picture. */
    Dims picture(int input) {
        Dims dims = dims(input);
        if (dims.rank() != 4) {
            throw new ModelException(
                    "input '%s' is %s; only pictures of 4 dimensions (N, C, H, W) can be read"
                            .formatted(inputName(input), dims));
        }
        return dims;
    }

    /** An input that has to be known when the model is read. */
    OnnxTensor known(int input, String what) {
        if (input(input) instanceof Value.Known known) {
            return known.tensor();
        }
        throw new ModelException(
                "%s ('%s') is computed when the network runs; only one that is known beforehand can be read"
                        .formatted(what, inputName(input)));
    }

    float[] knownFloats(int input, String what) {
        if (known(input, what) instanceof OnnxTensor.Floats floats) {
            return floats.data();
        }
        throw new ModelException(
                "%s ('%s') must be of a float type".formatted(what, inputName(input)));
    }

    /** One number of any type: an array of one, whatever its rank. */
    float knownNumber(int input, String what) {
        if (known(input, what) instanceof OnnxTensor.Integers integers && integers.count() == 1) {
            return integers.exactFloats(what).data()[0];
        }
        return knownFloat(input, what);
    }

    /** One number: an array of one, whatever its rank. */
    float knownFloat(int input, String what) {
        float[] floats = knownFloats(input, what);
        if (floats.length != 1) {
            throw new ModelException("%s ('%s') has %s; it must be one".formatted(what,
                    inputName(input), Printable.count(floats.length, "number")));
        }
        return floats[0];
    }

    long[] knownIntegers(int input, String what) {
        if (known(input, what) instanceof OnnxTensor.Integers integers) {
            return integers.data();
        }
        throw new ModelException(
                "%s ('%s') must be of an integer type".formatted(what, inputName(input)));
    }

    /**
     * What older operator sets have as an attribute and newer ones as an input; null where it isn't
     * there.
     */
    long[] integersOf(String attribute, int input, int inputSince) {
        if (opset() < inputSince) {
            return integers(attribute);
        }
        return has(input) ? knownIntegers(input, attribute) : null;
    }

    /** Axes, each named once: so there are no more than dimensions. */
    long[] axes(int input, int inputSince, int rank) {
        long[] axes = integersOf("axes", input, inputSince);
        if (axes != null && axes.length > rank) {
            throw new ModelException("axes are %d; an array of %s has no more"
                    .formatted(axes.length, Printable.count(rank, "dimension")));
        }
        return axes;
    }

    // Results.

    /** Whether the model uses a result beyond the first. */
    boolean wants(int output) {
        return given != null
                ? output == 0
                : output < outputs.size() && !outputs.get(output).isEmpty();
    }

    /** Refuses a model in which something reads a result beyond the first few. */
    void onlyOutputs(int count, String others) {
        for (int i = count; i < outputs.size(); i++) {
            if (wants(i) && graph.isRead(outputs.get(i))) {
                throw new ModelException(
                        "output '%s' (%s) can't be computed".formatted(outputs.get(i), others));
            }
        }
    }

    private String outputName(int output) {
        if (!wants(output)) {
            throw new ModelException("output %d has no name".formatted(output));
        }
        return outputs.get(output);
    }

    int outputs() {
        return given != null ? 1 : outputs.size();
    }

    /** A name for a part of something; so many may be made of one that its length matters. */
    private static String part(String whole, String what) {
        return whole.substring(0, Math.min(whole.length(), LONGEST_NAME)) + "." + what;
    }

    /** A step on the way to the result; {@code what} completes its name. */
    Value step(String what, Op op, Value... from) {
        return make(step == null ? what : step + "." + what, op, List.of(from));
    }

    private Value make(String what, Op op, List<Value> from) {
        return graph.make(part(name(), what), graph.fresh(part(outputName(0), what)), op, from);
    }

    /** Numbers needed on the way to the result. */
    Value constant(String what, float... data) {
        return new Value.Known(graph.fresh(part(outputName(0), what)),
                new OnnxTensor.Floats(data.length == 1 ? List.of() : List.of(data.length), data));
    }

    /** An array needed on the way to the result. */
    Value constant(String what, OnnxTensor tensor) {
        return new Value.Known(graph.fresh(part(outputName(0), what)), tensor);
    }

    /** The node's only result. */
    void result(Op op, Value... from) {
        result(0, op, List.of(from));
    }

    void result(int output, Op op, List<Value> from) {
        if (step != null) {
            made = make(step, op, from);
            return;
        }
        String valueName = outputName(output);
        graph.name(valueName,
                graph.make(outputs() == 1 ? name() : part(name(), String.valueOf(output)),
                        valueName, op, from));
    }

    /** The result is another value, as it is. */
    void alias(Value value) {
        alias(0, value);
    }

    void alias(int output, Value value) {
        if (step != null) {
            made = value;
            return;
        }
        graph.name(outputName(output), value);
    }

    /** The result is known. */
    void known(OnnxTensor tensor) {
        if (step != null) {
            made = constant(step, tensor);
            return;
        }
        graph.name(outputName(0), new Value.Known(outputName(0), tensor));
    }

    /** Integers needed on the way to the result, such as places. */
    Value integers(String what, List<Integer> sizes, long... data) {
        return constant(what, new OnnxTensor.Integers(sizes, data));
    }

    /** 1 where a number is 0, else 0: the opposite of a boolean. */
    Value not(String what, Value of) {
        return step(what, new Op.Binary(Op.Binary.Kind.EQUAL), of,
                of.isInteger()
                        ? integers(what + "-zero", List.of(), 0)
                        : constant(what + "-zero", 0));
    }

    /** Notes that so many numbers are to be computed now. */
    void spend(long numbers) {
        graph.spend(numbers);
    }
}
