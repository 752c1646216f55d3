package dev.qwen4j;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A recipe for choosing the next token: {@linkplain SamplingStage stages} that narrow and reshape the candidates, in the order in which they are
 * applied, and a last one that picks. Immutable; {@link Context#newSampler} makes a sampler of it.
 *
 * {@snippet :
 * var creative = Sampling.builder().minP(0.05f).temperature(1.2f).draw(7);
 * }
 *
 * <p>The presets are the ones that Qwen's makers recommend. The seed makes them repeatable: same seed, same logits, same tokens.
 */
public final class Sampling {
    /** How many seeds there are: 0 to one less. */
    public static final long SEEDS = (1L << 32) - 1;

    private static final Sampling GREEDY = new Sampling(List.of(new SamplingStage.Greedy()));

    private final List<SamplingStage> stages;

    private Sampling(List<SamplingStage> stages) {
        this.stages = List.copyOf(stages);
    }

    /** Always the most probable token. */
    public static Sampling greedy() {
        return GREEDY;
    }

    /** For Qwen3 that thinks: temperature 0.6, top-p 0.95, top-k 20; seed 0. */
    public static Sampling qwen3Thinking() {
        return builder().topK(20).topP(0.95f).temperature(0.6f).draw(0);
    }

    /** For Qwen3 that does not think: temperature 0.7, top-p 0.8, top-k 20; seed 0. */
    public static Sampling qwen3NonThinking() {
        return builder().topK(20).topP(0.8f).temperature(0.7f).draw(0);
    }

    /** Starts a recipe; a stage that picks ends it. */
    public static SamplingBuilder builder() {
        return new SamplingBuilder();
    }

    /**
     * A recipe of the caller's own.
     *
     * @throws IllegalArgumentException if the last stage does not pick ({@link SamplingStage.Greedy}, {@link SamplingStage.Draw}, and others), an
     *     earlier one does, or {@link SamplingStage.Infill} has no small {@link SamplingStage.TopK} before it
     */
    public static Sampling of(SamplingStage... stages) {
        return of(List.of(stages));
    }

    /** The same, from a list. */
    public static Sampling of(List<SamplingStage> stages) {
        for (int i = 0; i < stages.size(); i++) {
            boolean last = i == stages.size() - 1;
            if (picks(stages.get(i)) != last) {
                throw new IllegalArgumentException(
                        last
                                ? "The last stage is " + stages.get(i) + "; it must pick a token, as Greedy or Draw do."
                                : "Stage " + i + " of " + stages.size() + " is " + stages.get(i)
                                        + ", which picks a token; only the last one may.");
            }
        }
        if (stages.isEmpty()) {
            throw new IllegalArgumentException("There are no stages; at least Greedy or Draw is needed.");
        }
        checkInfill(stages);
        return new Sampling(stages);
    }

    /** The seed of the first stage that has one; empty if it is greedy. */
    public OptionalLong seed() {
        return stages.stream()
                .flatMapToLong(stage -> switch (stage) {
                    case SamplingStage.Draw(long seed) -> LongStream.of(seed);
                    case SamplingStage.Xtc xtc -> LongStream.of(xtc.seed());
                    case SamplingStage.Mirostat mirostat -> LongStream.of(mirostat.seed());
                    case SamplingStage.MirostatV2 mirostat -> LongStream.of(mirostat.seed());
                    case SamplingStage.AdaptiveP adaptive -> LongStream.of(adaptive.seed());
                    case SamplingStage.Greedy _, SamplingStage.Custom _, SamplingStage.TopK _, SamplingStage.TopP _ ->
                        LongStream.empty();
                    case SamplingStage.MinP _, SamplingStage.Typical _, SamplingStage.Temperature _ ->
                        LongStream.empty();
                    case SamplingStage.DynamicTemperature _, SamplingStage.TopNSigma _ -> LongStream.empty();
                    case SamplingStage.Penalties _, SamplingStage.Dry _, SamplingStage.LogitBias _ ->
                        LongStream.empty();
                    case SamplingStage.Infill _, SamplingStage.Grammatical _ -> LongStream.empty();
                    case SamplingStage.LazilyGrammatical _ -> LongStream.empty();
                })
                .findFirst();
    }

    /** The same recipe with another seed, 0 to 2^32 - 2, in every stage that has one; greedy ones have none and stay as they are. */
    public Sampling seed(long seed) {
        return new Sampling(stages.stream().map(stage -> seeded(stage, seed)).toList());
    }

    /**
     * The same recipe with numbers added to the logits of some tokens before all other stages, in place of those that its first stage adds; negative
     * infinity bans a token.
     *
     * @throws IllegalArgumentException if one is NaN or positive infinity, or an id is negative
     */
    public Sampling logitBias(Map<Integer, Float> biases) {
        var changed = new ArrayList<>(stages);
        if (changed.getFirst() instanceof SamplingStage.LogitBias) {
            changed.removeFirst();
        }
        changed.addFirst(new SamplingStage.LogitBias(biases));
        return new Sampling(changed);
    }

    /** The stages in their order. */
    public List<SamplingStage> stages() {
        return stages;
    }

    /** What the first stage adds to logits, by token; empty if it is another one. */
    public SortedMap<Integer, Float> logitBias() {
        return stages.getFirst() instanceof SamplingStage.LogitBias bias ? bias.biases() : Collections.emptySortedMap();
    }

    /** Whether the other one has the same stages in the same order; samplers in Java are the same if what makes them is. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Sampling sampling && stages.equals(sampling.stages);
    }

    @Override
    public int hashCode() {
        return stages.hashCode();
    }

    @Override
    public String toString() {
        return "Sampling" + stages;
    }

    static boolean picks(SamplingStage stage) {
        return switch (stage) {
            case SamplingStage.Greedy _, SamplingStage.Draw _ -> true;
            case SamplingStage.Mirostat _, SamplingStage.MirostatV2 _, SamplingStage.AdaptiveP _ -> true;
            case SamplingStage.Custom custom -> custom.picks();
            case SamplingStage.TopK _, SamplingStage.TopP _, SamplingStage.MinP _, SamplingStage.Typical _ -> false;
            case SamplingStage.Temperature _, SamplingStage.DynamicTemperature _ -> false;
            case SamplingStage.Xtc _, SamplingStage.TopNSigma _, SamplingStage.Penalties _, SamplingStage.Dry _ ->
                false;
            case SamplingStage.LogitBias _, SamplingStage.Infill _ -> false;
            case SamplingStage.Grammatical _, SamplingStage.LazilyGrammatical _ -> false;
        };
    }

    /** llama.cpp compares every candidate with every other one. */
    static void checkInfill(List<SamplingStage> stages) {
        int fewest = Integer.MAX_VALUE;
        for (var stage : stages) {
            if (stage instanceof SamplingStage.TopK(int k)) {
                fewest = Math.min(fewest, k);
            }
            if (stage instanceof SamplingStage.Infill && fewest > SamplingStage.Infill.MOST_CANDIDATES) {
                throw new IllegalArgumentException(
                        "Infill takes time by the square of candidates; put a TopK of at most "
                                + SamplingStage.Infill.MOST_CANDIDATES + " before it.");
            }
        }
    }

    private static SamplingStage seeded(SamplingStage stage, long seed) {
        return switch (stage) {
            case SamplingStage.Draw _ -> new SamplingStage.Draw(seed);
            case SamplingStage.Xtc(float p, float threshold, int minKeep, long _) ->
                new SamplingStage.Xtc(p, threshold, minKeep, seed);
            case SamplingStage.Mirostat(float tau, float eta, int m, long _) ->
                new SamplingStage.Mirostat(tau, eta, m, seed);
            case SamplingStage.MirostatV2(float tau, float eta, long _) -> new SamplingStage.MirostatV2(tau, eta, seed);
            case SamplingStage.AdaptiveP(float target, float decay, long _) ->
                new SamplingStage.AdaptiveP(target, decay, seed);
            case SamplingStage.Greedy _, SamplingStage.Custom _ -> stage;
            case SamplingStage.TopK _, SamplingStage.TopP _, SamplingStage.MinP _, SamplingStage.Typical _ -> stage;
            case SamplingStage.Temperature _, SamplingStage.DynamicTemperature _, SamplingStage.TopNSigma _ -> stage;
            case SamplingStage.Penalties _, SamplingStage.Dry _, SamplingStage.LogitBias _, SamplingStage.Infill _ ->
                stage;
            case SamplingStage.Grammatical _, SamplingStage.LazilyGrammatical _ -> stage;
        };
    }
}
