package dev.qwen4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.Sampling;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Computations that fail. */
class RecoveryTest extends NanoEngine {
    private static GenerationOptions exactly(GenerationOptions options, int count) {
        return options.sampling(Sampling.greedy()).minTokens(count).maxTokens(count);
    }

    @Test
    void computesAgainInANewContextWhatWasUnderWay() {
        try (var engine = engine(o -> roomy(o).maxActive(3))) {
            var prompts = List.of(tokens(30), tokens(40), tokens(50), tokens(60));
            var sampled = new AtomicInteger();
            engine.probe((context, _, _) -> {
                if (sampled.incrementAndGet() == 100) {
                    // As after an assert in a graph: the context closes itself, and the next computation finds that.
                    context.close();
                }
            });
            var generations = prompts.stream()
                    .map(prompt -> engine.session().append(prompt).generate(o -> exactly(o, 80)))
                    .toList();
            for (int i = 0; i < prompts.size(); i++) {
                assertThat(generations.get(i).await().tokens()).hasSize(80);
                assertSame(prompts.get(i), generations.get(i).await().tokens());
            }
            assertThat(engine.stats().work().restarts()).isEqualTo(1);
        }
    }

    @Test
    void failsWithATypeWhatFailsTwice() {
        try (var engine = engine(o -> roomy(o).maxActive(2))) {
            var failing = new AtomicInteger();
            engine.probe((context, _, _) -> {
                if (failing.incrementAndGet() % 20 == 0 && failing.get() <= 40) {
                    context.close();
                }
            });
            var generation = engine.session().append(tokens(30)).generate(o -> exactly(o, 80));
            assertThatThrownBy(generation::await)
                    .isInstanceOf(EngineFailedException.class)
                    .hasCauseInstanceOf(IllegalStateException.class);
            assertThat(engine.session()
                            .append(tokens(30))
                            .generate(o -> exactly(o, 80))
                            .await()
                            .tokens())
                    .hasSize(80);
            assertThat(engine.stats().finished()).containsEntry(FinishReason.FAILED, 1L);
        }
    }

    @Test
    void aPromptThatIsGivenUpChangesNothingForOthers() {
        try (var engine = engine(o -> roomy(o).maxActive(3))) {
            var prompt = tokens(60);
            var steady = engine.session().append(prompt).generate(o -> exactly(o, 300));
            var cancelled = new ArrayList<Generation>();
            for (int i = 0; i < 10; i++) {
                var generation = engine.session().append(tokens(8000)).generate(NanoEngine::greedy);
                cancelled.add(generation);
                steady.iterator().next();
                generation.cancel();
            }
            assertSame(prompt, steady.await().tokens());
            assertThat(cancelled)
                    .allSatisfy(generation ->
                            assertThat(generation.await().finishReason()).isEqualTo(FinishReason.CANCELLED));
            assertThat(engine.stats().work().restarts()).isZero();
        }
    }
}
