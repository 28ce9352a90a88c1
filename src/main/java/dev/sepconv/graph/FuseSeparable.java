package dev.sepconv.graph;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.SeparableConv2d.Order;
import java.util.List;
import java.util.Optional;

/**
 * A depthwise convolution and the pointwise one that alone reads it become one separable
 * convolution.
 */
final class FuseSeparable {

    private FuseSeparable() {
    }

    static Network run(Wiring wiring) {
        return wiring.joinPairs(FuseSeparable::join);
    }

    private static Optional<Node> join(Node first, Node second) {
        if (!(first.op() instanceof Op.Convolve one && one.layer() instanceof Conv2d depthwise
                && depthwise.isDepthwise() && depthwise.groups() > 1)
                || !(second.op() instanceof Op.Convolve two
                        && two.layer() instanceof Conv2d pointwise && pointwise.isPointwise())) {
            return Optional.empty();
        }
        Order order = depthwise.activation().equals(Activation.NONE)
                ? Order.KERAS
                : Order.MOBILENET;
        return Optional.of(new Node(first.name() + " + " + second.name(),
                new Op.Convolve(new SeparableConv2d(order, depthwise, pointwise),
                        List.of(one.weights().getFirst(), two.weights().getFirst())),
                first.inputs(), second.output()));
    }
}
