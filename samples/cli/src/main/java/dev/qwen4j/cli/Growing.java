package dev.qwen4j.cli;

import java.util.Arrays;
import java.util.function.Consumer;

/** Shows what is new of a text that is read again and again while it grows. */
final class Growing {
    private final Consumer<String> out;
    private String shown = "";

    Growing(Consumer<String> out) {
        this.out = out;
    }

    /** The text as it is read now. One that takes back what was shown already, as a half-read tag can, waits until it is settled. */
    void show(String text) {
        if (text.length() > shown.length() && text.startsWith(shown)) {
            out.accept(text.substring(shown.length()));
            shown = text;
        }
    }

    /** The whole text. */
    void finish(String text) {
        int same = Arrays.mismatch(shown.toCharArray(), text.toCharArray());
        if (same >= 0 && same < text.length()) {
            out.accept(text.substring(same));
        }
        shown = text;
    }

    String text() {
        return shown;
    }
}
