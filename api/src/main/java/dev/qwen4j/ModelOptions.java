package dev.qwen4j;

import dev.qwen4j.gguf.GgufType;
import dev.qwen4j.gguf.GgufValue;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * How a model is loaded; immutable: each setter returns a changed copy.
 *
 * <p>Everything that {@code llama_model_params} in llama.h has. Where nothing else is said, the defaults are llama.cpp's.
 *
 * @see Model#load(java.nio.file.Path, java.util.function.UnaryOperator)
 */
public final class ModelOptions implements Cloneable {
    /** llama_max_devices: tensor_split is read as that many numbers. */
    private static final int MOST_DEVICES = 16;

    /** llama_max_tensor_buft_overrides. */
    private static final int MOST_PLACEMENTS = 4095;

    /** What fits into {@code llama_model_kv_override} beside a null byte. */
    private static final int LONGEST_OVERRIDE = 127;

    private static final ModelOptions DEFAULTS = new ModelOptions();

    // Written by with() alone, before anyone else sees the copy.
    private Optional<List<Device>> devices = Optional.empty();
    private int gpuLayers = -1;
    private SplitMode splitMode = SplitMode.LAYER;
    private int mainGpu;
    private List<Float> tensorSplit = List.of();
    private List<TensorPlacement> placements = List.of();
    private boolean repackWeights = true;
    private boolean hostBuffers = true;
    private LoadMode loadMode = LoadMode.AUTO;
    private LazyTensors lazyTensors = LazyTensors.AUTO;
    private boolean checkTensors;
    private boolean checkMemory = true;
    private boolean vocabularyOnly;
    private boolean mtpLayers;
    private Map<String, GgufValue> metadata = Map.of();
    private LoadProgress progress = fraction -> true;

    private ModelOptions() {}

    /** All layers on the GPU where there is one; {@link LoadMode#AUTO}; tensors not checked, memory checked; weights and all; no progress listener. */
    public static ModelOptions defaults() {
        return DEFAULTS;
    }

    /** The GPUs to use, of {@link Devices#list}, at most 16; none of them: the CPU alone. Default: all GPUs. */
    public ModelOptions devices(List<Device> devices) {
        for (var device : devices) {
            require(
                    device.type() != DeviceType.CPU,
                    "devices names " + device.name() + ", which is always used; name GPUs");
        }
        require(devices.size() <= MOST_DEVICES, "devices has " + devices.size() + " of them; at most 16 can be used");
        var chosen = List.copyOf(devices);
        require(
                chosen.stream().map(Device::name).distinct().count() == chosen.size(),
                "devices names one twice: " + chosen);
        return with(copy -> copy.devices = Optional.of(chosen));
    }

    /** How many layers go to the GPU: 0 or more; without a GPU it is ignored. Default: all. */
    public ModelOptions gpuLayers(int layers) {
        require(layers >= 0, "gpuLayers is " + layers + "; it must be 0 or more");
        return with(copy -> copy.gpuLayers = layers);
    }

    /** How several GPUs share it. Default: {@link SplitMode#LAYER}. */
    public ModelOptions splitMode(SplitMode mode) {
        Objects.requireNonNull(mode, "mode");
        return with(copy -> copy.splitMode = mode);
    }

    /** Which GPU takes all with {@link SplitMode#NONE}, counted from 0 among those in use. Default: the first. */
    public ModelOptions mainGpu(int index) {
        require(index >= 0 && index < MOST_DEVICES, "mainGpu is " + index + "; it must be 0 to 15");
        return with(copy -> copy.mainGpu = index);
    }

    /** How much of it each GPU takes, in proportion to the others; at most 16 numbers, from 0 up. Default: by their free memory. */
    public ModelOptions tensorSplit(float... proportions) {
        require(
                proportions.length <= MOST_DEVICES,
                "tensorSplit has " + proportions.length + " numbers; at most 16 fit");
        var split = IntStream.range(0, proportions.length)
                .mapToObj(i -> proportions[i])
                .toList();
        for (float proportion : split) {
            require(
                    proportion >= 0 && Float.isFinite(proportion),
                    "tensorSplit holds " + proportion + "; its numbers must be finite, and 0 or more");
        }
        require(
                split.isEmpty() || split.stream().anyMatch(proportion -> proportion > 0),
                "tensorSplit is 0 for every GPU; give one of them something");
        return with(copy -> copy.tensorSplit = split);
    }

    /** Whose memory some tensors go to, whatever else is said; the first that matches counts; at most 4,095. Default: nothing special. */
    public ModelOptions placements(List<TensorPlacement> placements) {
        require(
                placements.size() <= MOST_PLACEMENTS,
                "placements has " + placements.size() + " of them; at most 4,095 fit");
        var chosen = List.copyOf(placements);
        return with(copy -> copy.placements = chosen);
    }

    /** Whether the CPU may store weights in another order, to compute faster; those cannot be {@linkplain Model#save saved}. Default: yes. */
    public ModelOptions repackWeights(boolean repack) {
        return with(copy -> copy.repackWeights = repack);
    }

    /** Whether weights that stay with the CPU may go to memory that a GPU gives out, from which it copies faster. Default: yes. */
    public ModelOptions hostBuffers(boolean use) {
        return with(copy -> copy.hostBuffers = use);
    }

