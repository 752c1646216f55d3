package dev.qwen4j;

import dev.qwen4j.gguf.GgmlType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A tensor that was computed, and a copy of its values. */
public final class EvalTensor {
    private final EvalNode node;
    private final byte[] bytes;

    /** Creates one; applications have no reason to. */
    public EvalTensor(EvalNode node, byte[] bytes) {
        this.node = node;
        this.bytes = bytes;
    }

    /** Which one. */
    public EvalNode node() {
        return node;
    }

    /** Its memory, as ggml lays it out, in the machine's byte order. */
    public ByteBuffer bytes() {
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer().order(ByteOrder.nativeOrder());
    }

    /**
     * Its numbers.
     *
     * @throws IllegalStateException if its type is not F32
     */
    public float[] toFloats() {
        if (node.type() != GgmlType.F32) {
            throw new IllegalStateException(node.name() + " has type " + node.type() + ", not F32. Use bytes().");
        }
        var numbers = new float[bytes.length / Float.BYTES];
        bytes().asFloatBuffer().get(numbers);
        return numbers;
    }
}
