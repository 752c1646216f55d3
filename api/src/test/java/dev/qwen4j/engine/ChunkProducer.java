package dev.qwen4j.engine;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** Drives a generation as the engine's thread does: adds numbered chunks, parks while the reader is behind, and ends when it is cancelled. */
final class ChunkProducer implements Runnable {
    private final Generation generation;
    private final long count;
    private final Semaphore wake = new Semaphore(0);
    private final AtomicInteger caughtUp = new AtomicInteger();
    private volatile boolean cancelled;
    private final AtomicInteger parked = new AtomicInteger();

    ChunkProducer(long count, int bufferCapacity) {
        this.count = count;
        this.generation = new Generation(
                () -> {
                    cancelled = true;
                    wake.release();
                },
                () -> {
                    caughtUp.incrementAndGet();
                    wake.release();
                },
                bufferCapacity);
    }

    /** One that runs. */
    static ChunkProducer start(long count, int bufferCapacity) {
        var producer = new ChunkProducer(count, bufferCapacity);
        producer.start();
        return producer;
    }

    void start() {
        Thread.ofPlatform().daemon().name("producer").start(this);
    }

    Generation generation() {
        return generation;
    }

    int caughtUp() {
        return caughtUp.get();
    }

    /** How often it waited for its reader. */
    int parked() {
        return parked.get();
    }

    static Reply reply(FinishReason reason) {
        var usage = new Usage(1, 0, Reuse.NOTHING_CACHED, 0, 0, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO);
        return new Reply("", List.of(), reason, usage, List.of());
    }

    @Override
    public void run() {
        for (long i = 0; i < count && !cancelled; i++) {
            generation.add(new Chunk(Long.toString(i)));
            if (generation.isBehind()) {
                parked.incrementAndGet();
            }
            while (generation.isBehind() && !cancelled) {
                wake.acquireUninterruptibly();
            }
        }
        generation.finish(reply(cancelled ? FinishReason.CANCELLED : FinishReason.STOP));
    }
}
