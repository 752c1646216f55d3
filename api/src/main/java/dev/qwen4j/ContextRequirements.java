package dev.qwen4j;

import dev.qwen4j.gguf.Gguf;
import dev.qwen4j.internal.NativeModel;
import java.util.OptionalLong;

/** What a model asks of its contexts: where llama.cpp would assert, on threads where that cannot be caught even, or answer wrongly. */
final class ContextRequirements {
    /** LLM_TENSOR_POS_EMBD; models without it have linear biases, or leave positions to recurrent layers. */
    private static final String POSITIONS = "position_embd.weight";

    /** LLM_TENSOR_CLS and LLM_TENSOR_CLS_OUT. */
    private static final String CLASSIFIER = "cls.";

    /** LLAMA_POOLING_TYPE_RANK. */
    private static final int RANK = 4;

    private final Gguf gguf;
    private final NativeModel model;

    ContextRequirements(Gguf gguf, NativeModel model) {
        this.gguf = gguf;
        this.model = model;
    }

    void check(ContextOptions options) {
        if (model.hasEncoder() && model.hasDecoder() && options.maxSequences() > 1 && !options.unified()) {
            throw new IllegalArgumentException("maxSequences is " + options.maxSequences() + ", but the model ("
                    + gguf.architecture()
                    + ") is an encoder-decoder, whose sequences cannot have caches of their own. Use unified(true).");
        }
        checkScores(options.pooling());
        checkRollback(options);
        checkAtLeastSequences("length", options.length(), options);
        checkAtLeastSequences("batchSize", options.batchSize(), options);
        if (options.maxOutputs() > 0) {
            checkAtLeastSequences("maxOutputs", options.maxOutputs(), options);
        }
        var learned = learnedPositions(gguf, model);
        if (learned.isPresent() && options.length() / options.maxSequences() > learned.getAsLong()) {
            throw new IllegalArgumentException("length is " + options.length() + ", but the model ("
                    + gguf.architecture() + ") has no positions beyond " + learned.getAsLong()
                    + ", the length it was trained with. Use at most that for each sequence.");
        }
        checkHead("keyType", options.keyType(), headSize("attention.key_length"));
        checkHead("valueType", options.valueType(), headSize("attention.value_length"));
    }

    /** llama.cpp takes other numbers for scores where none are computed. */
    private void checkScores(Pooling pooling) {
        boolean byDefault = gguf.integer(gguf.architecture() + ".pooling_type").orElse(-1) == RANK;
        boolean rank = pooling == Pooling.RANK || (pooling == Pooling.MODEL && byDefault);
        boolean classifies = gguf.split().isPresent()
                || gguf.tensors().stream().anyMatch(tensor -> tensor.name().startsWith(CLASSIFIER));
        if (rank && !classifies) {
            throw new IllegalArgumentException("pooling is RANK, but the model (" + gguf.architecture()
                    + ") has no classifier that gives scores. Use a reranker, or another pooling.");
        }
    }

    /** llama.cpp keeps the last tokens of a sequence in one micro-batch, and asserts that it has room for one more. */
    private void checkRollback(ContextOptions options) {
        int least = options.rollbackTokens() + 2;
        if (options.rollbackTokens() > 0
                && (model.isRecurrent() || model.isHybrid())
                && options.microBatchSize() < least) {
            throw new IllegalArgumentException("microBatchSize is %d; with rollbackTokens %d it must be at least %d."
                    .formatted(options.microBatchSize(), options.rollbackTokens(), least));
        }
    }

    /** How many positions a model has, where they are learned and so end. */
    static OptionalLong learnedPositions(Gguf gguf, NativeModel model) {
        // Also of models that llama.cpp counts among those that rotate, as starcoder and bert.
        var table = gguf.tensors().stream()
                .filter(tensor -> tensor.name().equals(POSITIONS))
                .mapToLong(tensor -> tensor.shape().getLast())
                .findFirst();
        int trained = model.trainedContextLength();
        // In a split model it may lie in another file.
        boolean mayBeElsewhere = gguf.split().isPresent() && model.mayHaveLearnedPositions() && trained > 0;
        return table.isEmpty() && mayBeElsewhere ? OptionalLong.of(trained) : table;
    }

    /** llama.cpp reserves results for one token a sequence. */
    private static void checkAtLeastSequences(String name, int value, ContextOptions options) {
        if (value < options.maxSequences()) {
            throw new IllegalArgumentException("%s is %,d, less than maxSequences, %,d; it must be at least that."
                    .formatted(name, value, options.maxSequences()));
        }
    }

    private long headSize(String key) {
        int heads = Math.max(1, model.headCount());
        return gguf.integer(gguf.architecture() + "." + key).orElse(model.embeddingLength() / heads);
    }

    private static void checkHead(String name, CacheType type, long headSize) {
        if (headSize % type.blockSize() != 0) {
            throw new IllegalArgumentException(
                    "%s is %s, which stores numbers in blocks of %d, but the model's heads have %d. Use F16, BF16 or F32."
                            .formatted(name, type, type.blockSize(), headSize));
        }
    }
}
