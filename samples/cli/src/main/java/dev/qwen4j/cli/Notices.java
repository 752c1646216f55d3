package dev.qwen4j.cli;

import org.jspecify.annotations.Nullable;

/** What is said beside the answer, on standard error: whole lines, and thoughts, which are dim on a terminal. */
final class Notices {
    private static final String DIM = "\u001b[2m";
    private static final String PLAIN = "\u001b[0m";

    private @Nullable Boolean dims;
    private boolean midLine;

    /** Says a line; after a thought it begins on a line of its own. */
    void say(String line) {
        endLine();
        System.err.println(line);
    }

    /** Shows a piece of a thought. */
    void think(String piece) {
        System.err.print(dims() ? DIM + piece + PLAIN : piece);
        System.err.flush();
        midLine = !piece.endsWith("\n");
    }

    /** Ends the line of a thought, if there is one. */
    void endLine() {
        if (midLine) {
            System.err.println();
            midLine = false;
        }
    }

    /** Asked for only when something is to be dimmed: the answer takes 50 ms. */
    private boolean dims() {
        if (dims == null) {
            dims = System.getenv("NO_COLOR") == null
                    && !"dumb".equals(System.getenv("TERM"))
                    && Streams.isErrorTerminal();
        }
        return dims;
    }
}
