package dev.qwen4j.cli;

import java.io.IOException;
import java.util.Optional;

/** Where a chat's lines come from. */
sealed interface Lines extends AutoCloseable permits TerminalLines, PipedLines {
    /** Waits for a line; empty at the end of input. */
    Optional<String> next();

    /** Whether a person types them. */
    boolean isTerminal();

    /** Gives back what was taken: the terminal, the signal. */
    @Override
    void close();

    /** Lines from standard input, with editing if that is a terminal. */
    static Lines open(Interrupts interrupts, Notices notices) {
        if (Streams.isInputTerminal()) {
            try {
                return new TerminalLines(interrupts, notices);
            } catch (IOException | IllegalStateException e) {
                notices.say("This terminal cannot be used for editing: " + e.getMessage());
            }
        }
        return new PipedLines(interrupts);
    }
}
