package dev.qwen4j.bindings.unpack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/** A cache and a folder for temporary files, for one test. */
record Place(Path cache, Path temporary) {
    /** Below the test's own folder, both not made yet but the temporary one. */
    static Place in(Path folder) throws IOException {
        return new Place(folder.resolve("cache"), Files.createDirectory(folder.resolve("temporary")));
    }

    Unpacked unpack(Jar jar) throws IOException {
        return unpack(jar.source());
    }

    Unpacked unpack(UnpackSource source) throws IOException {
        var location = new CacheLocation("Linux", cache.toString(), "", Map.of());
        return new Unpacker(location, new TemporaryFolders(temporary)).run(source);
    }

    /** What lies in the cache's folder itself. */
    List<String> cached() throws IOException {
        return names(cache);
    }

    static List<String> names(Path folder) throws IOException {
        return Folders.list(folder, "*").stream()
                .map(file -> file.getFileName().toString())
                .sorted()
                .toList();
    }

    static void permit(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
