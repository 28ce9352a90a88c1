package dev.sepconv.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * A kernel with its arguments, ready to be run as plain Java ({@link #run}) or to be made a task of a task graph. {@link #then}
 * makes a chain: the next call's input is this one's output.
 */
public final class KernelCall {

    private final Kernel kernel;
    private final FloatArray input;
    private final FloatArray weight;
    private final FloatArray bias;
    private final FloatArray output;
    private final IntArray geometry;
    private final int outer;
    private final int middle;
    private final int inner;
    private final int activation;
    private final float slope;

    private KernelCall(Kernel kernel, Geometry geometry, FloatArray input, float[] weight, float[] bias, int activation,
            float slope) {
        if (!kernel.supports(geometry)) {
            throw new IllegalArgumentException("kernel %s can't compute %s".formatted(kernel.name(), geometry));
        }
        if (input.getSize() != geometry.inputElements()) {
            throw new IllegalArgumentException(
                    "input has %d elements; %s needs %d".formatted(input.getSize(), geometry, geometry.inputElements()));
        }
        this.kernel = kernel;
        this.input = input;
        this.weight = FloatArray.fromArray(weight);
        this.bias = FloatArray.fromArray(bias == null ? new float[geometry.outChannels()] : bias);
        this.output = new FloatArray(geometry.outputElements());
        this.geometry = geometry.toIntArray();
        boolean last = geometry.channelsLast();
        this.outer = geometry.batch() * (last ? geometry.outHeight() : geometry.outChannels());
        this.middle = last ? geometry.outWidth() : geometry.outHeight();
        this.inner = last ? geometry.outChannels() : geometry.outWidth();
        this.activation = activation;
        this.slope = slope;
    }

    /**
     * A call with an input of its own.
     *
     * @param kernel one that supports {@code geometry}
     * @param weight {@code [K, C/G, R, S]}, copied
     * @param bias {@code [K]}, copied; null for none
     * @param activation ordinal of {@code dev.sepconv.Activation.Kind}
     * @param slope leaky ReLU's
     */
    public static KernelCall first(Kernel kernel, Geometry geometry, float[] weight, float[] bias, int activation, float slope) {
        return new KernelCall(kernel, geometry, new FloatArray(geometry.inputElements()), weight, bias, activation, slope);
    }

    /** A call whose input is this one's output; parameters as in {@link #first}. */
    public KernelCall then(Kernel next, Geometry nextGeometry, float[] nextWeight, float[] nextBias, int nextActivation,
            float nextSlope) {
        return new KernelCall(next, nextGeometry, output, nextWeight, nextBias, nextActivation, nextSlope);
    }

    /** Calls the kernel as the plain method that it is. */
    public void run() {
        kernel.body().apply(input, weight, bias, output, geometry, outer, middle, inner, activation, slope);
    }

    /** Fills the input. */
    public void read(float[] from) {
        MemorySegment.copy(from, 0, input.getSegment(), ValueLayout.JAVA_FLOAT, 0, from.length);
    }

    /** Gives the output. */
    public void write(float[] to) {
        MemorySegment.copy(output.getSegment(), ValueLayout.JAVA_FLOAT, 0, to, 0, to.length);
    }

    public Kernel kernel() {
        return kernel;
    }

    public FloatArray input() {
        return input;
    }

    public FloatArray weight() {
        return weight;
    }

    public FloatArray bias() {
        return bias;
    }

    public FloatArray output() {
        return output;
    }

    public IntArray geometry() {
        return geometry;
    }

    /** Bound of the outermost parallel loop. */
    public int outer() {
        return outer;
    }

    /** Bound of the middle parallel loop. */
    public int middle() {
        return middle;
    }

    /** Bound of the innermost parallel loop. */
    public int inner() {
        return inner;
    }

    public int activation() {
        return activation;
    }

    public float slope() {
        return slope;
    }
}
