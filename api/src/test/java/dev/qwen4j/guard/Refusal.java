package dev.qwen4j.guard;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Something that llama.cpp refuses, and how the shim tells it.
 *
 * @param name what is tried
 * @param status the error's status
 * @param words what llama.cpp says, in the message or in the log
 * @param breaks whether the context cannot be used any more
 * @param attempt does it
 */
record Refusal(String name, int status, String words, boolean breaks, Attempt attempt) {
    /** Tries it by one call of the shim, and returns the context it was tried on, or one that must not have noticed. */
    @FunctionalInterface
    interface Attempt {
        MemorySegment on(Scene scene) throws IOException;
    }
}
