package dev.qwen4j.engine;

/**
 * One of several texts that may follow a session's.
 *
 * @param text the text
 * @param logprob the natural logarithm of its probability among all texts
 * @param probability its probability among those that were asked about, 0 to 1; theirs add up to 1
 */
public record Choice(String text, double logprob, double probability) {}
