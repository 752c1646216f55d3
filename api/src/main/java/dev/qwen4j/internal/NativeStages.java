package dev.qwen4j.internal;

import dev.qwen4j.SamplingStage;
import dev.qwen4j.bindings.generated.LlamaCpp;
import dev.qwen4j.bindings.generated.qwen4j_custom_sampler;
import dev.qwen4j.bindings.generated.qwen4j_logit_bias;
import dev.qwen4j.bindings.generated.qwen4j_sampler_stage;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;

/** Stages as the array of structs that the shim reads. For one thread. */
final class NativeStages {
    private final Arena call;
    private final Arena arena;
    private final Iterator<CustomStub> customs;

    /**
     * Stages are written to memory of the call.
     *
     * @param arena how long the functions of custom samplers live
     * @param customs the custom stages in their order
     */
    NativeStages(Arena call, Arena arena, Collection<CustomStub> customs) {
        this.call = call;
        this.arena = arena;
        this.customs = customs.iterator();
    }

    MemorySegment write(List<SamplingStage> stages) {
        var array = qwen4j_sampler_stage.allocateArray(stages.size(), call);
        for (int i = 0; i < stages.size(); i++) {
            write(qwen4j_sampler_stage.asSlice(array, i), stages.get(i));
        }
        return array;
    }

    private void write(MemorySegment s, SamplingStage stage) {
        switch (stage) {
            case SamplingStage.Greedy() -> kind(s, LlamaCpp.QWEN4J_SAMPLER_GREEDY());
            case SamplingStage.Draw(long seed) -> drawing(s, LlamaCpp.QWEN4J_SAMPLER_DIST(), seed, 0);
            case SamplingStage.TopK(int k) -> numbers(s, LlamaCpp.QWEN4J_SAMPLER_TOP_K(), k);
            case SamplingStage.TopP(float p, int minKeep) -> numbers(s, LlamaCpp.QWEN4J_SAMPLER_TOP_P(), minKeep, p);
            case SamplingStage.MinP(float p, int minKeep) -> numbers(s, LlamaCpp.QWEN4J_SAMPLER_MIN_P(), minKeep, p);
            case SamplingStage.Typical(float p, int minKeep) ->
                numbers(s, LlamaCpp.QWEN4J_SAMPLER_TYPICAL(), minKeep, p);
            case SamplingStage.Temperature(float t) -> numbers(s, LlamaCpp.QWEN4J_SAMPLER_TEMPERATURE(), 0, t);
            case SamplingStage.DynamicTemperature(float t, float delta, float exponent) ->
                numbers(s, LlamaCpp.QWEN4J_SAMPLER_TEMP_EXT(), 0, t, delta, exponent);
            case SamplingStage.Xtc(float p, float threshold, int minKeep, long seed) ->
                drawing(s, LlamaCpp.QWEN4J_SAMPLER_XTC(), seed, minKeep, p, threshold);
            case SamplingStage.TopNSigma(float n) -> numbers(s, LlamaCpp.QWEN4J_SAMPLER_TOP_N_SIGMA(), 0, n);
            case SamplingStage.Mirostat(float tau, float eta, int m, long seed) ->
                drawing(s, LlamaCpp.QWEN4J_SAMPLER_MIROSTAT(), seed, m, tau, eta);
            case SamplingStage.MirostatV2(float tau, float eta, long seed) ->
                drawing(s, LlamaCpp.QWEN4J_SAMPLER_MIROSTAT_V2(), seed, 0, tau, eta);
            case SamplingStage.AdaptiveP(float target, float decay, long seed) ->
                drawing(s, LlamaCpp.QWEN4J_SAMPLER_ADAPTIVE_P(), seed, 0, target, decay);
            case SamplingStage.Penalties(int lastN, float repeat, float frequency, float presence) ->
                numbers(s, LlamaCpp.QWEN4J_SAMPLER_PENALTIES(), lastN, repeat, frequency, presence);
            case SamplingStage.Dry dry -> dry(s, dry);
            case SamplingStage.LogitBias(var biases) -> biases(s, biases);
            case SamplingStage.Infill() -> kind(s, LlamaCpp.QWEN4J_SAMPLER_INFILL());
            case SamplingStage.Grammatical(var grammar) -> {
                kind(s, LlamaCpp.QWEN4J_SAMPLER_GRAMMAR());
                grammar(s, grammar.text(), grammar.root());
            }
            case SamplingStage.LazilyGrammatical(var grammar, var triggers) -> {
                kind(s, LlamaCpp.QWEN4J_SAMPLER_LAZY_GRAMMAR());
                grammar(s, grammar.text(), grammar.root());
                texts(s, triggers.patterns());
                tokens(s, triggers.tokens());
            }
            case SamplingStage.Custom custom -> {
                kind(s, LlamaCpp.QWEN4J_SAMPLER_CUSTOM());
                qwen4j_sampler_stage.name(s, call.allocateFrom(custom.name()));
                customs.next().write(qwen4j_sampler_stage.custom(s), arena);
            }
        }
    }

