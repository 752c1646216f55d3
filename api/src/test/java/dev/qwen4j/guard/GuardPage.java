package dev.qwen4j.guard;

import java.util.stream.Collectors;

/** docs/guard.md, as it follows from the table. */
final class GuardPage {
    private GuardPage() {}

    static String of(GuardTable table) {
        long guarded = table.functions().stream()
                .filter(function -> function.how().equals("guarded"))
                .count();
        return """
            # The guard

            llama.cpp ends the process when an assert fails, and lets C++ exceptions leave its C functions. In a JVM both would take everything else down
            with them. So every native function that Qwen4j binds is kept from it in one of three ways:

            - **guarded**: it runs inside the shim's guard. A failed assert (`GGML_ASSERT`) on the calling thread, or a C++ exception, unwinds to the shim
              and comes back as a Java exception, with llama.cpp's own words and the last lines that it logged. The handle goes on; where an assert left
              something half done, in the middle of a computation, the context is closed, and the message says so.
            - **validated**: it is called directly, and Java refuses before the call what would make it fail.
            - **cannot fail**: it reads a field or returns a constant.

            What no guard can catch:

            - an assert on one of ggml's worker threads. Java checks batches, positions, cache types and threads before the call, although the functions
              are guarded. An assert in the middle of a graph on the calling thread is caught, but other threads of that context then wait for ever: its
              memory is given up when it is closed, and they keep their cores busy.
            - a stack overflow. Chat templates, the parsers of replies and some tokenizers recurse: Java runs them on stacks as deep as their input can
              ask for. A template whose macros call each other without end is not stopped.
            - memory that runs out, where the operating system ends the process for it.

            This page is generated from `bindings/src/jextract/functions.txt`, and a test fails for a bound function that is not in it: %d functions, of
            which %d are guarded.

            | function | is kept from ending the JVM: | why |
            |---|---|---|
            %s""".formatted(table.functions().size(), guarded, rows(table));
    }

    private static String rows(GuardTable table) {
        return table.functions().stream()
                .map(function -> "| `%s` | %s | %s |%n".formatted(function.name(), function.how(), function.why()))
                .collect(Collectors.joining());
    }
}
