package dev.qwen4j;

import dev.qwen4j.gguf.GgmlType;
import dev.qwen4j.gguf.Gguf;
import dev.qwen4j.gguf.GgufTensor;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a well-formed GGUF must fulfil beyond its format: where llama.cpp would assert on one of ggml's threads, read past a table or overflow a stack,
 * and the process would end.
 */
final class LoadRequirements {
    /** Types that ggml can store and cannot multiply with. */
    private static final Set<GgmlType> NOT_WEIGHTS = EnumSet.of(
            GgmlType.I8, GgmlType.I16, GgmlType.I32, GgmlType.I64, GgmlType.F64, GgmlType.Q8_1, GgmlType.Q8_K);

    /** DeepSeek's table from tokens to experts is a matrix of integers. */
    private static final String EXPERT_TABLE = "tid2eid";

    /** Vocabularies that llama.cpp keeps in a tree, which it builds by recursion, a level for each byte of a token. */
    private static final Set<String> TREES = Set.of("rwkv", "t5", "plamo2");

    private static final int LONGEST_TOKEN_OF_A_TREE = 1024;
    private static final Pattern FIRST_PART = Pattern.compile("(.*-)00001(-of-\\d{5}\\.gguf)");

    private LoadRequirements() {}

    static void check(Gguf gguf) {
        gguf.tensors().forEach(tensor -> checkTensor(gguf, tensor));
        gguf.metadata().keySet().forEach(key -> checkNumber(gguf, key));
        checkTokens(gguf);
        checkParts(gguf);
    }

    private static void checkTensor(Gguf gguf, GgufTensor tensor) {
        boolean norm = tensor.name().endsWith("norm.weight") || tensor.name().endsWith("norm.bias");
        boolean matrix = tensor.shape().size() > 1 && tensor.name().endsWith(".weight");
        if (norm && tensor.type() != GgmlType.F32) {
            throw refused(gguf, "tensor " + tensor.name() + " has type " + tensor.type() + "; norms must be F32");
        }
        if (matrix && NOT_WEIGHTS.contains(tensor.type()) && !tensor.name().contains(EXPERT_TABLE)) {
            throw refused(
                    gguf, "tensor " + tensor.name() + " has type " + tensor.type() + ", which weights cannot have");
        }
    }

    private static void checkNumber(Gguf gguf, String key) {
        if (key.endsWith("_epsilon")) {
            double epsilon = gguf.real(key).orElse(0);
            if (!(epsilon >= 0 && epsilon < 1)) {
                throw refused(gguf, key + " is " + epsilon + "; it must be at least 0 and small");
            }
        } else if (key.endsWith(".rope.freq_base")) {
            double base = gguf.real(key).orElse(1);
            if (!(base > 0 && Double.isFinite(base))) {
                throw refused(gguf, key + " is " + base + "; it must be above 0, and finite");
            }
        }
    }

    private static void checkTokens(Gguf gguf) {
        if (!TREES.contains(gguf.text("tokenizer.ggml.model").orElse(""))) {
            return;
        }
        gguf.array("tokenizer.ggml.tokens")
                .ifPresent(tokens -> tokens.elements().forEach(token -> {
                    if (token.toString().length() > LONGEST_TOKEN_OF_A_TREE) {
                        throw refused(
                                gguf,
                                "a token of its vocabulary has %,d characters; at most %,d are taken"
                                        .formatted(token.toString().length(), LONGEST_TOKEN_OF_A_TREE));
                    }
                }));
    }

    /** llama.cpp opens the other parts of a split model by their names. */
    private static void checkParts(Gguf gguf) {
        var name = FIRST_PART.matcher(String.valueOf(gguf.path().getFileName()));
        if (gguf.split().isEmpty() || !name.matches()) {
            return;
        }
        for (int part = 2; part <= gguf.split().get().count(); part++) {
            Path file = gguf.path().resolveSibling("%s%05d%s".formatted(name.group(1), part, name.group(2)));
            Gguf.read(file).tensors().forEach(tensor -> checkTensor(gguf, tensor));
        }
    }

    private static ModelLoadException refused(Gguf gguf, String why) {
        return new ModelLoadException(
                gguf.path() + " cannot be loaded: " + why + ". Convert the model again, or get it from elsewhere.");
    }
}
