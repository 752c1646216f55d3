package dev.qwen4j.engine;

import dev.qwen4j.KvCache;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the cache holds: a tree of runs of tokens, in which every prefix that sequences have in common is one run and lies in the cache once. Runs have
 * room from when they are planned, before they are computed. For the engine's thread.
 *
 * <p>A unified cache shares cells: {@code llama_memory_seq_cp} within a stream marks them as another sequence's too, and moves nothing.
 */
final class PrefixTree {
    /**
     * What is in the cache of a prompt.
     *
     * @param sequence one that has the tokens
     * @param length how many
     */
    record Match(CachedSequence sequence, int length) {}

    private final KvCache cache;
    private final int capacity;
    private final boolean cuttable;
    private final Run root = new Run(null, 0, new TokenList());
    private final List<CachedSequence> sequences = new ArrayList<>();
    private final Deque<Integer> freeIds = new ArrayDeque<>();
    private int cells;
    private long time;

    /**
     * A tree of nothing.
     *
     * @param capacity how many cells there are
     * @param cuttable whether a sequence can be cut, and a part of it be shared: recurrent states cannot
     */
    PrefixTree(KvCache cache, int capacity, boolean cuttable) {
        this.cache = cache;
        this.capacity = capacity;
        this.cuttable = cuttable;
        for (int id = 0; id < cache.maxSequences(); id++) {
            freeIds.add(id);
        }
    }

    int capacity() {
        return capacity;
    }

    /** How many cells are taken. */
    int cells() {
        return cells;
    }

    /** How many sequences are held. */
    int held() {
        return sequences.size();
    }

    /**
     * The longest prefix of a prompt that is in the cache or planned.
     *
     * @param most how much of the prompt may be taken from there
     */
    Optional<Match> match(int[] prompt, int most) {
        return cuttable ? longestRun(prompt, most) : longestSequence(prompt, most);
    }

    private Optional<Match> longestRun(int[] prompt, int most) {
        var run = root;
        int length = 0;
        while (true) {
            Run next = null;
            int best = 0;
            for (var child : run.children()) {
                int matched = child.tokens().matches(prompt, length);
                if (matched > best) {
                    best = matched;
                    next = child;
                }
            }
            if (next == null) {
                break;
            }
            run = next;
            length += best;
            if (length < run.stop()) {
                break;
            }
        }
        int taken = Math.min(length, most);
        return taken == 0 ? Optional.empty() : Optional.of(new Match(holder(run, taken), taken));
    }

    /** Of those that end with a run or behind it, the one that has computed the most. */
    private static CachedSequence holder(Run run, int length) {
        CachedSequence best = run.end();
        for (var child : run.children()) {
            if (best != null && best.computed() >= length) {
                break;
            }
            var below = holder(child, length);
            if (best == null || below.computed() > best.computed()) {
                best = below;
            }
        }
        if (best == null) {
            throw new AssertionError("Nobody holds the run at " + run.start());
        }
        return best;
    }

    /** One that is a prefix of the prompt as a whole. */
    private Optional<Match> longestSequence(int[] prompt, int most) {
        return sequences.stream()
                .filter(sequence -> sequence.length() <= most && isPrefix(sequence, prompt))
                .max(Comparator.comparingInt(CachedSequence::length))
                .filter(sequence -> sequence.length() > 0)
                .map(sequence -> new Match(sequence, sequence.length()));
    }

    private static boolean isPrefix(CachedSequence sequence, int[] prompt) {
        for (var run = sequence.tail(); run != null; run = run.parent()) {
            if (run.tokens().matches(prompt, run.start()) < run.tokens().size()) {
                return false;
            }
        }
        return true;
    }

    /**
     * A sequence with the tokens of a prompt, of which those of the match are computed; empty if there is no room, even if all were forgotten that nobody
     * generates in.
     */
    Optional<CachedSequence> open(int[] prompt, Optional<Match> match) {
        int taken = match.map(Match::length).orElse(0);
        var source = match.map(Match::sequence).orElse(null);
        boolean takesOver = source != null && !source.isBusy() && source.length() == taken;
        if (!makeRoom(prompt.length - taken, !takesOver, source)) {
            return Optional.empty();
        }
        CachedSequence sequence;
        if (source == null) {
            sequence = fresh();
        } else {
            sequence = takesOver ? source : share(source, taken);
        }
        sequence.busy(true);
        grow(sequence, TokenList.copyOf(prompt, taken, prompt.length).toArray());
        return Optional.of(sequence);
    }

