package dev.qwen4j.internal;

import dev.qwen4j.ConcurrentUseException;
import java.lang.ref.Cleaner;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may be inside a native object, and when it is freed.
 *
 * <p>Calls are bracketed by {@link #enter} and {@link #leave}. {@link #close} lets no more of them in, asks the running ones to stop, and waits for
 * them up to a second; whoever is last frees the object, so that it is never freed under a call. Safe for use by any thread.
 */
public final class Lifetime {
    /** How many threads may be inside at once. */
    public enum Sharing {
        ONE_THREAD,
        ANY_THREADS
    }

    private static final Logger LOG = LoggerFactory.getLogger(Lifetime.class);
    private static final Cleaner LEAKS = Cleaner.create();
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(900);

    private final String name;
    private final Sharing sharing;
    private final Runnable begin;
    private final Runnable stop;
    private final Runnable free;
    private final LeakReport leak;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition left = lock.newCondition();
    private int inside;
    private @Nullable Thread occupant;
    private boolean closing;
    private boolean freed;

    /** Begins a lifetime whose calls are short enough to be waited for. */
    public Lifetime(Object handle, String name, Sharing sharing, Runnable free) {
        this(handle, name, sharing, () -> {}, () -> {}, free);
    }

    /**
     * Begins a lifetime.
     *
     * @param handle what is reported when it becomes unreachable without having been closed
     * @param name what messages call it, such as "context"
     * @param begin takes back what {@code stop} asked for; called by each thread that enters
     * @param stop asks running calls to end soon; called by other threads, only while a call is inside
     * @param free frees the native object; called once, when no call is inside, on the thread that leaves or closes last
     */
    public Lifetime(Object handle, String name, Sharing sharing, Runnable begin, Runnable stop, Runnable free) {
        this.name = name;
        this.sharing = sharing;
        this.begin = begin;
        this.stop = stop;
        this.free = free;
        this.leak = new LeakReport(name, new Throwable("opened here"));
        LEAKS.register(handle, leak);
    }

    /**
     * Lets the calling thread in.
     *
     * @throws IllegalStateException if the object is closed
     * @throws ConcurrentUseException if it is for one thread at a time and another call is inside
     */
    public void enter() {
        lock.lock();
        try {
            if (closing) {
                throw new IllegalStateException("The " + name + " is closed.");
            }
            if (sharing == Sharing.ONE_THREAD && inside > 0) {
                throw new ConcurrentUseException(intrusion());
            }
            begin.run();
            inside++;
            occupant = Thread.currentThread();
        } finally {
            lock.unlock();
        }
    }

    /** Lets the calling thread out, and frees the object if it is the last one and nobody waits for it any more. */
    public void leave() {
        boolean last;
        lock.lock();
        try {
            inside--;
            occupant = null;
            last = closing && inside == 0 && !freed;
            if (last) {
                freed = true;
            }
        } finally {
            lock.unlock();
        }
        if (last) {
            free();
        }
    }

    /** Asks running calls to end soon; does nothing if there are none. */
    public void stop() {
        lock.lock();
        try {
            if (inside > 0) {
                stop.run();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether {@link #close} was called. */
    public boolean isClosed() {
        lock.lock();
        try {
            return closing;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the lifetime; idempotent, and returns within a second even if a call goes on inside. */
    public void close() {
        boolean last = false;
        lock.lock();
        try {
            if (!closing) {
                closing = true;
                leak.silence();
                if (inside > 0) {
                    stop.run();
                } else {
                    last = true;
                    freed = true;
                }
            }
        } finally {
            lock.unlock();
        }
        if (last) {
            free();
        } else {
            awaitFreed();
        }
    }

    private void free() {
        try {
            free.run();
        } finally {
            lock.lock();
            try {
                left.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private void awaitFreed() {
        boolean interrupted = false;
        long remaining = PATIENCE_NANOS;
        lock.lock();
        try {
            // A callback that closes the object which calls it would wait for itself.
            while (!freed && occupant != Thread.currentThread() && remaining > 0) {
                try {
                    remaining = left.awaitNanos(remaining);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            lock.unlock();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private String intrusion() {
        var thread = occupant;
        var other = thread == null ? "another thread" : "thread \"" + thread.getName() + "\"";
        if (thread == Thread.currentThread()) {
            return "The " + name + " was entered again by a callback of a call that it is still in.";
        }
        return "The %s is in use by %s and was entered by thread \"%s\". It is for one thread at a time: give each thread its own."
                .formatted(name, other, Thread.currentThread().getName());
    }

    /** Must not refer to the handle: it would keep it reachable. */
    private static final class LeakReport implements Runnable {
        private final String name;
        private final Throwable opened;
        private volatile boolean silent;

        LeakReport(String name, Throwable opened) {
            this.name = name;
            this.opened = opened;
        }

        void silence() {
            silent = true;
        }

        @Override
        public void run() {
            if (!silent) {
                LOG.warn("A {} was never closed; its native memory is lost. Use try-with-resources.", name, opened);
            }
        }
    }
}
