package dev.sepconv.io.onnx;

import dev.sepconv.Dims;
import dev.sepconv.Op;
import dev.sepconv.Op.Binary.Kind;
import dev.sepconv.Op.Elementwise.Function;
import dev.sepconv.io.Printable;
import dev.sepconv.io.onnx.OnnxProto.DataType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

// Over 400 lines, since it is a list of operators, all by the same few rules of rounding and zero
// points.
/**
 * Quantised numbers: whole numbers q that stand for {@code (q - zero point) * scale}. When the
 * network runs they are float32, which has each of them. What goes to them and from them is
 * computed as the standard has it, bit for bit; layers between are computed with the real numbers
 * that they stand for, in float32, so that a result may be one step off where it lies half way.
 */
final class Quantization {

    private static final Op.Elementwise ROUND = new Op.Elementwise(Function.QUANTIZE, 1, 0);
    private static final Op.Binary ADD = new Op.Binary(Kind.ADD);
    private static final Op.Binary SUB = new Op.Binary(Kind.SUB);
    private static final Op.Binary MUL = new Op.Binary(Kind.MUL);
    private static final Op.Binary DIV = new Op.Binary(Kind.DIV);

    private Quantization() {
    }

    static void addTo(Map<String, Operators.Operator> all) {
        all.put("QuantizeLinear", Quantization::quantizeLinear);
        all.put("DequantizeLinear", Quantization::dequantizeLinear);
        all.put("DynamicQuantizeLinear", Quantization::dynamicQuantizeLinear);
        all.put("QLinearConv", Quantization::qLinearConv);
        all.put("QLinearMatMul", Quantization::qLinearMatMul);
        all.put("ConvInteger", Quantization::convInteger);
        all.put("MatMulInteger", Quantization::matMulInteger);
    }

    /** What ONNX Runtime's quantiser and optimizer write. */
    static void addMicrosoftTo(Map<String, Operators.Operator> all) {
        all.put("QuantizeLinear", Quantization::quantizeLinear);
        all.put("DequantizeLinear", Quantization::dequantizeLinear);
        all.put("QLinearAdd", node -> qLinearOfTwo(node, ADD));
        all.put("QLinearMul", node -> qLinearOfTwo(node, MUL));
        all.put("QLinearConcat", Quantization::qLinearConcat);
        all.put("QLinearAveragePool", node -> qLinearOfOne(node, inner -> Windows.pool(inner,
                Op.Pool.Kind.AVERAGE, inner.flag("count_include_pad", false))));
        all.put("QLinearGlobalAveragePool", node -> qLinearOfOne(node,
                inner -> Windows.globalPool(inner, Op.Reduce.Kind.MEAN)));
        all.put("QLinearSigmoid", node -> qLinearOfOne(node,
                inner -> inner.result(Op.Elementwise.of(Function.SIGMOID), inner.input(0))));
        all.put("QLinearLeakyRelu",
                node -> qLinearOfOne(node, inner -> inner.result(
                        new Op.Elementwise(Function.LEAKY_RELU, inner.real("alpha", 0.01f), 0),
                        inner.input(0))));
        all.put("QLinearSoftmax", node -> qLinearOfOne(node, Quantization::softmax));
        all.put("QGemm", Quantization::qGemm);
        all.put("MatMulIntegerToFloat", node -> product(node, real(node, "a", 0, 2, 4, -1),
                real(node, "b", 1, 3, 5, -1), 6));
        all.put("DynamicQuantizeMatMul", node -> product(node,
                Dynamic.of(node, node.input(0)).real(node), real(node, "b", 1, 2, 3, -1), 4));
    }

    // Scales and zero points.

    /** How numbers are spread: one scale and zero point, or one of each for each of several. */
    private record Grid(float[] scale, long[] zero, int type) {

