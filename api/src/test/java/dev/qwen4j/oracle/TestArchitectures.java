package dev.qwen4j.oracle;

import dev.qwen4j.child.LlamaCppSource;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Tiny models of all architectures with random weights, that llama.cpp's test-llama-archs writes. */
public final class TestArchitectures {
    /** A line of LLM_ARCH_NAMES. */
    private static final Pattern NAME = Pattern.compile("\\{ LLM_ARCH_\\w+, +\"([^\"(]+)\" +}");

    private final Path folder;
    private final String log;

    private TestArchitectures(Path folder, String log) {
        this.folder = folder;
        this.log = log;
    }

    /** What llama.cpp's program takes by itself: with it, what comes before a token hardly changes what the models say next. */
    private static final float DEVIATION = 0.1f;

    /** Writes those whose architectures match to an empty folder. */
    public static TestArchitectures write(Path folder, String regex) throws IOException, InterruptedException {
        return write(folder, regex, DEVIATION);
    }

    /** Writes those whose architectures match to an empty folder, with weights of some standard deviation. */
    public static TestArchitectures write(Path folder, String regex, float deviation)
            throws IOException, InterruptedException {
        var program = Path.of(System.getProperty("qwen4j.archs"));
        if (!Files.isExecutable(program)) {
            throw new AssertionError("There is no test-llama-archs at " + program + "; build it with make test.");
        }
        var log = folder.resolve("log.txt");
        int status = new ProcessBuilder(
                        program.toString(),
                        "-a",
                        regex,
                        "-s",
                        "42",
                        "-d",
                        Float.toString(deviation),
                        "-o",
                        folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.to(log.toFile()))
                .start()
                .waitFor();
        if (status != 0) {
            throw new AssertionError("test-llama-archs ended with " + status + ":\n" + Files.readString(log));
        }
        return new TestArchitectures(folder, Files.readString(log));
    }

    /** Writes one for each of some architectures. */
    public static TestArchitectures write(Path folder, List<String> architectures)
            throws IOException, InterruptedException {
        var written = write(folder, "^(" + String.join("|", architectures) + ")$");
        architectures.forEach(written::file);
        return written;
    }

    /** The files, sorted by name. */
    public List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".gguf"))
                    .sorted()
                    .toList();
        }
    }

    /** The file of an architecture of which there is one. */
    public Path file(String architecture) {
        return find(architecture).orElseThrow(() -> new AssertionError("There is no " + architecture + ":\n" + log));
    }

    /** The architectures that llama.cpp has and the program cannot write. */
    public List<String> notWritten() throws IOException {
        var source = Files.readString(LlamaCppSource.path("src", "llama-arch.cpp"));
        return NAME.matcher(source)
                .results()
                .map(match -> match.group(1))
                .filter(name -> find(name).isEmpty())
                .toList();
    }

    private Optional<Path> find(String architecture) {
        return Stream.of("-dense.gguf", "-moe.gguf")
                .map(end -> folder.resolve(architecture + end))
                .filter(Files::exists)
                .findFirst();
    }
}
