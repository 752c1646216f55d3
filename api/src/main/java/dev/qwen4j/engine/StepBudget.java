package dev.qwen4j.engine;

import java.time.Duration;

/**
 * How many tokens of prompts a step may compute beside those that others generate, so that it takes no longer than it may, by
 * what tokens have cost lately.
 */
final class StepBudget {
    /** Fewer would take nearly as long, since the weights are read once in any case. */
    private static final int FEWEST = 16;

    private static final double WEIGHT = 0.2;

    private final double budget;
    private double nanosPerToken;

    StepBudget(Duration budget) {
        this.budget = budget.toNanos();
    }

    /** How many tokens of prompts fit into a step beside others. */
    int promptTokens(int others, int most) {
        if (nanosPerToken == 0) {
            return Math.min(FEWEST, most);
        }
        int affordable = (int) Math.min(Integer.MAX_VALUE, budget / nanosPerToken) - others;
        return Math.clamp(affordable, Math.min(FEWEST, most), most);
    }

    /** A step of so many tokens took so long. */
    void took(long nanos, int tokens) {
        double perToken = (double) nanos / tokens;
        // A step of few tokens costs more for each: it says nothing about many.
        if (tokens >= FEWEST) {
            nanosPerToken = nanosPerToken == 0 ? perToken : nanosPerToken + WEIGHT * (perToken - nanosPerToken);
        }
    }
}
