package dev.qwen4j.internal;

import dev.qwen4j.LlamaException;
import dev.qwen4j.LlamaException.Kind;
import dev.qwen4j.ModelFileChangedException;
import dev.qwen4j.Qwen4jException;
import dev.qwen4j.bindings.generated.LlamaCpp;
import dev.qwen4j.bindings.generated.qwen4j_error;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * The Java side of the guard: the struct that a guarded native call reports into, and the exception that is made of it.
 *
 * <p>For one thread at a time.
 */
public final class Guard {
    private final MemorySegment error;

    Guard(Arena arena) {
        this.error = qwen4j_error.allocate(arena);
    }

    /** What to pass as a guarded function's first argument. */
    MemorySegment error() {
        return error;
    }

    /** Whether the last call failed. */
    boolean failed() {
        return qwen4j_error.status(error) != LlamaCpp.QWEN4J_STATUS_OK();
    }

    /**
     * Does nothing if the last call succeeded; hands on what was logged either way.
     *
     * @param doing completes "Could not …"
     * @throws LlamaException if it failed
     * @throws ModelFileChangedException if a file that the model has mapped is not what it was
     */
    void check(String doing) {
        NativeLog.drain();
        if (failed()) {
            throw exception(doing);
        }
    }

    /** The same for a call on so many tokens. Makes no text, as {@link #check(String)} does not: this is for what is called for each token. */
    void check(String verb, int tokens) {
        NativeLog.drain();
        if (failed()) {
            throw exception(verb + " " + tokens + " tokens");
        }
    }

    /** What the last call gave as the code of its failure. */
    int code() {
        return qwen4j_error.code(error);
    }

    /** What the last call said of its failure. */
    String message() {
        return text(qwen4j_error.message(error));
    }

    private Qwen4jException exception(String doing) {
        if (qwen4j_error.status(error) == LlamaCpp.QWEN4J_STATUS_FILE_CHANGED()) {
            return new ModelFileChangedException(
                    "Could not %s: the model's file was %s while it was in use. Close the model, and load the file when it is whole; replace files by renaming."
                            .formatted(doing, text(qwen4j_error.message(error))));
        }
        return failure(doing);
    }

    /** The last call's failure. */
    LlamaException failure(String doing) {
        return new LlamaException(doing, kind(), message(), text(qwen4j_error.log(error)));
    }

    private Kind kind() {
        int status = qwen4j_error.status(error);
        if (status == LlamaCpp.QWEN4J_STATUS_ASSERTION()) {
            return Kind.ASSERTION;
        }
        if (status == LlamaCpp.QWEN4J_STATUS_EXCEPTION()) {
            return Kind.EXCEPTION;
        }
        if (status == LlamaCpp.QWEN4J_STATUS_BROKEN()) {
            return Kind.BROKEN;
        }
        return status == LlamaCpp.QWEN4J_STATUS_EXITING() ? Kind.EXITING : Kind.FAILURE;
    }

    private static String text(MemorySegment chars) {
        return chars.getString(0, StandardCharsets.UTF_8);
    }
}
