package dev.qwen4j.engine;

import java.util.List;

/**
 * How likely a token was, as the model gives it, before anything is done to its logits.
 *
 * @param token the token that was chosen
 * @param logprob the natural logarithm of its probability, 0 or less
 * @param top the likeliest tokens at this place, the likeliest first, as many as were asked for
 */
public record TokenLogprob(int token, double logprob, List<Alternative> top) {
    /** Takes a copy of the list. */
    public TokenLogprob {
        top = List.copyOf(top);
    }

    /**
     * A token that could have been chosen.
     *
     * @param token which
     * @param logprob the natural logarithm of its probability
     */
    public record Alternative(int token, double logprob) {}
}
