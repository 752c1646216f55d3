package dev.qwen4j;

/**
 * Thrown when a model's file was cut short, written over, or could not be read any more while it was mapped into memory.
 *
 * <p>What was computed since may be wrong, and the model is of no more use: close it, and load the file again when it is whole.
 */
public final class ModelFileChangedException extends Qwen4jException {
    /** Creates one; applications have no reason to. */
    public ModelFileChangedException(String message) {
        super(message);
    }
}
