package dev.qwen4j;

import dev.qwen4j.internal.NativeContext;
import dev.qwen4j.internal.NativeModel;

/** What a batch must fulfil so that a context can compute it. */
final class ContextLimits {
    private final Tokenizer tokenizer;
    private final int batchSize;
    private final int microBatchSize;
    private final int maxSequences;
    private final int maxOutputs;
    private final int maxOutputsPerSequence;
    private final int length;
    private final int sequenceLength;
    private final boolean endless;
    private final boolean unified;
    private final boolean alwaysWhole;
    private final Pooling pooling;
    private final boolean oneSequenceAtOnce;
    private final int embeddingLength;
    private final int positionDimensions;

    ContextLimits(Model handle, NativeModel model, NativeContext context, ContextOptions options) {
        var learned = ContextRequirements.learnedPositions(handle.gguf(), model);
        tokenizer = handle.tokenizer();
        batchSize = context.batchSize();
        microBatchSize = context.microBatchSize();
        maxSequences = context.maxSequences();
        maxOutputs = options.maxOutputs() == 0 || model.hasEncoder() ? batchSize : options.maxOutputs();
        maxOutputsPerSequence = options.maxOutputsPerSequence() == 0
                ? maxOutputs
                : Math.min(options.maxOutputsPerSequence(), maxOutputs);
        // llama.cpp rounds up, but learned positions end where they end: a worker thread's assert ends the JVM.
        sequenceLength = (int) Math.min(context.sequenceLength(), learned.orElse(Integer.MAX_VALUE));
        length = (int) Math.min(context.length(), (long) sequenceLength * maxSequences);
        endless = model.isRecurrent() && !model.isHybrid() && learned.isEmpty();
        unified = options.unified() || maxSequences == 1;
        alwaysWhole = context.memory().isAbsent();
        pooling = context.pooling();
        // llama.cpp computes sequences of it beside each other wrongly.
        oneSequenceAtOnce = handle.architecture().equals("plamo2");
        embeddingLength = model.inputEmbeddingLength();
        positionDimensions = model.positionDimensions();
    }

    int batchSize() {
        return batchSize;
    }

    int microBatchSize() {
        return microBatchSize;
    }

    int maxSequences() {
        return maxSequences;
    }

    int maxOutputsPerSequence() {
        return maxOutputsPerSequence;
    }

    int length() {
        return length;
    }

    int sequenceLength() {
        return sequenceLength;
    }

    int positionDimensions() {
        return positionDimensions;
    }

    boolean isUnified() {
        return unified;
    }

    int checkedSequence(int sequence) {
        if (sequence < 0 || sequence >= maxSequences) {
            throw new IllegalArgumentException(
                    "There is no sequence %d; the context has %d, 0 to %d. Create it with a larger maxSequences."
                            .formatted(sequence, maxSequences, maxSequences - 1));
        }
        return sequence;
    }

    /** Checks all of a batch but its size, positions and outputs. */
    void checkEntries(Batch batch) {
        if (batch.size() == 0) {
            throw new IllegalArgumentException("There are no tokens to decode; at least one is needed.");
        }
        if (batch.hasEmbeddings() && batch.width() != embeddingLength) {
            throw new IllegalArgumentException("The batch's embeddings have %,d numbers; the model takes %,d."
                    .formatted(batch.width(), embeddingLength));
        }
        for (int i = 0; i < batch.size(); i++) {
            if (!batch.hasEmbeddings()) {
                tokenizer.checked(batch.token(i));
            }
            checkedSequence(batch.sequence(i));
            checkOthers(batch, i);
            if (oneSequenceAtOnce && (batch.sequence(i) != batch.sequence(0) || batch.others(i).length > 0)) {
                throw new IllegalArgumentException(
                        "Entry " + i
                                + " is of another sequence than those before it, which this model's graph cannot compute together. Decode a batch for each.");
            }
        }
    }

    private void checkOthers(Batch batch, int entry) {
        var others = batch.others(entry);
        if (others.length > 0 && !unified) {
            throw new IllegalArgumentException(
                    "Entry " + entry
                            + " belongs to several sequences, which only a unified cache can share. Create the context with unified(true).");
        }
        for (int i = 0; i < others.length; i++) {
            checkedSequence(others[i]);
            for (int j = -1; j < i; j++) {
                if (others[i] == (j < 0 ? batch.sequence(entry) : others[j])) {
                    throw new IllegalArgumentException(
                            "Entry " + entry + " names sequence " + others[i] + " twice; name it once.");
                }
            }
        }
    }

    /** Checks that a batch can be computed in one call. */
    void checkSize(Batch batch, boolean causal) {
        if (batch.size() > batchSize) {
            throw new IllegalArgumentException(
                    "The batch has %,d tokens, more than the context's batchSize of %,d. Use prefill, which cuts it, or a larger batchSize."
                            .formatted(batch.size(), batchSize));
        }
        if ((!causal || alwaysWhole) && batch.size() > microBatchSize) {
            throw new IllegalArgumentException(
                    "The batch has %,d tokens, which attend to each other and so must be computed at once; the context's microBatchSize is %,d. Create it with a larger one."
                            .formatted(batch.size(), microBatchSize));
        }
        if (alwaysWhole && batch.size() > maxOutputs) {
            throw new IllegalArgumentException(
                    "The batch has %,d tokens, of which the model gives results for all; the context's maxOutputs is %,d. Create it with more."
                            .formatted(batch.size(), maxOutputs));
        }
    }

    /** llama.cpp pools each micro-batch for itself, and keeps the last. */
    void checkPooling(Batch batch, boolean embeddings) {
        boolean ofAll = pooling == Pooling.MEAN || pooling == Pooling.CLS || pooling == Pooling.RANK;
        if (embeddings && ofAll && batch.size() > microBatchSize) {
            throw new IllegalArgumentException(
                    "The batch has %,d tokens, which pooling %s must see at once; the context's microBatchSize is %,d. Create it with a larger one."
                            .formatted(batch.size(), pooling, microBatchSize));
        }
    }

    void checkOutputs(boolean[] wanted) {
        int outputs = 0;
        for (boolean output : wanted) {
            outputs += output ? 1 : 0;
        }
        if (outputs > maxOutputs) {
            throw new IllegalArgumentException(
                    "%,d tokens of the batch ask for results; the context's maxOutputs is %,d. Ask for fewer, or create it with more."
                            .formatted(outputs, maxOutputs));
        }
    }

    /** Whether a sequence can have a token at a position. */
    boolean hasRoom(int position) {
        return position < sequenceLength || endless;
    }

    void checkRoom(int position, int held, int more) {
        if (!hasRoom(position)) {
            throw new ContextFullException(sequenceLength, held, more);
        }
    }
}
