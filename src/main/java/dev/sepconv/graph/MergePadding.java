package dev.sepconv.graph;

import dev.sepconv.Activation;
import dev.sepconv.Conv2d;
import dev.sepconv.Dims;
import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.Padding;
import java.util.List;
import java.util.Optional;

/**
 * Zeros put round a picture become padding of the convolution or pooling that reads it, where that
 * gives the same: a mean then counts its padding, and a maximum needs numbers that are not below 0.
 */
final class MergePadding {

    private MergePadding() {
    }

    static Network run(Wiring wiring) {
        Network network = wiring.network();
        return wiring.joinPairs((first, second) -> {
            if (!(first.op() instanceof Op.Pad pad) || !isZerosRoundPictures(pad)) {
                return Optional.empty();
            }
            Optional<Op> op = switch (second.op()) {
                case Op.Convolve convolve ->
                    Optional.of(convolve(pad, convolve, network.dims(first.output())));
                case Op.Pool pool ->
                    pool(pad, pool, notNegative(wiring.maker(first.inputs().getFirst())));
                default -> Optional.empty();
            };
            return op.map(
                    merged -> new Node(second.name(), merged, first.inputs(), second.output()));
        });
    }

    private static boolean isZerosRoundPictures(Op.Pad pad) {
        return pad.mode() == Op.Pad.Mode.CONSTANT && pad.value() == 0 && pad.before().size() == 4
                && pad.before().subList(0, 2).equals(List.of(0, 0))
                && pad.after().subList(0, 2).equals(List.of(0, 0));
    }

    private static Padding.Explicit sum(Op.Pad pad, Padding.Explicit padding) {
        return new Padding.Explicit(padding.top() + pad.before().get(2),
                padding.left() + pad.before().get(3), padding.bottom() + pad.after().get(2),
                padding.right() + pad.after().get(3));
    }

    private static Op convolve(Op.Pad pad, Op.Convolve convolve, Dims padded) {
        Conv2d stage = convolve.layer().stages().getFirst();
        Padding.Explicit own = stage.padding().resolve(stage, padded.get(2), padded.get(3));
        return Stages.with(convolve, 0, stage.withPadding(sum(pad, own)),
                convolve.weights().getFirst());
    }

    private static Optional<Op> pool(Op.Pad pad, Op.Pool pool, boolean notNegative) {
        Padding.Explicit padding = sum(pad, pool.padding());
        boolean counts = pool.countPadding() || pool.padding().equals(Padding.VALID);
        boolean same = pool.kind() == Op.Pool.Kind.AVERAGE ? counts : notNegative;
        boolean everyWindowMeetsThePicture = pool.dilationHeight() == 1 && pool.dilationWidth() == 1
                && Math.max(padding.top(), padding.bottom()) < pool.kernelHeight()
                && Math.max(padding.left(), padding.right()) < pool.kernelWidth();
        return same && everyWindowMeetsThePicture && !pool.ceil()
                ? Optional.of(new Op.Pool(pool.kind(), pool.kernelHeight(), pool.kernelWidth(),
                        pool.strideHeight(), pool.strideWidth(), pool.dilationHeight(),
                        pool.dilationWidth(), padding, false, pool.kind() == Op.Pool.Kind.AVERAGE))
                : Optional.empty();
    }

    private static boolean notNegative(Optional<Node> maker) {
        return maker.map(Node::op).map(op -> switch (op) {
            case Op.Elementwise elementwise -> switch (elementwise.function()) {
                case RELU, SIGMOID, HARD_SIGMOID, EXP, SQRT, ABS, SOFTPLUS -> true;
                case CLIP, THRESHOLDED_RELU -> elementwise.a() >= 0;
                default -> false;
            };
            case Op.Convolve convolve ->
                notNegative(convolve.layer().stages().getLast().activation());
            case Op.Softmax softmax -> true;
            default -> false;
        }).orElse(false);
    }

    private static boolean notNegative(Activation activation) {
        return switch (activation.kind()) {
            case RELU, RELU6, SIGMOID, HARD_SIGMOID -> true;
            case NONE, LEAKY_RELU, HARD_SWISH, SILU, GELU, GELU_TANH, TANH, MISH -> false;
        };
    }
}
