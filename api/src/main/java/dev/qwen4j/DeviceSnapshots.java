package dev.qwen4j;

import dev.qwen4j.gguf.Gguf;
import dev.qwen4j.internal.NativeState;
import dev.qwen4j.internal.NativeState.Extent;

/** Which snapshots on the devices are the last of their sequences, and whether llama.cpp can take one at all. For the thread that is inside the context. */
final class DeviceSnapshots {
    /** Of tensors in the memory of CUDA devices, the largest of those that are common. */
    private static final int ALIGNMENT = 128;

    private static final int NUMBER = 2;

    private final ContextStates owner;
    private final NativeState nativeState;
    private final ContextOptions options;
    private final boolean evenRows;
    /** How many were taken of each sequence. */
    private final int[] generations;

    DeviceSnapshots(ContextStates owner, NativeState nativeState, Gguf gguf, ContextOptions options) {
        this.owner = owner;
        this.nativeState = nativeState;
        this.options = options;
        this.evenRows = gguf.tensors().stream()
                .filter(tensor -> tensor.name().matches(".*\\.attn_[kv]\\.weight"))
                .allMatch(tensor -> tensor.shape().getLast() * NUMBER % ALIGNMENT == 0);
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
     * llama.cpp 0.5.0 counts blocks for numbers, so that of a quantized cache it would copy a fraction. And where values lie transposed, or rows need
     * padding, a sequence whose cells are scattered needs more than its last snapshot of that size, which it finds in a destructor, and ends the process.
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
        if (!evenRows) {
            throw new StateException("The keys or values of a token take no multiple of " + ALIGNMENT
                    + " bytes in this model, so llama.cpp cannot copy them on devices safely. Use save.");
        }
    }
}
