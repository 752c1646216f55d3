package dev.qwen4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;

/** Keeps what it is given, and the threads that gave it; requests so many at its beginning, and no more by itself. */
class RecordingSubscriber implements Flow.Subscriber<Chunk> {
    private final long first;
    private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
    private final CompletableFuture<Boolean> end = new CompletableFuture<>();
    private final List<String> texts = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();

    RecordingSubscriber(long first) {
        this.first = first;
    }

    @Override
    public void onSubscribe(Flow.Subscription made) {
        threads.add(Thread.currentThread());
        subscription.complete(made);
        if (first != 0) {
            made.request(first);
        }
    }

    @Override
    public void onNext(Chunk chunk) {
        threads.add(Thread.currentThread());
        texts.add(chunk.text());
    }

    @Override
    public void onError(Throwable e) {
        threads.add(Thread.currentThread());
        end.completeExceptionally(e);
    }

    @Override
    public void onComplete() {
        threads.add(Thread.currentThread());
        end.complete(true);
    }

    Flow.Subscription subscription() throws Exception {
        return subscription.get(30, TimeUnit.SECONDS);
    }

    List<String> texts() {
        return texts;
    }

    /** Those that called it. */
    List<Thread> threads() {
        return threads;
    }

    boolean hasEnded() {
        return end.isDone();
    }

    /** Waits until it is complete. */
    void awaitCompletion() throws Exception {
        assertThat(end.get(30, TimeUnit.SECONDS)).isTrue();
    }

    /** Waits for its error. */
    Throwable awaitError() {
        assertThat(end).failsWithin(30, TimeUnit.SECONDS);
        return end.exceptionNow();
    }
}
