package dev.qwen4j;

import dev.qwen4j.gguf.Gguf;
import dev.qwen4j.internal.DeepStack;
import dev.qwen4j.internal.NativeVocabulary;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Turns text into tokens: short text in one call, longer text in pieces where that gives the same tokens, so that neither memory nor the depth of a
 * recursion grows with the length. Immutable but for what it learns once; for any number of threads.
 */
final class TextEncoder {
    /** Below, pieces gain nothing. */
    private static final int LONG = 2 * Cuts.PIECE;

    /** Measured with llama.cpp's vocabulary files and gcc 12: less than 384 bytes of stack a byte of text. */
    private static final long STACK_PER_BYTE = 512;

    /** Where the stack would have eight gigabytes. */
    static final int LONGEST_RECURSIVE_PIECE = 16 << 20;

    /** What C counts in 32 bits, with room. */
    private static final int LONGEST_PIECE = 1 << 30;

    private final NativeVocabulary vocabulary;
    private final Gguf gguf;
    private final IntFunction<byte[]> piece;
    private final PreTokenizer words;
    private final Map<Boolean, Optional<SpecialTokens>> special = new ConcurrentHashMap<>();
    private volatile @Nullable Boolean wordsCanBeCut;

    /**
     * Makes the encoder of a vocabulary.
     *
     * @param piece the bytes of a token
     */
    TextEncoder(NativeVocabulary vocabulary, Gguf gguf, IntFunction<byte[]> piece) {
        this.vocabulary = vocabulary;
        this.gguf = gguf;
        this.piece = piece;
        this.words = PreTokenizer.of(gguf);
    }

    int[] encode(String text, boolean addSpecial, boolean parseSpecial) {
        if (text.length() >= LONG) {
            var parts = encodeParts(text, addSpecial, parseSpecial);
            if (parts.isPresent()) {
                return parts.get();
            }
        }
        return deep(
                byteLength(text, 0, text.length()), 0, () -> vocabulary.tokenize(utf8(text), addSpecial, parseSpecial));
    }

    /** Special tokens and what is between them each by itself; empty if it is not known where they are. */
    private Optional<int[]> encodeParts(String text, boolean addSpecial, boolean parseSpecial) {
        var tokens = new Tokens();
        var added = addSpecial ? vocabulary.tokenize(new byte[0], true, false) : new int[0];
        int before = added.length > 0 && addsBefore() ? 1 : 0;
        tokens.add(Arrays.copyOf(added, before));
        boolean known = specialTokens(parseSpecial).isPresent()
                && specialTokens(parseSpecial).get().split(text, new SpecialTokens.Parts() {
                    @Override
                    public void text(int from, int to) {
                        tokens.add(encodePlain(text, from, to, parseSpecial));
                    }

                    @Override
                    public void token(int token) {
                        tokens.add(token);
                    }
                });
        tokens.add(Arrays.copyOfRange(added, before, added.length));
        return known ? Optional.of(tokens.toArray()) : Optional.empty();
    }

    /** WordPiece always adds one. */
    private boolean addsBefore() {
        return vocabulary.type() == VocabularyType.WPM || vocabulary.addsBeginOfSequence();
    }

    /** The tokens of a part of a text that has no special tokens in it. */
    private int[] encodePlain(String text, int from, int to, boolean parseSpecial) {
        var cuts = to - from < LONG ? List.<Cuts.Cut>of() : Cuts.of(words, text, from, to);
        if (cuts.stream().anyMatch(Cuts.Cut::withinWord) && !canCutWords()) {
            cuts = cuts.stream().filter(cut -> !cut.withinWord()).toList();
        }
        if (cuts.isEmpty()) {
            return whole(text, from, to, parseSpecial);
        }
        var places = cuts;
        var pieces = new Pieces(text, bytes -> vocabulary.tokenize(bytes, false, parseSpecial), piece);
        return deep(pieces.longest(from, to, places), from, () -> pieces.encode(from, to, places))
                .orElseGet(() -> whole(text, from, to, parseSpecial));
    }

    private int[] whole(String text, int from, int to, boolean parseSpecial) {
        return deep(
                byteLength(text, from, to),
                from,
                () -> vocabulary.tokenize(utf8(text.substring(from, to)), false, parseSpecial));
    }

    private <T> T deep(long bytes, int from, Callable<T> body) {
        int longest = words.isRecursive() ? LONGEST_RECURSIVE_PIECE : LONGEST_PIECE;
        if (bytes > longest) {
            throw new IllegalArgumentException(
                    "The text has %,d bytes in one piece, from index %,d on, and this model's vocabulary takes at most %,d. Cut it, at line ends best."
                            .formatted(bytes, from, longest));
        }
        return DeepStack.call(words.isRecursive() ? bytes * STACK_PER_BYTE : 0, body);
    }

    private Optional<SpecialTokens> specialTokens(boolean parseSpecial) {
        return special.computeIfAbsent(
                parseSpecial, parse -> SpecialTokens.of(vocabulary, vocabulary.attributes(), parse));
    }

    private boolean canCutWords() {
        var known = wordsCanBeCut;
        if (known == null) {
            known = WordCut.isPossible(gguf);
            wordsCanBeCut = known;
        }
        return known;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Of UTF-8. */
    static long byteLength(String text, int from, int to) {
        long bytes = (long) to - from;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            // Two surrogates are four bytes.
            bytes += c < 0x80 ? 0 : c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
        }
        return bytes;
    }
}
