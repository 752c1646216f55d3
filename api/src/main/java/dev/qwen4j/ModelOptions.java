package dev.qwen4j;

import java.util.Objects;

/**
 * How a model is loaded; immutable.
 *
 * @see Model#load(java.nio.file.Path, java.util.function.UnaryOperator)
 */
public final class ModelOptions {
    private static final int ALL_LAYERS = -1;
    private static final ModelOptions DEFAULTS =
            new ModelOptions(ALL_LAYERS, LoadMode.AUTO, false, false, fraction -> true);

    private final int gpuLayers;
    private final LoadMode loadMode;
    private final boolean checkTensors;
    private final boolean vocabularyOnly;
    private final LoadProgress progress;

    private ModelOptions(
            int gpuLayers, LoadMode loadMode, boolean checkTensors, boolean vocabularyOnly, LoadProgress progress) {
        this.gpuLayers = gpuLayers;
        this.loadMode = loadMode;
        this.checkTensors = checkTensors;
        this.vocabularyOnly = vocabularyOnly;
        this.progress = progress;
    }

    /** All layers on the GPU where there is one; {@link LoadMode#AUTO}; tensors not checked; weights and all; no progress listener. */
    public static ModelOptions defaults() {
        return DEFAULTS;
    }

    /** How many layers go to the GPU: 0 or more; without a GPU it is ignored. Default: all. */
    public ModelOptions gpuLayers(int layers) {
        if (layers < 0) {
            throw new IllegalArgumentException("gpuLayers is " + layers + "; it must be 0 or more.");
        }
        return new ModelOptions(layers, loadMode, checkTensors, vocabularyOnly, progress);
    }

    /** How the weights are read. Default: {@link LoadMode#AUTO}. */
    public ModelOptions loadMode(LoadMode mode) {
        return new ModelOptions(
                gpuLayers, Objects.requireNonNull(mode, "mode"), checkTensors, vocabularyOnly, progress);
    }

    /** Whether every tensor's values are looked at for NaN and the like, which reads the whole file. Default: no. */
    public ModelOptions checkTensors(boolean check) {
        return new ModelOptions(gpuLayers, loadMode, check, vocabularyOnly, progress);
    }

    /** Whether the weights are left out, so that only the tokenizer and the chat template work. Default: no. */
    public ModelOptions vocabularyOnly(boolean only) {
        return new ModelOptions(gpuLayers, loadMode, checkTensors, only, progress);
    }

    /** Who is told how far the load is, and can cancel it. Default: nobody. */
    public ModelOptions progress(LoadProgress listener) {
        return new ModelOptions(
                gpuLayers, loadMode, checkTensors, vocabularyOnly, Objects.requireNonNull(listener, "listener"));
    }

    /** The layers on the GPU, or -1 for all. */
    public int gpuLayers() {
        return gpuLayers;
    }

    /** How the weights are read. */
    public LoadMode loadMode() {
        return loadMode;
    }

    /** Whether tensors are checked. */
    public boolean checkTensors() {
        return checkTensors;
    }

    /** Whether the weights are left out. */
    public boolean vocabularyOnly() {
        return vocabularyOnly;
    }

    /** The listener, or one that lets every load go on. */
    public LoadProgress progress() {
        return progress;
    }
}
