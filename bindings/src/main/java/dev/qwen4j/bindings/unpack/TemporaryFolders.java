package dev.qwen4j.bindings.unpack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where files go if there is no cache: new folders that only this user can read, one a source and process.
 *
 * <p>All class loaders of a process must get the same one: the same library at two paths is two libraries to the
 * dynamic linker, and the second would start llama.cpp once more. They agree by a system property, which is text and so
 * keeps no class loader.
 *
 * @param parent the folder for temporary files
 */
record TemporaryFolders(Path parent) {
    private static final String AGREED = "qwen4j.unpacked.";

    static TemporaryFolders ofSystem() {
        return new TemporaryFolders(
                Path.of(System.getProperty("java.io.tmpdir", "")).toAbsolutePath());
    }

    /** The folder with the files of that source; verified. */
    Path unpack(UnpackSource source, Contents contents) throws IOException {
        var key = AGREED + contents.folderName(source);
        var folder = Files.createTempDirectory(parent, "qwen4j-", Ownership.newFolder(parent));
        try {
            var agreed = agreed(System.getProperty(key), source, contents, folder);
            if (agreed == null) {
                var content = new ContentFolder(folder, source, contents);
                for (var file : contents.files()) {
                    content.write(file, folder);
                }
                agreed = agreed(agree(key, folder), source, contents, folder);
            }
            if (agreed == null) {
                // What the others have was changed since: this process goes on with a copy of its own.
                System.setProperty(key, folder.toString());
                agreed = folder;
            }
            if (agreed.equals(folder)) {
                deleteAtExit(folder, contents);
            } else {
                Folders.delete(folder);
            }
            return agreed;
        } catch (IOException | RuntimeException e) {
            Folders.delete(folder);
            throw e;
        }
    }

    /** What the first caller of this process unpacked, unless it has been changed since. */
    private static @Nullable Path agreed(@Nullable String path, UnpackSource source, Contents contents, Path witness)
            throws IOException {
        if (path == null) {
            return null;
        }
        try {
            var folder = Path.of(path);
            return new ContentFolder(folder, source, contents).wrong(witness).isEmpty() ? folder : null;
        } catch (IOException | InvalidPathException e) {
            return null;
        }
    }

    private static String agree(String key, Path folder) {
        var earlier = System.getProperties().putIfAbsent(key, folder.toString());
        return earlier == null ? folder.toString() : earlier.toString();
    }

    /** No shutdown hook of ours: the JVM's own holds nothing but paths. It deletes in reverse order. */
    private static void deleteAtExit(Path folder, Contents contents) {
        folder.toFile().deleteOnExit();
        contents.files().forEach(file -> folder.resolve(file.name()).toFile().deleteOnExit());
    }
}
