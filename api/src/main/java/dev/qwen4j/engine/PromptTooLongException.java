package dev.qwen4j.engine;

import dev.qwen4j.Qwen4jException;

/** Thrown before anything is computed when a session has more tokens than its engine's context holds. */
public final class PromptTooLongException extends Qwen4jException {
    private final int promptTokens;
    private final int limit;

    PromptTooLongException(int promptTokens, int limit) {
        super(
                "The session has %,d tokens; the engine's context holds %,d, and one is generated at least, so %,d would fit. Shorten it, or start the engine with a larger length."
                        .formatted(promptTokens, limit, limit - 1));
        this.promptTokens = promptTokens;
        this.limit = limit;
    }

    /** How many tokens the session has. */
    public int promptTokens() {
        return promptTokens;
    }

    /** How many tokens of one sequence the context holds. */
    public int limit() {
        return limit;
    }
}
