package dev.qwen4j.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.CacheType;
import dev.qwen4j.StateException;
import dev.qwen4j.internal.RowLayout.Lanes;
import dev.qwen4j.internal.SequenceBlobReader.Expected;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What was written is read again; what differs by a byte that is not of keys and values is refused. */
class SequenceBlobTest {
    private static final long SEED = Long.getLong("qwen4j.test.seed", 20260301);
    private static final int TOKENS = 5;
    private static final int STREAMS = 3;
    private static final Expected EXPECTED = new Expected(0, STREAMS, TOKENS, CacheType.F16, CacheType.F16);
    private static final int TYPE = NativeEnums.cacheType(CacheType.F16);

    static Stream<RowLayout> layouts() {
        var keys = List.of(new Lanes(TYPE, 8, 1), new Lanes(TYPE, 12, 1));
        return Stream.of(
                new RowLayout(false, keys, List.of(new Lanes(TYPE, 6, 1), new Lanes(TYPE, 10, 1))),
                new RowLayout(true, keys, List.of(new Lanes(TYPE, 2, 3), new Lanes(TYPE, 2, 5))),
                new RowLayout(false, keys, List.of()));
    }

    /** Rows of random bytes. */
    private static NativeRows random(RowLayout layout, int tokens) {
        var rows = new NativeRows(layout, tokens);
        var bytes = new byte[(int) rows.byteSize()];
        new Random(SEED).nextBytes(bytes);
        rows.block().memory().asByteBuffer().put(bytes);
        return rows;
    }

    private static byte[] written(NativeRows rows) {
        return written(memory -> new SequenceBlobWriter(rows, STREAMS, TOKENS, memory).put(rows, 0));
    }

    /** To memory that held something else. */
    private static byte[] written(Consumer<ReusedBytes> write) {
        var memory = new ReusedBytes();
        memory.resize(1000).fill((byte) -1);
        try {
            write.accept(memory);
            return content(memory.memory());
        } finally {
            memory.free();
        }
    }

    private static byte[] read(byte[] blob, int from, int to) {
        var bytes = new ReusedBytes();
        bytes.resize(blob.length).asByteBuffer().put(blob);
        try {
            var rows = new SequenceBlobReader(bytes, EXPECTED).rows(from, to);
            try {
                return content(rows.block().memory());
            } finally {
                rows.free();
            }
        } finally {
            bytes.free();
        }
    }

    private static byte[] content(NativeRows rows) {
        return content(rows.block().memory());
    }

    private static byte[] content(MemorySegment memory) {
        return memory.toArray(ValueLayout.JAVA_BYTE);
    }

    /** Of bytes that can be others; the first one says nothing where there are no values that could lie transposed. */
    private static Set<Integer> freeBytes(RowLayout layout) {
        var indices = new HashSet<Integer>();
        int at = SequenceBlob.HEADER + SequenceBlob.NUMBER + TOKENS * SequenceBlob.CELL + SequenceBlob.DATA_HEADER;
        if (layout.values().isEmpty()) {
            indices.add(at - SequenceBlob.DATA_HEADER);
        }
        for (var lanes : layout.all()) {
            at += SequenceBlob.LAYER_HEADER;
            for (int i = 0; i < lanes.bytes(TOKENS); i++) {
                indices.add(at++);
            }
        }
        return indices;
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void readsWhatWasWritten(RowLayout layout) {
        var rows = random(layout, TOKENS);
        var blob = written(rows);
        assertThat(read(blob, 0, TOKENS)).isEqualTo(content(rows));
        var slice = rows.slice(1, 4);
        assertThat(read(blob, 1, 4)).isEqualTo(content(slice)).hasSize((int) layout.bytes(3));
        slice.free();
        rows.free();
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void joinsPieces(RowLayout layout) {
        var rows = random(layout, TOKENS);
        var first = rows.slice(0, 2);
        var second = rows.slice(2, TOKENS);
        var joined = written(memory -> new SequenceBlobWriter(first, STREAMS, TOKENS, memory)
                .put(second, 2)
                .put(first, 0));
        assertThat(joined).isEqualTo(written(rows));
        Stream.of(rows, first, second).forEach(NativeRows::free);
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void sortsCellsByPosition(RowLayout layout) {
        var rows = random(layout, TOKENS);
        var ordered = written(rows);
        int[] order = {3, 4, 0, 2, 1};
        var data = written(memory -> {
            var writer = new SequenceBlobWriter(rows, STREAMS, TOKENS, memory);
            for (int cell = 0; cell < TOKENS; cell++) {
                var one = rows.slice(order[cell], order[cell] + 1);
                writer.put(one, cell);
                one.free();
            }
        });
        int cells = SequenceBlob.HEADER + SequenceBlob.NUMBER;
        for (int cell = 0; cell < TOKENS; cell++) {
            data[cells + cell * SequenceBlob.CELL] = (byte) order[cell];
        }
        assertThat(data).isNotEqualTo(ordered);
        assertThat(read(data, 0, TOKENS)).isEqualTo(content(rows));
        assertThat(read(data, 1, 4)).isEqualTo(read(ordered, 1, 4));
        rows.free();
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void refusesEveryOtherByteThatIsNotOfKeysAndValues(RowLayout layout) {
        var rows = random(layout, TOKENS);
        var blob = written(rows);
        var free = freeBytes(layout);
        for (int index = 0; index < blob.length; index++) {
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                var other = blob.clone();
                other[index] ^= (byte) (1 << bit);
                if (!free.contains(index)) {
                    assertThatThrownBy(() -> read(other, 0, TOKENS))
                            .as("seed %d, byte %d, bit %d", SEED, index, bit)
                            .isInstanceOf(StateException.class)
                            .hasMessageContaining("cannot be cut");
                }
            }
        }
        rows.free();
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void refusesEveryOtherLength(RowLayout layout) {
        var rows = random(layout, TOKENS);
        var blob = written(rows);
        for (int length = 0; length < blob.length + 20; length++) {
            if (length != blob.length) {
                var other = Arrays.copyOf(blob, length);
                assertThatThrownBy(() -> read(other, 0, TOKENS))
                        .as("%d of %d bytes", length, blob.length)
                        .isInstanceOf(StateException.class);
            }
        }
        rows.free();
    }
}
