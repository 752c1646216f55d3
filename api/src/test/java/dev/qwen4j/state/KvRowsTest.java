package dev.qwen4j.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.Batch;
import dev.qwen4j.CacheType;
import dev.qwen4j.Context;
import dev.qwen4j.ContextOptions;
import dev.qwen4j.FlashAttention;
import dev.qwen4j.KvRows;
import dev.qwen4j.Model;
import dev.qwen4j.nano.Nano;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A sequence that was put together from pieces goes on as one that was restored whole. */
class KvRowsTest {
    private static final long SEED = Long.getLong("qwen4j.test.seed", 20260302);
    private static final int LENGTH = 100;
    /** Of sequences, where a layout has several. */
    private static final int MOST = 3;

    private static Model model;
    private static int[] tokens;

    @BeforeAll
    static void load() {
        System.out.println("seed " + SEED);
        model = Model.load(Nano.file());
        tokens = new Random(SEED).ints(LENGTH, 0, 4000).toArray();
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static Context context(UnaryOperator<ContextOptions> options) {
        return model.newContext(o -> options.apply(o.length(1024).threads(1)));
    }

    static Stream<Named<UnaryOperator<ContextOptions>>> layouts() {
        var places = Stream.<Named<UnaryOperator<ContextOptions>>>of(
                        Named.of("one sequence", o -> o),
                        Named.of("streams", o -> o.maxSequences(MOST)),
                        Named.of("unified", o -> o.maxSequences(MOST).unified(true)))
                .toList();
        var forms = Stream.<Named<UnaryOperator<ContextOptions>>>of(
                        Named.of("F16", o -> o.flashAttention(FlashAttention.ON)),
                        Named.of("F16, transposed values", o -> o.flashAttention(FlashAttention.OFF)),
                        Named.of(
                                "Q8_0",
                                o -> o.cacheTypes(CacheType.Q8_0, CacheType.Q8_0)
                                        .flashAttention(FlashAttention.ON)),
                        Named.of(
                                "Q8_0 keys, transposed values",
                                o -> o.cacheTypes(CacheType.Q8_0, CacheType.F16).flashAttention(FlashAttention.OFF)))
                .toList();
        return places.stream()
                .flatMap(place -> forms.stream()
                        .map(form -> Named.of(
                                place.getName() + ", " + form.getName(),
                                o -> form.getPayload().apply(place.getPayload().apply(o)))));
    }

    /** The same tokens in each sequence. */
    private static Context filled(UnaryOperator<ContextOptions> layout) {
        var context = context(layout);
        for (int sequence = 0; sequence < context.maxSequences(); sequence++) {
            context.prefill(batch(sequence, tokens));
        }
        return context;
    }

    private static Batch batch(int sequence, int... tokens) {
        var batch = new Batch();
        for (int token : tokens) {
            batch.add(token, sequence, false);
        }
        return batch;
    }

    /** One piece, three pieces, and pieces that were cut from larger ones. */
    private static List<List<KvRows>> cuts(Context context, int sequence) {
        var states = context.states();
        var random = new Random(SEED);
        int a = random.nextInt(1, LENGTH / 2);
        int b = random.nextInt(a + 1, LENGTH);
        var sliced = new ArrayList<KvRows>();
        try (var whole = states.saveRows(sequence, 0, LENGTH);
                var middle = states.saveRows(sequence, 1, b)) {
            sliced.add(whole.slice(0, a));
            sliced.add(middle.slice(a, b));
            sliced.add(whole.slice(b, LENGTH));
        }
        return List.of(
                List.of(states.saveRows(sequence, 0, LENGTH)),
                List.of(
                        states.saveRows(sequence, 0, a),
                        states.saveRows(sequence, a, b),
                        states.saveRows(sequence, b, LENGTH)),
                sliced,
                IntStream.range(0, LENGTH)
                        .mapToObj(position -> states.saveRows(sequence, position, position + 1))
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void goesOnAsAWholeStateDoes(UnaryOperator<ContextOptions> layout) {
        try (var origin = filled(layout)) {
            int last = origin.maxSequences() - 1;
            for (int source : new int[] {0, last}) {
                Continuation expected;
                try (var state = origin.states().save(source);
                        var context = context(layout)) {
                    context.states().restore(state, source);
                    expected = Continuation.of(context, source);
                }
                for (var pieces : cuts(origin, source)) {
                    for (int target :
                            IntStream.of(source, last - source).distinct().toArray()) {
                        try (var context = context(layout)) {
                            context.states().restoreRows(target, pieces);
                            assertThat(context.position(target)).isEqualTo(LENGTH);
                            assertThat(Continuation.of(context, target)).isEqualTo(expected);
                        }
                    }
                    pieces.forEach(KvRows::close);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void replacesWhatASequenceHeldAndLeavesTheOthers(UnaryOperator<ContextOptions> layout) {
        try (var context = filled(layout)) {
            int target = context.maxSequences() - 1;
            try (var before = context.states().save(0);
                    var rows = context.states().saveRows(0, 0, 30)) {
                context.prefill(batch(target, 7, 8, 9));
                context.states().restoreRows(target, List.of(rows));
                assertThatThrownBy(context::logits).isInstanceOf(IllegalStateException.class);
                assertThat(context.position(target)).isEqualTo(30);
                if (target > 0) {
                    assertThat(context.position(0)).isEqualTo(LENGTH);
                    try (var after = context.states().save(0)) {
                        assertThat(after.toBytes()).isEqualTo(before.toBytes());
                    }
                }
                var replaced = Continuation.of(context, target);
                try (var fresh = context(layout)) {
                    fresh.prefill(batch(0, Arrays.copyOf(tokens, 30)));
                    assertThat(replaced.tokens())
                            .isEqualTo(Continuation.of(fresh, 0).tokens());
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void savesTheSameAgainAfterRestoring(UnaryOperator<ContextOptions> layout) {
        try (var origin = filled(layout);
                var state = origin.states().save(0);
                var rows = origin.states().saveRows(0, 0, LENGTH);
                var context = context(layout)) {
            context.states().restoreRows(0, List.of(rows));
            try (var again = context.states().save(0)) {
                assertThat(again.toBytes()).isEqualTo(state.toBytes());
            }
        }
    }

    @Test
    void movesBetweenOneCacheAndSeparateOnes() {
        try (var unified = filled(o -> o.maxSequences(MOST).unified(true));
                var separate = context(o -> o.maxSequences(2));
                var rows = unified.states().saveRows(2, 0, LENGTH)) {
            separate.states().restoreRows(1, List.of(rows));
            assertThat(Continuation.of(separate, 1).tokens())
                    .isEqualTo(Continuation.of(unified, 2).tokens());
        }
    }

    @Test
    void knowsItsPositionsAndItsSize() {
        try (var context = filled(o -> o);
                var rows = context.states().saveRows(0, 10, 30);
                var slice = rows.slice(12, 17)) {
            assertThat(context.states().canSaveRows()).isTrue();
            assertThat(rows.from()).isEqualTo(10);
            assertThat(rows.to()).isEqualTo(30);
            assertThat(rows.size()).isEqualTo(20);
            assertThat(slice.from()).isEqualTo(12);
            assertThat(slice.to()).isEqualTo(17);
            assertThat(slice.byteSize()).isPositive().isEqualTo(rows.byteSize() / 4);
            assertThat(rows).hasToString("KvRows[qwen3, positions 10 to 30, %,d bytes]".formatted(rows.byteSize()));
        }
    }
}
