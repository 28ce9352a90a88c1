package dev.sepconv;

/**
 * An engine or its device can't do what was asked. The message is one sentence that says what
 * happened and the fix.
 */
public class EngineException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public EngineException(String message) {
        super(message);
    }

    public EngineException(String message, Throwable cause) {
        super(message, cause);
    }
}
