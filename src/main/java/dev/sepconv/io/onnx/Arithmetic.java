package dev.sepconv.io.onnx;

import dev.sepconv.Activation;
import dev.sepconv.Dims;
import dev.sepconv.Op;
import dev.sepconv.Op.Binary.Kind;
import dev.sepconv.Op.Elementwise.Function;
import dev.sepconv.io.Printable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Operators that compute: number by number, sums, matrix products. */
final class Arithmetic {

    private static final Op.Elementwise RELU = Op.Elementwise.of(Function.RELU);

    private Arithmetic() {
    }

    static void addTo(Map<String, Operators.Operator> all) {
        all.put("Relu", node -> node.result(RELU, node.input(0)));
        all.put("Sigmoid", node -> node.result(Op.Elementwise.of(Function.SIGMOID), node.input(0)));
        all.put("Tanh", node -> node.result(Op.Elementwise.of(Function.TANH), node.input(0)));
        all.put("Exp", node -> node.result(Op.Elementwise.of(Function.EXP), node.input(0)));
        all.put("Sqrt", node -> node.result(Op.Elementwise.of(Function.SQRT), node.input(0)));
        all.put("HardSwish", node -> {
            node.since(14);
            node.result(Op.Elementwise.of(Function.HARD_SWISH), node.input(0));
        });
        all.put("LeakyRelu",
                node -> node.result(
                        new Op.Elementwise(Function.LEAKY_RELU, node.real("alpha", 0.01f), 0),
                        node.input(0)));
        all.put("HardSigmoid", node -> node.result(new Op.Elementwise(Function.HARD_SIGMOID,
                node.real("alpha", 0.2f), node.real("beta", 0.5f)), node.input(0)));
        all.put("Clip", Arithmetic::clip);
        all.put("PRelu", Arithmetic::prelu);
        all.put("BatchNormalization", Arithmetic::batchNormalization);
        all.put("Add", node -> node.result(new Op.Binary(Kind.ADD), node.input(0), node.input(1)));
        all.put("Sub", node -> node.result(new Op.Binary(Kind.SUB), node.input(0), node.input(1)));
        all.put("Mul", node -> node.result(new Op.Binary(Kind.MUL), node.input(0), node.input(1)));
        all.put("Div", node -> node.result(new Op.Binary(Kind.DIV), node.input(0), node.input(1)));
        all.put("Sum", Arithmetic::sum);
        all.put("Min", node -> limit(node, false));
        all.put("Max", node -> limit(node, true));
        all.put("Pow", Arithmetic::pow);
        all.put("ReduceMean", node -> reduce(node, Op.Reduce.Kind.MEAN, 18));
        all.put("ReduceMax", node -> reduce(node, Op.Reduce.Kind.MAX, 18));
        all.put("ReduceSum", node -> reduce(node, Op.Reduce.Kind.SUM, 13));
        all.put("Softmax", Arithmetic::softmax);
        all.put("Gemm", Arithmetic::gemm);
        all.put("MatMul", Arithmetic::matMul);
    }

    private static void clip(NodeReader node) {
        float least;
        float most;
        if (node.opset() < 11) {
            least = node.real("min", -Float.MAX_VALUE);
            most = node.real("max", Float.MAX_VALUE);
        } else {
            least = node.has(1) ? node.knownFloat(1, "min") : -Float.MAX_VALUE;
            most = node.has(2) ? node.knownFloat(2, "max") : Float.MAX_VALUE;
        }
        node.result(new Op.Elementwise(Function.CLIP, least, most), node.input(0));
    }

