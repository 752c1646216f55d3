package dev.qwen4j.engine;

import java.time.Duration;

/**
 * What a generation took.
 *
 * @param promptTokens how many tokens the session had when it began
 * @param cachedTokens how many of them were there already, and so were not computed
 * @param reuse why not more
 * @param generatedTokens how many it generated
 * @param draftedTokens how many tokens were guessed and computed on trial
 * @param acceptedTokens how many of them were right
 * @param queued from when it was asked for until it was begun
 * @param prefill from then until its first token
 * @param decode from its first token to its last
 */
public record Usage(
        int promptTokens,
        int cachedTokens,
        Reuse reuse,
        int generatedTokens,
        int draftedTokens,
        int acceptedTokens,
        Duration queued,
        Duration prefill,
        Duration decode) {}
