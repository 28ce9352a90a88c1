package dev.sepconv.io.onnx;

import dev.sepconv.Dims;
import dev.sepconv.Op;
import dev.sepconv.Op.Binary.Kind;
import dev.sepconv.Op.Elementwise.Function;
import dev.sepconv.Padding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Operators that bring numbers to a common scale, as steps of simpler ones. */
final class Normalizations {

    private Normalizations() {
    }

    static void addTo(Map<String, Operators.Operator> all) {
        all.put("LayerNormalization", Normalizations::layer);
        all.put("RMSNormalization", Normalizations::rootMeanSquare);
        all.put("InstanceNormalization", Normalizations::instance);
        all.put("GroupNormalization", Normalizations::group);
        all.put("LpNormalization", Normalizations::byNorm);
        all.put("MeanVarianceNormalization", Normalizations::meanVariance);
        all.put("LRN", Normalizations::acrossChannels);
    }

    private static void layer(NodeReader node) {
        node.since(17);
        node.mustBe("stash_type", 1);
        node.onlyOutputs(1, "the mean and deviation that training needs");
        int axis = NodeReader.dimension(node.integer("axis", -1), node.dims(0).rank());
        Value normal = normalize(node, node.input(0),
                new Op.Normalize(axis, node.real("epsilon", 1e-5f), true));
        scaled(node, normal, node.input(1), node.has(2) ? node.input(2) : null);
    }

    private static void rootMeanSquare(NodeReader node) {
        node.since(23);
        node.mustBe("stash_type", 1);
        int axis = NodeReader.dimension(node.integer("axis", -1), node.dims(0).rank());
        Value normal = normalize(node, node.input(0),
                new Op.Normalize(axis, node.real("epsilon", 1e-5f), false));
        scaled(node, normal, node.input(1), null);
    }

    private static void instance(NodeReader node) {
        Dims in = channels(node);
        Value normal = normalize(node, node.input(0),
                new Op.Normalize(2, node.real("epsilon", 1e-5f), true));
        scaled(node, normal, perChannel(node, 1, in), perChannel(node, 2, in));
    }

    private static void group(NodeReader node) {
        node.since(18);
        if (node.opset() >= 21) {
            node.mustBe("stash_type", 1);
        }
        Dims in = channels(node);
        int groups = node.integer("num_groups", 0);
        if (groups < 1 || in.get(1) % groups != 0) {
            throw new ModelException("attribute num_groups is %d; it must divide the %d channels"
                    .formatted(groups, in.get(1)));
        }
        Dims apart = Dims.of(in.get(0), groups, in.product(1, in.rank()) / groups);
        Value normal = normalize(node, node.step("groups", new Op.Reshape(apart), node.input(0)),
                new Op.Normalize(2, node.real("epsilon", 1e-5f), true));
        if (node.opset() >= 21) {
            Value whole = node.step("whole", new Op.Reshape(in), normal);
            scaled(node, whole, perChannel(node, 1, in), perChannel(node, 2, in));
            return;
        }
        // Before operator set 21 there is one scale a group.
        Value scale = node.step("scales", new Op.Reshape(Dims.of(groups, 1)), node.input(1));
        Value bias = node.step("biases", new Op.Reshape(Dims.of(groups, 1)), node.input(2));
        Value scaled = node.step("scaled", new Op.Binary(Kind.MUL), normal, scale);
        node.result(new Op.Reshape(in),
                node.step("shifted", new Op.Binary(Kind.ADD), scaled, bias));
    }

    private static void byNorm(NodeReader node) {
        int p = node.integer("p", 2);
        int axis = NodeReader.dimension(node.integer("axis", -1), node.dims(0).rank());
        if (p != 1 && p != 2) {
            throw new ModelException("attribute p is %d; it must be 1 or 2".formatted(p));
        }
        Value x = node.input(0);
        Value sizes = p == 1
                ? node.step("sizes", Op.Elementwise.of(Function.ABS), x)
                : node.step("squares", new Op.Binary(Kind.MUL), x, x);
        Value sum = node.step("sum", new Op.Reduce(Op.Reduce.Kind.SUM, List.of(axis), true), sizes);
        Value norm = p == 1 ? sum : node.step("norm", Op.Elementwise.of(Function.SQRT), sum);
        node.result(new Op.Binary(Kind.DIV), x, norm);
    }

