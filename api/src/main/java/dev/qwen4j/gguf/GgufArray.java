package dev.qwen4j.gguf;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Many metadata values of one type: their type and number are known, the values stay in the file until asked for.
 *
 * <p>So a vocabulary of 150,000 tokens costs nothing to a caller who does not look at it. Immutable and thread-safe.
 * Two arrays are equal when they are the same place of the same file.
 */
public final class GgufArray implements GgufValue {
    private final GgufFile file;
    private final String key;
    private final GgufType elementType;
    private final int size;
    private final long offset;

    GgufArray(GgufFile file, String key, GgufType elementType, int size, long offset) {
        this.file = file;
        this.key = key;
        this.elementType = elementType;
        this.size = size;
        this.offset = offset;
    }

    @Override
    public GgufType type() {
        return GgufType.ARRAY;
    }

    /** The type of every element; never {@link GgufType#ARRAY}. */
    public GgufType elementType() {
        return elementType;
    }

    /** How many elements there are. */
    public int size() {
        return size;
    }

    /**
     * All elements, read from the file by this call.
     *
     * @throws GgufException when the file is gone, unreadable, or has changed since {@link Gguf#read}
     */
    public List<GgufValue> elements() {
        return first(size);
    }

    /**
     * The first elements, or all where there are fewer, read from the file by this call.
     *
     * @throws IllegalArgumentException when the limit is negative
     * @throws GgufException when the file is gone, unreadable, or has changed since {@link Gguf#read}
     */
    public List<GgufValue> first(int limit) {
        if (limit < 0) {
            throw new IllegalArgumentException("limit is " + limit + ", and must not be negative");
        }
        file.requireUnchanged();
        int count = Math.min(limit, size);
        var elements = new ArrayList<GgufValue>(count);
        var what = "an element of " + Show.text(key);
        try (var input = file.open()) {
            input.seek(offset);
            for (int i = 0; i < count; i++) {
                elements.add(GgufValues.scalar(input, elementType, what));
            }
        }
        return Collections.unmodifiableList(elements);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GgufArray that && file.equals(that.file) && offset == that.offset;
    }

    @Override
    public int hashCode() {
        return 31 * file.hashCode() + Long.hashCode(offset);
    }

    /** Type and number, such as {@code str[151936]}. */
    @Override
    public String toString() {
        return elementType.label() + "[" + size + "]";
    }
}
