package dev.qwen4j;

import dev.qwen4j.gguf.Gguf;
import dev.qwen4j.internal.Lifetime;
import dev.qwen4j.internal.NativeVocabulary;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A model's vocabulary: text into tokens and back.
 *
 * <p>Belongs to its model and lives as long. Safe for use by any thread, virtual ones too; tokens are numbers from 0 to {@link #size()} - 1, and others are an
 * {@link IllegalArgumentException}. All is equal to what {@code llama_tokenize} and {@code llama_detokenize} give.
 *
 * <p>Text may have any size. It is encoded in pieces, between special tokens, lines and words and within long words, where that gives the same tokens; a
 * megabyte takes about a second. What cannot be cut is one piece, which may have a gigabyte; or 16 MiB for vocabularies that llama.cpp divides into words by
 * recursion, such as DeepSeek's, Falcon's and GPT-OSS's: such a piece gets a thread with a large stack, of which up to 384 bytes a byte of text are used where
 * it is one single word. Qwen's do not recurse.
 */
public final class Tokenizer {
    private final NativeVocabulary vocabulary;
    private final Lifetime lifetime;
    private final TextEncoder encoder;
    private final int size;
    private final AtomicReferenceArray<byte[]> pieces;
    private volatile int @Nullable [] attributes;

    Tokenizer(NativeVocabulary vocabulary, Gguf gguf, Lifetime lifetime) {
        this.vocabulary = vocabulary;
        this.lifetime = lifetime;
        this.size = vocabulary.size();
        this.pieces = new AtomicReferenceArray<>(size);
        this.encoder = new TextEncoder(vocabulary, gguf, this::piece);
    }

    /** The number of tokens. */
    public int size() {
        return size;
    }

    /** The algorithm that it is made for. */
    public VocabularyType type() {
        return lifetime.call(vocabulary::type);
    }

    /**
     * Tokens of text that may come from anyone: what is spelled like a control token, as {@code <|im_end|>}, is text like any other. Nothing is added.
     *
     * @throws IllegalArgumentException if the text has a surrogate without its other half, with the index in the message, or is too long
     */
    public int[] encode(String text) {
        return encode(text, false);
    }

    /**
     * Tokens of text that may come from anyone, as an embedding model wants them: {@code addSpecial} adds a beginning and an end of sequence, or a separator,
     * where the model wants them.
     *
     * @throws IllegalArgumentException if the text has a surrogate without its other half, with the index in the message, or is too long
     */
    public int[] encode(String text, boolean addSpecial) {
        return tokenize(text, addSpecial, false);
    }

    /**
     * Tokens of text whose author is trusted, such as a rendered chat template: spellings of control tokens become control tokens, and
     * {@code addSpecial} adds a beginning and an end of sequence where the model wants them.
     *
     * @throws IllegalArgumentException if the text has a surrogate without its other half, with the index in the message, or is too long
     */
    public int[] encodeTrusted(String text, boolean addSpecial) {
        return tokenize(text, addSpecial, true);
    }

    /** The text of tokens, without that of control tokens; bytes that are no UTF-8 become U+FFFD. */
    public String decode(int... tokens) {
        return decode(tokens, options -> options);
    }

    /** The text of tokens, with control tokens spelled out. */
    public String decodeWithControl(int... tokens) {
        return decode(tokens, options -> options.special(true));
    }

    /**
     * The text of tokens; bytes that are no UTF-8 become U+FFFD.
     *
     * @param options changes the {@linkplain DecodeOptions#defaults defaults}
     */
    public String decode(int[] tokens, UnaryOperator<DecodeOptions> options) {
        return new String(decodeBytes(tokens, options), StandardCharsets.UTF_8);
    }

    /**
     * The bytes of the text of tokens, which may begin or end within a character; {@code llama_detokenize}. Some vocabularies drop a space at the beginning, or
     * before punctuation.
     *
     * @param options changes the {@linkplain DecodeOptions#defaults defaults}
     */
    public byte[] decodeBytes(int[] tokens, UnaryOperator<DecodeOptions> options) {
        var chosen = options.apply(DecodeOptions.defaults());
        for (int token : tokens) {
            checked(token);
        }
        return lifetime.call(() -> vocabulary.detokenize(tokens, chosen));
    }

    /** The entry of a token: its spelling, score and attributes. */
    public Token token(int token) {
        checked(token);
        return lifetime.call(() -> vocabulary.token(token, attributes()[token]));
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

    /** The token before each sequence; BERT's {@code [CLS]}. */
    public OptionalInt beginOfSequence() {
        return lifetime.call(vocabulary::beginOfSequence);
    }

    /** The token after each sequence. */
    public OptionalInt endOfSequence() {
        return lifetime.call(vocabulary::endOfSequence);
    }

    /** The token after each turn of a conversation. */
    public OptionalInt endOfTurn() {
        return lifetime.call(vocabulary::endOfTurn);
    }

    /** The token between sentences. */
    public OptionalInt separator() {
        return lifetime.call(vocabulary::separator);
    }

    /** The token of a line feed. */
    public OptionalInt newLine() {
        return lifetime.call(vocabulary::newLine);
    }

    /** The token that fills batches up in training. */
    public OptionalInt padding() {
        return lifetime.call(vocabulary::padding);
    }

    /** The token that hides another one in training. */
    public OptionalInt mask() {
        return lifetime.call(vocabulary::mask);
    }

    /** The tokens for filling a gap in code. */
    public FillInMiddleTokens fillInMiddle() {
        return lifetime.call(vocabulary::fillInMiddle);
    }

    /** Whether {@code addSpecial} adds a beginning of sequence. */
    public boolean addsBeginOfSequence() {
        return lifetime.call(vocabulary::addsBeginOfSequence);
    }

    /** Whether {@code addSpecial} adds an end of sequence. */
    public boolean addsEndOfSequence() {
        return lifetime.call(vocabulary::addsEndOfSequence);
    }

    /** Whether the model wants a separator between sentences and after the last; llama.cpp adds it for BERT's vocabularies alone. */
    public boolean addsSeparator() {
        return lifetime.call(vocabulary::addsSeparator);
    }

    /** Tokens that the model asks never to generate, {@code tokenizer.ggml.suppress_tokens} of its file; a new array. */
    public int[] suppressedTokens() {
        return lifetime.call(vocabulary::suppressedTokens);
    }

    /** Tokens that text becomes only if it is trusted: those for control, and for what is unknown. */
    int[] specialTokens() {
        var all = lifetime.call(this::attributes);
        return IntStream.range(0, all.length)
                .filter(token -> NativeVocabulary.has(all[token], TokenAttribute.CONTROL)
                        || NativeVocabulary.has(all[token], TokenAttribute.UNKNOWN))
                .toArray();
    }

    private int[] attributes() {
        var known = attributes;
        if (known == null) {
            known = vocabulary.attributes();
            attributes = known;
        }
        return known;
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
        checkSurrogates(text);
        return lifetime.call(() -> encoder.encode(text, addSpecial, parseSpecial));
    }

    private static void checkSurrogates(String text) {
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
    }
}
