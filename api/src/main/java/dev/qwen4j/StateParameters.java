package dev.qwen4j;

import dev.qwen4j.gguf.Gguf;
import java.util.Objects;
import java.util.Optional;

/**
 * How a context computes and stores what it remembers: what must be alike for one context to go on where another one stopped. llama.cpp compares types,
 * layers and streams; a difference in the rest would only make wrong logits.
 *
 * @param streams how many separate caches there are
 * @param rotationLength the length of a sequence where the model rotates long texts differently, else 0
 * @param length the cells of all streams together
 * @param microBatchSize counts where a sliding window is not stored in full: its cache has that many cells more
 */
record StateParameters(
        CacheType keyType,
        CacheType valueType,
        FlashAttention flashAttention,
        RopeScaling ropeScaling,
        int rotationLength,
        boolean fullSlidingWindow,
        boolean multiTokenPrediction,
        int streams,
        int length,
        int maxSequences,
        int microBatchSize) {

    static StateParameters of(Gguf gguf, ContextOptions options, ContextLimits limits) {
        boolean longRotations =
                gguf.tensors().stream().anyMatch(tensor -> tensor.name().startsWith("rope_factors_long"));
        return new StateParameters(
                options.keyType(),
                options.valueType(),
                options.flashAttention(),
                options.ropeScaling(),
                longRotations ? limits.sequenceLength() : 0,
                options.fullSlidingWindow(),
                options.multiTokenPrediction(),
                limits.isUnified() ? 1 : limits.maxSequences(),
                limits.length(),
                limits.maxSequences(),
                limits.microBatchSize());
    }

    /** What keeps a context with other parameters from going on with a state of these. */
    Optional<String> obstacle(StateKind kind, StateParameters context) {
        return rowsObstacle(context)
                .or(() -> different("separate caches:", streams, context.streams))
                .or(() -> kind == StateKind.WHOLE ? lessRoom(context) : Optional.empty());
    }

    /** What keeps a context with other parameters from going on with keys and values of these. */
    Optional<String> rowsObstacle(StateParameters context) {
        return different("keys of type", keyType, context.keyType)
                .or(() -> different("values of type", valueType, context.valueType))
                .or(() -> flashAttention == FlashAttention.AUTO || context.flashAttention == FlashAttention.AUTO
                        ? Optional.empty()
                        : different("flash attention", flashAttention, context.flashAttention))
                .or(() -> different("rotary positions", ropeScaling, context.ropeScaling))
                .or(() -> different("a sequence length of", rotationLength, context.rotationLength))
                .or(() -> different("a full sliding window:", fullSlidingWindow, context.fullSlidingWindow))
                .or(() -> different("multi-token prediction:", multiTokenPrediction, context.multiTokenPrediction));
    }

    private Optional<String> lessRoom(StateParameters context) {
        return fewer("tokens of length", length, context.length)
                .or(() -> fewer("sequences", maxSequences, context.maxSequences))
                .or(() -> fullSlidingWindow
                        ? Optional.empty()
                        : fewer("tokens of micro-batch", microBatchSize, context.microBatchSize));
    }

    private static Optional<String> different(String what, Object saved, Object here) {
        return Objects.equals(saved, here)
                ? Optional.empty()
                : Optional.of("it was saved with " + what + " " + saved + ", and the context has " + here);
    }

    private static Optional<String> fewer(String what, int saved, int here) {
        return here >= saved
                ? Optional.empty()
                : Optional.of("it was saved with %,d %s, and the context has only %,d".formatted(saved, what, here));
    }
}
