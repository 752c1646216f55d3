package dev.qwen4j.engine;

/** Why a generation ended. */
public enum FinishReason {
    /** The model ended it: an end-of-generation token, which is not part of the reply. */
    STOP,
    /** A {@linkplain GenerationOptions#stopStrings stop string} came, which is not part of the reply. */
    STOP_STRING,
    /** It has as many tokens as {@linkplain GenerationOptions#maxTokens were asked for}. */
    LENGTH,
    /** The context holds no more tokens of one sequence. */
    CONTEXT_FULL,
    /** It was cancelled, or its session or its engine closed. */
    CANCELLED
}
