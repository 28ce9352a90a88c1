package dev.sepconv.io.onnx;

import dev.sepconv.Dims;
import dev.sepconv.Op;
import dev.sepconv.io.Printable;
import dev.sepconv.io.onnx.OnnxProto.GraphProto;
import dev.sepconv.reference.NetworkReference;
import java.util.List;

/** Computes what depends on nothing that goes in, with a bound on how much. */
final class ConstantFolding {

    /**
     * How many numbers may be computed here at least, and for each byte of the model: a bound on a
     * hostile file. Weights that are standardised take some passes over each.
     */
    private static final long FOLDED_AT_LEAST = 1 << 22;
    private static final long FOLDED_PER_BYTE = 8;

    private final GraphProto graph;
    private final Weights weights;
    private long folded;

    ConstantFolding(GraphProto graph, Weights weights) {
        this.graph = graph;
        this.weights = weights;
    }

    /** Notes that so many numbers are to be computed here. */
    void spend(long numbers) {
        folded += numbers;
        if (folded > FOLDED_AT_LEAST + FOLDED_PER_BYTE * (graph.length + weights.bytes())) {
            throw new ModelException(
                    "its constants would be %s when computed, more than a model of this size can need"
                            .formatted(Printable.count(folded, "number")));
        }
    }

    /** Whether an operation is no more than some passes over its numbers. */
    static boolean folds(Op op) {
        return switch (op) {
            case Op.ScaleShift scaleShift -> true;
            case Op.Elementwise elementwise -> true;
            case Op.PRelu prelu -> true;
            case Op.Binary binary -> true;
            case Op.Reduce reduce -> true;
            case Op.Normalize normalize -> true;
            case Op.Softmax softmax -> true;
            case Op.TopK top -> true;
            case Op.Concat concat -> true;
            case Op.Reshape reshape -> true;
            case Op.Transpose transpose -> true;
            case Op.Pad pad -> true;
            case Op.Slice slice -> true;
            case Op.MatrixProduct product -> true;
            case Op.Resize resize -> true;
            default -> false;
        };
    }

    /**
     * What an operation makes of known numbers.
     *
     * @param from one tensor for each of {@code dims}
     * @param whole whether the result is of integers
     * @throws ModelException if types are mixed, an integer is divided by 0, or the model is too
     * small for so many numbers
     */
    OnnxTensor fold(Op op, List<Dims> dims, List<OnnxTensor> from, Dims result, boolean whole) {
        boolean floats = from.getFirst() instanceof OnnxTensor.Floats;
        if (!Wholes.isMask(op)
                && from.stream().anyMatch(each -> each instanceof OnnxTensor.Floats != floats)) {
            throw new ModelException("its inputs are of different types");
        }
        if (op instanceof Op.Reshape) {
            return from.getFirst().withSizes(result.sizes());
        }
        spend(Wholes.work(op, dims, result) + from.stream().mapToLong(OnnxTensor::count).sum());
        double[] numbers = NetworkReference.run(op, dims,
                from.stream().map(OnnxTensor::widened).toList());
        if (!whole) {
            return new OnnxTensor.Floats(result.sizes(), narrow(numbers));
        }
        long[] integers = new long[numbers.length];
        for (int i = 0; i < integers.length; i++) {
            if (Double.isNaN(numbers[i]) || Double.isInfinite(numbers[i])) {
                throw new ModelException("it divides an integer by 0");
            }
            // toward 0, as integers are divided; ends of slices past 2^63 stay past every size
            integers[i] = (long) numbers[i];
        }
        return new OnnxTensor.Integers(result.sizes(), integers, integerType(op, from.getFirst()));
    }

    private static int integerType(Op op, OnnxTensor from) {
        if (op instanceof Op.TopK top && top.indices()) {
            return OnnxProto.DataType.INT64;
        }
        return from instanceof OnnxTensor.Integers integers
                ? integers.type()
                : OnnxProto.DataType.BOOL;
    }

    private static float[] narrow(double[] numbers) {
        float[] floats = new float[numbers.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) numbers[i];
        }
        return floats;
    }
}
