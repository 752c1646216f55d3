package dev.qwen4j.coverage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The functions that a C header declares. */
final class HeaderFunctions {
    private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/|//[^\n]*", Pattern.DOTALL);
    private static final Pattern DIRECTIVE = Pattern.compile("^[ \t]*#.*$", Pattern.MULTILINE);
    private static final Pattern NAME = Pattern.compile("\\b((?:llama|gguf)_\\w+)\\s*\\(");

    private final Set<String> current = new TreeSet<>();
    private final Set<String> deprecated = new TreeSet<>();

    /**
     * Reads a header.
     *
     * @param mark the macro that stands before each declaration
     */
    HeaderFunctions(Path header, String mark) throws IOException {
        var source = DIRECTIVE.matcher(uncommented(header)).replaceAll("");
        for (var statement : source.split("[;{}]", -1)) {
            var name = NAME.matcher(statement);
            if (statement.contains(mark) && name.find()) {
                (statement.contains("DEPRECATED") ? deprecated : current).add(name.group(1));
            }
        }
        if (current.isEmpty()) {
            throw new AssertionError(header + " declares nothing with " + mark + ".");
        }
    }

    static String uncommented(Path source) throws IOException {
        return COMMENT.matcher(Files.readString(source)).replaceAll("");
    }

    /** Those that are not deprecated. */
    Set<String> current() {
        return current;
    }

    Set<String> deprecated() {
        return deprecated;
    }
}
