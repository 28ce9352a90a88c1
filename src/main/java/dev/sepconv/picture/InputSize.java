package dev.sepconv.picture;

import java.io.Serializable;

/**
 * How large a network wants its picture.
 *
 * @param height rows; 0 where the network takes any, and the picture's own is kept
 * @param width columns; 0 where the network takes any, and the picture's is kept, in proportion to
 * {@code height} if that is fixed
 * @param minWidth a width that is open is at least this
 * @param multiple what is open is a multiple of this
 * @param maxSide where both are open, a larger picture is scaled down until its longer side is
 * this; 0 for no limit
 */
public record InputSize(int height, int width, int minWidth, int multiple,
        int maxSide) implements Serializable {

    /** The picture's own size, as a multiple of 32, which many networks halve five times. */
    public static final InputSize OPEN = new InputSize(0, 0, 1, 32, 0);

    /**
     * @throws IllegalArgumentException if a number is below what is allowed, or the height alone is
     * open
     */
    public InputSize {
        check("height", height, 0);
        check("width", width, 0);
        check("minWidth", minWidth, 1);
        check("multiple", multiple, 1);
        check("maxSide", maxSide, 0);
        if (height == 0 && width > 0) {
            throw new IllegalArgumentException(
                    "width is %d and height is open; give the height too".formatted(width));
        }
    }

    private static void check(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "%s is %d; it must be at least %d".formatted(name, value, least));
        }
    }

    /**
     * That size, whatever the picture.
     *
     * @param height rows, at least 1
     * @param width columns, at least 1
     */
    public static InputSize of(int height, int width) {
        check("height", height, 1);
        check("width", width, 1);
        return new InputSize(height, width, 1, 1, 0);
    }

    /** Whether it depends on the picture. */
    public boolean isOpen() {
        return width == 0;
    }

    /**
     * The size for a picture: nothing is open any more.
     *
     * @param pictureHeight the picture's own, in pixels
     * @param pictureWidth likewise
     */
    public InputSize resolve(int pictureHeight, int pictureWidth) {
        if (!isOpen()) {
            return this;
        }
        double scale = height > 0
                ? (double) height / pictureHeight
                : maxSide == 0
                        ? 1
                        : Math.min(1, (double) maxSide / Math.max(pictureHeight, pictureWidth));
        int rows = height > 0 ? height : round(pictureHeight * scale);
        return of(rows,
                Math.max(Math.ceilDiv(minWidth, multiple) * multiple, round(pictureWidth * scale)));
    }

    /** Up, so that no detail is lost. */
    private int round(double size) {
        // what floating point adds to a whole number is no further row
        return Math.max(1, (int) Math.ceil(size / multiple - 1e-9)) * multiple;
    }

    @Override
    public String toString() {
        if (!isOpen()) {
            return height + "x" + width;
        }
        return height > 0
                ? height + " high, its width in proportion"
                : "its own size, as a multiple of " + multiple;
    }
}
