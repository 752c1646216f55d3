package dev.qwen4j;

import dev.qwen4j.internal.LeakReport;
import dev.qwen4j.internal.NativeThreadPool;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Threads that compute, for contexts to share; contexts have threads of their own otherwise.
 *
 * <p>They compute for one context at a time: the decode of another one waits for them. Safe for use by any thread. A pool that is closed serves the
 * contexts that are attached to it until they are closed, or compute elsewhere, and is freed then. One in whose threads a computation failed in the
 * middle (a {@link LlamaException} that says that its context is closed) serves nobody any more.
 *
 * @see Context#attach
 */
public final class ThreadPool implements AutoCloseable {
    private static final AtomicLong COUNT = new AtomicLong();

    private final long number = COUNT.getAndIncrement();
    private final ThreadPoolOptions options;
    private final NativeThreadPool nativePool;
    private final LeakReport leak = new LeakReport("thread pool");
    private final ReentrantLock inUse = new ReentrantLock();
    private final ReentrantLock lock = new ReentrantLock();
    private int contexts;
    private boolean closed;
    private volatile boolean spoilt;

    private ThreadPool(ThreadPoolOptions options, NativeThreadPool nativePool) {
        this.options = options;
        this.nativePool = nativePool;
        leak.watch(this);
    }

    /**
     * Starts the threads.
     *
     * @throws LlamaException if they cannot be started
     */
    public static ThreadPool start(ThreadPoolOptions options) {
        var nativePool = new NativeThreadPool(options);
        try {
            return new ThreadPool(options, nativePool);
        } catch (Throwable e) {
            nativePool.free();
            throw e;
        }
    }

    /** What it was started with. */
    public ThreadPoolOptions options() {
        return options;
    }

    /** Ends the threads once no context is attached any more; idempotent, from any thread, does not block. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                leak.silence();
                freeIfUnused();
            }
        } finally {
            lock.unlock();
        }
    }

    NativeThreadPool nativePool() {
        return nativePool;
    }

    /** Another one for each: pools are locked in their order. */
    long number() {
        return number;
    }

    void retain() {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("The thread pool is closed.");
            }
            checkIntact();
            contexts++;
        } finally {
            lock.unlock();
        }
    }

    void release() {
        lock.lock();
        try {
            contexts--;
            freeIfUnused();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until no other context computes with its threads. */
    void lock() {
        inUse.lock();
    }

    /** A computation failed in the middle: other threads of the pool may wait for this one for ever, and with them whoever joins or uses them. */
    void spoil() {
        spoilt = true;
    }

    /**
     * Checks that it can be computed on.
     *
     * @throws IllegalStateException if its threads are lost
     */
    void checkIntact() {
        if (spoilt) {
            throw new IllegalStateException(
                    "The thread pool's threads were lost in a computation that failed in the middle. Start another, and attach that.");
        }
    }

    /** Lets another context compute. */
    void unlock() {
        inUse.unlock();
    }

    private void freeIfUnused() {
        if (closed && contexts == 0 && !spoilt) {
            nativePool.free();
        }
    }
}
