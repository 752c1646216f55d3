package dev.qwen4j;

import dev.qwen4j.internal.Lifetime;
import dev.qwen4j.internal.NativeContext;
import dev.qwen4j.internal.NativeMemory;
import dev.qwen4j.internal.NativeModel;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * What a context remembers of its sequences: keys and values of attention layers, states of recurrent ones ({@code llama_memory_t}).
 *
 * <p>Sequences are numbered from 0 to {@link #maxSequences} - 1; ranges of positions include their first and not their last. What would make later logits
 * wrong is refused by a {@link KvCacheException}, and nothing is changed then; a sequence or a range that there is none of, by an {@link
 * IllegalArgumentException}; and anything, where the model keeps no cache, by an {@link IllegalStateException}. Results of the last batch stay what they are.
 * Belongs to its context, and is used by the thread that uses that.
 */
public final class KvCache {
    private final NativeMemory memory;
    private final Lifetime lifetime;
    private final ContextLimits limits;
    private final String architecture;
    private final int slidingWindow;
    private final boolean recurrent;
    private final SharedCells sharedCells = new SharedCells();
    /** Whether numbers lie elsewhere, or are others, than what the cells say: llama.cpp copies between streams and rotates at the next decode only. */
    private boolean unsettled;

    private final Rollback rollback;

    KvCache(NativeContext context, Lifetime lifetime, ContextLimits limits, NativeModel model, String architecture) {
        this.memory = context.memory();
        this.lifetime = lifetime;
        this.limits = limits;
        this.architecture = architecture;
        this.slidingWindow = model.slidingWindow();
        this.recurrent = model.isRecurrent() || model.isHybrid();
        this.rollback = new Rollback(context.rollbackTokens(), limits.maxSequences());
    }

    /** The number of sequences. */
    public int maxSequences() {
        return limits.maxSequences();
    }

    /** The first position that a sequence holds: more than 0 where a sliding window forgot what was before; empty if it holds nothing. */
    public OptionalInt firstPosition(int sequence) {
        return known(call(() -> memory.firstPosition(limits.checkedSequence(sequence))));
    }

    /** The last position that a sequence holds; empty if it holds nothing. */
    public OptionalInt lastPosition(int sequence) {
        return known(call(() -> memory.lastPosition(limits.checkedSequence(sequence))));
    }

    /** Whether {@link #shift} and {@link #divide} are possible. */
    public boolean canShift() {
        return call(this::shifts);
    }

    /** Forgets a sequence. */
    public void remove(int sequence) {
        run(() -> forget(limits.checkedSequence(sequence)));
    }

    /**
     * Forgets positions of a sequence.
     *
     * @throws KvCacheException if what remains would not be enough for the tokens that follow: a recurrent state cannot be cut (but once, inside the
     *     last batch and unless it was copied, by {@link ContextOptions#rollbackTokens}), and a sliding window only where it still holds what a token
     *     at {@code from} attends to
     */
    public void remove(int sequence, int from, int to) {
        run(() -> {
            checkRange(limits.checkedSequence(sequence), from, to);
            int last = memory.lastPosition(sequence);
            if (from == 0 && to > last) {
                forget(sequence);
            } else if (from <= last) {
                removePart(sequence, from, to, last);
            }
        });
    }

    /** Forgets all of a sequence but its first positions; see {@link #remove(int, int, int)}. */
    public void truncate(int sequence, int length) {
        remove(sequence, length, Integer.MAX_VALUE);
    }

    /** Makes an empty sequence hold what another one holds: the same cells in a unified cache, a copy of them at the next decode otherwise. */
    public void copy(int source, int target) {
        copy(source, target, 0, Integer.MAX_VALUE);
    }

    /**
     * Makes a sequence hold positions of another one, behind its own.
     *
     * @throws KvCacheException if the target's next position is not the first that is copied, or if it is a part of a sequence and the cache is not
     *     unified, or recurrent
     */
    public void copy(int source, int target, int from, int to) {
        run(() -> {
            limits.checkedSequence(source);
            limits.checkedSequence(target);
            checkRange(source, from, to);
            if (source == target) {
                return;
            }
            int last = Math.min(to - 1, memory.lastPosition(source));
            if (last < from) {
                return;
            }
            checkCopy(source, target, from, last);
            memory.copy(source, target, from, whole(source, from, to) ? -1 : to);
            rollback.none(source);
            rollback.none(target);
            if (limits.isUnified() && !recurrent) {
                sharedCells.copy(source, target, last + 1);
            }
            unsettled |= !limits.isUnified();
        });
    }

    /** Forgets all sequences but one. */
    public void keep(int sequence) {
        run(() -> {
            memory.keep(limits.checkedSequence(sequence));
            rollback.keep(sequence);
            sharedCells.clear();
        });
    }

    /**
     * Adds to positions of a sequence, so that what was removed before them leaves no gap; what comes to lie before position 0 is forgotten.
     *
     * @throws KvCacheException if the cache cannot do it, or another sequence shares the cells
     */
    public void shift(int sequence, int from, int to, int delta) {
        run(() -> {
            checkMove(sequence, from, to);
            int last = memory.lastPosition(sequence);
            if (delta > 0 && Math.min(last, to - 1L) + delta >= limits.sequenceLength()) {
                throw new IllegalArgumentException(
                        "delta is %d, which moves position %d of sequence %d behind the context's last, %d."
                                .formatted(delta, Math.min(last, to - 1), sequence, limits.sequenceLength() - 1));
            }
            memory.shift(sequence, from, to, delta);
            unsettled = true;
        });
    }

    /**
     * Divides positions of a sequence, as Self-Extend does (<a href="https://arxiv.org/abs/2401.01325">Jin et al., 2024</a>).
     *
     * @param divisor 2 or more
     * @throws KvCacheException if the cache cannot do it, or another sequence shares the cells
     */
    public void divide(int sequence, int from, int to, int divisor) {
        run(() -> {
            if (divisor < 2) {
                throw new IllegalArgumentException("divisor is " + divisor + "; it must be at least 2.");
            }
            checkMove(sequence, from, to);
            memory.divide(sequence, from, to, divisor);
            unsettled = true;
        });
    }

    /** Two sequences get a common cell. */
    void share(int a, int b, int position) {
        sharedCells.share(a, b, position + 1);
    }

    /** Whether there is more than keys and values of all positions. */
    boolean cannotAlwaysBeCut() {
        return recurrent || slidingWindow > 0;
    }

    /** A state has taken the place of what a sequence held: it shares with others what it shared before a position, at most. */
    void replaced(int sequence, int end) {
        rollback.none(sequence);
        sharedCells.truncate(sequence, end);
    }

    /** A state has taken the place of all. */
    void allReplaced() {
        rollback.clear();
        sharedCells.clear();
    }

    SharedCells sharedCells() {
        return sharedCells;
    }

    /** Something was decoded. */
    void settle() {
        unsettled = false;
    }

    boolean isUnsettled() {
        return unsettled;
    }

    /** Cuts a sequence, or forgets it where it cannot be cut; says how much is left. For the thread that is inside. */
    int truncateOrRemove(int sequence, int length) {
        int last = memory.lastPosition(sequence);
        if (length > last) {
            return last + 1;
        }
        if (length > 0 && canEnd(sequence, length, last) && memory.remove(sequence, length, -1)) {
            sharedCells.truncate(sequence, length);
            rollback.none(sequence);
            return length;
        }
        forget(sequence);
        return 0;
    }

    /** Undoes a batch that failed, as {@link #truncateOrRemove}. */
    void restore(int sequence, int length) {
        truncateOrRemove(sequence, length);
        searchFromTheBeginning(sequence);
    }

    /**
     * Has the next tokens of a sequence placed in the first cells that are free, as if the batch had never been. llama.cpp plans a batch by placing it on trial,
     * and then has sequences look for cells where others left off (llama-kv-cache.cpp:806), which those that were not computed after all would keep: the
     * same text in other cells is rounded otherwise, and more cells are looked at. To move no position does it.
     */
    private void searchFromTheBeginning(int sequence) {
        int behind = memory.lastPosition(sequence) + 1;
        if (limits.positionDimensions() == 1) {
            memory.shift(sequence, behind, behind + 1, 1);
        }
    }

    /** Entries of a batch have been computed. */
    void computed(Batch batch, int from, int count) {
        rollback.computed(batch, from, count);
    }

    /** One token of sequence 0 has been computed. */
    void computedToken() {
        rollback.computedToken();
    }

    /**
     * Whether a batch that is stopped spoils other sequences than its own: llama.cpp moves recurrent states that lie between those of the batch, and clears
     * places that are free, in the graph, and counts all of that as done before it is (llama-memory-recurrent.cpp:701). It also takes states back to copies
     * that were not written.
     */
    boolean isSpoiltByStopping() {
        return recurrent;
    }

    void forgetAll() {
        memory.clear();
        rollback.clear();
        sharedCells.clear();
    }

    private void forget(int sequence) {
        memory.remove(sequence);
        rollback.none(sequence);
        sharedCells.truncate(sequence, 0);
    }

    private void removePart(int sequence, int from, int to, int last) {
        boolean tail = to > last;
        if (recurrent && !tail) {
            throw refused("positions %d to %d of sequence %d cannot be removed from the middle of a recurrent state"
                    .formatted(from, to, sequence));
        }
        if (tail && !holdsWindow(sequence, from)) {
            throw refused("sequence %d cannot be cut at position %d: %s".formatted(sequence, from, lost(sequence)));
        }
        if ((tail && !rollback.allows(sequence, last + 1 - from)) || !memory.remove(sequence, from, tail ? -1 : to)) {
            throw refused("sequence %d, which ends at position %d, cannot be cut at position %d"
                    .formatted(sequence, last, from));
        }
        if (tail) {
            rollback.none(sequence);
            sharedCells.truncate(sequence, from);
        }
    }

    private boolean canEnd(int sequence, int length, int last) {
        return holdsWindow(sequence, length) && rollback.allows(sequence, last + 1 - length);
    }

    /** llama.cpp cuts a sliding window anywhere, also where the cells that the next token attends to are gone. */
    private boolean holdsWindow(int sequence, int position) {
        return slidingWindow == 0 || memory.firstPosition(sequence) <= Math.max(0, position - slidingWindow);
    }

    private void checkCopy(int source, int target, int from, int last) {
        boolean whole = whole(source, from, last + 1);
        if (!whole && (recurrent || !limits.isUnified())) {
            throw refused("a part of sequence %d cannot be copied: %s. Copy all of it, and cut the copy"
                    .formatted(
                            source,
                            recurrent
                                    ? "its state is recurrent"
                                    : "each sequence has cells of its own, see ContextOptions.unified"));
        }
        if (!whole && !holdsWindow(source, last + 1)) {
            throw refused("sequence %d cannot be copied up to position %d: %s".formatted(source, last, lost(source)));
        }
        int held = memory.lastPosition(target) + 1;
        int first = slidingWindow > 0 ? from : Math.max(from, memory.firstPosition(source));
        if (held != (held == 0 ? from : first)) {
            throw refused(
                    "positions %d to %d of sequence %d cannot follow sequence %d, which holds %d. Remove it first, or copy from there"
                            .formatted(first, last, source, target, held));
        }
    }

    private String lost(int sequence) {
        return "its sliding window of %d holds nothing before position %d"
                .formatted(slidingWindow, memory.firstPosition(sequence));
    }

    private boolean whole(int source, int from, int to) {
        return from == 0 && to > memory.lastPosition(source);
    }

    private void checkMove(int sequence, int from, int to) {
        checkRange(limits.checkedSequence(sequence), from, to);
        if (!shifts()) {
            throw refused("its positions cannot be changed");
        }
        var other = sharedCells.sharing(sequence, from);
        if (other.isPresent()) {
            throw refused(
                    "sequences %d and %d share cells from position %d on, so both would be moved. Evaluate one of them again"
                            .formatted(sequence, other.getAsInt(), from));
        }
    }

    private boolean shifts() {
        return limits.positionDimensions() == 1 && memory.canShift();
    }

    private KvCacheException refused(String why) {
        return new KvCacheException("The cache of this model (" + architecture + ") does not do that: " + why + ".");
    }

    private static void checkRange(int sequence, int from, int to) {
        if (from < 0 || to < from) {
            throw new IllegalArgumentException(
                    "Positions %d to %d of sequence %d are no range; it must be 0 <= from <= to."
                            .formatted(from, to, sequence));
        }
    }

    private void run(Runnable change) {
        call(() -> {
            change.run();
            return true;
        });
    }

    private <T> T call(Supplier<T> call) {
        return lifetime.call(() -> {
            if (memory.isAbsent()) {
                throw new IllegalStateException(
                        "The model (" + architecture + ") has no cache: it computes each batch for itself.");
            }
            return call.get();
        });
    }

    private static OptionalInt known(int position) {
        return position < 0 ? OptionalInt.empty() : OptionalInt.of(position);
    }
}
