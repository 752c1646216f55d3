package dev.qwen4j.gguf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Writes small GGUF files, right or wrong: everything that a file says can be said wrongly. */
final class GgufBuilder {
    static final int F32 = 0;
    static final int Q4_0 = 2;

    private final Bytes entries = new Bytes();
    private final Bytes tensors = new Bytes();
    private String magic = "GGUF";
    private int version = 3;
    private long entryCount;
    private long tensorCount;
    private int alignment = 32;
    private long nextOffset;
    private long dataBytes;

    /** A file that is right, with an architecture and nothing else. */
    static GgufBuilder model() {
        return new GgufBuilder().text("general.architecture", "qwen3");
    }

    GgufBuilder magic(String magic) {
        this.magic = magic;
        return this;
    }

    GgufBuilder version(int version) {
        this.version = version;
        return this;
    }

    /** Claims this many tensors, whatever is written. */
    GgufBuilder tensorCount(long count) {
        tensorCount = count;
        return this;
    }

    /** Claims this many metadata entries, whatever is written. */
    GgufBuilder entryCount(long count) {
        entryCount = count;
        return this;
    }

    GgufBuilder alignment(int bytes) {
        alignment = bytes;
        return u32("general.alignment", bytes);
    }

    GgufBuilder text(String key, String value) {
        return entry(key, 8, out -> out.text(value));
    }

    GgufBuilder u32(String key, int value) {
        return entry(key, 4, out -> out.i32(value));
    }

    /** An array whose number of elements is claimed, and whose elements are what is written. */
    GgufBuilder array(String key, int elementType, long count, Consumer<Bytes> elements) {
        return entry(key, 9, out -> {
            out.i32(elementType).i64(count);
            elements.accept(out);
        });
    }

    GgufBuilder entry(String key, int type, Consumer<Bytes> value) {
        return entry(key.getBytes(StandardCharsets.UTF_8), type, value);
    }

    GgufBuilder entry(byte[] key, int type, Consumer<Bytes> value) {
        entries.text(key).i32(type);
        value.accept(entries);
        entryCount++;
        return this;
    }

    /** A tensor behind the one before it, with as much data as it needs. */
    GgufBuilder tensor(String name, int type, long byteSize, long... shape) {
        return tensorAt(nextOffset, name, type, byteSize, shape);
    }

    GgufBuilder tensorAt(long offset, String name, int type, long byteSize, long... shape) {
        tensors.text(name).i32(shape.length);
        for (long size : shape) {
            tensors.i64(size);
        }
        tensors.i32(type).i64(offset);
        tensorCount++;
        dataBytes = nextOffset + byteSize;
        nextOffset = Math.ceilDiv(dataBytes, alignment) * alignment;
        return this;
    }

    /** Leaves bytes of the data out. */
    GgufBuilder withoutLast(long bytes) {
        dataBytes -= bytes;
        return this;
    }

    byte[] bytes() {
        var out = new Bytes().raw(magic.getBytes(StandardCharsets.ISO_8859_1));
        out.i32(version).i64(tensorCount).i64(entryCount);
        out.raw(entries.toByteArray()).raw(tensors.toByteArray());
        if (tensors.size() > 0) {
            out.raw(new byte[Math.ceilDiv(out.size(), alignment) * alignment - out.size()]);
        }
        return out.raw(new byte[(int) dataBytes]).toByteArray();
    }

    Path write(Path folder) {
        return write(folder, bytes());
    }

    static Path write(Path folder, byte[] bytes) {
        try {
            return Files.write(folder.resolve("test.gguf"), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Little-endian bytes. */
    static final class Bytes extends ByteArrayOutputStream {
        Bytes i8(int value) {
            write(value);
            return this;
        }

        Bytes i16(int value) {
            return i8(value).i8(value >> 8);
        }

        Bytes i32(int value) {
            return i16(value).i16(value >> 16);
        }

        Bytes i64(long value) {
            return raw(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(value)
                    .array());
        }

        Bytes text(String value) {
            return text(value.getBytes(StandardCharsets.UTF_8));
        }

        Bytes text(byte[] value) {
            return i64(value.length).raw(value);
        }

        Bytes raw(byte... bytes) {
            writeBytes(bytes);
            return this;
        }
    }
}
