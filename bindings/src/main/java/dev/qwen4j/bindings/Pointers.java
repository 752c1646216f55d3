package dev.qwen4j.bindings;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * Gives pointers that C returned a size and a lifetime, which the JVM restricts to modules with native access.
 *
 * <p>These are the only such calls outside generated code, and they are as unsafe as C: a wrong size or lifetime can
 * end the JVM. Stateless, so callable from any thread; nothing here blocks. A null pointer is an {@link
 * IllegalArgumentException}.
 */
public final class Pointers {
    /** No text that llama.cpp returns is longer: chat templates, the longest, have some tens of kilobytes. */
    private static final long LONGEST_TEXT = 64L << 20;

    private Pointers() {}

    /** Whether a pointer that C returned is null. */
    public static boolean isNull(MemorySegment pointer) {
        return pointer.address() == 0;
    }

    /**
     * The same opaque pointer, which can be passed to C as long as the arena lives and is refused with an exception
     * after that.
     */
    public static MemorySegment scoped(MemorySegment pointer, Arena arena) {
        return sized(pointer, 0, arena);
    }

    /** The same pointer as memory of that many bytes, accessible as long as the arena lives. */
    public static MemorySegment sized(MemorySegment pointer, long bytes, Arena arena) {
        return notNull(pointer).reinterpret(bytes, arena, null);
    }

    /**
     * The text a {@code const char *} points to, decoded as UTF-8 up to its null byte.
     *
     * @throws IndexOutOfBoundsException if there is no null byte in the first 64 MiB
     */
    public static String utf8(MemorySegment pointer) {
        return utf8(pointer, LONGEST_TEXT);
    }

    /**
     * The text a {@code const char *} points to, decoded as UTF-8 up to its null byte; malformed bytes become U+FFFD.
     *
     * @throws IndexOutOfBoundsException if there is no null byte in the first {@code limit} bytes
     */
    public static String utf8(MemorySegment pointer, long limit) {
        return notNull(pointer).reinterpret(limit).getString(0, StandardCharsets.UTF_8);
    }

    private static MemorySegment notNull(MemorySegment pointer) {
        if (isNull(pointer)) {
            throw new IllegalArgumentException("The pointer is null.");
        }
        return pointer;
    }
}
