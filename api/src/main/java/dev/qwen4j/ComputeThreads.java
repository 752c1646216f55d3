package dev.qwen4j;

import dev.qwen4j.internal.NativeContext;
import dev.qwen4j.internal.NativeContext.Outcome;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What a context computes on: its own threads, or pools that others use too. */
final class ComputeThreads {
    private final NativeContext nativeContext;
    private List<ThreadPool> pools = List.of();

    /** Those before, until something was computed on others: ggml then pauses the one that it used last. */
    private List<ThreadPool> retired = List.of();

    ComputeThreads(NativeContext nativeContext) {
        this.nativeContext = nativeContext;
    }

    void own(int threads, int batchThreads) {
        nativeContext.setThreads(threads, batchThreads);
        replace(List.of());
    }

    void attach(ThreadPool pool, ThreadPool batchPool) {
        var next = Stream.of(pool, batchPool).distinct().toList();
        var before = pools;
        var both = Stream.concat(before.stream(), next.stream()).toList();
        var left = Stream.concat(retired.stream(), before.stream()).toList();
        retain(next);
        // Until llama.cpp has said that it took the new ones it may have either.
        pools = both;
        nativeContext.attach(pool.nativePool(), batchPool.nativePool());
        retired = left;
        pools = next;
    }

    private static void retain(List<ThreadPool> next) {
        int retained = 0;
        try {
            for (; retained < next.size(); retained++) {
                next.get(retained).retain();
            }
        } catch (Throwable e) {
            next.subList(0, retained).forEach(ThreadPool::release);
            throw e;
        }
    }

    /** The context is freed. */
    void detach() {
        replace(List.of());
        releaseRetired();
    }

    Outcome compute(Supplier<Outcome> computation) {
        if (pools.isEmpty() && retired.isEmpty()) {
            return computation.get();
        }
        var locked = Stream.concat(pools.stream(), retired.stream())
                .distinct()
                .sorted(Comparator.comparingLong(ThreadPool::number))
                .toList();
        int entered = 0;
        Outcome outcome;
        try {
            for (; entered < locked.size(); entered++) {
                locked.get(entered).lock();
            }
            // One that is lost may be left for others: ggml pauses it then, and waits for none of its threads.
            pools.forEach(ThreadPool::checkIntact);
            outcome = computation.get();
        } catch (LlamaException e) {
            if (nativeContext.isBroken()) {
                locked.forEach(ThreadPool::spoil);
            }
            throw e;
        } finally {
            locked.subList(0, entered).forEach(ThreadPool::unlock);
        }
        if (outcome == Outcome.DONE) {
            releaseRetired();
        }
        return outcome;
    }

    private void replace(List<ThreadPool> next) {
        retired = Stream.concat(retired.stream(), pools.stream()).toList();
        pools = next;
    }

    private void releaseRetired() {
        retired.forEach(ThreadPool::release);
        retired = List.of();
    }
}
