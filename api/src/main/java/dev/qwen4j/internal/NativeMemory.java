package dev.qwen4j.internal;

import dev.qwen4j.bindings.Pointers;
import dev.qwen4j.bindings.generated.LlamaCpp;
import java.lang.foreign.MemorySegment;

/** The {@code llama_memory_t} of a context, which belongs to it. For the thread that uses the context. Sequences are the caller's to check. */
public final class NativeMemory {
    private static final int TO_END = -1;

    private final MemorySegment context;
    private final MemorySegment memory;
    private final Guard guard;

    NativeMemory(MemorySegment context, MemorySegment llama, Guard guard) {
        this.context = context;
        this.memory = LlamaCpp.llama_get_memory(llama);
        this.guard = guard;
    }

    /** Whether the model has none: each batch is computed for itself. */
    public boolean isAbsent() {
        return Pointers.isNull(memory);
    }

    /** The first position that a sequence holds, or -1. */
    public int firstPosition(int sequence) {
        return LlamaCpp.llama_memory_seq_pos_min(memory, sequence);
    }

    /** The last position that a sequence holds, or -1. */
    public int lastPosition(int sequence) {
        return LlamaCpp.llama_memory_seq_pos_max(memory, sequence);
    }

    /** Whether positions can be changed. */
    public boolean canShift() {
        return LlamaCpp.llama_memory_can_shift(memory);
    }

    /** Forgets all. */
    public void clear() {
        LlamaCpp.qwen4j_memory_clear(guard.error(), context);
        guard.check("clear the cache");
    }

    /** Forgets a sequence. */
    public void remove(int sequence) {
        remove(sequence, TO_END, TO_END);
    }

    /** Forgets the positions from one on, up to another one that is not forgotten; false, and nothing done, where that cannot be. */
    public boolean remove(int sequence, int from, int to) {
        boolean done = LlamaCpp.qwen4j_memory_remove(guard.error(), context, sequence, from, to);
        guard.check("remove positions " + from + " to " + to + " of sequence " + sequence);
        return done;
    }

    /** Copies positions. */
    public void copy(int source, int target, int from, int to) {
        LlamaCpp.qwen4j_memory_copy(guard.error(), context, source, target, from, to);
        guard.check("copy sequence " + source + " to " + target);
    }

    /** Forgets all other sequences. */
    public void keep(int sequence) {
        LlamaCpp.qwen4j_memory_keep(guard.error(), context, sequence);
        guard.check("keep sequence " + sequence);
    }

    /** Adds to positions. */
    public void shift(int sequence, int from, int to, int delta) {
        LlamaCpp.qwen4j_memory_shift(guard.error(), context, sequence, from, to, delta);
        guard.check("shift sequence " + sequence);
    }

    /** Divides positions. */
    public void divide(int sequence, int from, int to, int divisor) {
        LlamaCpp.qwen4j_memory_divide(guard.error(), context, sequence, from, to, divisor);
        guard.check("divide the positions of sequence " + sequence);
    }
}
