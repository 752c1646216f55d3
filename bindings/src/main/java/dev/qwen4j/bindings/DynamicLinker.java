package dev.qwen4j.bindings;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The operating system's dynamic linker, asked for what {@code SymbolLookup.libraryLookup} keeps to itself. */
final class DynamicLinker {
    private static final int RTLD_NOW = 2;
    private static final int RTLD_DEEPBIND = 8;

    /** Functions that every llama.cpp, and everything else that is built on ggml, has. */
    private static final List<String> MARKS = List.of("ggml_init", "llama_backend_init");

    private DynamicLinker() {}

    /**
     * Opens a library for good, with all functions bound at once and to its own dependencies. If it does not open,
     * nothing happens; who opens it next sees why.
     *
     * <p>On Linux, what somebody offered to the whole process (RTLD_GLOBAL, as JNA opens libraries) goes before a
     * library's own dependencies, now and whenever a function is bound later: another llama.cpp would get our calls.
     * RTLD_DEEPBIND turns that around. Without need it is not used, for it goes before a preloaded malloc, too.
     */
    static void open(Path library) {
        var linker = Linker.nativeLinker();
        var dlopen = linker.defaultLookup().find("dlopen");
        var dlsym = linker.defaultLookup().find("dlsym");
        if (dlopen.isEmpty() || dlsym.isEmpty()) {
            return;
        }
        var open = linker.downcallHandle(dlopen.get(), FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
        var find = linker.downcallHandle(dlsym.get(), FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
        try (var arena = Arena.ofConfined()) {
            int deep = isLinux() && othersOffer(find, arena) ? RTLD_DEEPBIND : 0;
            var _ = (MemorySegment) open.invokeExact(nativePath(library, arena), RTLD_NOW | deep);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("dlopen and dlsym throw nothing", e);
        }
    }

    private static boolean othersOffer(MethodHandle find, Arena arena) throws Throwable {
        for (var mark : MARKS) {
            // The null handle is RTLD_DEFAULT: what the whole process sees. Our own libraries are never offered to it.
            if (!Pointers.isNull((MemorySegment) find.invokeExact(MemorySegment.NULL, arena.allocateFrom(mark)))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isLinux() {
        return System.getProperty("os.name", "").equals("Linux");
    }

    /** Why the library does not open, in the linker's words; empty where they cannot be had, as on Windows. */
    static Optional<String> complaint(Path library) {
        var linker = Linker.nativeLinker();
        var dlopen = linker.defaultLookup().find("dlopen");
        var dlerror = linker.defaultLookup().find("dlerror");
        if (dlopen.isEmpty() || dlerror.isEmpty()) {
            return Optional.empty();
        }
        var open = linker.downcallHandle(dlopen.get(), FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
        var error = linker.downcallHandle(dlerror.get(), FunctionDescriptor.of(ADDRESS));
        try (var arena = Arena.ofConfined()) {
            var path = nativePath(library, arena);
            // Twice: at the first time the JVM itself uses the linker between the calls, and dlerror's text is gone.
            complaint(open, error, path);
            // It often begins with the path, which the caller knows.
            return complaint(open, error, path).map(text -> text.replace(library + ": ", ""));
        }
    }

    private static Optional<String> complaint(MethodHandle open, MethodHandle error, MemorySegment path) {
        try {
            var handle = (MemorySegment) open.invokeExact(path, RTLD_NOW);
            var message = (MemorySegment) error.invokeExact();
            return Pointers.isNull(handle) && !Pointers.isNull(message)
                    ? Optional.of(Pointers.utf8(message))
                    : Optional.empty();
        } catch (Throwable e) {
            throw new AssertionError("dlopen and dlerror throw nothing", e);
        }
    }

    /** A path as C takes it: in the encoding that the JVM itself uses for file names, null-terminated. */
    static MemorySegment nativePath(Path path, Arena arena) {
        var bytes = path.toString().getBytes(fileNameCharset());
        var text = arena.allocate(bytes.length + 1L);
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, text, 0, bytes.length);
        return text;
    }

    private static Charset fileNameCharset() {
        // On Windows the shim takes UTF-8, whatever the code page.
        return System.getProperty("os.name", "").startsWith("Windows")
                ? StandardCharsets.UTF_8
                : Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"), StandardCharsets.UTF_8);
    }
}
