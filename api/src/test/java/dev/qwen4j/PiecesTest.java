package dev.qwen4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.child.LlamaCppSource;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Where long texts are cut; that their tokens are those of the whole is tested against llama.cpp. */
class PiecesTest {
    private static final long SEED = 20260203;
    private static final int LENGTH = 100_000;

    @Test
    void cutsBetweenLinesAndNotWhereWhiteSpaceOrAControlCharacterIsBeside() {
        var line = "word ".repeat(300) + "end\nNext";
        var cuts = Cuts.of(PreTokenizer.FALCON, line.repeat(60), 0, line.length() * 60);
        assertThat(cuts).hasSizeGreaterThan(3).allSatisfy(cut -> {
            assertThat(cut.withinWord()).isFalse();
            assertThat(line.repeat(60).substring(cut.at() - 4, cut.at() + 4)).isEqualTo("end\nNext");
        });
        for (var end : List.of("\n\n", " \n", "\r\n", "\n1", "\n\u0301", "\n ", "\u0007\n")) {
            var text = ("word ".repeat(300) + end).repeat(60);
            assertThat(Cuts.of(PreTokenizer.FALCON, text, 0, text.length()))
                    .as(end)
                    .isEmpty();
        }
    }

    @Test
    void takesNothingForGrantedOfPreTokenizersThatAreNotListed() {
        assertThat(Cuts.of(PreTokenizer.OTHER, "a".repeat(LENGTH), 0, LENGTH)).isEmpty();
        assertThat(Cuts.of(PreTokenizer.NONE, "a\n".repeat(LENGTH), 0, LENGTH)).isEmpty();
        assertThat(Cuts.of(PreTokenizer.DEEPSEEK3, "a".repeat(LENGTH), 0, LENGTH))
                .isEmpty();
    }

    @Test
    void cutsDigitsAfterThreesThatBeginWithTheRun() {
        var text = "x" + "7".repeat(LENGTH);
        assertThat(Cuts.of(PreTokenizer.LLAMA3, text, 0, text.length()))
                .isNotEmpty()
                .allMatch(cut -> (cut.at() - 1) % 3 == 0 && !cut.withinWord());
        var arabic = "\u0661" + "7".repeat(LENGTH);
        assertThat(Cuts.of(PreTokenizer.LLAMA3, arabic, 0, arabic.length())).isEmpty();
    }

    @Test
    void findsAPlaceInWordsOfAnyLetters() {
        System.out.println("[pieces] seed " + SEED);
        for (var name : List.of("qwen2", "deepseek-llm", "gpt-2")) {
            try (var model = Model.load(LlamaCppSource.vocabulary(name), options -> options.vocabularyOnly(true))) {
                assertThat(WordCut.isPossible(model.gguf())).as(name).isTrue();
                var letters = new StringBuilder();
                new Random(SEED).ints(LENGTH, 'a', 'z' + 1).forEach(letters::appendCodePoint);
                for (var text : List.of(letters.toString(), "ab".repeat(LENGTH / 2), " ".repeat(LENGTH))) {
                    var cuts = Cuts.of(PreTokenizer.of(model.gguf()), text, 0, LENGTH);
                    assertThat(cuts).hasSize(5).allMatch(Cuts.Cut::withinWord);
                    var pieces = new Pieces(
                            text,
                            bytes -> model.tokenizer().encode(new String(bytes, StandardCharsets.UTF_8)),
                            model.tokenizer()::bytes);
                    assertThat(pieces.encode(0, LENGTH, cuts)).as(name).isPresent();
                }
            }
        }
    }
}
