package dev.qwen4j.gguf;

import dev.qwen4j.Qwen4jException;

/**
 * Says that a file is not a GGUF file that can be used, which value in it is wrong and where, and what to do next.
 *
 * <p>The cause, where there is one, is the {@link java.io.IOException} of the file system.
 */
public final class GgufException extends Qwen4jException {
    GgufException(String message) {
        super(message);
    }

    GgufException(String message, Throwable cause) {
        super(message, cause);
    }
}
