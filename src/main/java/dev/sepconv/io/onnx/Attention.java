package dev.sepconv.io.onnx;

import dev.sepconv.Dims;
import dev.sepconv.Op;
import dev.sepconv.Op.Binary.Kind;
import dev.sepconv.Op.Elementwise.Function;
import java.util.List;

/**
 * Scaled dot-product attention (ONNX 23): {@code softmax(scale * q * transpose(k) + mask) * v} of
 * each head, as products and a softmax.
 */
final class Attention {

    private Attention() {
    }

    static void read(NodeReader node) {
        node.since(23);
        node.onlyOutputs(1, "keys and values kept for a next run");
        if (node.has(4) || node.has(5) || node.has(6)) {
            throw new ModelException(
                    "it has keys or values of a run before; only whole sequences can be read");
        }
        node.mustBe("qk_matmul_output_mode", 0);
        node.hasNoEffect("softmax_precision"); // it is float32 or better
        boolean causal = node.flag("is_causal", false);
        float softcap = node.real("softcap", 0);
        int queryHeads = node.integer("q_num_heads", 0);
        int keyHeads = node.integer("kv_num_heads", 0);
        int rank = node.dims(0).rank();
        Value q = heads(node, "q", 0, queryHeads);
        Value k = heads(node, "k", 1, keyHeads);
        Value v = heads(node, "v", 2, keyHeads);
        Dims query = q.shape();
        Dims key = k.shape();
        float scale = node.real("scale", (float) (1 / Math.sqrt(query.get(3))));
        if (query.get(0) != key.get(0) || query.get(3) != key.get(3)
                || query.get(1) % key.get(1) != 0 || v.shape().get(1) != key.get(1)
                || v.shape().get(2) != key.get(2) || v.shape().get(0) != key.get(0)) {
            throw new ModelException("queries %s, keys %s and values %s don't go together"
                    .formatted(query, key, v.shape()));
        }
        int copies = query.get(1) / key.get(1);
        // heads that share their keys as rows of one matrix
        q = node.step("queries", new Op.Reshape(Dims.of(query.get(0), key.get(1),
                Math.multiplyExact(copies, query.get(2)), query.get(3))), q);
        Value scaled = node.step("scaled", new Op.Binary(Kind.MUL), q,
                node.constant("scale", scale));
        Value turned = node.step("turned", new Op.Transpose(List.of(0, 1, 3, 2)), k);
        Value scores = node.step("scores",
                new Op.Reshape(Dims.of(query.get(0), query.get(1), query.get(2), key.get(2))),
                node.step("products", new Op.MatrixProduct(), scaled, turned));
        if (causal) {
            scores = only(node, scores, "causal", triangle(node, query.get(2), key.get(2)));
        }
        if (node.has(3)) {
            Value mask = node.input(3);
            if (!Op.Binary.broadcast(scores.shape(), mask.shape()).equals(scores.shape())) {
                throw new ModelException("mask %s can't be repeated to the sizes of the scores, %s"
                        .formatted(mask.shape(), scores.shape()));
            }
            scores = mask.isInteger()
                    ? only(node, scores, "masked", mask)
                    : node.step("biased", new Op.Binary(Kind.ADD), scores, mask);
        }
        if (softcap != 0) {
            Value cap = node.constant("cap", softcap);
            Value bent = node.step("bent", Op.Elementwise.of(Function.TANH),
                    node.step("part", new Op.Binary(Kind.DIV), scores, cap));
            scores = node.step("capped", new Op.Binary(Kind.MUL), bent, cap);
        }
        Value weights = node.step("weights", new Op.Softmax(3), scores);
        Value rows = node.step("rows", new Op.Reshape(Dims.of(query.get(0), key.get(1),
                Math.multiplyExact(copies, query.get(2)), key.get(2))), weights);
        Value mixed = node.step("mixed", new Op.MatrixProduct(), rows, v);
        int width = v.shape().get(3);
        Value result = node.step("result",
                new Op.Reshape(Dims.of(query.get(0), query.get(1), query.get(2), width)), mixed);
        if (rank == 4) {
            node.alias(result);
            return;
        }
        node.result(
                new Op.Reshape(Dims.of(query.get(0), query.get(2),
                        Math.multiplyExact(query.get(1), width))),
                node.step("sideways", new Op.Transpose(List.of(0, 2, 1, 3)), result));
    }

    /** An input as {@code [batch, heads, length, width]}. */
    private static Value heads(NodeReader node, String what, int input, int heads) {
        Dims in = node.dims(input);
        if (in.rank() == 4) {
            return node.input(input);
        }
        if (in.rank() != 3 || heads < 1 || in.get(2) % heads != 0) {
            throw new ModelException(
                    "input %d is %s in %d heads; it must have 4 dimensions, or 3 of which the heads divide the last"
                            .formatted(input, in, heads));
        }
        Value apart = node.step(what + "-heads",
                new Op.Reshape(Dims.of(in.get(0), in.get(1), heads, in.get(2) / heads)),
                node.input(input));
        return node.step(what + "-first", new Op.Transpose(List.of(0, 2, 1, 3)), apart);
    }

    /** 1 where a query may look: at keys up to its own place. */
    private static Value triangle(NodeReader node, int queries, int keys) {
        node.spend((long) queries * keys);
        long[] seen = new long[Math.multiplyExact(queries, keys)];
        for (int i = 0; i < seen.length; i++) {
            seen[i] = i % keys <= i / keys ? 1 : 0;
        }
        return node.integers("seen", List.of(queries, keys), seen);
    }

    /** Scores where a mask isn't 0, and else so little that nothing is left of it. */
    private static Value only(NodeReader node, Value scores, String what, Value mask) {
        Value kept = node.step(what, new Op.Binary(Kind.MASK), scores, mask);
        Value hidden = node.step(what + "-hidden", new Op.Binary(Kind.MASK),
                node.constant(what + "-least", Float.NEGATIVE_INFINITY),
                node.not(what + "-away", mask));
        return node.step(what + "-scores", new Op.Binary(Kind.ADD), kept, hidden);
    }
}
