package dev.qwen4j.engine;

import java.util.Arrays;

/** What batches take, by how many tokens they have; between sizes that were measured it is interpolated. */
final class BatchCosts {
    private static final int[] SIZES = {
        1, 2, 3, 4, 5, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024, 2048
    };

    private final double[] nanos = new double[SIZES.length];

    /** The sizes for which costs are kept, ascending. */
    static int[] sizes() {
        return SIZES.clone();
    }

    /** The same, all of it so many times as much. */
    BatchCosts times(double factor) {
        var scaled = new BatchCosts();
        Arrays.setAll(scaled.nanos, i -> nanos[i] * factor);
        return scaled;
    }

    /**
     * A batch of so many tokens took so long.
     *
     * @param weight how much of what is known of such batches is given up for it, above 0 to 1
     */
    void took(double time, int tokens, double weight) {
        int index = nearest(tokens);
        double scaled = time * SIZES[index] / tokens;
        nanos[index] = nanos[index] == 0 ? scaled : nanos[index] + weight * (scaled - nanos[index]);
    }

    /** Whether a batch of about so many tokens was measured. */
    boolean knows(int tokens) {
        return nanos[nearest(tokens)] > 0;
    }

    private static int nearest(int tokens) {
        int index = Arrays.binarySearch(SIZES, tokens);
        if (index >= 0) {
            return index;
        }
        int above = Math.min(-index - 1, SIZES.length - 1);
        int below = Math.max(above - 1, 0);
        return tokens - SIZES[below] < SIZES[above] - tokens ? below : above;
    }

    /** Nanoseconds that so many tokens are expected to take; 0 if nothing is known. */
    double expected(int tokens) {
        int below = -1;
        int above = -1;
        for (int i = 0; i < SIZES.length; i++) {
            if (nanos[i] > 0 && SIZES[i] <= tokens) {
                below = i;
            }
            if (nanos[i] > 0 && SIZES[i] >= tokens && above < 0) {
                above = i;
            }
        }
        if (below < 0 && above < 0) {
            return 0;
        }
        if (above < 0) {
            return nanos[below] * tokens / SIZES[below];
        }
        if (below < 0 || below == above) {
            return nanos[above];
        }
        double share = (double) (tokens - SIZES[below]) / (SIZES[above] - SIZES[below]);
        return nanos[below] + share * (nanos[above] - nanos[below]);
    }

    /** As {@link #expected}, but no more than can be where more tokens take no less time, and no more for each. */
    double least(int tokens) {
        double least = expected(tokens);
        for (int i = 0; i < SIZES.length; i++) {
            if (nanos[i] > 0) {
                least = Math.min(least, SIZES[i] < tokens ? nanos[i] * tokens / SIZES[i] : nanos[i]);
            }
        }
        return least;
    }
}
