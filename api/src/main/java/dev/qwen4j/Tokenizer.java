package dev.qwen4j;

import dev.qwen4j.gguf.Gguf;
import dev.qwen4j.internal.DeepStack;
import dev.qwen4j.internal.Lifetime;
import dev.qwen4j.internal.NativeVocabulary;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A model's vocabulary: text into tokens and back.
 *
 * <p>Belongs to its model and lives as long. Safe for use by any thread; tokens are numbers from 0 to {@link #size()} - 1.
 */
public final class Tokenizer {
    private static final Set<String> NOT_RECURSIVE = Set.of("qwen2", "qwen35");

    /** Measured with llama.cpp's vocabulary files and gcc 12: less than 384 bytes of stack a byte of text. */
    private static final long STACK_PER_BYTE = 512;

    /** Where the stack would have eight gigabytes. */
    private static final int LONGEST_RECURSIVE_TEXT = 16 << 20;

    private final NativeVocabulary vocabulary;
    private final Lifetime lifetime;
    private final boolean recursive;
    private final int size;
    private final AtomicReferenceArray<byte[]> pieces;

    Tokenizer(NativeVocabulary vocabulary, Gguf gguf, Lifetime lifetime) {
        this.vocabulary = vocabulary;
        this.recursive = isRecursive(gguf);
        this.lifetime = lifetime;
        this.size = vocabulary.size();
        this.pieces = new AtomicReferenceArray<>(size);
    }

    /** The number of tokens. */
    public int size() {
        return size;
    }

    /**
     * Tokens of text that may come from anyone: what is spelled like a control token, as {@code <|im_end|>}, is text like any other. Nothing is added.
     *
     * @throws IllegalArgumentException if the text has a surrogate without its other half; the message names the index
     */
    public int[] encode(String text) {
        return tokenize(text, false, false);
    }

    /**
     * Tokens of text whose author is trusted, such as a rendered chat template: spellings of control tokens become control tokens, and
     * {@code addSpecial} adds a beginning and an end of sequence where the model wants them.
     *
     * @throws IllegalArgumentException if the text has a surrogate without its other half; the message names the index
     */
    public int[] encodeTrusted(String text, boolean addSpecial) {
        return tokenize(text, addSpecial, true);
    }

    /** The text of tokens, without that of control tokens; bytes that are no UTF-8 become U+FFFD. */
    public String decode(int... tokens) {
        return decode(tokens, false);
    }

    /** The text of tokens, with control tokens spelled out. */
    public String decodeWithControl(int... tokens) {
        return decode(tokens, true);
    }

    /** The bytes of one token, which may be a part of a character; a control token has none. */
    public byte[] bytes(int token) {
        return piece(token).clone();
    }

    /** A decoder for tokens that come one by one. */
    public StreamingDecoder newStreamingDecoder() {
        return new StreamingDecoder(this);
    }

    /** Whether the token ends a generation, such as an end of turn. */
    public boolean isEndOfGeneration(int token) {
        int id = checked(token);
        return lifetime.call(() -> vocabulary.isEndOfGeneration(id));
    }

    /** Whether the token is one that steers the model and has no text. */
    public boolean isControl(int token) {
        int id = checked(token);
        return lifetime.call(() -> vocabulary.isControl(id));
    }

    /** The token before each sequence. */
    public OptionalInt beginOfSequence() {
        return known(lifetime.call(vocabulary::beginOfSequence));
    }

    /** The token after each sequence. */
    public OptionalInt endOfSequence() {
        return known(lifetime.call(vocabulary::endOfSequence));
    }

    /** The token after each turn of a conversation. */
    public OptionalInt endOfTurn() {
        return known(lifetime.call(vocabulary::endOfTurn));
    }

    /** Tokens that text becomes only if it is trusted. */
    int[] specialTokens() {
        return lifetime.call(vocabulary::specialTokens);
    }

    byte[] piece(int token) {
        checked(token);
        return lifetime.call(() -> {
            var known = pieces.get(token);
            if (known == null) {
                known = vocabulary.piece(token, false);
                pieces.set(token, known);
            }
            return known;
        });
    }

    int checked(int token) {
        if (token < 0 || token >= size) {
            throw new IllegalArgumentException(
                    "Token " + token + " is not in the vocabulary, which has tokens 0 to " + (size - 1) + ".");
        }
        return token;
    }

    private int[] tokenize(String text, boolean addSpecial, boolean parseSpecial) {
        var utf8 = utf8(text);
        if (!recursive) {
            return lifetime.call(() -> vocabulary.tokenize(utf8, addSpecial, parseSpecial));
        }
        if (utf8.length > LONGEST_RECURSIVE_TEXT) {
            throw new IllegalArgumentException(
                    "The text has %,d bytes; this model's vocabulary is split by a recursive algorithm, which takes at most %,d. Cut it, at line ends best."
                            .formatted(utf8.length, LONGEST_RECURSIVE_TEXT));
        }
        return lifetime.call(() -> DeepStack.call(
                utf8.length * STACK_PER_BYTE, () -> vocabulary.tokenize(utf8, addSpecial, parseSpecial)));
    }

    /** llama.cpp splits text for most BPE vocabularies with std::regex, which recurses once a character; for Qwen's it has code of its own. */
    private static boolean isRecursive(Gguf gguf) {
        var split = gguf.text("tokenizer.ggml.pre").orElse("");
        return gguf.text("tokenizer.ggml.model").orElse("").equals("gpt2") && !NOT_RECURSIVE.contains(split);
    }

    private String decode(int[] tokens, boolean special) {
        for (int token : tokens) {
            checked(token);
        }
        return new String(lifetime.call(() -> vocabulary.detokenize(tokens, special)), StandardCharsets.UTF_8);
    }

    private static byte[] utf8(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                boolean pair = Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!pair) {
                    throw new IllegalArgumentException(
                            "The text has a lone surrogate, U+%04X, at index %d, and so is no Unicode text. Repair or remove it."
                                    .formatted((int) c, i));
                }
                i++;
            }
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static OptionalInt known(int token) {
        return token < 0 ? OptionalInt.empty() : OptionalInt.of(token);
    }
}
