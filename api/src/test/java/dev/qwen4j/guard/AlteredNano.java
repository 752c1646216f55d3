package dev.qwen4j.guard;

import dev.qwen4j.nano.Nano;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The nano model with some of its header changed, no byte longer or shorter. */
public final class AlteredNano {
    private static final int TYPE_BYTES = 4;

    private ByteBuffer file;

    /** Nano as it is. */
    public AlteredNano() throws IOException {
        file = ByteBuffer.wrap(Files.readAllBytes(Nano.file())).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Writes another text over one that stands once, with its length before it; a shorter one is filled up with spaces. */
    public AlteredNano text(String before, String after) {
        var old = before.getBytes(StandardCharsets.UTF_8);
        var fresh = new byte[old.length];
        Arrays.fill(fresh, (byte) ' ');
        var bytes = after.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, fresh, 0, bytes.length);
        var counted = ByteBuffer.allocate(Long.BYTES + old.length).order(ByteOrder.LITTLE_ENDIAN);
        counted.putLong(old.length).put(old);
        file.put(find(counted.array()) + Long.BYTES, fresh);
        return this;
    }

    /** Puts a longer text in the place of one that stands once, with its length before it; tensors stay aligned if it is so by a multiple of 32 bytes. */
    public AlteredNano longerText(String before, String after) {
        var old = before.getBytes(StandardCharsets.UTF_8);
        var fresh = after.getBytes(StandardCharsets.UTF_8);
        var counted = ByteBuffer.allocate(Long.BYTES + old.length).order(ByteOrder.LITTLE_ENDIAN);
        counted.putLong(old.length).put(old);
        int at = find(counted.array());
        var bytes = file.array();
        file = ByteBuffer.allocate(bytes.length + fresh.length - old.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(bytes, 0, at)
                .putLong(fresh.length)
                .put(fresh)
                .put(bytes, at + counted.capacity(), bytes.length - at - counted.capacity())
                .rewind();
        return this;
    }

    /** Writes another number of 32 bits. */
    public AlteredNano number(String key, int value) {
        var bytes = key.getBytes(StandardCharsets.US_ASCII);
        file.putInt(find(bytes) + bytes.length + TYPE_BYTES, value);
        return this;
    }

    /** Writes another truth value. */
    public AlteredNano flag(String key, boolean value) {
        var bytes = key.getBytes(StandardCharsets.US_ASCII);
        file.put(find(bytes) + bytes.length + TYPE_BYTES, (byte) (value ? 1 : 0));
        return this;
    }

    /** Writes another type over that of a tensor with one dimension; its numbers must take as much room. */
    public AlteredNano vectorType(String tensor, int type) {
        var name = tensor.getBytes(StandardCharsets.US_ASCII);
        file.putInt(find(name) + name.length + Integer.BYTES + Long.BYTES, type);
        return this;
    }

    /** Writes another chat template; it must not be longer than nano's own. */
    public AlteredNano template(String jinja) {
        var key = "tokenizer.chat_template".getBytes(StandardCharsets.US_ASCII);
        int at = find(key) + key.length + TYPE_BYTES;
        var bytes = jinja.getBytes(StandardCharsets.UTF_8);
        var fresh = new byte[(int) file.getLong(at)];
        Arrays.fill(fresh, (byte) ' ');
        System.arraycopy(bytes, 0, fresh, 0, bytes.length);
        file.put(at + Long.BYTES, fresh);
        return this;
    }

    /** The changed file's bytes. */
    public byte[] bytes() {
        return file.array();
    }

    /** Writes it. */
    public Path write(Path path) throws IOException {
        return Files.write(path, file.array());
    }

    private int find(byte[] wanted) {
        var all = file.array();
        for (int at = 0; at + wanted.length <= all.length; at++) {
            if (Arrays.equals(all, at, at + wanted.length, wanted, 0, wanted.length)) {
                return at;
            }
        }
        throw new AssertionError("Nano has no " + new String(wanted, StandardCharsets.UTF_8));
    }
}
