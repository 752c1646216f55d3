package dev.qwen4j;

import java.time.Duration;

/**
 * What a context has computed since it was created, or since {@link Context#resetTimings}; {@code llama_perf_context}.
 *
 * @param promptTokens tokens that came in batches of two or more
 * @param promptTime the time they took
 * @param generatedTokens tokens that came alone
 * @param generationTime the time they took
 * @param reusedGraphs how many times the graph of the previous batch could be used again
 */
public record Timings(
        int promptTokens, Duration promptTime, int generatedTokens, Duration generationTime, int reusedGraphs) {}
