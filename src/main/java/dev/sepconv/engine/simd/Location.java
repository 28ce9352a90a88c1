package dev.sepconv.engine.simd;

/**
 * Where a value lies, counted from where its buffer begins.
 *
 * @param view null where a picture's groups lie apart
 * @param picture null where the numbers are not NHWC pixels
 */
record Location(Buffer buffer, View view, Picture picture) {

    /** A view of an array; a picture if pixels lie side by side in it. */
    static Location of(Buffer buffer, View view) {
        return new Location(buffer, view,
                view.isPixels() ? Picture.of(view.dims().toShape(), 1, Picture.NO_BORDER) : null);
    }

    static Location of(Buffer buffer, Picture picture) {
        return new Location(buffer,
                picture.parts() > 1 ? null : View.of(picture.grid(), picture.shape()), picture);
    }

    /** Whether its numbers lie in order from the array's first one on. */
    boolean isRowMajor() {
        return view != null && view.isRowMajor() && !buffer.mayShift();
    }

    /** Where the picture's pixels lie, from when the buffer has an array. */
    Grid grid() {
        return picture.grid().from(buffer.first());
    }

    /** Where the numbers lie, from when the buffer has an array. */
    View shifted() {
        return view.from(buffer.first());
    }
}