    /** The functions of custom samplers alone. */
    MemorySegment writeCustoms(int count) {
        var array = qwen4j_custom_sampler.allocateArray(count, call);
        for (int i = 0; i < count; i++) {
            customs.next().write(qwen4j_custom_sampler.asSlice(array, i), arena);
        }
        return array;
    }

    private void dry(MemorySegment s, SamplingStage.Dry dry) {
        numbers(s, LlamaCpp.QWEN4J_SAMPLER_DRY(), dry.lastN(), dry.multiplier(), dry.base());
        qwen4j_sampler_stage.m(s, dry.allowedLength());
        texts(s, dry.breakers());
    }

    private void biases(MemorySegment s, SortedMap<Integer, Float> biases) {
        kind(s, LlamaCpp.QWEN4J_SAMPLER_LOGIT_BIAS());
        var array = qwen4j_logit_bias.allocateArray(biases.size(), call);
        int i = 0;
        for (var entry : biases.entrySet()) {
            var slot = qwen4j_logit_bias.asSlice(array, i++);
            qwen4j_logit_bias.token(slot, entry.getKey());
            qwen4j_logit_bias.bias(slot, entry.getValue());
        }
        qwen4j_sampler_stage.biases(s, array);
        qwen4j_sampler_stage.n_biases(s, biases.size());
    }

    private void grammar(MemorySegment s, String text, String root) {
        qwen4j_sampler_stage.text(s, call.allocateFrom(text));
        qwen4j_sampler_stage.name(s, call.allocateFrom(root));
    }

    private void texts(MemorySegment s, List<String> texts) {
        var array = call.allocate(ValueLayout.ADDRESS, texts.size());
        for (int i = 0; i < texts.size(); i++) {
            array.setAtIndex(ValueLayout.ADDRESS, i, call.allocateFrom(texts.get(i)));
        }
        qwen4j_sampler_stage.texts(s, array);
        qwen4j_sampler_stage.n_texts(s, texts.size());
    }

    private void tokens(MemorySegment s, Collection<Integer> tokens) {
        var ids = tokens.stream().mapToInt(Integer::intValue).toArray();
        qwen4j_sampler_stage.tokens(s, call.allocateFrom(ValueLayout.JAVA_INT, ids));
        qwen4j_sampler_stage.n_tokens(s, ids.length);
    }

    private static void kind(MemorySegment s, int kind) {
        qwen4j_sampler_stage.kind(s, kind);
    }

    private static void drawing(MemorySegment s, int kind, long seed, int n, float... numbers) {
        numbers(s, kind, n, numbers);
        qwen4j_sampler_stage.seed(s, (int) seed);
    }

    private static void numbers(MemorySegment s, int kind, int n, float... numbers) {
        kind(s, kind);
        qwen4j_sampler_stage.n(s, n);
        for (int i = 0; i < numbers.length; i++) {
            switch (i) {
                case 0 -> qwen4j_sampler_stage.a(s, numbers[i]);
                case 1 -> qwen4j_sampler_stage.b(s, numbers[i]);
                default -> qwen4j_sampler_stage.c(s, numbers[i]);
            }
        }
    }
}
