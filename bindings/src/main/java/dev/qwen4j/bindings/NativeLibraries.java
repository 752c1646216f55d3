package dev.qwen4j.bindings;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The native libraries of Qwen4j, found, opened and initialised.
 *
 * <p>They come from the folder that {@code -Dqwen4j.library.path} names, or else from the natives jar of this platform,
 * which is unpacked into the user's cache. The dynamic linker finds what they depend on in their own folder; nothing is
 * searched in the working directory. They stay open until the JVM ends, and class loaders share them: each has its own
 * instance of this class, and none is kept from being collected.
 *
 * <p>Immutable and safe for use by any thread.
 */
public final class NativeLibraries {
    private static final ReentrantLock LOADING = new ReentrantLock();
    private static volatile @Nullable NativeLibraries loaded;

    private final LibraryFolder folder;
    private final SymbolLookup lookup;

    private NativeLibraries(LibraryFolder folder, SymbolLookup lookup) {
        this.folder = folder;
        this.lookup = lookup;
    }

    /**
     * Loads the libraries once and returns them; later calls return the same instance and cost nothing.
     *
     * <p>The first call may take a second, when it unpacks, and other callers wait for it meanwhile. A failure to find
     * or open them is not remembered: the next call tries again.
     *
     * @throws NativeLoadException if they cannot be used; its message says why and what to do
     */
    public static NativeLibraries load() {
        var libraries = loaded;
        if (libraries != null) {
            return libraries;
        }
        LOADING.lock();
        try {
            libraries = loaded;
            if (libraries == null) {
                libraries = open();
                loaded = libraries;
            }
            return libraries;
        } finally {
            LOADING.unlock();
        }
    }

    /** Finds functions in the shim and in everything it depends on: llama, ggml, mtmd. */
    public SymbolLookup lookup() {
        return lookup;
    }

    /** The folder that holds all of the libraries; absolute. */
    public Path folder() {
        return folder.path();
    }

    /** The library that was opened, with the others as its dependencies. */
    public Path library() {
        return folder.shim();
    }

    private static NativeLibraries open() {
        NativeAccess.require();
        var folder = LibraryFolder.find();
        var lookup = open(folder);
        Shim.init(lookup, folder);
        return new NativeLibraries(folder, lookup);
    }

    private static SymbolLookup open(LibraryFolder folder) {
        DynamicLinker.open(folder.shim());
        try {
            // Not System.load: that fails in a second class loader. And the global arena: ggml cannot be unloaded.
            return SymbolLookup.libraryLookup(folder.shim(), Arena.global());
        } catch (IllegalArgumentException e) {
            throw new NativeLoadException(failure(folder), e);
        }
    }

    private static String failure(LibraryFolder folder) {
        var reason = Files.exists(folder.shim())
                ? DynamicLinker.complaint(folder.shim()).orElse("the operating system gives no reason")
                : "there is no such file";
        var message = new StringBuilder("Qwen4j cannot load its native library. Tried:");
        folder.refused().forEach(place -> message.append("\n  ").append(place));
        message.append("\n  ").append(folder.shim()).append(": ").append(reason);
        return message.append("\n").append(folder.advice()).toString();
    }
}
