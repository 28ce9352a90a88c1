package dev.sepconv.bulk;

/**
 * Pictures can't be run by a device that is otherwise well: there is no plan for their size. They
 * are rows with this message, and the run goes on.
 */
public final class UnfitException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param message one sentence */
    public UnfitException(String message, Throwable cause) {
        super(message, cause);
    }
}
