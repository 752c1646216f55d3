package dev.qwen4j.internal;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Memory outside of the heap that is used for one thing after another: of 23 MB that are fresh, the kernel's zeroing of pages takes longer than copying them
 * twice. For one thread at a time, but {@link #free} is for the last one.
 */
public final class ReusedBytes {
    /** What is larger is given back after use. */
    private static final long MOST_KEPT = 256 << 20;

    private @Nullable NativeBytes kept;
    private long size;

    /** Makes it have so many bytes, of any content. */
    MemorySegment resize(long wanted) {
        if (kept == null || kept.size() < wanted) {
            free();
            // More than is asked for: sequences grow token by token.
            kept = new NativeBytes(wanted + wanted / 4);
        }
        size = wanted;
        return memory();
    }

    MemorySegment memory() {
        return Objects.requireNonNull(kept).memory().asSlice(0, size);
    }

    /** What is in it is not needed any more. */
    public void clear() {
        if (kept != null && kept.size() > MOST_KEPT) {
            free();
        }
    }

    /** Frees it; it can be used again. */
    public void free() {
        if (kept != null) {
            kept.free();
            kept = null;
        }
    }
}