    /** Min and Max against one known number; against arrays there is no operation. */
    private static void limit(NodeReader node, boolean fromBelow) {
        if (node.inputs() == 1) {
            node.alias(node.input(0));
            return;
        }
        int known = node.input(0) instanceof Value.Known ? 0 : 1;
        if (node.inputs() != 2) {
            throw new ModelException("it compares %s; only one with a known number can be read"
                    .formatted(Printable.count(node.inputs(), "array")));
        }
        Dims in = node.dims(1 - known);
        float number = node.knownFloat(known, "the limit");
        if (node.dims(known).rank() > in.rank()) {
            throw new ModelException("the limit is %s; it must not have more dimensions than %s"
                    .formatted(node.dims(known), in));
        }
        node.result(new Op.Elementwise(Function.CLIP, fromBelow ? number : Float.NEGATIVE_INFINITY,
                fromBelow ? Float.POSITIVE_INFINITY : number), node.input(1 - known));
    }

    private static void prelu(NodeReader node) {
        Dims in = node.dims(0);
        Dims slope = node.dims(1);
        if (!Op.Binary.broadcast(in, slope).equals(in)) {
            throw new ModelException("slope %s can't be repeated to the sizes of the input, %s"
                    .formatted(slope, in));
        }
        int channel = slope.rank() - in.rank() + 1; // where the slope's channels stand
        boolean perChannel = node.input(1) instanceof Value.Known && in.rank() >= 2
                && (slope.elements() == 1
                        || channel >= 0 && slope.elements() == slope.get(channel));
        if (perChannel) {
            float[] slopes = node.knownFloats(1, "slope");
            if (slopes.length == 1) {
                node.spend(in.get(1));
                float[] repeated = new float[in.get(1)];
                Arrays.fill(repeated, slopes[0]);
                slopes = repeated;
            }
            node.result(new Op.PRelu(slopes), node.input(0));
            return;
        }
        // max(x, 0) - slope * max(-x, 0)
        Value positive = node.step("positive", RELU, node.input(0));
        Value negated = node.step("negated", new Op.Binary(Kind.MUL), node.input(0),
                node.constant("minus-one", -1));
        Value negative = node.step("negative", RELU, negated);
        Value scaled = node.step("scaled", new Op.Binary(Kind.MUL), negative, node.input(1));
        node.result(new Op.Binary(Kind.SUB), positive, scaled);
    }

    private static void batchNormalization(NodeReader node) {
        if (node.opset() < 9) {
            node.mustBe("spatial", 1);
        }
        if (node.opset() >= 14) {
            node.mustBe("training_mode", 0);
        }
        node.hasNoEffect("momentum"); // only training uses it
        node.onlyOutputs(1, "statistics of training");
        Dims in = node.dims(0);
        if (in.rank() < 2) {
            throw new ModelException("input %s has no channels (dimension 1)".formatted(in));
        }
        node.spend(2L * in.get(1));
        node.result(Op.ScaleShift.batchNormalization(node.knownFloats(1, "scale"),
                node.knownFloats(2, "B"), node.knownFloats(3, "mean"), node.knownFloats(4, "var"),
                node.real("epsilon", 1e-5f)), node.input(0));
    }

    private static void sum(NodeReader node) {
        List<Value> terms = node.all();
        if (terms.size() == 1) {
            node.alias(terms.getFirst());
            return;
        }
        Value sum = terms.getFirst();
        for (int i = 1; i < terms.size() - 1; i++) {
            sum = node.step("partial", new Op.Binary(Kind.ADD), sum, terms.get(i));
        }
        node.result(new Op.Binary(Kind.ADD), sum, terms.getLast());
    }

    private static void pow(NodeReader node) {
        float exponent = node.known(1, "the exponent") instanceof OnnxTensor.Integers
                ? node.knownIntegers(1, "the exponent").length == 1
                        ? node.knownIntegers(1, "the exponent")[0]
                        : Float.NaN
                : node.knownFloat(1, "the exponent");
        if (node.dims(1).rank() > node.dims(0).rank()) {
            throw new ModelException("the exponent is %s; it must not have more dimensions than %s"
                    .formatted(node.dims(1), node.dims(0)));
        }
        if (exponent == 1) {
            node.alias(node.input(0));
        } else if (exponent == 2) {
            node.result(new Op.Binary(Kind.MUL), node.input(0), node.input(0));
        } else if (exponent == 3) {
            node.result(new Op.Binary(Kind.MUL),
                    node.step("square", new Op.Binary(Kind.MUL), node.input(0), node.input(0)),
                    node.input(0));
        } else if (exponent == 0.5f) {
            node.result(Op.Elementwise.of(Function.SQRT), node.input(0));
        } else {
            throw new ModelException(
                    "the exponent is %s; only one number of 0.5, 1, 2 or 3 can be read"
                            .formatted(Float.isNaN(exponent) ? "an array" : exponent));
        }
    }

