package dev.qwen4j;

import dev.qwen4j.internal.Lifetime;
import dev.qwen4j.internal.NativeContext;
import dev.qwen4j.internal.NativeMemory;
import dev.qwen4j.internal.NativeModel;
import dev.qwen4j.internal.NativeState;
import dev.qwen4j.internal.NativeState.Extent;
import dev.qwen4j.internal.ReusedBytes;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Saves what a context remembers, and restores it ({@code llama_state_get_data}, {@code llama_state_seq_get_data_ext}).
 *
 * <p>After a restore there are no results until a token is decoded: keep the last token back, and decode it then. What does not fit is refused before
 * anything is changed; and if llama.cpp refuses after all, what was there is put back. Belongs to its context, and is used by the thread that uses that;
 * all of it blocks for as long as the copying takes.
 */
public final class ContextStates {
    private final Model model;
    private final NativeMemory memory;
    private final NativeState nativeState;
    private final Lifetime lifetime;
    private final ContextLimits limits;
    private final KvCache cache;
    private final StateRestore restore;
    private final StateParameters parameters;
    private final DeviceSnapshots snapshots;
    private final SequenceRows rows;
    private final boolean borrowsCache;
    private final boolean hasPart;

    ContextStates(
            Model model,
            NativeModel nativeModel,
            NativeContext nativeContext,
            ReusedBytes blob,
            Lifetime lifetime,
            ContextLimits limits,
            ContextOptions options,
            KvCache cache,
            Results results) {
        this.model = model;
        this.memory = nativeContext.memory();
        this.nativeState = nativeContext.state();
        this.lifetime = lifetime;
        this.limits = limits;
        this.cache = cache;
        this.restore = new StateRestore(nativeContext, cache, limits, results);
        this.parameters = StateParameters.of(model.gguf(), options, limits);
        this.snapshots = new DeviceSnapshots(this, nativeState, model.gguf(), options);
        this.borrowsCache = options.companion().isPresent();
        this.hasPart = cache.cannotAlwaysBeCut();
        this.rows = new SequenceRows(
                nativeContext, nativeModel, blob, cache, limits, parameters, borrowsCache, model.architecture());
    }

    /**
     * Saves a sequence.
     *
     * @param tokens its tokens, so that whoever reads the state knows them; all of them, or none where they are not known
     * @return the state, which is the caller's to close
     * @throws IllegalArgumentException if the tokens are not as many as the sequence holds, or one is not in the vocabulary
     * @throws StateException if the sequence holds nothing
     */
    public State save(int sequence, int... tokens) {
        return call(() -> save(StateKind.SEQUENCE, Extent.FULL, sequence, tokens));
    }

    /**
     * Saves only those parts of a sequence that cannot be cut, its sliding windows and recurrent states: little, and enough to come back to this position
     * as long as the sequence's other parts are still there.
     *
     * @param tokens its tokens, all of them
     * @throws StateException also if the model has no such parts
     */
    public State savePartial(int sequence, int... tokens) {
        return call(() -> {
            if (!hasPart) {
                throw new StateException(
                        "The model (" + model.architecture()
                                + ") has no sliding window and no recurrent state, so its sequences can be cut anywhere. Use rewind, or save the whole sequence.");
            }
            if (tokens.length == 0) {
                throw new IllegalArgumentException(
                        "There are no tokens; a partial state is only good for a sequence of the same tokens, so give them.");
            }
            return save(StateKind.PARTIAL, Extent.PARTIAL, sequence, tokens);
        });
    }

    /** Saves all sequences. */
    public State saveAll() {
        return call(() -> {
            checkSettled();
            var held = IntStream.range(0, limits.maxSequences())
                    .filter(sequence -> memory.lastPosition(sequence) >= 0)
                    .mapToObj(this::positions)
                    .toList();
            var header = header(StateKind.WHOLE, held, cache.sharedCells().all(), 0, List.of());
            return State.own(header, nativeState.save(NativeState.WHOLE, Extent.FULL));
        });
    }

    /**
     * Makes a sequence hold what another one, or itself, held when it was saved; what it holds now is replaced.
     *
     * <p>Where the state was saved in a context that lays sequences out in another way, unified or with another number of them, and its cache {@linkplain
     * #canSaveRows can be cut}, it is taken apart and put together anew; if llama.cpp refuses that, the sequence is empty.
     *
     * @throws StateException if the state is of another model, version, kind, or context than this one can go on with
     * @throws ContextFullException if the context is too short for it, or too full
     */
    public void restore(State state, int sequence) {
        state.lend(payload -> run(() -> {
            limits.checkedSequence(sequence);
            if (isLaidOutAnew(state)) {
                try (var all = rows.of(payload, state.header())) {
                    putRows(sequence, List.of(all));
                }
                return;
            }
            check(state, StateKind.SEQUENCE);
            restore.sequence(payload, state.header().sequence(), sequence);
        }));
    }

