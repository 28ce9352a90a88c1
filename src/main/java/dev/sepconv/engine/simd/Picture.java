package dev.sepconv.engine.simd;

import dev.sepconv.Padding;
import dev.sepconv.Shape;

/**
 * A picture's pixels in NHWC, with a border of zeros.
 *
 * @param parts how many parts of its channels lie apart, as {@link Grid#grouped} has them
 */
record Picture(Shape shape, int parts, Padding.Explicit border, Grid grid) {

    static final Padding.Explicit NO_BORDER = new Padding.Explicit(0, 0, 0, 0);

    /**
     * What a reader needs.
     *
     * @param border at least
     * @param overrun whether it reads a vector that begins at the last number
     */
    record Need(int parts, Padding.Explicit border, boolean overrun) {

        /** Nothing but the pixels. */
        static final Need PIXELS = new Need(1, NO_BORDER, false);
    }

    static Picture of(Shape shape, int parts, Padding.Explicit border) {
        return new Picture(shape, parts, border, Grid.grouped(shape, parts, border));
    }

    static Padding.Explicit widest(Padding.Explicit a, Padding.Explicit b) {
        return new Padding.Explicit(Math.max(a.top(), b.top()), Math.max(a.left(), b.left()),
                Math.max(a.bottom(), b.bottom()), Math.max(a.right(), b.right()));
    }

    /** Whether it lies as a reader needs it, but for what comes after the last number. */
    boolean serves(Need need) {
        return parts == need.parts && widest(border, need.border).equals(border);
    }
}
