package dev.qwen4j.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.IntStream;

/** Figures of repeated measurements, in the order in which they were taken; at least one. */
final class Sample {
    private static final double OUTSIDE_EACH_WAY = 0.025;

    private final double[] values;
    private final double[] sorted;

    Sample(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("There are no figures.");
        }
        this.values = values.clone();
        this.sorted = values.clone();
        Arrays.sort(sorted);
    }

    /** In the order in which they were taken. */
    List<Double> values() {
        return Arrays.stream(values).boxed().toList();
    }

    int size() {
        return values.length;
    }

    double median() {
        return quantile(0.5);
    }

    /** The value below which a share of the figures lies, between two of them by linear interpolation. */
    double quantile(double share) {
        double place = share * (sorted.length - 1);
        int below = (int) Math.floor(place);
        int above = (int) Math.ceil(place);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    /** What comes of each figure and the one that another sample has in its place. */
    Sample with(Sample other, DoubleBinaryOperator operation) {
        return new Sample(IntStream.range(0, values.length)
                .mapToDouble(i -> operation.applyAsDouble(values[i], other.values[i]))
                .toArray());
    }

    /**
     * Where the median of all that could have been measured lies, with 95 % confidence: the interval between two order statistics, which assumes
     * nothing about the distribution. With fewer than six figures there is none so narrow, and it is the whole range.
     */
    Interval medianInterval() {
        int n = sorted.length;
        // How many figures lie below the true median is binomial with p = 1/2.
        int outside = 0;
        double logChoose = 0;
        double probability = Math.exp(-n * Math.log(2));
        while (probability <= OUTSIDE_EACH_WAY && outside < (n - 1) / 2) {
            outside++;
            logChoose += Math.log((double) (n - outside + 1) / outside);
            probability += Math.exp(logChoose - n * Math.log(2));
        }
        int rank = Math.max(outside - 1, 0);
        return new Interval(sorted[rank], sorted[n - 1 - rank]);
    }

    /** From low to high. */
    record Interval(double low, double high) {}
}
