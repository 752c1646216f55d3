package dev.qwen4j.engine;

/**
 * What an engine is doing, and has done, for one tenant.
 *
 * @param queued how many generations wait
 * @param active how many are computed
 * @param reusedTokens how many tokens of prompts were there already
 * @param computedTokens how many tokens were computed
 * @param generatedTokens how many of them were generated
 */
public record TenantStats(int queued, int active, long reusedTokens, long computedTokens, long generatedTokens) {}
