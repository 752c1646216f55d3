package dev.qwen4j.child;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The source of the llama.cpp that the native build was made of, which brings files to compare with. */
public final class LlamaCppSource {
    private static final String ENTRY = "LLAMA_CPP_SOURCE:INTERNAL=";

    private LlamaCppSource() {}

    /** Its folder. */
    public static Path folder() {
        var cache = Path.of(System.getProperty("qwen4j.native.dir")).resolveSibling("CMakeCache.txt");
        try (var lines = Files.lines(cache)) {
            return lines.filter(line -> line.startsWith(ENTRY))
                    .map(line -> Path.of(line.substring(ENTRY.length())))
                    .findFirst()
                    .orElseThrow(() ->
                            new AssertionError(cache + " does not say where llama.cpp's source is; build with make."));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file or folder of it. */
    public static Path path(String first, String... more) {
        return folder().resolve(Path.of(first, more));
    }

    /** Its vocabularies: models without weights, of which most have texts and their tokens beside them. */
    public static List<Path> vocabularies() {
        try (var files = Files.list(folder().resolve("models"))) {
            return files.filter(file -> file.getFileName().toString().matches("ggml-vocab-.*\\.gguf"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The one of {@link #vocabularies} with that name, as "qwen2". */
    public static Path vocabulary(String name) {
        var file = folder().resolve("models").resolve("ggml-vocab-" + name + ".gguf");
        if (!Files.exists(file)) {
            throw new AssertionError(file + " is not there.");
        }
        return file;
    }
}
