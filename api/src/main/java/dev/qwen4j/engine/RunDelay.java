package dev.qwen4j.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How long a thread has been ready to run and did not, because others had its CPU; as Linux counts it. Elsewhere, and where the kernel does not count, it is
 * always 0. To be read by one thread; any may close it.
 */
final class RunDelay implements AutoCloseable {
    private static final Path SELF = Path.of("/proc/thread-self");

    /** In the thread's folder: nanoseconds on a CPU, nanoseconds of waiting for one, and how often it ran. */
    private static final String FILE = "schedstat";

    private static final int LONGEST = 3 * 21;

    private final ByteBuffer text = ByteBuffer.allocateDirect(LONGEST);
    private volatile @Nullable FileChannel channel;

    private RunDelay(@Nullable FileChannel channel) {
        this.channel = channel;
    }

    /** Of the thread that asks for it; to be read by any one. */
    static RunDelay ofThisThread() {
        return of(SELF);
    }

    /** Of the thread that has a folder in /proc. */
    static RunDelay of(Path thread) {
        try {
            // Whose it is, is settled when it is opened.
            return new RunDelay(FileChannel.open(thread.resolve(FILE)));
        } catch (IOException _) {
            return new RunDelay(null);
        }
    }

    /** Nanoseconds since the thread began. A system call or two: some microseconds. */
    long nanos() {
        var open = channel;
        if (open == null) {
            return 0;
        }
        try {
            text.clear();
            open.read(text, 0);
            text.flip();
            number();
            return number();
        } catch (IOException _) {
            // Closed, by an interrupt perhaps, as any channel would be; it goes on without.
            close();
            return 0;
        }
    }

    private long number() {
        long value = 0;
        while (text.hasRemaining()) {
            int digit = text.get() - '0';
            if (digit < 0 || digit > 9) {
                break;
            }
            value = 10 * value + digit;
        }
        return value;
    }

    @Override
    public void close() {
        var open = channel;
        channel = null;
        try {
            if (open != null) {
                open.close();
            }
        } catch (IOException _) {
            // Nothing was written.
        }
    }
}
