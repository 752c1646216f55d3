package dev.qwen4j.gguf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads a file forwards through one buffer of fixed size, and never past its end.
 *
 * <p>Each method takes the name of what it reads, for the message when the file ends before it. Not thread-safe.
 */
final class GgufInput implements AutoCloseable {
    static final String DAMAGED = "The file is damaged or its download is incomplete; download it again.";

    private static final int BUFFER_BYTES = 1 << 16;

    /**
     * How much text is turned into Strings, all together: a file must not choose the heap size of the application. Chat
     * templates take tens of kilobytes, and the longest real value, a whole tokenizer.json, 33 MB.
     */
    private static final int MOST_TEXT_BYTES = 64 << 20;

    private final GgufFile file;
    private final FileChannel channel;
    private final ByteBuffer buffer =
            ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN).limit(0);
    private long bufferStart;
    private long textBytes;

    GgufInput(GgufFile file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    GgufFile file() {
        return file;
    }

    /** Where the next byte is read, counted from the start of the file. */
    long position() {
        return bufferStart + buffer.position();
    }

    /** How many bytes of the file lie behind {@link #position()}. */
    long remaining() {
        return file.size() - position();
    }

    int u8(String what) {
        fill(1, what);
        return Byte.toUnsignedInt(buffer.get());
    }

    /** Two bytes, as they are. */
    short i16(String what) {
        fill(2, what);
        return buffer.getShort();
    }

    /** Four bytes, as they are. */
    int i32(String what) {
        fill(4, what);
        return buffer.getInt();
    }

    long u32(String what) {
        return Integer.toUnsignedLong(i32(what));
    }

    /** Eight bytes, as they are: a u64 of 2^63 and more comes out negative. */
    long i64(String what) {
        fill(8, what);
        return buffer.getLong();
    }

    /** The length of a string, which is then known to lie within the file. */
    long stringLength(String what) {
        long at = position();
        long length = i64(what);
        if (length < 0 || length > remaining()) {
            throw refusal(
                    "%s at byte %s claims %s bytes, but only %s are left"
                            .formatted(what, Show.number(at), Show.number(length), Show.number(remaining())),
                    DAMAGED);
        }
        return length;
    }

    /** Text of a known length; what is no UTF-8 becomes U+FFFD. */
    String text(long length, String what) {
        return new String(bytes(length, what), StandardCharsets.UTF_8);
    }

    /** Text that must be UTF-8 without NUL, which C code would take for its end. */
    String name(long length, String what) {
        long at = position();
        var bytes = bytes(length, what);
        try {
            var name = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            if (name.indexOf('\0') < 0) {
                return name;
            }
        } catch (CharacterCodingException e) {
            // Refused below, like a NUL: with the bytes as they are.
        }
        var shown = Show.text(new String(bytes, StandardCharsets.ISO_8859_1));
        throw refusal(what + " at byte " + Show.number(at) + " is no UTF-8 text without NUL: " + shown, DAMAGED);
    }

    /** Up to this many bytes from here on, which are read again afterwards. */
    byte[] peek(int length) {
        int available = (int) Math.min(length, remaining());
        fill(available, "its start");
        return Arrays.copyOfRange(buffer.array(), buffer.position(), buffer.position() + available);
    }

    void skip(long bytes, String what) {
        require(bytes, what);
        seek(position() + bytes);
    }

    /** Goes on reading at a position within the file. */
    void seek(long position) {
        long inBuffer = position - bufferStart;
        if (inBuffer >= 0 && inBuffer <= buffer.limit()) {
            buffer.position((int) inBuffer);
        } else {
            bufferStart = position;
            buffer.limit(0);
        }
    }

    /** An exception about this file: what is wrong with it, and what to do. */
    GgufException refusal(String wrong, String next) {
        return file.refusal(wrong, next);
    }

    private void require(long bytes, String what) {
        if (bytes > remaining()) {
            throw refusal(
                    "it ends inside %s: %s bytes are needed at byte %s, and %s of the file's %s are left"
                            .formatted(
                                    what,
                                    Show.number(bytes),
                                    Show.number(position()),
                                    Show.number(remaining()),
                                    Show.number(file.size())),
                    "The download is probably incomplete; download it again.");
        }
    }

    private byte[] bytes(long length, String what) {
        require(length, what);
        textBytes += length;
        if (textBytes > MOST_TEXT_BYTES) {
            throw refusal(
                    "with %s, of %s bytes, its texts are longer than the %s bytes that Qwen4j reads"
                            .formatted(what, Show.number(length), Show.number(MOST_TEXT_BYTES)),
                    DAMAGED);
        }
        var bytes = new byte[(int) length];
        for (int done = 0; done < bytes.length; ) {
            fill(1, what);
            int part = Math.min(bytes.length - done, buffer.remaining());
            buffer.get(bytes, done, part);
            done += part;
        }
        return bytes;
    }

    /** Makes the next bytes, fewer than the buffer holds, available in the buffer. */
    private void fill(int bytes, String what) {
        if (buffer.remaining() >= bytes) {
            return;
        }
        require(bytes, what);
        bufferStart = position();
        buffer.compact();
        try {
            while (buffer.position() < bytes) {
                if (channel.read(buffer, bufferStart + buffer.position()) < 0) {
                    throw refusal("it became shorter while it was read", "Wait until its download is complete.");
                }
            }
        } catch (IOException e) {
            throw GgufFile.unreadable(file.path(), e);
        } finally {
            buffer.flip();
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw GgufFile.unreadable(file.path(), e);
        }
    }
}
