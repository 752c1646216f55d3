package dev.qwen4j.internal;

import dev.qwen4j.bindings.generated.LlamaCpp;
import java.lang.foreign.MemorySegment;

/** Copies of what a context holds. For the thread that uses the context. Arguments are the caller's to check. */
public final class NativeState {
    /** In place of a sequence: all of them. */
    public static final int WHOLE = -1;

    /** What of a sequence is copied, and where to; see {@code llama_state_seq_flags}. */
    public enum Extent {
        FULL(0),
        /** The parts that a cache cannot cut: a sliding window, a recurrent state. */
        PARTIAL(LlamaCpp.LLAMA_STATE_SEQ_FLAGS_PARTIAL_ONLY()),
        /** All, on the devices; what comes back only describes it. */
        ON_DEVICE(LlamaCpp.LLAMA_STATE_SEQ_FLAGS_ON_DEVICE());

        private final int flags;

        Extent(int flags) {
            this.flags = flags;
        }
    }

    private final MemorySegment context;
    private final Guard guard;

    NativeState(MemorySegment context, Guard guard) {
        this.context = context;
        this.guard = guard;
    }

    /** How many bytes {@link #save} would give. */
    public long size(int sequence, Extent extent) {
        long size = LlamaCpp.qwen4j_state_size(guard.error(), context, sequence, extent.flags);
        guard.check("measure the state");
        return size;
    }

    /** Copies a sequence, or {@link #WHOLE}; the bytes are the caller's to free. */
    public NativeBytes save(int sequence, Extent extent) {
        var bytes = new NativeBytes(size(sequence, extent));
        try {
            save(sequence, extent, bytes.memory());
            return bytes;
        } catch (Throwable e) {
            bytes.free();
            throw e;
        }
    }

    /** The same to memory that is used again. */
    public void save(int sequence, Extent extent, ReusedBytes bytes) {
        save(sequence, extent, bytes.resize(size(sequence, extent)));
    }

    private void save(int sequence, Extent extent, MemorySegment memory) {
        LlamaCpp.qwen4j_state_get(guard.error(), context, memory, memory.byteSize(), sequence, extent.flags);
        guard.check("save the state");
    }

    /** Replaces what a sequence, or {@link #WHOLE}, holds; if that fails it holds nothing. */
    public void restore(NativeBytes bytes, int sequence, Extent extent) {
        restore(bytes.memory(), sequence, extent);
    }

    /** The same from memory that is used again. */
    public void restore(ReusedBytes bytes, int sequence, Extent extent) {
        restore(bytes.memory(), sequence, extent);
    }

    private void restore(MemorySegment memory, int sequence, Extent extent) {
        LlamaCpp.qwen4j_state_set(guard.error(), context, memory, memory.byteSize(), sequence, extent.flags);
        guard.check("restore the state");
    }
}
