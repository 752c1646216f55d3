package dev.qwen4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.nano.Nano;
import org.junit.jupiter.api.Test;

/** A pool whose threads were lost, which takes an assert in the middle of a computation that Java refuses wherever one is known. */
class LostThreadPoolTest {
    private static float[] logits(Context context) {
        context.clear();
        context.decode(1, 2, 3);
        context.decode(4);
        return context.logits();
    }

    @Test
    void servesNobodyAndCanBeLeft() {
        try (var model = Model.load(Nano.file());
                var pool = ThreadPool.start(ThreadPoolOptions.of(2));
                var another = ThreadPool.start(ThreadPoolOptions.of(2));
                var first = model.newContext(o -> o.length(64));
                var second = model.newContext(o -> o.length(64))) {
            first.attach(pool);
            second.attach(pool);
            var expected = logits(first);
            assertThat(logits(second)).isEqualTo(expected);
            pool.spoil();
            for (var context : new Context[] {first, second}) {
                assertThatThrownBy(() -> logits(context))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("threads were lost");
            }
            assertThatThrownBy(() -> first.attach(pool)).isInstanceOf(IllegalStateException.class);
            first.attach(another);
            assertThat(logits(first)).isEqualTo(expected);
            second.setThreads(2, 2);
            assertThat(logits(second)).isEqualTo(expected);
        }
    }
}
