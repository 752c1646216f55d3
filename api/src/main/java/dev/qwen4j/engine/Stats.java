package dev.qwen4j.engine;

/**
 * What an engine is doing, and has done since it was started.
 *
 * @param queued how many generations wait
 * @param active how many are computed together
 * @param cachedTokens how many tokens the cache holds, planned ones included; what sessions have in common counts once
 * @param capacity how many it can hold
 * @param cachedSequences how many sequences it holds, those that generate included
 * @param reusedTokens how many tokens of prompts were in the cache
 * @param computedTokens how many tokens were computed
 * @param generatedTokens how many of them were generated
 * @param preemptions how often a generation lost its place in the cache to older ones, and was computed again
 * @param steps how many batches were computed
 */
public record Stats(
        int queued,
        int active,
        int cachedTokens,
        int capacity,
        int cachedSequences,
        long reusedTokens,
        long computedTokens,
        long generatedTokens,
        long preemptions,
        long steps) {}
