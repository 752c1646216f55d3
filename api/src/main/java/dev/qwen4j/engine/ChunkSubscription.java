package dev.qwen4j.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers the chunks of a reply to a subscriber as it asks for them, by tasks of which one runs at a time. Safe for use by any thread; never calls the
 * subscriber on a thread that signals.
 */
final class ChunkSubscription implements Flow.Subscription {
    private static final Logger log = LoggerFactory.getLogger(ChunkSubscription.class);

    private final ChunkBuffer chunks;
    private final CompletableFuture<Reply> reply;
    private final Runnable cancel;
    private final Flow.Subscriber<? super Chunk> subscriber;
    private final Executor executor;
    private final AtomicLong demand = new AtomicLong();
    private final AtomicInteger signals = new AtomicInteger();
    /** A request that was less than 1, or 1. */
    private volatile long illegal = 1;

    private volatile boolean over;
    /** The delivering task's own. */
    private boolean begun;

    /**
     * One that delivers nothing before {@link #signal}.
     *
     * @param reply complete when the chunks end
     * @param cancel asks for the end of the generation
     */
    ChunkSubscription(
            ChunkBuffer chunks,
            CompletableFuture<Reply> reply,
            Runnable cancel,
            Flow.Subscriber<? super Chunk> subscriber,
            Executor executor) {
        this.chunks = chunks;
        this.reply = reply;
        this.cancel = cancel;
        this.subscriber = subscriber;
        this.executor = executor;
    }

    @Override
    public void request(long count) {
        if (count < 1) {
            illegal = count;
        } else {
            demand.accumulateAndGet(count, (had, more) -> had + more < 0 ? Long.MAX_VALUE : had + more);
        }
        signal();
    }

    @Override
    public void cancel() {
        if (!over) {
            abandon();
        }
    }

    /** There may be something to deliver. */
    void signal() {
        if (signals.getAndIncrement() == 0) {
            executor.execute(this::deliver);
        }
    }

    private void deliver() {
        int handled = 1;
        do {
            try {
                deliverWhatIsWanted();
            } catch (Throwable e) {
                abandon();
                log.warn("A subscriber threw, which cancels its generation", e);
            }
            handled = signals.addAndGet(-handled);
        } while (handled != 0);
    }

    private void deliverWhatIsWanted() {
        if (!begun) {
            begun = true;
            subscriber.onSubscribe(this);
        }
        while (!over) {
            if (illegal < 1) {
                abandon();
                subscriber.onError(new IllegalArgumentException("A subscriber requested " + illegal
                        + " chunks; request 1 or more (Reactive Streams, rule 3.9)."));
            } else if (chunks.isExhausted()) {
                end();
            } else if (!deliverOne()) {
                return;
            }
        }
    }

    private boolean deliverOne() {
        if (demand.get() == 0) {
            return false;
        }
        var chunk = chunks.poll();
        if (chunk.isEmpty()) {
            return false;
        }
        // The greatest demand stands for all there will ever be.
        demand.updateAndGet(wanted -> wanted == Long.MAX_VALUE ? wanted : wanted - 1);
        subscriber.onNext(chunk.get());
        return true;
    }

    private void end() {
        over = true;
        chunks.unsubscribe();
        if (reply.isCompletedExceptionally()) {
            subscriber.onError(reply.exceptionNow());
        } else {
            subscriber.onComplete();
        }
    }

    private void abandon() {
        over = true;
        // In this order: what is cancelled need not go on, though nobody is behind any more.
        cancel.run();
        chunks.unsubscribe();
    }
}
