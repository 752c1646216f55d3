package dev.qwen4j.benchmarks;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.qwen4j.Context;
import dev.qwen4j.bindings.generated.LlamaCpp;
import dev.qwen4j.internal.NativeContext;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The loop of {@code native/bench/loop.c} on the {@code llama_context} inside a {@link Context}, whose own count of its tokens it leaves alone: rewind
 * before Java goes on.
 *
 * <p>The one class here that knows {@code java.lang.foreign}. It reads private fields, which works on the class path; nothing public leads there.
 */
final class CLoop implements AutoCloseable {
    private static final int BYTES_PER_TOKEN = 64;
    private static final Field NATIVE_CONTEXT = field(Context.class, NativeContext.class, "nativeContext");
    private static final Field POINTER = field(NativeContext.class, MemorySegment.class, "context");

    private final Arena arena = Arena.ofConfined();
    private final MethodHandle generate;
    private final MethodHandle rewind;
    private final MethodHandle free;
    private final MemorySegment context;
    private final MemorySegment sampler;
    private final MemorySegment tokens;
    private final MemorySegment text;
    private final int count;
    private int textLength;

    CLoop(Path programs, Context context, int count) {
        var library = programs.resolve(System.mapLibraryName("qwen4j-bench"));
        // The dynamic linker gives it the libllama that is loaded already: same SONAME.
        var lookup = SymbolLookup.libraryLookup(library, Arena.global());
        this.context = llamaContext(context);
        this.count = count;
        tokens = arena.allocate(JAVA_INT, count);
        text = arena.allocate((long) count * BYTES_PER_TOKEN);
        generate = function(
                lookup,
                "bench_generate",
                FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
        rewind = function(lookup, "bench_rewind", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
        free = function(lookup, "bench_free", FunctionDescriptor.ofVoid(ADDRESS));
        try {
            sampler = (MemorySegment) function(lookup, "bench_greedy", FunctionDescriptor.of(ADDRESS))
                    .invokeExact();
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    void generate(int first) {
        try {
            textLength = (int) generate.invokeExact(
                    context, sampler, first, count, tokens, text, Math.toIntExact(text.byteSize()));
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
        if (textLength < 0) {
            throw new IllegalStateException("The loop in C failed.");
        }
    }

    void rewind(int length) {
        try {
            if ((int) rewind.invokeExact(context, length) != 1) {
                throw new IllegalStateException("The context could not be cut at " + length + ".");
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    int[] tokens() {
        return tokens.toArray(JAVA_INT);
    }

    String text() {
        return new String(text.asSlice(0, textLength).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        try {
            free.invokeExact(sampler);
        } catch (Throwable e) {
            throw new AssertionError(e);
        } finally {
            arena.close();
        }
    }

    private static MethodHandle function(SymbolLookup lookup, String name, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(lookup.findOrThrow(name), descriptor);
    }

    private static MemorySegment llamaContext(Context context) {
        try {
            return LlamaCpp.qwen4j_context_llama((MemorySegment) POINTER.get(NATIVE_CONTEXT.get(context)));
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Field field(Class<?> holder, Class<?> type, String name) {
        var found = Arrays.stream(holder.getDeclaredFields())
                .filter(field -> field.getType() == type && field.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "%s has no %s %s any more: CLoop must go another way to the llama_context."
                                .formatted(holder, type.getSimpleName(), name)));
        found.setAccessible(true);
        return found;
    }
}
