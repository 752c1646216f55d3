package dev.qwen4j.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.Tokenizer;
import dev.qwen4j.child.LlamaCppSource;
import dev.qwen4j.guard.AlteredNano;
import dev.qwen4j.nano.Nano;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Texts that are encoded in pieces have the tokens that llama.cpp makes of the whole. */
class LongTextTest {
    private static final long SEED = 20260202;
    private static final int LENGTH = 50_000;
    private static final List<String> AROUND = List.of(
            "", "x", "X", ".", "!", "'", "'r", "é", "²", "١", "中", "\u00A0", "\t", "\n", "\r\n", " ", "£", "_",
            "\u0301");

    @Test
    void piecesHaveTheTokensOfTheWhole() {
        System.out.println("[oracle] seed " + SEED);
        int texts = 0;
        for (var file : LlamaCppSource.vocabularies()) {
            texts += compare(file);
        }
        System.out.printf("[oracle] %d texts of about %,d characters: tokens equal%n", texts, LENGTH);
    }

    @Test
    void spellingsOfOneLengthThatOverlapAreTakenAsLlamaCppTakesThem(@TempDir Path folder) throws IOException {
        var file = new AlteredNano()
                .text("<|fim_prefix|>", "abcdefghijklmn")
                .text("<|fim_suffix|>", "hijklmnabcdefg")
                .write(folder.resolve("overlapping.gguf"));
        var text = "abcdefghijklmnabcdefghijklmnabcdefg ".repeat(2_000);
        try (var model = VocabularyFilesTest.vocabulary(file)) {
            var expected = new Oracle(file).tokens(List.of(text.getBytes(StandardCharsets.UTF_8)), false, true);
            assertThat(model.tokenizer().encodeTrusted(text, false)).isEqualTo(expected.getFirst());
        }
    }

    /** llama.cpp takes a time of their number's square: for these four minutes. */
    @Test
    void manyUserDefinedTokensTakeTheirNumbersTime() {
        try (var model = VocabularyFilesTest.vocabulary(Nano.file())) {
            var tokenizer = model.tokenizer();
            var some = "<think>".repeat(6_000);
            var expected = new Oracle(Nano.file()).tokens(List.of(some.getBytes(StandardCharsets.UTF_8)), false, false);
            assertThat(tokenizer.encode(some)).isEqualTo(expected.getFirst());
            int think = expected.getFirst()[0];
            assertThat(tokenizer.encode("<think>".repeat(300_000)))
                    .hasSize(300_000)
                    .containsOnly(think);
            assertThat(tokenizer.encode("<think>a".repeat(100_000))).hasSize(200_000);
        }
    }

    private static int compare(Path file) {
        try (var model = VocabularyFilesTest.vocabulary(file)) {
            var tokenizer = model.tokenizer();
            var random = new Random(SEED);
            var spellings = spellings(tokenizer);
            var plain = filled(() -> runs(random));
            var special = filled(() -> switch (random.nextInt(8)) {
                case 0 -> " \n\t".substring(random.nextInt(3));
                case 1, 2 -> prose(random);
                default -> special(random, spellings);
            });
            var mixed = filled(() -> switch (random.nextInt(12)) {
                case 0 -> runs(random);
                case 1, 2 -> special(random, spellings);
                default -> prose(random);
            });
            var oracle = new Oracle(file);
            var name = VocabularyFilesTest.name(file);
            compare(name, oracle.tokens(utf8(plain), false, false), tokenizer.encode(plain));
            compare(name, oracle.tokens(utf8(special), true, true), tokenizer.encodeTrusted(special, true));
            compare(name, oracle.tokens(utf8(mixed), true, false), tokenizer.encode(mixed, true));
            return 3;
        }
    }

    private static List<byte[]> utf8(String text) {
        return List.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void compare(String name, List<int[]> expected, int[] tokens) {
        assertThat(tokens).as("%s, seed %d", name, SEED).isEqualTo(expected.getFirst());
    }

    /** Of what is found in text before all else, and its neighbours: blanks that it may strip, and halves of it. */
    private static List<String> spellings(Tokenizer tokenizer) {
        var spellings = IntStream.range(0, tokenizer.size())
                .filter(token -> tokenizer.isControl(token) || isUserDefined(tokenizer, token))
                .limit(400)
                .mapToObj(tokenizer::decodeWithControl)
                .toList();
        return spellings.isEmpty() ? List.of("<s>") : spellings;
    }

    private static boolean isUserDefined(Tokenizer tokenizer, int token) {
        return tokenizer.decode(token).startsWith("<")
                || tokenizer.decode(token).isBlank();
    }

    private static String filled(Supplier<String> part) {
        var text = new StringBuilder();
        while (text.length() < LENGTH) {
            text.append(part.get());
        }
        return text.toString();
    }

    /** One kind of character for long, and what may change how it is read before and after. */
    private static String runs(Random random) {
        var before = AROUND.get(random.nextInt(AROUND.size()));
        var after = AROUND.get(random.nextInt(AROUND.size()));
        int length = random.nextInt(3) == 0 ? random.nextInt(100) : random.nextInt(40_000);
        var run = new StringBuilder(before);
        switch (random.nextInt(5)) {
            // One of DeepSeek's expressions takes a time of the run's square, unless one of these follows.
            case 0 -> run.append(" ".repeat(List.of("", "x", ".", "\n").contains(after) ? length : length / 40));
            case 1 -> run.append("7".repeat(length));
            case 2 -> random.ints(length, '0', '9' + 1).forEach(run::appendCodePoint);
            case 3 ->
                run.append(
                        List.of("a", "ab", "abc", "the").get(random.nextInt(4)).repeat(length / 2));
            default -> random.ints(length, 'a', 'z' + 1).forEach(run::appendCodePoint);
        }
        return run.append(after).toString();
    }

    private static String prose(Random random) {
        var line = new StringBuilder();
        for (int words = random.nextInt(20); words > 0; words--) {
            var alphabet = List.of("abcdeéfgh", "ABC", "абвгд", "中文字", "かなカナ", "한글", "0123", "=+-*/", "   ")
                    .get(random.nextInt(9));
            random.ints(1 + random.nextInt(9), 0, alphabet.length()).forEach(i -> line.append(alphabet.charAt(i)));
            line.append(List.of(" ", ", ", ".", "'s ", "\t", " (", "。").get(random.nextInt(7)));
        }
        return line.append(List.of("\n", "\n", "\n\n", "\r\n", " \n ", ".\n", "。\n")
                        .get(random.nextInt(7)))
                .toString();
    }

    private static String special(Random random, List<String> spellings) {
        var spelling = spellings.get(random.nextInt(spellings.size()));
        return switch (random.nextInt(6)) {
            case 0 -> spelling.repeat(1 + random.nextInt(40));
            case 1 -> " \t\n".substring(random.nextInt(3)) + spelling + "  \n".substring(random.nextInt(3));
            case 2 -> spelling.substring(0, spelling.length() / 2) + spelling;
            case 3 -> spelling + "word";
            case 4 -> spelling.substring(spelling.length() / 2);
            default -> prose(random);
        };
    }
}
