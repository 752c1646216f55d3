package dev.qwen4j.handles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.Batch;
import dev.qwen4j.Context;
import dev.qwen4j.KvCache;
import dev.qwen4j.KvCacheException;
import dev.qwen4j.Model;
import dev.qwen4j.nano.Nano;
import java.util.OptionalInt;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KvCacheTest {
    private static final float ROUNDING = 0.05f;
    private static final int[] PROMPT = new Random(3).ints(40, 0, 4000).toArray();

    private Model model;

    @BeforeEach
    void load() {
        model = Model.load(Nano.file());
    }

    @AfterEach
    void close() {
        model.close();
    }

    private Context context(boolean unified) {
        var context = model.newContext(
                o -> o.length(2048).maxSequences(4).unified(unified).threads(1));
        context.prefill(PROMPT);
        return context;
    }

    private static float[] next(Context context, int token, int sequence) {
        context.decode(new Batch().add(token, sequence, true));
        return context.logits();
    }

    private static void assertClose(float[] actual, float[] expected) {
        for (int i = 0; i < expected.length; i++) {
            assertThat(Math.abs(actual[i] - expected[i])).as("logit %d", i).isLessThan(ROUNDING);
        }
    }

    private static void refused(Context context, ThrowingCallable call, String... words) {
        var held = positions(context.kvCache());
        assertThatThrownBy(call).isInstanceOf(KvCacheException.class).hasMessageContainingAll(words);
        assertThat(positions(context.kvCache())).isEqualTo(held);
    }

    private static String positions(KvCache cache) {
        var text = new StringBuilder();
        for (int sequence = 0; sequence < cache.maxSequences(); sequence++) {
            text.append(cache.firstPosition(sequence)).append(cache.lastPosition(sequence));
        }
        return text.toString();
    }

    @Test
    void saysWhatItHolds() {
        var cache = context(true).kvCache();
        assertThat(cache.firstPosition(0)).hasValue(0);
        assertThat(cache.lastPosition(0)).hasValue(39);
        assertThat(cache.lastPosition(1)).isEqualTo(OptionalInt.empty());
        assertThat(cache.canShift()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void copiesASequence(boolean unified) {
        try (var context = context(unified)) {
            context.kvCache().copy(0, 2);
            var copy = next(context, 17, 2);
            assertThat(context.position(0)).isEqualTo(40);
            assertClose(copy, next(context, 17, 0));
        }
    }

    @Test
    void copiesAPartOfASequence() {
        try (var context = context(true)) {
            context.kvCache().copy(0, 1, 0, 25);
            assertThat(context.position(1)).isEqualTo(25);
            var copy = next(context, PROMPT[25], 1);
            context.kvCache().truncate(0, 25);
            assertClose(copy, next(context, PROMPT[25], 0));
        }
    }

    @Test
    void refusesAPartialCopyBetweenStreams() {
        try (var context = context(false)) {
            refused(context, () -> context.kvCache().copy(0, 1, 0, 25), "a part of sequence 0", "unified");
            refused(context, () -> context.kvCache().copy(0, 1, 5, 40), "a part of sequence 0");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void refusesACopyOntoWhatASequenceHolds(boolean unified) {
        try (var context = context(unified)) {
            next(context, 1, 1);
            refused(context, () -> context.kvCache().copy(0, 1), "cannot follow sequence 1, which holds 1");
            context.kvCache().remove(1);
            context.kvCache().copy(0, 1);
            refused(context, () -> context.kvCache().copy(0, 1), "which holds 40");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void removesSequencesAndKeepsOne(boolean unified) {
        try (var context = context(unified)) {
            var cache = context.kvCache();
            for (int sequence = 1; sequence < 4; sequence++) {
                next(context, sequence, sequence);
            }
            cache.remove(1);
            assertThat(cache.lastPosition(1)).isEmpty();
            assertThat(cache.lastPosition(2)).hasValue(0);
            cache.keep(2);
            for (int sequence = 0; sequence < 4; sequence++) {
                assertThat(cache.lastPosition(sequence).isPresent())
                        .as("%d", sequence)
                        .isEqualTo(sequence == 2);
            }
            context.clear();
            assertThat(cache.lastPosition(2)).isEmpty();
        }
    }

    @Test
    void cutsASequence() {
        try (var context = context(true)) {
            var expected = next(context, 17, 0);
            context.kvCache().truncate(0, 40);
            assertThat(next(context, 17, 0)).isEqualTo(expected);
            context.kvCache().truncate(0, 100);
            assertThat(context.position()).isEqualTo(41);
        }
    }

    @Test
    void closesTheGapThatRemovedTokensLeft() {
        try (var context = context(true)) {
            var cache = context.kvCache();
            cache.remove(0, 10, 20);
            cache.shift(0, 20, 40, -10);
            assertThat(cache.lastPosition(0)).hasValue(29);
            assertThat(next(context, 17, 0)).doesNotContain(Float.NaN);
            assertThat(context.position()).isEqualTo(31);
            cache.divide(0, 0, 31, 2);
            assertThat(cache.lastPosition(0)).hasValue(15);
            next(context, 17, 0);
        }
    }

    @Test
    void refusesToMoveCellsThatAnotherSequenceShares() {
        try (var context = context(true)) {
            var cache = context.kvCache();
            cache.copy(0, 1, 0, 20);
            cache.copy(1, 2);
            refused(context, () -> cache.shift(0, 10, 40, 5), "share cells from position 10");
            refused(context, () -> cache.divide(2, 0, 20, 2), "share cells");
            // Behind what is shared it is its own.
            cache.remove(0, 20, 30);
            cache.shift(0, 30, 40, -10);
            cache.remove(1);
            refused(context, () -> cache.shift(0, 0, 20, 0), "sequences 0 and 2");
            cache.truncate(2, 5);
            cache.shift(0, 5, 30, 3);
            cache.keep(0);
            cache.shift(0, 0, 40, 2);
        }
    }

    @Test
    void refusesRangesThatAreNone() {
        try (var context = context(true)) {
            var cache = context.kvCache();
            for (var call : new ThrowingCallable[] {
                () -> cache.remove(0, -1, 5),
                () -> cache.remove(0, 5, 4),
                () -> cache.truncate(0, -1),
                () -> cache.copy(0, 1, -1, 2),
                () -> cache.shift(0, 3, 2, 1),
                () -> cache.divide(0, -3, 2, 2),
                () -> cache.divide(0, 0, 2, 1),
                () -> cache.divide(0, 0, 2, 0),
                () -> cache.divide(0, 0, 2, -4),
                () -> cache.shift(0, 0, 40, 5000),
                () -> cache.shift(0, 0, 40, Integer.MAX_VALUE),
            }) {
                assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class);
            }
            cache.shift(0, 0, 40, Integer.MIN_VALUE);
            assertThat(cache.lastPosition(0)).isEmpty();
        }
    }
}
