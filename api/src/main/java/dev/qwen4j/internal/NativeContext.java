package dev.qwen4j.internal;

import dev.qwen4j.ContextOptions;
import dev.qwen4j.Pooling;
import dev.qwen4j.Timings;
import dev.qwen4j.bindings.Pointers;
import dev.qwen4j.bindings.generated.LlamaCpp;
import dev.qwen4j.bindings.generated.llama_context_params;
import dev.qwen4j.bindings.generated.llama_perf_context_data;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Optional;

/**
 * A {@code llama_context} with its threadpools, and the memory that its calls pass.
 *
 * <p>For one thread at a time, except {@link #requestCancel}. Arguments are the caller's to check.
 */
public final class NativeContext {
    /** How a decode that did not fail ended. */
    public enum Outcome {
        DONE,
        NO_ROOM,
        CANCELLED,
        /** The listener threw. */
        STOPPED
    }

    private static final VarHandle CANCEL = ValueLayout.JAVA_INT.varHandle();

    private final Arena arena = Arena.ofShared();
    private final MemorySegment context;
    private final MemorySegment llama;
    private final MemorySegment cancel;
    private final Guard guard;
    private final NativeBatch batch;
    private final NativeMemory memory;
    private final NativeResults results;
    private final NativeState state;
    private final Optional<NativeEvalListener> evalListener;
    private final boolean timings;

    /**
     * Creates one.
     *
     * @param companion the context that this one works for
     * @throws dev.qwen4j.LlamaException if llama.cpp does not
     */
    public NativeContext(NativeModel model, ContextOptions options, Optional<NativeContext> companion) {
        var created = MemorySegment.NULL;
        try (var call = Arena.ofConfined()) {
            guard = new Guard(arena);
            timings = options.timings();
            evalListener = options.evalListener().map(listener -> new NativeEvalListener(listener, arena));
            var params = params(call, options);
            companion.ifPresent(other -> llama_context_params.ctx_other(params, other.llama));
            var listener = evalListener.map(NativeEvalListener::stub).orElse(MemorySegment.NULL);
            created = LlamaCpp.qwen4j_context_new(guard.error(), model.pointer(), params, listener);
            guard.check("create a context");
            context = Pointers.scoped(created, arena);
            llama = Pointers.scoped(LlamaCpp.qwen4j_context_llama(context), arena);
            cancel = Pointers.sized(LlamaCpp.qwen4j_context_cancel(context), Integer.BYTES, arena);
            batch = new NativeBatch(LlamaCpp.llama_n_batch(llama), arena);
            memory = new NativeMemory(context, llama, guard);
            state = new NativeState(context, guard);
            results = new NativeResults(model, context, pooling(), guard);
        } catch (Throwable e) {
            release(created);
            throw e;
        }
    }

    static MemorySegment params(Arena call, ContextOptions options) {
        var params = LlamaCpp.llama_context_default_params(call);
        llama_context_params.n_ctx(params, options.length());
        llama_context_params.n_batch(params, options.batchSize());
        llama_context_params.n_ubatch(params, options.microBatchSize());
        llama_context_params.n_seq_max(params, options.maxSequences());
        llama_context_params.kv_unified(params, options.unified());
        llama_context_params.n_rs_seq(params, options.rollbackTokens());
        llama_context_params.n_outputs_max(params, options.maxOutputs());
        llama_context_params.n_outputs_max_per_seq(params, options.maxOutputsPerSequence());
        llama_context_params.n_threads(params, options.threads());
        llama_context_params.n_threads_batch(params, options.batchThreads());
        llama_context_params.type_k(params, NativeEnums.cacheType(options.keyType()));
        llama_context_params.type_v(params, NativeEnums.cacheType(options.valueType()));
        llama_context_params.flash_attn_type(params, NativeEnums.flashAttention(options.flashAttention()));
        llama_context_params.pooling_type(params, NativeEnums.pooling(options.pooling()));
        llama_context_params.attention_type(params, NativeEnums.attention(options.attention()));
        var rope = options.ropeScaling();
        llama_context_params.rope_scaling_type(params, NativeEnums.ropeScaling(rope.method()));
        llama_context_params.rope_freq_base(params, rope.frequencyBase());
        llama_context_params.rope_freq_scale(params, rope.frequencyScale());
        llama_context_params.yarn_ext_factor(params, rope.extrapolationMix());
        llama_context_params.yarn_attn_factor(params, rope.attentionFactor());
        llama_context_params.yarn_beta_fast(params, rope.betaFast());
        llama_context_params.yarn_beta_slow(params, rope.betaSlow());
        llama_context_params.yarn_orig_ctx(params, rope.originalLength());
        llama_context_params.embeddings(params, options.embeddings());
        llama_context_params.swa_full(params, options.fullSlidingWindow());
        llama_context_params.offload_kqv(params, options.offloadCache());
        llama_context_params.op_offload(params, options.offloadOperations());
        llama_context_params.no_perf(params, !options.timings());
        if (options.multiTokenPrediction()) {
            llama_context_params.ctx_type(params, LlamaCpp.LLAMA_CONTEXT_TYPE_MTP());
        }
        return params;
    }

    /** The most tokens that all sequences together hold, as llama.cpp rounded it. */
    public int length() {
        return LlamaCpp.llama_n_ctx(llama);
    }

    /** The most tokens that one sequence holds. */
    public int sequenceLength() {
        return LlamaCpp.llama_n_ctx_seq(llama);
    }

