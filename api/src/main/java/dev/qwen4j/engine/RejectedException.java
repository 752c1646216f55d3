package dev.qwen4j.engine;

import dev.qwen4j.Qwen4jException;

/** Thrown for a generation that an engine does not take, because too much waits for it already; nothing was computed, and the session is as it was. */
public final class RejectedException extends Qwen4jException {
    private final int waiting;

    RejectedException(String message, int waiting) {
        super(message);
        this.waiting = waiting;
    }

    /** How many generations wait. */
    public int waiting() {
        return waiting;
    }
}
