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

    /** Those that leave it out where embeddings are computed. */
    private static final Set<String> INSTEAD_OF_EMBEDDINGS = Set.of("lfm2", "lfm2moe");

    /** Those whose logits are those of the first tokens of a batch, however many ask for some. */
    private static final Set<String> UNSELECTED = Set.of("cogvlm");

    private OutputHead() {}

    static boolean isMissing(String architecture) {
        return WITHOUT.contains(architecture);
    }

    static boolean isLeftOutForEmbeddings(String architecture) {
        return INSTEAD_OF_EMBEDDINGS.contains(architecture);
    }

    /** Whether all tokens of a batch must ask for results, so that each gets its own. */
    static boolean needsAllOutputs(String architecture) {
        return UNSELECTED.contains(architecture);
    }
}
