package dev.sepconv.io.onnx;

import dev.sepconv.Activation;
import dev.sepconv.Dims;
import dev.sepconv.Op;
import dev.sepconv.Op.Binary.Kind;
import dev.sepconv.Op.Elementwise.Function;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

// Over 400 lines, since it is a list of operators, a few lines each.
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
        all.put("Abs", node -> function(node, Function.ABS, 0));
        all.put("Atan", node -> function(node, Function.ATAN, 7));
        all.put("Ceil", node -> function(node, Function.CEIL, 0));
        all.put("Cos", node -> function(node, Function.COS, 7));
        all.put("Erf", node -> function(node, Function.ERF, 9));
        all.put("Floor", node -> function(node, Function.FLOOR, 0));
        all.put("Log", node -> function(node, Function.LOG, 0));
        all.put("Mish", node -> function(node, Function.MISH, 18));
        all.put("Neg", node -> function(node, Function.NEGATE, 0));
        all.put("Reciprocal", node -> function(node, Function.RECIPROCAL, 0));
        all.put("Round", node -> function(node, Function.ROUND, 11));
        all.put("Sign", node -> function(node, Function.SIGN, 9));
        all.put("Sin", node -> function(node, Function.SIN, 7));
        all.put("Softplus", node -> function(node, Function.SOFTPLUS, 0));
        all.put("Softsign", node -> function(node, Function.SOFTSIGN, 0));
        all.put("Elu", node -> node
                .result(new Op.Elementwise(Function.ELU, node.real("alpha", 1), 0), node.input(0)));
        all.put("Celu", node -> {
            node.since(12);
            node.result(new Op.Elementwise(Function.CELU, node.real("alpha", 1), 0), node.input(0));
        });
        all.put("Selu", Arithmetic::selu);
        all.put("Gelu", Arithmetic::gelu);
        all.put("Swish", Arithmetic::swish);
        all.put("ThresholdedRelu",
                node -> node.result(
                        new Op.Elementwise(Function.THRESHOLDED_RELU, node.real("alpha", 1), 0),
                        node.input(0)));
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
        all.put("ReduceMin", Arithmetic::reduceMin);
        all.put("ReduceL1", node -> reduceOf(node,
                x -> node.step("sizes", Op.Elementwise.of(Function.ABS), x)));
        all.put("ReduceSumSquare",
                node -> reduceOf(node, x -> node.step("squares", new Op.Binary(Kind.MUL), x, x)));
        all.put("ReduceL2", Arithmetic::reduceL2);
        all.put("ReduceLogSum", node -> reduceThen(node, Function.LOG, x -> x));
        all.put("ReduceLogSumExp", Arithmetic::reduceLogSumExp);
        all.put("Mean", Arithmetic::mean);
        all.put("LogSoftmax", Arithmetic::logSoftmax);
        all.put("Softmax", Arithmetic::softmax);
        all.put("Gemm", Arithmetic::gemm);
        all.put("MatMul", Arithmetic::matMul);
    }

    private static void function(NodeReader node, Function function, int since) {
        node.since(since);
        node.result(Op.Elementwise.of(function), node.input(0));
    }

    private static void selu(NodeReader node) {
        float alpha = node.real("alpha", 1.6732632f);
        float gamma = node.real("gamma", 1.050701f);
        Value elu = node.step("elu", new Op.Elementwise(Function.ELU, alpha, 0), node.input(0));
        node.result(new Op.Binary(Kind.MUL), elu, node.constant("gamma", gamma));
    }

    private static void gelu(NodeReader node) {
        node.since(20);
        String approximate = node.text("approximate", "none");
        node.result(Op.Elementwise.of(switch (approximate) {
            case "none" -> Function.GELU;
            case "tanh" -> Function.GELU_TANH;
            default ->
                throw new ModelException("attribute approximate is '%s'; it must be none or tanh"
                        .formatted(approximate));
        }), node.input(0));
    }

    private static void swish(NodeReader node) {
        node.since(24);
        float alpha = node.real("alpha", 1);
        if (alpha == 1) {
            node.result(Op.Elementwise.of(Function.SILU), node.input(0));
            return;
        }
        Value scaled = node.step("scaled", new Op.Binary(Kind.MUL), node.input(0),
                node.constant("alpha", alpha));
        Value gate = node.step("gate", Op.Elementwise.of(Function.SIGMOID), scaled);
        node.result(new Op.Binary(Kind.MUL), node.input(0), gate);
    }

    private static void clip(NodeReader node) {
        float least;
        float most;
        if (node.opset() < 11) {
            least = node.real("min", -Float.MAX_VALUE);
            most = node.real("max", Float.MAX_VALUE);
        } else {
            least = node.has(1) ? node.knownNumber(1, "min") : -Float.MAX_VALUE;
            most = node.has(2) ? node.knownNumber(2, "max") : Float.MAX_VALUE;
        }
        node.result(new Op.Elementwise(Function.CLIP, least, most), node.input(0));
    }

    /** Min and Max: against one known number a limit, else number by number. */
    private static void limit(NodeReader node, boolean fromBelow) {
        if (Folding.bothKnown(node)) {
            node.known(fromBelow
                    ? Folding.binary(node, Math::max, Math::max)
                    : Folding.binary(node, Math::min, Math::min));
            return;
        }
        List<Value> all = node.all();
        if (all.size() == 1) {
            node.alias(all.getFirst());
            return;
        }
        int known = all.getFirst() instanceof Value.Known ? 0 : 1;
        boolean limit = all.size() == 2 && all.get(known) instanceof Value.Known
                && node.dims(known).elements() == 1
                && node.dims(known).rank() <= node.dims(1 - known).rank();
        if (limit) {
            float number = node.knownNumber(known, "the limit");
            node.result(
                    new Op.Elementwise(Function.CLIP, fromBelow ? number : Float.NEGATIVE_INFINITY,
                            fromBelow ? Float.POSITIVE_INFINITY : number),
                    node.input(1 - known));
            return;
        }
        Op.Binary op = new Op.Binary(fromBelow ? Kind.MAX : Kind.MIN);
        Value so = all.getFirst();
        for (int i = 1; i < all.size() - 1; i++) {
            so = node.step("partial", op, so, all.get(i));
        }
        node.result(op, so, all.getLast());
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
        if (node.opset() >= 14 && node.flag("training_mode", false)) {
            standardised(node);
            return;
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

    /**
     * With the statistics of what goes in, which is how weights are standardised that the network
     * computes itself; of one image only, whose channels are normalised each.
     */
    private static void standardised(NodeReader node) {
        Dims in = node.dims(0);
        if (in.rank() < 3 || in.get(0) != 1) {
            throw new ModelException(
                    "attribute training_mode is 1 for input %s; it must be 0, or there must be one image"
                            .formatted(in));
        }
        node.hasNoEffect("momentum"); // statistics that aren't kept
        node.onlyOutputs(1, "statistics of training");
        Value normal = node.step("normal", new Op.Normalize(2, node.real("epsilon", 1e-5f), true),
                node.input(0));
        Normalizations.scaled(node, normal, Normalizations.perChannel(node, 1, in),
                Normalizations.perChannel(node, 2, in));
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
        if (Folding.bothKnown(node)) {
            OnnxTensor base = node.known(0, "the base");
            // the exponent may be of another type
            node.known(base instanceof OnnxTensor.Floats
                    ? Folding.powers(node, base)
                    : Folding.binary(node, (a, b) -> (long) Math.pow(a, b), Math::pow));
            return;
        }
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
        } else if (Float.isNaN(exponent)) {
            throw new ModelException("the exponent is an array; it must be one number");
        } else {
            node.result(new Op.Elementwise(Function.POWER, exponent, 0), node.input(0));
        }
    }

    private static void reduce(NodeReader node, Op.Reduce.Kind kind, int axesAsInput) {
        Optional<Op.Reduce> op = reduction(node, kind, axesAsInput);
        if (op.isPresent()) {
            node.result(op.get(), node.input(0));
        } else {
            node.alias(node.input(0));
        }
    }

    /** What the attributes ask for; empty where nothing is reduced. */
    private static Optional<Op.Reduce> reduction(NodeReader node, Op.Reduce.Kind kind,
            int axesAsInput) {
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
        return dimensions.isEmpty()
                ? Optional.empty()
                : Optional.of(new Op.Reduce(kind, List.copyOf(dimensions), keep));
    }

    /** The sum of what a first step makes of each number. */
    private static void reduceOf(NodeReader node, UnaryOperator<Value> first) {
        Optional<Op.Reduce> op = reduction(node, Op.Reduce.Kind.SUM, 18);
        Value each = first.apply(node.input(0));
        if (op.isPresent()) {
            node.result(op.get(), each);
        } else {
            node.alias(each);
        }
    }

    /** A function of the sum of what a first step makes of each number. */
    private static void reduceThen(NodeReader node, Function last, UnaryOperator<Value> first) {
        Optional<Op.Reduce> op = reduction(node, Op.Reduce.Kind.SUM, 18);
        Value each = first.apply(node.input(0));
        node.result(Op.Elementwise.of(last),
                op.isPresent() ? node.step("sum", op.get(), each) : each);
    }

    private static void reduceL2(NodeReader node) {
        reduceThen(node, Function.SQRT, x -> node.step("squares", new Op.Binary(Kind.MUL), x, x));
    }

    /** The least is the greatest of the negated numbers, negated. */
    private static void reduceMin(NodeReader node) {
        Optional<Op.Reduce> op = reduction(node, Op.Reduce.Kind.MAX, 18);
        if (op.isEmpty()) {
            node.alias(node.input(0));
            return;
        }
        Value negated = node.step("negated", Op.Elementwise.of(Function.NEGATE), node.input(0));
        node.result(Op.Elementwise.of(Function.NEGATE), node.step("greatest", op.get(), negated));
    }

    /** The greatest is taken off first, so that nothing overflows. */
    private static void reduceLogSumExp(NodeReader node) {
        Optional<Op.Reduce> op = reduction(node, Op.Reduce.Kind.SUM, 18);
        Value x = node.input(0);
        if (op.isEmpty()) {
            node.alias(x);
            return;
        }
        List<Integer> over = op.get().dimensions();
        Value greatest = node.step("greatest", new Op.Reduce(Op.Reduce.Kind.MAX, over, true), x);
        Value below = node.step("below", new Op.Binary(Kind.SUB), x, greatest);
        Value powers = node.step("powers", Op.Elementwise.of(Function.EXP), below);
        Value sum = node.step("sum", new Op.Reduce(Op.Reduce.Kind.SUM, over, true), powers);
        Value log = node.step("log", Op.Elementwise.of(Function.LOG), sum);
        Value all = node.step("all", new Op.Binary(Kind.ADD), log, greatest);
        node.result(new Op.Reshape(op.get().outputDims(List.of(node.dims(0)))), all);
    }

    private static void mean(NodeReader node) {
        List<Value> terms = node.all();
        Value sum = terms.getFirst();
        for (Value term : terms.subList(1, terms.size())) {
            sum = node.step("partial", new Op.Binary(Kind.ADD), sum, term);
        }
        node.result(new Op.Binary(Kind.DIV), sum, node.constant("count", terms.size()));
    }

    /** {@code x - log(sum(exp(x)))}, the greatest taken off first. */
    private static void logSoftmax(NodeReader node) {
        Dims in = node.dims(0);
        int axis = NodeReader.dimension(node.integer("axis", node.opset() < 13 ? 1 : -1),
                in.rank());
        List<Integer> over = node.opset() >= 13
                ? List.of(axis)
                : IntStream.range(axis, in.rank()).boxed().toList();
        Value x = node.input(0);
        Value greatest = node.step("greatest", new Op.Reduce(Op.Reduce.Kind.MAX, over, true), x);
        Value below = node.step("below", new Op.Binary(Kind.SUB), x, greatest);
        Value powers = node.step("powers", Op.Elementwise.of(Function.EXP), below);
        Value sum = node.step("sum", new Op.Reduce(Op.Reduce.Kind.SUM, over, true), powers);
        node.result(new Op.Binary(Kind.SUB), below,
                node.step("log", Op.Elementwise.of(Function.LOG), sum));
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

    static void gemm(NodeReader node) {
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

    static void matMul(NodeReader node) {
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
