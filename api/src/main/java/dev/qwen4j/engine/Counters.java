package dev.qwen4j.engine;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/** What an engine has done so far. For the engine's thread. */
final class Counters {
    private final Map<FinishReason, Long> finished = new EnumMap<>(FinishReason.class);
    private final long[] firstTokens = new long[Histogram.SIZE];
    private final long[] gaps = new long[Histogram.SIZE];
    private long reused;
    private long prefilled;
    private long generated;
    private long drafted;
    private long accepted;
    private long steps;
    private long prefillNanos;
    private long decodeNanos;
    private long preemptions;
    private long parkings;
    private long restarts;

    void began(Request request) {
        reused += request.slot().length();
    }

    void step() {
        steps++;
    }

    void prefilled(long nanos, int tokens) {
        prefillNanos += nanos;
        prefilled += tokens;
    }

    void decoded(long nanos) {
        decodeNanos += nanos;
    }

    void generated(int tokens) {
        generated += tokens;
    }

    void drafted(int tried, int right) {
        drafted += tried;
        accepted += right;
    }

    /** A token came so long after the one before it. */
    void gap(long nanos) {
        gaps[Histogram.index(nanos)]++;
    }

    /** A first token came so long after it was asked for. */
    void firstToken(long nanos) {
        firstTokens[Histogram.index(nanos)]++;
    }

    void preempted() {
        preemptions++;
    }

    void parked() {
        parkings++;
    }

    void restarted() {
        restarts++;
    }

    void finished(FinishReason reason) {
        finished.merge(reason, 1L, Long::sum);
    }

    Stats stats(int active, int parked, Slots slots, int limit, int threads, boolean busyHost) {
        var store = slots.store();
        var traffic = store.traffic();
        return new Stats(
                0,
                active,
                parked,
                new Stats.Cache(
                        slots.tokens(),
                        (long) limit * slots.all().size(),
                        store.tokens(),
                        store.bytes(),
                        traffic.spilled(),
                        traffic.restored(),
                        traffic.evicted(),
                        slots.moved()),
                new Stats.Work(
                        reused,
                        prefilled,
                        generated,
                        drafted,
                        accepted,
                        steps,
                        Duration.ofNanos(prefillNanos),
                        Duration.ofNanos(decodeNanos),
                        preemptions,
                        parkings,
                        restarts,
                        0),
                finished,
                histogram(firstTokens),
                histogram(gaps),
                threads,
                busyHost);
    }

    private static Histogram histogram(long[] counts) {
        return new Histogram(Arrays.stream(counts).boxed().toList());
    }
}
