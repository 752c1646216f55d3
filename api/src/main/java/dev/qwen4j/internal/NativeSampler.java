package dev.qwen4j.internal;

import dev.qwen4j.Sampling;
import dev.qwen4j.bindings.Pointers;
import dev.qwen4j.bindings.generated.LlamaCpp;
import dev.qwen4j.bindings.generated.qwen4j_logit_bias;
import dev.qwen4j.bindings.generated.qwen4j_sampler_stage;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A chain of {@code llama_sampler}s. For one thread at a time. */
public final class NativeSampler {
    private final Arena arena = Arena.ofShared();
    private final Guard guard;
    private final MemorySegment sampler;

    /** Creates the chain that the recipe describes. */
    public NativeSampler(NativeVocabulary vocabulary, Sampling sampling) {
        try (var call = Arena.ofConfined()) {
            guard = new Guard(arena);
            var stages = qwen4j_sampler_stage.allocateArray(sampling.stages().size(), call);
            for (int i = 0; i < sampling.stages().size(); i++) {
                fill(qwen4j_sampler_stage.asSlice(stages, i), sampling.stages().get(i));
            }
            var biases = qwen4j_logit_bias.allocateArray(sampling.logitBias().size(), call);
            int bias = 0;
            for (var entry : sampling.logitBias().entrySet()) {
                var slot = qwen4j_logit_bias.asSlice(biases, bias++);
                qwen4j_logit_bias.token(slot, entry.getKey());
                qwen4j_logit_bias.bias(slot, entry.getValue());
            }
            var created = LlamaCpp.qwen4j_sampler_new(
                    guard.error(),
                    vocabulary.pointer(),
                    biases,
                    bias,
                    stages,
                    sampling.stages().size());
            guard.check("create a sampler");
            sampler = Pointers.scoped(created, arena);
        } catch (Throwable e) {
            arena.close();
            throw e;
        }
    }

    private static void fill(MemorySegment slot, Sampling.Stage stage) {
        switch (stage) {
            case Sampling.Greedy() -> qwen4j_sampler_stage.kind(slot, LlamaCpp.QWEN4J_SAMPLER_GREEDY());
            case Sampling.Draw(long seed) -> {
                qwen4j_sampler_stage.kind(slot, LlamaCpp.QWEN4J_SAMPLER_DIST());
                qwen4j_sampler_stage.seed(slot, (int) seed);
            }
            case Sampling.TopK(int k) -> {
                qwen4j_sampler_stage.kind(slot, LlamaCpp.QWEN4J_SAMPLER_TOP_K());
                qwen4j_sampler_stage.n(slot, k);
            }
            case Sampling.TopP(float p, int minKeep) -> {
                qwen4j_sampler_stage.kind(slot, LlamaCpp.QWEN4J_SAMPLER_TOP_P());
                qwen4j_sampler_stage.a(slot, p);
                qwen4j_sampler_stage.n(slot, minKeep);
            }
            case Sampling.MinP(float p, int minKeep) -> {
                qwen4j_sampler_stage.kind(slot, LlamaCpp.QWEN4J_SAMPLER_MIN_P());
                qwen4j_sampler_stage.a(slot, p);
                qwen4j_sampler_stage.n(slot, minKeep);
            }
            case Sampling.Temperature(float t) -> {
                qwen4j_sampler_stage.kind(slot, LlamaCpp.QWEN4J_SAMPLER_TEMPERATURE());
                qwen4j_sampler_stage.a(slot, t);
            }
            case Sampling.Penalties(int lastN, float repeat, float frequency, float presence) -> {
                qwen4j_sampler_stage.kind(slot, LlamaCpp.QWEN4J_SAMPLER_PENALTIES());
                qwen4j_sampler_stage.n(slot, lastN);
                qwen4j_sampler_stage.a(slot, repeat);
                qwen4j_sampler_stage.b(slot, frequency);
                qwen4j_sampler_stage.c(slot, presence);
            }
        }
    }

    MemorySegment pointer() {
        return sampler;
    }

    /** Tells the chain of a token that it did not sample itself. */
    public void accept(int token) {
        LlamaCpp.qwen4j_sampler_accept(guard.error(), sampler, token);
        guard.check("accept token " + token);
    }

    /** Back to the state after creation, the seed's included. */
    public void reset() {
        LlamaCpp.qwen4j_sampler_reset(guard.error(), sampler);
        guard.check("reset the sampler");
    }

    /** Frees the chain. */
    public void free() {
        try {
            LlamaCpp.qwen4j_sampler_free(guard.error(), sampler);
        } finally {
            arena.close();
        }
    }
}
