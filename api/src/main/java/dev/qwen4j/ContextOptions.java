package dev.qwen4j;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a context can hold and how it computes; immutable: each setter returns a changed copy.
 *
 * <p>Where nothing else is said, the defaults are llama.cpp's ({@code llama_context_params}). What depends on the model is checked when the context is
 * created.
 *
 * @see Model#newContext(java.util.function.UnaryOperator)
 */
public final class ContextOptions implements Cloneable {
    /** GGML_MAX_N_THREADS in ggml.h. */
    private static final int MOST_THREADS = 512;

    /** LLAMA_MAX_SEQ in llama-cparams.h. */
    private static final int MOST_SEQUENCES = 256;

    /** llama.h's. */
    private static final int MICRO_BATCH = 512;

    private static final ContextOptions DEFAULTS = new ContextOptions();

    // Written by with() alone, before anyone else sees the copy.
    private int length = 4096;
    private int batchSize = 2048;
    private OptionalInt microBatchSize = OptionalInt.empty();
    private int maxSequences = 1;
    private boolean unified;
    private int rollbackTokens;
    private int maxOutputs;
    private int maxOutputsPerSequence = 1;
    // llama.h has 4 threads; its programs have one a core, since more than cores wait for each other at every barrier.
    private int threads = Math.min(Runtime.getRuntime().availableProcessors(), MOST_THREADS);
    private OptionalInt batchThreads = OptionalInt.empty();
    private CacheType keyType = CacheType.F16;
    private CacheType valueType = CacheType.F16;
    private FlashAttention flashAttention = FlashAttention.AUTO;
    private Pooling pooling = Pooling.MODEL;
    private Attention attention = Attention.MODEL;
    private RopeScaling ropeScaling = RopeScaling.model();
    private boolean embeddings;
    private boolean fullSlidingWindow = true;
    private boolean offloadCache = true;
    private boolean offloadOperations = true;
    private boolean timings;
    private boolean checkMemory = true;
    private boolean multiTokenPrediction;
    private @Nullable Context companion;
    private @Nullable EvalListener evalListener;

    private ContextOptions() {}

    /**
     * 4,096 tokens, batches of 2,048 in micro-batches of 512, one sequence, as many threads as the JVM has processors, F16 keys and values, flash
     * attention where there is.
     *
     * <p>llama.h's length is 512, and its programs' all that the model was trained on: the one is short, the other can take the whole memory, since the
     * cache is allocated at once.
     */
    public static ContextOptions defaults() {
        return DEFAULTS;
    }

    /**
     * The most tokens it can hold, all sequences together, 1 or more; rounded up to a multiple of 256 a sequence, and read back by {@link
     * Context#length()}. Default: 4,096, or as many as the model was trained on if those are fewer.
     */
    public ContextOptions length(int tokens) {
        require(tokens >= 1, "length is " + tokens + "; it must be at least 1");
        return with(copy -> copy.length = tokens);
    }

    /** The most tokens of one {@link Context#decode decode}, 1 or more. Default: 2,048. */
    public ContextOptions batchSize(int tokens) {
        require(tokens >= 1, "batchSize is " + tokens + "; it must be at least 1");
        return with(copy -> copy.batchSize = tokens);
    }

    /** The most tokens that are computed together, 1 or more; as many as {@link #batchSize} if that is less. Default: 512. */
    public ContextOptions microBatchSize(int tokens) {
        require(tokens >= 1, "microBatchSize is " + tokens + "; it must be at least 1");
        return with(copy -> copy.microBatchSize = OptionalInt.of(tokens));
    }

    /** How many sequences it can hold, 1 to 256; their ids count from 0. Default: 1. */
    public ContextOptions maxSequences(int count) {
        require(count >= 1 && count <= MOST_SEQUENCES, "maxSequences is " + count + "; it must be 1 to 256");
        return with(copy -> copy.maxSequences = count);
    }

