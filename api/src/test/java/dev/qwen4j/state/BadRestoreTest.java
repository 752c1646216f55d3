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
import dev.qwen4j.RopeScaling;
import dev.qwen4j.State;
import dev.qwen4j.StateException;
import dev.qwen4j.guard.TinyGpt2;
import dev.qwen4j.nano.Nano;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** States that are whole and right, but not for this context; what it held is still there afterwards. */
class BadRestoreTest {
    private static final int[] HELD = {1, 2, 3, 4, 5};

    @TempDir
    private Path folder;

    private Model model;
    private State state;

    @BeforeEach
    void save() {
        model = Model.load(Nano.file());
        try (var context = context(o -> o)) {
            context.prefill(PROMPT);
            state = context.states().save(0, PROMPT);
        }
    }

    @AfterEach
    void close() {
        state.close();
        model.close();
    }

    private Context context(UnaryOperator<ContextOptions> options) {
        return model.newContext(o -> options.apply(o.length(512).threads(1)));
    }

    private static void refused(Class<? extends Exception> type, ThrowingCallable call, String... words) {
        assertThatThrownBy(call).isInstanceOf(type).hasMessageContainingAll(words);
    }

    private void refusedBy(UnaryOperator<ContextOptions> options, String... words) {
        try (var context = context(options)) {
            context.prefill(HELD);
            var logits = context.logits();
            refused(StateException.class, () -> context.states().restore(state, 0), words);
            assertThat(context.position()).isEqualTo(HELD.length);
            assertThat(context.logits()).isEqualTo(logits);
        }
    }

    @Test
    void refusesAnotherModelsState() throws IOException {
        try (var other = Model.load(TinyGpt2.write(folder.resolve("gpt2.gguf"), 600, 2));
                var context = other.newContext(o -> o.length(512).threads(1))) {
            refused(
                    StateException.class,
                    () -> context.states().restore(state, 0),
                    "another model file",
                    "qwen3",
                    "gpt2");
        }
        // The same header and size, and one weight's bit: as a fine-tuned model has.
        var tuned = folder.resolve("tuned.gguf");
        var bytes = Files.readAllBytes(Nano.file());
        var tensor = model.gguf().tensors().getFirst();
        bytes[(int) (model.gguf().dataOffset() + tensor.offset() + tensor.byteSize() / 2)] ^= 1;
        Files.write(tuned, bytes);
        try (var other = Model.load(tuned);
                var context = other.newContext(o -> o.length(512).threads(1))) {
            refused(StateException.class, () -> context.states().restore(state, 0), "another model file");
        }
    }

    @Test
    void refusesAStateThatOtherMetadataWasComputedWith() {
        var key = "qwen3.rope.freq_base";
        try (var other = Model.load(Nano.file(), o -> o.metadata(key, 5000.0));
                var context = other.newContext(o -> o.length(512).threads(1))) {
            refused(StateException.class, () -> context.states().restore(state, 0), "another model file");
            context.prefill(HELD);
            try (var own = context.states().save(0);
                    var plain = context(o -> o)) {
                context.states().restore(own, 0);
                refused(StateException.class, () -> plain.states().restore(own, 0), "another model file");
            }
        }
    }

    @Test
    void refusesOtherParameters() {
        refusedBy(o -> o.cacheTypes(CacheType.F32, CacheType.F16), "keys of type F16", "F32");
        refusedBy(o -> o.cacheTypes(CacheType.F16, CacheType.Q8_0), "values of type F16", "Q8_0");
        refusedBy(o -> o.ropeScaling(RopeScaling.linear(2)), "rotary positions");
    }

    @Test
    void takesAStateOfAnotherLayoutApart() {
        try (var alike = context(o -> o);
                var streams = context(o -> o.length(1024).maxSequences(2))) {
            alike.states().restore(state, 0);
            streams.states().restore(state, 1);
            alike.decode(new Batch().add(7, 0, true));
            streams.decode(new Batch().add(7, 1, true));
            assertThat(streams.logits()).isEqualTo(alike.logits());
        }
    }

