package dev.qwen4j.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.Tokenizer;
import dev.qwen4j.child.LlamaCppSource;
import dev.qwen4j.nano.Nano;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Random texts of all planes through a vocabulary: the same tokens as llama.cpp's, and the same bytes back from them. */
class RandomTextTest {
    private static final long SEED = 20260201;
    private static final int TEXTS = 2_000;
    private static final int LONGEST = 200;
    private static final int FEW = 60;

    @Test
    void twoThousandTextsThroughQwensVocabularies() {
        System.out.println("[oracle] seed " + SEED);
        compare(Nano.file(), TEXTS);
        compare(LlamaCppSource.vocabulary("qwen2"), TEXTS);
        compare(LlamaCppSource.vocabulary("qwen35"), TEXTS);
    }

    @Test
    void sixtyTextsThroughEachOther() {
        var others = LlamaCppSource.vocabularies().stream()
                .filter(file -> !VocabularyFilesTest.name(file).startsWith("qwen"))
                .toList();
        others.forEach(file -> compare(file, FEW));
        assertThat(others).hasSizeGreaterThan(15);
    }

    private static void compare(Path file, int count) {
        try (var model = VocabularyFilesTest.vocabulary(file)) {
            var tokenizer = model.tokenizer();
            var random = new Random(SEED);
            var spellings = IntStream.range(0, tokenizer.size())
                    .filter(tokenizer::isControl)
                    .limit(50)
                    .mapToObj(tokenizer::decodeWithControl)
                    .toList();
            var lone = new HashMap<String, Integer>();
            var texts = new ArrayList<String>();
            for (int i = 0; i < count; i++) {
                var text = text(random, spellings);
                int index = loneSurrogate(text);
                if (index < 0) {
                    texts.add(text);
                } else {
                    lone.put(text, index);
                }
            }
            lone.forEach((text, index) -> assertThatThrownBy(() -> tokenizer.encode(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("at index " + index + ","));
            var oracle = new Oracle(file);
            for (boolean special : List.of(false, true)) {
                compare(tokenizer, oracle, texts, special);
            }
            System.out.printf(
                    "[oracle] %s: %d texts with special tokens parsed and not, tokens and bytes equal; %d with a lone surrogate, refused%n",
                    VocabularyFilesTest.name(file), texts.size(), lone.size());
        }
    }

    private static void compare(Tokenizer tokenizer, Oracle oracle, List<String> texts, boolean special) {
        var bytes = texts.stream()
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
        var expected = oracle.tokenizations(bytes, special, special);
        for (int i = 0; i < texts.size(); i++) {
            var text = texts.get(i);
            var where = "seed %d, text %d, special %s: %s".formatted(SEED, i, special, text);
            var tokens = special ? tokenizer.encodeTrusted(text, true) : tokenizer.encode(text);
            assertThat(tokens).as(where).isEqualTo(expected.get(i).tokens());
            for (boolean removed : List.of(false, true)) {
                for (boolean spelled : List.of(false, true)) {
                    assertThat(tokenizer.decodeBytes(
                                    tokens, options -> options.added(!removed).special(spelled)))
                            .as(where)
                            .isEqualTo(expected.get(i).text(removed, spelled));
                }
            }
        }
    }

    private static String text(Random random, List<String> spellings) {
        var text = new StringBuilder();
        for (int length = 1 + random.nextInt(LONGEST); length > 0; length--) {
            switch (random.nextInt(16)) {
                case 0 -> text.append(spellings.isEmpty() ? "<s>" : spellings.get(random.nextInt(spellings.size())));
                case 1 -> text.appendCodePoint(random.nextInt(0x10000, 0x110000));
                case 2 -> text.appendCodePoint(random.nextInt(0x300, 0x370));
                case 3 -> text.append('\0');
                case 4 -> text.append(" the");
                case 5 -> text.append('\n');
                case 6, 7, 8, 9 -> text.appendCodePoint(random.nextInt(0x20, 0x7F));
                case 10 -> text.appendCodePoint(random.nextInt(0x4E00, 0xA000));
                case 11 -> text.append(random.nextInt(40) == 0 ? (char) random.nextInt(0xD800, 0xE000) : ' ');
                case 12 -> text.appendCodePoint(0x1F300 + random.nextInt(0x2FF));
                default -> text.appendCodePoint(random.nextInt(0xD800));
            }
        }
        return text.toString();
    }

    /** Said anew: the index of the first surrogate without its other half, or -1. */
    private static int loneSurrogate(String text) {
        int index = 0;
        while (index < text.length()) {
            int codePoint = text.codePointAt(index);
            if (codePoint >= 0xD800 && codePoint < 0xE000) {
                return index;
            }
            index += Character.charCount(codePoint);
        }
        return -1;
    }
}
