package dev.qwen4j.engine;

import dev.qwen4j.Context;
import dev.qwen4j.ThreadPool;
import dev.qwen4j.ThreadPoolOptions;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that a context computes on: as many as the host has room for.
 *
 * <p>There is a pool for each number of threads that was needed; those that are not used sleep, which a pool's own idle threads do not. Changing costs some
 * microseconds. For the engine's thread, but for {@link #count} and {@link #isBusyHost}.
 */
final class AdaptiveThreads implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AdaptiveThreads.class);

    private static final ThreadPoolOptions.Priority RAISED = ThreadPoolOptions.Priority.MEDIUM;

    /** Reading it takes some microseconds, and nothing happens to a thread in less. */
    private static final long DELAY_READ_EVERY = 4_000_000;

    /** So long a batch may take that nothing is known of, if the thread waits for a CPU for such a share of it. */
    private static final long UNKNOWN = 200_000_000;

    private static final double STARVED = 0.3;

    /** Of a batch's time: waiting is counted when it has ended, some of it with the next batch. */
    private static final int LEAST_COMPUTING = 10;

    private final Context context;
    private final boolean yielding;
    private final boolean own;
    private final int threads;
    private final int batchThreads;
    private final int most;
    private final ThreadGovernor governor;
    private final BatchLimit limit;
    private final Map<Integer, ThreadPool> pools = new HashMap<>();
    private final Map<Integer, StepCosts> costs = new HashMap<>();
    private boolean raised;
    private @Nullable RunDelay runDelay;
    private volatile @Nullable RunDelay watchedDelay;
    private volatile long delayAtStart;
    private long read;
    private long delay;
    private int attached;
    private volatile long started;
    private int batch;
    private boolean limited;
    private volatile int count;
    private volatile boolean busyHost;

    /** For a context; starts none yet. */
    AdaptiveThreads(Context context, EngineOptions options) {
        this(
                context,
                options,
                new ThreadGovernor(Math.max(context.threads(), context.batchThreads()), System.nanoTime()));
    }

    /** With what decides on their number. */
    AdaptiveThreads(Context context, EngineOptions options, ThreadGovernor governor) {
        this.context = context;
        this.yielding = options.yielding();
        this.raised = options.raisedPriority();
        this.own = !yielding && !options.raisedPriority();
        this.threads = context.threads();
        this.batchThreads = context.batchThreads();
        this.most = Math.max(threads, batchThreads);
        this.governor = governor;
        this.limit = new BatchLimit(context::cancel, this::isStarved);
        this.count = yielding ? governor.threads() : most;
        this.busyHost = yielding && governor.isBusyHost();
        var traits = context.model().traits();
        costs.put(most, new StepCosts(options.stepBudget(), !traits.recurrent() && !traits.hybrid()));
    }

    /** How many threads compute. Any thread. */
    int count() {
        return count;
    }

    /** Whether there are fewer than there could be, because the host is busy. Any thread. */
    boolean isBusyHost() {
        return busyHost;
    }

    /** What batches cost on as many threads as there are now. */
    StepCosts costs() {
        return costs.computeIfAbsent(count, fewer -> costsOfAll().times((double) most / fewer));
    }

    private StepCosts costsOfAll() {
        return Objects.requireNonNull(costs.get(most));
    }

    /**
     * Before a batch is computed.
     *
     * @param mayBeGivenUp whether it may be cancelled where it takes so much longer than it would with fewer threads that it had better begin again
     */
    void begin(int tokens, boolean mayBeGivenUp) {
        if (!own) {
            attach(count);
        }
        long now = System.nanoTime();
        started = now;
        batch = tokens;
        if (!yielding) {
            return;
        }
        if (runDelay == null || now - read >= DELAY_READ_EVERY) {
            readDelay(now);
        }
        delayAtStart = delay;
        limited = mayBeGivenUp && count > 1;
        if (limited) {
            var patience = governor.patience(tokens);
            if (patience.isPresent()) {
                limit.set(patience.getAsLong());
            } else {
                limit.setConditional(UNKNOWN);
            }
        }
    }

    /** Whether the batch that is being computed waits for a CPU much of the time; for the thread that limits it. */
    private boolean isStarved() {
        var delay = watchedDelay;
        return delay != null && delay.nanos() - delayAtStart > STARVED * (System.nanoTime() - started);
    }

    /** Before a batch is computed whose logits must not depend on how busy the host is. */
    void beginWithAll() {
        if (!own) {
            attach(most);
        }
    }

    private void attach(int some) {
        if (attached != some) {
            context.attach(pool(Math.min(some, threads)), pool(Math.min(some, batchThreads)));
            attached = some;
        }
    }

    /** Started here, on the engine's thread: it gets the pool's priority. */
    private ThreadPool pool(int size) {
        if (raised && pools.isEmpty()) {
            raised = raise();
        }
        var priority = raised ? RAISED : ThreadPoolOptions.Priority.NORMAL;
        return pools.computeIfAbsent(
                size, some -> ThreadPool.start(ThreadPoolOptions.of(some).priority(priority)));
    }

    /** Tried once: ggml prints a line for each thread each time that it may not. */
    private static boolean raise() {
        try (var _ = ThreadPool.start(ThreadPoolOptions.of(1).priority(RAISED))) {
            if (SchedulingPolicy.ofThisThread().isOrdinary()) {
                log.warn(
                        "The engine's threads may not have a higher priority; they have the usual one. On Linux that needs root, CAP_SYS_NICE or ulimit -r 40.");
                return false;
            }
            return true;
        }
    }

    /** The batch that {@link #begin} was called for was computed. */
    void end() {
        long now = System.nanoTime();
        if (!yielding) {
            costs().took(now - started, batch);
            return;
        }
        if (limited) {
            limit.clear();
        }
        long wall = now - started;
        long computing = wall - waited(wall, now);
        if (governor.took(batch, wall, Math.max(computing, wall / LEAST_COMPUTING), now)) {
            costs().took(wall, batch);
        }
        publish();
    }

    /** It was cancelled. */
    void cancelled() {
        if (limited && limit.clear()) {
            long now = System.nanoTime();
            waited(now - started, now);
            governor.gaveUp(batch, now - started, now);
            publish();
        }
    }

    private void publish() {
        count = governor.threads();
        busyHost = governor.isBusyHost();
    }

    /** How much of a batch's time the thread has waited; 0 if that is not known. */
    private long waited(long wall, long now) {
        long time = now - read;
        if (time < DELAY_READ_EVERY) {
            return 0;
        }
        long waited = readDelay(now);
        governor.waited(waited, time);
        // Of all that time it is the batch's, nearly.
        return time - wall < wall / 4 ? Math.min(waited, wall) : 0;
    }

    private long readDelay(long now) {
        if (runDelay == null) {
            runDelay = RunDelay.ofThisThread();
            watchedDelay = RunDelay.ofThisThread();
        }
        long before = delay;
        delay = runDelay.nanos();
        read = now;
        return Math.max(0, delay - before);
    }

    /** Ends them; the context must be closed. */
    @Override
    public void close() {
        pools.values().forEach(ThreadPool::close);
        limit.close();
        for (var delays : new RunDelay[] {runDelay, watchedDelay}) {
            if (delays != null) {
                delays.close();
            }
        }
    }
}
