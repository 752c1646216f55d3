package dev.qwen4j.gguf;

import java.util.Locale;

/** How values from a file, which may be anything, are put into messages. */
final class Show {
    private static final int LONGEST_TEXT = 80;

    private Show() {}

    /** The number as unsigned decimal with separators. */
    static String number(long value) {
        return value >= 0 ? String.format(Locale.ROOT, "%,d", value) : Long.toUnsignedString(value);
    }

    /** The text in quotes, cut to a length that fits a message, without characters that would move the cursor. */
    static String text(String text) {
        var shown = new StringBuilder("'");
        text.codePoints().limit(LONGEST_TEXT).forEach(c -> {
            if (isPlain(c)) {
                shown.appendCodePoint(c);
            } else {
                shown.append("\\u{").append(Integer.toHexString(c)).append('}');
            }
        });
        return shown.append(text.codePointCount(0, text.length()) > LONGEST_TEXT ? "…'" : "'")
                .toString();
    }

    private static boolean isPlain(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.UNASSIGNED -> false;
            case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
