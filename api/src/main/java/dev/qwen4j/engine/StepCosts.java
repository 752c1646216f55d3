package dev.qwen4j.engine;

import java.time.Duration;
import java.util.Arrays;

/** What batches of so many tokens have cost lately. */
final class StepCosts {
    /** Fewer tokens of a prompt would take nearly as long, since the weights are read once in any case. */
    private static final int FEWEST = 16;

    private static final double WEIGHT = 0.2;

    /** How much longer than a step beside others one may take that computes nothing but prompts. */
    private static final int ALONE = 5;

    /** The sizes for which costs are kept; between them they are interpolated. */
    private static final int[] SIZES = {
        1, 2, 3, 4, 5, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024, 2048
    };

    private final double budget;
    private final double[] nanos = new double[SIZES.length];

    StepCosts(Duration budget) {
        this.budget = budget.toNanos();
    }

    /** A batch of so many tokens took so long. */
    void took(long time, int tokens) {
        int index = Arrays.binarySearch(SIZES, tokens);
        if (index < 0) {
            int above = Math.min(-index - 1, SIZES.length - 1);
            int below = Math.max(above - 1, 0);
            index = tokens - SIZES[below] < SIZES[above] - tokens ? below : above;
        }
        double scaled = (double) time * SIZES[index] / tokens;
        nanos[index] = nanos[index] == 0 ? scaled : nanos[index] + WEIGHT * (scaled - nanos[index]);
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

    /**
     * How many tokens of prompts may be computed in a step.
     *
     * @param others how many tokens are generated in the same step
     * @param most how many can be
     */
    int promptTokens(int others, int most) {
        double left = others == 0 ? ALONE * budget : budget - expected(others);
        int fits = Math.min(FEWEST, most);
        for (int size : SIZES) {
            int tokens = Math.min(size, most);
            double cost = expected(tokens);
            if (cost > 0 && cost <= left && tokens > fits) {
                fits = tokens;
            }
        }
        double cost = expected(fits);
        // Behind the largest size that fits there is room for a few more.
        return cost == 0 ? fits : Math.clamp((long) (fits * Math.min(2, left / cost)), fits, most);
    }

    /**
     * How many drafts behind one of several tokens make the step's tokens the cheapest; 0 if none do.
     *
     * @param generating how many tokens the step has without them
     * @param guesses how well they are guessed
     * @param draftCost nanoseconds that each guess takes
     */
    int drafts(int generating, Guesses guesses, double draftCost, int most) {
        double plain = expected(generating);
        if (plain == 0) {
            return 0;
        }
        int best = 0;
        double rate = generating / plain;
        for (int count = 1; count <= most; count++) {
            // Others have one token each, so that drafts behind one of them are a pass of their own.
            double cost = generating == 1 ? expected(1 + count) : plain + expected(count);
            cost += count * draftCost;
            double reached = (generating + guesses.expected(count)) / cost;
            if (reached > rate * 1.02) {
                rate = reached;
                best = count;
            }
        }
        return best;
    }
}
