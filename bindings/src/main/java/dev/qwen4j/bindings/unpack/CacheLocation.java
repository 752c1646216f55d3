package dev.qwen4j.bindings.unpack;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * Where the user's cache is, by the custom of the operating system.
 *
 * @param os the system's name, as in os.name
 * @param named what the property says, or empty
 * @param userHome the home folder that the JVM knows
 * @param environment of the process
 */
record CacheLocation(String os, String named, String userHome, Map<String, String> environment) {
    private static final String FOLDER = "qwen4j";

    static CacheLocation current() {
        return new CacheLocation(
                System.getProperty("os.name", ""),
                System.getProperty(Unpacker.CACHE_PROPERTY, ""),
                System.getProperty("user.home", ""),
                System.getenv());
    }

    /** The cache's folder, absolute, whether it exists or not; an IOException if none can be told. */
    Path folder() throws IOException {
        try {
            return named.isBlank() ? base().resolve(FOLDER) : Path.of(named).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new IOException("no path for a cache: " + e.getMessage(), e);
        }
    }

    private Path base() throws IOException {
        var system = os.toLowerCase(Locale.ROOT);
        if (system.startsWith("windows")) {
            return variable("LOCALAPPDATA", home().resolve("AppData").resolve("Local"));
        }
        if (system.startsWith("mac")) {
            return home().resolve("Library").resolve("Caches");
        }
        return variable("XDG_CACHE_HOME", home().resolve(".cache"));
    }

    /** A relative path would be one below the working directory; the XDG specification says to ignore it. */
    private Path variable(String name, Path otherwise) {
        var value = Path.of(environment.getOrDefault(name, ""));
        return value.isAbsolute() ? value : otherwise;
    }

    private Path home() throws IOException {
        // $HOME first, as in a shell: user.home comes from the password file, which a container may contradict.
        var home = variable("HOME", Path.of(userHome));
        if (!home.isAbsolute()) {
            throw new IOException("no home folder: HOME and user.home name none");
        }
        return home;
    }
}
