package dev.qwen4j.child;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The sources of the llama.cpp that was built, whose test data is read where it lies. */
public final class LlamaCppSource {
    private LlamaCppSource() {}

    /** A file or folder of it. */
    public static Path path(String first, String... more) {
        var cache = Path.of(System.getProperty("qwen4j.native.dir")).resolveSibling("CMakeCache.txt");
        try (var lines = Files.lines(cache)) {
            return lines.filter(line -> line.startsWith("LLAMA_CPP_SOURCE:INTERNAL="))
                    .map(line -> Path.of(line.substring(line.indexOf('=') + 1)).resolve(Path.of(first, more)))
                    .findFirst()
                    .orElseThrow(
                            () -> new AssertionError(cache + " does not say where llama.cpp is; build with make."));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
