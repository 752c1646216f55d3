package dev.qwen4j.mutation;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Tiny models of any architecture, with random weights: what llama.cpp's test-llama-archs writes. */
public final class TestArchitectures {
    private TestArchitectures() {}

    /** Writes one file for each architecture to a folder; an AssertionError if one is missing. */
    public static void write(Path folder, List<String> architectures) throws IOException, InterruptedException {
        var program = Path.of(System.getProperty("qwen4j.archs"));
        if (!Files.isExecutable(program)) {
            throw new AssertionError("There is no test-llama-archs at " + program + "; build it with make test.");
        }
        var log = folder.resolve("log.txt");
        int status = new ProcessBuilder(
                        program.toString(),
                        "-s",
                        "42",
                        "-a",
                        "^(" + String.join("|", architectures) + ")$",
                        "-o",
                        folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.to(log.toFile()))
                .start()
                .waitFor();
        long written;
        try (var files = Files.list(folder)) {
            written = files.filter(file -> file.toString().endsWith(".gguf")).count();
        }
        if (status != 0 || written < architectures.size()) {
            throw new AssertionError("test-llama-archs ended with " + status + " and wrote " + written + " of "
                    + architectures + ":\n" + Files.readString(log));
        }
    }
}