    private CachedSequence fresh() {
        return add(new CachedSequence(freeIds.remove(), new Run(root, 0, new TokenList()), 0));
    }

    private CachedSequence share(CachedSequence source, int length) {
        source.used(++time);
        var run = source.tail();
        while (run.start() >= length) {
            var parent = run.parent();
            if (parent == null) {
                throw new AssertionError("There is no run before " + run.start());
            }
            run = parent;
        }
        var prefix = run.stop() == length ? run : run.split(length);
        int id = freeIds.remove();
        if (cuttable) {
            cache.copy(source.id(), id, 0, length);
        } else {
            cache.copy(source.id(), id);
        }
        return add(new CachedSequence(id, new Run(prefix, length, new TokenList()), length));
    }

    private CachedSequence add(CachedSequence sequence) {
        sequences.add(sequence);
        return sequence;
    }

    /** Plans a token more, behind all others; false if there is no room. */
    boolean append(CachedSequence sequence, int token) {
        if (!makeRoom(1, false, sequence)) {
            return false;
        }
        grow(sequence, new int[] {token});
        return true;
    }

    private void grow(CachedSequence sequence, int[] tokens) {
        var tail = sequence.tail();
        if (!tail.children().isEmpty()) {
            tail.end(null);
            tail = new Run(tail, tail.stop(), new TokenList());
            sequence.tail(tail);
            tail.end(sequence);
        }
        tail.tokens().addAll(tokens);
        cells += tokens.length;
    }

    /** Nobody generates in it any more: what it has stays, as far as it is computed. */
    void release(CachedSequence sequence) {
        sequence.busy(false);
        sequence.used(++time);
        // Others branch off where it was computed, so that what was not lies in its last run.
        var tail = sequence.tail();
        int kept = sequence.computed() - tail.start();
        cells -= tail.tokens().size() - kept;
        tail.tokens().truncate(kept);
        var parent = tail.parent();
        if (kept == 0 && parent != null) {
            if (parent == root || parent.end() != null) {
                forget(sequence);
            } else {
                stepUp(sequence, parent);
            }
        }
    }

    /** Ends a sequence one run earlier, where no other one ends. */
    private static void stepUp(CachedSequence sequence, Run parent) {
        var tail = sequence.tail();
        tail.end(null);
        tail.leave();
        parent.end(sequence);
        sequence.tail(parent);
    }

    /** Forgets all that is computed; nobody generates. */
    void clear() {
        for (var sequence : List.copyOf(sequences)) {
            sequence.busy(false);
            forget(sequence);
        }
    }

    /** Frees cells, and a sequence if one is wanted, by forgetting what was used least lately; false if that is not enough. */
    private boolean makeRoom(int more, boolean wantsSequence, @Nullable CachedSequence spared) {
        while (capacity - cells < more || (wantsSequence && freeIds.isEmpty())) {
            var idle = sequences.stream()
                    .filter(sequence -> !sequence.isBusy() && sequence != spared)
                    .min(Comparator.comparingLong(CachedSequence::lastUsed));
            if (idle.isEmpty()) {
                return false;
            }
            evict(idle.get(), wantsSequence && freeIds.isEmpty());
        }
        return true;
    }

    /** Forgets the last run of a sequence, and all of it where that is all that is its own. */
    private void evict(CachedSequence sequence, boolean wholly) {
        var tail = sequence.tail();
        var parent = tail.parent();
        if (wholly
                || !cuttable
                || parent == null
                || parent == root
                || parent.end() != null
                || parent.children().size() > 1
                || !tail.children().isEmpty()) {
            forget(sequence);
            return;
        }
        cells -= tail.tokens().size();
        tail.tokens().truncate(0);
        stepUp(sequence, parent);
        sequence.computed(Math.min(sequence.computed(), sequence.length()));
        cache.truncate(sequence.id(), sequence.length());
    }

    private void forget(CachedSequence sequence) {
        sequence.tail().end(null);
        var run = sequence.tail();
        while (run != null && run != root && run.isLoose()) {
            cells -= run.tokens().size();
            var parent = run.parent();
            run.leave();
            run = parent;
        }
        cache.remove(sequence.id());
        freeIds.add(sequence.id());
        sequences.remove(sequence);
    }
}
