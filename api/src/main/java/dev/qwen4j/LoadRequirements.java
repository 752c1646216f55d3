package dev.qwen4j;

import dev.qwen4j.gguf.Gguf;
import java.util.Optional;

/**
 * What a well-formed GGUF must fulfil beyond its format: where llama.cpp would assert on one of ggml's threads, read past a table, divide by zero or
 * overflow a stack, and the process would end.
 */
final class LoadRequirements {
    private LoadRequirements() {}

    static void check(Gguf gguf) {
        refuse(
                gguf,
                tensors(gguf)
                        .or(() -> HyperparameterRequirements.objection(gguf))
                        .or(() -> VocabularyRequirements.objection(gguf)));
    }

    /** The same for a later part of a model in several files, which has no metadata. */
    static void checkPart(Gguf gguf) {
        refuse(gguf, tensors(gguf));
    }

    private static Optional<String> tensors(Gguf gguf) {
        return gguf.tensors().stream()
                .flatMap(tensor -> TensorRequirements.objection(tensor).stream())
                .findFirst();
    }

    private static void refuse(Gguf gguf, Optional<String> objection) {
        objection.ifPresent(why -> {
            throw new ModelLoadException(gguf.path() + " cannot be loaded: " + why
                    + ". Convert the model again, or get it from elsewhere.");
        });
    }
}
