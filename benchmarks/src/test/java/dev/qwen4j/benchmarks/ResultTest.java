package dev.qwen4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ResultTest {
    private final Comparison half = comparison("half", 1, 2);
    private final Comparison twice = comparison("twice", 2, 1);
    private final Comparison least = comparison("least", 1, 10);

    @Test
    void takesTheLowestRatioWhereMoreIsBetter() {
        var result = Result.worstOf("name", "ratio of", Target.atLeast(0.9), List.of(twice, half), List.of(least));

        assertThat(result.value()).isEqualTo(0.5);
        assertThat(result.valueIs()).endsWith("half");
        assertThat(result.comparisons()).containsExactly(twice, half, least);
    }

    @Test
    void takesTheHighestRatioWhereLessIsBetter() {
        var result = Result.worstOf("name", "ratio of", Target.atMost(0.9), List.of(twice, half), List.of());

        assertThat(result.value()).isEqualTo(2);
        assertThat(result.target())
                .hasValueSatisfying(
                        target -> assertThat(target.isMetBy(result.value())).isFalse());
    }

    private static Comparison comparison(String what, double ours, double theirs) {
        return new Comparison(what, "tokens/s", "us", "them", new Sample(ours), new Sample(theirs));
    }
}
