package dev.qwen4j.loader;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.qwen4j.bindings.NativeLibraries;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A program that loads the libraries it is given and then asks nano. The first argument says how: {@code local} is System.load, {@code global} offers them to
 * the whole process, as JNA does, and {@code global-later} does so when Qwen4j's libraries are open already.
 */
final class AnswerAfterLoading {
    private static final int RTLD_NOW = 0x2;
    private static final int RTLD_GLOBAL = 0x100;

    private AnswerAfterLoading() {}

    public static void main(String[] args) throws Throwable {
        if (args[0].equals("global-later")) {
            NativeLibraries.load();
        }
        for (var library : Arrays.asList(args).subList(1, args.length)) {
            if (args[0].equals("local")) {
                System.load(library);
            } else {
                loadGlobally(library);
            }
        }
        System.out.println(Answer.ask());
    }

    private static void loadGlobally(String library) throws Throwable {
        var linker = Linker.nativeLinker();
        var dlopen = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("dlopen"), FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
        try (var arena = Arena.ofConfined()) {
            var handle = (MemorySegment) dlopen.invokeExact(arena.allocateFrom(library), RTLD_NOW | RTLD_GLOBAL);
            if (handle.address() == 0) {
                throw new AssertionError("dlopen does not open " + library);
            }
        }
    }
}
