package dev.qwen4j;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A file that is written beside the one that it will replace, {@code .NAME.RANDOM.tmp}, readable by its owner only. It is locked while it is written, so
 * that the next writer knows which were left by processes that died. Closing it deletes it, unless it was renamed.
 */
final class TemporaryStateFile implements AutoCloseable {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String SUFFIX = ".tmp";
    private static final int DIGITS = 16;
    private static final int MOST_ATTEMPTS = 100;
    /** Of this process: closing a second channel on one of them would lose its lock. */
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel channel;

    private TemporaryStateFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    static TemporaryStateFile beside(Path target) throws IOException {
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            var path = target.resolveSibling(prefix(target) + "%016x".formatted(RANDOM.nextLong()) + SUFFIX);
            var file = create(path);
            // Another process may have taken it for abandoned before it was locked.
            if (lock(file.channel) && Files.exists(path)) {
                return file;
            }
            file.close();
        }
        throw new FileSystemException(
                target.toString(), null, "other processes deleted every temporary file beside it");
    }

    private static TemporaryStateFile create(Path path) throws IOException {
        OWN.add(path);
        try {
            return new TemporaryStateFile(
                    path,
                    FileChannel.open(
                            path, Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW), ownersOnly(path)));
        } catch (Throwable e) {
            OWN.remove(path);
            throw e;
        }
    }

    /** Deletes what writers of this file left behind when they were killed. */
    static void deleteAbandoned(Path target) throws IOException {
        try (var files = Files.newDirectoryStream(target.getParent(), file -> isBeside(target, file))) {
            for (var file : files) {
                if (!OWN.contains(file)) {
                    deleteUnlessLocked(file);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private static boolean isBeside(Path target, Path file) {
        var name = file.getFileName().toString();
        var prefix = prefix(target);
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && name.length() == prefix.length() + DIGITS + SUFFIX.length()
                && name.startsWith(prefix)
                && name.endsWith(SUFFIX);
    }

    private static void deleteUnlessLocked(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            if (lock(channel)) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            // Its writer renamed it, or another one deleted it.
        }
    }

    private static boolean lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static String prefix(Path target) {
        return "." + target.getFileName() + ".";
    }

    private static FileAttribute<?>[] ownersOnly(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    Path path() {
        return path;
    }

    FileChannel channel() {
        return channel;
    }

    @Override
    public void close() throws IOException {
        try {
            Files.deleteIfExists(path);
        } finally {
            OWN.remove(path);
            channel.close();
        }
    }
}
