package dev.qwen4j.cli;

/** Why an answer ended. */
enum Ending {
    /** The model said so. */
    COMPLETE,
    /** It has as many tokens as were allowed. */
    MAX_TOKENS,
    /** The context holds no more. */
    CONTEXT_FULL,
    /** The user said so. */
    STOPPED
}
