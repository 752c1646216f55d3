package dev.qwen4j.bindings;

/**
 * Qwen4j's native libraries cannot be used in this JVM; the message says which paths were tried, why, and what to do.
 *
 * <p>Trying again later is allowed, and helps only where something outside the JVM was mended.
 */
public final class NativeLoadException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NativeLoadException(String message) {
        super(message);
    }

    NativeLoadException(String message, Throwable cause) {
        super(message, cause);
    }
}
