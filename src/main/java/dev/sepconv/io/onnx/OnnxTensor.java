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

    /** From here on not every whole number is a float32. */
    long MOST_EXACT = 1 << 24;

    /**
     * The same numbers as floats.
     *
     * @param what they are
     * @throws ModelException if an integer is no float32
     */
    default Floats exactFloats(String what) {
        return switch (this) {
            case Floats floats -> floats;
            case Integers integers -> {
                float[] data = new float[integers.count()];
                for (int i = 0; i < data.length; i++) {
                    long number = integers.data()[i];
                    if (number < -MOST_EXACT || number > MOST_EXACT) {
                        throw new ModelException(
                                "%s has %d; when the network runs integers must be from %d to %d"
                                        .formatted(what, number, -MOST_EXACT, MOST_EXACT));
                    }
                    data[i] = number;
                }
                yield new Floats(integers.sizes(), data);
            }
        };
    }

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

    /**
     * Numbers of any integer type, and booleans as 0 and 1.
     *
     * @param type which one they are of in the model, where that matters; else int64
     */
    record Integers(List<Integer> sizes, long[] data, int type) implements OnnxTensor {

        Integers(List<Integer> sizes, long[] data) {
            this(sizes, data, DataType.INT64);
        }

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
            return new Integers(newSizes, data, type);
        }
    }

    /** The same numbers as integers, floats toward 0. */
    default Integers whole() {
        return switch (this) {
            case Integers integers -> integers;
            case Floats floats -> new Integers(floats.sizes, IntStream.range(0, floats.count())
                    .mapToLong(i -> (long) floats.data[i]).toArray());
        };
    }

    static Floats floats(float... data) {
        return new Floats(List.of(data.length), data);
    }

    static Integers integers(long... data) {
        return new Integers(List.of(data.length), data);
    }

    /** Whether whole numbers of that type can go in and come out, as floats. */
    static boolean isInteger(int type) {
        return switch (type) {
            case DataType.UINT8, DataType.INT8, DataType.UINT16, DataType.INT16, DataType.INT32,
                    DataType.INT64, DataType.UINT32, DataType.UINT64, DataType.BOOL ->
                true;
            default -> false;
        };
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
