package dev.qwen4j.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** Memory outside of the heap, of any size. For any number of threads, but {@link #free} is for the last one. */
public final class NativeBytes {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;

    /**
     * Allocates it, filled with zeros.
     *
     * @throws OutOfMemoryError if there is not that much
     */
    public NativeBytes(long size) {
        try {
            memory = arena.allocate(size);
        } catch (Throwable e) {
            arena.close();
            throw e;
        }
    }

    /** Allocates a copy of an array. */
    public static NativeBytes of(byte[] array) {
        var bytes = new NativeBytes(array.length);
        bytes.part(0, array.length).put(array);
        return bytes;
    }

    /** How many bytes. */
    public long size() {
        return memory.byteSize();
    }

    /** Some of the bytes, where they lie. */
    public ByteBuffer part(long from, int length) {
        return memory.asSlice(from, length).asByteBuffer();
    }

    /** A copy of all of it, which must fit. */
    public byte[] toArray() {
        var array = new byte[Math.toIntExact(size())];
        part(0, array.length).get(array);
        return array;
    }

    MemorySegment memory() {
        return memory;
    }

    /** Frees it; nothing of it may be in use. */
    public void free() {
        arena.close();
    }
}
