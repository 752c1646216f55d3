package dev.qwen4j;

import dev.qwen4j.internal.NativeBytes;
import dev.qwen4j.internal.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * The bytes of a state: {@code QWEN4JST}, version (u32), the header's length (u32), the payload's (u64), header, payload, and SHA-256 of all that; little
 * endian. What is not exactly that is refused.
 */
final class StateEnvelope {
    /** A header and what it is about. */
    record Content(StateHeader header, NativeBytes payload) {}

    private static final byte[] MAGIC = "QWEN4JST".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 1;
    private static final int START = MAGIC.length + Integer.BYTES + Integer.BYTES + Long.BYTES;
    private static final int DIGEST = 32;
    /** A channel copies what lies outside of the heap at most in such parts, and never needs more memory than one. */
    private static final int PART = 1 << 20;

    private StateEnvelope() {}

    static long size(byte[] header, NativeBytes payload) {
        return START + (long) header.length + payload.size() + DIGEST;
    }

    static void write(byte[] header, NativeBytes payload, WritableByteChannel out) throws IOException {
        var digest = Sha256.begin();
        var start = ByteBuffer.allocate(START).order(ByteOrder.LITTLE_ENDIAN);
        start.put(MAGIC)
                .putInt(VERSION)
                .putInt(header.length)
                .putLong(payload.size())
                .flip();
        write(start, digest, out);
        write(ByteBuffer.wrap(header), digest, out);
        for (long from = 0; from < payload.size(); from += PART) {
            write(payload.part(from, (int) Math.min(PART, payload.size() - from)), digest, out);
        }
        writeFully(ByteBuffer.wrap(digest.digest()), out);
    }

    private static void write(ByteBuffer bytes, MessageDigest digest, WritableByteChannel out) throws IOException {
        digest.update(bytes.duplicate());
        writeFully(bytes, out);
    }

    private static void writeFully(ByteBuffer bytes, WritableByteChannel out) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    /**
     * Reads a state and checks it; the payload is the caller's to free.
     *
     * @param name what messages call it
     * @param size how many bytes there are
     * @throws StateException if they are no state, or not as they were written
     */
    static Content read(String name, long size, ReadableByteChannel in) throws IOException {
        var digest = Sha256.begin();
        var start = readFully(name, ByteBuffer.allocate((int) Math.min(START, size)), in)
                .order(ByteOrder.LITTLE_ENDIAN);
        var magic = new byte[Math.min(MAGIC.length, start.remaining())];
        start.get(magic);
        if (!Arrays.equals(magic, 0, magic.length, MAGIC, 0, magic.length) || size == 0) {
            throw new StateException(name + " is not a state that Qwen4j saved: it does not begin with QWEN4JST.");
        }
        if (size < START + DIGEST) {
            throw truncated(name, size, START + DIGEST);
        }
        int version = start.getInt();
        if (version != VERSION) {
            throw new StateException("%s has version %d of the format, and this Qwen4j reads %d. Save it again."
                    .formatted(name, version, VERSION));
        }
        int headerSize = start.getInt();
        long payloadSize = start.getLong();
        // Subtracted, not added: what is claimed may be any number.
        long rest = size - START - DIGEST;
        if (headerSize < 0 || payloadSize < 0 || headerSize > rest || payloadSize != rest - headerSize) {
            throw new StateException(
                    "%s has %,d bytes and claims a header of %,d and a payload of %,d: it was cut short or altered. Save it again."
                            .formatted(name, size, headerSize, payloadSize));
        }
        digest.update(start.rewind());
        var header = readFully(name, ByteBuffer.allocate(headerSize), in);
        digest.update(header.duplicate());
        var payload = new NativeBytes(payloadSize);
        try {
            readPayload(name, payload, digest, in);
            var written = readFully(name, ByteBuffer.allocate(DIGEST), in);
            if (!MessageDigest.isEqual(digest.digest(), written.array())) {
                throw new StateException(
                        name + " was altered since it was saved: its checksum does not match. Save it again.");
            }
            return new Content(decode(name, header.array()), payload);
        } catch (Throwable e) {
            payload.free();
            throw e;
        }
    }

    private static void readPayload(String name, NativeBytes payload, MessageDigest digest, ReadableByteChannel in)
            throws IOException {
        for (long from = 0; from < payload.size(); from += PART) {
            var part = payload.part(from, (int) Math.min(PART, payload.size() - from));
            digest.update(readFully(name, part, in));
        }
    }

    private static StateHeader decode(String name, byte[] header) {
        try {
            return StateHeaderFormat.decode(header);
        } catch (IllegalArgumentException e) {
            throw new StateException(
                    name + " has a header that does not say what it must. Save it again with this Qwen4j.", e);
        }
    }

    private static ByteBuffer readFully(String name, ByteBuffer bytes, ReadableByteChannel in) throws IOException {
        while (bytes.hasRemaining()) {
            if (in.read(bytes) < 0) {
                throw new StateException(name + " became shorter while it was read. Read it again.");
            }
        }
        return bytes.flip();
    }

    private static StateException truncated(String name, long size, long least) {
        return new StateException("%s was cut short: it has %,d bytes, and no state has fewer than %,d. Save it again."
                .formatted(name, size, least));
    }
}
