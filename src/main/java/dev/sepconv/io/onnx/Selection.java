package dev.sepconv.io.onnx;

import dev.sepconv.Dims;
import dev.sepconv.Op;
import dev.sepconv.Op.Binary.Kind;
import dev.sepconv.Op.Elementwise.Function;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Where the greatest numbers stand, and arrays of zeros and ones for indices. */
final class Selection {

    private Selection() {
    }

    static void addTo(Map<String, Operators.Operator> all) {
        all.put("ArgMax", node -> extreme(node, false));
        all.put("ArgMin", node -> extreme(node, true));
        all.put("TopK", Selection::topK);
        all.put("Hardmax", Selection::hardmax);
        all.put("OneHot", Selection::oneHot);
    }

    /** The numbers from 0 along one of so many dimensions, each after {@code first} steps. */
    private static Value counting(NodeReader node, String what, int rank, int dimension, int count,
            int first, int step) {
        node.spend(count);
        List<Integer> sizes = IntStream.range(0, rank).mapToObj(i -> i == dimension ? count : 1)
                .toList();
        return node.integers(what, sizes,
                IntStream.range(0, count).mapToLong(i -> first + (long) i * step).toArray());
    }

    private static void extreme(NodeReader node, boolean least) {
        Dims in = node.dims(0);
        int axis = NodeReader.dimension(node.integer("axis", 0), in.rank());
        boolean keep = node.flag("keepdims", true);
        boolean last = node.opset() >= 12 && node.flag("select_last_index", false);
        Value x = node.input(0);
        if (least) {
            x = node.step("negated", Op.Elementwise.of(Function.NEGATE), x);
        }
        Value index = indexOfGreatest(node, x, axis, last);
        Dims kept = in.with(axis, 1);
        if (keep) {
            node.alias(index);
            return;
        }
        List<Integer> sizes = new ArrayList<>(kept.sizes());
        sizes.remove(axis);
        node.result(new Op.Reshape(new Dims(sizes)), index);
    }

    /**
     * Where along a dimension the greatest number stands; that stays, with size 1. Of equal ones
     * the first counts, or the last.
     */
    private static Value indexOfGreatest(NodeReader node, Value x, int axis, boolean last) {
        Dims in = x.shape();
        int count = in.get(axis);
        hasExactIndices(in, axis);
        Value greatest = node.step("greatest",
                new Op.Reduce(Op.Reduce.Kind.MAX, List.of(axis), true), x);
        // "not less" and not "equal": beside a NaN all are, so that an index is one of the array
        Value less = node.step("less", new Op.Binary(Kind.GREATER), greatest, x);
        Value order = last
                ? counting(node, "order", in.rank(), axis, count, 1, 1)
                : counting(node, "order", in.rank(), axis, count, count, -1);
        Value candidates = node.step("candidates", new Op.Binary(Kind.MASK), order,
                node.not("greatest-ones", less));
        Value best = node.step("best", new Op.Reduce(Op.Reduce.Kind.MAX, List.of(axis), true),
                candidates);
        return last
                ? node.step("index", new Op.Binary(Kind.SUB), best,
                        node.integers("one", List.of(), 1))
                : node.step("index", new Op.Binary(Kind.SUB),
                        node.integers("count", List.of(), count), best);
    }

    private static void topK(NodeReader node) {
        Dims in = node.dims(0);
        int axis = NodeReader.dimension(node.integer("axis", -1), in.rank());
        boolean largest = node.opset() < 11 || node.flag("largest", true);
        if (node.opset() >= 11) {
            node.hasNoEffect("sorted"); // ours are always
        }
        long k;
        if (node.opset() < 10) {
            k = node.integer("k", 0);
        } else {
            long[] given = node.knownIntegers(1, "k");
            if (given.length != 1) {
                throw new ModelException(
                        "k has %d numbers; it must be one".formatted(given.length));
            }
            k = given[0];
        }
        if (k < 1 || k > in.get(axis)) {
            throw new ModelException("k is %d; dimension %d of %s has 1 to %d numbers to give"
                    .formatted(k, axis, in, in.get(axis)));
        }
        if (node.input(0) instanceof Value.Computed) {
            hasExactIndices(in, axis);
        }
        for (int output = 0; output < 2; output++) {
            if (node.wants(output)) {
                node.result(output, new Op.TopK(axis, (int) k, largest, output == 1),
                        List.of(node.input(0)));
            }
        }
    }

