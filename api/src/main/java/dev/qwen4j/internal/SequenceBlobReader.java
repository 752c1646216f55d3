package dev.qwen4j.internal;

import dev.qwen4j.CacheType;
import dev.qwen4j.StateException;
import dev.qwen4j.internal.RowLayout.Lanes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;

/** Reads what llama.cpp wrote of a sequence. It is read strictly: what is not as a plain cache writes it is refused. For one thread at a time. */
public final class SequenceBlobReader {
    /**
     * What is known of the sequence before.
     *
     * @param streams how many separate caches there are
     * @param tokens how many it holds, from position 0 on
     */
    public record Expected(int sequence, int streams, int tokens, CacheType keys, CacheType values) {}

    private final MemorySegment memory;
    private final Expected expected;
    /** Where the next number is read. */
    private long at;
    /** Where what must follow begins: the streams behind this one, which are empty. */
    private long end;

    private final int[] positions;
    private final RowBlock block;

    /**
     * Reads all but the keys and values themselves; the bytes must stay as they are for as long as this is used.
     *
     * @throws StateException if it is not what is expected
     */
    public SequenceBlobReader(ReusedBytes bytes, Expected expected) {
        this(bytes.memory(), expected);
    }

    /** The same of bytes that stay. */
    public SequenceBlobReader(NativeBytes bytes, Expected expected) {
        this(bytes.memory(), expected);
    }

    private SequenceBlobReader(MemorySegment memory, Expected expected) {
        this.memory = memory;
        this.expected = expected;
        this.end = memory.byteSize();
        readHeader();
        this.positions = readCells();
        this.block = readData();
    }

    /** A copy of the keys and values of positions, which is the caller's to free. */
    public NativeRows rows(int from, int to) {
        var rows = new NativeRows(block.layout(), to - from);
        try {
            for (int cell = 0; cell < positions.length; ) {
                int first = positions[cell];
                int run = runAt(cell);
                int begin = Math.max(first, from);
                int count = Math.min(first + run, to) - begin;
                if (count > 0) {
                    block.copy(cell + begin - first, rows.block(), begin - from, count);
                }
                cell += run;
            }
            return rows;
        } catch (Throwable e) {
            rows.free();
            throw e;
        }
    }

    /** How many cells from one on hold positions that follow each other: all, unless others were removed in between. */
    private int runAt(int cell) {
        int run = 1;
        while (cell + run < positions.length && positions[cell + run] == positions[cell] + run) {
            run++;
        }
        return run;
    }

    private void readHeader() {
        expect("the magic", SequenceBlob.MAGIC, number());
        expect("the sequence", expected.sequence, number());
        expect("the number of separate caches", expected.streams, number());
        for (int stream = 0; stream < expected.streams; stream++) {
            int cells = number();
            if (cells != 0) {
                expect("the number of cells", expected.tokens, cells);
                end -= (expected.streams - 1L - stream) * SequenceBlob.NUMBER;
                expectEmpty(end);
                return;
            }
        }
        throw refused("there are no cells");
    }

    private void expectEmpty(long from) {
        for (long place = from; place < memory.byteSize(); place += SequenceBlob.NUMBER) {
            expect("the number of cells of another cache", 0, memory.get(ValueLayout.JAVA_INT_UNALIGNED, place));
        }
    }

    private int[] readCells() {
        checkLeft(expected.tokens, SequenceBlob.CELL);
        var read = new int[expected.tokens];
        var cells = new int[expected.tokens];
        Arrays.fill(cells, -1);
        for (int cell = 0; cell < read.length; cell++) {
            int position = number();
            expect("the number of sequences of a cell", 1, number());
            expect("the sequence of a cell", expected.sequence, number());
            if (position < 0 || position >= cells.length || cells[position] >= 0) {
                throw refused("it does not hold each of the positions 0 to %,d once: cell %,d is of position %,d"
                        .formatted(cells.length - 1, cell, position));
            }
            cells[position] = cell;
            read[cell] = position;
        }
        return read;
    }

    private RowBlock readData() {
        int transposed = number();
        if (transposed != 0 && transposed != 1) {
            throw refused("whether values lie transposed is said by " + transposed);
        }
        int layers = number();
        checkLeft(layers, SequenceBlob.LAYER_HEADER);
        long start = at;
        var keys = new ArrayList<Lanes>();
        for (int layer = 0; layer < layers; layer++) {
            keys.add(readRows(NativeEnums.cacheType(expected.keys)));
        }
        // Models with a common latent vector (MLA) store no values.
        var values = new ArrayList<Lanes>();
        while (at < end) {
            int type = NativeEnums.cacheType(expected.values);
            values.add(transposed == 1 ? readColumns(type) : readRows(type));
        }
        if (!values.isEmpty()) {
            expect("the number of layers with values", layers, values.size());
        }
        var layout = new RowLayout(transposed == 1, keys, values);
        return new RowBlock(memory, layout, expected.tokens, start, SequenceBlob.LAYER_HEADER);
    }

    private Lanes readRows(int type) {
        expect("a type of numbers", type, number());
        checkLeft(1, Long.BYTES);
        long row = memory.get(ValueLayout.JAVA_LONG_UNALIGNED, at);
        at += Long.BYTES;
        return skip(new Lanes(type, row, 1));
    }

    private Lanes readColumns(int type) {
        expect("a type of numbers", type, number());
        int size = number();
        return skip(new Lanes(type, size, number()));
    }

    private Lanes skip(Lanes lanes) {
        checkLeft(lanes.count(), 0);
        checkLeft(Math.max(1L, lanes.count()) * expected.tokens, lanes.unit());
        at += lanes.bytes(expected.tokens);
        return lanes;
    }

    private int number() {
        checkLeft(1, SequenceBlob.NUMBER);
        int number = memory.get(ValueLayout.JAVA_INT_UNALIGNED, at);
        at += SequenceBlob.NUMBER;
        return number;
    }

    private void checkLeft(long count, long bytes) {
        if (count < 0 || bytes < 0 || (count > 0 && bytes > (end - at) / count)) {
            throw refused("at byte %,d of %,d it has %,d times %,d more".formatted(at, end, count, bytes));
        }
    }

    private void expect(String what, int known, int read) {
        if (read != known) {
            throw refused("%s is %,d, not %,d".formatted(what, read, known));
        }
    }

    private StateException refused(String why) {
        return new StateException("Rows of sequence %d cannot be cut out of what llama.cpp saved: %s. Use save."
                .formatted(expected.sequence, why));
    }
}
