package dev.sepconv.graph;

import dev.sepconv.Network;
import dev.sepconv.Node;
import dev.sepconv.Op;
import dev.sepconv.Op.Elementwise.Function;
import java.util.List;
import java.util.Optional;

/**
 * The ways in which models spell the hard sigmoid, {@code min(max(a * x + b, 0), 1)}, and the hard
 * swish, {@code x * min(max(x + 3, 0), 6) / 6} (Howard et al. 2019, MobileNetV3), become one
 * operation each. Constants may be off by some roundings: exporters write 1/6 with six or seven
 * digits.
 */
final class RecogniseHardSwish {

    private static final double SIXTH = 1 / 6.0;
    private static final double TOLERANCE = 1e-6;

    private RecogniseHardSwish() {
    }

    static Network run(Network network) {
        Network sigmoids = Wiring.joinPairs(network, RecogniseHardSwish::hardSigmoid);
        Wiring wiring = new Wiring(sigmoids);
        Network swishes = wiring.replaceEach(node -> switch (node.op()) {
            case Op.Binary binary ->
                binary.kind() == Op.Binary.Kind.MUL ? product(wiring, node) : Optional.empty();
            case Op.ScaleShift sixth -> wiring.onlyFor(node.inputs().getFirst())
                    .flatMap(product -> sixth(wiring, product, node));
            default -> Optional.empty();
        });
        return swishes == network ? network : DropDead.run(swishes);
    }

    private static boolean near(double value, double wanted) {
        return Math.abs(value - wanted) <= TOLERANCE * Math.abs(wanted);
    }

    /**
     * Whether {@code op} is {@code scale * x + shift} with the same two numbers for all channels.
     */
    private static boolean isUniform(Op op) {
        if (!(op instanceof Op.ScaleShift scaleShift)) {
            return false;
        }
        for (int c = 1; c < scaleShift.scale().length; c++) {
            if (scaleShift.scale()[c] != scaleShift.scale()[0]
                    || scaleShift.shift()[c] != scaleShift.shift()[0]) {
                return false;
            }
        }
        return true;
    }

    private static boolean isScaleShift(Op op, double scale, double shift) {
        return isUniform(op) && near(((Op.ScaleShift) op).scale()[0], scale)
                && near(((Op.ScaleShift) op).shift()[0], shift);
    }

    private static boolean isClip(Op op, float low, float high) {
        return op instanceof Op.Elementwise clip && clip.function() == Function.CLIP
                && clip.a() == low && clip.b() == high;
    }

    /**
     * {@code clip(a * x + b, 0, 1)}, and {@code clip(x, 0, 6) / 6}, which is that with 1/6 and 0.
     */
    private static Optional<Node> hardSigmoid(Node first, Node second) {
        float a;
        float b;
        if (isUniform(first.op()) && isClip(second.op(), 0, 1)) {
            a = ((Op.ScaleShift) first.op()).scale()[0];
            b = ((Op.ScaleShift) first.op()).shift()[0];
        } else if (isClip(first.op(), 0, 6) && isScaleShift(second.op(), SIXTH, 0)) {
            a = (float) SIXTH;
            b = 0;
        } else if (isUniform(first.op()) && second.op() instanceof Op.Elementwise sigmoid
                && sigmoid.function() == Function.HARD_SIGMOID) {
            Op.ScaleShift inner = (Op.ScaleShift) first.op();
            a = sigmoid.a() * inner.scale()[0];
            b = sigmoid.a() * inner.shift()[0] + sigmoid.b();
        } else {
            return Optional.empty();
        }
        return Optional.of(new Node(second.name(), new Op.Elementwise(Function.HARD_SIGMOID, a, b),
                first.inputs(), second.output()));
    }

    /** {@code x * hardSigmoid(x)} with 1/6 and 1/2. */
    private static Optional<Node> product(Wiring wiring, Node node) {
        return factorOf(wiring, node,
                gate -> gate.op() instanceof Op.Elementwise sigmoid
                        && sigmoid.function() == Function.HARD_SIGMOID && near(sigmoid.a(), SIXTH)
                        && near(sigmoid.b(), 0.5)
                                ? Optional.of(gate.inputs().getFirst())
                                : Optional.empty())
                .map(x -> hardSwish(x, node));
    }

    /** {@code (x * clip(x + 3, 0, 6)) / 6}. */
    private static Optional<Node> sixth(Wiring wiring, Node product, Node node) {
        if (!isScaleShift(node.op(), SIXTH, 0) || !(product.op() instanceof Op.Binary binary
                && binary.kind() == Op.Binary.Kind.MUL)) {
            return Optional.empty();
        }
        return factorOf(wiring, product,
                clip -> isClip(clip.op(), 0, 6)
                        ? wiring.onlyFor(clip.inputs().getFirst())
                                .filter(shift -> isScaleShift(shift.op(), 1, 3))
                                .map(shift -> shift.inputs().getFirst())
                        : Optional.empty())
                .map(x -> hardSwish(x, node));
    }

    private static Node hardSwish(String x, Node node) {
        return new Node(node.name(), Op.Elementwise.of(Function.HARD_SWISH), List.of(x),
                node.output());
    }

    /** What a gate is computed from. */
    private interface Gate {
        Optional<String> source(Node gate);
    }

    /** The array x of {@code x * gate(x)}, in either order. */
    private static Optional<String> factorOf(Wiring wiring, Node product, Gate gate) {
        for (int side = 0; side < 2; side++) {
            String x = product.inputs().get(side);
            Optional<String> source = wiring.onlyFor(product.inputs().get(1 - side))
                    .flatMap(gate::source);
            if (source.isPresent() && source.get().equals(x)) {
                return source;
            }
        }
        return Optional.empty();
    }
}
