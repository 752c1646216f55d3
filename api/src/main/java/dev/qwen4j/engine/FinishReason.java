package dev.qwen4j.engine;

/** Why a generation ended. */
public enum FinishReason {
    /** The model ended it: an end-of-generation token, or one of {@link GenerationOptions#stopTokens}, which is not part of the reply. */
    STOP,
    /** A {@linkplain GenerationOptions#stopStrings stop string} came, which is not part of the reply. */
    STOP_STRING,
    /** It has as many tokens as {@linkplain GenerationOptions#maxTokens were asked for}. */
    LENGTH,
    /** The context holds no more tokens of one session, and {@link GenerationOptions#overflow} allows no others to go. */
    CONTEXT_FULL,
    /** It was cancelled, or its session or its engine closed. */
    CANCELLED,
    /** Its {@linkplain GenerationOptions#deadline deadline} came. */
    DEADLINE,
    /** It was not taken, which {@link RejectedException} and {@link PromptTooLongException} say; no reply has this. */
    REJECTED,
    /** It could not be computed, which {@link EngineFailedException} says; no reply has this. */
    FAILED
}
