package dev.qwen4j;

/**
 * The positions that a sequence holds.
 *
 * @param sequence its number
 * @param first the first position, 0 or more
 * @param last the last position, no less than the first
 */
record SequencePositions(int sequence, int first, int last) {
    SequencePositions {
        if (sequence < 0 || first < 0 || last < first || last == Integer.MAX_VALUE) {
            throw new IllegalArgumentException("sequence %d, positions %d to %d".formatted(sequence, first, last));
        }
    }

    /** How many cells that can take at most. */
    long span() {
        return last - first + 1L;
    }
}
