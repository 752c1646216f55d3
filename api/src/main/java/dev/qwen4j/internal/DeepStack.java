package dev.qwen4j.internal;

import dev.qwen4j.Qwen4jException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;

/**
 * Runs native code that recurses as deep as its input is long, on a thread whose stack is large enough: an overflow in native code ends the JVM, and
 * the stacks of carriers of virtual threads are small.
 *
 * <p>Memory is taken as far as the recursion really goes. Stateless, so for any number of threads.
 */
public final class DeepStack {
    /** Small enough to leave most of a default stack, which has a megabyte, to the caller. */
    private static final long SMALL = 256 << 10;

    private static final long RESERVE = 1 << 20;

    private DeepStack() {}

    /**
     * Runs a call to its end.
     *
     * @param bytes the most stack that it may need; up to a quarter of a megabyte it runs on the calling thread
     * @throws Qwen4jException if there can be no such stack
     */
    public static <T> T call(long bytes, Callable<T> body) {
        var task = new FutureTask<>(body);
        if (bytes <= SMALL) {
            task.run();
        } else {
            start(task, bytes + RESERVE);
        }
        return result(task);
    }

    /** The same for a call without a result. */
    public static void run(long bytes, Runnable body) {
        call(bytes, Executors.callable(body, true));
    }

    private static void start(FutureTask<?> task, long bytes) {
        try {
            new Thread(null, task, "qwen4j-deep-stack", bytes, false).start();
        } catch (OutOfMemoryError e) {
            throw new Qwen4jException(
                    "No thread with a stack of %,d MiB can be made, which so long an input may need. Cut the input, or raise the process's limits."
                            .formatted(bytes >> 20),
                    e);
        }
    }

    private static <T> T result(FutureTask<T> task) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw new Qwen4jException("Native code could not be run.", e);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
