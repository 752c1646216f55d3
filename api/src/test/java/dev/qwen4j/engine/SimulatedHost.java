package dev.qwen4j.engine;

import java.util.BitSet;
import java.util.Random;
import java.util.function.LongToIntFunction;

/**
 * A host in simulated time, whose CPUs are given to threads at random for a few milliseconds each, where there are more threads than CPUs. Those of a batch
 * wait for each other after each bit of it.
 */
final class SimulatedHost {
    private static final long QUANTUM = 250_000;
    private static final int SLICE = 12;
    private static final long MILLI = 1_000_000;

    private final Random random;
    private final int cpus;
    /** How many other threads want to run, at each millisecond. */
    private final LongToIntFunction others;

    private long now;
    private int turn;
    private final BitSet waiting = new BitSet();

    /** Threads that have their part of the present bit still to compute. */
    private final BitSet behind = new BitSet();

    /** What the calling thread waited in the last batch. */
    private long delay;

    private long longest;

    SimulatedHost(long seed, int cpus, LongToIntFunction others) {
        this.random = new Random(seed);
        this.cpus = cpus;
        this.others = others;
    }

    long now() {
        return now;
    }

    long millis() {
        return now / MILLI;
    }

    long delay() {
        return delay;
    }

    /** The longest batch, in milliseconds. */
    long longest() {
        return longest / MILLI;
    }

    /** Computes what one thread would in so long; gives what it took. */
    long compute(double work, int threads) {
        long start = now;
        delay = 0;
        double left = work * (1 + 0.05 * random.nextGaussian());
        // A tenth is not shared between them.
        double speed = threads / (1 + 0.1 * (threads - 1));
        behind.set(0, threads);
        while (left > 0) {
            if (turn-- <= 0) {
                give(threads, others.applyAsInt(millis()));
            }
            if (waiting.get(0)) {
                delay += QUANTUM;
            }
            behind.and(waiting);
            if (behind.isEmpty()) {
                left -= QUANTUM * speed;
                behind.set(0, threads);
            }
            now += QUANTUM;
        }
        longest = Math.max(longest, now - start);
        return now - start;
    }

    private void give(int threads, int beside) {
        waiting.clear();
        int all = threads + beside;
        int without = Math.max(0, all - cpus);
        // Who of all goes without one; thread 0 makes the batches.
        for (int i = 0; i < threads; i++) {
            if (random.nextInt(all - i) < without) {
                without--;
                waiting.set(i);
            }
        }
        turn = SLICE / 2 + random.nextInt(SLICE);
    }
}
