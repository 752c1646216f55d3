package dev.qwen4j.bindings;

import dev.qwen4j.bindings.unpack.Unpacker;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * The folder that holds the native libraries, and how it was found.
 *
 * @param path absolute
 * @param refused places that were tried before it, each with the reason
 * @param advice what to do if its libraries do not load
 */
record LibraryFolder(Path path, List<String> refused, String advice) {
    /** Names a folder with libraries to use instead of those in a natives jar. */
    static final String PROPERTY = "qwen4j.library.path";

    /** The libraries are named by their platform's custom: libqwen4j.so, libqwen4j.dylib, qwen4j.dll. */
    static final String SHIM = System.mapLibraryName("qwen4j");

    /** The folder the property names, or else the unpacked natives jar of this platform; throws NativeLoadException. */
    static LibraryFolder find() {
        var named = System.getProperty(PROPERTY, "");
        return named.isBlank() ? unpacked(Platform.current(), Locators.find()) : named(named);
    }

    Path shim() {
        return path.resolve(SHIM);
    }

    private static LibraryFolder named(String folder) {
        try {
            return new LibraryFolder(
                    Path.of(folder).toAbsolutePath(),
                    List.of(),
                    "The folder was named by -D" + PROPERTY + ". It must hold " + SHIM
                            + " and every library that was built with it, for "
                            + Platform.current().name()
                            + "; without the property, the natives jar is used.");
        } catch (InvalidPathException e) {
            throw new NativeLoadException("-D" + PROPERTY + "=" + folder + " is not a path: " + e.getMessage(), e);
        }
    }

    static LibraryFolder unpacked(Platform platform, Locators locators) {
        var locator = locators.forPlatform(platform)
                .orElseThrow(() -> new NativeLoadException("Qwen4j finds no native libraries for " + platform.name()
                        + ". Natives jars found: " + locators.described() + ". Add the Maven artifact"
                        + " dev.qwen4j:qwen4j-natives with classifier " + platform.name()
                        + ", in the version of your other Qwen4j jars, or name a folder that holds " + SHIM
                        + " with -D" + PROPERTY + "=FOLDER."));
        try {
            var unpacked = Unpacker.unpack(locator.resources());
            return new LibraryFolder(
                    unpacked.folder(),
                    unpacked.refused(),
                    "The folder was unpacked from the natives jar of "
                            + locator.getClass().getName()
                            + ". If its file system is mounted noexec, choose another one with -D"
                            + Unpacker.CACHE_PROPERTY + "=FOLDER. If a library or a version of one is missing on this"
                            + " system, install it, or build Qwen4j here and name the build's folder with -D" + PROPERTY
                            + "=FOLDER.");
        } catch (IOException e) {
            throw new NativeLoadException(
                    "Qwen4j cannot unpack its native libraries from the natives jar of "
                            + locator.getClass().getName() + ". " + e.getMessage()
                            + " Name a folder that only this user"
                            + " can write with -D" + Unpacker.CACHE_PROPERTY + "=FOLDER, or one that holds " + SHIM
                            + " already with -D" + PROPERTY + "=FOLDER.",
                    e);
        }
    }
}