    /** Indices are floats when the network runs. */
    private static void hasExactIndices(Dims in, int axis) {
        if (in.get(axis) > OnnxTensor.MOST_EXACT) {
            throw new ModelException("dimension %d of %s is too long for exact indices; at most %d"
                    .formatted(axis, in, OnnxTensor.MOST_EXACT));
        }
    }

    /** 1 at the first greatest number along a dimension, else 0. */
    private static void hardmax(NodeReader node) {
        Dims in = node.dims(0);
        int axis = NodeReader.dimension(node.integer("axis", node.opset() < 13 ? 1 : -1),
                in.rank());
        Dims flat = node.opset() >= 13
                ? Dims.of(in.product(0, axis), in.get(axis), in.product(axis + 1, in.rank()))
                : Dims.of(in.product(0, axis), in.product(axis, in.rank()), 1);
        Value x = node.step("flat", new Op.Reshape(flat), node.input(0));
        Value index = indexOfGreatest(node, x, 1, false);
        Value hot = node.step("hot", new Op.Binary(Kind.EQUAL), index,
                counting(node, "indices", 3, 1, flat.get(1), 0, 1));
        Value ones = node.step("ones", new Op.Binary(Kind.MASK), node.constant("float-one", 1),
                hot);
        node.result(new Op.Reshape(in), ones);
    }

    /** One of two numbers, the second at the indices that an array names. */
    private static void oneHot(NodeReader node) {
        node.since(9);
        Value indices = switch (node.input(0)) {
            case Value.Computed computed -> Constants.toWhole(node, computed, false);
            case Value.Known known -> node.constant("indices", known.tensor().whole());
        };
        double[] depths = node.known(1, "the depth").widened();
        OnnxTensor values = node.known(2, "the values");
        if (depths.length != 1 || !(depths[0] >= 1 && depths[0] <= OnnxTensor.MOST_EXACT)) {
            throw new ModelException(
                    "the depth must be one number from 1 to %d".formatted(OnnxTensor.MOST_EXACT));
        }
        if (values.count() != 2) {
            throw new ModelException("the values are %d numbers; they must be two, off and on"
                    .formatted(values.count()));
        }
        int depth = (int) depths[0];
        Dims in = indices.shape();
        int axis = NodeReader.dimension(node.integer("axis", -1), in.rank() + 1);
        List<Integer> sizes = new ArrayList<>(in.sizes());
        sizes.add(axis, 1);
        Value rows = node.step("rows", new Op.Reshape(new Dims(sizes)), indices);
        Value wanted = counting(node, "wanted", sizes.size(), axis, depth, 0, 1);
        // an index below 0 counts from the end
        Value fromFront = node.step("front", new Op.Binary(Kind.EQUAL), rows, wanted);
        Value fromBack = node.step("back", new Op.Binary(Kind.EQUAL), rows,
                counting(node, "wanted-back", sizes.size(), axis, depth, -depth, 1));
        Value hot = node.step("hot", new Op.Binary(Kind.MAX), fromFront, fromBack);
        Value on = number(node, "on", values, 1);
        Value off = number(node, "off", values, 0);
        node.result(new Op.Binary(Kind.ADD), node.step("ons", new Op.Binary(Kind.MASK), on, hot),
                node.step("offs", new Op.Binary(Kind.MASK), off, node.not("cold", hot)));
    }

    private static Value number(NodeReader node, String what, OnnxTensor of, int at) {
        return switch (of) {
            case OnnxTensor.Floats floats -> node.constant(what, floats.data()[at]);
            case OnnxTensor.Integers integers ->
                node.integers(what, List.of(), integers.data()[at]);
        };
    }
}
