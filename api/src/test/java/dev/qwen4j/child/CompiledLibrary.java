package dev.qwen4j.child;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Shared libraries that the tests compile, in C or C++. */
public final class CompiledLibrary {
    private CompiledLibrary() {}

    /** A library that creates the file {@code mark} when it is loaded. */
    public static Path hostile(Path library, Path mark) throws IOException {
        return compile(library, """
                #include <fcntl.h>
                #include <unistd.h>
                __attribute__((constructor)) static void loaded(void) { close(open("%s", O_CREAT | O_WRONLY, 0600)); }
                """.formatted(mark));
    }

    /** A library whose functions, all without arguments and result, end the process with status 99 and their name on standard error. */
    public static Path decoy(Path library, List<String> functions) throws IOException {
        var source = new StringBuilder("""
                #include <stdio.h>
                #include <unistd.h>
                #define DECOY(f) void f(void) { fputs("decoy " #f " was called\\n", stderr); _exit(99); }
                """);
        functions.forEach(function -> source.append("DECOY(" + function + ")\n"));
        return compile(library, source.toString());
    }

    /** A backend module that calls ggml when it is scored, then creates the file {@code mark}, and is of no use. */
    public static Path probe(Path library, Path ggml, Path mark) throws IOException {
        return compile(library, """
                #include <fcntl.h>
                #include <unistd.h>
                unsigned long ggml_type_size(int type);
                int ggml_backend_score(void) {
                    if (ggml_type_size(0) == 4) close(open("%s", O_CREAT | O_WRONLY, 0600));
                    return 0;
                }
                """.formatted(mark), ggml.toString());
    }

    /** A library of C++. */
    public static Path ofCpp(Path library, String source) throws IOException {
        return compile(List.of("c++", "-x", "c++"), library, source);
    }

    private static Path compile(Path library, String source, String... needed) throws IOException {
        return compile(List.of("cc", "-x", "c"), library, source, needed);
    }

    /** Its SONAME is its file name. */
    private static Path compile(List<String> compiler, Path library, String source, String... needed)
            throws IOException {
        Files.createDirectories(library.getParent());
        var command = new ArrayList<>(compiler);
        command.addAll(List.of("-shared", "-fPIC", "-w", "-o", library.toString()));
        command.add("-Wl,-soname," + library.getFileName());
        command.addAll(List.of("-", "-x", "none"));
        command.addAll(List.of(needed));
        var cc = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var stdin = cc.outputWriter()) {
            stdin.write(source);
        }
        var messages = cc.inputReader().readAllAsString();
        if (cc.onExit().join().exitValue() != 0) {
            throw new IOException(compiler.getFirst() + " failed on " + library + ": " + messages);
        }
        return library;
    }
}
