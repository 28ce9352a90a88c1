package dev.sepconv.graph;

import dev.sepconv.Activation;
import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.Op.Binary.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Arithmetic with numbers that are known becomes an operation that holds them: one number a channel
 * a scale and shift, a matrix a fully connected layer, one number an output its bias. So the other
 * passes can fold them.
 */
final class ConstantOperands {

    /** One number stays one where that many would be made of it. */
    private static final int MOST_REPEATS = 1 << 16;

    private ConstantOperands() {
    }

    static Network run(Wiring wiring) {
        Network network = wiring.network();
        return Wiring.replaceEach(network, node -> switch (node.op()) {
            case Op.Binary binary -> binary(network, wiring, node, binary.kind());
            case Op.MatrixProduct product -> matrixProduct(network, wiring, node);
            case Op.PRelu prelu -> prelu(node, prelu.slopes());
            default -> Optional.empty();
        });
    }

    private static Optional<NdArray> constant(Wiring wiring, String array) {
        return wiring.maker(array).filter(maker -> maker.op() instanceof Op.Constant)
                .map(maker -> ((Op.Constant) maker.op()).value());
    }

    private static Optional<Node> binary(Network network, Wiring wiring, Node node, Kind kind) {
        String left = node.inputs().get(0);
        String right = node.inputs().get(1);
        Optional<NdArray> leftValue = constant(wiring, left);
        Optional<NdArray> rightValue = constant(wiring, right);
        if (leftValue.isPresent() == rightValue.isPresent()) {
            return Optional.empty();
        }
        boolean reversed = leftValue.isPresent();
        String array = reversed ? right : left;
        Dims dims = network.dims(array);
        if (!dims.equals(network.dims(node.output())) || dims.rank() < 2) {
            return Optional.empty();
        }
        return along(1, dims, reversed ? leftValue.get() : rightValue.get())
                .flatMap(numbers -> scaleShift(kind, numbers, reversed))
                .map(op -> new Node(node.name(), op, List.of(array), node.output()));
    }

    /**
     * The numbers of an array that differ along one dimension of {@code dims} at most, as many as
     * that has; none for others.
     */
    private static Optional<float[]> along(int dimension, Dims dims, NdArray array) {
        Dims given = array.dims();
        int missing = dims.rank() - given.rank();
        if (missing < 0) {
            return Optional.empty();
        }
        for (int i = 0; i < given.rank(); i++) {
            if (given.get(i) != 1 && i + missing != dimension) {
                return Optional.empty();
            }
        }
        if (array.data().length == 1) {
            if (dims.get(dimension) > MOST_REPEATS) {
                return Optional.empty();
            }
            float[] numbers = new float[dims.get(dimension)];
            Arrays.fill(numbers, array.data()[0]);
            return Optional.of(numbers);
        }
        return Optional.of(array.data());
    }

    private static Optional<Op> scaleShift(Kind kind, float[] numbers, boolean reversed) {
        float[] scale = new float[numbers.length];
        float[] shift = new float[numbers.length];
        Arrays.fill(scale, 1);
        for (int c = 0; c < numbers.length; c++) {
            switch (kind) {
                case ADD -> shift[c] = numbers[c];
                case SUB -> {
                    scale[c] = reversed ? -1 : 1;
                    shift[c] = reversed ? numbers[c] : -numbers[c];
                }
                case MUL -> scale[c] = numbers[c];
                case DIV -> {
                    scale[c] = 1 / numbers[c];
                    if (reversed || !Float.isFinite(scale[c])
                            || Math.abs(scale[c]) < Float.MIN_NORMAL) {
                        // not the same: a constant over x, or a reciprocal that float32 can't hold
                        return Optional.empty();
                    }
                }
                case MAX, MIN, MASK, EQUAL, GREATER, GREATER_OR_EQUAL -> {
                    return Optional.empty();
                }
            }
        }
        return Optional.of(new Op.ScaleShift(scale, shift));
    }

    private static Optional<Node> matrixProduct(Network network, Wiring wiring, Node node) {
        String array = node.inputs().get(0);
        Optional<NdArray> right = constant(wiring, node.inputs().get(1));
        if (right.isEmpty() || constant(wiring, array).isPresent()) {
            return Optional.empty();
        }
        Dims matrix = right.get().dims();
        int rank = matrix.rank();
        int inputs = matrix.get(rank - 2);
        int outputs = matrix.get(rank - 1);
        if (matrix.elements() != inputs * outputs || rank > network.dims(array).rank()) {
            return Optional.empty();
        }
        float[] weight = new float[inputs * outputs];
        for (int i = 0; i < weight.length; i++) {
            weight[i % outputs * inputs + i / outputs] = right.get().data()[i];
        }
        return Optional.of(
                new Node(node.name(), new Op.FullyConnected(outputs, weight, null, Activation.NONE),
                        List.of(array), node.output()));
    }

    private static Optional<Node> prelu(Node node, float[] slopes) {
        for (float slope : slopes) {
            if (slope != slopes[0]) {
                return Optional.empty();
            }
        }
        return Float.isFinite(slopes[0])
                ? Optional
                        .of(new Node(node.name(),
                                new Op.Elementwise(Op.Elementwise.Function.LEAKY_RELU, slopes[0],
                                        0),
                                node.inputs(), node.output()))
                : Optional.empty();
    }

    /**
     * A constant that is added to each output of a fully connected layer becomes its bias, whatever
     * the rank.
     */
    static Network biases(Wiring wiring) {
        Network network = wiring.network();
        Network joined = Wiring.replaceEach(network, node -> {
            if (!(node.op() instanceof Op.Binary binary && binary.kind() == Kind.ADD)) {
                return Optional.empty();
            }
            for (int side = 0; side < 2; side++) {
                String array = node.inputs().get(side);
                Optional<Node> maker = wiring.onlyFor(array);
                Optional<NdArray> value = constant(wiring, node.inputs().get(1 - side));
                Dims dims = network.dims(array);
                if (maker.isPresent() && value.isPresent()
                        && dims.equals(network.dims(node.output()))
                        && maker.get().op() instanceof Op.FullyConnected connected
                        && connected.activation().equals(Activation.NONE)) {
                    return along(dims.rank() - 1, dims, value.get()).map(
                            numbers -> new Node(maker.get().name(), withBias(connected, numbers),
                                    maker.get().inputs(), node.output()));
                }
            }
            return Optional.empty();
        });
        return joined == network ? network : DropDead.run(joined);
    }

    private static Op.FullyConnected withBias(Op.FullyConnected connected, float[] added) {
        float[] bias = added.clone();
        for (int k = 0; connected.bias() != null && k < bias.length; k++) {
            bias[k] += connected.bias()[k];
        }
        return new Op.FullyConnected(connected.outputs(), connected.weight(), bias,
                connected.activation());
    }
}
