package dev.qwen4j.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What a benchmark found.
 *
 * @param name the benchmark's
 * @param value the figure that the project promises something about
 * @param valueIs what that figure is
 * @param target what is promised, where it is written down
 * @param runs the figures, pair by pair, that the value was made of
 * @param comparisons everything that was measured in pairs
 * @param figures what else was measured, and what the value would be at best
 */
record Result(
        String name,
        double value,
        String unit,
        String valueIs,
        Optional<Target> target,
        Sample runs,
        List<Comparison> comparisons,
        List<Figure> figures) {
    /** One without a target, and nothing beside it. */
    Result(String name, double value, String unit, String valueIs, Sample runs, List<Comparison> comparisons) {
        this(name, value, unit, valueIs, Optional.empty(), runs, comparisons, List.of());
    }

    /** Takes copies of the lists. */
    Result {
        comparisons = List.copyOf(comparisons);
        figures = List.copyOf(figures);
    }

    /**
     * One whose value is the ratio of medians that is furthest from, or least beyond, its target.
     *
     * @param ratioOf what stands above and below the line
     * @param counted the comparisons that may be the value
     * @param beside comparisons that are only shown
     */
    static Result worstOf(
            String name, String ratioOf, Target target, List<Comparison> counted, List<Comparison> beside) {
        var byRatio = Comparator.comparingDouble(Comparison::ratioOfMedians);
        var worst = Collections.min(counted, target.lowerIsBetter() ? byRatio.reversed() : byRatio);
        var all = new ArrayList<>(counted);
        all.addAll(beside);
        return new Result(
                name,
                worst.ratioOfMedians(),
                "ratio",
                "ratio of medians, " + ratioOf + ": " + worst.what(),
                Optional.of(target),
                worst.ratios(),
                all,
                List.of());
    }

    /** With more figures beside its own. */
    Result and(List<Figure> more) {
        var all = new ArrayList<>(figures);
        all.addAll(more);
        return new Result(name, value, unit, valueIs, target, runs, comparisons, all);
    }
}
