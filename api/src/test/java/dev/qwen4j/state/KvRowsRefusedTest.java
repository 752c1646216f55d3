package dev.qwen4j.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.Batch;
import dev.qwen4j.CacheType;
import dev.qwen4j.Context;
import dev.qwen4j.ContextFullException;
import dev.qwen4j.ContextOptions;
import dev.qwen4j.FlashAttention;
import dev.qwen4j.KvRows;
import dev.qwen4j.Model;
import dev.qwen4j.RopeScaling;
import dev.qwen4j.StateException;
import dev.qwen4j.gguf.TinyGemma3;
import dev.qwen4j.gguf.TinyT5;
import dev.qwen4j.guard.TinyGpt2;
import dev.qwen4j.nano.Nano;
import dev.qwen4j.oracle.TestArchitectures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pieces that make no sequence, or none for this context; what it held is still there afterwards. */
class KvRowsRefusedTest {
    private static final int[] HELD = {1, 2, 3, 4, 5};
    private static final int[] TOKENS = new Random(13).ints(40, 0, 4000).toArray();

    @TempDir
    private Path folder;

    private Model model;
    private KvRows rows;

    @BeforeEach
    void save() {
        model = Model.load(Nano.file());
        try (var context = context(o -> o)) {
            context.prefill(TOKENS);
            rows = context.states().saveRows(0, 0, TOKENS.length);
        }
    }

