package dev.sepconv;

/** A model leaves a size open that nobody gave. */
public final class OpenSizeException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final boolean picture;
    private final int height;
    private final int width;

    private OpenSizeException(String message, boolean picture, int height, int width) {
        super(message);
        this.picture = picture;
        this.height = height;
        this.width = width;
    }

    /** An input that is no picture, or whose channels are open too. */
    public OpenSizeException(String message) {
        this(message, false, 0, 0);
    }

    /** A picture's height or width, of which what is open is 0. */
    public OpenSizeException(String message, int height, int width) {
        this(message, true, height, width);
    }

    /** The same in other words. */
    public OpenSizeException saying(String message) {
        return new OpenSizeException(message, picture, height, width);
    }

    /**
     * Whether it is the height or width of a picture, so that {@link InputSizes#withPicture} gives
     * it.
     */
    public boolean isPicture() {
        return picture;
    }

    /** The picture's height where the model fixes that; else 0. */
    public int height() {
        return height;
    }

    /** The picture's width where the model fixes that; else 0. */
    public int width() {
        return width;
    }
}
