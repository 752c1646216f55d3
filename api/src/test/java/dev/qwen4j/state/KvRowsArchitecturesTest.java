package dev.qwen4j.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.Context;
import dev.qwen4j.FlashAttention;
import dev.qwen4j.Model;
import dev.qwen4j.StateException;
import dev.qwen4j.oracle.TestArchitectures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of every architecture that llama.cpp can write a tiny model of, rows come back as they were, or are refused. */
class KvRowsArchitecturesTest {
    private static final long SEED = Long.getLong("qwen4j.test.seed", 20260304);
    private static final int LENGTH = 30;

    @TempDir
    private Path folder;

    private static Context context(Model model, FlashAttention attention) {
        return model.newContext(o -> o.length(256).threads(1).maxSequences(2).flashAttention(attention));
    }

    private static byte[] saved(Context context, int sequence) {
        try (var state = context.states().save(sequence)) {
            return state.toBytes();
        }
    }

    private static boolean comesBack(Model model, FlashAttention attention) {
        try (var context = context(model, attention);
                var other = context(model, attention)) {
            var states = context.states();
            if (!states.canSaveRows()) {
                assertThatThrownBy(() -> states.saveRows(0, 0, 1)).isInstanceOf(StateException.class);
                return false;
            }
            context.prefill(new Random(SEED).ints(LENGTH, 0, 128).toArray());
            int cut = new Random(SEED).nextInt(1, LENGTH);
            try (var first = states.saveRows(0, 0, cut);
                    var second = states.saveRows(0, cut, LENGTH)) {
                other.states().restoreRows(0, List.of(first, second));
            }
            assertThat(saved(other, 0)).as(model.architecture()).isEqualTo(saved(context, 0));
            return true;
        }
    }

    @Test
    void comeBackAsTheyWereOrAreRefused() throws IOException, InterruptedException {
        var possible = new TreeSet<String>();
        var refused = new TreeSet<String>();
        for (var file : TestArchitectures.write(folder, ".*").files()) {
            try (var model = Model.load(file)) {
                for (var attention : List.of(FlashAttention.AUTO, FlashAttention.OFF)) {
                    (comesBack(model, attention) ? possible : refused).add(model.architecture());
                }
            }
        }
        System.out.printf(
                "[rows] seed %d: rows of %d architectures come back; refused: %s%n", SEED, possible.size(), refused);
        assertThat(possible).contains("qwen3", "llama", "gpt2", "bloom", "deepseek2");
        assertThat(refused)
                .contains("mamba", "jamba", "gemma3", "deepseek4", "qwen2vl")
                .doesNotContain("qwen3");
    }
}
