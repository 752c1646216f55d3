package dev.qwen4j.engine;

import java.util.Arrays;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * Decides how many threads the next batch is computed on. Threads wait for each other many times in a batch, so that one which has lost its CPU to somebody
 * else stops them all: on a busy host, fewer are faster.
 *
 * <p>It looks at nothing but what batches took, compared with what they take undisturbed, and at how long the calling thread waited for a CPU meanwhile. Time
 * that was lost against fewer threads is added up, and when it is too much, it goes down at once. From there it tries more for a few batches, and keeps them
 * if they are faster; after each try in vain it waits twice as long, up to a second. While the calling thread has to wait for its CPU it tries none: the host
 * is busy then in any case. A pure state machine, without a clock of its own. For one thread.
 */
final class ThreadGovernor {
    /** No more counts than that are tried; there may be more threads. */
    private static final int LEVELS = 8;

    /** How many times longer than undisturbed batches must take at least to be lost time: they vary with what they attend to. */
    private static final double SLACK = 1.5;

    /** So much lost time makes it go down: more than a young collection takes, or the 50 ms a second that Linux keeps from threads of raised priority. */
    private static final double MOST_LOST = 60e6;

    private static final double MOST_LOST_IN_TRIAL = 10e6;

    /** A trial takes so many batches and so long. */
    private static final int TRIAL_BATCHES = 4;

    private static final double TRIAL_NANOS = 25e6;

    /** More threads must be faster than fewer by so much: they take CPUs from others. */
    private static final double GAIN = 0.95;

    private static final long SHORTEST_WAIT = 50_000_000;
    private static final long LONGEST_WAIT = 1_000_000_000;

    /** What stayed right for so long was no mistake. */
    private static final long PROVEN = 1_000_000_000;

    private static final long LONGEST_LOOK = 60_000_000_000L;

    /** A thread that waits for such a share of the time has somebody beside it. */
    private static final double BUSY = 0.15;

    /** More is no busier, and would be remembered for longer. */
    private static final double MOST_SHARE = 0.5;

    private static final double RESTLESS = 0.05;

    /** Longer than the scheduler leaves the threads where they are. */
    private static final double DELAY_MEMORY = 500e6;

    /** Undisturbed is the least that was seen, nearly: disturbances only add. */
    private static final double FASTER = 0.5;

    private static final double SLOWER = 0.02;

    /** A single disturbance may be long. */
    private static final double MOST_SLOWER = 2;

    private static final double PACE_WEIGHT = 0.2;
    private static final int NONE = -1;

    /**
     * So much more may a batch take than usual before it is given up: where two threads share a CPU beside a third one, a batch of some milliseconds can take
     * five seconds.
     */
    private static final double MOST_TIMES = 4;

    private static final double MOST_BESIDE = 50e6;

    /** Numbers of threads, ascending. */
    private final int[] counts;

    /** What batches take undisturbed on all threads. */
    private final BatchCosts undisturbed = new BatchCosts();

    /** How many times as much they take lately with each number of threads; 0 where it was not used. */
    private final double[] pace;

    private final int top;
    private int level;
    private double delayShare;

    // Time lost, and what it was lost in.
    private double lost;
    private double lostWall;
    private double lostUndisturbed;

    private int trial = NONE;

    /** The lowest level that failed since it last waited; above all of them if none did. */
    private int failed;

    private int trialBatches;
    private double trialWall;
    private double trialUndisturbed;

    private long nextTrial;
    private long wait = SHORTEST_WAIT;
    private long raised;
    private long nextLook;
    private long look = LONGEST_WAIT;

    /**
     * For up to so many threads, which it begins with.
     *
     * @param now as {@link System#nanoTime}
     */
    ThreadGovernor(int threads, long now) {
        counts = threads <= LEVELS
                ? IntStream.rangeClosed(1, threads).toArray()
                : IntStream.concat(
                                IntStream.of(1),
                                IntStream.rangeClosed(1, LEVELS)
                                        .map(i -> (int) Math.round((double) i * threads / LEVELS)))
                        .distinct()
                        .toArray();
        pace = new double[counts.length];
        top = counts.length - 1;
        level = top;
        failed = top + 1;
        raised = now;
        nextLook = now + look;
    }

    /** On how many threads the next batch is to be computed. */
    int threads() {
        return counts[trial == NONE ? level : trial];
    }

    /** Whether it has settled on fewer than there are. */
    boolean isBusyHost() {
        return level < top;
    }

    /** How many times longer than undisturbed on all threads batches take with that many, if they scale. */
    private double ideal(int which) {
        return (double) counts[top] / counts[which];
    }

    /** How many nanoseconds the next batch may take before it had better be given up and computed on fewer threads; empty if that is not known. */
    OptionalLong patience(int tokens) {
        double usual = undisturbed.least(tokens) * (trial == NONE ? ideal(level) : pace[level]);
        if (threads() == 1 || usual == 0) {
            return OptionalLong.empty();
        }
        if (trial > level) {
            return OptionalLong.of((long) (usual + (trialBatches == 0 ? 4 : 2) * MOST_LOST_IN_TRIAL));
        }
        return OptionalLong.of((long) (MOST_TIMES * usual + MOST_BESIDE));
    }

    /** In the last so many nanoseconds of computing, the calling thread waited for a CPU for so many. */
    void waited(long delay, long time) {
        double share = Math.min(MOST_SHARE, (double) delay / time);
        delayShare += (1 - Math.exp(-time / DELAY_MEMORY)) * (share - delayShare);
    }

