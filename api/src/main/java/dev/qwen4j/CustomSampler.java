package dev.qwen4j;

/**
 * A stage of a sampler, written in Java. llama.cpp calls it among its own stages, during the call that samples: one call at a time, and
 * not always on the caller's thread, for a lazy grammar that waits may need a deeper stack.
 *
 * <p>What it throws ends the call that it was made in with a {@link SamplingException} whose cause it is. It must not use its sampler or context: that
 * is a {@link ConcurrentUseException}. One that keeps something between tokens overrides all methods.
 */
@FunctionalInterface
public interface CustomSampler {
    /**
     * Changes the candidates: logits, order, number; or selects one, if it is the stage that picks. They are copied out for the call and back after it.
     */
    void apply(Candidates candidates);

    /** Is told which token was chosen, or came from elsewhere. */
    default void accept(int token) {}

    /** Forgets what it was told. */
    default void reset() {}

    /** Another one that goes on from the same state; itself, if it has none. */
    default CustomSampler copy() {
        return this;
    }
}
