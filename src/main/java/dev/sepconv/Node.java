package dev.sepconv;

import java.util.List;
import java.util.Objects;

/**
 * A step of a {@link Network}.
 *
 * @param name for people: what the model's author called it
 * @param op what it computes
 * @param inputs names of the arrays that it reads, in the operation's order
 * @param output name of the array that it makes
 */
public record Node(String name, Op op, List<String> inputs, String output) {

    public Node {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(op, "op");
        Objects.requireNonNull(output, "output");
        inputs = List.copyOf(inputs);
        if (op.arity() >= 0 ? inputs.size() != op.arity() : inputs.isEmpty()) {
            throw new IllegalArgumentException("node '%s' (%s) has %s; it must have %s".formatted(
                    name, op.label(), Checks.count(inputs.size(), "input"),
                    op.arity() >= 0 ? op.arity() : "at least 1"));
        }
    }
}