    /** {@code (x - mean) / (deviation + 1e-9)}, both over {@code axes}. */
    private static void meanVariance(NodeReader node) {
        node.since(9);
        int rank = node.dims(0).rank();
        long[] axes = node.integers("axes");
        TreeSet<Integer> dimensions = new TreeSet<>();
        for (long axis : axes == null ? new long[]{0, 2, 3} : axes) {
            dimensions.add(NodeReader.dimension(axis, rank));
        }
        Value x = node.input(0);
        if (dimensions.isEmpty()) {
            throw new ModelException("attribute axes is empty; it must name a dimension");
        }
        Op.Reduce mean = new Op.Reduce(Op.Reduce.Kind.MEAN, List.copyOf(dimensions), true);
        Value centred = node.step("centred", new Op.Binary(Kind.SUB), x,
                node.step("mean", mean, x));
        Value variance = node.step("variance", mean,
                node.step("squares", new Op.Binary(Kind.MUL), centred, centred));
        Value deviation = node.step("deviation", Op.Elementwise.of(Function.SQRT), variance);
        node.result(new Op.Binary(Kind.DIV), centred, node.step("divisor", new Op.Binary(Kind.ADD),
                deviation, node.constant("epsilon", 1e-9f)));
    }

    /** {@code x / (bias + alpha / size * sum(x^2)) ^ beta}, the sum over neighbouring channels. */
    private static void acrossChannels(NodeReader node) {
        Dims in = channels(node);
        int size = node.integer("size", 0);
        if (size < 1) {
            throw new ModelException("attribute size is %d; it must be at least 1".formatted(size));
        }
        float alpha = node.real("alpha", 1e-4f);
        float beta = node.real("beta", 0.75f);
        float bias = node.real("bias", 1);
        Value x = node.input(0);
        Value squares = node.step("squares", new Op.Binary(Kind.MUL), x, x);
        Value rows = node.step("rows",
                new Op.Reshape(Dims.of(in.get(0), 1, in.get(1), in.product(2, in.rank()))),
                squares);
        int before = (size - 1) / 2;
        Value mean = node.step("mean", new Op.Pool(Op.Pool.Kind.AVERAGE, size, 1, 1, 1, 1, 1,
                new Padding.Explicit(before, 0, size - 1 - before, 0), false, true), rows);
        Value whole = node.step("whole", new Op.Reshape(in), mean);
        Value scaled = node.step("scaled", new Op.Binary(Kind.MUL), whole,
                node.constant("alpha", alpha));
        Value shifted = node.step("shifted", new Op.Binary(Kind.ADD), scaled,
                node.constant("bias", bias));
        Value power = node.step("power", new Op.Elementwise(Function.POWER, beta, 0), shifted);
        node.result(new Op.Binary(Kind.DIV), x, power);
    }

    private static Dims channels(NodeReader node) {
        Dims in = node.dims(0);
        if (in.rank() < 3) {
            throw new ModelException(
                    "input %s has no dimensions after batch and channels".formatted(in));
        }
        return in;
    }

    private static Value normalize(NodeReader node, Value from, Op.Normalize op) {
        return node.step("normal", op, from);
    }

    /** An input of one number a channel, as an array that is repeated along the others. */
    static Value perChannel(NodeReader node, int input, Dims in) {
        if (node.dims(input).elements() != in.get(1)) {
            throw new ModelException("input %d is %s; it must have a number for each of %d channels"
                    .formatted(input, node.dims(input), in.get(1)));
        }
        List<Integer> sizes = new ArrayList<>(List.of(in.get(1)));
        IntStream.range(2, in.rank()).forEach(i -> sizes.add(1));
        return node.step("per-channel", new Op.Reshape(new Dims(sizes)), node.input(input));
    }

    /** The result: scaled, and shifted where there is a bias. */
    static void scaled(NodeReader node, Value normal, Value scale, Value bias) {
        if (bias == null) {
            node.result(new Op.Binary(Kind.MUL), normal, scale);
            return;
        }
        Value scaled = node.step("scaled", new Op.Binary(Kind.MUL), normal, scale);
        node.result(new Op.Binary(Kind.ADD), scaled, bias);
    }
}
