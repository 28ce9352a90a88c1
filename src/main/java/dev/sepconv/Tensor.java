package dev.sepconv;

import java.lang.foreign.MemorySegment;
import java.nio.FloatBuffer;
import java.util.Objects;

/**
 * A dense float32 tensor of four dimensions that knows its shape and layout. It never changes
 * layout in silence.
 */
public final class Tensor {

    private final Shape shape;
    private final Layout layout;
    private final float[] data;

    private Tensor(Shape shape, Layout layout, float[] data) {
        this.shape = Objects.requireNonNull(shape, "shape");
        this.layout = Objects.requireNonNull(layout, "layout");
        this.data = Objects.requireNonNull(data, "data");
    }

    /** A tensor of zeros. */
    public static Tensor zeros(Shape shape, Layout layout) {
        return new Tensor(shape, layout, new float[shape.elements()]);
    }

    /**
     * A tensor over {@code data}, which is used as it is and not copied.
     *
     * @param data {@code shape.elements()} floats in the order that {@code layout} says
     * @throws IllegalArgumentException if {@code data} has another length
     */
    public static Tensor of(Shape shape, Layout layout, float... data) {
        if (data.length != shape.elements()) {
            throw new IllegalArgumentException("data has %s; shape %s needs %d"
                    .formatted(Checks.count(data.length, "float"), shape, shape.elements()));
        }
        return new Tensor(shape, layout, data);
    }

    /**
     * A tensor of a copy of a buffer's floats from its position to its limit; both stay as they
     * are.
     *
     * @param data as many floats as {@code shape} has, in the order that {@code layout} says
     * @throws IllegalArgumentException if it has more or fewer
     */
    public static Tensor of(Shape shape, Layout layout, FloatBuffer data) {
        return new Tensor(shape, layout, Floats.copyOf(data, shape.elements(), "shape " + shape));
    }

    /**
     * A tensor of a copy of memory outside of Java's heap, or in it.
     *
     * @param data 4 bytes for each float, in the byte order of this machine
     * @throws IllegalArgumentException if it has more or fewer
     */
    public static Tensor of(Shape shape, Layout layout, MemorySegment data) {
        return new Tensor(shape, layout, Floats.copyOf(data, shape.elements(), "shape " + shape));
    }

    public Shape shape() {
        return shape;
    }

    public Layout layout() {
        return layout;
    }

    /** The elements themselves, not a copy, in the order of {@link #layout()}. */
    public float[] data() {
        return data;
    }

    /**
     * The element of image {@code n}, channel {@code c}, row {@code h}, column {@code w}, each
     * counted from 0, whatever the layout.
     *
     * @throws IndexOutOfBoundsException if there is no such image, channel, row or column; the
     * message names it
     */
    public float get(int n, int c, int h, int w) {
        return data[shape.index(layout, n, c, h, w)];
    }

    /** Sets one element; see {@link #get}. */
    public void set(int n, int c, int h, int w, float value) {
        data[shape.index(layout, n, c, h, w)] = value;
    }

    /** This tensor if it has that layout, else a copy in it. */
    public Tensor to(Layout wanted) {
        if (wanted == layout) {
            return this;
        }
        Tensor copy = zeros(shape, wanted);
        int channels = shape.c();
        int pixels = shape.h() * shape.w();
        int rows = wanted == Layout.NHWC ? channels : pixels;
        int columns = wanted == Layout.NHWC ? pixels : channels;
        for (int n = 0; n < shape.n(); n++) {
            int base = n * channels * pixels;
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++) {
                    copy.data[base + column * rows + row] = data[base + row * columns + column];
                }
            }
        }
        return copy;
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
        return "Tensor" + shape + " " + layout;
    }
}
