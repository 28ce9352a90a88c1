package dev.sepconv;

import java.lang.foreign.MemorySegment;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A dense float32 array of any rank in row-major order; with four dimensions that is NCHW. Networks
 * take and give these.
 */
public final class NdArray {

    private final Dims dims;
    private final float[] data;

    private NdArray(Dims dims, float[] data) {
        this.dims = Objects.requireNonNull(dims, "dims");
        this.data = Objects.requireNonNull(data, "data");
    }

    /** An array of zeros. */
    public static NdArray zeros(Dims dims) {
        return new NdArray(dims, new float[dims.elements()]);
    }

    /**
     * An array over {@code data}, which is used as it is and not copied.
     *
     * @throws IllegalArgumentException if {@code data} has another length than the dimensions say
     */
    public static NdArray of(Dims dims, float... data) {
        if (data.length != dims.elements()) {
            throw new IllegalArgumentException("data has %s; array %s needs %d"
                    .formatted(Checks.count(data.length, "float"), dims, dims.elements()));
        }
        return new NdArray(dims, data);
    }

    /**
     * An array of a copy of a buffer's floats from its position to its limit; both stay as they
     * are.
     *
     * @param data as many floats as {@code dims} say, in the order that they say: the last
     * dimension's side by side
     * @throws IllegalArgumentException if it has more or fewer
     */
    public static NdArray of(Dims dims, FloatBuffer data) {
        return new NdArray(dims, Floats.copyOf(data, dims.elements(), "array " + dims));
    }

    /**
     * An array of a copy of memory outside of Java's heap, or in it.
     *
     * @param data 4 bytes for each float, in the byte order of this machine
     * @throws IllegalArgumentException if it has more or fewer
     */
    public static NdArray of(Dims dims, MemorySegment data) {
        return new NdArray(dims, Floats.copyOf(data, dims.elements(), "array " + dims));
    }

    /** A picture's numbers in NCHW; they are copied only if the tensor is NHWC. */
    public static NdArray of(Tensor tensor) {
        return new NdArray(Dims.of(tensor.shape()), tensor.to(Layout.NCHW).data());
    }

    /**
     * Arrays one after the other along their first dimension: single inputs as a batch.
     *
     * @param arrays at least one, alike in all other dimensions
     * @throws IllegalArgumentException if there is none, they differ, or have no dimension
     */
    public static NdArray concat(List<NdArray> arrays) {
        if (arrays.isEmpty()) {
            throw new IllegalArgumentException("arrays is empty; there must be at least one");
        }
        Dims first = arrays.getFirst().dims;
        int count = 0;
        for (NdArray array : arrays) {
            if (first.rank() == 0 || array.dims.rank() != first.rank()
                    || !array.dims.with(0, 1).equals(first.with(0, 1))) {
                throw new IllegalArgumentException(
                        "arrays are %s and %s; they must be alike but for the first dimension"
                                .formatted(first, array.dims));
            }
            count = Math.addExact(count, array.dims.get(0));
        }
        NdArray result = zeros(first.with(0, count));
        int at = 0;
        for (NdArray array : arrays) {
            System.arraycopy(array.data, 0, result.data, at, array.data.length);
            at += array.data.length;
        }
        return result;
    }

    /**
     * An array for each index along the first dimension, of which it keeps 1: a batch's single
     * outputs. They are copies.
     *
     * @throws IllegalArgumentException if it has no dimension
     */
    public List<NdArray> split() {
        if (dims.rank() == 0) {
            throw new IllegalArgumentException(
                    "array is %s; to be split it needs a dimension".formatted(dims));
        }
        Dims one = dims.with(0, 1);
        List<NdArray> parts = new ArrayList<>();
        for (int i = 0; i < dims.get(0); i++) {
            parts.add(new NdArray(one,
                    Arrays.copyOfRange(data, i * one.elements(), (i + 1) * one.elements())));
        }
        return List.copyOf(parts);
    }

    /**
     * As an NCHW tensor over the same numbers.
     *
     * @throws IllegalArgumentException if it has not four dimensions
     */
    public Tensor toTensor() {
        return Tensor.of(dims.toShape(), Layout.NCHW, data);
    }

    public Dims dims() {
        return dims;
    }

    /** The elements themselves, not a copy, the last dimension's side by side. */
    public float[] data() {
        return data;
    }

    /**
     * Copies the numbers to a buffer, from its position on; that and its limit stay as they are.
     *
     * @throws IllegalArgumentException if it has not room for exactly these; nothing is written
     * then
     */
    public void copyTo(FloatBuffer target) {
        Floats.copyTo(data, target, toString());
    }

    /**
     * Copies the numbers to memory, 4 bytes each in the byte order of this machine.
     *
     * @throws IllegalArgumentException if it has not room for exactly these; nothing is written
     * then
     */
    public void copyTo(MemorySegment target) {
        Floats.copyTo(data, target, toString());
    }

    @Override
    public String toString() {
        return "NdArray" + dims;
    }
}
