package dev.qwen4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PairsTest {
    private final StringBuilder order = new StringBuilder();
    private int calls;

    @Test
    void changesTheOrderFromPairToPair() {
        run(0, 4);

        assertThat(order).hasToString("ABBAABBA");
    }

    @Test
    void leavesWarmUpPairsOut() {
        var comparison = run(3, 2);

        assertThat(order).hasToString("BAABBAABBA");
        assertThat(comparison.ours().values()).containsExactly(6.0, 9.0);
        assertThat(comparison.theirs().values()).containsExactly(7.0, 8.0);
    }

    @Test
    void comparesPairByPair() {
        var comparison = run(0, 2);

        assertThat(comparison.ours().values()).containsExactly(0.0, 3.0);
        assertThat(comparison.differences().values()).containsExactly(-1.0, 1.0);
        assertThat(comparison.ratios().values()).containsExactly(0.0, 1.5);
        assertThat(comparison.ratioOfMedians()).isEqualTo(1);
    }

    private Comparison run(int warmUps, int pairs) {
        return new Pairs(new Progress()).run("letters", "calls", side('A'), side('B'), warmUps, pairs);
    }

    private Side side(char letter) {
        return new Side(String.valueOf(letter), () -> {
            order.append(letter);
            return calls++;
        });
    }
}
