package dev.sepconv;

/**
 * The logical size of a tensor: {@code n} images of {@code c} channels, {@code h} rows and
 * {@code w} columns. It says nothing about the order in memory; that is the {@link Layout}.
 *
 * @param n batch size, at least 1
 * @param c channels, at least 1
 * @param h height in pixels, at least 1
 * @param w width in pixels, at least 1
 */
public record Shape(int n, int c, int h, int w) {

    /**
     * The most elements that one tensor may have: what a Java array can hold, less the header
     * TornadoVM puts before it.
     */
    public static final int MAX_ELEMENTS = Integer.MAX_VALUE - 64;

    /**
     * @throws IllegalArgumentException if a dimension is below 1, or the tensor would have more
     * than {@link #MAX_ELEMENTS}
     */
    public Shape {
        Checks.atLeast("batch", n, 1);
        Checks.atLeast("channels", c, 1);
        Checks.atLeast("height", h, 1);
        Checks.atLeast("width", w, 1);
        Checks.elements("tensor [%d, %d, %d, %d]", n, c, h, w);
    }

    /** One image of {@code c} channels. */
    public static Shape of(int c, int h, int w) {
        return new Shape(1, c, h, w);
    }

    /** How many floats a tensor of this shape has: {@code n * c * h * w}. */
    public int elements() {
        return n * c * h * w;
    }

    /**
     * Where the element of image {@code in}, channel {@code ic}, row {@code ih}, column {@code iw}
     * lies in the given layout.
     *
     * @throws IndexOutOfBoundsException if one of them is below 0 or not below the size of its
     * axis; the message names it
     */
    public int index(Layout layout, int in, int ic, int ih, int iw) {
        Checks.index("image", in, n, this);
        Checks.index("channel", ic, c, this);
        Checks.index("row", ih, h, this);
        Checks.index("column", iw, w, this);
        return switch (layout) {
            case NCHW -> ((in * c + ic) * h + ih) * w + iw;
            case NHWC -> ((in * h + ih) * w + iw) * c + ic;
        };
    }

    @Override
    public String toString() {
        return "[%d, %d, %d, %d]".formatted(n, c, h, w);
    }
}
