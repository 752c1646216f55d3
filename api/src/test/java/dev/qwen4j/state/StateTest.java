package dev.qwen4j.state;

import static dev.qwen4j.state.Continuation.PROMPT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.Batch;
import dev.qwen4j.CacheType;
import dev.qwen4j.Context;
import dev.qwen4j.ContextOptions;
import dev.qwen4j.FlashAttention;
import dev.qwen4j.KvCacheException;
import dev.qwen4j.Model;
import dev.qwen4j.State;
import dev.qwen4j.StateKind;
import dev.qwen4j.nano.Nano;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StateTest {
    @TempDir
    private Path folder;

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
        return model.newContext(o -> options.apply(o.length(1024).threads(1)));
    }

    static Stream<Named<UnaryOperator<ContextOptions>>> layouts() {
        return Stream.of(
                Named.of("one sequence", o -> o),
                Named.of("streams", o -> o.maxSequences(4)),
                Named.of("unified", o -> o.maxSequences(4).unified(true)),
                Named.of(
                        "transposed values",
                        o -> o.flashAttention(FlashAttention.OFF).maxSequences(2)),
                Named.of("quantized", o -> o.cacheTypes(CacheType.Q8_0, CacheType.Q8_0)));
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void goesOnWithTheSameTokensAndLogitsInAnotherProcessOfTheModel(UnaryOperator<ContextOptions> layout) {
        var file = folder.resolve("state");
        Continuation expected;
        try (var context = context(layout)) {
            context.prefill(PROMPT);
            try (var state = context.states().save(0, PROMPT)) {
                state.writeTo(file);
                assertThat(Files.exists(file)).isTrue();
            }
            expected = Continuation.of(context, 0);
        }
        try (var again = Model.load(Nano.file());
                var context = again.newContext(o -> layout.apply(o.length(1024).threads(1)));
                var state = State.read(file)) {
            assertThat(state.kind()).isEqualTo(StateKind.SEQUENCE);
            assertThat(state.position()).isEqualTo(PROMPT.length);
            assertThat(state.tokens()).isEqualTo(PROMPT);
            assertThat(Files.exists(file)).isTrue();
            assertThat(file).hasSize(state.byteSize());
            context.states().restore(state, 0);
            assertThat(Continuation.of(context, 0)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void bringsAllSequencesBack(UnaryOperator<ContextOptions> layout) {
        byte[] bytes;
        List<Continuation> expected;
        try (var context = context(layout)) {
            int sequences = context.maxSequences();
            for (int sequence = 0; sequence < sequences; sequence++) {
                context.prefill(batch(sequence));
            }
            try (var state = context.states().saveAll()) {
                assertThat(state.kind()).isEqualTo(StateKind.WHOLE);
                bytes = state.toBytes();
            }
            expected = continuations(context);
        }
        try (var context = context(layout);
                var state = State.fromBytes(bytes)) {
            context.prefill(PROMPT[5], PROMPT[6]);
            context.states().restoreAll(state);
            assertThatThrownBy(context::logits).isInstanceOf(IllegalStateException.class);
            assertThat(continuations(context)).isEqualTo(expected);
        }
    }

    private static Batch batch(int sequence) {
        var batch = new Batch();
        for (int token : Arrays.copyOf(PROMPT, 10 + sequence)) {
            batch.add(token, sequence, false);
        }
        return batch;
    }

    private static List<Continuation> continuations(Context context) {
        return IntStream.range(0, context.maxSequences())
                .mapToObj(sequence -> Continuation.of(context, sequence))
                .toList();
    }

    @Test
    void restoresIntoAnotherSequenceAndReplacesWhatItHeld() {
        try (var context = context(o -> o.maxSequences(3))) {
            context.prefill(PROMPT);
            context.prefill(batch(2));
            try (var state = context.states().save(0)) {
                assertThat(state.tokens()).isEmpty();
                context.states().restore(state, 2);
                assertThat(context.position(2)).isEqualTo(PROMPT.length);
                assertThatThrownBy(context::logits).isInstanceOf(IllegalStateException.class);
                assertThat(Continuation.of(context, 2)).isEqualTo(Continuation.of(context, 0));
            }
        }
    }

    @Test
    void knowsWhichCellsAreSharedAfterwards() {
        try (var context = context(o -> o.maxSequences(3).unified(true))) {
            var cache = context.kvCache();
            context.prefill(PROMPT);
            cache.copy(0, 1);
            try (var all = context.states().saveAll();
                    var one = context.states().save(0)) {
                context.states().restore(one, 1);
                cache.shift(1, 20, 40, 3);
                context.decode(new Batch().add(5, 1, true));
                context.clear();
                context.states().restoreAll(all);
                assertThatThrownBy(() -> cache.shift(1, 20, 40, 3))
                        .isInstanceOf(KvCacheException.class)
                        .hasMessageContaining("share cells");
            }
        }
    }
}
