package dev.qwen4j.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.Batch;
import dev.qwen4j.Context;
import dev.qwen4j.ContextOptions;
import dev.qwen4j.EvalListener;
import dev.qwen4j.EvalNode;
import dev.qwen4j.EvalTensor;
import dev.qwen4j.KvCacheException;
import dev.qwen4j.Model;
import dev.qwen4j.Qwen4jException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Caches of all kinds: what would make later logits wrong is refused, and what is not refused makes none wrong. */
class ArchitectureCachesTest {
    private static final long SEED = 42;
    /** Of the largest logit. */
    private static final float ROUNDING = 3e-4f;

    private static final int WINDOW = 32;
    private static final List<String> KINDS = List.of(
            "mamba",
            "mamba2",
            "jamba",
            "falcon-h1",
            "plamo2",
            "cogvlm",
            "nemotron_h",
            "kimi-linear",
            "kimi-k3",
            "qwen3next",
            "qwen35",
            "qwen4exp",
            "lfm2",
            "lfm2moe",
            "bailingmoe3",
            "minimax-01",
            "deepseek4",
            "deepseek2",
            "minimax-m3",
            "dots3note",
            "gemma3",
            "gpt-oss",
            "llama4",
            "cohere2",
            "qwen2vl",
            "qwen3vl",
            "bloom",
            "gpt2",
            "qwen3",
            "hrm_text",
            "dream");

    @TempDir
    private static Path folder;

    private static TestArchitectures models;

    @BeforeAll
    static void write() throws IOException, InterruptedException {
        models = TestArchitectures.write(folder, KINDS);
    }

    private static Model load(String architecture) {
        return Model.load(models.file(architecture));
    }

    private static Context context(Model model, UnaryOperator<ContextOptions> options) {
        return model.newContext(o -> options.apply(o.length(1024).threads(1).batchThreads(1)));
    }

    private static int[] tokens(int count) {
        return new Random(SEED).ints(count, 0, 128).toArray();
    }

