package dev.qwen4j;

/**
 * The root of failures that are not the caller's mistake: catch it to handle all of them.
 *
 * <p>It is unchecked. The message says what failed, with which values, and what to do next. Wrong arguments are
 * {@link IllegalArgumentException}s, and the use of a closed handle, or before there is a result, an {@link IllegalStateException}, as everywhere in
 * Java.
 */
public class Qwen4jException extends RuntimeException {
    /** An exception with a message that says what failed and what to do next. */
    public Qwen4jException(String message) {
        super(message);
    }

    /** The same, for a failure that another exception caused. */
    public Qwen4jException(String message, Throwable cause) {
        super(message, cause);
    }

    /** What failed, with which values, and what to do next; never null. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
