package dev.qwen4j;

import dev.qwen4j.gguf.Gguf;
import dev.qwen4j.gguf.GgufValue;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * Cuts a word between two of its tokens, so that the tokens of the word are those of both parts.
 *
 * <p>Byte-pair encoding merges the neighbours of the least rank, the leftmost first. If it does not merge across a border in {@code A B}, and not in
 * {@code B C}, then not in {@code A B C} either: the merges within a part come in the same order whatever is beside it, so when a pair across a border
 * comes first in the whole, it does so in the two parts alone. This holds for parts that are single tokens too. So a border between two parts is one of the
 * whole word exactly if the last token of the one and the first of the other, joined, are those two tokens. (Berglund and van der Merwe, Formalizing BPE
 * Tokenization, 2023, prove it; the argument needs nothing of the ranks.)
 */
final class WordCut {
    /** How many characters from the end of a part its last token may lie. */
    private static final int SEARCHED = Cuts.MARGIN / 2;

    /** The last tokens of a part are those that more text would change. */
    private static final int UNSETTLED = 2;

    private final String text;
    private final Function<byte[], int[]> tokenize;
    private final IntFunction<byte[]> piece;
    private long joined = -1;

    WordCut(String text, Function<byte[], int[]> tokenize, IntFunction<byte[]> piece) {
        this.text = text;
        this.tokenize = tokenize;
        this.piece = piece;
    }

    /**
     * Whether the tokens of a vocabulary tell what was merged: all that its merges make is a token, and none is too long.
     */
    static boolean isPossible(Gguf gguf) {
        var tokens = gguf.array("tokenizer.ggml.tokens");
        var merges = gguf.array("tokenizer.ggml.merges");
        if (tokens.isEmpty() || merges.isEmpty()) {
            return false;
        }
        var known = new HashSet<String>();
        tokens.get().elements().forEach(token -> known.add(spelling(token)));
        return known.stream().allMatch(token -> token.length() < SEARCHED)
                && merges.get().elements().stream().allMatch(merge -> known.contains(merged(spelling(merge))));
    }

    private static String spelling(GgufValue value) {
        return value instanceof GgufValue.Text text ? text.value() : "";
    }

    private static String merged(String merge) {
        int space = merge.indexOf(' ', 1);
        return space < 0 ? merge : merge.substring(0, space) + merge.substring(space + 1);
    }

    /**
     * The next border between tokens to try, from the end of a part on.
     *
     * @param end the index after the part's last character
     * @param dropped how many of its tokens come after the border that was tried last; 0 for none
     * @return how many tokens come after the border, or empty if there is none
     */
    OptionalInt border(int[] tokens, int end, int dropped) {
        int next = Math.max(dropped + 1, UNSETTLED);
        return next < tokens.length && start(tokens, end, next) >= end - SEARCHED
                ? OptionalInt.of(next)
                : OptionalInt.empty();
    }

    /** Where a part's last tokens start; -1 if they are not what the text says. */
    int start(int[] tokens, int end, int count) {
        int start = end;
        for (int i = tokens.length - 1; i >= tokens.length - count; i--) {
            var bytes = piece.apply(tokens[i]);
            start -= bytes.length;
            if (bytes.length == 0 || start < end - Cuts.MARGIN || !isAt(start, bytes)) {
                return -1;
            }
        }
        return start;
    }

    private boolean isAt(int start, byte[] bytes) {
        if (start + bytes.length > text.length()) {
            return false;
        }
        for (int i = 0; i < bytes.length; i++) {
            if (text.charAt(start + i) != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    /** Whether the token before a border and the one after it stay apart when they are joined. */
    boolean isBorder(int left, int at, int right) {
        if (!isAt(at, piece.apply(right))) {
            return false;
        }
        long pair = (long) left << 32 | right;
        if (pair != joined) {
            var both = new String(piece.apply(left), StandardCharsets.US_ASCII)
                    + new String(piece.apply(right), StandardCharsets.US_ASCII);
            var tokens = tokenize.apply(both.getBytes(StandardCharsets.US_ASCII));
            if (tokens.length != 2 || tokens[0] != left || tokens[1] != right) {
                return false;
            }
            joined = pair;
        }
        return true;
    }
}
