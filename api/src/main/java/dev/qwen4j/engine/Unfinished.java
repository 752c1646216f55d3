package dev.qwen4j.engine;

import dev.qwen4j.CancelledException;
import java.util.concurrent.TimeoutException;

/** What is thrown where something ended before it was done, and there is no reply to say so. */
final class Unfinished {
    private Unfinished() {}

    static RuntimeException because(FinishReason reason) {
        return switch (reason) {
            case DEADLINE ->
                new EngineFailedException(new TimeoutException("the deadline came before it was computed"));
            case CANCELLED -> new CancelledException("It was cancelled, or its session or its engine closed.");
            case STOP, STOP_STRING, LENGTH, CONTEXT_FULL, REJECTED, FAILED ->
                throw new AssertionError("Nothing ends like this before it is done: " + reason);
        };
    }
}
