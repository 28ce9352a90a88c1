package dev.sepconv.io.onnx;

import dev.sepconv.Dims;
import dev.sepconv.Op;
import dev.sepconv.Op.Binary.Kind;
import dev.sepconv.Op.Elementwise.Function;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Comparisons, what is chosen by them, and branches. What is known beforehand is computed exactly
 * when the model is read; else a condition is 1 where it holds and 0 where not.
 */
final class Conditions {

    private Conditions() {
    }

    static void addTo(Map<String, Operators.Operator> all) {
        all.put("Equal", node -> compare(node, Kind.EQUAL, false));
        all.put("Greater", node -> compare(node, Kind.GREATER, false));
        all.put("GreaterOrEqual", node -> {
            node.since(12);
            compare(node, Kind.GREATER_OR_EQUAL, false);
        });
        all.put("Less", node -> compare(node, Kind.GREATER, true));
        all.put("LessOrEqual", node -> {
            node.since(12);
            compare(node, Kind.GREATER_OR_EQUAL, true);
        });
        all.put("And", node -> logical(node, new Op.Binary(Kind.MUL)));
        all.put("Or", node -> logical(node, new Op.Binary(Kind.MAX)));
        all.put("Xor", Conditions::xor);
        all.put("Not", node -> {
            bits(node, 0);
            node.alias(node.not("not", node.input(0)));
        });
        all.put("IsNaN", Conditions::isNaN);
        all.put("IsInf", Conditions::isInfinite);
        all.put("Where", Conditions::where);
        all.put("Shrink", Conditions::shrink);
        all.put("If", Conditions::branch);
    }

    private static void compare(NodeReader node, Kind kind, boolean swapped) {
        if (Folding.bothKnown(node)) {
            Folding.compare(node, sign -> switch (kind) {
                case EQUAL -> sign == 0;
                case GREATER -> sign == (swapped ? -1 : 1);
                default -> sign == 0 || sign == (swapped ? -1 : 1);
            });
            return;
        }
        if (node.input(0).isInteger() != node.input(1).isInteger()) {
            throw new ModelException("its inputs are of different types");
        }
        node.result(new Op.Binary(kind), node.input(swapped ? 1 : 0), node.input(swapped ? 0 : 1));
    }

    /** An input that must be of booleans. */
    private static Value bits(NodeReader node, int input) {
        Value of = node.input(input);
        if (!of.isInteger()) {
            throw new ModelException(
                    "input %d is of floats; it must be of booleans".formatted(input));
        }
        return of;
    }

    private static void logical(NodeReader node, Op how) {
        node.result(how, bits(node, 0), bits(node, 1));
    }

    private static void xor(NodeReader node) {
        node.alias(node.not("unlike",
                node.step("alike", new Op.Binary(Kind.EQUAL), bits(node, 0), bits(node, 1))));
    }

    /** Only a NaN isn't equal to itself. */
    private static void isNaN(NodeReader node) {
        node.since(9);
        node.alias(node.not("other",
                node.step("same", new Op.Binary(Kind.EQUAL), node.input(0), node.input(0))));
    }

    private static void isInfinite(NodeReader node) {
        node.since(10);
        boolean positive = node.flag("detect_positive", true);
        boolean negative = node.flag("detect_negative", true);
        Value x = node.input(0);
        Value of = positive && negative ? node.step("size", Op.Elementwise.of(Function.ABS), x) : x;
        float sought = !positive && !negative
                ? Float.NaN
                : positive ? Float.POSITIVE_INFINITY : Float.NEGATIVE_INFINITY;
        node.result(new Op.Binary(Kind.EQUAL), of, node.constant("sought", sought));
    }

    /** x + bias below -lambd, x - bias above lambd, between them 0. */
    private static void shrink(NodeReader node) {
        node.since(9);
        float bias = node.real("bias", 0);
        float limit = node.real("lambd", 0.5f);
        Value x = node.input(0);
        Value above = node.step("above", new Op.Binary(Kind.GREATER), x,
                node.constant("limit", limit));
        Value below = node.step("below", new Op.Binary(Kind.GREATER),
                node.constant("negative-limit", -limit), x);
        Value less = node.step("less", new Op.Binary(Kind.SUB), x, node.constant("bias", bias));
        Value more = node.step("more", new Op.Binary(Kind.ADD), x,
                node.constant("negative-bias", bias));
        node.result(new Op.Binary(Kind.ADD),
                node.step("upper", new Op.Binary(Kind.MASK), less, above),
                node.step("lower", new Op.Binary(Kind.MASK), more, below));
    }

    /** A choice between two arrays, number by number. */
    private static void where(NodeReader node) {
        node.since(9);
        if (node.input(1).isInteger() != node.input(2).isInteger()) {
            throw new ModelException("its inputs are of different types");
        }
        Value condition = bits(node, 0);
        if (!(condition instanceof Value.Known known)) {
            node.result(new Op.Binary(Kind.ADD),
                    node.step("first", new Op.Binary(Kind.MASK), node.input(1), condition),
                    node.step("second", new Op.Binary(Kind.MASK), node.input(2),
                            node.not("otherwise", condition)));
            return;
        }
        OnnxTensor.Integers bits = (OnnxTensor.Integers) known.tensor();
        if (node.input(1) instanceof Value.Known && node.input(2) instanceof Value.Known) {
            Folding.where(node, bits);
            return;
        }
        boolean all = Arrays.stream(bits.data()).allMatch(each -> each != 0);
        boolean none = Arrays.stream(bits.data()).allMatch(each -> each == 0);
        if (!all && !none) {
            node.result(new Op.Binary(Kind.ADD), masked(node, "first", 1, bits, false),
                    masked(node, "second", 2, bits, true));
            return;
        }
        Dims result = Op.Binary.broadcast(Op.Binary.broadcast(bits.dims(), node.dims(1)),
                node.dims(2));
        Arrangement.expanded(node, node.input(all ? 1 : 2), result);
    }

    /** One of two branches, with zeros where the other one is taken. */
    private static Value masked(NodeReader node, String what, int input,
            OnnxTensor.Integers condition, boolean where0) {
        long[] mask = new long[condition.count()];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = condition.data()[i] == 0 == where0 ? 1 : 0;
        }
        node.spend(mask.length);
        return node.step(what, new Op.Binary(Kind.MASK), node.input(input),
                node.integers(what + "-mask", condition.sizes(), mask));
    }

    /** The branch that a known condition takes; the other one isn't read. */
    private static void branch(NodeReader node) {
        OnnxProto.GraphProto yes = node.graph("then_branch");
        OnnxProto.GraphProto no = node.graph("else_branch");
        long[] condition = node.knownIntegers(0, "the condition");
        if (condition.length != 1) {
            throw new ModelException(
                    "the condition has %d numbers; it must have one".formatted(condition.length));
        }
        List<Value> results = node.inlined(condition[0] != 0 ? yes : no);
        if (results.size() != node.outputs()) {
            throw new ModelException("its branch gives %d arrays and the node has %d outputs"
                    .formatted(results.size(), node.outputs()));
        }
        for (int i = 0; i < results.size(); i++) {
            if (node.wants(i)) {
                node.alias(i, results.get(i));
            }
        }
    }
}
