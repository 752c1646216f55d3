package dev.qwen4j;

import dev.qwen4j.internal.NativeVocabulary;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Cuts a text at the special tokens in it, as llama.cpp does before anything else: {@code tokenizer_st_partition} in llama-vocab.cpp. That one walks a list
 * from its start for each token that it finds, so 40,000 of them take it seconds; this one takes them as they come.
 *
 * <p>Longer spellings go before shorter ones. In which order llama.cpp looks for two of one length is not known outside of it; where that matters, which is
 * where they overlap, there is no answer. Immutable; for any number of threads.
 */
final class SpecialTokens {
    private record Spelling(int token, String text, int bytes, boolean stripsLeft, boolean stripsRight) {}

    /** Takes what a text is made of, in its order. */
    interface Parts {
        /** A part without special tokens. */
        void text(int from, int to);

        /** A special token. */
        void token(int token);
    }

    private static final int PAIRS = 1 << 20;

    private final List<Spelling> spellings;

    private SpecialTokens(List<Spelling> spellings) {
        this.spellings = spellings;
    }

    /**
     * The tokens that are found in text: all special ones if {@code parseSpecial}, else those that users defined. Empty where a spelling cannot be known: it
     * holds bytes that are no UTF-8, or a NUL, where C's texts end.
     */
    static Optional<SpecialTokens> of(NativeVocabulary vocabulary, int[] attributes, boolean parseSpecial) {
        var spellings = new ArrayList<Spelling>();
        for (int token = 0; token < attributes.length; token++) {
            int own = attributes[token];
            boolean hidden = NativeVocabulary.has(own, TokenAttribute.CONTROL)
                    || NativeVocabulary.has(own, TokenAttribute.UNKNOWN);
            if (hidden ? parseSpecial : NativeVocabulary.has(own, TokenAttribute.USER_DEFINED)) {
                var text = vocabulary.text(token);
                var bytes = text.getBytes(StandardCharsets.UTF_8);
                if (text.isEmpty() || !Arrays.equals(bytes, vocabulary.piece(token, true))) {
                    return Optional.empty();
                }
                spellings.add(new Spelling(
                        token,
                        text,
                        bytes.length,
                        NativeVocabulary.has(own, TokenAttribute.LSTRIP),
                        NativeVocabulary.has(own, TokenAttribute.RSTRIP)));
            }
        }
        spellings.sort(Comparator.comparingInt(Spelling::bytes).reversed());
        return Optional.of(new SpecialTokens(List.copyOf(spellings)));
    }

    /** Gives the parts of a text; or none, and returns false, where their order among equals matters. */
    boolean split(String text, Parts parts) {
        var search = new Search(text);
        if (!search.findAll()) {
            return false;
        }
        search.give(parts);
        return true;
    }

    /** One text: what is found in it, and which of its characters are taken by that. */
    private final class Search {
        private final String text;
        /** Of each two characters that follow each other, a bit: most spellings need no search. */
        private final BitSet pairs = new BitSet(PAIRS);

        /** By longer spellings than the present one, with the white space that they strip. */
        private final BitSet taken = new BitSet();
        /** By spellings of the same length. */
        private final BitSet takenByEquals = new BitSet();

        private long[] found = new long[64];
        private int[] lengths = new int[64];
        private int count;

        Search(String text) {
            this.text = text;
            for (int i = 1; i < text.length(); i++) {
                pairs.set(pair(text, i));
            }
        }

        /** Whether it could be told where each spelling is. */
        boolean findAll() {
            int length = Integer.MAX_VALUE;
            for (var spelling : spellings) {
                if (spelling.bytes < length) {
                    taken.or(takenByEquals);
                    takenByEquals.clear();
                    length = spelling.bytes;
                }
                if (mayHold(spelling.text) && !find(spelling)) {
                    return false;
                }
            }
            taken.or(takenByEquals);
            return true;
        }

        private boolean mayHold(String spelling) {
            for (int i = 1; i < spelling.length(); i++) {
                if (!pairs.get(pair(spelling, i))) {
                    return false;
                }
            }
            return true;
        }

        /** Whether it could be told where this spelling is. */
        private boolean find(Spelling spelling) {
            int length = spelling.text.length();
            int start = text.indexOf(spelling.text);
            while (start >= 0) {
                int end = start + length;
                int blocked = first(taken, start, end);
                if (blocked >= 0) {
                    start = text.indexOf(spelling.text, taken.nextClearBit(blocked));
                    continue;
                }
                int from = spelling.stripsLeft ? stripped(start, -1) : start;
                int to = spelling.stripsRight ? stripped(end, 1) : end;
                if (from < 0 || to < 0 || first(takenByEquals, from, to) >= 0) {
                    return false;
                }
                takenByEquals.set(from, to);
                add(start, end, spelling.token);
                start = text.indexOf(spelling.text, to);
            }
            return true;
        }

        /** Where white space ends, from a border on in one direction; -1 where it is an equal's. */
        private int stripped(int border, int step) {
            int at = border;
            while (true) {
                int next = step > 0 ? at : at - 1;
                if (next < 0 || next >= text.length() || !isSpace(text.charAt(next)) || taken.get(next)) {
                    return at;
                }
                if (takenByEquals.get(next)) {
                    return -1;
                }
                at += step;
            }
        }

        private void add(int start, int end, int token) {
            if (count == found.length) {
                found = Arrays.copyOf(found, 2 * count);
            }
            found[count++] = (long) start << 32 | token;
            lengthOf(token, end - start);
        }

        private void lengthOf(int token, int length) {
            if (token >= lengths.length) {
                lengths = Arrays.copyOf(lengths, Math.max(token + 1, 2 * lengths.length));
            }
            lengths[token] = length;
        }

        void give(Parts parts) {
            Arrays.sort(found, 0, count);
            int at = 0;
            for (int i = 0; i < count; i++) {
                int start = (int) (found[i] >>> 32);
                int token = (int) found[i];
                giveText(parts, at, start);
                parts.token(token);
                at = start + lengths[token];
            }
            giveText(parts, at, text.length());
        }

        /** What is between two tokens, without the white space that they strip. */
        private void giveText(Parts parts, int from, int to) {
            int start = from;
            while (start < to && taken.get(start)) {
                start++;
            }
            if (start < to) {
                int end = taken.nextSetBit(start);
                parts.text(start, end < 0 ? to : end);
            }
        }
    }

    /** The first set bit of a range, or -1: {@code nextSetBit} would look on to the end. */
    private static int first(BitSet bits, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bits.get(i)) {
                return i;
            }
        }
        return -1;
    }

    private static int pair(String text, int second) {
        return (31 * text.charAt(second - 1) + text.charAt(second)) & (PAIRS - 1);
    }

    /** As C's {@code isspace}. */
    private static boolean isSpace(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }
}
