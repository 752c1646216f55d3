package dev.qwen4j.bindings.unpack;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Unpacks resources once into a folder of the user's cache, named after their content, and verifies them at every use.
 *
 * <p>Many threads, class loaders and processes may unpack the same at the same time: whole folders and single files
 * appear under their final names only by being renamed, and always with the same content, so nobody waits and nobody
 * sees a half. What is not as the source lists it is replaced before it is returned. A cache that others could change
 * is not used at all; then, and where there can be none, the files go to a new temporary folder, deleted when the JVM
 * ends.
 *
 * <p>Blocks on disk, for as long as it takes to read the files once. The user's own processes are trusted, as is root.
 */
public final class Unpacker {
    /** Names a folder to use as the cache. */
    public static final String CACHE_PROPERTY = "qwen4j.cache.dir";

    private static final Logger LOG = LoggerFactory.getLogger(Unpacker.class);

    /** One round is enough, unless somebody damages the folder in the meantime. */
    private static final int ROUNDS = 3;

    private final CacheLocation cache;
    private final TemporaryFolders temporary;

    Unpacker(CacheLocation cache, TemporaryFolders temporary) {
        this.cache = cache;
        this.temporary = temporary;
    }

    /**
     * The folder with the files of that source, in this user's cache.
     *
     * @throws IOException if the source is damaged, or no folder can be written, not even a temporary one; its message
     *     says why
     */
    public static Unpacked unpack(UnpackSource source) throws IOException {
        return new Unpacker(CacheLocation.current(), TemporaryFolders.ofSystem()).run(source);
    }

    Unpacked run(UnpackSource source) throws IOException {
        // Interrupted threads may load, too: file locks would fail.
        boolean interrupted = Thread.interrupted();
        try {
            return run(source, Contents.of(source));
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Unpacked run(UnpackSource source, Contents contents) throws IOException {
        String refused;
        try {
            return new Unpacked(inCache(cache.folder(), source, contents), List.of());
        } catch (DamagedSourceException e) {
            throw e;
        } catch (IOException e) {
            refused = reason(e);
        }
        try {
            var folder = temporary.unpack(source, contents);
            LOG.warn(
                    "The cache cannot be used ({}), so {} is unpacked to {}, for this process only.",
                    refused,
                    source.name(),
                    folder);
            return new Unpacked(folder, List.of(refused));
        } catch (DamagedSourceException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException(
                    "Neither the cache can be used (" + refused + ") nor a temporary folder (" + reason(e) + ").", e);
        }
    }

    /** Some exceptions of files say all in their class, and have a path for a message. */
    private static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> denied.getFile() + ": permission denied";
            case NoSuchFileException missing -> missing.getFile() + ": there is no such file";
            case FileAlreadyExistsException exists -> exists.getFile() + ": is in the way";
            default -> String.valueOf(e.getMessage());
        };
    }

    private static Path inCache(Path named, UnpackSource source, Contents contents) throws IOException {
        Files.createDirectories(named, Ownership.newFolder(named));
        Ownership.requireFolder(named);
        // From here on the path without links: then nobody but the owners of these folders can lead it elsewhere.
        var cache = named.toRealPath();
        try (var attempt = Attempt.begin(cache)) {
            Ownership.requirePrivateFolder(cache, attempt.witness());
            Ownership.requireSafeAncestors(cache, attempt.witness());
            Attempt.cleanUpAfterDead(cache);
            var target = new ContentFolder(cache.resolve(contents.folderName(source)), source, contents);
            for (int round = 0; round < ROUNDS; round++) {
                if (Files.notExists(target.path(), LinkOption.NOFOLLOW_LINKS)) {
                    publish(target, attempt);
                }
                var wrong = target.wrong(attempt.witness());
                target.deleteStrangers();
                if (wrong.isEmpty()) {
                    return target.path();
                }
                repair(target, wrong, attempt);
            }
            throw new FileSystemException(target.path().toString(), null, "changes while it is verified");
        }
    }

    private static void publish(ContentFolder target, Attempt attempt) throws IOException {
        var folder = attempt.folder();
        for (var file : target.contents().files()) {
            target.write(file, folder);
        }
        try {
            Files.move(folder, target.path(), StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (Files.notExists(target.path(), LinkOption.NOFOLLOW_LINKS)) {
                throw e;
            }
            // Somebody else was faster.
        }
    }

    /** File by file: the folder may be in use, and what somebody else repaired meanwhile has the same bytes. */
    private static void repair(ContentFolder target, List<Contents.File> wrong, Attempt attempt) throws IOException {
        for (var file : wrong) {
            LOG.warn(
                    "{} is not what Qwen4j unpacked there; it is replaced.",
                    target.path().resolve(file.name()));
            Files.move(
                    target.write(file, attempt.folder()),
                    target.path().resolve(file.name()),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
