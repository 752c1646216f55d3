package dev.qwen4j.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.Model;
import dev.qwen4j.ModelLoadException;
import dev.qwen4j.VocabularyType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** RWKV's algorithm in llama.cpp would go on for ever, and take all memory, where a text begins like a token and none fits. */
class EndlessVocabularyTest {
    @TempDir
    private Path folder;

    @Test
    void refusesTokensThatBeginWithAByteThatIsNone() {
        var tokens = bytes();
        tokens.remove("\\x61");
        tokens.add("abc");
        var file = vocabulary(tokens);
        assertThatThrownBy(() -> Model.load(file, options -> options.vocabularyOnly(true)))
                .isInstanceOf(ModelLoadException.class)
                .hasMessageContaining("begin with the byte 0x61");
    }

    @Test
    void takesThemWhereEachByteIsOne() {
        var tokens = bytes();
        tokens.add("abc");
        try (var model = Model.load(vocabulary(tokens), options -> options.vocabularyOnly(true))) {
            assertThat(model.tokenizer().type()).isEqualTo(VocabularyType.RWKV);
            assertThat(model.tokenizer().decode(model.tokenizer().encode("ababcé\n")))
                    .isEqualTo("ababcé\n");
        }
    }

    private static List<String> bytes() {
        var tokens = new ArrayList<>(List.of("<s>"));
        IntStream.range(0, 256).mapToObj(i -> "\\x%02x".formatted(i)).forEach(tokens::add);
        return tokens;
    }

    private Path vocabulary(List<String> tokens) {
        return GgufBuilder.model()
                .u32("qwen3.vocab_size", tokens.size())
                .text("tokenizer.ggml.model", "rwkv")
                .array("tokenizer.ggml.tokens", 8, tokens.size(), out -> tokens.forEach(out::text))
                .write(folder);
    }
}