    private static void assertClose(float[] actual, float[] expected) {
        float largest = 0;
        float difference = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            difference = Math.max(difference, Math.abs(expected[i] - actual[i]));
        }
        assertThat(difference).as("seed %d, largest logit %s", SEED, largest).isLessThan(ROUNDING * largest);
    }

    @Test
    void doNothingThatLaterLogitsWouldShow() {
        int done = 0;
        int refused = 0;
        for (var kind : KINDS) {
            if (kind.equals("dream")) {
                continue; // has no cache
            }
            for (boolean unified : new boolean[] {false, true}) {
                try (var model = load(kind)) {
                    var operations = new CacheOperations(model, unified, SEED);
                    operations.run();
                    assertThat(operations.wrong())
                            .as("%s, unified %s", kind, unified)
                            .isEmpty();
                    done += operations.done();
                    refused += operations.refused();
                }
            }
        }
        System.out.printf(
                "[caches] %d architectures: %d operations refused, after %d others logits as of a fresh evaluation%n",
                KINDS.size() - 1, refused, done);
    }

    /** 600 tokens, of which the layers with a window hold the last 256 or so. */
    private static Context slid(Model model) {
        var context = context(
                model,
                o -> o.fullSlidingWindow(false)
                        .microBatchSize(WINDOW)
                        .maxSequences(2)
                        .unified(true));
        context.prefill(tokens(600));
        return context;
    }

    @ParameterizedTest
    @ValueSource(strings = {"gemma3", "gpt-oss", "cohere2"})
    void refuseToEndWhereASlidingWindowIsGone(String architecture) {
        try (var model = load(architecture);
                var context = slid(model)) {
            var cache = context.kvCache();
            int first = cache.firstPosition(0).orElseThrow();
            assertThat(first).isPositive();
            for (int end : new int[] {1, 100, first, first + WINDOW - 1}) {
                assertThatThrownBy(() -> cache.truncate(0, end))
                        .isInstanceOf(KvCacheException.class)
                        .hasMessageContaining(
                                "sliding window of " + WINDOW + " holds nothing before position " + first);
                assertThatThrownBy(() -> cache.copy(0, 1, 0, end))
                        .isInstanceOf(KvCacheException.class)
                        .hasMessageContaining("sliding window");
            }
            assertThatThrownBy(() -> cache.shift(0, 0, 600, 1)).isInstanceOf(KvCacheException.class);
            assertThat(context.position()).isEqualTo(600);
            assertThat(context.position(1)).isZero();
            int end = first + WINDOW;
            cache.copy(0, 1, 0, end);
            cache.truncate(0, end);
            context.decode(7);
            var cut = context.logits();
            context.decode(new Batch().add(7, 1, true));
            var copied = context.logits();
            assertThat(context.rewind(50)).isZero();
            cache.remove(1);
            context.prefill(Arrays.copyOf(tokens(600), end));
            context.decode(7);
            assertClose(cut, context.logits());
            assertClose(copied, context.logits());
        }
    }

    /** Cancels when a tensor of a micro-batch is computed. */
    private static final class CancelsAt implements EvalListener {
        private int left;

        CancelsAt(int nodes) {
            this.left = nodes;
        }

        @Override
        public boolean wants(EvalNode node) {
            if (--left == 0) {
                throw new IllegalStateException("enough");
            }
            return false;
        }

        @Override
        public void computed(EvalTensor tensor) {}
    }

    @ParameterizedTest
    @ValueSource(strings = {"mamba", "jamba", "qwen35", "lfm2moe", "gemma3", "qwen3"})
    void holdWhatTheyHeldOrNothingAfterAPrefillThatWasStopped(String architecture) {
        var prompt = tokens(96);
        try (var model = load(architecture)) {
            for (int nodes : new int[] {1, 30, 70}) {
                for (int rollback : new int[] {0, 3}) {
                    var listener = new CancelsAt(Integer.MAX_VALUE);
                    try (var context = context(
                            model,
                            o -> o.evalListener(listener)
                                    .microBatchSize(WINDOW)
                                    .rollbackTokens(rollback)
                                    .fullSlidingWindow(false))) {
                        context.decode(Arrays.copyOf(prompt, 20));
                        listener.left = nodes;
                        assertThatThrownBy(() -> context.prefill(Arrays.copyOfRange(prompt, 20, 96)))
                                .isInstanceOf(Qwen4jException.class)
                                .hasMessageContaining("listener");
                        assertThat(context.position()).isIn(0, 20);
                        context.prefill(Arrays.copyOfRange(prompt, context.position(), 96));
                        var after = context.logits();
                        context.clear();
                        context.prefill(prompt);
                        assertClose(after, context.logits());
                    }
                }
            }
        }
    }

    /** What was kept for taking back is of what was there before. */
    @Test
    void takeNothingBackOfAStateThatWasRestored() {
        try (var model = load("qwen35");
                var context = context(model, o -> o.maxSequences(2).rollbackTokens(3))) {
            context.decode(tokens(5));
            try (var state = context.states().save(0)) {
                context.clear();
                context.decode(tokens(6));
                context.states().restore(state, 0);
            }
            assertThat(context.position()).isEqualTo(5);
            assertThat(context.rewind(3)).isZero();
        }
    }

    /** llama.cpp computes other logits for it then than alone. */
    @Test
    void computeOneSequenceAtOnceWhereTheGraphCannotMore() {
        try (var model = load("plamo2");
                var context = context(model, o -> o.maxSequences(2))) {
            var two = new Batch().add(1, 0, true).add(2, 1, true);
            assertThatThrownBy(() -> context.decode(two))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("of another sequence");
            context.decode(new Batch().add(1, 0, true));
            context.decode(new Batch().add(2, 1, true));
        }
    }

    @Test
    void giveNoLogitsWhereEmbeddingsTakeTheirPlace() {
        try (var model = load("lfm2moe");
                var context = context(model, o -> o.embeddings(true))) {
            context.decode(tokens(5));
            assertThat(context.embedding(4)).isNotEmpty();
            assertThatThrownBy(context::logits)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no logits");
            context.setEmbeddings(false);
            context.decode(tokens(2));
            assertThat(context.logits()).isNotEmpty();
        }
    }

    @Test
    void giveEachTokenItsOwnLogits() {
        try (var model = load("cogvlm");
                var context = context(model, o -> o)) {
            var prompt = tokens(20);
            context.decode(prompt);
            var together = context.logits();
            context.clear();
            for (int token : prompt) {
                context.decode(token);
            }
            assertClose(together, context.logits());
        }
    }

    @Test
    void haveMicroBatchesThatHoldWhatMayBeTakenBack() {
        try (var model = load("qwen35")) {
            assertThatThrownBy(() -> context(model, o -> o.microBatchSize(4).rollbackTokens(3)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("microBatchSize is 4; with rollbackTokens 3 it must be at least 5");
            try (var context = context(model, o -> o.microBatchSize(5).rollbackTokens(3))) {
                context.prefill(tokens(23));
                assertThat(context.position()).isEqualTo(23);
            }
        }
    }

    @Test
    void takeNothingBackThatACopyShares() {
        try (var model = load("qwen35");
                var context = context(model, o -> o.maxSequences(2).rollbackTokens(3))) {
            context.decode(tokens(20));
            context.kvCache().copy(0, 1);
            assertThatThrownBy(() -> context.kvCache().truncate(1, 19)).isInstanceOf(KvCacheException.class);
            assertThat(context.rewind(19)).isZero();
            assertThat(context.position(1)).isEqualTo(20);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen2vl", "qwen3vl", "qwen35"})
    void doNotShiftPositionsOfSeveralDimensions(String architecture) {
        try (var model = load(architecture);
                var context = context(model, o -> o)) {
            assertThat(model.positionDimensions()).isEqualTo(4);
            context.decode(tokens(20));
            assertThat(context.kvCache().canShift()).isFalse();
            assertThatThrownBy(() -> context.kvCache().shift(0, 0, 20, 1)).isInstanceOf(KvCacheException.class);
            assertThatThrownBy(() -> context.kvCache().divide(0, 0, 20, 2)).isInstanceOf(KvCacheException.class);
            context.decode(1);
        }
    }

    @Test
    void takeEmbeddingsAtPositionsOfSeveralDimensions() {
        try (var model = load("qwen2vl");
                var context = context(model, o -> o)) {
            var random = new Random(SEED);
            var image = IntStream.range(0, 6)
                    .mapToObj(i -> {
                        var row = new float[model.inputEmbeddingLength()];
                        for (int j = 0; j < row.length; j++) {
                            row[j] = (float) random.nextGaussian();
                        }
                        return row;
                    })
                    .toList();
            var flat = image(context, image, 1);
            assertThat(flat).containsExactly(image(context, image, 1)).doesNotContain(Float.NaN);
            assertThat(image(context, image, 3)).isNotEqualTo(flat);
            // The same positions as text has them are the default.
            context.clear();
            context.decode(5, 6);
            var following = Batch.ofEmbeddings(model.inputEmbeddingLength());
            image.forEach(row -> following.addEmbedding(row, 0, true));
            context.decode(following);
            var byDefault = context.logits();
            context.clear();
            context.decode(5, 6);
            var given = Batch.ofEmbeddings(model.inputEmbeddingLength());
            for (int i = 0; i < image.size(); i++) {
                given.addEmbeddingAt(image.get(i), new int[] {2 + i, 2 + i, 2 + i, 0}, true, 0);
            }
            context.decode(given);
            assertThat(context.logits()).containsExactly(byDefault);
        }
    }

    /** Two tokens, an image of so many columns at one time, and a token behind it; its logits. */
    private static float[] image(Context context, List<float[]> rows, int columns) {
        context.clear();
        context.decode(5, 6);
        var batch = Batch.ofEmbeddings(rows.getFirst().length);
        for (int i = 0; i < rows.size(); i++) {
            batch.addEmbeddingAt(rows.get(i), new int[] {2, 2 + i / columns, 2 + i % columns, 0}, false, 0);
        }
        context.decode(batch);
        context.decode(new Batch().addAt(7, 2 + Math.max(rows.size() / columns, columns), true, 0));
        return context.logits();
    }

    @Test
    void areMissingWhereAModelSeesAllTokensAtOnce() {
        try (var model = load("dream");
                var context = context(model, o -> o.batchSize(64).microBatchSize(32))) {
            assertThatThrownBy(() -> context.kvCache().truncate(0, 1)).hasMessageContaining("has no cache");
            assertThatThrownBy(() -> context.decode(tokens(33))).isInstanceOf(IllegalArgumentException.class);
            context.decode(1, 2, 3);
            var three = context.logits();
            var later = new Batch().add(1, true).add(2, false).add(4, false);
            context.decode(later);
            var first = context.logits(0);
            context.decode(new Batch().add(1, true).add(2, false).add(3, false));
            assertThat(context.logits(0)).isNotEqualTo(first);
            context.decode(1, 2, 3);
            assertThat(context.logits()).containsExactly(three);
            assertThat(context.position()).isZero();
            context.clear();
        }
    }
}
