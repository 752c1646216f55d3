package dev.qwen4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.Model;
import dev.qwen4j.RopeType;
import dev.qwen4j.nano.Nano;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelTraitsTest {
    @TempDir
    private Path folder;

    @Test
    void tellsWhatNanoIs() {
        try (var model = Model.load(Nano.file())) {
            var traits = model.traits();
            assertThat(traits.ropeType()).isEqualTo(RopeType.NEOX);
            assertThat(traits.ropeFrequencyScale()).isEqualTo(1);
            assertThat(traits.slidingWindow()).isEmpty();
            assertThat(traits.decoder()).isTrue();
            assertThat(traits.encoder() || traits.recurrent() || traits.hybrid() || traits.diffusion())
                    .isFalse();
            assertThat(traits.decoderStart()).isEmpty();
            assertThat(traits.inputEmbeddingLength()).isEqualTo(192);
            assertThat(traits.outputEmbeddingLength()).isEqualTo(192);
            assertThat(traits.mtpLayerCount()).isZero();
            assertThat(traits.classifierLabels()).isEmpty();
            assertThat(traits.quantization()).isEqualTo("Q8_0");
            assertThat(model.metadata())
                    .containsEntry("general.architecture", "qwen3")
                    .containsEntry("qwen3.block_count", "4")
                    .doesNotContainKey("tokenizer.ggml.tokens");
            assertThat(model.suggestedSampling()).isEmpty();
        }
    }

    @Test
    void tellsAClassifiersLabelsAndHowItsMakersSample() throws IOException {
        var file = NanoFile.whole()
                .texts("qwen3.classifier.output_labels", "no", "yes", "vielleicht")
                .text("general.sampling.sequence", "top_k;temp")
                .write(folder.resolve("classifier.gguf"));

        try (var model = Model.load(file)) {
            assertThat(model.traits().classifierLabels()).containsExactly("no", "yes", "vielleicht");
            assertThat(model.suggestedSampling()).hasSize(1).containsEntry("sequence", "top_k;temp");
        }
    }

    @Test
    void tellsNothingOfAVocabularyAlone() {
        try (var model = Model.load(Nano.file(), options -> options.vocabularyOnly(true))) {
            assertThatThrownBy(model::traits)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Only the vocabulary");
        }
    }
}
