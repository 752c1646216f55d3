package dev.qwen4j.engine;

import dev.qwen4j.ContextOptions;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** How much an engine holds, and how it computes; immutable: each setter returns a changed copy. */
public final class EngineOptions implements Cloneable {
    private static final EngineOptions DEFAULTS = new EngineOptions();

    // Written by with() alone, before anyone else sees the copy.
    private int length = 16_384;
    private int maxSequences = 64;
    private int maxActive = 32;
    private int queueCapacity = 1024;
    private Duration stepBudget = Duration.ofMillis(100);
    private UnaryOperator<ContextOptions> context = UnaryOperator.identity();

    private EngineOptions() {}

    /** 16,384 tokens in 64 sequences, 32 generations at once, 1,024 more that wait, and steps of 100 ms. */
    public static EngineOptions defaults() {
        return DEFAULTS;
    }

    /** How many tokens the cache holds, all sessions together; what they have in common counts once. Default: 16,384. */
    public EngineOptions length(int tokens) {
        require(tokens >= 1, "length is " + tokens + "; it must be 1 or more");
        return with(copy -> copy.length = tokens);
    }

    /** How many sequences are cached, those that are generating included, 1 to 256. Default: 64. */
    public EngineOptions maxSequences(int count) {
        require(count >= 1 && count <= 256, "maxSequences is " + count + "; it must be 1 to 256");
        return with(copy -> copy.maxSequences = count);
    }

    /** How many generations are computed together; more wait. At most {@link #maxSequences} are. Default: 32. */
    public EngineOptions maxActive(int count) {
        require(count >= 1, "maxActive is " + count + "; it must be 1 or more");
        return with(copy -> copy.maxActive = count);
    }

    /** How many generations may wait; one more is a {@link RejectedException}. Default: 1,024. */
    public EngineOptions queueCapacity(int count) {
        require(count >= 1, "queueCapacity is " + count + "; it must be 1 or more");
        return with(copy -> copy.queueCapacity = count);
    }

    /**
     * How long a step may take in which prompts are computed while others generate: their tokens come no further apart. A longer one computes prompts
     * faster. Default: 100 ms.
     */
    public EngineOptions stepBudget(Duration budget) {
        require(budget.isPositive(), "stepBudget is " + budget + "; it must be above 0");
        return with(copy -> copy.stepBudget = budget);
    }

    /** Changes other options of the engine's context, as threads or the types of its cache; length and sequences are the engine's. */
    public EngineOptions context(UnaryOperator<ContextOptions> changes) {
        Objects.requireNonNull(changes, "changes");
        return with(copy -> copy.context = changes);
    }

    int length() {
        return length;
    }

    int maxSequences() {
        return maxSequences;
    }

    int maxActive() {
        return Math.min(maxActive, maxSequences);
    }

    int queueCapacity() {
        return queueCapacity;
    }

    Duration stepBudget() {
        return stepBudget;
    }

    ContextOptions contextOptions() {
        return context.apply(ContextOptions.defaults())
                .length(length)
                .maxSequences(maxSequences)
                .unified(true);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message + ".");
        }
    }

    private EngineOptions with(Consumer<EngineOptions> change) {
        try {
            var copy = (EngineOptions) clone();
            change.accept(copy);
            return copy;
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }
}
