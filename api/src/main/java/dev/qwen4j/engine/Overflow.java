package dev.qwen4j.engine;

/** What happens to a session that becomes longer than its context: nothing is ever left out that this does not say. */
public sealed interface Overflow {
    /** A prompt that is too long is a {@link PromptTooLongException}, and a reply ends with {@link FinishReason#CONTEXT_FULL}. The default. */
    record Refuse() implements Overflow {}

    /**
     * The session forgets half of what follows its first tokens, the older half, as often as it must. What is kept is computed again at its new place,
     * so that it is exactly what a session without the rest would be; what others share is not touched.
     *
     * @param keep how many of the first tokens stay, 0 or more and fewer than the context holds
     */
    record Shift(int keep) implements Overflow {
        /** Checks it. */
        public Shift {
            if (keep < 0) {
                throw new IllegalArgumentException("keep is " + keep + "; it must be 0 or more.");
            }
        }
    }

    /**
     * The session forgets its oldest turns, one by one, until there is room; what comes before its first turn and its last turn stay. Turns begin where
     * {@link Session#beginTurn} was called. Where that is not enough, as {@link Refuse}.
     */
    record DropOldestTurns() implements Overflow {}

    /** As {@link Refuse}. */
    static Overflow refuse() {
        return new Refuse();
    }

    /** As {@link Shift}. */
    static Overflow shift(int keep) {
        return new Shift(keep);
    }

    /** As {@link DropOldestTurns}. */
    static Overflow dropOldestTurns() {
        return new DropOldestTurns();
    }
}
