package dev.qwen4j.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.Batch;
import dev.qwen4j.Context;
import dev.qwen4j.ContextOptions;
import dev.qwen4j.KvCacheException;
import dev.qwen4j.Model;
import dev.qwen4j.State;
import dev.qwen4j.StateException;
import dev.qwen4j.StateKind;
import dev.qwen4j.gguf.TinyGemma3;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model most of whose layers remember a window of 16 tokens only: going back needs what the window held. */
class PartialStateTest {
    private static final float ROUNDING = 0.05f;
    private static final int[] PROMPT =
            new Random(3).ints(40, 0, TinyGemma3.VOCABULARY).toArray();

    @TempDir
    private Path folder;

    private Model model;

    @BeforeEach
    void load() throws IOException {
        model = Model.load(TinyGemma3.write(folder));
    }

    @AfterEach
    void close() {
        model.close();
    }

    private Context context(UnaryOperator<ContextOptions> options) {
        return model.newContext(o -> options.apply(
                o.length(1024).batchSize(32).threads(1).maxSequences(2).fullSlidingWindow(false)));
    }

    private static void assertClose(Continuation actual, Continuation expected) {
        assertThat(actual.tokens()).isEqualTo(expected.tokens());
        for (int i = 0; i < expected.logits().size(); i++) {
            for (int j = 0; j < expected.logits().get(i).size(); j++) {
                assertThat(Math.abs(actual.logits().get(i).get(j)
                                - expected.logits().get(i).get(j)))
                        .isLessThan(ROUNDING);
            }
        }
    }

    @Test
    void goesBackToWhereItWasSaved() {
        try (var context = context(o -> o)) {
            context.prefill(PROMPT);
            byte[] bytes;
            long full;
            try (var part = context.states().savePartial(0, PROMPT);
                    var whole = context.states().save(0, PROMPT)) {
                assertThat(part.kind()).isEqualTo(StateKind.PARTIAL);
                bytes = part.toBytes();
                full = whole.byteSize();
            }
            assertThat(bytes.length).isLessThan((int) full);
            var expected = Continuation.of(context, 0);
            var later = new Random(4).ints(400, 0, TinyGemma3.VOCABULARY).toArray();
            context.prefill(later);
            // The cells of the window have been used again since.
            assertThatThrownBy(() -> context.kvCache().truncate(0, PROMPT.length))
                    .isInstanceOf(KvCacheException.class);
            try (var part = State.fromBytes(bytes)) {
                var longer = Arrays.copyOf(PROMPT, 72 + later.length);
                context.states().restorePartial(part, 0, longer);
                assertThat(context.position()).isEqualTo(PROMPT.length);
                assertClose(Continuation.of(context, 0), expected);
            }
        }
    }

    @Test
    void savesAWholeSequenceOfAWindow() {
        try (var context = context(o -> o);
                var other = context(o -> o)) {
            context.prefill(PROMPT);
            try (var state = context.states().save(0)) {
                other.states().restore(state, 1);
                assertClose(Continuation.of(other, 1), Continuation.of(context, 0));
            }
        }
    }

    @Test
    void refusesASequenceThatDoesNotHoldTheRest() {
        try (var context = context(o -> o)) {
            context.prefill(PROMPT);
            try (var part = context.states().savePartial(0, PROMPT)) {
                assertThatThrownBy(() -> context.states().restorePartial(part, 1, PROMPT))
                        .isInstanceOf(StateException.class)
                        .hasMessageContaining("sequence 1 does not hold the rest");
                context.decode(new Batch().add(1, 1, true));
                assertThatThrownBy(() -> context.states().restorePartial(part, 1, PROMPT))
                        .isInstanceOf(StateException.class)
                        .hasMessageContaining("sequence 1 does not hold the rest");
                assertThat(context.position(1)).isEqualTo(1);
                var others = PROMPT.clone();
                others[7]++;
                assertThatThrownBy(() -> context.states().restorePartial(part, 0, others))
                        .isInstanceOf(StateException.class)
                        .hasMessageContaining("others from position 7 on");
                assertThatThrownBy(() -> context.states().restorePartial(part, 0, Arrays.copyOf(PROMPT, 39)))
                        .isInstanceOf(StateException.class)
                        .hasMessageContaining("others from position 39 on");
            }
            assertThatThrownBy(() -> context.states().savePartial(0)).isInstanceOf(IllegalArgumentException.class);
        }
        try (var window = context(o -> o);
                var full = context(o -> o.fullSlidingWindow(true))) {
            window.prefill(PROMPT);
            try (var state = window.states().save(0)) {
                assertThatThrownBy(() -> full.states().restore(state, 0))
                        .isInstanceOf(StateException.class)
                        .hasMessageContaining("full sliding window");
            }
        }
    }
}
