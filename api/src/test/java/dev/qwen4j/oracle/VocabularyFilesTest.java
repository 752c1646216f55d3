package dev.qwen4j.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.FillInMiddleTokens;
import dev.qwen4j.Model;
import dev.qwen4j.TokenAttribute;
import dev.qwen4j.Tokenizer;
import dev.qwen4j.VocabularyType;
import dev.qwen4j.child.LlamaCppSource;
import dev.qwen4j.nano.Nano;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** llama.cpp's own vocabulary files: what a tokenizer says of them, and the tokens of the texts that lie beside them. */
class VocabularyFilesTest {
    private static final int SAMPLE = 31;
    private static final String BETWEEN_TEXTS = "\n__ggml_vocab_test__\n";

    @Test
    void textsHaveTheTokensThatLlamaCppsFilesSay() throws IOException {
        int texts = 0;
        var names = new ArrayList<String>();
        for (var file : LlamaCppSource.vocabularies()) {
            var input = file.resolveSibling(file.getFileName() + ".inp");
            var output = file.resolveSibling(file.getFileName() + ".out");
            if (Files.exists(input) && Files.exists(output)) {
                texts += compare(file, texts(input), Files.readAllLines(output));
                names.add(name(file));
            }
        }
        assertThat(names).hasSize(15);
        System.out.printf("[oracle] %d texts of %d files, token for token: %s%n", texts, names.size(), names);
    }

    /** As tests/test-tokenizer-0.cpp does. */
    private static int compare(Path file, List<String> texts, List<String> expected) {
        assertThat(texts).as("%s", file).hasSameSizeAs(expected).hasSizeGreaterThan(30);
        try (var model = vocabulary(file)) {
            for (int i = 0; i < texts.size(); i++) {
                var tokens = expected.get(i).strip().split(" ");
                var ids = Arrays.stream(tokens)
                        .filter(token -> !token.isEmpty())
                        .mapToInt(Integer::parseInt)
                        .toArray();
                assertThat(model.tokenizer().encode(texts.get(i)))
                        .as("%s: \"%s\"", name(file), texts.get(i))
                        .isEqualTo(ids);
            }
        }
        return texts.size();
    }

    private static List<String> texts(Path input) throws IOException {
        var all = Files.readString(input);
        var texts = new ArrayList<String>();
        int at = 0;
        while (at < all.length()) {
            int end = all.indexOf(BETWEEN_TEXTS, at);
            texts.add(all.substring(at, end < 0 ? all.length() : end));
            at = end < 0 ? all.length() : end + BETWEEN_TEXTS.length();
        }
        return texts;
    }

    @Test
    void theTokenizerSaysOfAVocabularyWhatLlamaCppDoes() {
        int tokens = 0;
        // Each token of the first, and a sample of the others: they are two millions.
        int step = 1;
        var files = Stream.concat(Stream.of(Nano.file()), LlamaCppSource.vocabularies().stream())
                .toList();
        for (var file : files) {
            try (var model = vocabulary(file)) {
                var tokenizer = model.tokenizer();
                var expected = new Oracle(file).vocabulary();
                var heads = headlines(tokenizer);
                assertThat(heads).as(name(file)).isEqualTo(expected.subList(0, heads.size()));
                assertThat(expected).hasSize(heads.size() + tokenizer.size());
                for (int id = 0; id < tokenizer.size(); id += step) {
                    assertThat(line(tokenizer, id))
                            .as("%s, token %d", name(file), id)
                            .isEqualTo(expected.get(heads.size() + id));
                    tokens++;
                }
            }
            step = SAMPLE;
        }
        System.out.printf("[oracle] %d vocabularies, and %,d of their tokens: equal%n", files.size(), tokens);
    }

    /** In the oracle's words. */
    private static List<String> headlines(Tokenizer tokenizer) {
        var lines = new ArrayList<String>();
        lines.add("type " + number(tokenizer.type()));
        lines.add(ids(
                "special",
                tokenizer.beginOfSequence(),
                tokenizer.endOfSequence(),
                tokenizer.endOfTurn(),
                tokenizer.separator(),
                tokenizer.newLine(),
                tokenizer.padding(),
                tokenizer.mask()));
        FillInMiddleTokens fim = tokenizer.fillInMiddle();
        lines.add(ids("fim", fim.prefix(), fim.suffix(), fim.middle(), fim.padding(), fim.repository(), fim.file()));
        lines.add("adds " + bit(tokenizer.addsBeginOfSequence()) + " " + bit(tokenizer.addsEndOfSequence()) + " "
                + bit(tokenizer.addsSeparator()));
        lines.add(ids(
                "suppressed",
                IntStream.of(tokenizer.suppressedTokens())
                        .mapToObj(OptionalInt::of)
                        .toArray(OptionalInt[]::new)));
        return lines;
    }

    private static String line(Tokenizer tokenizer, int id) {
        var token = tokenizer.token(id);
        int attributes =
                token.attributes().stream().mapToInt(VocabularyFilesTest::bits).sum();
        return attributes + " " + Integer.toUnsignedString(Float.floatToRawIntBits(token.score())) + " "
                + bit(tokenizer.isControl(id)) + " " + bit(tokenizer.isEndOfGeneration(id)) + " "
                + HexFormat.of().formatHex(token.text().getBytes(StandardCharsets.UTF_8));
    }

    private static int number(VocabularyType type) {
        return switch (type) {
            case NONE -> 0;
            case SPM -> 1;
            case BPE -> 2;
            case WPM -> 3;
            case UGM -> 4;
            case RWKV -> 5;
            case PLAMO2 -> 6;
            case TEST -> 7;
        };
    }

    private static int bits(TokenAttribute attribute) {
        return switch (attribute) {
            case UNKNOWN -> 1;
            case UNUSED -> 2;
            case NORMAL -> 4;
            case CONTROL -> 8;
            case USER_DEFINED -> 16;
            case BYTE -> 32;
            case NORMALIZED -> 64;
            case LSTRIP -> 128;
            case RSTRIP -> 256;
            case SINGLE_WORD -> 512;
        };
    }

    private static String ids(String name, OptionalInt... ids) {
        return Stream.concat(Stream.of(name), Stream.of(ids).map(id -> String.valueOf(id.orElse(-1))))
                .collect(Collectors.joining(" "));
    }

    private static int bit(boolean value) {
        return value ? 1 : 0;
    }

    static Model vocabulary(Path file) {
        return Model.load(file, options -> options.vocabularyOnly(true));
    }

    static String name(Path file) {
        return file.getFileName().toString().replaceFirst("ggml-vocab-", "").replaceFirst("\\.gguf$", "");
    }
}
