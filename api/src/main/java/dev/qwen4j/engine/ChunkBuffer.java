package dev.qwen4j.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The chunks of a reply that nobody has read yet, on their way from the engine's thread to one reader; says when the reader is behind. Loses nothing: it takes
 * chunks while the reader is behind, too. Safe for use by any thread.
 */
final class ChunkBuffer {
    private static final Logger log = LoggerFactory.getLogger(ChunkBuffer.class);

    private enum Reader {
        NONE,
        ITERATORS,
        SUBSCRIBER
    }

    private final Runnable caughtUp;
    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Chunk> unread = new ArrayDeque<>();
    private Reader reader = Reader.NONE;
    private Runnable available = () -> {};
    private int hurrying;
    private boolean ended;
    private volatile boolean behind;

    /**
     * An empty one, without a reader.
     *
     * @param caughtUp called when a reader is no longer behind, by the thread that changed that, under no lock
     * @param capacity how many unread chunks make a reader be behind, 1 or more
     */
    ChunkBuffer(Runnable caughtUp, int capacity) {
        this.caughtUp = caughtUp;
        this.capacity = capacity;
    }

    /** Iterators are the reader from now on; says whether they may be. */
    boolean readByIterators() {
        return read(Reader.ITERATORS, available);
    }

    /**
     * A subscriber is the reader from now on; says whether it may be.
     *
     * @param signal called under no lock whenever there is a chunk more, and at the end
     */
    boolean readBySubscriber(Runnable signal) {
        return read(Reader.SUBSCRIBER, signal);
    }

    private boolean read(Reader by, Runnable signal) {
        lock.lock();
        try {
            if (reader == Reader.NONE) {
                reader = by;
                available = signal;
                compare();
                return true;
            }
            return reader == by && by == Reader.ITERATORS;
        } finally {
            lock.unlock();
        }
    }

    /** The subscriber is forgotten, and nobody reads the rest. */
    void unsubscribe() {
        change(() -> {
            available = () -> {};
            unread.clear();
        });
    }

    void add(Chunk chunk) {
        provide(() -> unread.add(chunk));
    }

    /** No more chunks come. */
    void end() {
        provide(() -> ended = true);
    }

    private void provide(Runnable change) {
        Runnable signal;
        lock.lock();
        try {
            change.run();
            compare();
            changed.signalAll();
            signal = available;
        } finally {
            lock.unlock();
        }
        signal.run();
    }

    /** Waits for a chunk, and leaves it; says whether there is one, and not the end. */
    boolean awaitChunk() throws InterruptedException {
        lock.lock();
        try {
            while (unread.isEmpty() && !ended) {
                changed.await();
            }
            return !unread.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Takes a chunk, if there is one. */
    Optional<Chunk> poll() {
        boolean caught;
        Optional<Chunk> chunk;
        lock.lock();
        try {
            chunk = Optional.ofNullable(unread.poll());
            caught = compare();
        } finally {
            lock.unlock();
        }
        resume(caught);
        return chunk;
    }

    /** Whether all chunks were taken, and no more come. */
    boolean isExhausted() {
        lock.lock();
        try {
            return ended && unread.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Somebody wants the end: until {@link #relax}, no reader is behind. */
    void hurry() {
        change(() -> hurrying++);
    }

    /** Undoes a {@link #hurry}. */
    void relax() {
        change(() -> hurrying--);
    }

    /** Whether the reader should get no more for now: it has had too many unread chunks, and not caught up since. */
    boolean isBehind() {
        return behind;
    }

    private void change(Runnable change) {
        boolean caught;
        lock.lock();
        try {
            change.run();
            caught = compare();
        } finally {
            lock.unlock();
        }
        resume(caught);
    }

    /** Finds out whether the reader is behind; says whether it was and is no longer. Needs the lock. */
    private boolean compare() {
        boolean was = behind;
        // Caught up at half of it only, so that the engine does not park and resume for every chunk.
        int most = was ? capacity / 2 : capacity - 1;
        behind = reader != Reader.NONE && hurrying == 0 && !ended && unread.size() > most;
        return was && !behind;
    }

    private void resume(boolean caught) {
        if (!caught) {
            return;
        }
        try {
            caughtUp.run();
        } catch (RuntimeException e) {
            log.warn("The engine could not be told that a reader caught up", e);
        }
    }
}
