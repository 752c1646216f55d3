package dev.qwen4j;

/** Watches a model being loaded. */
@FunctionalInterface
public interface LoadProgress {
    /**
     * Called on the loading thread, some hundred times a load, with the loaded fraction from 0 to 1.
     *
     * @return whether to go on; {@code false} ends the load with a {@link CancelledException}. An exception ends it too, and is the cause of the
     *     {@link ModelLoadException} that is thrown then
     */
    boolean onProgress(double fraction);
}
