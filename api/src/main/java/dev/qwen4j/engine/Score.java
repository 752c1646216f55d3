package dev.qwen4j.engine;

import java.util.List;

/**
 * How likely a model finds a text behind another one.
 *
 * @param logprob the natural logarithm of the whole text's probability: the sum of its tokens'
 * @param tokens each token's
 */
public record Score(double logprob, List<TokenLogprob> tokens) {
    /** Takes a copy of the list. */
    public Score {
        tokens = List.copyOf(tokens);
    }

    /** How many tokens the model would have to choose between evenly to be as surprised: {@code exp(-logprob / tokens)}. */
    public double perplexity() {
        return Math.exp(-logprob / tokens.size());
    }
}
