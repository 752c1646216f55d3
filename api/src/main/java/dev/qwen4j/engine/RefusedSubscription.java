package dev.qwen4j.engine;

import java.util.concurrent.Flow;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Refuses a subscriber as Reactive Streams wants it: with a subscription first, and an error then, unless it has cancelled by then. */
final class RefusedSubscription implements Flow.Subscription, Runnable {
    private static final Logger log = LoggerFactory.getLogger(RefusedSubscription.class);

    private final Flow.Subscriber<? super Chunk> subscriber;
    private final Throwable reason;
    private volatile boolean cancelled;

    RefusedSubscription(Flow.Subscriber<? super Chunk> subscriber, Throwable reason) {
        this.subscriber = subscriber;
        this.reason = reason;
    }

    @Override
    public void run() {
        try {
            subscriber.onSubscribe(this);
            if (!cancelled) {
                subscriber.onError(reason);
            }
        } catch (Throwable e) {
            log.warn("A subscriber that was refused threw", e);
        }
    }

    @Override
    public void request(long count) {
        // There is nothing to give.
    }

    @Override
    public void cancel() {
        cancelled = true;
    }
}
