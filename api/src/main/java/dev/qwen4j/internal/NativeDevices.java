package dev.qwen4j.internal;

import dev.qwen4j.Device;
import dev.qwen4j.DeviceType;
import dev.qwen4j.NumaStrategy;
import dev.qwen4j.RejectedBackend;
import dev.qwen4j.bindings.generated.LlamaCpp;
import dev.qwen4j.bindings.generated.qwen4j_device;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** ggml's registry of backends and devices. Any thread. */
public final class NativeDevices {
    private static final int ROOM = 64;

    private NativeDevices() {}

    /** All devices. */
    public static List<Device> list() {
        NativeModel.loadLibraries();
        try (var call = Arena.ofConfined()) {
            var guard = new Guard(call);
            var room = qwen4j_device.allocateArray(ROOM, call);
            int count = LlamaCpp.qwen4j_devices(guard.error(), room, ROOM);
            guard.check("list the devices");
            var devices = new ArrayList<Device>();
            for (int i = 0; i < count; i++) {
                devices.add(device(qwen4j_device.asSlice(room, i)));
            }
            return List.copyOf(devices);
        }
    }

    private static Device device(MemorySegment entry) {
        return new Device(
                qwen4j_device.name(entry).getString(0),
                qwen4j_device.description(entry).getString(0),
                type(qwen4j_device.type(entry)),
                qwen4j_device.backend(entry).getString(0),
                text(qwen4j_device.id(entry)),
                qwen4j_device.memory_free(entry),
                qwen4j_device.memory_total(entry),
                text(qwen4j_device.buffer_type(entry)),
                new Device.Capabilities(
                        qwen4j_device.async(entry),
                        qwen4j_device.host_buffer(entry),
                        qwen4j_device.buffer_from_host_ptr(entry),
                        qwen4j_device.events(entry),
                        qwen4j_device.mmap_support(entry)));
    }

    private static DeviceType type(int type) {
        if (type == LlamaCpp.GGML_BACKEND_DEVICE_TYPE_CPU()) {
            return DeviceType.CPU;
        }
        if (type == LlamaCpp.GGML_BACKEND_DEVICE_TYPE_GPU()) {
            return DeviceType.GPU;
        }
        if (type == LlamaCpp.GGML_BACKEND_DEVICE_TYPE_IGPU()) {
            return DeviceType.INTEGRATED_GPU;
        }
        if (type == LlamaCpp.GGML_BACKEND_DEVICE_TYPE_META()) {
            return DeviceType.META;
        }
        if (type == LlamaCpp.GGML_BACKEND_DEVICE_TYPE_ACCEL()) {
            return DeviceType.ACCELERATOR;
        }
        throw new AssertionError("ggml_backend_dev_type is " + type);
    }

    private static Optional<String> text(MemorySegment chars) {
        return Optional.of(chars.getString(0)).filter(text -> !text.isEmpty());
    }

    /** The features of one backend. */
    public static Map<String, String> features(String backend) {
        var features = new LinkedHashMap<String, String>();
        for (var line : lines(LlamaCpp::qwen4j_features, "list the features")) {
            if (line.length == 3 && line[0].equals(backend)) {
                features.put(line[1], line[2]);
            }
        }
        return Collections.unmodifiableMap(features);
    }

    /** Backends that are not used. */
    public static List<RejectedBackend> rejected() {
        return lines(LlamaCpp::qwen4j_rejected_backends, "list the backends that are not used").stream()
                .map(line -> new RejectedBackend(Path.of(line[0]), line.length > 1 ? line[1] : ""))
                .toList();
    }

    /** llama_print_system_info. */
    public static String systemInfo() {
        NativeModel.loadLibraries();
        return text(LlamaCpp::qwen4j_system_info, "describe the system");
    }

    private static List<String[]> lines(Function<MemorySegment, MemorySegment> call, String doing) {
        NativeModel.loadLibraries();
        return text(call, doing).lines().map(line -> line.split("\t", -1)).toList();
    }

    private static String text(Function<MemorySegment, MemorySegment> function, String doing) {
        try (var call = Arena.ofConfined()) {
            var guard = new Guard(call);
            return NativeText.take(guard, function.apply(guard.error()), doing);
        }
    }

    /** llama_supports_gpu_offload. */
    public static boolean supportsGpu() {
        NativeModel.loadLibraries();
        // llama.cpp says yes wherever RPC is built in, though no server may be known.
        return LlamaCpp.llama_supports_gpu_offload() && list().stream().anyMatch(NativeDevices::isOffloadable);
    }

    private static boolean isOffloadable(Device device) {
        return switch (device.type()) {
            case GPU, INTEGRATED_GPU, META -> true;
            case CPU, ACCELERATOR -> false;
        };
    }

    /** llama_supports_rpc. */
    public static boolean supportsRpc() {
        NativeModel.loadLibraries();
        return LlamaCpp.llama_supports_rpc();
    }

    /** llama_supports_mmap. */
    public static boolean supportsMapping() {
        NativeModel.loadLibraries();
        return LlamaCpp.llama_supports_mmap();
    }

    /** llama_supports_mlock. */
    public static boolean supportsLocking() {
        NativeModel.loadLibraries();
        return LlamaCpp.llama_supports_mlock();
    }

    /** llama_numa_init; false if it was called before. */
    public static boolean numa(NumaStrategy strategy) {
        NativeModel.loadLibraries();
        try (var call = Arena.ofConfined()) {
            var guard = new Guard(call);
            boolean first = LlamaCpp.qwen4j_numa_init(guard.error(), NativeEnums.numaStrategy(strategy));
            guard.check("optimise for NUMA");
            return first;
        }
    }
}
