package dev.qwen4j;

import java.util.Set;

/** Whether a model's graph ends in logits: llama.cpp has a buffer for them in any case, and does not say whether they are written. */
final class OutputHead {
    private static final Set<String> WITHOUT = Set.of(
            "bert",
            "modern-bert",
            "nomic-bert",
            "nomic-bert-moe",
            "neo-bert",
            "jina-bert-v2",
            "jina-bert-v3",
            "eurobert",
            "llama-embed",
            "gemma-embedding",
            "t5encoder",
            "wavtokenizer-dec");

    private OutputHead() {}

    static boolean isMissing(String architecture) {
        return WITHOUT.contains(architecture);
    }
}
