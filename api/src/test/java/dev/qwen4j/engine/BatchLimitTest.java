package dev.qwen4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BatchLimitTest {
    private static final long LONG = 1_000_000_000_000L;

    @Test
    void endsWhatTakesLonger() throws InterruptedException {
        var ended = new Semaphore(0);
        try (var limit = new BatchLimit(ended::release, () -> true)) {
            for (int i = 0; i < 3; i++) {
                limit.set(1);
                ended.acquire();
                assertThat(limit.clear()).isTrue();
                assertThat(limit.clear()).isFalse();
            }
        }
    }

    @Test
    void endsNothingThatTakesLess() {
        var ended = new AtomicInteger();
        try (var limit = new BatchLimit(ended::incrementAndGet, () -> true)) {
            for (int i = 0; i < 1000; i++) {
                limit.set(LONG);
                assertThat(limit.clear()).isFalse();
            }
        }
        assertThat(ended).hasValue(0);
    }

    @Test
    void endsNothingThatIsOver() {
        var computing = new AtomicBoolean();
        var late = new AtomicInteger();
        try (var limit = new BatchLimit(
                () -> {
                    if (!computing.get()) {
                        late.incrementAndGet();
                    }
                },
                () -> true)) {
            for (int i = 0; i < 2000; i++) {
                computing.set(true);
                limit.set(1 + i * 20L);
                Thread.onSpinWait();
                limit.clear();
                computing.set(false);
            }
        }
        assertThat(late).hasValue(0);
    }

    @Test
    void waitsForItsCondition() throws InterruptedException {
        var asked = new Semaphore(0);
        var condition = new AtomicBoolean();
        var ended = new CountDownLatch(1);
        try (var limit = new BatchLimit(ended::countDown, () -> {
            asked.release();
            return condition.get();
        })) {
            limit.setConditional(1);
            asked.acquire(3);
            assertThat(ended.getCount()).isOne();
            condition.set(true);
            ended.await();
            assertThat(limit.clear()).isTrue();
        }
    }
}
