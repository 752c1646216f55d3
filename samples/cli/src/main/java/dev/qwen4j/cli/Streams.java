package dev.qwen4j.cli;

import java.io.IOException;
import org.jline.terminal.spi.SystemStream;
import org.jline.terminal.spi.TerminalProvider;

/** Which of the standard streams are terminals; {@code System.console()} knows only of the first two together. */
final class Streams {
    private Streams() {}

    static boolean isInputTerminal() {
        return isTerminal(SystemStream.Input);
    }

    static boolean isErrorTerminal() {
        return isTerminal(SystemStream.Error);
    }

    private static boolean isTerminal(SystemStream stream) {
        try {
            return TerminalProvider.load("ffm").isSystemStream(stream);
        } catch (IOException e) {
            return false;
        }
    }
}
