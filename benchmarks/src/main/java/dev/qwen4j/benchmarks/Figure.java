package dev.qwen4j.benchmarks;

import java.util.Optional;

/**
 * One number beside a benchmark's value.
 *
 * @param what it is, in words
 * @param target what is promised of it, if anything is
 */
record Figure(String what, String unit, double value, Optional<Target> target) {
    static Figure of(String what, String unit, double value) {
        return new Figure(what, unit, value, Optional.empty());
    }

    static Figure of(String what, String unit, double value, Target target) {
        return new Figure(what, unit, value, Optional.of(target));
    }
}
