package dev.qwen4j;

/** How ggml spreads its threads over the memory nodes of a machine; {@code ggml_numa_strategy} in ggml-cpu.h. */
public enum NumaStrategy {
    /** Over all nodes. */
    DISTRIBUTE,
    /** On the node that the call is made on. */
    ISOLATE,
    /** As numactl, which started the process, has said. */
    NUMACTL,
    /** As DISTRIBUTE; kept by ggml for a mode that mirrors weights to each node. */
    MIRROR
}
