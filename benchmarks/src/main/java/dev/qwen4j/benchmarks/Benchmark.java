package dev.qwen4j.benchmarks;

/** Something that is measured under a name; listed in {@link Benchmarks}. */
interface Benchmark {
    /** What {@code BENCH=} and the results file call it. */
    String name();

    /** What is compared, in one line. */
    String description();

    /** Measures; blocks for seconds to minutes, and tells its progress. */
    Result run(Settings settings, Progress progress);
}