        /**
         * Known ones.
         *
         * @param zeroAt which input has the zero points; it may be missing
         * @param otherwise the type where it is missing
         */
        static Grid of(NodeReader node, int scaleAt, int zeroAt, int otherwise) {
            float[] scale = node.knownFloats(scaleAt, "the scale");
            for (float each : scale) {
                if (!(each > 0) || Float.isInfinite(each)) {
                    throw new ModelException("the scale ('%s') is %s; it must be above 0 and finite"
                            .formatted(node.inputName(scaleAt), each));
                }
            }
            if (!node.has(zeroAt)) {
                return new Grid(scale, new long[scale.length], otherwise);
            }
            OnnxTensor.Integers zero = zeroPoint(node, zeroAt);
            if (zero.count() != scale.length) {
                throw new ModelException(
                        "the scale has %s and the zero point %d; they must have as many"
                                .formatted(Printable.count(scale.length, "number"), zero.count()));
            }
            zero.exactFloats("the zero point");
            return new Grid(scale, zero.data(), zero.type());
        }

        boolean isOne() {
            return scale.length == 1;
        }

        boolean isCentred() {
            return IntStream.range(0, zero.length).allMatch(i -> zero[i] == 0);
        }

        float least() {
            return switch (type) {
                case DataType.UINT8, DataType.UINT16 -> 0;
                case DataType.INT8 -> Byte.MIN_VALUE;
                case DataType.INT16 -> Short.MIN_VALUE;
                default -> throw new ModelException(
                        "numbers would be quantised to %s; only int8, uint8, int16 and uint16 can be"
                                .formatted(OnnxTensor.typeName(type)));
            };
        }

        float most() {
            return switch (type) {
                case DataType.UINT8 -> 255;
                case DataType.UINT16 -> 65_535;
                case DataType.INT8 -> Byte.MAX_VALUE;
                default -> Short.MAX_VALUE;
            };
        }

        Op.Elementwise clip() {
            return new Op.Elementwise(Function.CLIP, least(), most());
        }

        float zero(int i) {
            return zero[i];
        }

        float[] zeros() {
            float[] zeros = new float[zero.length];
            for (int i = 0; i < zeros.length; i++) {
                zeros[i] = zero[i];
            }
            return zeros;
        }
    }

    private static OnnxTensor.Integers zeroPoint(NodeReader node, int input) {
        if (node.known(input, "the zero point") instanceof OnnxTensor.Integers zero) {
            return zero;
        }
        throw new ModelException(
                "the zero point ('%s') is of a float type; only integers can be read"
                        .formatted(node.inputName(input)));
    }

    /**
     * Where a scale's numbers belong.
     *
     * @param axis the dimension of which each index has its own; it doesn't matter if there is one
     * @param block how many neighbours along the axis share one; 0 where scales have one dimension
     */
    private record Spread(int axis, int block) {

        /**
         * The number for each element of an array, by its place in the scale or zero point.
         *
         * @param what which of the two it is
         */
        int[] scaleIndices(NodeReader node, List<Integer> sizes, int input, String what,
                int count) {
            List<Integer> given = node.input(input).sizes();
            int along = NodeReader.dimension(axis, sizes.size());
            int inner = sizes.subList(along + 1, sizes.size()).stream().reduce(1,
                    Math::multiplyExact);
            int size = sizes.get(along);
            int blocks = block == 0 ? size : Math.ceilDiv(size, block);
            List<Integer> wanted = block == 0 ? List.of(size) : new ArrayList<>(sizes);
            if (block != 0) {
                wanted.set(along, blocks);
            }
            if (!given.equals(wanted)) {
                throw new ModelException(
                        "%s is %s; for an array of %s along dimension %d it must be one number or %s"
                                .formatted(what, given, sizes, along, wanted));
            }
            int[] scaleIndices = new int[count];
            for (int i = 0; i < count; i++) {
                int index = i / inner % size;
                scaleIndices[i] = block == 0
                        ? index
                        : (i / inner / size * blocks + index / block) * inner + i % inner;
            }
            return scaleIndices;
        }
    }

    private static void requireIntegers(NodeReader node, int input) {
        if (!node.input(input).isInteger()) {
            throw new ModelException(
                    "input '%s' is of a float type; only integers can be dequantised"
                            .formatted(node.inputName(input)));
        }
        if (node.input(input) instanceof Value.Known known) {
            for (long number : ((OnnxTensor.Integers) known.tensor()).data()) {
                if (number != (int) number) {
                    throw new ModelException("'%s' has %d; what is dequantised has 32 bits at most"
                            .formatted(node.inputName(input), number));
                }
            }
        }
    }

