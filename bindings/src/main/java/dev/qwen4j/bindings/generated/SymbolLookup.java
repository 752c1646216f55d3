package dev.qwen4j.bindings.generated;

import dev.qwen4j.bindings.NativeLibraries;
import java.lang.foreign.MemorySegment;

/**
 * Looks up C functions in the libraries that {@link NativeLibraries} opened, and nowhere else first.
 *
 * <p>jextract's classes import {@code java.lang.foreign.*} and ask {@code SymbolLookup.loaderLookup()}, which knows
 * only what {@code System.load} loaded. A class of their own package goes before an import on demand, so this one takes
 * its place without an edited line. Thread-safe; the first use loads the libraries.
 */
final class SymbolLookup {
    private final NativeLibraries libraries;
    private final java.lang.foreign.SymbolLookup lookup;

    private SymbolLookup(NativeLibraries libraries, java.lang.foreign.SymbolLookup lookup) {
        this.libraries = libraries;
        this.lookup = lookup;
    }

    /**
     * The functions of Qwen4j's libraries; throws {@link dev.qwen4j.bindings.NativeLoadException} if they do not load.
     */
    static SymbolLookup loaderLookup() {
        var libraries = NativeLibraries.load();
        return new SymbolLookup(libraries, libraries.lookup());
    }

    /** This lookup, and the other one for what it does not find. */
    SymbolLookup or(java.lang.foreign.SymbolLookup other) {
        return new SymbolLookup(libraries, lookup.or(other));
    }

    /**
     * The address of a function.
     *
     * @throws UnsatisfiedLinkError if there is none. An error and not an exception: this is called by static
     *     initialisers, which let errors through as they are.
     */
    MemorySegment findOrThrow(String name) {
        return lookup.find(name)
                .orElseThrow(() -> new UnsatisfiedLinkError(
                        "There is no function " + name + " in " + libraries.library() + " and what it depends on."
                                + " These libraries and these bindings are not of the same version."));
    }
}
