package dev.qwen4j.cli;

import java.util.List;

/** Texts that end a reply, of which nothing may be shown, not even a beginning. */
final class StopTexts {
    private final List<String> texts;

    StopTexts(List<String> texts) {
        this.texts = texts;
    }

    /** Where the first of them is in a reply, or -1. */
    int find(CharSequence reply) {
        var text = reply.toString();
        return texts.stream()
                .mapToInt(text::indexOf)
                .filter(at -> at >= 0)
                .min()
                .orElse(-1);
    }

    /** How much of a reply cannot be the beginning of one of them. */
    int safeLength(CharSequence reply) {
        var text = reply.toString();
        return texts.stream()
                .mapToInt(stop -> text.length() - overlap(text, stop))
                .min()
                .orElse(text.length());
    }

    /** The length of the longest end of the text that is a beginning of the stop. */
    private static int overlap(String text, String stop) {
        int length = Math.min(text.length(), stop.length() - 1);
        while (length > 0 && !stop.startsWith(text.substring(text.length() - length))) {
            length--;
        }
        return Math.max(length, 0);
    }
}