    /**
     * Takes a sequence back to where a {@linkplain #savePartial partial state} of it was saved.
     *
     * @param tokens the tokens that the sequence holds now, or at least those it held then
     * @throws StateException also if they are not the tokens of the state, or the sequence does not hold them any more
     */
    public void restorePartial(State state, int sequence, int... tokens) {
        state.lend(payload -> run(() -> {
            limits.checkedSequence(sequence);
            check(state, StateKind.PARTIAL);
            var expected = state.tokens();
            if (!Arrays.equals(tokens, 0, Math.min(tokens.length, expected.length), expected, 0, expected.length)) {
                int common = Arrays.mismatch(tokens, expected);
                throw new StateException(
                        "The state is of a sequence of %,d tokens, and sequence %d holds others from position %,d on. Restore one of the same tokens."
                                .formatted(expected.length, sequence, common));
            }
            restore.part(payload, state.header(), sequence);
        }));
    }

    /**
     * Makes all sequences hold what they held when the state was saved; whatever the context holds now is replaced.
     *
     * @throws StateException if the state is of another model, version, kind, or context than this one can go on with
     */
    public void restoreAll(State state) {
        state.lend(payload -> run(() -> {
            check(state, StateKind.WHOLE);
            restore.all(payload, state.header());
        }));
    }

    /**
     * Copies a sequence on the devices; the last snapshot of this sequence becomes stale.
     *
     * @throws StateException if the sequence holds nothing, the devices have no room, or the cache is stored in a way that llama.cpp cannot copy there:
     *     quantized, or without flash attention
     */
    public DeviceSnapshot snapshot(int sequence) {
        return call(() -> {
            checkSettled();
            return snapshots.take(heldBy(sequence));
        });
    }

    /**
     * Makes a sequence of this context hold what another one, or itself, held when the snapshot was taken.
     *
     * @throws StateException if the snapshot is of another context, or stale
     * @throws ContextFullException if there may be no room: here it must be certain that there is
     */
    public void restore(DeviceSnapshot snapshot, int sequence) {
        run(() -> {
            limits.checkedSequence(sequence);
            checkSettled();
            snapshots.check(snapshot);
            restore.snapshot(snapshot, sequence);
        });
    }

    /**
     * Whether keys and values of single tokens can be taken out and put back: not where a model has no cache, one with a recurrent state, a sliding window or more
     * than keys and values, an encoder, or positions of several dimensions; and not in a context that works for another one.
     */
    public boolean canSaveRows() {
        return rows.isPossible();
    }

    /**
     * Copies the keys and values of some tokens of a sequence to host memory. llama.cpp copies all of the sequence first, so it blocks for as long as {@link
     * #save} does, and needs its memory meanwhile; up to 256 MiB are kept for the next time, until the context is closed.
     *
     * @param from the position of the first
     * @param to the position behind the last
     * @return the copy, which is the caller's to close
     * @throws IllegalArgumentException if the sequence does not hold all of these positions, or there are none
     * @throws StateException if the sequence holds nothing, not each position from 0 on, or {@linkplain #canSaveRows rows cannot be cut out of the cache}
     */
    public KvRows saveRows(int sequence, int from, int to) {
        return translated(() -> {
            rows.checkPossible();
            checkSettled();
            var held = heldBy(sequence);
            if (from < 0 || from >= to || to > held.last() + 1) {
                throw new IllegalArgumentException(
                        "Positions %,d to %,d of sequence %d cannot be saved; it holds 0 to %,d. Name a range within, of at least one token."
                                .formatted(from, to, sequence, held.last() + 1));
            }
            var wanted = new SequencePositions(sequence, from, to - 1);
            return rows.save(header(StateKind.SEQUENCE, List.of(wanted), List.of(), 0, List.of()), held.last() + 1);
        });
    }

    /**
     * Makes a sequence hold what rows say, and nothing else; what it holds now is replaced. They go back to the positions that they were taken from, and mean
     * what they meant if each follows the same tokens as there; that is not checked.
     *
     * <p>No copy is kept of what is replaced: if llama.cpp refuses after all, the sequence is empty. Whatever is refused before is refused before anything is
     * changed.
     *
     * @param pieces the rows of all positions from 0 on, in their order; they stay the caller's
     * @throws IllegalArgumentException if there are none, or they leave a gap or overlap
     * @throws IllegalStateException if one is closed
     * @throws StateException if one is of another model than this one, or was computed or stored in another way
     * @throws ContextFullException if the context is too short for it, or too full
     */
    public void restoreRows(int sequence, List<KvRows> pieces) {
        var all = List.copyOf(pieces);
        translated(() -> {
            putRows(sequence, all);
            return true;
        });
    }

    private void putRows(int sequence, List<KvRows> all) {
        limits.checkedSequence(sequence);
        checkConsecutive(all);
        rows.checkPossible();
        checkSettled();
        var joined = new SequencePositions(sequence, 0, all.getLast().to() - 1);
        var here = header(StateKind.SEQUENCE, List.of(joined), List.of(), 0, List.of());
        all.forEach(piece -> checkSuits(piece, all.getFirst(), here));
        rows.restore(all, restore, joined);
    }

