package dev.qwen4j;

import java.nio.file.Path;

/**
 * A part of ggml that was found and is not used.
 *
 * @param path its library
 * @param reason why, in a few words or the dynamic linker's
 */
public record RejectedBackend(Path path, String reason) {}
