package dev.qwen4j;

import dev.qwen4j.grammar.Grammar;
import dev.qwen4j.grammar.GrammarTriggers;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * One step of a {@link Sampling} recipe: one of llama.cpp's samplers, or one written in Java. {@link Sampling#builder} makes them by name.
 *
 * <p>Most narrow or reshape the candidates; {@link Greedy}, {@link Draw}, {@link Mirostat}, {@link MirostatV2}, {@link AdaptiveP} and some
 * {@link Custom} ones pick a token. Seeds are 0 to 2^32 - 2, and numbers are checked when a stage is made.
 */
public sealed interface SamplingStage {
    /** Picks the most probable candidate, the first of equals. */
    record Greedy() implements SamplingStage {}

    /** Draws a candidate by its probability. */
    record Draw(long seed) implements SamplingStage {
        /** Checks the seed. */
        public Draw {
            requireSeed(seed);
        }
    }

    /**
     * Keeps the most probable candidates.
     *
     * @param k how many; 1 or more
     */
    record TopK(int k) implements SamplingStage {
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
    record TopP(float p, int minKeep) implements SamplingStage {
        /** Checks share and count. */
        public TopP {
            require(p > 0 && p <= 1, "topP", p, "above 0 and at most 1");
            requireMinKeep(minKeep);
        }
    }

    /**
     * Keeps candidates that are at least so probable in relation to the most probable one.
     *
     * @param p the relation, 0 to 1
     * @param minKeep how many are kept in any case; 1 or more
     */
    record MinP(float p, int minKeep) implements SamplingStage {
        /** Checks relation and count. */
        public MinP {
            require(p >= 0 && p <= 1, "minP", p, "0 to 1");
            requireMinKeep(minKeep);
        }
    }

    /**
     * Keeps candidates whose surprise is near to what is expected (Meister et al. 2022, locally typical sampling).
     *
     * @param p the share of probability that they add up to; above 0, at most 1, which keeps all
     * @param minKeep how many are kept in any case; 1 or more
     */
    record Typical(float p, int minKeep) implements SamplingStage {
        /** Checks share and count. */
        public Typical {
            require(p > 0 && p <= 1, "typical", p, "above 0 and at most 1");
            requireMinKeep(minKeep);
        }
    }

    /**
     * Divides the logits.
     *
     * @param t the divisor: below 1 sharpens, above 1 flattens, 0 leaves only the most probable candidate
     */
    record Temperature(float t) implements SamplingStage {
        /** Checks the divisor. */
        public Temperature {
            requireFinite("temperature", t);
        }
    }

    /**
     * Divides the logits by more, the less sure the model is (Zhu et al. 2023, entropy-based dynamic temperature).
     *
     * @param t the middle of the divisor's range, 0 or more
     * @param delta how far the divisor may be from it, 0 or more
     * @param exponent how the entropy, from 0 to 1, is bent before; 1 does not
     */
    record DynamicTemperature(float t, float delta, float exponent) implements SamplingStage {
        /** Checks all three. */
        public DynamicTemperature {
            requireFinite("temperature", t);
            requireFinite("delta", delta);
            requireFinite("exponent", exponent);
        }
    }

    /**
     * Removes the most probable candidates but the last of those that are probable enough, now and then: exclude top choices.
     *
     * @param p how often, 0 to 1
     * @param threshold what is probable enough, 0 to 0.5
     * @param minKeep how many are kept in any case; 1 or more
     * @param seed of its random numbers
     */
    record Xtc(float p, float threshold, int minKeep, long seed) implements SamplingStage {
        /** Checks all four. */
        public Xtc {
            require(p >= 0 && p <= 1, "xtc", p, "0 to 1");
            require(threshold >= 0 && threshold <= 0.5f, "threshold", threshold, "0 to 0.5");
            requireMinKeep(minKeep);
            requireSeed(seed);
        }
    }

    /**
     * Keeps candidates whose logit is at most so many standard deviations below the highest (Tang et al. 2024, top-nσ).
     *
     * @param n how many; above 0
     */
    record TopNSigma(float n) implements SamplingStage {
        /** Checks the number. */
        public TopNSigma {
            require(n > 0 && n <= Float.MAX_VALUE, "topNSigma", n, "above 0, and finite");
        }
    }

    /**
     * Draws such that the surprise stays near a target (Basu et al. 2020, Mirostat).
     *
     * @param tau the target in bits; above 0
     * @param eta how fast it adapts; 0 or more
     * @param m how many candidates the estimate looks at; 2 or more, 100 in the paper
     * @param seed of its random numbers
     */
    record Mirostat(float tau, float eta, int m, long seed) implements SamplingStage {
        /** Checks all four. */
        public Mirostat {
            requireSeed(seed);
            require(tau > 0 && tau <= Float.MAX_VALUE, "tau", tau, "above 0, and finite");
            requireFinite("eta", eta);
            require(m >= 2, "m", m, "2 or more");
        }
    }

    /**
     * Draws such that the surprise stays near a target, by cutting off what is more surprising (Basu et al. 2020, Mirostat 2.0).
     *
     * @param tau the target in bits; above 0
     * @param eta how fast it adapts; 0 or more
     * @param seed of its random numbers
     */
    record MirostatV2(float tau, float eta, long seed) implements SamplingStage {
        /** Checks all three. */
        public MirostatV2 {
            requireSeed(seed);
            require(tau > 0 && tau <= Float.MAX_VALUE, "tau", tau, "above 0, and finite");
            requireFinite("eta", eta);
        }
    }

