package dev.qwen4j;

/** What a token is, and how its spelling is found in text; {@code llama_token_attr} in llama.h. */
public enum TokenAttribute {
    /** Stands for what the vocabulary has no token for. */
    UNKNOWN,
    /** A place in the vocabulary that nothing uses. */
    UNUSED,
    /** A piece of text. */
    NORMAL,
    /** Steers the model, and has no text. */
    CONTROL,
    /** A piece of text that is found before all others, whole. */
    USER_DEFINED,
    /** One byte. */
    BYTE,
    /** Is found in normalised text. */
    NORMALIZED,
    /** Takes white space before it along. */
    LSTRIP,
    /** Takes white space after it along. */
    RSTRIP,
    /** Is found as a whole word only. */
    SINGLE_WORD
}
