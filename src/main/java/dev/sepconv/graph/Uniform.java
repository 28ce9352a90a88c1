package dev.sepconv.graph;

import dev.sepconv.Node;
import dev.sepconv.Op;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * {@code scale * x + shift} with the same two numbers for the whole array, however a model spells
 * it.
 *
 * @param input the array x
 */
record Uniform(String input, double scale, double shift) {

    /** What a node does, if it is this; constants stand on either side. */
    static Optional<Uniform> of(Wiring wiring, Node node) {
        return switch (node.op()) {
            case Op.ScaleShift op -> of(op, node.inputs().getFirst());
            case Op.Elementwise op -> op.function() == Op.Elementwise.Function.NEGATE
                    ? Optional.of(new Uniform(node.inputs().getFirst(), -1, 0))
                    : Optional.empty();
            case Op.Binary op -> binary(wiring, node, op.kind());
            default -> Optional.empty();
        };
    }

    /**
     * What a node and the few before it that feed nothing but it do together, if they are all this.
     */
    static Optional<Uniform> chain(Wiring wiring, Node node) {
        Optional<Uniform> last = of(wiring, node);
        for (int i = 1; last.isPresent() && i < Polynomial.MOST_NODES; i++) {
            Uniform so = last.get();
            Optional<Uniform> both = wiring.onlyFor(so.input())
                    .flatMap(before -> of(wiring, before)).map(first -> new Uniform(first.input(),
                            so.scale() * first.scale(), so.scale() * first.shift() + so.shift()));
            if (both.isEmpty()) {
                break;
            }
            last = both;
        }
        return last;
    }

    /** What a scale and shift of each channel does to {@code input}, if it is this. */
    static Optional<Uniform> of(Op.ScaleShift op, String input) {
        return isOne(op.scale()) && isOne(op.shift())
                ? Optional.of(new Uniform(input, op.scale()[0], op.shift()[0]))
                : Optional.empty();
    }

    private static Optional<Uniform> binary(Wiring wiring, Node node, Op.Binary.Kind kind) {
        String left = node.inputs().get(0);
        String right = node.inputs().get(1);
        OptionalDouble first = number(wiring, left);
        OptionalDouble second = number(wiring, right);
        if (first.isPresent() == second.isPresent()) {
            return Optional.empty();
        }
        boolean reversed = first.isPresent();
        String x = reversed ? right : left;
        double c = reversed ? first.getAsDouble() : second.getAsDouble();
        return switch (kind) {
            case ADD -> Optional.of(new Uniform(x, 1, c));
            case SUB -> Optional.of(reversed ? new Uniform(x, -1, c) : new Uniform(x, 1, -c));
            case MUL -> Optional.of(new Uniform(x, c, 0));
            case DIV -> reversed ? Optional.empty() : Optional.of(new Uniform(x, 1 / c, 0));
            case MAX, MIN, MASK, EQUAL, GREATER, GREATER_OR_EQUAL -> Optional.empty();
        };
    }

    /** The number that an array holds: a constant of one. */
    static OptionalDouble number(Wiring wiring, String array) {
        return wiring.maker(array)
                .map(maker -> maker.op() instanceof Op.Constant constant
                        && constant.value().data().length == 1
                                ? OptionalDouble.of(constant.value().data()[0])
                                : OptionalDouble.empty())
                .orElse(OptionalDouble.empty());
    }

    private static boolean isOne(float[] numbers) {
        for (float number : numbers) {
            if (number != numbers[0]) {
                return false;
            }
        }
        return true;
    }
}
