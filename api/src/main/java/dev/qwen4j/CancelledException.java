package dev.qwen4j;

/** Thrown by a call that was cancelled: by its context's {@code cancel} or {@code close}, or by a progress listener. */
public final class CancelledException extends Qwen4jException {
    /** Creates one; applications have no reason to. */
    public CancelledException(String message) {
        super(message);
    }
}
