package dev.qwen4j;

/** Thrown before anything is computed when tokens do not fit into what is left of a context. */
public final class ContextFullException extends Qwen4jException {
    private final int contextLength;
    private final int position;
    private final int tokens;

    ContextFullException(int contextLength, int position, int tokens) {
        super(
                "%,d tokens do not fit: the context holds %,d of at most %,d already, so %,d would. Clear or rewind it, shorten the input, or"
                                .formatted(tokens, position, contextLength, contextLength - position)
                        + " create the context with a larger length.");
        this.contextLength = contextLength;
        this.position = position;
        this.tokens = tokens;
    }

    /** The most tokens that the context can hold. */
    public int contextLength() {
        return contextLength;
    }

    /** The tokens that it holds. */
    public int position() {
        return position;
    }

    /** The tokens that were to be added. */
    public int tokens() {
        return tokens;
    }
}
