package dev.qwen4j.handles;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.Model;
import dev.qwen4j.StreamingDecoder;
import dev.qwen4j.Tokenizer;
import dev.qwen4j.nano.Nano;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class StreamingDecoderTest {
    private static final long SEED = 20260104;

    private static Model model;
    private static Tokenizer tokenizer;

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
    void keepsACharacterBackUntilItIsWhole() {
        var emoji = "🦕";
        var tokens = tokenizer.encode(emoji);
        assertThat(tokens).as("an emoji of several tokens").hasSizeGreaterThan(1);
        var decoder = tokenizer.newStreamingDecoder();

        for (int i = 0; i < tokens.length - 1; i++) {
            assertThat(decoder.add(tokens[i])).isEmpty();
        }
        assertThat(decoder.add(tokens[tokens.length - 1])).isEqualTo(emoji);
        assertThat(decoder.finish()).isEmpty();
    }

    @Test
    void givesInPiecesWhatDecodeGivesAtOnce() {
        System.out.println("[handles] seed " + SEED);
        var random = new Random(SEED);
        var decoder = tokenizer.newStreamingDecoder();
        for (int i = 0; i < 200; i++) {
            var text = TokenizerTest.text(random, 1 + random.nextInt(40));
            assertThat(streamed(decoder, tokenizer.encode(text))).isEqualTo(text);
        }
    }

    /** Random tokens are mostly no UTF-8 where they meet. */
    @Test
    void replacesWhatIsNoUtf8AsDecodeDoes() {
        var random = new Random(SEED);
        var decoder = tokenizer.newStreamingDecoder();
        var odd = oddTokens();
        for (int i = 0; i < 200; i++) {
            var tokens = IntStream.range(0, 1 + random.nextInt(20))
                    .map(n -> odd[random.nextInt(odd.length)])
                    .toArray();
            assertThat(streamed(decoder, tokens)).as(Arrays.toString(tokens)).isEqualTo(tokenizer.decode(tokens));
        }
    }

    @Test
    void finishesACutCharacterWithAReplacementAndBeginsAnew() {
        var tokens = tokenizer.encode("🦕");
        var decoder = tokenizer.newStreamingDecoder();

        decoder.add(tokens[0]);
        assertThat(decoder.finish()).isEqualTo("\uFFFD");
        assertThat(decoder.finish()).isEmpty();
        assertThat(streamed(decoder, tokens)).isEqualTo("🦕");
    }

    @Test
    void givesNothingForControlTokens() {
        int end = tokenizer.endOfTurn().orElseThrow();
        var tokens = tokenizer.encode("🦕");
        var decoder = tokenizer.newStreamingDecoder();

        assertThat(decoder.add(end)).isEmpty();
        assertThat(decoder.add(tokens[0])).isEmpty();
        assertThat(decoder.add(end)).isEmpty();
        assertThat(decoder.finish()).isEqualTo("\uFFFD");
    }

    /** Each addition is whole characters: what is shown never has to be taken back. */
    private static String streamed(StreamingDecoder decoder, int[] tokens) {
        var text = new StringBuilder();
        for (int token : tokens) {
            var added = decoder.add(token);
            assertThat(added.isEmpty() || !Character.isHighSurrogate(added.charAt(added.length() - 1)))
                    .isTrue();
            text.append(added);
        }
        return text.append(decoder.finish()).toString();
    }

    /** Tokens that are parts of characters, with a few that are not. */
    private static int[] oddTokens() {
        var odd = IntStream.range(0, tokenizer.size())
                .filter(token -> tokenizer.decode(token).contains("\uFFFD"))
                .toArray();
        assertThat(odd).hasSizeGreaterThan(100);
        return IntStream.concat(Arrays.stream(odd), Arrays.stream(tokenizer.encode("Hi, you!")))
                .toArray();
    }
}
