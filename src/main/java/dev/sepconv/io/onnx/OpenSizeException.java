package dev.sepconv.io.onnx;

/** A model leaves a size open that nobody gave. */
public final class OpenSizeException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final boolean picture;

    OpenSizeException(String message, boolean picture) {
        super(message);
        this.picture = picture;
    }

    /** Whether it is the height or width of a picture, so that {@link InputSizes#withPicture} gives it. */
    public boolean isPicture() {
        return picture;
    }
}
