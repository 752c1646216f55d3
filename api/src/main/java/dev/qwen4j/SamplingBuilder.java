package dev.qwen4j;

import dev.qwen4j.grammar.Grammar;
import dev.qwen4j.grammar.GrammarTriggers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Builds a {@link Sampling} stage by stage, in the order of the calls; what picks a token ends it. See {@link SamplingStage} for what each does and
 * takes. Wrong numbers are {@link IllegalArgumentException}s at once. For one thread.
 */
public final class SamplingBuilder {
    private final List<SamplingStage> stages = new ArrayList<>();

    SamplingBuilder() {}

    /** Keeps the {@code k} most probable. */
    public SamplingBuilder topK(int k) {
        return stage(new SamplingStage.TopK(k));
    }

    /** Keeps the most probable that add up to {@code p}. */
    public SamplingBuilder topP(float p) {
        return stage(new SamplingStage.TopP(p, 1));
    }

    /** Keeps those that are at least {@code p} times as probable as the first. */
    public SamplingBuilder minP(float p) {
        return stage(new SamplingStage.MinP(p, 1));
    }

    /** Keeps the least surprising for what was expected, that add up to {@code p}. */
    public SamplingBuilder typical(float p) {
        return stage(new SamplingStage.Typical(p, 1));
    }

    /** Divides logits by {@code t}. */
    public SamplingBuilder temperature(float t) {
        return stage(new SamplingStage.Temperature(t));
    }

    /** Divides logits by {@code t} minus to plus {@code delta}, by entropy. */
    public SamplingBuilder dynamicTemperature(float t, float delta, float exponent) {
        return stage(new SamplingStage.DynamicTemperature(t, delta, exponent));
    }

    /** Removes the top choices with probability {@code p}. */
    public SamplingBuilder xtc(float p, float threshold, long seed) {
        return stage(new SamplingStage.Xtc(p, threshold, 1, seed));
    }

    /** Keeps logits within {@code n} standard deviations of the highest. */
    public SamplingBuilder topNSigma(float n) {
        return stage(new SamplingStage.TopNSigma(n));
    }

    /** Lowers the logits of tokens among the last {@code lastN}. */
    public SamplingBuilder penalties(int lastN, float repeat, float frequency, float presence) {
        return stage(new SamplingStage.Penalties(lastN, repeat, frequency, presence));
    }

    /** Lowers the logits of what would go on with a repetition. */
    public SamplingBuilder dry(float multiplier, float base, int allowedLength, int lastN, List<String> breakers) {
        return stage(new SamplingStage.Dry(multiplier, base, allowedLength, lastN, breakers));
    }

    /** Adds numbers to the logits of some tokens. */
    public SamplingBuilder logitBias(Map<Integer, Float> biases) {
        return stage(new SamplingStage.LogitBias(biases));
    }

    /** Joins candidates for filling in the middle. */
    public SamplingBuilder infill() {
        return stage(new SamplingStage.Infill());
    }

    /** Bans what is not in the grammar. */
    public SamplingBuilder grammar(Grammar grammar) {
        return stage(new SamplingStage.Grammatical(grammar));
    }

    /** Bans what is not in the grammar, once something woke it. */
    public SamplingBuilder lazyGrammar(Grammar grammar, GrammarTriggers triggers) {
        return stage(new SamplingStage.LazilyGrammatical(grammar, triggers));
    }

    /** Reshapes the candidates by a sampler written in Java; {@code maker} makes one for each sampler. */
    public SamplingBuilder custom(String name, Supplier<? extends CustomSampler> maker) {
        return stage(new SamplingStage.Custom(name, maker, false));
    }

    /** Adds any stage that does not pick. */
    public SamplingBuilder stage(SamplingStage stage) {
        stages.add(stage);
        return this;
    }

    /** Ends with the most probable. */
    public Sampling greedy() {
        return pick(new SamplingStage.Greedy());
    }

    /** Ends with a draw by probability. */
    public Sampling draw(long seed) {
        return pick(new SamplingStage.Draw(seed));
    }

    /** Ends with Mirostat, looking at 100 candidates as in the paper. */
    public Sampling mirostat(float tau, float eta, long seed) {
        return pick(new SamplingStage.Mirostat(tau, eta, 100, seed));
    }

    /** Ends with Mirostat 2.0. */
    public Sampling mirostatV2(float tau, float eta, long seed) {
        return pick(new SamplingStage.MirostatV2(tau, eta, seed));
    }

    /** Ends with a draw near a target probability. */
    public Sampling adaptiveP(float target, float decay, long seed) {
        return pick(new SamplingStage.AdaptiveP(target, decay, seed));
    }

    /** Ends with a sampler written in Java, which must select a token. */
    public Sampling customPick(String name, Supplier<? extends CustomSampler> maker) {
        return pick(new SamplingStage.Custom(name, maker, true));
    }

    /** Ends with any stage that picks; the builder can go on without it. */
    public Sampling pick(SamplingStage last) {
        var all = new ArrayList<>(stages);
        all.add(last);
        return Sampling.of(all);
    }
}
