package dev.qwen4j.grammar;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads the string literals that llama.cpp's own tests are made of. */
final class CppLiterals {
    private final String source;
    private int at;

    /** Reads from a place on. */
    CppLiterals(String source, int at) {
        this.source = source;
        this.at = at;
    }

    /** A part of a text of a grammar test: characters, or one token that stands for itself. */
    sealed interface Part {
        /** Characters. */
        record Characters(String text) implements Part {}

        /** A token. */
        record Token(int id) implements Part {}
    }

    int at() {
        return at;
    }

    /** A literal, or several joined by '+'. */
    List<Part> text() {
        var parts = new ArrayList<Part>();
        do {
            skip();
            if (take("token(")) {
                int end = source.indexOf(')', at);
                parts.add(new Part.Token(Integer.parseInt(source, at, end, 10)));
                at = end + 1;
            } else {
                parts.add(new Part.Characters(literal()));
            }
            skip();
        } while (take("+"));
        return parts;
    }

    /** A list of texts in braces. */
    List<List<Part>> texts() {
        var texts = new ArrayList<List<Part>>();
        expect("{");
        skip();
        while (!take("}")) {
            texts.add(text());
            skip();
            take(",");
            skip();
        }
        return texts;
    }

    /** A literal, or several side by side. */
    String literal() {
        var text = new StringBuilder();
        skip();
        while (at < source.length() && (source.startsWith("R\"", at) || source.charAt(at) == '"')) {
            text.append(source.charAt(at) == 'R' ? raw() : escaped());
            skip();
        }
        return text.toString();
    }

    void expect(String text) {
        skip();
        if (!take(text)) {
            throw new AssertionError(
                    "Expected " + text + " at: " + source.substring(at, Math.min(source.length(), at + 80)));
        }
    }

    private boolean take(String text) {
        boolean here = source.startsWith(text, at);
        at += here ? text.length() : 0;
        return here;
    }

    private String raw() {
        int open = source.indexOf('(', at);
        var delimiter = source.substring(at + 2, open);
        int close = source.indexOf(")" + delimiter + "\"", open);
        at = close + delimiter.length() + 2;
        return source.substring(open + 1, close);
    }

    private String escaped() {
        var bytes = new ByteArrayOutputStream();
        for (at++; source.charAt(at) != '"'; at++) {
            if (source.charAt(at) != '\\') {
                int end = source.offsetByCodePoints(at, 1);
                bytes.writeBytes(source.substring(at, end).getBytes(StandardCharsets.UTF_8));
                at = end - 1;
                continue;
            }
            char c = source.charAt(++at);
            switch (c) {
                case 'n' -> bytes.write('\n');
                case 't' -> bytes.write('\t');
                case 'r' -> bytes.write('\r');
                case 'x' -> {
                    bytes.write(Integer.parseInt(source, at + 1, at + 3, 16));
                    at += 2;
                }
                default -> bytes.write(c);
            }
        }
        at++;
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private void skip() {
        while (at < source.length()) {
            if (source.startsWith("//", at)) {
                at = source.indexOf('\n', at);
            } else if (Character.isWhitespace(source.charAt(at))) {
                at++;
            } else {
                return;
            }
        }
    }
}
