package dev.qwen4j;

/** Thrown to a thread that enters a handle while another thread is inside; that other one is not disturbed. */
public final class ConcurrentUseException extends Qwen4jException {
    /** Creates one; applications have no reason to. */
    public ConcurrentUseException(String message) {
        super(message);
    }
}
