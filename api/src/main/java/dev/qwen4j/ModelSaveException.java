package dev.qwen4j;

/** Thrown when a model could not be written; nothing of it is left then, and what the file was before it is still. */
public final class ModelSaveException extends Qwen4jException {
    ModelSaveException(String message) {
        super(message);
    }

    /** The same, for a failure that another exception caused. */
    public ModelSaveException(String message, Throwable cause) {
        super(message, cause);
    }
}
