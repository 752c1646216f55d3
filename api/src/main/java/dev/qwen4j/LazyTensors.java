package dev.qwen4j;

/**
 * Whether large tables, of which each token needs a few rows only, are read row by row; {@code llama_lazy_mode} in llama.h.
 *
 * <p>Which tensors they are, the architecture says; most have none. Their file is mapped for that, whatever the {@link LoadMode}.
 */
public enum LazyTensors {
    /** They are read whole, as all others. */
    OFF,
    /** Those above 4 GiB, where the devices in use can. */
    AUTO,
    /** All of them. */
    ON
}
