package dev.qwen4j.cli;

/** Text from a file, which may hold anything, made fit for one line of a terminal. */
final class Printable {
    private Printable() {}

    /** The text on one line, without what would move the cursor, cut where it is too long. */
    static String line(String text, int longest) {
        var line = new StringBuilder();
        text.codePoints().limit(longest).forEach(c -> {
            if (c == '\n') {
                line.append("\\n");
            } else if (isPlain(c)) {
                line.appendCodePoint(c);
            } else {
                line.append("\\u{").append(Integer.toHexString(c)).append('}');
            }
        });
        return text.codePointCount(0, text.length()) > longest
                ? line.append('…').toString()
                : line.toString();
    }

    private static boolean isPlain(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.UNASSIGNED -> false;
            case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
