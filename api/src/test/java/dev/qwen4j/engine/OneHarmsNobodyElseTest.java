package dev.qwen4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.CancelledException;
import dev.qwen4j.Sampling;
import dev.qwen4j.SamplingStage;
import dev.qwen4j.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is wrong with one request is its own trouble: what others generate goes on as if nothing had happened. */
class OneHarmsNobodyElseTest extends NanoEngine {
    private Engine engine;
    private Generation other;

    @BeforeEach
    void begin() {
        engine = engine(o -> roomy(o).maxActive(3));
        other = engine.session()
                .append(tokens(20))
                .generate(o -> greedy(o).minTokens(400).maxTokens(400));
    }

    @AfterEach
    void end() {
        try {
            assertThat(other.await().tokens()).hasSize(400);
            assertThat(engine.stats().work().restarts()).isZero();
        } finally {
            engine.close();
        }
    }

    @Test
    void aStateThatIsClosed() {
        var state = closed();
        engine.session().append(tokens(200)).generate(NanoEngine::greedy).await();
        assertThatThrownBy(() -> engine.open(state)).isInstanceOf(IllegalStateException.class);
    }

    private State closed() {
        try (var another = engine(o -> o);
                var session = another.session().append(tokens(30));
                var saved = session.save()) {
            return saved;
        }
    }

    @Test
    void aSessionThatIsTooLongToBeSaved() {
        try (var small = engine(o -> o.length(256));
                var session = small.session().append(tokens(200))) {
            var running = small.session()
                    .append(tokens(20))
                    .generate(o -> greedy(o).minTokens(100).maxTokens(100));
            assertThat(session.generate(NanoEngine::endless).await().finishReason())
                    .isEqualTo(FinishReason.CONTEXT_FULL);
            assertThatThrownBy(session::save).isInstanceOf(PromptTooLongException.class);
            assertThatThrownBy(() -> session.score("more")).isInstanceOf(PromptTooLongException.class);
            assertThatThrownBy(session::preload).isInstanceOf(PromptTooLongException.class);
            assertThat(running.await().tokens()).hasSize(100);
            assertThat(small.stats().work().restarts()).isZero();
        }
    }

    @Test
    void aSamplerThatThrows() {
        var stage = new SamplingStage.Custom(
                "broken",
                () -> {
                    throw new UnsupportedOperationException("no sampler today");
                },
                true);
        var failing = engine.session().append(tokens(10)).generate(o -> o.sampling(Sampling.of(stage)));
        assertThatThrownBy(failing::await).hasStackTraceContaining("no sampler today");
    }

    @Test
    void aReaderThatNeverReads() {
        var abandoned = engine.session().append(tokens(10)).generate(NanoEngine::endless);
        assertThat(abandoned.iterator().hasNext()).isTrue();
        assertThat(engine.session()
                        .append(tokens(10))
                        .generate(NanoEngine::greedy)
                        .await()
                        .usage())
                .isNotNull();
        abandoned.cancel();
        assertThat(abandoned.await().finishReason()).isEqualTo(FinishReason.CANCELLED);
    }

    @Test
    void aCallbackThatBlocksOrThrows() throws Exception {
        var blocked = engine.session().append(tokens(10)).generate(NanoEngine::greedy);
        var latch = new CountDownLatch(1);
        var _ = blocked.completion().thenRun(() -> {
            try {
                latch.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        var _ = blocked.completion().thenRun(() -> {
            throw new UnsupportedOperationException("thrown by a callback");
        });
        assertThat(engine.session()
                        .append(tokens(10))
                        .generate(NanoEngine::greedy)
                        .await()
                        .usage())
                .isNotNull();
        latch.countDown();
    }

    @Test
    void aDeadlineThatComesWhileOthersWaitBeforeIt() throws Exception {
        try (var single = engine(o -> roomy(o).maxActive(1))) {
            single.session().append(tokens(10)).generate(NanoEngine::endless);
            for (int i = 0; i < 3; i++) {
                single.session().append(tokens(10)).generate(NanoEngine::greedy);
            }
            var late =
                    single.session().append(tokens(10)).generate(o -> greedy(o).deadline(Duration.ofMillis(100)));
            assertThat(late.completion()
                            .toCompletableFuture()
                            .get(30, TimeUnit.SECONDS)
                            .finishReason())
                    .isEqualTo(FinishReason.DEADLINE);
        }
    }

    @Test
    void threadsThatAreInterruptedAtAnyTime() throws Exception {
        var failures = new CopyOnWriteArrayList<Throwable>();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 20; i++) {
            int which = i;
            var problem = new AtomicReference<Throwable>();
            threads.add(Thread.ofVirtual().start(() -> {
                try (var session = engine.session().append(7, 8, which)) {
                    switch (which % 4) {
                        case 0 -> session.save().close();
                        case 1 -> session.score("some text");
                        case 2 -> session.decide("one", "another");
                        default -> session.generate(NanoEngine::endless).await();
                    }
                } catch (CancelledException e) {
                    problem.set(e);
                } catch (RuntimeException e) {
                    failures.add(e);
                }
            }));
        }
        for (var thread : threads) {
            thread.interrupt();
            thread.join();
        }
        assertThat(failures).isEqualTo(List.of());
    }
}
