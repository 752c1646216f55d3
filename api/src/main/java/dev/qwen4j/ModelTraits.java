package dev.qwen4j;

import java.util.List;
import java.util.OptionalInt;

/**
 * What kind of model one is, as llama.cpp sees it.
 *
 * @param ropeType how it knows positions
 * @param ropeFrequencyScale what positions are multiplied with, as trained; 1 is plain
 * @param slidingWindow how many of the latest tokens some or all of its layers see; empty where all see everything
 * @param encoder whether it has an encoder
 * @param decoder whether it has a decoder
 * @param decoderStart the token that a decoder behind an encoder begins with
 * @param recurrent whether it keeps a state instead of a KV cache, as Mamba does
 * @param hybrid whether some layers keep a state and others a cache, as Qwen3-Next does
 * @param diffusion whether it fills a text in instead of writing it from left to right
 * @param inputEmbeddingLength the width of an embedding that can be put in instead of a token
 * @param outputEmbeddingLength the width of an embedding that comes out
 * @param mtpLayerCount how many layers predict further tokens; they take memory with {@link ModelOptions#mtpLayers} only
 * @param classifierLabels the names of a classifier's outputs; empty where it is none, or does not name them
 * @param quantization how most tensors are quantized, such as {@code Q4_K - Medium}
 */
public record ModelTraits(
        RopeType ropeType,
        float ropeFrequencyScale,
        OptionalInt slidingWindow,
        boolean encoder,
        boolean decoder,
        OptionalInt decoderStart,
        boolean recurrent,
        boolean hybrid,
        boolean diffusion,
        int inputEmbeddingLength,
        int outputEmbeddingLength,
        int mtpLayerCount,
        List<String> classifierLabels,
        String quantization) {
    /** Copies the labels. */
    public ModelTraits {
        classifierLabels = List.copyOf(classifierLabels);
    }
}
