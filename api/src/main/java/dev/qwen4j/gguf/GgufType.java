package dev.qwen4j.gguf;

import java.util.List;
import java.util.Optional;

/**
 * The types of GGUF metadata values, in the order of their numbers in the file.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">The GGUF specification</a>
 */
public enum GgufType {
    UINT8("u8", 1),
    INT8("i8", 1),
    UINT16("u16", 2),
    INT16("i16", 2),
    UINT32("u32", 4),
    INT32("i32", 4),
    FLOAT32("f32", 4),
    BOOL("bool", 1),
    /** UTF-8 text after its length in bytes, a u64. */
    STRING("str", 8),
    /** Elements of one type after that type, a u32, and their number, a u64. */
    ARRAY("arr", 12),
    UINT64("u64", 8),
    INT64("i64", 8),
    FLOAT64("f64", 8);

    private static final List<GgufType> BY_ID = List.of(values());

    private final String label;
    private final int minimumBytes;

    GgufType(String label, int minimumBytes) {
        this.label = label;
        this.minimumBytes = minimumBytes;
    }

    /** The name that llama.cpp prints, such as {@code u32} or {@code str}. */
    public String label() {
        return label;
    }

    /** What one value takes in the file at least; exactly, for every type except strings and arrays. */
    int minimumBytes() {
        return minimumBytes;
    }

    /** The type with this number in the file, a u32 that may be anything. */
    static Optional<GgufType> of(long id) {
        return id >= 0 && id < BY_ID.size() ? Optional.of(BY_ID.get((int) id)) : Optional.empty();
    }
}
