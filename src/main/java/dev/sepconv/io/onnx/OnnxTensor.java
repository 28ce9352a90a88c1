package dev.sepconv.io.onnx;

import dev.sepconv.Dims;
import dev.sepconv.io.onnx.OnnxProto.DataType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Numbers that are known when a model is read, row-major. Unlike {@link Dims}, a size may be 0. */
sealed interface OnnxTensor {

    List<Integer> sizes();

    int count();

    /** The numbers in float64: exact but for integers past 2^53. */
    double[] widened();

    /** The same numbers under other sizes. */
    OnnxTensor withSizes(List<Integer> sizes);

    /**
     * @throws ModelException if a size is 0
     */
    default Dims dims() {
        if (sizes().contains(0)) {
            throw new ModelException(
                    "a constant of sizes %s holds no numbers; only shapes and sizes may be empty"
                            .formatted(sizes()));
        }
        return new Dims(sizes());
    }

    /** Numbers of any float type. */
    record Floats(List<Integer> sizes, float[] data) implements OnnxTensor {
        @Override
        public int count() {
            return data.length;
        }

        @Override
        public double[] widened() {
            return IntStream.range(0, data.length).mapToDouble(i -> data[i]).toArray();
        }

        @Override
        public OnnxTensor withSizes(List<Integer> newSizes) {
            return new Floats(newSizes, data);
        }
    }

    /** Numbers of any integer type, and booleans as 0 and 1. */
    record Integers(List<Integer> sizes, long[] data) implements OnnxTensor {
        @Override
        public int count() {
            return data.length;
        }

        @Override
        public double[] widened() {
            return Arrays.stream(data).asDoubleStream().toArray();
        }

        @Override
        public OnnxTensor withSizes(List<Integer> newSizes) {
            return new Integers(newSizes, data);
        }
    }

    static Floats floats(float... data) {
        return new Floats(List.of(data.length), data);
    }

    static Integers integers(long... data) {
        return new Integers(List.of(data.length), data);
    }

    /** Whether numbers of that type are read as {@link Floats}. */
    static boolean isFloat(int type) {
        return type == DataType.FLOAT || type == DataType.FLOAT16 || type == DataType.DOUBLE
                || type == DataType.BFLOAT16;
    }

    /** What a type is called in ONNX. */
    static String typeName(int type) {
        return DataType.name(type);
    }
}
