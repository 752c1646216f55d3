package dev.qwen4j.internal;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Writes what llama.cpp would have written of a sequence, from rows that were cut out of sequences. For one thread at a time. */
public final class SequenceBlobWriter {
    /** llama.cpp reads over the sequence that it was, and puts it where it is told. */
    private static final int SEQUENCE = 0;

    private final RowBlock block;

    /**
     * Writes all but the keys and values.
     *
     * @param like rows of the same layout as those that will be put in
     * @param streams how many separate caches there are
     * @param tokens how many follow, from position 0 on
     * @param bytes where it is written
     */
    public SequenceBlobWriter(NativeRows like, int streams, int tokens, ReusedBytes bytes) {
        var layout = like.block().layout();
        long start = SequenceBlob.HEADER
                + SequenceBlob.NUMBER
                + (long) tokens * SequenceBlob.CELL
                + SequenceBlob.DATA_HEADER;
        long data = (long) layout.all().size() * SequenceBlob.LAYER_HEADER + layout.bytes(tokens);
        var memory = bytes.resize(start + data + (streams - 1L) * SequenceBlob.NUMBER);
        block = new RowBlock(memory, layout, tokens, start, SequenceBlob.LAYER_HEADER);
        writeHeader(streams);
        long at = writeLayerHeaders();
        // The streams behind the first are empty.
        write(at, new int[streams - 1]);
    }

    /** Puts rows in, so that their first is of a position; gives itself. */
    public SequenceBlobWriter put(NativeRows rows, int position) {
        rows.block().copy(0, block, position, rows.block().tokens());
        return this;
    }

    private void writeHeader(int streams) {
        long at = write(0, SequenceBlob.MAGIC, SEQUENCE, streams, block.tokens());
        for (int position = 0; position < block.tokens(); position++) {
            at = write(at, position, 1, SEQUENCE);
        }
        write(at, block.layout().transposed() ? 1 : 0, block.layout().keys().size());
    }

    private long writeLayerHeaders() {
        long at = block.start();
        for (var lanes : block.layout().keys()) {
            at = writeRowHeader(at, lanes) + lanes.bytes(block.tokens());
        }
        for (var lanes : block.layout().values()) {
            long rows = block.layout().transposed()
                    ? write(at, lanes.type(), (int) lanes.unit(), lanes.count())
                    : writeRowHeader(at, lanes);
            at = rows + lanes.bytes(block.tokens());
        }
        return at;
    }

    private long writeRowHeader(long at, RowLayout.Lanes lanes) {
        long after = write(at, lanes.type());
        memory().set(ValueLayout.JAVA_LONG_UNALIGNED, after, lanes.unit());
        return after + Long.BYTES;
    }

    /** Where it ends. */
    private long write(long at, int... numbers) {
        long place = at;
        for (int number : numbers) {
            memory().set(ValueLayout.JAVA_INT_UNALIGNED, place, number);
            place += SequenceBlob.NUMBER;
        }
        return place;
    }

    private MemorySegment memory() {
        return block.memory();
    }
}
