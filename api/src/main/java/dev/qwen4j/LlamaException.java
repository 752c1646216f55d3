package dev.qwen4j;

import java.util.Locale;

/**
 * Thrown when llama.cpp refused a call or failed in it; the JVM and all other handles go on.
 *
 * <p>The message says what was being done, what llama.cpp said, and ends with the last warnings and errors that it logged meanwhile.
 */
public final class LlamaException extends Qwen4jException {
    /** How a native call failed. */
    public enum Kind {
        /** An assert failed, which would have ended the process. */
        ASSERTION,
        /** A C++ exception was thrown. */
        EXCEPTION,
        /** An error was returned. */
        FAILURE,
        /** The handle cannot be used any more since an earlier failure in the middle of a computation: close it and make another. */
        BROKEN,
        /** The process is ending, and no more calls are made. */
        EXITING
    }

    private final Kind kind;
    private final String nativeLog;

    /**
     * Creates one; applications have no reason to.
     *
     * @param doing what was being done, as in "decode 3 tokens"
     * @param kind how it failed
     * @param reason llama.cpp's own words
     * @param nativeLog the lines that it logged meanwhile; may be empty
     */
    public LlamaException(String doing, Kind kind, String reason, String nativeLog) {
        super(message(doing, kind, reason, nativeLog));
        this.kind = kind;
        this.nativeLog = nativeLog;
    }

    private LlamaException(LlamaException cause, String consequence) {
        super(cause.getMessage() + "\n" + consequence, cause);
        this.kind = cause.kind;
        this.nativeLog = cause.nativeLog;
    }

    /** The same failure, with what became of the handle. */
    LlamaException with(String consequence) {
        return new LlamaException(this, consequence);
    }

    /** How the call failed. */
    public Kind kind() {
        return kind;
    }

    /** The last warnings and errors that llama.cpp logged during the call, one a line; may be empty. */
    public String nativeLog() {
        return nativeLog;
    }

    private static String message(String doing, Kind kind, String reason, String nativeLog) {
        var message = new StringBuilder("Could not ").append(doing).append(": ");
        message.append(
                switch (kind) {
                    case BROKEN -> "the handle is unusable since an earlier failure; close it and create another";
                    case EXITING -> "the process is ending";
                    case ASSERTION, EXCEPTION, FAILURE ->
                        reason + " (llama.cpp, " + kind.name().toLowerCase(Locale.ROOT) + ")";
                });
        if (!nativeLog.isBlank()) {
            message.append("\nllama.cpp logged:");
            nativeLog.strip().lines().forEach(line -> message.append("\n  ").append(line));
        }
        return message.toString();
    }
}
