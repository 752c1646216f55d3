package dev.qwen4j.handles;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.CancelledException;
import dev.qwen4j.Context;
import dev.qwen4j.Model;
import dev.qwen4j.nano.Nano;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CancelTest {
    private static final int[] PROMPT = {785, 6722, 315, 9625, 374, 264, 1985, 17};

    private Model model;

    @BeforeEach
    void load() {
        model = Model.load(Nano.file());
    }

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void leavesARunningDecodeWithWhatTheContextHeldBefore() {
        var context = LongPrefill.newContext(model);
        context.decode(prompt());
        var running = LongPrefill.start(context);

        context.cancel();

        assertThat(running.thrown())
                .isInstanceOf(CancelledException.class)
                .hasMessageContaining("tokens at position " + PROMPT.length);
        assertThat(context.position()).isEqualTo(PROMPT.length);
        context.decode(7);
        assertThat(context.logits()).isEqualTo(freshLogits());
    }

    @Test
    void isNoErrorInTheLog() {
        var context = LongPrefill.newContext(model);
        try (var log = Capture.of("dev.qwen4j.llama")) {
            var running = LongPrefill.start(context);
            context.cancel();
            assertThat(running.thrown()).isInstanceOf(CancelledException.class);
            context.decode(7);
            assertThat(log.events()).isEmpty();
        }
    }

    @Test
    void cancelsAgainAndAgain() {
        var context = LongPrefill.newContext(model);
        context.decode(prompt());
        for (int i = 0; i < 5; i++) {
            var running = LongPrefill.start(context);
            context.cancel();
            assertThat(running.thrown()).isInstanceOf(CancelledException.class);
        }
        context.decode(7);
        assertThat(context.logits()).isEqualTo(freshLogits());
    }

    @Test
    void hasNoEffectOnWhatComesNextWhenNothingRuns() {
        var context = LongPrefill.newContext(model);
        context.decode(prompt());
        context.cancel();
        context.decode(7);
        context.cancel();
        assertThat(context.position()).isEqualTo(PROMPT.length + 1);
        assertThat(context.logits()).isEqualTo(freshLogits());
    }

    private float[] freshLogits() {
        try (Context fresh = LongPrefill.newContext(model)) {
            fresh.decode(prompt());
            fresh.decode(7);
            return fresh.logits();
        }
    }

    private int[] prompt() {
        var tokens = PROMPT.clone();
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] %= model.tokenizer().size();
        }
        return tokens;
    }
}
