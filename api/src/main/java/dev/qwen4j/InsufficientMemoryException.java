package dev.qwen4j;

import java.util.OptionalInt;

/**
 * Thrown before anything is allocated when a model or a context would need more memory than there is; the message has both numbers.
 *
 * <p>Not asked where {@link ModelOptions#checkMemory} or {@link ContextOptions#checkMemory} says so.
 */
public final class InsufficientMemoryException extends Qwen4jException {
    private final long needed;
    private final long available;
    private final OptionalInt fittingLength;

    InsufficientMemoryException(String message, long needed, long available, OptionalInt fittingLength) {
        super(message);
        this.needed = needed;
        this.available = available;
        this.fittingLength = fittingLength;
    }

    /** The bytes that it would take, or a lower bound where that alone is too much. */
    public long needed() {
        return needed;
    }

    /** The bytes that there are. */
    public long available() {
        return available;
    }

    /** A length of context that fits, near the longest; empty where none does, or where a model is loaded. */
    public OptionalInt fittingLength() {
        return fittingLength;
    }
}
