package dev.qwen4j.state;

import static dev.qwen4j.state.Continuation.PROMPT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.Batch;
import dev.qwen4j.CacheType;
import dev.qwen4j.Context;
import dev.qwen4j.ContextFullException;
import dev.qwen4j.ContextOptions;
import dev.qwen4j.FlashAttention;
import dev.qwen4j.Model;
import dev.qwen4j.StateException;
import dev.qwen4j.nano.Nano;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceSnapshotTest {
    private Model model;

    @BeforeEach
    void load() {
        model = Model.load(Nano.file());
    }

    @AfterEach
    void close() {
        model.close();
    }

    private Context context(UnaryOperator<ContextOptions> options) {
        return model.newContext(o -> options.apply(o.length(1024).threads(1).flashAttention(FlashAttention.ON)));
    }

    private static void refused(Class<? extends Exception> type, ThrowingCallable call, String... words) {
        assertThatThrownBy(call).isInstanceOf(type).hasMessageContainingAll(words);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void goesOnWithTheSameTokensAndLogits(boolean unified) {
        try (var context = context(o -> o.maxSequences(2).unified(unified))) {
            context.prefill(PROMPT);
            var snapshot = context.states().snapshot(0);
            var expected = Continuation.of(context, 0);
            context.clear();
            context.states().restore(snapshot, 0);
            assertThatThrownBy(context::logits).isInstanceOf(IllegalStateException.class);
            assertThat(context.position()).isEqualTo(snapshot.position());
            assertThat(Continuation.of(context, 0)).isEqualTo(expected);
            // It can be restored as often as one likes, and elsewhere.
            context.clear();
            context.states().restore(snapshot, 1);
            assertThat(Continuation.of(context, 1)).isEqualTo(expected);
        }
    }

    @Test
    void takesASequenceWhoseCellsLieScattered() {
        try (var context = context(o -> o.maxSequences(2).unified(true))) {
            context.prefill(PROMPT);
            context.states().snapshot(0);
            context.clear();
            // As many cells as before, one here and one there.
            for (int token : PROMPT) {
                context.decode(new Batch().add(token, 0, true).add(9, 1, false));
            }
            var snapshot = context.states().snapshot(0);
            var expected = Continuation.of(context, 0);
            context.states().restore(snapshot, 0);
            assertThat(Continuation.of(context, 0).tokens()).isEqualTo(expected.tokens());
        }
    }

    @Test
    void refusesAStaleOneAndAnotherContexts() {
        try (var context = context(o -> o.maxSequences(2));
                var other = context(o -> o.maxSequences(2))) {
            context.prefill(PROMPT);
            var first = context.states().snapshot(0);
            context.decode(5);
            var second = context.states().snapshot(0);
            refused(StateException.class, () -> context.states().restore(first, 0), "sequence 0 is stale");
            refused(StateException.class, () -> other.states().restore(second, 0), "another context");
            refused(IllegalArgumentException.class, () -> context.states().restore(second, 2), "no sequence 2");
            context.states().restore(second, 0);
            assertThat(context.position()).isEqualTo(PROMPT.length + 1);
        }
    }

    @Test
    void refusesWhatMayFindNoRoom() {
        try (var context = context(o -> o.length(256).maxSequences(2).unified(true))) {
            context.prefill(PROMPT);
            var snapshot = context.states().snapshot(0);
            var others = new Batch();
            for (int i = 0; i < 216; i++) {
                others.add(i, 1, false);
            }
            context.prefill(others);
            context.states().restore(snapshot, 0);
            context.kvCache().remove(0);
            context.decode(new Batch().add(3, 1, true));
            refused(ContextFullException.class, () -> context.states().restore(snapshot, 0), "40 tokens", "217");
        }
    }

    @Test
    void refusesCachesThatLlamaCppDoesNotCopy() {
        try (var context = context(o -> o.cacheTypes(CacheType.Q8_0, CacheType.Q8_0))) {
            context.prefill(PROMPT);
            refused(StateException.class, () -> context.states().snapshot(0), "quantized");
        }
        try (var context = context(o -> o.flashAttention(FlashAttention.AUTO))) {
            context.prefill(PROMPT);
            refused(StateException.class, () -> context.states().snapshot(0), "flash attention AUTO");
        }
    }
}
