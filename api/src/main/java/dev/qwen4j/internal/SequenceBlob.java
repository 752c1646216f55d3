package dev.qwen4j.internal;

/** What {@code llama_state_seq_get_data} writes around the keys and values of a plain cache, {@code llama_kv_cache::state_write}: numbers of the machine's order. */
public final class SequenceBlob {
    static final int MAGIC = 0xaf143cd8;
    static final int NUMBER = Integer.BYTES;
    /** The magic, the sequence, and how many streams follow. */
    static final int HEADER = 3 * NUMBER;
    /** Of a cell: its position, that it is of one sequence, and of which. */
    static final int CELL = 3 * NUMBER;
    /** Behind the cells: whether values lie transposed, and how many layers there are. */
    static final int DATA_HEADER = 2 * NUMBER;
    /** Before a layer's keys or values: the type and the bytes of a row, or the type, the bytes of a number, and how many are in a row. */
    static final int LAYER_HEADER = 3 * NUMBER;

    private SequenceBlob() {}

    /** The bytes of a sequence that holds nothing: no other kind of cache writes as many. */
    public static long emptySize(int streams) {
        return HEADER + (long) streams * NUMBER;
    }
}
