package dev.qwen4j;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Puts a file in place so that whatever happens meanwhile, a full disk, a killed process, a power failure, there is the old one or the new one: written
 * beside, forced to disk, renamed over the old one, and the folder forced too.
 */
final class StateFile {
    /** Writes all of a file. */
    interface Content {
        void writeTo(FileChannel channel) throws IOException;
    }

    private StateFile() {}

    static void replace(Path file, Content content) {
        var target = file.toAbsolutePath();
        var folder = target.getParent();
        if (folder == null || Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new StateException(file + " is a folder. Name a file in it.");
        }
        try {
            TemporaryStateFile.deleteAbandoned(target);
            try (var temporary = TemporaryStateFile.beside(target)) {
                content.writeTo(temporary.channel());
                temporary.channel().force(true);
                Files.move(
                        temporary.path(), target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new StateException(
                    "The state cannot be written to %s: %s. What was there before is still there. Check the disk's space and the folder's permissions."
                            .formatted(file, e),
                    e);
        }
        force(folder, file);
    }

    private static void force(Path folder, Path file) {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            throw new StateException(
                    "The state is in %s, but its folder cannot be forced to disk, so a power failure may bring back what was there before: %s."
                            .formatted(file, e),
                    e);
        }
    }
}
