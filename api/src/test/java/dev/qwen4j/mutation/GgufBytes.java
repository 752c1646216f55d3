package dev.qwen4j.mutation;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Little-endian bytes, as a GGUF file has them. */
final class GgufBytes extends ByteArrayOutputStream {
    GgufBytes raw(byte... bytes) {
        writeBytes(bytes);
        return this;
    }

    GgufBytes i32(int value) {
        return raw(ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array());
    }

    GgufBytes i64(long value) {
        return raw(ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array());
    }

    GgufBytes text(byte[] value) {
        return i64(value.length).raw(value);
    }

    GgufBytes text(String value) {
        return text(value.getBytes(StandardCharsets.UTF_8));
    }

    GgufBytes pad(int alignment) {
        return raw(new byte[Math.ceilDiv(size(), alignment) * alignment - size()]);
    }

    /** An array of texts, as the value of an entry. */
    static byte[] texts(List<byte[]> values) {
        var out = new GgufBytes().i32(GgufTypes.STRING).i64(values.size());
        values.forEach(out::text);
        return out.toByteArray();
    }

    /** An array of numbers of 32 bits, as the value of an entry. */
    static byte[] numbers(int type, int[] values) {
        var out = new GgufBytes().i32(type).i64(values.length);
        for (int value : values) {
            out.i32(value);
        }
        return out.toByteArray();
    }
}
