package dev.sepconv;

/** A device, or Java's heap for an engine that computes there, has no room for what was asked. */
public class OutOfMemoryException extends EngineException {

    private static final long serialVersionUID = 1L;

    public OutOfMemoryException(String message) {
        super(message);
    }

    public OutOfMemoryException(String message, Throwable cause) {
        super(message, cause);
    }
}
