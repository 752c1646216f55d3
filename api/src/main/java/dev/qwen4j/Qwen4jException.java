package dev.qwen4j;

/**
 * The root of every exception that Qwen4j throws on purpose: catch it to handle all of them.
 *
 * <p>It is unchecked. The message says what failed, with which values, and what to do next. Wrong arguments are not
 * among its subclasses: they are {@link IllegalArgumentException}s, as everywhere in Java.
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
