package dev.qwen4j;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A recipe for choosing the next token: stages that narrow and reshape the candidates, in the order in which they are applied, and a last one that
 * picks. Immutable; {@link Context#newSampler} makes a sampler of it.
 *
 * <p>The presets are the ones that Qwen's makers recommend. The seed makes them repeatable: same seed, same logits, same tokens.
 */
public final class Sampling {
    /** One step of a recipe. */
    public sealed interface Stage {}

    /** Picks the most probable candidate. */
    public record Greedy() implements Stage {}

    /**
     * Draws a candidate by its probability.
     *
     * @param seed 0 to 2^32 - 2
     */
    public record Draw(long seed) implements Stage {
        /** Checks the seed. */
        public Draw {
            require(seed >= 0 && seed <= MAX_SEED, "seed", seed, "0 to 2^32 - 2");
        }
    }

    /**
     * Keeps the most probable candidates.
     *
     * @param k how many; 1 or more
     */
    public record TopK(int k) implements Stage {
        /** Checks the count. */
        public TopK {
            require(k >= 1, "topK", k, "1 or more");
        }
    }

    /**
     * Keeps the smallest set of most probable candidates whose probabilities add up to a share (Holtzman et al. 2019).
     *
     * @param p the share; above 0, at most 1, which keeps all
     * @param minKeep how many are kept in any case; 1 or more
     */
    public record TopP(float p, int minKeep) implements Stage {
        /** Checks share and count. */
        public TopP {
            require(p > 0 && p <= 1, "topP", p, "above 0 and at most 1");
            require(minKeep >= 1, "minKeep", minKeep, "1 or more");
        }
    }

    /**
     * Keeps candidates that are at least so probable in relation to the most probable one.
     *
     * @param p the relation, 0 to 1
     * @param minKeep how many are kept in any case; 1 or more
     */
    public record MinP(float p, int minKeep) implements Stage {
        /** Checks relation and count. */
        public MinP {
            require(p >= 0 && p <= 1, "minP", p, "0 to 1");
            require(minKeep >= 1, "minKeep", minKeep, "1 or more");
        }
    }

    /**
     * Divides the logits.
     *
     * @param t the divisor: below 1 sharpens, above 1 flattens, 0 leaves only the most probable candidate
     */
    public record Temperature(float t) implements Stage {
        /** Checks the divisor. */
        public Temperature {
            require(t >= 0 && t <= Float.MAX_VALUE, "temperature", t, "0 or more, and finite");
        }
    }

    /**
     * Lowers the logits of tokens that came lately.
     *
     * @param lastN how many tokens are looked back on, 1 to 1,048,576
     * @param repeat what positive logits are divided by; 1 does nothing
     * @param frequency subtracted for each occurrence; 0 does nothing
     * @param presence subtracted once; 0 does nothing
     */
    public record Penalties(int lastN, float repeat, float frequency, float presence) implements Stage {
        /** Checks all four. */
        public Penalties {
            require(lastN >= 1 && lastN <= MOST_PENALIZED, "lastN", lastN, "1 to " + MOST_PENALIZED);
            require(repeat > 0 && repeat <= Float.MAX_VALUE, "repeat", repeat, "above 0, and finite");
            require(Float.isFinite(frequency), "frequency", frequency, "finite");
            require(Float.isFinite(presence), "presence", presence, "finite");
        }
    }

    /** llama.cpp allocates room for so many at once. */
    private static final int MOST_PENALIZED = 1 << 20;

    /** LLAMA_DEFAULT_SEED is one more, and stands for a random seed. */
    private static final long MAX_SEED = 0xFFFF_FFFEL;

    private static final Sampling GREEDY = new Sampling(List.of(new Greedy()), Collections.emptySortedMap());

    private final List<Stage> stages;
    private final SortedMap<Integer, Float> logitBias;

    private Sampling(List<Stage> stages, SortedMap<Integer, Float> logitBias) {
        this.stages = stages;
        this.logitBias = logitBias;
    }

    /** Always the most probable token. */
    public static Sampling greedy() {
        return GREEDY;
    }

    /** For Qwen3 that thinks: temperature 0.6, top-p 0.95, top-k 20; seed 0. */
    public static Sampling qwen3Thinking() {
        return of(new TopK(20), new TopP(0.95f, 1), new Temperature(0.6f), new Draw(0));
    }

    /** For Qwen3 that does not think: temperature 0.7, top-p 0.8, top-k 20; seed 0. */
    public static Sampling qwen3NonThinking() {
        return of(new TopK(20), new TopP(0.8f, 1), new Temperature(0.7f), new Draw(0));
    }

    /**
     * A recipe of the caller's own.
     *
     * @throws IllegalArgumentException if the last stage does not pick ({@link Greedy}, {@link Draw}), or an earlier one does
     */
    public static Sampling of(Stage... stages) {
        return of(List.of(stages));
    }

    /** The same, from a list. */
    public static Sampling of(List<Stage> stages) {
        for (int i = 0; i < stages.size(); i++) {
            boolean last = i == stages.size() - 1;
            if (picks(stages.get(i)) != last) {
                throw new IllegalArgumentException(
                        last
                                ? "The last stage is " + stages.get(i) + "; it must pick a token: Greedy or Draw."
                                : "Stage " + i + " of " + stages.size() + " is " + stages.get(i)
                                        + ", which picks a token; only the last one may.");
            }
        }
        if (stages.isEmpty()) {
            throw new IllegalArgumentException("There are no stages; at least Greedy or Draw is needed.");
        }
        return new Sampling(List.copyOf(stages), Collections.emptySortedMap());
    }

    /** The same recipe with another seed, 0 to 2^32 - 2; greedy ones have none and stay as they are. */
    public Sampling seed(long seed) {
        var changed = new ArrayList<>(stages);
        changed.replaceAll(stage -> stage instanceof Draw ? new Draw(seed) : stage);
        return new Sampling(List.copyOf(changed), logitBias);
    }

    /**
     * The same recipe with numbers added to the logits of some tokens before all stages; negative infinity bans a token.
     *
     * @throws IllegalArgumentException if one is NaN or positive infinity, or an id is negative
     */
    public Sampling logitBias(Map<Integer, Float> biases) {
        biases.forEach((token, bias) -> {
            require(token >= 0, "the token of a logit bias", token, "0 or more");
            require(bias < Float.POSITIVE_INFINITY, "the logit bias of token " + token, bias, "a number or -Infinity");
        });
        return new Sampling(stages, Collections.unmodifiableSortedMap(new TreeMap<>(biases)));
    }

    /** The stages in their order. */
    public List<Stage> stages() {
        return stages;
    }

    /** What is added to logits, by token. */
    public SortedMap<Integer, Float> logitBias() {
        return logitBias;
    }

    @Override
    public String toString() {
        return "Sampling" + stages + (logitBias.isEmpty() ? "" : " bias " + logitBias);
    }

    private static boolean picks(Stage stage) {
        return switch (stage) {
            case Greedy g -> true;
            case Draw d -> true;
            case TopK k -> false;
            case TopP p -> false;
            case MinP p -> false;
            case Temperature t -> false;
            case Penalties p -> false;
        };
    }

    private static void require(boolean condition, String name, Number value, String range) {
        if (!condition) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be " + range + ".");
        }
    }
}
