package dev.qwen4j.engine;

import dev.qwen4j.CancelledException;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

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
 * <p>Its text has one reader: iterators, a {@link #stream}, which is one, or a subscriber to the {@link #publisher}. The first gets all chunks from the beginning;
 * until then they are kept. A reader that is too far behind is waited for: nothing is lost, and what the engine computes meanwhile is other generations.
 * So a reader reads to the end, closes, or lets somebody {@link #await} the end, which waits for no reader.
 *
 * <p>Made by {@link Session#generate}, and owned by who asked for it: {@link #close} before the end cancels. Safe for use by any thread; what blocks does not
 * pin virtual threads. Callbacks run on virtual threads, never on the engine's, and under no lock.
 */
public final class Generation implements Iterable<Chunk>, AutoCloseable {
    /** Whoever blocks one of these hurts nobody else. */
    private static final Executor CALLBACKS = task -> Thread.ofVirtual()
            .name("qwen4j-generation")
            .inheritInheritableThreadLocals(false)
            .start(task);

    private final Runnable cancel;
    private final ChunkBuffer chunks;
    private final CompletableFuture<Reply> reply = new CompletableFuture<>();
    private final AtomicBoolean cancelled = new AtomicBoolean();

    /**
     * One of which nothing is generated yet.
     *
     * @param cancel asks for its end; any thread
     * @param caughtUp called when a reader that was behind is no longer; any thread, under no lock
     * @param bufferCapacity how many unread chunks make a reader be behind, 1 or more
     */
    Generation(Runnable cancel, Runnable caughtUp, int bufferCapacity) {
        this.cancel = cancel;
        this.chunks = new ChunkBuffer(caughtUp, bufferCapacity);
    }

    /**
     * Waits for the end, and for no reader of its text: while somebody does, all that is not read is kept.
     *
     * @throws CancelledException if the calling thread is interrupted, which cancels it
     * @throws dev.qwen4j.Qwen4jException if it failed
     * @throws IllegalArgumentException if its sampling cannot be done with the model
     */
    public Reply await() {
        chunks.hurry();
        try {
            return reply.get();
        } catch (InterruptedException e) {
            throw interrupted();
        } catch (ExecutionException e) {
            throw failure();
        } finally {
            chunks.relax();
        }
    }

    /**
     * Waits for the end as {@link #await()} does, but not for ever.
     *
     * @return the reply, or empty if the timeout came first, which does not cancel it
     * @throws CancelledException if the calling thread is interrupted, which cancels it
     * @throws dev.qwen4j.Qwen4jException if it failed
     * @throws IllegalArgumentException if its sampling cannot be done with the model
     */
    public Optional<Reply> await(Duration timeout) {
        long nanos = TimeUnit.NANOSECONDS.convert(timeout);
        chunks.hurry();
        try {
            return Optional.of(reply.get(nanos, TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            throw interrupted();
        } catch (ExecutionException e) {
            throw failure();
        } finally {
            chunks.relax();
        }
    }

    /**
     * Completed at its end, each time on a virtual thread of its own; cancelling the future does nothing. It waits for a reader that is behind, as {@link #await}
     * does not.
     */
    public CompletionStage<Reply> completion() {
        // thenApplyAsync would hand failures on synchronously, on the engine's thread.
        return reply.minimalCompletionStage().whenCompleteAsync((_, _) -> {}, CALLBACKS);
    }

    /**
     * Its text as it comes; each piece is given once, whoever asks. {@code hasNext} blocks, and throws what {@link #await} does.
     *
     * @throws CancelledException from {@code hasNext}, if the calling thread is interrupted, which cancels it
     * @throws IllegalStateException if a subscriber reads it
     */
    @Override
    public Iterator<Chunk> iterator() {
        if (!chunks.readByIterators()) {
            throw new IllegalStateException(
                    "A subscriber reads this generation, and each chunk is given once; await() gives the whole reply.");
        }
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return hasChunk();
            }

            @Override
            public Chunk next() {
                return nextChunk();
            }
        };
    }

    /** As {@link #iterator}, which it asks for when it begins to be read; closing it closes the generation. */
    public Stream<Chunk> stream() {
        int traits = Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE;
        return StreamSupport.stream(() -> Spliterators.spliteratorUnknownSize(iterator(), traits), traits, false)
                .onClose(this::close);
    }

    /**
     * Its text as it comes, for one subscriber: as many chunks as it requests, and after the last one the end, which a cancelled generation has too.
     *
     * <p>It is called by one virtual thread at a time; one that blocks hurts nobody else. A subscription that is cancelled, and a subscriber that throws, cancel
     * the generation. A subscriber beside another, or beside an iterator, gets an {@link IllegalStateException}.
     */
    public Flow.Publisher<Chunk> publisher() {
        return this::subscribe;
    }

    private void subscribe(Flow.Subscriber<? super Chunk> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        var subscription = new ChunkSubscription(chunks, reply, this::cancel, subscriber, CALLBACKS);
        if (chunks.readBySubscriber(subscription::signal)) {
            subscription.signal();
        } else {
            CALLBACKS.execute(
                    new RefusedSubscription(
                            subscriber,
                            new IllegalStateException(
                                    "The generation is read by another subscriber or an iterator already, and each chunk is given once.")));
        }
    }

    /** Asks for its end, soon; it then ends with {@link FinishReason#CANCELLED} and what there is, unless it has ended. Idempotent; does not wait. */
    public void cancel() {
        if (!reply.isDone() && cancelled.compareAndSet(false, true)) {
            cancel.run();
            // For good: the end of it needs no reader.
            chunks.hurry();
        }
    }

    /** As {@link #cancel}; idempotent, and does not wait. */
    @Override
    public void close() {
        cancel();
    }

    private boolean hasChunk() {
        try {
            if (chunks.awaitChunk()) {
                return true;
            }
        } catch (InterruptedException e) {
            throw interrupted();
        }
        if (reply.isCompletedExceptionally()) {
            throw failure();
        }
        return false;
    }

    private Chunk nextChunk() {
        // Another thread may take what hasChunk saw.
        while (hasChunk()) {
            var chunk = chunks.poll();
            if (chunk.isPresent()) {
                return chunk.get();
            }
        }
        throw new NoSuchElementException("The reply has ended.");
    }

    private CancelledException interrupted() {
        cancel();
        Thread.currentThread().interrupt();
        return new CancelledException("The thread that waited for the generation was interrupted, which cancels it.");
    }

    private RuntimeException failure() {
        return reply.exceptionNow() instanceof RuntimeException e ? e : new IllegalStateException(reply.exceptionNow());
    }

    /** Takes a chunk, which is kept until it is read, also while the reader is behind. For the engine's thread. */
    void add(Chunk chunk) {
        chunks.add(chunk);
    }

    /**
     * Whether a reader has had as many unread chunks as the buffer's capacity, and not yet come down to half of it, while nobody {@linkplain #await awaits} or
     * cancels. Nothing should be added then, until {@code caughtUp} is called.
     */
    boolean isBehind() {
        return chunks.isBehind();
    }

    /** It has ended; to be called once, this or {@link #fail}. */
    void finish(Reply done) {
        reply.complete(done);
        chunks.end();
    }

    /** It has failed; to be called once, this or {@link #finish}. */
    void fail(RuntimeException e) {
        reply.completeExceptionally(e);
        chunks.end();
    }
}
