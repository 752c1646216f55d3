package dev.qwen4j.handles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.qwen4j.Attention;
import dev.qwen4j.Batch;
import dev.qwen4j.Model;
import dev.qwen4j.Pooling;
import dev.qwen4j.gguf.GgmlType;
import dev.qwen4j.nano.Nano;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Embeddings as what comes out of a context, and as what goes in. */
class EmbeddingTest {
    private static final int[] PROMPT = {785, 672, 315, 96, 374, 264, 1985, 17};

    private Model model;

    @BeforeEach
    void load() {
        model = Model.load(Nano.file());
    }

    @AfterEach
    void close() {
        model.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = Pooling.class,
            names = {"MEAN", "CLS"})
    void poolsNothingThatIsNotComputedAtOnce(Pooling pooling) {
        try (var context = model.newContext(o -> o.length(256)
                .microBatchSize(8)
                .embeddings(true)
                .pooling(pooling)
                .threads(1))) {
            var tokens = new int[20];
            assertThatThrownBy(() -> context.decode(tokens))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("microBatchSize is 8");
            assertThatThrownBy(() -> context.prefill(tokens)).isInstanceOf(IllegalArgumentException.class);
            context.decode(new int[8]);
            assertThat(context.pooledEmbedding(0)).hasSize(model.outputEmbeddingLength());
        }
    }

    @Test
    void ofTokensAndOfSequences() {
        float[][] tokens = new float[PROMPT.length][];
        try (var context = model.newContext(
                o -> o.length(256).embeddings(true).pooling(Pooling.NONE).threads(1))) {
            context.decode(PROMPT);
            assertThat(context.pooling()).isEqualTo(Pooling.NONE);
            for (int i = 0; i < PROMPT.length; i++) {
                tokens[i] = context.embedding(i);
                assertThat(tokens[i]).hasSize(model.outputEmbeddingLength());
                assertThat(context.logits(i)).hasSize(model.tokenizer().size());
            }
            assertThatThrownBy(() -> context.pooledEmbedding(0))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("does not pool");
        }
        assertThat(pooled(Pooling.LAST)).isEqualTo(tokens[PROMPT.length - 1]);
        assertThat(pooled(Pooling.CLS)).isEqualTo(tokens[0]);
        var mean = pooled(Pooling.MEAN);
        for (int i = 0; i < mean.length; i++) {
            float sum = 0;
            for (var token : tokens) {
                sum += token[i];
            }
            assertThat(mean[i]).isCloseTo(sum / tokens.length, within(1e-3f));
        }
    }

    private float[] pooled(Pooling pooling) {
        try (var context = model.newContext(o -> o.length(256)
                .embeddings(true)
                .pooling(pooling)
                .maxSequences(2)
                .unified(true)
                .threads(1))) {
            context.decode(PROMPT);
            assertThatThrownBy(() -> context.embedding(0))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("pooledEmbedding");
            assertThatThrownBy(() -> context.pooledEmbedding(1)).isInstanceOf(dev.qwen4j.LlamaException.class);
            assertThatThrownBy(() -> context.pooledEmbedding(2)).isInstanceOf(IllegalArgumentException.class);
            return context.pooledEmbedding(0);
        }
    }

    @Test
    void areRefusedByAContextThatComputesNone() {
        try (var context = model.newContext(o -> o.length(256).threads(1))) {
            context.decode(PROMPT);
            for (var call : new org.assertj.core.api.ThrowableAssert.ThrowingCallable[] {
                () -> context.embedding(0), () -> context.embeddingView(0), () -> context.pooledEmbedding(0)
            }) {
                assertThatThrownBy(call)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("computes no embeddings");
            }
            context.setEmbeddings(true);
            context.decode(17);
            assertThat(context.embedding(0)).hasSize(192);
            context.setEmbeddings(false);
            assertThatThrownBy(() -> context.embedding(0)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void inPlaceOfTokensGiveWhatTheTokensGive() throws IOException {
        try (var context = model.newContext(o -> o.length(256).threads(1))) {
            context.decode(PROMPT);
            var expected = context.logits();
            context.clear();
            var batch = Batch.ofEmbeddings(model.inputEmbeddingLength());
            for (int i = 0; i < PROMPT.length; i++) {
                batch.addEmbedding(row(PROMPT[i]), 0, i == PROMPT.length - 1);
            }
            context.decode(batch);
            assertThat(context.logits()).isEqualTo(expected);
            assertThat(context.position()).isEqualTo(PROMPT.length);
        }
    }

    /** A row of the token embeddings, which nano has in Q8_0. */
    private float[] row(int token) throws IOException {
        var tensor = model.gguf().tensors().stream()
                .filter(t -> t.name().equals("token_embd.weight"))
                .findFirst()
                .orElseThrow();
        assertThat(tensor.type()).isEqualTo(GgmlType.Q8_0);
        int width = model.inputEmbeddingLength();
        var bytes = ByteBuffer.allocate(width / 32 * 34).order(ByteOrder.LITTLE_ENDIAN);
        try (var channel = FileChannel.open(model.file())) {
            channel.read(bytes, model.gguf().dataOffset() + tensor.offset() + (long) token * bytes.capacity());
        }
        var row = new float[width];
        for (int block = 0; block < width / 32; block++) {
            float scale = Float.float16ToFloat(bytes.getShort(block * 34));
            for (int i = 0; i < 32; i++) {
                row[block * 32 + i] = scale * bytes.get(block * 34 + 2 + i);
            }
        }
        return row;
    }

    @Test
    void andLogitsCanBeReadWhereTheyLieUntilTheNextDecode() {
        FloatBuffer last;
        try (var context = model.newContext(
                o -> o.length(256).embeddings(true).pooling(Pooling.NONE).threads(1))) {
            context.decode(PROMPT);
            var logits = context.logitsView(7);
            var embedding = context.embeddingView(0);
            var copy = new float[logits.remaining()];
            logits.get(0, copy);
            assertThat(copy).isEqualTo(context.logits(7));
            assertThat(embedding.get(5)).isEqualTo(context.embedding(0)[5]);
            assertThat(logits.isReadOnly()).isTrue();

            context.decode(17);
            assertThatThrownBy(() -> logits.get(0)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> embedding.get(0)).isInstanceOf(IllegalStateException.class);
            last = context.logitsView(0);
            last.get(0);
        }
        assertThatThrownBy(() -> last.get(0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void ofAllTokensAtOnceMustFitIntoAMicroBatch() {
        try (var context = model.newContext(o -> o.length(256)
                .batchSize(16)
                .microBatchSize(4)
                .attention(Attention.NON_CAUSAL)
                .threads(1))) {
            assertThatThrownBy(() -> context.decode(PROMPT))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("microBatchSize is 4");
            assertThatThrownBy(() -> context.prefill(PROMPT))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("microBatchSize is 4");
            context.decode(1, 2, 3, 4);
            context.setCausal(true);
            context.decode(PROMPT);
            context.setCausal(false);
            assertThatThrownBy(() -> context.decode(PROMPT)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void areNotEncodedByAModelWithoutAnEncoder() {
        try (var context = model.newContext(o -> o.length(256).threads(1))) {
            assertThatThrownBy(() -> context.encode(Batch.of(PROMPT)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no encoder");
        }
    }
}
