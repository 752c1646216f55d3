package dev.qwen4j;

import dev.qwen4j.gguf.Gguf;
import dev.qwen4j.internal.NativeModel;

/** What a model asks of its contexts: where llama.cpp would assert, on threads where that cannot be caught even, or answer wrongly. */
final class ContextRequirements {
    private final Gguf gguf;
    private final NativeModel model;

    ContextRequirements(Gguf gguf, NativeModel model) {
        this.gguf = gguf;
        this.model = model;
    }

    void check(ContextOptions options) {
        if (model.hasEncoder() && model.hasDecoder()) {
            // llama_decode asserts when nothing was encoded before.
            throw new IllegalArgumentException("The model (" + gguf.architecture()
                    + ") is an encoder-decoder, which a context cannot run. Use a decoder-only model.");
        }
        int trained = model.trainedContextLength();
        if (model.mayHaveLearnedPositions() && trained > 0 && options.length() > trained) {
            throw new IllegalArgumentException("length is " + options.length() + ", but the model ("
                    + gguf.architecture() + ") has no positions beyond " + trained
                    + ", the length it was trained with. Use at most that.");
        }
        checkHead("keyType", options.keyType(), headSize("attention.key_length"));
        checkHead("valueType", options.valueType(), headSize("attention.value_length"));
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
