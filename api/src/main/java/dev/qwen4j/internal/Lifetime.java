package dev.qwen4j.internal;

import dev.qwen4j.ConcurrentUseException;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who may be inside a native object, and when it is freed.
 *
 * <p>Calls are bracketed by {@link #enter} and {@link #leave}. {@link #close} lets no more of them in, asks the running ones to stop, and waits for
 * them up to a second; whoever is last frees the object, so that it is never freed under a call. Lifetimes are a tree: closing one closes those below
 * it, and it is freed after all of them. Until {@link #takeOver}, the object is its maker's to free. Safe for use by any thread.
 */
public final class Lifetime {
    /** How many threads may be inside at once. */
    public enum Sharing {
        ONE_THREAD,
        ANY_THREADS
    }

    private static final Duration PATIENCE = Duration.ofMillis(900);

    private final String name;
    private final Sharing sharing;
    private final Runnable begin;
    private final Runnable stop;
    private final Runnable free;
    private final LeakReport leak;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private final Set<Lifetime> children = Collections.newSetFromMap(new IdentityHashMap<>());
    private List<Lifetime> parents = List.of();
    private int calls;
    private @Nullable Thread occupant;
    private boolean closing;
    private boolean freeing;
    private boolean freed;

    /** A lifetime whose calls are short enough to be waited for. */
    public Lifetime(String name, Sharing sharing, Runnable free) {
        this(name, sharing, () -> {}, () -> {}, free);
    }

    /**
     * A lifetime.
     *
     * @param name what messages call it, such as "context"
     * @param begin takes back what {@code stop} asked for; called by each thread that enters
     * @param stop asks running calls to end soon; called by other threads, only while a call is inside
     * @param free frees the native object; called once, when no call is inside, on the thread that leaves or closes last
     */
    public Lifetime(String name, Sharing sharing, Runnable begin, Runnable stop, Runnable free) {
        this.name = name;
        this.sharing = sharing;
        this.begin = begin;
        this.stop = stop;
        this.free = free;
        this.leak = new LeakReport(name);
    }

    /**
     * Takes the native object over from its maker; the last thing that a handle's constructor does, for what fails after it would free twice.
     *
     * @param handle what is reported when it becomes unreachable without having been closed
     * @param parents what it belongs to, none of them twice; closing any of them closes it
     * @throws IllegalStateException if a parent is closed; the native object is then still the caller's
     */
    public void takeOver(Object handle, List<Lifetime> parents) {
        // A parent that is closed by another thread before the next one is joined must not free what would then be the
        // caller's again.
        calls = 1;
        try {
            leak.watch(handle);
            join(List.copyOf(parents));
        } catch (Throwable e) {
            leak.silence();
            throw e;
        }
        leave();
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
            checkOpen();
            if (sharing == Sharing.ONE_THREAD && calls > 0) {
                throw new ConcurrentUseException(intrusion());
            }
            begin.run();
            occupant = Thread.currentThread();
            calls++;
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #enter}, but says false if the object is closed. */
    public boolean enterIfOpen() {
        lock.lock();
        try {
            if (!closing) {
                enter();
            }
            return !closing;
        } finally {
            lock.unlock();
        }
    }

    /** Lets the calling thread out, and frees the object if it is closed and this was the last call. */
    public void leave() {
        boolean last;
        lock.lock();
        try {
            calls--;
            occupant = null;
            last = takesFreeing();
        } finally {
            lock.unlock();
        }
        if (last) {
            free();
        }
    }

    /** Runs a call between {@link #enter} and {@link #leave}. */
    public <T> T call(Supplier<T> body) {
        enter();
        try {
            return body.get();
        } finally {
            leave();
        }
    }

    /** Runs a call without a result between {@link #enter} and {@link #leave}. */
    public void run(Runnable body) {
        enter();
        try {
            body.run();
        } finally {
            leave();
        }
    }

    /** Asks running calls to end soon; does nothing if there are none. */
    public void stop() {
        lock.lock();
        try {
            if (calls > 0) {
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

    /** Ends this lifetime and those below it; idempotent, and returns within a second even if a call goes on inside. */
    public void close() {
        beginClose();
        awaitFreed(PATIENCE);
    }

    /** Lets nobody in any more and asks running calls to end, here and below, without waiting for them. */
    private void beginClose() {
        List<Lifetime> below;
        boolean last;
        lock.lock();
        try {
            if (!closing) {
                closing = true;
                leak.silence();
                if (calls > 0) {
                    stop.run();
                }
            }
            below = List.copyOf(children);
            last = takesFreeing();
        } finally {
            lock.unlock();
        }
        if (last) {
            free();
        }
        below.forEach(Lifetime::beginClose);
    }

    private void join(List<Lifetime> above) {
        parents = above;
        int joined = 0;
        try {
            for (; joined < above.size(); joined++) {
                above.get(joined).addChild(this);
            }
        } catch (Throwable e) {
            above.subList(0, joined).forEach(parent -> parent.removeChild(this));
            throw e;
        }
    }

    private void addChild(Lifetime child) {
        lock.lock();
        try {
            checkOpen();
            children.add(child);
        } finally {
            lock.unlock();
        }
    }

    private void removeChild(Lifetime child) {
        boolean last;
        lock.lock();
        try {
            children.remove(child);
            last = takesFreeing();
        } finally {
            lock.unlock();
        }
        if (last) {
            free();
        }
    }

    /** Whether the calling thread is the one that must free the object now. */
    private boolean takesFreeing() {
        if (!closing || freeing || calls > 0 || !children.isEmpty()) {
            return false;
        }
        freeing = true;
        return true;
    }

    /** Outside the lock: it takes time, and logs. */
    private void free() {
        try {
            free.run();
        } finally {
            lock.lock();
            try {
                freed = true;
                ended.signalAll();
            } finally {
                lock.unlock();
            }
            parents.forEach(above -> above.removeChild(this));
        }
    }

    private void awaitFreed(Duration patience) {
        boolean interrupted = false;
        long remaining = patience.toNanos();
        lock.lock();
        try {
            // A callback that closes the object which calls it would wait for itself.
            while (!freed && occupant != Thread.currentThread() && remaining > 0) {
                try {
                    remaining = ended.awaitNanos(remaining);
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

    private void checkOpen() {
        if (closing) {
            throw new IllegalStateException("The " + name + " is closed.");
        }
    }

    private String intrusion() {
        var thread = occupant;
        if (thread == Thread.currentThread()) {
            return "The " + name + " was entered again by a callback of a call that it is still in.";
        }
        var other = thread == null ? "another thread" : "thread \"" + thread.getName() + "\"";
        return "The %s is in use by %s and was entered by thread \"%s\". It is for one thread at a time: give each thread its own."
                .formatted(name, other, Thread.currentThread().getName());
    }
}
