package dev.qwen4j;

/** Which tokens of a sequence a token attends to. */
public enum Attention {
    /** As the model's file says. */
    MODEL,
    /** Those before it. */
    CAUSAL,
    /** All of the batch, which is then computed at once: it must fit into one micro-batch. */
    NON_CAUSAL
}
