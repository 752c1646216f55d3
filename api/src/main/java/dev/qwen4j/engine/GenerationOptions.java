package dev.qwen4j.engine;

import dev.qwen4j.Sampling;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How a reply is generated, and when it ends; immutable: each setter returns a changed copy. */
public final class GenerationOptions implements Cloneable {
    private static final GenerationOptions DEFAULTS = new GenerationOptions();

    // Written by with() alone, before anyone else sees the copy.
    private int maxTokens = Integer.MAX_VALUE;
    private int minTokens;
    private Sampling sampling = Sampling.qwen3NonThinking();
    private List<String> stopStrings = List.of();
    private Set<Integer> stopTokens = Set.of();
    private OptionalInt logprobs = OptionalInt.empty();
    private Overflow overflow = Overflow.refuse();
    private int priority;
    private Optional<Duration> deadline = Optional.empty();
    private boolean deterministic;

    private GenerationOptions() {}

    /** As Qwen3 that does not think is sampled, until the model ends the reply or the context is full. */
    public static GenerationOptions defaults() {
        return DEFAULTS;
    }

    /** The most tokens; 1 or more. Default: as many as the context holds. */
    public GenerationOptions maxTokens(int count) {
        require(count >= 1, "maxTokens is " + count + "; it must be 1 or more");
        return with(copy -> copy.maxTokens = count);
    }

    /** How many tokens come before the model may end the reply: its end-of-generation tokens are passed over until then. Default: 0. */
    public GenerationOptions minTokens(int count) {
        require(count >= 0, "minTokens is " + count + "; it must be 0 or more");
        return with(copy -> copy.minTokens = count);
    }

    /** How tokens are chosen. Default: {@link Sampling#qwen3NonThinking}. */
    public GenerationOptions sampling(Sampling recipe) {
        Objects.requireNonNull(recipe, "recipe");
        return with(copy -> copy.sampling = recipe);
    }

    /** Texts that end the reply wherever they come in it, across tokens too; they are not part of it. Default: none. */
    public GenerationOptions stopStrings(String... texts) {
        var list = List.of(texts);
        require(
                list.stream().noneMatch(String::isEmpty),
                "One of the stopStrings is empty, which would end every reply at once");
        return with(copy -> copy.stopStrings = list);
    }

    /** Tokens that end the reply as the model's own do; they are not part of it. Default: none. */
    public GenerationOptions stopTokens(int... tokens) {
        var set = IntStream.of(tokens).boxed().collect(Collectors.toUnmodifiableSet());
        return with(copy -> copy.stopTokens = set);
    }

    /** Has the reply say how likely each token was, and the likeliest others; 0 to 100 of them. Default: no. */
    public GenerationOptions logprobs(int alternatives) {
        require(alternatives >= 0 && alternatives <= 100, "logprobs is " + alternatives + "; it must be 0 to 100");
        return with(copy -> copy.logprobs = OptionalInt.of(alternatives));
    }

    /** What happens where the context does not hold the session any more. Default: {@link Overflow#refuse}. */
    public GenerationOptions overflow(Overflow policy) {
        Objects.requireNonNull(policy, "policy");
        return with(copy -> copy.overflow = policy);
    }

    /**
     * How urgent it is: what is more urgent is begun first, and where there is no room, takes that of the youngest of those that are least so, which
     * go on later. Default: 0.
     */
    public GenerationOptions priority(int urgency) {
        return with(copy -> copy.priority = urgency);
    }

    /** How long from now it is of use, waiting included; it then ends with {@link FinishReason#DEADLINE} and what there is. Default: for ever. */
    public GenerationOptions deadline(Duration fromNow) {
        require(fromNow.isPositive(), "deadline is " + fromNow + "; it must be above 0");
        return with(copy -> copy.deadline = Optional.of(fromNow));
    }

    /**
     * Whether it is computed by itself: nothing that was computed before is reused, its prompt in micro-batches from its beginning, its tokens one by
     * one, with a fixed number of threads, so that its logits are bit for bit those of a new context. It costs what batching, reuse and drafts save: beside
     * others every token of its takes a pass through the weights. Default: no.
     */
    public GenerationOptions deterministic(boolean alone) {
        return with(copy -> copy.deterministic = alone);
    }

    /** The most tokens. */
    public int maxTokens() {
        return maxTokens;
    }

    /** The fewest tokens. */
    public int minTokens() {
        return minTokens;
    }

    /** How tokens are chosen. */
    public Sampling sampling() {
        return sampling;
    }

    /** Texts that end the reply. */
    public List<String> stopStrings() {
        return stopStrings;
    }

    /** Tokens that end the reply. */
    public Set<Integer> stopTokens() {
        return stopTokens;
    }

    /** How many likeliest tokens the reply names; empty if it says nothing of how likely they are. */
    public OptionalInt logprobs() {
        return logprobs;
    }

    /** What happens where the context is full. */
    public Overflow overflow() {
        return overflow;
    }

    /** How urgent it is. */
    public int priority() {
        return priority;
    }

    /** How long it is of use. */
    public Optional<Duration> deadline() {
        return deadline;
    }

    /** Whether it is computed by itself. */
    public boolean deterministic() {
        return deterministic;
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message + ".");
        }
    }

    private GenerationOptions with(Consumer<GenerationOptions> change) {
        try {
            var copy = (GenerationOptions) clone();
            change.accept(copy);
            return copy;
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }
}
