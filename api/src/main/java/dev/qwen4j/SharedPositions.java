package dev.qwen4j;

/**
 * Two sequences that have cells in common.
 *
 * @param low the lower one's number
 * @param high the higher one's
 * @param end the first position from which on they have none
 */
record SharedPositions(int low, int high, int end) {
    SharedPositions {
        if (low < 0 || high <= low || end < 1) {
            throw new IllegalArgumentException("sequences %d and %d before %d".formatted(low, high, end));
        }
    }
}