    /** The last step is the node's result where it has no name. */
    private static Value put(NodeReader node, String what, Op op, Value... from) {
        if (what != null) {
            return node.step(what, op, from);
        }
        node.result(op, from);
        return null;
    }

    /** {@link #real(NodeReader, String, int, int, int, Spread)} without blocks. */
    private static Value real(NodeReader node, String what, int input, int scaleAt, int zeroAt,
            int axis) {
        return real(node, what, input, scaleAt, zeroAt, new Spread(axis, 0));
    }

    /**
     * What quantised numbers stand for.
     *
     * @param what completes the name; null where it is the node's result
     */
    private static Value real(NodeReader node, String what, int input, int scaleAt, int zeroAt,
            Spread spread) {
        requireIntegers(node, input);
        Value x = node.input(input);
        if (node.input(scaleAt) instanceof Value.Computed scale) {
            Value moved = node.has(zeroAt) ? node.step("moved", SUB, x, onlyOne(node, zeroAt)) : x;
            return put(node, what, MUL, floats(moved), onlyOne(node, scaleAt));
        }
        Grid grid = Grid.of(node, scaleAt, zeroAt, DataType.UINT8);
        if (x instanceof Value.Known known) {
            OnnxTensor.Floats real = real(node, (OnnxTensor.Integers) known.tensor(), grid, scaleAt,
                    spread);
            if (what != null) {
                return node.constant(what, real);
            }
            node.known(real);
            return null;
        }
        if (grid.isOne()) {
            return put(node, what,
                    new Op.Elementwise(Function.DEQUANTIZE, grid.scale()[0], grid.zero(0)), x);
        }
        Dims dims = perIndex(node, x, grid, scaleAt, spread);
        Value moved = grid.isCentred()
                ? x
                : node.step("moved", SUB, x,
                        node.constant("zero", new OnnxTensor.Floats(dims.sizes(), grid.zeros())));
        return put(node, what, MUL, floats(moved),
                node.constant("scale", new OnnxTensor.Floats(dims.sizes(), grid.scale())));
    }

    private static OnnxTensor.Floats real(NodeReader node, OnnxTensor.Integers x, Grid grid,
            int scaleAt, Spread spread) {
        int[] scaleIndices = grid.isOne()
                ? null
                : spread.scaleIndices(node, x.sizes(), scaleAt, "the scale", x.count());
        node.spend(x.count());
        float[] real = new float[x.count()];
        for (int i = 0; i < real.length; i++) {
            int at = scaleIndices == null ? 0 : scaleIndices[i];
            real[i] = (float) (x.data()[i] - grid.zero()[at]) * grid.scale()[at];
        }
        return new OnnxTensor.Floats(x.sizes(), real);
    }

    /** Sizes under which one number for each index of an axis is repeated over an array. */
    private static Dims perIndex(NodeReader node, Value x, Grid grid, int scaleAt, Spread spread) {
        if (spread.block() != 0) {
            throw new ModelException(
                    "'%s' is computed when the network runs; only constants can be quantised in blocks"
                            .formatted(x.name()));
        }
        Dims dims = x.shape();
        spread.scaleIndices(node, dims.sizes(), scaleAt, "the scale", 0);
        List<Integer> sizes = new ArrayList<>(Collections.nCopies(dims.rank(), 1));
        sizes.set(NodeReader.dimension(spread.axis(), dims.rank()), grid.scale().length);
        return new Dims(sizes);
    }

    private static Value onlyOne(NodeReader node, int input) {
        if (node.dims(input).elements() != 1) {
            throw new ModelException(
                    "'%s' is %s and is computed when the network runs; it must be one number"
                            .formatted(node.inputName(input), node.dims(input)));
        }
        return node.dims(input).rank() == 0
                ? node.input(input)
                : node.step("number", new Op.Reshape(Dims.of()), node.input(input));
    }

    private static Value floats(Value value) {
        return value instanceof Value.Computed computed ? computed.as(false) : value;
    }

    /** Makes the node's result of real numbers, by a scale and a zero point of one number each. */
    private static void quantized(NodeReader node, Value real, int scaleAt, int zeroAt) {
        quantized(node, real, scaleAt, zeroAt, DataType.UINT8, new Spread(1, 0));
    }

