package dev.qwen4j;

import dev.qwen4j.internal.Lifetime;
import dev.qwen4j.internal.NativeRows;
import java.util.List;
import java.util.function.Function;

/**
 * The keys and values of some consecutive tokens of a sequence, a copy in host memory: what sequences have in common needs to lie there once.
 *
 * <p>Taken by {@link ContextStates#saveRows}, and put together to a sequence by {@link ContextStates#restoreRows}. They belong to their positions, for keys are
 * rotated by them, and to what comes before: only behind the same tokens, and at the same positions, they mean what they meant.
 *
 * <p>Immutable and safe for use by any thread. Its bytes lie in native memory, and are the caller's: close it.
 */
public final class KvRows implements AutoCloseable {
    private final StateHeader header;
    private final NativeRows rows;
    private final Lifetime lifetime;

    private KvRows(StateHeader header, NativeRows rows) {
        this.header = header;
        this.rows = rows;
        this.lifetime = new Lifetime("piece of a sequence", Lifetime.Sharing.ANY_THREADS, rows::free);
        lifetime.takeOver(this, List.of());
    }

    /** Owns the rows from now on. */
    static KvRows own(StateHeader header, NativeRows rows) {
        try {
            return new KvRows(header, rows);
        } catch (Throwable e) {
            rows.free();
            throw e;
        }
    }

    /** The position of the first token. */
    public int from() {
        return header.sequence().first();
    }

    /** The position behind the last token. */
    public int to() {
        return header.sequence().last() + 1;
    }

    /** How many tokens. */
    public int size() {
        return to() - from();
    }

    /** How many bytes of memory it takes. */
    public long byteSize() {
        return rows.byteSize();
    }

    /**
     * A copy of a part, which is the caller's to close.
     *
     * @param from the position of its first token
     * @param to the position behind its last
     * @throws IllegalArgumentException if not all of that is here, or it is nothing
     */
    public KvRows slice(int from, int to) {
        if (from < from() || to > to() || from >= to) {
            throw new IllegalArgumentException(
                    "Positions %,d to %,d are no part of the piece, which has positions %,d to %,d. Name a range within, of at least one token."
                            .formatted(from, to, from(), to()));
        }
        return lifetime.call(() -> own(
                header.ofPositions(new SequencePositions(header.sequence().sequence(), from, to - 1)),
                rows.slice(from - from(), to - from())));
    }

    StateHeader header() {
        return header;
    }

    /** Whether they can be parts of one sequence. */
    boolean isLaidOutLike(KvRows other) {
        return rows.isLaidOutLike(other.rows);
    }

    /** Lends the rows, which are not freed meanwhile. */
    <T> T lend(Function<NativeRows, T> body) {
        return lifetime.call(() -> body.apply(rows));
    }

    /** Frees its bytes; idempotent, from any thread. A call that uses them meanwhile frees them when it ends. */
    @Override
    public void close() {
        lifetime.close();
    }

    @Override
    public String toString() {
        return "KvRows[%s, positions %,d to %,d, %,d bytes%s]"
                .formatted(header.architecture(), from(), to(), byteSize(), lifetime.isClosed() ? ", closed" : "");
    }
}
