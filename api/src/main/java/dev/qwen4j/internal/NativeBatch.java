package dev.qwen4j.internal;

import dev.qwen4j.bindings.generated.llama_batch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A {@code llama_batch} that is filled again and again: entries are put, then it is decoded. For one thread at a time; arguments are the caller's to
 * check.
 */
public final class NativeBatch {
    /** Positions of an embedding, where the model has several dimensions of them. */
    private static final int DIMENSIONS = 4;

    private static final long POINTER = ValueLayout.ADDRESS.byteSize();

    private final MemorySegment batch;
    private final MemorySegment tokens;
    private final MemorySegment positions;
    private final MemorySegment sequenceCounts;
    private final MemorySegment sequencePointers;
    private final MemorySegment outputs;
    /** The first sequence of each entry. */
    private final MemorySegment sequences;

    /** All sequences of those entries that have several, and embeddings: made when there are some, larger when there are more. */
    private MemorySegment shared = MemorySegment.NULL;

    private MemorySegment embeddings = MemorySegment.NULL;
    private int sharedNumbers;
    private int sharedEntries;

    NativeBatch(int capacity, Arena arena) {
        batch = llama_batch.allocate(arena);
        tokens = arena.allocate(ValueLayout.JAVA_INT, capacity);
        positions = arena.allocate(ValueLayout.JAVA_INT, (long) capacity * DIMENSIONS);
        sequenceCounts = arena.allocate(ValueLayout.JAVA_INT, capacity);
        sequencePointers = arena.allocate(ValueLayout.ADDRESS, capacity);
        sequences = arena.allocate(ValueLayout.JAVA_INT, capacity);
        outputs = arena.allocate(capacity);
        for (int i = 0; i < capacity; i++) {
            alone(i);
        }
        llama_batch.pos(batch, positions);
        llama_batch.n_seq_id(batch, sequenceCounts);
        llama_batch.seq_id(batch, sequencePointers);
        llama_batch.logits(batch, outputs);
    }

    MemorySegment pointer() {
        return batch;
    }

    int size() {
        return llama_batch.n_tokens(batch);
    }

    /** Begins a batch of so many tokens. */
    public void beginTokens(int count) {
        begin(count);
        llama_batch.token(batch, tokens);
        llama_batch.embd(batch, MemorySegment.NULL);
    }

    /** Begins a batch of so many embeddings, which lie in {@code rows} from entry {@code from} on, {@code width} numbers each. */
    public void beginEmbeddings(int count, float[] rows, int from, int width) {
        begin(count);
        long bytes = (long) count * width * Float.BYTES;
        if (embeddings.byteSize() < bytes) {
            embeddings = Arena.ofAuto().allocate(bytes, Float.BYTES);
        }
        MemorySegment.copy(rows, from * width, embeddings, ValueLayout.JAVA_FLOAT, 0, count * width);
        llama_batch.token(batch, MemorySegment.NULL);
        llama_batch.embd(batch, embeddings);
    }

    private void begin(int count) {
        for (; sharedEntries > 0; sharedEntries--) {
            alone(sharedEntries - 1);
        }
        sharedNumbers = 0;
        llama_batch.n_tokens(batch, count);
    }

    /** Sets a token. */
    public void token(int entry, int token) {
        tokens.setAtIndex(ValueLayout.JAVA_INT, entry, token);
    }

    /** The first dimension of an entry's position. */
    public int position(int entry) {
        return positions.getAtIndex(ValueLayout.JAVA_INT, entry);
    }

    /** Sets one dimension of a position. */
    public void position(int entry, int dimension, int position) {
        positions.setAtIndex(ValueLayout.JAVA_INT, entry + (long) dimension * size(), position);
    }

    /** Sets the sequence, and whether results are wanted. */
    public void sequence(int entry, int sequence, boolean output) {
        sequences.setAtIndex(ValueLayout.JAVA_INT, entry, sequence);
        outputs.set(ValueLayout.JAVA_BYTE, entry, (byte) (output ? 1 : 0));
    }

    /** Sets the room for the sequences of entries that have several, all of them together; before the first {@link #others}. */
    public void roomForShared(int numbers) {
        if (shared.byteSize() < (long) numbers * Integer.BYTES) {
            shared = Arena.ofAuto().allocate(ValueLayout.JAVA_INT, numbers);
        }
    }

    /** Adds sequences to the first one. */
    public void others(int entry, int[] others) {
        var all = shared.asSlice((long) sharedNumbers * Integer.BYTES, (others.length + 1L) * Integer.BYTES);
        all.setAtIndex(ValueLayout.JAVA_INT, 0, sequences.getAtIndex(ValueLayout.JAVA_INT, entry));
        MemorySegment.copy(others, 0, all, ValueLayout.JAVA_INT, Integer.BYTES, others.length);
        sequenceCounts.setAtIndex(ValueLayout.JAVA_INT, entry, others.length + 1);
        sequencePointers.setAtIndex(ValueLayout.ADDRESS, entry, all);
        sharedNumbers += others.length + 1;
        sharedEntries = Math.max(sharedEntries, entry + 1);
    }

    private void alone(int entry) {
        sequenceCounts.setAtIndex(ValueLayout.JAVA_INT, entry, 1);
        sequencePointers.set(
                ValueLayout.ADDRESS, entry * POINTER, sequences.asSlice((long) entry * Integer.BYTES, Integer.BYTES));
    }
}