    private static void checkConsecutive(List<KvRows> pieces) {
        if (pieces.isEmpty()) {
            throw new IllegalArgumentException(
                    "There are no rows; at least one piece is needed. Use KvCache.remove to empty a sequence.");
        }
        int end = 0;
        for (var piece : pieces) {
            if (piece.from() != end) {
                throw new IllegalArgumentException(
                        "A piece with the positions %,d to %,d cannot follow at position %,d: there is %s. Give consecutive pieces, from position 0 on."
                                .formatted(
                                        piece.from(),
                                        piece.to(),
                                        end,
                                        piece.from() > end ? "a gap before it" : "an overlap"));
            }
            end = piece.to();
        }
    }

    private static void checkSuits(KvRows piece, KvRows first, StateHeader here) {
        piece.header()
                .rowsObstacle(here)
                .or(() -> piece.isLaidOutLike(first)
                        ? Optional.empty()
                        : Optional.of("they are laid out in another way than those of position 0"))
                .ifPresent(obstacle -> {
                    throw new StateException(
                            "The rows of positions %,d to %,d do not suit this context: %s. Evaluate the tokens again instead."
                                    .formatted(piece.from(), piece.to(), obstacle));
                });
    }

    private State save(StateKind kind, Extent extent, int sequence, int[] tokens) {
        checkSettled();
        var held = heldBy(sequence);
        if (tokens.length > 0 && tokens.length != held.last() + 1) {
            throw new IllegalArgumentException(
                    "There are %,d tokens, and sequence %d holds %,d. Give all of them, or none."
                            .formatted(tokens.length, sequence, held.last() + 1));
        }
        var checked =
                IntStream.of(tokens).map(model.tokenizer()::checked).boxed().toList();
        long full = kind == StateKind.PARTIAL ? nativeState.size(sequence, Extent.FULL) : 0;
        var header = header(kind, List.of(held), List.of(), full, checked);
        return State.own(header, nativeState.save(sequence, extent));
    }

    private StateHeader header(
            StateKind kind,
            List<SequencePositions> held,
            List<SharedPositions> shared,
            long fullBytes,
            List<Integer> tokens) {
        return new StateHeader(
                kind,
                Model.llamaCppVersion(),
                model.architecture(),
                model.fingerprint(),
                List.of(),
                parameters,
                held,
                shared,
                fullBytes,
                tokens);
    }

    private SequencePositions heldBy(int sequence) {
        if (memory.lastPosition(limits.checkedSequence(sequence)) < 0) {
            throw new StateException("Sequence " + sequence + " holds nothing, so there is no state to save.");
        }
        return positions(sequence);
    }

    private SequencePositions positions(int sequence) {
        return new SequencePositions(sequence, memory.firstPosition(sequence), memory.lastPosition(sequence));
    }

    /** Whether nothing but the layout of sequences keeps this context from going on with a state. */
    private boolean isLaidOutAnew(State state) {
        var header = state.header();
        return header.kind() == StateKind.SEQUENCE
                && rows.isPossible()
                && header.sequence().first() == 0
                && header.parameters().streams() != parameters.streams()
                && header.rowsObstacle(header(StateKind.SEQUENCE, header.sequences(), List.of(), 0, List.of()))
                        .isEmpty();
    }

    private void check(State state, StateKind kind) {
        checkSettled();
        var header = state.header();
        if (header.kind() != kind) {
            throw new StateException("The state is " + header.kind() + ", not " + kind + ". Use "
                    + switch (header.kind()) {
                        case SEQUENCE -> "restore.";
                        case PARTIAL -> "restorePartial.";
                        case WHOLE -> "restoreAll.";
                    });
        }
        var here = header(kind, header.sequences(), List.of(), 0, List.of());
        header.obstacle(here).ifPresent(obstacle -> {
            throw new StateException(
                    "The state does not suit this context: " + obstacle + ". Evaluate the tokens again instead.");
        });
    }

    private void checkSettled() {
        if (cache.isUnsettled()) {
            throw new StateException(
                    "Sequences were copied, shifted or divided, which llama.cpp completes at the next decode. Decode a token first.");
        }
    }

    private void run(Runnable change) {
        call(() -> {
            change.run();
            return true;
        });
    }

    private <T> T call(Supplier<T> call) {
        return translated(() -> {
            if (memory.isAbsent() || borrowsCache) {
                throw new IllegalStateException(
                        memory.isAbsent()
                                ? "The model (" + model.architecture()
                                        + ") has no cache, so there is no state: it computes each batch for itself."
                                : "The context works for another one, and has no state of its own. Save that one's.");
            }
            return call.get();
        });
    }

    private <T> T translated(Supplier<T> call) {
        return lifetime.call(() -> {
            try {
                return call.get();
            } catch (LlamaException e) {
                throw new StateException(e.getMessage(), e);
            }
        });
    }
}
