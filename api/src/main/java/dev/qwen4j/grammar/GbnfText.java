package dev.qwen4j.grammar;

/** A GBNF text that is read from its beginning to its end, character by character; knows line and column of each. For one thread. */
final class GbnfText {
    private static final int END = 0;

    private final int[] characters;
    private int at;

    /** The text must have neither NUL nor half a surrogate pair. */
    GbnfText(String text) {
        this.characters = text.codePoints().toArray();
    }

    /** Where reading goes on; an index of {@link #failure}. */
    int position() {
        return at;
    }

    /** The character ahead; 0 at the end. */
    int peek() {
        return peek(0);
    }

    int peek(int ahead) {
        return at + ahead < characters.length ? characters[at + ahead] : END;
    }

    boolean atEnd() {
        return at >= characters.length;
    }

    int next() {
        return characters[at++];
    }

    /** Takes a text if it is what comes next. */
    boolean take(String expected) {
        for (int i = 0; i < expected.length(); i++) {
            if (peek(i) != expected.charAt(i)) {
                return false;
            }
        }
        at += expected.length();
        return true;
    }

    /** Takes a text, which must come next. */
    void expect(String expected) {
        if (!take(expected)) {
            throw failure("expected '" + expected + "', " + found());
        }
    }

    /** Skips blanks and comments, and line ends where they do not end a rule. */
    void skipSpace(boolean lineEndsToo) {
        while (true) {
            int c = peek();
            if (c == '#') {
                while (!atEnd() && peek() != '\r' && peek() != '\n') {
                    at++;
                }
            } else if (c == ' ' || c == '\t' || (lineEndsToo && (c == '\r' || c == '\n'))) {
                at++;
            } else {
                return;
            }
        }
    }

    boolean atName() {
        int c = peek();
        return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || c == '-' || atDigit();
    }

    boolean atDigit() {
        return '0' <= peek() && peek() <= '9';
    }

    String name() {
        int from = at;
        while (atName()) {
            at++;
        }
        if (at == from) {
            throw failure("expected the name of a rule (letters, digits, '-'), " + found());
        }
        return new String(characters, from, at - from);
    }

    /** The digits of a number. */
    String digits() {
        int from = at;
        while (atDigit()) {
            at++;
        }
        if (at == from) {
            throw failure("expected a number, " + found());
        }
        return new String(characters, from, at - from);
    }

    /** A character of a literal or a class, which may be escaped. */
    int character() {
        if (atEnd()) {
            throw failure("the grammar ends inside of a literal or a character class");
        }
        if (peek() != '\\') {
            return next();
        }
        int escaped = peek(1);
        return switch (escaped) {
            case 'x' -> hexadecimal(2);
            case 'u' -> hexadecimal(4);
            case 'U' -> hexadecimal(8);
            case 't' -> escape('\t');
            case 'r' -> escape('\r');
            case 'n' -> escape('\n');
            case '\\', '"', '[', ']', '-' -> escape(escaped);
            default ->
                throw failure(
                        "unknown escape; expected one of \\n \\r \\t \\\\ \\\" \\[ \\] \\- \\xNN \\uNNNN \\UNNNNNNNN");
        };
    }

    private int escape(int meaning) {
        at += 2;
        return meaning;
    }

    private int hexadecimal(int length) {
        at += 2;
        int value = 0;
        for (int i = 0; i < length; i++) {
            int digit = atEnd() || peek() > 'f' ? -1 : Character.digit(peek(), 16);
            if (digit < 0) {
                throw failure("expected " + length + " hexadecimal digits, " + found());
            }
            value = value << 4 | digit;
            at++;
        }
        return value;
    }

    /** Skips to a character and takes it. */
    String through(int last) {
        int from = at;
        while (!atEnd()) {
            if (next() == last) {
                return new String(characters, from, at - from);
            }
        }
        throw failure("expected '" + Character.toString(last) + "' before the grammar ends");
    }

    /** "found …", of what comes next. */
    String found() {
        if (atEnd()) {
            return "the grammar ends";
        }
        int c = peek();
        return c == '\n' || c == '\r' ? "the line ends" : "found '" + Character.toString(c) + "'";
    }

    GrammarException failure(String problem) {
        return failure(at, problem);
    }

    GrammarException failure(int position, String problem) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < position && i < characters.length; i++) {
            boolean lineEnds = characters[i] == '\n'
                    || (characters[i] == '\r' && (i + 1 >= characters.length || characters[i + 1] != '\n'));
            line += lineEnds ? 1 : 0;
            column = lineEnds ? 1 : column + 1;
        }
        return new GrammarException(line, column, problem);
    }
}
