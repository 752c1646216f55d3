package dev.qwen4j.internal;

import dev.qwen4j.LlamaException;
import dev.qwen4j.SamplingException;
import dev.qwen4j.SamplingStage;
import dev.qwen4j.bindings.Pointers;
import dev.qwen4j.bindings.generated.LlamaCpp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A chain of {@code llama_sampler}s. For one thread at a time. Arguments are the caller's to check. */
public final class NativeSampler {
    /** LLAMA_DEFAULT_SEED, which stands for none. */
    private static final int NO_SEED = -1;

    private interface Creation {
        MemorySegment create(MemorySegment error, NativeStages stages);
    }

    private final Arena arena = Arena.ofShared();
    private final Guard guard;
    private final MemorySegment sampler;
    private @Nullable Throwable thrown;

    /**
     * Creates the chain of some stages.
     *
     * @param customs those of the stages that are written in Java
     * @throws IllegalArgumentException if a trigger pattern is no regular expression
     */
    public NativeSampler(NativeVocabulary vocabulary, List<SamplingStage> stages, List<? extends CustomStage> customs) {
        this(
                customs,
                "create a sampler",
                (error, writer) ->
                        LlamaCpp.qwen4j_sampler_new(error, vocabulary.pointer(), writer.write(stages), stages.size()));
    }

    /** Creates a copy in the same state, with copies of the stages that are written in Java. */
    public NativeSampler(NativeSampler other, List<? extends CustomStage> customs) {
        this(
                customs,
                "copy the sampler",
                (error, writer) -> LlamaCpp.qwen4j_sampler_copy(
                        error, other.sampler, writer.writeCustoms(customs.size()), customs.size()));
    }

    private NativeSampler(List<? extends CustomStage> customs, String doing, Creation creation) {
        var created = MemorySegment.NULL;
        try (var call = Arena.ofConfined()) {
            guard = new Guard(arena);
            var stubs = customs.stream()
                    .map(stage -> new CustomStub(stage, this::onThrow))
                    .toList();
            created = creation.create(guard.error(), new NativeStages(call, arena, stubs));
            check(doing);
            sampler = Pointers.scoped(created, arena);
        } catch (Throwable e) {
            release(created);
            throw e;
        }
    }

    private void onThrow(Throwable e) {
        thrown = e;
    }

    /** Has a context apply the first stages to the logits of a sequence, where it computes them. */
    public void attach(NativeContext context, int sequence) {
        LlamaCpp.qwen4j_sampler_attach(guard.error(), sampler, context.pointer(), sequence);
        check("attach the sampler to sequence " + sequence);
    }

    /** As if it had never been attached; the context must not have it any more. */
    public void detach() {
        LlamaCpp.qwen4j_sampler_detach(guard.error(), sampler);
        check("detach the sampler");
    }

    /** Samples from the logits of a token of the last batch, and accepts the result. */
    public int sample(NativeContext context, int index) {
        int token = LlamaCpp.qwen4j_sample(guard.error(), sampler, context.pointer(), index);
        check("sample a token");
        return token;
    }

    /** What the chain leaves of candidates; nothing is accepted. */
    public CandidateArrays apply(CandidateArrays candidates) {
        try (var call = Arena.ofConfined()) {
            var array = candidates.allocate(call);
            LlamaCpp.qwen4j_sampler_apply(guard.error(), sampler, array);
            check("apply the sampler");
            return CandidateArrays.read(array, call);
        }
    }

    /** Tells the chain of a token that it did not sample itself; grammars only if it is generated. */
    public void accept(int token, boolean generated) {
        LlamaCpp.qwen4j_sampler_accept(guard.error(), sampler, token, generated);
        check("accept token " + token);
    }

    /** Back to the state after creation, the seed's included. */
    public void reset() {
        LlamaCpp.qwen4j_sampler_reset(guard.error(), sampler);
        check("reset the sampler");
    }

    /** Removes a stage. */
    public void remove(int index) {
        LlamaCpp.qwen4j_sampler_remove(guard.error(), sampler, index);
        check("remove stage " + index);
    }

    /** The bytes of text that lazy grammars have heard while they wait; negative if none waits. */
    public long heardBytes() {
        return LlamaCpp.qwen4j_sampler_heard(sampler);
    }

    /** The microseconds that sampling has taken. */
    public long micros() {
        return LlamaCpp.qwen4j_sampler_micros(sampler);
    }

    /** How many tokens were sampled. */
    public long count() {
        return LlamaCpp.qwen4j_sampler_count(sampler);
    }

    /** The seed of the last stage that draws. */
    public OptionalLong seed() {
        int seed = LlamaCpp.llama_sampler_get_seed(LlamaCpp.qwen4j_sampler_llama(sampler));
        return seed == NO_SEED ? OptionalLong.empty() : OptionalLong.of(Integer.toUnsignedLong(seed));
    }

    /** llama.cpp's names of the stages. */
    public List<String> names() {
        var chain = LlamaCpp.qwen4j_sampler_llama(sampler);
        var names = new ArrayList<String>();
        var stage = LlamaCpp.llama_sampler_chain_get(chain, 0);
        while (!Pointers.isNull(stage)) {
            names.add(Pointers.utf8(LlamaCpp.llama_sampler_name(stage)));
            stage = LlamaCpp.llama_sampler_chain_get(chain, names.size());
        }
        return names;
    }

    /** Frees the chain. */
    public void free() {
        release(sampler);
    }

    private void release(MemorySegment created) {
        try (var call = Arena.ofConfined()) {
            if (!Pointers.isNull(created)) {
                LlamaCpp.qwen4j_sampler_free(new Guard(call).error(), created);
            }
        } finally {
            arena.close();
        }
    }

    private void check(String doing) {
        NativeLog.drain();
        if (guard.failed()) {
            throw failure(guard.failure(doing));
        }
    }

    private RuntimeException failure(LlamaException e) {
        var cause = thrown;
        thrown = null;
        int code = e.kind() == LlamaException.Kind.FAILURE ? guard.code() : LlamaCpp.QWEN4J_SAMPLING_OTHER();
        if (code == LlamaCpp.QWEN4J_SAMPLING_CUSTOM()) {
            var message = "A sampler written in Java threw " + cause + ".";
            return new SamplingException(SamplingException.Kind.CUSTOM, message, cause == null ? e : cause);
        }
        if (code == LlamaCpp.QWEN4J_SAMPLING_NO_SELECTION()) {
            return new SamplingException(SamplingException.Kind.CUSTOM, guard.message() + ".");
        }
        if (code == LlamaCpp.QWEN4J_SAMPLING_NOT_A_NUMBER()) {
            return new SamplingException(SamplingException.Kind.NOT_A_NUMBER, guard.message() + ".");
        }
        if (code == LlamaCpp.QWEN4J_SAMPLING_NO_CANDIDATE()) {
            return new SamplingException(SamplingException.Kind.NO_CANDIDATE, guard.message() + ".");
        }
        if (code == LlamaCpp.QWEN4J_SAMPLING_REFUSED()) {
            return new SamplingException(SamplingException.Kind.REFUSED, guard.message() + ".");
        }
        return code == LlamaCpp.QWEN4J_SAMPLING_PATTERN() ? new IllegalArgumentException(guard.message()) : e;
    }
}
