package dev.qwen4j.faults;

import dev.qwen4j.bindings.NativeLibraries;
import dev.qwen4j.bindings.generated.LlamaCpp;
import dev.qwen4j.bindings.generated.llama_context_params;
import dev.qwen4j.bindings.generated.llama_model_params;
import dev.qwen4j.bindings.generated.qwen4j_error;
import dev.qwen4j.bindings.generated.qwen4j_sampler_stage;
import dev.qwen4j.bindings.generated.qwen4j_threadpool_params;
import dev.qwen4j.nano.Nano;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Has the shim's constructors run out of memory and of threads, at each step or, where there are very many, at some hundreds of them. */
final class NativeFaultsMain {
    private static final int LAST = 200;

    private final Arena arena = Arena.global();
    private final MethodHandle arm;
    private final MethodHandle disarm;
    private final MemorySegment error = qwen4j_error.allocate(arena);
    private final MemorySegment paths = arena.allocateFrom(
            ValueLayout.ADDRESS, arena.allocateFrom(Nano.file().toString()));
    private final MemorySegment modelParams = LlamaCpp.llama_model_default_params(arena);
    private final MemorySegment contextParams = LlamaCpp.llama_context_default_params(arena);
    private final MemorySegment poolParams = qwen4j_threadpool_params.allocate(arena);
    private final MemorySegment stages = qwen4j_sampler_stage.allocateArray(3, arena);

    private NativeFaultsMain(Path preloaded) {
        var lookup = SymbolLookup.libraryLookup(preloaded, arena);
        var linker = Linker.nativeLinker();
        arm = linker.downcallHandle(lookup.findOrThrow("faults_arm"), FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG));
        disarm = linker.downcallHandle(
                lookup.findOrThrow("faults_disarm"), FunctionDescriptor.of(ValueLayout.JAVA_LONG));
        llama_model_params.n_gpu_layers(modelParams, 0);
        llama_context_params.n_ctx(contextParams, 256);
        llama_context_params.n_threads(contextParams, 2);
        llama_context_params.n_threads_batch(contextParams, 3);
        qwen4j_threadpool_params.n_threads(poolParams, 2);
        int kind = LlamaCpp.QWEN4J_SAMPLER_TOP_K();
        for (int i = 0; i < 3; i++, kind = LlamaCpp.QWEN4J_SAMPLER_DIST()) {
            qwen4j_sampler_stage.kind(qwen4j_sampler_stage.asSlice(stages, i), kind);
        }
    }

    public static void main(String[] args) throws Throwable {
        NativeLibraries.load();
        LlamaCpp.qwen4j_log_level(LlamaCpp.GGML_LOG_LEVEL_ERROR());
        new NativeFaultsMain(Path.of(args[0])).run();
    }

    private void run() throws Throwable {
        failAtEach(
                "qwen4j_model_load",
                () -> LlamaCpp.qwen4j_model_load(error, paths, 1, modelParams),
                made -> LlamaCpp.qwen4j_model_free(error, made));
        var model = LlamaCpp.qwen4j_model_load(error, paths, 1, modelParams);
        var vocabulary = LlamaCpp.llama_model_get_vocab(model);
        failAtEach(
                "qwen4j_context_new",
                () -> LlamaCpp.qwen4j_context_new(error, model, contextParams, MemorySegment.NULL),
                made -> LlamaCpp.qwen4j_context_free(error, made));
        failAtEach(
                "qwen4j_sampler_new",
                () -> LlamaCpp.qwen4j_sampler_new(error, vocabulary, stages, 3),
                made -> LlamaCpp.qwen4j_sampler_free(error, made));
        failAtEach(
                "qwen4j_chat_new",
                () -> LlamaCpp.qwen4j_chat_new(error, model, MemorySegment.NULL),
                made -> LlamaCpp.qwen4j_chat_free(error, made));
        failAtEach(
                "qwen4j_threadpool_new",
                () -> LlamaCpp.qwen4j_threadpool_new(error, poolParams),
                made -> LlamaCpp.qwen4j_threadpool_free(error, made));
        LlamaCpp.qwen4j_model_free(error, model);
        require(new Live(0, 0, 0, 0, 0), "when all is freed");
    }

    private void failAtEach(String name, Supplier<MemorySegment> make, Consumer<MemorySegment> free) throws Throwable {
        free.accept(make.get());
        var before = Live.now();
        arm.invokeExact(Long.MAX_VALUE);
        var made = make.get();
        long steps = (long) disarm.invokeExact();
        free.accept(made);
        long stride = Math.max(1, steps / LAST);
        int tried = 0;
        // All of the last ones: those behind llama.cpp's are the shim's own.
        for (long n = 1; n <= steps; n += n < steps - LAST ? stride : 1) {
            arm.invokeExact(n);
            made = make.get();
            long taken = (long) disarm.invokeExact();
            if (taken >= n && qwen4j_error.status(error) == LlamaCpp.QWEN4J_STATUS_OK() && made.address() == 0) {
                throw new AssertionError(name + " failed at step " + n + " and did not say so");
            }
            free.accept(made);
            require(before, name + ", step " + n + " of " + steps);
            tried++;
        }
        made = make.get();
        if (qwen4j_error.status(error) != LlamaCpp.QWEN4J_STATUS_OK()) {
            throw new AssertionError(name + ": " + qwen4j_error.message(error).getString(0, StandardCharsets.UTF_8));
        }
        free.accept(made);
        System.out.printf("[faults] %s: %d of %d steps%n", name, tried, steps);
    }

    private static void require(Live expected, String when) {
        var live = Live.now();
        if (!live.equals(expected)) {
            throw new AssertionError(when + ": expected " + expected + ", and there are " + live);
        }
    }
}
