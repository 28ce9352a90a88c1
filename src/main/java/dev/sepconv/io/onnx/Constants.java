package dev.sepconv.io.onnx;

import dev.sepconv.Op;
import dev.sepconv.Op.Elementwise.Function;
import dev.sepconv.io.Printable;
import dev.sepconv.io.onnx.OnnxProto.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Operators whose results are known when a model is read, and conversions of types. */
final class Constants {

    private Constants() {
    }

    static void addTo(Map<String, Operators.Operator> all) {
        all.put("Constant", Constants::constant);
        all.put("ConstantOfShape", Constants::constantOfShape);
        all.put("Shape", Constants::shape);
        all.put("Cast", Constants::cast);
        all.put("CastLike", Constants::castLike);
    }

    private static void constant(NodeReader node) {
        OnnxTensor found;
        if (node.hasAttribute("value")) {
            found = node.tensor("value");
        } else if (node.hasAttribute("value_float")) {
            found = new OnnxTensor.Floats(List.of(), new float[]{node.real("value_float", 0)});
        } else if (node.hasAttribute("value_int")) {
            found = new OnnxTensor.Integers(List.of(), new long[]{node.longInteger("value_int")});
        } else if (node.hasAttribute("value_floats")) {
            found = OnnxTensor.floats(node.reals("value_floats"));
        } else if (node.hasAttribute("value_ints")) {
            found = OnnxTensor.integers(node.integers("value_ints"));
        } else {
            throw new ModelException(
                    "it has no value of numbers; sparse ones and texts can't be read");
        }
        node.known(found);
    }

    private static void constantOfShape(NodeReader node) {
        long[] shape = node.knownIntegers(0, "the shape");
        OnnxTensor value = node.hasAttribute("value") ? node.tensor("value") : OnnxTensor.floats(0);
        if (value.count() != 1) {
            throw new ModelException("attribute value has %s; it must have one"
                    .formatted(Printable.count(value.count(), "number")));
        }
        if (shape.length > Weights.MAX_RANK) {
            throw new ModelException("the shape has %s; at most %d can be read"
                    .formatted(Printable.count(shape.length, "dimension"), Weights.MAX_RANK));
        }
        List<Integer> sizes = new ArrayList<>();
        for (long size : shape) {
            if (size < 0) {
                throw new ModelException("the shape is %s; a size can't be below 0"
                        .formatted(Arrays.toString(shape)));
            }
            sizes.add(NodeReader.toInt("the shape", size));
        }
        int count = Weights.count(sizes, "its result");
        node.spend(count);
        node.known(switch (value) {
            case OnnxTensor.Floats floats -> {
                float[] data = new float[count];
                Arrays.fill(data, floats.data()[0]);
                yield new OnnxTensor.Floats(List.copyOf(sizes), data);
            }
            case OnnxTensor.Integers integers -> {
                long[] data = new long[count];
                Arrays.fill(data, integers.data()[0]);
                yield new OnnxTensor.Integers(List.copyOf(sizes), data, integers.type());
            }
        });
    }

    private static void shape(NodeReader node) {
        long[] sizes = node.input(0).sizes().stream().mapToLong(i -> i).toArray();
        if (node.opset() >= 15) {
            int start = within(node.integer("start", 0), sizes.length);
            int end = within(node.integer("end", sizes.length), sizes.length);
            sizes = Arrays.copyOfRange(sizes, start, Math.max(start, end));
        }
        node.known(OnnxTensor.integers(sizes));
    }

    private static int within(int index, int rank) {
        return Math.clamp(index < 0 ? (long) index + rank : index, 0, rank);
    }

    private static void cast(NodeReader node) {
        if (!node.hasAttribute("to")) {
            throw new ModelException("attribute to is missing");
        }
        int to = node.integer("to", 0);
        if (node.opset() >= 19) {
            node.hasNoEffect("saturate"); // it is about 8-bit floats, which are refused
        }
        boolean toFloat = OnnxTensor.isFloat(to);
        boolean toInteger = switch (to) {
            case DataType.INT64, DataType.INT32, DataType.BOOL -> true;
            default -> false;
        };
        if (!toFloat && !toInteger) {
            throw new ModelException(
                    "attribute to is %s; only float types, int32, int64 and bool can be read"
                            .formatted(OnnxTensor.typeName(to)));
        }
        switch (node.input(0)) {
            case Value.Computed computed -> node.alias(
                    toFloat ? computed.as(false) : toWhole(node, computed, to == DataType.BOOL));
            case Value.Known known -> node.known(cast(node, known.tensor(), to, toFloat));
        }
    }

    /** Floats toward 0, as ONNX converts them; as booleans all that isn't 0. */
    static Value toWhole(NodeReader node, Value.Computed from, boolean bits) {
        if (bits) {
            return node.not("bits", node.not("zeros", from));
        }
        if (from.isInteger()) {
            return from;
        }
        Value size = node.step("floor", Op.Elementwise.of(Function.FLOOR),
                node.step("size", Op.Elementwise.of(Function.ABS), from));
        Value toward0 = node.step("toward-0", new Op.Binary(Op.Binary.Kind.MUL), size,
                node.step("sign", Op.Elementwise.of(Function.SIGN), from));
        return new Value.Computed(toward0.name(), toward0.shape(), true);
    }

    /** To the type of another array. */
    private static void castLike(NodeReader node) {
        node.since(15);
        if (node.opset() >= 19) {
            node.hasNoEffect("saturate"); // it is about 8-bit floats, which are refused
        }
        boolean toFloat = !node.input(1).isInteger();
        switch (node.input(0)) {
            case Value.Known known -> node.known(
                    cast(node, known.tensor(), toFloat ? DataType.FLOAT : DataType.INT64, toFloat));
            case Value.Computed computed ->
                node.alias(toFloat ? computed.as(false) : toWhole(node, computed, false));
        }
    }

    private static OnnxTensor cast(NodeReader node, OnnxTensor from, int to, boolean toFloat) {
        if (toFloat && from instanceof OnnxTensor.Floats) {
            return from;
        }
        node.spend(from.count());
        double[] numbers = from.widened();
        if (toFloat) {
            float[] data = new float[numbers.length];
            for (int i = 0; i < data.length; i++) {
                data[i] = (float) numbers[i];
            }
            return new OnnxTensor.Floats(from.sizes(), data);
        }
        long[] data = from instanceof OnnxTensor.Integers integers
                ? integers.data().clone()
                : new long[numbers.length];
        for (int i = 0; i < data.length; i++) {
            data[i] = switch (to) {
                case DataType.BOOL -> numbers[i] != 0 ? 1 : 0;
                case DataType.INT32 ->
                    from instanceof OnnxTensor.Integers ? (int) data[i] : (int) numbers[i];
                default -> from instanceof OnnxTensor.Integers ? data[i] : (long) numbers[i];
            };
        }
        return new OnnxTensor.Integers(from.sizes(), data, to);
    }
}
