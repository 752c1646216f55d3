package dev.qwen4j.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.Batch;
import dev.qwen4j.Context;
import dev.qwen4j.Model;
import dev.qwen4j.Qwen4jException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Equal to llama.cpp on every architecture of which it can write a model. */
class AllArchitecturesTest {
    private static final long SEED = 42;
    private static final int LENGTH = 256;
    private static final int BATCH = 64;
    private static final int STEPS = 8;
    private static final List<String> EXPECTED = List.of("qwen3", "qwen3moe", "qwen2vl", "deepseek2", "gpt-oss");

    @TempDir
    private static Path folder;

    @Test
    void logitsOfEveryPositionAreEqualAsRawBits() throws IOException, InterruptedException {
        var models = TestArchitectures.write(folder, ".*");
        EXPECTED.forEach(models::file);
        assertThat(models.files()).hasSizeGreaterThanOrEqualTo(110);
        System.out.printf(
                "[architectures] %d token ids of seed %d in one batch, then %d single steps; threads 1, n_ctx %d, n_batch 2048, n_ubatch 512, KV F16,"
                        + " flash attention auto, full sliding windows%n",
                BATCH, SEED, STEPS, LENGTH);
        var different = new ArrayList<String>();
        for (Path file : models.files()) {
            var name = String.valueOf(file.getFileName()).replace(".gguf", "");
            String outcome;
            try {
                outcome = compare(file);
            } catch (Qwen4jException | IllegalArgumentException | AssertionError e) {
                outcome = "DIFFERENT: " + e;
                different.add(name + ": " + e);
            }
            System.out.printf("[architectures] %-22s %s%n", name, outcome);
        }
        System.out.printf(
                "[architectures] %d models equal, %d different; test-llama-archs writes none of %s%n",
                models.files().size() - different.size(), different.size(), String.join(", ", models.notWritten()));
        assertThat(different).isEmpty();
    }

    private static String compare(Path file) {
        try (var model = Model.load(file);
                var context = model.newContext(o -> o.length(LENGTH).threads(1).batchThreads(1))) {
            int vocabulary = model.tokenizer().size();
            var tokens = new Random(SEED).ints(BATCH + STEPS, 0, vocabulary).toArray();
            var theirs = new Oracle(file).steps(1, LENGTH, vocabulary, BATCH, tokens);
            var ours = evaluate(context, tokens);
            assertThat(theirs).hasSize(ours.size());
            for (int i = 0; i < theirs.size(); i++) {
                assertThat(theirs.get(i)).as("position %d", i).doesNotContain(Float.NaN);
                for (int j = 0; j < vocabulary; j++) {
                    assertThat(Float.floatToRawIntBits(ours.get(i)[j]))
                            .as("position %d, logit %d", i, j)
                            .isEqualTo(Float.floatToRawIntBits(theirs.get(i)[j]));
                }
            }
            return "%d positions x %,d logits equal".formatted(theirs.size(), vocabulary);
        }
    }

    private static List<float[]> evaluate(Context context, int[] tokens) {
        var batch = new Batch();
        Arrays.stream(tokens, 0, BATCH).forEach(token -> batch.add(token, true));
        context.decode(batch);
        var logits = new ArrayList<float[]>();
        for (int i = 0; i < BATCH; i++) {
            logits.add(context.logits(i));
        }
        Arrays.stream(tokens, BATCH, tokens.length).forEach(token -> {
            context.decode(token);
            logits.add(context.logits());
        });
        return logits;
    }
}
