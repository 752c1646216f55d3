package dev.qwen4j;

/** Whether attention is computed by the fused kernel, which needs less memory and rounds differently. */
public enum FlashAttention {
    /** Where every device has it. */
    AUTO,
    /** Always; a context cannot be created where a device does not have it. */
    ON,
    /** Never. */
    OFF
}
