package dev.qwen4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.Context;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

class AdaptiveThreadsTest extends NanoEngine {
    private static final long MILLI = 1_000_000;

    /** As many threads as there may be, and one where the host is busy. */
    private static ThreadGovernor besideOthers(int threads) {
        var governor = new ThreadGovernor(threads, System.nanoTime());
        for (int i = 0; i < 10; i++) {
            governor.took(1, MILLI, MILLI, System.nanoTime());
        }
        while (governor.threads() > 1) {
            governor.waited(10_000 * MILLI, 10_000 * MILLI);
            governor.took(1, 1000 * MILLI, 1000 * MILLI, System.nanoTime());
        }
        return governor;
    }

    private void with(int batchThreads, EngineOptions options, BiConsumer<Context, AdaptiveThreads> test) {
        try (var context = model.newContext(o -> o.length(256).threads(2).batchThreads(batchThreads));
                var threads = new AdaptiveThreads(context, options, besideOthers(Math.max(2, batchThreads)))) {
            test.accept(context, threads);
        }
    }

    private static void decode(Context context, AdaptiveThreads threads) {
        threads.begin(1, true);
        context.decode(1);
        threads.end();
    }

    @Test
    void computesOnAsManyAsItsGovernorSays() {
        with(3, EngineOptions.defaults(), (context, threads) -> {
            assertThat(threads.isBusyHost()).isTrue();
            assertThat(threads.count()).isOne();
            decode(context, threads);
            assertThat(context.threads()).isOne();
            assertThat(context.batchThreads()).isOne();
        });
    }

    @Test
    void computesOnAllWhereTheLogitsMustNotDependOnTheHost() {
        with(3, EngineOptions.defaults(), (context, threads) -> {
            decode(context, threads);
            threads.beginWithAll();
            context.decode(1);
            assertThat(context.threads()).isEqualTo(2);
            assertThat(context.batchThreads()).isEqualTo(3);
            decode(context, threads);
            assertThat(context.threads()).isOne();
        });
    }

    @Test
    void leavesTheContextItsThreadsWhereItDoesNotYield() {
        with(2, EngineOptions.defaults().yielding(false), (context, threads) -> {
            decode(context, threads);
            assertThat(context.threads()).isEqualTo(2);
            assertThat(threads.count()).isEqualTo(2);
            assertThat(threads.isBusyHost()).isFalse();
        });
    }

    @Test
    void keepsWhatBatchesCostApart() {
        with(2, EngineOptions.defaults().yielding(false), (context, threads) -> {
            decode(context, threads);
            assertThat(threads.costs().expected(1)).isPositive();
        });
        with(2, EngineOptions.defaults(), (context, threads) -> {
            assertThat(threads.costs().expected(1)).isZero();
            decode(context, threads);
            assertThat(threads.costs().expected(1)).isPositive();
        });
    }
}
