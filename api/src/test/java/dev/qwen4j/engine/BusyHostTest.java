package dev.qwen4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sessions beside threads of the same process that want all CPUs for themselves. */
class BusyHostTest extends NanoEngine {
    private final AtomicBoolean over = new AtomicBoolean();
    private final ArrayList<Thread> spinning = new ArrayList<>();

    @BeforeEach
    void spin() {
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            spinning.add(Thread.ofPlatform().daemon().start(() -> {
                while (!over.get()) {
                    Thread.onSpinWait();
                }
            }));
        }
    }

    @AfterEach
    void stop() throws InterruptedException {
        over.set(true);
        for (var thread : spinning) {
            thread.join();
        }
    }

    private Engine busy(boolean yielding) {
        return engine(o -> o.yielding(yielding).maxActive(3).context(c -> c.threads(2)));
    }

    @Test
    void repliesAreWhatTheyAreOnAQuietHost() {
        try (var engine = busy(true)) {
            for (int round = 0; round < 3; round++) {
                var prompts = new ArrayList<int[]>();
                var generations = new ArrayList<Generation>();
                for (int i = 0; i < 6; i++) {
                    prompts.add(tokens(20 + random.nextInt(200)));
                    generations.add(engine.session().append(prompts.getLast()).generate(NanoEngine::greedy));
                }
                for (int i = 0; i < prompts.size(); i++) {
                    var reply = generations.get(i).await();
                    assertThat(reply.finishReason()).isIn(FinishReason.STOP, FinishReason.LENGTH);
                    assertSame(prompts.get(i), reply.tokens());
                }
                var stats = engine.stats();
                assertThat(stats.threads()).isBetween(1, 2);
                assertThat(stats.work().restarts()).isZero();
            }
        }
    }

    @Test
    void deterministicRepliesAreTheSameBitForBit() {
        var prompt = tokens(100);
        try (var engine = busy(true)) {
            var first = engine.session()
                    .append(prompt)
                    .generate(o -> greedy(o).deterministic(true))
                    .await();
            var other = engine.session().append(tokens(50)).generate(NanoEngine::endless);
            var second = engine.session()
                    .append(prompt)
                    .generate(o -> greedy(o).deterministic(true))
                    .await();
            other.cancel();
            assertThat(second.tokens()).isEqualTo(first.tokens());
        }
    }

    @Test
    void doesNotYieldWhereItMustNot() {
        try (var engine = busy(false)) {
            engine.session().append(tokens(20)).generate(NanoEngine::greedy).await();
            assertThat(engine.stats().threads()).isEqualTo(2);
            assertThat(engine.stats().busyHost()).isFalse();
        }
    }
}
