package dev.qwen4j;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Says in whose memory some tensors go; {@code llama_model_tensor_buft_override} in llama.h.
 *
 * @param pattern a regular expression in C++'s ECMAScript grammar, found anywhere in a tensor's name; at most 256 characters
 * @param bufferType a {@link Device#bufferType}, such as {@code CPU} or {@code CUDA0}
 */
public record TensorPlacement(String pattern, String bufferType) {
    /** C++ compiles and matches by recursion: what is longer could overflow the stack. */
    private static final int LONGEST_PATTERN = 256;

    private static final String EXPERTS = "\\.ffn_(up|down|gate|gate_up)_(ch|)exps";

    /** Checks the lengths; whether the pattern and the name are right is found out when a model is loaded. */
    public TensorPlacement {
        if (pattern.isEmpty() || pattern.length() > LONGEST_PATTERN || pattern.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "pattern has %,d characters, or a NUL; give a regular expression of 1 to %d."
                            .formatted(pattern.length(), LONGEST_PATTERN));
        }
        if (bufferType.isBlank() || bufferType.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("bufferType is empty; name one, such as CPU.");
        }
    }

    /** Keeps the experts of all layers, most of what a mixture-of-experts model weighs, in the memory of the system. */
    public static TensorPlacement expertsOnCpu() {
        return new TensorPlacement(EXPERTS, "CPU");
    }

    /** The same for the experts of the first layers. */
    public static List<TensorPlacement> expertsOnCpu(int layers) {
        if (layers < 0) {
            throw new IllegalArgumentException("layers is " + layers + "; it must be 0 or more.");
        }
        return IntStream.range(0, layers)
                .mapToObj(layer -> new TensorPlacement("blk\\." + layer + EXPERTS, "CPU"))
                .toList();
    }
}
