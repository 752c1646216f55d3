package dev.qwen4j.benchmarks;

import java.util.List;

/**
 * What a benchmark found.
 *
 * @param name the benchmark's
 * @param value the figure that the project promises something about
 * @param valueIs what that figure is
 * @param runs the figures, pair by pair, that the value was made of
 * @param comparisons everything that was measured
 */
record Result(String name, double value, String unit, String valueIs, Sample runs, List<Comparison> comparisons) {}
