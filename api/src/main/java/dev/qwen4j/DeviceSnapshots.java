package dev.qwen4j;

import dev.qwen4j.internal.NativeState;
import dev.qwen4j.internal.NativeState.Extent;

/** Which snapshots on the devices are the last of their sequences, and whether llama.cpp can take one at all. For the thread that is inside the context. */
final class DeviceSnapshots {
    private final ContextStates owner;
    private final NativeState nativeState;
    private final ContextOptions options;
    /** How many were taken of each sequence. */
    private final int[] generations;

    DeviceSnapshots(ContextStates owner, NativeState nativeState, ContextOptions options) {
        this.owner = owner;
        this.nativeState = nativeState;
        this.options = options;
        this.generations = new int[options.maxSequences()];
    }

    DeviceSnapshot take(SequencePositions held) {
        checkCache();
        // Also if it fails: what was there may be gone.
        int generation = ++generations[held.sequence()];
        var description = nativeState.save(held.sequence(), Extent.ON_DEVICE);
        try {
            return new DeviceSnapshot(owner, held, generation, description.toArray());
        } finally {
            description.free();
        }
    }

    void check(DeviceSnapshot snapshot) {
        if (snapshot.owner() != owner) {
            throw new StateException(
                    "The snapshot was taken in another context, on whose devices it stays. Use save to carry a state over.");
        }
        if (snapshot.generation() != generations[snapshot.sequence()]) {
            throw new StateException(
                    "The snapshot of sequence %d is stale: another one was taken since, and a sequence has one. Use save to have several."
                            .formatted(snapshot.sequence()));
        }
    }

    /**
     * llama.cpp 0.5.0 counts blocks for numbers, so that of a quantized cache it would copy a fraction; and where values lie transposed, a sequence whose
     * cells are scattered may need more than the last snapshot's memory, which it finds in a destructor and ends the process.
     */
    private void checkCache() {
        if (options.keyType().isQuantized() || options.valueType().isQuantized()) {
            throw new StateException(
                    "The cache is quantized (%s, %s), which llama.cpp does not copy on devices. Use save."
                            .formatted(options.keyType(), options.valueType()));
        }
        if (options.flashAttention() != FlashAttention.ON) {
            throw new StateException(
                    "The context has flash attention " + options.flashAttention()
                            + "; snapshots need a cache that is laid out for it. Create it with FlashAttention.ON, or use save.");
        }
    }
}