    /** The most tokens of one decode. */
    public int batchSize() {
        return LlamaCpp.llama_n_batch(llama);
    }

    /** The most tokens that are computed together. */
    public int microBatchSize() {
        return LlamaCpp.llama_n_ubatch(llama);
    }

    /** The number of sequences. */
    public int maxSequences() {
        return LlamaCpp.llama_n_seq_max(llama);
    }

    /** How many tokens a recurrent state can take back. */
    public int rollbackTokens() {
        return LlamaCpp.llama_n_rs_seq(llama);
    }

    /** How embeddings are pooled. */
    public Pooling pooling() {
        return NativeEnums.pooling(LlamaCpp.llama_pooling_type(llama));
    }

    /** What it holds. */
    public NativeMemory memory() {
        return memory;
    }

    /** Copies of what it holds. */
    public NativeState state() {
        return state;
    }

    /** What the last batch gave. */
    public NativeResults results() {
        return results;
    }

    /** The batch that {@link #decode} and {@link #encode} compute. */
    public NativeBatch batch() {
        return batch;
    }

    /** Decodes the batch. */
    public Outcome decode() {
        return outcome(LlamaCpp.qwen4j_decode(guard.error(), context, batch.pointer()), "decode");
    }

    /** Encodes the batch. */
    public Outcome encode() {
        return outcome(LlamaCpp.qwen4j_encode(guard.error(), context, batch.pointer()), "encode");
    }

    private Outcome outcome(int code, String verb) {
        guard.check(verb, batch.size());
        if (timings) {
            // It counts what was queued since it last waited as one batch.
            synchronize();
        }
        return switch (code) {
            case 0 -> Outcome.DONE;
            case 1 -> Outcome.NO_ROOM;
            case 2 -> Outcome.CANCELLED;
            case 3 -> Outcome.STOPPED;
            default -> throw new AssertionError("A computation ended with " + code);
        };
    }

    /** What the listener threw at the last decode. */
    public Optional<Throwable> listenerFailure() {
        return evalListener.flatMap(NativeEvalListener::takeThrown);
    }

    MemorySegment pointer() {
        return context;
    }

    /** Computes on threads of its own. */
    public void setThreads(int threads, int batchThreads) {
        LlamaCpp.qwen4j_context_set_threads(guard.error(), context, threads, batchThreads);
        guard.check("compute on " + threads + " and " + batchThreads + " threads");
    }

    /** Computes on the threads of pools, which must outlive the context or the next such call. */
    public void attach(NativeThreadPool pool, NativeThreadPool batchPool) {
        LlamaCpp.qwen4j_context_attach(
                guard.error(), context, pool.pointer(), pool.threads(), batchPool.pointer(), batchPool.threads());
        guard.check("attach a thread pool");
    }

    /** Applies no sampler to a sequence any more. */
    public void detachSampler(int sequence) {
        LlamaCpp.qwen4j_context_detach_sampler(guard.error(), context, sequence);
        guard.check("detach the sampler of sequence " + sequence);
    }

    /** How many threads compute single tokens. */
    public int threads() {
        return LlamaCpp.llama_n_threads(llama);
    }

    /** How many threads compute batches. */
    public int batchThreads() {
        return LlamaCpp.llama_n_threads_batch(llama);
    }

    /** Whether tokens attend to earlier ones only. */
    public void setCausal(boolean causal) {
        LlamaCpp.llama_set_causal_attn(llama, causal);
    }

    /** Whether embeddings are computed. */
    public void setEmbeddings(boolean compute) {
        LlamaCpp.llama_set_embeddings(llama, compute);
    }

    /** Waits for devices. */
    public void synchronize() {
        LlamaCpp.llama_synchronize(llama);
    }

    /** What was computed so far. */
    public Timings timings() {
        try (var call = Arena.ofConfined()) {
            var data = LlamaCpp.llama_perf_context(call, llama);
            return new Timings(
                    llama_perf_context_data.n_p_eval(data),
                    milliseconds(llama_perf_context_data.t_p_eval_ms(data)),
                    llama_perf_context_data.n_eval(data),
                    milliseconds(llama_perf_context_data.t_eval_ms(data)),
                    llama_perf_context_data.n_reused(data));
        }
    }

    /** Counts from zero again. */
    public void resetTimings() {
        LlamaCpp.llama_perf_context_reset(llama);
    }

    private static Duration milliseconds(double count) {
        return Duration.ofNanos((long) (count * 1e6));
    }

    /** Whether nothing but {@link #free} can be done any more. */
    public boolean isBroken() {
        return LlamaCpp.qwen4j_context_broken(context) != 0;
    }

    /** Makes the running decode end after its current operation, and later ones at once. Any thread, while the context lives. */
    public void requestCancel() {
        CANCEL.setVolatile(cancel, 0L, 1);
    }

    /** Takes the request back. */
    public void clearCancel() {
        CANCEL.setVolatile(cancel, 0L, 0);
    }

    /** Frees the context; nothing of it may be in use. */
    public void free() {
        release(context);
    }

    private void release(MemorySegment created) {
        try (var call = Arena.ofConfined()) {
            if (!Pointers.isNull(created)) {
                LlamaCpp.qwen4j_context_free(new Guard(call).error(), created);
                NativeLog.drain();
            }
        } finally {
            arena.close();
        }
    }
}
