package dev.qwen4j;

/** How a model is divided among several GPUs; {@code llama_split_mode} in llama.h. Without a GPU it means nothing. */
public enum SplitMode {
    /** Not at all: it goes to the one that {@link ModelOptions#mainGpu} names. */
    NONE,
    /** By layers, with their part of the KV cache. */
    LAYER,
    /** By layers, and the rows of large matrices among all of them, where the backend can. */
    ROW,
    /** Every tensor among all of them; some architectures and backends only. */
    TENSOR
}
