package dev.qwen4j.engine;

import dev.qwen4j.KvCache;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The sequences of a context that is not unified: each has a stream of cells of its own. llama.cpp computes sequences together whose ids follow each other, so
 * those that are in use are kept side by side. For the engine's thread.
 */
final class Slots {
    private final KvCache cache;
    private final PrefixStore store;
    private final List<Slot> slots;
    private long time;
    private long moved;

    Slots(KvCache cache, PrefixStore store) {
        this.cache = cache;
        this.store = store;
        this.slots =
                IntStream.range(0, cache.maxSequences()).mapToObj(Slot::new).toList();
    }

    List<Slot> all() {
        return slots;
    }

    PrefixStore store() {
        return store;
    }

    boolean hasFree() {
        return slots.stream().anyMatch(slot -> !slot.isBusy());
    }

    /** How many tokens lie in the cache. */
    long tokens() {
        return slots.stream().mapToLong(Slot::length).sum();
    }

    /** How many tokens were moved from one slot to another. */
    long moved() {
        return moved;
    }

    /** What is in a slot of a prompt, and how much of it can be taken without looking further. */
    int inCommon(Slot slot, Namespace namespace, int[] prompt, int most) {
        int common = Math.min(slot.tokens().matches(prompt, 0), most);
        return namespace.shares(slot.namespace(), common);
    }

    /** Whether a slot can be cut to so many of its tokens. */
    boolean canKeep(Slot slot, int length) {
        return store.cuts() || length == slot.length();
    }

    /** The free slot that it costs least to give away: an empty one, or else the one that was used least lately, beside those that are in use. */
    Optional<Slot> cheapest() {
        return slots.stream()
                .filter(slot -> !slot.isBusy())
                .min(Comparator.<Slot>comparingInt(slot -> slot.length() == 0 ? 0 : 1)
                        .thenComparingInt(this::distance)
                        .thenComparingLong(Slot::lastUsed));
    }

    private int distance(Slot slot) {
        return slots.stream()
                .filter(Slot::isBusy)
                .mapToInt(busy -> Math.abs(busy.id() - slot.id()))
                .min()
                .orElse(0);
    }

    /** Empties a slot; what lies there is kept in host memory. */
    void empty(Slot slot) {
        store.save(slot);
        discard(slot);
    }

    void discard(Slot slot) {
        if (slot.length() > 0) {
            cache.remove(slot.id());
            slot.truncate(0);
        }
    }

    /** Cuts a slot to some of its tokens; what goes is kept in host memory. */
    void cut(Slot slot, int length) {
        if (length < slot.length()) {
            store.save(slot);
            cache.truncate(slot.id(), length);
            slot.truncate(length);
        }
    }

    /** Makes an empty slot hold the first tokens of another one, where host memory has no room for them. */
    void copy(Slot from, Slot to, int length) {
        store.copy(from, to);
        to.hold(from.namespace(), from.tokens().toArray(), from.length(), 0);
        if (length < to.length()) {
            cache.truncate(to.id(), length);
            to.truncate(length);
        }
    }

    /** Makes a slot hold what its tokens say, where the cache may hold more behind them. */
    void settle(Slot slot, int held) {
        int length = slot.length();
        if (held <= length) {
            return;
        }
        if (store.cuts() || length == 0) {
            cache.remove(slot.id(), length, Integer.MAX_VALUE);
        } else {
            cache.remove(slot.id());
            slot.truncate(0);
        }
    }

    /** Nobody computes in a slot any more; what lies there stays until it is needed. */
    void release(Slot slot) {
        slot.end(++time);
    }

    /**
     * Moves what is in use so that its ids follow each other. What is computed by itself alone stays where it is: it needs no neighbours, and a window's cells
     * lie in another order where they are put in again, so that its logits would not be the same.
     */
    void closeUp() {
        while (true) {
            var together = slots.stream()
                    .filter(slot -> slot.isBusy() && !slot.user().demand().deterministic())
                    .toList();
            if (together.size() < 2) {
                return;
            }
            var first = together.getFirst();
            var last = together.getLast();
            var gaps = new ArrayList<>(slots.subList(first.id(), last.id()));
            gaps.removeIf(Slot::isBusy);
            if (gaps.isEmpty()) {
                return;
            }
            // The shorter of the two at the ends costs less to move.
            var from = first.length() < last.length() ? first : last;
            move(from, from == first ? gaps.getLast() : gaps.getFirst());
        }
    }

    private void move(Slot from, Slot to) {
        var user = from.user();
        empty(to);
        int length = from.length();
        int stored = from.stored();
        if (length > 0) {
            store.copy(from, to);
            to.hold(from.namespace(), from.tokens().toArray(), length, stored);
        }
        user.move(to);
        moved += length;
        release(from);
        discard(from);
    }
}
