package dev.qwen4j.engine;

import dev.qwen4j.Qwen4jException;

/** Thrown for a generation that an engine could not finish, because computing failed; its cause says why. */
public final class EngineFailedException extends Qwen4jException {
    EngineFailedException(Throwable cause) {
        super("The engine could not finish the generation: " + cause.getMessage(), cause);
    }
}
