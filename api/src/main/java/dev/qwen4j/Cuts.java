package dev.qwen4j;

import java.util.ArrayList;
import java.util.List;

/**
 * Where a text without special tokens in it may be cut, so that its tokens are those of its pieces: between two words of the pre-tokenizer, or within a run
 * of letters, spaces or digits that is of one word, where {@link WordCut} finds the exact place.
 */
final class Cuts {
    /**
     * A place to cut.
     *
     * @param at the index of the first character after it
     * @param withinWord whether it lies in a run of one word, that goes on for at least {@link #MARGIN} characters on both sides
     */
    record Cut(int at, boolean withinWord) {}

    /** The least length of a piece. */
    static final int PIECE = 1 << 14;

    /** Twice what is looked at for an exact place, and more than twice any token's length: what was cut must not be a token by itself. */
    static final int MARGIN = 1 << 11;

    private enum Run {
        NONE,
        LETTERS,
        SPACES,
        DIGITS;

        static Run of(char c) {
            if (c >= 'a' && c <= 'z') {
                return LETTERS;
            }
            if (c >= '0' && c <= '9') {
                return DIGITS;
            }
            return c == ' ' ? SPACES : NONE;
        }
    }

    private final PreTokenizer words;
    private final String text;
    private final int from;
    private final int to;

    private Cuts(PreTokenizer words, String text, int from, int to) {
        this.words = words;
        this.text = text;
        this.from = from;
        this.to = to;
    }

    /** The places in order, each the first one that ends a piece of some length. */
    static List<Cut> of(PreTokenizer words, String text, int from, int to) {
        return words.knowsWords() ? new Cuts(words, text, from, to).find() : List.of();
    }

    private List<Cut> find() {
        var cuts = new ArrayList<Cut>();
        int last = from;
        int runStart = from;
        int runEnd = from;
        for (int at = from + 1; at < to; at++) {
            if (Run.of(text.charAt(at)) != Run.of(text.charAt(at - 1))) {
                runStart = at;
            }
            if (at - last < PIECE) {
                continue;
            }
            if (isAfterLine(at)) {
                cuts.add(new Cut(at, false));
                last = at;
            } else if (at - runStart >= MARGIN && isOneWord(runStart, at)) {
                runEnd = Math.max(runEnd, at);
                while (runEnd < to && Run.of(text.charAt(runEnd)) == Run.of(text.charAt(at))) {
                    runEnd++;
                }
                if (runEnd - at >= MARGIN) {
                    cuts.add(new Cut(at, !areWords(at)));
                    last = at;
                }
            }
        }
        return cuts;
    }

    private boolean isAfterLine(int at) {
        return at - 2 >= from
                && text.charAt(at - 1) == '\n'
                && isVisible(text.charAt(at - 2))
                && isLetter(text.charAt(at));
    }

    /** Whether the run is of one word here, or digits end a word. */
    private boolean isOneWord(int runStart, int at) {
        // What comes before could be of the same kind, as other spaces and other digits are.
        boolean clean = runStart == from || isAsciiVisible(text.charAt(runStart - 1));
        return switch (Run.of(text.charAt(at))) {
            case NONE -> false;
            case LETTERS -> words.knowsLetters();
            case SPACES -> clean;
            case DIGITS ->
                switch (words.digits()) {
                    case UNKNOWN -> false;
                    case ONE_WORD, WORDS_OF_ONE -> true;
                    case WORDS_OF_THREE -> clean && (at - runStart) % 3 == 0;
                };
        };
    }

    private boolean areWords(int at) {
        return Run.of(text.charAt(at)) == Run.DIGITS && words.digits() != PreTokenizer.Digits.ONE_WORD;
    }

    private static boolean isAsciiVisible(char c) {
        return c > ' ' && c < 0x7F;
    }

    private static boolean isVisible(char c) {
        return isAsciiVisible(c) || isLetter(c) || c == '。' || c == '！' || c == '？';
    }

    /** Letters in any version of Unicode. */
    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= 'À' && c <= 'ÿ' && c != '×' && c != '÷')
                || (c >= 'А' && c <= 'я')
                || (c >= 'ぁ' && c <= 'ゖ')
                || (c >= 'ァ' && c <= 'ヺ')
                || (c >= '一' && c <= '龥')
                || (c >= '가' && c <= '힣');
    }
}
