package dev.qwen4j.bindings;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;

/**
 * Starts the native side: {@code qwen4j_init} loads ggml's backends by their full paths and takes over logging and
 * asserts.
 *
 * <p>Bound by hand, since the generated bindings can be used only after it.
 */
final class Shim {
    /** Lets the environment variable GGML_BACKEND_PATH name one more backend to load. */
    static final String BACKEND_PATH_ALLOWED = "qwen4j.backend.path.allowed";

    private static final int ERROR_SIZE = 4096;

    private Shim() {}

    /** Once per process, whatever the class loader: later calls return what the first returned. */
    static void init(SymbolLookup lookup, LibraryFolder folder) {
        var function = lookup.find("qwen4j_init")
                .orElseThrow(() -> new NativeLoadException(
                        folder.shim() + " is not Qwen4j's: it has no function qwen4j_init. " + folder.advice()));
        var init = Linker.nativeLinker()
                .downcallHandle(function, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT));
        try (var arena = Arena.ofConfined()) {
            var error = arena.allocate(ERROR_SIZE);
            var path = DynamicLinker.nativePath(folder.path(), arena);
            int status =
                    (int) init.invokeExact(path, Boolean.getBoolean(BACKEND_PATH_ALLOWED) ? 1 : 0, error, ERROR_SIZE);
            if (status != 0) {
                throw new NativeLoadException("The libraries in " + folder.path() + " do not start: "
                        + error.getString(0) + ". " + folder.advice());
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