    /**
     * Whether sequences share one pool of cells, so that one may be long while others are short and copies cost nothing, or each has an equal part.
     * In one pool, every token pays for every cell that is in use. Default: no.
     */
    public ContextOptions unified(boolean share) {
        return with(copy -> copy.unified = share);
    }

    /** How many of its last tokens a recurrent state can take back, where the model's architecture allows it; 0 or more. Default: 0. */
    public ContextOptions rollbackTokens(int tokens) {
        require(tokens >= 0, "rollbackTokens is " + tokens + "; it must be 0 or more");
        return with(copy -> copy.rollbackTokens = tokens);
    }

    /** The most tokens of a batch that may ask for results, or 0 for as many as the batch has; less of them takes less memory. Default: 0. */
    public ContextOptions maxOutputs(int tokens) {
        require(tokens >= 0, "maxOutputs is " + tokens + "; it must be 0 or more");
        return with(copy -> copy.maxOutputs = tokens);
    }

    /** The most tokens of one sequence in a batch that a sampler on the device chooses for, or 0 for {@link #maxOutputs}. Default: 1. */
    public ContextOptions maxOutputsPerSequence(int tokens) {
        require(tokens >= 0, "maxOutputsPerSequence is " + tokens + "; it must be 0 or more");
        return with(copy -> copy.maxOutputsPerSequence = tokens);
    }

    /** How many threads compute, the calling one among them, 1 to 512. Default: one for each processor of the JVM. */
    public ContextOptions threads(int count) {
        requireThreads("threads", count);
        return with(copy -> copy.threads = count);
    }

    /** How many threads compute batches, where that differs from single tokens; 1 to 512. Default: as many as {@link #threads}. */
    public ContextOptions batchThreads(int count) {
        requireThreads("batchThreads", count);
        return with(copy -> copy.batchThreads = OptionalInt.of(count));
    }

    /** The types of the cache's keys and values; quantised values need flash attention. Default: F16 both. */
    public ContextOptions cacheTypes(CacheType keys, CacheType values) {
        Objects.requireNonNull(keys, "keys");
        Objects.requireNonNull(values, "values");
        return with(copy -> {
            copy.keyType = keys;
            copy.valueType = values;
        });
    }

    /** Whether attention is computed by the fused kernel. Default: where there is one. */
    public ContextOptions flashAttention(FlashAttention use) {
        Objects.requireNonNull(use, "use");
        return with(copy -> copy.flashAttention = use);
    }

    /** How embeddings of tokens become those of sequences. Default: {@link Pooling#MODEL}. */
    public ContextOptions pooling(Pooling method) {
        Objects.requireNonNull(method, "method");
        return with(copy -> copy.pooling = method);
    }

    /** Which tokens a token attends to. Default: {@link Attention#MODEL}. */
    public ContextOptions attention(Attention kind) {
        Objects.requireNonNull(kind, "kind");
        return with(copy -> copy.attention = kind);
    }

    /** How positions are stretched. Default: {@link RopeScaling#model}. */
    public ContextOptions ropeScaling(RopeScaling scaling) {
        Objects.requireNonNull(scaling, "scaling");
        return with(copy -> copy.ropeScaling = scaling);
    }

    /** Whether embeddings are computed, of every token of a batch; can be changed later. Default: no. */
    public ContextOptions embeddings(boolean compute) {
        return with(copy -> copy.embeddings = compute);
    }

    /** Whether layers with a sliding window keep what left the window, so that a sequence can be cut anywhere. Default: yes. */
    public ContextOptions fullSlidingWindow(boolean keep) {
        return with(copy -> copy.fullSlidingWindow = keep);
    }

    /** Whether the cache lies on the GPU, where there is one. Default: yes. */
    public ContextOptions offloadCache(boolean offload) {
        return with(copy -> copy.offloadCache = offload);
    }

    /** Whether operations on weights in host memory are computed on the GPU, where there is one and it pays. Default: yes. */
    public ContextOptions offloadOperations(boolean offload) {
        return with(copy -> copy.offloadOperations = offload);
    }

