package dev.qwen4j.child;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Stream;

/** Where the classes of this test run lie, whether Surefire put them on the class path, on the module path, or into a patch. */
public final class TestPaths {
    private TestPaths() {}

    /** Qwen4j's own classes and all jars, with the natives jar and nano; without {@link #tests}. */
    public static List<Path> libraries() {
        var paths = new LinkedHashSet<Path>();
        Stream.of("jdk.module.path", "java.class.path")
                .flatMap(property -> Stream.of(System.getProperty(property, "").split(File.pathSeparator)))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> Path.of(entry).toAbsolutePath().normalize())
                .filter(Files::exists)
                .filter(path -> !path.getFileName().toString().startsWith("surefire"))
                .forEach(paths::add);
        paths.remove(tests());
        return List.copyOf(paths);
    }

    /** The one of {@link #libraries} whose file name, or for a folder of classes whose module's folder, is like that. */
    public static Path library(String regex) {
        return libraries().stream()
                .filter(path -> name(path).matches(regex))
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        "No " + regex + " in " + libraries() + ". Run Maven's package phase, or a later one."));
    }

    /** The folder of compiled tests. */
    public static Path tests() {
        try {
            // The code source is the module's, where tests are patched into it.
            var self = TestPaths.class.getResource("TestPaths.class").toURI();
            return Path.of(self.resolve("../../..")).normalize();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private static String name(Path path) {
        return path.endsWith(Path.of("target", "classes"))
                ? path.getParent().getParent().getFileName().toString()
                : path.getFileName().toString();
    }
}
