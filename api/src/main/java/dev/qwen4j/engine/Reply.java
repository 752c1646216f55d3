package dev.qwen4j.engine;

import java.util.List;

/**
 * What was generated.
 *
 * @param text the text, without control tokens
 * @param tokens the tokens, which the session has at its end
 * @param finishReason why there are no more
 * @param usage what it took
 * @param logprobs how likely each token was, if that {@linkplain GenerationOptions#logprobs was asked for}; else empty
 */
public record Reply(
        String text, List<Integer> tokens, FinishReason finishReason, Usage usage, List<TokenLogprob> logprobs) {
    /** Takes copies of the lists. */
    public Reply {
        tokens = List.copyOf(tokens);
        logprobs = List.copyOf(logprobs);
    }
}
