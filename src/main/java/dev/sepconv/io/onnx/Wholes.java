package dev.sepconv.io.onnx;

import dev.sepconv.Dims;
import dev.sepconv.Op;
import dev.sepconv.Op.Binary.Kind;
import java.util.List;

/**
 * Integers and booleans that the network computes when it runs: places, answers to comparisons and
 * quantised numbers. Every number of a network is a float, and floats are exact for integers to
 * {@link OnnxTensor#MOST_EXACT}.
 */
final class Wholes {

    private Wholes() {
    }

    static boolean isMask(Op op) {
        return op instanceof Op.Binary binary && binary.kind() == Kind.MASK;
    }

    /**
     * Whether an operation's result is of integers.
     *
     * @throws ModelException if integers would have to be rounded after it when the network runs
     */
    static boolean result(Op op, List<Value> from) {
        if (from.isEmpty()) {
            return false;
        }
        boolean known = from.stream().allMatch(Value.Known.class::isInstance);
        boolean integers = known
                ? from.getFirst().isInteger()
                : from.stream()
                        .anyMatch(each -> each instanceof Value.Computed && each.isInteger());
        if (integers && !known && divides(op)) {
            throw new ModelException(
                    "integers would be divided when the network runs; only floats can be, so convert them in the model");
        }
        return switch (op) {
            case Op.Binary binary -> switch (binary.kind()) {
                case EQUAL, GREATER, GREATER_OR_EQUAL -> true;
                case MASK -> from.getFirst().isInteger();
                default -> integers;
            };
            case Op.Elementwise elementwise -> switch (elementwise.function()) {
                case QUANTIZE -> true;
                case DEQUANTIZE -> false;
                default -> integers;
            };
            case Op.TopK top -> top.indices() || integers;
            default -> integers;
        };
    }

    private static boolean divides(Op op) {
        return op instanceof Op.Binary binary && binary.kind() == Kind.DIV
                || op instanceof Op.Reduce reduce && reduce.kind() == Op.Reduce.Kind.MEAN
                || op instanceof Op.Pool pool && pool.kind() == Op.Pool.Kind.AVERAGE
                || op instanceof Op.Resize resize
                        && resize.interpolation() == Op.Resize.Interpolation.LINEAR;
    }

    /** Whether known integers that an operation reads may become floats. */
    static boolean mayRead(Op op, List<Value> from) {
        return isMask(op) || from.stream()
                .anyMatch(each -> each instanceof Value.Computed && each.isInteger());
    }

    /** About how many numbers an operation goes through that is computed now. */
    static long work(Op op, List<Dims> dims, Dims result) {
        return switch (op) {
            case Op.MatrixProduct product ->
                (long) result.elements() * dims.getFirst().get(dims.getFirst().rank() - 1);
            case Op.TopK top -> 3L * dims.getFirst().elements(); // sorted
            default -> result.elements();
        };
    }
}
