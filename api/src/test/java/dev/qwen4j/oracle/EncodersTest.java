package dev.qwen4j.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.Batch;
import dev.qwen4j.Context;
import dev.qwen4j.ContextFullException;
import dev.qwen4j.Model;
import dev.qwen4j.Pooling;
import dev.qwen4j.Sampling;
import dev.qwen4j.gguf.TinyBert;
import dev.qwen4j.gguf.TinyT5;
import dev.qwen4j.nano.Nano;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that encode: what they give equals llama.cpp's, bit for bit, and what they cannot give is refused. */
class EncodersTest {
    private static final int[] FIRST = {5, 9, 33, 12, 60, 1, 7};
    private static final int[] SECOND = {8, 8, 41};

    @TempDir
    private Path folder;

    private static Batch both() {
        var batch = new Batch();
        for (int token : FIRST) {
            batch.add(token, 0, true);
        }
        for (int token : SECOND) {
            batch.add(token, 1, true);
        }
        return batch;
    }

    private static Context embedder(Model model, Pooling pooling) {
        return model.newContext(o -> o.length(64)
                .microBatchSize(64)
                .maxSequences(2)
                .embeddings(true)
                .pooling(pooling)
                .threads(1));
    }

    private static List<float[]> embeddings(Context context, Pooling pooling, int tokens) {
        var rows = new ArrayList<float[]>();
        for (int i = 0; i < (pooling == Pooling.NONE ? tokens : 2); i++) {
            rows.add(pooling == Pooling.NONE ? context.embedding(i) : context.pooledEmbedding(i));
        }
        return rows;
    }

    @ParameterizedTest
    @EnumSource(value = Pooling.class, names = "MODEL", mode = EnumSource.Mode.EXCLUDE)
    void anEncoderEmbedsAsLlamaCppDoes(Pooling pooling) {
        var file = TinyBert.write(folder, true);
        int width = pooling == Pooling.RANK ? TinyBert.LABELS : TinyBert.WIDTH;
        int number = List.of(Pooling.NONE, Pooling.MEAN, Pooling.CLS, Pooling.LAST, Pooling.RANK)
                .indexOf(pooling);
        var expected = new Oracle(file).embed(number, width, FIRST, SECOND);
        try (var model = Model.load(file);
                var context = embedder(model, pooling)) {
            context.encode(both());
            assertThat(embeddings(context, pooling, FIRST.length + SECOND.length))
                    .usingRecursiveFieldByFieldElementComparator()
                    .isEqualTo(expected);
            context.decode(both()); // the same, where there is nothing to decode
            assertThat(embeddings(context, pooling, FIRST.length + SECOND.length))
                    .usingRecursiveFieldByFieldElementComparator()
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anEncoderHasNoLogits(boolean bert) {
        try (var model = Model.load(bert ? TinyBert.write(folder, false) : TinyT5.write(folder, false));
                var context = embedder(model, Pooling.NONE);
                var sampler = context.newSampler(Sampling.greedy())) {
            context.encode(both());
            assertThat(context.embedding(0)).hasSize(TinyBert.WIDTH);
            assertThatThrownBy(context::logits)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no logits");
            assertThatThrownBy(() -> context.logitsView(1)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(sampler::sample).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> sampler.attach(0)).isInstanceOf(IllegalStateException.class);
        }
    }

    /** ggml's threads assert on a row of the table that is not there. */
    @Test
    void anEncoderHasNoMorePositionsThanItLearned() {
        try (var model = Model.load(TinyBert.write(folder, false))) {
            assertThatThrownBy(() -> model.newContext(o -> o.length(128).embeddings(true)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no positions beyond 64");
            try (var context =
                    model.newContext(o -> o.length(64).embeddings(true).threads(2))) {
                assertThat(context.sequenceLength()).isEqualTo(TinyBert.POSITIONS);
                var beyond = new Batch().addAt(5, TinyBert.POSITIONS, true, 0);
                assertThatThrownBy(() -> context.encode(beyond)).isInstanceOf(ContextFullException.class);
                context.encode(new Batch().addAt(5, TinyBert.POSITIONS - 1, true, 0));
            }
        }
    }

    @Test
    void aDecoderAttendsToNothingThatWasEncodedForAnotherSequence() {
        try (var model = Model.load(TinyT5.write(folder, true));
                var context = model.newContext(
                        o -> o.length(64).maxSequences(2).unified(true).threads(1))) {
            context.encode(new Batch().add(5, 1, true).add(6, 1, true));
            assertThatThrownBy(() -> context.decode(0))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("sequence 0");
            context.decode(new Batch().add(0, 1, true));
            context.encode(new Batch().add(5, 0, true));
            assertThatThrownBy(() -> context.decode(new Batch().add(0, 1, true)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("sequence 1");
        }
    }

    @Test
    void aModelThatGivesResultsForAllHasRoomForThem() {
        try (var model = Model.load(TinyBert.write(folder, false));
                var context = model.newContext(
                        o -> o.length(64).maxOutputs(3).embeddings(true).threads(1))) {
            assertThatThrownBy(() -> context.decode(Batch.of(FIRST)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("maxOutputs is 3");
            context.decode(Batch.of(SECOND));
        }
    }

    @Test
    void whatWasEncodedForADecoderHasEmbeddingsAndNoLogits() {
        try (var model = Model.load(TinyT5.write(folder, true));
                var context =
                        model.newContext(o -> o.length(64).embeddings(true).threads(1));
                var sampler = context.newSampler(Sampling.greedy())) {
            sampler.attach(0);
            for (int round = 0; round < 2; round++) {
                context.encode(Batch.of(FIRST));
                assertThat(context.embedding(FIRST.length - 1)).hasSize(TinyBert.WIDTH);
                assertThatThrownBy(context::logits)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("was encoded");
                assertThatThrownBy(sampler::sample).isInstanceOf(IllegalStateException.class);
                context.decode(0);
                assertThat(sampler.sample()).isNotNegative();
            }
        }
    }

    @Test
    void scoresAreRefusedOfAModelThatDoesNotClassify() {
        for (var file : List.of(TinyBert.write(folder, false), Nano.file())) {
            try (var model = Model.load(file)) {
                assertThatThrownBy(() -> embedder(model, Pooling.RANK))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("no classifier");
            }
        }
    }

    @Test
    void aDecoderAttendsToWhatWasEncodedAsInLlamaCpp() {
        var file = TinyT5.write(folder, true);
        var decoded = new int[] {0, 17, 4, 30};
        var expected = new Oracle(file).translate(TinyT5.VOCABULARY, FIRST, decoded);
        try (var model = Model.load(file);
                var context = model.newContext(o -> o.length(64).threads(1))) {
            assertThat(model.traits().encoder()).isTrue();
            assertThat(model.traits().decoderStart()).hasValue(0);
            for (int round = 0; round < 2; round++) {
                assertThatThrownBy(() -> context.decode(0))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("call encode");
                context.encode(Batch.of(FIRST));
                var batch = new Batch();
                for (int token : decoded) {
                    batch.add(token, true);
                }
                context.decode(batch);
                for (int i = 0; i < decoded.length; i++) {
                    assertThat(context.logits(i)).as("position %d", i).isEqualTo(expected.get(i));
                }
                context.clear();
            }
        }
    }
}
