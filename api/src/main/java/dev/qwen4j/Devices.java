package dev.qwen4j;

import dev.qwen4j.internal.NativeDevices;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * What this process can compute with.
 *
 * <p>All methods load the native libraries if need be, can be called by any thread, and throw a {@link NativeLibraryException} where the libraries cannot
 * be used.
 */
public final class Devices {
    private Devices() {}

    /** What ggml has found, the CPU among it; asks each device how much memory it has free now. */
    public static List<Device> list() {
        return NativeDevices.list();
    }

    /** Which features of the processor ggml was built to use and found here, such as {@code AVX2}, with their values, mostly {@code 1}. */
    public static Map<String, String> cpuFeatures() {
        return features("CPU");
    }

    /** The same of another part of ggml, by its {@linkplain Device#backend name}; empty where it tells nothing, or is not there. */
    public static Map<String, String> features(String backend) {
        return NativeDevices.features(backend);
    }

    /** Which parts of ggml lie beside the others and are not used, and why; in the order that they were tried. */
    public static List<RejectedBackend> rejected() {
        return NativeDevices.rejected();
    }

    /** One line about all of it, as llama.cpp's programs print it. */
    public static String systemInfo() {
        return NativeDevices.systemInfo();
    }

    /** Whether layers of a model could go anywhere but to the CPU. */
    public static boolean supportsGpu() {
        return NativeDevices.supportsGpu();
    }

    /** Whether models can be computed on other machines, by ggml's RPC. */
    public static boolean supportsRpc() {
        return NativeDevices.supportsRpc();
    }

    /** Whether this system can map files into memory. */
    public static boolean supportsMapping() {
        return NativeDevices.supportsMapping();
    }

    /** Whether this system can lock memory, as far as the user may. */
    public static boolean supportsLocking() {
        return NativeDevices.supportsLocking();
    }

    /**
     * How many bytes of the system's memory this process can still get: free ones, and such as hold file pages, no more than its control groups (v1 and v2)
     * leave it. Empty where the system does not say, as outside of Linux.
     */
    public static OptionalLong availableMemory() {
        return new HostMemory().available();
    }

    /**
     * Tells ggml how to place its threads on a machine with several memory nodes; for the whole process, and best before the first model is loaded, whose
     * pages are then spread too.
     *
     * @return false where it was told before: it listens once
     */
    public static boolean optimizeForNuma(NumaStrategy strategy) {
        return NativeDevices.numa(Objects.requireNonNull(strategy, "strategy"));
    }
}
