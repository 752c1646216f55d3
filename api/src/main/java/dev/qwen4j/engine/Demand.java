package dev.qwen4j.engine;

/**
 * Who asks for a computation, and how urgent it is.
 *
 * @param namespace whose it is
 * @param priority larger goes first
 * @param deadline when it is of no use any more, as {@link System#nanoTime}; {@link #NONE} if it always is
 * @param deterministic whether it is computed by itself alone
 */
record Demand(Namespace namespace, int priority, long deadline, boolean deterministic) {
    static final long NONE = Long.MAX_VALUE;

    boolean hasDeadline() {
        return deadline != NONE;
    }

    boolean isLate(long now) {
        return hasDeadline() && deadline - now <= 0;
    }
}