    private static void quantized(NodeReader node, Value real, int scaleAt, int zeroAt,
            int otherwise, Spread spread) {
        if (node.input(scaleAt) instanceof Value.Computed) {
            if (node.has(zeroAt) && node.input(zeroAt) instanceof Value.Known) {
                int type = zeroPoint(node, zeroAt).type();
                Grid range = new Grid(new float[0], new long[0], type);
                saturated(node, real, onlyOne(node, scaleAt), zeroOf(node, zeroAt), range);
                return;
            }
            Grid range = new Grid(new float[0], new long[0], otherwise);
            saturated(node, real, onlyOne(node, scaleAt),
                    node.has(zeroAt) ? onlyOne(node, zeroAt) : null, range);
            return;
        }
        Grid grid = Grid.of(node, scaleAt, zeroAt, otherwise);
        grid.least(); // refuses what is no type to quantise to
        if (real instanceof Value.Known known) {
            node.known(quantized(node, known.tensor().exactFloats("'%s'".formatted(known.name())),
                    grid, scaleAt, spread));
        } else if (grid.isOne()) {
            node.result(grid.clip(), node.step("steps",
                    new Op.Elementwise(Function.QUANTIZE, grid.scale()[0], grid.zero(0)), real));
        } else {
            Dims dims = perIndex(node, real, grid, scaleAt, spread);
            saturated(node, real,
                    node.constant("scale", new OnnxTensor.Floats(dims.sizes(), grid.scale())),
                    grid.isCentred()
                            ? null
                            : node.constant("zero",
                                    new OnnxTensor.Floats(dims.sizes(), grid.zeros())),
                    grid);
        }
    }

    private static Value zeroOf(NodeReader node, int zeroAt) {
        OnnxTensor.Floats zero = zeroPoint(node, zeroAt).exactFloats("the zero point");
        if (zero.count() != 1) {
            throw new ModelException("the zero point has %s; it must be one"
                    .formatted(Printable.count(zero.count(), "number")));
        }
        return zero.data()[0] == 0 ? null : node.constant("zero", zero.data()[0]);
    }

    private static void saturated(NodeReader node, Value real, Value scale, Value zero,
            Grid range) {
        Value steps = node.step("steps", ROUND, node.step("scaled", DIV, real, scale));
        node.result(range.clip(), zero == null ? steps : node.step("moved", ADD, steps, zero));
    }

    private static OnnxTensor.Integers quantized(NodeReader node, OnnxTensor.Floats x, Grid grid,
            int scaleAt, Spread spread) {
        int[] scaleIndices = grid.isOne()
                ? null
                : spread.scaleIndices(node, x.sizes(), scaleAt, "the scale", x.count());
        node.spend(x.count());
        long[] steps = new long[x.count()];
        for (int i = 0; i < steps.length; i++) {
            int at = scaleIndices == null ? 0 : scaleIndices[i];
            double nearest = Math.rint(x.data()[i] / grid.scale()[at]) + grid.zero()[at];
            steps[i] = (long) Math.clamp(nearest, grid.least(), grid.most());
        }
        return new OnnxTensor.Integers(x.sizes(), steps, grid.type());
    }

    // ONNX's own operators.

    private static Spread spread(NodeReader node) {
        int axis = node.opset() < 13 ? 1 : node.integer("axis", 1);
        int block = node.opset() < 21 ? 0 : node.integer("block_size", 0);
        if (block < 0) {
            throw new ModelException(
                    "attribute block_size is %d; it must be at least 0".formatted(block));
        }
        return new Spread(axis, block);
    }

    private static void quantizeLinear(NodeReader node) {
        node.hasNoEffect("saturate"); // it is about 8-bit floats, which are refused
        node.hasNoEffect("axis"); // of one scale, where the operator set has no others
        if (node.opset() >= 23) {
            node.mustBe("precision", DataType.FLOAT);
        }
        int type = node.opset() < 21 ? 0 : node.integer("output_dtype", 0);
        quantized(node, floats(node.input(0)), 1, 2, type == 0 ? DataType.UINT8 : type,
                spread(node));
    }

    private static void dequantizeLinear(NodeReader node) {
        node.hasNoEffect("axis");
        if (node.opset() >= 23) {
            node.hasNoEffect("output_dtype"); // all floats are float32 here
        }
        real(node, null, 0, 1, 2, spread(node));
    }

