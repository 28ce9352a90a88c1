package dev.sepconv;

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

    @Override
    public String toString() {
        return "NdArray" + dims;
    }
}
