package dev.qwen4j.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Standard output, written through at once and in UTF-8.
 *
 * <p>Not {@code System.out}: that keeps quiet about what could not be written, and a program whose reader has gone should end.
 */
final class Output {
    private final OutputStream stream = new FileOutputStream(FileDescriptor.out);

    /**
     * Writes text.
     *
     * @throws OutputClosedException if nobody reads any more
     */
    void print(String text) {
        try {
            stream.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw isBrokenPipe(e)
                    ? new OutputClosedException(e)
                    : new UncheckedIOException("Standard output cannot be written: " + e.getMessage(), e);
        }
    }

    /** Writes text and a line break. */
    void println(String text) {
        print(text + System.lineSeparator());
    }

    private static boolean isBrokenPipe(IOException e) {
        return String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("pipe");
    }
}
