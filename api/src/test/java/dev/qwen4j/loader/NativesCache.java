package dev.qwen4j.loader;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A cache into which child JVMs unpack. */
record NativesCache(Path folder) {
    /** The folder of libraries in it. */
    Path libraries() throws IOException {
        return children().stream()
                .filter(child -> child.getFileName().toString().startsWith("natives-"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No libraries in " + folder));
    }

    /** Fails unless it holds the libraries of the native build, byte for byte, nano, and nothing else, not even beginnings. */
    void requireClean() throws IOException {
        assertThat(children())
                .hasSize(2)
                .allMatch(child -> child.getFileName().toString().matches("(natives|nano)-.*"));
        try (var files = Files.list(libraries())) {
            assertThat(files).hasSameSizeAs(NativeBuild.libraries());
        }
        for (var library : NativeBuild.libraries()) {
            assertThat(libraries().resolve(library.getFileName())).hasSameBinaryContentAs(library);
        }
    }

    private List<Path> children() throws IOException {
        try (var children = Files.list(folder)) {
            return children.toList();
        }
    }
}
