package dev.qwen4j.internal;

import dev.qwen4j.ContextOptions;
import dev.qwen4j.bindings.Pointers;
import dev.qwen4j.bindings.generated.LlamaCpp;
import dev.qwen4j.bindings.generated.llama_batch;
import dev.qwen4j.bindings.generated.llama_context_params;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * A {@code llama_context} with its threadpools, and the memory that its calls pass. Sequence 0 is the only one in use.
 *
 * <p>For one thread at a time, except {@link #requestCancel}. Arguments are the caller's to check.
 */
public final class NativeContext {
    /** How a decode that did not fail ended. */
    public enum Outcome {
        DONE,
        NO_ROOM,
        CANCELLED
    }

    private static final VarHandle CANCEL = ValueLayout.JAVA_INT.varHandle();

    private final Arena arena = Arena.ofShared();
    private final MemorySegment context;
    private final MemorySegment cancel;
    private final Guard guard;
    private final MemorySegment batch;
    private final MemorySegment tokens;
    private final MemorySegment positions;
    private final MemorySegment outputs;
    private final int length;
    private final int batchSize;
    private final int vocabularySize;
    private final boolean slidingWindow;

    /**
     * Creates one.
     *
     * @throws dev.qwen4j.LlamaException if llama.cpp does not
     */
    public NativeContext(NativeModel model, ContextOptions options) {
        try (var call = Arena.ofConfined()) {
            guard = new Guard(arena);
            var params = params(call, options);
            context = Pointers.scoped(create(model, params), arena);
            try {
                var llama = LlamaCpp.qwen4j_context_llama(context);
                length = length(model, LlamaCpp.llama_n_ctx(llama));
                batchSize = LlamaCpp.llama_n_batch(llama);
                vocabularySize = model.vocabulary().size();
                slidingWindow = model.hasSlidingWindow();
                cancel = Pointers.sized(LlamaCpp.qwen4j_context_cancel(context), Integer.BYTES, arena);
                batch = llama_batch.allocate(arena);
                tokens = arena.allocate(ValueLayout.JAVA_INT, batchSize);
                positions = arena.allocate(ValueLayout.JAVA_INT, batchSize);
                outputs = arena.allocate(batchSize);
            } catch (Throwable e) {
                LlamaCpp.qwen4j_context_free(guard.error(), context);
                throw e;
            }
        } catch (Throwable e) {
            arena.close();
            throw e;
        }
        llama_batch.token(batch, tokens);
        llama_batch.pos(batch, positions);
        llama_batch.logits(batch, outputs);
    }

    private static MemorySegment params(Arena call, ContextOptions options) {
        var params = LlamaCpp.llama_context_default_params(call);
        llama_context_params.n_ctx(params, options.length());
        llama_context_params.n_batch(params, options.batchSize());
        llama_context_params.n_ubatch(params, options.microBatchSize());
        llama_context_params.n_threads(params, options.threads());
        llama_context_params.n_threads_batch(params, options.batchThreads());
        llama_context_params.type_k(params, NativeEnums.cacheType(options.keyType()));
        llama_context_params.type_v(params, NativeEnums.cacheType(options.valueType()));
        llama_context_params.flash_attn_type(params, NativeEnums.flashAttention(options.flashAttention()));
        return params;
    }

    private MemorySegment create(NativeModel model, MemorySegment params) {
        var created = LlamaCpp.qwen4j_context_new(guard.error(), model.pointer(), params);
        guard.check("create a context");
        return created;
    }

    /** llama.cpp rounds up, but learned positions end where they end: a worker thread's assert ends the JVM. */
    private static int length(NativeModel model, int rounded) {
        return model.mayHaveLearnedPositions() ? Math.min(rounded, model.trainedContextLength()) : rounded;
    }

    /** The most tokens that it holds, as llama.cpp rounded it. */
    public int length() {
        return length;
    }

    /** The most tokens of one decode. */
    public int batchSize() {
        return batchSize;
    }

    /**
     * Decodes tokens at consecutive positions.
     *
     * @param firstPosition the position of the first token
     * @param output whether logits are wanted, a token each
     * @param from where in the arrays to begin
     * @param count how many tokens, at most {@link #batchSize}
     */
    public Outcome decode(int[] ids, boolean[] output, int from, int count, int firstPosition) {
        for (int i = 0; i < count; i++) {
            tokens.setAtIndex(ValueLayout.JAVA_INT, i, ids[from + i]);
            positions.setAtIndex(ValueLayout.JAVA_INT, i, firstPosition + i);
            outputs.set(ValueLayout.JAVA_BYTE, i, (byte) (output[from + i] ? 1 : 0));
        }
        return decode(count);
    }

    /** Decodes one token, with logits: the case that must cost nothing. */
    public Outcome decode(int id, int position) {
        tokens.set(ValueLayout.JAVA_INT, 0, id);
        positions.set(ValueLayout.JAVA_INT, 0, position);
        outputs.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
        return decode(1);
    }

    private Outcome decode(int count) {
        llama_batch.n_tokens(batch, count);
        int code = LlamaCpp.qwen4j_decode(guard.error(), context, batch);
        guard.check(count == 1 ? "decode a token" : "decode " + count + " tokens");
        return switch (code) {
            case 0 -> Outcome.DONE;
            case 1 -> Outcome.NO_ROOM;
            default -> Outcome.CANCELLED;
        };
    }

    /** Copies the logits of a token of the last batch, one for each token of the vocabulary. */
    public void logits(int index, float[] destination) {
        var row = LlamaCpp.qwen4j_logits(guard.error(), context, index);
        guard.check("get the logits of token " + index + " of the last batch");
        var sized = Pointers.sized(row, (long) vocabularySize * Float.BYTES, arena);
        MemorySegment.copy(sized, ValueLayout.JAVA_FLOAT, 0, destination, 0, vocabularySize);
    }

    /** Samples from the logits of a token of the last batch, and has the sampler accept the result. */
    public int sample(NativeSampler sampler, int index) {
        int token = LlamaCpp.qwen4j_sample(guard.error(), sampler.pointer(), context, index);
        guard.check("sample a token");
        return token;
    }

    /** Forgets all tokens. */
    public void clear() {
        LlamaCpp.qwen4j_context_clear(guard.error(), context);
        guard.check("clear the context");
    }

    /** Forgets the tokens from a position on; false, and nothing done, where the cache cannot do that. */
    public boolean truncate(int position) {
        if (slidingWindow && position > 0) {
            // llama.cpp says yes, but the cells that the remaining tokens attend to may be gone, and the logits would
            // be wrong.
            return false;
        }
        boolean done = LlamaCpp.qwen4j_context_truncate(guard.error(), context, position);
        guard.check("cut the context at position " + position);
        return done;
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
        try {
            LlamaCpp.qwen4j_context_free(guard.error(), context);
            NativeLog.drain();
        } finally {
            arena.close();
        }
    }
}
