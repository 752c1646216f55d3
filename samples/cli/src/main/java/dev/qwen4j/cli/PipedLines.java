package dev.qwen4j.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jline.utils.Signals;

/** Lines that come from a pipe or a file, in UTF-8. */
final class PipedLines implements Lines {
    private static final String INTERRUPT = "INT";

    private final BufferedReader reader = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    private final Object handlerBefore;

    PipedLines(Interrupts interrupts) {
        handlerBefore = Signals.register(INTERRUPT, interrupts::press);
    }

    @Override
    public Optional<String> next() {
        try {
            return Optional.ofNullable(reader.readLine());
        } catch (IOException e) {
            throw new UncheckedIOException("Standard input cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public boolean isTerminal() {
        return false;
    }

    @Override
    public void close() {
        Signals.unregister(INTERRUPT, handlerBefore);
    }
}
