package dev.qwen4j.engine;

import java.util.List;

/**
 * What was generated.
 *
 * @param text the text, without control tokens
 * @param tokens the tokens, which the session has at its end
 * @param finishReason why there are no more
 * @param usage what it took
 */
public record Reply(String text, List<Integer> tokens, FinishReason finishReason, Usage usage) {
    /** Takes a copy of the list. */
    public Reply {
        tokens = List.copyOf(tokens);
    }
}
