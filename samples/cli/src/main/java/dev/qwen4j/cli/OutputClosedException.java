package dev.qwen4j.cli;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Thrown when whoever read standard output has gone: nobody is there to be told. */
final class OutputClosedException extends UncheckedIOException {
    OutputClosedException(IOException cause) {
        super(cause);
    }
}