    /**
     * Draws candidates whose probability is near a target, on average over the last ones drawn. A copy of a sampler draws anew from the seed.
     *
     * @param target the probability, 0 to 1
     * @param decay how much of the average the past is, 0 to 0.99
     * @param seed of its random numbers
     */
    record AdaptiveP(float target, float decay, long seed) implements SamplingStage {
        /** Checks all three. */
        public AdaptiveP {
            require(target >= 0 && target <= 1, "target", target, "0 to 1");
            require(decay >= 0 && decay <= 0.99f, "decay", decay, "0 to 0.99");
            requireSeed(seed);
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
    record Penalties(int lastN, float repeat, float frequency, float presence) implements SamplingStage {
        /** Checks all four. */
        public Penalties {
            requireLastN(lastN);
            require(repeat > 0 && repeat <= Float.MAX_VALUE, "repeat", repeat, "above 0, and finite");
            require(Float.isFinite(frequency), "frequency", frequency, "finite");
            require(Float.isFinite(presence), "presence", presence, "finite");
        }
    }

    /**
     * Lowers the logits of tokens that would go on with a repetition, the more the longer it is: don't repeat yourself.
     *
     * @param multiplier the penalty for a repetition of {@code allowedLength}; 0 or more, 0 does nothing
     * @param base what each further token multiplies the penalty by; 1 or more
     * @param allowedLength how long repetitions may be; 0 or more
     * @param lastN how many tokens are looked back on, 1 to 1,048,576
     * @param breakers texts that no repetition goes across, such as a line's end; at most 32, of 1 to 40 bytes in UTF-8
     */
    record Dry(float multiplier, float base, int allowedLength, int lastN, List<String> breakers)
            implements SamplingStage {
        private static final int MOST_BREAKERS = 32;
        private static final int LONGEST_BREAKER = 40;

        /** Checks all five. */
        public Dry {
            requireFinite("multiplier", multiplier);
            require(base >= 1 && base <= Float.MAX_VALUE, "base", base, "1 or more, and finite");
            require(allowedLength >= 0, "allowedLength", allowedLength, "0 or more");
            requireLastN(lastN);
            breakers = List.copyOf(breakers);
            require(
                    breakers.size() <= MOST_BREAKERS,
                    "the number of breakers",
                    breakers.size(),
                    "at most " + MOST_BREAKERS);
            for (var text : breakers) {
                int bytes = text.indexOf('\0') >= 0 ? 0 : text.getBytes(StandardCharsets.UTF_8).length;
                require(
                        bytes >= 1 && bytes <= LONGEST_BREAKER,
                        "the length of a breaker",
                        bytes,
                        "1 to 40 bytes without NUL");
            }
        }
    }

    /**
     * Adds numbers to the logits of some tokens.
     *
     * @param biases what is added, by token; negative infinity bans it
     */
    record LogitBias(SortedMap<Integer, Float> biases) implements SamplingStage {
        /** Checks tokens and numbers. */
        public LogitBias {
            biases.forEach((token, bias) -> {
                require(token >= 0, "the token of a logit bias", token, "0 or more");
                require(
                        bias < Float.POSITIVE_INFINITY,
                        "the logit bias of token " + token,
                        bias,
                        "a number or -Infinity");
            });
            biases = Collections.unmodifiableSortedMap(new TreeMap<>(biases));
        }

        /** The same from any map. */
        public LogitBias(Map<Integer, Float> biases) {
            this((SortedMap<Integer, Float>) new TreeMap<>(biases));
        }
    }

    /** For filling in the middle, behind a {@link TopK} of at most 4,096: joins candidates of which one begins the other, and ends in time. */
    record Infill() implements SamplingStage {
        static final int MOST_CANDIDATES = 4096;
    }

    /** Bans all tokens that do not go on with a text of the grammar. Among all candidates it takes long; behind a narrowing stage it may ban all. */
    record Grammatical(Grammar grammar) implements SamplingStage {}

    /**
     * Does nothing until something in the text wakes it, and is {@link Grammatical} from there on.
     *
     * @param triggers what wakes it, one at least
     */
    record LazilyGrammatical(Grammar grammar, GrammarTriggers triggers) implements SamplingStage {
        /** Checks that there is a trigger. */
        public LazilyGrammatical {
            if (triggers.isEmpty()) {
                throw new IllegalArgumentException(
                        "There are no triggers, so the grammar would never hold; give one, or use Grammatical.");
            }
        }
    }

    /**
     * A sampler written in Java.
     *
     * @param name what it is called
     * @param maker makes one for each sampler
     * @param picks whether it selects a token, and so is last
     */
    record Custom(String name, Supplier<? extends CustomSampler> maker, boolean picks) implements SamplingStage {
        /** Checks the name. */
        public Custom {
            if (name.isBlank() || name.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("The name of a custom sampler is empty or holds a NUL character.");
            }
        }
    }

    private static void requireSeed(long seed) {
        // LLAMA_DEFAULT_SEED is one more than the largest, and stands for a random seed.
        require(seed >= 0 && seed <= 0xFFFF_FFFEL, "seed", seed, "0 to 2^32 - 2");
    }

    private static void requireMinKeep(int minKeep) {
        require(minKeep >= 1, "minKeep", minKeep, "1 or more");
    }

    private static void requireFinite(String name, float value) {
        require(value >= 0 && value <= Float.MAX_VALUE, name, value, "0 or more, and finite");
    }

    private static void requireLastN(int lastN) {
        // llama.cpp allocates room for so many at once.
        require(lastN >= 1 && lastN <= 1 << 20, "lastN", lastN, "1 to 1048576");
    }

    private static void require(boolean condition, String name, Number value, String range) {
        if (!condition) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be " + range + ".");
        }
    }
}
