package dev.sepconv.io.onnx;

/**
 * A model that can't be read, in a sentence; {@link OnnxReader} adds the file and makes it an
 * IOException.
 */
final class ModelException extends RuntimeException {

    private static final long serialVersionUID = 1;

    ModelException(String message) {
        super(message);
    }

    ModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
