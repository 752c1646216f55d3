package dev.qwen4j.bindings.unpack;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Lists and deletes folders, with every failure an IOException. */
final class Folders {
    private Folders() {}

    /** What lies in a folder, as it is now, under names that match a pattern such as {@code *.lock}. */
    static List<Path> list(Path folder, String pattern) throws IOException {
        var found = new ArrayList<Path>();
        try (var children = Files.newDirectoryStream(folder, pattern)) {
            children.forEach(found::add);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return found;
    }

    /** Deletes a file, or a folder with all that it holds, if it exists; follows no links. */
    static void delete(Path path) throws IOException {
        if (Files.isDirectory(path, NOFOLLOW_LINKS)) {
            for (var child : list(path, "*")) {
                delete(child);
            }
        }
        Files.deleteIfExists(path);
    }
}
