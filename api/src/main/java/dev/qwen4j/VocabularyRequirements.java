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
        if (!TREES.contains(gguf.text("tokenizer.ggml.model").orElse(""))) {
            return Optional.empty();
        }
        return gguf.array("tokenizer.ggml.tokens").stream()
                .flatMap(tokens -> tokens.elements().stream())
                .map(token -> token.toString().length())
                .filter(length -> length > LONGEST_TOKEN_OF_A_TREE)
                .findFirst()
                .map(length -> "a token of its vocabulary has %,d characters; at most %,d are taken"
                        .formatted(length, LONGEST_TOKEN_OF_A_TREE));
    }
}
