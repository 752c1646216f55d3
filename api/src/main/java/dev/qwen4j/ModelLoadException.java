package dev.qwen4j;

/** Thrown when a file cannot be loaded as a model; the message names the file, what is wrong with it, and what to do. */
public final class ModelLoadException extends Qwen4jException {
    ModelLoadException(String message) {
        super(message);
    }

    /** The same, for a failure that another exception caused. */
    public ModelLoadException(String message, Throwable cause) {
        super(message, cause);
    }
}
