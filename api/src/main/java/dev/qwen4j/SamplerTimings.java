package dev.qwen4j;

import java.time.Duration;

/**
 * What sampling has cost.
 *
 * @param tokens how many tokens were sampled
 * @param time how long that took in all, in native code
 */
public record SamplerTimings(long tokens, Duration time) {}