    private static void reduce(NodeReader node, Op.Reduce.Kind kind, int axesAsInput) {
        int rank = node.dims(0).rank();
        long[] axes = node.axes(1, axesAsInput, rank);
        boolean keep = node.flag("keepdims", true);
        boolean none = node.opset() >= axesAsInput && node.flag("noop_with_empty_axes", false);
        TreeSet<Integer> dimensions = new TreeSet<>();
        if (axes == null || axes.length == 0) {
            if (!none) {
                IntStream.range(0, rank).forEach(dimensions::add);
            }
        } else {
            Arrays.stream(axes).forEach(axis -> dimensions.add(NodeReader.dimension(axis, rank)));
        }
        if (dimensions.isEmpty()) {
            node.alias(node.input(0));
        } else {
            node.result(new Op.Reduce(kind, List.copyOf(dimensions), keep), node.input(0));
        }
    }

    /**
     * Before operator set 13 all dimensions from the axis on are one; since then it is one
     * dimension.
     */
    private static void softmax(NodeReader node) {
        Dims in = node.dims(0);
        int axis = NodeReader.dimension(node.integer("axis", node.opset() < 13 ? 1 : -1),
                in.rank());
        if (node.opset() >= 13 || in.get(axis) == in.product(axis, in.rank())) {
            node.result(new Op.Softmax(axis), node.input(0));
            return;
        }
        Value flat = node.step("flat",
                new Op.Reshape(Dims.of(in.product(0, axis), in.product(axis, in.rank()))),
                node.input(0));
        node.result(new Op.Reshape(in), node.step("softmax", new Op.Softmax(1), flat));
    }

    private static void gemm(NodeReader node) {
        Dims a = node.dims(0);
        Dims b = node.dims(1);
        if (a.rank() != 2 || b.rank() != 2) {
            throw new ModelException(
                    "inputs are %s and %s; both must have 2 dimensions".formatted(a, b));
        }
        float alpha = node.real("alpha", 1);
        float beta = node.real("beta", 1);
        boolean flipA = node.flag("transA", false);
        boolean flipB = node.flag("transB", false);
        int inner = b.get(flipB ? 1 : 0);
        int columns = b.get(flipB ? 0 : 1);
        int rows = a.get(flipA ? 1 : 0);
        if (a.get(flipA ? 0 : 1) != inner) {
            throw new ModelException("inputs %s and %s can't be multiplied%s".formatted(a, b,
                    flipA || flipB ? " with transA %b and transB %b".formatted(flipA, flipB) : ""));
        }
        Dims c = node.has(2) ? node.dims(2) : null;
        Dims result = Dims.of(rows, columns);
        if (c != null && !Op.Binary.broadcast(result, c).equals(result)) {
            throw new ModelException(
                    "input 2 is %s; it can't be repeated to %s".formatted(c, result));
        }
        boolean biasPerColumn = c == null || node.input(2) instanceof Value.Known
                && (c.elements() == 1 || c.elements() == columns && c.get(c.rank() - 1) == columns);
        Value left = flipA
                ? node.step("transposed", new Op.Transpose(List.of(1, 0)), node.input(0))
                : node.input(0);
        if (node.input(1) instanceof Value.Known && biasPerColumn) {
            float[] weight = scaled(node, rows(node, 1, flipB), alpha);
            float[] bias = c == null
                    ? null
                    : scaled(node, repeated(node, node.knownFloats(2, "input 2"), columns), beta);
            node.result(new Op.FullyConnected(columns, weight, bias, Activation.NONE), left);
            return;
        }
        Value right = flipB
                ? node.step("weight", new Op.Transpose(List.of(1, 0)), node.input(1))
                : node.input(1);
        if (alpha == 1 && c == null) {
            node.result(new Op.MatrixProduct(), left, right);
            return;
        }
        Value product = node.step("product", new Op.MatrixProduct(), left, right);
        Value addend = c == null || beta == 1
                ? c == null ? null : node.input(2)
                : node.step("addend", new Op.Binary(Kind.MUL), node.input(2),
                        node.constant("beta", beta));
        if (c == null) {
            node.result(new Op.Binary(Kind.MUL), product, node.constant("alpha", alpha));
            return;
        }
        if (alpha != 1) {
            product = node.step("scaled", new Op.Binary(Kind.MUL), product,
                    node.constant("alpha", alpha));
        }
        node.result(new Op.Binary(Kind.ADD), product, addend);
    }

