package dev.qwen4j.benchmarks;

/**
 * What two sides took, pair by pair.
 *
 * @param what its title
 * @param unit the unit of both sides' figures
 */
record Comparison(String what, String unit, String ourCommand, String theirCommand, Sample ours, Sample theirs) {
    double ratioOfMedians() {
        return ours.median() / theirs.median();
    }

    Sample ratios() {
        return ours.with(theirs, (our, their) -> our / their);
    }

    Sample differences() {
        return ours.with(theirs, (our, their) -> our - their);
    }
}
