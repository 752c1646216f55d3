package dev.qwen4j;

import java.util.Objects;

/**
 * What a context can hold and how it computes; immutable: each setter returns a changed copy.
 *
 * <p>Where nothing else is said, the defaults are llama.cpp's.
 *
 * @see Model#newContext(java.util.function.UnaryOperator)
 */
public final class ContextOptions {
    /** GGML_MAX_N_THREADS in ggml.h. */
    private static final int MOST_THREADS = 512;

    private final int length;
    private final int batchSize;
    private final int microBatchSize;
    private final int threads;
    private final int batchThreads;
    private final CacheType keyType;
    private final CacheType valueType;
    private final FlashAttention flashAttention;

    private ContextOptions(
            int length,
            int batchSize,
            int microBatchSize,
            int threads,
            int batchThreads,
            CacheType keyType,
            CacheType valueType,
            FlashAttention flashAttention) {
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
        this.length = length;
        this.batchSize = batchSize;
        this.microBatchSize = microBatchSize;
        this.threads = threads;
        this.batchThreads = batchThreads;
        this.keyType = keyType;
        this.valueType = valueType;
        this.flashAttention = flashAttention;
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

    /** The most tokens it can hold, 1 or more; rounded up to a multiple of 256, and read back by {@link Context#length()}. Default: 4,096, or as many as
     * the model was trained on if those are fewer. */
    public ContextOptions length(int tokens) {
        return new ContextOptions(
                tokens, batchSize, microBatchSize, threads, batchThreads, keyType, valueType, flashAttention);
    }

    /** The most tokens of one {@link Context#decode decode}, 1 or more; the micro-batch shrinks with it where it must. Default: 2,048. */
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

    /** The most tokens that are computed together, 1 to the batch size. Default: 512. */
    public ContextOptions microBatchSize(int tokens) {
        return new ContextOptions(length, batchSize, tokens, threads, batchThreads, keyType, valueType, flashAttention);
    }

    /** How many threads compute, the calling one among them, 1 to 512, for single tokens and for batches. Default: one for each processor of the JVM. */
    public ContextOptions threads(int count) {
        return new ContextOptions(length, batchSize, microBatchSize, count, count, keyType, valueType, flashAttention);
    }

    /** How many threads compute batches, where that differs from single tokens; 1 to 512. */
    public ContextOptions batchThreads(int count) {
        return new ContextOptions(
                length, batchSize, microBatchSize, threads, count, keyType, valueType, flashAttention);
    }

    /** The types of the cache's keys and values; quantised values need flash attention. Default: F16 both. */
    public ContextOptions cacheTypes(CacheType keys, CacheType values) {
        return new ContextOptions(
                length, batchSize, microBatchSize, threads, batchThreads, keys, values, flashAttention);
    }

    /** Whether attention is computed by the fused kernel. Default: where there is one. */
    public ContextOptions flashAttention(FlashAttention use) {
        return new ContextOptions(length, batchSize, microBatchSize, threads, batchThreads, keyType, valueType, use);
    }

    /** The most tokens it can hold. */
    public int length() {
        return length;
    }

    /** The most tokens of one decode. */
    public int batchSize() {
        return batchSize;
    }

    /** The most tokens that are computed together. */
    public int microBatchSize() {
        return microBatchSize;
    }

    /** How many threads compute single tokens. */
    public int threads() {
        return threads;
    }

    /** How many threads compute batches. */
    public int batchThreads() {
        return batchThreads;
    }

    /** The type of the cache's keys. */
    public CacheType keyType() {
        return keyType;
    }

    /** The type of the cache's values. */
    public CacheType valueType() {
        return valueType;
    }

    /** Whether attention is computed by the fused kernel. */
    public FlashAttention flashAttention() {
        return flashAttention;
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message + ".");
        }
    }
}
