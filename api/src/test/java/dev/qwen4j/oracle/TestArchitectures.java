package dev.qwen4j.oracle;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Tiny models of all architectures with random weights, that llama.cpp's test-llama-archs writes. */
public final class TestArchitectures {
    /** It leaves those without a reason to give out silently. */
    private static final List<String> LEFT_OUT_SILENTLY = List.of("gemma4", "gemma4-assistant", "eagle3", "dflash");

    private static final Pattern SKIPPED = Pattern.compile("save_models: (\\S+) model \\((\\w+)\\) is unsupported");

    private final Path folder;
    private final String log;

    private TestArchitectures(Path folder, String log) {
        this.folder = folder;
        this.log = log;
    }

    /** Writes those whose architectures match to an empty folder. */
    public static TestArchitectures write(Path folder, String regex) throws IOException, InterruptedException {
        var program = Path.of(System.getProperty("qwen4j.archs"));
        if (!Files.isExecutable(program)) {
            throw new AssertionError("There is no test-llama-archs at " + program + "; build it with make test.");
        }
        var log = folder.resolve("log.txt");
        int status = new ProcessBuilder(program.toString(), "-a", regex, "-s", "42", "-o", folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.to(log.toFile()))
                .start()
                .waitFor();
        if (status != 0) {
            throw new AssertionError("test-llama-archs ended with " + status + ":\n" + Files.readString(log));
        }
        return new TestArchitectures(folder, Files.readString(log));
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
        return Stream.of("-dense.gguf", "-moe.gguf")
                .map(end -> folder.resolve(architecture + end))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new AssertionError("There is no " + architecture + ":\n" + log));
    }

    /** The architectures that cannot be written, as far as the program says so. */
    public List<String> notWritten() {
        return Stream.concat(
                        SKIPPED.matcher(log).results().map(match -> match.group(1) + " (" + match.group(2) + ")"),
                        LEFT_OUT_SILENTLY.stream())
                .toList();
    }
}
