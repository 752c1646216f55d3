package dev.qwen4j;

import dev.qwen4j.gguf.Gguf;
import java.util.Optional;
import java.util.Set;

/** What a vocabulary must be like, so that llama.cpp can read it without ending the process. */
final class VocabularyRequirements {
    /** Those that llama.cpp keeps in a tree, which it builds by recursion, a level for each byte of a token. */
    private static final Set<String> TREES = Set.of("rwkv", "t5", "plamo2");

    private static final int LONGEST_TOKEN_OF_A_TREE = 1024;

    private VocabularyRequirements() {}

    /** What is wrong with the vocabulary. */
    static Optional<String> objection(Gguf gguf) {
        var model = gguf.text("tokenizer.ggml.model").orElse("");
        if (!TREES.contains(model)) {
            return Optional.empty();
        }
        return gguf.array("tokenizer.ggml.tokens").stream()
                .flatMap(tokens -> tokens.elements().stream())
                .map(token -> token.toString().length())
                .filter(length -> length > LONGEST_TOKEN_OF_A_TREE)
                .findFirst()
                .map(length -> "a token of its vocabulary has %,d characters; at most %,d are taken"
                        .formatted(length, LONGEST_TOKEN_OF_A_TREE))
                .or(() -> model.equals("rwkv") ? missingByte(gguf) : Optional.empty());
    }

    private static Optional<String> missingByte(Gguf gguf) {
        return RwkvVocabulary.missingByte(gguf).stream()
                .mapToObj(missing -> "tokens of its vocabulary begin with the byte 0x%02X, and none is that byte alone"
                        .formatted(missing))
                .findFirst();
    }
}
