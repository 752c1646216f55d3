package dev.qwen4j;

import java.util.Objects;

/**
 * What a context can hold and how it computes; immutable.
 *
 * <p>Where nothing else is said, the defaults are llama.cpp's.
 *
 * @param length the most tokens it can hold; rounded up to a multiple of 256, read back by {@link Context#length()}
 * @param batchSize the most tokens of one {@link Context#decode decode}
 * @param microBatchSize the most tokens that are computed together, at most {@code batchSize}
 * @param threads the threads that decode single tokens, 1 to 512; the calling one is among them
 * @param batchThreads the threads that compute longer batches, 1 to 512
 * @param keyType the type of the cache's keys
 * @param valueType the type of the cache's values; a quantised one needs flash attention
 * @param flashAttention whether the fused kernel is used
 */
public record ContextOptions(
        int length,
        int batchSize,
        int microBatchSize,
        int threads,
        int batchThreads,
        CacheType keyType,
        CacheType valueType,
        FlashAttention flashAttention) {
    /** GGML_MAX_N_THREADS in ggml.h. */
    private static final int MOST_THREADS = 512;

    /** Checks every argument, and names the wrong one. */
    public ContextOptions {
        require(length >= 1, "length is " + length + "; it must be at least 1");
        require(batchSize >= 1, "batchSize is " + batchSize + "; it must be at least 1");
        require(microBatchSize >= 1, "microBatchSize is " + microBatchSize + "; it must be at least 1");
        require(
                microBatchSize <= batchSize,
                "microBatchSize is " + microBatchSize + "; it must not be larger than batchSize, " + batchSize);
        require(threads >= 1 && threads <= MOST_THREADS, "threads is " + threads + "; it must be 1 to 512");
        require(
                batchThreads >= 1 && batchThreads <= MOST_THREADS,
                "batchThreads is " + batchThreads + "; it must be 1 to 512");
        Objects.requireNonNull(keyType, "keyType");
        Objects.requireNonNull(valueType, "valueType");
        Objects.requireNonNull(flashAttention, "flashAttention");
        require(
                !valueType.isQuantized() || flashAttention != FlashAttention.OFF,
                "valueType is " + valueType + " and flashAttention is OFF; quantised values need flash attention");
    }

    /**
     * 4,096 tokens, batches of 2,048 in micro-batches of 512, as many threads as the JVM has processors, F16 keys and values, flash attention where
     * there is.
     *
     * <p>llama.h's length is 512, and its programs' all that the model was trained on: the one is short, the other can take the whole memory, since the
     * cache is allocated at once.
     */
    public static ContextOptions defaults() {
        // llama.h has 4 threads; its programs have one a core, since more than cores wait for each other at every
        // barrier.
        int threads = Math.min(Runtime.getRuntime().availableProcessors(), MOST_THREADS);
        return new ContextOptions(4096, 2048, 512, threads, threads, CacheType.F16, CacheType.F16, FlashAttention.AUTO);
    }

    /** The same, holding that many tokens. */
    public ContextOptions length(int tokens) {
        return new ContextOptions(
                tokens, batchSize, microBatchSize, threads, batchThreads, keyType, valueType, flashAttention);
    }

    /** The same, decoding up to that many tokens at once; the micro-batch shrinks with it where it must. */
    public ContextOptions batchSize(int tokens) {
        return new ContextOptions(
                length,
                tokens,
                Math.min(microBatchSize, Math.max(tokens, 1)),
                threads,
                batchThreads,
                keyType,
                valueType,
                flashAttention);
    }

    /** The same, computing up to that many tokens together. */
    public ContextOptions microBatchSize(int tokens) {
        return new ContextOptions(length, batchSize, tokens, threads, batchThreads, keyType, valueType, flashAttention);
    }

    /** The same with that many threads, for single tokens and for batches. */
    public ContextOptions threads(int count) {
        return new ContextOptions(length, batchSize, microBatchSize, count, count, keyType, valueType, flashAttention);
    }

    /** The same with that many threads for batches alone. */
    public ContextOptions batchThreads(int count) {
        return new ContextOptions(
                length, batchSize, microBatchSize, threads, count, keyType, valueType, flashAttention);
    }

    /** The same with a cache of those types. */
    public ContextOptions cacheTypes(CacheType keys, CacheType values) {
        return new ContextOptions(
                length, batchSize, microBatchSize, threads, batchThreads, keys, values, flashAttention);
    }

    /** The same with or without flash attention. */
    public ContextOptions flashAttention(FlashAttention use) {
        return new ContextOptions(length, batchSize, microBatchSize, threads, batchThreads, keyType, valueType, use);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message + ".");
        }
    }
}
