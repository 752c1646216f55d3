package dev.qwen4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SampleTest {
    private static final long SEED = 7;

    @Test
    void medianIsTheMiddleOrBetweenTheTwoInIt() {
        assertThat(new Sample(5, 1, 3).median()).isEqualTo(3);
        assertThat(new Sample(4, 1, 3, 2).median()).isEqualTo(2.5);
    }

    @Test
    void quantilesAreInterpolated() {
        var sample = new Sample(0, 10, 20, 30, 40);

        assertThat(sample.quantile(0.25)).isEqualTo(10);
        assertThat(sample.quantile(0.9)).isEqualTo(36);
    }

    /** Ranks from tables of the sign test, such as Conover, Practical Nonparametric Statistics, table A3. */
    @Test
    void intervalIsBetweenTheRanksOfTheSignTest() {
        assertInterval(5, 1, 5);
        assertInterval(6, 1, 6);
        assertInterval(9, 2, 8);
        assertInterval(20, 6, 15);
        assertInterval(50, 18, 33);
        assertInterval(1000, 469, 532);
        assertInterval(3000, 1446, 1555);
    }

    @Test
    void intervalHoldsTheTrueMedianNineteenTimesInTwenty() {
        var random = new Random(SEED);
        int trials = 4000;
        long held = IntStream.range(0, trials)
                .filter(trial -> {
                    var interval = new Sample(random.doubles(15).toArray()).medianInterval();
                    return interval.low() <= 0.5 && 0.5 <= interval.high();
                })
                .count();

        assertThat(held / (double) trials).as("seed %d", SEED).isBetween(0.95, 0.98);
    }

    @Test
    void keepsTheOrderInWhichFiguresWereTaken() {
        var sample = new Sample(3, 1, 2);
        sample.median();

        assertThat(sample.values()).containsExactly(3.0, 1.0, 2.0);
        assertThat(sample.with(new Sample(1, 1, 4), (a, b) -> a - b).values()).containsExactly(2.0, 0.0, -2.0);
    }

    @Test
    void refusesNoFigures() {
        assertThatIllegalArgumentException().isThrownBy(Sample::new);
    }

    private static void assertInterval(int size, int lowRank, int highRank) {
        var sample =
                new Sample(IntStream.rangeClosed(1, size).mapToDouble(i -> i).toArray());

        assertThat(sample.medianInterval()).as("of %d", size).isEqualTo(new Sample.Interval(lowRank, highRank));
    }
}
