package dev.qwen4j;

import dev.qwen4j.gguf.Gguf;
import java.util.List;

/**
 * What a well-formed GGUF must fulfil beyond its format: where llama.cpp would assert on one of ggml's threads, read past a table, divide by zero or
 * overflow a stack, and the process would end.
 */
final class LoadRequirements {
    private LoadRequirements() {}

    /**
     * Checks a model.
     *
     * @param header the first file's header, with what options put in its place
     * @param files the headers of all files; the first has the metadata
     */
    static void check(Gguf header, List<Gguf> files) {
        var numbers = Hyperparameters.of(header);
        files.stream()
                .flatMap(file -> file.tensors().stream())
                .flatMap(tensor -> TensorRequirements.objection(tensor).stream())
                .findFirst()
                .or(() -> RotationRequirements.objection(numbers))
                .or(() -> HyperparameterRequirements.objection(numbers))
                .or(() -> CacheRequirements.objection(numbers, files))
                .or(() -> VocabularyRequirements.objection(numbers, files))
                .ifPresent(why -> {
                    throw new ModelLoadException(header.path() + " cannot be loaded: " + why
                            + ". Convert the model again, or get it from elsewhere.");
                });
    }
}
