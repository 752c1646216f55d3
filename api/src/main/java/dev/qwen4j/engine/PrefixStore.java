package dev.qwen4j.engine;

/** What was computed and lies in host memory, to be gone on from: at most so many bytes, of which what was used least lately is forgotten first. For the engine's thread. */
interface PrefixStore extends AutoCloseable {
    /**
     * What is known of a prompt.
     *
     * @param available how many of its first tokens can be taken from here
     * @param known how many were here once, or begin something that is here
     */
    record Match(int available, int known) {}

    /**
     * Looks a prompt up.
     *
     * @param most how many of its tokens are wanted at most
     */
    Match match(Namespace namespace, int[] prompt, int most);

    /** Says that the beginning of a prompt is going to be used, so that other things are forgotten first. */
    void touch(Namespace namespace, int[] prompt, int length);

    /** Whether it would keep so many tokens, if it had nothing else to keep. */
    boolean keeps(int length);

    /** Keeps what lies in a slot, as far as there is room for it. */
    void save(Slot slot);

    /** Makes a slot hold the first tokens of a prompt, as many as a match has found available. */
    void restore(Namespace namespace, int[] prompt, int length, Slot slot);

    /** Makes an empty slot hold what another one holds, in the context. */
    void copy(Slot from, Slot to);

    /** Whether part of what lies here or in a slot can be taken, or only all of it. */
    boolean cuts();

    /** How many bytes it holds. */
    long bytes();

    /** How many tokens it holds; what sequences have in common counts once. */
    long tokens();

    /** Counts of what went through it. */
    Traffic traffic();

    /** Forgets everything. */
    void clear();

    @Override
    void close();

    /**
     * Tokens that were copied to host memory and back, and that were forgotten there.
     *
     * @param spilled out of the context
     * @param restored into it again
     * @param evicted forgotten
     */
    record Traffic(long spilled, long restored, long evicted) {}
}
