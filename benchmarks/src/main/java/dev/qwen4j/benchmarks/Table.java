package dev.qwen4j.benchmarks;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a person reads of it. */
final class Table {
    private final PrintStream out;

    Table(PrintStream out) {
        this.out = out;
    }

    void machine(Machine machine) {
        out.printf(
                Locale.ROOT,
                "%s, %d cores, load average before: %.2f%n",
                machine.processor(),
                machine.cores(),
                machine.loadAverage());
        out.printf(Locale.ROOT, "%s; %s; llama.cpp %s%n", machine.system(), machine.java(), machine.llamaCpp());
        if (machine.isBusy()) {
            out.printf(
                    Locale.ROOT,
                    "WARNING: others are computing here. The figures will say more about them than about us.%n");
        }
        out.println();
    }

    void result(Benchmark benchmark, Result result) {
        out.printf(Locale.ROOT, "[%s] %s%n", benchmark.name(), benchmark.description());
        if (!result.comparisons().isEmpty()) {
            out.printf(
                    Locale.ROOT,
                    "  %-62s %22s %22s %8s %24s%n",
                    "",
                    "ours (quartiles)",
                    "theirs (quartiles)",
                    "medians'",
                    "ratio, 95 %");
        }
        result.comparisons().forEach(this::comparison);
        result.figures().forEach(this::figure);
        result.comparisons().stream()
                .flatMap(comparison -> List.of(comparison.ourCommand(), comparison.theirCommand()).stream())
                .distinct()
                .forEach(command -> out.printf(Locale.ROOT, "  $ %s%n", command));
        out.printf(
                Locale.ROOT,
                "  => %s %s%s: %s%n",
                number(result.value()),
                result.unit(),
                verdict(result.target(), result.value()),
                result.valueIs());
        out.println();
    }

    void failure(Benchmark benchmark, RuntimeException e) {
        out.printf(Locale.ROOT, "[%s] FAILED: %s%n%n", benchmark.name(), e.getMessage());
    }

    private void figure(Figure figure) {
        out.printf(
                Locale.ROOT,
                "  %s: %s %s%s%n",
                figure.what(),
                number(figure.value()),
                figure.unit(),
                verdict(figure.target(), figure.value()));
    }

    private static String verdict(Optional<Target> target, double value) {
        return target.map(wanted -> " (wanted: " + wanted + (wanted.isMetBy(value) ? "" : ", MISSED") + ")")
                .orElse("");
    }

    private void comparison(Comparison comparison) {
        var interval = comparison.ratios().medianInterval();
        out.printf(
                Locale.ROOT,
                "  %-62s %22s %22s %8.4f %24s%n",
                comparison.what() + ", " + comparison.unit() + " ×"
                        + comparison.ours().size(),
                spread(comparison.ours()),
                spread(comparison.theirs()),
                comparison.ratioOfMedians(),
                String.format(
                        Locale.ROOT,
                        "%.4f [%.4f-%.4f]",
                        comparison.ratios().median(),
                        interval.low(),
                        interval.high()));
    }

    /** Four digits, or all of those before the point. */
    private static String number(double value) {
        return String.format(Locale.ROOT, Math.abs(value) < 1000 ? "%.4g" : "%.0f", value);
    }

    private static String spread(Sample sample) {
        return String.format(
                Locale.ROOT, "%.1f (%.1f-%.1f)", sample.median(), sample.quantile(0.25), sample.quantile(0.75));
    }
}
