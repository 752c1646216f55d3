package dev.qwen4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.Sampling;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Sessions that become longer than their context. */
class OverflowTest extends NanoEngine {
    private static GenerationOptions exactly(GenerationOptions options, int count) {
        return options.sampling(Sampling.greedy()).minTokens(count).maxTokens(count);
    }

    @Test
    void isRefusedWithTheNumbersUnlessTheCallerChoseOtherwise() {
        try (var engine = engine(o -> o.length(256));
                var session = engine.session().append(tokens(300))) {
            assertThatThrownBy(session::generate)
                    .isInstanceOf(PromptTooLongException.class)
                    .hasMessageContaining("300")
                    .hasMessageContaining("256")
                    .hasMessageContaining("255 would fit");
            assertThatThrownBy(() -> Overflow.shift(-1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> session.generate(o -> o.overflow(Overflow.shift(255))))
                    .isInstanceOf(PromptTooLongException.class);
            assertThatThrownBy(() -> session.generate(o -> o.overflow(Overflow.dropOldestTurns())))
                    .isInstanceOf(PromptTooLongException.class);
        }
    }

    @Test
    void shiftsAndKeepsTheFirstTokens() {
        try (var engine = engine(o -> o.length(256));
                var session = engine.session().append(tokens(200))) {
            var prompt = session.tokens();
            var reply = session.generate(o -> exactly(o, 400).overflow(Overflow.shift(10)))
                    .await();
            assertThat(reply.finishReason()).isEqualTo(FinishReason.LENGTH);
            assertThat(reply.tokens()).hasSize(400);
            var kept = session.tokens();
            assertThat(kept.length).isLessThanOrEqualTo(256);
            assertThat(Arrays.copyOf(kept, 10)).isEqualTo(Arrays.copyOf(prompt, 10));
            // What follows is the end of what there was, and nothing is computed of the rest.
            int tail = kept.length - 10;
            var all = reply.tokens().stream().mapToInt(i -> i).toArray();
            assertThat(Arrays.copyOfRange(kept, 10, kept.length)).isEqualTo(Arrays.copyOfRange(all, 400 - tail, 400));
            assertThat(session.generate(o -> exactly(o, 1)).await().tokens()).isEqualTo(alone(kept, 1));
        }
    }

    @Test
    void aForkOfWhatIsShiftedStaysAsItWas() {
        try (var engine = engine(o -> o.length(256));
                var session = engine.session().append(tokens(200))) {
            session.preload().await();
            var fork = session.fork();
            var prompt = fork.tokens();
            session.generate(o -> exactly(o, 100).overflow(Overflow.shift(4))).await();
            assertSame(prompt, fork.generate(NanoEngine::greedy).await().tokens());
        }
    }

    @Test
    void dropsTheOldestTurns() {
        try (var engine = engine(o -> o.length(256));
                var session = engine.session().append(tokens(50))) {
            var system = session.tokens();
            for (int i = 0; i < 3; i++) {
                session.beginTurn().append(tokens(60));
            }
            var before = session.tokens();
            var reply = session.generate(o -> exactly(o, 60).overflow(Overflow.dropOldestTurns()))
                    .await();
            assertThat(reply.finishReason()).isEqualTo(FinishReason.LENGTH);
            var after = session.tokens();
            assertThat(Arrays.copyOf(after, 50)).isEqualTo(system);
            assertThat(Arrays.copyOfRange(after, 50, 170)).isEqualTo(Arrays.copyOfRange(before, 110, 230));
            assertThat(after).hasSize(170 + 60);
            var last = session.generate(o -> endless(o).overflow(Overflow.dropOldestTurns()))
                    .await();
            assertThat(last.finishReason()).isEqualTo(FinishReason.CONTEXT_FULL);
        }
    }
}