    /** Numbers spread over 0 to 255 when the network runs. */
    private record Dynamic(Value steps, Value scale, Value zero) {

        /** {@code steps} isn't clipped yet. */
        static Dynamic of(NodeReader node, Value x) {
            Op.Elementwise notBelow = new Op.Elementwise(Function.CLIP, 0, Float.POSITIVE_INFINITY);
            Value most = node.step("most", notBelow, greatest(node, "greatest", x));
            Value least = node.step("least", notBelow, greatest(node, "deepest",
                    node.step("negated", Op.Elementwise.of(Function.NEGATE), x)));
            Value range = node.step("range", ADD, most, least);
            // where all is 0 the scale is 1
            Value flat = node.step("flat", SUB, node.constant("one", 1),
                    node.step("sign", Op.Elementwise.of(Function.SIGN), range));
            Value scale = node.step("scale", ADD,
                    node.step("step", DIV, range, node.constant("steps", 255)), flat);
            Op.Elementwise clip = new Op.Elementwise(Function.CLIP, 0, 255);
            Value zero = node.step("zero", clip,
                    node.step("zero", ROUND, node.step("below", DIV, least, scale)));
            Value steps = node.step("moved", ADD,
                    node.step("steps", ROUND, node.step("scaled", DIV, x, scale)), zero);
            return new Dynamic(steps, scale, zero);
        }

        private static Value greatest(NodeReader node, String what, Value x) {
            int rank = x.shape().rank();
            return rank == 0
                    ? x
                    : node.step(what, new Op.Reduce(Op.Reduce.Kind.MAX,
                            IntStream.range(0, rank).boxed().toList(), false), x);
        }

        /** The real numbers that the quantised ones stand for. */
        Value real(NodeReader node) {
            Value clipped = node.step("clipped", new Op.Elementwise(Function.CLIP, 0, 255), steps);
            return node.step("a", MUL, floats(node.step("centred", SUB, clipped, zero)), scale);
        }
    }

    private static void dynamicQuantizeLinear(NodeReader node) {
        node.since(11);
        Dynamic dynamic = Dynamic.of(node, node.input(0));
        Op.Reshape one = new Op.Reshape(Dims.of());
        node.result(0, new Op.Elementwise(Function.CLIP, 0, 255), List.of(dynamic.steps()));
        if (node.wants(1)) {
            node.result(1, one, List.of(dynamic.scale()));
        }
        if (node.wants(2)) {
            node.result(2, one, List.of(dynamic.zero()));
        }
    }

    /** A bias of int32, which has the product of two scales. */
    private static Value bias(NodeReader node, int input, int first, int second) {
        if (!node.has(input)) {
            return null;
        }
        if (!(node.known(input, "the bias") instanceof OnnxTensor.Integers bias)) {
            throw new ModelException("the bias ('%s') is of a float type; it must be int32"
                    .formatted(node.inputName(input)));
        }
        Grid left = Grid.of(node, first, node.inputs(), DataType.UINT8);
        Grid right = Grid.of(node, second, node.inputs(), DataType.UINT8);
        if (!left.isOne() || !right.isOne() && right.scale().length != bias.count()) {
            throw new ModelException(
                    "the bias has %s and the scales %d and %d; the first must be one number, the second one or as many"
                            .formatted(Printable.count(bias.count(), "number"), left.scale().length,
                                    right.scale().length));
        }
        float[] real = new float[bias.count()];
        for (int i = 0; i < real.length; i++) {
            real[i] = (float) ((double) bias.data()[i] * left.scale()[0]
                    * right.scale()[right.isOne() ? 0 : i]);
        }
        return node.constant("bias", new OnnxTensor.Floats(bias.sizes(), real));
    }

    private static void qLinearConv(NodeReader node) {
        node.since(10);
        Value conv = node.inner("conv", Windows::conv, real(node, "x", 0, 1, 2, 1),
                real(node, "w", 3, 4, 5, 0), bias(node, 8, 1, 4));
        quantized(node, conv, 6, 7);
    }

