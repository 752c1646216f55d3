package dev.qwen4j.engine;

import java.time.Duration;
import java.util.List;

/**
 * How often durations of which length came.
 *
 * @param counts how often one came from {@link #lowerBound} of its index up to the next one's
 */
public record Histogram(List<Long> counts) {
    /** Each bound is this many times the one before: four of them double it. */
    private static final double STEP = Math.pow(2, 0.25);

    /** The first bound. */
    private static final double LEAST = 10_000;

    static final int SIZE = 100;

    /** Takes a copy of the list. */
    public Histogram {
        counts = List.copyOf(counts);
    }

    static int index(long nanos) {
        return nanos <= LEAST ? 0 : Math.min(SIZE - 1, (int) (Math.log(nanos / LEAST) / Math.log(STEP)) + 1);
    }

    /** From what on durations are counted at an index: 0, then 10 µs, and four of them double it. */
    public static Duration lowerBound(int index) {
        return index == 0 ? Duration.ZERO : Duration.ofNanos((long) (LEAST * Math.pow(STEP, index - 1)));
    }

    /** How many came. */
    public long total() {
        return counts.stream().mapToLong(Long::longValue).sum();
    }

    /**
     * What so many of them were no longer than, up to a fifth too long; zero if there are none.
     *
     * @param share 0 to 1: 0.5 for the median, 0.99 for all but one in a hundred
     */
    public Duration quantile(double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("share is " + share + "; it must be 0 to 1.");
        }
        long wanted = (long) Math.ceil(share * total());
        long seen = 0;
        for (int i = 0; i < counts.size(); i++) {
            seen += counts.get(i);
            if (seen >= wanted && seen > 0) {
                return lowerBound(i + 1);
            }
        }
        return Duration.ZERO;
    }
}
