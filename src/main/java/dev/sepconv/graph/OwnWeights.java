package dev.sepconv.graph;

import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A network whose weights nobody else can change, for engines that read them when they run:
 * {@link dev.sepconv.Engine#compile} promises that they are read once. Convolutions' are left as
 * they are, as every engine rearranges these when it compiles.
 */
public final class OwnWeights {

    private OwnWeights() {
    }

    /** Copies of all weights but convolutions'. */
    public static Network of(Network network) {
        return with(network, OwnWeights::of);
    }

    private static Op of(Op op) {
        return switch (op) {
            case Op.ConvolveTransposed of ->
                new Op.ConvolveTransposed(of.kernel(), of.outputPaddingHeight(),
                        of.outputPaddingWidth(), of.weight().clone(), copy(of.bias()));
            case Op.FullyConnected of -> new Op.FullyConnected(of.outputs(), of.weight().clone(),
                    copy(of.bias()), of.activation());
            default -> small(op);
        };
    }

    /**
     * Copies of what has a number a channel, and of constants: for engines that rearrange matrices
     * too.
     */
    public static Network small(Network network) {
        return with(network, OwnWeights::small);
    }

    private static Network with(Network network, UnaryOperator<Op> copy) {
        return Wiring.replaceEach(network, node -> {
            Op op = copy.apply(node.op());
            return op == node.op()
                    ? Optional.empty()
                    : Optional.of(new Node(node.name(), op, node.inputs(), node.output()));
        });
    }

    private static Op small(Op op) {
        return switch (op) {
            case Op.ScaleShift of -> new Op.ScaleShift(of.scale().clone(), of.shift().clone());
            case Op.PRelu of -> new Op.PRelu(of.slopes().clone());
            case Op.Constant of ->
                new Op.Constant(NdArray.of(of.value().dims(), of.value().data().clone()));
            default -> op;
        };
    }

    private static float[] copy(float[] bias) {
        return bias == null ? null : bias.clone();
    }
}