    /** Whether {@link Context#timings} are measured. Default: no. */
    public ContextOptions timings(boolean measure) {
        return with(copy -> copy.timings = measure);
    }

    /** Whether a context that needs more memory than there is gets an {@link InsufficientMemoryException}. Default: yes. */
    public ContextOptions checkMemory(boolean check) {
        return with(copy -> copy.checkMemory = check);
    }

    /** Whether the model's layers for multi-token prediction are what is computed, to draft for another context; they must be loaded. Default: no. */
    public ContextOptions multiTokenPrediction(boolean draft) {
        return with(copy -> copy.multiTokenPrediction = draft);
    }

    /** The context that a draft model works for, where its architecture shares results or cache with it; closing it closes this one. Default: none. */
    public ContextOptions companion(Context other) {
        Objects.requireNonNull(other, "other");
        return with(copy -> copy.companion = other);
    }

    /** Who is shown what is computed. Default: nobody. */
    public ContextOptions evalListener(EvalListener listener) {
        Objects.requireNonNull(listener, "listener");
        return with(copy -> copy.evalListener = listener);
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
        return Math.min(microBatchSize.orElse(MICRO_BATCH), batchSize);
    }

    /** How many sequences it can hold. */
    public int maxSequences() {
        return maxSequences;
    }

    /** Whether sequences share one pool of cells. */
    public boolean unified() {
        return unified;
    }

    /** How many tokens a recurrent state can take back. */
    public int rollbackTokens() {
        return rollbackTokens;
    }

    /** The most results of a batch, or 0. */
    public int maxOutputs() {
        return maxOutputs;
    }

    /** The most results of a sequence in a batch for a sampler on the device, or 0. */
    public int maxOutputsPerSequence() {
        return maxOutputsPerSequence;
    }

    /** How many threads compute single tokens. */
    public int threads() {
        return threads;
    }

    /** How many threads compute batches. */
    public int batchThreads() {
        return batchThreads.orElse(threads);
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

    /** How embeddings are pooled. */
    public Pooling pooling() {
        return pooling;
    }

    /** Which tokens a token attends to. */
    public Attention attention() {
        return attention;
    }

    /** How positions are stretched. */
    public RopeScaling ropeScaling() {
        return ropeScaling;
    }

    /** Whether embeddings are computed. */
    public boolean embeddings() {
        return embeddings;
    }

    /** Whether sliding windows keep all. */
    public boolean fullSlidingWindow() {
        return fullSlidingWindow;
    }

    /** Whether the cache lies on the GPU. */
    public boolean offloadCache() {
        return offloadCache;
    }

    /** Whether operations are computed on the GPU where it pays. */
    public boolean offloadOperations() {
        return offloadOperations;
    }

    /** Whether timings are measured. */
    public boolean timings() {
        return timings;
    }

    /** Whether memory is checked. */
    public boolean checkMemory() {
        return checkMemory;
    }

    /** Whether the layers for multi-token prediction are what is computed. */
    public boolean multiTokenPrediction() {
        return multiTokenPrediction;
    }

    /** The context that it works for. */
    public Optional<Context> companion() {
        return Optional.ofNullable(companion);
    }

    /** Who is shown what is computed. */
    public Optional<EvalListener> evalListener() {
        return Optional.ofNullable(evalListener);
    }

    private ContextOptions with(Consumer<ContextOptions> change) {
        ContextOptions copy;
        try {
            copy = (ContextOptions) clone();
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
        change.accept(copy);
        require(
                !copy.valueType.isQuantized() || copy.flashAttention != FlashAttention.OFF,
                "valueType is " + copy.valueType + " and flashAttention is OFF; quantised values need flash attention");
        return copy;
    }

    private static void requireThreads(String name, int count) {
        require(count >= 1 && count <= MOST_THREADS, name + " is " + count + "; it must be 1 to 512");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message + ".");
        }
    }
}
