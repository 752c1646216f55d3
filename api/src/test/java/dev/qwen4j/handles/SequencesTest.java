package dev.qwen4j.handles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.Batch;
import dev.qwen4j.Context;
import dev.qwen4j.ContextFullException;
import dev.qwen4j.ContextOptions;
import dev.qwen4j.Model;
import dev.qwen4j.nano.Nano;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several sequences in one context: what each computes is what it would compute alone, up to the rounding of another batch. */
class SequencesTest {
    private static final float ROUNDING = 0.05f;

    private final Random random = new Random(7);
    private Model model;

    @BeforeEach
    void load() {
        model = Model.load(Nano.file());
    }

    @AfterEach
    void close() {
        model.close();
    }

    private Context context(int sequences, boolean unified) {
        return model.newContext(
                o -> o.length(2048).maxSequences(sequences).unified(unified).threads(1));
    }

    private int[] tokens(int count) {
        return random.ints(count, 0, model.tokenizer().size()).toArray();
    }

    private float[] alone(int... tokens) {
        try (var context = model.newContext(o -> o.length(512).threads(1))) {
            context.prefill(tokens);
            return context.logits();
        }
    }

    private static void assertClose(float[] actual, float[] expected) {
        for (int i = 0; i < expected.length; i++) {
            assertThat(Math.abs(actual[i] - expected[i])).as("logit %d", i).isLessThan(ROUNDING);
        }
    }

