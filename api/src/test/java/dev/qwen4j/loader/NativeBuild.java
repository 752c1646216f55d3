package dev.qwen4j.loader;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;

/** The folder of libraries that make built. */
final class NativeBuild {
    private NativeBuild() {}

    static Path folder() {
        return Path.of(System.getProperty("qwen4j.native.dir"));
    }

    /** All of its libraries; at least the shim, llama and ggml. */
    static List<Path> libraries() throws IOException {
        try (var files = Files.list(folder())) {
            var libraries = files.filter(file -> file.toString().endsWith(".so"))
                    .sorted()
                    .toList();
            if (libraries.size() < 4) {
                throw new AssertionError("There are no libraries in " + folder() + "; run make first.");
            }
            return libraries;
        }
    }

    /** The file name of one of llama.cpp's libraries, which carries our version. */
    static String library(String name) throws IOException {
        return libraries().stream()
                .map(file -> file.getFileName().toString())
                .filter(file -> file.matches("libqwen4j-" + name + "-[0-9].*\\.so"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No library " + name + " in " + folder()));
    }

    /** The name of the folder in a cache that these libraries are unpacked to. */
    static String cacheName() throws IOException {
        var index = new Properties();
        try (var reader = Files.newBufferedReader(folder().resolve("natives.properties"))) {
            index.load(reader);
        }
        return "natives-linux-x86_64-" + index.getProperty("content").substring(0, 32);
    }

    /** Copies all to another folder. */
    static Path copyTo(Path folder) throws IOException {
        for (var library : libraries()) {
            Files.copy(library, folder.resolve(library.getFileName()));
        }
        return folder;
    }
}