    @AfterEach
    void close() {
        rows.close();
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
            refused(StateException.class, () -> context.states().restoreRows(0, List.of(rows)), words);
            assertThat(context.position()).isEqualTo(HELD.length);
            assertThat(context.logits()).isEqualTo(logits);
        }
    }

    @Test
    void refusesGapsAndOverlaps() {
        try (var context = context(o -> o);
                var first = rows.slice(0, 10);
                var second = rows.slice(10, 20);
                var third = rows.slice(21, 40)) {
            context.prefill(HELD);
            var states = context.states();
            var refusal = IllegalArgumentException.class;
            refused(refusal, () -> states.restoreRows(0, List.of()), "no rows");
            refused(refusal, () -> states.restoreRows(0, List.of(second)), "10 to 20", "follow at position 0", "gap");
            refused(
                    refusal,
                    () -> states.restoreRows(0, List.of(first, second, third)),
                    "21 to 40",
                    "follow at position 20",
                    "gap");
            refused(
                    refusal,
                    () -> states.restoreRows(0, List.of(first, first)),
                    "0 to 10",
                    "at position 10",
                    "overlap");
            refused(refusal, () -> states.restoreRows(1, List.of(first)), "no sequence 1");
            assertThat(context.position()).isEqualTo(HELD.length);
        }
    }

    @Test
    void refusesRangesThatAreNotThere() {
        var refusal = IllegalArgumentException.class;
        try (var middle = rows.slice(10, 20)) {
            refused(refusal, () -> middle.slice(9, 20), "9 to 20", "10 to 20");
            refused(refusal, () -> middle.slice(10, 21), "10 to 21", "10 to 20");
            refused(refusal, () -> middle.slice(15, 15), "15 to 15");
            refused(refusal, () -> middle.slice(15, 14), "15 to 14");
        }
        try (var context = context(o -> o.maxSequences(2))) {
            context.prefill(HELD);
            refused(refusal, () -> context.states().saveRows(0, 0, 6), "0 to 6", "holds 0 to 5");
            refused(refusal, () -> context.states().saveRows(0, -1, 3), "-1 to 3");
            refused(refusal, () -> context.states().saveRows(0, 3, 3), "3 to 3");
            refused(refusal, () -> context.states().saveRows(2, 0, 1), "no sequence 2");
            refused(StateException.class, () -> context.states().saveRows(1, 0, 1), "Sequence 1 holds nothing");
        }
    }

    @Test
    void refusesToCutASequenceWithAHole() {
        try (var context = context(o -> o)) {
            context.prefill(HELD);
            context.kvCache().remove(0, 1, 3);
            refused(StateException.class, () -> context.states().saveRows(0, 3, 5), "cannot be cut", "cells");
        }
    }

    @Test
    void refusesWhatTheNextDecodeCompletes() {
        try (var context = context(o -> o.maxSequences(2))) {
            context.prefill(HELD);
            context.kvCache().copy(0, 1);
            refused(StateException.class, () -> context.states().saveRows(1, 0, 5), "Decode a token first");
            refused(StateException.class, () -> context.states().restoreRows(1, List.of(rows)), "Decode a token");
            context.decode(7);
            context.states().saveRows(1, 0, 5).close();
        }
    }

    @Test
    void refusesRowsOfAnotherModel() throws IOException {
        try (var other = Model.load(TinyGpt2.write(folder.resolve("gpt2.gguf"), 600, 2));
                var context = other.newContext(o -> o.length(512).threads(1))) {
            refused(
                    StateException.class,
                    () -> context.states().restoreRows(0, List.of(rows)),
                    "another model file",
                    "qwen3",
                    "gpt2");
        }
        var tuned = folder.resolve("tuned.gguf");
        var bytes = Files.readAllBytes(Nano.file());
        var tensor = model.gguf().tensors().getFirst();
        bytes[(int) (model.gguf().dataOffset() + tensor.offset() + tensor.byteSize() / 2)] ^= 1;
        Files.write(tuned, bytes);
        try (var other = Model.load(tuned);
                var context = other.newContext(o -> o.length(512).threads(1))) {
            refused(StateException.class, () -> context.states().restoreRows(0, List.of(rows)), "another model file");
        }
    }

    @Test
    void refusesOtherParameters() {
        refusedBy(o -> o.cacheTypes(CacheType.F32, CacheType.F16), "keys of type F16", "F32");
        refusedBy(o -> o.cacheTypes(CacheType.F16, CacheType.Q8_0), "values of type F16", "Q8_0");
        refusedBy(o -> o.ropeScaling(RopeScaling.linear(2)), "rotary positions");
    }

    @Test
    void refusesPiecesThatAreLaidOutInDifferentWays() {
        try (var transposed = context(o -> o.flashAttention(FlashAttention.OFF));
                var context = context(o -> o)) {
            transposed.prefill(TOKENS);
            context.prefill(HELD);
            try (var first = transposed.states().saveRows(0, 0, 10);
                    var second = rows.slice(10, 20)) {
                refused(
                        StateException.class,
                        () -> context.states().restoreRows(0, List.of(first, second)),
                        "10 to 20",
                        "another way");
            }
            assertThat(context.position()).isEqualTo(HELD.length);
        }
    }

    @Test
    void leavesTheSequenceEmptyWhenLlamaCppRefuses() {
        // The rows were saved with AUTO, which turned out to be on; llama.cpp finds out itself.
        try (var context = context(o -> o.flashAttention(FlashAttention.OFF).maxSequences(2))) {
            context.prefill(HELD);
            context.decode(new Batch().add(1, 1, true));
            refused(
                    StateException.class,
                    () -> context.states().restoreRows(0, List.of(rows)),
                    "V transposition",
                    "Sequence 0 is empty now");
            assertThat(context.position(0)).isZero();
            assertThat(context.position(1)).isEqualTo(1);
            context.prefill(HELD);
        }
    }

    @Test
    void refusesWhatDoesNotFit() {
        try (var large = context(o -> o.length(1024));
                var small = context(o -> o.length(256))) {
            large.prefill(new Random(5).ints(300, 0, 4000).toArray());
            small.prefill(HELD);
            try (var longer = large.states().saveRows(0, 0, 300)) {
                refused(ContextFullException.class, () -> small.states().restoreRows(0, List.of(longer)), "300", "256");
            }
            assertThat(small.position()).isEqualTo(HELD.length);
        }
        try (var pool = context(o -> o.length(256).maxSequences(2).unified(true))) {
            pool.prefill(new Random(5).ints(230, 0, 4000).toArray());
            refused(
                    ContextFullException.class,
                    () -> pool.states().restoreRows(1, List.of(rows)),
                    "40 tokens do not fit",
                    "230");
            pool.decode(new Batch().add(1, 1, true));
            refused(
                    ContextFullException.class,
                    () -> pool.states().restoreRows(1, List.of(rows)),
                    "40 tokens do not fit");
            assertThat(pool.position(0)).isEqualTo(230);
            assertThat(pool.position(1)).isEqualTo(1);
        }
    }

    @Test
    void refusesClosedRows() {
        KvRows second = rows.slice(5, 10);
        second.close();
        second.close();
        try (var context = context(o -> o);
                var first = rows.slice(0, 5)) {
            context.prefill(HELD);
            assertThat(second.toString()).contains("positions 5 to 10", "closed");
            assertThat(second.size()).isEqualTo(5);
            refused(IllegalStateException.class, () -> second.slice(5, 6), "is closed");
            refused(
                    IllegalStateException.class,
                    () -> context.states().restoreRows(0, List.of(first, second)),
                    "is closed");
            assertThat(context.position()).isEqualTo(HELD.length);
        }
    }

    @Test
    void refusesAClosedContext() {
        var context = context(o -> o);
        context.prefill(HELD);
        context.close();
        refused(IllegalStateException.class, () -> context.states().saveRows(0, 0, 1), "context is closed");
        refused(IllegalStateException.class, () -> context.states().restoreRows(0, List.of(rows)), "context is closed");
    }

    private void cannot(Context context, String why) {
        var states = context.states();
        assertThat(states.canSaveRows()).as(why).isFalse();
        refused(StateException.class, () -> states.saveRows(0, 0, 1), "Rows cannot be cut", why);
        refused(StateException.class, () -> states.restoreRows(0, List.of(rows)), "Rows cannot be cut", why);
    }

    @Test
    void refusesContextsThatWorkForOthers() {
        try (var context = context(o -> o);
                var companion = context(o -> o.companion(context))) {
            cannot(companion, "works for another one");
        }
    }

    @Test
    void refusesWindowsAndEncoders() {
        try (var gemma = Model.load(TinyGemma3.write(folder));
                var context = gemma.newContext(o -> o.length(256).threads(1))) {
            cannot(context, "sliding windows");
        }
        try (var t5 = Model.load(TinyT5.write(folder, true));
                var context = t5.newContext(o -> o.length(64).threads(1))) {
            cannot(context, "depends on what was encoded");
        }
    }

    @Test
    void refusesCachesOfOtherKinds() throws IOException, InterruptedException {
        var other = List.of("mamba", "jamba", "qwen35", "lfm2", "deepseek4", "deepseek32", "minimax-m3", "qwen2vl");
        var written = TestArchitectures.write(folder, other);
        for (var architecture : other) {
            try (var odd = Model.load(written.file(architecture));
                    var context = odd.newContext(o -> o.length(256).threads(1))) {
                context.decode(1, 2, 3);
                cannot(context, architecture);
            }
        }
    }

    @Test
    void refusesModelsWithoutACache() throws IOException, InterruptedException {
        try (var dream = Model.load(
                        TestArchitectures.write(folder, List.of("dream")).file("dream"));
                var context = dream.newContext(o -> o.length(256).threads(1))) {
            cannot(context, "no cache");
        }
    }
}
