package dev.qwen4j.bindings.unpack;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;

/**
 * One use of a cache by one caller: a locked file that tells others it is alive, and a temporary folder beside it.
 *
 * <p>The kernel releases the lock of a process that dies, however it dies; then the next attempt deletes what it left.
 * That works across containers that share a cache, where a process id would tell nothing. For one thread; not
 * thread-safe.
 */
final class Attempt implements AutoCloseable {
    private static final String PREFIX = ".attempt-";
    private static final String LOCK = ".lock";
    private static final String FOLDER = ".tmp";

    private final Path lockFile;
    private final FileChannel channel;
    private final Path folder;

    private Attempt(Path lockFile, FileChannel channel, Path folder) {
        this.lockFile = lockFile;
        this.channel = channel;
        this.folder = folder;
    }

    /** Begins an attempt in that cache, which exists. */
    static Attempt begin(Path cache) throws IOException {
        while (true) {
            var name = PREFIX + process() + "-" + UUID.randomUUID();
            var lockFile = cache.resolve(name + LOCK);
            var channel = create(lockFile);
            var attempt = new Attempt(lockFile, channel, cache.resolve(name + FOLDER));
            // Between creating and locking, a cleaner may have taken this one for dead: then it is gone, or soon.
            if (lock(channel) && Files.exists(lockFile, NOFOLLOW_LINKS)) {
                return attempt;
            }
            attempt.close();
        }
    }

    private static FileChannel create(Path lockFile) throws IOException {
        try {
            return FileChannel.open(
                    lockFile,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    Ownership.newFile(lockFile));
        } catch (FileSystemException e) {
            // The random name of the lock would tell nobody anything.
            throw new FileSystemException(
                    String.valueOf(lockFile.getParent()),
                    null,
                    e.getReason() == null ? "cannot be written" : e.getReason());
        }
    }

    /** A file that this process has just made. */
    Path witness() {
        return lockFile;
    }

    /** The temporary folder, made when first asked for. */
    Path folder() throws IOException {
        if (Files.notExists(folder, NOFOLLOW_LINKS)) {
            Files.createDirectory(folder, Ownership.newFolder(folder));
        }
        return folder;
    }

    /** Deletes what is left of attempts whose process has died; what cannot be deleted stays. */
    static void cleanUpAfterDead(Path cache) throws IOException {
        for (var lockFile : Folders.list(cache, PREFIX + "*" + LOCK)) {
            // Never one of this process: closing a second channel on a file drops the lock that the first one holds.
            if (!lockFile.getFileName().toString().startsWith(PREFIX + process() + "-")) {
                cleanUpIfDead(lockFile);
            }
        }
    }

    private static void cleanUpIfDead(Path lockFile) {
        try (var channel = FileChannel.open(lockFile, Set.of(StandardOpenOption.WRITE, NOFOLLOW_LINKS))) {
            if (channel.tryLock() != null) {
                var name = lockFile.getFileName().toString();
                Folders.delete(lockFile.resolveSibling(name.substring(0, name.length() - LOCK.length()) + FOLDER));
                Files.delete(lockFile);
            }
        } catch (IOException e) {
            // It has ended by itself, or another one cleans up, or this file system knows no locks: all the same.
        }
    }

    /** Whether nobody else holds the lock. Without locks in a file system, nobody can take this one for dead either. */
    private static boolean lock(FileChannel channel) {
        try {
            return channel.tryLock() != null;
        } catch (IOException e) {
            return true;
        }
    }

    /** The same for every class loader of this process, and for no other process: containers all have a process 1. */
    private static String process() {
        var process = ProcessHandle.current();
        var start = process.info().startInstant().orElse(Instant.EPOCH);
        return process.pid() + "-" + start.toEpochMilli();
    }

    /** Deletes the temporary folder and the lock; what cannot be deleted is left to a later attempt. */
    @Override
    public void close() {
        try (channel) {
            Folders.delete(folder);
            Files.deleteIfExists(lockFile);
        } catch (IOException e) {
            // Left to a later attempt.
        }
    }
}
