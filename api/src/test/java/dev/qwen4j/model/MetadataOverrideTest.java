package dev.qwen4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.Model;
import dev.qwen4j.ModelLoadException;
import dev.qwen4j.ModelOptions;
import dev.qwen4j.nano.Nano;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Metadata that options put in place of a file's. */
class MetadataOverrideTest {
    @Test
    void takesNumbersTruthAndText() {
        try (var model = Model.load(
                Nano.file(),
                options -> options.metadata("qwen3.context_length", 1234)
                        .metadata("qwen3.rope.freq_base", 20_000.0)
                        .metadata("tokenizer.ggml.add_bos_token", false)
                        .metadata("general.name", "x".repeat(127)))) {
            assertThat(model.trainedContextLength()).isEqualTo(1234);
            assertThat(model.gguf().integer("qwen3.context_length")).hasValue(2048);
            try (var plain = Model.load(Nano.file())) {
                assertThat(Logits.of(model)).isNotEqualTo(Logits.of(plain));
            }
        }
    }

    @Test
    void refusesWhatIsOfAnotherTypeThanInTheFile() {
        refused(o -> o.metadata("qwen3.context_length", 1.5), "a whole number under qwen3.context_length");
        refused(o -> o.metadata("qwen3.rope.freq_base", 10_000), "a real number under qwen3.rope.freq_base");
        refused(o -> o.metadata("general.name", true), "text under general.name");
        refused(o -> o.metadata("tokenizer.ggml.tokens", "a"), "an array under tokenizer.ggml.tokens");
    }

    @Test
    void refusesWhatDoesNotFit() {
        refused(o -> o.metadata("k".repeat(128), true), "a key of metadata has 128 bytes");
        refused(o -> o.metadata("key", "ä".repeat(64)), "the override of key has 128 bytes");
        refused(o -> o.metadata("", 1), "a key of metadata is empty");
        refused(o -> o.metadata("a\0b", 1), "a key of metadata has 3 bytes, or a NUL");
        refused(o -> o.metadata("qwen3.block_count", -1), "qwen3.block_count is overridden by -1");
        refused(o -> o.metadata("split.count", 2), "split.count cannot be overridden");
    }

    /** A file that said so itself would be refused, too. */
    @Test
    void refusesWhatWouldEndTheProcess() {
        assertThatThrownBy(() -> load(o -> o.metadata("qwen3.attention.layer_norm_rms_epsilon", -1.0)))
                .isInstanceOf(ModelLoadException.class)
                .hasMessageContaining("layer_norm_rms_epsilon is -1.0");
        assertThatThrownBy(() -> load(o -> o.metadata("general.architecture", "qwenX")))
                .isInstanceOf(ModelLoadException.class)
                .hasMessageContaining("has architecture \"qwenX\"");
    }

    private static void load(UnaryOperator<ModelOptions> change) {
        Model.load(Nano.file(), change).close();
    }

    private static void refused(UnaryOperator<ModelOptions> change, String why) {
        assertThatIllegalArgumentException().isThrownBy(() -> load(change)).withMessageContaining(why);
    }
}
