package dev.qwen4j.internal;

import dev.qwen4j.ThreadPoolOptions;
import dev.qwen4j.bindings.Pointers;
import dev.qwen4j.bindings.generated.LlamaCpp;
import dev.qwen4j.bindings.generated.qwen4j_threadpool_params;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A {@code ggml_threadpool}. For one computation at a time. */
public final class NativeThreadPool {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment pool;
    private final int threads;

    /** Starts its threads. */
    public NativeThreadPool(ThreadPoolOptions options) {
        NativeModel.loadLibraries();
        var created = MemorySegment.NULL;
        try (var call = Arena.ofConfined()) {
            var guard = new Guard(call);
            var params = qwen4j_threadpool_params.allocate(call);
            qwen4j_threadpool_params.n_threads(params, options.threads());
            qwen4j_threadpool_params.priority(params, NativeEnums.priority(options.priority()));
            qwen4j_threadpool_params.poll(params, options.poll());
            qwen4j_threadpool_params.strict_cpu(params, options.strict());
            for (int cpu : options.cpus()) {
                qwen4j_threadpool_params.cpus(params, cpu, true);
            }
            created = LlamaCpp.qwen4j_threadpool_new(guard.error(), params);
            guard.check("start " + options.threads() + " threads");
            pool = Pointers.scoped(created, arena);
            threads = options.threads();
        } catch (Throwable e) {
            release(created);
            throw e;
        }
    }

    MemorySegment pointer() {
        return pool;
    }

    int threads() {
        return threads;
    }

    /** Ends its threads; no context may use it any more. */
    public void free() {
        release(pool);
    }

    private void release(MemorySegment created) {
        try (var call = Arena.ofConfined()) {
            if (!Pointers.isNull(created)) {
                LlamaCpp.qwen4j_threadpool_free(new Guard(call).error(), created);
            }
        } finally {
            arena.close();
        }
    }
}
