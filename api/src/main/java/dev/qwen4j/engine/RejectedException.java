package dev.qwen4j.engine;

import dev.qwen4j.Qwen4jException;

/** Thrown when an engine has as many generations waiting as it may; try again later, or start it with a larger queue. */
public final class RejectedException extends Qwen4jException {
    private final int queueCapacity;

    RejectedException(int queueCapacity) {
        super(
                "%,d generations wait already, as many as the engine's queueCapacity allows. Try again later, or start the engine with a larger one."
                        .formatted(queueCapacity));
        this.queueCapacity = queueCapacity;
    }

    /** How many may wait. */
    public int queueCapacity() {
        return queueCapacity;
    }
}
