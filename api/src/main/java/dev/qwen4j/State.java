package dev.qwen4j;

import dev.qwen4j.internal.Lifetime;
import dev.qwen4j.internal.NativeBytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a context remembers, as bytes: to go on later, elsewhere, or twice without computing it again.
 *
 * <p>Taken and restored by {@link Context#states}, written to a file and read from one here. It carries the identity of the model, the parameters of the
 * context, the tokens where they were given, and a checksum, so that one that was altered, cut short, or belongs elsewhere is refused. The checksum is
 * against accidents: whoever can write the file can write any state, so keep it as safe as the model.
 *
 * <p>Immutable and safe for use by any thread. Its bytes lie in native memory, and are the caller's: close it.
 */
public final class State implements AutoCloseable {
    private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;

    private final StateHeader header;
    private final NativeBytes payload;
    private final Lifetime lifetime;

    private State(StateHeader header, NativeBytes payload) {
        this.header = header;
        this.payload = payload;
        this.lifetime = new Lifetime("state", Lifetime.Sharing.ANY_THREADS, payload::free);
        lifetime.takeOver(this, List.of());
    }

    /** Owns the payload from now on. */
    static State own(StateHeader header, NativeBytes payload) {
        try {
            return new State(header, payload);
        } catch (Throwable e) {
            payload.free();
            throw e;
        }
    }

    /**
     * Reads a file that {@link #writeTo} wrote, and checks all of it; blocks until it is read.
     *
     * @throws StateException if it is missing, unreadable, no state, cut short, or altered
     */
    public static State read(Path file) {
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw new StateException(file + " is not a regular file. Name a file that a state was written to.");
            }
            try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
                return own(StateEnvelope.read(file.toString(), channel.size(), channel));
            }
        } catch (NoSuchFileException e) {
            throw new StateException(
                    file + " does not exist. Check the path; as an absolute path it is " + file.toAbsolutePath() + ".",
                    e);
        } catch (IOException e) {
            throw new StateException(
                    "%s cannot be read: %s. Check its permissions, and the disk.".formatted(file, e), e);
        }
    }

    /**
     * Takes what {@link #toBytes} gave, and checks all of it.
     *
     * @throws StateException if it is no state, cut short, or altered
     */
    public static State fromBytes(byte[] bytes) {
        try {
            return own(StateEnvelope.read(
                    "The array", bytes.length, Channels.newChannel(new ByteArrayInputStream(bytes))));
        } catch (IOException e) {
            throw new AssertionError("Reading an array cannot fail.", e);
        }
    }

    private static State own(StateEnvelope.Content content) {
        return own(content.header(), content.payload());
    }

    /**
     * Writes it to a file, in place of what is there; blocks until it is on the disk.
     *
     * <p>It is written beside, as {@code .NAME.RANDOM.tmp}, forced to disk, and renamed, and the folder is forced: whatever ends the process or the machine
     * meanwhile, the old file is there or the new one. What a killed process left beside is deleted by the next write. Only the user can read the file: it
     * holds what the tokens said.
     *
     * @throws StateException if it cannot be written, for want of space for example; the old file is then as it was, unless the message
     *     says that the new one is in place
     */
    public void writeTo(Path file) {
        var encoded = StateHeaderFormat.encode(header);
        lifetime.run(() -> StateFile.replace(file, channel -> StateEnvelope.write(encoded, payload, channel)));
    }

    /**
     * The same bytes as in a file.
     *
     * @throws StateException if they are 2 GiB or more, which no array holds
     */
    public byte[] toBytes() {
        var encoded = StateHeaderFormat.encode(header);
        long size = StateEnvelope.size(encoded, payload);
        if (size > LONGEST_ARRAY) {
            throw new StateException(
                    "The state has %,d bytes, more than an array can hold. Use writeTo.".formatted(size));
        }
        var bytes = new ByteArrayOutputStream((int) size);
        lifetime.run(() -> {
            try {
                StateEnvelope.write(encoded, payload, Channels.newChannel(bytes));
            } catch (IOException e) {
                throw new AssertionError("Writing to an array cannot fail.", e);
            }
        });
        return bytes.toByteArray();
    }

    /** What of the context it holds. */
    public StateKind kind() {
        return header.kind();
    }

    /** How many bytes a file of it has. */
    public long byteSize() {
        return StateEnvelope.size(StateHeaderFormat.encode(header), payload);
    }

    /**
     * The position of the token that comes after it.
     *
     * @throws IllegalStateException if it is {@link StateKind#WHOLE}
     */
    public int position() {
        if (header.kind() == StateKind.WHOLE) {
            throw new IllegalStateException("The state is of all sequences, which have a position each.");
        }
        return header.sequence().last() + 1;
    }

    /** The sequence's tokens, as they were given when it was saved; empty if none were. */
    public int[] tokens() {
        return header.tokens().stream().mapToInt(token -> token).toArray();
    }

    StateHeader header() {
        return header;
    }

    /** Lends the payload, which is not freed meanwhile. */
    void lend(Consumer<NativeBytes> body) {
        lifetime.run(() -> body.accept(payload));
    }

    /** Frees its bytes; idempotent, from any thread. A call that uses them meanwhile frees them when it ends. */
    @Override
    public void close() {
        lifetime.close();
    }

    @Override
    public String toString() {
        return "State[%s, %s, %,d bytes%s]"
                .formatted(header.kind(), header.architecture(), payload.size(), lifetime.isClosed() ? ", closed" : "");
    }
}
