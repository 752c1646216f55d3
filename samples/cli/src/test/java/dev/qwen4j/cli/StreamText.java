package dev.qwen4j.cli;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** What a process has written to one of its streams so far. */
final class StreamText {
    private final String name;
    private final StringBuilder text = new StringBuilder();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread thread;
    private int waitedFor;
    private boolean ended;

    StreamText(String name, InputStream stream) {
        this.name = name;
        this.thread = Thread.ofPlatform().name(name).daemon().start(() -> read(stream));
    }

    String text() {
        lock.lock();
        try {
            return text.toString();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until all is read. */
    void awaitEnd() throws InterruptedException {
        thread.join();
    }

    /** Waits for a text behind what was waited for before. */
    void await(String expected, long seconds, Supplier<String> dump) {
        long remaining = TimeUnit.SECONDS.toNanos(seconds);
        lock.lock();
        try {
            while (text.indexOf(expected, waitedFor) < 0) {
                if (ended || remaining <= 0) {
                    fail("No \"%s\" on %s. %s", expected, name, dump.get());
                }
                remaining = changed.awaitNanos(remaining);
            }
            waitedFor = text.indexOf(expected, waitedFor) + expected.length();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            lock.unlock();
        }
    }

    private void read(InputStream stream) {
        var buffer = new char[4096];
        try (var reader = new InputStreamReader(stream, StandardCharsets.UTF_8)) {
            for (int count = reader.read(buffer); count >= 0; count = reader.read(buffer)) {
                append(buffer, count);
            }
        } catch (IOException e) {
            // A test closed it.
        } finally {
            append(buffer, 0);
        }
    }

    /** Nothing more comes after nothing. */
    private void append(char[] buffer, int count) {
        lock.lock();
        try {
            text.append(buffer, 0, count);
            ended = count == 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
