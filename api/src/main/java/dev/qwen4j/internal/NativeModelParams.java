package dev.qwen4j.internal;

import dev.qwen4j.Device;
import dev.qwen4j.LlamaException;
import dev.qwen4j.ModelOptions;
import dev.qwen4j.TensorPlacement;
import dev.qwen4j.bindings.Pointers;
import dev.qwen4j.bindings.generated.LlamaCpp;
import dev.qwen4j.bindings.generated.llama_model_kv_override;
import dev.qwen4j.bindings.generated.llama_model_params;
import dev.qwen4j.bindings.generated.llama_model_tensor_buft_override;
import dev.qwen4j.gguf.GgufArray;
import dev.qwen4j.gguf.GgufValue;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Options as {@code llama_model_params}, with the lists that it points to. llama.cpp reads those to a terminator, or as long as it thinks they are. */
final class NativeModelParams {
    private NativeModelParams() {}

    /**
     * Makes them in an arena that must outlive the model, without a progress callback.
     *
     * @throws IllegalArgumentException if a device, a buffer type or a pattern is none
     */
    static MemorySegment of(Arena arena, ModelOptions options) {
        var params = LlamaCpp.llama_model_default_params(arena);
        options.devices().ifPresent(devices -> llama_model_params.devices(params, devices(arena, devices)));
        if (!options.placements().isEmpty()) {
            llama_model_params.tensor_buft_overrides(params, placements(arena, options.placements()));
        }
        if (!options.tensorSplit().isEmpty()) {
            llama_model_params.tensor_split(params, split(arena, options.tensorSplit()));
        }
        if (!options.metadata().isEmpty()) {
            llama_model_params.kv_overrides(params, overrides(arena, options.metadata()));
        }
        llama_model_params.n_gpu_layers(params, options.gpuLayers());
        llama_model_params.split_mode(params, NativeEnums.splitMode(options.splitMode()));
        llama_model_params.main_gpu(params, options.mainGpu());
        llama_model_params.load_mode(params, NativeEnums.loadMode(options.loadMode()));
        llama_model_params.lazy_mode(params, NativeEnums.lazyMode(options.lazyTensors()));
        llama_model_params.check_tensors(params, options.checkTensors());
        llama_model_params.vocab_only(params, options.vocabularyOnly());
        llama_model_params.use_extra_bufts(params, options.repackWeights());
        llama_model_params.no_host(params, !options.hostBuffers());
        llama_model_params.load_mtp(params, options.mtpLayers());
        return params;
    }

    private static MemorySegment devices(Arena arena, List<Device> devices) {
        var list = arena.allocate(ValueLayout.ADDRESS, devices.size() + 1L);
        for (int i = 0; i < devices.size(); i++) {
            var name = devices.get(i).name();
            var device = LlamaCpp.ggml_backend_dev_by_name(arena.allocateFrom(name));
            if (Pointers.isNull(device)) {
                throw new IllegalArgumentException("There is no device " + name + ". Name one of "
                        + NativeDevices.list().stream().map(Device::name).toList() + ".");
            }
            list.setAtIndex(ValueLayout.ADDRESS, i, device);
        }
        return list;
    }

    private static MemorySegment placements(Arena arena, List<TensorPlacement> placements) {
        var list = llama_model_tensor_buft_override.allocateArray(placements.size() + 1L, arena);
        for (int i = 0; i < placements.size(); i++) {
            var placement = placements.get(i);
            var entry = llama_model_tensor_buft_override.asSlice(list, i);
            var guard = new Guard(arena);
            var pattern = arena.allocateFrom(placement.pattern());
            LlamaCpp.qwen4j_tensor_pattern_check(guard.error(), pattern);
            require(guard, "\"" + placement.pattern() + "\" is no regular expression to C++. Mend it.");
            var type = LlamaCpp.qwen4j_buffer_type(guard.error(), arena.allocateFrom(placement.bufferType()));
            require(
                    guard,
                    "There is no buffer type " + placement.bufferType() + ". Name one of " + bufferTypes() + ".");
            llama_model_tensor_buft_override.pattern(entry, pattern);
            llama_model_tensor_buft_override.buft(entry, type);
        }
        return list;
    }

    private static void require(Guard guard, String otherwise) {
        try {
            guard.check("place tensors");
        } catch (LlamaException e) {
            throw new IllegalArgumentException(otherwise, e);
        }
    }

    private static String bufferTypes() {
        return NativeDevices.list().stream()
                .flatMap(device -> device.bufferType().stream())
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private static MemorySegment split(Arena arena, List<Float> split) {
        var list = arena.allocate(ValueLayout.JAVA_FLOAT, LlamaCpp.llama_max_devices());
        for (int i = 0; i < split.size(); i++) {
            list.setAtIndex(ValueLayout.JAVA_FLOAT, i, split.get(i));
        }
        return list;
    }

    private static MemorySegment overrides(Arena arena, Map<String, GgufValue> metadata) {
        var list = llama_model_kv_override.allocateArray(metadata.size() + 1L, arena);
        int i = 0;
        for (var override : metadata.entrySet()) {
            var entry = llama_model_kv_override.asSlice(list, i++);
            llama_model_kv_override.key(entry).setString(0, override.getKey());
            switch (Objects.requireNonNull(override.getValue())) {
                case GgufValue.UInt(var type, var value) -> {
                    llama_model_kv_override.tag(entry, LlamaCpp.LLAMA_KV_OVERRIDE_TYPE_INT());
                    llama_model_kv_override.val_i64(entry, value);
                }
                case GgufValue.Int(var type, var value) -> {
                    llama_model_kv_override.tag(entry, LlamaCpp.LLAMA_KV_OVERRIDE_TYPE_INT());
                    llama_model_kv_override.val_i64(entry, value);
                }
                case GgufValue.Real(var type, var value) -> {
                    llama_model_kv_override.tag(entry, LlamaCpp.LLAMA_KV_OVERRIDE_TYPE_FLOAT());
                    llama_model_kv_override.val_f64(entry, value);
                }
                case GgufValue.Bool(var value) -> {
                    llama_model_kv_override.tag(entry, LlamaCpp.LLAMA_KV_OVERRIDE_TYPE_BOOL());
                    llama_model_kv_override.val_bool(entry, value);
                }
                case GgufValue.Text(var value) -> {
                    llama_model_kv_override.tag(entry, LlamaCpp.LLAMA_KV_OVERRIDE_TYPE_STR());
                    llama_model_kv_override.val_str(entry).setString(0, value);
                }
                case GgufArray array ->
                    throw new IllegalArgumentException(override.getKey() + " is an array, which cannot be overridden.");
            }
        }
        return list;
    }
}