    private static void qLinearMatMul(NodeReader node) {
        node.since(10);
        Value product = node.inner("product", Arithmetic::matMul, real(node, "a", 0, 1, 2, -2),
                real(node, "b", 3, 4, 5, -1));
        quantized(node, product, 6, 7);
    }

    /** Integers less their zero point, as such. */
    private static Value moved(NodeReader node, String what, int input, int zeroAt, int axis) {
        requireIntegers(node, input);
        Value x = node.input(input);
        if (x instanceof Value.Known known) {
            OnnxTensor.Integers numbers = (OnnxTensor.Integers) known.tensor();
            long[] zero = node.has(zeroAt)
                    ? node.knownIntegers(zeroAt, "the zero point")
                    : new long[1];
            int[] scaleIndices = zero.length == 1
                    ? null
                    : new Spread(axis, 0).scaleIndices(node, numbers.sizes(), zeroAt,
                            "the zero point", numbers.count());
            node.spend(numbers.count());
            long[] less = new long[numbers.count()];
            for (int i = 0; i < less.length; i++) {
                less[i] = numbers.data()[i] - zero[scaleIndices == null ? 0 : scaleIndices[i]];
            }
            return node.constant(what,
                    new OnnxTensor.Integers(numbers.sizes(), less).exactFloats(what));
        }
        if (!node.has(zeroAt)) {
            return x;
        }
        Value zero = node.input(zeroAt) instanceof Value.Known
                ? zeroOf(node, zeroAt)
                : onlyOne(node, zeroAt);
        return zero == null ? x : node.step(what, SUB, x, zero);
    }

    private static void convInteger(NodeReader node) {
        node.since(10);
        node.innerResult(Windows::conv, moved(node, "x", 0, 2, 1), moved(node, "w", 1, 3, 0));
    }

    private static void matMulInteger(NodeReader node) {
        node.since(10);
        node.innerResult(Arithmetic::matMul, moved(node, "a", 0, 2, -2),
                moved(node, "b", 1, 3, -1));
    }

    // ONNX Runtime's.

    private static void qLinearOfTwo(NodeReader node, Op.Binary op) {
        quantized(node,
                node.step("result", op, real(node, "a", 0, 1, 2, 1), real(node, "b", 3, 4, 5, 1)),
                6, 7);
    }

    private static void qLinearOfOne(NodeReader node, Operators.Operator operator) {
        node.mustBe("channels_last", 0);
        quantized(node, node.inner("result", operator, real(node, "x", 0, 1, 2, 1)), 3, 4);
    }

    private static void softmax(NodeReader node) {
        Dims in = node.dims(0);
        int since = node.integer("opset", 13);
        int axis = NodeReader.dimension(node.integer("axis", -1), in.rank());
        if (since < 13 && axis != in.rank() - 1) {
            throw new ModelException(
                    "attribute opset is %d and axis %d of %s; before 13 only the last axis can be read"
                            .formatted(since, axis, in));
        }
        node.result(new Op.Softmax(axis), node.input(0));
    }

    private static void qLinearConcat(NodeReader node) {
        List<Value> parts = new ArrayList<>();
        if (node.inputs() < 5 || node.inputs() % 3 != 2) {
            throw new ModelException("it has %s; it must have two and three for each array"
                    .formatted(Printable.count(node.inputs(), "input")));
        }
        for (int i = 2; i < node.inputs(); i += 3) {
            parts.add(real(node, "part", i, i + 1, i + 2, 1));
        }
        quantized(node, node.inner("result", Arrangement::concat, parts.toArray(Value[]::new)), 0,
                1);
    }

    private static void qGemm(NodeReader node) {
        boolean flipped = node.flag("transB", false);
        Value product = node.inner("product", Arithmetic::gemm, real(node, "a", 0, 1, 2, 0),
                real(node, "b", 3, 4, 5, flipped ? 0 : 1), bias(node, 6, 1, 4));
        if (node.has(7)) {
            quantized(node, product, 7, 8);
        } else {
            node.alias(product);
        }
    }

    private static void product(NodeReader node, Value a, Value b, int biasAt) {
        if (node.has(biasAt)) {
            node.result(ADD, node.inner("product", Arithmetic::matMul, a, b), node.input(biasAt));
        } else {
            node.innerResult(Arithmetic::matMul, a, b);
        }
    }
}