    /**
     * A batch was computed on {@link #threads} threads.
     *
     * @param wall nanoseconds that it took
     * @param computing how many of them the calling thread had a CPU in, at least; all where nothing is known
     * @param now as {@link System#nanoTime}
     * @return whether the next ones are likely to take as long
     */
    boolean took(int tokens, long wall, long computing, long now) {
        int used = trial == NONE ? level : trial;
        learn(tokens, (double) computing, used);
        double reference = undisturbed.least(tokens);
        boolean usual = wall < slack(used) * reference;
        if (trial != NONE) {
            judge(tokens, wall, computing, now);
            return usual;
        }
        pace[level] =
                pace[level] == 0 ? wall / reference : pace[level] + PACE_WEIGHT * (wall / reference - pace[level]);
        count(wall, reference, now);
        if (trial == NONE) {
            beginTrial(now);
        }
        return usual || level < top;
    }

    /** A batch was given up after so long. */
    void gaveUp(int tokens, long wall, long now) {
        double reference = undisturbed.least(tokens);
        if (trial != NONE) {
            fail(now);
        } else {
            lost = Math.max(lost, MOST_LOST);
            count(wall, reference == 0 ? wall / (MOST_TIMES * ideal(level)) : reference, now);
        }
    }

    private void learn(int tokens, double time, int used) {
        double known = undisturbed.least(tokens);
        if (used == top) {
            if (time < known) {
                undisturbed.took(time, tokens, FASTER);
            } else {
                undisturbed.took(known == 0 ? time : Math.min(time, MOST_SLOWER * known), tokens, SLOWER);
            }
        } else if (!undisturbed.knows(tokens) || time < known) {
            // All of them would take less than these, by so much at most.
            undisturbed.took(time / ideal(used), tokens, 1);
        }
    }

    /** How many times the undisturbed time fewer threads would take, or too little to tell. */
    private double slack(int used) {
        return ideal(used) * (used == 0 ? SLACK : Math.max(SLACK, (double) counts[used] / counts[fewer(used)]));
    }

    /** The level with about three quarters of the threads. */
    private int fewer(int from) {
        int to = from - 1;
        while (to > 0 && counts[to - 1] >= 0.75 * counts[from]) {
            to--;
        }
        return to;
    }

    private void count(long wall, double reference, long now) {
        if (level == 0) {
            return;
        }
        lost += wall - slack(level) * reference;
        if (lost <= 0) {
            forgive();
            return;
        }
        lostWall += wall;
        lostUndisturbed += reference;
        if (lost < MOST_LOST) {
            return;
        }
        double slowness = lostWall / lostUndisturbed / ideal(level);
        int to = fewer(level);
        while (to > 0 && counts[to] > counts[level] / slowness) {
            to--;
        }
        wait = now - raised > PROVEN ? SHORTEST_WAIT : Math.min(2 * wait, LONGEST_WAIT);
        settle(to);
        pause(now);
        // Until it has been measured on so many.
        delayShare = Math.max(delayShare, 2 * BUSY);
    }

    private void forgive() {
        lost = 0;
        lostWall = 0;
        lostUndisturbed = 0;
    }

    private void settle(int to) {
        level = to;
        trial = NONE;
        forgive();
        if (pace[to] == 0) {
            pace[to] = ideal(to);
        }
    }

    private void pause(long now) {
        failed = top + 1;
        nextTrial = now + wait;
    }

    private void beginTrial(long now) {
        if (level < top && delayShare < BUSY && now - nextTrial >= 0) {
            begin(failed > top ? top : (level + failed) / 2);
        } else if (level > 0 && level == top && delayShare > RESTLESS && now - nextLook >= 0) {
            // Lost time is not seen where it was lost from the beginning.
            look = Math.min(2 * look, LONGEST_LOOK);
            nextLook = now + look;
            begin(fewer(level));
        }
    }

    private void begin(int which) {
        trial = which;
        trialBatches = 0;
        trialWall = 0;
        trialUndisturbed = 0;
    }

    private void judge(int tokens, long wall, long computing, long now) {
        if (trialBatches++ == 0) {
            // Threads are woken in it, and come to lie on CPUs.
            return;
        }
        trialWall += wall;
        trialUndisturbed += undisturbed.least(tokens);
        boolean up = trial > level;
        double before = pace[level] * trialUndisturbed;
        if (up && trialWall - before > MOST_LOST_IN_TRIAL) {
            fail(now);
        } else if (trialBatches > TRIAL_BATCHES && trialWall >= TRIAL_NANOS) {
            if (trialWall < (up ? GAIN : 1) * before) {
                pass(tokens, computing, now);
            } else {
                fail(now);
            }
        }
    }

    private void pass(int tokens, long computing, long now) {
        int passed = trial;
        boolean up = passed > level;
        pace[passed] = trialWall / trialUndisturbed;
        settle(passed);
        if (!up) {
            pause(now);
        } else if (passed == top) {
            raised = now;
            failed = top + 1;
            // It is the best there is, whether it takes longer than it did or not.
            undisturbed.took((double) computing, tokens, FASTER);
        } else {
            raised = now;
            goOn(now);
        }
    }

    private void fail(long now) {
        boolean up = trial > level;
        int tried = trial;
        trial = NONE;
        if (up) {
            failed = tried;
            goOn(now);
        }
    }

    /** The best number is between one that is good and one that failed. */
    private void goOn(long now) {
        if ((level + failed) / 2 == level) {
            wait = Math.min(2 * wait, LONGEST_WAIT);
            pause(now);
        }
    }

    @Override
    public String toString() {
        return threads() + " of " + Arrays.toString(counts) + ", waiting " + Math.round(100 * delayShare) + " %";
    }
}
