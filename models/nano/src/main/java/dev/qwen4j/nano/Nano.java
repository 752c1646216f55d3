package dev.qwen4j.nano;

import dev.qwen4j.bindings.unpack.UnpackSource;
import dev.qwen4j.bindings.unpack.Unpacker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The nano model as a file.
 *
 * <p>Safe for use by many threads; the first call blocks while the file is unpacked and verified, 2.7 MB of it.
 */
public final class Nano {
    private static final String FILE = "qwen3-nano-q8_0.gguf";
    private static final UnpackSource SOURCE =
            new UnpackSource("nano", "nano.properties", Nano.class::getResourceAsStream);

    private static final ReentrantLock LOCK = new ReentrantLock();
    private static @Nullable Path unpacked;

    private Nano() {}

    /**
     * The GGUF, unpacked from this jar to the user's cache unless it is there already.
     *
     * <p>Every call of one process gives the same path, and a file that was deleted meanwhile is put back. The file belongs to
     * the cache: it is not to be changed. The cache is where {@value Unpacker#CACHE_PROPERTY} says, or else where the operating
     * system keeps such things; if it cannot be used, the file goes to a temporary folder for the life of this process.
     *
     * @throws UncheckedIOException if the file can be written nowhere, or the jar is damaged; its message says which
     */
    public static Path file() {
        LOCK.lock();
        try {
            if (unpacked == null || Files.notExists(unpacked)) {
                unpacked = Unpacker.unpack(SOURCE).folder().resolve(FILE);
            }
            return unpacked;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The nano model cannot be unpacked. Set -D" + Unpacker.CACHE_PROPERTY
                            + " to a folder of yours, or use a model file of your own. " + e.getMessage(),
                    e);
        } finally {
            LOCK.unlock();
        }
    }
}
