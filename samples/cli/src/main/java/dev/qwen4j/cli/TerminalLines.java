package dev.qwen4j.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** Lines typed at a terminal, with editing and a history that ends with the program. */
final class TerminalLines implements Lines {
    private final Terminal terminal;
    private final LineReader reader;
    private final Interrupts interrupts;
    private final Notices notices;

    TerminalLines(Interrupts interrupts, Notices notices) throws IOException {
        this.interrupts = interrupts;
        this.notices = notices;
        terminal = TerminalBuilder.builder()
                .system(true)
                .provider("ffm")
                .encoding(StandardCharsets.UTF_8)
                .build();
        terminal.handle(Terminal.Signal.INT, signal -> interrupts.press());
        reader = LineReaderBuilder.builder()
                .terminal(terminal)
                // An exclamation mark is one.
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .build();
    }

    @Override
    public Optional<String> next() {
        while (true) {
            try {
                return Optional.of(reader.readLine("> "));
            } catch (UserInterruptException e) {
                interrupted(e.getPartialLine());
            } catch (EndOfFileException e) {
                return Optional.empty();
            }
        }
    }

    /** At the prompt JLine takes the signal: a line that was begun is dropped, and an empty one counts. */
    private void interrupted(String begun) {
        if (begun.isEmpty()) {
            interrupts.press();
            notices.say("Ctrl-C again ends the program, as does Ctrl-D.");
        } else {
            interrupts.reset();
        }
    }

    @Override
    public boolean isTerminal() {
        return true;
    }

    @Override
    public void close() {
        try {
            terminal.close();
        } catch (IOException e) {
            throw new UncheckedIOException("The terminal could not be given back: " + e.getMessage(), e);
        }
    }
}
