package dev.sepconv;

import java.lang.foreign.MemorySegment;
import java.nio.FloatBuffer;
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
