package dev.qwen4j.child;

import java.io.IOException;
import java.io.Reader;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What a child writes, read as it comes, so that no pipe fills. */
final class Output {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final StringBuilder text = new StringBuilder();
    private boolean ended;
    /** How much of it was returned as lines. */
    private int lines;

    private Output() {}

    static Output of(Reader reader) {
        var output = new Output();
        Thread.ofPlatform().daemon().name("child output").start(() -> output.read(reader));
        return output;
    }

    /** Waits until it contains a text; false if it ends, or time runs out, before. */
    boolean await(String wanted, long nanos) {
        long left = nanos;
        lock.lock();
        try {
            while (text.indexOf(wanted) < 0) {
                if (ended || left <= 0) {
                    return false;
                }
                left = more.awaitNanos(left);
            }
            return true;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the line behind the one that was returned last; empty if there is none, or time runs out. */
    Optional<String> nextLine(long nanos) {
        long left = nanos;
        lock.lock();
        try {
            int end = text.indexOf("\n", lines);
            while (end < 0) {
                if (ended || left <= 0) {
                    return Optional.empty();
                }
                left = more.awaitNanos(left);
                end = text.indexOf("\n", lines);
            }
            var line = text.substring(lines, end);
            lines = end + 1;
            return Optional.of(line);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            lock.unlock();
        }
    }

    /** All of it, when the child has ended. A grandchild may hold the pipe open: it is not waited for long. */
    String all() {
        lock.lock();
        try {
            long left = TimeUnit.SECONDS.toNanos(5);
            while (!ended && left > 0) {
                left = more.awaitNanos(left);
            }
            return text.toString();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            lock.unlock();
        }
    }

    private void read(Reader reader) {
        var chars = new char[4096];
        try (reader) {
            for (int n = reader.read(chars); n >= 0; n = reader.read(chars)) {
                add(chars, n, false);
            }
        } catch (IOException e) {
            // Killed.
        }
        add(chars, 0, true);
    }

    private void add(char[] chars, int n, boolean last) {
        lock.lock();
        try {
            text.append(chars, 0, n);
            ended |= last;
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