    private static float[] repeated(NodeReader node, float[] numbers, int count) {
        if (numbers.length == count) {
            return numbers;
        }
        node.spend(count);
        float[] all = new float[count];
        Arrays.fill(all, numbers[0]);
        return all;
    }

    private static float[] scaled(NodeReader node, float[] numbers, float factor) {
        if (factor == 1) {
            return numbers;
        }
        node.spend(numbers.length);
        float[] scaled = new float[numbers.length];
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = numbers[i] * factor;
        }
        return scaled;
    }

    /** A known matrix as rows of inputs, {@code [outputs, inputs]}. */
    private static float[] rows(NodeReader node, int input, boolean alreadyRows) {
        float[] matrix = node.knownFloats(input, "the matrix");
        if (alreadyRows) {
            return matrix;
        }
        node.spend(matrix.length);
        int inner = node.dims(input).get(0);
        int outer = node.dims(input).get(1);
        float[] rows = new float[matrix.length];
        for (int i = 0; i < inner; i++) {
            for (int o = 0; o < outer; o++) {
                rows[o * inner + i] = matrix[i * outer + o];
            }
        }
        return rows;
    }

    private static void matMul(NodeReader node) {
        Dims a = node.dims(0);
        Dims b = node.dims(1);
        if (a.rank() < 1 || b.rank() < 1) {
            throw new ModelException(
                    "inputs are %s and %s; a single number can't be multiplied as a matrix"
                            .formatted(a, b));
        }
        if (a.get(a.rank() - 1) != b.get(Math.max(b.rank() - 2, 0))) {
            throw new ModelException("inputs %s and %s can't be multiplied".formatted(a, b));
        }
        if (b.rank() == 2 && node.input(1) instanceof Value.Known) {
            node.result(
                    new Op.FullyConnected(b.get(1), rows(node, 1, false), null, Activation.NONE),
                    node.input(0));
            return;
        }
        if (a.rank() > 1 && b.rank() > 1) {
            node.result(new Op.MatrixProduct(), node.input(0), node.input(1));
            return;
        }
        // A vector is a row on the left and a column on the right, and that dimension isn't in the
        // result.
        Value left = a.rank() > 1
                ? node.input(0)
                : node.step("row", new Op.Reshape(Dims.of(1, a.get(0))), node.input(0));
        Value right = b.rank() > 1
                ? node.input(1)
                : node.step("column", new Op.Reshape(Dims.of(b.get(0), 1)), node.input(1));
        Value product = node.step("product", new Op.MatrixProduct(), left, right);
        Dims sizes = product.shape();
        int keepTo = sizes.rank() - (a.rank() > 1 ? 1 : 2);
        List<Integer> front = sizes.sizes().subList(0, keepTo);
        Dims result = b.rank() > 1
                ? new Dims(IntStream
                        .concat(front.stream().mapToInt(i -> i), IntStream.of(b.get(b.rank() - 1)))
                        .boxed().toList())
                : new Dims(front);
        node.result(new Op.Reshape(result), product);
    }
}
