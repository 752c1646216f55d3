package dev.qwen4j.internal;

/**
 * The keys and values of tokens that follow each other, taken out of a sequence, in memory outside of the heap. For any number of threads, but {@link #free} is
 * for the last one.
 */
public final class NativeRows {
    private final NativeBytes bytes;
    private final RowBlock block;

    NativeRows(RowLayout layout, int tokens) {
        bytes = new NativeBytes(layout.bytes(tokens));
        block = new RowBlock(bytes.memory(), layout, tokens, 0, 0);
    }

    /** How many bytes. */
    public long byteSize() {
        return bytes.size();
    }

    /** Whether they can be parts of one sequence. */
    public boolean isLaidOutLike(NativeRows other) {
        return block.layout().equals(other.block.layout());
    }

    /** A copy of some, counted from the first; the range is the caller's to check. */
    public NativeRows slice(int from, int to) {
        var slice = new NativeRows(block.layout(), to - from);
        block.copy(from, slice.block, 0, to - from);
        return slice;
    }

    RowBlock block() {
        return block;
    }

    /** Frees them; nothing of them may be in use. */
    public void free() {
        bytes.free();
    }
}
