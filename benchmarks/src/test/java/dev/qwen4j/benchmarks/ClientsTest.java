package dev.qwen4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;

class ClientsTest {
    private final List<int[]> prompts = List.of(new int[] {1}, new int[] {2}, new int[] {3}, new int[] {4});

    @Test
    void asksEachPromptOnce() {
        Queue<Integer> asked = new ConcurrentLinkedQueue<>();

        Clients.secondsFor(prompts, 3, prompt -> asked.add(prompt[0]));

        assertThat(asked).containsExactlyInAnyOrder(1, 2, 3, 4);
    }

    /** Each waits for the other, so that it ends only if two ask at once. */
    @Test
    void asksAsManyAtOnce() {
        var both = new CyclicBarrier(2);

        assertThat(Clients.secondsFor(prompts, 2, _ -> meet(both))).isPositive();
    }

    @Test
    void failsWithWhatOneOfThemFailedOf() {
        assertThatIllegalStateException()
                .isThrownBy(() -> Clients.secondsFor(prompts, 2, _ -> {
                    throw new IllegalArgumentException("the server is gone");
                }))
                .withMessageContaining("the server is gone");
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
