package dev.qwen4j;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.function.IntFunction;

/** The tokens of a text, from those of its pieces. For one thread. */
final class Pieces {
    private static final int MOST_KNOWN = 64;

    private final String text;
    private final Function<byte[], int[]> tokenize;
    private final WordCut word;
    /** Pieces of a long run come again, in as many lengths as a token has at most. */
    private final SequencedMap<ByteBuffer, int[]> known = new LinkedHashMap<>();

    /**
     * Of one text.
     *
     * @param tokenize the tokens of a piece by itself
     * @param piece the bytes of a token
     */
    Pieces(String text, Function<byte[], int[]> tokenize, IntFunction<byte[]> piece) {
        this.text = text;
        this.tokenize = tokenize;
        this.word = new WordCut(text, tokenize, piece);
    }

    /** The most bytes that a piece has. */
    long longest(int from, int to, List<Cuts.Cut> cuts) {
        long longest = 0;
        int start = from;
        for (var cut : cuts) {
            longest = Math.max(longest, TextEncoder.byteLength(text, start, cut.at()));
            start = cut.withinWord() ? cut.at() - Cuts.MARGIN : cut.at();
        }
        return Math.max(longest, TextEncoder.byteLength(text, start, to));
    }

    /** The tokens, or empty if a word showed no place to cut it. */
    Optional<int[]> encode(int from, int to, List<Cuts.Cut> cuts) {
        var tokens = new Tokens();
        int start = from;
        int[] next = tokens(start, cuts.getFirst().at());
        for (int i = 0; i < cuts.size(); i++) {
            var cut = cuts.get(i);
            int end = i + 1 < cuts.size() ? cuts.get(i + 1).at() : to;
            if (cut.withinWord()) {
                var parts = divide(next, cut.at(), end);
                if (parts.isEmpty()) {
                    return Optional.empty();
                }
                tokens.add(parts.get().left);
                next = parts.get().right;
            } else {
                tokens.add(next);
                next = tokens(cut.at(), end);
            }
        }
        tokens.add(next);
        return Optional.of(tokens.toArray());
    }

    private static final class Divided {
        private final int[] left;
        private final int[] right;

        Divided(int[] left, int[] right) {
            this.left = left;
            this.right = right;
        }
    }

    /** Moves the border between two pieces to where it is one of the word. */
    private Optional<Divided> divide(int[] left, int at, int end) {
        for (var dropped = word.border(left, at, 0);
                dropped.isPresent();
                dropped = word.border(left, at, dropped.getAsInt())) {
            int kept = left.length - dropped.getAsInt();
            int start = word.start(left, at, dropped.getAsInt());
            var right = tokens(start, end);
            if (right.length > 0 && word.isBorder(left[kept - 1], start, right[0])) {
                return Optional.of(new Divided(Arrays.copyOf(left, kept), right));
            }
        }
        return Optional.empty();
    }

    private int[] tokens(int from, int to) {
        var bytes = text.substring(from, to).getBytes(StandardCharsets.UTF_8);
        var tokens = known.get(ByteBuffer.wrap(bytes));
        if (tokens == null) {
            tokens = tokenize.apply(bytes);
            if (known.size() == MOST_KNOWN) {
                known.pollFirstEntry();
            }
            known.put(ByteBuffer.wrap(bytes), tokens);
        }
        return tokens;
    }
}
