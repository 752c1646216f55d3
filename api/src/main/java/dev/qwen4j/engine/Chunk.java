package dev.qwen4j.engine;

import java.util.List;

/**
 * A piece of a reply while it is generated: what one or more tokens add to its text.
 *
 * @param text never empty, and never half a character
 * @param logprobs how likely those tokens were, if that {@linkplain GenerationOptions#logprobs was asked for}; else empty
 */
public record Chunk(String text, List<TokenLogprob> logprobs) {
    /** Takes a copy of the list. */
    public Chunk {
        logprobs = List.copyOf(logprobs);
    }

    /** A piece without log-probabilities. */
    public Chunk(String text) {
        this(text, List.of());
    }
}
