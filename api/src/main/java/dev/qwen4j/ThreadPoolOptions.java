package dev.qwen4j;

import java.util.Collections;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The threads of a {@link ThreadPool}; immutable.
 *
 * @param threads how many, the one that calls a decode among them, 1 to 512
 * @param priority their priority in the operating system; above {@link Priority#NORMAL} it needs rights, and without them it is not raised
 * @param poll how hard an idle thread waits for work, from 0, asleep, to 100, spinning all the time
 * @param cpus the numbers of the CPUs that they may run on, 0 to 511; empty for any
 * @param strict whether each thread stays on one of them
 */
public record ThreadPoolOptions(int threads, Priority priority, int poll, SortedSet<Integer> cpus, boolean strict) {
    /** Priorities of threads, as {@code ggml_sched_priority} has them. */
    public enum Priority {
        LOW,
        NORMAL,
        MEDIUM,
        HIGH,
        REALTIME
    }

    private static final int MOST = 512;
    private static final int DEFAULT_POLL = 50;

    /** Checks the numbers and copies the CPUs. */
    public ThreadPoolOptions {
        require(threads >= 1 && threads <= MOST, "threads is " + threads + "; it must be 1 to 512");
        Objects.requireNonNull(priority, "priority");
        require(poll >= 0 && poll <= 100, "poll is " + poll + "; it must be 0 to 100");
        cpus = Collections.unmodifiableSortedSet(new TreeSet<>(cpus));
        for (int cpu : cpus) {
            require(cpu >= 0 && cpu < MOST, "cpus has " + cpu + "; a CPU's number must be 0 to 511");
        }
    }

    /** So many threads of normal priority on any CPU, polling as llama.cpp's do. */
    public static ThreadPoolOptions of(int threads) {
        return new ThreadPoolOptions(threads, Priority.NORMAL, DEFAULT_POLL, new TreeSet<>(), false);
    }

    /** The same with another priority. */
    public ThreadPoolOptions priority(Priority level) {
        return new ThreadPoolOptions(threads, level, poll, cpus, strict);
    }

    /** The same with another way to wait. */
    public ThreadPoolOptions poll(int level) {
        return new ThreadPoolOptions(threads, priority, level, cpus, strict);
    }

    /** The same on certain CPUs. */
    public ThreadPoolOptions cpus(SortedSet<Integer> numbers) {
        return new ThreadPoolOptions(threads, priority, poll, numbers, strict);
    }

    /** The same with each thread on a CPU of its own, or not. */
    public ThreadPoolOptions strict(boolean one) {
        return new ThreadPoolOptions(threads, priority, poll, cpus, one);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message + ".");
        }
    }
}
