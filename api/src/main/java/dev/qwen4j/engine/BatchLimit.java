package dev.qwen4j.engine;

import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Ends batches that take too long, from a thread of its own, which sleeps unless there are any. Set and cleared by one thread.
 *
 * <p>What ends a batch is called while none is cleared, so that it never meets a later one.
 */
final class BatchLimit implements AutoCloseable {
    private static final long NONE = Long.MAX_VALUE;

    /** How often it looks, so that nobody has to wake it for each batch. */
    private static final long EVERY = 20_000_000;

    /** It sleeps when it has seen none for so many times. */
    private static final int IDLE = 10;

    private final Runnable end;
    private final BooleanSupplier condition;

    /** Held while a batch is ended. */
    private final ReentrantLock lock = new ReentrantLock();

    private volatile long latest = NONE;
    private volatile boolean conditional;
    private volatile boolean asleep;
    private volatile boolean closed;
    private boolean ended;
    private @Nullable Thread thread;

    /**
     * One that has not been set.
     *
     * @param end ends the batch that is being computed
     * @param condition what else may have to be so; asked on its thread
     */
    BatchLimit(Runnable end, BooleanSupplier condition) {
        this.end = end;
        this.condition = condition;
    }

    /** The batch that is computed next may take so long. */
    void set(long nanos) {
        set(nanos, false);
    }

    /** The batch that is computed next may take so long, and longer while the condition is not so. */
    void setConditional(long nanos) {
        set(nanos, true);
    }

    private void set(long nanos, boolean ask) {
        conditional = ask;
        latest = System.nanoTime() + nanos;
        if (thread == null) {
            thread = Thread.ofPlatform().daemon().name("qwen4j-limit").start(this::watch);
        } else if (asleep || nanos < 2 * EVERY) {
            LockSupport.unpark(thread);
        }
    }

    /**
     * The batch was computed, or ended.
     *
     * @return whether it took longer
     */
    boolean clear() {
        lock.lock();
        try {
            latest = NONE;
            boolean was = ended;
            ended = false;
            return was;
        } finally {
            lock.unlock();
        }
    }

    private void watch() {
        int idle = 0;
        while (!closed) {
            idle = latest == NONE ? idle + 1 : 0;
            long left = Math.min(EVERY, endIfLate());
            if (idle < IDLE) {
                LockSupport.parkNanos(left);
            } else {
                asleep = true;
                // Whoever sets one looks at that afterwards.
                if (latest == NONE && !closed) {
                    LockSupport.park();
                }
                asleep = false;
            }
        }
    }

    /** Gives how many nanoseconds there are until then. */
    private long endIfLate() {
        lock.lock();
        try {
            long left = latest == NONE ? NONE : latest - System.nanoTime();
            if (left <= 0) {
                if (conditional && !condition.getAsBoolean()) {
                    return EVERY;
                }
                latest = NONE;
                ended = true;
                end.run();
                return NONE;
            }
            return left;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        closed = true;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }
}
