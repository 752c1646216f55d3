package dev.qwen4j;

import dev.qwen4j.gguf.Gguf;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a well-formed GGUF must fulfil beyond its format: where llama.cpp would assert on one of ggml's threads, read past a table, divide by zero or
 * overflow a stack, and the process would end.
 */
final class LoadRequirements {
    private static final Pattern FIRST_PART = Pattern.compile("(.*-)00001(-of-\\d{5}\\.gguf)");

    private LoadRequirements() {}

    static void check(Gguf gguf) {
        tensors(gguf)
                .or(() -> HyperparameterRequirements.objection(gguf))
                .or(() -> VocabularyRequirements.objection(gguf))
                .or(() -> parts(gguf)
                        .flatMap(part -> tensors(Gguf.read(part)).stream())
                        .findFirst())
                .ifPresent(why -> {
                    throw new ModelLoadException(gguf.path() + " cannot be loaded: " + why
                            + ". Convert the model again, or get it from elsewhere.");
                });
    }

    private static Optional<String> tensors(Gguf gguf) {
        return gguf.tensors().stream()
                .flatMap(tensor -> TensorRequirements.objection(tensor).stream())
                .findFirst();
    }

    /** The other files of a split model, which llama.cpp opens by their names. */
    private static Stream<Path> parts(Gguf gguf) {
        var name = FIRST_PART.matcher(String.valueOf(gguf.path().getFileName()));
        if (gguf.split().isEmpty() || !name.matches()) {
            return Stream.empty();
        }
        return Stream.iterate(2, part -> part <= gguf.split().get().count(), part -> part + 1)
                .map(part -> gguf.path().resolveSibling("%s%05d%s".formatted(name.group(1), part, name.group(2))));
    }
}
