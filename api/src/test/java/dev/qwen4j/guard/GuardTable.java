package dev.qwen4j.guard;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The table of bound functions, which the bindings are generated from and docs/guard.md is made of.
 *
 * @param functions in the order of the file
 */
record GuardTable(List<Function> functions) {
    /**
     * A native function.
     *
     * @param name its own
     * @param how what keeps it from ending the JVM: guarded, validated, cannot fail
     * @param why may be empty
     */
    record Function(String name, String how, String why) {}

    private static final List<String> WAYS = List.of("guarded", "validated", "cannot fail");

    static GuardTable read(Path root) throws IOException {
        try (var lines = Files.lines(root.resolve("bindings/src/jextract/functions.txt"))) {
            return new GuardTable(lines.filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(GuardTable::function)
                    .toList());
        }
    }

    private static Function function(String line) {
        var cells = line.split("\\|", -1);
        if (cells.length != 3 || !WAYS.contains(cells[1].strip())) {
            throw new AssertionError("Not \"function | " + String.join(" / ", WAYS) + " | why\": " + line);
        }
        return new Function(cells[0].strip(), cells[1].strip(), cells[2].strip());
    }

    List<String> names() {
        return functions.stream().map(Function::name).toList();
    }
}
