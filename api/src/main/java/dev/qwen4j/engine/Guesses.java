package dev.qwen4j.engine;

/** How well the tokens of one generation are guessed. */
final class Guesses {
    private static final double EXPECTED = 0.6;
    private static final double WEIGHT = 0.2;
    private static final double FORGIVENESS = 0.003;

    private int drafted;
    private int accepted;
    private double rate = EXPECTED;

    /** So many were tried, and so many of the first of them were right. */
    void verified(int tried, int right) {
        drafted += tried;
        accepted += right;
        // Those behind the first wrong one were not put to the test.
        int tested = Math.min(tried, right + 1);
        rate += (1 - Math.pow(1 - WEIGHT, tested)) * ((double) right / tested - rate);
    }

    /** Nothing was tried, though something might have been: after a while it is worth trying again. */
    void passed() {
        rate += FORGIVENESS * (EXPECTED - rate);
    }

    int drafted() {
        return drafted;
    }

    int accepted() {
        return accepted;
    }

    /** How many tokens so many drafts are expected to save. */
    double expected(int drafts) {
        double sum = 0;
        double all = 1;
        for (int i = 0; i < drafts; i++) {
            all *= rate;
            sum += all;
        }
        return sum;
    }
}
