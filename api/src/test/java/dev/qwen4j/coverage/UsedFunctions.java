package dev.qwen4j.coverage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The native functions that the library calls: from Java through their bindings, or from the shim's C++. */
final class UsedFunctions {
    private static final Pattern BINDING = Pattern.compile("LlamaCpp\\s*(?:\\.|::)\\s*(\\w+)");
    private static final Pattern LOOKUP = Pattern.compile("\\.find\\(\"(\\w+)\"\\)");
    private static final Pattern CALL = Pattern.compile("\\b((?:llama|gguf)_\\w+)\\s*\\(");
    /** Given to another function, as a deleter for example. */
    private static final Pattern ADDRESS = Pattern.compile("&?\\b(llama_\\w+)\\b\\s*[,)]");

    private UsedFunctions() {}

    /** What Java calls, the shim's own functions among them. */
    static Set<String> byJava(Path root) throws IOException {
        var names = new TreeSet<>(find(root.resolve("api/src/main/java"), ".java", BINDING));
        names.addAll(find(root.resolve("bindings/src/main/java"), ".java", LOOKUP));
        return names;
    }

    /** What tests call, as oracles or to look into the shim. */
    static Set<String> byTests(Path root) throws IOException {
        return find(root.resolve("api/src/test/java"), ".java", BINDING);
    }

    static Set<String> byShim(Path root) throws IOException {
        var names = new TreeSet<>(find(root.resolve("native/shim"), ".cpp", CALL));
        names.addAll(find(root.resolve("native/shim"), ".cpp", ADDRESS));
        return names;
    }

    private static Set<String> find(Path folder, String ending, Pattern pattern) throws IOException {
        try (var files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .flatMap(file -> pattern.matcher(source(file)).results())
                    .map(match -> match.group(1))
                    .collect(Collectors.toSet());
        }
    }

    private static String source(Path file) {
        try {
            return HeaderFunctions.uncommented(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
