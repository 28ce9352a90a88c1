package dev.sepconv.graph;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import java.util.Optional;

/**
 * An activation becomes part of the convolution, transposed convolution or fully connected layer
 * before it.
 */
final class FuseActivations {

    private FuseActivations() {
    }

    static Network run(Wiring wiring) {
        return wiring.joinPairs(FuseActivations::join);
    }

    private static Optional<Node> join(Node first, Node second) {
        if (!(second.op() instanceof Op.Elementwise elementwise)) {
            return Optional.empty();
        }
        return elementwise.activation().flatMap(activation -> with(first.op(), activation))
                .map(op -> new Node(first.name(), op, first.inputs(), second.output()));
    }

    private static Optional<Op> with(Op op, Activation activation) {
        return switch (op) {
            case Op.Convolve convolve -> {
                int last = convolve.weights().size() - 1;
                Conv2d stage = convolve.layer().stages().get(last);
                yield stage.activation().equals(Activation.NONE)
                        ? Optional.of(Stages.with(convolve, last, stage.withActivation(activation),
                                convolve.weights().get(last)))
                        : Optional.empty();
            }
            case Op.ConvolveTransposed transposed ->
                transposed.kernel().activation().equals(Activation.NONE)
                        ? Optional.of(new Op.ConvolveTransposed(
                                transposed.kernel().withActivation(activation),
                                transposed.outputPaddingHeight(), transposed.outputPaddingWidth(),
                                transposed.weight(), transposed.bias()))
                        : Optional.empty();
            case Op.FullyConnected connected -> connected.activation().equals(Activation.NONE)
                    ? Optional.of(new Op.FullyConnected(connected.outputs(), connected.weight(),
                            connected.bias(), activation))
                    : Optional.empty();
            default -> Optional.empty();
        };
    }
}
