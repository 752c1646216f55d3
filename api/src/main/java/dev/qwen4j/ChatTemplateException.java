package dev.qwen4j;

/** Thrown when a chat template does not parse, raises an error, or is given a conversation that it cannot render. */
public final class ChatTemplateException extends Qwen4jException {
    ChatTemplateException(String message) {
        super(message);
    }

    /** The same, for a failure that another exception caused. */
    public ChatTemplateException(String message, Throwable cause) {
        super(message, cause);
    }
}
