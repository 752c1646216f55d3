package dev.qwen4j.benchmarks;

import java.util.Locale;

/**
 * What the project promises of a figure.
 *
 * @param lowerIsBetter whether the bound is the most that the figure may be, and not the least
 */
record Target(double bound, boolean lowerIsBetter) {
    static Target atLeast(double bound) {
        return new Target(bound, false);
    }

    static Target atMost(double bound) {
        return new Target(bound, true);
    }

    boolean isMetBy(double value) {
        return lowerIsBetter ? value <= bound : value >= bound;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s %.4g", lowerIsBetter ? "≤" : "≥", bound);
    }
}
