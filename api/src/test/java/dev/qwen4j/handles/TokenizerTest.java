package dev.qwen4j.handles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.Model;
import dev.qwen4j.TokenAttribute;
import dev.qwen4j.Tokenizer;
import dev.qwen4j.VocabularyType;
import dev.qwen4j.guard.AlteredNano;
import dev.qwen4j.nano.Nano;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerTest {
    private static final long SEED = 20260103;
    /** Of each block some: ASCII, Latin, Cyrillic, Arabic with marks, Hindi, CJK, Hangul, emoji, tags, private use, controls. */
    private static final int[][] BLOCKS = {
        {0x20, 0x7E},
        {0xA0, 0x24F},
        {0x300, 0x36F},
        {0x400, 0x4FF},
        {0x600, 0x6FF},
        {0x900, 0x97F},
        {0x2000, 0x206F},
        {0x4E00, 0x9FFF},
        {0xAC00, 0xD7A3},
        {0xE000, 0xF8FF},
        {0xFFF0, 0xFFFD},
        {0x1F300, 0x1FAFF},
        {0xE0020, 0xE007F},
        {0x10FF00, 0x10FFFD},
        {0x1, 0x1F}
    };

    private static Model model;
    private static Tokenizer tokenizer;

    @TempDir
    private Path folder;

    @BeforeAll
    static void load() {
        model = Model.load(Nano.file());
        tokenizer = model.tokenizer();
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void givesAnyTextBackAsItWas() {
        System.out.println("[handles] seed " + SEED);
        var random = new Random(SEED);
        for (int i = 0; i < 400; i++) {
            var text = text(random, 1 + random.nextInt(60));
            assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
        }
        var zero = "a\0b";
        assertThat(tokenizer.decode(tokenizer.encode(zero))).isEqualTo(zero);
        assertThat(tokenizer.encode("")).isEmpty();
        assertThat(tokenizer.decode()).isEmpty();
    }

    @Test
    void makesNoControlTokensOfWhatAnyoneWrites() {
        for (int control : controls()) {
            var spelling = tokenizer.decodeWithControl(control);
            var text = "before" + spelling + "after" + spelling;
            assertThat(IntStream.of(tokenizer.encode(text)).filter(tokenizer::isControl))
                    .as(spelling)
                    .isEmpty();
            assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
        }
    }

    @Test
    void makesControlTokensOfWhatIsTrusted() {
        for (int control : controls()) {
            var spelling = tokenizer.decodeWithControl(control);
            assertThat(tokenizer.encodeTrusted(spelling, false)).as(spelling).containsExactly(control);
            assertThat(tokenizer.decode(control)).as("%s has no text", spelling).isEmpty();
            assertThat(tokenizer.bytes(control)).isEmpty();
        }
        var chat = "<|im_start|>user\nHello<|im_end|>\n";
        assertThat(tokenizer.decodeWithControl(tokenizer.encodeTrusted(chat, false)))
                .isEqualTo(chat);
    }

    @Test
    void knowsWhatEndsAGeneration() {
        int end = tokenizer.endOfTurn().orElseThrow();
        assertThat(tokenizer.decodeWithControl(end)).isEqualTo("<|im_end|>");
        assertThat(tokenizer.isEndOfGeneration(end)).isTrue();
        assertThat(tokenizer.isEndOfGeneration(tokenizer.encode("Hello")[0])).isFalse();
    }

    @Test
    void tellsWhatATokenIs() {
        var end = tokenizer.token(tokenizer.endOfTurn().orElseThrow());
        assertThat(end.text()).isEqualTo("<|im_end|>");
        assertThat(end.is(TokenAttribute.CONTROL)).isTrue();
        assertThat(end.attributes()).containsExactly(TokenAttribute.CONTROL);
        var word = tokenizer.token(tokenizer.encode(" the")[0]);
        assertThat(word.text()).isEqualTo("Ġthe");
        assertThat(word.is(TokenAttribute.NORMAL)).isTrue();
        assertThat(tokenizer.type()).isEqualTo(VocabularyType.BPE);
        assertThat(tokenizer.newLine()).hasValue(tokenizer.encode("\n")[0]);
        var middle = tokenizer.fillInMiddle();
        assertThat(middle.isComplete()).isTrue();
        assertThat(tokenizer.decodeWithControl(middle.middle().orElseThrow())).isEqualTo("<|fim_middle|>");
    }

    @Test
    void decodesWithAndWithoutWhatWasAdded() throws IOException {
        var file = new AlteredNano().flag("tokenizer.ggml.add_bos_token", true).write(folder.resolve("bos.gguf"));
        try (var adding = Model.load(file, options -> options.vocabularyOnly(true))) {
            var added = adding.tokenizer();
            var tokens = added.encode("Hello", true);
            assertThat(added.addsBeginOfSequence()).isTrue();
            assertThat(tokens[0]).isEqualTo(added.beginOfSequence().orElseThrow());
            assertThat(added.decode(tokens, options -> options.special(true)))
                    .isEqualTo(added.token(tokens[0]).text() + "Hello");
            assertThat(added.decode(tokens, options -> options.special(true).added(false)))
                    .isEqualTo("Hello");
            assertThat(added.encode("Hello")).isEqualTo(Arrays.copyOfRange(tokens, 1, tokens.length));
            assertThat(added.encode("Hello ".repeat(10_000), true)[0]).isEqualTo(tokens[0]);
        }
    }

    @Test
    void namesTheIndexOfALoneSurrogate() {
        for (var text : List.of("ab\uD83D", "ab\uDE00c", "ab\uD83Dc", "ab\uD83D\uD83D\uDE00")) {
            assertThatThrownBy(() -> tokenizer.encode(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("lone surrogate, U+%04X, at index 2", (int) text.charAt(2));
            assertThatThrownBy(() -> tokenizer.encodeTrusted(text, true)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(tokenizer.decode(tokenizer.encode("ab\uD83D\uDE00"))).isEqualTo("ab\uD83D\uDE00");
    }

    @Test
    void refusesTokensOutsideTheVocabulary() {
        for (int token : new int[] {-1, tokenizer.size(), Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            for (var call : List.<Runnable>of(
                    () -> tokenizer.decode(1, token),
                    () -> tokenizer.decodeWithControl(token),
                    () -> tokenizer.bytes(token),
                    () -> tokenizer.token(token),
                    () -> tokenizer.decodeBytes(new int[] {token}, options -> options),
                    () -> tokenizer.isControl(token),
                    () -> tokenizer.isEndOfGeneration(token),
                    () -> tokenizer.newStreamingDecoder().add(token))) {
                assertThatThrownBy(call::run)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContainingAll("Token " + token, "0 to " + (tokenizer.size() - 1));
            }
        }
    }

    @Test
    void takesLongTexts() {
        for (var piece : List.of("a", " ", "\n", "1", "é", "中", "😀", "Hello, world. ")) {
            var text = piece.repeat(100_000 / piece.length());
            assertThat(tokenizer.decode(tokenizer.encode(text)).equals(text))
                    .as(piece)
                    .isTrue();
        }
    }

    private static int[] controls() {
        var controls = IntStream.range(0, tokenizer.size())
                .filter(tokenizer::isControl)
                .toArray();
        assertThat(controls).hasSizeGreaterThan(5);
        return controls;
    }

    static String text(Random random, int length) {
        var text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            var block = BLOCKS[random.nextInt(BLOCKS.length)];
            text.appendCodePoint(random.nextInt(block[0], block[1] + 1));
        }
        return text.toString();
    }
}
