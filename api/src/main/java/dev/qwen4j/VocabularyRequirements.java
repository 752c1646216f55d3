package dev.qwen4j;

import dev.qwen4j.gguf.Gguf;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a vocabulary must be like, so that llama.cpp can read it without ending the process. */
final class VocabularyRequirements {
    /** Those that llama.cpp keeps in a tree, which it builds by recursion, a level for each byte of a token. */
    private static final Set<String> TREES = Set.of("rwkv", "t5", "plamo2");

    /** A file without a vocabulary says so by one of these. */
    private static final Set<String> NONE = Set.of("none", "no_vocab");

    private static final int LONGEST_TOKEN_OF_A_TREE = 1024;

    private VocabularyRequirements() {}

    /** What is wrong with the vocabulary; the tensors are in these files. */
    static Optional<String> objection(Hyperparameters numbers, List<Gguf> files) {
        var kind = numbers.gguf().text("tokenizer.ggml.model").orElse("");
        if (NONE.contains(kind)) {
            return emptyTokens(numbers, files);
        }
        return TREES.contains(kind) ? longToken(kind, numbers.gguf()) : Optional.empty();
    }

    private static Optional<String> longToken(String kind, Gguf gguf) {
        return gguf.array("tokenizer.ggml.tokens").stream()
                .flatMap(tokens -> tokens.elements().stream())
                .map(token -> token.toString().length())
                .filter(length -> length > LONGEST_TOKEN_OF_A_TREE)
                .findFirst()
                .map(length -> "a token of its vocabulary has %,d characters; at most %,d are taken"
                        .formatted(length, LONGEST_TOKEN_OF_A_TREE))
                .or(() -> kind.equals("rwkv") ? missingByte(gguf) : Optional.empty());
    }

    private static Optional<String> missingByte(Gguf gguf) {
        return RwkvVocabulary.missingByte(gguf).stream()
                .mapToObj(missing -> "tokens of its vocabulary begin with the byte 0x%02X, and none is that byte alone"
                        .formatted(missing))
                .findFirst();
    }

    /** Without a vocabulary llama.cpp makes as many empty tokens as it is told, before it looks at the tensors. */
    private static Optional<String> emptyTokens(Hyperparameters numbers, List<Gguf> files) {
        long rows = files.stream()
                .flatMap(file -> file.tensors().stream())
                .filter(tensor -> tensor.shape().size() > 1)
                .mapToLong(tensor -> tensor.shape().get(1))
                .max()
                .orElse(0);
        long size = numbers.number("vocab_size").orElse(0);
        return size <= rows
                ? Optional.empty()
                : Optional.of("%s is %d, and none of its tensors has so many rows"
                        .formatted(numbers.key("vocab_size"), size));
    }
}
