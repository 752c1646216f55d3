package dev.qwen4j.engine;

/** Guesses what a model is going to say, to have several tokens computed at once. For the engine's thread. */
interface Drafter {
    /**
     * The tokens that may come next.
     *
     * @param most how many of them are of use, 1 or more
     * @return as many or fewer; none where there is no idea
     */
    TokenList draft(TokenList tokens, int most);

    /** What a guess costs, in nanoseconds; 0 if it costs nothing, or that is not known yet. */
    default double nanosPerToken() {
        return 0;
    }

    /** The generation has ended. */
    default void close() {}
}
