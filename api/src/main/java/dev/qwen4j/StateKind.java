package dev.qwen4j;

/** What of a context a {@link State} holds. */
public enum StateKind {
    /** All that is remembered of one sequence. */
    SEQUENCE,
    /** Those parts of one sequence that cannot be cut: its sliding windows and recurrent states. */
    PARTIAL,
    /** All sequences. */
    WHOLE
}
