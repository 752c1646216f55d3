package dev.qwen4j.benchmarks;

import java.util.stream.Stream;

/** Threads of this JVM that compute all the time, as an application's do, until they are stopped. */
final class Spinners implements AutoCloseable {
    private volatile boolean running = true;
    private volatile long turns;

    /** Starts as many. */
    Spinners(int count) {
        Stream.generate(() -> Thread.ofPlatform().daemon().name("spinner").unstarted(this::spin))
                .limit(count)
                .forEach(Thread::start);
    }

    private void spin() {
        long mine = 1;
        while (running) {
            mine = mine * 6364136223846793005L + 1442695040888963407L;
        }
        turns = mine;
    }

    @Override
    public void close() {
        running = false;
    }

    /** What came of it, so that it is computed. */
    long turns() {
        return turns;
    }
}
