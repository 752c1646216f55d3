package dev.qwen4j.engine;

import java.time.Duration;

/** What batches of so many tokens have cost lately. */
final class StepCosts {
    /** Fewer tokens of a prompt would take nearly as long, since the weights are read once in any case. */
    private static final int FEWEST = 16;

    private static final double WEIGHT = 0.2;

    /** How much longer than a step beside others one may take that computes nothing but prompts. */
    private static final int ALONE = 5;

    private static final int[] SIZES = BatchCosts.sizes();

    private final double budget;
    private final int alone;
    private final BatchCosts costs;

    StepCosts(Duration budget) {
        this(budget, true);
    }

    /**
     * Of which nothing is known yet.
     *
     * @param budget how long a step may take beside others
     * @param givenUp whether a step that computes prompts is given up when something is cancelled; where it is not, none takes longer than that
     */
    StepCosts(Duration budget, boolean givenUp) {
        this((double) budget.toNanos(), givenUp ? ALONE : 1, new BatchCosts());
    }

    private StepCosts(double budget, int alone, BatchCosts costs) {
        this.budget = budget;
        this.alone = alone;
        this.costs = costs;
    }

    /** The same budget, where everything is expected to cost so many times as much. */
    StepCosts times(double factor) {
        return new StepCosts(budget, alone, costs.times(factor));
    }

    /** A batch of so many tokens took so long. */
    void took(long time, int tokens) {
        costs.took((double) time, tokens, WEIGHT);
    }

    /** Nanoseconds that so many tokens are expected to take; 0 if nothing is known. */
    double expected(int tokens) {
        return costs.expected(tokens);
    }

    /**
     * How many tokens of prompts may be computed in a step.
     *
     * @param others how many tokens are generated in the same step
     * @param most how many can be
     */
    int promptTokens(int others, int most) {
        double left = others == 0 ? alone * budget : budget - expected(others);
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
