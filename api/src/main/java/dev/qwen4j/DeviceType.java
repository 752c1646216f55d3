package dev.qwen4j;

/** What kind of device computes; {@code ggml_backend_dev_type} in ggml-backend.h. */
public enum DeviceType {
    /** The processor, with the memory of the system. */
    CPU,
    /** A GPU with memory of its own. */
    GPU,
    /** A GPU that shares the memory of the system. */
    INTEGRATED_GPU,
    /** Something that helps the processor, such as BLAS. */
    ACCELERATOR,
    /** Several devices behind one. */
    META
}
