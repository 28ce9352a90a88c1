package dev.sepconv.engine.simd;

import dev.sepconv.Padding;
import dev.sepconv.Shape;

/**
 * Where the pixels of an NHWC picture lie in an array. A border of zeros round each image is
 * written once, when the array is made, and never again.
 *
 * @param base index of channel 0 of the first image's first pixel
 * @param image from one image to the next, in floats
 * @param row from one row to the next
 * @param pixel from one pixel to the next: the number of channels
 * @param elements length of the array
 */
record Grid(int base, int image, int row, int pixel, int elements) implements Destination {

    /**
     * A picture with a border.
     *
     * @throws IllegalArgumentException if the array would be too long
     */
    static Grid padded(Shape shape, Padding.Explicit border) {
        Shape outer = new Shape(shape.n(), shape.c(),
                Math.addExact(shape.h(), Math.addExact(border.top(), border.bottom())),
                Math.addExact(shape.w(), Math.addExact(border.left(), border.right())));
        int row = outer.w() * shape.c();
        return new Grid(border.top() * row + border.left() * shape.c(), outer.h() * row, row,
                shape.c(), outer.elements());
    }

    /**
     * The groups of a picture's channels apart, each as a picture of its own with a border; an
     * image is all groups of it, one after the other. With one group the same as {@link #padded}.
     *
     * @throws IllegalArgumentException if the array would be too long
     */
    static Grid grouped(Shape shape, int groups, Padding.Explicit border) {
        Grid group = padded(new Shape(shape.n(), shape.c() / groups, shape.h(), shape.w()), border);
        return new Grid(group.base, Math.multiplyExact(groups, group.image), group.row, group.pixel,
                Math.multiplyExact(groups, group.elements));
    }

    /** The same picture in an array that begins so much earlier. */
    Grid from(int first) {
        return new Grid(base + first, image, row, pixel, elements);
    }

    /**
     * From one group's first channel to the next one's: groups lie apart, as {@link #grouped} has
     * them, or side by side in a pixel.
     */
    int groupStep(int groups, int groupChannels) {
        return pixel == groupChannels ? image / groups : groupChannels;
    }

    /**
     * Index of channel 0 of a pixel; rows and columns in the border have numbers below 0 or past
     * the size.
     */
    int at(int n, int h, int w) {
        return base + n * image + h * row + w * pixel;
    }

    /**
     * {@link #at} of pixels that follow one another in a row.
     *
     * @param w the first one's column
     * @param offsets where each goes: {@code offsets[from]} to {@code offsets[to - 1]}
     */
    void locate(int n, int h, int w, int[] offsets, int from, int to) {
        int first = at(n, h, w);
        for (int i = from; i < to; i++) {
            offsets[i] = first + (i - from) * pixel;
        }
    }
}
