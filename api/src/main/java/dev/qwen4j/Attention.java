package dev.qwen4j;

import dev.qwen4j.gguf.Gguf;

/** Which tokens of a sequence a token attends to. */
public enum Attention {
    /** As the model's file says. */
    MODEL,
    /** Those before it. */
    CAUSAL,
    /** All of the batch, which is then computed at once: it must fit into one micro-batch. */
    NON_CAUSAL;

    /** Whether tokens of a model attend to earlier ones only; llama.h does not say what it takes from the model. */
    boolean isCausal(Gguf gguf) {
        return switch (this) {
            case CAUSAL -> true;
            case NON_CAUSAL -> false;
            case MODEL -> gguf.bool(gguf.architecture() + ".attention.causal").orElse(true);
        };
    }
}
