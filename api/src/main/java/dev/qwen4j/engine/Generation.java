package dev.qwen4j.engine;

import dev.qwen4j.CancelledException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A reply that is being generated: wait for it, or take its text as it comes.
 *
 * {@snippet :
 * try (var generation = session.generate()) {
 *     for (var chunk : generation) {
 *         System.out.print(chunk.text());
 *     }
 * }
 * }
 *
 * <p>Made by {@link Session#generate}. Safe for use by any thread; waiting does not pin virtual ones. {@link #close} before the end cancels.
 */
public final class Generation implements Iterable<Chunk>, AutoCloseable {
    private final Runnable cancel;
    private final CompletableFuture<Reply> reply = new CompletableFuture<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Chunk> chunks = new ArrayDeque<>();
    private boolean complete;

    /**
     * One of which nothing is generated yet.
     *
     * @param cancel asks for its end; any thread
     */
    Generation(Runnable cancel) {
        this.cancel = cancel;
    }

    /**
     * Waits for the end.
     *
     * @throws CancelledException if the calling thread is interrupted, which cancels it
     * @throws dev.qwen4j.Qwen4jException if it failed
     * @throws IllegalArgumentException if its sampling cannot be done with the model
     */
    public Reply await() {
        try {
            return reply.get();
        } catch (InterruptedException e) {
            throw interrupted();
        } catch (ExecutionException e) {
            throw rethrown(e);
        }
    }

    /** Completed at its end, on a thread of the common pool; cancelling the future does nothing. */
    public CompletionStage<Reply> completion() {
        return reply.minimalCompletionStage().thenApplyAsync(done -> done);
    }

    /**
     * Its text as it comes; each piece is given once, whoever asks. {@code hasNext} blocks, and throws what {@link #await} does.
     *
     * @throws CancelledException from {@code hasNext}, if the calling thread is interrupted, which cancels it
     */
    @Override
    public Iterator<Chunk> iterator() {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return awaitChunk();
            }

            @Override
            public Chunk next() {
                lock.lock();
                try {
                    if (!awaitChunk()) {
                        throw new NoSuchElementException("The reply has ended.");
                    }
                    return chunks.remove();
                } finally {
                    lock.unlock();
                }
            }
        };
    }

    /** Asks for its end, soon; it then ends with {@link FinishReason#CANCELLED} and what there is, unless it has ended. */
    public void cancel() {
        cancel.run();
    }

    /** As {@link #cancel}; idempotent, and does not wait. */
    @Override
    public void close() {
        cancel();
    }

    private boolean awaitChunk() {
        lock.lock();
        try {
            while (chunks.isEmpty() && !complete) {
                changed.await();
            }
            if (chunks.isEmpty() && reply.isCompletedExceptionally()) {
                reply.join();
            }
            return !chunks.isEmpty();
        } catch (InterruptedException e) {
            throw interrupted();
        } catch (CompletionException e) {
            throw rethrown(e);
        } finally {
            lock.unlock();
        }
    }

    private CancelledException interrupted() {
        cancel();
        Thread.currentThread().interrupt();
        return new CancelledException("The thread that waited for the generation was interrupted, which cancels it.");
    }

    private static RuntimeException rethrown(Exception e) {
        return e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    }

    void add(String text) {
        if (text.isEmpty()) {
            return;
        }
        lock.lock();
        try {
            chunks.add(new Chunk(text));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void finish(Reply done) {
        reply.complete(done);
        end();
    }

    void fail(RuntimeException e) {
        reply.completeExceptionally(e);
        end();
    }

    private void end() {
        lock.lock();
        try {
            complete = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
