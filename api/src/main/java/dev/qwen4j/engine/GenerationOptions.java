package dev.qwen4j.engine;

import dev.qwen4j.Sampling;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/** How a reply is generated, and when it ends; immutable: each setter returns a changed copy. */
public final class GenerationOptions implements Cloneable {
    private static final GenerationOptions DEFAULTS = new GenerationOptions();

    // Written by with() alone, before anyone else sees the copy.
    private int maxTokens = Integer.MAX_VALUE;
    private int minTokens;
    private Sampling sampling = Sampling.qwen3NonThinking();
    private List<String> stopStrings = List.of();

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
