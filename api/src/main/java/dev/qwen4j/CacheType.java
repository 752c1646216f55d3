package dev.qwen4j;

/** The type of a KV cache's numbers: what one takes of memory, and how exact it is. */
public enum CacheType {
    F32(1),
    F16(1),
    BF16(1),
    Q8_0(32),
    Q5_1(32),
    Q5_0(32),
    Q4_1(32),
    Q4_0(32),
    IQ4_NL(32);

    private final int blockSize;

    CacheType(int blockSize) {
        this.blockSize = blockSize;
    }

    /** How many numbers are quantised together; 1 where they are not. A head's size must be a multiple of it. */
    public int blockSize() {
        return blockSize;
    }

    /** Whether numbers are stored in blocks with a common scale. */
    public boolean isQuantized() {
        return blockSize > 1;
    }
}
