package dev.qwen4j;

/** Thrown when a {@link State}, or {@link KvRows}, cannot be read, written, taken or restored; whatever was there before is still there, unless the message says otherwise. */
public final class StateException extends Qwen4jException {
    /** Creates one; applications have no reason to. */
    public StateException(String message) {
        super(message);
    }

    /** The same, for a failure that another exception caused. */
    public StateException(String message, Throwable cause) {
        super(message, cause);
    }
}
