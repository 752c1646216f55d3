package dev.qwen4j.engine;

import dev.qwen4j.Model;

/** What guesses the tokens that a model is going to say, so that several are computed at once: the reply is the same, sooner. */
public sealed interface Drafting {
    /** Nothing does. */
    record None() implements Drafting {}

    /** The text itself, where its last tokens came before; costs nothing. */
    record PromptLookup() implements Drafting {}

    /**
     * A smaller model with the same vocabulary.
     *
     * @param model the caller's, to be kept open for as long as the engine is
     */
    record DraftModel(Model model) implements Drafting {}

    /** As {@link None}. */
    static Drafting none() {
        return new None();
    }

    /** As {@link PromptLookup}. */
    static Drafting promptLookup() {
        return new PromptLookup();
    }

    /** As {@link DraftModel}. */
    static Drafting model(Model model) {
        return new DraftModel(model);
    }
}
