package dev.qwen4j;

/** Thrown when the native libraries cannot be used; the message names every place that was tried, why it was refused, and what to do. */
public final class NativeLibraryException extends Qwen4jException {
    /** Creates one; applications have no reason to. */
    public NativeLibraryException(String message, Throwable cause) {
        super(message, cause);
    }
}