    @Test
    void putsBackWhatWasThereWhenLlamaCppRefuses() {
        // The state was saved with AUTO, which turned out to be on; llama.cpp finds out itself, after it has emptied
        // the sequence.
        try (var context = context(o -> o.flashAttention(FlashAttention.OFF))) {
            context.prefill(HELD);
            refused(StateException.class, () -> context.states().restore(state, 0), "V transposition");
            assertThat(context.position()).isEqualTo(HELD.length);
            var after = Continuation.of(context, 0);
            context.clear();
            context.prefill(HELD);
            assertThat(Continuation.of(context, 0)).isEqualTo(after);
        }
    }

    @Test
    void refusesAStateOfAnotherKind() {
        try (var context = context(o -> o);
                var all = context.states().saveAll()) {
            refused(
                    StateException.class,
                    () -> context.states().restoreAll(state),
                    "SEQUENCE, not WHOLE",
                    "Use restore.");
            refused(StateException.class, () -> context.states().restore(all, 0), "WHOLE, not SEQUENCE", "restoreAll");
            refused(StateException.class, () -> context.states().restorePartial(state, 0), "not PARTIAL");
            refused(IllegalStateException.class, all::position, "all sequences");
        }
    }

    @Test
    void refusesWhatDoesNotFit() {
        try (var large = context(o -> o.length(1024));
                var small = context(o -> o.length(256))) {
            large.prefill(new Random(5).ints(300, 0, 4000).toArray());
            try (var longer = large.states().save(0);
                    var all = large.states().saveAll()) {
                small.prefill(HELD);
                refused(ContextFullException.class, () -> small.states().restore(longer, 0), "300", "256");
                refused(
                        StateException.class,
                        () -> small.states().restoreAll(all),
                        "1,024 tokens of length",
                        "only 256");
                assertThat(small.position()).isEqualTo(HELD.length);
            }
        }
        try (var pool = context(o -> o.length(256).maxSequences(2).unified(true))) {
            var tokens = new Random(5).ints(230, 0, 4000).toArray();
            pool.prefill(tokens);
            refused(ContextFullException.class, () -> pool.states().restore(state, 1), "40 tokens do not fit", "230");
            pool.decode(new Batch().add(1, 1, true));
            refused(ContextFullException.class, () -> pool.states().restore(state, 1), "40 tokens do not fit");
            assertThat(pool.position(0)).isEqualTo(230);
            assertThat(pool.position(1)).isEqualTo(1);
        }
    }

    @Test
    void refusesToSaveWhatIsNotThere() {
        try (var context = context(o -> o.maxSequences(2))) {
            refused(StateException.class, () -> context.states().save(1), "Sequence 1 holds nothing");
            refused(StateException.class, () -> context.states().snapshot(1), "Sequence 1 holds nothing");
            refused(IllegalArgumentException.class, () -> context.states().save(2), "no sequence 2");
            refused(IllegalArgumentException.class, () -> context.states().restore(state, -1), "no sequence -1");
            context.prefill(HELD);
            refused(IllegalArgumentException.class, () -> context.states().save(0, 1, 2), "2 tokens", "holds 5");
            refused(IllegalArgumentException.class, () -> context.states().save(0, 1, 2, 3, 4, -5), "-5");
            refused(StateException.class, () -> context.states().savePartial(0, HELD), "no sliding window");
        }
    }

    @Test
    void refusesToSaveWhatTheNextDecodeCompletes() {
        try (var context = context(o -> o.maxSequences(2))) {
            context.prefill(HELD);
            context.kvCache().copy(0, 1);
            refused(StateException.class, () -> context.states().save(1), "Decode a token first");
            refused(StateException.class, () -> context.states().saveAll(), "Decode a token first");
            context.decode(7);
            context.states().save(1).close();
            context.kvCache().shift(0, 3, 6, 1);
            refused(StateException.class, () -> context.states().save(0), "Decode a token first");
        }
    }

    @Test
    void refusesAClosedState() {
        try (var context = context(o -> o)) {
            state.close();
            refused(IllegalStateException.class, () -> context.states().restore(state, 0), "state is closed");
            refused(IllegalStateException.class, state::toBytes, "state is closed");
            refused(IllegalStateException.class, () -> state.writeTo(folder.resolve("state")), "state is closed");
            assertThat(folder).isEmptyDirectory();
        }
    }
}
