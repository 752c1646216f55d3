package dev.qwen4j.engine;

import java.time.Duration;

/**
 * What a generation took.
 *
 * @param promptTokens how many tokens the session had when it began
 * @param cachedTokens how many of them were in the cache already, and so were not computed
 * @param generatedTokens how many it generated
 * @param queued from when it was asked for until it was begun
 * @param prefill from then until its first token
 * @param decode from its first token to its last
 */
public record Usage(
        int promptTokens, int cachedTokens, int generatedTokens, Duration queued, Duration prefill, Duration decode) {}
