package dev.qwen4j.handles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.Batch;
import dev.qwen4j.Context;
import dev.qwen4j.ContextFullException;
import dev.qwen4j.LlamaException;
import dev.qwen4j.Model;
import dev.qwen4j.nano.Nano;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Wrong batches are refused before the call, and the context holds what it held, with its logits. */
class BadBatchTest {
    private static final int[] HELD = {10, 20, 30};

    private Model model;
    private Context context;

    @BeforeEach
    void decodeSomething() {
        model = Model.load(Nano.file());
        context = model.newContext(o -> o.length(256).batchSize(64).threads(1));
        context.decode(HELD);
    }

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void anEntryThatIsRefusedIsNotInTheBatch() {
        var batch = new Batch().add(1, true);
        assertThatThrownBy(() -> batch.addAt(2, -1, true, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> batch.addAt(2, 3, true)).isInstanceOf(IllegalArgumentException.class);
        assertThat(batch.size()).isEqualTo(1);
    }

    @Test
    void refusesABatchLargerThanBatchSize() {
        refused(() -> context.decode(new int[65]), "65 tokens", "batchSize of 64", "prefill");
        refused(() -> context.decode(Batch.of(new int[65])), "65 tokens", "batchSize of 64");
    }

    @Test
    void refusesAnEmptyBatch() {
        refused(() -> context.decode(), "no tokens");
        refused(() -> context.decode(new Batch()), "no tokens");
        refused(() -> context.prefill(), "no tokens");
    }

    @Test
    void refusesATokenOutsideTheVocabulary() {
        int last = model.tokenizer().size() - 1;
        for (int token : new int[] {-1, Integer.MIN_VALUE, last + 1, Integer.MAX_VALUE}) {
            var words = new String[] {"Token " + token, "0 to " + last};
            refused(() -> context.decode(token), words);
            refused(() -> context.decode(1, token), words);
            refused(() -> context.decode(new Batch().add(token, true)), words);
            refused(() -> context.prefill(1, token, 2), words);
        }
        context.decode(last);
    }

    @Test
    void refusesToDecodePastTheEnd() {
        int room = context.length() - HELD.length;
        assertFull(() -> context.prefill(new int[room + 1]), room + 1);

        context.prefill(new int[room]);
        assertThat(context.position()).isEqualTo(context.length());
        assertThatThrownBy(() -> context.decode(1)).isInstanceOf(ContextFullException.class);
        assertThatThrownBy(() -> context.decode(1, 2)).isInstanceOf(ContextFullException.class);

        context.rewind(HELD.length);
        context.decode(1);
        assertThat(context.position()).isEqualTo(HELD.length + 1);
    }

    @Test
    void refusesLogitsThatWereNotAskedFor() {
        refused(() -> context.logits(0), "Token 0", "has no results", "without asking");
        for (int index : new int[] {-1, 3, Integer.MAX_VALUE}) {
            refused(() -> context.logits(index), "Token " + index, "not in the last batch", "0 to 2");
        }
        assertThat(context.logits(2)).isEqualTo(context.logits());
    }

    @Test
    void refusesLogitsWhereThereAreNone() {
        context.decode(new Batch().add(1, false));
        assertThatThrownBy(() -> context.logits())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no token of the last batch asked");

        context.clear();
        assertThatThrownBy(() -> context.logits())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("nothing has been decoded yet");
        assertThatThrownBy(() -> context.logits(0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void refusesToKeepMoreThanThereIs() {
        refused(() -> context.rewind(4), "Cannot keep 4 tokens", "holds 3");
        refused(() -> context.rewind(-1), "Cannot keep -1 tokens");
    }

    @Test
    void refusesASequenceThatTheContextDoesNotHave() {
        for (int sequence : new int[] {-1, Integer.MIN_VALUE, 1, 256, Integer.MAX_VALUE}) {
            refused(() -> context.decode(new Batch().add(1, sequence, true)), "no sequence " + sequence, "0 to 0");
            refused(() -> context.decode(new Batch().addAt(1, 3, true, 0, sequence)), "no sequence " + sequence);
            refused(() -> context.prefill(new Batch().add(1, sequence, true)), "no sequence " + sequence);
            refused(() -> context.position(sequence), "no sequence " + sequence);
            refused(() -> context.kvCache().remove(sequence), "no sequence " + sequence);
            refused(() -> context.kvCache().lastPosition(sequence), "no sequence " + sequence);
            refused(() -> context.kvCache().copy(0, sequence), "no sequence " + sequence);
            refused(() -> context.kvCache().copy(sequence, 0), "no sequence " + sequence);
            refused(() -> context.kvCache().keep(sequence), "no sequence " + sequence);
            refused(() -> context.kvCache().shift(sequence, 0, 1, 1), "no sequence " + sequence);
            refused(() -> context.kvCache().divide(sequence, 0, 1, 2), "no sequence " + sequence);
        }
    }

    @Test
    void refusesASequenceThatIsNamedTwice() {
        refused(() -> context.decode(new Batch().addAt(1, 3, true, 0, 0)), "names sequence 0 twice");
        refused(() -> new Batch().addAt(1, 3, true), "no sequence");
    }

    @Test
    void refusesANegativePosition() {
        refused(() -> new Batch().addAt(1, -1, true, 0), "position is -1");
    }

    @Test
    void refusesAPositionThatDoesNotFollow() {
        for (int position : new int[] {0, 2, 4, 255}) {
            assertThatThrownBy(() -> context.decode(new Batch().addAt(1, position, true, 0)))
                    .isInstanceOfSatisfying(
                            LlamaException.class, e -> assertThat(e.nativeLog()).contains("remain consecutive"));
            assertThat(context.position()).isEqualTo(HELD.length);
        }
        assertThatThrownBy(() -> context.decode(new Batch().addAt(1, 256, true, 0)))
                .isInstanceOf(ContextFullException.class);
        assertThatThrownBy(() -> context.decode(new Batch().addAt(1, Integer.MAX_VALUE, true, 0)))
                .isInstanceOf(ContextFullException.class);
        context.decode(new Batch().addAt(1, HELD.length, true, 0));
    }

    @Test
    void refusesEmbeddingsOfAnotherWidth() {
        refused(() -> Batch.ofEmbeddings(0), "width is 0");
        refused(() -> Batch.ofEmbeddings(3).addEmbedding(new float[4], 0, true), "4 numbers", "for 3");
        refused(
                () -> context.decode(Batch.ofEmbeddings(3).addEmbedding(new float[3], 0, true)),
                "3 numbers",
                "takes 192");
        refused(() -> Batch.ofEmbeddings(3).add(1, true), "batch of embeddings");
        refused(() -> new Batch().addEmbedding(new float[3], 0, true), "batch of tokens");
    }

    private void refused(ThrowingCallable call, String... words) {
        var before = context.logits();
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContainingAll(words);
        assertThat(context.position()).isEqualTo(HELD.length);
        assertThat(context.logits()).isEqualTo(before);
    }

    private void assertFull(ThrowingCallable call, int tokens) {
        assertThatThrownBy(call).isInstanceOfSatisfying(ContextFullException.class, e -> {
            assertThat(e.tokens()).isEqualTo(tokens);
            assertThat(e.position()).isEqualTo(HELD.length);
            assertThat(e.contextLength()).isEqualTo(context.length());
        });
        assertThat(context.position()).isEqualTo(HELD.length);
        assertThat(context.logits()).isNotEmpty();
    }
}