    private static int[] joined(int[] first, int... second) {
        var all = new int[first.length + second.length];
        System.arraycopy(first, 0, all, 0, first.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void computeWhatEachWouldAlone(boolean unified) {
        try (var context = context(4, unified)) {
            var prompts = new int[][] {tokens(5), tokens(30), tokens(1), tokens(12)};
            var batch = new Batch();
            for (int sequence = 0; sequence < prompts.length; sequence++) {
                for (int i = 0; i < prompts[sequence].length; i++) {
                    batch.add(prompts[sequence][i], sequence, i == prompts[sequence].length - 1);
                }
            }
            context.decode(batch);

            int end = 0;
            for (int sequence = 0; sequence < prompts.length; sequence++) {
                end += prompts[sequence].length;
                assertClose(context.logits(end - 1), alone(prompts[sequence]));
                assertThat(context.position(sequence)).isEqualTo(prompts[sequence].length);
            }

            context.decode(new Batch().add(11, 3, true).add(12, 1, true));
            assertClose(context.logits(0), alone(joined(prompts[3], 11)));
            assertClose(context.logits(1), alone(joined(prompts[1], 12)));
        }
    }

    @Test
    void shareTokensThatBelongToSeveral() {
        try (var context = context(3, true)) {
            var prefix = tokens(20);
            var batch = new Batch();
            for (int i = 0; i < prefix.length; i++) {
                batch.addAt(prefix[i], i, false, 0, 1, 2);
            }
            context.decode(batch);
            context.decode(new Batch().add(1, 0, true).add(2, 1, true).add(3, 2, true));

            for (int sequence = 0; sequence < 3; sequence++) {
                assertThat(context.position(sequence)).isEqualTo(21);
                assertClose(context.logits(sequence), alone(joined(prefix, sequence + 1)));
            }
            // Entries after it belong to one sequence again.
            context.decode(new Batch().add(4, 2, true));
            assertThat(context.position(0)).isEqualTo(21);
            assertThat(context.position(2)).isEqualTo(22);
        }
    }

    @Test
    void refuseToShareWhereEachHasCellsOfItsOwn() {
        try (var context = context(2, false)) {
            assertThatThrownBy(() -> context.decode(new Batch().addAt(1, 0, true, 0, 1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("unified(true)");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void holdWhatTheyHeldWhenThereIsNoRoom(boolean unified) {
        try (var context = model.newContext(o ->
                o.length(512).maxSequences(2).unified(unified).batchSize(512).threads(1))) {
            int room = unified ? 512 : 256;
            assertThat(context.length()).isEqualTo(512);
            assertThat(context.sequenceLength()).isEqualTo(room);
            var batch = new Batch();
            for (int token : tokens(200)) {
                batch.add(token, 0, false);
            }
            context.prefill(batch);
            batch.clear();
            for (int token : tokens(unified ? 313 : 257)) {
                batch.add(token, 1, false);
            }
            assertThatThrownBy(() -> context.prefill(batch)).isInstanceOf(ContextFullException.class);
            assertThat(context.position(0)).isEqualTo(200);
            assertThat(context.position(1)).isZero();
            context.decode(new Batch().add(1, 1, true));
        }
    }

    @Test
    void prefillLeavesNothingBehindWhenItFails() {
        try (var context = model.newContext(
                o -> o.length(512).maxSequences(2).unified(true).batchSize(64).threads(1))) {
            context.prefill(tokens(300));
            var batch = new Batch();
            for (int token : tokens(250)) {
                batch.add(token, 1, false);
            }
            assertThatThrownBy(() -> context.prefill(batch)).isInstanceOf(ContextFullException.class);
            assertThat(context.position(0)).isEqualTo(300);
            assertThat(context.position(1)).isZero();
        }
    }

    @Test
    void prefillLeavesNothingBehindWhenALaterPartAsksForTooManyResults() {
        try (var context =
                model.newContext(o -> o.length(2048).batchSize(64).maxOutputs(1).threads(1))) {
            var batch = new Batch();
            for (int token : tokens(100)) {
                batch.add(token, batch.size() > 64);
            }
            assertThatThrownBy(() -> context.prefill(batch))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("maxOutputs is 1");
            assertThat(context.position()).isZero();
        }
    }

    @Test
    void shareNothingAfterABatchThatWasRefused() {
        try (var context = context(2, true)) {
            context.decode(Batch.of(1, 2, 3));
            var tooLong = new Batch();
            for (int position = 3; position <= context.sequenceLength(); position++) {
                tooLong.addAt(1, position, false, 0, 1);
            }
            assertThatThrownBy(() -> context.prefill(tooLong)).isInstanceOf(ContextFullException.class);
            context.kvCache().shift(0, 0, 3, 5);
            assertThat(context.position()).isEqualTo(8);
        }
    }

    @Test
    void sayHowMuchAllOfThemHoldWhenThereIsNoRoom() {
        try (var context = model.newContext(
                o -> o.length(256).maxSequences(2).unified(true).threads(1))) {
            context.prefill(tokens(10));
            var second = new Batch();
            for (int token : tokens(200)) {
                second.add(token, 1, false);
            }
            context.prefill(second);
            assertThatThrownBy(() -> context.prefill(tokens(100)))
                    .isInstanceOfSatisfying(ContextFullException.class, e -> {
                        assertThat(e.contextLength()).isEqualTo(256);
                        assertThat(e.position()).isEqualTo(210);
                        assertThat(e.tokens()).isEqualTo(100);
                    });
        }
    }

    @Test
    void areAtMost256() {
        assertThatThrownBy(() -> ContextOptions.defaults().maxSequences(257))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 to 256");
        try (var context = model.newContext(
                o -> o.length(1024).maxSequences(256).unified(true).threads(1))) {
            context.decode(new Batch().add(1, 255, true));
            assertThat(context.position(255)).isEqualTo(1);
        }
    }

    @Test
    void areAtMostAsManyAsABatchHasTokens() {
        assertThatThrownBy(() -> model.newContext(
                        o -> o.length(1024).batchSize(7).maxSequences(8).threads(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("batchSize is 7");
        assertThatThrownBy(() -> model.newContext(
                        o -> o.length(1024).maxOutputs(7).maxSequences(8).threads(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maxOutputs is 7");
    }

    @Test
    void refuseMoreResultsThanTheContextHasRoomFor() {
        try (var context = model.newContext(o -> o.length(256).maxOutputs(2).threads(1))) {
            var three = new Batch().add(1, true).add(2, true).add(3, true);
            assertThatThrownBy(() -> context.decode(three))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("maxOutputs is 2");
            context.decode(new Batch().add(1, true).add(2, false).add(3, true));
            assertThat(context.position()).isEqualTo(3);
        }
    }
}
