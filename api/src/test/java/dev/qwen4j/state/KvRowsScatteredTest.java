package dev.qwen4j.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.Batch;
import dev.qwen4j.Context;
import dev.qwen4j.FlashAttention;
import dev.qwen4j.KvRows;
import dev.qwen4j.Model;
import dev.qwen4j.nano.Nano;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Cells that lie apart, or in another order than the positions that they hold. */
class KvRowsScatteredTest {
    private static final long SEED = Long.getLong("qwen4j.test.seed", 20260303);
    private static final int SEQUENCES = 3;
    private static final int LENGTH = 60;

    private static Model model;
    private static int[] tokens;

    @BeforeAll
    static void load() {
        System.out.println("seed " + SEED);
        model = Model.load(Nano.file());
        tokens = new Random(SEED).ints(SEQUENCES * LENGTH, 0, 4000).toArray();
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static Context context(FlashAttention attention) {
        return model.newContext(o ->
                o.length(256).threads(1).maxSequences(SEQUENCES).unified(true).flashAttention(attention));
    }

    /** Positions of a sequence, each of which has other tokens. */
    private static Batch add(Batch batch, int sequence, int from, int to) {
        for (int position = from; position < to; position++) {
            batch.add(tokens[sequence * LENGTH + position], sequence, false);
        }
        return batch;
    }

    /** What a context holds of one position of a sequence; the others are forgotten. */
    private static byte[] only(Context context, int sequence, int position) {
        context.kvCache().truncate(sequence, position + 1);
        context.kvCache().remove(sequence, 0, position);
        try (var state = context.states().save(sequence)) {
            return state.toBytes();
        }
    }

    /** Each position comes back with what it had, bit for bit. */
    private static void assertCutsRight(Context context, FlashAttention attention, int sequence) {
        int cut = new Random(SEED).nextInt(1, LENGTH);
        try (var state = context.states().save(sequence);
                var first = context.states().saveRows(sequence, 0, cut);
                var second = context.states().saveRows(sequence, cut, LENGTH);
                var other = context(attention)) {
            for (int position = 0; position < LENGTH; position++) {
                other.states().restore(state, sequence);
                var expected = only(other, sequence, position);
                other.states().restoreRows(sequence, List.of(first, second));
                assertThat(other.position(sequence)).isEqualTo(LENGTH);
                assertThat(only(other, sequence, position))
                        .as("seed %d, cut at %d, position %d", SEED, cut, position)
                        .isEqualTo(expected);
            }
        }
    }

    /** Whether the cells of a sequence lie in the order of its positions: restored, they do. */
    private static boolean isInOrder(Context context, int sequence) {
        try (var before = context.states().save(sequence);
                var rows = context.states().saveRows(sequence, 0, LENGTH)) {
            context.states().restoreRows(sequence, List.of(rows));
            try (var after = context.states().save(sequence)) {
                return Arrays.equals(before.toBytes(), after.toBytes());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = FlashAttention.class, mode = Mode.EXCLUDE, names = "AUTO")
    void cutsSequencesThatLieInterleaved(FlashAttention attention) {
        try (var context = context(attention)) {
            for (int position = 0; position < LENGTH; position += 5) {
                var batch = new Batch();
                for (int sequence = 0; sequence < SEQUENCES; sequence++) {
                    add(batch, sequence, position, position + 5);
                }
                context.decode(batch);
            }
            for (int sequence = 0; sequence < SEQUENCES; sequence++) {
                assertCutsRight(context, attention, sequence);
            }
            assertThat(isInOrder(context, 1)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(value = FlashAttention.class, mode = Mode.EXCLUDE, names = "AUTO")
    void cutsWhatWasTruncatedAndFilledAgain(FlashAttention attention) {
        try (var context = context(attention)) {
            context.prefill(add(new Batch(), 0, 0, LENGTH));
            context.prefill(add(new Batch(), 1, 0, LENGTH));
            context.kvCache().truncate(0, 13);
            context.kvCache().truncate(1, 40);
            context.prefill(add(new Batch(), 1, 40, LENGTH));
            context.prefill(add(new Batch(), 0, 13, LENGTH));
            assertCutsRight(context, attention, 0);
            assertCutsRight(context, attention, 1);
        }
    }

    @ParameterizedTest
    @EnumSource(value = FlashAttention.class, mode = Mode.EXCLUDE, names = "AUTO")
    void cutsCellsThatLieInAnotherOrderThanPositions(FlashAttention attention) {
        try (var context = context(attention)) {
            context.prefill(add(new Batch(), 0, 0, 20));
            context.prefill(add(new Batch(), 1, 0, 30));
            context.kvCache().remove(0);
            context.prefill(add(new Batch(), 1, 30, LENGTH));
            assertCutsRight(context, attention, 1);
            assertThat(isInOrder(context, 1)).isFalse();
            assertThat(isInOrder(context, 1)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(value = FlashAttention.class, mode = Mode.EXCLUDE, names = "AUTO")
    void cutsCellsThatAreSharedAndKeepsThemForTheOther(FlashAttention attention) {
        try (var context = context(attention)) {
            context.prefill(add(new Batch(), 0, 0, LENGTH));
            context.kvCache().copy(0, 1);
            context.decode(new Batch().add(1, 2, true));
            assertCutsRight(context, attention, 1);
            try (var before = context.states().save(0);
                    var rows = context.states().saveRows(1, 0, LENGTH)) {
                restored(context, rows);
                try (var after = context.states().save(0)) {
                    assertThat(after.toBytes()).isEqualTo(before.toBytes());
                }
            }
        }
    }

    /** What was shared is not any more, so that it can be moved. */
    private static void restored(Context context, KvRows rows) {
        context.states().restoreRows(1, List.of(rows));
        context.kvCache().shift(1, 30, LENGTH, 1);
        context.decode(new Batch().add(1, 1, true));
    }
}
