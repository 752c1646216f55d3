package dev.qwen4j;

import java.util.Objects;
import java.util.Optional;

/**
 * Something that computes, as ggml describes it ({@code ggml_backend_dev_props}).
 *
 * @param name what options call it, such as {@code CPU} or {@code CUDA0}
 * @param description what people call it
 * @param type what it is
 * @param backend the part of ggml that it belongs to, such as {@code CUDA}
 * @param id where it sits, as {@code 0000:c1:00.0}; empty where that is unknown
 * @param freeMemory bytes free when it was asked; of the CPU all that there is, see {@link Devices#availableMemory}
 * @param totalMemory bytes in all; 0 where that is unknown
 * @param bufferType the name of its memory in a {@link TensorPlacement}; empty where it has none of its own
 * @param capabilities what it can do
 */
public record Device(
        String name,
        String description,
        DeviceType type,
        String backend,
        Optional<String> id,
        long freeMemory,
        long totalMemory,
        Optional<String> bufferType,
        Capabilities capabilities) {
    /** Checks that it has a name and a type. */
    public Device {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(type, "type");
    }

    /**
     * What a device can do.
     *
     * @param asynchronous computing while the caller goes on
     * @param pinnedMemory copying faster from memory that it gave out
     * @param memoryOfOthers computing from memory that it was given, such as a mapped file
     * @param events telling when something is done
     * @param mapping loading models by mapping them
     */
    public record Capabilities(
            boolean asynchronous, boolean pinnedMemory, boolean memoryOfOthers, boolean events, boolean mapping) {}
}
