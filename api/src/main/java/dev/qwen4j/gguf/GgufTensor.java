package dev.qwen4j.gguf;

import java.util.List;

/**
 * One tensor of a GGUF file: where its numbers are, never the numbers.
 *
 * @param name unique in its file
 * @param type the format of its numbers
 * @param shape the sizes of its dimensions in ggml's order, the fastest first; empty for a single number
 * @param offset where its first byte is, counted from {@link Gguf#dataOffset()}
 * @param byteSize how many bytes it takes, without the padding behind it
 */
public record GgufTensor(String name, GgmlType type, List<Long> shape, long offset, long byteSize) {
    /** Copies the shape. */
    public GgufTensor {
        shape = List.copyOf(shape);
    }

    /** How many numbers the tensor holds. */
    public long elementCount() {
        return byteSize / type.blockBytes() * type.blockSize();
    }
}