    /** How the weights are read. Default: {@link LoadMode#AUTO}. */
    public ModelOptions loadMode(LoadMode mode) {
        Objects.requireNonNull(mode, "mode");
        return with(copy -> copy.loadMode = mode);
    }

    /** Whether large tables are read row by row. Default: {@link LazyTensors#AUTO}. */
    public ModelOptions lazyTensors(LazyTensors lazy) {
        Objects.requireNonNull(lazy, "lazy");
        return with(copy -> copy.lazyTensors = lazy);
    }

    /** Whether every tensor's values are looked at for NaN and the like, which reads the whole file. Default: no. */
    public ModelOptions checkTensors(boolean check) {
        return with(copy -> copy.checkTensors = check);
    }

    /** Whether a model that needs more memory than there is gets an {@link InsufficientMemoryException}. Default: yes. */
    public ModelOptions checkMemory(boolean check) {
        return with(copy -> copy.checkMemory = check);
    }

    /** Whether the weights are left out, so that only the tokenizer and the chat template work. Default: no. */
    public ModelOptions vocabularyOnly(boolean only) {
        return with(copy -> copy.vocabularyOnly = only);
    }

    /** Whether the layers that predict further tokens, for speculative decoding, are loaded too. Default: no. */
    public ModelOptions mtpLayers(boolean load) {
        return with(copy -> copy.mtpLayers = load);
    }

    /** Another whole number than the file has under a key, from 0 to 2<sup>31</sup> - 1; or one more. */
    public ModelOptions metadata(String key, long value) {
        require(
                value >= 0 && value <= Integer.MAX_VALUE,
                key + " is overridden by " + value + "; it must be 0 to 2^31 - 1");
        return override(key, new GgufValue.UInt(GgufType.UINT32, value));
    }

    /** Another number than the file has under a key, or one more. */
    public ModelOptions metadata(String key, double value) {
        return override(key, new GgufValue.Real(GgufType.FLOAT32, (float) value));
    }

    /** Another truth value than the file has under a key, or one more. */
    public ModelOptions metadata(String key, boolean value) {
        return override(key, new GgufValue.Bool(value));
    }

    /** Another text than the file has under a key, or one more; at most 127 bytes of UTF-8. */
    public ModelOptions metadata(String key, String value) {
        requireText("the override of " + key, value);
        return override(key, new GgufValue.Text(value));
    }

    private ModelOptions override(String key, GgufValue value) {
        requireText("a key of metadata", key);
        require(!key.isEmpty(), "a key of metadata is empty; name one");
        require(!key.startsWith("split."), key + " cannot be overridden; the parts of a model are what they are");
        var all = new LinkedHashMap<>(metadata);
        all.put(key, value);
        return with(copy -> copy.metadata = Collections.unmodifiableMap(all));
    }

    /** Who is told how far the load is, and can cancel it. Default: nobody. */
    public ModelOptions progress(LoadProgress listener) {
        Objects.requireNonNull(listener, "listener");
        return with(copy -> copy.progress = listener);
    }

    private ModelOptions with(Consumer<ModelOptions> change) {
        ModelOptions copy;
        try {
            copy = (ModelOptions) clone();
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
        change.accept(copy);
        return copy;
    }

    private static void requireText(String what, String text) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        require(
                bytes <= LONGEST_OVERRIDE && text.indexOf('\0') < 0,
                what + " has " + bytes + " bytes, or a NUL; at most 127 without one are possible");
    }

    private static void require(boolean right, String otherwise) {
        if (!right) {
            throw new IllegalArgumentException(otherwise + ".");
        }
    }

    /** The GPUs to use; empty for all. */
    public Optional<List<Device>> devices() {
        return devices;
    }

    /** The layers on the GPU, or -1 for all. */
    public int gpuLayers() {
        return gpuLayers;
    }

    /** How several GPUs share the model. */
    public SplitMode splitMode() {
        return splitMode;
    }

    /** The GPU that takes all where they do not share. */
    public int mainGpu() {
        return mainGpu;
    }

    /** The proportions of the GPUs; empty for those of their free memory. */
    public List<Float> tensorSplit() {
        return tensorSplit;
    }

    /** What goes to special places. */
    public List<TensorPlacement> placements() {
        return placements;
    }

    /** Whether the CPU may reorder weights. */
    public boolean repackWeights() {
        return repackWeights;
    }

    /** Whether a GPU's host memory is used. */
    public boolean hostBuffers() {
        return hostBuffers;
    }

    /** How the weights are read. */
    public LoadMode loadMode() {
        return loadMode;
    }

    /** Whether large tables are read row by row. */
    public LazyTensors lazyTensors() {
        return lazyTensors;
    }

    /** Whether tensors are checked. */
    public boolean checkTensors() {
        return checkTensors;
    }

    /** Whether memory is checked. */
    public boolean checkMemory() {
        return checkMemory;
    }

    /** Whether the weights are left out. */
    public boolean vocabularyOnly() {
        return vocabularyOnly;
    }

    /** Whether layers for speculative decoding are loaded. */
    public boolean mtpLayers() {
        return mtpLayers;
    }

    /** What takes the place of metadata in the file, by its keys. */
    public Map<String, GgufValue> metadata() {
        return metadata;
    }

    /** The listener, or one that lets every load go on. */
    public LoadProgress progress() {
        return progress;
    }
}
