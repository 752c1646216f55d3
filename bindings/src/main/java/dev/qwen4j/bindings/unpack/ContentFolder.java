package dev.qwen4j.bindings.unpack;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * A folder that should hold exactly the files of a source.
 *
 * @param path the folder
 * @param source where the files come from
 * @param contents what they are
 */
record ContentFolder(Path path, UnpackSource source, Contents contents) {

    /**
     * The files that are missing or not as they should be, each read to its last byte.
     *
     * @throws IOException if the folder itself cannot be trusted
     */
    List<Contents.File> wrong(Path witness) throws IOException {
        Ownership.requirePrivateFolder(path, witness);
        var wrong = new ArrayList<Contents.File>();
        for (var file : contents.files()) {
            if (!isRight(file, witness)) {
                wrong.add(file);
            }
        }
        return wrong;
    }

    private boolean isRight(Contents.File file, Path witness) {
        var found = path.resolve(file.name());
        try {
            Ownership.requirePrivateFile(found, witness);
            if (Files.size(found) != file.size()) {
                return false;
            }
            try (var bytes = Files.newInputStream(found, NOFOLLOW_LINKS)) {
                return Sha256.copying(bytes, OutputStream.nullOutputStream(), file.size())
                        .equals(file.sha256());
            }
        } catch (IOException e) {
            // Whatever is wrong with it, it is replaced.
            return false;
        }
    }

    /** Deletes what does not belong here: a library nobody listed would lie where libraries are loaded from. */
    void deleteStrangers() throws IOException {
        var names = new HashSet<String>();
        contents.files().forEach(file -> names.add(file.name()));
        for (var found : Folders.list(path, "*")) {
            var name = found.getFileName().toString();
            // Network file systems keep deleted files that are in use under names with a dot, which nobody loads.
            if (!names.contains(name) && !name.startsWith(".")) {
                Folders.delete(found);
            }
        }
    }

    /** Writes one file into a folder, which may be another one, and verifies what it writes. */
    Path write(Contents.File file, Path into) throws IOException {
        var target = into.resolve(file.name());
        Files.deleteIfExists(target);
        Files.createFile(target, Ownership.newFile(into));
        String found;
        try (var from = source.open(file.name());
                var to = Files.newOutputStream(target)) {
            found = Sha256.copying(from, to, file.size());
        }
        if (!found.equals(file.sha256())) {
            throw new DamagedSourceException(
                    source,
                    file.name() + " has SHA-256 " + found + ", and " + source.index() + " says " + file.sha256());
        }
        return target;
    }
}
