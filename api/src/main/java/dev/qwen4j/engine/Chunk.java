package dev.qwen4j.engine;

/**
 * A piece of a reply while it is generated: what one token adds to its text.
 *
 * @param text never empty, and never half a character
 */
public record Chunk(String text) {}
